//! Who may use the control API and the console: the user's own browser and programs on this machine, and no web page.
//!
//! A page on the Internet can make a browser send requests to 127.0.0.1. It cannot hide its `Origin`, and where it has a
//! name resolve to 127.0.0.1 (DNS rebinding), its name stands in `Host`. Both are looked at before anything else.
//! `Sec-Fetch-Site` says the same where a browser leaves `Origin` out, as for pictures and scripts; another port of this
//! machine (`same-site`) is another page, too. What changes something is locked twice: the API takes JSON only, which a
//! form cannot send, and a page's form must name its origin.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::control::Problem;

/// Refuses requests that come from elsewhere. To be used with [`axum::middleware::from_fn`].
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let door = Door::of(request.uri().path());
    match refusal(request.method(), door, request.headers()) {
        None => next.run(request).await,
        Some(why) if door == Door::Api => Problem::new(StatusCode::FORBIDDEN, why).into_response(),
        Some(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
    }
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// The control API, used by programs and scripts.
    Api,
    /// Pages, used by browsers.
    Pages,
}

impl Door {
    fn of(path: &str) -> Self {
        if path == "/api" || path.starts_with("/api/") { Self::Api } else { Self::Pages }
    }
}

/// Why a request is not answered; `None` where it is.
fn refusal(method: &Method, door: Door, headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let host = text("host").unwrap_or_default();
    if !is_this_machine(&host) {
        return Some(format!("Host {host:?} is not this machine: use 127.0.0.1 or localhost"));
    }
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let origin = text("origin");
    if let Some(origin) = &origin {
        let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        if !authority.is_some_and(|authority| authority.eq_ignore_ascii_case(&host)) {
            return Some(format!("Origin {origin:?} is another page than this console"));
        }
    }
    let site = text("sec-fetch-site");
    match site.as_deref() {
        // `none` is what the user typed or has among the bookmarks.
        None | Some("same-origin" | "none") => {}
        // Whoever follows a link to a page of ours sees it and nothing else happens.
        Some(_)
            if reads
                && text("sec-fetch-mode").as_deref() == Some("navigate")
                && text("sec-fetch-dest").as_deref() == Some("document") => {}
        Some(site) => return Some(format!("the request comes from another page ({site}), not from this console")),
    }
    // A browser names the origin of every form. Programs use the API.
    let from_here = origin.is_some() || site.as_deref() == Some("same-origin");
    if door == Door::Pages && !reads && !from_here {
        return Some(
            "a form is taken from a page of this console only, and Origin is missing; programs use /api".into(),
        );
    }
    if door == Door::Api && !reads && headers.contains_key(header::CONTENT_TYPE) {
        let typed = text("content-type").unwrap_or_default();
        let form = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
        if form.iter().any(|form| typed.trim_start().to_ascii_lowercase().starts_with(form)) && origin.is_none() {
            return Some(format!("{typed:?} is what a form of a web page sends; the API takes application/json"));
        }
    }
    None
}

/// Whether an authority (`host` or `host:port`) is a name of this machine's loopback.
fn is_this_machine(authority: &str) -> bool {
    // Anything else than host and port would be read as user, path or query.
    if authority.contains(['@', '/', '\\', '?', '#']) {
        return false;
    }
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

    fn refused(method: &str, path: &str, fields: &[(&'static str, &str)]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(*name, value.parse().unwrap());
        }
        refusal(&method.parse().unwrap(), Door::of(path), &headers)
    }

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
    #[case("evil@127.0.0.1", None, false)]
    #[case("127.0.0.1/x", None, false)]
    fn only_this_machine_and_its_own_pages(#[case] host: &str, #[case] origin: Option<&str>, #[case] allowed: bool) {
        for path in ["/", "/api/exchanges"] {
            let mut fields = vec![("host", host)];
            fields.extend(origin.map(|origin| ("origin", origin)));
            let refused = refused("GET", path, &fields);
            assert_eq!(refused.is_none(), allowed, "{refused:?}");
        }
    }

    #[rstest]
    // What the user typed, a link on another page, a picture there, and a page on another port.
    #[case("GET", "/", "none", "navigate", "document", true)]
    #[case("GET", "/", "cross-site", "navigate", "document", true)]
    #[case("GET", "/", "cross-site", "navigate", "iframe", false)]
    #[case("GET", "/api/events", "cross-site", "no-cors", "image", false)]
    #[case("GET", "/api/exchanges", "same-site", "no-cors", "script", false)]
    #[case("GET", "/api/exchanges", "same-origin", "cors", "empty", true)]
    #[case("POST", "/api/reset", "same-origin", "cors", "empty", true)]
    #[case("POST", "/api/reset", "cross-site", "navigate", "document", false)]
    #[case("POST", "/press", "same-site", "navigate", "document", false)]
    #[case("POST", "/press", "same-origin", "navigate", "document", true)]
    fn a_browser_says_from_which_page_a_request_comes(
        #[case] method: &str,
        #[case] path: &str,
        #[case] site: &str,
        #[case] mode: &str,
        #[case] destination: &str,
        #[case] allowed: bool,
    ) {
        let fields = [
            ("host", "127.0.0.1:7700"),
            ("sec-fetch-site", site),
            ("sec-fetch-mode", mode),
            ("sec-fetch-dest", destination),
        ];
        let refused = refused(method, path, &fields);
        assert_eq!(refused.is_none(), allowed, "{refused:?}");
    }

    /// A browser that names neither an origin nor a site can still be made to send a form.
    #[rstest]
    #[case("/press", None, false)]
    #[case("/press", Some("application/x-www-form-urlencoded"), false)]
    #[case("/api/reset", None, true)]
    #[case("/api/reset", Some("application/json"), true)]
    #[case("/api/reset", Some("application/x-www-form-urlencoded"), false)]
    #[case("/api/scp/seed", Some("text/plain"), false)]
    #[case("/api/scp/seed", Some("Multipart/Form-Data; boundary=x"), false)]
    fn a_form_without_an_origin_changes_nothing(
        #[case] path: &str,
        #[case] typed: Option<&str>,
        #[case] allowed: bool,
    ) {
        let mut fields = vec![("host", "127.0.0.1:7700")];
        fields.extend(typed.map(|typed| ("content-type", typed)));
        let refused = refused("POST", path, &fields);
        assert_eq!(refused.is_none(), allowed, "{refused:?}");
    }
}
