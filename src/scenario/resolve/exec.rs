//! `exec` of a step: the vendor's program calls, and the marketplace answers, now and then on purpose not well.

use std::time::Duration;

use super::Context;
use super::extension::duration_of;
use super::fields::{Node, describe};
use super::references::Scope;
use crate::scenario::expression::{Strictness, Template};
use crate::scenario::plan::Exec;
use crate::scenario::problem::What;
use crate::wire::disturbance::Disturbance;

/// The time that a program has where the scenario does not say.
const WITHIN: Duration = Duration::from_secs(30);

/// What speaks of a call that the marketplace makes, and of its answer.
const OF_OUR_CALLS: [&str; 4] = ["deliver", "same-answer", "await", "snapshot"];

impl<'d> Context<'d> {
    /// What the vendor's program is to do; `None` where the marketplace calls.
    pub(super) fn exec(&self, step: &Node<'d>, extension: &Node<'d>, before: Scope) -> Option<Exec> {
        let Some(node) = extension.get("exec") else {
            for field in ["answers", "calls"] {
                if let Some(member) = extension.get(field) {
                    let with = "a step in which the marketplace calls (see `exec`)".to_owned();
                    self.error(&member, What::Irrelevant { field, with });
                }
            }
            return None;
        };
        let with = || "`exec`: the vendor's program calls, not the marketplace".to_owned();
        for field in OF_OUR_CALLS {
            if let Some(member) = extension.get(field) {
                self.error(&member, What::Irrelevant { field, with: with() });
            }
        }
        if let Some(body) = step.get("requestBody") {
            self.error(&body, What::Irrelevant { field: "requestBody", with: with() });
        }
        self.mapping(&node, "`exec`", &["task", "command", "environment", "within"])?;
        let (_, task) = self.required_text(&node, "`exec`", "task")?;
        let within = node.get("within").map_or(Some(WITHIN), |within| {
            let read = within.text().and_then(duration_of).filter(|within| *within > Duration::ZERO);
            if read.is_none() {
                self.not_a_time(&within, "within", "a time such as 30s, 2m or 500ms");
            }
            read
        });
        let command = self.list(&node, "command").into_iter().filter_map(|word| {
            let text = word.text();
            if text.is_none() {
                let expected = "a word of the command".to_owned();
                let found = describe(word.value);
                self.error(&word, What::WrongType { name: word.label(), expected, found });
            }
            text.map(str::to_owned)
        });
        let (least, most) = self.calls(extension);
        Some(Exec {
            task: task.to_owned(),
            command: command.collect(),
            environment: self.environment(&node, before),
            within: within?,
            answers: self.answers(extension),
            least,
            most,
        })
    }

    /// How often the operation must and may be called.
    fn calls(&self, extension: &Node<'d>) -> (Option<u32>, Option<u32>) {
        let Some(node) = extension.get("calls") else { return (None, None) };
        if self.mapping(&node, "`calls`", &["least", "most"]).is_none() {
            return (None, None);
        }
        let (least, most) = (self.count(&node, "least", 1), self.count(&node, "most", 1));
        if let (Some(least), Some(most), Some(at)) = (least, most, node.get("most"))
            && most < least
        {
            let expected = format!("at least {least}, as `least` says");
            self.error(&at, What::WrongForm { name: "most".to_owned(), found: most.to_string(), expected });
        }
        (least, most)
    }

    fn environment(&self, node: &Node<'d>, before: Scope) -> Vec<(String, Template)> {
        let mut read = Vec::new();
        for (name, value) in self.map(node, "environment") {
            // POSIX (XBD 8.1) leaves the rest open, and NUL and `=` cannot be.
            let is_name = !name.is_empty()
                && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
                && !name.starts_with(|char: char| char.is_ascii_digit());
            if !is_name {
                let expected = "a name of letters, digits and `_`, such as LOG_LEVEL".to_owned();
                let what = What::WrongForm { name: "environment".to_owned(), found: format!("`{name}`"), expected };
                self.error(&value, what);
            }
            read.push((name.to_owned(), self.template(&value, Strictness::Refused, before)));
        }
        read
    }

    fn answers(&self, extension: &Node<'d>) -> Vec<Disturbance> {
        let read = self.list(extension, "answers").into_iter().filter_map(|node| {
            match serde_json::from_value::<Disturbance>(node.value.clone()) {
                Ok(rule) => Some(rule),
                Err(error) => {
                    self.error(&node, What::Disturbance(error.to_string()));
                    None
                }
            }
        });
        read.collect()
    }
}
