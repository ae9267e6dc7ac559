//! Days as Korea counts them, in the forms of the documents.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

/// Korea Standard Time; it has no summer time, so no time-zone database is needed.
pub(crate) const KOREA: Offset = Offset::constant(9);

/// The install date of a customer whose service is not installed yet.
pub(crate) const NOT_INSTALLED: &str = "99999999";

/// The day in Korea.
pub(crate) fn day(now: Timestamp) -> Date {
    TimeZone::fixed(KOREA).to_datetime(now).date()
}

/// `yyyymmdd`.
pub(crate) fn compact(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// `yyyy-mm-dd`.
pub(crate) fn dashed(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// A day written `yyyy-mm-dd`; `None` for any other form and for days that do not exist.
pub(crate) fn from_dashed(text: &str) -> Option<Date> {
    let [year, month, day] = <[&str; 3]>::try_from(text.split('-').collect::<Vec<_>>()).ok()?;
    (year.len() == 4 && month.len() == 2 && day.len() == 2).then(|| from_parts(year, month, day))?
}

/// A day written `yyyymmdd`; `None` for any other form and for days that do not exist.
pub(crate) fn from_compact(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.is_ascii() {
        return None;
    }
    from_parts(&text[..4], &text[4..6], &text[6..])
}

/// A period written `yyyymmdd~yyyymmdd` that exists and does not end before it begins.
pub(crate) fn from_period(text: &str) -> Option<(Date, Date)> {
    let (first, last) = text.split_once('~')?;
    let (first, last) = (from_compact(first)?, from_compact(last)?);
    (first <= last).then_some((first, last))
}

/// `yyyymmdd~yyyymmdd`.
pub(crate) fn period(first: Date, last: Date) -> String {
    format!("{}~{}", compact(first), compact(last))
}

/// Months from the month of one day to the month of another.
pub(crate) fn months_between(from: Date, to: Date) -> i64 {
    (i64::from(to.year()) - i64::from(from.year())) * 12 + i64::from(to.month()) - i64::from(from.month())
}

fn from_parts(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
    let year: i16 = number(year)?;
    let narrow = |value: i16| i8::try_from(value).ok();
    Date::new(year, narrow(number(month)?)?, narrow(number(day)?)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_korea() {
        let before: Timestamp = "2026-02-28T14:59:59.999Z".parse().expect("a time");
        let after: Timestamp = "2026-02-28T15:00:00Z".parse().expect("a time");
        assert_eq!((compact(day(before)), compact(day(after))), ("20260228".to_owned(), "20260301".to_owned()));
    }

    #[test]
    fn only_days_that_exist_in_their_own_form_are_read() {
        assert!(from_dashed("2024-02-29").is_some());
        for text in ["2026-02-29", "2026-13-01", "2026-00-10", "20260228", "2026-2-28", "2026-02-28x", "+026-02-28", ""]
        {
            assert_eq!(from_dashed(text), None, "{text}");
        }
        for text in ["20210231", "202010501", "2021-02-1", "2021023", "２０２１０１０１"] {
            assert_eq!(from_compact(text), None, "{text}");
        }
        assert_eq!(from_period("20210301~202010501"), None);
        assert_eq!(from_period("20210302~20210301"), None);
        assert!(from_period("20210301~20210301").is_some());
    }

    proptest! {
        #[test]
        fn days_survive_both_forms(year in 1i16..9999, month in 1i8..=12, day in 1i8..=28) {
            let date = Date::new(year, month, day).expect("a day");
            prop_assert_eq!(from_dashed(&dashed(date)), Some(date));
            prop_assert_eq!(from_compact(&compact(date)), Some(date));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,12}") {
            let _ = (from_dashed(&text), from_compact(&text), from_period(&text));
        }
    }
}
