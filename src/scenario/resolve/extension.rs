//! `x-storeproof` of a step: what a marketplace does that Arazzo has no words for.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::Context;
use super::body::is_pointer;
use super::fields::{Node, describe};
use super::references::Scope;
use crate::scenario::nearby::nearby;
use crate::scenario::plan::{Await, Deliver, Extension, SnapshotRule, Target};
use crate::scenario::problem::What;
use crate::spec::{Caller, Operation};
use crate::verdict::RequirementId;

/// Most copies of one call; more would be a load test.
const MOST_COPIES: u32 = 1000;

const KEYS: [&str; 10] =
    ["deliver", "same-answer", "await", "snapshot", "requirement", "checks", "exec", "answers", "calls", "derived"];
const DELIVER_KEYS: [&str; 9] =
    ["copies", "together", "lose-answer", "after", "tamper", "clock", "method", "path", "follow"];

impl<'d> Context<'d> {
    pub(super) fn extension(&self, step: &Node<'d>, target: Option<&Target>, before: Scope, after: Scope) -> Extension {
        let mut read = Extension::default();
        let Some(node) = step.get("x-storeproof") else { return read };
        if self.mapping(&node, "`x-storeproof` of a step", &KEYS).is_none() {
            return read;
        }
        let operation = match target {
            Some(Target::Operation(operation)) => Some(operation),
            Some(Target::Workflow(_)) => {
                for field in
                    ["deliver", "same-answer", "await", "snapshot", "checks", "exec", "answers", "calls", "derived"]
                {
                    if let Some(member) = node.get(field) {
                        let with = "a step that calls a workflow".to_owned();
                        self.error(&member, What::Irrelevant { field, with });
                    }
                }
                None
            }
            None => None,
        };
        if let Some(deliver) = node.get("deliver") {
            read.deliver = self.deliver(&deliver, operation);
        }
        for item in self.list(&node, "same-answer") {
            if let Some(expression) = self.expression(&item, after) {
                read.same_answer.push((item.text().unwrap_or_default().to_owned(), expression));
            }
        }
        if let Some(same) = node.get("same-answer").filter(|same| same.value.is_array())
            && read.deliver.copies < 2
            && !read.deliver.lose_answer
        {
            let with = "a call that is delivered once (see `deliver.copies` and `deliver.lose-answer`)".to_owned();
            self.error(&same, What::Irrelevant { field: "same-answer", with });
        }
        read.await_call = node.get("await").and_then(|node| self.await_call(&node));
        read.snapshot = node.get("snapshot").map(|node| self.snapshot(&node));
        read.requirement = self.text(&node, "requirement").map(|(node, id)| self.requirement(&node, id));
        read.checks = self.checks(&node);
        read.exec = self.exec(step, &node, before);
        read.derived = self.derived(&node);
        read
    }

