//! What a vendor may send to harm who looks at it.

use super::fixture::{KOOGALLERY, KT, add, called, empty, exchange};
use super::get;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::{Caller, Headers, Loss, Raw, Request, Response, is_treacherous};

/// Markup, control characters, text that runs backwards, and bytes that are no text.
const NASTY: &[u8] =
    b"</pre></code><script>alert('x')</script>\"' onmouseover=x \xe2\x80\xae\x1b[2J\x00\xff\xf0\x9f\xe2\x81\xa6";

fn nasty() -> String {
    String::from_utf8_lossy(NASTY).into_owned()
}

fn harmless(text: &str) {
    assert!(!text.contains("<script>alert") && !text.contains("</pre></code><"), "markup of the vendor's");
    let foul = text.chars().find(|character| *character != '\n' && is_treacherous(*character));
    assert_eq!(foul, None);
}

#[tokio::test]
async fn hostile_content_is_shown_and_does_nothing() {
    let hall = empty();
    let mut request = Request::new(nasty(), format!("/{}?{}={}", nasty(), nasty(), nasty()));
    request.headers = Headers::from_iter([(nasty(), NASTY.to_vec()), ("Host".to_owned(), NASTY.to_vec())]);
    request.body = NASTY.to_vec();
    called(&hall, KOOGALLERY, request.clone());
    let mut response = Response { reason: nasty(), ..Response::new(200) };
    response.headers.push("Content-Type", NASTY);
    response.body = [b"[\"", NASTY, b"\"]"].concat();
    let mut judgement = Judgement::default();
    let breach = Breach::Code { expected: vec![nasty()], actual: nasty() };
    judgement.find(
        Finding::new(RequirementId::known("KT-BILL-SHAPE"), Place::Header(nasty()), breach)
            .because(nasty())
            .with(nasty()),
    );
    let answered = exchange(Caller::Marketplace, request.clone(), Ok(response));
    add(&hall, KT, Some(&nasty()), answered, judgement, Some(serde_json::json!({ nasty(): nasty() })));
    let loss = Loss::Malformed { problem: nasty(), at: Some(3) };
    let mut lost = exchange(Caller::Marketplace, request, Err(loss));
    lost.raw = Raw { received: NASTY.to_vec(), received_total: 9_999, ..Raw::default() };
    add(&hall, KOOGALLERY, None, lost, Judgement::default(), None);
    for path in
        ["/", "/exchanges/1", "/exchanges/2", "/exchanges/3", "/exchanges?text=%3Cscript%3Ealert('x')%3C/script%3E"]
    {
        let text = get(&hall, path).await.text;
        harmless(&text);
    }
    for id in 1..=3 {
        for side in ["request", "answer"] {
            let answer = get(&hall, &format!("/exchanges/{id}/{side}")).await;
            assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
            assert!(!answer.text.chars().any(|character| character != '\n' && is_treacherous(character)));
        }
    }
}

#[tokio::test]
async fn what_is_large_is_bounded_and_its_mark_is_seen() {
    let hall = empty();
    let long = "x".repeat(1 << 20);
    let mut response = Response::new(200);
    response.headers.push("X-Long", long.as_str());
    response.body = format!("{{\"a\":\"{long}\",\"late\":12,\"b\":\"{long}\"}}").into_bytes();
    let mut judgement = Judgement::default();
    let breach = Breach::Code { expected: vec!["13".to_owned()], actual: long.clone() };
    judgement.find(Finding::new(RequirementId::known("KT-BILL-SHAPE"), Place::Body("/late".to_owned()), breach));
    let request = Request::new("GET", format!("/?q={long}"));
    add(&hall, KT, None, exchange(Caller::Marketplace, request, Ok(response)), judgement, None);
    let text = get(&hall, "/exchanges/1").await.text;
    assert!(text.contains(r#"<mark data-rule="KT-BILL-SHAPE">12</mark>"#));
    assert!(text.len() < 8 << 20, "{} bytes", text.len());
    assert!(get(&hall, "/").await.text.len() < 100_000);
    let whole = get(&hall, "/exchanges/1/answer").await.text;
    assert!(whole.contains(&format!("\"late\":12,\"b\":\"{long}\"")));
}

#[tokio::test]
async fn a_body_that_is_no_text_is_shown_as_digits() {
    let hall = empty();
    let response = Response { body: (0..=255).collect(), ..Response::new(200) };
    let exchange = exchange(Caller::Marketplace, Request::new("GET", "/"), Ok(response));
    add(&hall, KT, None, exchange, Judgement::default(), None);
    let text = get(&hall, "/exchanges/1").await.text;
    harmless(&text);
    assert!(text.contains("00000040  40 41 42"), "{text}");
}
