//! For a log of GitHub Actions: annotations, as
//! [workflow commands](https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions).
//!
//! GitHub shows ten annotations of each kind for a step and drops the others without a word. So each thing to mend is
//! one annotation, the gravest come first, and the tenth says how many more there are.

mod command;

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::engine::Event;
use crate::verdict::{Blocked, Outcome, Place};
use crate::wire::{Redactor, printable};

use super::broken::{Broken, Weight, broken};
use super::course::{Closing, Course};
use super::redact::words;
use super::summary::{RunOutcome, Verdict, counted};
use super::{Background, Reporter, reproduce};

pub use command::Harmless;
use command::{Command, Kind};

/// Annotations of one kind that GitHub shows for a step.
const MOST: usize = 10;
/// Cases that are named beside a reason.
const MOST_CASES: usize = 3;

/// Annotations of a workflow, written when the run ends.
pub struct Github<'a> {
    out: &'a mut dyn Write,
    background: Background<'a>,
    course: Course,
}

impl<'a> Github<'a> {
    /// Annotations to a writer.
    pub fn new(out: &'a mut dyn Write, background: Background<'a>) -> Self {
        Self { out, background, course: Course::new(background.secrets) }
    }
}

impl Reporter for Github<'_> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Some(closing) = self.course.event(event) else { return Ok(()) };
        let redactor = self.course.redactor();
        let told = Told { course: &self.course, background: &self.background, redactor: &redactor };
        let commands = told.commands(&closing);
        for kind in [Kind::Error, Kind::Warning, Kind::Notice] {
            let mut of_kind: Vec<&Command> = commands.iter().filter(|command| command.kind == kind).collect();
            let more = if of_kind.len() > MOST { of_kind.split_off(MOST - 1) } else { Vec::new() };
            for command in of_kind {
                writeln!(self.out, "{command}")?;
            }
            if !more.is_empty() {
                writeln!(self.out, "{}", rest(kind, &more))?;
            }
        }
        self.out.flush()
    }
}

/// What stands in the place of those that GitHub would drop.
fn rest(kind: Kind, more: &[&Command]) -> Command {
    let mut titles: Vec<&str> = Vec::new();
    for command in more {
        if !titles.contains(&command.title.as_str()) {
            titles.push(&command.title);
        }
    }
    let unnamed = titles.len().saturating_sub(MOST);
    titles.truncate(MOST);
    let unnamed = if unnamed > 0 { format!("; and {unnamed} more") } else { String::new() };
    let title = format!("{} more", more.len());
    let message = format!("{}{unnamed}. The report of this step has all of them.", titles.join("; "));
    Command { kind, place: None, title, message }
}

struct Told<'a> {
    course: &'a Course,
    background: &'a Background<'a>,
    redactor: &'a Redactor,
}

impl Told<'_> {
    fn words(&self, foreign: &str) -> String {
        words(self.redactor, foreign)
    }

    /// All annotations, the gravest first.
    fn commands(&self, closing: &Closing) -> Vec<Command> {
        let broken = broken(&self.course.cases);
        let of = |grave: bool| {
            broken.iter().filter(move |broken| (broken.weight == Weight::Must) == grave).map(|it| self.finding(it))
        };
        let mut commands: Vec<Command> = of(true).collect();
        commands.extend(self.not_judged());
        for trouble in &self.course.troubles {
            let message = self.words(&trouble.to_string());
            commands.push(Command { kind: Kind::Error, place: None, title: "not about a case".to_owned(), message });
        }
        if matches!(closing.verdict, Verdict::Interrupted | Verdict::Cases(RunOutcome::NothingSelected)) {
            let message = closing.verdict.meaning().to_owned();
            commands.push(Command { kind: Kind::Error, place: None, title: "no verdict".to_owned(), message });
        }
        commands.extend(of(false));
        commands
    }

    fn finding(&self, broken: &Broken<'_>) -> Command {
        let (finding, step) = (broken.finding(), broken.first().step);
        let kind = match broken.weight {
            // It keeps the run from ending well, as a broken rule does.
            Weight::Must | Weight::Unreviewed => Kind::Error,
            Weight::Should => Kind::Warning,
            Weight::Advice | Weight::Known => Kind::Notice,
        };
        let requirement = self.background.catalogue.get(&finding.requirement);
        let prose = |text: &str| printable(text.trim().as_bytes());
        let mut lines = broken.problems(self.redactor);
        let several = lines.len() > 1;
        let mut line = |label: &str, text: String| lines.push(format!("{label}: {text}"));
        if broken.weight == Weight::Unreviewed {
            line("decide", "storeproof review, storeproof accept or storeproof reject".to_owned());
        } else if !several && finding.place != Place::Course {
            let of = finding.entry.as_ref().map(|entry| format!(" (of {entry})")).unwrap_or_default();
            line("place", self.words(&format!("{}{of}", finding.place)));
        }
        if let Some(cause) = &finding.cause {
            line("likely cause", self.words(cause));
        }
        if let Some(mend) = finding.breach.mend().or(requirement.map(|requirement| requirement.mend.as_str())) {
            line("to mend", prose(mend));
        }
        if let Some(requirement) = requirement {
            line("rule", prose(&requirement.rule));
            line("why", prose(&requirement.why));
            line("source", prose(&requirement.source));
        }
        if let Some(known) = &finding.known {
            line("accepted because", self.words(&known.terms()));
        }
        if let Some(remark) = finding.remark.as_ref().filter(|_| finding.known.is_none()) {
            remark.lines().take(MOST).for_each(|text| line("remark", self.words(text)));
        }
        let more = match broken.again.len() {
            0 => String::new(),
            more => format!("; again in {}", counted(more, "case")),
        };
        line("case", format!("{}, step {}{more}", self.words(&broken.case.name), self.words(&step.id)));
        line("again", reproduce::rerun(self.background, broken.case, self.redactor));
        let word = broken.weight.word();
        let title = match broken.weight {
            Weight::Unreviewed => "unreviewed answer".to_owned(),
            Weight::Known => format!("{} (known failure)", self.words(finding.requirement.as_str())),
            _ => format!("{} ({word})", self.words(finding.requirement.as_str())),
        };
        let place = self.background.reproduce.own_file(broken.case).map(|file| {
            let file = printable(self.redactor.text(&file).as_bytes());
            (file, step.spot.line.max(1), step.spot.column.max(1))
        });
        Command { kind, place, title, message: lines.join("\n") }
    }

    /// One annotation for each reason why cases were not judged.
    fn not_judged(&self) -> Vec<Command> {
        let mut reasons: BTreeMap<(Kind, String), Vec<String>> = BTreeMap::new();
        for case in &self.course.cases {
            if let Outcome::NotJudged(blocked) = &case.outcome {
                // What the vendor's program does not do is nobody's trouble.
                let declined = matches!(blocked, Blocked::Declined { .. });
                let kind = if declined { Kind::Notice } else { Kind::Error };
                reasons.entry((kind, self.words(&blocked.to_string()))).or_default().push(self.words(&case.name));
            }
        }
        let told = |((kind, why), names): ((Kind, String), Vec<String>)| {
            let more = names.len().saturating_sub(MOST_CASES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let named = names.iter().take(MOST_CASES).cloned().collect::<Vec<_>>().join(", ");
            let message = format!("{why}\n{}: {named}{more}", counted(names.len(), "case"));
            Command { kind, place: None, title: "not judged".to_owned(), message }
        };
        reasons.into_iter().map(told).collect()
    }
}
