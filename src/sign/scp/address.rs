//! The URL that a client must have signed, put together from what arrived.

/// Whether a target brings scheme and host along (absolute form, RFC 9112, 3.2.2).
pub(super) fn is_absolute(target: &str) -> bool {
    let begins = |scheme: &str| target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    begins("http://") || begins("https://")
}

/// A URL cut in front of its path: `https://host:1` and `/path?query`.
pub(super) fn cut(url: &str) -> (&str, &str) {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at);
    url.split_at(end)
}

/// Another base URL under which clients may have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Public {
    /// Scheme, host and port as they are written.
    pub(super) origin: String,
    /// The path without a slash at its end; empty for none.
    pub(super) path: String,
}

impl Public {
    /// Reads a base URL as it is written; none where it has no scheme.
    pub(super) fn read(url: &str) -> Option<Self> {
        let url = url.trim();
        if !is_absolute(url) {
            return None;
        }
        let (origin, rest) = cut(url);
        let path = rest.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        Some(Self { origin: origin.to_owned(), path: path.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://h.example", "https://h.example", "")]
    #[case("https://h.example/", "https://h.example", "")]
    #[case("https://h.example:443/front/", "https://h.example:443", "/front")]
    #[case(" http://[::1]:7703/a/b?x#y", "http://[::1]:7703", "/a/b")]
    #[case("HTTPS://H.example", "HTTPS://H.example", "")]
    fn public_addresses_are_read_as_they_are_written(#[case] url: &str, #[case] origin: &str, #[case] path: &str) {
        assert_eq!(Public::read(url), Some(Public { origin: origin.to_owned(), path: path.to_owned() }));
    }

    #[rstest]
    #[case("h.example")]
    #[case("")]
    #[case("ftp://h")]
    #[case("/front")]
    fn other_texts_are_no_address(#[case] url: &str) {
        assert_eq!(Public::read(url), None);
    }

    #[rstest]
    #[case("/v1/products?a=https://x", false)]
    #[case("https://h/v1", true)]
    #[case("HTTP://h/v1", true)]
    #[case("*", false)]
    #[case("é", false)]
    fn absolute_targets_are_told_from_others(#[case] target: &str, #[case] absolute: bool) {
        assert_eq!(is_absolute(target), absolute);
    }
}