    fn deliver(&self, node: &Node<'d>, operation: Option<&Arc<Operation>>) -> Deliver {
        let mut read = Deliver::default();
        if self.mapping(node, "`deliver`", &DELIVER_KEYS).is_none() {
            return read;
        }
        read.copies = self.count(node, "copies", 1).unwrap_or(1);
        if let (Some(copies), true) = (node.get("copies"), read.copies > MOST_COPIES) {
            let expected = format!("at most {MOST_COPIES}");
            self.error(
                &copies,
                What::WrongForm { name: "copies".to_owned(), found: read.copies.to_string(), expected },
            );
        }
        read.together = self.flag(node, "together").unwrap_or_default();
        if let (Some(together), true, true) = (node.get("together"), read.together, read.copies < 2) {
            self.error(&together, What::Irrelevant { field: "together", with: "a single copy".to_owned() });
        }
        read.lose_answer = self.flag(node, "lose-answer").unwrap_or_default();
        if node.get("after").is_some() {
            read.after = self.schedule(node);
            read.copies = u32::try_from(read.after.len()).map_or(MOST_COPIES, |further| further.saturating_add(1));
        }
        read.tamper = self.text(node, "tamper").map(|(node, mistake)| self.tamper(&node, mistake, operation));
        read.clock_ms = self.shift(node).unwrap_or_default();
        read.method = self.text(node, "method").map(|(node, method)| {
            if method.is_empty() || !method.chars().all(|char| char.is_ascii_uppercase()) {
                let expected = "a method in upper case, such as PUT".to_owned();
                self.error(
                    &node,
                    What::WrongForm { name: "method".to_owned(), found: format!("{method:?}"), expected },
                );
            }
            method.to_owned()
        });
        read.path = self.text(node, "path").map(|(node, path)| {
            let fits = |char: char| char.is_ascii_graphic() && !matches!(char, '?' | '#' | '{' | '}');
            if !path.starts_with('/') || !path.chars().all(fits) {
                let expected = "what is to stand behind the operation's path, such as /more".to_owned();
                self.error(&node, What::WrongForm { name: "path".to_owned(), found: format!("{path:?}"), expected });
            }
            path.to_owned()
        });
        read.follow = self.flag(node, "follow").unwrap_or_default();
        read
    }

    /// When a failed call is delivered again, from a list such as `[1h, 2h]`.
    fn schedule(&self, node: &Node<'d>) -> Vec<Duration> {
        for field in ["copies", "together"] {
            if let Some(member) = node.get(field) {
                let with = "`after`, which says how often the call comes, and that not at one instant".to_owned();
                self.error(&member, What::Irrelevant { field, with });
            }
        }
        let mut times: Vec<Duration> = Vec::new();
        for item in self.list(node, "after") {
            match item.text().and_then(duration_of).filter(|time| times.last().is_none_or(|last| last < time)) {
                Some(time) => times.push(time),
                None => {
                    self.not_a_time(&item, "after", "a list of times, each later than the one before, such as [1h, 2h]")
                }
            }
        }
        times
    }

    fn tamper(&self, node: &Node<'d>, mistake: &str, operation: Option<&Arc<Operation>>) -> String {
        if let Some(operation) = operation {
            let known: Option<Vec<String>> = operation
                .signatures
                .iter()
                .map(|recipe| self.library.known_mistakes(recipe))
                .collect::<Option<Vec<_>>>()
                .map(|all| all.concat());
            if operation.signatures.is_empty() {
                let with = format!("operation `{}`, which is not signed", operation.id);
                self.error(node, What::Irrelevant { field: "tamper", with });
            } else if let Some(known) = known
                && !known.iter().any(|known| known == mistake)
            {
                let of = format!(" of {}", operation.signatures.join(", "));
                let near = nearby(mistake, known.iter().map(String::as_str));
                self.error_near(node, What::Unknown { kind: "mistake", name: mistake.to_owned(), of }, near);
            }
        }
        mistake.to_owned()
    }

    /// The shift of the clock in milliseconds, from a text such as `-61s`.
    fn shift(&self, node: &Node<'d>) -> Option<i64> {
        let clock = node.get("clock")?;
        let shift = clock.text().and_then(|text| {
            let (sign, duration) = match text.strip_prefix('-') {
                Some(rest) => (-1, rest),
                None => (1, text.strip_prefix('+').unwrap_or(text)),
            };
            Some(sign * i64::try_from(duration_of(duration)?.as_millis()).ok()?)
        });
        if shift.is_none() {
            self.not_a_time(&clock, "clock", "a shift such as -61s, +5m, 9m or 500ms");
        }
        shift
    }

    pub(super) fn not_a_time(&self, node: &Node<'d>, name: &str, expected: &str) {
        let (name, expected, found) = (name.to_owned(), expected.to_owned(), describe(node.value));
        self.error(node, What::WrongForm { name, found, expected });
    }

