//! What happened, for whoever wants to tell it.

use std::sync::Arc;
use std::time::Duration;

use crate::market::{Ended, Task};
use crate::scenario::plan::{Derived, Spot};
use crate::verdict::{Assessment, KnownTrouble, Move, Outcome, Reading, RequirementId, Skipped, Weighed};
use crate::wire::{Exchange, Secret, Visit};

/// One thing that happened in a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The run begins.
    RunStarted {
        /// Seed of all generated values.
        seed: u64,
        /// Names of the selected cases, in their order. Where several are played at one time they end in another one.
        cases: Vec<Arc<str>>,
        /// The vendor as the user named it: an address or `reference`.
        vendor: String,
    },
    /// A case begins.
    CaseStarted {
        /// Its name.
        name: Arc<str>,
    },
    /// Somebody is to have the vendor's program do a task; the case waits for its calls.
    TaskLeft {
        /// The case's name.
        case: Arc<str>,
        /// What is to be done, as a sentence without its end.
        what: String,
    },
    /// Requests are about to be sent. Whatever comes back from now on, in any case, may repeat what is secret in them;
    /// where several cases are played at one time, one may end that has been told a secret of another.
    Sending {
        /// What is secret in them.
        secrets: Vec<Secret>,
    },
    /// A step of a case has ended.
    StepFinished {
        /// The case's name.
        case: Arc<str>,
        /// What happened.
        step: Arc<StepRecord>,
    },
    /// A case has ended.
    CaseFinished(Arc<CaseRecord>),
    /// A case that breaks the contract was made as small as it goes.
    Reduced(Arc<Reduced>),
    /// What a certification comes to; told before the end of its run.
    Assessed(Arc<Assessment>),
    /// Something beside the cases keeps the run from ending well; told before its end.
    Troubled(Trouble),
    /// The run has ended.
    RunFinished {
        /// Counts over all cases.
        totals: Totals,
        /// Whether the user ended it before its time.
        interrupted: bool,
        /// How long it took.
        elapsed: Duration,
    },
}

/// What keeps a run from ending well although it is about no case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The list of known failures is out of date.
    #[error(transparent)]
    Known(#[from] KnownTrouble),
    /// A snapshot file could not be read or written.
    #[error("{0}")]
    Snapshot(String),
}

/// The smallest scenario that still breaks a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduced {
    /// The case that it was made from.
    pub case: Arc<str>,
    /// The requirement that it breaks.
    pub requirement: RequirementId,
    /// Steps of that case.
    pub before: usize,
    /// Steps that are left.
    pub after: usize,
    /// The scenario, as YAML.
    pub scenario: String,
}

/// How many cases came out which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Cases in which every check held.
    pub conform: usize,
    /// Cases that broke the contract.
    pub break_: usize,
    /// Cases in which only a snapshot stands in the way.
    pub unreviewed: usize,
    /// Cases that were not judged.
    pub not_judged: usize,
    /// Cases that were left out, since the vendor's program does not do what they are about.
    pub declined: usize,
    /// Steps that were played.
    pub steps: usize,
    /// Exchanges with the vendor.
    pub exchanges: usize,
}

/// What happened in one case.
#[derive(Clone, Debug)]
pub struct CaseRecord {
    /// Its name.
    pub name: Arc<str>,
    /// Title of its document.
    pub title: String,
    /// The marketplace that was played, if any.
    pub marketplace: Option<String>,
    /// Its dialect.
    pub dialect: Option<String>,
    /// How it came out.
    pub outcome: Outcome,
    /// Steps in the order in which they were played, every attempt included.
    pub steps: Vec<Arc<StepRecord>>,
    /// How long it took.
    pub elapsed: Duration,
}

/// What happened in one attempt of one step.
#[derive(Clone, Debug)]
pub struct StepRecord {
    /// The workflow it belongs to.
    pub workflow: String,
    /// Its id.
    pub id: String,
    /// Its description in the scenario.
    pub description: Option<String>,
    /// Where it stands in the scenario.
    pub spot: Spot,
    /// The operation that was called; none for a nested workflow.
    pub operation: Option<String>,
    /// What the vendor's program was to do, where the vendor calls.
    pub task: Option<TaskRecord>,
    /// The mistake that was made on purpose, if any.
    pub tamper: Option<String>,
    /// Why a computed call is wrong, or odd and right; none for a call that somebody has written.
    pub derived: Option<Arc<Derived>>,
    /// When each delivery after the first comes by the store's schedule, counted from the first. Nobody waited for it.
    pub later: Vec<Duration>,
    /// Attempt, counted from 1.
    pub attempt: u32,
    /// Whether a later attempt took its place: then its findings are evidence and nothing is held against the vendor.
    pub superseded: bool,
    /// Every delivery and the probe behind it.
    pub exchanges: Vec<Exchange>,
    /// Pages that were opened.
    pub visits: Vec<Visit>,
    /// What is wrong.
    pub findings: Vec<Weighed>,
    /// Which documented readings were met.
    pub readings: Vec<Reading>,
    /// What could not be judged.
    pub skipped: Vec<Skipped>,
    /// How it moved customers and instances.
    pub moves: Vec<Move>,
    /// The answer for its snapshot, where the step takes one.
    pub snapshot: Option<SnapshotRecord>,
}

/// What the vendor's program was to do in a step, and how it ended.
#[derive(Clone, Debug)]
pub struct TaskRecord {
    /// Name of the task.
    pub name: String,
    /// What it was to call the operation with, as `name=value`; a list has an entry for each value.
    pub arguments: Vec<String>,
    /// How the program ended.
    pub ended: Ended,
}

impl TaskRecord {
    /// A task that has ended so.
    pub fn new(task: &Task, ended: Ended) -> Self {
        Self { name: task.name.clone(), arguments: task.words(), ended }
    }
}

/// What a step offers for its snapshot.
#[derive(Clone, Debug)]
pub struct SnapshotRecord {
    /// JSON pointer and form of values that are replaced.
    pub redact: Vec<(String, String)>,
}

/// A time of a schedule as scenarios write it: `90m`, `2h`.
pub fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}
