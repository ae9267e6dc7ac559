//! What of the step that breaks may go: members, parameters, criteria, and how the call is delivered.
//!
//! A member or parameter that the interface requires stays, and so does one that is `null` (the scenario means that it is
//! not sent): without the one, or with the other, the call would be wrong in another way than the case is about. Actions
//! stay as well, with the criteria that they wait for: a step that asks until something is ready would else be judged
//! by its first answer.

use serde_json::{Value, json};

use super::cut::remove;
use crate::spec::Operation;
use crate::spec::document::escape;

/// A part of a step that may go.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    /// JSON pointer of what holds it, from the step on.
    holder: String,
    /// Its key or position there.
    key: String,
}

/// The parts of a step that may go, those that come last in the step first, so that positions before them hold.
pub(super) fn parts(step: &Value, operation: Option<&Operation>) -> Vec<Part> {
    let mut parts = Vec::new();
    let payload = &step["requestBody"]["payload"];
    let required = operation.map(required_members).unwrap_or_default();
    for (name, value) in payload.as_object().into_iter().flatten() {
        if !value.is_null() && !required.contains(name) {
            parts.push(part("/requestBody/payload", name));
        }
    }
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    for at in 0..count(&step["requestBody"]["replacements"]) {
        parts.push(part("/requestBody/replacements", &at.to_string()));
    }
    for (at, parameter) in step["parameters"].as_array().into_iter().flatten().enumerate() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let described = operation.and_then(|operation| operation.parameters.iter().find(|known| known.name == name));
        let required = parameter["in"] == "path" || described.is_some_and(|known| known.required);
        if !required && !parameter["value"].is_null() {
            parts.push(part("/parameters", &at.to_string()));
        }
    }
    // A step that asks until something is so would ask once without them.
    let criteria = if step.get("onFailure").is_some() { 0 } else { count(&step["successCriteria"]) };
    for at in 0..criteria {
        parts.push(part("/successCriteria", &at.to_string()));
    }
    for key in ["same-answer", "await", "checks"] {
        if step["x-storeproof"].get(key).is_some() {
            parts.push(part("/x-storeproof", key));
        }
    }
    for key in ["together", "lose-answer", "clock", "copies"] {
        if step["x-storeproof"]["deliver"].get(key).is_some() {
            parts.push(part("/x-storeproof/deliver", key));
        }
    }
    parts.reverse();
    parts
}

fn part(holder: &str, key: &str) -> Part {
    Part { holder: holder.to_owned(), key: key.to_owned() }
}

/// A step with only these of the parts that may go. Lists and objects that are empty then go too, but for the payload.
pub(super) fn with_parts(step: &Value, all: &[Part], kept: &[usize]) -> Value {
    let mut step = step.clone();
    for (index, part) in all.iter().enumerate() {
        if kept.contains(&index) {
            continue;
        }
        match step.pointer_mut(&part.holder) {
            Some(Value::Array(items)) => {
                if let Some(at) = part.key.parse::<usize>().ok().filter(|at| *at < items.len()) {
                    items.remove(at);
                }
            }
            Some(holder) => remove(holder, &part.key),
            None => {}
        }
    }
    for (holder, key) in [
        ("/requestBody", "replacements"),
        ("", "parameters"),
        ("", "successCriteria"),
        ("/x-storeproof", "deliver"),
        ("", "x-storeproof"),
    ] {
        let empty = |value: &Value| {
            value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(serde_json::Map::is_empty)
        };
        if step.pointer(&format!("{holder}/{}", escape(key))).is_some_and(empty)
            && let Some(holder) = step.pointer_mut(holder)
        {
            remove(holder, key);
        }
    }
    step
}

/// A step with fewer copies of its call, each time half as many, down to two; one copy is no part at all.
pub(super) fn fewer_copies(step: &Value) -> Vec<Value> {
    let pointer = "/x-storeproof/deliver/copies";
    let copies = step.pointer(pointer).and_then(Value::as_u64).unwrap_or_default();
    let with = |fewer: u64| {
        let mut step = step.clone();
        if let Some(place) = step.pointer_mut(pointer) {
            *place = json!(fewer);
        }
        step
    };
    let mut fewer: Vec<u64> = std::iter::successors(Some(2), |count| Some(count * 2)).take(9).collect();
    fewer.retain(|count| *count < copies);
    fewer.into_iter().map(with).collect()
}

/// Names of the members that an operation's JSON body must have.
fn required_members(operation: &Operation) -> Vec<String> {
    let schemas = operation.body.iter().flat_map(|body| &body.content).filter_map(|media| media.schema.as_ref());
    let mut required = Vec::new();
    for schema in schemas {
        gather(schema.text(), schema.text(), &mut required, 0);
    }
    required
}

/// Deepest chain of references that is followed.
const DEEPEST: usize = 16;

fn gather(schema: &Value, whole: &Value, into: &mut Vec<String>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    into.extend(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    let reference = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    if let Some(target) = reference.and_then(|pointer| whole.pointer(pointer)) {
        gather(target, whole, into, depth + 1);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        gather(part, whole, into, depth + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::embedded;

    #[test]
    fn what_the_interface_requires_stays() {
        let interface = embedded::interface("koogallery/saas-v2").expect("is embedded");
        let step = json!({
            "parameters": [{ "name": "a", "in": "query", "value": 1 }, { "name": "b", "in": "path", "value": 1 }],
            "requestBody": { "payload": { "orderId": "x", "remark": "y", "gone": null } },
            "successCriteria": [{ "condition": "a" }, { "condition": "b" }],
            "x-storeproof": { "deliver": { "copies": 3, "together": true } },
        });
        let parts = parts(&step, interface.operation("newInstance").map(|operation| &**operation));
        let told: Vec<String> = parts.iter().map(|part| format!("{}/{}", part.holder, part.key)).collect();
        assert_eq!(
            told,
            [
                "/x-storeproof/deliver/copies",
                "/x-storeproof/deliver/together",
                "/successCriteria/1",
                "/successCriteria/0",
                "/parameters/0",
                "/requestBody/payload/remark",
            ]
        );
        let left = with_parts(&step, &parts, &[3]);
        assert_eq!(
            left,
            json!({
                "parameters": [{ "name": "b", "in": "path", "value": 1 }],
                "requestBody": { "payload": { "orderId": "x", "gone": null } },
                "successCriteria": [{ "condition": "a" }],
            })
        );
    }

    #[test]
    fn copies_get_fewer() {
        let step = json!({ "x-storeproof": { "deliver": { "copies": 5 } } });
        let copies: Vec<Value> =
            fewer_copies(&step).iter().map(|step| step["x-storeproof"]["deliver"]["copies"].clone()).collect();
        assert_eq!(copies, [2, 4]);
        assert!(fewer_copies(&json!({})).is_empty());
    }
}
