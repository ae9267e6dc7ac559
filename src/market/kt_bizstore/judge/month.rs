//! Month-to-date figures over the days that were asked for.
//!
//! A bill of a day says what would be charged if billing ended with that day, from the 1st of the month (document
//! 2.1.2, diagram daily-bill). So figures of one customer never fall within a month, grow while licences are in use,
//! and start again on the 1st.

use jiff::civil::Date;

use super::super::memory::{Customer, Figure};
use super::super::rule;
use crate::verdict::{Breach, Finding, Judgement, Place};

/// A shorter time may lie in a free period or see no use; over this many days an unchanged charge is no accident.
const DAYS_THAT_SHOW: i32 = 5;

/// Remembers a figure and judges it against those of other days.
pub(super) fn remember(
    customer: &mut Customer,
    today: Date,
    day: Date,
    figure: Figure,
    place: &Place,
    judgement: &mut Judgement,
) {
    let before = customer.bills.range(..day).next_back().map(|(day, figure)| (*day, figure.clone()));
    let after =
        customer.bills.range(day..).find(|(other, _)| **other > day).map(|(day, figure)| (*day, figure.clone()));
    for pair in
        [before.map(|before| (before, (day, figure.clone()))), after.map(|after| ((day, figure.clone()), after))]
    {
        let Some(((first, earlier), (second, later))) = pair else { continue };
        let pair = ((first, &earlier), (second, &later));
        if !same_month(first, second) {
            continue;
        }
        if later.usage < earlier.usage {
            let breach = Breach::Falls {
                day_before: first.to_string(),
                before: earlier.usage,
                day_after: second.to_string(),
                after: later.usage,
            };
            judgement.find(Finding::new(rule::BILL_MONTH_TO_DATE, place.clone(), breach));
        } else if stands_still(customer, pair.0, pair.1) {
            still(customer, today, pair, place, judgement);
        }
    }
    customer.bills.insert(day, figure);
    goes_on(customer, day, place, judgement);
}

/// Looks at the end of the month before a day and at the end of the day's own, told once.
fn goes_on(customer: &mut Customer, day: Date, place: &Place, judgement: &mut Judgement) {
    let ends = [day.first_of_month(), day.last_of_month().saturating_add(jiff::Span::new().days(1))];
    for begin in ends {
        let before = customer.bills.range(..begin).next_back();
        let mut month = customer.bills.range(begin..).filter(|(day, _)| same_month(**day, begin));
        let (Some((first, earlier)), Some((second, later))) = (before, month.next()) else { continue };
        // A single figure may be anything; the next one shows that the month's figures grow from there.
        if customer.goes_on || !month.any(|(_, further)| further.usage >= later.usage) {
            continue;
        }
        if let Some(breach) = over_the_end(customer, (*first, earlier), (*second, later)) {
            customer.goes_on = true;
            judgement.find(Finding::new(rule::BILL_RESET, place.clone(), breach));
        }
    }
}

fn same_month(a: Date, b: Date) -> bool {
    (a.year(), a.month()) == (b.year(), b.month())
}

fn stands_still(customer: &Customer, (first, earlier): (Date, &Figure), (second, later): (Date, &Figure)) -> bool {
    let days = (second - first).get_days();
    let charged = earlier.usage > 0 && earlier.licenses == later.licenses && !earlier.free && !later.free;
    let stopped = customer.suspended_since.is_some() || customer.resigned_on.is_some();
    days >= DAYS_THAT_SHOW && charged && !stopped && later.usage == earlier.usage
}

/// A charge that stands still over many days: told once, with what it looks like.
fn still(
    customer: &mut Customer,
    today: Date,
    ((first, earlier), (second, later)): ((Date, &Figure), (Date, &Figure)),
    place: &Place,
    judgement: &mut Judgement,
) {
    if customer.flat {
        return;
    }
    let mut to_come =
        customer.bills.range(today.last_of_month()..).filter(|(day, _)| !same_month(**day, today)).peekable();
    if second > today && same_month(second, today) && to_come.peek().is_some() && to_come.all(|(_, it)| it.usage == 0) {
        // Who charges what was measured cannot know the days to come.
        let why = "for days to come the vendor charges what has been used so far, so how a month grows cannot be seen";
        judgement.skip(rule::BILL_PRORATED, why);
        return;
    }
    customer.flat = true;
    let breach = Breach::Value {
        expected: format!("more than {}", earlier.usage),
        actual: later.usage.to_string(),
        because: format!("it is the charge through {second}, and {} was already due through {first}", earlier.usage),
    };
    let finding = Finding::new(rule::BILL_PRORATED, place.clone(), breach);
    judgement.find(match looks_like(customer, today, second, later) {
        Some(cause) => finding.because(cause),
        None => finding,
    });
}

