//! Plays a case that breaks the contract again and again, each time with less of it, until nothing more can go.
//!
//! What is left out and what counts as the same is decided by [`crate::certify::reduce`]; this loads the candidates,
//! plays them against the vendor of the case, each with a seed and so with customers and orders of its own, and keeps to
//! the time.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::watch;

use super::noted::Noted;
use super::performer::Performer;
use super::{Fleet, Lane, Loader, Origin, play};
use crate::certify::reduce::{Reduction, Symptom, Trial, holds, steps, symptoms, written};
use crate::engine::{CaseRecord, Event, Reduced, StepRecord};
use crate::scenario::plan::Plan;
use crate::spec::{Document, Operation};
use crate::verdict::{Blocked, Outcome};

/// Where the document of a case is found.
#[derive(Clone, Debug)]
pub enum Source {
    /// In the binary, or in a file of the user's.
    At(Origin),
    /// It was computed; it names interfaces as an embedded scenario of its name does.
    Computed(Value),
}

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Broken requirements of one run.
    pub cases: usize,
    /// Times that one case is played.
    pub trials: usize,
    /// Time for one case.
    pub time: Duration,
    /// Time for all of them.
    pub whole: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { cases: 10, trials: 40, time: Duration::from_secs(20), whole: Duration::from_secs(60) }
    }
}

/// What cases are reduced with.
pub struct Bench<'a> {
    /// The fleet whose run has ended.
    pub fleet: &'a Fleet,
    /// Loads candidates.
    pub loader: &'a Loader,
    /// Where a case's document is found, by its name. A case of which that is not known is left as it is.
    pub source: &'a dyn Fn(&str) -> Option<Source>,
    /// What the run has changed in the plans of its cases, to be changed in those of candidates.
    pub adjust: &'a dyn Fn(&mut Arc<Plan>),
    /// How much is tried.
    pub bounds: Bounds,
}

impl Bench<'_> {
    /// Reduces what broke in a run, the first case of each requirement, and tells each as [`Event::Reduced`].
    ///
    /// Nothing is told of a case that cannot be made smaller, that does not break again, or of which the vendor died.
    /// Ends early when `interrupted` turns true.
    pub async fn reduce(
        &self,
        cases: &[Arc<CaseRecord>],
        mut interrupted: watch::Receiver<bool>,
        tell: &mut dyn FnMut(Event),
    ) {
        let mut seen = HashSet::new();
        let mut left = self.bounds.cases;
        let end = after(self.bounds.whole);
        let mut broken: Vec<(&CaseRecord, Symptom, &StepRecord)> = cases
            .iter()
            .flat_map(|case| symptoms(case).into_iter().map(|(symptom, step)| (&**case, symptom, step)))
            .collect();
        // What a case shows with customers of its own it shows to a vendor that was started anew, too.
        broken.sort_by_key(|(_, symptom, _)| symptom.is_of_another());
        for (case, symptom, step) in broken {
            if left == 0 || *interrupted.borrow() || play::now() >= end {
                return;
            }
            if symptom.is_death() || !seen.insert(symptom.requirement.clone()) {
                continue;
            }
            left -= 1;
            if let Some(reduced) = self.one(case, &symptom, step, end, &mut interrupted).await {
                tell(Event::Reduced(Arc::new(reduced)));
            }
        }
    }

    async fn one(
        &self,
        case: &CaseRecord,
        symptom: &Symptom,
        step: &StepRecord,
        end: Timestamp,
        interrupted: &mut watch::Receiver<bool>,
    ) -> Option<Reduced> {
        let fleet_case = self.fleet.cases.iter().find(|fleet_case| fleet_case.plan.name == *case.name)?;
        let lane = &self.fleet.lanes[fleet_case.lane];
        // Nobody wants to start a program forty times by hand.
        if matches!(lane.performer, Some(Performer::Somebody)) {
            return None;
        }
        let (origin, document) = match (self.source)(&case.name)? {
            Source::At(origin) => (origin.clone(), self.loader.value(&origin).ok()?),
            Source::Computed(value) => (Origin::Computed(format!("scenarios/{}.arazzo.yaml", case.name)), value),
        };
        let before = steps(&document);
        let operation = operation(&fleet_case.plan, &step.workflow, &step.id);
        let mut reduction = Reduction::new(document, &step.workflow, &step.id, operation, self.bounds.trials)?;
        let mut lab = Lab {
            bench: self,
            lane,
            name: Arc::clone(&case.name),
            origin,
            symptom,
            allowed: symptoms(case).into_iter().map(|(symptom, _)| symptom).collect(),
            controlled: true,
            trials: 0,
            end: end.min(after(self.bounds.time)),
        };
        // A case that breaks with a vendor without faults too is about something that vendor does not do.
        let now = play::now();
        lab.controlled = lab.holds(&fleet_case.plan, now) == Some(true);
        while let Some(candidate) = reduction.candidate() {
            match lab.trial(candidate, interrupted).await {
                Some(trial) => reduction.tell(trial),
                None => break,
            }
        }
        let smallest = reduction.reduced()?;
        let scenario = written(smallest, &case.name, &symptom.requirement, before);
        // It is told to be saved and played, so it must be what was played here.
        let read = Document::parse(&scenario).ok()?;
        self.loader.plan_at(&read, &lab.origin, &case.name).ok()?;
        let after = steps(smallest);
        Some(Reduced {
            case: Arc::clone(&case.name),
            requirement: symptom.requirement.clone(),
            before,
            after,
            scenario,
        })
    }
}

