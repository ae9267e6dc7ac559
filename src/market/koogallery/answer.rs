//! The store's open API: what a vendor calls.
//!
//! [`check`] says what a call is, or what is wrong with it; [`answer`] turns that into the store's answer, and
//! `judge::callback` into findings, so that both always agree. Wrong usage records are taken, as the store takes them: it
//! finds them in the background (usage push, CN `zh-cn_topic_0070649410`), which here is the judge.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::order::Order;
use super::store::{Store, Used};
use super::usage;
use crate::sign::koogallery::usage_push;
use crate::sign::sdk_hmac;
use crate::wire::{Headers, Request, Response};

/// The operations of `specs/koogallery/open-api.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// What was bought.
    QueryOrder,
    /// What was used.
    PushUsage,
    /// What was used, in the older form.
    PushUsageOld,
}

impl Operation {
    /// Its `operationId`.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::QueryOrder => "queryOrder",
            Self::PushUsage => "pushUsage",
            Self::PushUsageOld => "pushUsageOld",
        }
    }

    /// What it is called in sentences.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::QueryOrder => "the order query",
            Self::PushUsage | Self::PushUsageOld => "the usage push",
        }
    }

    /// Its method and path.
    pub(crate) fn route(self) -> (&'static str, &'static str) {
        match self {
            Self::QueryOrder => ("GET", "/api/mkp-openapi-public/global/v1/order/query"),
            Self::PushUsage => ("POST", "/api/mkp-openapi-public/global/v1/isv/usage-data"),
            Self::PushUsageOld => ("POST", "/rest/marketplace/v1/isv/usage-data"),
        }
    }

    /// The operation that a request calls, by its path.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let path = request.path().trim_end_matches('/');
        [Self::QueryOrder, Self::PushUsage, Self::PushUsageOld]
            .into_iter()
            .find(|operation| operation.route().1 == path)
    }
}

/// A call that the store carries out.
pub(crate) enum Call {
    /// The order query, with the order and the line that was asked for.
    Order { order: Box<Order>, line: Option<String> },
    /// A push of these records.
    Usage { records: Vec<Value> },
}

