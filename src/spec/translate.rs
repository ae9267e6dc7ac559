//! OpenAPI schemas as JSON Schemas.
//!
//! OpenAPI 3.0 speaks a dialect of its own: `nullable`, limits that a flag makes exclusive, `readOnly` properties that
//! only an answer must have. Each schema that is used becomes a JSON Schema 2020-12 which holds all it refers to in
//! `$defs`. OpenAPI 3.1 speaks JSON Schema already; only its references are rewritten.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::document::escape;
use super::problem::{SpecTrouble, near};

/// A document in which schemas refer to each other.
#[derive(Debug)]
pub(super) struct Definitions {
    pub(super) document: Value,
    pub(super) edition_3_1: bool,
}

/// Which way the described value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    /// In a request: `readOnly` properties need not be there.
    Request,
    /// In an answer: `writeOnly` properties need not be there.
    Answer,
}

/// Where a schema comes from.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) definitions: Arc<Definitions>,
    pub(super) pointer: String,
    pub(super) direction: Direction,
}

impl Origin {
    /// The JSON Schema with everything it refers to.
    pub(super) fn text(&self) -> Value {
        let definitions = &*self.definitions;
        let value = definitions.document.pointer(&self.pointer).unwrap_or(&Value::Bool(true));
        let mut bundle = Bundle::new(definitions, self.direction, References::Definitions);
        let mut text = bundle.schema(value);
        let mut translated = Map::new();
        while let Some((pointer, name)) = bundle.waiting.pop() {
            let value = definitions.document.pointer(&pointer).unwrap_or(&Value::Bool(true));
            let schema = bundle.schema(value);
            translated.insert(name, schema);
        }
        if let (false, Value::Object(members)) = (translated.is_empty(), &mut text) {
            translated.sort_keys();
            members.insert("$defs".to_owned(), Value::Object(translated));
        }
        text
    }
}

impl Definitions {
    /// Follows the `$ref` at a pointer, and those it leads to, to what they name.
    pub(super) fn follow(&self, pointer: &str) -> Result<String, SpecTrouble> {
        let mut pointer = pointer.to_owned();
        let mut passed = Vec::new();
        loop {
            let reference = self.document.pointer(&pointer).and_then(|value| value.get("$ref")).and_then(Value::as_str);
            // In 3.1 a schema may refer and say more beside it; then it is the schema that is meant.
            let Some(reference) = reference else { return Ok(pointer) };
            let target = self.target(reference)?;
            if passed.contains(&target) {
                return Err(SpecTrouble::Endless { reference: reference.to_owned() });
            }
            passed.push(target.clone());
            pointer = target;
        }
    }

    /// The pointer that a reference stands for; something stands there.
    pub(super) fn target(&self, reference: &str) -> Result<String, SpecTrouble> {
        let Some(fragment) = reference.strip_prefix('#') else {
            return Err(SpecTrouble::Foreign { reference: reference.to_owned() });
        };
        let pointer = percent_decoded(fragment);
        if (pointer.is_empty() || pointer.starts_with('/')) && self.document.pointer(&pointer).is_some() {
            return Ok(pointer);
        }
        let near = match pointer.rsplit_once('/') {
            None => Vec::new(),
            Some((above, last)) => {
                let siblings = self.document.pointer(above).and_then(Value::as_object);
                let names = siblings.into_iter().flat_map(|siblings| siblings.keys().map(String::as_str));
                near(last, names).into_iter().map(|name| format!("#{above}/{}", escape(&name))).collect()
            }
        };
        Err(SpecTrouble::Unresolved { reference: reference.to_owned(), near })
    }

    /// Pointers to all `$ref`s of a schema and the schemas in it.
    pub(super) fn references(&self, pointer: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut waiting = vec![pointer.to_owned()];
        while let Some(pointer) = waiting.pop() {
            let Some(members) = self.document.pointer(&pointer).and_then(Value::as_object) else { continue };
            if members.get("$ref").is_some_and(Value::is_string) {
                found.push(pointer.clone());
                if !self.edition_3_1 {
                    continue;
                }
            }
            for (keyword, value) in members {
                let below = format!("{pointer}/{}", escape(keyword));
                match (holds(keyword), value) {
                    (Some(Holds::One), _) => waiting.push(below),
                    (Some(Holds::List), Value::Array(items)) => {
                        waiting.extend((0..items.len()).map(|index| format!("{below}/{index}")));
                    }
                    (Some(Holds::Named), Value::Object(named)) => {
                        waiting.extend(named.keys().map(|name| format!("{below}/{}", escape(name))));
                    }
                    _ => {}
                }
            }
        }
        found
    }

