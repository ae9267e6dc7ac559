//! Where the vendor is a client: what its program was to do, everything that it called, and how it ended.
//!
//! A marketplace that calls nobody turns a case round. The scenario says what the vendor's program is to do (a [`Task`]),
//! the marketplace answers what the program calls, and the whole [`Course`] is judged when the program has ended: single
//! calls by [`Session::judge_callback`](super::Session::judge_callback), what shows only in their order by
//! [`Session::judge_course`](super::Session::judge_course).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::spec::Operation;
use crate::verdict::{Finding, Place, Reading, RequirementId, Skipped};
use crate::wire::Exchange;
use crate::wire::disturbance::Disturbance;

/// What the vendor's program is to do.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name in the words of the scenarios, such as `list-products`.
    pub name: String,
    /// The operation that the program is to call, once or more.
    pub operation: Arc<Operation>,
    /// What it is to call it with, by parameter.
    pub arguments: Vec<(String, Value)>,
    /// The program with its words, where the scenario names one; else the user's own, or whoever sits at the keyboard.
    pub command: Vec<String>,
    /// Variables for the program beside those that every program gets.
    pub environment: Vec<(String, String)>,
    /// The time that the program has.
    pub within: Duration,
    /// What goes wrong with the marketplace's answers.
    pub answers: Vec<Disturbance>,
}

impl Task {
    /// An argument's values as texts: those of a list one by one, none of `null`.
    pub fn texts(value: &Value) -> Vec<String> {
        match value {
            Value::Array(values) => values.iter().flat_map(Self::texts).collect(),
            Value::String(text) => vec![text.clone()],
            Value::Null => Vec::new(),
            other => vec![other.to_string()],
        }
    }

    /// The arguments as words: `page=1`, a list as one word for each value.
    pub fn words(&self) -> Vec<String> {
        let words = |(name, value): &(String, Value)| -> Vec<String> {
            Self::texts(value).into_iter().map(|text| format!("{name}={text}")).collect()
        };
        self.arguments.iter().flat_map(words).collect()
    }
}

/// How the vendor's program ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Ended {
    /// It was not started by us: its calls have ceased, or its time was over.
    Silent,
    /// It could not be started.
    NotStarted {
        /// What the system said.
        why: String,
    },
    /// It ended by itself.
    Exited {
        /// Its exit code.
        code: i32,
        /// The end of what it wrote to standard output and standard error.
        output: String,
    },
    /// Something else ended it, as a crash does.
    Killed {
        /// What, such as `signal 11`.
        by: String,
        /// The end of what it wrote.
        output: String,
    },
    /// Its time was over and it was ended.
    TimedOut {
        /// The time that it had.
        #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
        limit: Duration,
        /// The end of what it wrote.
        output: String,
    },
}

/// The exit code of a program that does not do its task, and has not tried: what automake, Meson and CTest take for a test
/// that was left out.
pub const DECLINED: i32 = 77;

impl Ended {
    /// Whether the program says that it does not do what it was asked for.
    pub fn declines(&self) -> bool {
        self.exit_code() == Some(DECLINED)
    }

    /// Whether the program says of itself that all went well.
    pub fn well(&self) -> bool {
        matches!(self, Self::Exited { code: 0, .. })
    }

    /// Its exit code, where there is one and it was seen.
    pub fn exit_code(&self) -> Option<i32> {
        match self {
            Self::Exited { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The end of what the program wrote.
    pub fn output(&self) -> &str {
        match self {
            Self::Exited { output, .. } | Self::Killed { output, .. } | Self::TimedOut { output, .. } => output,
            Self::Silent | Self::NotStarted { .. } => "",
        }
    }
}

impl fmt::Display for Ended {
    /// A phrase that reads after "the vendor's program".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => f.write_str("has ceased to call"),
            Self::NotStarted { why } => write!(f, "could not be started: {why}"),
            Self::Exited { code, .. } => write!(f, "ended with exit code {code}"),
            Self::Killed { by, .. } => write!(f, "was ended by {by}"),
            Self::TimedOut { limit, .. } => write!(f, "had not ended after {limit:?}"),
        }
    }
}

/// A task and all that came of it.
#[derive(Clone, Debug)]
pub struct Course<'a> {
    /// What was to be done.
    pub task: &'a Task,
    /// Every call of the vendor's meanwhile, in the order in which they came.
    pub exchanges: Vec<&'a Exchange>,
    /// The operation that each of them called, where it is one.
    pub operations: Vec<Option<&'a str>>,
    /// How the program ended.
    pub ended: &'a Ended,
}

impl<'a> Course<'a> {
    /// The calls of the task's operation, with their positions.
    pub fn calls(&self) -> impl DoubleEndedIterator<Item = (usize, &'a Exchange)> + Clone {
        let wanted = self.task.operation.id.as_str();
        let all = self.exchanges.iter().zip(&self.operations).enumerate();
        all.filter(move |(_, (_, operation))| **operation == Some(wanted)).map(|(at, (exchange, _))| (at, *exchange))
    }
}

/// What judging a course gave.
#[derive(Clone, Debug, Default)]
pub struct CourseJudgement {
    /// What is wrong, with the position of the call that shows it.
    pub findings: Vec<(Finding, Option<usize>)>,
    /// Which documented readings were met.
    pub readings: Vec<Reading>,
    /// What could not be judged.
    pub skipped: Vec<Skipped>,
    /// Findings of single calls that the task itself asked for: position of the call, rule and place.
    pub excused: Vec<(usize, RequirementId, Place)>,
    /// Why the course has not shown what the case is about, where nothing is wrong with it.
    pub unseen: Option<String>,
}

impl CourseJudgement {
    /// Adds a finding that one call shows.
    pub fn find_at(&mut self, at: usize, finding: Finding) {
        self.findings.push((finding, Some(at)));
    }

    /// Adds a finding that no single call shows.
    pub fn find(&mut self, finding: Finding) {
        self.findings.push((finding, None));
    }

    /// Adds a rule that could not be judged.
    pub fn skip(&mut self, requirement: RequirementId, why: impl Into<String>) {
        self.skipped.push(Skipped { requirement, why: why.into(), local: false });
    }
}
