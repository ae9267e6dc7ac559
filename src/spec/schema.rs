//! A JSON Schema that is compiled when it is first used.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::translate::Origin;
use super::violation;

/// A JSON Schema, self-contained: every reference is resolved inside its own text.
///
/// The text is JSON Schema 2020-12 unless its `$schema` says otherwise. Schemas of an OpenAPI document become such a
/// text when the document is loaded.
#[derive(Clone, Debug)]
pub struct Schema {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    text: OnceLock<Value>,
    /// What the text is made from when it is first asked for.
    origin: Option<Origin>,
    compiled: OnceLock<Result<jsonschema::Validator, Fault>>,
}

/// Why a schema cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// JSON pointer into the schema.
    pub(super) pointer: String,
    /// What is wrong there.
    pub(super) problem: String,
}

/// One way in which a value does not fit a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer to the value that is wrong; for a missing property the object that lacks it.
    pub pointer: String,
    /// The schema keyword that failed, such as `required`, `type`, `enum`; `$schema` when the schema itself is wrong.
    pub keyword: String,
    /// What is wrong, as a sentence without a full stop.
    pub problem: String,
    /// What the schema asks for, in words.
    pub expected: String,
    /// The value that stands there, as compact JSON, shortened.
    pub actual: String,
}

/// Most violations of one value that are told: a list of a million wrong entries needs no million sentences.
const MOST_VIOLATIONS: usize = 100;

impl Schema {
    /// A schema whose references are resolved inside of `text`.
    pub fn new(text: Value) -> Self {
        Self::of(OnceLock::from(text), None)
    }

    /// The schema at a place of an OpenAPI document. Its text is made when it is first asked for: in a large document
    /// every operation reaches most of the definitions, and few operations are called.
    pub(super) fn described(origin: Origin) -> Self {
        Self::of(OnceLock::new(), Some(origin))
    }

    fn of(text: OnceLock<Value>, origin: Option<Origin>) -> Self {
        Self { inner: Arc::new(Inner { text, origin, compiled: OnceLock::new() }) }
    }

    /// The schema as JSON.
    pub fn text(&self) -> &Value {
        self.inner.text.get_or_init(|| self.inner.origin.as_ref().map_or(Value::Bool(true), Origin::text))
    }

    /// Whether the text is a schema that can be applied; the error says why not, as a sentence without a full stop.
    ///
    /// [`validate`](Self::validate) on a schema that fails here finds every value wrong.
    pub fn check(&self) -> Result<(), String> {
        match self.fault() {
            None => Ok(()),
            Some(Fault { pointer, problem }) if pointer.is_empty() => Err(problem.clone()),
            Some(Fault { pointer, problem }) => Err(format!("{pointer}: {problem}")),
        }
    }

    /// What [`check`](Self::check) finds, with its place.
    pub(super) fn fault(&self) -> Option<&Fault> {
        self.compiled().err()
    }

    /// All ways in which a value does not fit, in the order in which the schema tells them; at most a hundred.
    ///
    /// Where a value fits none of several alternatives (`anyOf`, `oneOf`), the one that comes closest is explained.
    pub fn validate(&self, value: &Value) -> Vec<Violation> {
        match self.compiled() {
            Ok(validator) if validator.is_valid(value) => Vec::new(),
            Ok(validator) => {
                let errors: Vec<_> = validator.iter_errors(value).take(MOST_VIOLATIONS).collect();
                let violations = violation::all(&errors);
                // A value that does not fit must never come out as one that does.
                if violations.is_empty() { vec![violation::unexplained(value)] } else { violations }
            }
            Err(fault) => vec![Violation {
                pointer: String::new(),
                keyword: "$schema".to_owned(),
                problem: format!("the schema cannot be applied: {}", fault.problem),
                expected: "a schema that can be applied".to_owned(),
                actual: violation::shortened(value),
            }],
        }
    }

    fn compiled(&self) -> Result<&jsonschema::Validator, &Fault> {
        let compiled = self.inner.compiled.get_or_init(|| {
            if let Some(name) = endless(self.text()) {
                let problem = format!("{name} contains itself with no property or item between");
                return Err(Fault { pointer: String::new(), problem });
            }
            jsonschema::options().build(self.text()).map_err(|error| Fault {
                pointer: error.instance_path().to_string(),
                problem: violation::all(std::slice::from_ref(&error))
                    .into_iter()
                    .next()
                    .map_or_else(|| error.to_string(), |violation| violation.problem),
            })
        });
        compiled.as_ref()
    }
}

