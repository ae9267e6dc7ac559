//! `orderNotify`: the vendor hears that there is an order.

use super::super::memory::Memory;
use super::super::order::OrderType;
use super::super::rule;
use super::feature::Refusal;
use super::result::{self, Answer};
use super::sent::Sent;
use super::{Case, effect, feature};
use crate::verdict::Judgement;

pub(super) fn answer(case: &Case<'_>, sent: &Sent, answer: &Answer, memory: &mut Memory, judgement: &mut Judgement) {
    let key = effect::notified(sent);
    if answer.code == result::SUCCESS {
        memory.notified.insert(key);
        return;
    }
    let order = case.store.order(sent.order(), case.exchange.started);
    let Some(order) = order else {
        // Nothing says how a notification of nothing is answered; the store repeats it.
        return;
    };
    let purchase = matches!(order.kind, OrderType::New | OrderType::Trial);
    let special = feature::suspect(case, sent, memory, Refusal::Other);
    let (requirement, what) = match special {
        _ if memory.notified.contains(&key) => (rule::NOTIFY_IDEMPOTENT, "the repeated notification".to_owned()),
        _ if !purchase => (rule::NOTIFY_OTHER_TYPES, format!("the notification of an order {}", order.kind.name())),
        Some(special) => (special.rule, format!("a notification with {}", special.name)),
        None => (rule::NOTIFY_ANSWER, "the notification of a purchase".to_owned()),
    };
    let what = format!("{what}, {},", sent.order());
    judgement.find(answer.instead(what, &[result::SUCCESS], requirement));
}
