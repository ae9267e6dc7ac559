//! Whether a document has the members that OpenAPI knows, each of its type.
//!
//! The typed model stops at its first mistake, knows no positions inside its alternatives and swallows unknown keys.
//! So a document is first held against the tables of `openapi`, which find every mistake with its place; what comes
//! out is a lean copy for the typed model, without schemas (they become JSON Schemas of their own, see `translate`)
//! and without what storeproof does not use.

use serde_json::{Map, Value};

use super::document::escape;
use super::openapi::Shape::{
    self, Any, Count, Flag, List, Number, Object, Reference, SchemaOrFlag, Text, Unused, Word,
};
use super::openapi::{INFO, Kind, ROOT, SCHEMA};
use super::problem::{Collector, SpecTrouble, near};
use super::violation::{kind_of, shortened};

/// How a document is held against the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    /// Unknown keys and empty members are mistakes: so for our own documents.
    pub(super) strict: bool,
    /// OpenAPI 3.1: schemas are plain JSON Schema, and `paths` may be absent.
    pub(super) edition_3_1: bool,
}

/// What a document is made of.
pub(super) struct Parts {
    /// The copy for the typed model.
    pub(super) lean: Value,
    /// Pointers to objects that are a `$ref` outside of schemas.
    pub(super) references: Vec<String>,
    /// Pointers to schemas that stand in no other schema.
    pub(super) schemas: Vec<String>,
}

/// Finds every mistake in the structure.
pub(super) fn check(found: &mut Collector<'_>, rules: Rules) -> Parts {
    let document = found.document;
    let mut walk = Walk { found, rules, references: Vec::new(), schemas: Vec::new(), inside_schema: false };
    let lean = walk.object(&document.value, &ROOT, "");
    Parts { lean, references: walk.references, schemas: walk.schemas }
}

struct Walk<'c, 'd> {
    found: &'c mut Collector<'d>,
    rules: Rules,
    references: Vec<String>,
    schemas: Vec<String>,
    inside_schema: bool,
}

/// Members of our own extension outside of `info`.
const EXTENSION: &[&str] = &["signature", "token", "fixes", "note"];

impl Walk<'_, '_> {
    fn object(&mut self, value: &Value, kind: &'static Kind, pointer: &str) -> Value {
        let Some(members) = value.as_object() else {
            self.wrong_type(value, pointer, "an object");
            return Value::Null;
        };
        let mut lean = Map::new();
        for (key, value) in members {
            let below = format!("{pointer}/{}", escape(key));
            let shape = kind.members.iter().find(|(name, _)| name == key).map(|(_, shape)| shape);
            let shape = shape.or_else(|| kind.named.and_then(|named| (named.fits)(key).then_some(named.shape)));
            match shape {
                Some(_) if value.is_null() && !self.rules.strict && !kind.required.contains(&key.as_str()) => {}
                Some(Unused(shape)) => {
                    self.value(value, shape, &below);
                }
                Some(shape) => {
                    lean.insert(key.clone(), self.value(value, shape, &below));
                }
                None if key.starts_with("x-") => {
                    if key == "x-storeproof" && self.rules.strict && kind.name != INFO.name {
                        self.extension(value, &below);
                    }
                    lean.insert(key.clone(), value.clone());
                }
                None => self.unknown(key, kind, &below),
            }
        }
        for required in kind.required {
            let optional = *required == "paths" && self.rules.edition_3_1;
            if !optional && !required.split(" or ").any(|key| members.contains_key(key)) {
                let trouble = SpecTrouble::MissingKey { key: (*required).to_owned(), object: kind.name.to_owned() };
                self.found.at_key(pointer, trouble);
            }
        }
        Value::Object(lean)
    }

    fn extension(&mut self, value: &Value, pointer: &str) {
        for key in value.as_object().into_iter().flatten().map(|(key, _)| key) {
            if !EXTENSION.contains(&key.as_str()) {
                let near = near(key, EXTENSION.iter().copied());
                let trouble = SpecTrouble::UnknownKey { key: key.clone(), object: "x-storeproof".to_owned(), near };
                self.found.at_key(&format!("{pointer}/{}", escape(key)), trouble);
            }
        }
    }

