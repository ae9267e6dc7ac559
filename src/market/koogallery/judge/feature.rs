//! What is special about a call, so that a refusal can be laid to what the vendor could not cope with.
//!
//! A refusal alone does not say why. When a call of the same kind was accepted before and this one has something that no
//! accepted one had, that is the reason, and the rule about it is the one that is broken.

use base64::Engine as _;
use serde_json::Value;

use super::super::memory::Memory;
use super::super::rule;
use super::super::settings::Interface;
use super::Case;
use super::sent::Sent;
use crate::sign::koogallery::auth_token;
use crate::verdict::RequirementId;

/// Something that not every call has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Feature {
    /// What it is, to follow "the call has": "the scene RENEWAL".
    pub(super) name: String,
    /// The rule that a vendor breaks by not coping with it.
    pub(super) rule: RequirementId,
    scope: Scope,
}

/// What a feature can be the reason of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// Of a refusal by this activity; no other has it.
    Activity,
    /// Of any refusal: code in front of all activities stumbles over it.
    Any,
    /// Of any refusal, but what one activity reads another may not.
    Call,
    /// Of a signature that does not fit, and of nothing else.
    Signature,
}

/// In which way a call was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// As one that is not the store's.
    Signature,
    /// In any other way.
    Other,
}

/// What this call has, the most telling first.
fn all(case: &Case<'_>, sent: &Sent) -> Vec<Feature> {
    let mut found = Vec::new();
    let mut add = |scope: Scope, rule: RequirementId, name: String| found.push(Feature { name, rule, scope });
    let with = |name: &str| format!("{} {name}", if sent.has(name) { "a member" } else { "no" });
    match (case.operation(), case.interface()) {
        ("refreshInstance", interface) => {
            if let Some(scene) = sent.text("scene") {
                let rule = if scene == "RENEWAL_CHANGE" { rule::REFRESH_SCENE_CHANGE } else { rule::REFRESH_SCENE };
                add(Scope::Activity, rule, format!("the scene {scene}"));
            }
            if let Some(time) = sent.text("expireTime") {
                add(Scope::Activity, rule::REFRESH_EXPIRE_TIME, format!("an expireTime of {} digits", time.len()));
            }
            let product = match sent.text("productId") {
                Some("") => "an empty productId".to_owned(),
                _ => with("productId"),
            };
            add(Scope::Activity, rule::REFRESH_PRODUCT, product);
            if interface == Interface::SaasV1 {
                add(Scope::Activity, rule::V1_REFRESH_TRIAL, with("trialToFormal"));
            }
        }
        ("releaseInstance", Interface::SaasV2) => add(Scope::Activity, rule::RELEASE_WITHOUT_ORDER, with("orderId")),
        ("newInstance", Interface::SaasV1) => {
            for name in ["mobilePhone", "email"].into_iter().filter(|name| sent.has(name)) {
                add(Scope::Activity, rule::V1_CREATE_CONTACT, format!("an encrypted {name}"));
            }
            if let Some(text) = sent.text("saasExtendParams") {
                add(Scope::Activity, rule::V1_EXTEND_PARAMS, of_extension(text));
            }
            if let Some(kind) = sent.text("provisionType") {
                add(Scope::Activity, rule::V1_CREATE_SUPERVISED, format!("provisionType {kind}"));
            }
            for name in ["amount", "diskSize", "bandWidth", "periodType", "periodNumber"] {
                if let Some(text) = sent.text(name) {
                    add(Scope::Activity, rule::DEBUG_QUANTITIES, format!("{name} of {} characters", text.len()));
                }
            }
        }
        _ => {}
    }
    let flag = if case.operation() == "orderNotify" { rule::NOTIFY_TEST_FLAG } else { rule::REQUEST_TEST_FLAG };
    add(Scope::Any, flag, sent.text("testFlag").map_or("no testFlag".to_owned(), |flag| format!("testFlag {flag:?}")));
    if any_unknown(case, sent) {
        let rule = if case.interface() == Interface::SaasV1 { rule::V1_AUTH_UNKNOWN } else { rule::REQUEST_UNKNOWN };
        add(Scope::Call, rule, "a member that is not documented".to_owned());
    }
    let texts = || sent.members().values().filter_map(Value::as_str);
    let beyond_ascii = texts().any(|text| !text.is_ascii());
    match case.interface() {
        Interface::SaasV2 => {
            if sent.members().values().any(Value::is_object) {
                add(Scope::Signature, rule::V2_AUTH_NESTED, "an object among its members".to_owned());
            }
            if beyond_ascii {
                add(Scope::Call, rule::V2_AUTH_TEXT, "text that is not ASCII".to_owned());
            }
            if texts().any(|text| text.contains(['/', '&', '<', '>'])) {
                add(Scope::Call, rule::V2_AUTH_TEXT, "a slash, an ampersand or an angle bracket in a value".to_owned());
            }
            if let Some(media) = case.exchange.request.headers.text("content-type") {
                add(Scope::Call, rule::REQUEST_CHARSET, format!("the content type {media}"));
            }
        }
        Interface::SaasV1 => {
            if beyond_ascii {
                add(Scope::Signature, rule::V1_AUTH_CHARSET, "text that is not ASCII".to_owned());
            }
            if texts().any(|text| text.contains([' ', '&', '=', '+', '%'])) {
                add(Scope::Signature, rule::V1_AUTH_DECODED, "a blank, &, =, + or % in a value".to_owned());
            }
            if texts().any(str::is_empty) {
                add(Scope::Signature, rule::V1_AUTH_EMPTY, "a parameter without a value".to_owned());
            }
            let query = case.exchange.request.query().unwrap_or_default();
            let token = query.split('&').find_map(|pair| pair.strip_prefix(auth_token::TOKEN)).unwrap_or_default();
            if token.contains("%2B") || token.contains("%2b") {
                add(Scope::Signature, rule::V1_AUTH_PLUS, "an authToken with a plus sign".to_owned());
            }
        }
    }
    found
}

