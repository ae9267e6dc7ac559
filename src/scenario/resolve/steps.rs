//! Workflows and their steps, from their outlines to the plan.

use std::collections::HashSet;

use super::Context;
use super::actions::{After, with_defaults};
use super::fields::Node;
use super::outline::StepOutline;
use super::parameters::Given;
use super::references::{Moment, Scope};
use crate::scenario::nearby::nearby;
use crate::scenario::plan::{Action, Step, Target, Workflow, WorkflowRef};
use crate::scenario::problem::What;

/// What a workflow gives to all of its steps.
struct Shared<'d> {
    parameters: Vec<Given<'d>>,
    success_actions: Vec<Action>,
    failure_actions: Vec<Action>,
}

impl<'d> Context<'d> {
    /// All workflows. A step whose target is wrong is left out; there is an error then, and no plan.
    pub(super) fn workflows(&self) -> Vec<Workflow> {
        let workflows: Vec<Workflow> =
            (0..self.outline.workflows.len()).filter_map(|index| self.workflow(index)).collect();
        self.judge_rings(&workflows);
        workflows
    }

    fn workflow(&self, index: usize) -> Option<Workflow> {
        let outline = self.workflow_outline(index)?;
        let node = &outline.node;
        let of_all = Scope { workflow: index, step: None, moment: Moment::After };
        let shared = Shared {
            parameters: self.parameters(node, None, Scope { moment: Moment::Before, ..of_all }),
            success_actions: self.actions(node, "successActions", After::Success, of_all),
            failure_actions: self.actions(node, "failureActions", After::Failure, of_all),
        };
        self.unused_parameters(&shared.parameters, &outline.steps);
        let steps = (0..outline.steps.len()).filter_map(|step| self.step(index, step, &shared)).collect();
        let summary = self.text(node, "summary");
        let description = self.text(node, "description");
        Some(Workflow {
            id: outline.id.to_owned(),
            summary: summary.or(description).map(|(_, text)| text.trim().to_owned()),
            spot: self.spot(node),
            inputs: outline.inputs.as_ref().map(|read| read.inputs.clone()),
            depends_on: self.depends_on(node),
            parameters: shared.parameters.into_iter().map(|given| given.argument).collect(),
            steps,
            success_actions: shared.success_actions,
            failure_actions: shared.failure_actions,
            outputs: self.outputs(node, Scope { moment: Moment::End, ..of_all }),
        })
    }

    fn step(&self, workflow: usize, index: usize, shared: &Shared<'d>) -> Option<Step> {
        let StepOutline { id, node, target, .. } = self.step_outline(workflow, index)?;
        let before = Scope { workflow, step: Some(index), moment: Moment::Before };
        let after = Scope { moment: Moment::After, ..before };
        let target = target.as_ref();
        let mut arguments = self.arguments(node, target, &shared.parameters, before);
        let payload = self.payload(node, target, before);
        let mut criteria = self.criteria(node, "successCriteria", after);
        let on_success = self.actions(node, "onSuccess", After::Success, after);
        let on_failure = self.actions(node, "onFailure", After::Failure, after);
        let outputs = self.outputs(node, after);
        let extension = self.extension(node, target, before, after);
        // Both are kept to the end of the run, and collecting leaves room for four.
        arguments.shrink_to_fit();
        criteria.shrink_to_fit();
        Some(Step {
            id: (*id).to_owned(),
            description: self.text(node, "description").map(|(_, text)| text.trim().to_owned()),
            spot: self.spot(node),
            target: target?.clone(),
            arguments,
            payload,
            criteria,
            on_success: with_defaults(on_success, &shared.success_actions),
            on_failure: with_defaults(on_failure, &shared.failure_actions),
            outputs,
            extension,
        })
    }

    /// A workflow's parameter that no step of a store's scenario takes is a typing mistake.
    fn unused_parameters(&self, parameters: &[Given<'d>], steps: &[StepOutline<'d>]) {
        for given in parameters.iter().filter(|_| self.is_strict()) {
            let Some(place) = given.argument.place else { continue };
            let name = given.argument.name.as_str();
            let operations = || {
                steps.iter().filter_map(|step| match &step.target {
                    Some(Target::Operation(operation)) => Some(operation),
                    _ => None,
                })
            };
            let of_place = || {
                let all = operations().flat_map(|operation| &operation.parameters);
                all.filter(|parameter| parameter.place == place).map(|parameter| parameter.name.as_str())
            };
            if operations().next().is_some() && !of_place().any(|known| known.eq_ignore_ascii_case(name)) {
                let owner = "no step of the workflow calls an operation that".to_owned();
                let mut near = nearby(name, of_place());
                near.known.dedup();
                self.error_near(given.node(), What::Lacks { owner, kind: "parameter", name: name.to_owned() }, near);
            }
        }
    }

    fn depends_on(&self, node: &Node<'d>) -> Vec<WorkflowRef> {
        let mut seen = HashSet::new();
        let mut read = Vec::new();
        for node in self.list(node, "dependsOn") {
            let Some(id) = node.text() else {
                let expected = "the id of a workflow".to_owned();
                let found = super::fields::describe(node.value);
                self.error(&node, What::WrongType { name: node.label(), expected, found });
                continue;
            };
            self.unique(&mut seen, &node, "the workflow", id);
            read.extend(self.workflow_ref(&node, id));
        }
        read
    }

    /// Reads the components, so that those which nothing refers to are held to their form, too.
    pub(super) fn read_unused_components(&self) {
        let Some(components) = self.root().get("components") else { return };
        let keys = ["inputs", "parameters", "successActions", "failureActions"];
        if self.mapping(&components, "the Components Object", &keys).is_none() {
            return;
        }
        let scope = Scope { workflow: 0, step: None, moment: Moment::Unused };
        self.read_component_inputs(&components);
        for (_, node) in self.named_map(&components, "parameters") {
            self.parameter(&node, None, scope);
        }
        for (_, node) in self.named_map(&components, "successActions") {
            self.action(&node, After::Success, scope);
        }
        for (_, node) in self.named_map(&components, "failureActions") {
            self.action(&node, After::Failure, scope);
        }
    }
}
