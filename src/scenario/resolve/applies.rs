//! `info.x-storeproof.applies`: which products a case is about.

use serde_json::Value;

use super::Context;
use super::fields::{Node, describe};
use crate::scenario::nearby::nearby;
use crate::scenario::problem::What;

impl<'d> Context<'d> {
    /// The traits of `applies` in `x-storeproof` of `info`, each with the values that it may have: one value, or a list of them.
    pub(super) fn applies(&self, extension: &Node<'d>) -> Vec<(String, Vec<String>)> {
        let known = self.marketplace.as_ref().and_then(|marketplace| self.library.known_traits(marketplace));
        let names = || known.iter().flatten().map(|(name, _)| name.as_str());
        let mut read = Vec::new();
        for (name, member) in self.map(extension, "applies") {
            let values = match &known {
                None => None,
                Some(known) => match known.iter().find(|(one, _)| one == name) {
                    Some((_, values)) => Some(values.as_slice()),
                    None => {
                        let what = What::UnknownKey { key: name.to_owned(), object: "`applies`" };
                        self.error_at_key(&member, what, nearby(name, names()));
                        continue;
                    }
                },
            };
            let items = if member.value.is_array() { member.items() } else { vec![member] };
            let values = items.iter().filter_map(|item| self.value_of_trait(name, item, values));
            read.push((name.to_owned(), values.collect()));
        }
        read
    }

    fn value_of_trait(&self, name: &str, item: &Node<'d>, values: Option<&[String]>) -> Option<String> {
        let text = match item.value {
            Value::String(text) => text.clone(),
            Value::Bool(flag) => flag.to_string(),
            other => {
                let what = What::WrongType {
                    name: item.label(),
                    expected: "a word or a list of words".to_owned(),
                    found: describe(other),
                };
                self.error(item, what);
                return None;
            }
        };
        if let Some(values) = values
            && !values.contains(&text)
        {
            let what = What::Unknown { kind: "value", name: text.clone(), of: format!(" of `{name}`") };
            self.error_near(item, what, nearby(&text, values.iter().map(String::as_str)));
        }
        Some(text)
    }
}
