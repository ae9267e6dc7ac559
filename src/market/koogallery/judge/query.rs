//! `queryInstance`: one entry for each instance that was asked for, and for no other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::memory::{Memory, Standing, Suspect};
use super::super::rule;
use super::result::{self, Answer};
use super::sent::Sent;
use super::{Case, access, instance, usage};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Response;

/// How many ids one query may hold.
pub(super) const MOST_IDS: usize = 100;

/// The field is 100 characters long by its table, which three ids fill.
const FIELD: usize = 100;

pub(super) fn answer(
    case: &Case<'_>,
    sent: &Sent,
    answer: &Answer,
    response: &Response,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let asked: Vec<&str> = sent.instance().split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    let expected: Vec<&str> = asked.iter().copied().filter(|id| expects(id, sent, memory)).collect();
    if !answer.done() {
        refused(case, sent, answer, &asked, &expected, memory, judgement);
        return;
    }
    let pending = answer.code == result::PENDING;
    let entries = match answer.value.get("info") {
        Some(Value::Array(entries)) => entries.as_slice(),
        // Another type is told by its schema.
        Some(other) if !other.is_null() => return,
        _ => &[],
    };
    let mut told = BTreeSet::new();
    for (index, entry) in entries.iter().enumerate() {
        let at = format!("/info/{index}");
        let Some(id) = entry.get("instanceId").and_then(Value::as_str) else { continue };
        if !asked.contains(&id) {
            not_asked(id, &asked, &at, judgement);
            continue;
        }
        if !told.insert(id) {
            // An id that two creations were told is asked for twice.
            if asked.iter().filter(|asked| **asked == id).count() > 1 {
                continue;
            }
            let what = format!("a second entry for instance {id}");
            let because = "the store finds the entry by its id".to_owned();
            let place = Place::Body(format!("{at}/instanceId"));
            judgement.find(Finding::new(rule::QUERY_COMPLETE, place, Breach::Unwanted { what, because }));
            continue;
        }
        self::entry(case, sent, answer, response, entry, &at, id, memory, judgement);
    }
    let nameless = entries.iter().any(|entry| entry.get("instanceId").and_then(Value::as_str).is_none());
    if pending || nameless {
        return;
    }
    let missing: Vec<&str> = expected.into_iter().filter(|id| !told.contains(id)).collect();
    if !missing.is_empty() {
        absent(answer, &asked, &missing, !told.is_empty(), memory, judgement);
    }
}

/// Whether the vendor must tell this instance.
fn expects(id: &str, sent: &Sent, memory: &Memory) -> bool {
    memory.instances.get(id).is_some_and(|instance| instance.live() && !instance.unsure && instance.test == sent.test())
}

/// One entry for an instance that was asked for.
#[expect(clippy::too_many_arguments, reason = "what the store knows, what was asked, and what came")]
fn entry(
    case: &Case<'_>,
    sent: &Sent,
    answer: &Answer,
    response: &Response,
    entry: &Value,
    at: &str,
    id: &str,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let info = entry.get("appInfo").filter(|info| info.is_object());
    let known = memory.instances.get(id).cloned();
    let elsewhere = || case.store.books().instances.contains_key(id);
    match &known {
        None if !sent.test() && !elsewhere() => {
            let what = format!("an entry for instance {id}");
            let because = "no such instance was ever opened".to_owned();
            let finding =
                Finding::new(rule::QUERY_UNKNOWN, Place::Body(at.to_owned()), Breach::Unwanted { what, because });
            judgement.find(finding.because("a query that finds nothing makes nothing, and a stub knows nothing"));
            return;
        }
        Some(instance) if !instance.live() && !instance.unsure && !sent.test() && info.is_some() => {
            let what = format!("access data of instance {id}");
            let because = "it was released".to_owned();
            let place = Place::Body(format!("{at}/appInfo"));
            let finding = Finding::new(rule::RELEASE_GONE, place, Breach::Unwanted { what, because });
            let late: Vec<&str> = instance.suspects.iter().map(|suspect| suspect.what.as_str()).collect();
            judgement.find(match late.as_slice() {
                [] => finding,
                late => finding.because(format!(
                    "after the release came {}: what comes too late must not bring the instance back",
                    late.join(", then ")
                )),
            });
            return;
        }
        _ => {}
    }
    let declared = entry.get("encryptType").or_else(|| answer.value.get("encryptType")).and_then(Value::as_str);
    let place = format!("{at}/appInfo");
    let access = info.map(|info| access::judge(case, response, info, &place, declared, memory, judgement));
    let ours = known.as_ref().is_some_and(|instance| instance.live() && instance.test == sent.test());
    if !ours {
        return;
    }
    usage::judge(case, entry, at, id, memory, judgement);
    let Some(known) = memory.instances.get(id) else { return };
    if access.is_none() && known.standing == Standing::Open && entry.get("appInfo").is_none_or(Value::is_null) {
        let lost = known
            .access
            .is_some()
            .then(|| Suspect::likeliest(&known.suspects).map(|suspect| suspect.gone.clone()))
            .flatten();
        let because = "the buyer has to get in somehow, unless the data go out by text message or e-mail".to_owned();
        let breach = Breach::Missing { what: "appInfo of an instance in use".to_owned(), because };
        let finding = Finding::new(lost.unwrap_or(rule::QUERY_APP_INFO), Place::Body(place.clone()), breach);
        let suspects = known.suspects.iter().map(|suspect| suspect.what.as_str());
        judgement.find(match known.access {
            Some(_) if !known.suspects.is_empty() => finding.because(instance::since(suspects)),
            _ => finding,
        });
    }
    instance::told(id, access, &place, memory, judgement);
}

