//! From the records of the cases to how each requirement stands.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::coverage::Grounds;
use super::programme::{LookedAt, Programme, Scheduled};
use crate::engine::CaseRecord;
use crate::verdict::assessment::{Assessed, Assessment, Proof, Readiness, Standing, Statement};
use crate::verdict::{Blocked, Catalogue, Level, Outcome, Requirement, RequirementId, Weighed};
use crate::wire::Caller;

/// What people state, by requirement.
pub type Statements = HashMap<RequirementId, Statement>;

/// What the cases of a programme come to.
pub fn assess(
    programme: &Programme,
    catalogue: &Catalogue,
    cases: &[Arc<CaseRecord>],
    statements: &Statements,
    grounds: &Grounds<'_>,
) -> Assessment {
    let seen = Seen::of(cases, grounds);
    let mut requirements: Vec<Assessed> = programme
        .requirements
        .iter()
        .map(|scheduled| assessed(scheduled, catalogue.get(&scheduled.requirement), &seen, statements))
        .collect();
    // Rules that are nobody's own, such as that a vendor stays alive, are told where they are broken.
    let mut more: Vec<&RequirementId> = seen.by_rule.keys().copied().collect();
    more.retain(|id| !requirements.iter().any(|known| known.requirement == **id) && seen.is_broken(id));
    more.sort();
    for id in more {
        let scheduled = Scheduled { requirement: id.clone(), level: catalogue.level(id), looked_at: LookedAt::Judge };
        requirements.push(assessed(&scheduled, None, &seen, statements));
    }
    let readiness = readiness(programme, &requirements, cases);
    let coverage = super::coverage::coverage(grounds, cases, &requirements);
    Assessment {
        marketplace: programme.marketplace.clone(),
        dialects: programme.dialects.clone(),
        traits: programme.traits.clone(),
        readiness,
        requirements,
        coverage,
    }
}

/// Broken outweighs open. A case that was to be played and was not is open even where every requirement was looked at
/// elsewhere: it may look at more than we know.
fn readiness(programme: &Programme, requirements: &[Assessed], cases: &[Arc<CaseRecord>]) -> Readiness {
    let broken = |assessed: &&Assessed| assessed.level == Level::Must && assessed.standing == Standing::Broken;
    if requirements.iter().any(|assessed| broken(&assessed)) || cases.iter().any(|case| case.outcome == Outcome::Breaks)
    {
        return Readiness::Refused;
    }
    let judged = |case: &&Arc<CaseRecord>| {
        matches!(case.outcome, Outcome::Conforms | Outcome::NotJudged(Blocked::Declined { .. }))
    };
    let whole = !programme.cases.is_empty()
        && programme.cases.iter().all(|planned| cases.iter().any(|case| *case.name == *planned.name && judged(&case)))
        && cases.iter().any(|case| case.outcome == Outcome::Conforms);
    if whole && !requirements.iter().any(Assessed::blocks) { Readiness::Ready } else { Readiness::Open }
}

/// What the cases say of each rule.
struct Seen<'a> {
    cases: HashMap<&'a str, &'a Arc<CaseRecord>>,
    by_rule: HashMap<&'a RequirementId, Rule<'a>>,
    /// The vendor's own calls, by case.
    called: HashSet<(&'a str, &'static str)>,
}