    /// A schema by itself, whatever it refers to taken as right.
    pub(super) fn alone(&self, pointer: &str) -> Value {
        let value = self.document.pointer(pointer).unwrap_or(&Value::Bool(true));
        Bundle::new(self, Direction::Answer, References::Anything).schema(value)
    }

    /// Pointers to the schemas that the one at `pointer` applies to the very same value by reference.
    pub(super) fn in_place(&self, pointer: &str) -> Vec<String> {
        let mut targets = Vec::new();
        let mut waiting = vec![self.document.pointer(pointer)];
        while let Some(schema) = waiting.pop() {
            let Some(members) = schema.and_then(Value::as_object) else { continue };
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                targets.extend(self.target(reference));
                if !self.edition_3_1 {
                    continue;
                }
            }
            for (keyword, value) in members {
                match keyword.as_str() {
                    "allOf" | "anyOf" | "oneOf" => waiting.extend(value.as_array().into_iter().flatten().map(Some)),
                    "not" | "if" | "then" | "else" => waiting.push(Some(value)),
                    _ => {}
                }
            }
        }
        targets
    }
}

/// How a keyword holds schemas.
enum Holds {
    One,
    List,
    Named,
}

fn holds(keyword: &str) -> Option<Holds> {
    match keyword {
        "items"
        | "not"
        | "additionalProperties"
        | "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "contentSchema" => Some(Holds::One),
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Some(Holds::List),
        "properties" | "patternProperties" | "dependentSchemas" => Some(Holds::Named),
        _ => None,
    }
}

/// What becomes of references.
#[derive(Clone, Copy, PartialEq, Eq)]
enum References {
    /// They lead to `$defs`.
    Definitions,
    /// They are replaced by a schema that fits everything.
    Anything,
}

/// One schema with what it refers to, in the making.
struct Bundle<'d> {
    definitions: &'d Definitions,
    direction: Direction,
    references: References,
    /// Names in `$defs` by pointer.
    names: HashMap<String, String>,
    taken: HashSet<String>,
    /// Pointers and names of definitions that are still to be translated.
    waiting: Vec<(String, String)>,
}

impl<'d> Bundle<'d> {
    fn new(definitions: &'d Definitions, direction: Direction, references: References) -> Self {
        Self { definitions, direction, references, names: HashMap::new(), taken: HashSet::new(), waiting: Vec::new() }
    }

