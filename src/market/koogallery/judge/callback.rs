//! Calls of the vendor: which case they belong to, and whether the order query is called as the store wants it.

use std::collections::BTreeSet;

use super::super::answer::{self, Operation, Trouble, parameters};
use super::super::memory::Memory;
use super::super::rule;
use super::super::store::Store;
use super::push;
use crate::sign::koogallery::usage_push;
use crate::sign::sdk_hmac;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::{Exchange, Request};

/// How often one order is asked for before it is told; a vendor may ask again for each of the store's calls.
const OFTEN: usize = 10;

/// Whether a call is about an order or an instance of this case.
pub(crate) fn concerns(request: &Request, orders: &BTreeSet<String>, memory: &Memory) -> bool {
    let ordered = parameters(request).iter().any(|(name, value)| name == "orderId" && orders.contains(value));
    let used = || {
        let body = String::from_utf8_lossy(&request.body);
        memory.instances.keys().any(|instance| body.contains(instance.as_str()))
    };
    ordered || used()
}

/// The rule that a vendor breaks by not calling this operation.
pub(crate) fn awaited(operation: &str) -> Option<RequirementId> {
    match operation {
        "queryOrder" => Some(rule::ORDER_CALLED),
        "pushUsage" | "pushUsageOld" => Some(rule::USAGE_CALLED),
        _ => None,
    }
}

/// Judges a call, and names the operation that was called. `orders` are the ids of orders and lines that the store has
/// named in this case.
pub(crate) fn judge(
    exchange: &Exchange,
    store: &Store,
    memory: &mut Memory,
    orders: &BTreeSet<String>,
) -> (Option<String>, Judgement) {
    let mut judgement = Judgement::default();
    let request = &exchange.request;
    let operation = Operation::of(request);
    let trouble = answer::check(store, request, exchange.started).err();
    match operation {
        None => {
            let routes = [Operation::QueryOrder, Operation::PushUsage].map(|operation| operation.route().1.to_owned());
            let breach = Breach::Url {
                problem: "no path of the store's open API".to_owned(),
                expected: routes.join(" or "),
                actual: request.path().to_owned(),
            };
            judgement.find(Finding::new(rule::ORDER_CALL, Place::Status, breach));
        }
        Some(Operation::QueryOrder) => {
            let trouble = trouble.as_ref().filter(|trouble| !is_as_named(trouble, request, orders));
            order(exchange, trouble, store, memory, &mut judgement);
        }
        Some(operation) => push::judge(operation, exchange, trouble.as_ref(), store, memory, &mut judgement),
    }
    // Either push tells what was used, so that whoever waits for one waits for both.
    let named = operation.map(|operation| match operation {
        Operation::PushUsageOld => Operation::PushUsage.id(),
        other => other.id(),
    });
    (named.map(str::to_owned), judgement)
}

/// Whether a question is refused for what the store itself had named: an order that does not exist, or one on which it
/// fails. The vendor has done nothing wrong.
fn is_as_named(trouble: &Trouble, request: &Request, orders: &BTreeSet<String>) -> bool {
    match trouble {
        Trouble::Internal => true,
        Trouble::Order(_) | Trouble::Line { .. } | Trouble::Length { .. } => {
            parameters(request).iter().all(|(_, value)| orders.contains(value))
        }
        _ => false,
    }
}

fn order(
    exchange: &Exchange,
    trouble: Option<&Trouble>,
    store: &Store,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let request = &exchange.request;
    let id = parameters(request).into_iter().find(|(name, _)| name == "orderId").map(|(_, id)| id).unwrap_or_default();
    let asked = memory.asked.entry(id).or_default();
    *asked += 1;
    if *asked == OFTEN {
        let what = format!("the {OFTEN}th question for one order");
        let because = "the store answers 406 (0250) to those who ask too often; keep what an order said".to_owned();
        judgement.find(Finding::new(rule::ORDER_RATE, Place::Course, Breach::Unwanted { what, because }));
    }
    match trouble {
        None => signed(exchange, store, judgement),
        Some(Trouble::Method { what, method, sent }) => {
            let (what, expected) = ((*what).to_owned(), (*method).to_owned());
            let breach = Breach::Method { what, expected, actual: sent.clone() };
            judgement.find(Finding::new(rule::ORDER_CALL, Place::Status, breach));
        }
        Some(Trouble::AkSk(refusal)) => ak_sk(refusal, "the order query", exchange, store, judgement),
        Some(trouble) => {
            let breach = Breach::Form {
                expected: "a question that the store can answer".to_owned(),
                actual: trouble.to_string(),
            };
            let cause = match trouble {
                Trouble::Order(_) | Trouble::Line { .. } => {
                    "the store had named another order: pass on orderId and orderLineId of its call as they came"
                }
                _ => "the parameters are orderId and orderLineId, and no others",
            };
            judgement.find(Finding::new(rule::ORDER_IDS, Place::Course, breach).because(cause));
        }
    }
}

