//! How the charge for part of a month is rounded.
//!
//! No text of this edition says. The charge of a whole month is the price of the month, in whole won; against it the
//! charges of the same month through an earlier day show how the vendor rounds. What was met is told, and held against
//! the vendor only where the user insists on one rule.

use jiff::civil::Date;

use super::super::memory::{Customer, Figure};
use super::super::rule;
use super::super::settings::Rounding;
use crate::verdict::{Breach, Finding, Judgement, Place};

/// Compares the charges of a month with that of the whole month, once that is known.
pub(super) fn judge(
    wanted: Option<Rounding>,
    customer: &Customer,
    day: Date,
    place: &Place,
    judgement: &mut Judgement,
) {
    if day != day.last_of_month() || customer.resumed {
        return;
    }
    // The month of the application is charged in part only.
    let began = customer.applied_on.is_some_and(|applied_on| applied_on < day.first_of_month());
    let Some(whole) = customer.bills.get(&day).filter(|whole| began && whole.usage > 0 && !whole.free) else { return };
    let parts: Vec<(Date, &Figure)> = customer
        .bills
        .range(day.first_of_month()..day)
        .filter(|(_, part)| part.licenses == whole.licenses && !part.free)
        .map(|(day, part)| (*day, part))
        .collect();
    let fits: Vec<Rounding> = [Rounding::Up, Rounding::Down, Rounding::HalfUp]
        .into_iter()
        .filter(|rounding| parts.iter().all(|(day, part)| part.usage == due(whole.usage, *day, *rounding)))
        .collect();
    // What is free in part is prorated by fewer days than the month has.
    if customer.free_until.is_some_and(|until| until >= day.first_of_month()) {
        return;
    }
    if let Some(finding) = parts.iter().find_map(|part| a_day_off(*part, (day, whole), place)) {
        judgement.find(finding);
        return;
    }
    // Where nothing had to be rounded, nothing shows.
    if parts.is_empty() || fits.len() == 3 {
        return;
    }
    match wanted {
        Some(wanted) if !fits.contains(&wanted) => {
            let Some((on, part)) = parts.iter().find(|(day, part)| part.usage != due(whole.usage, *day, wanted)) else {
                return;
            };
            let because =
                format!("the whole month costs {}, rounded {} (the setting rounding)", whole.usage, name(wanted));
            let expected = format!("{} through {on}", due(whole.usage, *on, wanted));
            let breach = Breach::Value { expected, actual: part.usage.to_string(), because };
            judgement.find(Finding::new(rule::BILL_PRORATED, place.clone(), breach));
        }
        _ => {
            let met = match fits.as_slice() {
                [] => "the charge for part of a month is not the price of the month by its days, however rounded"
                    .to_owned(),
                [one] => format!("the charge for part of a month is rounded {}", name(*one)),
                [one, other, ..] => {
                    format!("the charge for part of a month is rounded {} or {}", name(*one), name(*other))
                }
            };
            judgement.read(rule::BILL_PRORATED, place.clone(), met);
        }
    }
}

/// A charge that grows by the same price each day, and is one day's price too low or too high from the first: the days are
/// counted wrongly at one of their ends.
fn a_day_off((on, part): (Date, &Figure), (last, whole): (Date, &Figure), place: &Place) -> Option<Finding> {
    let days = i64::from(on.day());
    let price = (whole.usage - part.usage) / i64::from(last.day() - on.day()).max(1);
    let margin = super::whole::margin(&whole.licenses, days);
    // Cheap days drown in what rounding adds.
    if price <= 2 * margin {
        return None;
    }
    let is_of = |counted: i64| part.usage.abs_diff(price * counted) <= margin.unsigned_abs();
    let cause = if is_of(days - 1) {
        "it looks as if the day asked for is not counted; the charge is that through this day, with it"
    } else if is_of(days + 1) {
        "it looks as if a day too many is counted"
    } else {
        return None;
    };
    let because = format!("the charge grows by {price} a day until {last}, and {on} is day {days} of its month");
    let expected = format!("about {} through {on}", price * days);
    let breach = Breach::Value { expected, actual: part.usage.to_string(), because };
    Some(Finding::new(rule::BILL_PRORATED, place.clone(), breach).because(cause))
}

