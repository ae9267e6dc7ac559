//! From mutations of one kind to the Arazzo document of a case.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::MOST_CALLS;
use super::body::put;
use super::ground::Ground;
use super::mutation::{Change, Mutation};
use crate::certify::Computed;

/// Fields of the sound call that a call which is made to be refused does not have: what is read from its answer, and what
/// its answer must be.
const OF_SOUND: [&str; 5] = ["outputs", "successCriteria", "onSuccess", "onFailure", "x-storeproof"];

/// The case of these mutations.
pub(super) fn case(ground: &Ground<'_>, kind: &str, mut mutations: Vec<Mutation>) -> Computed {
    let left = mutations.len().saturating_sub(MOST_CALLS);
    mutations.truncate(MOST_CALLS);
    let name = ground.name_of(kind);
    let mut document = ground.document.clone();
    document["info"] = info(ground, kind, left);
    let deeper = name.matches('/').count().saturating_sub(ground.plan.name.matches('/').count());
    if let Some(sources) = document["sourceDescriptions"].as_array_mut() {
        sources.iter_mut().for_each(|source| deepen(source, deeper));
    }
    let workflow = &mut document["workflows"][ground.varied.workflow];
    let generated = mutations.iter().find_map(|mutation| match &mutation.change {
        Change::Generated(_, generator) => Some(*generator),
        _ => None,
    });
    if let Some(generator) = generated {
        workflow["inputs"]["type"] = json!("object");
        workflow["inputs"]["properties"][INPUT] =
            json!({ "type": "string", "x-storeproof": { "generate": generator } });
    }
    let Some(steps) = workflow["steps"].as_array_mut() else { return Computed { name, document } };
    let mut taken: HashSet<String> =
        steps.iter().filter_map(|step| Some(step.get("stepId")?.as_str()?.to_owned())).collect();
    let (sound, wrong): (Vec<Mutation>, Vec<Mutation>) = mutations.into_iter().partition(|mutation| mutation.sound);
    let mut calls: Vec<Value> = wrong.iter().map(|mutation| negative(ground, mutation, &mut taken)).collect();
    calls.push(match sound.first() {
        Some(mutation) => positive(ground, mutation),
        None => ground.step.clone(),
    });
    steps.splice(ground.varied.step..=ground.varied.step, calls);
    Computed { name, document }
}

/// The input that holds what a generator made.
const INPUT: &str = "storeproof-derived";

fn info(ground: &Ground<'_>, kind: &str, left: usize) -> Value {
    let mut info = ground.document["info"].clone();
    let title = info["title"].as_str().unwrap_or_default();
    info["title"] = json!(format!("{title}, varied: {}", kind.replace('-', " ")));
    let more = match left {
        0 => String::new(),
        left => format!(" {left} more calls of this kind were left out."),
    };
    info["description"] = json!(format!("{}{more}", about(kind)));
    if let Some(extension) = info["x-storeproof"].as_object_mut() {
        extension.remove("varies");
    }
    info
}

/// What a vendor's developer should know of a kind.
fn about(kind: &str) -> &'static str {
    match kind {
        "authentication" => "Signatures of every wrong kind: nobody but the store may be let in, whatever is called.",
        "missing" => "Each mandatory member is left out once; the call is refused and changes nothing.",
        "null" => "Each member is null once. A mandatory member that is null is one that is missing.",
        "empty" => "Each member is empty once. A mandatory member that is empty is one that is missing.",
        "type" => "Each member has values of other types, which must not end in an error of the server.",
        "length" => "Each member is one character longer than its limit; it must not be cut off.",
        "enum" => "Each member with listed values has another one.",
        "extra" => "A member that no page lists, as later editions bring: it is ignored.",
        "number" => "Numbers at the limits of what programs hold, and texts that are no number.",
        "date" => "Times that no calendar has, and times in another form.",
        "text" => "Text in Hangul and Chinese, emoji, combining marks and control characters.",
        "method" => "Methods that the path does not have.",
        "path" => "A path on which nothing is.",
        "content-type" => "Content types that are not JSON's.",
        "charset" => "Content types with a charset in which the body is not, and with the one in which it is.",
        "broken-json" => "Bodies that are no JSON, or no object.",
        "duplicate-keys" => "Bodies with a member that stands there twice.",
        "nesting" => "A body that is nested deeply.",
        "size" => "A body that is large.",
        _ => "One sound call, made otherwise.",
    }
}

