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
