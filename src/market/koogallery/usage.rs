//! Usage records, as both usage pushes carry them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::answer::{Call, Operation, Trouble};
use super::store::Store;
use crate::wire::Request;

/// The most records of one push (usage push, CN `zh-cn_topic_0070649410`; the table at the order query says 100).
const MOST_RECORDS: usize = 1000;

/// The age at which a record is refused (code 9004).
const OLDEST: SignedDuration = SignedDuration::from_hours(21 * 24);

/// Reads a push: what the store refuses at once is trouble, the rest is taken.
pub(crate) fn read(store: &Store, operation: Operation, request: &Request, now: Timestamp) -> Result<Call, Trouble> {
    let body: Value = serde_json::from_slice(&request.body).map_err(|error| Trouble::Json(error.to_string()))?;
    let records = body.get("usage_records").and_then(Value::as_array).ok_or(Trouble::Records)?;
    match records.len() {
        0 => return Err(Trouble::NoRecord),
        count if count > MOST_RECORDS => return Err(Trouble::TooMany(count)),
        _ => {}
    }
    for (index, record) in records.iter().enumerate() {
        for name in mandatory(operation) {
            if record.get(name).is_none_or(Value::is_null) {
                return Err(Trouble::Record(index, format!("{name} is missing")));
            }
        }
        let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
        for name in ["record_time", "begin_time", "end_time"] {
            if moment(text(name)).is_none() {
                let problem = format!("{name} is {:?}, not a time yyyyMMdd'T'HHmmss'Z'", text(name));
                return Err(Trouble::Record(index, problem));
            }
        }
        let instance = text("instance_id");
        if !store.books().instances.contains_key(instance) {
            return Err(Trouble::Instance { index, instance: instance.to_owned() });
        }
        if moment(text("begin_time")).is_some_and(|begin| now.duration_since(begin) > OLDEST) {
            return Err(Trouble::Old(index));
        }
    }
    Ok(Call::Usage { records: records.clone() })
}

/// The members that every record has.
pub(crate) fn mandatory(operation: Operation) -> [&'static str; 6] {
    let own = if operation == Operation::PushUsageOld { "product_id" } else { "metering_sn" };
    ["instance_id", "record_time", "begin_time", "end_time", "usage_value", own]
}

/// A time `yyyyMMdd'T'HHmmss'Z'`, of 16 characters.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let digits = text.len() == 16
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    let civil = digits.then(|| DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()).flatten()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// `usage_value` as a number with at most four decimals and more than 0; what is wrong with it otherwise.
pub(crate) fn value_problem(value: &Value) -> Option<&'static str> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Some("neither a text nor a number"),
    };
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) || (text.contains('.') && decimals.is_empty()) {
        return Some("not a plain decimal number of more than 0");
    }
    if decimals.trim_end_matches('0').len() > 4 {
        return Some("a number of more than four decimals");
    }
    text.bytes().all(|byte| matches!(byte, b'0' | b'.')).then_some("0, and only what was used is reported")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case("20240102T030405Z", true)]
    #[case("20240230T030405Z", false)]
    #[case("2024-01-02T03:04:05Z", false)]
    #[case("20240102T030405", false)]
    #[case("20240102T030405+08", false)]
    #[case("", false)]
    fn times_have_one_form(#[case] text: &str, #[case] fits: bool) {
        assert_eq!(moment(text).is_some(), fits, "{text}");
    }

    #[rstest]
    #[case(json!("1.5"), true)]
    #[case(json!(1.5), true)]
    #[case(json!("0.0001"), true)]
    #[case(json!("1.50000"), true)]
    #[case(json!(0), false)]
    #[case(json!("0.0"), false)]
    #[case(json!("-1"), false)]
    #[case(json!("1.23456"), false)]
    #[case(json!("1e3"), false)]
    #[case(json!("1."), false)]
    #[case(json!(null), false)]
    fn values_are_positive_decimals(#[case] value: Value, #[case] fits: bool) {
        assert_eq!(value_problem(&value).is_none(), fits, "{value}");
    }
}
