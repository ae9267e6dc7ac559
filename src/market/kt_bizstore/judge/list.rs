//! Lists of bills: who must be on them, and how often.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use serde_json::Value;

use super::super::memory::{Customer, Memory, Standing};
use super::super::rule;
use super::{Case, key, scalar};
use crate::check::calendar::date;
use crate::verdict::{Breach, Finding, Judgement, Place};

/// Two bills of one customer for one day.
pub(super) fn twice(customer: &Customer, mem_sq: &str, day: Date, place: Place, judgement: &mut Judgement) {
    if customer.returned_on.is_some_and(|returned| returned.first_of_month() == day.first_of_month()) {
        // The document knows no second time of one customer, so nothing says that both are one bill.
        let met = "a bill for each time of a customer who left and came back in one month";
        judgement.read(rule::BILL_ONCE, place, met);
        return;
    }
    let what = format!("a second bill of customer {mem_sq} for {day}");
    let because = "one bill says what a customer owes through the day; two are charged twice".to_owned();
    judgement.find(Finding::new(rule::BILL_ONCE, place, Breach::Unwanted { what, because }));
}

/// Says where days to come show nothing: a vendor that bills none is not judged by them.
pub(super) fn to_come(
    case: &Case<'_>,
    day: Date,
    seen: &HashMap<String, usize>,
    memory: &Memory,
    judgement: &mut Judgement,
) {
    if day <= case.today() {
        return;
    }
    let in_use = |customer: &Customer| customer.standing == Standing::Installed && customer.suspended_since.is_none();
    for (mem_sq, customer) in memory.all().filter(|(_, customer)| in_use(customer)) {
        let nothing = customer.bills.get(&day).is_some_and(|figure| figure.usage == 0 && !figure.free);
        if !seen.contains_key(mem_sq) {
            unseen("the vendor lists no charges for days that are still to come", judgement);
        } else if nothing && day == day.last_of_month() && customer.free_until.is_none_or(|until| until < day) {
            unseen("the vendor charges nothing for days that are still to come", judgement);
        }
    }
}

/// A customer of a few minutes has no other days than those to come: where they show nothing, how the charge grows over
/// a month and over its end is not seen.
pub(super) fn unseen(why: &str, judgement: &mut Judgement) {
    for requirement in [rule::BILL_MONTH_TO_DATE, rule::BILL_PRORATED, rule::BILL_RESET, rule::BILL_MONTH] {
        judgement.skip(requirement, why);
    }
}

/// A list by customer has one charge a day, from joining to now (diagram customer-bill).
pub(super) fn days_of_a_list(
    case: &Case<'_>,
    is_list: bool,
    bills: &[(String, &Value)],
    customer: Option<&Customer>,
    judgement: &mut Judgement,
) {
    // A day is left for a vendor whose clock is in another zone.
    let Some(last) = case.today().tomorrow().ok().filter(|_| is_list) else { return };
    let mut seen = HashSet::new();
    let (mut ahead, mut again) = (false, false);
    for (at, bill) in bills {
        // Bills of somebody else are found as such.
        if scalar(bill, "mem-sq").is_some_and(|other| other != case.mem_sq()) {
            continue;
        }
        let Some(Ok((day, _))) = scalar(bill, "bill-date").map(|text| date(&text)) else { continue };
        let place = Place::Body(format!("{at}/bill-date"));
        if day > last && !ahead {
            ahead = true;
            let what = format!("a charge for {day}");
            let because = "the charges of a customer go from joining to now, and this day is still to come".to_owned();
            judgement.find(Finding::new(rule::BILL_DATE, place.clone(), Breach::Unwanted { what, because }));
        }
        if !seen.insert(day) && !again {
            again = true;
            twice(&customer.cloned().unwrap_or_default(), &case.mem_sq(), day, place, judgement);
        }
    }
}

/// A customer whose set-up has ended is billed, so today's list has it.
pub(super) fn present(
    case: &Case<'_>,
    day: Date,
    seen: &HashMap<String, usize>,
    memory: &Memory,
    judgement: &mut Judgement,
) {
    if day != case.today() {
        return;
    }
    let mut missing: Vec<&String> = memory
        .all()
        .filter(|(mem_sq, customer)| {
            customer.standing == Standing::Installed
                && customer.suspended_since.is_none()
                && !seen.contains_key(mem_sq.as_str())
        })
        .map(|(mem_sq, _)| mem_sq)
        .collect();
    missing.sort();
    let mut left: Vec<&String> = memory
        .all()
        .filter(|(mem_sq, customer)| {
            customer.resigned_on == Some(day)
                && customer.installed
                && matches!(customer.standing, Standing::Resigning | Standing::Deleted)
                && !seen.contains_key(mem_sq.as_str())
                && !seen.keys().any(|other| key::mangled(mem_sq, other).is_some())
        })
        .map(|(mem_sq, _)| mem_sq)
        .collect();
    left.sort();
    for mem_sq in left {
        let what = format!("the bill of customer {mem_sq}");
        let because = "it left today, and what was due until then is charged by no other bill".to_owned();
        let place = Place::Body(String::new());
        judgement.find(Finding::new(rule::BILL_RESIGNED, place, Breach::Missing { what, because }));
    }
    for mem_sq in missing {
        let mixed = seen.keys().filter(|other| memory.known(other).is_none());
        if let Some((other, cause)) = mixed.filter_map(|other| Some((other, key::mangled(mem_sq, other)?))).min() {
            let because = "the customer that applied".to_owned();
            let breach = Breach::Value { expected: mem_sq.clone(), actual: other.clone(), because };
            judgement.find(Finding::new(rule::MEM_SQ, Place::Body(String::new()), breach).because(cause));
            continue;
        }
        let what = format!("the bill of customer {mem_sq}");
        let because = "its set-up has ended, and billing begins with that day".to_owned();
        let place = Place::Body(String::new());
        judgement.find(Finding::new(rule::BILL_PRESENT, place, Breach::Missing { what, because }));
    }
}
