//! Inputs that a scenario leaves to the store: keys of new customers, and days counted from today.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::judge::korean_day;

/// Names that `x-storeproof: { generate: … }` may give.
pub const GENERATORS: &[&str] = &[
    "mem-sq",
    "trial-mem-sq",
    "digits",
    "lower",
    "today",
    "today-compact",
    "yesterday",
    "a-week-ago",
    "last-day-of-month",
    "first-day-of-next-month",
    "second-day-of-next-month",
    "fifteenth-of-next-month",
    "last-day-of-next-month",
    "first-day-after-next-month",
    "second-day-after-next-month",
    "last-day-of-a-month-of-another-length",
    "discount-period",
    "text-65536",
];

/// A generated value; `None` for a name that nobody knows. Days are those of Korea, written `yyyy-mm-dd`, as the path
/// of a bill takes them.
pub fn generate(generator: &str, now: Timestamp, random: &mut fastrand::Rng) -> Option<Value> {
    let today = korean_day(now);
    let next = today.last_of_month().saturating_add(1.day());
    let after_next = next.last_of_month().saturating_add(1.day());
    let digits = |random: &mut fastrand::Rng| format!("{:09}", random.u32(1..1_000_000_000));
    let text = match generator {
        "mem-sq" => format!("M{}", digits(random)),
        "trial-mem-sq" => format!("TRIAL-{}", digits(random)),
        "digits" => digits(random),
        "lower" => format!("m{}", digits(random)),
        "today" => today.to_string(),
        "today-compact" => compact(today),
        "yesterday" => today.saturating_sub(1.day()).to_string(),
        "a-week-ago" => today.saturating_sub(7.days()).to_string(),
        "last-day-of-month" => today.last_of_month().to_string(),
        "first-day-of-next-month" => next.to_string(),
        "second-day-of-next-month" => next.saturating_add(1.day()).to_string(),
        "fifteenth-of-next-month" => next.saturating_add(14.days()).to_string(),
        "last-day-of-next-month" => next.last_of_month().to_string(),
        "first-day-after-next-month" => after_next.to_string(),
        "second-day-after-next-month" => after_next.saturating_add(1.day()).to_string(),
        "last-day-of-a-month-of-another-length" => {
            let mut month = after_next;
            while month.days_in_month() == next.days_in_month() {
                month = month.last_of_month().saturating_add(1.day());
            }
            month.last_of_month().to_string()
        }
        // A contract of one year from today.
        "discount-period" => {
            let end = today.saturating_add(1.year()).saturating_sub(1.day());
            format!("{}~{}", compact(today), compact(end))
        }
        "text-65536" => std::iter::repeat_with(|| random.lowercase()).take(65_536).collect(),
        _ => return None,
    };
    Some(Value::from(text))
}

fn compact(date: Date) -> String {
    date.to_string().replace('-', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_list_gives_a_value() {
        let mut random = fastrand::Rng::with_seed(1);
        for name in GENERATORS {
            assert!(generate(name, Timestamp::UNIX_EPOCH, &mut random).is_some(), "{name}");
        }
        assert_eq!(generate("nobody", Timestamp::UNIX_EPOCH, &mut random), None);
    }

    #[test]
    fn days_are_those_of_korea() {
        // 2026-12-31 20:00 UTC is 2027-01-01 05:00 in Seoul.
        let now: Timestamp = "2026-12-31T20:00:00Z".parse().expect("a time");
        let mut random = fastrand::Rng::with_seed(1);
        let mut value = |name| generate(name, now, &mut random).expect("known");
        assert_eq!(value("today"), "2027-01-01");
        assert_eq!(value("last-day-of-month"), "2027-01-31");
        assert_eq!(value("last-day-of-next-month"), "2027-02-28");
        assert_eq!(value("first-day-after-next-month"), "2027-03-01");
        assert_eq!(value("last-day-of-a-month-of-another-length"), "2027-03-31");
        assert_eq!(value("discount-period"), "20270101~20271231");
    }
}
