//! From clicks to an Arazzo document: of one click to play it, of several to keep them as a scenario.
//!
//! Clicks are kept with the values that they had. In a scenario that is played again these values would be stale: the
//! customer exists already, the order is done. A value that a generator made becomes an input that is generated anew,
//! and a value that an answer gave becomes the output of its step; wherever such a value stands in a later click, the
//! expression takes its place.

use serde_json::{Map, Value, json};

use super::{Click, Clicked, Input};
use crate::market;
use crate::spec::{Caller, Interface, embedded};

/// The shortest text that is found inside other texts; a shorter one may stand there by chance.
const TELLING: usize = 8;

/// The interface of a click: its name and its description. The error says what there is.
pub(super) fn interface_of(marketplace: &str, click: &Click) -> Result<(String, std::sync::Arc<Interface>), String> {
    let prefix = format!("{marketplace}/");
    let mut names: Vec<String> =
        market::default_dialects(marketplace).iter().map(|dialect| format!("{prefix}{dialect}")).collect();
    let others = embedded::interface_texts().map(|file| file.name()).filter(|name| name.starts_with(&prefix));
    others.for_each(|name| {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    });
    if let Some(wanted) = &click.interface {
        if !names.contains(wanted) {
            return Err(format!("{marketplace} has no interface {wanted}; it has {}", names.join(", ")));
        }
        names.retain(|name| name == wanted);
    }
    let known = names.iter().filter_map(|name| Some((name.clone(), embedded::interface(name)?)));
    let called: Vec<_> = known.filter(|(_, interface)| interface.caller == Caller::Marketplace).collect();
    match called.iter().find(|(_, interface)| interface.operation(&click.operation).is_some()) {
        Some(found) => Ok(found.clone()),
        None => {
            let mut known: Vec<&str> = called
                .iter()
                .flat_map(|(_, interface)| interface.operations.iter().map(|operation| operation.id.as_str()))
                .collect();
            known.sort_unstable();
            known.dedup();
            let (operation, known) = (&click.operation, known.join(", "));
            Err(format!("{marketplace} calls no operation {operation:?} of a vendor; it calls {known}"))
        }
    }
}

/// A value with the click's inputs in their places.
pub(super) fn filled(value: &Value, inputs: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix("$inputs.").and_then(|name| inputs.get(name)) {
            Some(value) => value.clone(),
            None => {
                let mut text = text.clone();
                for (name, value) in inputs {
                    let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    text = text.replace(&format!("{{$inputs.{name}}}"), &plain);
                }
                Value::String(text)
            }
        },
        Value::Array(items) => items.iter().map(|item| filled(item, inputs)).collect(),
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), filled(member, inputs))).collect(),
        other => other.clone(),
    }
}

/// What was clicked as an Arazzo document in YAML, which `storeproof run FILE` plays.
///
/// The title is for people. Nothing clicked gives a document without a step, which is no scenario.
pub fn scenario_of(title: &str, clicks: &[Clicked]) -> String {
    let mut writer = Writer::new(title);
    clicks.iter().for_each(|clicked| writer.click(clicked, true));
    let document = writer.document();
    // Writing into a text cannot fail; JSON is YAML, so that even then there is a document.
    serde_saphyr::to_string(&document).unwrap_or_else(|_| format!("{document:#}\n"))
}

/// One click as a document that is played at once, with its values as they are.
pub(super) fn document_of(clicked: &Clicked) -> Value {
    let mut writer = Writer::new("A click");
    writer.click(clicked, false);
    writer.document()
}

/// One click as a step, with its values as they are.
pub(super) fn step_of(clicked: &Clicked) -> Value {
    let mut writer = Writer::new("A click");
    writer.plain = true;
    writer.click(clicked, false);
    writer.steps.pop().unwrap_or_default()
}

#[derive(Default)]
struct Writer {
    title: String,
    /// Interfaces by name, in the order in which they are first needed.
    sources: Vec<String>,
    inputs: Map<String, Value>,
    steps: Vec<Value>,
    /// Values that another run has others for, each with the expression that gives them.
    bound: Vec<(Value, String)>,
    /// Whether texts that look like an expression stay as they are: for people, not to be played.
    plain: bool,
}

