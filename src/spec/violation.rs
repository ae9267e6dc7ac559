//! What a schema validator found, in words that need no knowledge of JSON Schema.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use super::Violation;

/// Longest text of a value that is shown, in characters.
const MOST_CHARACTERS: usize = 80;

/// Every error as a violation, alternatives explained by the branch that comes closest.
///
/// A value of the wrong type breaks `enum`, `pattern` and the like as well; the type alone is told then.
pub(super) fn all(errors: &[ValidationError<'_>]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for error in errors {
        match error.kind() {
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                violations.extend(alternatives(error, context));
            }
            _ => violations.push(one(error)),
        }
    }
    let mistyped: Vec<String> =
        violations.iter().filter(|it| it.keyword == "type").map(|it| it.pointer.clone()).collect();
    let mut seen: Vec<Violation> = Vec::new();
    for violation in violations {
        let overshadowed =
            matches!(violation.keyword.as_str(), "enum" | "const") && mistyped.contains(&violation.pointer);
        if !overshadowed && !seen.contains(&violation) {
            seen.push(violation);
        }
    }
    seen
}

/// A value that fits none of several alternatives.
fn alternatives(error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>]) -> Vec<Violation> {
    let own = error.instance_path().to_string();
    let types_only: Option<Vec<&TypeKind>> = context.iter().map(|branch| wrong_type(branch, &own)).collect();
    if let Some(kinds) = types_only.filter(|kinds| !kinds.is_empty()) {
        let mut names: Vec<String> = Vec::new();
        for name in kinds.into_iter().flat_map(type_names) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        return vec![mistyped(error, &names)];
    }
    // A branch of the value's own type was meant; among those the one with the fewest mistakes.
    let best = context
        .iter()
        .filter(|branch| wrong_type(branch, &own).is_none())
        .min_by_key(|branch| (branch.iter().any(|error| error.instance_path().to_string() == own), branch.len()));
    match best {
        Some(branch) if !branch.is_empty() => all(branch),
        _ => vec![one(error)],
    }
}

/// The types a branch asks for, when it fails because the value as a whole is of another.
fn wrong_type<'a>(branch: &'a [ValidationError<'static>], pointer: &str) -> Option<&'a TypeKind> {
    branch.iter().find_map(|error| match error.kind() {
        ValidationErrorKind::Type { kind } if error.instance_path().to_string() == pointer => Some(kind),
        _ => None,
    })
}

fn type_names(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(name) => vec![name.to_string()],
        TypeKind::Multiple(names) => names.iter().map(|name| name.to_string()).collect(),
    }
}

fn mistyped(error: &ValidationError<'_>, names: &[String]) -> Violation {
    let expected = either(names);
    Violation {
        pointer: error.instance_path().to_string(),
        keyword: "type".to_owned(),
        problem: format!("is {}, expected {expected}", kind_of(error.instance())),
        expected,
        actual: shortened(error.instance()),
    }
}

fn one(error: &ValidationError<'_>) -> Violation {
    let (problem, expected) = words(error);
    Violation {
        pointer: error.instance_path().to_string(),
        keyword: error.kind().keyword().to_owned(),
        problem,
        expected,
        actual: shortened(error.instance()),
    }
}

/// A value that does not fit for a reason that nothing explains.
pub(super) fn unexplained(value: &Value) -> Violation {
    Violation {
        pointer: String::new(),
        keyword: "$schema".to_owned(),
        problem: "does not fit the schema".to_owned(),
        expected: "a value that fits the schema".to_owned(),
        actual: shortened(value),
    }
}

