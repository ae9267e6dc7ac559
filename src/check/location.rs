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
}

/// Reads an absolute `http` or `https` address.
pub fn absolute(text: &str) -> Result<Url, NotAbsolute> {
    if text.trim().is_empty() {
        return Err(NotAbsolute::Empty);
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

    #[test]
    fn this_machine_is_recognised() {
        for text in ["http://localhost/", "http://127.0.0.1/", "http://[::1]/"] {
            assert!(is_loopback(&absolute(text).expect("absolute")));
        }
        assert!(!is_loopback(&absolute("http://vendor.example/").expect("absolute")));
    }
}
