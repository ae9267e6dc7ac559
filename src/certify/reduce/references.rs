//! What a part of a document refers to: steps, workflows, inputs, components.
//!
//! Every text is looked through for expressions, whatever it is for. A text that only looks like one then keeps
//! something that could have gone, which is harmless; a reference that was not seen would leave a document that leads
//! nowhere.

use std::collections::BTreeSet;

use serde_json::Value;

/// Names that a part of a document refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct References {
    /// `$steps.NAME`, and targets of actions in the same workflow.
    pub(super) steps: BTreeSet<String>,
    /// `$steps.NAME.outputs.OUTPUT`, as `NAME.OUTPUT`.
    pub(super) outputs: BTreeSet<String>,
    /// `$inputs.NAME`
    pub(super) inputs: BTreeSet<String>,
    /// `$workflows.NAME`, and workflows that a step or an action calls.
    pub(super) workflows: BTreeSet<String>,
    /// Workflows that a step or an action calls.
    pub(super) called: BTreeSet<String>,
    /// `$components.KIND.NAME`, as `KIND/NAME`.
    pub(super) components: BTreeSet<String>,
}

impl References {
    /// Everything that a step refers to, through components too. Its own id is none of it.
    pub(super) fn of_step(step: &Value, components: &Value) -> Self {
        let mut found = Self::default();
        found.step(step);
        found.follow(components);
        found
    }

    /// Everything that workflows refer to, through components too. Their own ids are none of it.
    pub(super) fn of_workflows<'a>(workflows: impl IntoIterator<Item = &'a Value>, components: &Value) -> Self {
        let mut found = Self::default();
        for (key, member) in workflows.into_iter().filter_map(Value::as_object).flatten() {
            match key.as_str() {
                "workflowId" => {}
                "dependsOn" => found
                    .workflows
                    .extend(member.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)),
                "steps" => member.as_array().into_iter().flatten().for_each(|step| found.step(step)),
                _ => found.look(member),
            }
        }
        found.follow(components);
        found
    }

    /// Everything that a value refers to, through components too.
    pub(super) fn of(value: &Value, components: &Value) -> Self {
        let mut found = Self::default();
        found.look(value);
        found.follow(components);
        found
    }

    fn step(&mut self, step: &Value) {
        for (key, member) in step.as_object().into_iter().flatten() {
            match (key.as_str(), member.as_str()) {
                ("stepId" | "description", _) => {}
                ("workflowId", Some(workflow)) => self.call(workflow),
                _ => self.look(member),
            }
        }
    }

    fn follow(&mut self, components: &Value) {
        let mut open: Vec<String> = self.components.iter().cloned().collect();
        while let Some(name) = open.pop() {
            let Some(component) = components.pointer(&format!("/{name}")) else { continue };
            let before = self.components.clone();
            self.look(component);
            open.extend(self.components.difference(&before).cloned());
        }
    }

    fn look(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.read(text),
            Value::Array(items) => items.iter().for_each(|item| self.look(item)),
            Value::Object(members) => {
                for (key, member) in members {
                    match (key.as_str(), member.as_str()) {
                        ("stepId", Some(step)) => {
                            self.steps.insert(step.to_owned());
                        }
                        ("workflowId", Some(workflow)) => self.call(workflow),
                        _ => self.look(member),
                    }
                }
            }
            _ => {}
        }
    }

    fn call(&mut self, workflow: &str) {
        self.workflows.insert(workflow.to_owned());
        self.called.insert(workflow.to_owned());
    }

    fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            rest = &rest[at + 1..];
            let mut names = rest.split('.').map(name);
            let (Some(kind), Some(first)) = (names.next(), names.next()) else { continue };
            let first = first.to_owned();
            match kind {
                "steps" => {
                    if let (Some(_), Some(output)) = (names.next(), names.next()) {
                        self.outputs.insert(format!("{first}.{output}"));
                    }
                    self.steps.insert(first);
                }
                "inputs" => {
                    self.inputs.insert(first);
                }
                "workflows" => {
                    self.workflows.insert(first);
                }
                "components" => {
                    if let Some(name) = names.next() {
                        self.components.insert(format!("{first}/{name}"));
                    }
                }
                _ => {}
            }
        }
    }
}

/// The name that a text begins with.
fn name(text: &str) -> &str {
    let end = text.find(|char: char| !char.is_alphanumeric() && !matches!(char, '-' | '_')).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(names: &BTreeSet<String>) -> Vec<&str> {
        names.iter().map(String::as_str).collect()
    }

    #[test]
    fn expressions_are_found_wherever_they_stand() {
        let step = json!({
            "stepId": "mine",
            "description": "Not $steps.told.outputs.x.",
            "operationId": "$sourceDescriptions.a.b",
            "requestBody": { "payload": { "a": "$steps.create.outputs.instance#/0", "b": ["{$inputs.order}-{$inputs.line}"] } },
            "successCriteria": [{ "condition": "$steps.ask.outputs.code != '1' || $response.body#/a == $inputs.wanted" }],
            "onFailure": [
                { "name": "a", "type": "goto", "stepId": "later" },
                { "name": "b", "type": "retry", "workflowId": "mend" },
                { "reference": "$components.failureActions.again" },
            ],
        });
        let components = json!({ "failureActions": { "again": { "type": "goto", "stepId": "far" } } });
        let found = References::of_step(&step, &components);
        assert_eq!(names(&found.steps), ["ask", "create", "far", "later"]);
        assert_eq!(names(&found.outputs), ["ask.code", "create.instance"]);
        assert_eq!(names(&found.inputs), ["line", "order", "wanted"]);
        assert_eq!(names(&found.called), ["mend"]);
        assert_eq!(names(&found.components), ["failureActions/again"]);
    }
}
