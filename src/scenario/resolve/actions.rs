//! What follows a step: success and failure actions.

use std::collections::HashSet;
use std::time::Duration;

use super::Context;
use super::fields::Node;
use super::references::{Moment, Scope};
use crate::scenario::nearby::nearby;
use crate::scenario::plan::{Action, ActionKind, Goto};
use crate::scenario::problem::What;

/// Which list an action stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    Success,
    Failure,
}

impl After {
    fn component(self) -> &'static str {
        match self {
            Self::Success => "successActions",
            Self::Failure => "failureActions",
        }
    }

    fn object(self) -> &'static str {
        match self {
            Self::Success => "a Success Action Object",
            Self::Failure => "a Failure Action Object",
        }
    }

    fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Success => &["end", "goto"],
            Self::Failure => &["end", "goto", "retry"],
        }
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Success => &["name", "type", "workflowId", "stepId", "criteria"],
            Self::Failure => &["name", "type", "workflowId", "stepId", "retryAfter", "retryLimit", "criteria"],
        }
    }
}

impl<'d> Context<'d> {
    /// The actions in a field of a step or workflow.
    pub(super) fn actions(&self, owner: &Node<'d>, key: &str, after: After, scope: Scope) -> Vec<Action> {
        let mut names = HashSet::new();
        let mut actions = Vec::new();
        for node in self.list(owner, key) {
            let component = match self.reusable(&node, after.component(), &["reference"]) {
                Some(Some(component)) => component,
                Some(None) => node.clone(),
                None => continue,
            };
            let Some(action) = self.action(&component, after, scope) else { continue };
            self.unique(&mut names, &node, "the action", &action.name);
            actions.push(action);
        }
        actions
    }

    /// One action.
    pub(super) fn action(&self, node: &Node<'d>, after: After, scope: Scope) -> Option<Action> {
        self.mapping(node, after.object(), after.keys())?;
        let name = self.required_text(node, "the action", "name");
        let criteria = self.criteria(node, "criteria", scope);
        let (kind_node, kind) = self.required_text(node, "the action", "type")?;
        let kind = match (kind, after) {
            ("end", _) => {
                self.irrelevant(node, &["stepId", "workflowId", "retryAfter", "retryLimit"], "an action of type end");
                ActionKind::End
            }
            ("goto", _) => {
                self.irrelevant(node, &["retryAfter", "retryLimit"], "an action of type goto");
                let target = self.goto(node, scope)?;
                let Some(target) = target else {
                    let (object, fields) = ("an action of type goto", "stepId and workflowId");
                    self.error(node, What::ExactlyOne { object, fields, found: "none".to_owned() });
                    return None;
                };
                ActionKind::Goto(target)
            }
            ("retry", After::Failure) => ActionKind::Retry {
                after: self.seconds(node, "retryAfter").unwrap_or(Duration::ZERO),
                // Without a limit the specification asks for one attempt.
                limit: self.count(node, "retryLimit", 0).unwrap_or(1),
                first: self.goto(node, scope)?,
            },
            (other, _) => {
                let name =
                    format!("type of {}", if after == After::Success { "success action" } else { "failure action" });
                let near = nearby(other, after.kinds().iter().copied());
                self.error_near(&kind_node, What::WrongChoice { name, found: other.to_owned() }, near);
                return None;
            }
        };
        let (_, name) = name?;
        Some(Action { name: name.to_owned(), criteria, kind })
    }

    fn irrelevant(&self, node: &Node<'d>, fields: &[&'static str], with: &str) {
        for field in fields {
            if let Some(member) = node.get(field) {
                self.error(&member, What::Irrelevant { field, with: with.to_owned() });
            }
        }
    }

    /// Where an action leads, if anywhere; `None` when that was reported as wrong.
    fn goto(&self, node: &Node<'d>, scope: Scope) -> Option<Option<Goto>> {
        match (node.value.get("stepId"), node.value.get("workflowId")) {
            (None, None) => Some(None),
            (Some(_), Some(_)) => {
                let (object, fields) = ("an action", "stepId and workflowId");
                self.error(node, What::ExactlyOne { object, fields, found: "both".to_owned() });
                None
            }
            (None, Some(_)) => {
                let (node, id) = self.text(node, "workflowId")?;
                self.workflow_ref(&node, id).map(|workflow| Some(Goto::Workflow(workflow)))
            }
            (Some(_), None) => {
                let (node, id) = self.text(node, "stepId")?;
                if scope.moment == Moment::Unused {
                    return Some(Some(Goto::Step(0)));
                }
                let workflow = self.workflow_outline(scope.workflow)?;
                let found = workflow.position(id);
                if found.is_none() {
                    let of = format!(" in workflow {}", workflow.id);
                    let near = nearby(id, workflow.steps.iter().map(|step| step.id));
                    self.error_near(&node, What::Unknown { kind: "step", name: id.to_owned(), of }, near);
                }
                found.map(|step| Some(Goto::Step(step)))
            }
        }
    }
}

/// A step's own actions, then those of its workflow that it does not override by name.
pub(super) fn with_defaults(mut own: Vec<Action>, of_workflow: &[Action]) -> Vec<Action> {
    let inherited = of_workflow.iter().filter(|action| !own.iter().any(|known| known.name == action.name));
    let inherited: Vec<Action> = inherited.cloned().collect();
    own.extend(inherited);
    own
}
