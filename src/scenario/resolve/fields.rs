//! Reading fields of a document, with a problem for whatever is not as it must be.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::Context;
use crate::scenario::nearby::{Nearby, nearby};
use crate::scenario::plan::Spot;
use crate::scenario::problem::{Problem, Severity, What};
use crate::spec::document::escape;

/// A value of the document and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node<'d> {
    pub(super) value: &'d Value,
    pub(super) pointer: String,
}

impl<'d> Node<'d> {
    /// A member of a mapping. `null` counts as absent only where `key` is missing altogether.
    pub(super) fn get(&self, key: &str) -> Option<Node<'d>> {
        let value = self.value.get(key)?;
        Some(Node { value, pointer: format!("{}/{}", self.pointer, escape(key)) })
    }

    /// Entries of a list; none for anything else.
    pub(super) fn items(&self) -> Vec<Node<'d>> {
        let items = self.value.as_array().map(Vec::as_slice).unwrap_or_default().iter().enumerate();
        items.map(|(index, value)| Node { value, pointer: format!("{}/{index}", self.pointer) }).collect()
    }

    /// Members of a mapping; none for anything else.
    pub(super) fn members(&self) -> Vec<(&'d str, Node<'d>)> {
        let Some(members) = self.value.as_object() else { return Vec::new() };
        members
            .iter()
            .map(|(key, value)| (key.as_str(), Node { value, pointer: format!("{}/{}", self.pointer, escape(key)) }))
            .collect()
    }

    /// The text, for a text.
    pub(super) fn text(&self) -> Option<&'d str> {
        self.value.as_str()
    }

    /// The field for a message.
    pub(super) fn label(&self) -> String {
        let named = self.pointer.rsplit('/').find(|segment| segment.parse::<usize>().is_err());
        let Some(name) = named.filter(|name| !name.is_empty()) else { return "the document".to_owned() };
        let name = name.replace("~1", "/").replace("~0", "~");
        if self.pointer.ends_with(|char: char| char.is_ascii_digit()) && !self.pointer.ends_with(&name) {
            format!("an entry of `{name}`")
        } else {
            format!("`{name}`")
        }
    }
}

/// A kind of value with a word for it.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(flag) => format!("the boolean {flag}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {:?}", excerpt(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

impl<'d> Context<'d> {
    pub(super) fn spot(&self, node: &Node<'_>) -> Spot {
        let position = self.document.position(&node.pointer);
        Spot { line: position.line, column: position.column }
    }

    fn report(
        &self,
        severity: Severity,
        node: &Node<'_>,
        at_key: bool,
        offset: Option<usize>,
        what: What,
        near: Nearby,
    ) {
        let standing = self.document.standing(&node.pointer);
        let near = if near == Nearby::default() { what.own_names() } else { near };
        self.problems.borrow_mut().push(Problem {
            severity,
            position: if at_key { standing.key } else { standing.value },
            pointer: node.pointer.clone(),
            offset,
            what,
            nearby: near.close,
            known: near.known,
        });
    }

    /// Reports an error at a value.
    pub(super) fn error(&self, node: &Node<'_>, what: What) {
        self.report(Severity::Error, node, false, None, what, Nearby::default());
    }

    /// Reports an error at a value, with the names that would be right.
    pub(super) fn error_near(&self, node: &Node<'_>, what: What, near: Nearby) {
        self.report(Severity::Error, node, false, None, what, near);
    }

    /// Reports an error at a key, with the names that would be right.
    pub(super) fn error_at_key(&self, node: &Node<'_>, what: What, near: Nearby) {
        self.report(Severity::Error, node, true, None, what, near);
    }

    /// Reports an error inside of a text.
    pub(super) fn error_inside(&self, node: &Node<'_>, offset: usize, what: What, near: Nearby) {
        self.report(Severity::Error, node, false, Some(offset), what, near);
    }

    /// Reports a warning at a value.
    pub(super) fn warn(&self, node: &Node<'_>, what: What) {
        self.report(Severity::Warning, node, false, None, what, Nearby::default());
    }

    /// An error for a marketplace's scenario, a warning for a document of anybody's: other runners take it.
    pub(super) fn error_if_strict(&self, node: &Node<'_>, what: What, near: Nearby) {
        let severity = if self.is_strict() { Severity::Error } else { Severity::Warning };
        self.report(severity, node, false, None, what, near);
    }

    /// Reports a value that is written otherwise than it must be and can be read all the same: an error for a
    /// marketplace's scenario, a warning for a document of anybody's.
    pub(super) fn slip(&self, node: &Node<'_>, name: &str, found: &str, read: String) {
        if self.is_strict() {
            let what = What::WrongForm { name: name.to_owned(), found: format!("`{found}`"), expected: read };
            self.error(node, what);
        } else {
            self.warn(node, What::ReadAs { found: format!("`{found}`"), read });
        }
    }

    /// Reports a value of a wrong type.
    fn wrong_type(&self, node: &Node<'_>, expected: &str) {
        let what = What::WrongType { name: node.label(), expected: expected.to_owned(), found: describe(node.value) };
        self.error(node, what);
    }

