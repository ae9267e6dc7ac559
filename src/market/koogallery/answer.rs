//! The store's open API: what a vendor calls.

use jiff::Timestamp;

use super::store::Store;
use crate::wire::{Request, Response};

/// The operation that a request calls, by `operationId` of `specs/koogallery/open-api.yaml`.
pub(crate) fn operation(request: &Request) -> Option<&'static str> {
    match request.path() {
        "/api/mkp-openapi-public/global/v1/order/query" => Some("queryOrder"),
        "/api/mkp-openapi-public/global/v1/isv/usage-data" => Some("pushUsage"),
        "/rest/marketplace/v1/isv/usage-data" => Some("pushUsageOld"),
        _ => None,
    }
}

/// Answers a vendor's call the way the store would.
pub(crate) fn answer(_store: &Store, _request: &Request, _now: Timestamp) -> Response {
    Response::new(404)
}
