//! One bill against what is known of its customer: set-up, suspension, resignation, and earlier bills of the same day.

use jiff::civil::Date;
use serde_json::Value;

use super::super::memory::{BilledInSetup, Customer, Figure, Standing};
use super::super::rule;
use super::bill::Figures;
use super::scalar;
use crate::check::calendar::date;
use crate::verdict::{Breach, Finding, Judgement, Place};

/// A charge for somebody who never applied.
pub(super) fn unknown(bill: &Value, at: &str, standing: Standing, judgement: &mut Judgement) {
    let charged = bill.get("pay-amt").and_then(Value::as_i64).is_some_and(|pay| pay != 0);
    if standing == Standing::Unknown && charged {
        let breach =
            Breach::Unwanted { what: "a charge".to_owned(), because: "nobody applied for this customer".to_owned() };
        judgement.find(Finding::new(rule::BILL_UNKNOWN, Place::Body(format!("{at}/pay-amt")), breach));
    }
}

/// Notes a charge for a customer whose set-up was running when the status was last asked for. A set-up may end at any
/// moment, so only a later status says whether the charge was too early (see `status`). Bills of days to come are
/// forecasts, and say nothing of today.
pub(super) fn in_setup(customer: &mut Customer, bill: &Value, figures: Figures, at: &str, judgement: &mut Judgement) {
    let today = match figures {
        Figures::OfDay(day) | Figures::Again(day) => customer.applied_on == Some(day),
        Figures::OfCustomer => true,
    };
    if customer.standing != Standing::Applied || !today {
        return;
    }
    let total = bill.get("pay-amt").and_then(Value::as_i64).unwrap_or_default();
    let up_front = customer.onetime.as_deref() == Some("2");
    // A fee that is paid up front may be due with the application: the document says "up front", and that it is computed
    // from the end of the set-up. Where the bill does not tell the two apart, nothing shows.
    let fee = match bill.get("onetime-pay-amt").and_then(Value::as_i64) {
        Some(fee) if up_front => fee,
        None if up_front && bill.get("usage-pay-amt").is_none() => total,
        _ => 0,
    };
    let pay = total - fee;
    if fee > 0 {
        let place = Place::Body(format!("{at}/onetime-pay-amt"));
        judgement.read(
            rule::BILL_INSTALLING,
            place,
            "a fee that is paid up front is charged before a status says that the set-up has ended",
        );
    }
    let installed = scalar(bill, "install-complete-date").filter(|text| date(text).is_ok());
    if pay != 0 || installed.is_some() {
        customer.billed_in_setup = Some(BilledInSetup { pay, installed });
    }
}

/// On the day of joining, the charge through that day and the charge of that day are the same.
pub(super) fn agree(
    customer: &mut Customer,
    bill: &Value,
    day: Date,
    figures: Figures,
    at: &str,
    judgement: &mut Judgement,
) {
    let Some(pay) = bill.get("pay-amt").and_then(Value::as_i64) else { return };
    if customer.applied_on != Some(day)
        || customer.standing != Standing::Installed
        || customer.suspended_since.is_some()
        || customer.resumed
    {
        return;
    }
    let first_day = &mut customer.first_day;
    let (mine, other) = match figures {
        Figures::OfDay(_) | Figures::Again(_) => (&mut first_day.by_day, first_day.by_customer),
        Figures::OfCustomer => (&mut first_day.by_customer, first_day.by_day),
    };
    *mine = Some(pay);
    // Where the two round in different places, they may be a won apart.
    if let Some(other) = other.filter(|other| other.abs_diff(pay) > 1) {
        let (this, that) = match figures {
            Figures::OfDay(_) | Figures::Again(_) => ("by day", "by customer"),
            Figures::OfCustomer => ("by customer", "by day"),
        };
        let because =
            format!("{that}, the charge for {day} was {other}; on the day of joining, the charge {this} is the same");
        let breach = Breach::Value { expected: other.to_string(), actual: pay.to_string(), because };
        judgement.find(Finding::new(rule::BILL_AGREE, Place::Body(format!("{at}/pay-amt")), breach));
    }
}

pub(super) fn usage_place(bill: &Value, at: &str) -> Place {
    let member = if bill.get("usage-pay-amt").is_some() { "usage-pay-amt" } else { "pay-amt" };
    Place::Body(format!("{at}/{member}"))
}

