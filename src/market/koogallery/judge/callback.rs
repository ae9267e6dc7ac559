//! Calls of the vendor: which case they belong to, and whether the order query is called as the store wants it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::answer::{self, Operation, Trouble, parameters};
use super::super::memory::Memory;
use super::super::order::Charging;
use super::super::rule;
use super::super::store::Store;
use super::push;
use crate::sign::koogallery::usage_push;
use crate::sign::sdk_hmac;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::{Exchange, Request};

/// How often one order is asked for before it is told; a vendor may ask again for each of the store's calls.
const OFTEN: usize = 10;

/// What the store has named in a case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    /// Orders that the case has placed or named.
    pub(crate) orders: BTreeSet<String>,
    /// Lines, with the order that was named beside them.
    pub(crate) lines: BTreeSet<(String, String)>,
}

impl Named {
    /// Whether this is the id of an order or of a line.
    fn has(&self, id: &str) -> bool {
        self.orders.contains(id) || self.lines.iter().any(|(_, line)| line == id)
    }
}

/// Whether a call is about an order or an instance of this case.
pub(crate) fn concerns(request: &Request, named: &Named, memory: &Memory) -> bool {
    let ordered = parameters(request).iter().any(|(name, value)| name == "orderId" && named.has(value));
    let used = || {
        let body = String::from_utf8_lossy(&request.body);
        memory.instances.keys().any(|instance| body.contains(instance.as_str()))
    };
    ordered || used()
}

/// Whether a call that is about nothing of this case is taken up by it all the same, so that no call is lost: the first
/// case takes it that is asked, where no other one that is being played knows what it is about.
pub(crate) fn takes_up(exchange: &Exchange, store: &Store) -> bool {
    let request = &exchange.request;
    let body = String::from_utf8_lossy(&request.body);
    let ours = Operation::of(request).is_some()
        || body.contains("usage_records")
        || parameters(request).iter().any(|(name, _)| name == "orderId");
    if !ours {
        return false;
    }
    let mut books = store.books();
    let parameters = parameters(request);
    let of_another = parameters.iter().any(|(name, value)| name == "orderId" && books.playing.contains(value))
        || books.instances.iter().any(|(id, known)| books.playing.contains(&known.order) && body.contains(id.as_str()));
    !of_another && books.taken_up.insert((exchange.started, request.target.clone(), request.body.clone()))
}

/// The rule that a vendor breaks by not calling this operation.
pub(crate) fn awaited(operation: &str) -> Option<RequirementId> {
    match operation {
        "queryOrder" => Some(rule::ORDER_CALLED),
        "pushUsage" | "pushUsageOld" => Some(rule::USAGE_CALLED),
        _ => None,
    }
}

/// The rule that a vendor has broken because this call did not come in time. A vendor may push by the hour: one push in a
/// case is enough.
pub(crate) fn missed(operation: &str, memory: &Memory) -> Option<RequirementId> {
    let rule = awaited(operation)?;
    if rule == rule::USAGE_CALLED {
        return (!memory.pushed).then_some(rule);
    }
    Some(rule)
}

/// Judges a call, and names the operation that was called. One that was merely taken up counts as called only where it
/// was refused: its findings then say what became of the call that was waited for.
pub(crate) fn judge(
    exchange: &Exchange,
    store: &Store,
    memory: &mut Memory,
    named: &Named,
) -> (Option<String>, Judgement) {
    let mut judgement = Judgement::default();
    let request = &exchange.request;
    let own = concerns(request, named, memory);
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
            let as_named = |trouble: &Trouble| is_as_named(trouble, request, named, own, store);
            let unexpected = trouble.as_ref().filter(|trouble| !as_named(trouble));
            order(exchange, unexpected, store, memory, &mut judgement);
            memory.misasked |= unexpected.is_some();
            if trouble.is_none() {
                memory.asked_lines.insert(asked(request));
            }
        }
        Some(operation) => {
            memory.pushed |= own || trouble.is_some();
            push::judge(operation, exchange, trouble.as_ref(), store, memory, &mut judgement);
        }
    }
    let counts = own || trouble.is_some();
    // Either push tells what was used, so that whoever waits for one waits for both.
    let called = operation.filter(|_| counts).map(|operation| match operation {
        Operation::PushUsageOld => Operation::PushUsage.id(),
        other => other.id(),
    });
    (called.map(str::to_owned), judgement)
}

/// Order and line that a question is about.
fn asked(request: &Request) -> (String, Option<String>) {
    let parameters = parameters(request);
    let of = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    (of("orderId").unwrap_or_default(), of("orderLineId"))
}

/// Whether the vendor has asked for other lines of an order alone than the one that a creation names: it does not know what
/// was bought.
pub(super) fn other_line(order: &str, line: &str, memory: &Memory, judgement: &mut Judgement) -> bool {
    let lines: Vec<Option<&str>> =
        memory.asked_lines.iter().filter(|(asked, _)| asked == order).map(|(_, line)| line.as_deref()).collect();
    if lines.iter().any(|asked| asked.is_none_or(|asked| asked == line)) {
        return false;
    }
    let Some(other) = lines.into_iter().flatten().next() else { return false };
    let breach = Breach::Form {
        expected: format!("an order query with orderLineId={line}, the line of this call"),
        actual: format!("only ones with orderLineId={other}"),
    };
    let cause = "the line is made up, or kept from an earlier call: pass orderLineId on as it came";
    judgement.find(Finding::new(rule::ORDER_IDS, Place::Course, breach).because(cause));
    true
}

/// A push may overtake the answer that tells its instance: then the instance was right, although the store refused it.
pub(crate) fn reconsider(exchange: &Exchange, store: &Store, judgement: &mut Judgement) {
    if !judgement.findings.iter().any(|finding| finding.requirement == rule::USAGE_INSTANCE) {
        return;
    }
    let Ok(body) = serde_json::from_slice::<Value>(&exchange.request.body) else { return };
    let books = store.books();
    judgement.findings.retain(|finding| {
        let Place::Body(pointer) = &finding.place else { return true };
        let instance = body.pointer(pointer).and_then(Value::as_str).and_then(|id| books.instances.get(id));
        finding.requirement != rule::USAGE_INSTANCE
            || instance.is_none_or(|instance| instance.charging != Charging::OnDemand)
    });
}

/// Whether a question is refused for what the store itself had named: an order that does not exist, or one on which it
/// fails. The vendor has done nothing wrong.
fn is_as_named(trouble: &Trouble, request: &Request, named: &Named, own: bool, store: &Store) -> bool {
    match trouble {
        Trouble::Internal => true,
        Trouble::Order(_) | Trouble::Line { .. } | Trouble::Length { .. } => {
            let (order, line) = asked(request);
            if !own {
                // A question of an earlier case, asked again.
                let books = store.books();
                return books.named.contains(&order) && line.is_none_or(|line| books.named.contains(&line));
            }
            let line_fits = line.is_none_or(|line| named.lines.contains(&(order.clone(), line)));
            named.orders.contains(&order) && line_fits
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
        Some(Trouble::Method(method)) => {
            let breach = Breach::Form { expected: (*method).to_owned(), actual: request.method.clone() };
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
    let found = usage_push::diagnose(headers, body, &store.settings.access_key, exchange.started, None);
    let cause = found.first().map(ToString::to_string).filter(|cause| *cause != refusal.to_string());
    judgement.find(match cause {
        Some(cause) => finding.because(cause),
        None => finding,
    });
}
