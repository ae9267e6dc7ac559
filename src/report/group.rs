//! The same finding over many steps is told once.

use std::ops::Range;
use std::sync::Arc;

use crate::engine::{CaseRecord, StepRecord};
use crate::verdict::{Breach, Place, Weighed};

/// What makes two findings the same for a reader: one thing to mend.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    requirement: String,
    rule: &'static str,
    place: String,
    detail: String,
}

impl Key {
    fn of(weighed: &Weighed) -> Self {
        let finding = &weighed.finding;
        let place = match &finding.place {
            // The same value in another element, or outside of a list, is the same mistake.
            Place::Body(pointer) => pointer
                .split('/')
                .filter(|segment| !segment.bytes().all(|byte| byte.is_ascii_digit()))
                .collect::<Vec<_>>()
                .join("/"),
            // Senders spell one field in several ways.
            Place::Header(name) => name.to_ascii_lowercase(),
            other => other.to_string(),
        };
        let detail = match &finding.breach {
            Breach::Accepted { what, .. } | Breach::Refused { what, .. } | Breach::Differs { what, .. } => what.clone(),
            Breach::Otherwise { how, .. } => how.clone(),
            Breach::Criterion { condition, .. } | Breach::Unevaluable { condition, .. } => condition.clone(),
            Breach::Schema { keyword, expected, .. } => format!("{keyword} {expected}"),
            Breach::Snapshot { name, .. } => name.clone(),
            Breach::ServerError { actual } | Breach::Status { actual, .. } => actual.to_string(),
            _ => String::new(),
        };
        Self { requirement: finding.requirement.to_string(), rule: finding.breach.rule(), place, detail }
    }

    /// What of it stays the same from run to run, whatever the vendor answers.
    pub(crate) fn lasting(&self) -> String {
        [self.requirement.as_str(), self.rule, &self.place].join(" ")
    }
}

/// One finding with all the steps that show it.
#[derive(Clone, Debug)]
pub(crate) struct Group<'a> {
    pub(crate) key: Key,
    /// The step that shows it first.
    pub(crate) step: &'a Arc<StepRecord>,
    /// The finding there.
    pub(crate) first: &'a Weighed,
    /// Further steps, with their findings.
    pub(crate) others: Vec<(&'a Arc<StepRecord>, &'a Weighed)>,
}

/// The findings of a case that are held against the vendor, the same ones together, in the order in which they came:
/// those that one exchange shows stand side by side.
pub(crate) fn groups(case: &CaseRecord) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for step in case.steps.iter().filter(|step| !step.superseded) {
        let mut findings: Vec<&Weighed> = step.findings.iter().collect();
        findings.sort_by_key(|weighed| (weighed.exchange.unwrap_or(usize::MAX), std::cmp::Reverse(weighed.level)));
        for weighed in findings {
            let key = Key::of(weighed);
            match groups.iter_mut().find(|group| group.key == key) {
                Some(group) => group.others.push((step, weighed)),
                None => groups.push(Group { key, step, first: weighed, others: Vec::new() }),
            }
        }
    }
    groups
}

/// Runs of groups that one exchange of one step shows.
pub(crate) fn by_exchange(groups: &[Group<'_>]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let same =
            |before: &Group<'_>| Arc::ptr_eq(before.step, group.step) && before.first.exchange == group.first.exchange;
        match runs.last_mut() {
            Some(run) if same(&groups[run.start]) => run.end = index + 1,
            _ => runs.push(index..index + 1),
        }
    }
    runs
}
