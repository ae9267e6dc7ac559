//! Slips of published documents that leave one reading only.
//!
//! The specification's own examples name outputs that no step declares. Other runners fail there at run time, or send
//! nothing. Where exactly one value can be meant, it is taken, with a warning; a marketplace's scenario is refused.

use serde_json::Value;

use super::Context;
use super::fields::Node;
use super::references::{Moment, Scope};
use crate::scenario::expression::{Expression, Path, Repair, Source};
use crate::scenario::plan::{Target, Workflow};
use crate::scenario::problem::What;
use crate::spec::document::escape;
use crate::spec::{Operation, StatusRange};

/// An output that is read from an answer although its step does not declare it.
pub(super) struct Implied {
    workflow: usize,
    step: usize,
    name: String,
}

impl<'d> Context<'d> {
    /// Finds the one expression that a text outside of the grammar can mean, where it stands.
    ///
    /// Besides the slips of [`Expression::repair`] these are, in the outputs of a step, `$name` for an output of the
    /// workflow that it calls, and `$outputs[0]` for its answer.
    pub(super) fn mend_expression(&self, text: &str, scope: Scope) -> Option<Repair> {
        if self.is_strict() {
            return None;
        }
        if let Some(repair) = Expression::repair(text) {
            return Some(repair);
        }
        let step = self.step_outline(scope.workflow, scope.step?).filter(|_| scope.moment == Moment::After)?;
        let text = match &step.target {
            Some(Target::Operation(_)) => format!("$response.body[{}", text.strip_prefix("$outputs[")?),
            Some(Target::Workflow(called)) => {
                let rest = text.strip_prefix('$')?;
                let name = rest.split(['.', '[', '#']).next()?;
                let outputs = self.workflow_outputs(called)?;
                format!("$outputs.{}", outputs.contains(&name).then_some(rest)?)
            }
            None => return None,
        };
        Some(Repair { expression: Expression::parse(&text).ok()?, text })
    }

    /// Finds the one value that an undeclared output can mean. Returns whether there is one.
    pub(super) fn mend_output(
        &self,
        node: &Node<'_>,
        id: &mut String,
        wanted: usize,
        output: &Path,
        scope: Scope,
    ) -> bool {
        let Some(workflow) = self.workflow_outline(scope.workflow).filter(|_| !self.is_strict()) else { return false };
        let Some(step) = workflow.steps.get(wanted) else { return false };
        let name = &output.name;
        if let Some(Target::Operation(operation)) = &step.target
            && has_property(operation, name)
        {
            let read = format!("`$response.body#/{}` of step `{id}`", escape(name));
            self.warn(
                node,
                What::ReadAs { found: format!("the output `{name}`, which step `{id}` does not declare,"), read },
            );
            self.implied.borrow_mut().push(Implied { workflow: scope.workflow, step: wanted, name: name.clone() });
            return true;
        }
        // A step that asks itself before its answer: the only other step with such an output is meant.
        if scope.step != Some(wanted) || scope.moment != Moment::Before {
            return false;
        }
        let mut others = workflow.steps.iter().filter(|other| other.outputs.contains(&name.as_str()));
        let (Some(other), None) = (others.next(), others.next()) else { return false };
        let read = format!("`$steps.{}.outputs.{name}`", other.id);
        self.warn(node, What::ReadAs { found: format!("`$steps.{id}.outputs.{name}`, of the step itself,"), read });
        other.id.clone_into(id);
        true
    }
}

/// Adds the outputs that were read although nobody declares them.
pub(super) fn add_implied(workflows: &mut [Workflow], implied: &[Implied]) {
    for Implied { workflow, step, name } in implied {
        let step = workflows.get_mut(*workflow).and_then(|workflow| workflow.steps.get_mut(*step));
        if let Some(step) = step.filter(|step| !step.outputs.iter().any(|(known, _)| known == name)) {
            let pointer = format!("/{}", escape(name));
            step.outputs.push((name.clone(), Expression::Response(Source::Body(pointer))));
        }
    }
}

/// Whether a good answer of an operation is described with a property of this name.
fn has_property(operation: &Operation, name: &str) -> bool {
    let good = |status: StatusRange| matches!(status, StatusRange::Code(200..=299) | StatusRange::Class(2));
    let answers = operation.answers.iter().filter(|answer| good(answer.status));
    let schemas = answers.flat_map(|answer| &answer.content).filter_map(|media| media.schema.as_ref());
    schemas.into_iter().any(|schema| describes(schema.text(), schema.text(), name, 0))
}

fn describes(schema: &Value, whole: &Value, name: &str, depth: usize) -> bool {
    if depth > 16 {
        return false;
    }
    let referred = || {
        let pointer = schema.get("$ref")?.as_str()?.strip_prefix('#')?;
        whole.pointer(pointer)
    };
    schema.get("properties").is_some_and(|properties| properties.get(name).is_some())
        || referred().is_some_and(|next| describes(next, whole, name, depth + 1))
        || schema
            .get("allOf")
            .and_then(Value::as_array)
            .is_some_and(|parts| parts.iter().any(|part| describes(part, whole, name, depth + 1)))
}
