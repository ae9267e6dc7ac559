//! Sound calls that the vendor refuses before it looks at what they are about.

use super::super::memory::Memory;
use super::super::rule;
use super::super::settings::Interface;
use super::feature::Refusal;
use super::result::{self, Answer};
use super::sent::Sent;
use super::{Case, feature, query};
use crate::check::message;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Response;

/// A call that is refused for its content type, whatever it says.
pub(super) fn charset(case: &Case<'_>, response: &Response, judgement: &mut Judgement) -> bool {
    let media = case.exchange.request.headers.text("content-type").unwrap_or_default();
    // Another charset than the one that every call is in may be refused.
    let plain = media.to_ascii_lowercase().replace(['"', '-', ' '], "");
    let refused = response.status == 415 && plain.ends_with("charset=utf8");
    if refused {
        let breach = Breach::Status { expected: vec!["200".to_owned()], actual: response.status };
        let cause = format!("the call's content type is {media}; read the body as UTF-8 whatever the header says");
        judgement.find(Finding::new(rule::REQUEST_CHARSET, Place::Status, breach).because(cause));
    }
    refused
}

/// A call of an activity that is not served at the address that serves others, whatever it says.
pub(super) fn address(case: &Case<'_>, response: &Response, memory: &Memory, judgement: &mut Judgement) -> bool {
    let other = memory.accepted.keys().find(|operation| *operation != case.operation());
    let served = memory.accepted.contains_key(case.operation());
    let (404 | 405, false, Some(other)) = (response.status, served, other) else { return false };
    let breach = Breach::Status { expected: vec!["200".to_owned()], actual: response.status };
    let cause = format!("{other} is answered at this address: tell activities apart by the member activity");
    judgement.find(Finding::new(rule::ADDRESS, Place::Status, breach).because(cause));
    true
}

/// A sound call answered with another status than 200.
pub(super) fn status(case: &Case<'_>, sent: &Sent, response: &Response, memory: &Memory, judgement: &mut Judgement) {
    let breach = Breach::Status { expected: vec!["200".to_owned()], actual: response.status };
    if sent.test() && made_up(case, sent, memory) {
        let cause = format!("the call names what was made up, as calls of the debugging console do{}", page(response));
        judgement.find(Finding::new(rule::DEBUG_MADE_UP, Place::Status, breach).because(cause));
        return;
    }
    if case.operation() == "queryInstance" && sent.instance().split(',').count() > query::MOST_IDS {
        let cause =
            format!("more than a hundred ids are beyond what is documented: refuse them with 000002{}", page(response));
        judgement.find(Finding::new(rule::QUERY_HUNDRED_ONE, Place::Status, breach).because(cause));
        return;
    }
    if let Some(special) = feature::suspect(case, sent, memory, Refusal::Other) {
        let cause = format!("the call has {}, which no accepted call of this case had{}", special.name, page(response));
        judgement.find(Finding::new(special.rule, Place::Status, breach).because(cause));
        return;
    }
    let (requirement, cause) = match response.status {
        401 | 403 => {
            let breach = Breach::Refused { what: "a call with a right signature".to_owned(), actual: response.status };
            let finding = Finding::new(valid(case), Place::Status, breach).because(why(case, ""));
            judgement.find(finding);
            return;
        }
        300..=399 => {
            let to = response.headers.text("location").unwrap_or_default();
            (
                rule::ANSWER_STATUS,
                format!("the store follows no redirects (this one leads to {to:?}); register its target"),
            )
        }
        404 => {
            (rule::ANSWER_STATUS, "nothing is served at this address: is it the whole production address?".to_owned())
        }
        405 => {
            let method = &case.exchange.request.method;
            (rule::ANSWER_STATUS, format!("the address does not take {method}: V2.0 is POST throughout, V1.0 is GET"))
        }
        500.. => {
            // A parameter map that cannot be changed is where code for version 1.0 most often throws.
            let map = case.interface() == Interface::SaasV1 && memory.accepted.is_empty();
            let map = if map {
                "; it may be authToken that is taken out of the request's own, read-only parameters"
            } else {
                ""
            };
            let cause = format!(
                "the vendor throws instead of answering, on a call that is right in every way{map}{}",
                page(response)
            );
            (rule::ANSWER_STATUS, cause)
        }
        _ => (rule::ANSWER_STATUS, format!("what went wrong belongs into resultCode{}", page(response))),
    };
    judgement.find(Finding::new(requirement, Place::Status, breach).because(cause));
}

/// Whether a call names an instance that was never opened, or an order that was never placed.
fn made_up(case: &Case<'_>, sent: &Sent, memory: &Memory) -> bool {
    match sent.instance() {
        "" => case.store.order(sent.order(), case.exchange.started).is_none(),
        ids => !ids.split(',').any(|id| memory.instances.contains_key(id)),
    }
}

/// What kind of page an error shows.
fn page(response: &Response) -> &'static str {
    let html = response.body.trim_ascii_start().starts_with(b"<");
    if html { "; the body is HTML, the error page of the framework or of a proxy" } else { "" }
}

