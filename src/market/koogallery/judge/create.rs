//! `newInstance`: one id for each line of an order, always the same.

use serde_json::Value;

use super::super::memory::{Creation, Memory};
use super::super::rule;
use super::super::settings::Interface;
use super::super::store;
use super::feature::Refusal;
use super::result::{self, Answer};
use super::sent::Sent;
use super::{Case, access, callback, effect, feature, instance};
use crate::sign::koogallery::credential;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Response;

/// The longest id that fits the store's field.
const LONGEST_ID: usize = 64;

/// The code of a creation for what was bought already.
const BOUGHT: &str = "000103";

pub(super) fn answer(
    case: &Case<'_>,
    sent: &Sent,
    answer: &Answer,
    response: &Response,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    if !answer.done() {
        refused(case, sent, answer, memory, judgement);
        return;
    }
    if sent.test() && answer.code == result::PENDING {
        let what = "a creation with testFlag \"1\"";
        judgement.find(answer.instead(what, &[result::SUCCESS], rule::TEST_SYNCHRONOUS));
    }
    let v2 = case.interface() == Interface::SaasV2;
    if v2 && answer.code == result::SUCCESS && case.store.fails(sent.order()) {
        let what = format!("a creation for {}, whose order query fails,", sent.order());
        let finding = answer.instead(what, &["000005", result::PENDING], rule::ORDER_FAILURE);
        judgement.find(finding.because("what was bought is not known: it was opened with values of the vendor's own"));
    } else if v2 && !sent.test() && answer.code == result::SUCCESS && unknown_order(case, sent) {
        let what = format!("a creation for {}, which the order query does not know,", sent.order());
        let finding = answer.instead(what, &[result::PARAMETER, "000005"], rule::CREATE_UNKNOWN_ORDER);
        judgement.find(finding.because("what was bought is known from the order query alone: ask it before you open"));
    }
    if v2 && !sent.test() && answer.code == result::SUCCESS {
        callback::other_line(sent.order(), sent.text("orderLineId").unwrap_or_default(), memory, judgement);
    }
    let id = answer.value.get("instanceId").and_then(Value::as_str).unwrap_or_default();
    if id.is_empty() {
        if !judgement.findings.iter().any(|finding| finding.requirement == rule::CREATE_INSTANCE_ID) {
            let because = "every later call names the instance by it, also while it is being opened".to_owned();
            let breach = Breach::Missing { what: "instanceId".to_owned(), because };
            let finding = Finding::new(rule::CREATE_INSTANCE_ID, Place::Body("/instanceId".to_owned()), breach);
            let inside = answer.value.get("data").or_else(|| answer.value.get("info")).is_some();
            judgement.find(if inside {
                finding.because("it stands at the top of the answer, not inside")
            } else {
                finding
            });
        }
        return;
    }
    same_instance(case, sent, id, memory, judgement);
    own_instance(case, sent, id, memory, judgement);
    if case.interface() == Interface::SaasV1 && answer.code == result::SUCCESS {
        app_info(case, sent, answer, response, id, memory, judgement);
    }
}

/// Neither placed by a case nor one of the store's own for debugging.
fn unknown_order(case: &Case<'_>, sent: &Sent) -> bool {
    case.store.order(sent.order(), case.exchange.started).is_none()
}

