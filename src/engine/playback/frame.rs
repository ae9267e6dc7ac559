//! Workflows that are being played, innermost last, and where each of them stands.

use std::sync::Arc;

use jiff::Timestamp;

use super::schedule::WorkflowAt;
use crate::engine::evaluate::{StepOutputs, Values};

/// How deep workflows may call each other, and how deep retries may be nested. A scenario that goes deeper runs in
/// circles.
pub(super) const DEPTH: usize = 64;

/// One playing of a workflow.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) at: WorkflowAt,
    pub(super) inputs: Arc<Values>,
    pub(super) steps: StepOutputs,
    /// The step that is played.
    pub(super) cursor: Cursor,
    /// Steps that are done again as soon as the step that their retry runs first is done, innermost last.
    pub(super) waiting: Vec<Cursor>,
    /// Workflows that handed over control to this one and end as it ends.
    pub(super) passed: Vec<WorkflowAt>,
    pub(super) back: Back,
}

impl Frame {
    pub(super) fn new(at: WorkflowAt, inputs: Arc<Values>, back: Back) -> Self {
        Self {
            at,
            inputs,
            steps: StepOutputs::new(),
            cursor: Cursor::at(0),
            waiting: Vec::new(),
            passed: Vec::new(),
            back,
        }
    }
}

/// Where control goes when a workflow ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Back {
    /// To the next workflow of the schedule.
    Schedule,
    /// To the step that called it. Records from this position on wait until that step is decided, when it may be done
    /// again or lead elsewhere: what they hold may turn out to be control flow.
    Step {
        /// Position of the first record that waits.
        held: Option<usize>,
    },
    /// To the step whose retry runs it first.
    Retry,
}

/// A step and how often it was tried.
#[derive(Debug)]
pub(super) struct Cursor {
    /// Its position.
    pub(super) step: usize,
    /// Attempts that have ended.
    pub(super) attempts: u32,
    /// How often each of its failure actions was taken.
    pub(super) used: Vec<u32>,
    /// When the first attempt began.
    pub(super) since: Option<Timestamp>,
}

impl Cursor {
    pub(super) fn at(step: usize) -> Self {
        Self { step, attempts: 0, used: Vec::new(), since: None }
    }

    pub(super) fn take(&mut self, action: usize) {
        if self.used.len() <= action {
            self.used.resize(action + 1, 0);
        }
        self.used[action] += 1;
    }
}