/// An entry that nobody asked for hands out somebody else's account.
fn not_asked(id: &str, asked: &[&str], at: &str, judgement: &mut Judgement) {
    let what = format!("an entry for instance {id}");
    let because = "it was not asked for".to_owned();
    let place = Place::Body(format!("{at}/instanceId"));
    let finding = Finding::new(rule::QUERY_OWN, place, Breach::Unwanted { what, because });
    let part = asked.iter().any(|asked| id.contains(asked) || asked.contains(id));
    judgement.find(match part {
        true if asked.iter().any(|asked| asked.eq_ignore_ascii_case(id)) => {
            finding.because("the case of the id was changed")
        }
        true => finding.because("one id is a part of the other: compare ids as whole texts"),
        false => finding.because("the answer holds more than was asked for: filter by the ids of the query"),
    });
}

/// Instances that are there and were not told.
fn absent(answer: &Answer, asked: &[&str], missing: &[&str], some: bool, memory: &Memory, judgement: &mut Judgement) {
    let Some(known) = memory.instances.get(missing[0]) else { return };
    let suspect = Suspect::of_loss(&known.suspects);
    let (requirement, cause): (RequirementId, Option<String>) = match (asked.len(), suspect) {
        (1, _) if !known.told && known.standing != Standing::Opening => {
            (rule::CREATE_VISIBLE, Some(instance::ROLLED_BACK.to_owned()))
        }
        (_, Some(suspect)) if known.told => {
            let events = known.suspects.iter().map(|suspect| suspect.what.as_str());
            let mut cause = instance::since(events);
            let first = asked.iter().take_while(|id| !missing.contains(id)).count();
            if first > 0 && first + missing.len() == asked.len() {
                cause.push_str("; or only the first ids of a query are looked up");
            }
            (suspect.gone.clone(), Some(cause))
        }
        (1, _) if known.standing == Standing::Opening => {
            // 000000 without an entry says nothing about what is being opened.
            (rule::QUERY_PENDING, Some("answer with an entry without appInfo while it is being opened".to_owned()))
        }
        (1, _) if answer.value.get("info").is_none_or(Value::is_null) => (rule::QUERY_ANSWER, None),
        (1, _) => (rule::QUERY_COMPLETE, Some("it was told before, and nothing has happened since".to_owned())),
        (count, _) => many(count, asked, missing, some, memory),
    };
    let because = "it is there and was asked for".to_owned();
    let breach = Breach::Missing { what: format!("the entry for instance {}", missing.join(", ")), because };
    let finding = Finding::new(requirement, Place::Body("/info".to_owned()), breach);
    judgement.find(match cause {
        Some(cause) => finding.because(cause),
        None => finding,
    });
}

