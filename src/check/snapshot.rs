//! An answer as a snapshot: what is kept of it, and how it compares with the reviewed one.
//!
//! A snapshot shows status, chosen header fields with the vendor's spelling, and the body: JSON with its keys sorted,
//! anything else as text. Values that change from run to run are replaced by the name of their form (`[uuid]`), after
//! their form was checked, so that a snapshot never hides a broken value. [`take`] makes the text, [`compare`] holds
//! it against a stored one. Files are `run::snapshots`' business.

mod form;

use std::collections::BTreeMap;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::verdict::{Breach, Finding, Place, RequirementId};
use crate::wire::{self, Redactor, Response};

pub use form::{Form, UnknownForm};

/// The name under which differences from a reviewed snapshot are reported: no rule of a store, but of the user's own.
pub const REQUIREMENT: RequirementId = RequirementId::known("SNAPSHOT");

/// Bodies are kept up to this many bytes; how many were left out is said.
const LONGEST_BODY: usize = 64 * 1024;

/// Header fields that are kept unless rules name more.
const KEPT: [&str; 2] = ["content-type", "location"];

/// One value that is replaced by its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    target: Target,
    form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// A header field, which is thereby kept as well.
    Header(String),
    /// Unescaped segments of a JSON pointer; `*` stands for every element or member.
    Body(Vec<String>),
}

/// Why a rule cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Its form is none that we know.
    #[error(transparent)]
    Form(#[from] UnknownForm),
    /// Its target is neither a JSON pointer nor the name of a header field.
    #[error("{0:?} is neither a JSON pointer (`/name`, `/*/name`) nor the name of a header field")]
    Target(String),
}

impl Rule {
    /// A rule as scenarios write it: a JSON pointer into the body, in which `*` stands for every element of an array
    /// or member of an object, or the name of a header field; and the name of a form.
    pub fn parse(target: &str, form: &str) -> Result<Self, RuleError> {
        let form = form.parse()?;
        let parsed = if target.is_empty() {
            Target::Body(Vec::new())
        } else if let Some(path) = target.strip_prefix('/') {
            Target::Body(path.split('/').map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect())
        } else if target.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
            Target::Header(target.to_owned())
        } else {
            return Err(RuleError::Target(target.to_owned()));
        };
        Ok(Self { target: parsed, form })
    }

    /// All rules of a step, as its record carries them.
    pub fn all<'a>(rules: impl IntoIterator<Item = &'a (String, String)>) -> Result<Vec<Self>, RuleError> {
        rules.into_iter().map(|(target, form)| Self::parse(target, form)).collect()
    }
}

/// An answer made into a snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The text of the snapshot, without a line feed at its end.
    pub contents: String,
    /// Values that do not have the form by which they are replaced.
    pub findings: Vec<(Place, Breach)>,
}

/// Makes a snapshot of an answer.
///
/// `base` is the vendor's base address: where a `Location` leads to the same host, its origin is shown as `[vendor]`,
/// so that a snapshot taken on one machine holds on another. Secrets are removed last, wherever the vendor echoed them.
pub fn take(response: &Response, base: Option<&str>, rules: &[Rule], redactor: &Redactor) -> Taken {
    let mut findings = Vec::new();
    let mut contents = format!("HTTP {}\n", response.status);
    for header in response.headers.iter() {
        let rule = rules.iter().find(|rule| rule.names(&header.name));
        if rule.is_none() && !KEPT.iter().any(|kept| header.name.eq_ignore_ascii_case(kept)) {
            continue;
        }
        let value = match rule {
            Some(rule) => rule.replace_header(&header.name, &header.text(), &mut findings),
            None if header.name.eq_ignore_ascii_case("location") => without_origin(&header.text(), base),
            None => wire::printable(&header.value),
        };
        contents += &format!("{}: {value}\n", wire::printable(header.name.as_bytes()));
    }
    let body = match response.json() {
        Ok(mut value) => {
            for rule in rules {
                if let Target::Body(path) = &rule.target {
                    replace(&mut value, path, &mut String::new(), rule.form, &mut findings);
                }
            }
            canonical(value)
        }
        Err(_) => wire::printable_text(&redactor.bytes(&response.body)),
    };
    if !body.is_empty() {
        contents.push('\n');
        // Before it is cut: a piece of a secret at the cut would not be recognised.
        contents += &bounded(&redactor.text(&body));
    }
    Taken { contents: normal(&redactor.text(&contents)), findings }
}

impl Rule {
    fn names(&self, header: &str) -> bool {
        matches!(&self.target, Target::Header(name) if name.eq_ignore_ascii_case(header))
    }

    fn replace_header(&self, name: &str, text: &str, findings: &mut Vec<(Place, Breach)>) -> String {
        // A field is text; forms of numbers are looked for in it as JSON would write them.
        let number = serde_json::from_str(text).ok().filter(|value: &Value| value.is_number() || value.is_boolean());
        if !self.form.accepts(&Value::from(text)) && !number.is_some_and(|value| self.form.accepts(&value)) {
            findings.push((Place::Header(name.to_owned()), mismatch(self.form, text.to_owned())));
        }
        self.form.to_string()
    }
}

