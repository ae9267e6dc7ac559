//! `usageInfo`: what was used, in the answers to queries about pay-per-use instances and packages.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::memory::{Memory, Standing};
use super::super::order::Charging;
use super::super::rule;
use super::{Case, access};
use crate::check::body::text_of;
use crate::verdict::{Breach, Finding, Judgement, Place};

/// Clocks differ; a figure a little ahead of ours is not one from the future.
const AHEAD: SignedDuration = SignedDuration::from_secs(300);

/// Double(12,4): twelve digits, four of them decimals.
const MOST_DIGITS: usize = 12;

/// Judges the figures of one entry.
pub(super) fn judge(
    case: &Case<'_>,
    entry: &Value,
    at: &str,
    id: &str,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let known = memory.instances.get(id);
    let charging = known.and_then(|instance| instance.charging);
    // Nobody uses what was opened to try a call, nor what is still being opened.
    let opening = known.is_some_and(|instance| instance.standing == Standing::Opening)
        && entry.get("appInfo").is_none_or(Value::is_null);
    let metered = known.is_some_and(|instance| !instance.test)
        && !opening
        && matches!(charging, Some(Charging::OnDemand | Charging::Package));
    // A package that was bought alone, or opened to try a call, has no instance yet that it could name.
    let test = known.is_some_and(|instance| instance.test);
    let has_metered = memory
        .instances
        .values()
        .any(|other| other.live() && other.test == test && matches!(other.charging, Some(Charging::OnDemand)));
    let figures = entry.get("usageInfo").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if figures.is_empty() && metered {
        let because = "the buyer sees there what the next bill will be about".to_owned();
        let breach = Breach::Missing { what: "usageInfo of a metered instance".to_owned(), because };
        judgement.find(Finding::new(rule::QUERY_USAGE_PRESENT, Place::Body(format!("{at}/usageInfo")), breach));
    }
    for (index, figure) in figures.iter().enumerate() {
        let at = format!("{at}/usageInfo/{index}");
        value(figure, &at, judgement);
        time(case, figure, &at, judgement);
        if let Some(text) = figure.get("dashboardUrl").and_then(Value::as_str) {
            access::address(case, text, Place::Body(format!("{at}/dashboardUrl")), rule::QUERY_URL_FORM, judgement);
        }
        let related = figure.get("relatedInstanceId").and_then(Value::as_str).unwrap_or_default();
        if charging == Some(Charging::Package) && related.is_empty() && has_metered {
            let because = "it says which metered item of the package was used".to_owned();
            let breach = Breach::Missing { what: "relatedInstanceId".to_owned(), because };
            let place = Place::Body(format!("{at}/relatedInstanceId"));
            judgement.find(Finding::new(rule::QUERY_USAGE_PACKAGE, place, breach));
        }
        grows(figure, &at, id, related, memory, judgement);
    }
}

/// What the schema cannot say: how many digits a number has.
fn value(figure: &Value, at: &str, judgement: &mut Judgement) {
    let place = Place::Body(format!("{at}/usageValue"));
    let told = judgement.findings.iter().any(|finding| finding.place == place);
    let Some(value) = figure.get("usageValue").filter(|value| !told && (value.is_number() || value.is_string())) else {
        return;
    };
    let text = text_of(value);
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let decimals = decimals.trim_end_matches('0');
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain && decimals.len() <= 4 && whole.len() + decimals.len() <= MOST_DIGITS {
        return;
    }
    let expected = "a number of at most twelve digits, four of them decimals".to_owned();
    let finding = Finding::new(rule::QUERY_USAGE_VALUE, place, Breach::Form { expected, actual: text.clone() });
    judgement.find(match decimals.len() {
        10.. => finding.because("it is the raw text of a floating-point number: round to four decimals"),
        _ => finding,
    });
}

fn time(case: &Case<'_>, figure: &Value, at: &str, judgement: &mut Judgement) {
    let place = Place::Body(format!("{at}/statisticalTime"));
    let told = judgement.findings.iter().any(|finding| finding.place == place);
    let Some(text) = figure.get("statisticalTime").and_then(Value::as_str).filter(|_| !told) else { return };
    let Some(moment) = moment(text) else {
        let breach = Breach::Calendar { problem: "a time that does not exist".to_owned(), actual: text.to_owned() };
        judgement.find(Finding::new(rule::QUERY_USAGE_TIME, place, breach));
        return;
    };
    let ahead = moment.duration_since(case.exchange.started);
    if ahead <= AHEAD {
        return;
    }
    let expected = format!("at most {}", super::super::generate::expire_time(true, case.exchange.started));
    let because = "it is in UTC, and nothing was counted in the future".to_owned();
    let finding =
        Finding::new(rule::QUERY_USAGE_UTC, place, Breach::Value { expected, actual: text.to_owned(), because });
    let hours = ahead.as_hours();
    judgement.find(match hours {
        7 | 8 => finding.because("it is about eight hours ahead: local time of China"),
        _ => finding,
    });
}

/// The use is told in total.
fn grows(figure: &Value, at: &str, id: &str, related: &str, memory: &mut Memory, judgement: &mut Judgement) {
    let number = figure.get("usageValue").and_then(|value| text_of(value).parse::<f64>().ok());
    let Some(instance) = memory.instances.get_mut(id) else { return };
    let Some(number) = number else { return };
    let before = instance.used.insert(related.to_owned(), number);
    if let Some(before) = before.filter(|before| *before > number) {
        let expected = format!("at least {before}");
        let because = "an earlier query told that much, and it is the use in total".to_owned();
        let breach = Breach::Value { expected, actual: number.to_string(), because };
        let finding = Finding::new(rule::QUERY_USAGE_GROWS, Place::Body(format!("{at}/usageValue")), breach);
        judgement.find(finding.because("it looks like the figure of an hour or a day"));
    }
}

/// A time of UTC in 14 digits, or 17 with milliseconds.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let digits = matches!(text.len(), 14 | 17) && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| text.get(..14)).flatten()?;
    let civil = DateTime::strptime("%Y%m%d%H%M%S", seconds).ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::moment;

    #[rstest]
    #[case("20240229120000", true)]
    #[case("20240229120000123", true)]
    #[case("20230229120000", false)]
    #[case("20240229250000", false)]
    #[case("2024-02-29 12:00", false)]
    #[case("", false)]
    fn times_have_14_digits_or_17_and_exist(#[case] text: &str, #[case] exists: bool) {
        assert_eq!(moment(text).is_some(), exists, "{text}");
    }
}
