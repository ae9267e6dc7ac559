//! What a call that was carried out has changed, so that the answers after it can be judged.

use jiff::SignedDuration;

use super::super::memory::{Creation, Instance, Likely, Memory, Standing, Suspect};
use super::super::order::Charging;
use super::super::rule;
use super::super::settings::Interface;
use super::super::store;
use super::Case;
use super::result::{Answer, PENDING};
use super::sent::Sent;

/// The key by which the vendor must know a creation: order and line; in version 1.0 the order, for pay-per-use with the
/// product.
pub(super) fn key(case: &Case<'_>, sent: &Sent) -> (String, Option<String>) {
    let order = sent.order().to_owned();
    let part = match case.interface() {
        Interface::SaasV2 => sent.text("orderLineId"),
        Interface::SaasV1 => sent.text("productId").filter(|_| charging(case, sent) == Some(Charging::OnDemand)),
    };
    (order, part.map(str::to_owned))
}

/// How the order of a call is charged, as far as the store knows.
pub(super) fn charging(case: &Case<'_>, sent: &Sent) -> Option<Charging> {
    let order = case.store.order(sent.order(), case.exchange.started)?;
    let line = order.lines.iter().find(|line| Some(line.id.as_str()) == sent.text("orderLineId"));
    line.or(order.lines.first()).map(|line| line.charging)
}

/// Whether an activity changes the instance that it names.
pub(super) fn changes(operation: &str) -> bool {
    matches!(
        operation,
        "releaseInstance"
            | "updateInstanceStatus"
            | "instanceStatus"
            | "expireInstance"
            | "refreshInstance"
            | "upgradeInstance"
            | "upgrade"
    )
}

/// An activity in words.
pub(super) fn name(operation: &str) -> &'static str {
    match operation {
        "newInstance" => "the creation",
        "queryInstance" => "the query",
        "refreshInstance" => "the renewal",
        "updateInstanceStatus" | "instanceStatus" => "the change of status",
        "expireInstance" => "the expiration",
        "releaseInstance" => "the release",
        "upgradeInstance" | "upgrade" => "the upgrade",
        "changeInstanceCheck" => "the check of a change",
        "orderNotify" => "the notification",
        _ => "the call",
    }
}

/// Remembers what a call has done that was answered with success, rightly or wrongly.
pub(super) fn carried_out(case: &Case<'_>, sent: &Sent, answer: &Answer, memory: &mut Memory) {
    if case.operation() == "newInstance" {
        created(case, sent, answer, memory);
        return;
    }
    if case.operation() == "orderNotify" {
        memory.notified.insert(notified(sent));
        return;
    }
    let id = sent.instance().to_owned();
    let operation = case.operation();
    let v1 = case.interface() == Interface::SaasV1;
    let Some(instance) = memory.instances.get_mut(&id) else { return };
    if sent.test() && !instance.test {
        // A probe must leave no trace in what is real.
        if operation != "queryInstance" && operation != "changeInstanceCheck" {
            let what = format!("{} with testFlag \"1\"", name(operation));
            memory.suspect(&id, Suspect::new(rule::TEST_NO_TRACE, what, Likely::Less));
        }
        return;
    }
    if changes(operation) {
        instance.unsure = false;
        instance.shown = true;
        instance.done.insert((operation.to_owned(), sent.order().to_owned()));
    }
    let own = |rule| Suspect::new(rule, name(operation), Likely::Most);
    match operation {
        "releaseInstance" => {
            if instance.live() {
                instance.suspects.clear();
            }
            instance.standing = Standing::Released;
            if let Some(known) = case.store.books().instances.get_mut(&id) {
                // The vendor released it at some time before its answer came.
                let took = SignedDuration::try_from(case.exchange.timing.total).unwrap_or_default();
                let released = case.exchange.started.saturating_add(took).unwrap_or(case.exchange.started);
                known.released.get_or_insert(released);
            }
        }
        "updateInstanceStatus" | "instanceStatus" => {
            let freeze = sent.text("status").or_else(|| sent.text("instanceStatus")) == Some("FREEZE");
            if instance.live() {
                instance.standing = if freeze { Standing::Frozen } else { Standing::Open };
                instance.suspects.push(own(rule::STATUS_DATA));
            }
        }
        "expireInstance" if instance.live() => {
            instance.standing = Standing::Frozen;
            instance.suspects.push(own(rule::STATUS_DATA));
        }
        "refreshInstance" if instance.live() => {
            // In version 1.0 a renewal opens again what had expired, without another call.
            if v1 && instance.standing == Standing::Frozen {
                instance.standing = Standing::Open;
            }
            instance.suspects.push(Suspect { gone: rule::QUERY_COMPLETE, ..own(rule::QUERY_STABLE) });
        }
        "upgradeInstance" | "upgrade" if instance.live() => {
            instance.suspects.push(own(rule::UPGRADE_SAME_INSTANCE));
        }
        "changeInstanceCheck" if instance.live() => instance.suspects.push(own(rule::CHECK_NO_EFFECT)),
        _ => {}
    }
    if changes(operation) {
        let what = format!("{} of another instance", name(operation));
        memory.suspect_others(&id, &Suspect::new(rule::LIFE_OTHERS, what, Likely::Less));
    }
}

