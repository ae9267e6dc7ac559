//! Times as the Product API writes and reads them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A time of the store's: `2024-01-01T00:00:00`, without a zone and in UTC, as the vendor's Go SDK reads it.
pub(crate) fn zoneless(text: &str) -> Option<Timestamp> {
    let form = b"dddd-dd-ddTdd:dd:dd";
    let fits = text.len() == form.len()
        && text.bytes().zip(form).all(|(byte, form)| match form {
            b'd' => byte.is_ascii_digit(),
            other => byte == *other,
        });
    if !fits {
        return None;
    }
    let time: DateTime = text.parse().ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A time of a query: as the store writes it, or with a fraction, `Z` or an offset.
pub(crate) fn asked(text: &str) -> Option<Timestamp> {
    if let Some(time) = zoneless(text) {
        return Some(time);
    }
    let (date, rest) = text.split_at_checked(19)?;
    zoneless(date)?;
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-' | b':' | b'Z');
    if text.len() > 40 || !rest.bytes().all(plain) {
        return None;
    }
    if rest.ends_with('Z') || rest.contains(['+', '-']) {
        return text.parse().ok();
    }
    let time: DateTime = text.parse().ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2024-01-01T00:00:00", Some("2024-01-01T00:00:00Z"))]
    #[case("2024-01-01T00:00:00Z", Some("2024-01-01T00:00:00Z"))]
    #[case("2024-01-01T00:00:00.5", Some("2024-01-01T00:00:00.5Z"))]
    #[case("2024-01-01T09:00:00+09:00", Some("2024-01-01T00:00:00Z"))]
    #[case("2024-01-01T09:00:00.250+09:00", Some("2024-01-01T00:00:00.25Z"))]
    #[case("2024-02-30T00:00:00", None)]
    #[case("2024-01-01", None)]
    #[case("2024-01-01 00:00:00", None)]
    #[case("2024-01-01T00:00:00 09:00", None)]
    #[case("2024-01-01T00:00:00[Asia/Seoul]", None)]
    #[case("01/02/2024", None)]
    #[case("", None)]
    #[case("가나다라마바사아자차카타파하", None)]
    fn times_are_in_utc(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(asked(text).map(|time| time.to_string()).as_deref(), expected);
    }
}
