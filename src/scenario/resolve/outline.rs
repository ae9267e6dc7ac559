//! The names of the whole document, gathered before anything is read that may refer to them.

use std::collections::{HashMap, HashSet};

use super::Context;
use super::fields::Node;
use super::inputs::ReadInputs;
use crate::scenario::plan::Target;
use crate::scenario::problem::What;

/// Workflows in the order of the document, those with problems included, so that positions are those of the plan.
#[derive(Default)]
pub(super) struct Outline<'d> {
    pub(super) workflows: Vec<WorkflowOutline<'d>>,
}

/// One workflow.
pub(super) struct WorkflowOutline<'d> {
    pub(super) id: &'d str,
    pub(super) node: Node<'d>,
    pub(super) inputs: Option<ReadInputs>,
    pub(super) outputs: Vec<&'d str>,
    pub(super) steps: Vec<StepOutline<'d>>,
    /// Positions of steps by their ids; the first of two of one name.
    by_id: HashMap<&'d str, usize>,
}

impl WorkflowOutline<'_> {
    /// Position of the step with this id.
    pub(super) fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }
}

/// One step.
pub(super) struct StepOutline<'d> {
    pub(super) id: &'d str,
    pub(super) node: Node<'d>,
    pub(super) outputs: Vec<&'d str>,
    /// `None` when it was reported as wrong.
    pub(super) target: Option<Target>,
}

const WORKFLOW_KEYS: [&str; 10] = [
    "workflowId",
    "summary",
    "description",
    "inputs",
    "dependsOn",
    "steps",
    "successActions",
    "failureActions",
    "outputs",
    "parameters",
];

const STEP_KEYS: [&str; 12] = [
    "description",
    "stepId",
    "operationId",
    "operationPath",
    "workflowId",
    "parameters",
    "requestBody",
    "successCriteria",
    "onSuccess",
    "onFailure",
    "outputs",
    "x-storeproof",
];

impl<'d> Context<'d> {
    /// The outline without targets, which need the ids of all workflows.
    pub(super) fn read_outline(&self, root: &Node<'d>) -> Outline<'d> {
        let mut ids = HashSet::new();
        let mut workflows = Vec::new();
        for node in self.required_list(root, "the document", "workflows") {
            if self.mapping(&node, "a Workflow Object", &WORKFLOW_KEYS).is_none() {
                continue;
            }
            let id = self.id(&node, "the workflow", "workflowId", &mut ids);
            let inputs = node.get("inputs").and_then(|inputs| self.read_inputs(&inputs));
            let outputs = self.named_map(&node, "outputs").into_iter().map(|(name, _)| name).collect();
            let steps = self.outline_steps(&node);
            let mut by_id = HashMap::new();
            for (index, step) in steps.iter().enumerate() {
                by_id.entry(step.id).or_insert(index);
            }
            workflows.push(WorkflowOutline { id, node, inputs, outputs, steps, by_id });
        }
        Outline { workflows }
    }

    fn outline_steps(&self, workflow: &Node<'d>) -> Vec<StepOutline<'d>> {
        let mut ids = HashSet::new();
        let mut steps = Vec::new();
        for node in self.required_list(workflow, "the workflow", "steps") {
            if self.mapping(&node, "a Step Object", &STEP_KEYS).is_none() {
                continue;
            }
            let id = self.id(&node, "the step", "stepId", &mut ids);
            let outputs = self.named_map(&node, "outputs").into_iter().map(|(name, _)| name).collect();
            steps.push(StepOutline { id, node, outputs, target: None });
        }
        steps
    }

    fn id(&self, node: &Node<'d>, object: &'static str, field: &'static str, seen: &mut HashSet<String>) -> &'d str {
        let Some((node, id)) = self.required_text(node, object, field) else { return "" };
        self.unique(seen, &node, field, id);
        // Expressions end an id at a dot or a bracket, so that another id could never be referred to.
        if !id.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_')) {
            let what = What::WrongForm {
                name: field.to_owned(),
                found: format!("{id:?}"),
                expected: "made of letters, digits, `-` and `_`, so that expressions can name it".to_owned(),
            };
            self.error_if_strict(&node, what, Default::default());
        }
        id
    }

    /// Finds what every step calls.
    pub(super) fn settle_targets(&mut self) {
        let targets: Vec<Vec<Option<Target>>> = self
            .outline
            .workflows
            .iter()
            .map(|workflow| workflow.steps.iter().map(|step| self.target(&step.node)).collect())
            .collect();
        for (workflow, targets) in self.outline.workflows.iter_mut().zip(targets) {
            for (step, target) in workflow.steps.iter_mut().zip(targets) {
                step.target = target;
            }
        }
    }

    /// The workflow being read.
    pub(super) fn workflow_outline(&self, workflow: usize) -> Option<&WorkflowOutline<'d>> {
        self.outline.workflows.get(workflow)
    }

    /// The step being read.
    pub(super) fn step_outline(&self, workflow: usize, step: usize) -> Option<&StepOutline<'d>> {
        self.workflow_outline(workflow)?.steps.get(step)
    }
}
