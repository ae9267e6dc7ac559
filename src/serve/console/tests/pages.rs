//! What holds for every page.

use std::collections::BTreeSet;

use regex::Regex;
use rstest::rstest;

use super::fixture::{CANARIES, KT, SCP, add, called, empty, exchange, seeded};
use super::{Answer, get, get_in, post};
use crate::capture::paste;
use crate::serve::console::words::Language;
use crate::serve::console::{Words, signature};
use crate::sign::scp;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::{Caller, Request, Response, Secret};

const PAGES: &[&str] = &[
    "/",
    "/exchanges?text=no-such-text",
    "/exchanges/1",
    "/exchanges/2",
    "/exchanges/3",
    "/exchanges/4",
    "/exchanges/5",
    "/exchanges/6",
    "/exchanges/99",
    "/exchanges/nonsense",
    "/signature",
    "/about",
    "/nowhere",
];

/// What a browser would have to guess, and what a screen reader would stumble over.
fn troubles(html: &str) -> Vec<String> {
    let mut troubles = Vec::new();
    let tag = Regex::new(r"<(/?)([a-z0-9]+)([^<>]*)>").unwrap();
    let id = Regex::new(r#" id="([^"]*)""#).unwrap();
    let refers = Regex::new(r#" (?:for|aria-labelledby|aria-describedby)="([^"]*)""#).unwrap();
    let void = ["meta", "link", "input", "br", "img", "hr"];
    let mut open = Vec::new();
    for found in tag.captures_iter(html) {
        match (&found[1], &found[2]) {
            ("", name) if !void.contains(&name) => open.push(name.to_owned()),
            ("/", name) if open.pop().as_deref() != Some(name) => {
                troubles.push(format!("</{name}> closes something else"));
            }
            _ => {}
        }
    }
    troubles.extend(open.into_iter().map(|name| format!("<{name}> is not closed")));
    let mut ids = BTreeSet::new();
    for found in id.captures_iter(html) {
        if !ids.insert(found[1].to_owned()) {
            troubles.push(format!("id {} stands twice", &found[1]));
        }
    }
    for found in refers.captures_iter(html) {
        for name in found[1].split(' ').filter(|name| !ids.contains(*name)) {
            troubles.push(format!("{name} is referred to and does not exist"));
        }
    }
    let headings: Vec<usize> =
        Regex::new("<h([1-6])").unwrap().captures_iter(html).map(|found| found[1].parse().unwrap()).collect();
    if headings.iter().filter(|level| **level == 1).count() != 1 {
        troubles.push("there is not one h1".to_owned());
    }
    if headings.windows(2).any(|pair| pair[1] > pair[0] + 1) {
        troubles.push(format!("a level of headings is left out: {headings:?}"));
    }
    if html.contains(" style=") || html.contains(" onclick=") || html.contains("<script>") || html.contains("<style") {
        troubles.push("something stands inline that the policy forbids".to_owned());
    }
    troubles
}

fn holds(path: &str, answer: &Answer, language: Language) {
    assert!(answer.text.starts_with("<!DOCTYPE html>"), "{path}");
    assert!(answer.text.contains(&format!("<html lang=\"{}\">", language.tag())), "{path}");
    assert_eq!(troubles(&answer.text), Vec::<String>::new(), "{path}: {}", answer.text);
    for canary in CANARIES {
        assert!(!answer.text.contains(canary), "{path} shows {canary}");
    }
}

#[rstest]
#[tokio::test]
async fn every_page_in_every_language_is_whole(
    #[values(Language::English, Language::Korean, Language::Chinese)] language: Language,
    #[values(true, false)] anything: bool,
) {
    let hall = if anything { seeded() } else { empty() };
    for path in PAGES {
        let answer = get_in(&hall, path, language.code()).await;
        holds(path, &answer, language);
        let there = *path != "/nowhere" && path.strip_prefix("/exchanges/").is_none_or(|id| anything && id.len() == 1);
        assert_eq!(answer.status.as_u16(), if there { 200 } else { 404 }, "{path}");
    }
}

#[tokio::test]
async fn no_page_shows_a_secret_in_any_form() {
    let hall = seeded();
    let tokens: Vec<String> = hall
        .log
        .newest(100, |_| true)
        .iter()
        .flat_map(|entry| entry.seen.exchange.request.secrets.clone())
        .flat_map(|secret| {
            let whole = secret.expose().to_owned();
            let last = whole.rsplit('.').next().unwrap_or_default().to_owned();
            [whole, last]
        })
        .collect();
    assert!(tokens.len() > 4);
    for id in 1..=6 {
        for path in [format!("/exchanges/{id}"), format!("/exchanges/{id}/request"), format!("/exchanges/{id}/answer")]
        {
            let text = get(&hall, &path).await.text;
            for secret in CANARIES.iter().copied().chain(tokens.iter().map(String::as_str)) {
                assert!(!text.contains(secret), "{path} shows {secret}");
            }
        }
    }
}

#[tokio::test]
async fn a_browser_is_told_what_it_may_do() {
    let hall = seeded();
    for path in ["/", "/exchanges/1", "/exchanges/1/request", "/nowhere"] {
        let answer = get(&hall, path).await;
        let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let policy = header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("referrer-policy").as_deref(), Some("same-origin"));
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(header("cache-control").as_deref(), Some("no-store"));
    }
}

#[tokio::test]
async fn what_a_page_needs_is_served_and_may_be_kept() {
    let hall = empty();
    let page = get(&hall, "/").await.text;
    let needed = Regex::new(r#"(?:href|src)="(/assets/[^"]+)""#).unwrap();
    let paths: Vec<String> = needed.captures_iter(&page).map(|found| found[1].to_owned()).collect();
    assert_eq!(paths.len(), 3);
    for path in paths {
        let answer = get(&hall, &path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.headers["cache-control"].to_str().unwrap().contains("immutable"));
    }
}

#[tokio::test]
async fn a_language_is_chosen_and_remembered() {
    let hall = empty();
    let answer = get(&hall, "/exchanges?text=a&lang=ko").await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.headers["location"], "/exchanges?text=a");
    let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let request = axum::http::Request::get("/about").header("cookie", cookie).header("accept-language", "zh");
    let answer = super::ask(&hall, request.body(axum::body::Body::empty()).unwrap()).await;
    assert!(answer.text.contains("<html lang=\"ko\">"));
    assert!(answer.text.contains(&Words(Language::Korean).say("its-address")));
}

#[tokio::test]
async fn a_pasted_request_is_examined() {
    let hall = seeded();
    let pasted = "GET /api/mkp-openapi-public/global/v1/order/query?orderId=1 HTTP/1.1\r\nHost: h\r\nX-Sdk-Date: \
                  20260304T050607Z\r\nAuthorization: SDK-HMAC-SHA256 Access=AKDEMO, SignedHeaders=host;x-sdk-date, Signature=00";
    let answer = post(&hall, "/signature", &[("marketplace", "koogallery"), ("request", pasted)]).await;
    assert_eq!(answer.status, 200);
    holds("/signature", &answer, Language::English);
    assert!(answer.text.contains("canonical request") && answer.text.contains("orderId=1"), "{}", answer.text);
    let answer = post(&hall, "/signature", &[("marketplace", "koogallery"), ("request", "<script>")]).await;
    assert_eq!(answer.status, 422);
    holds("/signature", &answer, Language::English);
    assert!(answer.text.contains(&Words::default().say("paste-no-request")) && answer.text.contains("&lt;script&gt;"));
}

#[tokio::test]
async fn the_detail_says_what_is_wrong_where_and_why() {
    let hall = seeded();
    let text = get(&hall, "/exchanges/2").await.text;
    assert!(
        text.contains("KT-BILL-SHAPE") && text.contains("To mend") && text.contains("a proxy removes it"),
        "{text}"
    );
    assert!(text.contains(r#"<mark data-rule="KT-BILL-SHAPE">&quot;1,100&quot;</mark>"#), "{text}");
    assert!(text.contains(r#"data-rule="KT-BILL-LIST">Cache-Control: ∅"#), "{text}");
    assert!(text.contains("2 rules were broken"), "{text}");
    assert!(text.contains("홍길동") && text.contains("- stepId: bills\n  operationId: listBills"), "{text}");
    assert!(text.contains("storeproof keys kt-bizstore --token"), "{text}");
    let text = get(&hall, "/exchanges/3").await.text;
    assert!(text.contains("class=\"differs\""), "the two texts of the answer are compared: {text}");
    let text = get(&hall, "/exchanges/5").await.text;
    assert!(text.contains("class=\"differs\"") && text.contains("it matches if"), "{text}");
    assert!(text.contains("x-storeproof:\n  await:\n    operationId: queryOrder\n    within: 10s"), "{text}");
}

#[tokio::test]
async fn a_call_of_a_client_becomes_a_step_with_its_arguments() {
    let hall = empty();
    called(&hall, SCP, Request::new("GET", "/v1/products?limit=5&product_name=a%20b&unknown=1"));
    called(&hall, SCP, Request::new("GET", "/v1/products/PRODUCT-1"));
    let text = get(&hall, "/exchanges/1").await.text;
    let limit = "- stepId: ListProducts\n  operationId: ListProducts\n  parameters:\n";
    assert!(text.contains(limit) && text.contains("value: 5\n") && !text.contains("name: unknown"), "{text}");
    assert!(text.contains("  x-storeproof:\n    exec:\n      task: list-products"), "{text}");
    let text = get(&hall, "/exchanges/2").await.text;
    assert!(text.contains("name: product_id\n    in: path\n    value: PRODUCT-1"), "{text}");
}

#[rstest]
#[case("GET /v1/products HTTP/1.1\nHost: 127.0.0.1:7703", "http", true)]
#[case("GET /v1/products HTTP/1.1\nHost: 127.0.0.1:7703", "https", true)]
#[case("GET http://127.0.0.1:7703/v1/products", "http", true)]
#[case("GET https://127.0.0.1:7703/v1/products", "http", false)]
fn a_request_without_a_scheme_is_right_where_either_is(#[case] text: &str, #[case] signed: &str, #[case] right: bool) {
    let hall = empty();
    let stand = hall.stand(SCP).unwrap();
    let request = paste::read(text).unwrap().request;
    let keys = stand.market.keys(true);
    let key = |name: &str| keys.lines().find(|line| line.starts_with(name)).unwrap().split_whitespace().nth(1).unwrap();
    let secret = Secret::new(key("secret-key"));
    let base = format!("{signed}://127.0.0.1:7703");
    let sent = scp::sign(&request, &base, key("access-key"), &secret, None, stand.clock.now()).request;
    let fields = sent.headers.iter().filter(|field| field.name.starts_with("Scp-"));
    let fields: String = fields.map(|field| format!("\n{}: {}", field.name, field.text())).collect();
    let examined = signature::examined(stand, &format!("{text}{fields}")).unwrap();
    assert_eq!(examined.diagnosis.is_empty(), right, "{examined:?}");
}

/// Advice that was not taken is no rule that was broken.
#[tokio::test]
async fn the_heading_counts_advice_apart() {
    let hall = seeded();
    let mut judgement = Judgement::default();
    for rule in ["KT-BILL-SHAPE", "KT-AUTH-WINDOW-10M", "KT-AUTH-WINDOW-10M"] {
        let breach = Breach::HeaderMissing { name: "X".to_owned() };
        judgement.find(Finding::new(RequirementId::known(rule), Place::Status, breach));
    }
    let answered = exchange(Caller::Marketplace, Request::new("GET", "/"), Ok(Response::new(200)));
    let id = add(&hall, KT, None, answered, judgement, None);
    let text = get(&hall, &format!("/exchanges/{id}")).await.text;
    assert!(text.contains("One rule was broken · One recommendation"), "{text}");
}
