//! The forms of values that change from run to run.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde_json::Value;

/// The form of a value that a snapshot replaces by a placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 8-4-4-4-12 hexadecimal digits.
    Uuid,
    /// A day that exists, `yyyymmdd` (also as a number) or `yyyy-mm-dd`.
    Date,
    /// A day that exists, `yyyy-mm-dd`.
    DateDashed,
    /// A day that exists, `yyyymmdd`, also as a number.
    DateCompact,
    /// Two days joined by `~`, each in either form, the second not before the first.
    Period,
    /// An instant: RFC 3339, `yyyy-mm-dd hh:mm:ss`, or seconds or milliseconds since 1970 as 10 or 13 digits.
    Timestamp,
    /// An absolute URL with a host.
    Url,
    /// A JSON number without a fraction.
    Integer,
    /// A JSON number.
    Number,
    /// A JSON string.
    String,
    /// `true` or `false`.
    Boolean,
    /// A string that is not empty and holds no blank.
    Token,
    /// Whatever stands there, `null` included.
    Any,
}

/// A form that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no form of a value; known are {}", Form::ALL.map(|form| form.name()).join(", "))]
pub struct UnknownForm {
    /// What was written.
    pub given: String,
}

impl Form {
    /// All forms.
    pub const ALL: [Self; 13] = [
        Self::Uuid,
        Self::Date,
        Self::DateDashed,
        Self::DateCompact,
        Self::Period,
        Self::Timestamp,
        Self::Url,
        Self::Integer,
        Self::Number,
        Self::String,
        Self::Boolean,
        Self::Token,
        Self::Any,
    ];

    /// The name, as scenarios write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Date => "date",
            Self::DateDashed => "date-dashed",
            Self::DateCompact => "date-compact",
            Self::Period => "period",
            Self::Timestamp => "timestamp",
            Self::Url => "url",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Token => "token",
            Self::Any => "any",
        }
    }

    /// The form in words that read after "is not".
    pub fn words(self) -> &'static str {
        match self {
            Self::Uuid => "a UUID",
            Self::Date => "a date yyyymmdd or yyyy-mm-dd",
            Self::DateDashed => "a date yyyy-mm-dd",
            Self::DateCompact => "a date yyyymmdd",
            Self::Period => "a period date~date",
            Self::Timestamp => "a time stamp",
            Self::Url => "an absolute URL",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Boolean => "true or false",
            Self::Token => "a token (not empty, no blanks)",
            Self::Any => "anything",
        }
    }

    /// Whether a value has this form.
    pub fn accepts(self, value: &Value) -> bool {
        let text = value.as_str();
        match self {
            Self::Uuid => text.is_some_and(uuid),
            Self::Date => dashed(value).or_else(|| compact(value)).is_some(),
            Self::DateDashed => dashed(value).is_some(),
            Self::DateCompact => compact(value).is_some(),
            Self::Period => text.is_some_and(period),
            Self::Timestamp => timestamp(value),
            Self::Url => text.is_some_and(|text| url::Url::parse(text).is_ok_and(|url| url.has_host())),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::String => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Token => text.is_some_and(|text| !text.is_empty() && !text.contains(char::is_whitespace)),
            Self::Any => true,
        }
    }
}

/// The placeholder, such as `[uuid]`.
impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.name())
    }
}

impl FromStr for Form {
    type Err = UnknownForm;

    fn from_str(given: &str) -> Result<Self, UnknownForm> {
        Self::ALL.into_iter().find(|form| form.name() == given).ok_or_else(|| UnknownForm { given: given.to_owned() })
    }
}

fn uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn dashed(value: &Value) -> Option<Date> {
    dashed_text(value.as_str()?)
}

fn dashed_text(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    day_of(year, month, day)
}

fn compact(value: &Value) -> Option<Date> {
    match value {
        Value::String(text) => compact_text(text),
        Value::Number(number) => compact_text(&number.to_string()),
        _ => None,
    }
}

fn compact_text(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.is_ascii() {
        return None;
    }
    day_of(&text[..4], &text[4..6], &text[6..])
}

fn day_of(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str, digits: usize| {
        (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<i16>().ok())?
    };
    let (month, day) = (i8::try_from(number(month, 2)?).ok()?, i8::try_from(number(day, 2)?).ok()?);
    Date::new(number(year, 4)?, month, day).ok()
}

fn period(text: &str) -> bool {
    let either = |text: &str| dashed_text(text).or_else(|| compact_text(text));
    text.split_once('~').is_some_and(|(from, to)| match (either(from), either(to)) {
        (Some(from), Some(to)) => from <= to,
        _ => false,
    })
}

fn timestamp(value: &Value) -> bool {
    match value {
        Value::Number(number) => epoch(&number.to_string()),
        Value::String(text) => {
            epoch(text)
                || text.parse::<jiff::Timestamp>().is_ok()
                || (text.len() == 19 && text.parse::<jiff::civil::DateTime>().is_ok())
        }
        _ => false,
    }
}

fn epoch(text: &str) -> bool {
    matches!(text.len(), 10 | 13) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("uuid", json!("6f1c2f0e-8d3a-4a57-9a53-0c1de0a1b2c3"), json!("6f1c2f0e-8d3a-4a57-9a53-0c1de0a1b2cg"))]
    #[case("date", json!("2026-02-28"), json!("2026-02-30"))]
    #[case("date", json!("20260228"), json!("2026-2-28"))]
    #[case("date-dashed", json!("2024-02-29"), json!("20240229"))]
    #[case("date-compact", json!(20240229), json!("2024-02-29"))]
    #[case("date-compact", json!("20240229"), json!("99999999"))]
    #[case("period", json!("20260101~20260131"), json!("20260131~20260101"))]
    #[case("period", json!("2026-01-01~20260101"), json!("20260101"))]
    #[case("period", json!("20210401~20210501"), json!("20210401~202010501"))]
    #[case("timestamp", json!("2026-01-15T09:00:00+09:00"), json!("2026-01-15"))]
    #[case("timestamp", json!("2026-01-15 09:00:00"), json!("2026-13-15 09:00:00"))]
    #[case("timestamp", json!(1768435200), json!(176843520))]
    #[case("timestamp", json!("1768435200000"), json!(true))]
    #[case("url", json!("https://vendor.example/login?a=1"), json!("/login"))]
    #[case("url", json!("http://127.0.0.1:8080"), json!("mailto:desk@vendor.example"))]
    #[case("integer", json!(-3), json!(3.5))]
    #[case("number", json!(3.5), json!("3.5"))]
    #[case("string", json!(""), json!(null))]
    #[case("boolean", json!(false), json!("false"))]
    #[case("token", json!("abc.def"), json!("abc def"))]
    #[case("token", json!("M1"), json!(""))]
    fn a_form_accepts_its_values_and_no_others(#[case] name: &str, #[case] good: Value, #[case] bad: Value) {
        let form: Form = name.parse().expect("the form is known");
        assert!(form.accepts(&good), "{name} refuses {good}");
        assert!(!form.accepts(&bad), "{name} accepts {bad}");
    }

    #[test]
    fn unknown_forms_name_the_known_ones() {
        let error = "guid".parse::<Form>().expect_err("there is no such form");
        assert!(error.to_string().starts_with("\"guid\" is no form of a value; known are uuid, date,"), "{error}");
    }
}
