//! What is to be mended, over all cases of a run: each thing once, with every step that shows it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::{CaseRecord, StepRecord};
use crate::verdict::{Breach, Finding, Level, Weighed};

use super::group::{self, Group, Key};

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

/// One thing to mend.
pub(crate) struct Broken<'a> {
    pub(crate) weight: Weight,
    /// The case that shows it first.
    pub(crate) case: &'a CaseRecord,
    /// What it shows, with further steps of the same case.
    pub(crate) group: Group<'a>,
    /// Further cases that show it, each with its first step.
    pub(crate) again: Vec<(&'a CaseRecord, &'a StepRecord)>,
}

impl Broken<'_> {
    /// The finding by which it is told.
    pub(crate) fn finding(&self) -> &Finding {
        &self.group.first.finding
    }
}

/// All that is to be mended: the gravest first, then in the order of the cases.
pub(crate) fn broken(cases: &[Arc<CaseRecord>]) -> Vec<Broken<'_>> {
    let mut all: Vec<Broken<'_>> = Vec::new();
    let mut told: HashMap<(Weight, Key), usize> = HashMap::new();
    for case in cases {
        for group in group::groups(case) {
            let weight = Weight::of(group.first);
            match told.get(&(weight, group.key.clone())) {
                Some(&at) => all[at].again.push((case, group.step)),
                None => {
                    told.insert((weight, group.key.clone()), all.len());
                    all.push(Broken { weight, case, group, again: Vec::new() });
                }
            }
        }
    }
    all.sort_by_key(|broken| broken.weight);
    all
}
