//! `releaseInstance`: an instance goes for good.

use super::super::memory::Memory;
use super::super::rule;
use super::super::settings::Interface;
use super::result::{self, Answer};
use super::sent::Sent;
use super::{Case, instance};
use crate::verdict::Judgement;

pub(super) fn answer(case: &Case<'_>, sent: &Sent, answer: &Answer, memory: &Memory, judgement: &mut Judgement) {
    let without_order = case.interface() == Interface::SaasV2 && !sent.has("orderId");
    let refused = match answer.code.as_str() {
        // A parameter is missed, and the one that is not there is optional.
        result::PARAMETER if without_order => rule::RELEASE_WITHOUT_ORDER,
        _ => rule::RELEASE_ANSWER,
    };
    let rules = instance::Rules { unknown: rule::RELEASE_UNKNOWN, refused, released: None, telling: false };
    instance::answer(case, sent, answer, &rules, memory, judgement);
}
