//! Calls and what is told of them.

use rstest::rstest;

use super::super::tests::{now, request, sign, store};
use super::*;
use crate::sign::scp;
use crate::wire::{Caller, Peer, Raw, Timing};

fn exchange(store: &Store, request: Request) -> Exchange {
    Exchange {
        answer: Ok(store.answer(&request, now())),
        request,
        raw: Raw::default(),
        started: now(),
        timing: Timing::default(),
        peer: Peer::default(),
        caller: Caller::Vendor,
    }
}

fn judged(store: &Store, request: Request) -> Judgement {
    judge(&exchange(store, request), store).1
}

/// Rules that are broken, joined by blanks.
fn rules(judgement: &Judgement) -> String {
    judgement.findings.iter().map(|finding| finding.requirement.to_string()).collect::<Vec<_>>().join(" ")
}

/// The sentence of the one finding, and its cause.
fn told(judgement: &Judgement) -> (String, String) {
    let [finding] = judgement.findings.as_slice() else { panic!("{judgement:#?}") };
    (format!("{}: {}", finding.place, finding.problem()), finding.cause.clone().unwrap_or_default())
}

#[rstest]
#[case::list("/v1/products", "ListProducts")]
#[case::filtered("/v1/products?product_id=VPC&limit=5&page=2&sort=created_at:asc", "ListProducts")]
#[case::empty("/v1/products?product_id=NOTHING", "ListProducts")]
#[case::past_the_end("/v1/products?page=99", "ListProducts")]
#[case::categories("/v1/product-categories?is_exposed_menu=True", "ListProductCategories")]
#[case::item("/v1/products/VPC", "ShowProduct")]
#[case::category("/v1/product-categories/AI-ML", "ShowProductCategory")]
fn a_good_call_breaks_nothing(#[case] target: &str, #[case] operation: &str) {
    let store = store(&[]);
    let (called, judgement) = judge(&exchange(&store, sign(&store, &request(target))), &store);
    assert_eq!((called.as_deref(), judgement), (Some(operation), Judgement::default()));
}

#[test]
fn the_list_of_versions_needs_nothing() {
    let store = store(&[]);
    let (called, judgement) = judge(&exchange(&store, Request::new("GET", "/")), &store);
    assert_eq!((called.as_deref(), judgement), (Some("ListVersions"), Judgement::default()));
}