/// Nothing is charged for a month in which a customer was suspended, or had left, from its first day.
pub(super) fn stopped(
    customer: &Customer,
    today: Date,
    day: Date,
    usage: i64,
    place: &Place,
    judgement: &mut Judgement,
) {
    let whole_month_after = |since: Date| since < day.first_of_month();
    let because = match (customer.suspended_since, customer.resigned_on) {
        (_, Some(since)) if whole_month_after(since) => {
            Some((rule::BILL_LEFT, format!("the customer left on {since}")))
        }
        (Some(since), _) if whole_month_after(since) => {
            Some((rule::BILL_SUSPENDED, format!("the customer is suspended since {since}")))
        }
        _ => None,
    };
    if let Some((requirement, because)) = because.filter(|_| usage != 0) {
        let breach = Breach::Value { expected: "0".to_owned(), actual: usage.to_string(), because };
        let finding = Finding::new(requirement, place.clone(), breach);
        let of_today = day > today && customer.bills.get(&today).is_some_and(|figure| figure.usage == usage);
        judgement.find(if of_today {
            finding.because("it looks as if days to come are answered with the figures of today")
        } else {
            finding
        });
    }
}

/// What a day has cost it costs: neither a sign-on nor leaving on that day takes it back.
pub(super) fn same_day(
    customer: &Customer,
    day: Date,
    figure: &Figure,
    at: &str,
    place: &Place,
    judgement: &mut Judgement,
) {
    let Some(before) = customer.bills.get(&day).filter(|_| customer.suspended_since.is_none()) else { return };
    let fee_gone = before.onetime > 0 && figure.onetime == 0;
    let fee = Place::Body(format!("{at}/onetime-pay-amt"));
    if let Some(left) = customer.resigned_on.filter(|left| day <= *left) {
        let gone = before.usage > 0 && figure.usage == 0 && !figure.free;
        if gone || fee_gone {
            let (place, expected) = if gone { (place.clone(), before.usage) } else { (fee, before.onetime) };
            let because = format!("{expected} was due through {day} before the customer left on {left}");
            let breach = Breach::Value { expected: expected.to_string(), actual: "0".to_owned(), because };
            let cause = "the day of leaving is the last that counts; it looks as if the end was dated back";
            judgement.find(Finding::new(rule::BILL_RESIGNED, place, breach).because(cause));
        }
    } else if fee_gone {
        let because = format!("the bill of {day} had this fee before the customer signed on again");
        let breach = Breach::Value { expected: before.onetime.to_string(), actual: "0".to_owned(), because };
        let cause =
            "a sign-on must change nothing that its body does not name; members that are missing stay as they were";
        judgement.find(Finding::new(rule::BILL_ONETIME, fee, breach).because(cause));
    }
}

/// What a day cost before a suspension it costs, at least in part, after it.
pub(super) fn resumed(customer: &Customer, day: Date, usage: i64, place: &Place, judgement: &mut Judgement) {
    let before = customer.bills.get(&day).map_or(0, |figure| figure.usage);
    if customer.resumed && customer.resigned_on.is_none() && before > 0 && usage == 0 {
        let because = format!("the customer was resumed, and the same day was {before} before the suspension");
        let breach = Breach::Value { expected: "a charge again".to_owned(), actual: "0".to_owned(), because };
        judgement.find(Finding::new(rule::BILL_RESUMED, place.clone(), breach));
    }
}

/// Nothing is charged for days before the application; a day is left for a vendor whose clock is in another zone.
pub(super) fn joined(customer: &Customer, bill: &Value, day: Date, at: &str, judgement: &mut Judgement) {
    let pay = bill.get("pay-amt").and_then(Value::as_i64).unwrap_or_default();
    let Some(applied_on) = customer.applied_on else { return };
    if pay != 0 && applied_on.yesterday().is_ok_and(|earliest| day < earliest) {
        let because = format!("the customer applied on {applied_on}");
        let breach = Breach::Value { expected: "0".to_owned(), actual: pay.to_string(), because };
        judgement.find(Finding::new(rule::BILL_JOINED, Place::Body(format!("{at}/pay-amt")), breach));
    }
}

/// A fee that is paid up front (`onetime-type` 2) is charged in one month only.
pub(super) fn onetime(
    customer: &mut Customer,
    today: Date,
    bill: &Value,
    day: Date,
    at: &str,
    judgement: &mut Judgement,
) {
    let fee = bill.get("onetime-pay-amt").and_then(Value::as_i64).unwrap_or_default();
    if fee <= 0 || customer.onetime.as_deref() != Some("2") {
        return;
    }
    let first = *customer.onetime_on.get_or_insert(day);
    if (first.year(), first.month()) != (day.year(), day.month()) {
        // Days to come that are answered with the figures of today are told as such; see `month`.
        let same = |day: Date| {
            let figure = customer.bills.get(&day)?;
            (figure.usage > 0).then_some((figure.usage, figure.onetime))
        };
        if day > today && same(today).is_some() && same(day) == same(today) {
            return;
        }
        let because = if first < day {
            format!("it is paid up front and was charged in the month of {first} already")
        } else {
            format!("it is paid up front and is charged in the month of {first} too, which is one month too many")
        };
        let breach = Breach::Value { expected: "0".to_owned(), actual: fee.to_string(), because };
        judgement.find(Finding::new(rule::BILL_ONETIME, Place::Body(format!("{at}/onetime-pay-amt")), breach));
    }
}
