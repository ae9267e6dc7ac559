//! What a case broke, so that two runs of it can be compared.

use super::reduction::Trial;
use crate::engine::{CaseRecord, StepRecord};
use crate::verdict::{Breach, Level, Place, RequirementId, Weighed};

/// One broken requirement, without the values that change from run to run.
///
/// Two runs that break a requirement for different reasons have different symptoms: the operation, the mistake that was
/// made on purpose, the place, the kind of breach and the sentence about it are compared, in the sentence all but words
/// with figures in them, and codes and statuses to the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symptom {
    /// The requirement.
    pub requirement: RequirementId,
    operation: Option<String>,
    tamper: Option<String>,
    rule: &'static str,
    place: String,
    problem: String,
    /// Codes, statuses and conditions, which are the same in every run.
    exact: String,
    /// Whether it is about somebody in a list whom another case brought there. A vendor that has just been started lists
    /// nobody.
    of_another: bool,
}

impl Symptom {
    /// The symptom that a finding of a step is.
    pub fn of(step: &StepRecord, weighed: &Weighed) -> Self {
        let finding = &weighed.finding;
        let place = match &finding.place {
            Place::Header(name) => name.to_ascii_lowercase(),
            other => masked(&other.to_string().replace('/', " / ")),
        };
        let exact = match &finding.breach {
            Breach::Criterion { condition, .. } | Breach::Unevaluable { condition, .. } => condition.clone(),
            Breach::Status { .. }
            | Breach::ServerError { .. }
            | Breach::Accepted { .. }
            | Breach::Refused { .. }
            | Breach::Otherwise { .. }
            | Breach::Answered { .. }
            | Breach::Page { .. }
            | Breach::Code { .. }
            | Breach::State { .. } => finding.breach.actual(),
            _ => String::new(),
        };
        Self {
            requirement: finding.requirement.clone(),
            operation: step.operation.clone(),
            tamper: step.tamper.clone(),
            rule: finding.breach.rule(),
            place,
            problem: masked(&finding.problem()),
            exact,
            of_another: false,
        }
    }

    /// Whether only what other cases have left with the vendor shows it.
    pub fn is_of_another(&self) -> bool {
        self.of_another
    }

    /// What a run of a part of the case shows: whether this is still broken, and nothing but what may be.
    pub fn compare(&self, allowed: &[Self], case: &CaseRecord) -> Trial {
        let found = symptoms(case);
        let breaks = found.iter().any(|(symptom, _)| symptom == self);
        let same = |one: &Self, other: &Self| *one == Self { of_another: one.of_another, ..other.clone() };
        if breaks && found.iter().all(|(symptom, _)| allowed.iter().any(|other| same(symptom, other))) {
            Trial::StillBreaks
        } else {
            Trial::Not
        }
    }

    /// Whether the vendor ended by it, so that it cannot be shown twice.
    pub fn is_death(&self) -> bool {
        self.rule == "alive"
    }
}

/// The findings by which a case breaks the contract, with their steps: not those that a later attempt superseded, nor
/// those that are known and accepted for a time.
pub fn symptoms(case: &CaseRecord) -> Vec<(Symptom, &StepRecord)> {
    let mut found = Vec::new();
    for step in case.steps.iter().filter(|step| !step.superseded) {
        let held = step.findings.iter().filter(|weighed| weighed.level == Level::Must);
        found.extend(held.map(|weighed| {
            let of_another = weighed.finding.entry.as_deref().is_some_and(|entry| !names(case, entry));
            (Symptom { of_another, ..Symptom::of(step, weighed) }, &**step)
        }));
    }
    found
}

/// Whether a case sent what an entry such as `customer M12345` is named by.
fn names(case: &CaseRecord, entry: &str) -> bool {
    let Some(key) = entry.split_whitespace().last() else { return false };
    let mut sent = case.steps.iter().flat_map(|step| &step.exchanges).map(|exchange| &exchange.request);
    sent.any(|request| request.target.contains(key) || String::from_utf8_lossy(&request.body).contains(key))
}

/// A sentence in which words with a figure in them are one and the same.
fn masked(text: &str) -> String {
    let mask = |word: &str| match word.chars().any(|char| char.is_ascii_digit()) {
        // What stands around it is part of the sentence.
        true if word.ends_with([',', '.', ':', ';']) => "#,".to_owned(),
        true => "#".to_owned(),
        false => word.to_owned(),
    };
    text.split_whitespace().map(mask).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "instanceId is \"i-17\", expected \"i-18\" (the same order)",
        "instanceId is #, expected # (the same order)"
    )]
    #[case("body / orders / 3 / id", "body / orders / # / id")]
    #[case("a call without orderId was accepted", "a call without orderId was accepted")]
    fn what_changes_from_run_to_run_is_left_out(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(masked(text), expected);
    }
}
