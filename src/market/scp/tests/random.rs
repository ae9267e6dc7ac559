//! Calls that nobody thought of: no panic, and always an answer that the document describes.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::judge;
use super::super::route::Route;
use super::super::store::Store;
use super::{now, request, sign, store};
use crate::spec::{Operation, embedded};
use crate::verdict::{Level, RequirementId};
use crate::wire::{Caller, Exchange, Peer, Raw, Request, Response, Timing};

/// What is wrong with an answer by the document; methods other than GET are in none.
fn strange(request: &Request, response: &Response) -> Vec<String> {
    let interface = embedded::interface("scp/product-1.0").expect("is embedded");
    let operation = Route::of(request).and_then(|route| interface.operation(route.operation()));
    let Some(operation) = operation.filter(|_| request.method == "GET") else {
        let allowed: &[u16] = match request.method.as_str() {
            "OPTIONS" => &[403],
            "GET" => &[401, 404],
            _ => &[401, 404, 405],
        };
        return if allowed.contains(&response.status) {
            Vec::new()
        } else {
            vec![format!("status {}", response.status)]
        };
    };
    described(operation, response)
}

fn described(operation: &Operation, response: &Response) -> Vec<String> {
    let Some(answer) = operation.answer(response.status) else {
        return vec![format!("{}: status {}", operation.id, response.status)];
    };
    let schema = answer.content.first().and_then(|media| media.schema.as_ref()).expect("is described");
    let Ok(body) = response.json() else { return vec!["no JSON".to_owned()] };
    let violations = schema.validate(&body).into_iter();
    violations.map(|violation| format!("{}{}: {}", operation.id, violation.pointer, violation.problem)).collect()
}

/// Rules that the judge finds broken by a call with this answer.
fn told(store: &Store, request: Request, answer: Response) -> Vec<String> {
    let exchange = Exchange {
        request,
        answer: Ok(answer),
        raw: Raw::default(),
        started: now(),
        timing: Timing::default(),
        peer: Peer::default(),
        caller: Caller::Vendor,
    };
    let (_, judgement) = judge::judge(&exchange, store);
    judgement.findings.iter().map(|finding| finding.requirement.to_string()).collect()
}

fn level(id: &str) -> Level {
    embedded::catalogue("scp").level(&RequirementId::new(id))
}

const NAMES: &[&str] = &[
    "limit",
    "page",
    "sort",
    "display_name",
    "display_name_ko",
    "is_exposed_menu",
    "created_by",
    "modified_by",
    "created_start_date",
    "created_end_date",
    "modified_start_date",
    "modified_end_date",
    "product_id",
    "kind",
    "product_category_id",
    "size",
    "%70age",
    "",
];

const VALUES: &[&str] = &[
    "",
    "0",
    "1",
    "3",
    "20",
    "-1",
    "1e3",
    "99999999999999999999999",
    "None",
    "true",
    "False",
    "t",
    "VPC",
    "vpc",
    "NETWORKING",
    "Networking",
    "created_at:asc",
    "seq:desc",
    "created_at",
    ":",
    "price:asc",
    "2024-01-01T00:00:00",
    "2024-01-10T00:00:00Z",
    "2024-01-10T09:00:00%2B09:00",
    "2024-01-10T09:00:00+09:00",
    "9999-12-31T23:59:59",
    "0000-00-00T00:00:00",
    "%ff",
    "%",
    "%2",
    "%00",
    "a+b",
    "가",
    "%EA%B0%80",
    "A,B",
    "PRODUCT",
];

const PATHS: &[&str] = &[
    "/v1/products",
    "/v1/product-categories",
    "/v1/products/VPC",
    "/v1/products/vpc",
    "/v1/product-categories/AI-ML",
    "/v1/product-categories/%ff",
    "/v1/products/",
    "/v1/products//",
    "/",
    "/v1",
    "//v1/products",
    "/v1/products/a/b",
    "/v1/products;x=1",
    "/V1/products",
];

const SETTINGS: &[&[(&str, &str)]] = &[
    &[],
    &[("mode", "lenient"), ("rows", "invented"), ("page-zero", "first"), ("paging-numbers", "null")],
    &[("repeated", "refused"), ("max-limit", "10"), ("default-limit", "5"), ("order", "id")],
    &[("error-language", "accept-language"), ("date-bounds", "exclusive"), ("reversed-dates", "refused")],
];

#[test]
fn ten_thousand_signed_requests_have_documented_answers() {
    let stores: Vec<Store> = SETTINGS.iter().map(|settings| store(settings)).collect();
    let mut random = fastrand::Rng::with_seed(7);
    let mut seen = BTreeSet::new();
    for round in 0..10_000 {
        let pick = |random: &mut fastrand::Rng, from: &[&'static str]| from[random.usize(..from.len())];
        let mut target = pick(&mut random, PATHS).to_owned();
        for index in 0..random.usize(..5) {
            target.push(if index == 0 { '?' } else { '&' });
            target.push_str(&format!("{}={}", pick(&mut random, NAMES), pick(&mut random, VALUES)));
        }
        let mut plain = request(&target);
        if random.u8(..10) == 0 {
            pick(&mut random, &["POST", "HEAD", "OPTIONS", "DELETE", "get"]).clone_into(&mut plain.method);
        }
        let store = &stores[round % stores.len()];
        let signed = sign(store, &plain);
        let response = store.answer(&signed, now());
        assert_eq!(strange(&signed, &response), Vec::<String>::new(), "{} {target}", plain.method);
        assert_ne!(response.status, 401, "{} {target}", plain.method);
        seen.insert(response.status);
        let (status, told) = (response.status, told(store, signed, response));
        // What is refused is told; what is told as broken was refused, where the store is as strict as it can be.
        assert!(status == 200 || !told.is_empty(), "{status} {} {target}", plain.method);
        let broken: Vec<&String> = told.iter().filter(|id| level(id) == Level::Must).collect();
        assert!(status != 200 || round % stores.len() == 1 || broken.is_empty(), "{target}: {broken:?}");
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [200, 400, 403, 404, 405]);
}

proptest! {
    #[test]
    fn no_request_makes_it_panic(
        method in "GET|POST|OPTIONS|[A-Za-z]{0,6}",
        target in "(/v1/(products|product-categories))?[/?&=%+a-z0-9가-힣:._-]{0,40}",
        query in "(\\?[ -~]{0,60})?",
        headers in prop::collection::vec(("(Scp-|X-Cmp-)?[A-Za-z-]{1,12}", prop::collection::vec(any::<u8>(), 0..40)), 0..6),
        signed in any::<bool>(),
    ) {
        let store = store(&[]);
        let mut request = Request::new(method, format!("{target}{query}"));
        request.headers.push("Host", "127.0.0.1:7703");
        for (name, value) in headers {
            request.headers.push(name, value);
        }
        let request = if signed { sign(&store, &request) } else { request };
        let response = store.answer(&request, now());
        prop_assert_eq!(strange(&request, &response), Vec::<String>::new());
        let visible = |value: &[u8]| value.iter().all(|byte| *byte == b' ' || byte.is_ascii_graphic());
        prop_assert!(response.headers.iter().all(|header| visible(&header.value)));
    }
}