/// A creation that is refused although the order is there and the call is right.
fn refused(case: &Case<'_>, sent: &Sent, answer: &Answer, memory: &mut Memory, judgement: &mut Judgement) {
    let what = |kind: &str| format!("{kind} of order {}", sent.order());
    let fails = case.store.books().failing.get(sent.order()).map(|failing| (failing.order.is_some(), failing.left));
    let before = match fails {
        Some((_, left)) => memory.failed.insert(sent.order().to_owned(), left),
        None => memory.failed.get(sent.order()).copied(),
    };
    // Where the query failed again since, this refusal is as right as the one before.
    let asked_again = fails.is_some_and(|(_, left)| before.is_some_and(|before| left < before));
    if before.is_some() && !asked_again && fails.is_none_or(|(recovers, _)| recovers) {
        let what = what("the repeated creation, after the order query was out of reach,");
        let finding = answer.instead(what, &[result::SUCCESS, result::PENDING], rule::CREATE_RECOVERS);
        let says = format!(
            "the vendor says {:?}; where other creations are accepted, what the first attempt left behind is in the way: ask \
             the order query again",
            answer.message()
        );
        judgement.find(finding.because(says));
        return;
    }
    if fails.is_some() {
        return;
    }
    let line = sent.text("orderLineId").unwrap_or_default();
    if case.interface() == Interface::SaasV2 && callback::other_line(sent.order(), line, memory, judgement) {
        return;
    }
    if memory.misasked {
        // What is wrong with the question is told with it.
        judgement.skip(rule::CREATE_ANSWER, "the store refused the order query, and the creation was refused for that");
        return;
    }
    if let Some(creation) = memory.creations.get(&effect::key(case, sent)) {
        const KNOWN: &str = "the line of the order is known already: answer with the instance that is there";
        const SPECIAL: &str = "no creation of this case that was accepted had that";
        let special = feature::suspect(case, sent, memory, Refusal::Other);
        let released = creation.instance.as_ref().and_then(|id| memory.instances.get(id)).is_some_and(|it| !it.live());
        let (requirement, what, cause) = match creation {
            // Its instance is gone; a failure is as right as the old id.
            _ if released && !sent.test() => return,
            Creation { instance: None, lost: true, .. } => {
                (rule::CREATE_LOST_ANSWER, what("the repeated creation, whose first answer was lost,"), KNOWN)
            }
            Creation { instance: None, .. } => (rule::CREATE_ANSWER, what("the creation"), KNOWN),
            _ if case.delivery.together => (rule::CREATE_SIMULTANEOUS, what("one of several creations at once"), KNOWN),
            _ if sent.test() && memory.passed.contains(&sent.lasting()) => {
                (rule::DEBUG_TWICE, what("the replayed creation with testFlag \"1\""), KNOWN)
            }
            _ => match special {
                Some(special) => {
                    (special.rule, what(&format!("the repeated creation, with {},", special.name)), SPECIAL)
                }
                None => (idempotent(case), what("the repeated creation"), KNOWN),
            },
        };
        let finding = answer.instead(what, &[result::SUCCESS], requirement);
        // Of a first answer that was lost nobody knows whether it was a refusal too.
        judgement.find(match creation.instance.is_none() && answer.code != BOUGHT {
            true => finding.because(format!("the vendor says {:?}", answer.message())),
            false => finding.because(cause),
        });
        return;
    }
    if case.interface() == Interface::SaasV2 && unknown_order(case, sent) {
        return;
    }
    if let Some(special) = feature::suspect(case, sent, memory, Refusal::Other) {
        let what = format!("a creation with {}", special.name);
        let cause = "no creation of this case that was accepted had that";
        judgement.find(answer.instead(what, &[result::SUCCESS], special.rule).because(cause));
        return;
    }
    if case.delivery.together {
        // One of several that arrived at once; another one may have been the first.
        let finding =
            answer.instead(what("one of several creations at once"), &[result::SUCCESS], rule::CREATE_SIMULTANEOUS);
        let says = format!(
            "the vendor says {:?}; where the others were accepted, let a unique key decide, and answer its violation with \
             the instance that is there",
            answer.message()
        );
        judgement.find(finding.because(says));
        return;
    }
    let requirement = match sent.test() {
        true if store::is_mock(sent.order()) => rule::ORDER_MOCKS,
        true => rule::DEBUG_SUCCESS,
        false => rule::CREATE_ANSWER,
    };
    let finding = answer.instead(what("the creation"), &[result::SUCCESS, result::PENDING], requirement);
    judgement.find(finding.because(format!("the vendor says {:?}", answer.message())));
}

fn idempotent(case: &Case<'_>) -> RequirementId {
    match case.interface() {
        Interface::SaasV1 => rule::V1_CREATE_IDEMPOTENT,
        Interface::SaasV2 => rule::V2_CREATE_IDEMPOTENT,
    }
}

