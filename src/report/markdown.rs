//! For the summary of a CI run, in the Markdown that GitHub renders and a person can read as it is.
//!
//! The verdict first, then one section for each broken rule with what to change, each thing once with all cases that
//! show it, then what was not judged. Exchanges are folded away. GitHub takes a summary of
//! [1 MiB](https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions) and throws a larger one
//! away whole, so this one stays below and says how much it leaves out: first exchanges, then findings.

mod assessment;
mod evidence;
mod inline;
mod problem;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::engine::{Event, StepRecord};
use crate::verdict::{Outcome, Provenance, RequirementId};
use crate::wire::{Redactor, printable};

use super::answers::Answers;
use super::broken::{Broken, Weight, broken};
use super::course::{Closing, Course};
use super::redact::{grouped, words};
use super::reduced::told;
use super::summary::{counted, totals_line};
use super::{Background, Reporter};

use inline::{block, cell, code, prose};

/// Bytes of the whole, below the mebibyte that GitHub takes.
const MOST: usize = 1_000_000;
/// Bytes of these that are kept for what comes behind the findings.
const TAIL: usize = 64_000;
/// With less room than this nothing more is written of the findings.
const LEAST: usize = 2_000;
/// Entries of a list that are shown; further ones are counted.
const MOST_ENTRIES: usize = 50;

/// The report as Markdown, written when the run ends.
pub struct Markdown<'a> {
    out: &'a mut dyn Write,
    background: Background<'a>,
    course: Course,
}

impl<'a> Markdown<'a> {
    /// A report to a writer.
    pub fn new(out: &'a mut dyn Write, background: Background<'a>) -> Self {
        Self { out, background, course: Course::new(background.secrets) }
    }
}

impl Reporter for Markdown<'_> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Some(closing) = self.course.event(event) else { return Ok(()) };
        let redactor = self.course.redactor();
        let page =
            Page { course: &self.course, background: &self.background, redactor: &redactor, text: String::new() };
        self.out.write_all(page.written(&closing).as_bytes())?;
        self.out.flush()
    }
}

/// What is being written.
struct Page<'a> {
    course: &'a Course,
    background: &'a Background<'a>,
    redactor: &'a Redactor,
    text: String,
}

