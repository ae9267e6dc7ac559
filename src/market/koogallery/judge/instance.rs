//! What holds for every call about one instance: served if it is there, refused if it is not.

use super::super::memory::{Access, Memory, Standing, Suspect};
use super::super::rule;
use super::super::settings::Interface;
use super::feature::Refusal;
use super::result::{self, Answer};
use super::sent::Sent;
use super::{Case, effect, feature};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};

/// Why an instance is unknown that was never told.
pub(super) const ROLLED_BACK: &str =
    "its creation was answered with success: was it rolled back, or is it committed only later?";

/// The rules of one activity.
pub(super) struct Rules {
    /// Broken by success for an instance that does not exist.
    pub(super) unknown: RequirementId,
    /// Broken by refusing one that is there.
    pub(super) refused: RequirementId,
    /// Broken by success for one that was released; `None` where nothing is said.
    pub(super) released: Option<RequirementId>,
    /// Whether the standing of the instance says why it was refused, so that nothing else needs to be looked for.
    pub(super) telling: bool,
}

/// Judges the result code of a call about one instance.
pub(super) fn answer(
    case: &Case<'_>,
    sent: &Sent,
    answer: &Answer,
    rules: &Rules,
    memory: &Memory,
    judgement: &mut Judgement,
) {
    let id = sent.instance();
    let name = effect::name(case.operation());
    let Some(instance) = memory.instances.get(id) else {
        unknown(case, sent, answer, rules, judgement);
        return;
    };
    if instance.unsure {
        return;
    }
    // A vendor may keep test instances apart from real ones; then a call of the one kind knows none of the other.
    if instance.test != sent.test() {
        return;
    }
    if !instance.live() {
        released(case, sent, answer, rules, memory, judgement);
        return;
    }
    if answer.done() {
        return;
    }
    if case.delivery.together && case.operation() == "releaseInstance" && answer.code == result::UNKNOWN {
        // Of several releases at one instant another one may have been the first.
        judgement.read(
            rule::RELEASE_REPEATED,
            result::place(),
            "000003 for what another release of the instant released",
        );
        return;
    }
    let what = format!("{name} of instance {id}, which is {},", standing(instance.standing));
    if sent.test() {
        let twice = memory.passed.contains(&sent.lasting());
        let requirement = if twice { rule::DEBUG_TWICE } else { rule::DEBUG_SUCCESS };
        let finding = answer.instead(what, &[result::SUCCESS], requirement);
        judgement.find(if twice { finding.because("the same call passed before") } else { finding });
        return;
    }
    if answer.code == result::UNKNOWN && !instance.shown {
        let finding = answer.instead(what, &[result::SUCCESS], rule::CREATE_VISIBLE);
        judgement.find(finding.because(ROLLED_BACK));
        return;
    }
    if answer.code == result::UNKNOWN
        && let Some(last) = Suspect::of_loss(&instance.suspects)
    {
        let finding = answer.instead(what, &[result::SUCCESS], last.gone.clone());
        judgement.find(finding.because(since(instance.suspects.iter().map(|suspect| suspect.what.as_str()))));
        return;
    }
    if instance.standing == Standing::Opening {
        judgement.skip(rules.refused.clone(), "the instance is still being opened");
        return;
    }
    // What the vendor does not know is not a matter of how the call was written.
    let may_be_special =
        answer.code != result::UNKNOWN && !rules.telling && !memory.carried_out.contains(&sent.lasting());
    let special = feature::suspect(case, sent, memory, Refusal::Other).filter(|_| may_be_special);
    if let Some(special) = special {
        let cause = format!("the call has {}, which no accepted one of this case had", special.name);
        judgement.find(answer.instead(what, &[result::SUCCESS], special.rule).because(cause));
        return;
    }
    let finding = answer.instead(what, &[result::SUCCESS], rules.refused.clone());
    judgement.find(match answer.message() {
        "" => finding,
        message => finding.because(format!("the vendor says {message:?}")),
    });
}

/// An instance that the vendor never named.
fn unknown(case: &Case<'_>, sent: &Sent, answer: &Answer, rules: &Rules, judgement: &mut Judgement) {
    let id = sent.instance();
    // Opened in another case of this run.
    if sent.test() || case.store.books().instances.contains_key(id) {
        return;
    }
    let what = format!("{} of an instance that does not exist", effect::name(case.operation()));
    if answer.done() {
        let finding = answer.instead(what, &[result::UNKNOWN], rules.unknown.clone());
        judgement
            .find(finding.because("a stub that always answers success, or an update of no row that is not noticed"));
    } else {
        unknown_code(case, what, answer, judgement);
    }
}

