//! Request bodies: a payload written in its content type.

use serde_json::Value;

use super::encode::plain;

/// A payload whose expressions are resolved.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A text that the scenario writes out: it *is* the body, whatever the content type (Arazzo 1.0.1, "Request Body
    /// Object": text stands for what JSON or YAML cannot show naturally).
    Text(String),
    /// A value, to be written in the content type.
    Value(Value),
}

/// A resolved request body.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// The content type, sent exactly so.
    pub content_type: String,
    /// What is sent.
    pub content: Content,
    /// JSON pointers and what is put there, in order.
    pub replacements: Vec<(String, Value)>,
}

/// Why a payload could not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// No way is known to write a value in this content type.
    #[error("a value cannot be written as {content_type}; give the body as text")]
    ContentType {
        /// The content type.
        content_type: String,
    },
    /// A form can hold names with scalar values or lists of them.
    #[error("a form needs an object of names and values")]
    Form,
    /// Text types hold scalars only.
    #[error("{content_type} needs a text, not a list or an object")]
    Structured {
        /// The content type.
        content_type: String,
    },
    /// A replacement's target is not in the payload.
    #[error("the payload has no place {pointer:?} to put a value")]
    Target {
        /// The JSON pointer.
        pointer: String,
    },
    /// Replacements need a structured payload; this one is text and no JSON.
    #[error("the payload is no JSON, so that nothing can be replaced in it")]
    NoTree,
}

impl Payload {
    /// The body's bytes, and the value they stand for.
    ///
    /// JSON is written compactly, members in the order in which they were given.
    pub fn write(self) -> Result<(Vec<u8>, Value), PayloadError> {
        let content =
            if self.replacements.is_empty() { self.content } else { replaced(self.content, self.replacements)? };
        match content {
            Content::Text(text) => {
                let value = serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone()));
                Ok((text.into_bytes(), value))
            }
            Content::Value(value) => Ok((write(&self.content_type, &value)?, value)),
        }
    }
}

fn write(content_type: &str, value: &Value) -> Result<Vec<u8>, PayloadError> {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if is_json(&essence) {
        return Ok(value.to_string().into_bytes());
    }
    if essence == "application/x-www-form-urlencoded" {
        return form(value);
    }
    match value {
        Value::Array(_) | Value::Object(_) if essence.starts_with("text/") => {
            Err(PayloadError::Structured { content_type: content_type.to_owned() })
        }
        Value::String(text) if essence != "multipart/form-data" => Ok(text.clone().into_bytes()),
        scalar if essence.starts_with("text/") => Ok(plain(scalar).into_bytes()),
        _ => Err(PayloadError::ContentType { content_type: content_type.to_owned() }),
    }
}

/// Whether a media type without parameters is JSON: `application/json`, or one with the suffix `+json` (RFC 6839).
pub(super) fn is_json(essence: &str) -> bool {
    essence == "application/json" || essence.ends_with("+json")
}

fn form(value: &Value) -> Result<Vec<u8>, PayloadError> {
    match value {
        Value::String(text) => Ok(text.clone().into_bytes()),
        Value::Object(members) => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in members {
                match value {
                    // A list repeats the name, as OpenAPI's default style `form` with `explode` has it.
                    Value::Array(items) => items.iter().for_each(|item| {
                        form.append_pair(name, &plain(item));
                    }),
                    Value::Null => {}
                    other => {
                        form.append_pair(name, &plain(other));
                    }
                }
            }
            Ok(form.finish().into_bytes())
        }
        _ => Err(PayloadError::Form),
    }
}

fn replaced(content: Content, replacements: Vec<(String, Value)>) -> Result<Content, PayloadError> {
    let mut tree = match content {
        Content::Value(value) => value,
        Content::Text(text) => serde_json::from_str(&text).map_err(|_| PayloadError::NoTree)?,
    };
    for (pointer, value) in replacements {
        put(&mut tree, &pointer, value).ok_or(PayloadError::Target { pointer })?;
    }
    Ok(Content::Value(tree))
}