/// What a month of this price costs through a day.
fn due(price: i64, day: Date, rounding: Rounding) -> i64 {
    let (exact, month) = (price.saturating_mul(i64::from(day.day())), i64::from(day.days_in_month()));
    match rounding {
        Rounding::Up => exact.saturating_add(month - 1) / month,
        Rounding::Down => exact / month,
        Rounding::HalfUp => exact.saturating_mul(2).saturating_add(month) / (2 * month),
    }
}

fn name(rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::Up => "up",
        Rounding::Down => "down",
        Rounding::HalfUp => "to the nearest won",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;

    /// 30,000 won a month over 28 days: 1,071.43 a day.
    fn told(through: &[(i8, i64)], wanted: Option<Rounding>) -> (Vec<String>, usize) {
        let mut customer = Customer { applied_on: Some(date(2027, 1, 10)), ..Customer::default() };
        let figure = |usage| Figure { usage, split: true, onetime: 0, licenses: "5".to_owned(), free: false };
        for (day, usage) in through {
            customer.bills.insert(date(2027, 2, *day), figure(*usage));
        }
        customer.bills.insert(date(2027, 2, 28), figure(30_000));
        let mut judgement = Judgement::default();
        judge(wanted, &customer, date(2027, 2, 28), &Place::Body(String::new()), &mut judgement);
        (judgement.readings.into_iter().map(|reading| reading.met).collect(), judgement.findings.len())
    }

    #[rstest]
    #[case::up(&[(1, 1_072), (15, 16_072)], "rounded up")]
    #[case::down(&[(1, 1_071), (2, 2_142)], "rounded down")]
    #[case::nearest(&[(1, 1_071), (2, 2_143)], "rounded to the nearest won")]
    #[case::two_fit(&[(1, 1_071)], "rounded down or to the nearest won")]
    #[case::by_no_rule(&[(1, 1_000)], "however rounded")]
    fn the_rule_that_was_met_is_told(#[case] through: &[(i8, i64)], #[case] ends: &str) {
        let (readings, findings) = told(through, None);
        assert_eq!((readings.len(), findings), (1, 0));
        assert!(readings[0].ends_with(ends), "{readings:?}");
    }

    /// 300,000 won a month for 5 licences, over 28 days: 10,714.29 a day.
    #[rstest]
    #[case::right(10_715, 300_000, None, None)]
    #[case::without_the_day_itself(0, 289_286, None, Some("the day asked for is not counted"))]
    #[case::a_day_too_many(21_429, 310_715, None, Some("a day too many"))]
    #[case::no_day_by_its_price(4_000, 300_000, None, None)]
    #[case::free_in_part(0, 289_286, Some(date(2027, 2, 1)), None)]
    fn a_charge_that_is_a_day_off_is_found(
        #[case] first: i64,
        #[case] last: i64,
        #[case] free_until: Option<Date>,
        #[case] cause: Option<&str>,
    ) {
        let mut customer = Customer { applied_on: Some(date(2027, 1, 10)), free_until, ..Customer::default() };
        let figure = |usage| Figure { usage, split: true, onetime: 0, licenses: "5".to_owned(), free: false };
        customer.bills.insert(date(2027, 2, 1), figure(first));
        customer.bills.insert(date(2027, 2, 28), figure(last));
        let mut judgement = Judgement::default();
        judge(None, &customer, date(2027, 2, 28), &Place::Body(String::new()), &mut judgement);
        let told: Vec<String> = judgement.findings.into_iter().filter_map(|finding| finding.cause).collect();
        assert_eq!(told.len(), usize::from(cause.is_some()), "{told:?}");
        assert!(told.iter().zip(cause).all(|(told, cause)| told.contains(cause)), "{told:?}");
    }

    #[test]
    fn nothing_is_told_where_nothing_shows() {
        assert_eq!(told(&[], None), (Vec::new(), 0));
        assert_eq!(told(&[(14, 15_000)], None), (Vec::new(), 0));
    }

    #[test]
    fn a_rule_that_the_user_insists_on_is_held_against_the_vendor() {
        assert_eq!(told(&[(1, 1_072)], Some(Rounding::Up)).1, 0);
        assert_eq!(told(&[(1, 1_072)], Some(Rounding::Down)), (Vec::new(), 1));
    }
}
