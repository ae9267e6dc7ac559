//! Who may use the control API and the console: the user's own browser and programs on this machine, and no web page.
//!
//! A page on the Internet can make a browser send requests to 127.0.0.1. It cannot hide its `Origin`, and where it has a
//! name resolve to 127.0.0.1 (DNS rebinding), its name stands in `Host`. Both are looked at before anything else.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Refuses requests that come from elsewhere. To be used with [`axum::middleware::from_fn`].
pub(super) async fn guard(request: Request, next: Next) -> Response {
    match refusal(request.headers()) {
        None => next.run(request).await,
        Some(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
    }
}

/// Why a request is not answered; `None` where it is.
fn refusal(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let host = text(header::HOST).unwrap_or_default();
    if !is_this_machine(&host) {
        return Some(format!("Host {host:?} is not this machine: use 127.0.0.1 or localhost"));
    }
    let origin = text(header::ORIGIN)?;
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    match authority {
        Some(authority) if authority.eq_ignore_ascii_case(&host) => None,
        _ => Some(format!("Origin {origin:?} is another page than this console")),
    }
}

/// Whether an authority (`host` or `host:port`) is a name of this machine's loopback.
fn is_this_machine(authority: &str) -> bool {
    let Ok(url) = url::Url::parse(&format!("http://{authority}/")) else { return false };
    match url.host() {
        // `localhost` and names below it are always loopback (RFC 6761, 6.3).
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("127.0.0.1:7700", None, true)]
    #[case("localhost:7700", Some("http://localhost:7700"), true)]
    #[case("[::1]:7700", None, true)]
    #[case("console.localhost", None, true)]
    #[case("127.0.0.1:7700", Some("http://127.0.0.1:7700"), true)]
    #[case("evil.example:7700", None, false)]
    #[case("", None, false)]
    #[case("localhost.evil.example", None, false)]
    #[case("127.0.0.1.evil.example", None, false)]
    #[case("127.0.0.1:7700", Some("http://evil.example"), false)]
    #[case("127.0.0.1:7700", Some("http://127.0.0.1:7701"), false)]
    #[case("127.0.0.1:7700", Some("null"), false)]
    #[case("evil@127.0.0.1/x", None, true)]
    fn only_this_machine_and_its_own_pages(#[case] host: &str, #[case] origin: Option<&str>, #[case] allowed: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        assert_eq!(refusal(&headers).is_none(), allowed, "{:?}", refusal(&headers));
    }
}