/// What is wrong, and what is asked for.
fn words(error: &ValidationError<'_>) -> (String, String) {
    use ValidationErrorKind as Kind;
    let value = error.instance();
    let shown = shortened(value);
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().map_or_else(|| property.to_string(), str::to_owned);
            (format!("property {name} is missing"), format!("property {name}"))
        }
        Kind::Type { kind } => {
            let expected = either(&type_names(kind));
            (format!("is {}, expected {expected}", kind_of(value)), expected)
        }
        Kind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            let texts = value.is_string() && options.iter().all(Value::is_string);
            let list = options.iter().map(|option| match option {
                Value::String(text) if texts => text.clone(),
                other => shortened(other),
            });
            let list = list.collect::<Vec<_>>().join(", ");
            (format!("{shown} is none of {list}"), format!("one of {list}"))
        }
        Kind::Constant { expected_value } => {
            (format!("is {shown}, expected {}", shortened(expected_value)), shortened(expected_value))
        }
        Kind::Pattern { pattern } => (format!("{shown} does not match {pattern}"), format!("text matching {pattern}")),
        Kind::Format { format } => (format!("{shown} is not of the form {format}"), format!("the form {format}")),
        Kind::Minimum { limit } => (format!("{shown} is less than {limit}"), format!("at least {limit}")),
        Kind::Maximum { limit } => (format!("{shown} is more than {limit}"), format!("at most {limit}")),
        Kind::ExclusiveMinimum { limit } => (format!("{shown} is not more than {limit}"), format!("more than {limit}")),
        Kind::ExclusiveMaximum { limit } => (format!("{shown} is not less than {limit}"), format!("less than {limit}")),
        Kind::MultipleOf { multiple_of } => {
            (format!("{shown} is no multiple of {multiple_of}"), format!("a multiple of {multiple_of}"))
        }
        Kind::MinLength { limit } => too_few(characters(value), *limit, "character"),
        Kind::MaxLength { limit } => too_many(characters(value), *limit, "character"),
        Kind::MinItems { limit } => too_few(size(value), *limit, "item"),
        Kind::MaxItems { limit } => too_many(size(value), *limit, "item"),
        Kind::AdditionalItems { limit } => too_many(size(value), *limit as u64, "item"),
        Kind::MinProperties { limit } => too_few(size(value), *limit, "property"),
        Kind::MaxProperties { limit } => too_many(size(value), *limit, "property"),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let noun = if unexpected.len() == 1 { "property" } else { "properties" };
            let verb = if unexpected.len() == 1 { "is" } else { "are" };
            let names = cut(&unexpected.join(", "));
            (format!("{noun} {names} {verb} not known here"), "only documented properties".to_owned())
        }
        Kind::UniqueItems => ("an item stands here twice".to_owned(), "items that differ".to_owned()),
        Kind::Contains => ("no item is of the kind that must be there".to_owned(), "at least one such item".to_owned()),
        Kind::FalseSchema => ("nothing may stand here".to_owned(), "nothing".to_owned()),
        Kind::OneOfMultipleValid { .. } => {
            ("fits more than one of the alternatives".to_owned(), "exactly one of the alternatives".to_owned())
        }
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            (format!("{shown} fits none of the alternatives"), "one of the alternatives".to_owned())
        }
        Kind::Not { .. } => (format!("{shown} is what must not stand here"), "anything else".to_owned()),
        Kind::Referencing(problem) => (cut(&problem.to_string()), "a reference inside the schema".to_owned()),
        _ => (cut(&error.masked().to_string()), error.kind().keyword().to_owned()),
    }
}

fn too_few(count: usize, limit: u64, noun: &str) -> (String, String) {
    (format!("has {}, fewer than {limit}", counted(count, noun)), format!("at least {}", counted(limit as usize, noun)))
}

fn too_many(count: usize, limit: u64, noun: &str) -> (String, String) {
    (format!("has {}, more than {limit}", counted(count, noun)), format!("at most {}", counted(limit as usize, noun)))
}

fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {noun}s"),
    }
}

fn characters(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.chars().count())
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}

/// The type of a value with its article.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn either(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// A value as compact JSON, cut where it gets long.
pub(super) fn shortened(value: &Value) -> String {
    // A body may be megabytes; text that will be cut away is never written.
    struct Bounded(Vec<u8>);
    impl std::io::Write for Bounded {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0.len() > 4 * MOST_CHARACTERS {
                return Err(std::io::ErrorKind::WriteZero.into());
            }
            self.0.extend_from_slice(&bytes[..bytes.len().min(8 * MOST_CHARACTERS)]);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut bounded = Bounded(Vec::new());
    // The only error is our own "enough".
    let _ = serde_json::to_writer(&mut bounded, value);
    cut(&String::from_utf8_lossy(&bounded.0))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MOST_CHARACTERS {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(MOST_CHARACTERS - 1).collect();
    short.push('…');
    short
}