impl Writer {
    fn new(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// Adds a click as a step. `anew` has its values made anew when the document is played.
    fn click(&mut self, clicked: &Clicked, anew: bool) {
        let Clicked { interface, click, parameters, body, inputs, outputs } = clicked;
        let source = self.source(interface);
        if anew {
            for (name, input) in &click.inputs {
                let generator = match input {
                    Input::Generate(generator) | Input::Made { generator, .. } => generator,
                    Input::Given(_) => continue,
                };
                if let Some(value) = inputs.get(name) {
                    self.generated(name, generator, value);
                }
            }
        }
        let id = unique(&click.operation, |id| self.steps.iter().any(|step| step["stepId"] == id));
        let mut step = Map::new();
        step.insert("stepId".to_owned(), json!(id));
        if let Some(description) = &click.description {
            step.insert("description".to_owned(), json!(description));
        }
        step.insert("operationId".to_owned(), json!(format!("$sourceDescriptions.{source}.{}", click.operation)));
        let described = embedded::interface(interface);
        let operation = described.as_ref().and_then(|interface| interface.operation(&click.operation));
        let mut written = Vec::new();
        for (name, value) in parameters {
            let known = operation.and_then(|operation| operation.parameters.iter().find(|known| known.name == *name));
            let mut parameter = Map::new();
            parameter.insert("name".to_owned(), json!(name));
            // A parameter that is not described is sent in the query, where it harms least.
            let place = known.map_or(crate::spec::ParameterPlace::Query, |known| known.place);
            parameter.insert("in".to_owned(), json!(place_name(place)));
            parameter.insert("value".to_owned(), self.value(value));
            written.push(Value::Object(parameter));
        }
        if !written.is_empty() {
            step.insert("parameters".to_owned(), Value::Array(written));
        }
        if let Some(body) = body {
            let payload = self.value(body);
            step.insert("requestBody".to_owned(), json!({ "contentType": "application/json", "payload": payload }));
        }
        if !click.criteria.is_empty() {
            let criteria = click.criteria.iter().map(|condition| json!({ "condition": condition })).collect();
            step.insert("successCriteria".to_owned(), Value::Array(criteria));
        }
        let extension = self.extension(click);
        if !extension.is_empty() {
            step.insert("x-storeproof".to_owned(), Value::Object(extension));
        }
        if anew {
            let mut told = Map::new();
            for (name, pointer) in &click.outputs {
                let (Some(value), Some(pointer)) = (outputs.get(name), pointer.as_str()) else { continue };
                told.insert(name.clone(), json!(format!("$response.body#{pointer}")));
                self.bind(value, format!("$steps.{id}.outputs.{name}"));
            }
            if !told.is_empty() {
                step.insert("outputs".to_owned(), Value::Object(told));
            }
        }
        self.steps.push(Value::Object(step));
    }

    fn extension(&mut self, click: &Click) -> Map<String, Value> {
        let mut extension = Map::new();
        if let Some(requirement) = &click.requirement {
            extension.insert("requirement".to_owned(), json!(requirement));
        }
        match serde_json::to_value(&click.deliver) {
            Ok(deliver) if !click.deliver.is_plain() => {
                extension.insert("deliver".to_owned(), deliver);
            }
            _ => {}
        }
        if let Some(awaited) = &click.awaited {
            let source = self.source(&awaited.interface);
            let operation = format!("$sourceDescriptions.{source}.{}", awaited.operation);
            extension.insert("await".to_owned(), json!({ "operationId": operation, "within": awaited.within }));
        }
        extension
    }

    /// The name of a source description for an interface.
    fn source(&mut self, interface: &str) -> String {
        if !self.sources.iter().any(|known| known == interface) {
            self.sources.push(interface.to_owned());
        }
        source_name(interface)
    }

    /// An input that is generated when the document is played.
    fn generated(&mut self, name: &str, generator: &str, value: &Value) {
        if self.bound.iter().any(|(known, _)| known == value) {
            return;
        }
        let name = unique(name, |name| self.inputs.contains_key(name));
        let kind = if value.is_string() { json!("string") } else { json!(["string", "null"]) };
        self.inputs.insert(name.clone(), json!({ "type": kind, "x-storeproof": { "generate": generator } }));
        self.bind(value, format!("$inputs.{name}"));
    }

    /// From now on the expression takes the value's place.
    fn bind(&mut self, value: &Value, expression: String) {
        if value.is_string() && !self.bound.iter().any(|(known, _)| known == value) {
            self.bound.push((value.clone(), expression));
        }
    }

    /// A value as the document writes it: expressions in the places of bound values, and literal texts that would be
    /// read as expressions moved into inputs.
    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), self.value(member))).collect(),
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str) -> Value {
        let of = |(known, expression): &(Value, String)| Some((known.as_str()?.to_owned(), expression.clone()));
        let bound: Vec<(String, String)> = self.bound.iter().filter_map(of).collect();
        if let Some((_, expression)) = bound.iter().find(|(known, _)| known == text) {
            return json!(expression);
        }
        if text.contains('$') && !self.plain {
            // Whatever a person typed is a text and nothing else.
            let name = unique("text", |name| self.inputs.contains_key(name));
            self.inputs.insert(name.clone(), json!({ "type": "string", "default": text }));
            let expression = format!("$inputs.{name}");
            self.bind(&json!(text), expression.clone());
            return json!(expression);
        }
        let mut text = text.to_owned();
        for (known, expression) in bound.iter().filter(|(known, _)| known.len() >= TELLING) {
            text = text.replace(known.as_str(), &format!("{{{expression}}}"));
        }
        json!(text)
    }

    fn document(self) -> Value {
        let marketplace = self.sources.first().and_then(|name| name.split('/').next()).unwrap_or_default().to_owned();
        let dialect = self.sources.first().and_then(|name| name.split('/').nth(1)).unwrap_or_default().to_owned();
        let sources: Vec<Value> = self
            .sources
            .iter()
            .map(|name| {
                let url = format!("../../../specs/{name}.yaml");
                json!({ "name": source_name(name), "url": url, "type": "openapi" })
            })
            .collect();
        let mut workflow = Map::new();
        workflow.insert("workflowId".to_owned(), json!("clicked"));
        if !self.inputs.is_empty() {
            workflow.insert("inputs".to_owned(), json!({ "type": "object", "properties": self.inputs }));
        }
        workflow.insert("steps".to_owned(), Value::Array(self.steps));
        json!({
            "arazzo": "1.0.1",
            "info": {
                "title": self.title,
                "version": "1.0.0",
                "x-storeproof": { "marketplace": marketplace, "dialect": dialect },
            },
            "sourceDescriptions": sources,
            "workflows": [workflow],
        })
    }
}

