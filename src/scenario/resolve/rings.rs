//! Workflows that lead back to themselves.

use super::Context;
use crate::scenario::plan::{Target, Workflow, WorkflowRef};
use crate::scenario::problem::What;

impl<'d> Context<'d> {
    /// Reports workflows that wait for each other, and those that call each other without an end in sight.
    pub(super) fn judge_rings(&self, workflows: &[Workflow]) {
        let waits: Vec<Vec<usize>> =
            workflows.iter().map(|workflow| workflow.depends_on.iter().filter_map(here).collect()).collect();
        for ring in rings(&waits) {
            let first = ring.first().and_then(|index| self.workflow_outline(*index));
            if let Some(node) = first.and_then(|outline| outline.node.get("dependsOn")) {
                self.error(&node, What::DependsOnCycle(self.names(&ring)));
            }
        }
        let called = |target: &Target| match target {
            Target::Workflow(workflow) => here(workflow),
            Target::Operation(_) => None,
        };
        let calls: Vec<Vec<usize>> = workflows
            .iter()
            .map(|workflow| workflow.steps.iter().filter_map(|step| called(&step.target)).collect())
            .collect();
        for ring in rings(&calls) {
            // An action may end the ring, so that this need not be wrong.
            if let Some(outline) = ring.first().and_then(|index| self.workflow_outline(*index)) {
                self.warn(&outline.node, What::CallCycle(self.names(&ring)));
            }
        }
    }

    fn names(&self, ring: &[usize]) -> String {
        let ids: Vec<&str> = ring.iter().filter_map(|index| Some(self.workflow_outline(*index)?.id)).collect();
        ids.join(" → ")
    }
}

fn here(workflow: &WorkflowRef) -> Option<usize> {
    match workflow {
        WorkflowRef::Here(index) => Some(*index),
        WorkflowRef::There(..) => None,
    }
}

/// Rings of a graph, each from a node back to itself; a node that is in several rings may be shown in one only.
fn rings(next: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    let mut done = vec![false; next.len()];
    for start in 0..next.len() {
        // The way from `start`, with what is still to be looked at from each node on it.
        let mut way: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut open = vec![start];
        loop {
            match open.pop() {
                Some(to) => {
                    if let Some(begin) = way.iter().position(|(on_way, _)| *on_way == to) {
                        found.push(way[begin..].iter().map(|(node, _)| *node).chain([to]).collect());
                    } else if !done.get(to).copied().unwrap_or(true) {
                        way.push((to, open));
                        open = next[to].clone();
                    }
                }
                None => {
                    let Some((node, rest)) = way.pop() else { break };
                    done[node] = true;
                    open = rest;
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ring_is_found_once() {
        assert_eq!(rings(&[vec![1], vec![2], vec![0]]), [[0, 1, 2, 0]]);
        assert_eq!(rings(&[vec![0], vec![0]]), [[0, 0]]);
        assert_eq!(rings(&[vec![1, 2], vec![2], vec![]]), Vec::<Vec<usize>>::new());
        assert_eq!(rings(&[vec![1], vec![2], vec![1]]), [[1, 2, 1]]);
    }
}
