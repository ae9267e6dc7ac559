//! What is special about a call of the kit, so that a refusal can be laid to what the vendor could not cope with.

use serde_json::Value;

use super::super::super::memory::Memory;
use super::super::super::rule;
use super::Heard;
use crate::market::koogallery::kit::{Call, Edition, clock};
use crate::verdict::RequirementId;

/// Something that not every call has.
pub(super) struct Feature {
    /// What it is, to follow "the call has".
    pub(super) name: String,
    /// The rule that a vendor breaks by not coping with it.
    pub(super) rule: RequirementId,
    /// Whether it explains a signature that does not fit too.
    signed: bool,
}

/// What this call has, the most telling first.
fn all(heard: &Heard<'_, '_>) -> Vec<Feature> {
    let mut found = Vec::new();
    let mut add = |rule: RequirementId, signed: bool, name: String| found.push(Feature { name, rule, signed });
    let members = heard.sent.members();
    if unknown(heard) {
        add(rule::KIT_UNKNOWN, true, "a member that is not documented".to_owned());
    }
    let stamp = heard.text("timeStamp");
    // Up to the hour; a call that is repeated carries its first time, and x-timestamp the new one.
    if stamp.get(..10) != clock(heard.case.delivery.now, false).get(..10)
        && stamp.len() == 17
        && heard.edition == Edition::V2
    {
        add(rule::KIT_CLOCKS, false, "a timeStamp of another hour than x-timestamp".to_owned());
    }
    if let Some(time) = heard.sent.text("currentSyncTime") {
        add(rule::KIT_SYNC_TIME, false, format!("a currentSyncTime of {} digits", time.len()));
    }
    match members.get("orgInfoList") {
        Some(Value::String(_)) => add(rule::KIT_ORG_TEXT, true, "orgInfoList as a text".to_owned()),
        Some(Value::Array(list)) if list.is_empty() => {
            add(rule::KIT_ORG_LIST, false, "an empty orgInfoList".to_owned())
        }
        Some(_) => add(rule::KIT_ORG_LIST, true, "orgInfoList as a list".to_owned()),
        None => {}
    }
    if heard.call == Call::Users {
        users(&heard.users(), &mut add);
    }
    if members.get("parentCode").is_none_or(|code| code == "") && heard.call == Call::Department {
        add(rule::KIT_ANSWER, false, "no parentCode".to_owned());
    }
    let body = String::from_utf8_lossy(&heard.case.exchange.request.body);
    if !body.is_ascii() {
        add(rule::KIT_AUTH_TEXT, true, "text that is not ASCII".to_owned());
    }
    if members.values().any(|value| value.is_array() || value.is_object()) {
        add(rule::KIT_AUTH_TEXT, true, "a list among its members".to_owned());
    }
    found
}

fn users(users: &[Value], add: &mut impl FnMut(RequirementId, bool, String)) {
    if users.len() > 1 {
        add(rule::KIT_USERS, false, format!("{} users", users.len()));
    }
    for user in users.iter().take(10) {
        for name in ["role", "enable", "employeeType"] {
            if let Some(value) = user.get(name) {
                add(rule::KIT_USERS, false, format!("a user with {name} {value}"));
            }
        }
        if user.get("extension").is_some() {
            add(rule::KIT_USERS, false, "a user with extension".to_owned());
        }
        let optional = ["position", "employeeCode", "mobile", "email", "workPlace", "entryDate"];
        if let Some(missing) = optional.iter().find(|name| user.get(**name).is_none()) {
            add(rule::KIT_USERS, false, format!("a user without {missing}"));
        }
    }
}

/// Whether a member is in no table.
fn unknown(heard: &Heard<'_, '_>) -> bool {
    let body = heard.case.draft.operation.body.as_ref();
    let schema = body.and_then(|body| body.content.first()).and_then(|media| media.schema.as_ref());
    let Some(properties) = schema.and_then(|schema| schema.text().get("properties")) else { return false };
    heard.sent.members().keys().any(|name| properties.get(name).is_none())
}

/// Remembers what a call had that was carried out.
pub(super) fn accepted(heard: &Heard<'_, '_>, memory: &mut Memory) {
    let known = memory.kit.accepted.entry(heard.call).or_default();
    known.extend(all(heard).into_iter().map(|feature| feature.name));
}

/// What this call has and no other one had that was carried out. `signature` is whether it was refused as wrongly signed.
pub(super) fn suspect(heard: &Heard<'_, '_>, memory: &Memory, signature: bool) -> Option<Feature> {
    let same = memory.kit.accepted.get(&heard.call);
    let anywhere = |name: &String| memory.kit.accepted.values().any(|known| known.contains(name));
    all(heard).into_iter().find(|feature| match signature {
        // One piece of code verifies all calls.
        true => feature.signed && !memory.kit.accepted.is_empty() && !anywhere(&feature.name),
        false => same.is_some_and(|known| !known.contains(&feature.name)),
    })
}