/// Most definitions that one may apply to a value one after another; real ones need a handful.
const MOST_IN_PLACE: usize = 100;

/// The first definition that applies itself to the very same value: validating against it would never end.
fn endless(text: &Value) -> Option<String> {
    let definitions = text.get("$defs").and_then(Value::as_object);
    let names = definitions.into_iter().flat_map(|definitions| definitions.keys().map(String::as_str));
    let mut done = HashSet::new();
    for name in std::iter::once("#").chain(names) {
        let mut open = Vec::new();
        if let Some(name) = visit(text, name, &mut open, &mut done) {
            return Some(name);
        }
    }
    None
}

/// Follows every reference that a definition applies in place; `open` are the definitions on the way here.
fn visit<'a>(text: &'a Value, name: &'a str, open: &mut Vec<&'a str>, done: &mut HashSet<&'a str>) -> Option<String> {
    if done.contains(name) {
        return None;
    }
    if open.len() > MOST_IN_PLACE || open.contains(&name) {
        return Some(if name == "#" { "the schema".to_owned() } else { format!("the schema {name}") });
    }
    let body = if name == "#" { text } else { text.get("$defs")?.get(name)? };
    open.push(name);
    let mut targets = Vec::new();
    in_place(body, &mut targets);
    for target in targets {
        if let Some(found) = visit(text, target, open, done) {
            return Some(found);
        }
    }
    open.pop();
    done.insert(name);
    None
}