/// Remembers what came after the release of an instance, however it was answered: it may be what brought it back.
pub(super) fn came_late(case: &Case<'_>, sent: &Sent, memory: &mut Memory) {
    let creation = memory.creations.get(&key(case, sent)).and_then(|creation| creation.instance.clone());
    let id = if case.operation() == "newInstance" { creation } else { Some(sent.instance().to_owned()) };
    if matches!(case.operation(), "queryInstance" | "changeInstanceCheck" | "orderNotify") || sent.test() {
        return;
    }
    if let Some(instance) = id.and_then(|id| memory.instances.get_mut(&id)).filter(|instance| !instance.live()) {
        let what = match case.operation() {
            "newInstance" => "the creation, delivered again".to_owned(),
            "releaseInstance" => "a second release".to_owned(),
            operation => name(operation).to_owned(),
        };
        instance.suspects.push(Suspect::new(rule::RELEASE_GONE, what, Likely::Most));
    }
}

/// A call that had to be refused was answered with success: whether it was carried out is not known.
pub(super) fn perhaps(case: &Case<'_>, sent: &Sent, memory: &mut Memory) {
    if changes(case.operation())
        && let Some(instance) = memory.instances.get_mut(sent.instance())
    {
        instance.unsure = true;
    }
}

/// A creation was answered with success: the instance is there from now on.
fn created(case: &Case<'_>, sent: &Sent, answer: &Answer, memory: &mut Memory) {
    let Some(id) = answer.value.get("instanceId").and_then(serde_json::Value::as_str).filter(|id| !id.is_empty())
    else {
        return;
    };
    let key = key(case, sent);
    let standing = if answer.code == PENDING { Standing::Opening } else { Standing::Open };
    let creation = memory.creations.entry(key.clone()).or_default();
    if creation.instance.is_none() {
        *creation = Creation {
            instance: Some(id.to_owned()),
            business: sent.text("businessId").map(str::to_owned),
            lost: creation.lost,
        };
    }
    if let Some(known) = memory.instances.get_mut(id) {
        if known.standing == Standing::Opening {
            known.standing = standing;
        }
        return;
    }
    let mut instance = Instance::new(standing);
    instance.test = sent.test();
    instance.charging = charging(case, sent);
    let order = case.store.order(sent.order(), case.exchange.started);
    instance.quantity = order.and_then(|order| {
        let line = order.lines.iter().find(|line| Some(line.id.as_str()) == sent.text("orderLineId"));
        line.or(order.lines.first())?.product.linear_value
    });
    let entry = store::Instance {
        order: key.0,
        charging: instance.charging.unwrap_or(Charging::Period),
        opened: case.exchange.started,
        released: None,
    };
    memory.instances.insert(id.to_owned(), instance);
    let mut books = case.store.books();
    books.lost.remove(&entry.order);
    books.instances.entry(id.to_owned()).or_insert(entry);
}

/// The answer to a call was lost: the vendor may or may not have carried it out.
pub(super) fn lost(case: &Case<'_>, sent: &Sent, memory: &mut Memory) {
    if case.operation() == "newInstance" {
        memory.creations.entry(key(case, sent)).or_default().lost = true;
        if charging(case, sent) == Some(Charging::OnDemand) {
            case.store.books().lost.insert(sent.order().to_owned());
        }
    } else if case.operation() == "orderNotify" {
        memory.notified.insert(notified(sent));
    } else if changes(case.operation())
        && let Some(instance) = memory.instances.get_mut(sent.instance())
    {
        instance.unsure = true;
    }
}

/// The key of a notification.
pub(super) fn notified(sent: &Sent) -> (String, String) {
    (sent.order().to_owned(), sent.text("orderLineId").unwrap_or_default().to_owned())
}
