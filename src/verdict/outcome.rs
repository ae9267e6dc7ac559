//! How one exchange, one step and one case came out.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Breach, KnownFailure, Level, Place, RequirementId};

/// One way in which an exchange broke the contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule that was broken.
    pub requirement: RequirementId,
    /// Where in the exchange.
    pub place: Place,
    /// What was expected and what came.
    pub breach: Breach,
    /// A likely cause, when the exchange shows one beyond the requirement's general mend.
    pub cause: Option<String>,
    /// What may come of just this breach, as a sentence, beyond the requirement's general reason.
    pub consequence: Option<String>,
    /// What else is worth knowing of how it was found.
    pub remark: Option<String>,
    /// Whose entry it is, where the place is one of a list: "customer M12345".
    pub entry: Option<String>,
    /// The entry of the list of known failures by which it is accepted for a time; then it has lost its weight.
    pub known: Option<Box<KnownFailure>>,
}

impl Finding {
    /// A finding without a special cause.
    pub fn new(requirement: RequirementId, place: Place, breach: Breach) -> Self {
        Self { requirement, place, breach, cause: None, consequence: None, remark: None, entry: None, known: None }
    }

    /// The breach in a sentence of its own: a value that the breach speaks of is called by its name.
    pub fn problem(&self) -> String {
        self.breach.at(&self.place)
    }

    /// The same with a likely cause.
    #[must_use]
    pub fn because(self, cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// The same with what may come of it.
    #[must_use]
    pub fn so_that(self, consequence: impl Into<String>) -> Self {
        Self { consequence: Some(consequence.into()), ..self }
    }

    /// The same with a remark.
    #[must_use]
    pub fn with(self, remark: impl Into<String>) -> Self {
        Self { remark: Some(remark.into()), ..self }
    }
}

/// A finding with the weight of its requirement and the exchange that shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// The finding.
    pub finding: Finding,
    /// The weight of its requirement.
    pub level: Level,
    /// Position of the exchange among those of its step, when one shows it.
    pub exchange: Option<usize>,
}

/// A documented reading that was met where the documents leave more than one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The rule whose readings differ.
    pub requirement: RequirementId,
    /// Where it was met.
    pub place: Place,
    /// Which reading, as a short phrase.
    pub met: String,
}

/// A rule that could not be judged here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The rule.
    pub requirement: RequirementId,
    /// Why, as a phrase that reads after "not judged: ".
    pub why: String,
    /// Whether it is for where the vendor stands: one on this machine has no certificate, and nothing else that is asked
    /// of a public address.
    pub local: bool,
}

/// A step in the life of a customer or an instance, as an exchange has shown it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Move {
    /// Where it stood.
    pub from: &'static str,
    /// What moved it: an operation, with the value that says what is wanted where one operation has several.
    pub by: &'static str,
    /// Where it stands now; the same as before where the documents let it stay there.
    pub to: &'static str,
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} —{}→ {}", self.from, self.by, self.to)
    }
}

/// All that judging one exchange gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// What is wrong, all of it.
    pub findings: Vec<Finding>,
    /// Which documented readings were met.
    pub readings: Vec<Reading>,
    /// What could not be judged.
    pub skipped: Vec<Skipped>,
    /// How it moved customers and instances.
    pub moves: Vec<Move>,
}

impl Judgement {
    /// Adds a finding.
    pub fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds a reading.
    pub fn read(&mut self, requirement: RequirementId, place: Place, met: impl Into<String>) {
        self.readings.push(Reading { requirement, place, met: met.into() });
    }

    /// Adds a rule that could not be judged.
    pub fn skip(&mut self, requirement: RequirementId, why: impl Into<String>) {
        self.skipped.push(Skipped { requirement, why: why.into(), local: false });
    }

    /// Adds a rule about public addresses that cannot be judged, since the vendor or what it names is on this machine.
    pub fn skip_local(&mut self, requirement: RequirementId, why: impl Into<String>) {
        self.skipped.push(Skipped { requirement, why: why.into(), local: true });
    }

    /// Adds all of another.
    pub fn absorb(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.readings.extend(other.readings);
        self.skipped.extend(other.skipped);
        self.moves.extend(other.moves);
    }
}

/// Why a case was not judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Blocked {
    /// The vendor could not be reached.
    #[error("the vendor could not be reached: {0}")]
    Unreachable(String),
    /// The vendor stopped answering in an earlier case.
    #[error("the vendor stopped answering in case {case}")]
    DiedIn {
        /// The case that killed it.
        case: String,
    },
    /// The vendor let so many calls run out of time that asking on would take hours.
    #[error(
        "the vendor had let {calls} calls run out of time, and is not asked on; --timeout says how long each waits"
    )]
    Slow {
        /// How many.
        calls: usize,
    },
    /// The user interrupted the run, or an earlier failure ended it.
    #[error("the run was ended")]
    Ended,
    /// Nothing was wrong with what the vendor did, and what the case is about was not among it.
    #[error("{0}")]
    NotShown(String),
    /// The vendor's program says that it does not do what the case is about.
    #[error("the vendor's program says that it does not do the task {task}, by its exit code 77")]
    Declined {
        /// The task's name.
        task: String,
    },
    /// Something a case depends on could not be done on our side.
    #[error("the harness could not run it: {0}")]
    Harness(String),
}

/// How a step, a case or a run came out.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Every check held.
    Conforms,
    /// The contract was broken; the findings are kept at their steps and at least one is a `must`.
    Breaks,
    /// Everything held, but a snapshot is new or differs from the reviewed one.
    Unreviewed,
    /// The vendor was not judged: nothing to hold against it.
    NotJudged(Blocked),
}

impl Outcome {
    /// The word used in reports: `conforms`, `breaks`, `unreviewed`, `not judged`, `left out`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Breaks => "breaks",
            Self::Unreviewed => "unreviewed",
            Self::NotJudged(Blocked::Declined { .. }) => "left out",
            Self::NotJudged(_) => "not judged",
        }
    }
}
