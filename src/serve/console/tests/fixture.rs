//! Marketplaces, and what two of them exchanged with a vendor.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::market::Market;
use crate::market::setting::Values;
use crate::serve::{Hall, Log, Premises, Seen, Stand};
use crate::sign::koogallery::{body_sign, v2};
use crate::sign::{kt_jwt, sdk_hmac};
use crate::spec::embedded;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId, Weighed};
use crate::wire::{Caller, Exchange, Headers, Loss, Peer, Raw, Request, Response, Secret, Timing};

/// Keys that no page may show.
pub(super) const CANARIES: [&str; 3] = ["canary-access-key-1", "canary-kit-key-22", "canary-open-sk-333"];

pub(super) const KT: &str = "kt-bizstore";
pub(super) const KOOGALLERY: &str = "koogallery";
pub(super) const SCP: &str = "scp";

pub(super) fn now() -> Timestamp {
    "2026-03-04T05:06:07Z".parse().expect("a time")
}

/// Marketplaces that have exchanged nothing.
pub(super) fn empty() -> Arc<Hall> {
    let log = Arc::new(Log::default());
    let mut values = Values::default();
    for (name, value) in ["access-key", "kit-access-key", "open-api.sk"].into_iter().zip(CANARIES) {
        values.set(name, value);
    }
    let stand = |name: &'static str, values: &Values, port: u16| {
        let market = Market::new(Some(name), values, None).expect("settings");
        let catalogue = Arc::new(embedded::catalogue(name).clone());
        let base = format!("http://127.0.0.1:{port}");
        let premises = Premises { name, market, vendor: None, base, catalogue, shared_clock: None };
        Arc::new(Stand::new(premises, Arc::clone(&log), Arc::default()))
    };
    let stands = vec![
        stand(KT, &Values::default(), 7701),
        stand(KOOGALLERY, &values, 7702),
        stand(SCP, &Values::default(), 7703),
    ];
    Arc::new(Hall::new(stands, log))
}

pub(super) fn exchange(caller: Caller, request: Request, answer: Result<Response, Loss>) -> Exchange {
    Exchange {
        request,
        answer,
        raw: Raw::default(),
        started: now(),
        timing: Timing { total: Duration::from_millis(12), ..Timing::default() },
        peer: Peer { base: "http://127.0.0.1:8080".to_owned(), loopback: true, ..Peer::default() },
        caller,
    }
}

/// Puts an exchange into the log.
pub(super) fn add(
    hall: &Hall,
    marketplace: &'static str,
    operation: Option<&str>,
    exchange: Exchange,
    judgement: Judgement,
    step: Option<Value>,
) -> u64 {
    let catalogue = &hall.stand(marketplace).expect("it is served").catalogue;
    let weighed = |finding: Finding| Weighed { level: catalogue.level(&finding.requirement), finding, exchange: None };
    let seen = Seen {
        marketplace,
        operation: operation.map(str::to_owned),
        exchange,
        findings: judgement.findings.into_iter().map(weighed).collect(),
        readings: judgement.readings,
        skipped: judgement.skipped,
        disturbance: None,
        refused: None,
        step: step.map(Arc::new),
    };
    hall.log.add(seen).id
}

/// A call of the vendor's, judged as it is when it arrives.
pub(super) fn called(hall: &Hall, marketplace: &'static str, request: Request) -> u64 {
    let stand = hall.stand(marketplace).expect("it is served");
    let answer = stand.market.answer(&request, now());
    let exchange = exchange(Caller::Vendor, request, Ok(answer));
    let (operation, judgement) = stand.market.session().judge_callback(&exchange);
    add(hall, marketplace, operation.as_deref(), exchange, judgement, None)
}

/// Something of everything: the numbers of what was exchanged are 1 to 6.
pub(super) fn seeded() -> Arc<Hall> {
    let hall = empty();
    status_of_a_customer(&hall);
    bills(&hall);
    creation(&hall);
    let order = Request {
        headers: Headers::from_iter([("Host", "127.0.0.1:7702"), ("Accept", "*/*")]),
        ..Request::new("GET", "/api/mkp-openapi-public/global/v1/order/query?orderId=CS2211181819B2LIG")
    };
    called(&hall, KOOGALLERY, order.clone());
    let sk = Secret::new(CANARIES[2]);
    let wrong = sdk_hmac::forge(sdk_hmac::Mistake::NoTrailingSlash, &order, "AKDEMO", &sk, now());
    called(&hall, KOOGALLERY, wrong);
    let gone = exchange(Caller::Marketplace, Request::new("GET", "/bizstore/customers"), Err(Loss::Refused));
    add(&hall, KT, Some("listCustomers"), gone, Judgement::default(), None);
    hall
}

