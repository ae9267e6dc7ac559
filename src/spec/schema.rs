//! A JSON Schema that is compiled when it is first used.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

/// A JSON Schema, self-contained: every reference is resolved inside its own text.
#[derive(Clone, Debug)]
pub struct Schema {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    text: Value,
    compiled: OnceLock<Result<jsonschema::Validator, String>>,
}

/// One way in which a value does not fit a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer to the value that is wrong; for a missing property the object that lacks it.
    pub pointer: String,
    /// The schema keyword that failed, such as `required`, `type`, `enum`.
    pub keyword: String,
    /// What is wrong, as a sentence without a full stop.
    pub problem: String,
    /// What the schema asks for, in words.
    pub expected: String,
    /// The value that stands there, as compact JSON, shortened.
    pub actual: String,
}

impl Schema {
    /// A schema whose references are resolved inside of `text`.
    pub fn new(text: Value) -> Self {
        Self { inner: Arc::new(Inner { text, compiled: OnceLock::new() }) }
    }

    /// The schema as JSON.
    pub fn text(&self) -> &Value {
        &self.inner.text
    }
}