fn mismatch(form: Form, actual: String) -> Breach {
    Breach::SnapshotForm { expected: form.words().to_owned(), actual }
}

/// Replaces every value that the path reaches. A value that is not there is no finding: optional ones come and go, and
/// the comparison shows it.
fn replace(value: &mut Value, path: &[String], pointer: &mut String, form: Form, findings: &mut Vec<(Place, Breach)>) {
    let Some((segment, rest)) = path.split_first() else {
        if !form.accepts(value) {
            let actual = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            findings.push((Place::Body(pointer.clone()), mismatch(form, actual)));
        }
        *value = Value::from(form.to_string());
        return;
    };
    let length = pointer.len();
    let mut step = |name: &str, value: &mut Value| {
        *pointer += "/";
        *pointer += &name.replace('~', "~0").replace('/', "~1");
        replace(value, rest, pointer, form, findings);
        pointer.truncate(length);
    };
    match value {
        Value::Array(items) if segment == "*" => {
            items.iter_mut().enumerate().for_each(|(index, item)| step(&index.to_string(), item));
        }
        Value::Object(members) if segment == "*" => members.iter_mut().for_each(|(name, item)| step(name, item)),
        Value::Array(items) => {
            if let Some(item) = segment.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                step(segment, item);
            }
        }
        Value::Object(members) => {
            if let Some(item) = members.get_mut(segment) {
                step(segment, item);
            }
        }
        _ => {}
    }
}

/// The address without the vendor's own origin.
fn without_origin(location: &str, base: Option<&str>) -> String {
    let parsed = (url::Url::parse(location), base.map(url::Url::parse));
    if let (Ok(location_url), Some(Ok(base))) = parsed
        && location_url.has_host()
        && location_url.host_str() == base.host_str()
    {
        // The rest is kept as written: a parser would tidy up just what a snapshot is to show.
        let after_scheme = location.find("//").map_or(0, |at| at + 2);
        let rest = location[after_scheme..].find(['/', '?', '#']).map_or("", |at| &location[after_scheme + at..]);
        return format!("[vendor]{}", wire::printable(rest.as_bytes()));
    }
    wire::printable(location.as_bytes())
}

/// JSON with sorted keys and two blanks of indentation; treacherous characters escaped.
fn canonical(value: Value) -> String {
    let text = format!("{:#}", sorted(value));
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character != '\n' && wire::is_treacherous(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                safe += &format!("\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(members) => {
            let ordered: BTreeMap<String, Value> = members.into_iter().collect();
            Value::Object(ordered.into_iter().map(|(name, item)| (name, sorted(item))).collect())
        }
        other => other,
    }
}

fn bounded(body: &str) -> String {
    if body.len() <= LONGEST_BODY {
        return body.to_owned();
    }
    let end = body.floor_char_boundary(LONGEST_BODY);
    format!("{}\n… {} bytes more", &body[..end], body.len() - end)
}

/// The text as insta compares it: blanks at the end do not count, line ends are line feeds.
fn normal(contents: &str) -> String {
    contents.trim_end().replace("\r\n", "\n")
}

/// How an answer compares with its reviewed snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Nothing has changed.
    Same,
    /// There is no reviewed snapshot.
    New,
    /// The answer differs.
    Changed {
        /// Lines that begin with `-` (reviewed), `+` (this answer) or a blank, with `…` where unchanged lines are left out.
        diff: String,
    },
}

/// Compares an answer with the reviewed snapshot's contents, if there is one.
pub fn compare(stored: Option<&str>, contents: &str) -> Comparison {
    let Some(stored) = stored else { return Comparison::New };
    let (stored, contents) = (normal(stored), normal(contents));
    if stored == contents {
        return Comparison::Same;
    }
    Comparison::Changed { diff: diff(&stored, &contents) }
}

/// An unreviewed answer as a finding; `None` when it is as reviewed.
///
/// It breaks no contract: weigh it as advice, and let the outcome say that it is unreviewed.
pub fn unreviewed(name: &str, contents: &str, comparison: &Comparison) -> Option<Finding> {
    let diff = match comparison {
        Comparison::Same => return None,
        Comparison::New => diff("", contents),
        Comparison::Changed { diff } => diff.clone(),
    };
    Some(Finding::new(REQUIREMENT, Place::Course, Breach::Snapshot { name: name.to_owned(), diff }))
}