/// Which rule a query for several breaks that does not tell all it should.
fn many(
    count: usize,
    asked: &[&str],
    missing: &[&str],
    some: bool,
    memory: &Memory,
) -> (RequirementId, Option<String>) {
    let length = asked.iter().map(|id| id.len() + 1).sum::<usize>() - 1;
    let mixed = asked.iter().any(|id| !memory.instances.contains_key(*id));
    if count > MOST_IDS {
        return (rule::QUERY_HUNDRED_ONE, Some("refuse as a whole what is beyond a hundred ids".to_owned()));
    }
    if length > FIELD && count > 3 {
        let cause = "was the text cut off at 100 characters? It may hold a hundred ids";
        return (rule::QUERY_HUNDRED, Some(cause.to_owned()));
    }
    if mixed {
        return (
            rule::QUERY_MIXED,
            Some("one id that is unknown must not hide the others: look each up by itself".to_owned()),
        );
    }
    let cause = match some {
        true if asked.first().is_some_and(|first| !missing.contains(first)) => "only the first ids are looked up",
        true => "some of the ids are passed over: trim blanks, and look each up by itself",
        false => "the whole text was taken for one id: split it at the commas",
    };
    (rule::QUERY_MANY, Some(cause.to_owned()))
}

/// A query that is refused.
fn refused(
    case: &Case<'_>,
    sent: &Sent,
    answer: &Answer,
    asked: &[&str],
    expected: &[&str],
    memory: &Memory,
    judgement: &mut Judgement,
) {
    let released = asked.iter().any(|id| memory.instances.get(*id).is_some_and(|known| !known.live() && known.test));
    if sent.test() && released {
        let finding = answer.instead("a query after the release", &[result::SUCCESS], rule::DEBUG_ANY_ORDER);
        judgement.find(finding.because("saved cases of the debugging console are replayed in any order"));
        return;
    }
    let Some(first) = expected.first().and_then(|id| memory.instances.get(*id)) else {
        let elsewhere = asked.iter().any(|id| memory.instances.contains_key(*id))
            || asked.iter().any(|id| case.store.books().instances.contains_key(*id));
        if !sent.test() && !elsewhere && asked.len() == 1 {
            instance::unknown_code(case, "a query for an instance that does not exist".to_owned(), answer, judgement);
        }
        return;
    };
    let several = asked.len() > 1;
    let mixed = asked.len() > expected.len();
    let what = match (several, first.standing) {
        (true, _) => format!("a query for {} instances", asked.len()),
        (false, Standing::Opening) => "a query for an instance that is being opened".to_owned(),
        (false, _) => format!("a query for instance {}", asked[0]),
    };
    if sent.test() {
        let twice = memory.passed.contains(&sent.lasting());
        let requirement = if twice { rule::DEBUG_TWICE } else { rule::DEBUG_SUCCESS };
        judgement.find(answer.instead(what, &[result::SUCCESS], requirement));
        return;
    }
    if asked.len() > MOST_IDS || (mixed && answer.code == result::UNKNOWN) {
        let requirement = if asked.len() > MOST_IDS { rule::QUERY_HUNDRED_ONE } else { rule::QUERY_MIXED };
        judgement.read(requirement, result::place(), format!("{what} is refused with {}", answer.code));
        return;
    }
    let (requirement, cause) = match Suspect::likeliest(&first.suspects) {
        _ if several => match many(asked.len(), asked, expected, false, memory) {
            // To refuse as a whole in good order is right where one id is unknown.
            (rule, _) if rule == rule::QUERY_MIXED => {
                judgement.read(rule, result::place(), format!("{what} is refused as a whole"));
                return;
            }
            found => found,
        },
        Some(suspect) if answer.code == result::UNKNOWN && first.told => {
            let events = first.suspects.iter().map(|suspect| suspect.what.as_str());
            (suspect.gone.clone(), Some(instance::since(events)))
        }
        _ if first.standing == Standing::Opening => {
            let cause = "answer 000000 with an entry without appInfo, or 000004, until everything is ready";
            (rule::QUERY_PENDING, Some(cause.to_owned()))
        }
        _ if answer.code == result::UNKNOWN && !first.told => {
            (rule::CREATE_VISIBLE, Some(instance::ROLLED_BACK.to_owned()))
        }
        _ if answer.code == result::UNKNOWN => {
            let cause = "it was told before, and nothing has happened since: was it kept only for a time, or for a number of \
                         calls?";
            (rule::QUERY_COMPLETE, Some(cause.to_owned()))
        }
        _ => (
            rule::QUERY_ANSWER,
            (!answer.message().is_empty()).then(|| format!("the vendor says {:?}", answer.message())),
        ),
    };
    let finding = answer.instead(what, &[result::SUCCESS], requirement);
    judgement.find(match cause {
        Some(cause) => finding.because(cause),
        None => finding,
    });
}
