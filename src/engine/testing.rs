//! Hand-made operations, plans and exchanges for the tests of this module.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::scenario::expression::{Access, Comparison, Condition, Expression, Operand};
use crate::scenario::plan::{
    Action, ActionKind, Criterion, Extension, Plan, Source, SourceKind, Spot, Step, Target, Test, Workflow, WorkflowRef,
};
use crate::spec::{Caller, Interface, Operation, Parameter, ParameterPlace};
use crate::wire::{Exchange, Headers, Loss, Peer, Raw, Request, Response, Timing};

use super::encode::Form;
use super::wording::written;

pub(super) fn operation(id: &str, method: &str, path: &str) -> Arc<Operation> {
    Arc::new(Operation {
        id: id.to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        summary: None,
        parameters: Vec::new(),
        body: None,
        answers: Vec::new(),
        signatures: Vec::new(),
    })
}

pub(super) fn parameter(name: &str, place: ParameterPlace) -> Parameter {
    let form = Form::of_place(place);
    Parameter { name: name.to_owned(), place, required: false, style: form.style, explode: form.explode, schema: None }
}

pub(super) fn plan(workflows: Vec<Workflow>) -> Plan {
    let interface = Interface {
        title: "Test".to_owned(),
        version: "1".to_owned(),
        marketplace: None,
        dialect: None,
        caller: Caller::Marketplace,
        operations: Vec::new(),
    };
    Plan {
        applies: Vec::new(),
        varies: None,
        name: "topic/case".to_owned(),
        title: "A case".to_owned(),
        summary: None,
        marketplace: None,
        dialect: None,
        sources: vec![Source {
            name: "api".to_owned(),
            url: "./api.yaml".to_owned(),
            kind: SourceKind::OpenApi(Arc::new(interface)),
        }],
        workflows,
        components: Vec::new(),
    }
}

pub(super) fn workflow(id: &str, steps: Vec<Step>) -> Workflow {
    Workflow {
        id: id.to_owned(),
        summary: None,
        spot: Spot::default(),
        inputs: None,
        depends_on: Vec::new(),
        parameters: Vec::new(),
        steps,
        success_actions: Vec::new(),
        failure_actions: Vec::new(),
        outputs: Vec::new(),
    }
}

fn any_step(id: &str, target: Target) -> Step {
    Step {
        id: id.to_owned(),
        description: None,
        spot: Spot::default(),
        target,
        arguments: Vec::new(),
        payload: None,
        criteria: Vec::new(),
        on_success: Vec::new(),
        on_failure: Vec::new(),
        outputs: Vec::new(),
        extension: Extension::default(),
    }
}

/// A step that sends `GET /<id>` and asks for 200.
pub(super) fn step(id: &str) -> Step {
    Step { criteria: vec![is_status(200)], ..any_step(id, Target::Operation(operation(id, "GET", &format!("/{id}")))) }
}

/// A step that calls a workflow of the same document.
pub(super) fn calling(id: &str, workflow: usize) -> Step {
    any_step(id, Target::Workflow(WorkflowRef::Here(workflow)))
}

pub(super) fn action(kind: ActionKind, criteria: Vec<Criterion>) -> Action {
    Action { name: "action".to_owned(), criteria, kind }
}

pub(super) fn literal(value: Value) -> Operand {
    Operand::Literal(value)
}

pub(super) fn operand(expression: Expression, accesses: Vec<Access>) -> Operand {
    Operand::Expression { text: written(&expression), expression, accesses }
}

pub(super) fn compare(left: Expression, operator: Comparison, right: Value) -> Condition {
    Condition::Compare { left: operand(left, Vec::new()), operator, right: literal(right) }
}

fn criterion(text: &str, test: Test) -> Criterion {
    Criterion { text: text.to_owned(), spot: Spot::default(), test }
}

pub(super) fn simple(text: &str, condition: Condition) -> Criterion {
    criterion(text, Test::Simple(condition))
}

pub(super) fn is_status(status: u16) -> Criterion {
    simple(&format!("$statusCode == {status}"), compare(Expression::StatusCode, Comparison::Equal, Value::from(status)))
}

pub(super) fn regex(context: Expression, pattern: &str) -> Criterion {
    criterion(pattern, Test::Regex { context, pattern: regex::Regex::new(pattern).unwrap() })
}

pub(super) fn jsonpath(context: Expression, query: &str) -> Criterion {
    criterion(query, Test::JsonPath { context, query: serde_json_path::JsonPath::parse(query).unwrap() })
}

/// An answer with a JSON content type.
pub(super) fn response(status: u16, body: &str) -> Response {
    Response {
        headers: Headers::from_iter([("Content-Type", "application/json")]),
        body: body.as_bytes().to_vec(),
        ..Response::new(status)
    }
}

pub(super) fn exchange(request: Request, answer: Result<Response, Loss>) -> Exchange {
    Exchange {
        request,
        answer,
        raw: Raw::default(),
        started: Timestamp::UNIX_EPOCH,
        timing: Timing { total: Duration::from_millis(1), ..Timing::default() },
        peer: Peer { base: "http://127.0.0.1:1".to_owned(), loopback: true, ..Peer::default() },
        caller: crate::wire::Caller::Marketplace,
    }
}

pub(super) fn answered(method: &str, target: &str, response: Response) -> Exchange {
    exchange(Request::new(method, target), Ok(response))
}

pub(super) fn lost(method: &str, target: &str, loss: Loss) -> Exchange {
    exchange(Request::new(method, target), Err(loss))
}