/// Puts a value at a JSON pointer. The parent must exist; a member may be new, and `-` appends to a list (RFC 6901, 4).
fn put(tree: &mut Value, pointer: &str, value: Value) -> Option<()> {
    if pointer.is_empty() {
        *tree = value;
        return Some(());
    }
    let (parent, token) = pointer.rsplit_once('/')?;
    let token = token.replace("~1", "/").replace("~0", "~");
    match tree.pointer_mut(parent)? {
        Value::Object(members) => {
            members.insert(token, value);
        }
        Value::Array(items) if token == "-" => items.push(value),
        Value::Array(items) => *items.get_mut(token.parse::<usize>().ok()?)? = value,
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn body(content_type: &str, content: Content) -> Result<String, PayloadError> {
        let payload = Payload { content_type: content_type.to_owned(), content, replacements: Vec::new() };
        payload.write().map(|(body, _)| String::from_utf8(body).unwrap())
    }

    #[rstest]
    #[case("application/json", json!({"b": 1, "a": ["x", null]}), r#"{"b":1,"a":["x",null]}"#)]
    #[case("Application/JSON; charset=utf-8", json!("x"), r#""x""#)]
    #[case("application/problem+json", json!(null), "null")]
    #[case("application/x-www-form-urlencoded", json!({"a b": "c&d", "n": 1, "l": ["x", "y"], "gone": null}), "a+b=c%26d&n=1&l=x&l=y")]
    #[case("text/plain", json!("hello"), "hello")]
    #[case("text/plain", json!(5), "5")]
    #[case("application/xml", json!("<a/>"), "<a/>")]
    fn values_are_written_by_content_type(#[case] content_type: &str, #[case] value: Value, #[case] expected: &str) {
        assert_eq!(body(content_type, Content::Value(value)).unwrap(), expected);
    }

    #[rstest]
    #[case("application/xml", json!({"a": 1}))]
    #[case("multipart/form-data", json!("a"))]
    #[case("text/plain", json!([1]))]
    #[case("application/x-www-form-urlencoded", json!([1]))]
    fn what_cannot_be_written_is_an_error(#[case] content_type: &str, #[case] value: Value) {
        assert!(body(content_type, Content::Value(value)).is_err());
    }

    #[test]
    fn text_is_the_body_as_it_stands() {
        let text = "{ \"a\": 1 }";
        assert_eq!(body("application/json", Content::Text(text.to_owned())).unwrap(), text);
    }

    #[rstest]
    #[case("/a/b", json!({"a": {"b": 9}, "l": [1, 2]}))]
    #[case("/a/new", json!({"a": {"b": 0, "new": 9}, "l": [1, 2]}))]
    #[case("/l/1", json!({"a": {"b": 0}, "l": [1, 9]}))]
    #[case("/l/-", json!({"a": {"b": 0}, "l": [1, 2, 9]}))]
    #[case("/x~1y~0", json!({"a": {"b": 0}, "l": [1, 2], "x/y~": 9}))]
    #[case("", json!(9))]
    fn replacements_go_to_their_pointer(#[case] pointer: &str, #[case] expected: Value) {
        let payload = Payload {
            content_type: "application/json".to_owned(),
            content: Content::Text(r#"{"a": {"b": 0}, "l": [1, 2]}"#.to_owned()),
            replacements: vec![(pointer.to_owned(), json!(9))],
        };
        let (bytes, value) = payload.write().unwrap();
        assert_eq!(value, expected);
        assert_eq!(bytes, expected.to_string().into_bytes());
    }

    #[rstest]
    #[case("/nowhere/b")]
    #[case("/l/7")]
    #[case("no-slash")]
    fn a_place_that_is_not_there_is_an_error(#[case] pointer: &str) {
        let payload = Payload {
            content_type: "application/json".to_owned(),
            content: Content::Value(json!({"l": [1]})),
            replacements: vec![(pointer.to_owned(), json!(9))],
        };
        assert_eq!(payload.write(), Err(PayloadError::Target { pointer: pointer.to_owned() }));
    }
}
