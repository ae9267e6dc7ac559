//! A scenario in words: what it plays, step by step, and which inputs it takes.

use serde_json::Value;

use crate::spec::embedded::Embedded;

/// Columns of the text.
const WIDTH: usize = 100;

/// Everything that a user of the scenario wants to know without reading the file.
pub(super) fn explained(file: &Embedded) -> String {
    let document = file.document().value;
    let text = |value: &Value, pointer: &str| {
        value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
    };
    let mut out = format!("{}  {}\n", file.name(), text(&document, "/info/title"));
    for part in ["/info/summary", "/info/description"] {
        let prose = text(&document, part);
        if !prose.is_empty() {
            out += &format!("\n{}\n", filled("  ", "  ", &prose));
        }
    }
    let inputs = inputs(&document);
    if !inputs.is_empty() {
        out += "\n  inputs (--input NAME=VALUE)\n";
        for (name, about) in &inputs {
            out += &format!("{}\n", filled(&format!("    {name}  "), "      ", about));
        }
    }
    out += "\n  steps\n";
    for step in workflows(&document).filter_map(|workflow| workflow["steps"].as_array()).flatten() {
        let call = text(step, "/operationId");
        let call = if call.is_empty() { call } else { format!(", calls {}", call.rsplit('.').next().unwrap_or(&call)) };
        let about = text(step, "/description");
        let about = if about.is_empty() { about } else { format!(": {about}") };
        out += &format!("{}\n", filled("    ", "      ", &format!("{}{call}{about}", text(step, "/stepId"))));
    }
    out + &format!("\n  storeproof run {} --vendor URL\n", file.name())
}

/// The inputs of all workflows: name, and what there is to say about each.
pub(super) fn inputs(document: &Value) -> Vec<(String, String)> {
    let mut inputs: Vec<(String, String)> = Vec::new();
    let properties = workflows(document).filter_map(|workflow| workflow.pointer("/inputs/properties")?.as_object());
    for (name, schema) in properties.flatten() {
        if inputs.iter().any(|(known, _)| known == name) {
            continue;
        }
        let mut about: Vec<String> = Vec::new();
        about.extend(schema["description"].as_str().map(|text| text.trim().to_owned()));
        about.extend(schema["default"].as_str().map(|default| format!("default {default}")));
        let generated = schema.pointer("/x-storeproof/generate").and_then(Value::as_str);
        about.extend(generated.map(|kind| format!("made from the seed: {kind}")));
        inputs.push((name.clone(), about.join("; ")));
    }
    inputs
}

fn workflows(document: &Value) -> impl Iterator<Item = &Value> {
    document["workflows"].as_array().into_iter().flatten()
}

fn filled(first: &str, others: &str, text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    textwrap::fill(
        &text,
        textwrap::Options::new(WIDTH)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .initial_indent(first)
            .subsequent_indent(others),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::embedded;

    #[test]
    fn every_scenario_is_explained_with_its_inputs_and_steps() {
        for file in embedded::scenarios() {
            let text = explained(file);
            assert!(text.contains("\n  steps\n    "), "{text}");
            for (name, _) in inputs(&file.document().value) {
                assert!(text.contains(&format!("\n    {name}  ")), "{text}");
            }
            assert!(text.lines().all(|line| !line.ends_with(' ')), "{text}");
        }
    }
}
