//! For code scanning: SARIF 2.1.0.
//!
//! A result for each thing that a case shows, at the step of the scenario that shows it; a rule for each requirement
//! that was broken. Known failures are results that are suppressed. What could not be judged is told as notifications
//! of the invocation, which then was not successful, so that nobody takes a run without results for a good one.
//!
//! The structures in `log` are ours: serde-sarif builds its own from the schema with a code generator, for more than a
//! hundred objects of which we write twenty.

mod log;
mod place;
mod rule;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::engine::{CaseRecord, Event, Trouble};
use crate::verdict::assessment::Readiness;
use crate::verdict::{Blocked, Outcome, RequirementId};
use crate::wire::Redactor;

use super::broken::Weight;
use super::course::{Closing, Course};
use super::group::{self, Group};
use super::redact::{grouped, words};
use super::summary::{RunOutcome, Verdict, counted};
use super::{Background, Reporter, escape, reproduce};

use log::{
    ArtifactLocation, Driver, Found, Invocation, Level, Log, Notification, Rule, RuleReference, Run, Suppression, Text,
    Tool,
};

/// Results of one run that GitHub takes; it refuses a log with more.
const MOST: usize = 25_000;
/// Further steps of one result that are named.
const MOST_RELATED: usize = 20;
/// Notifications of one kind.
const MOST_NOTIFICATIONS: usize = 200;

/// The report as SARIF, written when the run ends.
pub struct Sarif<'a> {
    out: &'a mut dyn Write,
    background: Background<'a>,
    exit_code: fn(Verdict) -> u8,
    course: Course,
}

impl<'a> Sarif<'a> {
    /// A report to a writer. `exit_code` says with which code the process ends.
    pub fn new(out: &'a mut dyn Write, background: Background<'a>, exit_code: fn(Verdict) -> u8) -> Self {
        Self { out, background, exit_code, course: Course::new(background.secrets) }
    }
}

impl Reporter for Sarif<'_> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Some(closing) = self.course.event(event) else { return Ok(()) };
        let redactor = self.course.redactor();
        let told = Told { course: &self.course, background: &self.background, redactor: &redactor };
        let log = told.log(&closing, (self.exit_code)(closing.verdict));
        let text = serde_json::to_string_pretty(&log).map_err(io::Error::from)?;
        writeln!(self.out, "{}", escape::json(&text))?;
        self.out.flush()
    }
}

/// What is told, without secrets.
struct Told<'a> {
    course: &'a Course,
    background: &'a Background<'a>,
    redactor: &'a Redactor,
}