/// The difference of two texts as lines that begin with `-`, `+` or a blank, three unchanged lines around each change.
pub fn diff(old: &str, new: &str) -> String {
    let difference = TextDiff::from_lines(old, new);
    let groups = difference.grouped_ops(3);
    let mut lines = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            lines.push(" …".to_owned());
        }
        for change in group.iter().flat_map(|op| difference.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let text: &str = change.value();
            lines.push(format!("{sign}{}", text.trim_end_matches('\n')));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Headers, Secret};

    fn answer(body: &str) -> Response {
        Response {
            status: 201,
            headers: Headers::from_iter([
                ("content-TYPE", "application/json"),
                ("Date", "Thu, 15 Jan 2026 00:00:00 GMT"),
                ("Location", "http://127.0.0.1:4711/login?member=M1"),
            ]),
            body: body.as_bytes().to_vec(),
            ..Response::default()
        }
    }

    fn rules(rules: &[(&str, &str)]) -> Vec<Rule> {
        rules.iter().map(|(target, form)| Rule::parse(target, form).expect("a good rule")).collect()
    }

    #[test]
    fn status_raw_names_and_sorted_json_are_kept() {
        let taken = take(
            &answer(r#"[{"z":1,"id":"6f1c2f0e-8d3a-4a57-9a53-0c1de0a1b2c3"},{"id":"x","a":null}]"#),
            Some("http://127.0.0.1:4711/api"),
            &rules(&[("/*/id", "uuid"), ("/*/missing", "date")]),
            &Redactor::default(),
        );
        let expected = "HTTP 201\ncontent-TYPE: application/json\nLocation: [vendor]/login?member=M1\n\n[\n  {\n    \
                        \"id\": \"[uuid]\",\n    \"z\": 1\n  },\n  {\n    \"a\": null,\n    \"id\": \"[uuid]\"\n  }\n]";
        assert_eq!(taken.contents, expected);
        let breach = Breach::SnapshotForm { expected: "a UUID".into(), actual: "x".into() };
        assert_eq!(taken.findings, [(Place::Body("/1/id".into()), breach)]);
    }

    #[test]
    fn rules_reach_headers_the_root_and_members_by_wildcard() {
        let taken = take(
            &answer(r#"{"a":{"t":1768435200},"b":{"t":0}}"#),
            None,
            &rules(&[("date", "string"), ("Location", "url"), ("/*/t", "timestamp")]),
            &Redactor::default(),
        );
        assert!(taken.contents.contains("Date: [string]\nLocation: [url]\n"), "{}", taken.contents);
        assert_eq!(taken.findings.len(), 1);
        let whole = take(&answer("17"), None, &rules(&[("", "integer")]), &Redactor::default());
        assert!(whole.contents.ends_with("\n\n\"[integer]\""), "{}", whole.contents);
    }

    #[test]
    fn foreign_text_is_shown_and_bounded_and_secrets_are_gone() {
        let secret = Secret::new("canary-4711");
        let mut response = answer(&format!("canary-4711 \u{1b}[31m\u{202e}\r\n{}", "x".repeat(100_000)));
        let taken = take(&response, None, &[], &Redactor::new([&secret]));
        assert!(taken.contents.contains("\n\n[redacted] ␛[31m\\u{202e}␍\nxxx"), "{:.200}", taken.contents);
        assert!(taken.contents.ends_with("bytes more") && taken.contents.len() < 70_000);
        response.body = "{\"a\":\"\u{202e}\u{9b}\"}".into();
        assert!(take(&response, None, &[], &Redactor::default()).contents.contains(r#""\u202e\u009b""#));
    }

    #[test]
    fn locations_elsewhere_stay_as_they_are() {
        let base = Some("https://vendor.example");
        assert_eq!(without_origin("https://login.vendor.example/a", base), "https://login.vendor.example/a");
        assert_eq!(without_origin("HTTPS://Vendor.example:8443?a", base), "[vendor]?a");
        assert_eq!(without_origin("/login", base), "/login");
    }

    #[test]
    fn comparison_tells_new_same_and_changed_apart() {
        assert_eq!(compare(None, "a"), Comparison::New);
        assert_eq!(compare(Some("a\r\nb\n\n"), "a\nb"), Comparison::Same);
        assert_eq!(compare(Some("a\nb\nc"), "a\nB\nc"), Comparison::Changed { diff: " a\n-b\n+B\n c".into() });
        let old: Vec<String> = (0..20).map(|line| line.to_string()).collect();
        let new = old.join("\n").replace("\n2\n", "\nzwei\n").replace("\n17\n", "\nsiebzehn\n");
        assert!(diff(&old.join("\n"), &new).contains("\n …\n"));
    }

    #[test]
    fn unreviewed_answers_are_findings_with_all_that_is_new() {
        let diff =
            |comparison| unreviewed("a.snap", "HTTP 200\n\n{}", &comparison).map(|finding| finding.breach.actual());
        assert_eq!(diff(Comparison::Same), None);
        assert_eq!(diff(Comparison::New).as_deref(), Some("+HTTP 200\n+\n+{}"));
        assert_eq!(diff(Comparison::Changed { diff: "-a\n+b".into() }).as_deref(), Some("-a\n+b"));
    }

    #[test]
    fn rules_that_mean_nothing_are_refused() {
        assert!(matches!(Rule::parse("/a", "guid"), Err(RuleError::Form(_))));
        assert!(matches!(Rule::parse("a b", "uuid"), Err(RuleError::Target(_))));
    }
}
