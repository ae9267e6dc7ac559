//! Calls of the kit that lack something, or hold what they cannot hold.

use serde_json::Value;

use super::super::super::memory::Memory;
use super::super::super::rule;
use super::super::{refused, result};
use super::Heard;
use crate::market::koogallery::kit::Edition;
use crate::verdict::{Judgement, RequirementId};
use crate::wire::Response;

/// What is wrong with a call, and with which member; of several the one that a vendor meets first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flaw {
    /// No JSON object.
    Broken,
    /// A mandatory member is missing.
    Missing(String),
    /// A mandatory member is empty.
    Empty(String),
    /// A member of another type.
    Type(String),
    /// A value that is not documented.
    Value(String),
    /// A member that is too long.
    Long(String),
}

/// What is wrong, by the description of the call; `None` for a sound one. Unknown members are sound, and so is
/// `orgInfoList` as a text, which every printed example has.
pub(super) fn of(heard: &Heard<'_, '_>) -> Option<Flaw> {
    if !heard.sent.is_readable() {
        return Some(Flaw::Broken);
    }
    let body = heard.case.draft.operation.body.as_ref();
    let schema = body.and_then(|body| body.content.first()).and_then(|media| media.schema.as_ref())?;
    let violations = schema.validate(&Value::Object(heard.sent.members().clone()));
    let flaws = violations.into_iter().filter_map(|violation| {
        let member = violation.pointer.trim_start_matches('/').to_owned();
        let named = violation.expected.strip_prefix("property ").unwrap_or_default();
        Some(match violation.keyword.as_str() {
            "type" if member == "orgInfoList" && heard.sent.text("orgInfoList").is_some() => return None,
            "required" if member.is_empty() => Flaw::Missing(named.to_owned()),
            "required" => Flaw::Missing(format!("{member}/{named}")),
            "minLength" | "minItems" => Flaw::Empty(member),
            "maxLength" => Flaw::Long(member),
            "type" => Flaw::Type(member),
            _ => Flaw::Value(member),
        })
    });
    flaws.min().or_else(|| broken_list(heard))
}

/// A list of version 1 whose text is no JSON; version 2 has printed examples of such a text.
fn broken_list(heard: &Heard<'_, '_>) -> Option<Flaw> {
    let is_list = |text: &str| serde_json::from_str::<Vec<Value>>(text).is_ok();
    let names = ["userList", "orgInfo"].into_iter().filter(|_| heard.edition == Edition::V1);
    let broken = |name: &&str| heard.sent.text(name).is_some_and(|text| !is_list(text));
    names.into_iter().find(broken).map(|name| Flaw::Type(name.to_owned()))
}

impl Flaw {
    /// The call as the start of a sentence.
    fn what(&self) -> String {
        match self {
            Self::Broken => "a call whose body is no JSON object".to_owned(),
            Self::Missing(member) => format!("a call without {member}"),
            Self::Empty(member) => format!("a call with an empty {member}"),
            Self::Type(member) => format!("a call whose {member} is of another type"),
            Self::Value(member) => format!("a call whose {member} has a value that is not documented"),
            Self::Long(member) => format!("a call whose {member} is longer than documented"),
        }
    }

    fn requirement(&self) -> RequirementId {
        match self {
            Self::Broken => rule::KIT_BROKEN,
            Self::Missing(_) => rule::KIT_MISSING,
            Self::Empty(_) => rule::KIT_EMPTY,
            Self::Type(_) | Self::Value(_) | Self::Long(_) => rule::KIT_VALUE,
        }
    }

    /// Whether a vendor may carry such a call out: nothing says that it must look at the type, the length or the form of a
    /// time. What a flag or a role means it has to know.
    fn is_open(&self) -> bool {
        match self {
            Self::Type(_) | Self::Long(_) => true,
            Self::Value(member) => member.ends_with("timeStamp") || member.ends_with("currentSyncTime"),
            Self::Broken | Self::Missing(_) | Self::Empty(_) => false,
        }
    }
}

/// Judges the answer to a call with a flaw.
pub(super) fn answer(
    heard: &Heard<'_, '_>,
    flaw: &Flaw,
    response: &Response,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let (requirement, what) = (flaw.requirement(), flaw.what());
    if response.status != 200 {
        refused::thrown(&requirement, &what, response, judgement);
        return;
    }
    let Some(answer) = result::read(heard.case, response, &requirement, judgement) else { return };
    if answer.code != result::SUCCESS {
        return;
    }
    memory.kit.done.insert((heard.call, heard.identity(), heard.flag()));
    if flaw.is_open() {
        judgement.read(requirement, result::place(), format!("{what} is carried out"));
        return;
    }
    let finding = answer.instead(what, &[result::PARAMETER], requirement);
    judgement.find(match flaw {
        Flaw::Empty(_) => finding.because("an empty text passes a check for null: check for blank text"),
        Flaw::Value(member) if member == "flag" => {
            finding.because("the last case of a switch answers for every flag: compare with each that is documented")
        }
        _ => finding,
    });
}
