//! Calls of the vendor: the order query and the usage push.

use std::collections::BTreeSet;

use super::super::memory::Memory;
use super::super::rule;
use super::super::store::Store;
use crate::verdict::{Judgement, RequirementId};
use crate::wire::{Exchange, Request};

/// Whether a call is about an order or an instance of this case.
pub(crate) fn concerns(request: &Request, orders: &BTreeSet<String>, memory: &Memory) -> bool {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let ordered = pairs.into_iter().any(|(name, value)| name == "orderId" && orders.contains(value.as_ref()));
    let used = || {
        let body = String::from_utf8_lossy(&request.body);
        memory.instances.keys().any(|instance| body.contains(instance.as_str()))
    };
    ordered || used()
}

/// Judges a call, and names the operation that was called.
pub(crate) fn judge(exchange: &Exchange, _store: &Store, _memory: &mut Memory) -> (Option<String>, Judgement) {
    (super::super::answer::operation(&exchange.request).map(str::to_owned), Judgement::default())
}

/// The rule that a vendor breaks by not calling this operation.
pub(crate) fn awaited(operation: &str) -> Option<RequirementId> {
    match operation {
        "queryOrder" => Some(rule::ORDER_CALLED),
        "pushUsage" | "pushUsageOld" => Some(rule::USAGE_CALLED),
        _ => None,
    }
}
