//! What holds for every page: which language it is in, and what a browser may do with it.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, SET_COOKIE, VARY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::reader::COOKIE_NAME;
use super::words::Language;

/// The parameter that chooses a language on any page.
pub(super) const PARAMETER: &str = "lang";

/// Nothing but what we serve ourselves: no inline script or style, no frame, no other host. Pictures may stand in the
/// page. `form-action` also holds for what a form's answer redirects to: where a button should lead to a vendor's page,
/// answer with a page that links to it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Dresses every answer of the console. To be used with [`axum::middleware::from_fn`].
///
/// `?lang=ko` on any page is answered with a cookie and the way to the same page without it, so that addresses which are
/// passed on carry no language.
pub(crate) async fn manners(request: Request, next: Next) -> Response {
    let chosen = (*request.method() == Method::GET).then(|| chosen(request.uri().query()?)).flatten();
    let mut response = match chosen {
        Some(language) => {
            let cookie = format!("{COOKIE_NAME}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", language.code());
            let mut response = Redirect::to(&without_choice(request.uri())).into_response();
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &str); 6] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // With `no-referrer` a browser would leave the origin out of our own forms (Fetch, 3.2).
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.append(VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    response
}

fn chosen(query: &str) -> Option<Language> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == PARAMETER).and_then(|(_, value)| Language::of(&value))
}

/// The same page without the choice. Never another host's: `//host` would be one.
fn without_choice(uri: &axum::http::Uri) -> String {
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    let query = uri.query().unwrap_or_default();
    let kept: Vec<&str> = query.split('&').filter(|pair| pair.split('=').next() != Some(PARAMETER)).collect();
    match kept.join("&") {
        kept if kept.is_empty() => path,
        kept => format!("{path}?{kept}"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/?lang=ko", "/")]
    #[case("/exchanges?verdict=breaks&lang=zh&text=a%20b", "/exchanges?verdict=breaks&text=a%20b")]
    #[case("//evil.example/?lang=ko", "/evil.example/")]
    #[case("/?language=1&lang=ko", "/?language=1")]
    fn a_choice_leads_back_to_the_same_page(#[case] from: &str, #[case] to: &str) {
        assert_eq!(without_choice(&from.parse().unwrap()), to);
    }

    #[test]
    fn what_is_no_language_chooses_none() {
        assert_eq!(chosen("a=b&lang=ko-KR"), Some(Language::Korean));
        assert_eq!(chosen("lang=fr"), None);
        assert_eq!(chosen("lang"), None);
    }
}