fn token_of(request: &mut Request) -> Secret {
    let token = kt_jwt::sign(crate::sign::key::SigningKey::test(), now(), &kt_jwt::Settings::default());
    let token = token.expect("a token").token;
    request.headers.push(kt_jwt::HEADER, token.expose());
    request.secrets.push(token.clone());
    token
}

fn status_of_a_customer(hall: &Hall) {
    let mut request = Request::new("GET", "/bizstore/customers/M12345/status");
    request.headers.push("Host", "127.0.0.1:8080");
    token_of(&mut request);
    let mut response = Response::new(200);
    response.headers.push("Content-Type", "application/json");
    response.body = br#"{"status":"20"}"#.to_vec();
    let mut judgement = Judgement::default();
    judgement.read(RequirementId::known("KT-STATUS-DELETED"), Place::Status, "a deleted customer has the code 99");
    judgement.skip_local(RequirementId::known("KT-TLS"), "the vendor is on this machine");
    let exchange = exchange(Caller::Marketplace, request, Ok(response));
    add(hall, KT, Some("getStatus"), exchange, judgement, None);
}

fn bills(hall: &Hall) {
    let mut request = Request::new("GET", "/bizstore/bill-list?bill-date=2026-03-03&name=%ED%99%8D%EA%B8%B8%EB%8F%99");
    request.headers.push("Host", "127.0.0.1:8080");
    let token = token_of(&mut request);
    let mut response = Response::new(200);
    response.reason = "OK".to_owned();
    response.headers.push("Content-Type", "application/json;charset=UTF-8");
    response.headers.push("X-Echo", token.expose());
    response.body =
        "[{\"mem-sq\":\"M12345\",\"name\":\"홍길동\",\"pay-amt\":\"1,100\"},\n {\"mem-sq\":\"M2\",\"pay-amt\":-5}]"
            .as_bytes()
            .to_vec();
    let amount = |index: usize, actual: &str| {
        let breach = Breach::Code { expected: vec!["a whole number of won".to_owned()], actual: actual.to_owned() };
        Finding::new(RequirementId::known("KT-BILL-SHAPE"), Place::Body(format!("/{index}/pay-amt")), breach)
    };
    let mut judgement = Judgement::default();
    judgement.find(amount(0, "\"1,100\""));
    judgement.find(amount(1, "-5"));
    let missing = Breach::HeaderMissing { name: "Cache-Control".to_owned() };
    let place = Place::Header("Cache-Control".to_owned());
    judgement.find(Finding::new(RequirementId::known("KT-BILL-LIST"), place, missing).because("a proxy removes it"));
    let step = json!({ "stepId": "bills", "operationId": "listBills", "parameters": [
        { "name": "bill-date", "in": "query", "value": "2026-03-03" }] });
    let exchange = exchange(Caller::Marketplace, request, Ok(response));
    add(hall, KT, Some("listBills"), exchange, judgement, Some(step));
}

fn creation(hall: &Hall) {
    let key = Secret::new(CANARIES[0]);
    let delivery = v2::Delivery {
        scheme: v2::Scheme::Query,
        key: &key,
        other_interface_key: None,
        body: br#"{"activity":"newInstance","orderId":"CS1","testFlag":"0"}"#,
        nonce: "n-0001",
        previous_nonce: None,
        now: now(),
        settings: v2::Settings::default(),
    };
    let signed = v2::sign(&delivery);
    let mut request = Request::new("POST", format!("/produce?{}", signed.query()));
    request.headers.push("Host", "127.0.0.1:8080");
    request.headers.push("Content-Type", "application/json;charset=utf8");
    request.body.clone_from(&signed.body);
    request.secrets.extend(signed.signature);
    let mut response = Response::new(200);
    response.body = format!(r#"{{"resultCode": "000000", "echo": "{}"}}"#, CANARIES[0]).into_bytes();
    // The vendor wrote its answer twice: once to sign it and once to send it.
    let compact = String::from_utf8_lossy(&response.body).replace(": ", ":").replace(", ", ",");
    let value = body_sign::sign(&key, compact.as_bytes()).value;
    response.headers.push(body_sign::HEADER, value.expose());
    let exchange = exchange(Caller::Marketplace, request, Ok(response));
    add(hall, KOOGALLERY, Some("newInstance"), exchange, Judgement::default(), None);
}