/// What the cases say of one rule.
#[derive(Default)]
struct Rule<'a> {
    /// Where it was broken, in the order of the cases.
    broken: Vec<(Proof, &'a Weighed)>,
    /// Cases that met a documented reading of it.
    read: Vec<Arc<str>>,
    /// Cases that could not judge it in at least one step, why, and whether it is for where the vendor stands.
    skipped: Vec<(Arc<str>, &'a str, bool)>,
}

impl<'a> Seen<'a> {
    fn of(cases: &'a [Arc<CaseRecord>], grounds: &Grounds<'_>) -> Self {
        let mut seen = Self {
            cases: cases.iter().map(|case| (&*case.name, case)).collect(),
            by_rule: HashMap::new(),
            called: HashSet::new(),
        };
        for case in cases {
            let exchanges = case.steps.iter().flat_map(|step| &step.exchanges);
            let calls = exchanges.filter(|exchange| exchange.caller == Caller::Vendor);
            let called = calls.filter_map(|exchange| (grounds.called)(&exchange.request));
            seen.called.extend(called.map(|operation| (&*case.name, operation)));
            for step in case.steps.iter().filter(|step| !step.superseded) {
                for weighed in &step.findings {
                    let rule = seen.by_rule.entry(&weighed.finding.requirement).or_default();
                    let (step, exchange) = (Some(step.id.clone()), weighed.exchange);
                    rule.broken.push((Proof { case: Arc::clone(&case.name), step, exchange }, weighed));
                }
                for reading in &step.readings {
                    seen.by_rule.entry(&reading.requirement).or_default().read.push(Arc::clone(&case.name));
                }
                for skipped in &step.skipped {
                    let rule = seen.by_rule.entry(&skipped.requirement).or_default();
                    rule.skipped.push((Arc::clone(&case.name), &skipped.why, skipped.local));
                }
            }
        }
        seen
    }

    /// Whether the vendor made a call in a case that a rule is about, where it is about one.
    fn shows(&self, case: &str, known: &Requirement) -> bool {
        let called = |call: &String| self.called.iter().any(|one| *one == (case, call.as_str()));
        let any = known.calls.is_empty() || known.calls.iter().any(called);
        any && known.if_called.as_ref().is_none_or(called)
    }

    fn is_broken(&self, id: &RequirementId) -> bool {
        self.by_rule.get(id).is_some_and(|rule| !rule.broken.is_empty())
    }
}

fn assessed(scheduled: &Scheduled, known: Option<&Requirement>, seen: &Seen<'_>, statements: &Statements) -> Assessed {
    let Scheduled { requirement, level, looked_at } = scheduled;
    let nothing = Rule::default();
    let rule = seen.by_rule.get(requirement).unwrap_or(&nothing);
    let assessed =
        |standing, evidence| Assessed { requirement: requirement.clone(), level: *level, standing, evidence };
    if !rule.broken.is_empty() {
        let evidence = rule.broken.iter().map(|(proof, _)| proof.clone()).collect();
        let left = rule.broken.iter().find(|(_, weighed)| weighed.finding.known.is_none());
        let known = rule.broken.iter().find_map(|(_, weighed)| weighed.finding.known.as_deref());
        return match (left, known) {
            (None, Some(entry)) => {
                let (owner, until) = (entry.owner.clone(), entry.expires.to_string());
                assessed(Standing::Known { owner, until }, evidence)
            }
            _ => assessed(Standing::Broken, evidence),
        };
    }
    match looked_at {
        LookedAt::Nothing { why } => assessed(Standing::NotApplicable { why: why.clone() }, Vec::new()),
        LookedAt::Statement => {
            let standing = statements.get(requirement).cloned().map_or(Standing::Unstated, Standing::Stated);
            assessed(standing, Vec::new())
        }
        LookedAt::Judge => assessed(unscheduled(rule), proofs(rule.read.iter())),
        LookedAt::Cases { cases } => {
            let (standing, evidence) = looked_at_by(cases, rule, known, seen, statements.get(requirement));
            assessed(standing, evidence)
        }
    }
}

/// A rule that no case is known to look at: what the judge said of it on the way decides. One of which it said nothing
/// is about what a vendor may do and this one did not; a test holds that no rule goes without a check.
fn unscheduled(rule: &Rule<'_>) -> Standing {
    if !rule.read.is_empty() {
        return Standing::Holds;
    }
    match rule.skipped.first() {
        Some((_, why, true)) => Standing::Elsewhere { why: (*why).to_owned() },
        Some((_, why, false)) => Standing::Untested { why: (*why).to_owned() },
        None => Standing::NotApplicable { why: "nothing that the vendor did touches it".to_owned() },
    }
}

fn proofs<'p>(names: impl Iterator<Item = &'p Arc<str>>) -> Vec<Proof> {
    let mut evidence: Vec<Proof> = Vec::new();
    for case in names {
        if !evidence.iter().any(|proof| proof.case == *case) {
            evidence.push(Proof { case: Arc::clone(case), step: None, exchange: None });
        }
    }
    evidence
}

/// How a rule stands that was not broken in any of the cases that look at it.
fn looked_at_by(
    names: &[String],
    rule: &Rule<'_>,
    known: Option<&Requirement>,
    seen: &Seen<'_>,
    statement: Option<&Statement>,
) -> (Standing, Vec<Proof>) {
    let mut held = Vec::new();
    let mut broke_off = None;
    let mut not_judged = None;
    let mut declined = None;
    let mut passed_over = None;
    let mut silent = false;
    for name in names {
        let Some(case) = seen.cases.get(name.as_str()) else { continue };
        let skipped = rule.skipped.iter().find(|(skipper, ..)| **skipper == **name);
        let read = rule.read.iter().any(|reader| **reader == **name);
        match (&case.outcome, skipped) {
            (Outcome::NotJudged(blocked @ Blocked::Declined { .. }), _) => declined = Some(blocked.to_string()),
            (Outcome::NotJudged(blocked), _) => not_judged = Some(format!("{name}: {blocked}")),
            // What cannot be judged here could not be in a sound case either.
            (Outcome::Breaks, Some((_, why, true))) if !read => passed_over = Some(((*why).to_owned(), true)),
            (Outcome::Breaks, _) if !read => broke_off = Some(format!("{name} broke another rule on the way")),
            (_, Some((_, why, local))) if !read => passed_over = Some(((*why).to_owned(), *local)),
            _ if known.is_some_and(|known| !seen.shows(name, known)) => silent = true,
            _ => held.push(&case.name),
        }
    }
    if !held.is_empty() {
        return (Standing::Holds, proofs(held.into_iter()));
    }
    let standing = match (broke_off, not_judged, passed_over, declined) {
        (Some(why), ..) | (None, Some(why), ..) => Standing::Untested { why },
        (None, None, Some((why, true)), _) => Standing::Elsewhere { why },
        (None, None, Some((why, false)), _) => hidden(why, known, statement),
        (None, None, None, Some(why)) => Standing::NotApplicable { why },
        (None, None, None, None) if silent => match known.and_then(|known| known.if_called.as_ref()) {
            Some(call) => Standing::NotApplicable { why: format!("the vendor never called {call}") },
            None => {
                let calls = known.map(|known| known.calls.join(" or ")).unwrap_or_default();
                Standing::Untested { why: format!("the vendor called {calls} in no case that looks at it") }
            }
        },
        (None, None, None, None) => Standing::Untested { why: "no case that looks at it was played".to_owned() },
    };
    (standing, Vec::new())
}

/// A rule that the cases could not see at this vendor. Where a vendor may rightly be so, a statement is the way on.
fn hidden(why: String, known: Option<&Requirement>, statement: Option<&Statement>) -> Standing {
    if !known.is_some_and(|known| known.may_be_stated) {
        return Standing::Untested { why };
    }
    match statement {
        Some(statement) => Standing::Stated(statement.clone()),
        None => Standing::Untested { why: format!("{why}; look at it yourselves, and state it in storeproof.toml") },
    }
}
