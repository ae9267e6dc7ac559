//! The arithmetic of charges, in whole won and whole numbers.
//!
//! A month's charge is the sum over segments: stretches of days with the same number of users at the same price. Each
//! segment is rounded up to the next whole won, then all are added. That is the rule which fits every charge that KT
//! published with its segments (documents of flow and bizworks, February 2021). The base document 2.1.2 prescribes no
//! rounding, so a vendor is not held to this; the reference vendor has to choose one.
//!
//! Numbers are multiplied before they are divided, as integers. Floating point would be a won too high for some round
//! amounts, such as 5 users for 21 of 28 days at 8,000 won.

use jiff::civil::Date;

/// What one day is charged at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Number of users.
    pub users: u32,
    /// Won for each user and month.
    pub price: u32,
}

/// Days of one month with the same rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The rate.
    pub rate: Rate,
    /// First day, charged.
    pub first: Date,
    /// Last day, charged, in the same month.
    pub last: Date,
}

impl Segment {
    /// How many days are charged, both ends included.
    pub fn days(&self) -> u32 {
        u32::try_from(self.last.day() - self.first.day() + 1).unwrap_or_default()
    }

    /// The charge in won, rounded up.
    pub fn charge(&self) -> u64 {
        let month = u128::from(self.first.days_in_month().unsigned_abs());
        let whole = u128::from(self.rate.users) * u128::from(self.rate.price) * u128::from(self.days());
        // Days are at most a month, so the charge is at most users × price, which fits.
        u64::try_from(whole.div_ceil(month)).unwrap_or(u64::MAX)
    }
}

/// The segments of a month from one day through another, both in the same month, where `rate` says what each day is
/// charged at.
pub fn segments(first: Date, through: Date, rate: impl Fn(Date) -> Option<Rate>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let days = first.series(jiff::Span::new().days(1)).take_while(|day| *day <= through);
    for day in days {
        let Some(rate) = rate(day) else { continue };
        match segments.last_mut() {
            Some(open) if open.rate == rate && open.last.tomorrow().ok() == Some(day) => open.last = day,
            _ => segments.push(Segment { rate, first: day, last: day }),
        }
    }
    segments
}

/// The sum over segments.
pub fn total(segments: &[Segment]) -> u64 {
    segments.iter().fold(0, |sum, segment| sum.saturating_add(segment.charge()))
}

/// How an introduction fee is paid (`onetime-type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OneTime {
    /// `0`: asked for separately, so no bill shows it.
    Separate,
    /// `1`: in equal monthly parts.
    Instalments {
        /// Over how many months, at least 1.
        months: u32,
    },
    /// `2`: all at once.
    UpFront,
}

