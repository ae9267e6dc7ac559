//! Calls that are really signed, answers that are made by hand, and the rules that these break.

mod authentication;
mod bodies;
mod calls;
mod courses;
mod creations;
mod credentials;
mod queries;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::{Session, Settings, Store};
use crate::market::{Delivery, Draft, Expects};
use crate::sign::koogallery::body_sign;
use crate::spec::{Operation, embedded};
use crate::verdict::{Judgement, Level};
use crate::wire::{Exchange, Headers, Loss, Peer, Raw, Request, Response, Timing};

/// What is told of every answer from this machine, and of plain access data: no finding of any rule.
const NONE: [&str; 0] = [];

/// A store in the middle of a case.
struct Play {
    interface: &'static str,
    session: Session,
    store: Arc<Store>,
    now: Timestamp,
    random: fastrand::Rng,
}

/// A call that was sent.
struct Call<'a> {
    play: &'a mut Play,
    draft: Draft,
    delivery: Delivery,
    request: Request,
}

impl Play {
    fn new(interface: &'static str, settings: Settings) -> Self {
        let store = Arc::new(Store::new(settings));
        let now = "2026-03-04T05:06:07Z".parse().expect("a time");
        Self { interface, session: Session::new(Arc::clone(&store)), store, now, random: fastrand::Rng::with_seed(7) }
    }

    fn v2() -> Self {
        Self::new("koogallery/saas-v2", Settings::default())
    }

    fn v1() -> Self {
        Self::new("koogallery/saas-v1", Settings::default())
    }

    fn notify() -> Self {
        Self::new("koogallery/order-notify", Settings::default())
    }

    /// A generated input.
    fn generate(&mut self, generator: &str) -> String {
        let value = self.session.generate(generator, self.now, &mut self.random).expect("a known generator");
        value.as_str().expect("text").to_owned()
    }

    fn operation(&self, id: &str) -> Arc<Operation> {
        let interface = embedded::interface(self.interface).expect("an embedded interface");
        Arc::clone(interface.operation(id).unwrap_or_else(|| panic!("no operation {id}")))
    }

    /// A call with these members, or parameters.
    fn call(&mut self, operation: &str, members: Value) -> Call<'_> {
        self.deliver(operation, members, |_, _| {})
    }

    /// A call with one of the recipe's mistakes.
    fn tampered(&mut self, operation: &str, members: Value, mistake: &str) -> Call<'_> {
        self.deliver(operation, members, |_, delivery| delivery.tamper = Some(mistake.to_owned()))
    }

    fn deliver(&mut self, operation: &str, members: Value, change: impl FnOnce(&mut Draft, &mut Delivery)) -> Call<'_> {
        let operation = self.operation(operation);
        let mut request = Request::new(&operation.method, "/");
        let v1 = operation.method == "GET";
        if !v1 {
            request.headers.push("Content-Type", "application/json");
        }
        let arguments = members.as_object().filter(|_| v1).into_iter().flatten();
        let arguments = arguments.map(|(name, value)| (name.clone(), value.clone())).collect();
        if let Value::String(text) = &members {
            request.body = text.clone().into_bytes();
        }
        let payload = (!v1 && members.is_object()).then_some(members);
        let mut draft =
            Draft { operation, request, arguments, payload, verbatim: false, behind: None, expects: Expects::Success };
        let mut delivery = Delivery { now: self.now, tamper: None, copy: 0, together: false };
        change(&mut draft, &mut delivery);
        let request = self.session.sign(&draft, &delivery).expect("signs");
        Call { play: self, draft, delivery, request }
    }

    /// A period instance that was opened just now, in real traffic.
    fn opened(&mut self) -> (String, String) {
        let order = self.generate("order-period");
        let instance = format!("i-{order}");
        self.create(&order, &instance, json!({}));
        (order, instance)
    }

    /// Opens an instance, and nothing is wrong with it.
    fn create(&mut self, order: &str, instance: &str, more: Value) {
        let mut members = self.creation(order);
        merge(&mut members, more);
        let v1 = self.interface == "koogallery/saas-v1";
        let app_info = v1.then(|| json!({ "frontEndUrl": "https://app.vendor.example/login" }));
        let mut answer = json!({ "resultCode": "000000", "resultMsg": "success", "instanceId": instance });
        if let Some(app_info) = app_info {
            answer["appInfo"] = app_info;
        }
        let judgement = self.call("newInstance", members).answered(answer);
        assert_eq!(broken(&judgement), NONE, "{judgement:#?}");
    }

    /// The members of a creation.
    fn creation(&self, order: &str) -> Value {
        match self.interface {
            "koogallery/saas-v1" => json!({ "customerId": "c", "orderId": order, "productId": "p" }),
            _ => json!({ "orderId": order, "orderLineId": format!("{order}-000001") }),
        }
    }

    /// Carries out a call, and nothing is wrong with it.
    fn done(&mut self, operation: &str, members: Value) {
        let judgement = self.call(operation, members).code("000000");
        assert_eq!(broken(&judgement), NONE, "{operation}: {judgement:#?}");
    }

    /// Asks for one instance, which is told as it should be.
    fn told(&mut self, instance: &str) {
        let judgement = self.call("queryInstance", json!({ "instanceId": instance })).answered(entries(&[instance]));
        assert_eq!(broken(&judgement), NONE, "{judgement:#?}");
    }
}