/// Definitions that a schema applies to the value itself rather than to a part of it.
fn in_place<'a>(schema: &'a Value, targets: &mut Vec<&'a str>) {
    let Some(members) = schema.as_object() else { return };
    for (keyword, value) in members {
        match (keyword.as_str(), value) {
            ("$ref", Value::String(reference)) => {
                targets.extend(reference.strip_prefix("#/$defs/").or_else(|| (reference == "#").then_some("#")));
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(branches)) => {
                branches.iter().for_each(|branch| in_place(branch, targets));
            }
            ("not" | "if" | "then" | "else", branch) => in_place(branch, targets),
            ("dependentSchemas", Value::Object(branches)) => {
                branches.values().for_each(|branch| in_place(branch, targets));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn bill() -> Schema {
        Schema::new(json!({
            "type": "object",
            "required": ["pay-amt", "status"],
            "properties": {
                "pay-amt": {"type": "integer", "minimum": 0, "maximum": 2_147_483_647},
                "status": {"type": "string", "enum": ["0", "1", "98", "99"]},
                "day": {"anyOf": [
                    {"type": "string", "pattern": "^[0-9]{8}$"},
                    {"type": "integer", "minimum": 10_000_101, "maximum": 99_999_999}
                ]},
                "next": {"$ref": "#"},
                "either": {"oneOf": [
                    {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
                    {"type": "array", "items": {"type": "string"}}
                ]},
                "closed": {"type": "object", "additionalProperties": false, "properties": {"a": true}},
                "count": {"type": ["string", "null"], "minLength": 2, "maxLength": 3}
            }
        }))
    }

    #[rstest]
    #[case(json!({"status": "1"}), "", "required", "property pay-amt is missing")]
    #[case(json!({"pay-amt": "5", "status": "1"}), "/pay-amt", "type", "is a string, expected integer")]
    #[case(json!({"pay-amt": 1.5, "status": "1"}), "/pay-amt", "type", "is a number, expected integer")]
    #[case(json!({"pay-amt": 5, "status": "7"}), "/status", "enum", "\"7\" is none of 0, 1, 98, 99")]
    #[case(json!({"pay-amt": 5, "status": 1}), "/status", "type", "is an integer, expected string")]
    #[case(json!({"pay-amt": -1, "status": "1"}), "/pay-amt", "minimum", "-1 is less than 0")]
    #[case(json!({"pay-amt": 3_000_000_000_u64, "status": "1"}), "/pay-amt", "maximum", "3000000000 is more than 2147483647")]
    #[case(json!({"pay-amt": 1, "status": "1", "day": "2021-04-28"}), "/day", "pattern", "\"2021-04-28\" does not match ^[0-9]{8}$")]
    #[case(json!({"pay-amt": 1, "status": "1", "day": true}), "/day", "type", "is a boolean, expected string or integer")]
    #[case(json!({"pay-amt": 1, "status": "1", "next": {"pay-amt": 1}}), "/next", "required", "property status is missing")]
    #[case(json!({"pay-amt": 1, "status": "1", "either": {"a": 1}}), "/either/a", "type", "is an integer, expected string")]
    #[case(json!({"pay-amt": 1, "status": "1", "either": ["x", 1]}), "/either/1", "type", "is an integer, expected string")]
    #[case(json!({"pay-amt": 1, "status": "1", "closed": {"b": 1}}), "/closed", "additionalProperties", "property b is not known here")]
    #[case(json!({"pay-amt": 1, "status": "1", "count": "abcd"}), "/count", "maxLength", "has 4 characters, more than 3")]
    #[case(json!({"pay-amt": 1, "status": "1", "count": 1}), "/count", "type", "is an integer, expected null or string")]
    #[case(json!([]), "", "type", "is an array, expected object")]
    fn one_mistake_gives_one_violation(
        #[case] value: Value,
        #[case] pointer: &str,
        #[case] keyword: &str,
        #[case] problem: &str,
    ) {
        let violations = bill().validate(&value);
        assert_eq!(violations.len(), 1, "{violations:#?}");
        assert_eq!((&*violations[0].pointer, &*violations[0].keyword), (pointer, keyword));
        assert_eq!(violations[0].problem, problem);
    }

    #[test]
    fn all_mistakes_are_told() {
        let violations = bill().validate(&json!({"status": "7", "day": false}));
        let mut pointers: Vec<_> = violations.iter().map(|violation| violation.pointer.as_str()).collect();
        pointers.sort_unstable();
        assert_eq!(pointers, ["", "/day", "/status"]);
        assert!(bill().validate(&json!({"pay-amt": 0, "status": "0", "day": 20_210_428})).is_empty());
    }

    #[test]
    fn both_sides_are_named() {
        let violation = bill().validate(&json!({"status": "1", "pay-amt": "5"})).remove(0);
        assert_eq!((&*violation.expected, &*violation.actual), ("integer", "\"5\""));
        let violation = bill().validate(&json!({"status": "1"})).remove(0);
        assert_eq!((&*violation.expected, &*violation.actual), ("property pay-amt", "{\"status\":\"1\"}"));
        let violation = bill().validate(&json!({"pay-amt": 1, "status": "x".repeat(5000)})).remove(0);
        assert!(violation.actual.chars().count() < 100, "{}", violation.actual.len());
        assert!(violation.problem.len() < 200);
    }

    #[rstest]
    #[case(json!({"$ref": "#"}))]
    #[case(json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}}))]
    #[case(json!({"$defs": {"a": {"not": {"anyOf": [{"$ref": "#/$defs/a"}]}}}}))]
    #[case(json!({"type": "integr"}))]
    #[case(json!({"pattern": "["}))]
    #[case(json!({"$ref": "#/$defs/nowhere"}))]
    #[case(json!({"$ref": "https://vendor.example/schema.json"}))]
    #[case(json!(7))]
    fn a_schema_that_cannot_be_applied_passes_nothing(#[case] text: Value) {
        let schema = Schema::new(text);
        assert!(schema.check().is_err());
        assert_eq!(schema.validate(&json!(1))[0].keyword, "$schema");
    }

    #[test]
    fn a_recursive_schema_is_applied_level_by_level() {
        let schema = Schema::new(json!({
            "$ref": "#/$defs/node",
            "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}}
        }));
        assert!(schema.validate(&json!({"next": {"next": {}}})).is_empty());
        assert_eq!(schema.validate(&json!({"next": {"next": 1}}))[0].pointer, "/next/next");
    }

    proptest! {
        #[test]
        fn only_values_that_fit_are_without_violation(
            amount in prop_oneof![Just(json!(1)), Just(json!("1")), Just(json!(-1))],
            status in prop_oneof![Just(json!("1")), Just(json!("7")), Just(json!(1)), Just(json!(null))],
            either in prop_oneof![
                Just(json!({"a": "x"})), Just(json!({"a": [1]})), Just(json!({})), Just(json!([])), Just(json!([[]])),
                Just(json!(null)), Just(json!({"a": 1, "b": 2}))
            ],
        ) {
            let value = json!({"pay-amt": amount, "status": status, "either": either, "day": either});
            let schema = bill();
            let fits = jsonschema::is_valid(schema.text(), &value);
            prop_assert_eq!(schema.validate(&value).is_empty(), fits);
        }
    }

    #[test]
    fn a_million_mistakes_are_cut_short() {
        let schema = Schema::new(json!({"type": "array", "items": {"type": "integer"}}));
        let value = Value::from(vec!["x"; 10_000]);
        assert_eq!(schema.validate(&value).len(), MOST_VIOLATIONS);
    }
}
