//! The objects of an OpenAPI document: which members each has, and of what type.
//!
//! The typed model stops at its first mistake, knows no positions inside its alternatives and swallows unknown keys.
//! So a document is first held against these tables, which find every mistake with its place; what comes out is a
//! lean copy for the typed model, without schemas (they become JSON Schemas of their own, see `translate`) and
//! without what storeproof does not use.

use serde_json::{Map, Value};

use super::document::escape;
use super::problem::{Collector, SpecTrouble, near};
use super::violation::{kind_of, shortened};

/// What a value may be.
enum Shape {
    Text,
    Flag,
    Number,
    Count,
    Any,
    Word(&'static [&'static str]),
    Object(&'static Kind),
    /// The object, or `$ref`.
    Reference(&'static Kind),
    List(&'static Shape),
    /// Any names.
    Map(&'static Shape),
    /// A JSON Schema or `$ref`; in the lean copy it becomes `{}`.
    Schema,
    /// A schema or a flag (`additionalProperties`).
    SchemaOrFlag,
    /// Checked and left out of the lean copy, as is whatever stands in it.
    Unused(&'static Shape),
}

use Shape::{Any, Count, Flag, List, Number, Object, Reference, SchemaOrFlag, Text, Unused, Word};

/// One kind of object.
struct Kind {
    /// Its name with an article.
    name: &'static str,
    members: &'static [(&'static str, Shape)],
    required: &'static [&'static str],
    named: Option<Named>,
}

/// Members with names of the user's.
#[derive(Clone, Copy)]
struct Named {
    /// Whether a key is such a name.
    fits: fn(&str) -> bool,
    /// What such a name looks like, with an article.
    form: &'static str,
    shape: &'static Shape,
}

impl Kind {
    const fn new(
        name: &'static str,
        members: &'static [(&'static str, Shape)],
        required: &'static [&'static str],
    ) -> Self {
        Self { name, members, required, named: None }
    }
}

static ROOT: Kind = Kind::new(
    "an OpenAPI document",
    &[
        ("openapi", Text),
        ("info", Object(&INFO)),
        ("servers", List(&Object(&SERVER))),
        ("paths", Object(&PATHS)),
        ("components", Object(&COMPONENTS)),
        ("security", List(&Shape::Map(&List(&Text)))),
        ("tags", List(&Object(&TAG))),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
    ],
    &["openapi", "info", "paths"],
);
static INFO: Kind = Kind::new(
    "the info object",
    &[
        ("title", Text),
        ("description", Text),
        ("termsOfService", Text),
        ("contact", Object(&CONTACT)),
        ("license", Object(&LICENCE)),
        ("version", Text),
    ],
    &["title", "version"],
);
static CONTACT: Kind = Kind::new("a contact", &[("name", Text), ("url", Text), ("email", Text)], &[]);
static LICENCE: Kind = Kind::new("a licence", &[("name", Text), ("url", Text)], &["name"]);
static SERVER: Kind = Kind::new(
    "a server",
    &[("url", Text), ("description", Text), ("variables", Shape::Map(&Object(&SERVER_VARIABLE)))],
    &["url"],
);
static SERVER_VARIABLE: Kind =
    Kind::new("a server variable", &[("enum", List(&Text)), ("default", Text), ("description", Text)], &["default"]);
static TAG: Kind =
    Kind::new("a tag", &[("name", Text), ("description", Text), ("externalDocs", Object(&EXTERNAL_DOCS))], &["name"]);
