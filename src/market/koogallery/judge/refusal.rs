//! Calls whose signature is wrong, or at a limit: each must be refused, or accepted, as its mistake says.

use super::super::memory::{Likely, Memory, Suspect};
use super::super::rule;
use super::super::settings::Interface;
use super::mistake::{Mistake, explains, requirement_of};
use super::sent::{Flaw, Sent};
use super::{Case, effect, refused, result};
use crate::sign::koogallery::{auth_token, v2};
use crate::sign::mistake::Treatment;
use crate::verdict::{Breach, Finding, Judgement, Place};
use crate::wire::Response;

/// A call with a wrong signature.
pub(super) fn credential(
    case: &Case<'_>,
    sent: &Sent,
    name: &str,
    response: &Response,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    // The engine signs before it judges, so a name that nobody knows has already ended the case.
    let Some(mistake) = Mistake::of(case, name) else { return };
    let must_accept = matches!(mistake.treatment(), Treatment::MustAccept | Treatment::AdviseAccept);
    // A call that lacks something is refused for that, as when an earlier answer did not tell what it needs.
    if must_accept && Flaw::of(case, sent).is_some() {
        judgement.skip(requirement_of(case, mistake), "the call lacks something else besides");
        return;
    }
    if !must_accept && still_right(case) {
        let why = format!("{}: for this call that is no difference, its signature is right", mistake.what());
        judgement.skip(requirement_of(case, mistake), why);
        return;
    }
    if mistake == Mistake::V2(v2::Mistake::ReplayedNonce) && !nonce(case).is_some_and(|it| memory.taken.contains(&it)) {
        let why = "no call of this case with that nonce was accepted before";
        judgement.skip(requirement_of(case, mistake), why);
        return;
    }
    judge(case, sent, mistake, response, memory, judgement);
}

/// The nonce of a call of version 2.0.
pub(super) fn nonce(case: &Case<'_>) -> Option<String> {
    v2::Received::from_request(v2::Scheme::Query, &case.exchange.request).nonce.map(std::borrow::Cow::into_owned)
}

/// A call that is rightly signed for another time than now. `false` where the shift means nothing.
pub(super) fn clock(
    case: &Case<'_>,
    sent: &Sent,
    response: &Response,
    memory: &mut Memory,
    judgement: &mut Judgement,
) -> bool {
    let shift = case.delivery.now.duration_since(case.exchange.started).as_secs();
    if case.interface() == Interface::SaasV1 {
        if shift > -3600 {
            return false;
        }
        judge(case, sent, Mistake::V1(auth_token::Mistake::OldTimeStamp), response, memory, judgement);
        return true;
    }
    let window = i64::try_from(case.store.settings.timestamp_window.as_secs()).unwrap_or(i64::MAX);
    let mistake = match -shift {
        age if age >= window + 10 => v2::Mistake::Stale70s,
        age if age > window => v2::Mistake::Stale61s,
        age if age < -window => v2::Mistake::Future,
        age if age < -1 && response.status == 200 => {
            ahead(case, sent, -age, response, memory, judgement);
            return true;
        }
        _ => return false,
    };
    judge(case, sent, Mistake::V2(mistake), response, memory, judgement);
    true
}

/// A call some seconds ahead of the vendor's clock is better accepted.
fn ahead(
    case: &Case<'_>,
    sent: &Sent,
    seconds: i64,
    response: &Response,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let Some(answer) = result::read(case, response, &rule::ANSWER_JSON, judgement) else { return };
    if answer.done() {
        effect::carried_out(case, sent, &answer, memory);
    } else if matches!(answer.code.as_str(), result::AUTHENTICATION | result::PARAMETER) {
        let what = format!("a call whose timestamp lies {seconds} s ahead");
        let cause = "clocks differ by some seconds; a vendor whose clock is behind refuses every call of the store";
        judgement.find(answer.instead(what, &[result::SUCCESS], rule::V2_AUTH_SKEW).because(cause));
    }
}

