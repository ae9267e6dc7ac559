//! The parts of the canonical request.

use std::borrow::Cow;

use percent_encoding::{percent_decode_str, percent_encode};

use crate::sign::query::{RESERVED, pairs};
use crate::wire::Headers;

/// Bytes with everything but unreserved characters escaped.
pub(super) fn escape(bytes: &[u8]) -> String {
    percent_encode(bytes, RESERVED).to_string()
}

fn decode(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

/// The path decoded as a whole, each of its segments escaped anew, with a `/` at the end.
///
/// Decoded as a whole, since the SDKs do so: an escaped `/` becomes a separator.
pub(super) fn path(wire: &str) -> String {
    with_slash(decode(wire).split(|byte| *byte == b'/').map(escape).collect::<Vec<_>>().join("/"))
}

/// The same with the segments split first, so that an escaped `/` stays one.
pub(super) fn path_by_segment(wire: &str) -> String {
    with_slash(wire.split('/').map(|segment| escape(&decode(segment))).collect::<Vec<_>>().join("/"))
}

/// The path as it stands on the wire, each segment escaped once more, as the SDK for Node does.
pub(super) fn path_escaped_twice(wire: &str) -> String {
    with_slash(wire.split('/').map(|segment| escape(segment.as_bytes())).collect::<Vec<_>>().join("/"))
}

pub(super) fn with_slash(path: String) -> String {
    if path.ends_with('/') { path } else { path + "/" }
}

/// How `+` in a query is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plus {
    /// As a plus sign, as RFC 3986 has it.
    Sign,
    /// As a blank, as forms have it.
    Blank,
}

/// Decoded names and values.
pub(super) fn query_pairs(wire: &str, plus: Plus) -> Vec<(Vec<u8>, Vec<u8>)> {
    let read = |text: &str| match plus {
        Plus::Sign => decode(text),
        Plus::Blank => decode(&text.replace('+', " ")),
    };
    pairs(wire).map(|(name, value)| (read(name), read(value))).collect()
}

/// The query escaped anew, sorted by decoded name, then value.
pub(super) fn query(wire: &str, plus: Plus) -> String {
    let mut pairs = query_pairs(wire, plus);
    pairs.sort();
    joined(pairs.iter().map(|(name, value)| (escape(name), escape(value))))
}

pub(super) fn joined(pairs: impl IntoIterator<Item = (String, String)>) -> String {
    pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// The lines of the signed headers, in the order of the client's list. Repeated fields are joined by commas.
pub(super) fn headers(headers: &Headers, names: &[String], host: Option<&str>, trimmed: bool) -> Vec<u8> {
    let mut lines = Vec::new();
    for name in names {
        lines.extend_from_slice(name.as_bytes());
        lines.push(b':');
        let values: Vec<Cow<'_, [u8]>> = match host {
            Some(host) if name == "host" => vec![Cow::Borrowed(host.as_bytes())],
            _ => headers.all(name).map(|header| Cow::Borrowed(header.value.as_slice())).collect(),
        };
        let values = values.iter().map(|value| if trimmed { value.trim_ascii() } else { value });
        lines.extend(values.collect::<Vec<_>>().join(&b","[..]));
        lines.push(b'\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/", "/")]
    #[case("", "/")]
    #[case("/a/b", "/a/b/")]
    #[case("/a/b/", "/a/b/")]
    #[case("/a%20b/%e4%ba%91/x~y", "/a%20b/%E4%BA%91/x~y/")]
    #[case("/a+b;c=d", "/a%2Bb%3Bc%3Dd/")]
    #[case("/a%2Fb", "/a/b/")]
    #[case("/a//b", "/a//b/")]
    #[case("/%zz", "/%25zz/")]
    fn paths_end_in_a_slash(#[case] wire: &str, #[case] canonical: &str) {
        assert_eq!(path(wire), canonical);
    }

    #[rstest]
    #[case("", "")]
    #[case("b=2&a=1", "a=1&b=2")]
    #[case("m=2&m=10&m=1", "m=1&m=10&m=2")]
    #[case("a&b=", "a=&b=")]
    #[case("%E5%90%8D=%e5%80%bc&z=~-_.", "z=~-_.&%E5%90%8D=%E5%80%BC")]
    #[case("a=b%20c%2Bd/&&", "a=b%20c%2Bd%2F")]
    #[case("a=b=c", "a=b%3Dc")]
    // Decoded, `A-` comes after `A`; escaped it does not matter. `a!` sorts before `a0` only while decoded.
    #[case("a0=1&a%21=2", "a%21=2&a0=1")]
    fn queries_are_sorted_by_what_they_mean(#[case] wire: &str, #[case] canonical: &str) {
        assert_eq!(query(wire, Plus::Sign), canonical);
    }

    #[test]
    fn a_plus_has_two_readings() {
        assert_eq!(query("a=b+c", Plus::Sign), "a=b%2Bc");
        assert_eq!(query("a=b+c", Plus::Blank), "a=b%20c");
    }
}
