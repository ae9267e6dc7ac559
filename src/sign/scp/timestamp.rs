//! `Scp-Timestamp`: 13 digits, and the other texts that clients send in their place.

use jiff::Timestamp;

use super::TIMESTAMP;
use crate::wire::Request;

/// What a timestamp is that has not the documented form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtherForm {
    /// Ten digits.
    Seconds,
    /// Sixteen digits.
    Microseconds,
    /// Nineteen digits.
    Nanoseconds,
    /// A number with a fraction, as Python's `time.time()` gives it.
    Fraction,
    /// A number with an exponent, as floating-point numbers are printed.
    Exponent,
    /// A date and a time.
    Date,
    /// Anything else.
    Unknown,
}

impl OtherForm {
    fn of(text: &str) -> Self {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let parts = text.split_once('.');
        match text.len() {
            10 if digits(text) => Self::Seconds,
            16 if digits(text) => Self::Microseconds,
            19 if digits(text) => Self::Nanoseconds,
            _ if text.contains(['e', 'E']) && text.parse::<f64>().is_ok() => Self::Exponent,
            _ if parts.is_some_and(|(whole, fraction)| digits(whole) && digits(fraction)) => Self::Fraction,
            _ if text.contains(':') || (text.contains('-') && !text.starts_with('-')) => Self::Date,
            _ => Self::Unknown,
        }
    }

    /// What it is, to follow a comma.
    pub fn what(self) -> &'static str {
        match self {
            Self::Seconds => "which is in seconds",
            Self::Microseconds => "which is in microseconds",
            Self::Nanoseconds => "which is in nanoseconds",
            Self::Fraction => "which has a fraction",
            Self::Exponent => "which is a floating-point number",
            Self::Date => "which is a date",
            Self::Unknown => "which is no such number",
        }
    }
}

/// Reads a timestamp of the documented form.
pub(super) fn read(text: &str) -> Result<Timestamp, OtherForm> {
    let form = text.len() == 13 && text.bytes().all(|byte| byte.is_ascii_digit());
    let milliseconds = text.parse().ok().filter(|_| form);
    milliseconds.and_then(|value| Timestamp::from_millisecond(value).ok()).ok_or_else(|| OtherForm::of(text))
}

/// When a request says that it was signed; a timestamp in seconds is read as such. Version 1 has a header of its own.
pub fn signed_at(request: &Request) -> Option<Timestamp> {
    let text = request.headers.text(TIMESTAMP).or_else(|| request.headers.text("X-Cmp-Timestamp"))?;
    crate::sign::epoch(text.trim().parse().ok()?)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1735689600000", None)]
    #[case("9999999999999", None)]
    #[case("1735689600", Some(OtherForm::Seconds))]
    #[case("1735689600000000", Some(OtherForm::Microseconds))]
    #[case("1735689600000000000", Some(OtherForm::Nanoseconds))]
    #[case("1735689600.25", Some(OtherForm::Fraction))]
    #[case("1735689600000.25", Some(OtherForm::Fraction))]
    #[case("1.7356896E12", Some(OtherForm::Exponent))]
    #[case("2025-01-01T00:00:00Z", Some(OtherForm::Date))]
    #[case("Wed, 01 Jan 2025 00:00:00 GMT", Some(OtherForm::Date))]
    #[case("+735689600000", Some(OtherForm::Unknown))]
    #[case("-735689600000", Some(OtherForm::Unknown))]
    #[case("1735689600000L", Some(OtherForm::Unknown))]
    #[case("17356896000000", Some(OtherForm::Unknown))]
    #[case("", Some(OtherForm::Unknown))]
    fn timestamps_have_one_form(#[case] text: &str, #[case] other: Option<OtherForm>) {
        assert_eq!(read(text).err(), other);
    }
}
