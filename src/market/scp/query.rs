//! The query of a request, taken apart.

use std::borrow::Cow;

use super::words::{Mode, PlusSign};

/// A parameter with its value, both decoded.
pub(crate) type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// What is wrong with the way in which a query is written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// A percent sign without two hexadecimal digits behind it.
    #[error("a percent sign is not followed by two hexadecimal digits")]
    Escape,
    /// Bytes that are no UTF-8.
    #[error("the escaped bytes are not UTF-8")]
    Utf8,
}

/// The parameters in order, or the name, as it was written, of the first that cannot be read.
pub(crate) fn pairs(query: &str, mode: Mode, plus: PlusSign) -> Result<Vec<Pair<'_>>, (String, Unreadable)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    let pair = |part| {
        let (name, value): (&str, &str) = str::split_once(part, '=').unwrap_or((part, ""));
        let refuse = |problem| (name.chars().take(64).collect(), problem);
        Ok((decode(name, mode, plus).map_err(refuse)?, decode(value, mode, plus).map_err(refuse)?))
    };
    parts.map(pair).collect()
}

/// A part of a path, decoded; `None` where its bytes are no UTF-8.
pub(crate) fn segment(text: &str) -> Option<Cow<'_, str>> {
    percent_encoding::percent_decode_str(text).decode_utf8().ok()
}

fn decode(text: &str, mode: Mode, plus: PlusSign) -> Result<Cow<'_, str>, Unreadable> {
    let blanks = plus == PlusSign::Blank && text.contains('+');
    if !blanks && !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    if mode == Mode::Strict && has_bad_escape(text.as_bytes()) {
        return Err(Unreadable::Escape);
    }
    if blanks {
        let text = text.replace('+', " ");
        let decoded = percent_encoding::percent_decode_str(&text).decode_utf8().map_err(|_| Unreadable::Utf8)?;
        return Ok(Cow::Owned(decoded.into_owned()));
    }
    percent_encoding::percent_decode_str(text).decode_utf8().map_err(|_| Unreadable::Utf8)
}

fn has_bad_escape(bytes: &[u8]) -> bool {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    bytes.iter().enumerate().any(|(at, byte)| *byte == b'%' && !(digit(at + 1) && digit(at + 2)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a=1&b=%20x", PlusSign::Blank, &[("a", "1"), ("b", " x")])]
    #[case("a=1+2&&c", PlusSign::Blank, &[("a", "1 2"), ("c", "")])]
    #[case("a=1+2&=x", PlusSign::Plus, &[("a", "1+2"), ("", "x")])]
    #[case("a=b=c,d", PlusSign::Blank, &[("a", "b=c,d")])]
    #[case("%EB%84%A4=%EC%9B%8C", PlusSign::Blank, &[("네", "워")])]
    #[case("a=%2B%25", PlusSign::Blank, &[("a", "+%")])]
    fn queries_are_taken_apart(#[case] query: &str, #[case] plus: PlusSign, #[case] expected: &[(&str, &str)]) {
        let pairs = pairs(query, Mode::Strict, plus).expect("reads");
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
        assert_eq!(pairs, expected);
    }

    #[rstest]
    #[case("a=1&kind=%zz", Unreadable::Escape)]
    #[case("kind=%4", Unreadable::Escape)]
    #[case("kind=%ff", Unreadable::Utf8)]
    #[case("kind=+%c3%28", Unreadable::Utf8)]
    fn what_cannot_be_read_is_named(#[case] query: &str, #[case] problem: Unreadable) {
        assert_eq!(pairs(query, Mode::Strict, PlusSign::Blank), Err(("kind".to_owned(), problem)));
    }

    #[test]
    fn a_lenient_store_takes_a_lone_percent_sign_as_it_is() {
        let pairs = pairs("a=100%", Mode::Lenient, PlusSign::Blank).expect("reads");
        assert_eq!(pairs[0].1, "100%");
    }
}