/// Whether a member is in no table.
fn any_unknown(case: &Case<'_>, sent: &Sent) -> bool {
    let operation = &case.draft.operation;
    let documented = |name: &str| match case.interface() {
        Interface::SaasV1 => operation.parameters.iter().any(|parameter| parameter.name == name),
        Interface::SaasV2 => {
            let media = operation.body.as_ref().and_then(|body| body.content.first());
            let text = media.and_then(|media| media.schema.as_ref()).map(crate::spec::Schema::text);
            text.is_none_or(|text| has_property(text, text, name))
        }
    };
    sent.members().keys().any(|name| !documented(name))
}

/// Whether a schema describes a property, itself or by its reference.
fn has_property(whole: &Value, schema: &Value, name: &str) -> bool {
    if schema.get("properties").and_then(|properties| properties.get(name)).is_some() {
        return true;
    }
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
    target.and_then(|pointer| whole.pointer(pointer)).is_some_and(|target| has_property(whole, target, name))
}

/// Remembers what an accepted call had.
pub(super) fn accepted(case: &Case<'_>, sent: &Sent, memory: &mut Memory) {
    let known = memory.accepted.entry(case.operation().to_owned()).or_default();
    known.extend(all(case, sent).into_iter().map(|feature| feature.name));
}

/// What this call has and no accepted one had, and what can be the reason of a refusal of this kind.
///
/// `None` also where nothing of the kind was accepted yet: then everything may be the reason.
pub(super) fn suspect(case: &Case<'_>, sent: &Sent, memory: &Memory, refusal: Refusal) -> Option<Feature> {
    let of_activity = memory.accepted.get(case.operation());
    let any = !memory.accepted.is_empty();
    all(case, sent).into_iter().find(|feature| {
        let new_here = of_activity.is_some_and(|known| !known.contains(&feature.name));
        let new = any && !memory.accepted.values().any(|known| known.contains(&feature.name));
        match (feature.scope, refusal) {
            (Scope::Activity, Refusal::Signature) | (Scope::Signature, Refusal::Other) => false,
            (Scope::Activity, Refusal::Other) => new_here,
            (Scope::Call, Refusal::Other) => new && new_here,
            (Scope::Any | Scope::Call | Scope::Signature, _) => new,
        }
    })
}

/// What is special about extension parameters: a JSON parser reads all of them; code that evaluates them as a program
/// stumbles over words and quotes.
fn of_extension(text: &str) -> String {
    let decoded = base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default();
    let json = String::from_utf8_lossy(&decoded);
    if ["null", "true", "false", "\\\""].iter().any(|odd| json.contains(odd)) {
        "null, true or quotes inside saasExtendParams".to_owned()
    } else {
        format!("a saasExtendParams of {} characters", text.len())
    }
}
