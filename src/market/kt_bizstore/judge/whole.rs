//! What the charge of a whole month says of other charges.
//!
//! A bill through the last day of a month to come is the price of a month, however the vendor makes it up. With it the
//! charge through the day of joining can be held against the days since then, and months of different length against each
//! other.

use jiff::civil::Date;

use super::super::memory::{Customer, Figure};
use super::super::rule;
use crate::verdict::{Breach, Finding, Judgement, Place};

/// What a won or two more for each user and day can come from: rounding up, each for itself.
const ROUNDED_OTHERWISE: i64 = 10;

/// Compares a whole month with what is known of the same customer.
pub(super) fn judge(customer: &mut Customer, day: Date, place: &Place, judgement: &mut Judgement) {
    let Some(applied_on) = customer.applied_on else { return };
    let first = day.first_of_month();
    let in_part = applied_on >= first || customer.free_until.is_some_and(|until| until >= first);
    // A charge that stands still is no price of a month.
    if day != day.last_of_month()
        || in_part
        || customer.flat
        || customer.goes_on
        || customer.resumed
        || customer.resigned_on.is_some()
    {
        return;
    }
    let Some(whole) = customer.bills.get(&day).filter(|whole| whole.usage > 0 && !whole.free).cloned() else { return };
    let has_fee = customer.onetime.as_deref().is_some_and(|kind| kind != "0");
    if has_fee && !whole.split {
        let why = "the bills do not tell the charge for use and the one-time fee apart";
        judgement.skip(rule::BILL_JOINED, why);
        judgement.skip(rule::BILL_MONTH, why);
        return;
    }
    joined(customer, applied_on, (day, &whole), place, judgement);
    months(customer, (day, &whole), place, judgement);
}

/// Through a day of the month of joining, no more than the days since are charged. A day is left for a vendor whose clock
/// is in another zone.
fn joined(
    customer: &mut Customer,
    applied_on: Date,
    (day, whole): (Date, &Figure),
    place: &Place,
    judgement: &mut Judgement,
) {
    let shortest = i64::from(day.days_in_month().min(applied_on.days_in_month()));
    let known = customer.bills.range(applied_on..=applied_on.last_of_month());
    let mut told = None;
    for (on, figure) in known.filter(|(_, figure)| !figure.free && figure.licenses == whole.licenses) {
        let days = i64::from((*on - applied_on).get_days()) + 2;
        let most = whole.usage * days / shortest + margin(&figure.licenses, days);
        if figure.usage > most {
            let because = format!(
                "the customer joined on {applied_on}, and {} for the whole month of {day} makes less for the days since",
                whole.usage
            );
            let expected = format!("at most {most} through {on}");
            let breach = Breach::Value { expected, actual: figure.usage.to_string(), because };
            let cause = "it looks as if the days of the month before the customer joined are charged too";
            told = Some(Finding::new(rule::BILL_JOINED, place.clone(), breach).because(cause));
            break;
        }
    }
    if let Some(finding) = told.filter(|_| !customer.told_joined) {
        customer.told_joined = true;
        judgement.find(finding);
    }
}

/// Prorated on the month, a whole month costs what a whole month costs.
fn months(customer: &Customer, (day, whole): (Date, &Figure), place: &Place, judgement: &mut Judgement) {
    let first = customer.applied_on.map(|applied_on| applied_on.max(customer.free_until.unwrap_or(applied_on)));
    let other = customer.bills.iter().find(|(other, figure)| {
        **other == other.last_of_month()
            && other.days_in_month() != day.days_in_month()
            && first.is_some_and(|first| first < other.first_of_month())
            && figure.licenses == whole.licenses
            && figure.usage > 0
            && !figure.free
    });
    let Some((on, figure)) = other else { return };
    if figure.usage.abs_diff(whole.usage) <= margin(&whole.licenses, 31).unsigned_abs() {
        return;
    }
    let because = format!("the whole month of {on} costs {} with as many licences", figure.usage);
    let breach = Breach::Value { expected: figure.usage.to_string(), actual: whole.usage.to_string(), because };
    let by_days = |figure: &Figure, day: Date| figure.usage / i64::from(day.days_in_month());
    let fixed = by_days(figure, *on).abs_diff(by_days(whole, day)) <= margin(&whole.licenses, 1).unsigned_abs();
    let finding = Finding::new(rule::BILL_MONTH, place.clone(), breach);
    judgement.find(if fixed {
        finding.because("each day costs the same in every month; prorated on the month it is the price of the month by its own days")
    } else {
        finding
    });
}

/// What rounding for each user and day can add over so many days.
pub(super) fn margin(licenses: &str, days: i64) -> i64 {
    let users: i64 = licenses.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or(100);
    users.clamp(1, 10_000) * days + ROUNDED_OTHERWISE
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;

    fn found(figures: &[(Date, i64)], free_until: Option<Date>) -> Vec<String> {
        let mut customer = Customer { applied_on: Some(date(2026, 11, 28)), free_until, ..Customer::default() };
        let mut judgement = Judgement::default();
        for (day, usage) in figures {
            let figure = Figure { usage: *usage, split: true, onetime: 0, licenses: "10".to_owned(), free: false };
            customer.bills.insert(*day, figure);
            judge(&mut customer, *day, &Place::Body(String::new()), &mut judgement);
        }
        judgement.findings.iter().map(|finding| finding.requirement.to_string()).collect()
    }

    const JOINING: Date = date(2026, 11, 28);
    const DECEMBER: Date = date(2026, 12, 31);
    const FEBRUARY: Date = date(2027, 2, 28);

    #[rstest]
    #[case::prorated(2_000, 60_000, 60_000)]
    #[case::a_day_more_for_another_zone(4_000, 60_000, 60_000)]
    #[case::rounded_up_for_each_user_and_day(2_010, 60_140, 60_060)]
    #[case::the_price_of_a_day_rounded(2_000, 59_985, 60_004)]
    #[case::nothing_is_known(0, 0, 0)]
    fn honest_vendors_are_left_in_peace(#[case] joining: i64, #[case] december: i64, #[case] february: i64) {
        let figures = [(JOINING, joining), (DECEMBER, december), (FEBRUARY, february)];
        assert_eq!(found(&figures, None), Vec::<String>::new());
    }

    #[test]
    fn days_before_joining_are_found() {
        assert_eq!(found(&[(JOINING, 56_000), (DECEMBER, 60_000)], None), ["KT-BILL-JOINED"]);
        // In a month that is free in part, nothing is known of the price.
        assert_eq!(found(&[(JOINING, 56_000), (DECEMBER, 40_000)], Some(date(2026, 12, 11))), Vec::<String>::new());
    }

    #[test]
    fn months_by_the_day_are_found() {
        assert_eq!(found(&[(DECEMBER, 62_000), (FEBRUARY, 56_000)], None), ["KT-BILL-MONTH"]);
        assert_eq!(found(&[(DECEMBER, 40_000), (FEBRUARY, 60_000)], Some(date(2026, 12, 11))), Vec::<String>::new());
    }
}