#[rstest]
#[case(
    "/v1/products?page=0",
    "SCP-PARAM-PAGING",
    "parameter page: parameter page is \"0\", expected a whole number from 1 on",
    "counted from 1 here"
)]
#[case(
    "/v1/products?limit=0",
    "SCP-PARAM-PAGING",
    "parameter limit: parameter limit is \"0\", expected a whole number from 1 on",
    ""
)]
#[case("/v1/products?limit=None", "SCP-PARAM-PAGING", "parameter limit", "leave the parameter out")]
#[case("/v1/products?limit=", "SCP-PARAM-EMPTY", "parameter limit", "")]
#[case("/v1/product-categories?is_exposed_menu=ja", "SCP-PARAM-BOOLEAN", "parameter is_exposed_menu", "")]
#[case(
    "/v1/products?created_start_date=1704067200000",
    "SCP-PARAM-DATE",
    "parameter created_start_date",
    "seconds or milliseconds"
)]
#[case(
    "/v1/products?created_start_date=2024-01-01T00:00:00+09:00",
    "SCP-PARAM-DATE",
    "parameter created_start_date",
    "%2B"
)]
#[case(
    "/v1/products?created_start_date=2025-01-01T00:00:00&created_end_date=2024-01-01T00:00:00",
    "SCP-PARAM-RANGE",
    "parameter created_end_date",
    ""
)]
#[case("/v1/products?sort=created_at,desc", "SCP-PARAM-SORT", "parameter sort", "joined by a colon")]
#[case("/v1/products?sort=kind:descending", "SCP-PARAM-SORT", "parameter sort", "")]
#[case("/v1/products?sort=price:asc", "SCP-PARAM-SORT-FIELD", "parameter sort", "")]
#[case("/v1/products?page=1&page=2", "SCP-PARAM-ONCE", "parameter page", "")]
#[case("/v1/products?product_id=VPC,DNS", "SCP-PARAM-LIST", "parameter product_id", "one item of this whole name")]
#[case("/v1/products?kind=%ff", "SCP-PARAM-ENCODING", "parameter kind", "")]
#[case("/v1/products?size=5", "SCP-PARAM-UNKNOWN", "parameter size: the parameter size is there", "limit here")]
#[case("/v1/products?productId=VPC", "SCP-PARAM-UNKNOWN", "parameter productId", "it is written product_id")]
#[case("/v1/product-categories?category_id=AI-ML", "SCP-PARAM-UNKNOWN", "parameter category_id", "no filter by id")]
#[case("/v1/products/VPC?page=1", "SCP-PARAM-UNKNOWN", "parameter page", "")]
#[case(
    "/v1/products/vpc",
    "SCP-ID",
    "URL: the URL is \"/v1/products/vpc\": there is no product \"vpc\"",
    "there is \"VPC\""
)]
#[case("/v1/products/NOTHING", "SCP-ID", "URL", "")]
#[case("/v1/products/", "SCP-PATH-SLASH", "URL: the URL is \"/v1/products/\": another path", "")]
#[case("/v1/product", "SCP-PATH", "URL: the URL is \"/v1/product\": no path of the Product API", "")]
#[case("/product/v2/products", "SCP-PATH", "URL", "a host of its own")]
fn what_is_wrong_with_a_call_is_told_where_it_is(
    #[case] target: &str,
    #[case] rule: &str,
    #[case] sentence: &str,
    #[case] cause: &str,
) {
    let store = store(&[]);
    let judgement = judged(&store, sign(&store, &request(target)));
    let (told, why) = told(&judgement);
    assert_eq!(rules(&judgement), rule);
    assert!(told.starts_with(sentence), "{told}");
    assert!(why.contains(cause) && why.is_empty() == cause.is_empty(), "{why}");
}

/// What a store overlooks that is told to be lenient, the live one may refuse.
#[test]
fn a_lenient_store_tells_what_it_overlooks() {
    let store = store(&[("mode", "lenient")]);
    let judgement = judged(&store, sign(&store, &request("/v1/products?page=&sort=price:asc")));
    assert_eq!(rules(&judgement), "SCP-PARAM-EMPTY SCP-PARAM-SORT-FIELD");
}

/// An item may be called by a name with a comma in it.
#[test]
fn a_comma_that_stands_in_a_name_is_right() {
    let catalogue = r#"{ "product_categories": [], "products": [{
        "product_id": "MINE", "display_name": "Logs, kept", "created_at": "2026-01-01T00:00:00", "created_by": "me",
        "modified_at": "2026-01-01T00:00:00", "modified_by": "me" }] }"#;
    let store = store(&[("catalogue", catalogue)]);
    let broken = |query: &str| rules(&judged(&store, sign(&store, &request(&format!("/v1/products?{query}")))));
    assert_eq!(broken("display_name=Logs,%20kept"), "");
    assert_eq!(broken("display_name=Logs,kept"), "SCP-PARAM-LIST");
}

/// What the user has decided is the rule.
#[rstest]
#[case(("page-zero", "first"), "/v1/products?page=0", "")]
#[case(("max-limit", "20"), "/v1/products?limit=21", "SCP-PARAM-LIMIT")]
#[case(("booleans", "plain"), "/v1/product-categories?is_exposed_menu=1", "SCP-PARAM-BOOLEAN")]
fn settings_govern_what_is_told(#[case] setting: (&str, &str), #[case] target: &str, #[case] expected: &str) {
    let store = store(&[setting]);
    assert_eq!(rules(&judged(&store, sign(&store, &request(target)))), expected);
}

