//! What leads where: steps that are never reached, and outputs that are wanted before they can be set.

use std::collections::VecDeque;

use super::fields::Node;
use super::{Context, NOTHING};
use crate::scenario::nearby::Nearby;
use crate::scenario::plan::{Action, ActionKind, Goto, Workflow};
use crate::scenario::problem::What;

impl<'d> Context<'d> {
    /// Judges the order of steps; nothing is said about workflows that could not be read as a whole.
    pub(super) fn judge_flow(&self, workflows: &[Workflow]) {
        let ways: Vec<Option<Ways>> = workflows
            .iter()
            .enumerate()
            .map(|(index, workflow)| {
                let outline = self.workflow_outline(index)?;
                (outline.steps.len() == workflow.steps.len()).then(|| Ways::of(workflow))
            })
            .collect();
        for (index, ways) in ways.iter().enumerate() {
            if let (Some(ways), Some(workflow)) = (ways, workflows.get(index)) {
                self.judge_reach(index, workflow, ways);
            }
        }
        for deferred in self.deferred.borrow().iter() {
            let Some(Some(ways)) = ways.get(deferred.workflow) else { continue };
            let Some(workflow) = workflows.get(deferred.workflow) else { continue };
            if ways.lead(deferred.wanted, deferred.by) {
                continue;
            }
            let id = |step: usize| workflow.steps.get(step).map(|step| step.id.as_str()).unwrap_or_default();
            let why = if deferred.wanted == deferred.by {
                "a step's own outputs are set after its answer only".to_owned()
            } else {
                format!("step `{}` never runs before step `{}`", id(deferred.wanted), id(deferred.by))
            };
            let node = Node { value: &NOTHING, pointer: deferred.pointer.clone() };
            let what = What::NeverSet { expression: deferred.expression.clone(), why };
            match deferred.offset {
                Some(offset) => self.error_inside(&node, offset, what, Nearby::default()),
                None => self.error(&node, what),
            }
        }
    }

    fn judge_reach(&self, index: usize, workflow: &Workflow, ways: &Ways) {
        let reached = ways.reached();
        for (step, _) in reached.iter().enumerate().filter(|(_, is_reached)| !**is_reached) {
            let (Some(outline), Some(this)) = (self.step_outline(index, step), workflow.steps.get(step)) else {
                continue;
            };
            let before = step.checked_sub(1).and_then(|before| workflow.steps.get(before));
            let why = match before {
                Some(before) if reached.get(step - 1) == Some(&true) => {
                    format!(
                        "step `{}` before it always ends or goes elsewhere, and no other step leads here",
                        before.id
                    )
                }
                _ => "only steps that are never reached themselves lead here".to_owned(),
            };
            let node = outline.node.get("stepId").unwrap_or_else(|| outline.node.clone());
            self.error_if_strict(&node, What::Unreachable { step: this.id.clone(), why }, Nearby::default());
        }
    }
}

/// For every step the steps that may run next.
struct Ways {
    next: Vec<Vec<usize>>,
    /// For every step the first one from which the document's order alone leads to it.
    straight_from: Vec<usize>,
}

impl Ways {
    fn of(workflow: &Workflow) -> Self {
        let count = workflow.steps.len();
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut straight_from: Vec<usize> = (0..count).collect();
        for (index, step) in workflow.steps.iter().enumerate() {
            let goes_on = follow(&step.on_success, index, &mut next);
            if goes_on && index + 1 < count {
                next[index].push(index + 1);
                straight_from[index + 1] = straight_from[index];
            }
            follow(&step.on_failure, index, &mut next);
        }
        Self { next, straight_from }
    }

    fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.next.len()];
        self.walk(VecDeque::from([0]), |step| {
            reached[step] = true;
            false
        });
        reached
    }

    /// Whether one step may have run before another.
    fn lead(&self, from: usize, to: usize) -> bool {
        if from < to && self.straight_from.get(to).is_some_and(|first| *first <= from) {
            return true;
        }
        let begin = self.next.get(from).cloned().unwrap_or_default();
        self.walk(begin.into(), |step| step == to)
    }

    /// Visits every step that can be reached, until `stop` says so. Returns whether it did.
    fn walk(&self, mut open: VecDeque<usize>, mut stop: impl FnMut(usize) -> bool) -> bool {
        let mut seen = vec![false; self.next.len()];
        while let Some(step) = open.pop_front() {
            if seen.get(step).copied().unwrap_or(true) {
                continue;
            }
            seen[step] = true;
            if stop(step) {
                return true;
            }
            open.extend(&self.next[step]);
        }
        false
    }
}

/// Adds where actions lead. Returns whether the step may end without any of them.
fn follow(actions: &[Action], index: usize, next: &mut [Vec<usize>]) -> bool {
    for action in actions {
        match &action.kind {
            ActionKind::Goto(Goto::Step(to)) => next[index].push(*to),
            ActionKind::Retry { first: Some(Goto::Step(first)), .. } => {
                next[index].push(*first);
                if let Some(of_first) = next.get_mut(*first) {
                    of_first.push(index);
                }
            }
            ActionKind::End | ActionKind::Goto(Goto::Workflow(_)) | ActionKind::Retry { .. } => {}
        }
        // A retry gives up after its limit, and then the next action counts.
        if action.criteria.is_empty() && !matches!(action.kind, ActionKind::Retry { .. }) {
            return false;
        }
    }
    true
}