impl<'a> Page<'a> {
    fn written(mut self, closing: &Closing) -> String {
        let broken = broken(&self.course.cases);
        self.opening(closing);
        self.table(&broken);
        if let Some(told) = &self.course.assessment {
            let lines = assessment::section(told, self.background.catalogue, self.redactor);
            lines.iter().for_each(|line| self.line(line));
        }
        self.findings(&broken);
        self.reduced();
        self.not_judged();
        let readings = self.remarks(|step| {
            step.readings.iter().map(|reading| (reading.requirement.to_string(), reading.met.clone())).collect()
        });
        self.folded("Where the store's documents can be read in more than one way: what this vendor follows", readings);
        let skipped = self.remarks(|step| {
            step.skipped.iter().map(|skipped| (skipped.requirement.to_string(), skipped.why.clone())).collect()
        });
        self.folded("Rules that could not be judged here", skipped);
        self.text
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn words(&self, foreign: &str) -> String {
        words(self.redactor, foreign)
    }

    fn opening(&mut self, closing: &Closing) {
        self.line(&format!("## {}\n", prose(closing.verdict.meaning_with(self.course.assessment.as_deref()))));
        let vendor = self.words(&self.course.vendor);
        self.line(&format!(
            "Against {}, seed {}: {}",
            code(&vendor),
            self.course.seed,
            prose(&totals_line(&closing.totals, closing.elapsed))
        ));
        let mut answers = Answers::default();
        self.course.cases.iter().for_each(|case| answers.note(case));
        let doubt = answers.doubt(&vendor, self.redactor);
        let troubles = self.course.troubles.iter().map(|trouble| self.words(&trouble.to_string()));
        let mut more: Vec<String> = doubt.into_iter().chain(troubles).collect();
        shorten(&mut more, MOST_ENTRIES);
        if !more.is_empty() {
            self.line("");
        }
        for text in more {
            self.line(&format!("- Note: {}", prose(&text)));
        }
    }

    /// The broken rules at a glance.
    fn table(&mut self, broken: &[Broken<'_>]) {
        let mut rules: Vec<(Weight, &RequirementId, Vec<&str>)> = Vec::new();
        for broken in broken.iter().filter(|broken| broken.weight != Weight::Unreviewed) {
            let requirement = &broken.finding().requirement;
            let at = rules.iter().position(|rule| rule.0 == broken.weight && rule.1 == requirement);
            let at = at.unwrap_or_else(|| {
                rules.push((broken.weight, requirement, Vec::new()));
                rules.len() - 1
            });
            let cases = std::iter::once(broken.case).chain(broken.again.iter().copied());
            rules[at].2.extend(cases.map(|case| &*case.name));
        }
        if rules.len() < 2 {
            return;
        }
        self.line("\n| | rule | what it says | cases |\n|---|---|---|---:|");
        let more = rules.len().saturating_sub(MOST_ENTRIES);
        for (weight, id, mut cases) in rules.into_iter().take(MOST_ENTRIES) {
            cases.sort_unstable();
            cases.dedup();
            let rule =
                self.background.catalogue.get(id).map(|requirement| cell(&said(&requirement.rule))).unwrap_or_default();
            self.line(&format!("| {} | {} | {rule} | {} |", weight.word(), cell(&said(id.as_str())), cases.len()));
        }
        if more > 0 {
            self.line(&format!("\n{} more below.", counted(more, "rule")));
        }
    }

    /// A section for each weight, in it one for each rule.
    fn findings(&mut self, broken: &[Broken<'a>]) {
        let mut weight = None;
        let mut rule = None;
        let (mut bare, mut left_out) = (0, 0);
        for (index, one) in broken.iter().enumerate() {
            // What is told under a rule stands together, in the order in which the rules were met.
            if broken[..index].iter().any(|before| same_rule(before, one)) {
                continue;
            }
            for broken in broken[index..].iter().filter(|other| same_rule(one, other)) {
                let room = MOST - TAIL - self.text.len().min(MOST - TAIL);
                if room < LEAST {
                    left_out += 1;
                    continue;
                }
                let mut head = String::new();
                if weight != Some(broken.weight) {
                    head += &format!("\n### {}\n", section(broken.weight));
                }
                let id = broken.finding().requirement.as_str();
                if rule != Some((broken.weight, id)) {
                    head += &self.rule(broken);
                }
                let problem = self.problem(broken);
                let evidence = self.evidence(broken);
                if head.len() + problem.len() + evidence.len() <= room {
                    self.text += &format!("{head}{problem}{evidence}");
                } else if head.len() + problem.len() <= room {
                    bare += 1;
                    self.text += &format!("{head}{problem}");
                } else {
                    left_out += 1;
                    continue;
                }
                weight = Some(broken.weight);
                rule = Some((broken.weight, id));
            }
        }
        let mut left = Vec::new();
        if left_out > 0 {
            left.push(counted(left_out, "finding"));
        }
        if bare > 0 {
            left.push(format!("the exchanges of {}", counted(bare, "finding")));
        }
        if !left.is_empty() {
            self.line(&format!(
                "\nLeft out, so that the summary stays below {} bytes: {}. A report as {} has everything.",
                grouped(MOST),
                left.join(" and "),
                code("json=FILE")
            ));
        }
    }

    /// What a rule says, why the store cares, and what to change.
    fn rule(&self, broken: &Broken<'_>) -> String {
        let finding = broken.finding();
        if broken.weight == Weight::Unreviewed {
            return String::new();
        }
        let mut text = format!("\n#### {}\n\n", code(&said(finding.requirement.as_str())));
        let Some(requirement) = self.background.catalogue.get(&finding.requirement) else { return text };
        let known = match requirement.provenance {
            Provenance::Documented => "",
            Provenance::Inferred => " (The store does not say this in so many words: we infer it from what it says.)",
            Provenance::Contradictory => {
                " (The store's documents contradict each other here: ask the store when in doubt.)"
            }
        };
        text += &format!("{}\n\n", prose(&said(&requirement.rule)));
        text += &format!("- **To mend:** {}\n", prose(&said(&requirement.mend)));
        text += &format!("- **Why:** {}\n", prose(&said(&requirement.why)));
        if let Some(code) = &requirement.code {
            text += &format!("- **In store:** {}\n", prose(&said(code)));
        }
        text += &format!("- **Source:** {}{known}\n", prose(&said(&requirement.source)));
        text
    }

    /// The smallest scenarios that still break a rule, folded away.
    fn reduced(&mut self) {
        if !self.course.reduced.is_empty() {
            self.line("\n### What can be played to see it");
        }
        for reduced in &self.course.reduced {
            let told = told(reduced, self.background, self.redactor);
            let text = format!(
                "\n{}. Save it as {}, and play it by {}\n\n<details><summary>the scenario</summary>\n\n{}\n</details>\n",
                prose(&told.title),
                code(&told.file),
                code(&told.play),
                block("yaml", &told.lines)
            );
            // What comes behind is worth more than all of them.
            if self.text.len() + text.len() <= MOST - TAIL / 2 {
                self.text += &text;
            }
        }
    }

    /// Cases that were not judged, by the reason.
    fn not_judged(&mut self) {
        let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for case in &self.course.cases {
            if let Outcome::NotJudged(blocked) = &case.outcome {
                let name = self.words(&case.name);
                reasons.entry(self.words(&blocked.to_string())).or_default().push(name);
            }
        }
        if reasons.is_empty() {
            return;
        }
        self.line("\n### Not judged\n");
        let mut lines = Vec::new();
        for (why, mut names) in reasons {
            let count = counted(names.len(), "case");
            names.iter_mut().for_each(|name| *name = code(name));
            shorten(&mut names, 8);
            lines.push(format!("{count}: {}: {}", prose(&why), names.join(", ")));
        }
        shorten(&mut lines, MOST_ENTRIES / 5);
        lines.iter().for_each(|line| self.line(&format!("- {line}")));
    }

    /// What the steps remark on rules: for each remark the rules that it is about.
    fn remarks(&self, of: impl Fn(&StepRecord) -> Vec<(String, String)>) -> BTreeMap<String, BTreeSet<String>> {
        let mut remarks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for step in self.course.cases.iter().flat_map(|case| &case.steps).filter(|step| !step.superseded) {
            for (requirement, text) in of(step) {
                remarks.entry(self.words(&text)).or_default().insert(requirement);
            }
        }
        remarks
    }

    fn folded(&mut self, title: &str, remarks: BTreeMap<String, BTreeSet<String>>) {
        if remarks.is_empty() {
            return;
        }
        self.line(&format!("\n<details><summary>{title}</summary>\n"));
        let mut lines: Vec<String> = remarks
            .into_iter()
            .map(|(text, requirements)| {
                let mut names: Vec<String> = requirements.iter().map(|id| prose(&said(id))).collect();
                shorten(&mut names, MOST_ENTRIES / 5);
                format!("{}: {}", names.join(", "), prose(&text))
            })
            .collect();
        shorten(&mut lines, MOST_ENTRIES / 2);
        lines.iter().for_each(|line| self.line(&format!("- {line}")));
        self.line("\n</details>");
    }
}

fn same_rule(one: &Broken<'_>, other: &Broken<'_>) -> bool {
    one.weight == other.weight && one.finding().requirement == other.finding().requirement
}

fn section(weight: Weight) -> &'static str {
    match weight {
        Weight::Must => "What the store would refuse",
        Weight::Unreviewed => "Answers that nobody has reviewed",
        Weight::Should => "What the store's documents do not insist on (never a failure)",
        Weight::Advice => "Good practice (never a failure)",
        Weight::Known => "Known failures, accepted for a time",
    }
}

/// Prose of a catalogue on one line.
fn said(text: &str) -> String {
    printable(text.trim().as_bytes())
}

/// Keeps the first entries of a list and counts the others.
fn shorten(entries: &mut Vec<String>, most: usize) {
    let more = entries.len().saturating_sub(most);
    if more > 0 {
        entries.truncate(most);
        entries.push(format!("and {} more", grouped(more)));
    }
}