    /// Holds a mapping against the fields it may have.
    pub(super) fn mapping(
        &self,
        node: &Node<'d>,
        object: &'static str,
        keys: &[&str],
    ) -> Option<&'d Map<String, Value>> {
        let Some(members) = node.value.as_object() else {
            let expected = format!("a mapping ({object})");
            self.wrong_type(node, &expected);
            return None;
        };
        for key in members.keys().filter(|key| !keys.contains(&key.as_str())) {
            if key.starts_with("x-") && key != "x-storeproof" {
                continue;
            }
            let Some(member) = node.get(key) else { continue };
            if key == "x-storeproof" {
                self.report(Severity::Error, &member, true, None, What::ExtensionElsewhere(object), Nearby::default());
                continue;
            }
            let near = nearby(key, keys.iter().copied().filter(|key| *key != "x-storeproof"));
            let what = What::UnknownKey { key: key.clone(), object };
            self.report(Severity::Error, &member, true, None, what, near);
        }
        Some(members)
    }

    /// A text field that may be absent.
    pub(super) fn text(&self, node: &Node<'d>, key: &str) -> Option<(Node<'d>, &'d str)> {
        let member = node.get(key)?;
        match member.text() {
            Some(text) => Some((member, text)),
            None => {
                let expected = match member.value {
                    Value::Number(_) | Value::Bool(_) => "text (write it in quotes)",
                    _ => "text",
                };
                self.wrong_type(&member, expected);
                None
            }
        }
    }

    /// A text field that must be there and hold something.
    pub(super) fn required_text(
        &self,
        node: &Node<'d>,
        object: &'static str,
        field: &'static str,
    ) -> Option<(Node<'d>, &'d str)> {
        if node.value.get(field).is_none() {
            self.error(node, What::MissingField { object, field });
            return None;
        }
        let (member, text) = self.text(node, field)?;
        if text.trim().is_empty() {
            let (name, expected) = (field.to_owned(), "a text that says something".to_owned());
            self.error(&member, What::WrongForm { name, found: "empty".to_owned(), expected });
            return None;
        }
        Some((member, text))
    }

    /// A list that may be absent.
    pub(super) fn list(&self, node: &Node<'d>, key: &str) -> Vec<Node<'d>> {
        let Some(member) = node.get(key) else { return Vec::new() };
        if !member.value.is_array() {
            self.wrong_type(&member, "a list");
        }
        member.items()
    }

    /// A list that must be there and hold something.
    pub(super) fn required_list(&self, node: &Node<'d>, object: &'static str, field: &'static str) -> Vec<Node<'d>> {
        let Some(member) = node.get(field) else {
            self.error(node, What::MissingField { object, field });
            return Vec::new();
        };
        let items = self.list(node, field);
        if member.value.is_array() && items.is_empty() {
            self.error(&member, What::Empty(field));
        }
        items
    }

    /// A mapping from names to anything, which may be absent.
    pub(super) fn map(&self, node: &Node<'d>, key: &str) -> Vec<(&'d str, Node<'d>)> {
        let Some(member) = node.get(key) else { return Vec::new() };
        if !member.value.is_object() {
            self.wrong_type(&member, "a mapping from names");
        }
        member.members()
    }

    /// The same where names are those of outputs or components (`^[a-zA-Z0-9.\-_]+$`).
    pub(super) fn named_map(&self, node: &Node<'d>, key: &str) -> Vec<(&'d str, Node<'d>)> {
        let members = self.map(node, key);
        for (name, member) in &members {
            let is_right = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
            if name.is_empty() || !name.chars().all(is_right) {
                let what = What::WrongName { field: key.to_owned(), name: (*name).to_owned() };
                self.report(Severity::Error, member, true, None, what, Nearby::default());
            }
        }
        members
    }

    /// A boolean that may be absent.
    pub(super) fn flag(&self, node: &Node<'d>, key: &str) -> Option<bool> {
        let member = node.get(key)?;
        let flag = member.value.as_bool();
        if flag.is_none() {
            self.wrong_type(&member, "true or false");
        }
        flag
    }

    /// A whole number that may be absent.
    pub(super) fn count(&self, node: &Node<'d>, key: &str, least: u32) -> Option<u32> {
        let member = node.get(key)?;
        let count = member.value.as_u64().and_then(|count| u32::try_from(count).ok()).filter(|count| *count >= least);
        if count.is_none() {
            self.wrong_type(&member, &format!("a whole number of at least {least}"));
        }
        count
    }

    /// Seconds that may be absent; fractions are allowed.
    pub(super) fn seconds(&self, node: &Node<'d>, key: &str) -> Option<std::time::Duration> {
        let member = node.get(key)?;
        let seconds = member.value.as_f64().and_then(|seconds| std::time::Duration::try_from_secs_f64(seconds).ok());
        if seconds.is_none() {
            self.wrong_type(&member, "a number of seconds, 0 or more");
        }
        seconds
    }

    /// Reports the second of two things of one name in a list.
    pub(super) fn unique(&self, seen: &mut HashSet<String>, node: &Node<'_>, kind: &'static str, name: &str) {
        if !seen.insert(name.to_owned()) {
            self.error(node, What::Duplicate { kind, name: name.to_owned() });
        }
    }
}

/// The beginning of a text, for a message.
fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
