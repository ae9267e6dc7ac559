//! How much of what there is was seen.
//!
//! Points come from the documents: operations and their answers, the store's result codes, the steps of its life-cycle.
//! That a point was seen says only that it happened; whether it was right, the requirements say.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::engine::CaseRecord;
use crate::spec::{Interface, Operation, StatusRange};
use crate::verdict::Move;
use crate::verdict::assessment::{Assessed, Axis, Coverage, Standing};
use crate::wire::{Caller, Request, Response};

/// What there is.
pub struct Grounds<'a> {
    /// The interfaces that are played, the one that the vendor calls too.
    pub interfaces: &'a [Arc<Interface>],
    /// The operation of the marketplace's own API that a request calls; none where the marketplace calls.
    pub called: &'a dyn Fn(&Request) -> Option<&'static str>,
    /// The documented steps of what is sold.
    pub transitions: &'a [Move],
    /// The member of an answer that carries the store's result code, where it has one.
    pub code: Option<&'a str>,
}

/// How much of it was seen in these cases.
pub(super) fn coverage(grounds: &Grounds<'_>, cases: &[Arc<CaseRecord>], requirements: &[Assessed]) -> Coverage {
    let operations: Vec<&Arc<Operation>> =
        grounds.interfaces.iter().flat_map(|interface| &interface.operations).collect();
    let mut called = Tally::of(operations.iter().map(|operation| operation.id.clone()));
    let mut answered = Tally::of(operations.iter().flat_map(|operation| {
        operation.answers.iter().filter_map(|answer| match answer.status {
            StatusRange::Code(code) => Some(format!("{} {code}", operation.id)),
            StatusRange::Class(_) | StatusRange::Default => None,
        })
    }));
    let mut coded = Tally::of(grounds.code.into_iter().flat_map(|code| {
        let answers = operations.iter().flat_map(|operation| &operation.answers);
        let schemas = answers.flat_map(|answer| &answer.content).filter_map(|media| media.schema.as_ref());
        schemas.flat_map(|schema| codes(schema.text(), code)).collect::<Vec<_>>()
    }));
    let mut moved = Tally::of(grounds.transitions.iter().map(ToString::to_string));
    for step in cases.iter().flat_map(|case| &case.steps) {
        step.moves.iter().for_each(|step| moved.see(&step.to_string()));
        for exchange in &step.exchanges {
            let operation = match exchange.caller {
                Caller::Vendor => (grounds.called)(&exchange.request),
                Caller::Marketplace => step.operation.as_deref(),
            };
            let Some(operation) = operation else { continue };
            called.see(operation);
            let Some(response) = exchange.response() else { continue };
            answered.see(&format!("{operation} {}", response.status));
            if let Some(code) = grounds.code.and_then(|member| code_of(response, member)) {
                coded.see(&code);
            }
        }
    }
    Coverage {
        operations: called.axis(),
        statuses: answered.axis(),
        codes: coded.axis(),
        transitions: moved.axis(),
        requirements: Axis { points: requirements.iter().filter(|one| one.applies()).map(point).collect() },
    }
}

/// A requirement was seen where somebody or something has looked at it, however it stands.
fn point(assessed: &Assessed) -> (String, usize) {
    let seen = match &assessed.standing {
        Standing::Untested { .. } | Standing::Unstated | Standing::Elsewhere { .. } => 0,
        Standing::Stated(_) => 1,
        _ => assessed.evidence.len().max(1),
    };
    (assessed.requirement.to_string(), seen)
}

/// The values that a schema documents for a member of its object.
fn codes(schema: &Value, member: &str) -> Vec<String> {
    let found = |schema: &Value| -> Option<Vec<String>> {
        let codes = resolved(schema, schema.get("properties")?.get(member)?)?.get("enum")?.as_array()?;
        Some(codes.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    found(schema).or_else(|| found(resolved(schema, schema)?)).unwrap_or_default()
}

/// Follows a reference inside one document.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    match schema.get("$ref").and_then(Value::as_str) {
        None => Some(schema),
        Some(reference) => root.pointer(reference.strip_prefix('#')?),
    }
}

fn code_of(response: &Response, member: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    body.get(member)?.as_str().map(str::to_owned)
}

/// Points in the order in which they were named, and how often each was seen.
#[derive(Default)]
struct Tally {
    points: Vec<(String, usize)>,
    at: BTreeMap<String, usize>,
}

impl Tally {
    fn of(names: impl IntoIterator<Item = String>) -> Self {
        let mut tally = Self::default();
        for name in names {
            let next = tally.points.len();
            tally.at.entry(name.clone()).or_insert_with(|| {
                tally.points.push((name, 0));
                next
            });
        }
        tally
    }

    /// A point that no document names is no point.
    fn see(&mut self, name: &str) {
        if let Some(&at) = self.at.get(name) {
            self.points[at].1 += 1;
        }
    }

    fn axis(self) -> Axis {
        Axis { points: self.points }
    }
}
