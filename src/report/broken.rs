//! What is to be mended, over all cases of a run: each thing once, with every step that shows it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::CaseRecord;
use crate::verdict::{Breach, Finding, Level, Weighed};
use crate::wire::Redactor;

use super::group::{self, Group, Key};
use super::problems;
use super::redact::words;

/// What a finding means for the run, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Weight {
    /// The store would refuse it; the run fails.
    Must,
    /// An answer that nobody has reviewed; the run does not end well.
    Unreviewed,
    /// The documents do not insist.
    Should,
    /// Good practice.
    Advice,
    /// Broken, and accepted for a time.
    Known,
}

impl Weight {
    /// What this finding means.
    pub(crate) fn of(weighed: &Weighed) -> Self {
        match (&weighed.finding.breach, weighed.level) {
            _ if weighed.finding.known.is_some() => Self::Known,
            (Breach::Snapshot { .. }, _) => Self::Unreviewed,
            (_, Level::Must) => Self::Must,
            (_, Level::Should) => Self::Should,
            (_, Level::Advice | Level::Manual) => Self::Advice,
        }
    }

    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Unreviewed => "unreviewed",
            Self::Should => "should",
            Self::Advice => "advice",
            Self::Known => "known",
        }
    }
}

/// One thing to mend: what one rule has against one answer.
pub(crate) struct Broken<'a> {
    pub(crate) weight: Weight,
    /// The case that shows it first.
    pub(crate) case: &'a CaseRecord,
    /// What it shows, each with further steps of the same case. Never empty; all are of one rule and one exchange.
    pub(crate) groups: Vec<Group<'a>>,
    /// Further cases that show some of it.
    pub(crate) again: Vec<&'a CaseRecord>,
}

impl<'a> Broken<'a> {
    /// What is told of it where only one thing can be.
    pub(crate) fn first(&self) -> &Group<'a> {
        &self.groups[0]
    }

    /// The finding that this is about.
    pub(crate) fn finding(&self) -> &'a Finding {
        &self.first().first.finding
    }

    /// The problems, a sentence each.
    pub(crate) fn problems(&self, redactor: &Redactor) -> Vec<String> {
        match self.groups.as_slice() {
            [group] => vec![words(redactor, &group.first.finding.problem())],
            groups => problems::lines(&groups.iter().collect::<Vec<_>>(), redactor),
        }
    }

    /// Whether another finding of the same case belongs to it.
    fn takes(&self, case: &CaseRecord, weight: Weight, group: &Group<'_>) -> bool {
        let (ours, theirs) = (self.first(), group);
        let snapshot = matches!(ours.first.finding.breach, Breach::Snapshot { .. });
        std::ptr::eq(self.case, case)
            && self.weight == weight
            && !snapshot
            && Arc::ptr_eq(ours.step, theirs.step)
            && ours.first.exchange == theirs.first.exchange
            && ours.first.finding.requirement == theirs.first.finding.requirement
            && ours.first.finding.cause == theirs.first.finding.cause
    }
}

/// All that is to be mended: the gravest first, then in the order of the cases.
pub(crate) fn broken(cases: &[Arc<CaseRecord>]) -> Vec<Broken<'_>> {
    let mut all: Vec<Broken<'_>> = Vec::new();
    let mut told: HashMap<(Weight, Key), usize> = HashMap::new();
    for case in cases {
        let before = all.len();
        for group in group::groups(case) {
            let weight = Weight::of(group.first);
            let key = (weight, group.key.clone());
            if let Some(&at) = told.get(&key) {
                let again = &mut all[at].again;
                if again.last().is_none_or(|last| !std::ptr::eq(*last, &**case)) {
                    again.push(case);
                }
                continue;
            }
            let at = all[before..].iter().position(|broken| broken.takes(case, weight, &group));
            let at = match at {
                Some(at) => {
                    all[before + at].groups.push(group);
                    before + at
                }
                None => {
                    all.push(Broken { weight, case, groups: vec![group], again: Vec::new() });
                    all.len() - 1
                }
            };
            told.insert(key, at);
        }
    }
    all.sort_by_key(|broken| broken.weight);
    all
}