/// What is wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("there is nothing at this path")]
    Path,
    #[error("{what} was sent as {sent}; it is a {method}")]
    Method { what: &'static str, method: &'static str, sent: String },
    #[error("{0}")]
    AkSk(sdk_hmac::Refusal),
    #[error("{0}")]
    UsageSignature(usage_push::Refusal),
    #[error("the parameter {0} is missing")]
    Missing(&'static str),
    #[error("the parameter {0} is unknown")]
    Unknown(String),
    #[error("the parameter {name} has {length} characters; at most 64 are allowed")]
    Length { name: &'static str, length: usize },
    #[error("an internal error of the store's")]
    Internal,
    #[error("there is no order {0} of this vendor's")]
    Order(String),
    #[error("the order {order} has no line {line}")]
    Line { order: String, line: String },
    #[error("the body is not JSON: {0}")]
    Json(String),
    #[error("usage_records is missing or no list")]
    Records,
    #[error("usage_records is empty")]
    NoRecord,
    #[error("{0} records; at most 1000 are taken")]
    TooMany(usize),
    #[error("record {0}: {1}")]
    Record(usize, String),
    #[error("record {index}: there is no instance {instance}")]
    Instance { index: usize, instance: String },
    #[error("record {0}: begin_time is more than twenty-one days old")]
    Old(usize),
}

/// What a call is, or what is wrong with it, first things first.
pub(crate) fn check(store: &Store, request: &Request, now: Timestamp) -> Result<Call, Trouble> {
    let operation = Operation::of(request).ok_or(Trouble::Path)?;
    let (method, _) = operation.route();
    if request.method != method {
        return Err(Trouble::Method { what: operation.what(), method, sent: request.method.clone() });
    }
    admit(store, operation, request, now)?;
    match operation {
        Operation::QueryOrder => order(store, request, now),
        Operation::PushUsage | Operation::PushUsageOld => usage::read(store, operation, request, now),
    }
}

/// Whether the caller may call.
fn admit(store: &Store, operation: Operation, request: &Request, now: Timestamp) -> Result<(), Trouble> {
    if operation == Operation::PushUsage {
        let key = &store.settings.access_key;
        usage_push::verify(&request.headers, &request.body, key, now, None).map_err(Trouble::UsageSignature)?;
        // The pages do not agree whether the other signature is there as well; when it is, it must be right.
        let signed = request.headers.get(sdk_hmac::AUTHORIZATION).is_some();
        if !signed && store.settings.usage_ak_sk != Some(true) {
            return Ok(());
        }
    }
    ak_sk(store, request, now).map(|_| ()).map_err(Trouble::AkSk)
}

/// The AK/SK signature of a call.
pub(crate) fn ak_sk(store: &Store, request: &Request, now: Timestamp) -> Result<sdk_hmac::Accepted, sdk_hmac::Refusal> {
    sdk_hmac::verify(request, &credentials(store), now, &verification(store))
}

/// What is known of an AK/SK signature that is not right.
pub(crate) fn why(store: &Store, request: &Request, now: Timestamp) -> Option<String> {
    let found = sdk_hmac::diagnose(request, &credentials(store), now, &verification(store));
    found.first().map(ToString::to_string)
}

/// What the store has handed out to the vendor.
pub(crate) fn credentials(store: &Store) -> sdk_hmac::Credentials {
    sdk_hmac::Credentials { access_key: store.settings.ak.clone(), secret_key: store.settings.sk.clone() }
}

/// How the store checks AK/SK signatures.
pub(crate) fn verification(store: &Store) -> sdk_hmac::Settings {
    sdk_hmac::Settings {
        window: store.settings.clock_window,
        market_key: Some(store.settings.access_key.clone()),
        ..sdk_hmac::Settings::default()
    }
}

fn order(store: &Store, request: &Request, now: Timestamp) -> Result<Call, Trouble> {
    let (mut order, mut line) = (None, None);
    for (name, value) in parameters(request) {
        match name.as_str() {
            "orderId" => order = Some(value),
            "orderLineId" => line = Some(value),
            _ => return Err(Trouble::Unknown(name)),
        }
    }
    let id = order.filter(|id| !id.is_empty()).ok_or(Trouble::Missing("orderId"))?;
    for (name, value) in [("orderId", Some(&id)), ("orderLineId", line.as_ref())] {
        let length = value.map_or(0, |value| value.chars().count());
        if length > 64 {
            return Err(Trouble::Length { name, length });
        }
    }
    if store.fails(&id) {
        return Err(Trouble::Internal);
    }
    let order = store.order(&id, now).ok_or(Trouble::Order(id))?;
    match &line {
        Some(line) if !order.lines.iter().any(|known| known.id == *line) => {
            Err(Trouble::Line { order: order.id, line: line.clone() })
        }
        _ => Ok(Call::Order { order: Box::new(order), line }),
    }
}

/// The decoded parameters of a query.
pub(crate) fn parameters(request: &Request) -> Vec<(String, String)> {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Answers a vendor's call the way the store would.
pub(crate) fn answer(store: &Store, request: &Request, now: Timestamp) -> Response {
    if let Some((_, order)) = parameters(request).iter().find(|(name, _)| name == "orderId") {
        store.asked(order);
    }
    let checked = check(store, request, now);
    if let Ok(Call::Usage { records }) = &checked {
        let entries = records.iter().enumerate().map(|(index, record)| Used::of(record, (now, index)));
        store.books().take(entries);
    }
    tell(store, request, checked, now)
}

/// What [`answer`] would say now, without carrying anything out.
pub(crate) fn rehearse(store: &Store, request: &Request, now: Timestamp) -> Response {
    tell(store, request, check(store, request, now), now)
}

fn tell(store: &Store, request: &Request, checked: Result<Call, Trouble>, now: Timestamp) -> Response {
    let prefix = store.settings.code_prefix;
    match checked {
        Ok(Call::Order { order, line }) => {
            let code = format!("{prefix}.0000");
            let info = order.to_json(line.as_deref());
            reply(200, &json!({ "resultCode": code, "resultMsg": "Success", "orderInfo": info }))
        }
        Ok(Call::Usage { .. }) => {
            reply(200, &json!({ "error_code": format!("{prefix}.0000"), "error_msg": "Success" }))
        }
        Err(trouble) => refuse(prefix, Operation::of(request), &trouble, now),
    }
}

/// Status and code of a refusal, from the tables of the order query and the usage push; the gateway's own refusals have
/// bodies of their own (API signing guide; the status 401 follows from the codes and is documented nowhere).
fn refuse(prefix: &str, operation: Option<Operation>, trouble: &Trouble, now: Timestamp) -> Response {
    let (status, number) = match trouble {
        Trouble::Path => return gateway(404, "APIG.0101", &trouble.to_string(), now),
        Trouble::Method { .. } => return gateway(405, "APIG.0106", &trouble.to_string(), now),
        Trouble::AkSk(refusal) => {
            let message = format!("Incorrect IAM authentication information: {refusal}");
            return gateway(401, "APIG.0301", &message, now);
        }
        Trouble::UsageSignature(_) => (400, "0102"),
        Trouble::Missing(_) | Trouble::Unknown(_) | Trouble::Records => (400, "0101"),
        Trouble::Json(_) => (400, "0199"),
        Trouble::Length { .. } | Trouble::Line { .. } | Trouble::NoRecord => (500, "0100"),
        Trouble::Internal => (500, "0999"),
        Trouble::Order(_) => (401, "0150"),
        Trouble::TooMany(_) => (500, "9003"),
        Trouble::Record(..) => (500, "9002"),
        Trouble::Instance { .. } => (500, "9001"),
        Trouble::Old(_) => (500, "9004"),
    };
    let (code, message) = (format!("{prefix}.{number}"), trouble.to_string());
    let body = match operation {
        Some(Operation::PushUsage | Operation::PushUsageOld) => json!({ "error_code": code, "error_msg": message }),
        _ => json!({ "resultCode": code, "resultMsg": message }),
    };
    reply(status, &body)
}

fn gateway(status: u16, code: &str, message: &str, now: Timestamp) -> Response {
    let id = format!("{:032x}", now.as_nanosecond());
    reply(status, &json!({ "error_code": code, "error_msg": message, "request_id": id }))
}

fn reply(status: u16, body: &Value) -> Response {
    let headers = Headers::from_iter([("Content-Type", "application/json;charset=UTF-8")]);
    Response { headers, body: body.to_string().into_bytes(), ..Response::new(status) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::settings::Settings;
    use super::*;
    use crate::wire::Secret;

    fn now() -> Timestamp {
        "2026-03-10T03:00:00Z".parse().expect("a time")
    }

    fn signed(method: &str, target: &str, body: &str, secret: &Secret) -> Request {
        let mut request = Request::new(method, target);
        request.headers.push("Host", "127.0.0.1:7702");
        request.headers.push("Content-Type", "application/json");
        request.body = body.as_bytes().to_vec();
        sdk_hmac::sign(&request, "AKDEMO", secret, now()).request
    }

    fn told(store: &Store, request: &Request) -> (u16, String) {
        let response = answer(store, request, now());
        let body = response.json().expect("JSON");
        let code = body.get("resultCode").or(body.get("error_code")).and_then(Value::as_str).unwrap_or_default();
        (response.status, code.to_owned())
    }

    const ORDER: &str = "/api/mkp-openapi-public/global/v1/order/query";
    const USAGE: &str = "/api/mkp-openapi-public/global/v1/isv/usage-data";
    const USAGE_OLD: &str = "/rest/marketplace/v1/isv/usage-data";

    #[rstest]
    #[case::mock_order("GET", "?orderId=MOCKPERIODYEARNEW", 200, "MKT.0000")]
    #[case::with_its_line("GET", "?orderId=MOCKONDEMAND&orderLineId=MOCKONDEMAND-000001", 200, "MKT.0000")]
    #[case::other_line("GET", "?orderId=MOCKONDEMAND&orderLineId=MOCKONDEMAND-000002", 500, "MKT.0100")]
    #[case::no_order("GET", "", 400, "MKT.0101")]
    #[case::empty_order("GET", "?orderId=", 400, "MKT.0101")]
    #[case::unknown_parameter("GET", "?orderId=MOCKONDEMAND&x=1", 400, "MKT.0101")]
    #[case::unknown_order("GET", "?orderId=CS0", 401, "MKT.0150")]
    #[case::long_order(
        "GET",
        "?orderId=00000000000000000000000000000000000000000000000000000000000000000",
        500,
        "MKT.0100"
    )]
    #[case::other_method("POST", "?orderId=MOCKONDEMAND", 405, "APIG.0106")]
    fn orders_are_told(#[case] method: &str, #[case] query: &str, #[case] status: u16, #[case] code: &str) {
        let store = Store::new(Settings::default());
        let request = signed(method, &format!("{ORDER}{query}"), "", &store.settings.sk);
        assert_eq!(told(&store, &request), (status, code.to_owned()));
    }

    #[test]
    fn another_method_is_told_plainly() {
        let store = Store::new(Settings::default());
        let request = signed("POST", &format!("{ORDER}?orderId=MOCKONDEMAND"), "", &store.settings.sk);
        let body = answer(&store, &request, now()).json().expect("JSON");
        assert_eq!(body["error_msg"], "the order query was sent as POST; it is a GET");
    }

    /// AK/SK are keys of IAM, and their refusals are APIG.0301 for the date too; APIG.0303 is for keys of applications.
    #[test]
    fn a_stale_date_is_refused_with_the_code_that_the_requirement_names() {
        let store = Store::new(Settings::default());
        let request = signed("GET", &format!("{ORDER}?orderId=MOCKONDEMAND"), "", &store.settings.sk);
        let later = now() + jiff::SignedDuration::from_mins(16);
        let code = answer(&store, &request, later).json().expect("JSON")["error_code"].clone();
        let requirements = include_str!("../../../specs/koogallery/requirements.yaml");
        let clock = requirements.split("KG-ORDER-CLOCK").nth(1).expect("the requirement is there");
        let named = clock.lines().find_map(|line| line.trim().strip_prefix("code: ")).expect("it names a code");
        assert_eq!(code, named);
    }

    #[test]
    fn a_wrong_secret_is_refused_by_the_gateway() {
        let store = Store::new(Settings::default());
        let request = signed("GET", &format!("{ORDER}?orderId=MOCKONDEMAND"), "", &Secret::new("another"));
        assert_eq!(told(&store, &request), (401, "APIG.0301".to_owned()));
        assert_eq!(told(&store, &Request::new("GET", ORDER)), (401, "APIG.0301".to_owned()));
        assert_eq!(told(&store, &Request::new("GET", "/")), (404, "APIG.0101".to_owned()));
    }

    #[test]
    fn the_answer_has_what_was_bought() {
        let store = Store::new(Settings::default());
        let request = signed("GET", &format!("{ORDER}?orderId=MOCKPERIODYEARNEW"), "", &store.settings.sk);
        let body = answer(&store, &request, now()).json().expect("JSON");
        let line = &body["orderInfo"]["orderLine"][0];
        assert_eq!(line["orderLineId"], "MOCKPERIODYEARNEW-000001");
        assert_eq!((&line["chargingMode"], &line["expireTime"]), (&json!("PERIOD"), &json!("20270310030000")));
        assert_eq!(line["productInfo"][0]["linearValue"], 10);
    }

    #[rstest]
    #[case::no_json("[", 400, "MKT.0199")]
    #[case::no_records("{}", 400, "MKT.0101")]
    #[case::empty(r#"{"usage_records":[]}"#, 500, "MKT.0100")]
    #[case::incomplete(r#"{"usage_records":[{}]}"#, 500, "MKT.9002")]
    fn usage_is_checked(#[case] body: &str, #[case] status: u16, #[case] code: &str) {
        let store = Store::new(Settings::default());
        let mut push = Request::new("POST", USAGE);
        push.body = body.as_bytes().to_vec();
        push.headers = usage_push::sign(&store.settings.access_key, &push.body, "nonce-1", now()).headers();
        assert_eq!(told(&store, &push), (status, code.to_owned()));
        let old = signed("POST", USAGE_OLD, body, &store.settings.sk);
        assert_eq!(told(&store, &old), (status, code.to_owned()));
    }

    #[test]
    fn a_push_that_is_not_signed_is_refused() {
        let store = Store::new(Settings::default());
        let mut push = Request::new("POST", USAGE);
        push.body = b"{}".to_vec();
        assert_eq!(told(&store, &push), (400, "MKT.0102".to_owned()));
    }
}