/// 000003 says best that an instance is not there.
pub(super) fn unknown_code(case: &Case<'_>, what: String, answer: &Answer, judgement: &mut Judgement) {
    let requirement = match case.interface() {
        Interface::SaasV1 => rule::V1_UNKNOWN_CODE,
        Interface::SaasV2 => rule::UNKNOWN_CODE,
    };
    if answer.code != result::UNKNOWN {
        judgement.find(answer.instead(what, &[result::UNKNOWN], requirement));
    }
}

/// An instance that was released.
fn released(case: &Case<'_>, sent: &Sent, answer: &Answer, rules: &Rules, memory: &Memory, judgement: &mut Judgement) {
    let again = case.operation() == "releaseInstance";
    let what = match again {
        true => "the repeated release of an instance".to_owned(),
        false => format!("{} of an instance that was released", effect::name(case.operation())),
    };
    if sent.test() {
        if !answer.done() {
            let twice = memory.passed.contains(&sent.lasting());
            let requirement = match answer.code.as_str() {
                _ if twice => rule::DEBUG_TWICE,
                result::UNKNOWN => rule::DEBUG_ANY_ORDER,
                _ => rule::DEBUG_SUCCESS,
            };
            let cause = "saved cases of the debugging console are replayed in any order, after the release too";
            judgement.find(answer.instead(what, &[result::SUCCESS], requirement).because(cause));
        }
        return;
    }
    match (again, answer.done()) {
        (true, true) => {}
        (true, false) if answer.code == result::UNKNOWN => {
            judgement.read(rule::RELEASE_REPEATED, result::place(), "000003 for what is released already");
        }
        (true, false) => {
            judgement.find(answer.instead(what, &[result::SUCCESS, result::UNKNOWN], rule::RELEASE_REPEATED));
        }
        (false, true) => {
            if let Some(requirement) = &rules.released {
                judgement.find(answer.instead(what, &[result::UNKNOWN], requirement.clone()));
            }
        }
        (false, false) => {}
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Opening => "being opened",
        Standing::Open => "in use",
        Standing::Frozen => "frozen",
        Standing::Released => "released",
    }
}

/// What lies between the last good answer and this one.
pub(super) fn since<'a>(suspects: impl Iterator<Item = &'a str>) -> String {
    let mut events: Vec<&str> = Vec::new();
    for event in suspects {
        if events.last() != Some(&event) {
            events.push(event);
        }
    }
    format!("since it was last told in order: {}", events.join("; "))
}

/// The vendor has told an instance: what is other than before is laid to what happened since.
pub(super) fn told(id: &str, access: Option<Access>, at: &str, memory: &mut Memory, judgement: &mut Judgement) {
    let Some(instance) = memory.instances.get_mut(id) else { return };
    let opening = instance.standing == Standing::Opening;
    if access.is_some() && opening {
        instance.standing = Standing::Open;
    }
    instance.shown = true;
    instance.told = true;
    let suspects = std::mem::take(&mut instance.suspects);
    let Some(access) = access else { return };
    let early = instance.told_early;
    instance.told_early |= instance.access.is_none() && opening;
    let changed = match Suspect::likeliest(&suspects) {
        _ if early => rule::QUERY_PENDING,
        Some(suspect) if !memory.unstable => suspect.changed.clone(),
        _ => rule::QUERY_STABLE,
    };
    let found = |finding: Finding| match (early, suspects.is_empty()) {
        (true, _) => finding.because("they were told while it was being opened, and were not ready"),
        (_, true) => finding.because("a query reads what was stored at the creation; it makes nothing new"),
        (_, false) => finding.because(since(suspects.iter().map(|suspect| suspect.what.as_str()))),
    };
    let known = judgement.findings.len();
    if let Some(before) = &instance.access {
        if let (Some(first), Some(other)) = (&before.front_end, &access.front_end)
            && first != other
        {
            let what = "frontEndUrl of one instance".to_owned();
            let breach = Breach::Differs { what, first: first.clone(), other: other.clone() };
            judgement.find(found(Finding::new(changed.clone(), Place::Body(format!("{at}/frontEndUrl")), breach)));
        }
        if let (Some(first), Some(other)) = (&before.user, &access.user)
            && first != other
        {
            let what = "userName of one instance".to_owned();
            let breach = Breach::Differs { what, first: "one name".to_owned(), other: "another".to_owned() };
            judgement.find(found(Finding::new(changed, Place::Body(format!("{at}/userName")), breach)));
        } else if let (Some(first), Some(other)) = (&before.password, &access.password)
            && first != other
        {
            let what = "password of one instance".to_owned();
            let breach = Breach::Differs { what, first: "one".to_owned(), other: "another".to_owned() };
            let place = Place::Body(format!("{at}/password"));
            judgement.find(found(Finding::new(rule::QUERY_PASSWORD, place, breach)));
        }
    }
    instance.access = Some(access);
    if judgement.findings.len() > known {
        instance.told_early = false;
        memory.unstable |= suspects.is_empty() && !early;
    }
}