    fn schema(&mut self, value: &Value) -> Value {
        let Some(members) = value.as_object() else { return value.clone() };
        let mut text = Map::new();
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            if let (References::Definitions, Ok(pointer)) = (self.references, self.definitions.target(reference)) {
                text.insert("$ref".to_owned(), format!("#/$defs/{}", escape(&self.name(pointer))).into());
            }
            // Beside a reference, 3.0 ignores everything.
            if !self.definitions.edition_3_1 {
                return Value::Object(text);
            }
        }
        for (keyword, value) in members {
            if self.keeps(keyword) {
                let value = self.keyword(keyword, value, members);
                text.insert(keyword.clone(), value);
            }
        }
        if self.definitions.edition_3_1 { Value::Object(text) } else { from_3_0(text, members) }
    }

    /// Whether a keyword means the same in JSON Schema. Limits and `type` do once `from_3_0` has seen them.
    fn keeps(&self, keyword: &str) -> bool {
        if self.definitions.edition_3_1 {
            return !matches!(
                keyword,
                "$ref"
                    | "$id"
                    | "$schema"
                    | "$defs"
                    | "definitions"
                    | "example"
                    | "examples"
                    | "discriminator"
                    | "xml"
                    | "externalDocs"
            );
        }
        keyword.starts_with("x-")
            || matches!(
                keyword,
                "title"
                    | "description"
                    | "default"
                    | "type"
                    | "format"
                    | "enum"
                    | "required"
                    | "properties"
                    | "items"
                    | "additionalProperties"
                    | "allOf"
                    | "anyOf"
                    | "oneOf"
                    | "not"
                    | "multipleOf"
                    | "maximum"
                    | "exclusiveMaximum"
                    | "minimum"
                    | "exclusiveMinimum"
                    | "maxLength"
                    | "minLength"
                    | "pattern"
                    | "maxItems"
                    | "minItems"
                    | "uniqueItems"
                    | "maxProperties"
                    | "minProperties"
            )
    }

    fn keyword(&mut self, keyword: &str, value: &Value, members: &Map<String, Value>) -> Value {
        match (holds(keyword), value) {
            (Some(Holds::One), _) => self.schema(value),
            (Some(Holds::List), Value::Array(items)) => items.iter().map(|item| self.schema(item)).collect(),
            (Some(Holds::Named), Value::Object(named)) => {
                Value::Object(named.iter().map(|(name, value)| (name.clone(), self.schema(value))).collect())
            }
            _ if keyword == "required" => self.required(value, members),
            _ => value.clone(),
        }
    }

    /// `required` without the properties that do not travel this way.
    fn required(&self, value: &Value, members: &Map<String, Value>) -> Value {
        let flag = match self.direction {
            Direction::Request => "readOnly",
            Direction::Answer => "writeOnly",
        };
        let travels = |name: &Value| {
            let property = members.get("properties").and_then(|it| it.get(name.as_str()?));
            let property = match property.and_then(|property| property.get("$ref")).and_then(Value::as_str) {
                Some(reference) => {
                    self.definitions.target(reference).ok().and_then(|it| self.definitions.document.pointer(&it))
                }
                None => property,
            };
            property.and_then(|property| property.get(flag)) != Some(&Value::Bool(true))
        };
        match value {
            Value::Array(names) => names.iter().filter(|name| travels(name)).cloned().collect(),
            other => other.clone(),
        }
    }

    /// The name of a definition in `$defs`: its own, or where it stands.
    fn name(&mut self, pointer: String) -> String {
        if let Some(name) = self.names.get(&pointer) {
            return name.clone();
        }
        let own = pointer.strip_prefix("/components/schemas/").filter(|name| !name.contains('/'));
        let mut name = match own {
            Some(name) => name.replace("~1", "/").replace("~0", "~"),
            None => pointer.trim_start_matches('/').replace('/', "."),
        };
        while !self.taken.insert(name.clone()) {
            name.push('\'');
        }
        self.names.insert(pointer.clone(), name.clone());
        self.waiting.push((pointer, name.clone()));
        name
    }
}