impl Call<'_> {
    /// An answer with this code, as it should be in all else.
    fn code(self, code: &str) -> Judgement {
        self.answered(json!({ "resultCode": code, "resultMsg": "told" }))
    }

    /// An answer with this body, signed, as it should be in all else.
    fn answered(self, body: Value) -> Judgement {
        let response = self.response(&body.to_string());
        self.came(Ok(response))
    }

    fn response(&self, body: &str) -> Response {
        let signed = body_sign::sign(&self.play.store.settings.access_key, body.as_bytes());
        Response {
            headers: Headers::from_iter([
                ("Content-Type", "application/json;charset=UTF-8"),
                (body_sign::HEADER, signed.value.expose()),
            ]),
            body: body.as_bytes().to_vec(),
            ..Response::new(200)
        }
    }

    /// An answer with this status and an HTML page.
    fn page(self, status: u16) -> Judgement {
        let headers = Headers::from_iter([("Content-Type", "text/html;charset=utf-8")]);
        self.came(Ok(Response { headers, body: b"<h1>Error</h1>".to_vec(), ..Response::new(status) }))
    }

    fn came(self, answer: Result<Response, Loss>) -> Judgement {
        self.exchanged(answer, |_| {})
    }

    fn exchanged(self, answer: Result<Response, Loss>, change: impl FnOnce(&mut Exchange)) -> Judgement {
        let mut exchange = Exchange {
            request: self.request,
            answer,
            raw: Raw::default(),
            started: self.play.now,
            timing: Timing { total: Duration::from_millis(20), ..Timing::default() },
            peer: Peer { base: "http://127.0.0.1:8080".to_owned(), loopback: true, ..Peer::default() },
            caller: crate::wire::Caller::Marketplace,
        };
        change(&mut exchange);
        let judgement = self.play.session.judge(&self.draft, &self.delivery, &exchange);
        self.play.now += SignedDuration::from_secs(1);
        judgement
    }
}

/// The answer to a query with an entry for each of these.
fn entries(instances: &[&str]) -> Value {
    let entry = |id: &&str| json!({ "instanceId": id, "appInfo": { "frontEndUrl": format!("https://app.vendor.example/{id}") } });
    json!({ "resultCode": "000000", "resultMsg": "success", "info": instances.iter().map(entry).collect::<Vec<_>>() })
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// The rules that were broken, without their common beginning.
fn broken(judgement: &Judgement) -> Vec<&str> {
    let ids = judgement.findings.iter().map(|finding| finding.requirement.as_str());
    ids.map(|id| id.strip_prefix("KG-").unwrap_or(id)).collect()
}

/// Rules that were met in a documented reading.
fn readings(judgement: &Judgement) -> Vec<&str> {
    judgement.readings.iter().map(|reading| reading.requirement.as_str().trim_start_matches("KG-")).collect()
}

/// Message and cause of the only finding.
fn words(judgement: &Judgement) -> String {
    let [finding] = judgement.findings.as_slice() else { panic!("{judgement:#?}") };
    format!("{} | {}", finding.breach, finding.cause.as_deref().unwrap_or_default())
}

#[test]
fn every_rule_has_its_requirement_and_can_be_judged_by_a_program() {
    let catalogue = embedded::catalogue("koogallery");
    for rule in super::rule::ALL {
        let requirement = catalogue.get(rule).unwrap_or_else(|| panic!("nothing says why {rule} matters"));
        assert_ne!(requirement.level, Level::Manual, "{rule}");
    }
}
