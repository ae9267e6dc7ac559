//! Calls of the kit that are right in every way: they must be carried out, the first time and every time.

use super::super::super::memory::Memory;
use super::super::super::rule;
use super::super::result;
use super::{Heard, auth, feature, secret};
use crate::market::koogallery::kit::{Call, Edition};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Response;

/// Judges the answer to a sound call.
pub(super) fn answer(heard: &Heard<'_, '_>, response: &Response, memory: &mut Memory, judgement: &mut Judgement) {
    if response.status != 200 {
        judgement.find(status(heard, response, memory));
        return;
    }
    let Some(answer) = result::read(heard.case, response, &rule::ANSWER_JSON, judgement) else { return };
    let key = (heard.call, heard.identity(), heard.flag());
    if answer.code == result::SUCCESS {
        memory.kit.done.insert(key);
        memory.kit.nonces.extend(auth::nonce(heard));
        feature::accepted(heard, memory);
        return;
    }
    let (requirement, what, cause) = refusal(heard, &answer, memory);
    let finding = answer.instead(what, &[result::SUCCESS], requirement);
    judgement.find(match cause {
        Some(cause) => finding.because(cause),
        None => finding,
    });
}

/// A sound call with another status than 200.
fn status(heard: &Heard<'_, '_>, response: &Response, memory: &Memory) -> Finding {
    let breach = Breach::Status { expected: vec!["200".to_owned()], actual: response.status };
    if let Some(special) = feature::suspect(heard, memory, false) {
        let cause = format!("the call has {}, which no accepted call of this case had", special.name);
        return Finding::new(special.rule, Place::Status, breach).because(cause);
    }
    match response.status {
        401 | 403 => {
            let breach = Breach::Refused { what: "a call with a right signature".to_owned(), actual: response.status };
            Finding::new(rule::KIT_AUTH_VALID, Place::Status, breach).because(why_signature(heard.edition))
        }
        500.. => Finding::new(rule::ANSWER_STATUS, Place::Status, breach)
            .because(format!("the vendor throws instead of answering, on {} that is right in every way", heard.what())),
        _ => Finding::new(rule::ANSWER_STATUS, Place::Status, breach)
            .because("what went wrong belongs into resultCode, with HTTP 200"),
    }
}

/// The rule that a refusal of a sound call breaks, what the call was, and why it was most likely refused.
fn refusal(heard: &Heard<'_, '_>, answer: &result::Answer, memory: &Memory) -> (RequirementId, String, Option<String>) {
    let signature = answer.code == result::AUTHENTICATION;
    let seen = |flag: i64| memory.kit.done.contains(&(heard.call, heard.identity(), flag));
    let what = heard.what();
    if signature {
        return match feature::suspect(heard, memory, true) {
            Some(special) => {
                let cause =
                    "no accepted call of this case had that: the text that is signed is made otherwise by the vendor";
                let what = format!("{what}, with a right signature and {},", special.name);
                let rule = if special.rule == rule::KIT_UNKNOWN { special.rule } else { rule::KIT_AUTH_TEXT };
                (rule, what, Some(cause.to_owned()))
            }
            None => (
                rule::KIT_AUTH_VALID,
                format!("{what}, with a fresh, right signature,"),
                Some(why_signature(heard.edition)),
            ),
        };
    }
    if heard.is_test() {
        let cause = "with testFlag 1 every call succeeds, in any order and as often as it is sent; instanceId and orderId are \
                     empty while the seller requests its application credential";
        return (rule::KIT_DEBUG, format!("{what} and testFlag 1"), Some(cause.to_owned()));
    }
    if heard.flag() == 0 && !seen(1) {
        let cause = "a deletion must not check whether there is anything to delete: answer 000000";
        return (rule::KIT_DELETE_UNKNOWN, format!("{what} of what was never added"), Some(cause.to_owned()));
    }
    if speaks_of_time(answer.message()) {
        let cause = "the answer speaks of time: timeStamp in the body is the store's local time (UTC+8) and only told; hold \
                     the header x-timestamp, milliseconds since 1970, against your clock and nothing else";
        return (rule::KIT_CLOCKS, what, Some(cause.to_owned()));
    }
    if let Some(special) = feature::suspect(heard, memory, false) {
        return (special.rule, format!("{what} and {},", special.name), None);
    }
    if seen(heard.flag()) {
        let cause = "what was carried out before succeeds again and changes nothing; the store repeats calls whose answer it lost";
        return (rule::KIT_REPEATED, format!("{what}, sent again,"), Some(cause.to_owned()));
    }
    let opened = memory.kit.accepted.contains_key(&Call::Application);
    match heard.call {
        Call::Application
            if heard.flag() != 0 && !opened && matches!(answer.code.as_str(), "000101" | "000002" | "000005") =>
        {
            let what = format!("{what} and a rightly encrypted clientSecret");
            (rule::KIT_SECRET_DECRYPT, what, Some(secret::why(memory)))
        }
        Call::Departments => {
            let cause =
                "orgInfoList is a list of departments by the current table; only the printed examples have a text";
            (rule::KIT_ORG_LIST, what, Some(cause.to_owned()))
        }
        _ if answer.code == result::UNKNOWN => {
            let cause = "the instance is the one that newInstance of this case was answered with";
            (rule::KIT_ANSWER, what, Some(cause.to_owned()))
        }
        _ => (rule::KIT_ANSWER, what, None),
    }
}

fn speaks_of_time(message: &str) -> bool {
    let text = message.to_ascii_lowercase();
    ["timestamp", "time stamp", "expired", "stale", "clock", "超时", "过期", "时间戳"]
        .iter()
        .any(|word| text.contains(word))
}

/// What most often makes a vendor refuse right signatures of the kit.
fn why_signature(edition: Edition) -> String {
    let how = match edition {
        Edition::V1 => {
            "authToken is the HMAC-SHA256 in base64 over the members of the body that have a value, sorted by name and joined \
             as k1=v1&k2=v2, lists in the text that came; its key is the one bound to the kit with timeStamp behind it, and it \
             stands in the header authToken"
        }
        Edition::V2 => {
            "x-sign is the HMAC-SHA256 over accessKey, nonce, timestamp and the body itself, sorted by name and without blanks: \
     unlike the basic interface there is no digest of the body between; its key is the one bound to the kit, and the values \
     stand in the headers x-sign, x-timestamp and x-nonce"
        }
    };
    format!("{how}; `storeproof keys koogallery --reveal` shows the key in use")
}
