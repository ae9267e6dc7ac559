//! Expressions and values as findings show them.

use serde_json::Value;

use crate::scenario::expression::{Expression, Path, Side, Source};

/// An expression as a document writes it.
pub(super) fn written(expression: &Expression) -> String {
    let source = |source: &Source| match source {
        Source::Header(name) => format!("header.{name}"),
        Source::Query(name) => format!("query.{name}"),
        Source::PathParameter(name) => format!("path.{name}"),
        Source::Body(pointer) if pointer.is_empty() => "body".to_owned(),
        Source::Body(pointer) => format!("body#{pointer}"),
    };
    let path = |path: &Path| {
        if path.pointer.is_empty() { path.name.clone() } else { format!("{}#{}", path.name, path.pointer) }
    };
    match expression {
        Expression::Url => "$url".to_owned(),
        Expression::Method => "$method".to_owned(),
        Expression::StatusCode => "$statusCode".to_owned(),
        Expression::Request(from) => format!("$request.{}", source(from)),
        Expression::Response(from) => format!("$response.{}", source(from)),
        Expression::Message(from) => format!("$message.{}", source(from)),
        Expression::Inputs(name) => format!("$inputs.{}", path(name)),
        Expression::Outputs(name) => format!("$outputs.{}", path(name)),
        Expression::Steps { step, output } => format!("$steps.{step}.outputs.{}", path(output)),
        Expression::Workflows { workflow, side, path: name } => {
            let side = match side {
                Side::Inputs => "inputs",
                Side::Outputs => "outputs",
            };
            format!("$workflows.{workflow}.{side}.{}", path(name))
        }
        Expression::SourceDescriptions { source, reference } => format!("$sourceDescriptions.{source}.{reference}"),
        Expression::Components { kind, name } => format!("$components.{kind}.{name}"),
    }
}

/// How many characters of a value a finding shows.
const SHOWN: usize = 100;

/// A value as findings show it: JSON, cut after 100 characters.
pub(super) fn shortened(value: Option<&Value>) -> String {
    let Some(value) = value else { return "missing".to_owned() };
    shortened_text(&value.to_string())
}

/// A text as findings show it, cut after 100 characters.
pub(super) fn shortened_text(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_between_characters() {
        let text = "가".repeat(200);
        let shown = shortened_text(&text);
        assert_eq!(shown.chars().take(100).collect::<String>(), "가".repeat(100));
        assert!(shown.ends_with("… (600 bytes)"));
        assert_eq!(shortened(None), "missing");
        assert_eq!(shortened(Some(&Value::Null)), "null");
    }
}
