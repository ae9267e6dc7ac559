//! Addresses in answers.

use url::{Host, Url};

/// What is wrong with an address that must be absolute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAbsolute {
    /// Nothing there.
    #[error("empty")]
    Empty,
    /// No scheme and host of its own.
    #[error("relative: it has no scheme and host of its own")]
    Relative,
    /// Another scheme.
    #[error("an address of the scheme {0}, which no browser opens as a page")]
    Scheme(String),
    /// No URL.
    #[error("no URL: {0}")]
    NotAUrl(String),
    /// The example of the document, copied with the word that stands for the vendor's address.
    #[error("the example of the document, with the words that stand for the address of a vendor")]
    Placeholder,
}

/// Words that documents write where a vendor's own address belongs ("the URL of the system to be connected").
const PLACEHOLDERS: [&str; 2] = ["연동대상시스템", "SSO_URI"];

/// A character that no URL has (RFC 3986, 2: some characters of ASCII, all others percent-encoded).
pub fn foreign_character(text: &str) -> Option<char> {
    text.chars()
        .find(|char| !char.is_ascii_graphic() || matches!(char, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}'))
}

/// Whether two addresses on one host lead to two servers: their ports differ although their schemes do not.
pub fn on_other_port(base: &Url, url: &Url) -> bool {
    base.scheme() == url.scheme() && base.port_or_known_default() != url.port_or_known_default()
}

/// Reads an absolute `http` or `https` address.
pub fn absolute(text: &str) -> Result<Url, NotAbsolute> {
    if text.trim().is_empty() {
        return Err(NotAbsolute::Empty);
    }
    if PLACEHOLDERS.iter().any(|words| text.contains(words)) {
        return Err(NotAbsolute::Placeholder);
    }
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        // `localhost:8080/x` reads as the scheme `localhost`.
        Ok(url)
            if url.cannot_be_a_base()
                && text.split(':').nth(1).is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit())) =>
        {
            Err(NotAbsolute::Relative)
        }
        Ok(url) => Err(NotAbsolute::Scheme(url.scheme().to_owned())),
        Err(url::ParseError::RelativeUrlWithoutBase) => Err(NotAbsolute::Relative),
        Err(error) => Err(NotAbsolute::NotAUrl(error.to_string())),
    }
}

/// Whether an address is on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://vendor.example/sso?a=1", None)]
    #[case("http://127.0.0.1:8080/", None)]
    #[case("/sso", Some(NotAbsolute::Relative))]
    #[case("//vendor.example/sso", Some(NotAbsolute::Relative))]
    #[case("localhost:8080/sso", Some(NotAbsolute::Relative))]
    #[case("", Some(NotAbsolute::Empty))]
    #[case("javascript:alert(1)", Some(NotAbsolute::Scheme("javascript".into())))]
    fn addresses_are_absolute(#[case] text: &str, #[case] problem: Option<NotAbsolute>) {
        assert_eq!(absolute(text).err(), problem);
    }

    #[rstest]
    #[case("http://연동대상시스템URL/SSO_URI?Query", Some(NotAbsolute::Placeholder))]
    #[case("https://vendor.example/SSO_URI?Query", Some(NotAbsolute::Placeholder))]
    #[case("https://vendor.example/sso_uri?query", None)]
    fn the_example_of_the_document_is_no_address(#[case] text: &str, #[case] problem: Option<NotAbsolute>) {
        assert_eq!(absolute(text).err(), problem);
    }

    #[rstest]
    #[case("https://vendor.example/sso?u=a%20b&n=[1]", None)]
    #[case("https://vendor.example/sso?u=a b", Some(' '))]
    #[case("https://vendor.example/로그인", Some('로'))]
    fn urls_are_ascii_without_blanks(#[case] text: &str, #[case] found: Option<char>) {
        assert_eq!(foreign_character(text), found);
    }

    #[rstest]
    #[case("https://vendor.example/a", "https://vendor.example:443/b", false)]
    #[case("https://vendor.example/a", "https://vendor.example:8443/b", true)]
    #[case("http://127.0.0.1:8080/a", "http://127.0.0.1:9/b", true)]
    #[case("http://vendor.example/a", "https://vendor.example/b", false)]
    fn another_port_is_another_server(#[case] base: &str, #[case] url: &str, #[case] other: bool) {
        assert_eq!(on_other_port(&absolute(base).expect("absolute"), &absolute(url).expect("absolute")), other);
    }

    #[test]
    fn this_machine_is_recognised() {
        for text in ["http://localhost/", "http://127.0.0.1/", "http://[::1]/"] {
            assert!(is_loopback(&absolute(text).expect("absolute")));
        }
        assert!(!is_loopback(&absolute("http://vendor.example/").expect("absolute")));
    }
}
