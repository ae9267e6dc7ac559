//! The same once more: as a command, and as a step of a scenario.

use maud::{Markup, html};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::Scene;
use crate::market;
use crate::report::reproduce::curl_with;
use crate::serve::console::show::copied;
use crate::spec::{Parameter, ParameterPlace, embedded};
use crate::wire::{Caller, Exchange, printable_text};

/// A command that sends the request again, and the step that does.
pub(super) fn section(scene: &Scene<'_>) -> Markup {
    let words = scene.words;
    let marketplace = scene.entry.seen.marketplace;
    let stand_in = |header: &str| {
        let fresh = market::token_header(marketplace).is_some_and(|token| header.eq_ignore_ascii_case(token));
        fresh.then(|| ["storeproof", "keys", marketplace, "--token"].map(str::to_owned).to_vec())
    };
    let curl = curl_with(scene.exchange(), scene.redactor, &stand_in);
    let signed = scene.exchange().caller == Caller::Marketplace && market::token_header(marketplace).is_none();
    html! {
        section aria-labelledby="again" {
            h2 #again { (words.say("again")) }
            (copied(words, &words.say("as-curl"), &curl))
            @if signed { p.muted { (words.say("curl-signed-once")) } }
            @if let Some((label, text, hint)) = saved(scene) {
                (copied(words, &label, &printable_text(scene.redactor.text(&text).as_bytes())))
                p.muted { (hint) }
            }
        }
    }
}

/// What a scenario needs so that the same happens again: how it is called, its text, and where it belongs.
///
/// A call of the marketplace's is the step that made it. A call of the vendor's is one that a step waits for, or, where the
/// marketplace calls nobody, a step of its own, in which the vendor's program is started.
fn saved(scene: &Scene<'_>) -> Option<(String, String, String)> {
    let words = scene.words;
    let seen = &scene.entry.seen;
    if let Some(step) = &seen.step {
        return Some((words.say("as-step"), yaml(&json!([**step])), words.say("step-where")));
    }
    let operation = seen.operation.as_ref().filter(|_| seen.exchange.caller == Caller::Vendor)?;
    if market::calls_vendors(seen.marketplace) {
        let awaited = json!({ "x-storeproof": { "await": { "operationId": operation, "within": "10s" } } });
        return Some((words.say("as-await"), yaml(&awaited), words.say("await-where")));
    }
    let mut step = json!({ "stepId": operation, "operationId": operation });
    let parameters = parameters(scene.exchange(), seen.marketplace, operation);
    if !parameters.is_empty() {
        step["parameters"] = parameters.into();
    }
    let task = task(seen.marketplace, operation).unwrap_or_else(|| operation.clone());
    step["x-storeproof"] = json!({ "exec": { "task": task } });
    Some((words.say("as-step"), yaml(&json!([step])), words.say("exec-where")))
}

/// The task about an operation, in the word by which a vendor's program knows it from our own scenarios.
fn task(marketplace: &str, operation: &str) -> Option<String> {
    let scenarios = embedded::scenarios().filter(|file| file.marketplace() == marketplace);
    scenarios.into_iter().find_map(|file| {
        let document: Value = serde_json::from_str(file.json).ok()?;
        let workflows = document["workflows"].as_array()?;
        let mut steps = workflows.iter().filter_map(|workflow| workflow["steps"].as_array()).flatten();
        let step = steps.find(|step| step["operationId"] == operation)?;
        step["x-storeproof"]["exec"]["task"].as_str().map(str::to_owned)
    })
}

/// The arguments of a call, as a step gives them, by the description of its operation.
fn parameters(exchange: &Exchange, marketplace: &str, operation: &str) -> Vec<Value> {
    let of_marketplace = embedded::interface_texts().filter(|text| text.marketplace() == marketplace);
    let interfaces = of_marketplace.filter_map(|text| embedded::interface(text.name()));
    let Some(operation) = interfaces.into_iter().find_map(|interface| interface.operation(operation).cloned()) else {
        return Vec::new();
    };
    let request = &exchange.request;
    let segments: Vec<(&str, &str)> = operation.path.split('/').zip(request.path().split('/')).collect();
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(request.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let argument = |parameter: &Parameter| {
        let texts: Vec<String> = match parameter.place {
            ParameterPlace::Query => {
                pairs.iter().filter(|(name, _)| *name == parameter.name).map(|(_, value)| value.clone()).collect()
            }
            ParameterPlace::Path => {
                let wanted = format!("{{{}}}", parameter.name);
                let found = segments.iter().filter(|(template, _)| *template == wanted);
                found.map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned()).collect()
            }
            _ => Vec::new(),
        };
        let place = if parameter.place == ParameterPlace::Path { "path" } else { "query" };
        let value = read(parameter, &texts)?;
        Some(json!({ "name": parameter.name, "in": place, "value": value }))
    };
    operation.parameters.iter().filter_map(argument).collect()
}

/// Texts as the value that the schema asks for; nothing where none stands there.
fn read(parameter: &Parameter, texts: &[String]) -> Option<Value> {
    let first = texts.first()?;
    let readings = [
        Some(Value::from(first.as_str())),
        serde_json::from_str::<Value>(first).ok(),
        Some(Value::from(texts.to_vec())),
    ];
    let fits = |value: &Value| parameter.schema.as_ref().is_none_or(|schema| schema.validate(value).is_empty());
    let fitting = readings.into_iter().flatten().find(|value| (texts.len() == 1 || value.is_array()) && fits(value));
    Some(fitting.unwrap_or_else(|| Value::from(first.as_str())))
}

/// Writing into a text cannot fail; JSON is YAML, so that even then something can be pasted.
fn yaml(value: &Value) -> String {
    serde_saphyr::to_string(value).unwrap_or_else(|_| format!("{value:#}")).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_has_the_name_that_programs_know() {
        assert_eq!(task("scp", "ListProductCategories").as_deref(), Some("list-categories"));
        assert_eq!(task("scp", "ShowProduct").as_deref(), Some("show-product"));
        assert_eq!(task("scp", "Unknown"), None);
    }
}