static EXTERNAL_DOCS: Kind = Kind::new("external documentation", &[("description", Text), ("url", Text)], &["url"]);
static PATHS: Kind = Kind {
    name: "the paths",
    members: &[],
    required: &[],
    named: Some(Named {
        fits: |name| name.starts_with('/'),
        form: "a path that begins with /",
        shape: &Reference(&PATH_ITEM),
    }),
};
static PATH_ITEM: Kind = Kind::new(
    "a path item",
    &[
        ("summary", Text),
        ("description", Text),
        ("get", Object(&OPERATION)),
        ("put", Object(&OPERATION)),
        ("post", Object(&OPERATION)),
        ("delete", Object(&OPERATION)),
        ("options", Object(&OPERATION)),
        ("head", Object(&OPERATION)),
        ("patch", Object(&OPERATION)),
        ("trace", Object(&OPERATION)),
        ("servers", List(&Object(&SERVER))),
        ("parameters", List(&Reference(&PARAMETER))),
    ],
    &[],
);
static OPERATION: Kind = Kind::new(
    "an operation",
    &[
        ("tags", List(&Text)),
        ("summary", Text),
        ("description", Text),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
        ("operationId", Text),
        ("parameters", List(&Reference(&PARAMETER))),
        ("requestBody", Reference(&REQUEST_BODY)),
        ("responses", Object(&RESPONSES)),
        ("callbacks", Unused(&Shape::Map(&Any))),
        ("deprecated", Flag),
        ("security", List(&Shape::Map(&List(&Text)))),
        ("servers", List(&Object(&SERVER))),
    ],
    &["responses"],
);
static PARAMETER: Kind = Kind::new(
    "a parameter",
    &[
        ("name", Text),
        ("in", Word(&["path", "query", "header", "cookie"])),
        ("description", Text),
        ("required", Flag),
        ("deprecated", Flag),
        ("allowEmptyValue", Flag),
        ("style", Word(&["matrix", "label", "simple", "form", "spaceDelimited", "pipeDelimited", "deepObject"])),
        ("explode", Flag),
        ("allowReserved", Flag),
        ("schema", Shape::Schema),
        ("content", Shape::Map(&Object(&MEDIA))),
        ("example", Unused(&Any)),
        ("examples", Unused(&Any)),
    ],
    &["name", "in", "schema or content"],
);
static REQUEST_BODY: Kind = Kind::new(
    "a request body",
    &[("description", Text), ("content", Shape::Map(&Object(&MEDIA))), ("required", Flag)],
    &["content"],
);
static MEDIA: Kind = Kind::new(
    "a media type",
    &[
        ("schema", Shape::Schema),
        ("example", Unused(&Any)),
        ("examples", Unused(&Any)),
        ("encoding", Unused(&Shape::Map(&Any))),
    ],
    &[],
);
static RESPONSES: Kind = Kind {
    name: "the responses of an operation",
    members: &[("default", Reference(&RESPONSE))],
    required: &[],
    named: Some(Named { fits: is_status, form: "a status such as 200, 4XX or default", shape: &Reference(&RESPONSE) }),
};
static RESPONSE: Kind = Kind::new(
    "a response",
    &[
        ("description", Text),
        ("headers", Shape::Map(&Reference(&HEADER))),
        ("content", Shape::Map(&Object(&MEDIA))),
        ("links", Unused(&Shape::Map(&Any))),
    ],
    &["description"],
);
static HEADER: Kind = Kind::new(
    "a header",
    &[
        ("description", Text),
        ("required", Flag),
        ("deprecated", Flag),
        ("allowEmptyValue", Flag),
        ("style", Word(&["simple"])),
        ("explode", Flag),
        ("allowReserved", Flag),
        ("schema", Shape::Schema),
        ("content", Shape::Map(&Object(&MEDIA))),
        ("example", Unused(&Any)),
        ("examples", Unused(&Any)),
    ],
    &["schema or content"],
);
static COMPONENTS: Kind = Kind::new(
    "the components",
    &[
        ("schemas", Shape::Map(&Shape::Schema)),
        ("responses", Shape::Map(&Reference(&RESPONSE))),
        ("parameters", Shape::Map(&Reference(&PARAMETER))),
        ("examples", Unused(&Any)),
        ("requestBodies", Shape::Map(&Reference(&REQUEST_BODY))),
        ("headers", Shape::Map(&Reference(&HEADER))),
        ("securitySchemes", Unused(&Shape::Map(&Reference(&SECURITY_SCHEME)))),
        ("links", Unused(&Any)),
        ("callbacks", Unused(&Any)),
    ],
    &[],
);
static SECURITY_SCHEME: Kind = Kind::new(
    "a security scheme",
    &[
        ("type", Word(&["apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"])),
        ("description", Text),
        ("name", Text),
        ("in", Word(&["query", "header", "cookie"])),
        ("scheme", Text),
        ("bearerFormat", Text),
        ("flows", Any),
        ("openIdConnectUrl", Text),
    ],
    &["type"],
);
static SCHEMA: Kind = Kind::new(
    "a schema",
    &[
        ("title", Text),
        ("multipleOf", Number),
        ("maximum", Number),
        ("exclusiveMaximum", Flag),
        ("minimum", Number),
        ("exclusiveMinimum", Flag),
        ("maxLength", Count),
        ("minLength", Count),
        ("pattern", Text),
        ("maxItems", Count),
        ("minItems", Count),
        ("uniqueItems", Flag),
        ("maxProperties", Count),
        ("minProperties", Count),
        ("required", List(&Text)),
        ("enum", List(&Any)),
        ("type", Word(&["array", "boolean", "integer", "number", "object", "string"])),
        ("not", Shape::Schema),
        ("allOf", List(&Shape::Schema)),
        ("oneOf", List(&Shape::Schema)),
        ("anyOf", List(&Shape::Schema)),
        ("items", Shape::Schema),
        ("properties", Shape::Map(&Shape::Schema)),
        ("additionalProperties", SchemaOrFlag),
        ("description", Text),
        ("format", Text),
        ("default", Any),
        ("nullable", Flag),
        ("discriminator", Any),
        ("readOnly", Flag),
        ("writeOnly", Flag),
        ("example", Any),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
        ("deprecated", Flag),
        ("xml", Any),
    ],
    &[],
);

fn is_status(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() == 3
        && (b'1'..=b'5').contains(&bytes[0])
        && (bytes[1..].iter().all(u8::is_ascii_digit) || &bytes[1..] == b"XX")
}

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