/// What was told before for this line of the order is told again.
fn same_instance(case: &Case<'_>, sent: &Sent, id: &str, memory: &Memory, judgement: &mut Judgement) {
    let Some(creation) = memory.creations.get(&effect::key(case, sent)) else { return };
    let Some(first) = creation.instance.as_deref().filter(|first| *first != id) else { return };
    let released = memory.instances.get(first).is_some_and(|instance| !instance.live());
    let requirement = match creation {
        _ if released => rule::LIFE_CREATE_AGAIN,
        _ if case.delivery.together => rule::CREATE_SIMULTANEOUS,
        Creation { lost: true, .. } => rule::CREATE_LOST_ANSWER,
        _ => idempotent(case),
    };
    let what = "instanceId of one line of one order".to_owned();
    let breach = Breach::Differs { what, first: first.to_owned(), other: id.to_owned() };
    let finding = Finding::new(requirement, Place::Body("/instanceId".to_owned()), breach);
    let key = &case.store.settings.access_key;
    let plain =
        |id: &str| credential::decrypt_any(key, case.store.settings.encrypt_type, id).ok().map(|(_, plain)| plain);
    let business = sent.text("businessId");
    let finding = match () {
        // A vendor whose ids are the businessId of the first call is right; here there were two first calls.
        () if case.delivery.together && business == Some(id) => finding.because(
            "looking first and inserting later makes two: a unique key on order and line decides; businessId differs on \
             every delivery and is no such key",
        ),
        () if business == Some(id) && creation.business.as_deref() == Some(first) => finding.because(
            "each is the businessId of its own call, which differs on every delivery: it may become the id, but the order \
             is what you look up",
        ),
        () if plain(first).is_some_and(|first| plain(id) == Some(first)) => finding.because(
            "both decrypt to the same text: the id is encrypted anew for each answer, and the store compares what it gets",
        ),
        () if case.delivery.together => {
            finding.because("looking first and inserting later makes two: a unique key on order and line decides")
        }
        () => finding.because(
            "the order was not looked up before the instance was made, or the id is encrypted, or written, anew for each answer",
        ),
    };
    judgement.find(finding);
}

/// An order that is longer than documented was opened: it is not one that was cut off.
pub(super) fn cut_off(case: &Case<'_>, sent: &Sent, answer: &Answer, memory: &Memory, judgement: &mut Judgement) {
    if let Some(id) = answer.value.get("instanceId").and_then(Value::as_str).filter(|id| !id.is_empty()) {
        own_instance(case, sent, id, memory, judgement);
    }
}

/// No other line, and no other order, has this id.
fn own_instance(case: &Case<'_>, sent: &Sent, id: &str, memory: &Memory, judgement: &mut Judgement) {
    let key = effect::key(case, sent);
    let of_case =
        memory.creations.iter().find(|(other, creation)| **other != key && creation.instance.as_deref() == Some(id));
    let of_store = || {
        let books = case.store.books();
        books.instances.get(id).map(|known| known.order.clone()).filter(|order| *order != key.0)
    };
    let Some((order, line)) = of_case.map(|(key, _)| key.clone()).or_else(|| of_store().map(|order| (order, None)))
    else {
        return;
    };
    let beginning = |text: &str| text.chars().take(LONGEST_ID).collect::<String>();
    let cut = order != key.0 && order.chars().count() > LONGEST_ID && beginning(&order) == beginning(&key.0);
    let (requirement, of, cause) = match case.interface() {
        _ if cut => (
            rule::REQUEST_LONG,
            format!("order {order}"),
            "both orders are the same when they are cut off at 64 characters",
        ),
        Interface::SaasV2 if order == key.0 => {
            let cause = "orderId alone is looked up: each line is an instance of its own";
            (rule::V2_CREATE_LINES, format!("line {} of the same order", line.unwrap_or_default()), cause)
        }
        Interface::SaasV1 if order == key.0 => {
            let cause = "orderId alone is looked up: with pay-per-use each product is an instance of its own";
            (rule::V1_CREATE_PRODUCTS, format!("product {} of the same order", line.unwrap_or_default()), cause)
        }
        _ => {
            let cause =
                "the two have the buyer in common: instances are looked up by the customer, or made from its id";
            (rule::CREATE_UNIQUE, format!("order {order}"), cause)
        }
    };
    let because = format!("it is the instance of {of}");
    let breach = Breach::Unwanted { what: format!("the instanceId {id}"), because };
    judgement.find(Finding::new(requirement, Place::Body("/instanceId".to_owned()), breach).because(cause));
}

/// In version 1.0 the access data come with the creation.
fn app_info(
    case: &Case<'_>,
    sent: &Sent,
    answer: &Answer,
    response: &Response,
    id: &str,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let Some(info) = answer.value.get("appInfo").filter(|info| info.is_object()) else {
        if answer.value.get("appInfo").is_none_or(Value::is_null) {
            let because = "it is what the buyer opens, and no other call of version 1.0 must bring it".to_owned();
            let breach = Breach::Missing { what: "appInfo with frontEndUrl".to_owned(), because };
            judgement.find(Finding::new(rule::V1_CREATE_APP_INFO, Place::Body("/appInfo".to_owned()), breach));
        }
        return;
    };
    let declared = answer.value.get("encryptType").and_then(Value::as_str);
    let told = access::judge(case, response, info, "/appInfo", declared, memory, judgement);
    if !sent.test() || memory.instances.get(id).is_some_and(|instance| instance.test) {
        instance::told(id, Some(told), "/appInfo", memory, judgement);
    }
}