impl Told<'_> {
    fn words(&self, foreign: &str) -> String {
        words(self.redactor, foreign)
    }

    fn log(&self, closing: &Closing, exit_code: u8) -> Log {
        let mut rules: Vec<Rule> = Vec::new();
        let mut results: Vec<Found> = Vec::new();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut left_out = 0;
        for case in &self.course.cases {
            for group in group::groups(case) {
                if results.len() == MOST {
                    left_out += 1;
                    continue;
                }
                let rule = self.rule(&group);
                let index = rules.iter().position(|known| known.id == rule.id).unwrap_or_else(|| {
                    rules.push(rule);
                    rules.len() - 1
                });
                results.push(self.found(case, &group, (index, &rules[index].id), &mut seen));
            }
        }
        let driver = Driver {
            name: "storeproof",
            version: env!("CARGO_PKG_VERSION"),
            semantic_version: env!("CARGO_PKG_VERSION"),
            short_description: Text::new("Judges a vendor's endpoint against the documents of a cloud marketplace."),
            rules,
        };
        let embedded = Text::new("The scenarios that are part of storeproof.");
        let bases = BTreeMap::from([(
            place::OURS,
            ArtifactLocation { uri: None, uri_base_id: None, description: Some(embedded) },
        )]);
        let run = Run {
            tool: Tool { driver },
            invocations: vec![self.invocation(closing, exit_code, left_out)],
            original_uri_base_ids: bases,
            column_kind: "unicodeCodePoints",
            results,
            properties: members(json!({
                "seed": self.course.seed,
                "vendor": self.words(&self.course.vendor),
                "verdict": closing.verdict.meaning(),
                "cases": {
                    "conform": closing.totals.conform,
                    "break": closing.totals.break_,
                    "unreviewed": closing.totals.unreviewed,
                    "notJudged": closing.totals.not_judged,
                },
            })),
        };
        let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";
        Log { schema, version: "2.1.0", runs: vec![run] }
    }

    fn found(
        &self,
        case: &CaseRecord,
        group: &Group<'_>,
        (rule_index, rule_id): (usize, &str),
        seen: &mut BTreeMap<String, usize>,
    ) -> Found {
        let (finding, step) = (&group.first.finding, group.step);
        let optional = |text: &Option<String>| text.as_deref().map(|text| self.words(text));
        let requirement = self.background.catalogue.get(&finding.requirement);
        let mut properties = members(json!({
            "check": finding.breach.rule(),
            "weight": Weight::of(group.first).word(),
            "case": self.words(&case.name),
            "step": self.words(&step.id),
            "operation": optional(&step.operation),
            "place": self.words(&finding.place.to_string()),
            "entry": optional(&finding.entry),
            "expected": self.words(&finding.breach.expected()),
            "actual": self.words(&finding.breach.actual()),
            "cause": optional(&finding.cause),
            "consequence": optional(&finding.consequence),
            "remark": optional(&finding.remark),
            "source": requirement.map(|requirement| &requirement.source),
            "provenance": requirement.map(|requirement| requirement.provenance),
            "again": reproduce::rerun(self.background, case, self.redactor),
        }));
        properties.retain(|_, value| !value.is_null());
        let mut related: Vec<_> = Vec::new();
        for (id, (step, weighed)) in group.others.iter().take(MOST_RELATED).enumerate() {
            let mut location = self.location(case, step, &weighed.finding);
            location.id = Some(id + 1);
            let place = self.words(&weighed.finding.place.to_string());
            location.message = Some(Text::new(message(&format!("also at step {}, {place}", self.words(&step.id)))));
            related.push(location);
        }
        let fingerprint = self.fingerprint(case, group);
        let nth = seen.entry(fingerprint.clone()).or_insert(0);
        *nth += 1;
        // The name and the form that GitHub looks for; without it, it would make one of a line that is in no repository.
        let fingerprints = BTreeMap::from([
            ("primaryLocationLineHash", format!("{fingerprint}:{nth}")),
            ("storeproof/v1", format!("{fingerprint}:{nth}")),
        ]);
        let suppressions = finding.known.iter().map(|known| Suppression {
            kind: "external",
            status: "accepted",
            justification: self.words(&known.terms()),
        });
        Found {
            rule_id: rule_id.to_owned(),
            rule_index,
            level: self.level(group),
            message: Text::new(self.message(group)),
            locations: vec![self.location(case, step, finding)],
            related_locations: related,
            partial_fingerprints: fingerprints,
            suppressions: suppressions.collect(),
            properties,
        }
    }

    /// The problem, a likely cause, and what to change.
    fn message(&self, group: &Group<'_>) -> String {
        let finding = &group.first.finding;
        let mut text = self.words(&finding.problem());
        let mut sentence = |label: &str, more: &str| text += &format!(". {label}: {}", more.trim_end_matches('.'));
        if let Some(cause) = &finding.cause {
            sentence("Likely cause", &self.words(cause));
        }
        let requirement = self.background.catalogue.get(&finding.requirement);
        if let Some(mend) = finding.breach.mend().or(requirement.map(|requirement| requirement.mend.as_str())) {
            sentence("To mend", &rule::said(mend));
        }
        message(&text) + "."
    }

    fn invocation(&self, closing: &Closing, exit_code: u8, left_out: usize) -> Invocation {
        let mut execution = Vec::new();
        for case in &self.course.cases {
            if let Outcome::NotJudged(blocked) = &case.outcome {
                let case = self.words(&case.name);
                let text = format!("{case} was not judged: {}", self.words(&blocked.to_string()));
                // What the vendor's program does not do is nobody's trouble.
                let declined = matches!(blocked, Blocked::Declined { .. });
                let level = if declined { Level::Note } else { Level::Error };
                execution.push(notification(level, &text, None, json!({ "case": case })));
            }
        }
        bound(&mut execution, Level::Error, "case was not judged", "cases were not judged");
        let mut skipped: BTreeMap<(&RequirementId, String), usize> = BTreeMap::new();
        for step in self.course.cases.iter().flat_map(|case| &case.steps).filter(|step| !step.superseded) {
            for remark in &step.skipped {
                *skipped.entry((&remark.requirement, self.words(&remark.why))).or_default() += 1;
            }
        }
        let mut rules: Vec<Notification> = skipped
            .into_iter()
            .map(|((requirement, why), times)| {
                let text = format!("{requirement} could not be judged: {why}");
                notification(Level::Note, &text, Some(requirement), json!({ "times": times }))
            })
            .collect();
        bound(&mut rules, Level::Note, "rule could not be judged", "rules could not be judged");
        execution.extend(rules);
        if left_out > 0 {
            let text = format!("{} left out: a log holds {} at most", counted(left_out, "result"), grouped(MOST));
            execution.push(notification(Level::Warning, &text, None, Value::Null));
        }
        let mut configuration = Vec::new();
        for trouble in &self.course.troubles {
            let told = notification(Level::Error, &self.words(&trouble.to_string()), None, Value::Null);
            match trouble {
                Trouble::Known(_) => configuration.push(told),
                Trouble::Snapshot(_) => execution.push(told),
            }
        }
        Invocation {
            execution_successful: match closing.verdict {
                Verdict::Cases(RunOutcome::Conforms | RunOutcome::Unreviewed) | Verdict::OutdatedList => true,
                Verdict::Certified(Readiness::Ready) => true,
                Verdict::Cases(RunOutcome::Breaks) | Verdict::Certified(Readiness::Refused | Readiness::Open) => {
                    closing.totals.not_judged == 0
                }
                Verdict::Interrupted
                | Verdict::Troubled
                | Verdict::Cases(RunOutcome::NotJudged | RunOutcome::NothingSelected) => false,
            },
            exit_code,
            exit_code_description: closing.verdict.meaning(),
            tool_execution_notifications: execution,
            tool_configuration_notifications: configuration,
        }
    }
}