/// Names of source descriptions have no dots.
fn source_name(interface: &str) -> String {
    interface.rsplit('/').next().unwrap_or_default().replace('.', "-")
}

/// This name, or the first of `name-2`, `name-3`, … that is free.
fn unique(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    let mut number = 2_usize;
    loop {
        let next = format!("{name}-{number}");
        if !taken(&next) {
            return next;
        }
        number += 1;
    }
}

fn place_name(place: crate::spec::ParameterPlace) -> &'static str {
    use crate::spec::ParameterPlace;
    match place {
        ParameterPlace::Path => "path",
        ParameterPlace::Query => "query",
        ParameterPlace::Header => "header",
        ParameterPlace::Cookie => "cookie",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spec::Document;

    fn clicked(text: &str) -> Clicked {
        let click = Click::new("applyCustomer").described(text);
        Clicked {
            interface: "kt-bizstore/bizstore-2.1.2".to_owned(),
            parameters: Map::from_iter([("mem-sq".to_owned(), json!(text))]),
            body: Some(json!({ "service-info": text, "list": [text, 1.5, null, true], "none": {} })),
            inputs: Map::new(),
            outputs: Map::new(),
            click,
        }
    }

    fn round(clicked: Clicked) {
        let mut writer = Writer::new("A title: with a colon");
        writer.click(&clicked, true);
        let expected = writer.document();
        let text = scenario_of("A title: with a colon", &[clicked]);
        let read = Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(read.value, expected, "{text}");
    }

    #[test]
    fn texts_that_yaml_reads_otherwise_are_quoted() {
        for text in
            ["2", "yes", "~", "", " ", "1e3", "0x1F", "2026-11-28", "a: b", "- a", "#", "a\n\nb\n ", "\u{85}", "<<"]
        {
            round(clicked(text));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in any::<String>()) {
            round(clicked(&text));
        }
    }

    #[test]
    fn values_of_one_click_are_found_in_later_ones() {
        let mut buy = clicked("x");
        buy.click = Click::new("newInstance").generated("order", "order-period");
        buy.click.outputs.insert("instance".to_owned(), json!("/instanceId"));
        buy.interface = "koogallery/saas-v2".to_owned();
        buy.parameters.clear();
        buy.body = Some(json!({ "orderId": "CS2611280421AB", "orderLineId": "CS2611280421AB-000001" }));
        buy.inputs.insert("order".to_owned(), json!("CS2611280421AB"));
        buy.outputs.insert("instance".to_owned(), json!("i-1"));
        let mut ask = buy.clone();
        ask.click = Click::new("queryInstance");
        ask.body = Some(json!({ "instanceId": "i-1", "other": "i-12", "both": "i-1,CS2611280421AB" }));
        let mut writer = Writer::new("t");
        writer.click(&buy, true);
        writer.click(&buy, true);
        writer.click(&ask, true);
        let document = writer.document();
        let workflow = &document["workflows"][0];
        assert_eq!(workflow["inputs"]["properties"].as_object().map(Map::len), Some(1), "the same order again");
        let steps = &workflow["steps"];
        assert_eq!(steps[1]["stepId"], json!("newInstance-2"));
        assert_eq!(steps[1]["requestBody"]["payload"]["orderLineId"], json!("{$inputs.order}-000001"));
        let payload = &steps[2]["requestBody"]["payload"];
        assert_eq!(payload["instanceId"], json!("$steps.newInstance.outputs.instance"));
        assert_eq!(payload["other"], json!("i-12"), "a short id inside another text is chance");
        assert_eq!(payload["both"], json!("i-1,{$inputs.order}"));
    }
}
