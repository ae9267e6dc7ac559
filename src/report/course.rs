//! What a report that is written at the end has gathered until then.
//!
//! Several cases may be played at one time and end in any order. Whoever compares the reports of two runs wants them in
//! one order, so they are told in the order in which they were selected.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::{CaseRecord, Event, Reduced, Totals, Trouble};
use crate::verdict::Assessment;
use crate::wire::{KnownSecrets, Redactor, Secret};

use super::redact;
use super::summary::{Verdict, verdict};

/// The order in which the cases of a run were selected.
#[derive(Default)]
struct Order(HashMap<Arc<str>, usize>);

impl Order {
    /// The order of these names.
    fn new(names: &[Arc<str>]) -> Self {
        Self(names.iter().cloned().enumerate().map(|(place, name)| (name, place)).collect())
    }

    /// The place of a case; one that was not announced comes last.
    fn of(&self, name: &str) -> usize {
        self.0.get(name).copied().unwrap_or(usize::MAX)
    }
}

/// The end of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closing {
    pub(crate) totals: Totals,
    /// Whether the user ended the run before its time.
    pub(crate) interrupted: bool,
    pub(crate) elapsed: Duration,
    pub(crate) verdict: Verdict,
}

/// All that a run has told. The records are shared with whoever plays it.
pub(crate) struct Course {
    pub(crate) seed: u64,
    /// The vendor as the user named it.
    pub(crate) vendor: String,
    /// The cases in their order, as soon as the run has ended.
    pub(crate) cases: Vec<Arc<CaseRecord>>,
    /// What keeps it from ending well besides the cases.
    pub(crate) troubles: Vec<Trouble>,
    /// What a certification comes to.
    pub(crate) assessment: Option<Arc<Assessment>>,
    /// Smallest scenarios that still break a rule.
    pub(crate) reduced: Vec<Arc<Reduced>>,
    order: Order,
    known: KnownSecrets,
}

impl Course {
    /// Nothing so far. These secrets are known from the beginning.
    pub(crate) fn new(secrets: &[Secret]) -> Self {
        Self {
            seed: 0,
            vendor: String::new(),
            cases: Vec::new(),
            troubles: Vec::new(),
            assessment: None,
            reduced: Vec::new(),
            order: Order::default(),
            known: KnownSecrets::new(secrets),
        }
    }

    /// Takes what happened; gives the end when that was it.
    pub(crate) fn event(&mut self, event: &Event) -> Option<Closing> {
        match event {
            Event::RunStarted { seed, cases, vendor } => {
                self.seed = *seed;
                self.vendor.clone_from(vendor);
                self.order = Order::new(cases);
            }
            Event::CaseFinished(case) => {
                redact::meet(&mut self.known, case);
                self.cases.push(Arc::clone(case));
            }
            Event::Sending { secrets } => secrets.iter().for_each(|secret| self.known.meet(secret)),
            Event::Troubled(trouble) => self.troubles.push(trouble.clone()),
            Event::RunFinished { totals, interrupted, elapsed } => {
                self.cases.sort_by_key(|case| self.order.of(&case.name));
                self.troubles.sort_by_cached_key(ToString::to_string);
                let readiness = self.assessment.as_ref().map(|assessment| assessment.readiness);
                let verdict = verdict(totals, *interrupted, &self.troubles, readiness);
                return Some(Closing { totals: *totals, interrupted: *interrupted, elapsed: *elapsed, verdict });
            }
            Event::CaseStarted { .. } | Event::TaskLeft { .. } | Event::StepFinished { .. } => {}
            Event::Reduced(reduced) => self.reduced.push(Arc::clone(reduced)),
            Event::Assessed(assessment) => self.assessment = Some(Arc::clone(assessment)),
        }
        None
    }

    /// A redactor of all secrets of the run: what one case echoes may have been sent in another.
    pub(crate) fn redactor(&mut self) -> Redactor {
        self.known.redactor().clone()
    }
}
