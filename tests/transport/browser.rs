//! Visits of pages: redirects, cookies, origins.

use std::time::Duration;

use rstest::rstest;
use storeproof::transport::{Browser, Endpoint, Limits, Running, Trust, spawn_in_thread};
use storeproof::wire::{Hop, Reply, ReplyKind, Request, Visit, VisitEnd};

use crate::support::{limits, response};

fn redirect(to: &str) -> Reply {
    response(302, &[("Location", to)], "").into()
}

/// Pages of a vendor: a single sign-on that leads to a dashboard, and several traps.
fn page(request: &Request) -> Reply {
    match request.target.as_str() {
        "/sso?t=1" => {
            response(302, &[("Location", "/home"), ("Set-Cookie", "session=abc; Path=/; HttpOnly")], "").into()
        }
        "/home" => {
            let cookie = request.headers.text("cookie").unwrap_or_default();
            response(200, &[("Content-Type", "text/HTML; charset=utf-8")], &format!("<p>{cookie}</p>")).into()
        }
        "/away" => redirect("http://elsewhere.example/"),
        "/upgrade" => redirect("https://127.0.0.1/"),
        "/mail" => redirect("mailto:ann@vendor.example"),
        "/loop" => redirect("/loop"),
        "/nowhere" => response(302, &[], "no location").into(),
        "/long" => response(200, &[], &"x".repeat(200_000)).into(),
        "/silent" => ReplyKind::Hang.into(),
        "/broken" => ReplyKind::Close.into(),
        path => match path.strip_prefix("/count/").and_then(|count| count.parse::<usize>().ok()) {
            Some(0) => response(200, &[], "arrived").into(),
            Some(count) => redirect(&format!("{}", count - 1)),
            None => response(404, &[], "not here").into(),
        },
    }
}

fn vendor() -> Running {
    spawn_in_thread(|request, _| page(&request)).unwrap()
}

async fn visit(vendor: &Running, location: &str, cookies: &[&str]) -> Visit {
    let limits = Limits { total: Duration::from_secs(5), ..limits() };
    let browser = Browser::new(Endpoint::parse(vendor.base()).unwrap(), limits, &Trust::System).unwrap();
    browser.visit(location, "/api/sso/7", cookies).await
}

fn text(visit: &Visit) -> &str {
    match &visit.end {
        VisitEnd::Page { text, .. } => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn redirects_are_followed_and_cookies_kept() {
    let vendor = vendor();
    let url = format!("{}/sso?t=1", vendor.base());
    let visited = visit(&vendor, &url, &[]).await;
    let media_type = Some("text/html".to_owned());
    assert_eq!(visited.end, VisitEnd::Page { media_type, text: "<p>session=abc</p>".to_owned() });
    let home = Hop { url: format!("{}/home", vendor.base()), status: 200 };
    assert_eq!(visited.hops, [Hop { url: url.clone(), status: 302 }, home]);
    assert_eq!(visited.url, url);
    assert_eq!(text(&visit(&vendor, "/home", &[]).await), "<p></p>", "the next visit starts without cookies");
}

#[rstest]
#[case("seed=1; Path=/", "<p>seed=1</p>")]
#[case("seed=1", "<p></p>")]
#[case("seed=1; Path=/; Domain=elsewhere.example", "<p></p>")]
#[case("", "<p></p>")]
#[tokio::test]
async fn cookies_of_the_first_answer_count_where_they_are_valid(#[case] cookie: &str, #[case] page: &str) {
    // Without a path the cookie belongs to the folder of the address that set it: /api/sso (RFC 6265, 5.1.4).
    assert_eq!(text(&visit(&vendor(), "/home", &[cookie]).await), page);
}

#[rstest]
#[case("/away", "http://elsewhere.example/", 1)]
#[case("/upgrade", "https://127.0.0.1/", 1)]
#[case("/mail", "mailto:ann@vendor.example", 1)]
#[case("http://elsewhere.example/x", "http://elsewhere.example/x", 0)]
#[tokio::test]
async fn other_origins_are_named_and_not_opened(#[case] location: &str, #[case] to: &str, #[case] hops: usize) {
    let visited = visit(&vendor(), location, &[]).await;
    assert_eq!((visited.end, visited.hops.len()), (VisitEnd::LeftOrigin { to: to.to_owned() }, hops));
}

#[tokio::test]
async fn ten_redirects_are_followed_and_no_more() {
    let vendor = vendor();
    let visited = visit(&vendor, "/count/10", &[]).await;
    assert_eq!((text(&visited), visited.hops.len()), ("arrived", 11));
    assert_eq!(visit(&vendor, "/count/11", &[]).await.end, VisitEnd::TooManyRedirects);
    let visited = visit(&vendor, "/loop", &[]).await;
    assert_eq!((visited.end, visited.hops.len()), (VisitEnd::TooManyRedirects, 11));
}

#[rstest]
#[case("http://")]
#[case("javascript:alert(1)")]
#[case("http://a b/")]
#[tokio::test]
async fn what_cannot_be_opened_is_no_url(#[case] location: &str) {
    assert_eq!(visit(&vendor(), location, &[]).await.end, VisitEnd::NotAUrl);
}

#[tokio::test]
async fn pages_are_bounded_and_failures_told() {
    let vendor = vendor();
    assert_eq!(text(&visit(&vendor, "/long", &[]).await).len(), 64 * 1024);
    assert_eq!(text(&visit(&vendor, "/nowhere", &[]).await), "no location");
    let missing = visit(&vendor, "/missing", &[]).await;
    assert_eq!((text(&missing), missing.hops[0].status), ("not here", 404));
    assert!(matches!(visit(&vendor, "/broken", &[]).await.end, VisitEnd::Failed { .. }));
}

#[tokio::test]
async fn a_silent_page_ends_at_the_limit() {
    let vendor = vendor();
    let limits = Limits { total: Duration::from_millis(50), ..limits() };
    let browser = Browser::new(Endpoint::parse(vendor.base()).unwrap(), limits, &Trust::System).unwrap();
    let visited = browser.visit("/silent", "/", [""; 0]).await;
    assert_eq!(visited.end, VisitEnd::Failed { why: "no page within 50ms".to_owned() });
}
