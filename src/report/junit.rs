//! For CI servers: JUnit as nextest writes it.
//!
//! A suite for each folder of cases, a test case for each case. What breaks is a failure, what was not judged is
//! skipped, and what nobody has reviewed is a failure of its own type. Findings that are no failure stand in the
//! output of their case.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use crate::engine::{CaseRecord, Event};
use crate::verdict::{Breach, Outcome, Place};
use crate::wire::Redactor;

use super::course::Course;
use super::group::{self, Group};
use super::human::block::proof;
use super::redact::words;
use super::written::written;
use super::{Background, Reporter, escape, reproduce};

/// Writes the report when the run ends.
pub struct Junit<'a> {
    out: &'a mut dyn Write,
    background: Background<'a>,
    course: Course,
    /// Suites in the order of their first case.
    suites: Vec<TestSuite>,
}

impl<'a> Junit<'a> {
    /// A report to a writer.
    pub fn new(out: &'a mut dyn Write, background: Background<'a>) -> Self {
        Self { out, background, course: Course::new(background.secrets), suites: Vec::new() }
    }

    fn case(&mut self, case: &CaseRecord, redactor: &Redactor) {
        let (folder, name) = case.name.rsplit_once('/').unwrap_or(("storeproof", &case.name));
        let folder = escape::xml(folder);
        let groups = group::groups(case);
        let told = self.findings(case, &groups, redactor);
        let summary = groups.iter().map(|group| headline(group, redactor)).collect::<Vec<_>>().join("; ");
        let failure = |kind: &str| {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(kind).set_message(escape::xml(&summary)).set_description(escape::xml(&told));
            status
        };
        let (status, output) = match &case.outcome {
            Outcome::Conforms => (TestCaseStatus::success(), Some(&told).filter(|told| !told.is_empty())),
            Outcome::Breaks => (failure("breaks"), None),
            Outcome::Unreviewed => (failure("unreviewed"), None),
            Outcome::NotJudged(blocked) => {
                let mut status = TestCaseStatus::skipped();
                status.set_type(case.outcome.word()).set_message(words(redactor, &blocked.to_string()));
                (status, Some(&told).filter(|told| !told.is_empty()))
            }
        };
        let mut test = TestCase::new(escape::xml(name), status);
        test.set_classname(folder.as_str()).set_time(case.elapsed);
        if let Some(output) = output {
            test.set_system_out(escape::xml(output));
        }
        let at = self.suites.iter().position(|suite| suite.name == folder);
        let suite = match at {
            Some(at) => &mut self.suites[at],
            None => {
                let mut suite = TestSuite::new(folder.as_str());
                suite.add_property(Property::new("seed", self.course.seed.to_string()));
                suite.add_property(Property::new("vendor", escape::xml(&words(redactor, &self.course.vendor))));
                for (name, value) in [("marketplace", &case.marketplace), ("dialect", &case.dialect)] {
                    if let Some(value) = value {
                        suite.add_property(Property::new(name, escape::xml(value)));
                    }
                }
                suite.set_time(Duration::ZERO);
                self.suites.push(suite);
                self.suites.last_mut().expect("it was pushed just now")
            }
        };
        suite.set_time(suite.time.unwrap_or_default() + case.elapsed);
        suite.add_test_case(test);
    }

    /// All findings of a case, with what is needed to act on them without the other reports.
    fn findings(&self, case: &CaseRecord, groups: &[Group<'_>], redactor: &Redactor) -> String {
        let mut text = String::new();
        for group in groups {
            let finding = &group.first.finding;
            let mut line = |label: &str, value: &str| {
                if !value.is_empty() {
                    text.push_str(&format!("  {label}: {value}\n"));
                }
            };
            line("finding", &headline(group, redactor));
            line("step", &words(redactor, &group.step.id));
            line("scenario", &written(&self.background, case, group.step, redactor).told());
            proof(group.step, redactor).iter().for_each(|(label, text)| line(label, text));
            if let Breach::Snapshot { diff, .. } = &finding.breach {
                line("differences", &format!("\n{}", redactor.text(diff)));
                continue;
            }
            if finding.place != Place::Course {
                let of = finding.entry.as_ref().map(|entry| format!(" (of {entry})")).unwrap_or_default();
                line("place", &words(redactor, &format!("{}{of}", finding.place)));
            }
            line("expected", &words(redactor, &finding.breach.expected()));
            line("actual", &words(redactor, &finding.breach.actual()));
            line("likely cause", &finding.cause.as_deref().map(|cause| words(redactor, cause)).unwrap_or_default());
            line("remark", &finding.remark.as_deref().map(|remark| words(redactor, remark)).unwrap_or_default());
            if let Some(requirement) = self.background.catalogue.get(&finding.requirement) {
                line("rule", &requirement.rule);
                line("to mend", finding.breach.mend().unwrap_or(&requirement.mend));
                line("source", &requirement.source);
            }
            let others: Vec<&str> = group.others.iter().map(|(step, _)| step.id.as_str()).collect();
            line("also at", &words(redactor, &others.join(", ")));
            if let Some(exchange) = group.first.exchange.and_then(|index| group.step.exchanges.get(index)) {
                line("again", &reproduce::curl(&self.background, case, group.step, exchange, redactor));
            }
            text.push('\n');
        }
        if !text.is_empty() {
            text.push_str(&format!("  again: {}\n", reproduce::rerun(&self.background, case, redactor)));
        }
        text
    }
}

fn headline(group: &Group<'_>, redactor: &Redactor) -> String {
    let finding = &group.first.finding;
    words(redactor, &format!("{}: {}", finding.requirement, finding.problem()))
}

impl Reporter for Junit<'_> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Some(closing) = self.course.event(event) else { return Ok(()) };
        let redactor = self.course.redactor();
        for case in std::mem::take(&mut self.course.cases) {
            self.case(&case, &redactor);
        }
        let mut report = Report::new("storeproof");
        report.set_time(closing.elapsed).add_test_suites(std::mem::take(&mut self.suites));
        let text = report.to_string().map_err(io::Error::other)?;
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}
