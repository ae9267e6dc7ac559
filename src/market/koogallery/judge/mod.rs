//! Judges an answer as KooGallery would read it.
//!
//! [`exchange`] goes from the outside in: was there a whole answer in time, is it signed, was a wrong signature or a call
//! that lacks something refused in good order, is the body JSON of its shape with a code that the store knows; then the
//! rules of the one activity (`create`, `query`, `term`, `status`, `release`, `notify`). What a call was is read back from
//! the bytes that were sent ([`sent`]); what it has changed is remembered ([`effect`]) and judges the answers after it.
//!
//! Nothing stops at the first finding, save where what follows would only repeat it. What went wrong stands in
//! `resultCode`, never in the status, so that a refusal and an error of the server are told apart throughout.
//!
//! [`callback`] and [`push`] judge what the vendor calls, [`kit`] the calls of the joint-operation kit.

mod access;
mod body_sign;
pub(crate) mod callback;
mod create;
mod credentials;
mod effect;
mod feature;
mod flawed;
pub(crate) mod identity;
mod instance;
pub(crate) mod kit;
mod mistake;
mod moved;
mod notify;
mod push;
mod query;
mod refusal;
mod refused;
mod release;
mod result;
mod sent;
mod shape;
mod status;
mod term;
#[cfg(test)]
mod tests;
mod transport;
mod usage;

use super::memory::{Memory, Standing};
use super::rule;
use super::settings::Interface;
use super::store::Store;
use crate::market::{Delivery, Draft};
use crate::sign::koogallery::auth_token;
use crate::verdict::Judgement;
use crate::wire::{Exchange, Response};

use result::Answer;
use sent::{Flaw, Sent};

/// What the judge is told besides the exchange.
pub(crate) struct Case<'a> {
    pub(crate) draft: &'a Draft,
    pub(crate) delivery: &'a Delivery,
    pub(crate) exchange: &'a Exchange,
    pub(crate) store: &'a Store,
}

impl Case<'_> {
    /// The interface of the call, by the way in which it is signed.
    pub(crate) fn interface(&self) -> Interface {
        let v1 = self.draft.operation.signatures.iter().any(|recipe| recipe == auth_token::RECIPE);
        if v1 { Interface::SaasV1 } else { Interface::SaasV2 }
    }

    fn operation(&self) -> &str {
        &self.draft.operation.id
    }
}

/// Judges one delivery.
pub(crate) fn exchange(case: &Case<'_>, memory: &mut Memory) -> Judgement {
    if matches!(case.operation(), identity::ARRIVE | identity::ARRIVE_BY_TICKET) {
        return identity::arrived(case, memory);
    }
    if let Some(edition) = super::kit::Edition::of(&case.draft.operation)
        && let Some(call) = super::kit::Call::of(case.operation())
    {
        return kit::exchange(case, edition, call, memory);
    }
    let mut judgement = Judgement::default();
    let sent = Sent::of(case);
    // An id of the vendor's own that is too long is told where it was given, and sent back as it is.
    let own = sent.instance().split(',').all(|id| memory.instances.contains_key(id.trim()));
    let flaw = Flaw::of(case, &sent).filter(|flaw| !own || *flaw != Flaw::Long("instanceId".to_owned()));
    let response = match &case.exchange.answer {
        Ok(response) => response,
        Err(loss) => {
            judgement.findings.extend(transport::lost(case, &sent, loss));
            if case.delivery.tamper.is_none() && flaw.is_none() {
                effect::lost(case, &sent, memory);
            }
            return judgement;
        }
    };
    transport::connection(case, &mut judgement);
    judgement.findings.extend(transport::time(case, &sent));
    judgement.findings.extend(transport::leaks(case, response));
    if case.draft.behind.is_some() {
        refusal::path(case, response, &mut judgement);
        return judgement;
    }
    if response.status == 200 {
        body_sign::judge(case, &sent, response, memory, &mut judgement);
    }
    let other_method = case.draft.request.method != case.draft.operation.method;
    let at_the_door = refused::charset(case, response, &mut judgement)
        || (!other_method && refused::address(case, response, memory, &mut judgement));
    if at_the_door {
        return judgement;
    }
    if let Some(mistake) = &case.delivery.tamper {
        refusal::credential(case, &sent, mistake, response, memory, &mut judgement);
    } else if other_method {
        refusal::method(case, response, &mut judgement);
    } else if let Some(flaw) = flaw {
        flawed::answer(case, &sent, &flaw, response, memory, &mut judgement);
    } else if !refusal::clock(case, &sent, response, memory, &mut judgement) {
        sound(case, &sent, response, memory, &mut judgement);
    }
    judgement
}

/// A call that is right in every way.
fn sound(case: &Case<'_>, sent: &Sent, response: &Response, memory: &mut Memory, judgement: &mut Judgement) {
    if response.status != 200 {
        refused::status(case, sent, response, memory, judgement);
        return;
    }
    let Some(answer) = result::read(case, response, &rule::ANSWER_JSON, judgement) else { return };
    misplaced(case, sent, &answer, memory, judgement);
    if refused::credential(case, sent, &answer, memory, judgement) {
        memory.barred |= memory.accepted.is_empty();
        return;
    }
    let before = moved::before(case, sent, memory);
    match case.operation() {
        "newInstance" => create::answer(case, sent, &answer, response, memory, judgement),
        "queryInstance" => query::answer(case, sent, &answer, response, memory, judgement),
        "refreshInstance" => term::refresh(case, sent, &answer, memory, judgement),
        "upgradeInstance" | "upgrade" => term::upgrade(case, sent, &answer, memory, judgement),
        "changeInstanceCheck" => term::check(case, sent, &answer, memory, judgement),
        "updateInstanceStatus" | "instanceStatus" | "expireInstance" => {
            status::answer(case, sent, &answer, memory, judgement);
        }
        "releaseInstance" => release::answer(case, sent, &answer, memory, judgement),
        "orderNotify" => notify::answer(case, sent, &answer, memory, judgement),
        // An operation of a user's own document that names this marketplace: nothing is known of it here.
        _ => {}
    }
    effect::came_late(case, sent, memory);
    if answer.done() {
        feature::accepted(case, sent, memory);
        memory.taken.extend(refusal::nonce(case));
        memory.carried_out.insert(sent.lasting());
        if sent.test() {
            memory.passed.insert(sent.lasting());
        }
        effect::carried_out(case, sent, &answer, memory);
        moved::note(case, sent, &before, memory, judgement);
    }
}

/// A code that is documented for another activity.
fn misplaced(case: &Case<'_>, sent: &Sent, answer: &Answer, memory: &Memory, judgement: &mut Judgement) {
    let creation = case.operation() == "newInstance";
    let of_creation = answer.code == result::PENDING || answer.code.starts_with("0001");
    let opening = memory.instances.get(sent.instance()).is_some_and(|known| known.standing == Standing::Opening);
    let fits = match answer.code.as_str() {
        result::UNKNOWN => !creation && case.operation() != "orderNotify",
        // Whether a query may say so is not documented, and it is the plainest answer while an instance is being opened.
        result::PENDING if case.operation() == "queryInstance" && opening => {
            judgement.read(rule::QUERY_PENDING, result::place(), "000004 while the instance is being opened");
            true
        }
        code if code.starts_with("0009") => false,
        _ => creation || !of_creation,
    };
    if !fits {
        let what = effect::name(case.operation());
        judgement.find(answer.instead(what, &[result::SUCCESS, "000005"], rule::ANSWER_CODE_PLACE));
    }
}
