//! A step as YAML, to be pasted below `steps:` of a scenario.
//!
//! Texts that are more than a plain word are written as JSON writes them, which YAML reads as the same text.

use serde_json::Value;

/// The value as the one entry of a list.
pub(super) fn list_of(value: &Value) -> String {
    let mut text = String::new();
    write(value, 1, &mut text);
    let text = text.trim_start_matches('\n').trim_start().to_owned();
    format!("- {text}")
}

fn write(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                start(depth, text);
                text.push_str(&scalar(name));
                text.push(':');
                write(value, depth + 1, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                start(depth, text);
                text.push('-');
                match item {
                    // The first member stands beside the hyphen.
                    Value::Object(members) if !members.is_empty() => {
                        let mut inner = String::new();
                        write(item, depth + 1, &mut inner);
                        text.push(' ');
                        text.push_str(inner.trim_start());
                    }
                    other => write(other, depth + 1, text),
                }
            }
        }
        Value::String(content) => {
            text.push(' ');
            text.push_str(&scalar(content));
        }
        other => {
            text.push(' ');
            text.push_str(&other.to_string());
        }
    }
}

fn start(depth: usize, text: &mut String) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

/// A text without quotes where no reader could take it for something else.
fn scalar(content: &str) -> String {
    let inner = |character: char| character.is_ascii_alphanumeric() || "-_./".contains(character);
    let word = content.starts_with(|first: char| first.is_ascii_alphabetic()) && content.chars().all(inner);
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    match word && !reserved.contains(&content.to_ascii_lowercase().as_str()) {
        true => content.to_owned(),
        false => Value::from(content).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::spec::Document;

    fn read(text: &str) -> Value {
        Document::parse(text).expect("YAML").value
    }

    #[test]
    fn a_step_reads_as_it_would_be_written() {
        let step = json!({
            "stepId": "buy",
            "operationId": "newInstance",
            "parameters": [{ "name": "a", "in": "query", "value": "yes" }],
            "requestBody": { "payload": { "amount": 1.5, "empty": {}, "text": "a: b # c" } },
        });
        let text = list_of(&step);
        let expected = "- stepId: buy\n  operationId: newInstance\n  parameters:\n    - name: a\n      in: query\n      value: \"yes\"\n  requestBody:\n    payload:\n      amount: 1.5\n      empty: {}\n      text: \"a: b # c\"";
        assert_eq!(text, expected);
        assert_eq!(read(&text), json!([step]));
    }

    proptest! {
        #[test]
        fn whatever_it_holds_it_reads_as_the_same(a in "\\PC{0,12}", b in "[ -~]{0,12}", n: i64) {
            let step = json!({ a.clone(): [b.clone(), { b: [[n], { "x": a }] }], "z": null, "t": true });
            prop_assert_eq!(read(&list_of(&step)), json!([step]));
        }
    }
}