/// What an accepted signature needed to be accepted.
fn signed(exchange: &Exchange, store: &Store, judgement: &mut Judgement) {
    let Ok(accepted) = answer::ak_sk(store, &exchange.request, exchange.started) else { return };
    for reading in accepted.readings {
        let met = match reading {
            sdk_hmac::Reading::DefaultPort => "Host signed with, or without, the default port",
            sdk_hmac::Reading::PublicHost => "Host signed as the store's own",
            sdk_hmac::Reading::PublicPath => "the path of the store's own address signed",
            sdk_hmac::Reading::PlusIsBlank => "a plus sign in the query signed as a blank",
            sdk_hmac::Reading::EscapedSlash => "an escaped slash in the path signed as one",
            sdk_hmac::Reading::EmptyBody => "the hash of an empty body signed",
        };
        judgement.read(rule::ORDER_SIGNED, Place::Header(sdk_hmac::AUTHORIZATION.to_owned()), met);
    }
}

/// A refused AK/SK signature, with the mistake that explains it.
pub(super) fn ak_sk(
    refusal: &sdk_hmac::Refusal,
    of: &str,
    exchange: &Exchange,
    store: &Store,
    judgement: &mut Judgement,
) {
    let (requirement, header) = match refusal {
        sdk_hmac::Refusal::Expired { .. } | sdk_hmac::Refusal::DateForm { .. } => (rule::ORDER_CLOCK, sdk_hmac::DATE),
        sdk_hmac::Refusal::MissingDate | sdk_hmac::Refusal::DateNotSigned => (rule::ORDER_SIGNED, sdk_hmac::DATE),
        sdk_hmac::Refusal::ContentHash => (rule::ORDER_SIGNED, sdk_hmac::CONTENT_SHA256),
        _ => (rule::ORDER_SIGNED, sdk_hmac::AUTHORIZATION),
    };
    let breach = Breach::Signature { of: of.to_owned(), problem: refusal.to_string() };
    let finding = Finding::new(requirement, Place::Header(header.to_owned()), breach);
    let cause = match refusal {
        sdk_hmac::Refusal::UnknownAccessKey { .. } => Some(format!(
            "this store knows {:?}; set open-api.ak and open-api.sk in storeproof.toml, or use those in your program",
            store.settings.ak
        )),
        sdk_hmac::Refusal::Signature => answer::why(store, &exchange.request, exchange.started)
            .filter(|why| *why != refusal.to_string())
            .or_else(|| Some("no known mistake explains it; most likely the secret key is another one".to_owned())),
        sdk_hmac::Refusal::Expired { .. } => {
            answer::why(store, &exchange.request, exchange.started).filter(|why| *why != refusal.to_string())
        }
        _ => None,
    };
    judgement.find(match cause {
        Some(cause) => finding.because(cause),
        None => finding,
    });
}

/// A refused header signature of the usage push, with the mistake that explains it.
pub(super) fn usage_signature(
    refusal: &usage_push::Refusal,
    exchange: &Exchange,
    store: &Store,
    judgement: &mut Judgement,
) {
    let (requirement, header) = match refusal {
        usage_push::Refusal::Missing { name } if *name == usage_push::TS => (rule::USAGE_TS, usage_push::TS),
        usage_push::Refusal::Missing { name } if *name == usage_push::NONCE => (rule::USAGE_NONCE, usage_push::NONCE),
        usage_push::Refusal::TsForm | usage_push::Refusal::Untimely { .. } => (rule::USAGE_TS, usage_push::TS),
        usage_push::Refusal::NonceLength { .. } => (rule::USAGE_NONCE, usage_push::NONCE),
        _ => (rule::USAGE_SIGNATURE, usage_push::SIGNATURE),
    };
    let breach = Breach::Signature { of: "the usage push".to_owned(), problem: refusal.to_string() };
    let finding = Finding::new(requirement, Place::Header(header.to_owned()), breach);
    let (headers, body) = (&exchange.request.headers, &exchange.request.body);
    let keys = usage_push::Keys { access_key: &store.settings.access_key, secret_key: Some(&store.settings.sk) };
    let found = usage_push::diagnose(headers, body, &keys, exchange.started, None);
    let cause = found.first().map(ToString::to_string).filter(|cause| *cause != refusal.to_string());
    let unexplained =
        "the key is not the access key bound to the basic interface; no known mistake reproduces the signature";
    let unknown = matches!(refusal, usage_push::Refusal::Signature).then(|| unexplained.to_owned());
    let cause = cause.or(unknown);
    judgement.find(match cause {
        Some(cause) => finding.because(cause),
        None => finding,
    });
}
