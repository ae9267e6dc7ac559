//! `refreshInstance`, `upgradeInstance` (`upgrade` in version 1.0) and `changeInstanceCheck`: another term, another product.

use super::super::memory::{Memory, Standing};
use super::super::rule;
use super::result::Answer;
use super::sent::Sent;
use super::{Case, instance};
use crate::verdict::Judgement;

pub(super) fn refresh(case: &Case<'_>, sent: &Sent, answer: &Answer, memory: &Memory, judgement: &mut Judgement) {
    let refused = match memory.instances.get(sent.instance()) {
        Some(known) if known.done.contains(&done(case, sent)) => rule::REFRESH_IDEMPOTENT,
        Some(known) if known.standing == Standing::Frozen => rule::LIFE_FROZEN_RENEWED,
        // Pages of two sites do not have it.
        _ if sent.text("scene") == Some("RENEWAL_CHANGE") => rule::REFRESH_SCENE_CHANGE,
        _ if sent.text("scene").is_some_and(|scene| scene != "RENEWAL") => rule::REFRESH_SCENE,
        _ => rule::REFRESH_ANSWER,
    };
    let telling = refused == rule::LIFE_FROZEN_RENEWED;
    let rules =
        instance::Rules { unknown: rule::REFRESH_UNKNOWN, refused, released: Some(rule::LIFE_RELEASED), telling };
    instance::answer(case, sent, answer, &rules, memory, judgement);
}

pub(super) fn upgrade(case: &Case<'_>, sent: &Sent, answer: &Answer, memory: &Memory, judgement: &mut Judgement) {
    let refused = match memory.instances.get(sent.instance()) {
        Some(known) if known.done.contains(&done(case, sent)) => rule::UPGRADE_IDEMPOTENT,
        _ => rule::UPGRADE_ANSWER,
    };
    let rules = instance::Rules {
        unknown: rule::UPGRADE_UNKNOWN,
        refused,
        released: Some(rule::LIFE_RELEASED),
        telling: false,
    };
    instance::answer(case, sent, answer, &rules, memory, judgement);
}

pub(super) fn check(case: &Case<'_>, sent: &Sent, answer: &Answer, memory: &Memory, judgement: &mut Judgement) {
    let known = memory.instances.get(sent.instance());
    let target = sent.members().get("productInfo").and_then(|product| product.get("linearValue"));
    let bought = known.and_then(|instance| instance.quantity).map(f64::from);
    // How much is in use only the vendor knows; what is less than was bought may be too little.
    let less = target.and_then(serde_json::Value::as_f64).zip(bought).is_some_and(|(target, bought)| target < bought);
    if less && known.is_some_and(|instance| instance.live()) {
        let met = if answer.done() { "possible" } else { "refused" };
        judgement.read(
            rule::CHECK_REFUSES,
            super::result::place(),
            format!("a change to less than was bought is {met}"),
        );
        return;
    }
    let rules =
        instance::Rules { unknown: rule::CHECK_UNKNOWN, refused: rule::CHECK_ANSWER, released: None, telling: false };
    instance::answer(case, sent, answer, &rules, memory, judgement);
}

/// The name under which a carried out call of an order is remembered.
fn done(case: &Case<'_>, sent: &Sent) -> (String, String) {
    (case.operation().to_owned(), sent.order().to_owned())
}