/// Says in JSON Schema what 3.0 says with its own keywords; `members` is the schema as written.
fn from_3_0(mut text: Map<String, Value>, members: &Map<String, Value>) -> Value {
    for (limit, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if text.remove(exclusive) == Some(Value::Bool(true))
            && let Some(bound) = text.remove(limit)
        {
            text.insert(exclusive.to_owned(), bound);
        }
    }
    let is = |keyword: &str, word: &str| members.get(keyword).and_then(Value::as_str) == Some(word);
    if is("type", "integer") && is("format", "int32") {
        if !text.contains_key("minimum") && !text.contains_key("exclusiveMinimum") {
            text.insert("minimum".to_owned(), i32::MIN.into());
        }
        if !text.contains_key("maximum") && !text.contains_key("exclusiveMaximum") {
            text.insert("maximum".to_owned(), i32::MAX.into());
        }
    }
    if members.get("nullable") != Some(&Value::Bool(true)) {
        return Value::Object(text);
    }
    // By the letter of 3.0.3, `nullable` needs a `type` beside it and `null` in an `enum`. Documents that forget
    // either mean null all the same.
    if let Some(Value::Array(values)) = text.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    if let Some(kind) = text.get_mut("type") {
        *kind = json!([kind.clone(), "null"]);
        if !["allOf", "anyOf", "oneOf", "not"].iter().any(|keyword| text.contains_key(*keyword)) {
            return Value::Object(text);
        }
    }
    if text.is_empty() { Value::Object(text) } else { json!({"anyOf": [{"type": "null"}, text]}) }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn text(components: Value, pointer: &str, direction: Direction, edition_3_1: bool) -> Value {
        let definitions = Arc::new(Definitions { document: components, edition_3_1 });
        Origin { definitions, pointer: pointer.to_owned(), direction }.text()
    }

    #[rstest]
    #[case(json!({"type": "string", "nullable": true, "example": "x"}), json!({"type": ["string", "null"]}))]
    #[case(json!({"type": "string", "nullable": true, "enum": ["a"]}), json!({"type": ["string", "null"], "enum": ["a", null]}))]
    #[case(json!({"nullable": true, "enum": [1]}), json!({"anyOf": [{"type": "null"}, {"enum": [1, null]}]}))]
    #[case(json!({"minimum": 1, "exclusiveMinimum": true}), json!({"exclusiveMinimum": 1}))]
    #[case(json!({"maximum": 1, "exclusiveMaximum": false}), json!({"maximum": 1}))]
    #[case(
        json!({"type": "integer", "format": "int32", "minimum": 0}),
        json!({"type": "integer", "format": "int32", "minimum": 0, "maximum": i32::MAX})
    )]
    #[case(json!({"const": 1, "if": {}, "$id": "x", "deprecated": true, "xml": {}}), json!({}))]
    #[case(json!({"properties": {"example": {"nullable": true, "type": "object"}}}), json!({"properties": {"example": {"type": ["object", "null"]}}}))]
    fn the_dialect_of_3_0_becomes_json_schema(#[case] schema: Value, #[case] expected: Value) {
        assert_eq!(text(json!({"s": schema}), "/s", Direction::Answer, false), expected);
    }

    #[test]
    fn references_are_gathered_once_each() {
        let document = json!({"components": {"schemas": {
            "Pet": {"properties": {"friend": {"$ref": "#/components/schemas/Pet"}, "odd": {"$ref": "#/paths/~1a/x"}}},
            "Far": {"type": "string"}
        }}, "paths": {"/a": {"x": {"$ref": "#/components/schemas/Far", "type": "integer"}}}});
        assert_eq!(
            text(document, "/components/schemas/Pet", Direction::Answer, false),
            json!({
                "properties": {"friend": {"$ref": "#/$defs/Pet"}, "odd": {"$ref": "#/$defs/paths.~01a.x"}},
                "$defs": {
                    "Far": {"type": "string"},
                    "Pet": {"properties": {"friend": {"$ref": "#/$defs/Pet"}, "odd": {"$ref": "#/$defs/paths.~01a.x"}}},
                    "paths.~1a.x": {"$ref": "#/$defs/Far"}
                }
            })
        );
    }

    #[test]
    fn properties_of_one_direction_are_not_asked_for_in_the_other() {
        let document = json!({"s": {"required": ["id", "password", "name"], "properties": {
            "id": {"readOnly": true}, "password": {"$ref": "#/secret"}, "name": {}
        }}, "secret": {"type": "string", "writeOnly": true}});
        let request = text(document.clone(), "/s", Direction::Request, false);
        assert_eq!(request["required"], json!(["password", "name"]));
        assert_eq!(text(document, "/s", Direction::Answer, false)["required"], json!(["id", "name"]));
    }

    #[test]
    fn json_schema_of_3_1_is_left_as_it_is() {
        let document = json!({
            "s": {"type": ["string", "null"], "const": "a", "$ref": "#/t", "examples": [1]},
            "t": {"exclusiveMinimum": 3, "if": {"$ref": "#/t/$defs/u"}, "$defs": {"u": true}}
        });
        assert_eq!(
            text(document, "/s", Direction::Answer, true),
            json!({
                "$ref": "#/$defs/t", "type": ["string", "null"], "const": "a",
                "$defs": {
                    "t": {"exclusiveMinimum": 3, "if": {"$ref": "#/$defs/t.$defs.u"}},
                    "t.$defs.u": true
                }
            })
        );
    }

    #[rstest]
    #[case("#/components/schemas/Pett", "; did you mean #/components/schemas/Pet?")]
    #[case("#/nowhere/at/all", "")]
    #[case("#Pet", "")]
    fn a_reference_to_nothing_names_what_may_have_been_meant(#[case] reference: &str, #[case] hint: &str) {
        let document = json!({"components": {"schemas": {"Pet": {}}}});
        let definitions = Definitions { document, edition_3_1: false };
        let problem = definitions.target(reference).expect_err("is refused").to_string();
        assert_eq!(problem, format!("nothing stands at {reference}{hint}"));
        assert_eq!(definitions.target("#/components/schemas/%50et"), Ok("/components/schemas/Pet".to_owned()));
    }
}
