//! From a step to its call: arguments and payload are evaluated, or the workflow that it calls is entered.

use std::sync::Arc;

use jiff::Timestamp;

use super::Playback;
use super::frame::{Back, DEPTH};
use super::inputs::InputError;
use crate::engine::compose::{ComposeError, Composed, Given, compose};
use crate::engine::condition::decides_status;
use crate::engine::evaluate::{Context, Unevaluable, Values};
use crate::engine::payload::{Content, Payload};
use crate::engine::template::depends_on_answers;
use crate::market::Expects;
use crate::scenario::expression::Template;
use crate::scenario::plan::{self, ActionKind, Step, WorkflowRef};
use crate::spec::Operation;
use crate::verdict::Breach;

/// Why a step could not be played.
pub(super) enum Unplayed {
    /// An earlier answer did not give what the step needs.
    Vendor(Breach),
    /// The scenario or its inputs are at fault.
    Harness(String),
}

impl Playback {
    /// The call of a step.
    pub(super) fn compose(&self, step: &Step, operation: &Arc<Operation>) -> Result<Composed, Unplayed> {
        let Some(frame) = self.frames.last() else { return Err(Unplayed::Harness("no workflow is played".to_owned())) };
        let none = Values::new();
        let context = self.context(frame, &none);
        let mut arguments = Vec::with_capacity(step.arguments.len());
        for argument in &step.arguments {
            let described = || operation.parameters.iter().find(|parameter| parameter.name == argument.name);
            let Some(place) = argument.place.or_else(|| described().map(|parameter| parameter.place)) else {
                return Err(Unplayed::Harness(format!("nothing says where parameter {} travels", argument.name)));
            };
            let value = resolve(context, &argument.value, || format!("parameter {}", argument.name))?;
            if let Some(value) = value {
                arguments.push(Given { name: argument.name.clone(), place, value });
            }
        }
        let payload = match &step.payload {
            None => None,
            Some(payload) => payload_of(context, payload)?,
        };
        let expects = if step.criteria.iter().any(decides_status) { Expects::Criteria } else { Expects::Success };
        let method = step.extension.deliver.method.as_deref();
        let composed = compose(operation, arguments, payload, method, expects).map_err(|error| {
            let name = match &error {
                ComposeError::PathParameter { name, .. } | ComposeError::ControlCharacter { name, .. } => name.as_str(),
                _ => "",
            };
            let mut values = step.arguments.iter().filter(|argument| argument.name == name);
            if values.any(|argument| depends_on_answers(&argument.value)) {
                let condition = format!("the parameter {name} can be sent");
                Unplayed::Vendor(Breach::Unevaluable { condition, problem: error.to_string() })
            } else {
                Unplayed::Harness(error.to_string())
            }
        });
        composed.map(|mut composed| {
            if let Some(more) = &step.extension.deliver.path {
                composed.draft.go_behind(more);
            }
            composed
        })
    }

    /// Enters the workflow that a step calls.
    pub(super) fn call(&mut self, step: &Step, to: &WorkflowRef, now: Timestamp) -> Result<(), Unplayed> {
        let Some(frame) = self.frames.last() else { return Ok(()) };
        if self.frames.len() >= DEPTH {
            return Err(Unplayed::Harness(format!("workflows call each other more than {DEPTH} deep")));
        }
        let at = self
            .library
            .find(frame.at.0, to)
            .ok_or_else(|| Unplayed::Harness("the workflow that it calls does not exist".to_owned()))?;
        let none = Values::new();
        let context = self.context(frame, &none);
        let mut given = Values::new();
        for argument in &step.arguments {
            if let Some(value) = resolve(context, &argument.value, || format!("input {}", argument.name))? {
                given.insert(argument.name.clone(), value);
            }
        }
        let workflow = self.library.workflow(at);
        let inputs = self.inputs.fill(workflow, given, &mut self.player, now).map_err(|error| match &error {
            InputError::Misfit { .. } if step.arguments.iter().any(|given| depends_on_answers(&given.value)) => {
                let condition = format!("the inputs of workflow {} fit", workflow.id);
                Unplayed::Vendor(Breach::Unevaluable { condition, problem: error.to_string() })
            }
            _ => Unplayed::Harness(error.to_string()),
        })?;
        let may_go_on = step.on_failure.iter().any(|action| !matches!(action.kind, ActionKind::End));
        let held = may_go_on.then_some(self.records.len());
        self.enter(at, inputs, Vec::new(), Back::Step { held });
        Ok(())
    }
}

/// The value of a template that a step needs for `purpose`.
pub(super) fn resolve(
    context: Context<'_>,
    template: &Template,
    purpose: impl Fn() -> String,
) -> Result<Option<serde_json::Value>, Unplayed> {
    context.resolve(template).map_err(|why| match why {
        why if !depends_on_answers(template) => Unplayed::Harness(format!("{}: {why}", purpose())),
        Unevaluable::Missing { expression } => {
            let because = format!("the call needs it for its {}", purpose());
            Unplayed::Vendor(Breach::Missing { what: expression, because })
        }
        why => Unplayed::Vendor(Breach::Unevaluable { condition: purpose(), problem: why.to_string() }),
    })
}

fn payload_of(context: Context<'_>, payload: &plan::Payload) -> Result<Option<Payload>, Unplayed> {
    let Some(template) = &payload.value else { return Ok(None) };
    let Some(value) = resolve(context, template, || "body".to_owned())? else { return Ok(None) };
    let content = match (template, value) {
        // What the scenario writes out as text is the body itself; what an expression gives is a value.
        (Template::Literal(_) | Template::Text(_), serde_json::Value::String(text)) => Content::Text(text),
        (_, value) => Content::Value(value),
    };
    let mut replacements = Vec::with_capacity(payload.replacements.len());
    for (pointer, template) in &payload.replacements {
        if let Some(value) = resolve(context, template, || format!("body at {pointer}"))? {
            replacements.push((pointer.clone(), value));
        }
    }
    Ok(Some(Payload { content_type: payload.content_type.clone(), content, replacements }))
}