/// A sound call answered with 000001, or with 000002 for its time.
pub(super) fn credential(
    case: &Case<'_>,
    sent: &Sent,
    answer: &Answer,
    memory: &Memory,
    judgement: &mut Judgement,
) -> bool {
    let about_time = || {
        let text = answer.message().to_ascii_lowercase();
        ["timestamp", "time stamp", "expired", "stale", "超时", "过期", "时间戳"].iter().any(|word| text.contains(word))
    };
    let of_seconds = || memory.let_through.values().any(|names| names.contains("timestamp-in-seconds"));
    let v2 = case.interface() == Interface::SaasV2;
    let refused = matches!(answer.code.as_str(), result::AUTHENTICATION | result::PARAMETER);
    let suspicious = of_seconds() || (answer.code == result::PARAMETER && about_time());
    if v2 && refused && memory.accepted.is_empty() && suspicious {
        let what = "a call with a timestamp of now, in milliseconds,";
        let cause = if of_seconds() {
            "a timestamp in seconds is accepted: compare milliseconds"
        } else {
            "the answer speaks of time: the timestamp has thirteen digits, milliseconds, whatever some pages say; else \
             compare the server's clock with a time server"
        };
        judgement.find(answer.instead(what, &[result::SUCCESS], rule::V2_AUTH_UNIT).because(cause));
        return true;
    }
    if !v2 && memory.accepted.is_empty() && answer.code == result::PARAMETER && about_time() {
        let what = "a call with a right authToken and a timeStamp of now, in UTC,";
        let cause = "the answer speaks of time: compare timeStamp in UTC, not in the local time of China, which is eight \
                     hours ahead; else set the server's clock by a time server";
        judgement.find(answer.instead(what, &[result::SUCCESS], rule::V1_AUTH_VALID).because(cause));
        return true;
    }
    if answer.code != result::AUTHENTICATION {
        return false;
    }
    if let Some(special) = feature::suspect(case, sent, memory, Refusal::Signature) {
        let what = format!("a call with a right signature and {}", special.name);
        let cause = "no accepted call of this case had that: the text that is signed is made otherwise by the vendor";
        judgement.find(answer.instead(what, &[result::SUCCESS], special.rule).because(cause));
        return true;
    }
    if v2 && case.exchange.peer.resent {
        let what = "a call that was sent again, unchanged, because the connection was closed without an answer,";
        let cause = "the first one was read and its nonce counted: answer each call before you close, and announce the \
                     end of a connection with `Connection: close`";
        judgement.find(answer.instead(what, &[result::SUCCESS], valid(case)).because(cause));
        return true;
    }
    let finding = answer.instead("a call with a fresh, right signature", &[result::SUCCESS], valid(case));
    judgement.find(finding.because(why(case, answer.message())));
    true
}

/// The rule that right signatures are accepted.
pub(super) fn valid(case: &Case<'_>) -> RequirementId {
    match (case.operation(), case.interface()) {
        ("orderNotify", _) => rule::NOTIFY_VALID,
        (_, Interface::SaasV1) => rule::V1_AUTH_VALID,
        (_, Interface::SaasV2) => rule::V2_AUTH_VALID,
    }
}

/// What most often makes a vendor refuse right signatures.
fn why(case: &Case<'_>, message: &str) -> String {
    let text = message.to_ascii_lowercase();
    let keys = "`storeproof keys koogallery --reveal` shows the key in use";
    if case.interface() == Interface::SaasV1 {
        return format!(
            "the HMAC's key is the Key with timeStamp behind it, its text all parameters but authToken, sorted by name from A \
             to Z, each value decoded once; timeStamp is UTC, so that a window held in local time refuses it; {keys}"
        );
    }
    if text.contains("nonce") {
        return format!(
            "the answer speaks of the nonce: it is new on every call, and of any length and alphabet; {keys}"
        );
    }
    format!(
        "the usual mistakes are a body written again with blanks or as \\uXXXX, members sorted from Z to A, the body's digest \
         as plain SHA-256 or in upper-case hex (it is an HMAC in lower case), plain SHA-256 for the signature, timestamp or \
         nonce left out of its text, hex digits compared with their case, and the key of another interface; {keys}"
    )
}

/// The status that every call is answered with, for calls that are wrong on purpose.
pub(super) fn thrown(requirement: &RequirementId, what: &str, response: &Response, judgement: &mut Judgement) {
    let finding = match message::server_error(requirement, response) {
        Some(finding) => {
            let cause = format!("the vendor throws instead of answering: {what} is not handled{}", page(response));
            finding.because(cause)
        }
        None => {
            let breach = Breach::Status { expected: vec!["200".to_owned()], actual: response.status };
            let cause =
                format!("{what} is refused in resultCode, with HTTP 200; the store repeats what has another status");
            Finding::new(requirement.clone(), Place::Status, breach).because(cause)
        }
    };
    judgement.find(finding);
}
