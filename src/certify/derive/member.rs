//! One member of a call's body, or one of its parameters, with what the interface says about it.

use serde_json::{Map, Value};

use crate::spec::{Operation, ParameterPlace, Schema, Violation};

/// Where a member travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// In the body, at this JSON pointer.
    Body(String),
    /// In the query, the path or a header field.
    Parameter(ParameterPlace),
}

/// A member or parameter.
pub(super) struct Member {
    /// Its name; of one inside of another with a dot between.
    pub(super) name: String,
    /// Where it travels.
    pub(super) at: At,
    /// Whether it must be there.
    pub(super) mandatory: bool,
    /// Whether the sound call gives it.
    pub(super) given: bool,
    /// What the marketplace writes there by itself.
    pub(super) filled: Option<Value>,
    /// What its schema says of the value itself, references followed.
    pub(super) keywords: Map<String, Value>,
    schema: Schema,
}

impl Member {
    /// Why a value cannot stand here; `None` where it can.
    pub(super) fn refuses(&self, value: &Value) -> Option<Violation> {
        self.schema.validate(value).into_iter().next()
    }

    /// Whether its schema asks for a value of this type, or allows one.
    pub(super) fn is(&self, kind: &str) -> bool {
        match self.keywords.get("type") {
            Some(Value::String(one)) => one == kind,
            Some(Value::Array(all)) => all.iter().any(|one| one == kind),
            _ => false,
        }
    }

    /// A limit of its schema.
    pub(super) fn limit(&self, keyword: &str) -> Option<usize> {
        usize::try_from(self.keywords.get(keyword)?.as_u64()?).ok()
    }

    /// Whether its values are listed, or of a form of their own.
    pub(super) fn has(&self, keyword: &str) -> bool {
        self.keywords.contains_key(keyword)
    }

    /// Whether it stands in the body.
    pub(super) fn in_body(&self) -> bool {
        matches!(self.at, At::Body(_))
    }

    /// Where it is, as a report says: a JSON pointer, or a place and a name.
    pub(super) fn place(&self) -> String {
        match &self.at {
            At::Body(pointer) => pointer.clone(),
            At::Parameter(ParameterPlace::Path) => format!("path {}", self.name),
            At::Parameter(ParameterPlace::Query) => format!("query {}", self.name),
            At::Parameter(ParameterPlace::Header) => format!("header {}", self.name),
            At::Parameter(ParameterPlace::Cookie) => format!("cookie {}", self.name),
        }
    }

    /// Its name as a part of a step's id: `orderId` as `order-id`.
    pub(super) fn id(&self) -> String {
        let mut id = String::new();
        for character in self.name.chars() {
            match character {
                upper if upper.is_ascii_uppercase() => {
                    if !id.is_empty() && !id.ends_with('-') {
                        id.push('-');
                    }
                    id.push(upper.to_ascii_lowercase());
                }
                plain if plain.is_ascii_alphanumeric() => id.push(plain),
                _ if id.ends_with('-') => {}
                _ => id.push('-'),
            }
        }
        id
    }
}

/// Everything that an operation takes: parameters, members of its JSON body, and members of objects in it.
pub(super) fn members_of(operation: &Operation, step: &Value, filled: &[(&'static str, Value)]) -> Vec<Member> {
    let mut members = Vec::new();
    let fills = |name: &str| filled.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    let arguments = step.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for parameter in &operation.parameters {
        let Some(schema) = &parameter.schema else { continue };
        let keywords = flat(schema.text(), schema.text(), 0);
        let given =
            arguments.iter().any(|argument| argument.get("name").and_then(Value::as_str) == Some(&parameter.name));
        members.push(Member {
            name: parameter.name.clone(),
            at: At::Parameter(parameter.place),
            mandatory: parameter.required,
            given,
            filled: fills(&parameter.name),
            keywords,
            schema: schema.clone(),
        });
    }
    let body = operation.body.as_ref().and_then(|body| {
        let media = body.content.iter().find(|media| media.media_type.starts_with("application/json"))?;
        media.schema.as_ref()
    });
    if let Some(schema) = body {
        let payload = step.pointer("/requestBody/payload").unwrap_or(&Value::Null);
        below(schema.text(), schema.text(), "", "", payload, &fills, &mut members);
    }
    members
}

/// The members of an object schema, and of the objects that the sound call has in it.
fn below(
    root: &Value,
    schema: &Value,
    pointer: &str,
    path: &str,
    given: &Value,
    fills: &dyn Fn(&str) -> Option<Value>,
    members: &mut Vec<Member>,
) {
    let keywords = flat(root, schema, 0);
    let required: Vec<&str> =
        keywords.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let Some(Value::Object(properties)) = keywords.get("properties") else { return };
    for (name, property) in properties {
        let own = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        let value = given.get(name);
        let full = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        members.push(Member {
            name: full.clone(),
            at: At::Body(own.clone()),
            mandatory: required.contains(&name.as_str()),
            given: value.is_some(),
            filled: if path.is_empty() { fills(name) } else { None },
            keywords: flat(root, property, 0),
            schema: Schema::new(alone(root, property)),
        });
        // One level of objects is what the stores' calls have; the depth is bounded all the same.
        if let Some(inner) = value.filter(|value| value.is_object() && own.matches('/').count() < DEEPEST) {
            below(root, property, &own, &full, inner, fills, members);
        }
    }
}

/// Deepest objects whose members are varied.
const DEEPEST: usize = 4;

/// Most references that lead from one schema to what it says.
const MOST_REFERENCES: usize = 20;

/// A property's schema as one that stands alone.
fn alone(root: &Value, property: &Value) -> Value {
    let mut alone = match property {
        Value::Object(members) => members.clone(),
        other => return other.clone(),
    };
    if let Some(definitions) = root.get("$defs") {
        alone.entry("$defs").or_insert_with(|| definitions.clone());
    }
    Value::Object(alone)
}

/// What a schema says of a value itself: its own keywords, over those that it refers to.
fn flat(root: &Value, schema: &Value, depth: usize) -> Map<String, Value> {
    let mut merged = Map::new();
    let Some(members) = schema.as_object().filter(|_| depth < MOST_REFERENCES) else { return merged };
    let reference = members.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
    let referred = reference.and_then(|pointer| root.pointer(pointer));
    let all = members.get("allOf").and_then(Value::as_array).into_iter().flatten();
    for part in referred.into_iter().chain(all) {
        merged.extend(flat(root, part, depth + 1));
    }
    let own = members.iter().filter(|(name, _)| !matches!(name.as_str(), "$ref" | "$defs" | "allOf"));
    merged.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    merged
}
