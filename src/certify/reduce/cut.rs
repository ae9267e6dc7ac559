//! A document with some of its steps, and without what nothing refers to any more.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::outline::Outline;
use super::references::References;

/// The document with these of its steps. Workflows without a step go; so do inputs, outputs and components that nothing
/// refers to, and snapshots, which belong to the case that the document was made from.
pub(super) fn cut(document: &Value, outline: &Outline, kept: &BTreeSet<usize>) -> Value {
    let mut document = document.clone();
    let places: BTreeSet<_> = kept.iter().map(|&index| outline.place(index)).collect();
    let mut gone = Vec::new();
    if let Some(workflows) = document.get_mut("workflows").and_then(Value::as_array_mut) {
        for (at, workflow) in workflows.iter_mut().enumerate() {
            let Some(steps) = workflow.get_mut("steps").and_then(Value::as_array_mut) else { continue };
            let mut step = 0;
            steps.retain(|_| {
                step += 1;
                places.contains(&super::outline::Place { workflow: at, step: step - 1 })
            });
            if steps.is_empty() {
                gone.extend(workflow["workflowId"].as_str().map(str::to_owned));
            }
        }
        workflows.retain(|workflow| workflow["steps"].as_array().is_none_or(|steps| !steps.is_empty()));
        for workflow in workflows {
            remove_names(workflow, "dependsOn", &gone);
        }
    }
    tidy(&mut document);
    document
}

/// Takes out what nothing refers to.
pub(super) fn tidy(document: &mut Value) {
    let components = document.get("components").cloned().unwrap_or_default();
    // Outputs of a workflow that say what a step gave that is gone.
    each_workflow(document, |workflow| {
        let ids: Vec<String> = steps(workflow).filter_map(|step| step["stepId"].as_str().map(str::to_owned)).collect();
        remove_members(workflow, "outputs", |_, value| {
            References::of(value, &components).steps.iter().all(|step| ids.contains(step))
        });
    });
    let whole = References::of_workflows(document["workflows"].as_array().into_iter().flatten(), &components);
    each_workflow(document, |workflow| {
        // Who calls a workflow gives it what it declares, and may take what it gives.
        let id = workflow["workflowId"].as_str().unwrap_or_default().to_owned();
        let is_called = whole.workflows.contains(&id);
        let used = References::of_workflows([&*workflow], &components);
        if !is_called {
            tidy_inputs(workflow, &used.inputs);
        }
        for step in workflow.get_mut("steps").and_then(Value::as_array_mut).into_iter().flatten() {
            let id = step["stepId"].as_str().unwrap_or_default().to_owned();
            remove_members(step, "outputs", |name, _| used.outputs.contains(&format!("{id}.{}", first(name))));
            let Some(extension) = step.get_mut("x-storeproof").and_then(Value::as_object_mut) else { continue };
            extension.shift_remove("snapshot");
            if extension.is_empty() {
                remove(step, "x-storeproof");
            }
        }
    });
    let used = References::of_workflows(document["workflows"].as_array().into_iter().flatten(), &components).components;
    if let Some(kinds) = document.get_mut("components").and_then(Value::as_object_mut) {
        for (kind, members) in kinds.iter_mut() {
            let Some(members) = members.as_object_mut() else { continue };
            members.retain(|name, _| kind == "inputs" || used.contains(&format!("{kind}/{name}")));
        }
        kinds.retain(|_, members| members.as_object().is_none_or(|members| !members.is_empty()));
        if kinds.is_empty() {
            remove(document, "components");
        }
    }
}