/// What a charge that stands still looks like, told from the charges of another month.
fn looks_like(customer: &Customer, today: Date, day: Date, figure: &Figure) -> Option<&'static str> {
    let (other_day, other) = customer.bills.iter().find(|(other, known)| {
        !same_month(**other, day) && known.usage > 0 && !known.free && known.licenses == figure.licenses
    })?;
    let (length, other_length) = (i64::from(day.days_in_month()), i64::from(other_day.days_in_month()));
    let by_length = (figure.usage * length - other.usage * other_length).abs();
    let alone = "the figure shows the day alone, not the month to date";
    let whole = "the price of a whole month is charged from its first day on";
    let clamped = "it looks as if days to come are answered with the figures of today";
    Some(if other.usage != figure.usage {
        // A won for each user and day may be rounding.
        if by_length > 31 * length.max(other_length) { return None } else { alone }
    } else if customer.bills.get(&today) == Some(figure) && figure.onetime > 0 {
        clamped
    } else if other.onetime > 0 && *other_day <= today {
        // The fee is that of the month of joining, so this is no answer for today.
        if length == other_length {
            "the figure shows the day alone, or the price of a whole month, not the month to date"
        } else {
            whole
        }
    } else {
        "it looks as if the price of a whole month is charged from its first day on, or as if days to come are answered with \
         the figures of today"
    })
}

/// The first days of a month carry the charge of those days only.
fn over_the_end(
    customer: &Customer,
    (first, earlier): (Date, &Figure),
    (second, later): (Date, &Figure),
) -> Option<Breach> {
    let day = i64::from(second.day());
    // A charge that is the same on both days does not go on; see `still`.
    if customer.flat || later.usage == earlier.usage {
        return None;
    }
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
    let bound = earlier.usage * day * i64::from(first.days_in_month()) / i64::from(second.days_in_month())
        + super::whole::margin(&later.licenses, day);
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
        Figure { usage, split: true, onetime: 0, licenses: "10".to_owned(), free: false }
    }

    fn rules(figures: &[(Date, i64)]) -> Vec<String> {
        let mut customer = Customer::default();
        told(&mut customer, figures).findings.iter().map(|finding| finding.requirement.to_string()).collect()
    }

    fn told(customer: &mut Customer, figures: &[(Date, i64)]) -> Judgement {
        let place = Place::Body(String::new());
        let mut judgement = Judgement::default();
        for (day, usage) in figures {
            remember(customer, date(2027, 1, 26), *day, figure(*usage), &place, &mut judgement);
        }
        judgement
    }

    /// Asked in the order of the scenario, on 26 January.
    #[rstest]
    #[case::whole_month([60_000, 60_000, 60_000, 60_000], 0, "whole month")]
    #[case::of_today([2_000, 2_000, 2_000, 2_000], 5_000, "figures of today")]
    #[case::the_day_alone([1_936, 2_143, 2_143, 1_936], 0, "the day alone")]
    fn a_charge_that_stands_still_says_what_it_looks_like(
        #[case] usage: [i64; 4],
        #[case] fee: i64,
        #[case] cause: &str,
    ) {
        let days = [date(2027, 1, 26), date(2027, 2, 2), date(2027, 2, 15), date(2027, 1, 31)];
        let mut customer = Customer::default();
        let (place, mut judgement) = (Place::Body(String::new()), Judgement::default());
        for (day, usage) in days.into_iter().zip(usage) {
            let figure = Figure { onetime: fee, ..figure(usage) };
            remember(&mut customer, date(2027, 1, 26), day, figure, &place, &mut judgement);
        }
        let causes: Vec<_> = judgement.findings.iter().filter_map(|finding| finding.cause.clone()).collect();
        assert!(causes.len() == 1 && causes[0].contains(cause), "{causes:?}");
    }

    #[test]
    fn what_is_measured_does_not_grow_ahead() {
        let figures =
            [(date(2027, 1, 26), 1_500), (date(2027, 2, 2), 0), (date(2027, 2, 15), 0), (date(2027, 1, 31), 1_500)];
        let judgement = told(&mut Customer::default(), &figures);
        assert_eq!((judgement.findings.len(), judgement.skipped.len()), (0, 1));
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
