//! Exit codes, as scripts and CI servers see them.

use std::process::ExitCode;

use crate::report::{RunOutcome, Verdict};
use crate::verdict::assessment::Readiness;

/// Everything conforms, known failures included.
pub const CONFORMS: u8 = 0;
/// The contract is broken.
pub const BREAKS: u8 = 1;
/// Usage, configuration, a scenario or a spec is wrong; nothing was sent and nothing written.
pub const USAGE: u8 = 2;
/// Nothing could be judged: the vendor was not reached, or the harness could not run.
pub const NOT_JUDGED: u8 = 3;
/// Nothing was selected.
pub const NOTHING_SELECTED: u8 = 4;
/// Only unreviewed snapshots stand in the way.
pub const UNREVIEWED: u8 = 5;
/// A known failure passed, expired or names no case.
pub const KNOWN_FAILURE: u8 = 6;
/// Our own bug.
pub const BUG: u8 = 70;
/// Interrupted.
pub const INTERRUPTED: u8 = 130;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Well: everything conforms, or the command only told something.
    Well,
    /// The contract is broken.
    Breaks,
    /// The user's input is wrong.
    Usage,
    /// Nothing could be judged.
    NotJudged,
    /// Nothing was selected.
    NothingSelected,
    /// Only unreviewed snapshots stand in the way.
    Unreviewed,
    /// A known failure passed, expired or names no case.
    KnownFailure,
    /// Interrupted by the user.
    Interrupted,
}

impl Ended {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Well => CONFORMS,
            Self::Breaks => BREAKS,
            Self::Usage => USAGE,
            Self::NotJudged => NOT_JUDGED,
            Self::NothingSelected => NOTHING_SELECTED,
            Self::Unreviewed => UNREVIEWED,
            Self::KnownFailure => KNOWN_FAILURE,
            Self::Interrupted => INTERRUPTED,
        }
    }
}

impl From<Verdict> for Ended {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Interrupted => Self::Interrupted,
            Verdict::OutdatedList => Self::KnownFailure,
            Verdict::Troubled | Verdict::Cases(RunOutcome::NotJudged) | Verdict::Certified(Readiness::Open) => {
                Self::NotJudged
            }
            Verdict::Cases(RunOutcome::Conforms) | Verdict::Certified(Readiness::Ready) => Self::Well,
            Verdict::Cases(RunOutcome::Breaks) | Verdict::Certified(Readiness::Refused) => Self::Breaks,
            Verdict::Cases(RunOutcome::Unreviewed) => Self::Unreviewed,
            Verdict::Cases(RunOutcome::NothingSelected) => Self::NothingSelected,
        }
    }
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(ended.code())
    }
}
