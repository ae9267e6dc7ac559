//! Whether what an expression refers to is there, and can have a value where it stands.

use super::Context;
use super::fields::Node;
use crate::scenario::expression::{Expression, Path, Side};
use crate::scenario::nearby::{Nearby, nearby};
use crate::scenario::plan::{Target, WorkflowRef};
use crate::scenario::problem::What;

/// Where an expression stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    pub(super) workflow: usize,
    /// `None` for what belongs to all steps of a workflow, or to none.
    pub(super) step: Option<usize>,
    pub(super) moment: Moment,
}

/// When an expression is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// To make the request.
    Before,
    /// When the answer is there.
    After,
    /// When the workflow has ended.
    End,
    /// Never: a component that nothing refers to.
    Unused,
}

/// An expression whose step must have run before another.
pub(super) struct Deferred {
    pub(super) workflow: usize,
    /// The step whose output is wanted.
    pub(super) wanted: usize,
    /// The step that wants it.
    pub(super) by: usize,
    pub(super) pointer: String,
    pub(super) offset: Option<usize>,
    pub(super) expression: String,
}

impl<'d> Context<'d> {
    /// Checks one expression; dotted names are joined where outputs or inputs with dots are declared.
    pub(super) fn check(&self, node: &Node<'_>, offset: Option<usize>, expression: &mut Expression, scope: Scope) {
        if scope.moment == Moment::Unused {
            return;
        }
        let text = expression.to_string();
        let at = Place { node, offset, text: &text };
        match expression {
            Expression::Url
            | Expression::Method
            | Expression::StatusCode
            | Expression::Request(_)
            | Expression::Response(_) => self.check_exchange(&at, scope),
            Expression::Message(_) => self.never(&at, "an HTTP exchange has no message"),
            Expression::Inputs(path) => self.check_input(&at, WorkflowRef::Here(scope.workflow), path),
            Expression::Outputs(path) => self.check_output(&at, path, scope),
            Expression::Steps { step, output } => self.check_step(&at, step, output, scope),
            Expression::Workflows { workflow, side, path } => {
                let ids = || self.outline.workflows.iter().map(|workflow| workflow.id);
                let Some(index) = ids().position(|id| id == workflow) else {
                    let what = What::Unknown { kind: "workflow", name: workflow.clone(), of: String::new() };
                    return self.wrong(&at, what, nearby(workflow, ids()));
                };
                match side {
                    Side::Inputs => self.check_input(&at, WorkflowRef::Here(index), path),
                    Side::Outputs => self.check_workflow_output(&at, &WorkflowRef::Here(index), path),
                }
            }
            Expression::SourceDescriptions { source, reference } => {
                if self.origin(node, source).is_some() && reference != "url" {
                    let what = What::NeverSet {
                        expression: text.clone(),
                        why: "as a value a source description has its `url` only".to_owned(),
                    };
                    self.wrong(&at, what, Nearby::default());
                }
            }
            Expression::Components { .. } => {
                self.never(&at, "a component stands in `reference`, or a parameter of the components as a whole value");
            }
        }
    }

    fn wrong(&self, at: &Place<'_>, what: What, near: Nearby) {
        match at.offset {
            Some(offset) => self.error_inside(at.node, offset, what, near),
            None => self.error_near(at.node, what, near),
        }
    }

    fn never(&self, at: &Place<'_>, why: &str) {
        self.wrong(at, What::NeverSet { expression: at.text.to_owned(), why: why.to_owned() }, Nearby::default());
    }

    fn check_exchange(&self, at: &Place<'_>, scope: Scope) {
        match scope.moment {
            Moment::Before => self.never(at, "there is no request yet; outputs of earlier steps hold their answers"),
            Moment::End => self.never(at, "a workflow's outputs come from the outputs of its steps"),
            Moment::After | Moment::Unused => {
                let step = scope.step.and_then(|step| self.step_outline(scope.workflow, step));
                if let Some(step) = step
                    && matches!(step.target, Some(Target::Workflow(_)))
                {
                    let why = format!("step `{}` calls a workflow, which has no answer of its own", step.id);
                    let what = What::NeverSet { expression: at.text.to_owned(), why };
                    self.error_if_strict(at.node, what, Nearby::default());
                }
            }
        }
    }

    fn check_input(&self, at: &Place<'_>, workflow: WorkflowRef, path: &mut Path) {
        let Some(taken) = self.taken(&workflow) else { return };
        settle(path, taken.names.names.iter().map(String::as_str));
        if !taken.names.open && !taken.names.names.contains(&path.name) {
            let near = nearby(&path.name, taken.names.names.iter().map(String::as_str));
            self.wrong(at, What::Lacks { owner: taken.owner, kind: "input", name: path.name.clone() }, near);
        }
    }

    fn check_workflow_output(&self, at: &Place<'_>, workflow: &WorkflowRef, path: &mut Path) {
        let (Some(id), Some(outputs)) = (self.workflow_id(workflow), self.workflow_outputs(workflow)) else { return };
        settle(path, outputs.iter().copied());
        if !outputs.contains(&path.name.as_str()) {
            let owner = format!("workflow `{id}`");
            let near = nearby(&path.name, outputs);
            self.wrong(at, What::Lacks { owner, kind: "output", name: path.name.clone() }, near);
        }
    }

