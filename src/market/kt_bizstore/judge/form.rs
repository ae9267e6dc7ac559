//! The form of one bill: its dates, periods and amounts, each by itself.

use jiff::civil::Date;
use serde_json::Value;

use super::super::rule;
use super::super::settings::BillDate;
use super::{Case, scalar};
use crate::check::calendar::{DateForm, NoDate, date, period};
use crate::verdict::{Breach, Finding, Judgement, Place};

pub(super) fn bill_date(
    case: &Case<'_>,
    bill: &Value,
    at: &str,
    asked: Option<Date>,
    judgement: &mut Judgement,
) -> Option<Date> {
    let text = scalar(bill, "bill-date")?;
    let place = Place::Body(format!("{at}/bill-date"));
    match date(&text) {
        Ok((day, form)) => {
            let expected = match (case.settings.readings.bill_date, form) {
                (Some(BillDate::Dashed), DateForm::Compact) => Some("yyyy-mm-dd"),
                (Some(BillDate::Compact), DateForm::Dashed) => Some("yyyymmdd"),
                _ => None,
            };
            if let Some(expected) = expected {
                let expected = format!("a date {expected} (the setting bill-date-form)");
                let breach = Breach::Form { expected, actual: text.clone() };
                judgement.find(Finding::new(rule::BILL_DATE, place.clone(), breach));
            } else if form == DateForm::Compact {
                judgement.read(rule::BILL_DATE, place.clone(), "bill-date as yyyymmdd");
            }
            if let Some(asked) = asked.filter(|asked| *asked != day) {
                let because = "the day that was asked for".to_owned();
                let breach = Breach::Value { expected: asked.to_string(), actual: text, because };
                judgement.find(Finding::new(rule::BILL_DATE, place, breach));
                return None;
            }
            Some(day)
        }
        Err(problem) => {
            judgement.find(no_date(problem, text, "a date yyyy-mm-dd", place));
            // The charge is still for the day that was asked for.
            asked
        }
    }
}

fn no_date(problem: NoDate, actual: String, expected: &str, place: Place) -> Finding {
    let breach = match problem {
        NoDate::Form => Breach::Form { expected: expected.to_owned(), actual },
        NoDate::Day => Breach::Calendar { problem: problem.to_string(), actual },
    };
    Finding::new(rule::BILL_DATE, place, breach)
}

pub(super) fn install_date(bill: &Value, at: &str, judgement: &mut Judgement) {
    let Some(text) = scalar(bill, "install-complete-date") else { return };
    let place = Place::Body(format!("{at}/install-complete-date"));
    match date(&text) {
        Ok((_, DateForm::Dashed)) => {}
        Ok((_, DateForm::Compact)) => {
            judgement.read(rule::BILL_DATE, place, "install-complete-date as yyyymmdd");
        }
        Err(_) if text == "99999999" => judgement.read(rule::BILL_DATE, place, "99999999 for a set-up that still runs"),
        Err(problem) => judgement.find(no_date(problem, text, "a date yyyy-mm-dd", place)),
    }
}

/// Judges the periods; gives the free one, where there is one.
pub(super) fn periods(bill: &Value, at: &str, judgement: &mut Judgement) -> Option<(Date, Date)> {
    let mut free = None;
    for member in ["free-period", "contract-discount-period"] {
        let Some(Value::String(text)) = bill.get(member) else { continue };
        let place = Place::Body(format!("{at}/{member}"));
        if matches!(text.trim(), "" | "~" | "-") {
            // The document requires the field and does not say how to express that there is no such period.
            judgement.read(rule::BILL_PERIOD, place, format!("{text:?} for no {member}"));
            continue;
        }
        match period(text) {
            // The one dialect that says how writes "none" as a period of one day.
            Ok((begin, end)) if member == "free-period" && begin < end => free = Some((begin, end)),
            Ok(_) => {}
            Err(crate::check::calendar::NoPeriod::Form) => {
                let expected = "a period yyyymmdd~yyyymmdd".to_owned();
                let breach = Breach::Form { expected, actual: text.clone() };
                judgement.find(Finding::new(rule::BILL_PERIOD, place, breach));
            }
            Err(problem) => {
                let breach = Breach::Calendar { problem: problem.to_string(), actual: text.clone() };
                judgement.find(Finding::new(rule::BILL_PERIOD, place, breach));
            }
        }
    }
    free
}

/// Judges the amounts; gives the month-to-date charge for usage.
pub(super) fn amounts(bill: &Value, at: &str, judgement: &mut Judgement) -> Option<i64> {
    let amount = |member: &str| bill.get(member).and_then(Value::as_i64);
    for member in ["pay-amt", "usage-pay-amt", "onetime-pay-amt"] {
        if let Some(amount) = amount(member).filter(|amount| *amount < 0) {
            let expected = "a charge of 0 or more won".to_owned();
            let breach = Breach::Form { expected, actual: amount.to_string() };
            judgement.find(Finding::new(rule::BILL_AMOUNT, Place::Body(format!("{at}/{member}")), breach));
        }
    }
    if let Some(Value::String(count)) = bill.get("license-count")
        && !is_quantity(count)
    {
        let breach = Breach::Form { expected: "a quantity in digits, as text".to_owned(), actual: count.clone() };
        judgement.find(Finding::new(rule::BILL_AMOUNT, Place::Body(format!("{at}/license-count")), breach));
    }
    let (pay, usage, onetime) = (amount("pay-amt"), amount("usage-pay-amt"), amount("onetime-pay-amt"));
    if let (Some(pay), Some(usage), Some(onetime)) = (pay, usage, onetime)
        && usage.saturating_add(onetime) != pay
    {
        let breach = Breach::Sum {
            total: "pay-amt".to_owned(),
            terms: vec![("usage-pay-amt".to_owned(), usage), ("onetime-pay-amt".to_owned(), onetime)],
            expected: usage.saturating_add(onetime),
            actual: pay,
        };
        judgement.find(Finding::new(rule::BILL_SUM, Place::Body(format!("{at}/pay-amt")), breach));
    }
    usage.or_else(|| Some(pay? - onetime.unwrap_or_default()))
}

fn is_quantity(text: &str) -> bool {
    let mut parts = text.splitn(2, '.');
    let digits = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    digits(parts.next()) && parts.next().is_none_or(|fraction| digits(Some(fraction)))
}

#[cfg(test)]
mod tests {
    use super::is_quantity;

    #[test]
    fn quantities_are_digits() {
        for text in ["0", "12", "3.5"] {
            assert!(is_quantity(text), "{text}");
        }
        for text in ["", "ten", "-1", "1.", ".5", "1e3", "1,000"] {
            assert!(!is_quantity(text), "{text}");
        }
    }
}
