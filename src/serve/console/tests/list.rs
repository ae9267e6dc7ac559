//! The list of exchanges: filters, pages, and rows as they come.

use axum::body::Body;
use axum::http::Request as Asked;
use rstest::rstest;
use tokio_stream::StreamExt as _;
use tower::ServiceExt as _;

use super::fixture::{KT, add, empty, exchange, seeded};
use super::{console, get};
use crate::verdict::Judgement;
use crate::wire::{Caller, Request, Response};

fn ids(html: &str) -> Vec<u64> {
    let row = regex::Regex::new(r#"<tr role="row" id="exchange-(\d+)""#).unwrap();
    row.captures_iter(html).map(|found| found[1].parse().unwrap()).collect()
}

#[rstest]
#[case("", &[6, 5, 4, 3, 2, 1])]
#[case("?marketplace=koogallery", &[5, 4, 3])]
#[case("?caller=vendor", &[5, 4])]
#[case("?caller=store&verdict=conforms", &[3, 1])]
#[case("?verdict=not-judged", &[6])]
#[case("?verdict=breaks&marketplace=kt-bizstore", &[2])]
#[case("?operation=listBills", &[2])]
#[case("?text=%ED%99%8D%EA%B8%B8%EB%8F%99", &[2])]
#[case("?text=kt-bill-shape", &[2])]
#[case("?text=M12345", &[2, 1])]
#[case("?before=3", &[2, 1])]
#[case("?before=nonsense&marketplace=&verdict=", &[6, 5, 4, 3, 2, 1])]
#[case("?marketplace=nowhere", &[])]
#[tokio::test]
async fn a_filter_shows_what_fits(#[case] query: &str, #[case] expected: &[u64]) {
    let answer = get(&seeded(), &format!("/exchanges{query}")).await;
    assert_eq!(ids(&answer.text), expected);
}

fn plain(hall: &crate::serve::Hall, path: &str) -> u64 {
    let exchange = exchange(Caller::Marketplace, Request::new("GET", path), Ok(Response::new(200)));
    add(hall, KT, None, exchange, Judgement::default(), None)
}

#[tokio::test]
async fn older_ones_are_on_further_pages() {
    let hall = empty();
    (0..120).for_each(|_| {
        plain(&hall, "/x");
    });
    let older = regex::Regex::new(r#"rel="next" href="([^"]+)""#).unwrap();
    let mut path = "/exchanges?text=x".to_owned();
    let mut all = Vec::new();
    loop {
        let text = get(&hall, &path).await.text;
        all.extend(ids(&text));
        let Some(next) = older.captures(&text) else { break };
        path = next[1].replace("&amp;", "&");
    }
    assert_eq!(all, (1..=120).rev().collect::<Vec<u64>>());
}

#[tokio::test]
async fn new_exchanges_arrive_as_they_happen_and_those_in_between_too() {
    let hall = empty();
    plain(&hall, "/first");
    plain(&hall, "/q-between");
    plain(&hall, "/q-other");
    let request = Asked::get("/exchanges/live?text=q&after=1").header("accept-language", "ko").body(Body::empty());
    let response = console(&hall).oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    let mut text = String::new();
    while text.matches("event: exchange").count() < 2 {
        text += std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap();
    }
    assert!(text.contains("id: 2") && text.contains("/q-between") && text.contains("id: 3"), "{text}");
    plain(&hall, "/q-hidden");
    plain(&hall, "/x");
    plain(&hall, "/q<b>\r\nlate");
    while !text.contains("id: 6") {
        text += std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap();
    }
    assert!(text.contains("id: 4") && !text.contains("id: 5"), "what does not fit is not sent: {text}");
    assert!(text.contains("&lt;b&gt;␍␊late") && text.contains("준수"), "{text}");
}

#[tokio::test]
async fn a_browser_that_comes_back_sees_what_it_missed() {
    let hall = empty();
    (1..=3).for_each(|number| {
        plain(&hall, &format!("/{number}"));
    });
    let request = Asked::get("/exchanges/live?after=0").header("last-event-id", "2").body(Body::empty());
    let response = console(&hall).oneshot(request.unwrap()).await.unwrap();
    let mut stream = response.into_body().into_data_stream();
    let mut text = String::new();
    while !text.contains("id: 3") {
        text += std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap();
    }
    assert!(!text.contains("id: 2"), "{text}");
}