/// Lets an address that is relative to the ground be found from a case that stands deeper.
fn deepen(source: &mut Value, deeper: usize) {
    let Some(url) = source.get("url").and_then(Value::as_str) else { return };
    if url.contains("://") || url.starts_with('/') {
        return;
    }
    source["url"] = json!(format!("{}{}", "../".repeat(deeper), url.trim_start_matches("./")));
}

/// A call that is made to be refused, or is odd: nothing of its answer is needed by the steps behind it.
fn negative(ground: &Ground<'_>, mutation: &Mutation, taken: &mut HashSet<String>) -> Value {
    let mut step = ground.step.clone();
    if let Some(fields) = step.as_object_mut() {
        fields.retain(|field, _| !OF_SOUND.contains(&field.as_str()));
    }
    step["stepId"] = json!(unique(&mutation.id, taken));
    alter(&mut step, mutation);
    if let Some((condition, requirement)) = &mutation.expected.criterion {
        step["successCriteria"] = json!([{ "condition": condition }]);
        step["x-storeproof"]["requirement"] = json!(requirement.as_str());
    }
    step
}

/// The sound call itself, otherwise: it keeps its name, its criteria and what is read from its answer.
fn positive(ground: &Ground<'_>, mutation: &Mutation) -> Value {
    let mut step = ground.step.clone();
    alter(&mut step, mutation);
    step
}

fn unique(id: &str, taken: &mut HashSet<String>) -> String {
    let mut name = id.to_owned();
    let mut count = 2;
    while !taken.insert(name.clone()) {
        name = format!("{id}-{count}");
        count += 1;
    }
    name
}

/// Makes the change, and writes the proof beside it.
fn alter(step: &mut Value, mutation: &Mutation) {
    describe(step, &mutation.what);
    match &mutation.change {
        Change::Body(pointer, value) => {
            if let Some(Value::Object(payload)) = step.pointer_mut("/requestBody/payload") {
                match value {
                    Some(value) => put(payload, pointer, value.clone()),
                    None => remove(payload, pointer),
                }
            }
        }
        Change::Parameter { name, place, value } => parameter(step, name, place, value.as_ref()),
        Change::Text(text) => step["requestBody"]["payload"] = json!(text),
        Change::ContentType(media) => header(step, media),
        Change::Deliver(key, value) => step["x-storeproof"]["deliver"] = json!({ *key: value }),
        Change::Generated(member, _) => {
            if let Some(Value::Object(payload)) = step.pointer_mut("/requestBody/payload") {
                payload.insert(member.clone(), json!(format!("$inputs.{INPUT}")));
            }
        }
    }
    step["x-storeproof"]["derived"] = json!({
        "flaw": mutation.flaw,
        "at": mutation.at,
        "why": mutation.why,
        "answers": mutation.expected.answers,
    });
}

/// Says what the step is, right behind its name.
fn describe(step: &mut Value, what: &str) {
    let Some(fields) = step.as_object_mut() else { return };
    let rest: Map<String, Value> =
        std::mem::take(fields).into_iter().filter(|(name, _)| name != "description").collect();
    for (name, value) in rest {
        let named = name == "stepId";
        fields.insert(name, value);
        if named {
            fields.insert("description".to_owned(), json!(what));
        }
    }
}

fn remove(payload: &mut Map<String, Value>, pointer: &str) {
    let mut segments: Vec<String> =
        pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect();
    let Some(last) = segments.pop() else { return };
    let mut at = payload;
    for segment in segments {
        match at.get_mut(&segment) {
            Some(Value::Object(inner)) => at = inner,
            _ => return,
        }
    }
    at.shift_remove(&last);
}

fn parameter(step: &mut Value, name: &str, place: &str, value: Option<&Value>) {
    let mut parameters = step.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    let position = parameters.iter().position(|one| one["name"] == name && one["in"] == place);
    match (position, value) {
        (Some(position), Some(value)) => parameters[position]["value"] = value.clone(),
        (Some(position), None) => {
            parameters.remove(position);
        }
        (None, Some(value)) => parameters.push(json!({ "name": name, "in": place, "value": value })),
        (None, None) => {}
    }
    step["parameters"] = json!(parameters);
}

/// The header field wins over the content type of the body, and need not be one that the operation describes.
fn header(step: &mut Value, media: &str) {
    parameter(step, "Content-Type", "header", Some(&json!(media)));
}