    fn workflow_id(&self, workflow: &WorkflowRef) -> Option<&str> {
        match workflow {
            WorkflowRef::Here(index) => Some(self.workflow_outline(*index)?.id),
            WorkflowRef::There(source, index) => Some(&self.origins.get(*source)?.plan()?.workflows.get(*index)?.id),
        }
    }

    /// The names of a workflow's outputs.
    pub(super) fn workflow_outputs(&self, workflow: &WorkflowRef) -> Option<Vec<&str>> {
        match workflow {
            WorkflowRef::Here(index) => Some(self.workflow_outline(*index)?.outputs.clone()),
            WorkflowRef::There(source, index) => {
                let outputs = &self.origins.get(*source)?.plan()?.workflows.get(*index)?.outputs;
                Some(outputs.iter().map(|(name, _)| name.as_str()).collect())
            }
        }
    }

    /// `$outputs` are those of the workflow that the step calls, or of the workflow that has ended.
    fn check_output(&self, at: &Place<'_>, path: &mut Path, scope: Scope) {
        let step = scope.step.and_then(|step| self.step_outline(scope.workflow, step));
        match (scope.moment, step.map(|step| &step.target)) {
            (Moment::End, _) => self.check_workflow_output(at, &WorkflowRef::Here(scope.workflow), path),
            (Moment::After, Some(Some(Target::Workflow(called)))) => self.check_workflow_output(at, called, path),
            // The step's own mistake has been reported.
            (Moment::After, Some(None)) => {}
            _ => {
                let why =
                    "it holds the outputs of a workflow after a step has called it, or in the workflow's own outputs";
                self.never(at, why);
            }
        }
    }

    fn check_step(&self, at: &Place<'_>, id: &mut String, output: &mut Path, scope: Scope) {
        let Some(workflow) = self.workflow_outline(scope.workflow) else { return };
        let Some(wanted) = workflow.position(id) else {
            let what = What::Unknown { kind: "step", name: id.clone(), of: format!(" in workflow {}", workflow.id) };
            return self.wrong(at, what, nearby(id, workflow.steps.iter().map(|step| step.id)));
        };
        let Some(step) = workflow.steps.get(wanted) else { return };
        settle(output, step.outputs.iter().copied());
        if !step.outputs.contains(&output.name.as_str()) {
            if self.mend_output(at.node, id, wanted, output, scope) {
                return;
            }
            let owner = format!("step `{id}`");
            let near = nearby(&output.name, step.outputs.iter().copied());
            return self.wrong(at, What::Lacks { owner, kind: "output", name: output.name.clone() }, near);
        }
        // Behind its answer a step may use its own outputs.
        let own = scope.step == Some(wanted) && scope.moment == Moment::After;
        if let (Some(by), false) = (scope.step, own) {
            self.deferred.borrow_mut().push(Deferred {
                workflow: scope.workflow,
                wanted,
                by,
                pointer: at.node.pointer.clone(),
                offset: at.offset,
                expression: at.text.to_owned(),
            });
        }
    }

    /// A component by kind and name, with an error if there is none.
    pub(super) fn component(&self, node: &Node<'_>, kind: &str, name: &str) -> Option<Node<'d>> {
        let of_kind = self.root().get("components").and_then(|components| components.get(kind));
        let found = of_kind.as_ref().and_then(|of_kind| of_kind.get(name));
        if found.is_none() {
            let known: Vec<&str> = of_kind.iter().flat_map(Node::members).map(|(name, _)| name).collect();
            let of = format!(" in components.{kind}");
            let what = What::Unknown { kind: "component", name: name.to_owned(), of };
            self.error_near(node, what, nearby(name, known));
        }
        found
    }
}

/// An expression's place, for messages.
struct Place<'a> {
    node: &'a Node<'a>,
    offset: Option<usize>,
    text: &'a str,
}

/// Joins a name with what follows it when a name with dots is declared.
fn settle<'a>(path: &mut Path, declared: impl Iterator<Item = &'a str>) {
    if path.pointer.is_empty() {
        return;
    }
    let dotted = format!("{}{}", path.name, path.pointer.replace('/', "."));
    let mut longest: Option<&str> = None;
    for name in declared {
        if name == path.name {
            return;
        }
        let is_begin = dotted.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        if is_begin && name.len() > path.name.len() && longest.is_none_or(|longest| longest.len() < name.len()) {
            longest = Some(name);
        }
    }
    if let Some(name) = longest {
        path.pointer = path.pointer.split_off(name.len() - path.name.len());
        path.name = name.to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_names_with_dots_are_joined() {
        let settled = |name: &str, pointer: &str, declared: &[&str]| {
            let mut path = Path { name: name.to_owned(), pointer: pointer.to_owned() };
            settle(&mut path, declared.iter().copied());
            (path.name, path.pointer)
        };
        assert_eq!(settled("a", "/b/0/c", &["a.b"]), ("a.b".to_owned(), "/0/c".to_owned()));
        assert_eq!(settled("a", "/b", &["a.b", "a"]), ("a".to_owned(), "/b".to_owned()));
        assert_eq!(settled("a", "/b", &["a.bc", "x"]), ("a".to_owned(), "/b".to_owned()));
        assert_eq!(settled("a", "/b", &["a.b"]), ("a.b".to_owned(), String::new()));
    }
}