#[test]
fn all_that_is_wrong_is_told_and_not_the_first_alone() {
    let store = store(&[]);
    let mut bad = Request::new("POST", "/v1/products?page=0&size=3");
    bad.headers.push("Host", "127.0.0.1:7703");
    bad.headers.push("Scp-Api-Version", "1.0");
    let judgement = judged(&store, bad);
    let expected = "SCP-METHOD SCP-SIGN-HEADERS SCP-LANGUAGE SCP-API-VERSION SCP-PARAM-PAGING SCP-PARAM-UNKNOWN";
    assert_eq!(rules(&judgement), expected);
    assert!(judgement.findings[3].cause.as_deref().is_some_and(|cause| cause.contains("in front of the number")));
}

#[rstest]
#[case("OPTIONS", "SCP-METHOD", "a browser asks so")]
#[case("DELETE", "SCP-METHOD", "")]
fn another_method_is_told(#[case] method: &str, #[case] rule: &str, #[case] cause: &str) {
    let store = store(&[]);
    let plain = Request { method: method.to_owned(), ..request("/v1/products") };
    let judgement = judged(&store, sign(&store, &plain));
    assert_eq!(rules(&judgement), rule);
    assert!(told(&judgement).1.contains(cause));
    assert!(told(&judgement).0.contains(&format!("was sent as {method}")) || told(&judgement).0.contains(method));
}

#[test]
fn a_body_is_told() {
    let store = store(&[]);
    let plain = Request { body: b"{}".to_vec(), ..request("/v1/products") };
    assert_eq!(rules(&judged(&store, sign(&store, &plain))), "SCP-BODY");
}

#[rstest]
#[case(scp::SIGNATURE)]
#[case(scp::ACCESS_KEY)]
fn a_missing_header_is_told_by_its_name(#[case] name: &str) {
    let store = store(&[]);
    let mut unsigned = sign(&store, &request("/v1/products"));
    unsigned.headers.remove(name);
    let judgement = judged(&store, unsigned);
    assert_eq!(rules(&judgement), "SCP-SIGN-HEADERS");
    assert_eq!(told(&judgement).0, format!("header {name}: header {name} is missing"));
    // What to change is no cause.
    let finding = &judgement.findings[0];
    assert_eq!(finding.cause, None);
    assert!(finding.remark.as_deref().is_some_and(|remark| remark.starts_with("send ")), "{finding:?}");
}

#[rstest]
#[case(scp::CLIENT_TYPE, "OpenApi", "SCP-CLIENT-TYPE")]
#[case(scp::TIMESTAMP, "1773111600", "SCP-TIMESTAMP-FORM")]
#[case(scp::ACCESS_KEY, "ANOTHER", "SCP-SIGN-KEYS")]
#[case("X-Cmp-ProjectId", "PROJECT-1", "SCP-SIGN-VERSION-ONE")]
#[case(scp::SIGNATURE, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "SCP-SIGN-VALID")]
fn a_header_with_another_value_breaks_its_rule(#[case] name: &str, #[case] value: &str, #[case] rule: &str) {
    let store = store(&[]);
    let mut signed = sign(&store, &request("/v1/products"));
    signed.headers.set(name, value);
    assert_eq!(rules(&judged(&store, signed)), rule);
}

#[test]
fn a_stale_timestamp_breaks_its_rule_unless_the_window_is_off() {
    let stale = |settings: &[(&str, &str)]| {
        let store = store(settings);
        let mut late = exchange(&store, sign(&store, &request("/v1/products")));
        late.started = now() + jiff::SignedDuration::from_hours(1);
        judge(&late, &store).1
    };
    assert_eq!(rules(&stale(&[])), "SCP-TIMESTAMP-WINDOW");
    let off = stale(&[("timestamp-window", "off")]);
    assert_eq!((rules(&off).as_str(), off.skipped[0].requirement.as_str()), ("", "SCP-TIMESTAMP-WINDOW"));
}