/// The part of an output's name in front of a dot, which an expression shows as its name.
fn first(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn tidy_inputs(workflow: &mut Value, used: &BTreeSet<String>) {
    let Some(inputs) = workflow.get_mut("inputs") else { return };
    // A schema that is put together of others is left as it is.
    let plain = |key: &String| ["type", "properties", "required", "description", "title"].contains(&key.as_str());
    if !inputs.as_object().is_some_and(|members| members.keys().all(plain)) {
        return;
    }
    remove_members(inputs, "properties", |name, _| used.contains(first(name)));
    let left: Vec<String> =
        inputs["properties"].as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default();
    if let Some(required) = inputs.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_some_and(|name| left.iter().any(|left| left == name)));
        if required.is_empty() {
            remove(inputs, "required");
        }
    }
    if left.is_empty() {
        remove(workflow, "inputs");
    }
}

fn each_workflow(document: &mut Value, mut act: impl FnMut(&mut Value)) {
    document.get_mut("workflows").and_then(Value::as_array_mut).into_iter().flatten().for_each(&mut act);
}

fn steps(workflow: &Value) -> impl Iterator<Item = &Value> {
    workflow["steps"].as_array().into_iter().flatten()
}

/// Removes members of an object that do not fit, and the object when none is left.
fn remove_members(value: &mut Value, key: &str, fits: impl Fn(&str, &Value) -> bool) {
    let Some(members) = value.get_mut(key).and_then(Value::as_object_mut) else { return };
    members.retain(|name, member| fits(name, member));
    if members.is_empty() {
        remove(value, key);
    }
}

/// Removes these names from a list, and the list when none is left.
fn remove_names(value: &mut Value, key: &str, names: &[String]) {
    let Some(items) = value.get_mut(key).and_then(Value::as_array_mut) else { return };
    items.retain(|item| item.as_str().is_none_or(|name| !names.iter().any(|gone| gone == name)));
    if items.is_empty() {
        remove(value, key);
    }
}

/// Removes a member; the others keep their order.
pub(super) fn remove(value: &mut Value, key: &str) {
    if let Some(members) = value.as_object_mut() {
        let _: Option<Value> = Map::shift_remove(members, key);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::outline::Place;
    use super::*;

    #[test]
    fn what_nothing_refers_to_goes_with_the_steps() {
        let document = json!({
            "arazzo": "1.0.1",
            "workflows": [
                { "workflowId": "before", "steps": [{ "stepId": "x" }] },
                {
                    "workflowId": "main",
                    "dependsOn": ["before"],
                    "inputs": { "type": "object", "required": ["a", "b"], "properties": { "a": {}, "b": {}, "c": {} } },
                    "steps": [
                        {
                            "stepId": "create",
                            "requestBody": { "payload": "$inputs.b" },
                            "outputs": { "id": "$response.body#/id", "code": "$response.body#/code" },
                            "x-storeproof": { "snapshot": {} },
                        },
                        { "stepId": "other", "requestBody": { "payload": "$inputs.a" },
                          "onFailure": [{ "reference": "$components.failureActions.end" }] },
                        { "stepId": "renew", "requestBody": { "payload": "$steps.create.outputs.id" } },
                    ],
                    "outputs": { "all": "$steps.other.outputs.x" },
                },
            ],
            "components": { "failureActions": { "end": { "name": "end", "type": "end" } } },
        });
        let outline = Outline::new(&document, Place { workflow: 1, step: 2 });
        let kept = outline.closed([3]);
        assert_eq!(
            cut(&document, &outline, &kept),
            json!({
                "arazzo": "1.0.1",
                "workflows": [{
                    "workflowId": "main",
                    "inputs": { "type": "object", "required": ["b"], "properties": { "b": {} } },
                    "steps": [
                        { "stepId": "create", "requestBody": { "payload": "$inputs.b" },
                          "outputs": { "id": "$response.body#/id" } },
                        { "stepId": "renew", "requestBody": { "payload": "$steps.create.outputs.id" } },
                    ],
                }],
            })
        );
        let all = outline.closed(0..outline.len());
        let whole = cut(&document, &outline, &all);
        assert_eq!(whole["workflows"][1]["dependsOn"], json!(["before"]));
        assert_eq!(whole["workflows"][1]["inputs"]["properties"], json!({ "a": {}, "b": {} }));
    }
}