    /// A key that stands in no table. A path or status that is none is a mistake in every document: it would be lost.
    fn unknown(&mut self, key: &str, kind: &'static Kind, pointer: &str) {
        if let Some(named) = kind.named {
            let (name, expected) = ("this key".to_owned(), named.form.to_owned());
            self.found.at_key(pointer, SpecTrouble::WrongValue { name, expected, actual: shortened(&key.into()) });
        } else if self.rules.strict {
            let near = near(key, kind.members.iter().map(|(name, _)| *name));
            let trouble = SpecTrouble::UnknownKey { key: key.to_owned(), object: kind.name.to_owned(), near };
            self.found.at_key(pointer, trouble);
        }
    }

    fn value(&mut self, value: &Value, shape: &'static Shape, pointer: &str) -> Value {
        let fits = match shape {
            Text => value.is_string(),
            Flag => value.is_boolean(),
            Number => value.is_number(),
            Count => value.is_u64(),
            Any => true,
            Word(words) => return self.word(value, words, pointer),
            Object(kind) => return self.object(value, kind, pointer),
            Reference(_) if value.get("$ref").is_some() => return self.reference(value, pointer),
            Reference(kind) => return self.object(value, kind, pointer),
            List(shape) => {
                let Some(items) = value.as_array() else {
                    self.wrong_type(value, pointer, "a list");
                    return Value::Null;
                };
                let items = items.iter().enumerate();
                return items.map(|(index, item)| self.value(item, shape, &format!("{pointer}/{index}"))).collect();
            }
            Shape::Map(shape) => {
                let Some(members) = value.as_object() else {
                    self.wrong_type(value, pointer, "an object");
                    return Value::Null;
                };
                let lean = members.iter().map(|(key, value)| {
                    let below = format!("{pointer}/{}", escape(key));
                    (key.clone(), self.value(value, shape, &below))
                });
                return Value::Object(lean.collect());
            }
            SchemaOrFlag if value.is_boolean() => return value.clone(),
            SchemaOrFlag | Shape::Schema => {
                self.schema(value, pointer);
                return Value::Object(Map::new());
            }
            Unused(shape) => return self.value(value, shape, pointer),
        };
        if !fits {
            let expected = match shape {
                Text => "text",
                Flag => "true or false",
                Number => "a number",
                _ => "a whole number that is not negative",
            };
            self.wrong_type(value, pointer, expected);
        }
        value.clone()
    }

    /// In 3.1 a schema is any JSON Schema; its compiler finds the mistakes.
    fn schema(&mut self, value: &Value, pointer: &str) {
        let outermost = !std::mem::replace(&mut self.inside_schema, true);
        if outermost {
            self.schemas.push(pointer.to_owned());
        }
        if self.rules.edition_3_1 {
            if !value.is_object() && !value.is_boolean() {
                self.wrong_type(value, pointer, "a schema");
            }
        } else if value.get("$ref").is_some() {
            self.reference(value, pointer);
        } else {
            self.object(value, &SCHEMA, pointer);
        }
        self.inside_schema = !outermost;
    }

    fn reference(&mut self, value: &Value, pointer: &str) -> Value {
        if !self.inside_schema {
            self.references.push(pointer.to_owned());
        }
        let mut lean = Map::new();
        if let Some(reference) = value.get("$ref") {
            lean.insert("$ref".to_owned(), self.value(reference, &Text, &format!("{pointer}/$ref")));
        }
        Value::Object(lean)
    }

    fn word(&mut self, value: &Value, words: &'static [&'static str], pointer: &str) -> Value {
        if !value.as_str().is_some_and(|word| words.contains(&word)) {
            let expected = super::violation::either(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
            let trouble = SpecTrouble::WrongValue { name: self.name(pointer), expected, actual: shortened(value) };
            self.found.at_value(pointer, trouble);
        }
        value.clone()
    }

    fn wrong_type(&mut self, value: &Value, pointer: &str, expected: &str) {
        let mut expected = expected.to_owned();
        let scalar = value.is_number() || value.is_boolean();
        if expected == "text" && scalar {
            expected = format!("text; put {} in quotes", shortened(value));
        }
        let trouble = SpecTrouble::WrongType { name: self.name(pointer), expected, actual: kind_of(value).to_owned() };
        self.found.at_value(pointer, trouble);
    }

    /// What a pointer ends in, as text.
    fn name(&self, pointer: &str) -> String {
        let Some((above, last)) = pointer.rsplit_once('/') else { return "the document".to_owned() };
        match (last.parse::<usize>(), self.found.document.value.pointer(above)) {
            (Ok(index), Some(Value::Array(_))) => format!("item {} of {}", index + 1, self.name(above)),
            _ => last.replace("~1", "/").replace("~0", "~"),
        }
    }
}