#[test]
fn what_was_needed_to_accept_a_signature_is_told_as_a_reading() {
    let store = store(&[("public-url", "https://product.e.samsungsdscloud.com")]);
    let key = &store.settings.secret_key;
    let plain = request("/v1/products");
    let signed = scp::sign(&plain, "https://product.e.samsungsdscloud.com", "SCPDEMO", key, Some("a1"), now());
    let judgement = judged(&store, signed.request);
    let met: Vec<&str> = judgement.readings.iter().map(|reading| reading.requirement.as_str()).collect();
    assert_eq!((rules(&judgement).as_str(), met), ("", vec!["SCP-SIGN-MESSAGE", "SCP-SIGN-URL"]));
}

/// Every mistake of the recipe breaks a rule, and the finding says what to change.
#[test]
fn every_known_mistake_breaks_the_rule_of_its_family() {
    let store = store(&[]);
    let (base, secret) = ("http://127.0.0.1:7703", &store.settings.secret_key);
    let mut plain = request("/v1/products?product_id=VPC&product_id=DNS&display_name=A%20B&sort=created_at:asc");
    plain.body = b"{}".to_vec();
    let mut by_rule = std::collections::BTreeMap::<String, Vec<&str>>::new();
    for mistake in scp::Mistake::ALL {
        let forged = scp::forge(*mistake, &plain, base, "SCPDEMO", secret, None, now()).request;
        let judgement = judged(&store, forged);
        let findings = judgement.findings.iter();
        let signed: Vec<_> = findings
            .filter(|finding| {
                let id = finding.requirement.as_str();
                ["SCP-SIGN", "SCP-CLIENT", "SCP-TIMESTAMP"].iter().any(|family| id.starts_with(family))
            })
            .collect();
        // Some make no difference with this base and this key.
        let [finding] = signed.as_slice() else { continue };
        by_rule.entry(finding.requirement.to_string()).or_default().push(mistake.name());
        let cause = finding.cause.clone().unwrap_or_default();
        assert!(!cause.contains(secret.expose()) && !finding.problem().contains(secret.expose()), "{mistake:?}");
    }
    let found: Vec<String> = by_rule.iter().map(|(rule, names)| format!("{rule}: {}", names.join(" "))).collect();
    assert_eq!(found, FAMILIES);
}

/// Which mistakes break which rule, with a base that has a port and a key without blanks around it.
const FAMILIES: &[&str] = &[
    "SCP-CLIENT-TYPE: client-type-open-api client-type-lower-case",
    "SCP-SIGN-FORM: hex base64-of-hex base64-url percent-encoded hmac-sha1 hmac-sha512 plain-sha256",
    "SCP-SIGN-HEADERS: missing-access-key missing-signature missing-timestamp missing-client-type empty-signature \
     repeated-timestamp",
    "SCP-SIGN-KEYS: swapped-keys unknown-access-key wrong-secret access-key-as-secret key-and-message-exchanged \
     secret-with-line-feed",
    "SCP-SIGN-MESSAGE: seconds-signed timestamp-read-twice client-type-mixed client-type-not-signed \
     access-key-not-signed lower-case-method project-id-signed account-id-without-header account-id-not-signed \
     body-signed body-hash-signed line-feeds ampersands commas naver-cloud",
    "SCP-SIGN-URL: changed-query other-page decoded-url query-before-form python-list python-boolean escaped-twice \
     encoded-as-uri plus-signed plus-sent path-only without-scheme without-host without-query sorted-query other-host \
     region-in-host port-left-out other-scheme trailing-slash",
    "SCP-SIGN-VALID: changed-signature",
    "SCP-SIGN-VERSION-ONE: version-one",
    "SCP-TIMESTAMP-FORM: timestamp-in-seconds",
    "SCP-TIMESTAMP-WINDOW: expired future",
];
