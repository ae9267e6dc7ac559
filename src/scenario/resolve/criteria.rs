//! Criteria of steps and actions.

use serde_json_path::JsonPath;

use super::Context;
use super::fields::{Node, describe};
use super::references::Scope;
use crate::scenario::expression::Condition;
use crate::scenario::nearby::{Nearby, nearby};
use crate::scenario::plan::{Criterion, Test};
use crate::scenario::problem::What;

/// Longest pattern that is compiled.
const MOST_PATTERN_BYTES: usize = 1 << 20;

/// How a criterion is tested, before its condition is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Simple,
    Regex,
    JsonPath,
}

impl<'d> Context<'d> {
    /// The criteria in a field of a step or an action.
    pub(super) fn criteria(&self, owner: &Node<'d>, key: &str, scope: Scope) -> Vec<Criterion> {
        self.list(owner, key).iter().filter_map(|node| self.criterion(node, scope)).collect()
    }

    fn criterion(&self, node: &Node<'d>, scope: Scope) -> Option<Criterion> {
        self.mapping(node, "a Criterion Object", &["context", "condition", "type"])?;
        let kind = self.criterion_kind(node)?;
        let context = node.get("context").and_then(|context| self.expression(&context, scope));
        let (condition, text) = self.required_text(node, "the criterion", "condition")?;
        if kind != Kind::Simple && node.value.get("context").is_none() {
            self.error(node, What::MissingField { object: "a criterion of type regex or jsonpath", field: "context" });
            return None;
        }
        let test = match kind {
            Kind::Simple => Test::Simple(self.condition(&condition, text, scope)?),
            Kind::Regex => Test::Regex { pattern: self.pattern(&condition, text)?, context: context? },
            Kind::JsonPath => Test::JsonPath { query: self.query(&condition, text)?, context: context? },
        };
        Some(Criterion { text: text.to_owned(), spot: self.spot(node), test })
    }

    fn criterion_kind(&self, node: &Node<'d>) -> Option<Kind> {
        let Some(node) = node.get("type") else { return Some(Kind::Simple) };
        if node.value.is_object() {
            return self.versioned_kind(&node);
        }
        let Some(text) = node.text() else {
            let expected = "text or a Criterion Expression Type Object".to_owned();
            self.error(&node, What::WrongType { name: node.label(), expected, found: describe(node.value) });
            return None;
        };
        match text {
            "simple" => Some(Kind::Simple),
            "regex" => Some(Kind::Regex),
            "jsonpath" => Some(Kind::JsonPath),
            "xpath" => {
                self.xpath(&node);
                None
            }
            other => {
                let what = What::WrongChoice { name: "type of criterion".to_owned(), found: other.to_owned() };
                self.error_near(&node, what, nearby(other, ["simple", "regex", "jsonpath"]));
                None
            }
        }
    }

    /// `{ type: jsonpath, version: … }`
    fn versioned_kind(&self, node: &Node<'d>) -> Option<Kind> {
        self.mapping(node, "a Criterion Expression Type Object", &["type", "version"])?;
        let (kind, text) = self.required_text(node, "the expression type", "type")?;
        match text {
            "jsonpath" => {}
            "xpath" => {
                self.xpath(&kind);
                return None;
            }
            other => {
                let what =
                    What::WrongChoice { name: "type of expression with a version".to_owned(), found: other.to_owned() };
                self.error_near(&kind, what, nearby(other, ["jsonpath"]));
                return None;
            }
        }
        let (version, text) = self.required_text(node, "the expression type", "version")?;
        // The draft's queries that criteria need are read alike by RFC 9535.
        let known = ["draft-goessner-dispatch-jsonpath-00", "rfc9535"];
        if !known.contains(&text) {
            let what = What::WrongChoice { name: "version of jsonpath".to_owned(), found: text.to_owned() };
            self.error_near(&version, what, nearby(text, known));
            return None;
        }
        Some(Kind::JsonPath)
    }

    fn xpath(&self, node: &Node<'d>) {
        self.error(node, What::Unsupported("criteria of type xpath are not supported; use simple, regex or jsonpath"));
    }

    fn condition(&self, node: &Node<'d>, text: &str, scope: Scope) -> Option<Condition> {
        let mut condition = match Condition::parse(text) {
            Ok(condition) => condition,
            Err(error) => {
                self.syntax(node, error);
                return None;
            }
        };
        condition.visit(&mut |written, expression| {
            let offset = text.find(written).map(|found| text[..found].chars().count());
            self.check(node, offset, expression, scope);
        });
        Some(condition)
    }

    fn pattern(&self, node: &Node<'d>, text: &str) -> Option<regex::Regex> {
        match regex::RegexBuilder::new(text).size_limit(MOST_PATTERN_BYTES).build() {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let (offset, why) = place_of_regex_error(&error.to_string());
                self.error_inside(node, offset, What::Regex(why), Nearby::default());
                None
            }
        }
    }

    /// A JSONPath query.
    ///
    /// A comparison that stands alone, as in `$.token != null`, is no query by RFC 9535, but the specification's
    /// examples write it. It is read as the filter that it would be in one.
    fn query(&self, node: &Node<'d>, text: &str) -> Option<JsonPath> {
        let error = match JsonPath::parse(text) {
            Ok(query) => return Some(query),
            Err(error) => error,
        };
        let filter = as_filter(text);
        if let (false, Some((filter, query))) = (self.is_strict(), &filter) {
            self.warn(
                node,
                What::ReadAs {
                    found: "this comparison, which is no JSONPath,".to_owned(),
                    read: format!("`{filter}`"),
                },
            );
            return Some(query.clone());
        }
        let offset = error.position().saturating_sub(1).min(text.chars().count());
        let mut why = match error.message() {
            "parser error" | "" => "it cannot be read from here on (RFC 9535)".to_owned(),
            message => message.to_owned(),
        };
        if let Some((filter, _)) = filter {
            why = format!("a comparison stands in a filter, as in `{filter}`");
        }
        self.error_inside(node, offset, What::JsonPath(why), Nearby::default());
        None
    }
}

/// The filter that a comparison would be in a query, with its text.
///
/// In a filter what is missing differs from `null` (RFC 9535, 2.3.5.2.2). The examples of the specification ask with
/// `!= null` whether a value is there, so that it must be. Of several comparisons each would have to ask for its own
/// value; those are not guessed at.
fn as_filter(text: &str) -> Option<(String, JsonPath)> {
    let several = ["&&", "||"].iter().any(|operator| text.contains(operator));
    let filter = match text.split(['=', '!', '<', '>']).next() {
        Some(wanted) if !several => format!("$[?{} && {text}]", wanted.trim()),
        _ if text.contains("!=") => return None,
        _ => format!("$[?{text}]"),
    };
    let query = JsonPath::parse(&filter).ok()?;
    Some((filter, query))
}

/// The offset and the last line of what the regex library says; it marks the place below the pattern.
fn place_of_regex_error(said: &str) -> (usize, String) {
    let is_mark = |line: &&str| line.contains('^') && line.trim().chars().all(|char| char == '^');
    // The pattern itself, which may be a `^` as well, stands above its mark.
    let marked = said.lines().rev().find(is_mark);
    // The library indents the pattern and its mark by four.
    let offset = marked.map_or(0, |line| line.find('^').unwrap_or_default().saturating_sub(4));
    let why = said.lines().last().unwrap_or_default();
    (offset, why.strip_prefix("error: ").unwrap_or(why).to_owned())
}