/// The part of the introduction fee that is billed in a month, counted from 0 in the month of installation.
///
/// Parts differ by at most one won and add up to the fee. Where the customer leaves in this month, all that is left is
/// billed at once (protocol: 일괄청구(해지)).
pub fn onetime_in_month(fee: u64, how: OneTime, month: u32, leaves: bool) -> u64 {
    match how {
        OneTime::Separate => 0,
        OneTime::UpFront => {
            if month == 0 {
                fee
            } else {
                0
            }
        }
        OneTime::Instalments { months } => {
            let months = months.max(1);
            let paid_before = |month: u32| {
                let part = u128::from(fee) * u128::from(month.min(months)) / u128::from(months);
                u64::try_from(part).unwrap_or(fee)
            };
            let end = if leaves { fee } else { paid_before(month.saturating_add(1)) };
            end - paid_before(month)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn february(users: u32, first: i8, last: i8) -> Segment {
        let rate = Rate { users, price: 6_000 };
        Segment { rate, first: date(2021, 2, first), last: date(2021, 2, last) }
    }

    /// The segments that KT published for February 2021, at 6,000 won.
    #[rstest]
    #[case(30, 1, 2, 12_858)]
    #[case(15, 3, 12, 32_143)]
    #[case(10, 13, 15, 6_429)]
    #[case(10, 13, 20, 17_143)]
    #[case(15, 21, 28, 25_715)]
    fn published_segments_come_out(#[case] users: u32, #[case] first: i8, #[case] last: i8, #[case] won: u64) {
        assert_eq!(february(users, first, last).charge(), won);
    }

    #[test]
    fn published_totals_come_out() {
        let users = |day: Date| match day.day() {
            1..=2 => 30,
            3..=12 => 15,
            13..=20 => 10,
            _ => 15,
        };
        let through = |last: i8| {
            total(&segments(date(2021, 2, 1), date(2021, 2, last), |day| {
                Some(Rate { users: users(day), price: 6_000 })
            }))
        };
        assert_eq!((through(15), through(28)), (51_430, 87_859));
    }

    #[test]
    fn a_whole_quotient_is_not_rounded_up() {
        let rate = Rate { users: 5, price: 8_000 };
        assert_eq!(Segment { rate, first: date(2021, 2, 1), last: date(2021, 2, 21) }.charge(), 30_000);
    }

    #[test]
    fn a_gap_or_another_rate_begins_a_segment() {
        let rate = |day: Date| match day.day() {
            4..=5 => None,
            8.. => Some(Rate { users: 2, price: 10 }),
            _ => Some(Rate { users: 1, price: 10 }),
        };
        let found = segments(date(2026, 1, 1), date(2026, 1, 9), rate);
        let days: Vec<_> = found.iter().map(|segment| (segment.first.day(), segment.last.day())).collect();
        assert_eq!(days, [(1, 3), (6, 7), (8, 9)]);
        assert_eq!(segments(date(2026, 1, 9), date(2026, 1, 1), rate), []);
    }

    proptest! {
        /// Against the exact rational number: charge − 1 < users × price × days / month ≤ charge.
        #[test]
        fn a_charge_is_the_next_whole_won(
            users in any::<u32>(), price in any::<u32>(), year in 1900i16..2100, month in 1i8..=12, a in 1i8..=31, b in 1i8..=31,
        ) {
            let length = date(year, month, 1).days_in_month();
            let (first, last) = (a.min(b).min(length), a.max(b).min(length));
            let segment = Segment {
                rate: Rate { users, price }, first: date(year, month, first), last: date(year, month, last),
            };
            let exact = u128::from(users) * u128::from(price) * u128::from(segment.days());
            let month = u128::from(length.unsigned_abs());
            let charge = u128::from(segment.charge());
            prop_assert!(charge * month >= exact);
            prop_assert!(charge * month < exact + month);
        }

        #[test]
        fn segments_cover_the_charged_days_once(pattern in proptest::collection::vec(0u32..3, 31)) {
            let rate = |day: Date| {
                let users = pattern[usize::try_from(day.day() - 1).unwrap_or_default()];
                (users > 0).then_some(Rate { users, price: 1_000 })
            };
            let found = segments(date(2026, 3, 1), date(2026, 3, 31), rate);
            let days: u32 = found.iter().map(Segment::days).sum();
            prop_assert_eq!(days as usize, pattern.iter().filter(|users| **users > 0).count());
            for pair in found.windows(2) {
                prop_assert!(pair[0].last < pair[1].first);
            }
        }

        #[test]
        fn figures_never_fall_within_a_month(pattern in proptest::collection::vec(0u32..4, 31)) {
            let rate = |day: Date| {
                let users = pattern[usize::try_from(day.day() - 1).unwrap_or_default()];
                (users > 0).then_some(Rate { users, price: 6_000 })
            };
            let figures: Vec<_> =
                (1..=31).map(|last| total(&segments(date(2026, 3, 1), date(2026, 3, last), rate))).collect();
            prop_assert!(figures.is_sorted());
        }

        #[test]
        fn instalments_add_up_to_the_fee(fee in 0u64..1_000_000_000, months in 0u32..40, leaves_in in 0u32..50) {
            let how = OneTime::Instalments { months };
            let whole: u64 = (0..50).map(|month| onetime_in_month(fee, how, month, false)).sum();
            prop_assert_eq!(whole, fee);
            let cut: u64 = (0..=leaves_in).map(|month| onetime_in_month(fee, how, month, month == leaves_in)).sum();
            prop_assert_eq!(cut, fee);
        }
    }
}
