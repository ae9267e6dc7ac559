//! The steps of a document, and which of them cannot go without which.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::references::References;

/// The steps of all workflows, in the order of the document.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    steps: Vec<Place>,
    /// For each step those that must be there as long as it is.
    needs: Vec<BTreeSet<usize>>,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Position of its workflow.
    pub(super) workflow: usize,
    /// Position among the workflow's steps.
    pub(super) step: usize,
}

impl Place {
    /// Its JSON pointer.
    pub(super) fn pointer(self) -> String {
        format!("/workflows/{}/steps/{}", self.workflow, self.step)
    }
}

impl Outline {
    /// The outline of a document, seen from the step that is looked at.
    ///
    /// A step needs the steps whose outputs it takes and where its actions lead, and all steps of a workflow that it
    /// calls or takes outputs of; the steps of a workflow that is called need who calls it. Besides, a step that opens
    /// something needs the step that waits until it is open: without it the one that is looked at would be asked too
    /// early, and fail for another reason.
    pub(super) fn new(document: &Value, looked_at: Place) -> Self {
        let nothing = Value::Null;
        let components = document.get("components").unwrap_or(&nothing);
        let workflows = document["workflows"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut steps = Vec::new();
        let mut of_workflow: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut by_name: BTreeMap<(usize, &str), usize> = BTreeMap::new();
        let mut found = Vec::new();
        for (workflow, value) in workflows.iter().enumerate() {
            let own = of_workflow.entry(value["workflowId"].as_str().unwrap_or_default()).or_default();
            for (step, value) in value["steps"].as_array().into_iter().flatten().enumerate() {
                own.push(steps.len());
                by_name.insert((workflow, value["stepId"].as_str().unwrap_or_default()), steps.len());
                steps.push(Place { workflow, step });
                found.push((References::of_step(value, components), is_waiting(value, components)));
            }
        }
        let general: Vec<References> = workflows.iter().map(|workflow| of_all_steps(workflow, components)).collect();
        let mut needs = vec![BTreeSet::new(); steps.len()];
        for (index, (references, _)) in found.iter().enumerate() {
            let workflow = steps[index].workflow;
            for references in [references, &general[workflow]] {
                let named = references.steps.iter().filter_map(|name| by_name.get(&(workflow, name.as_str())));
                needs[index].extend(named);
                let whole = references.workflows.iter().filter_map(|name| of_workflow.get(name.as_str()));
                needs[index].extend(whole.flatten());
                for called in references.called.iter().filter_map(|name| of_workflow.get(name.as_str())) {
                    called.iter().for_each(|&step| {
                        needs[step].insert(index);
                    });
                }
            }
        }
        for waiting in (0..steps.len()).filter(|&index| found[index].1 && steps[index] < looked_at) {
            let shares = |opening: usize| {
                let (opened, waits) = (&found[opening].0, &found[waiting].0);
                needs[waiting].contains(&opening) || opened.inputs.iter().any(|input| waits.inputs.contains(input))
            };
            let waited_for: Vec<usize> =
                (0..waiting).filter(|&opening| steps[opening].workflow == steps[waiting].workflow).collect();
            let waited_for: Vec<usize> = waited_for.into_iter().filter(|&opening| shares(opening)).collect();
            for opening in waited_for {
                needs[opening].insert(waiting);
            }
        }
        Self { steps, needs }
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Where a step stands.
    pub(super) fn place(&self, index: usize) -> Place {
        self.steps[index]
    }

    /// The number of the step that stands there.
    pub(super) fn index(&self, place: Place) -> Option<usize> {
        self.steps.iter().position(|known| *known == place)
    }

    /// These steps and all that they cannot go without.
    pub(super) fn closed(&self, steps: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let mut open: Vec<usize> = steps.into_iter().collect();
        let mut closed = BTreeSet::new();
        while let Some(step) = open.pop() {
            if closed.insert(step) {
                open.extend(&self.needs[step]);
            }
        }
        closed
    }
}

/// Where the step of this name stands.
pub(super) fn place_of(document: &Value, workflow: &str, step: &str) -> Option<Place> {
    let workflows = document["workflows"].as_array()?;
    let at = workflows.iter().position(|known| known["workflowId"] == workflow)?;
    let steps = workflows[at]["steps"].as_array()?;
    Some(Place { workflow: at, step: steps.iter().position(|known| known["stepId"] == step)? })
}

/// What a workflow says for all of its steps.
fn of_all_steps(workflow: &Value, components: &Value) -> References {
    let said: Vec<Value> = ["parameters", "successActions", "failureActions"]
        .iter()
        .filter_map(|key| workflow.get(key).cloned())
        .collect();
    References::of(&Value::Array(said), components)
}

/// Whether a step asks again until something is so.
fn is_waiting(step: &Value, components: &Value) -> bool {
    let retries = |action: &Value| {
        let component = action["reference"].as_str().and_then(|name| name.strip_prefix("$components."));
        let pointer = component.map(|name| format!("/{}", name.replace('.', "/")));
        let action = pointer.and_then(|pointer| components.pointer(&pointer)).unwrap_or(action);
        action["type"] == "retry"
    };
    step["onFailure"].as_array().is_some_and(|actions| actions.iter().any(retries))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outline(looked_at: &str) -> (Outline, impl Fn(&[&str]) -> Vec<String>) {
        let waiting = json!([{ "name": "again", "type": "retry", "retryAfter": 1, "retryLimit": 3 }]);
        let names = ["create", "wait", "other", "renew", "ask", "release"];
        let document = json!({ "workflows": [{ "workflowId": "w", "steps": [
            { "stepId": "create", "requestBody": { "payload": { "order": "$inputs.order" } } },
            { "stepId": "wait", "requestBody": { "payload": "$steps.create.outputs.id" }, "onFailure": waiting },
            { "stepId": "other", "requestBody": { "payload": "$inputs.other" } },
            { "stepId": "renew", "requestBody": { "payload": "$steps.create.outputs.id" } },
            { "stepId": "ask", "requestBody": { "payload": "{$inputs.other}" }, "onFailure": waiting },
            { "stepId": "release", "requestBody": { "payload": "$steps.create.outputs.id" } },
        ] }] });
        let place = place_of(&document, "w", looked_at).expect("is there");
        let outline = Outline::new(&document, place);
        let copy = outline.clone();
        let closed = move |steps: &[&str]| {
            let index = |step: &&str| names.iter().position(|name| name == step).expect("is there");
            copy.closed(steps.iter().map(index)).into_iter().map(|index| names[index].to_owned()).collect()
        };
        (outline, closed)
    }

    #[test]
    fn a_step_needs_what_it_refers_to_and_the_waiting_for_it() {
        let (_, closed) = outline("release");
        assert_eq!(closed(&["renew"]), ["create", "wait", "renew"]);
        assert_eq!(closed(&["other"]), ["other", "ask"], "what an input names is waited for too");
        let (_, closed) = outline("wait");
        assert_eq!(closed(&["create"]), ["create"], "the waiting itself is looked at");
    }

    #[test]
    fn called_workflows_and_their_callers_stand_together() {
        let document = json!({ "workflows": [
            { "workflowId": "part", "steps": [{ "stepId": "a" }, { "stepId": "b" }] },
            { "workflowId": "whole", "steps": [{ "stepId": "call", "workflowId": "part" }, { "stepId": "c" }] },
        ] });
        let outline = Outline::new(&document, Place { workflow: 0, step: 1 });
        assert_eq!(outline.closed([1]).into_iter().collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(outline.closed([3]).into_iter().collect::<Vec<_>>(), [3]);
    }
}
