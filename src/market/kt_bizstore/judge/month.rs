//! Month-to-date figures over the days that were asked for.
//!
//! A bill of a day says what would be charged if billing ended with that day, from the 1st of the month (document
//! 2.1.2, diagram daily-bill). So figures of one customer never fall within a month, grow while licences are in use,
//! and start again on the 1st.

use jiff::civil::Date;

use super::super::memory::{Customer, Figure};
use super::super::rule;
use crate::verdict::{Breach, Finding, Place};

/// A shorter time may lie in a free period or see no use; over this many days an unchanged charge is no accident.
const DAYS_THAT_SHOW: i32 = 5;

/// Remembers a figure and judges it against those of other days.
pub(super) fn remember(customer: &mut Customer, day: Date, figure: Figure, place: &Place) -> Vec<Finding> {
    let mut findings = Vec::new();
    let before = customer.bills.range(..day).next_back().map(|(day, figure)| (*day, figure.clone()));
    let after =
        customer.bills.range(day..).find(|(other, _)| **other > day).map(|(day, figure)| (*day, figure.clone()));
    for pair in
        [before.map(|before| (before, (day, figure.clone()))), after.map(|after| ((day, figure.clone()), after))]
    {
        let Some(((first, earlier), (second, later))) = pair else { continue };
        let breach = if same_month(first, second) {
            within_month(customer, (first, &earlier), (second, &later))
        } else {
            over_the_end(customer, (first, &earlier), (second, &later)).map(|breach| (rule::BILL_RESET, breach))
        };
        if let Some((requirement, breach)) = breach {
            findings.push(Finding::new(requirement, place.clone(), breach));
        }
    }
    customer.bills.insert(day, figure);
    findings
}

fn same_month(a: Date, b: Date) -> bool {
    (a.year(), a.month()) == (b.year(), b.month())
}

fn within_month(
    customer: &Customer,
    (first, earlier): (Date, &Figure),
    (second, later): (Date, &Figure),
) -> Option<(crate::verdict::RequirementId, Breach)> {
    if later.usage < earlier.usage {
        let breach = Breach::Falls {
            day_before: first.to_string(),
            before: earlier.usage,
            day_after: second.to_string(),
            after: later.usage,
        };
        return Some((rule::BILL_MONTH_TO_DATE, breach));
    }
    let days = (second - first).get_days();
    let charged = earlier.usage > 0 && earlier.licenses == later.licenses && !earlier.free && !later.free;
    let stopped = customer.suspended_since.is_some() || customer.resigned_on.is_some();
    if days >= DAYS_THAT_SHOW && charged && !stopped && later.usage == earlier.usage {
        let breach = Breach::Value {
            expected: format!("more than {}", earlier.usage),
            actual: later.usage.to_string(),
            because: format!(
                "it is the charge through {second}, and {} was already due through {first}",
                earlier.usage
            ),
        };
        return Some((rule::BILL_PRORATED, breach));
    }
    None
}

/// The first days of a month carry the charge of those days only.
fn over_the_end(
    customer: &Customer,
    (first, earlier): (Date, &Figure),
    (second, later): (Date, &Figure),
) -> Option<Breach> {
    let day = i64::from(second.day());
    if day > 3 || earlier.usage <= 0 || earlier.licenses != later.licenses || earlier.free || later.free {
        return None;
    }
    let goes_on = Breach::NotReset {
        day_before: first.to_string(),
        before: earlier.usage,
        day_after: second.to_string(),
        after: later.usage,
    };
    // What a month's end shows is the charge of at least one day, so the first days of the next month cost at most
    // as many times that, taken to a month of other length.
    let bound = earlier.usage * day * i64::from(first.days_in_month()) / i64::from(second.days_in_month()) + day + 1;
    // Where a later day of the new month is known, it tells the price of a day more exactly.
    let price = customer
        .bills
        .range(second..)
        .filter(|(other, figure)| **other > second && same_month(**other, second) && figure.licenses == later.licenses)
        .map(|(other, figure)| (figure.usage - later.usage) / i64::from(other.day() - second.day()).max(1))
        .find(|price| *price > 0);
    let by_price = price.is_some_and(|price| later.usage > 3 * day * (price + 1));
    (later.usage > bound || by_price).then_some(goes_on)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;

    fn figure(usage: i64) -> Figure {
        Figure { usage, licenses: "10".to_owned(), free: false }
    }

    fn rules(figures: &[(Date, i64)]) -> Vec<String> {
        let mut customer = Customer::default();
        let place = Place::Body(String::new());
        figures
            .iter()
            .flat_map(|(day, usage)| remember(&mut customer, *day, figure(*usage), &place))
            .map(|finding| finding.requirement.to_string())
            .collect()
    }

    /// 10 licences at 6,000 won, rounded up, in a month of so many days.
    fn due(days: i64, of: i64) -> i64 {
        (60_000 * days + of - 1) / of
    }

    #[rstest]
    #[case::joined_on_the_last_day(1)]
    #[case::joined_mid_month(12)]
    #[case::a_whole_month(31)]
    fn an_honest_vendor_starts_again_on_the_first(#[case] used: i64) {
        let figures = [
            (date(2027, 1, 31), due(used, 31)),
            (date(2027, 2, 1), due(1, 28)),
            (date(2027, 2, 2), due(2, 28)),
            (date(2027, 2, 15), due(15, 28)),
            (date(2027, 2, 28), due(28, 28)),
            (date(2027, 3, 1), due(1, 31)),
        ];
        assert_eq!(rules(&figures), Vec::<String>::new());
        let mut backwards = figures;
        backwards.reverse();
        assert_eq!(rules(&backwards), Vec::<String>::new());
    }

    #[rstest]
    #[case::one_day_before(1)]
    #[case::half_a_month_before(12)]
    #[case::a_whole_month_before(31)]
    fn a_charge_that_goes_on_is_found(#[case] used: i64) {
        let carried = due(used, 31);
        let figures = [
            (date(2027, 1, 31), carried),
            (date(2027, 2, 1), carried + due(1, 28)),
            (date(2027, 2, 2), carried + due(2, 28)),
        ];
        let mut backwards = figures;
        backwards.reverse();
        assert!(
            rules(&backwards).contains(&"KT-BILL-RESET".to_owned())
                || rules(&figures).contains(&"KT-BILL-RESET".to_owned())
        );
    }

    #[test]
    fn figures_that_fall_or_stand_still_are_found() {
        assert_eq!(rules(&[(date(2027, 2, 2), 500), (date(2027, 2, 9), 400)]), ["KT-BILL-MONTH-TO-DATE"]);
        assert_eq!(rules(&[(date(2027, 2, 9), 400), (date(2027, 2, 2), 500)]), ["KT-BILL-MONTH-TO-DATE"]);
        assert_eq!(rules(&[(date(2027, 2, 2), 500), (date(2027, 2, 9), 500)]), ["KT-BILL-PRORATED"]);
        assert_eq!(rules(&[(date(2027, 2, 2), 0), (date(2027, 2, 9), 0)]), Vec::<String>::new());
    }
}