    fn await_call(&self, node: &Node<'d>) -> Option<Await> {
        self.mapping(node, "`await`", &["operationId", "within"])?;
        let within = match node.get("within") {
            None => {
                self.error(node, What::MissingField { object: "`await`", field: "within" });
                None
            }
            Some(within) => {
                let read = within.text().and_then(duration_of).filter(|within| *within > Duration::ZERO);
                if read.is_none() {
                    self.not_a_time(&within, "within", "a time such as 5s, 2m or 500ms");
                }
                read
            }
        };
        let (id, text) = self.required_text(node, "`await`", "operationId")?;
        let (source, operation) = self.operation_id(&id, text)?;
        let interface = self.origins.get(source).and_then(|origin| origin.interface())?;
        if interface.caller == Caller::Marketplace {
            let what = What::WrongCaller {
                operation: operation.id.clone(),
                caller: "the marketplace",
                mend: "only a call that the vendor makes can be waited for",
            };
            self.error(&id, what);
        }
        Some(Await { operation, within: within? })
    }

    fn snapshot(&self, node: &Node<'d>) -> SnapshotRule {
        let mut read = SnapshotRule::default();
        if self.mapping(node, "`snapshot`", &["redact"]).is_none() {
            return read;
        }
        let forms = self.library.known_forms();
        for (pointer, form) in self.map(node, "redact") {
            if !is_pointer(pointer) {
                let expected = "a JSON pointer such as /instanceId".to_owned();
                let what = What::WrongForm { name: "redact".to_owned(), found: format!("{pointer:?}"), expected };
                self.error(&form, what);
            }
            let Some(text) = form.text() else {
                let expected = "the form of the value, such as uuid".to_owned();
                self.error(&form, What::WrongType { name: form.label(), expected, found: describe(form.value) });
                continue;
            };
            if let Some(forms) = &forms
                && !forms.iter().any(|known| known == text)
            {
                let what = What::Unknown { kind: "form", name: text.to_owned(), of: String::new() };
                self.error_near(&form, what, nearby(text, forms.iter().map(String::as_str)));
            }
            read.redact.push((pointer.to_owned(), text.to_owned()));
        }
        read
    }

    fn requirement(&self, node: &Node<'d>, id: &str) -> RequirementId {
        if let Some(known) = self.library.known_requirements()
            && !known.iter().any(|known| known == id)
        {
            let what = What::Unknown { kind: "requirement", name: id.to_owned(), of: String::new() };
            self.error_near(node, what, nearby(id, known.iter().map(String::as_str)));
        }
        RequirementId::new(id)
    }

    fn checks(&self, node: &Node<'d>) -> Vec<String> {
        let known = self.marketplace.as_ref().and_then(|marketplace| self.library.known_checks(marketplace));
        let mut seen = HashSet::new();
        let mut read = Vec::new();
        for item in self.list(node, "checks") {
            let Some(name) = item.text() else {
                let expected = "the name of a rule".to_owned();
                self.error(&item, What::WrongType { name: item.label(), expected, found: describe(item.value) });
                continue;
            };
            if let Some(known) = &known
                && !known.iter().any(|known| known == name)
            {
                let what = What::Unknown { kind: "check", name: name.to_owned(), of: String::new() };
                self.error_near(&item, what, nearby(name, known.iter().map(String::as_str)));
            }
            self.unique(&mut seen, &item, "the check", name);
            read.push(name.to_owned());
        }
        read
    }
}

/// A time such as `5s`, `500ms`, `2m`, `1h`: a whole number and a unit.
pub(super) fn duration_of(text: &str) -> Option<Duration> {
    let digits = text.find(|char: char| !char.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_a_number_and_a_unit() {
        assert_eq!(duration_of("61s"), Some(Duration::from_secs(61)));
        assert_eq!(duration_of("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration_of("9m"), Some(Duration::from_secs(540)));
        for wrong in ["", "s", "5", "5 s", "5S", "1.5s", "-1s", "99999999999999999999s", "18446744073709551615d"] {
            assert_eq!(duration_of(wrong), None, "{wrong}");
        }
    }
}
