//! `updateInstanceStatus`, and `expireInstance` and `instanceStatus` of version 1.0: an instance is closed and opened again.

use super::super::memory::{Memory, Standing};
use super::super::order::Charging;
use super::super::rule;
use super::super::settings::Interface;
use super::result::Answer;
use super::sent::Sent;
use super::{Case, instance};
use crate::verdict::Judgement;

pub(super) fn answer(case: &Case<'_>, sent: &Sent, answer: &Answer, memory: &Memory, judgement: &mut Judgement) {
    if case.operation() == "expireInstance" {
        let (unknown, refused) = (rule::V1_EXPIRE_UNKNOWN, rule::V1_EXPIRE);
        let rules = instance::Rules { unknown, refused, released: None, telling: false };
        instance::answer(case, sent, answer, &rules, memory, judgement);
        return;
    }
    let freeze = sent.text("status").or_else(|| sent.text("instanceStatus")) == Some("FREEZE");
    let known = memory.instances.get(sent.instance());
    let on_demand = known.is_some_and(|instance| instance.charging == Some(Charging::OnDemand));
    let refused = match known.map(|instance| instance.standing) {
        Some(Standing::Frozen) if freeze => rule::STATUS_REPEATED,
        Some(Standing::Open) if !freeze => rule::STATUS_REPEATED,
        // Guides of the same site leave the activity of version 2.0 out for pay-per-use; that of version 1.0 is for nothing
        // else (V1 overview, INTL `en-us_topic_0182376880`).
        _ if on_demand && case.interface() == Interface::SaasV2 => rule::STATUS_ON_DEMAND,
        _ if freeze => rule::STATUS_FREEZE,
        _ => rule::STATUS_UNFREEZE,
    };
    // Freezing what is gone takes nothing from anybody.
    let released = (!freeze).then_some(rule::LIFE_RELEASED);
    let rules = instance::Rules { unknown: rule::STATUS_UNKNOWN, refused, released, telling: false };
    instance::answer(case, sent, answer, &rules, memory, judgement);
}
