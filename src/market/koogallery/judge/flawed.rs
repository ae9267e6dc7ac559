//! Calls that lack something, or hold what they cannot hold: refused in good order, and never carried out.

use super::super::memory::{Likely, Memory, Suspect};
use super::super::rule;
use super::super::settings::Interface;
use super::sent::{Flaw, Sent};
use super::{Case, create, effect, refused, result};
use crate::verdict::{Judgement, RequirementId};
use crate::wire::Response;

/// Judges the answer to a call with a flaw.
pub(super) fn answer(
    case: &Case<'_>,
    sent: &Sent,
    flaw: &Flaw,
    response: &Response,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let requirement = requirement_of(case, flaw);
    let what = what(case, sent, flaw);
    if matches!(flaw, Flaw::Odd(_)) && (400..500).contains(&response.status) {
        return;
    }
    if response.status != 200 {
        refused::thrown(&requirement, &what, response, judgement);
        return;
    }
    let Some(answer) = result::read(case, response, &requirement, judgement) else { return };
    if !answer.done() {
        // Only of these the documents say that nothing is changed.
        let binding = matches!(flaw, Flaw::Missing(_) | Flaw::Null(_)) || requirement == rule::STATUS_VALUE;
        if binding && effect::changes(case.operation()) {
            let what = format!("{} with {what}, which was refused", effect::name(case.operation()));
            memory.suspect(sent.instance(), Suspect::new(requirement, what, Likely::Least));
        }
        return;
    }
    let met = match flaw {
        Flaw::Type(member) if member != "activity" => Some("carried out, the value read as text"),
        Flaw::Long(member) if member != "instanceId" => Some("carried out"),
        Flaw::Value(_) if requirement == rule::REQUEST_TYPE => Some("carried out"),
        _ => None,
    };
    // What a creation with a flaw has opened need not be what a sound one opens; an id that was cut off shows in the next.
    if !matches!(flaw, Flaw::Broken | Flaw::Activity) {
        let creation = case.operation() == "newInstance";
        if creation {
            create::cut_off(case, sent, &answer, memory, judgement);
        }
        if !creation || matches!(flaw, Flaw::Long(_)) {
            effect::carried_out(case, sent, &answer, memory);
        }
    }
    if matches!(flaw, Flaw::Odd(_)) {
        return;
    }
    if let Some(met) = met {
        judgement.read(requirement, result::place(), format!("{what} is {met}"));
        return;
    }
    let finding = answer.instead(what, &[result::PARAMETER], requirement);
    judgement.find(match flaw {
        Flaw::Activity => finding.because("the last case of a switch, or a stub, answers for everything"),
        Flaw::Null(_) => finding.because("a check for a missing member lets null pass: check for text that is there"),
        Flaw::Empty(_) => finding.because("an empty text passes a check for null: check for blank text"),
        Flaw::Long(_) => finding.because("no instance has an id of this length; most likely it was cut off"),
        Flaw::Value(member) if member == "expireTime" => {
            finding.because("lenient parsers roll an impossible day over into the next month: parse strictly")
        }
        Flaw::Value(member) if member == "status" || member == "instanceStatus" => {
            finding.because(match (case.interface(), sent.text(member)) {
                (Interface::SaasV2, Some("NORMAL")) => "NORMAL is the word of V1; in V2 it is UNFREEZE",
                (Interface::SaasV1, Some("UNFREEZE")) => "UNFREEZE is the word of V2; in V1 it is NORMAL",
                _ => "everything but the one word is taken for the other: compare with both",
            })
        }
        _ => finding,
    });
}

/// What the call was, as the start of a sentence.
fn what(case: &Case<'_>, sent: &Sent, flaw: &Flaw) -> String {
    match flaw {
        Flaw::Broken if case.exchange.request.body.is_empty() => "a call with an empty body".to_owned(),
        Flaw::Broken => "a call whose body is no JSON object".to_owned(),
        Flaw::Activity => "a call with an activity that does not exist, or none,".to_owned(),
        Flaw::Missing(member) => format!("a call without {member}"),
        Flaw::Null(member) => format!("a call whose {member} is null"),
        Flaw::Empty(member) => format!("a call with an empty {member}"),
        Flaw::Type(member) => format!("a call whose {member} is of another type"),
        Flaw::Value(member) if member == "expireTime" => "a call whose expireTime is no time".to_owned(),
        Flaw::Value(member) => match sent.text(member) {
            Some(value) if plain(value) && requirement_of(case, flaw) != rule::REQUEST_TYPE => {
                format!("a call with the undocumented {member} {value}")
            }
            _ => format!("a call whose {member} is none of the documented values"),
        },
        Flaw::Long(member) => format!("a call whose {member} is longer than documented"),
        Flaw::Odd(odd) => format!("a call with {odd}"),
    }
}

/// Whether a value can stand in a sentence: a word as the documented ones are.
fn plain(value: &str) -> bool {
    (1..=40).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn requirement_of(case: &Case<'_>, flaw: &Flaw) -> RequirementId {
    match flaw {
        Flaw::Broken => rule::REQUEST_BROKEN,
        Flaw::Activity => rule::REQUEST_ACTIVITY,
        Flaw::Missing(_) if case.interface() == Interface::SaasV1 => rule::V1_REQUEST_MISSING,
        Flaw::Missing(_) | Flaw::Null(_) => rule::REQUEST_MISSING,
        Flaw::Odd(_) => rule::REQUEST_ODD,
        Flaw::Empty(_) => rule::REQUEST_EMPTY,
        Flaw::Long(_) => rule::REQUEST_LONG,
        Flaw::Value(member) => match member.as_str() {
            "scene" => rule::REFRESH_SCENE_UNKNOWN,
            "status" | "instanceStatus" => rule::STATUS_VALUE,
            "expireTime" if case.operation() == "refreshInstance" => rule::REFRESH_EXPIRE_TIME_WRONG,
            // Other values that do not fit are no more than values of another kind.
            _ => rule::REQUEST_TYPE,
        },
        Flaw::Type(_) => rule::REQUEST_TYPE,
    }
}