fn judge(
    case: &Case<'_>,
    sent: &Sent,
    mistake: Mistake,
    response: &Response,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let mut requirement = requirement_of(case, mistake);
    let v1 = case.interface() == Interface::SaasV1;
    let status = if v1 { rule::V1_AUTH_STATUS } else { rule::V2_AUTH_STATUS };
    if response.status != 200 {
        let numeric = mistake == Mistake::V2(v2::Mistake::NonNumericTimestamp) && response.status >= 500;
        let broken = if numeric { rule::V2_AUTH_NUMERIC } else { status };
        refused::thrown(&broken, mistake.what(), response, judgement);
        return;
    }
    let Some(answer) = result::read(case, response, &status, judgement) else { return };
    if memory.barred && mistake.tells_why() {
        otherwise(case, mistake, &answer, judgement);
        return;
    }
    let operation = case.operation().to_owned();
    let refuse =
        matches!(mistake.treatment(), Treatment::MustRefuse | Treatment::ShouldRefuse | Treatment::AdviseRefuse);
    if answer.done() {
        effect::carried_out(case, sent, &answer, memory);
        if refuse {
            effect::perhaps(case, sent, memory);
        }
        // One hole, one finding: what gets through because something simpler did says nothing new.
        let explained = |test: bool| {
            let through = memory.let_through.get(&(operation.clone(), test))?;
            // A notification has one rule for all.
            let same = |earlier: &str| {
                let earlier = Mistake::of(case, earlier).map(|earlier| requirement_of(case, earlier));
                earlier == Some(rule::NOTIFY_AUTH)
            };
            through.iter().find(|earlier| same(earlier) || explains(earlier, mistake.name())).copied()
        };
        let earlier = explained(sent.test()).or_else(|| explained(false));
        if refuse && let Some(earlier) = earlier {
            let earlier = Mistake::of(case, earlier).map_or(earlier, Mistake::what);
            let why = format!("{earlier} is accepted, so it shows nothing more that this is accepted too");
            judgement.skip(requirement, why);
            return;
        }
        if refuse && sent.test() && !v1 && memory.refused.iter().any(|(known, _)| *known == operation) {
            requirement = rule::V2_AUTH_TEST;
        }
        memory.let_through.entry((operation, sent.test())).or_default().insert(mistake.name());
    } else if refuse {
        if !sent.test() {
            memory.refused.insert((operation, mistake.name()));
        }
        let no_effect = if v1 { rule::V1_AUTH_NO_EFFECT } else { rule::V2_AUTH_NO_EFFECT };
        if effect::changes(case.operation()) {
            let what = format!("{}, {}, which was refused", effect::name(case.operation()), mistake.what());
            memory.suspect(sent.instance(), Suspect::new(no_effect, what, Likely::Least));
        }
    }
    match mistake.treatment() {
        Treatment::MustRefuse | Treatment::ShouldRefuse | Treatment::AdviseRefuse if answer.done() => {
            let expected = [result::AUTHENTICATION, result::PARAMETER];
            let mut finding = answer.instead(mistake.what(), &expected, requirement.clone());
            if requirement == rule::V2_AUTH_TEST {
                finding = finding.because("without testFlag it is refused: the signature is not checked in tests");
            } else {
                finding = finding.because(mistake.consequence());
            }
            judgement.find(finding);
        }
        Treatment::MustRefuse | Treatment::ShouldRefuse | Treatment::AdviseRefuse => {
            refused_with(case, mistake, &answer, judgement);
        }
        Treatment::Classify => {
            let met = if answer.done() { "accepted" } else { "refused" };
            judgement.read(requirement, result::place(), format!("{} is {met}", mistake.what()));
        }
        Treatment::MustAccept | Treatment::AdviseAccept if answer.done() => {}
        // Whatever else it is refused for is not about the signature.
        Treatment::MustAccept | Treatment::AdviseAccept => {
            if matches!(answer.code.as_str(), result::AUTHENTICATION | result::PARAMETER) {
                let finding = answer.instead(mistake.what(), &[result::SUCCESS], requirement);
                judgement.find(finding.because(mistake.consequence()));
            }
        }
    }
}

/// A call that the store never makes, made because the right one was refused.
fn otherwise(case: &Case<'_>, mistake: Mistake, answer: &result::Answer, judgement: &mut Judgement) {
    let requirement = match mistake {
        Mistake::V2(v2::Mistake::TimestampInSeconds) => rule::V2_AUTH_UNIT,
        _ => refused::valid(case),
    };
    if answer.done() {
        let breach = Breach::Otherwise { how: mistake.what().to_owned(), actual: 200 };
        judgement.find(Finding::new(requirement, result::place(), breach).because(mistake.consequence()));
    } else {
        judgement.read(requirement, result::place(), format!("{} is refused as well", mistake.what()));
    }
}

