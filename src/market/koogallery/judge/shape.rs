//! Which rule an answer breaks whose shape is not that of the tables.

use serde_json::Value;

use super::super::rule;
use super::super::settings::Interface;
use super::{Case, result};
use crate::check::body;
use crate::verdict::{Breach, Finding, Place, RequirementId};
use crate::wire::Response;

/// Everything in which an answer differs from its description.
pub(super) fn answer(case: &Case<'_>, response: &Response, value: &Value, unreadable: &RequirementId) -> Vec<Finding> {
    let mut findings = Vec::new();
    let described = case.draft.operation.answer(response.status);
    let media = described
        .and_then(|answer| answer.content.iter().find(|media| media.media_type.starts_with("application/json")));
    if let Some(schema) = media.and_then(|media| media.schema.as_ref()) {
        let v1 = case.interface() == Interface::SaasV1;
        let found = body::shape(schema, value, |pointer, keyword| match (pointer, keyword) {
            ("", _) => unreadable.clone(),
            _ => requirement(pointer, keyword, v1),
        });
        // The code is judged by its table, and its lack is told where it is read.
        findings.extend(found.into_iter().filter(|finding| finding.place != result::place()).filter(|finding| {
            !matches!(&finding.breach, Breach::Schema { keyword, .. } if keyword == "required"
                && finding.place == Place::Body(String::new()))
        }));
        findings.iter_mut().for_each(conceal);
    }
    if value.is_object() {
        // An answer in another shape lacks everything; that is told once.
        findings.extend(no_message(value).filter(|_| value.get("resultCode").is_some()));
        findings.extend(nulls(value));
    }
    findings
}

/// Which rule a violation of the schema breaks, by its place and the keyword.
fn requirement(pointer: &str, keyword: &str, v1: bool) -> RequirementId {
    let member = pointer.rsplit('/').next().unwrap_or_default();
    let inside_info = pointer.starts_with("/info/");
    match (member, keyword) {
        ("usageValue", _) => rule::QUERY_USAGE_VALUE,
        ("statisticalTime", _) => rule::QUERY_USAGE_TIME,
        (_, "maxLength") if inside_info || pointer.starts_with("/appInfo/") => rule::QUERY_LENGTH,
        (_, "maxLength") => rule::ANSWER_LENGTH,
        ("frontEndUrl", _) => rule::QUERY_FRONT_END_URL,
        ("appInfo", "required") if inside_info => rule::QUERY_FRONT_END_URL,
        ("appInfo", "required") => rule::V1_CREATE_APP_INFO,
        ("encryptType", _) if v1 => rule::V1_ENCRYPT_TYPE,
        ("encryptType", _) => rule::QUERY_CREDENTIALS,
        ("instanceId", _) if !inside_info => rule::CREATE_INSTANCE_ID,
        (_, "required") if pointer.contains("/usageInfo/") => rule::QUERY_USAGE,
        (_, "required") if inside_info => rule::QUERY_COMPLETE,
        _ => rule::ANSWER_SHAPE,
    }
}

/// Access data are not shown, not even wrong ones.
fn conceal(finding: &mut Finding) {
    let Place::Body(pointer) = &finding.place else { return };
    if !pointer.ends_with("/userName") && !pointer.ends_with("/password") {
        return;
    }
    if let Breach::Schema { actual, keyword, problem, .. } = &mut finding.breach {
        "a value that is not shown".clone_into(actual);
        if !matches!(keyword.as_str(), "maxLength" | "minLength" | "type") {
            "is not of its documented form".clone_into(problem);
        }
    }
}

fn no_message(value: &Value) -> Option<Finding> {
    let told = value.get("resultMsg").and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty());
    let of_another_type = value.get("resultMsg").is_some_and(|message| !message.is_null() && !message.is_string());
    (!told && !of_another_type).then(|| {
        let because = "the FAQ of the debugging console looks for it, although the tables call it optional".to_owned();
        let breach = Breach::Missing { what: "resultMsg".to_owned(), because };
        Finding::new(rule::ANSWER_MESSAGE, Place::Body("/resultMsg".to_owned()), breach)
    })
}

/// Members without a value, told together at the first.
fn nulls(value: &Value) -> Option<Finding> {
    let mut found = Vec::new();
    gather(value, String::new(), &mut found);
    found.retain(|pointer| pointer != "/resultMsg" && pointer != "/resultCode");
    let first = found.first()?.clone();
    let names = found.iter().take(5).map(|pointer| pointer.trim_start_matches('/').replace('/', "."));
    let what = format!("null as the value of {}", names.collect::<Vec<_>>().join(", "));
    let because = "a member without a value is left out; how the store reads null is not documented".to_owned();
    Some(Finding::new(rule::ANSWER_NULL, Place::Body(first), Breach::Unwanted { what, because }))
}

fn gather(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Null => found.push(pointer),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| gather(item, format!("{pointer}/{at}"), found));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| gather(member, format!("{pointer}/{name}"), found));
        }
        _ => {}
    }
}
