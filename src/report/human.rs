//! For a person who never saw the store's documents.
//!
//! One line a case, the word first. A case with findings is followed by a block for each: what the rule is, where and
//! how it was broken, why the store cares and what to change; then the exchange as it was on the wire with the
//! offending bytes marked, and the two lines that reproduce it.

mod block;
mod print;

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};

use crate::engine::{CaseRecord, Event};
use crate::verdict::{Outcome, RequirementId};
use crate::wire::{KnownSecrets, Redactor};

use super::group::{self, Key};
use super::redact::{self, words};
use super::summary::{conclusion, counted, duration, totals_line};
use super::{Background, Reporter};

use print::{Paint, Printer};

/// Whether colour is used. It never carries a meaning that the words do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// How much is told about cases in which nothing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// One line a case.
    Cases,
    /// A line for each step too.
    Steps,
}

/// How the report is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Whether colour is used.
    pub style: Style,
    /// How much is told.
    pub detail: Detail,
    /// Columns of the terminal; text is wrapped and excerpts are cut to them. At least 60 are used.
    pub width: usize,
}

/// What was remarked on a requirement, in the words of the record, with what is printed and how often it was remarked.
type Remarks = BTreeMap<(RequirementId, String), (String, usize)>;

/// The report for a person.
pub struct Human<'a> {
    printer: Printer<'a>,
    background: Background<'a>,
    detail: Detail,
    /// Where each finding was told in full, so that later cases refer to it.
    told: HashMap<Key, (String, String)>,
    /// Rules that were explained.
    explained: HashSet<RequirementId>,
    /// Documented readings that were met.
    readings: Remarks,
    /// Rules that were not judged, and why.
    skipped: Remarks,
    /// For what comes from no case.
    redactor: Redactor,
    /// For what comes from one.
    known: KnownSecrets,
}

impl<'a> Human<'a> {
    /// A report to a writer.
    pub fn new(out: &'a mut dyn Write, layout: Layout, background: Background<'a>) -> Self {
        Self {
            printer: Printer::new(out, layout.style, layout.width),
            background,
            detail: layout.detail,
            told: HashMap::new(),
            explained: HashSet::new(),
            readings: BTreeMap::new(),
            skipped: BTreeMap::new(),
            redactor: Redactor::new(background.secrets),
            known: KnownSecrets::new(background.secrets),
        }
    }

    fn case(&mut self, case: &CaseRecord) -> io::Result<()> {
        redact::meet(&mut self.known, case);
        let mut known = std::mem::take(&mut self.known);
        // Most cases have nothing to tell, and secrets are worth looking for only where foreign text is printed.
        let told = self.tell(case, &LazyCell::new(|| known.redactor()));
        self.known = known;
        told
    }

    fn tell<'r>(
        &mut self,
        case: &CaseRecord,
        redactor: &LazyCell<&'r Redactor, impl FnOnce() -> &'r Redactor>,
    ) -> io::Result<()> {
        let groups = group::groups(case);
        self.headline(case)?;
        if let Outcome::NotJudged(blocked) = &case.outcome {
            self.printer.wrapped(2, &words(redactor, &format!("because {blocked}")))?;
        }
        self.remember(case, redactor);
        // A single step is told with its finding.
        if case.steps.len() > 1 && !groups.is_empty() || self.detail == Detail::Steps {
            self.course(case, redactor)?;
        }
        for run in group::by_exchange(&groups) {
            self.run(case, &groups[run], redactor)?;
        }
        if !groups.is_empty() {
            self.printer.line("")?;
        }
        Ok(())
    }

    fn headline(&mut self, case: &CaseRecord) -> io::Result<()> {
        let paint = match case.outcome {
            Outcome::Conforms => Paint::Good,
            Outcome::Breaks => Paint::Bad,
            Outcome::Unreviewed | Outcome::NotJudged(_) => Paint::Open,
        };
        let word = self.printer.paint(paint, &format!("{:<10}", case.outcome.word()));
        let name = words(&self.redactor, &case.name);
        let steps = case.steps.iter().filter(|step| !step.superseded).count();
        self.printer.line(&format!("{word}  {name}  {}  {}", counted(steps, "step"), duration(case.elapsed)))
    }

    /// The steps in the order in which they were played, attempts of one step together.
    fn course(&mut self, case: &CaseRecord, redactor: &Redactor) -> io::Result<()> {
        let mut told = Vec::new();
        let mut attempts = 0;
        for step in &case.steps {
            attempts += 1;
            if step.superseded {
                continue;
            }
            let mut text = words(redactor, &step.id);
            if attempts > 1 {
                text += &format!(" (polled {attempts} times)");
            }
            if let Some(tamper) = &step.tamper {
                text += &format!(" (mistake on purpose: {})", words(redactor, tamper));
            }
            if !step.findings.is_empty() {
                text += " (see below)";
            }
            attempts = 0;
            told.push(text);
        }
        // The last attempt of a step that never came to an end.
        if attempts > 0
            && let Some(step) = case.steps.last()
        {
            told.push(format!("{} (polled {attempts} times)", words(redactor, &step.id)));
        }
        if told.is_empty() {
            return Ok(());
        }
        let separator = if self.detail == Detail::Steps { "\n" } else { ", " };
        self.printer.wrapped(2, &format!("played: {}", told.join(separator)))
    }

    fn remember<'r>(&mut self, case: &CaseRecord, redactor: &LazyCell<&'r Redactor, impl FnOnce() -> &'r Redactor>) {
        for step in case.steps.iter().filter(|step| !step.superseded) {
            let readings = step.readings.iter().map(|reading| (&reading.requirement, &reading.met));
            let skipped = step.skipped.iter().map(|skipped| (&skipped.requirement, &skipped.why));
            for (requirement, text) in readings {
                let remark = self.readings.entry((requirement.clone(), text.clone()));
                remark.or_insert_with(|| (words(redactor, text), 0)).1 += 1;
            }
            for (requirement, text) in skipped {
                let remark = self.skipped.entry((requirement.clone(), text.clone()));
                remark.or_insert_with(|| (words(redactor, text), 0)).1 += 1;
            }
        }
    }

    fn closing(&mut self) -> io::Result<()> {
        let sections = [
            ("Where the store's documents can be read in more than one way, this vendor follows:", &self.readings),
            ("Not judged here:", &self.skipped),
        ];
        for (title, entries) in sections {
            if entries.is_empty() {
                continue;
            }
            self.printer.line("")?;
            self.printer.line(title)?;
            for ((requirement, _), (what, count)) in entries {
                let times = if *count == 1 { String::new() } else { format!(" ({count} times)") };
                let requirement = self.printer.paint(Paint::Strong, requirement.as_str());
                self.printer.wrapped(2, &format!("{requirement}  {what}{times}"))?;
            }
        }
        Ok(())
    }
}

impl Reporter for Human<'_> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { seed, cases, vendor } => {
                let vendor = words(&self.redactor, vendor);
                self.printer.line(&format!("{} against {vendor}, seed {seed}", counted(*cases, "case")))?;
                self.printer.line("")?;
            }
            Event::CaseFinished(case) => self.case(case)?,
            Event::RunFinished { totals, interrupted, elapsed } => {
                self.closing()?;
                self.printer.line("")?;
                if *interrupted {
                    self.printer.line("The run was interrupted; what follows is about the cases that had ended.")?;
                }
                self.printer.line(&totals_line(totals, *elapsed))?;
                self.printer.line(conclusion(totals).meaning())?;
            }
            Event::CaseStarted { .. } | Event::StepFinished { .. } => {}
        }
        self.printer.flush()
    }
}