/// So long from now.
fn after(time: Duration) -> Timestamp {
    let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
    play::now().checked_add(time).unwrap_or(Timestamp::MAX)
}

/// The operation of a step, by the names of the workflow and the step.
fn operation(plan: &Plan, workflow: &str, step: &str) -> Option<Arc<Operation>> {
    let workflow = &plan.workflows[plan.workflow(workflow)?];
    workflow.steps.iter().find(|known| known.id == step)?.target.operation().cloned()
}

/// Where the candidates of one case are played.
struct Lab<'a> {
    bench: &'a Bench<'a>,
    lane: &'a Lane,
    name: Arc<str>,
    origin: Origin,
    /// What must break.
    symptom: &'a Symptom,
    /// What else may.
    allowed: Vec<Symptom>,
    /// Whether candidates must stand with a vendor without faults.
    controlled: bool,
    trials: u64,
    end: Timestamp,
}

impl Lab<'_> {
    /// What comes of a candidate; nothing when there is no time left, the vendor is gone, or the user has enough.
    async fn trial(&mut self, candidate: Value, interrupted: &mut watch::Receiver<bool>) -> Option<Trial> {
        let document = Document::with_positions(candidate, []);
        let Ok(mut plan) = self.bench.loader.plan_at(&document, &self.origin, &self.name) else {
            return Some(Trial::Invalid);
        };
        let now = play::now();
        let left = Duration::try_from(self.end.duration_since(now)).ok().filter(|left| !left.is_zero())?;
        if self.controlled && self.holds(&plan, now) == Some(false) {
            return Some(Trial::Invalid);
        }
        (self.bench.adjust)(&mut plan);
        self.trials += 1;
        let fleet = self.bench.fleet;
        let seed = self.seed();
        let Ok(playback) = fleet.playback_with(&plan, &self.lane.market, seed, now) else {
            return Some(Trial::Invalid);
        };
        let playback = Noted { playback, case: 0, journal: None };
        let mut silent = |_: Event| {};
        let playing = play::case(&self.name, playback, self.lane, seed, interrupted, &mut silent);
        let played = tokio::time::timeout(left, playing).await.ok()?;
        match &played.record.outcome {
            Outcome::NotJudged(Blocked::Unreachable(_) | Blocked::Ended) => return None,
            _ if *interrupted.borrow() || played.died => return None,
            _ => {}
        }
        let trial = self.symptom.compare(&self.allowed, &played.record);
        if self.trials == 1 {
            // What the case itself breaks from one run to the next is not new in a part of it.
            self.allowed.extend(symptoms(&played.record).into_iter().map(|(symptom, _)| symptom));
            return Some(self.symptom.compare(&self.allowed, &played.record));
        }
        Some(trial)
    }

    fn holds(&self, plan: &Arc<Plan>, now: Timestamp) -> Option<bool> {
        let fleet = self.bench.fleet;
        // Another seed, since a marketplace remembers its orders.
        let seed = self.seed() ^ (1 << 63);
        holds(plan, &self.lane.market, &fleet.catalogue, &fleet.inputs, seed, now)
    }

    /// A seed for each trial: a vendor answers otherwise where it knows the customer or the order.
    fn seed(&self) -> u64 {
        self.bench.fleet.seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(self.trials + 1)
    }
}