fn notification(level: Level, text: &str, rule: Option<&RequirementId>, properties: Value) -> Notification {
    Notification {
        level,
        message: Text::new(message(text)),
        associated_rule: rule.map(|rule| RuleReference { id: rule.to_string() }),
        properties: members(properties),
    }
}

/// Keeps the first notifications and counts the others.
fn bound(notifications: &mut Vec<Notification>, level: Level, one: &str, many: &str) {
    let more = notifications.len().saturating_sub(MOST_NOTIFICATIONS);
    if more > 0 {
        notifications.truncate(MOST_NOTIFICATIONS);
        let what = if more == 1 { one } else { many };
        notifications.push(notification(level, &format!("{} more {what}", grouped(more)), None, Value::Null));
    }
}

/// Text as a message (3.11): brackets would make links of a vendor's, and a number in braces a placeholder.
fn message(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let rest = &text[at + character.len_utf8()..];
        let number = rest.len() - rest.trim_start_matches(|next: char| next.is_ascii_digit()).len();
        match character {
            '[' | ']' | '\\' => safe.extend(['\\', character]),
            '{' if number > 0 && rest[number..].starts_with('}') => safe.push_str("{{"),
            _ => safe.push(character),
        }
    }
    safe
}

/// The members of an object; none of anything else.
fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_hold_no_link_and_no_placeholder() {
        assert_eq!(message("[x](http://a) {0} {a} {\\"), "\\[x\\](http://a) {{0} {a} {\\\\");
    }
}
