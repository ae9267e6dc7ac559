//! Answers of the store, settings on both their sides, and calls that nobody thought of.

mod answers;
mod errors;
mod random;
mod settings;
mod signatures;

use jiff::Timestamp;
use serde_json::Value;

use super::settings::Settings;
use super::store::Store;
use crate::market::setting::Values;
use crate::sign::scp;
use crate::wire::{Request, Response};

/// Where the store of these tests listens.
const BASE: &str = "http://127.0.0.1:7703";

pub(super) fn now() -> Timestamp {
    "2026-03-10T03:00:00Z".parse().expect("a time")
}

/// A store with these settings.
pub(super) fn store(settings: &[(&str, &str)]) -> Store {
    let mut values = Values::default();
    settings.iter().for_each(|(name, value)| values.set(name, *value));
    Store::new(Settings::new(&values).unwrap_or_else(|error| panic!("{}: {error}", error.name)))
}

/// A request as a good client sends it, before it is signed.
pub(super) fn request(target: &str) -> Request {
    let mut request = Request::new("GET", target);
    request.headers.push("Host", "127.0.0.1:7703");
    request.headers.push("Accept-Language", "en-US");
    request
}

pub(super) fn sign(store: &Store, request: &Request) -> Request {
    let settings = &store.settings;
    scp::sign(request, BASE, &settings.access_key, &settings.secret_key, None, now()).request
}

/// The answer to a good client's call.
fn call(store: &Store, target: &str) -> Response {
    store.answer(&sign(store, &request(target)), now())
}

/// The same, with its body.
fn told(store: &Store, target: &str) -> (u16, Value) {
    let response = call(store, target);
    (response.status, response.json().expect("JSON"))
}

/// The ids of a list, joined by blanks.
fn ids(body: &Value) -> String {
    let items = body["products"].as_array().or(body["product_categories"].as_array()).expect("a list");
    let id =
        |item: &Value| item.get("product_id").or(item.get("category_id")).and_then(Value::as_str).map(str::to_owned);
    items.iter().filter_map(id).collect::<Vec<_>>().join(" ")
}

fn diagnosis(response: &Response) -> String {
    response.headers.text(super::DIAGNOSIS).unwrap_or_default()
}