/// 000001 and 000002 refuse a call for its signature; which of them is advice, after the store's own sample.
fn refused_with(case: &Case<'_>, mistake: Mistake, answer: &result::Answer, judgement: &mut Judgement) {
    let v1 = case.interface() == Interface::SaasV1;
    if !matches!(answer.code.as_str(), result::AUTHENTICATION | result::PARAMETER) {
        let requirement = if v1 { rule::V1_AUTH_CODE } else { rule::V2_AUTH_CODE };
        let finding = answer.instead(mistake.what(), &[result::AUTHENTICATION, result::PARAMETER], requirement);
        let finding = match answer.code.as_str() {
            result::UNKNOWN => finding.because("000003 is for unknown instances; it looks like 403 was translated"),
            _ => finding,
        };
        judgement.find(finding);
        return;
    }
    let Mistake::V2(mistake) = mistake else { return };
    use v2::Mistake as M;
    let fits = match mistake {
        M::MissingTimestamp | M::MissingNonce | M::NonNumericTimestamp => result::PARAMETER,
        M::Stale61s | M::Stale70s | M::Stale1h => result::PARAMETER,
        // Nothing says which code refuses these.
        M::Future | M::ReplayedNonce | M::UnsortedSigned => return,
        _ => result::AUTHENTICATION,
    };
    if answer.code != fits {
        judgement.find(answer.instead(mistake.what(), &[fits], rule::V2_AUTH_CODE_FIT));
    }
}

/// Whether a call is right in spite of its mistake, as one without special characters is when values are signed encoded.
fn still_right(case: &Case<'_>) -> bool {
    let settings = &case.store.settings;
    let request = &case.exchange.request;
    match case.interface() {
        Interface::SaasV1 => {
            let old = case.delivery.tamper.as_deref() == Some(auth_token::Mistake::OldTimeStamp.name());
            !old && auth_token::verify(request.query().unwrap_or_default(), &settings.access_key).is_ok()
        }
        Interface::SaasV2 => {
            let replayed = case.delivery.tamper.as_deref() == Some(v2::Mistake::ReplayedNonce.name());
            let received = v2::Received::from_request(v2::Scheme::Query, request);
            let window = v2::Window { age: settings.timestamp_window, ..v2::Window::default() };
            let now = case.delivery.now;
            !replayed && v2::verify(&received, &settings.access_key, &settings.signature, now, &window).is_ok()
        }
    }
}

/// A method that the interface does not have.
pub(super) fn method(case: &Case<'_>, response: &Response, judgement: &mut Judgement) {
    let method = &case.draft.request.method;
    let what = format!("the method {method}");
    if case.interface() == Interface::SaasV1 {
        // Its pages do not rule other methods out.
        if response.status >= 500 && response.status != 501 {
            refused::thrown(&rule::REQUEST_ODD, &what, response, judgement);
        }
        return;
    }
    match response.status {
        200 => {
            let done = response.json().ok().and_then(|value| {
                let code = value.get("resultCode")?.as_str()?.to_owned();
                Some(result::Answer { value, code })
            });
            if let Some(answer) = done.filter(result::Answer::done) {
                judgement.find(answer.instead(what, &[result::PARAMETER], rule::METHOD));
            }
        }
        // What a server says of a method that it does not know (RFC 9110, 15.6.2).
        501 => judgement.read(rule::METHOD, Place::Status, format!("501 for {what}")),
        500.. => refused::thrown(&rule::METHOD, &what, response, judgement),
        status => judgement.read(rule::METHOD, Place::Status, format!("{status} for {what}")),
    }
}

/// A path behind the registered address. The store calls none, so that any answer is right that is no error.
pub(super) fn path(case: &Case<'_>, response: &Response, judgement: &mut Judgement) {
    let what = format!("the path {} behind the address", case.draft.behind.as_deref().unwrap_or_default());
    if response.status >= 500 {
        refused::thrown(&rule::REQUEST_ODD, &what, response, judgement);
    }
}
