//! For a person who never saw the store's documents.
//!
//! One line a case, the word first. A case that shows something new is followed by a block: what the rule is, where and
//! how it was broken, why the store cares and what to change; then the exchange as it was on the wire with the
//! offending bytes marked, and the two lines that reproduce it. What was told once is only named in later cases, and
//! the end lists every broken rule with all cases that show it.
//!
//! A case is told when it ends, and may then quote a secret of another that is still being played: so secrets are known
//! from [`Event::Sending`] on. What is sent later cannot have been repeated yet, unless the vendor kept it from an
//! earlier run with the same seed; the reports that are written at the end hide that too.

mod assessment;
pub(super) mod block;
pub(super) mod calls;
pub(crate) mod print;
mod rules;

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::sync::Arc;

use crate::engine::{CaseRecord, Event, Reduced, Trouble};
use crate::verdict::{Assessment, Blocked, Breach, Level, Outcome, RequirementId};
use crate::wire::{KnownSecrets, Redactor};

use super::answers::Answers;
use super::group::{self, Group, Key};
use super::redact::{self, words};
use super::reduced::told;
use super::summary::{Verdict, conclusion, counted, duration, totals_line, verdict};
use super::{Background, Reporter};

use print::{Paint, Printer};
use rules::Rules;

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
    /// A line for each step too, and every name of a long list.
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

/// Remarks on one rule that are told; further ones are counted.
const MOST_REMARKS: usize = 3;

/// What was remarked on a requirement, in the words of the record, with what is printed.
type Remarks = BTreeMap<(RequirementId, String), String>;

/// The report for a person.
pub struct Human<'a> {
    printer: Printer<'a>,
    background: Background<'a>,
    detail: Detail,
    /// Findings that were told in full, so that later cases only name them.
    told: HashSet<Key>,
    /// Rules that were explained.
    explained: HashSet<RequirementId>,
    /// Rules that were broken, with the cases that show it.
    rules: Rules,
    /// How many cases have ended.
    cases: usize,
    /// Cases that were not played, by the reason.
    unplayed: BTreeMap<String, usize>,
    /// What came back so far.
    answers: Answers,
    /// The vendor as the user named it.
    vendor: String,
    /// Documented readings that were met.
    readings: Remarks,
    /// Rules that were not judged, and why.
    skipped: Remarks,
    /// What keeps the run from ending well besides the cases; standard error tells each.
    troubles: Vec<Trouble>,
    /// What a certification comes to.
    assessment: Option<Arc<Assessment>>,
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
            told: HashSet::new(),
            explained: HashSet::new(),
            rules: Rules::default(),
            cases: 0,
            unplayed: BTreeMap::new(),
            answers: Answers::default(),
            vendor: String::new(),
            readings: BTreeMap::new(),
            skipped: BTreeMap::new(),
            troubles: Vec::new(),
            assessment: None,
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
        self.cases += 1;
        self.answers.note(case);
        if let (Outcome::NotJudged(blocked), true) = (&case.outcome, case.steps.is_empty())
            && !matches!(blocked, Blocked::Harness(_))
        {
            // One cause, one line at the end.
            *self.unplayed.entry(words(redactor, &blocked.to_string())).or_default() += 1;
            return Ok(());
        }
        let groups = group::groups(case);
        self.rules.note(case, &groups);
        let runs = group::by_exchange(&groups);
        // What was told before is named beside the case; a new finding is told even where the same step repeats one.
        let fresh: Vec<Vec<&Group<'_>>> = runs
            .into_iter()
            .map(|run| groups[run].iter().filter(|group| !self.told.contains(&group.key)).collect::<Vec<_>>())
            .filter(|run: &Vec<_>| !run.is_empty())
            .collect();
        self.headline(case, &groups)?;
        if let Outcome::NotJudged(blocked) = &case.outcome {
            self.printer.wrapped(2, &words(redactor, &format!("because {blocked}")))?;
        }
        self.remember(case, redactor);
        if self.detail == Detail::Steps {
            self.course(case, redactor)?;
        }
        for (index, run) in fresh.iter().enumerate() {
            self.told.extend(run.iter().map(|group| group.key.clone()));
            // That the vendor died of a call is told with what the call showed.
            let before = index.checked_sub(1).map(|before| fresh[before][0].step);
            let died = run.iter().all(|group| matches!(group.first.finding.breach, Breach::Died { .. }));
            let follows = died && before.is_some_and(|before| Arc::ptr_eq(before, run[0].step));
            self.run(case, run, follows, redactor)?;
        }
        if !fresh.is_empty() {
            self.printer.line("")?;
        }
        Ok(())
    }

    fn headline(&mut self, case: &CaseRecord, groups: &[Group<'_>]) -> io::Result<()> {
        let paint = match case.outcome {
            Outcome::Conforms => Paint::Good,
            Outcome::Breaks => Paint::Bad,
            Outcome::Unreviewed | Outcome::NotJudged(_) => Paint::Open,
        };
        let word = self.printer.paint(paint, &format!("{:<10}", case.outcome.word()));
        let name = words(&self.redactor, &case.name);
        let steps = case.steps.iter().filter(|step| !step.superseded).count();
        let mut again: Vec<&str> = groups
            .iter()
            .filter(|group| group.first.level == Level::Must && self.told.contains(&group.key))
            .map(|group| group.first.finding.requirement.as_str())
            .collect();
        let mut seen = HashSet::new();
        again.retain(|requirement| seen.insert(*requirement));
        let again = if again.is_empty() { String::new() } else { format!("  {} again", again.join(", ")) };
        let steps = if steps == 0 { String::new() } else { format!("  {}", counted(steps, "step")) };
        self.printer.hanging(&format!("{word}  "), 12, &format!("{name}{steps}  {}{again}", duration(case.elapsed)))
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
            if let Some(task) = &step.task {
                let calls = counted(calls::calls(step).count(), "call");
                text += &format!(" ({calls}; the program {})", task.ended);
            }
            if !step.findings.is_empty() {
                text += " (broken)";
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
        self.printer.wrapped(2, &format!("played: {}", told.join("\n")))
    }

    fn remember<'r>(&mut self, case: &CaseRecord, redactor: &LazyCell<&'r Redactor, impl FnOnce() -> &'r Redactor>) {
        for step in case.steps.iter().filter(|step| !step.superseded) {
            let readings = step.readings.iter().map(|reading| (&reading.requirement, &reading.met));
            let skipped = step.skipped.iter().map(|skipped| (&skipped.requirement, &skipped.why));
            for (requirement, text) in readings {
                let remark = self.readings.entry((requirement.clone(), text.clone()));
                remark.or_insert_with(|| words(redactor, text));
            }
            for (requirement, text) in skipped {
                let remark = self.skipped.entry((requirement.clone(), text.clone()));
                remark.or_insert_with(|| words(redactor, text));
            }
        }
    }

    /// The smallest scenario that still breaks a rule.
    fn reduced(&mut self, reduced: &Reduced) -> io::Result<()> {
        let told = told(reduced, &self.background, self.known.redactor());
        self.printer.line("")?;
        self.printer.wrapped(0, &told.title)?;
        self.printer.wrapped(2, &format!("save it as {}, and play it by {}", told.file, told.play))?;
        self.printer.line("")?;
        for line in &told.lines {
            self.printer.line(&format!("    {line}"))?;
        }
        Ok(())
    }

    fn closing(&mut self) -> io::Result<()> {
        for (why, count) in std::mem::take(&mut self.unplayed) {
            let was = if count == 1 { "was" } else { "were" };
            self.printer.wrapped(0, &format!("{} {was} not played: {why}", counted(count, "case")))?;
        }
        if self.cases > 1 {
            self.rules()?;
        }
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
            // Several rules that are not judged for one reason are one line.
            let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
            for ((requirement, _), what) in entries {
                match reasons.iter_mut().find(|(known, _)| known == what) {
                    Some((_, requirements)) => requirements.push(requirement.as_str()),
                    None => reasons.push((what, vec![requirement.as_str()])),
                }
            }
            let most = if self.detail == Detail::Steps { usize::MAX } else { MOST_REMARKS };
            let mut told: BTreeMap<String, usize> = BTreeMap::new();
            for (what, requirements) in reasons {
                let requirements = requirements.join(", ");
                let before = told.entry(requirements.clone()).or_default();
                *before += 1;
                if *before <= most {
                    let requirements = self.printer.paint(Paint::Strong, &requirements);
                    self.printer.wrapped(2, &format!("{requirements}  {what}"))?;
                }
            }
            for (requirements, count) in told.into_iter().filter(|(_, count)| *count > most) {
                let requirements = self.printer.paint(Paint::Strong, &requirements);
                let more = counted(count - most, "more remark");
                self.printer.wrapped(2, &format!("{requirements}  {more}; --verbose tells each"))?;
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
                self.vendor.clone_from(&vendor);
                self.printer.line(&format!("{} against {vendor}, seed {seed}", counted(cases.len(), "case")))?;
                self.printer.line("")?;
            }
            Event::CaseFinished(case) => self.case(case)?,
            Event::RunFinished { totals, interrupted, elapsed } => {
                self.closing()?;
                let assessment = self.assessment.take();
                if let Some(assessment) = &assessment {
                    let catalogue = self.background.catalogue;
                    assessment::tell(&mut self.printer, assessment, catalogue, self.known.redactor())?;
                }
                self.printer.line("")?;
                if *interrupted {
                    self.printer.line("The run was interrupted; what follows is about the cases that had ended.")?;
                }
                self.printer.line(&totals_line(totals, *elapsed))?;
                let readiness = assessment.as_ref().map(|assessment| assessment.readiness);
                let meaning = match verdict(totals, *interrupted, &self.troubles, readiness) {
                    Verdict::Interrupted => conclusion(totals).meaning(),
                    verdict => verdict.meaning_with(assessment.as_deref()),
                };
                self.printer.line(meaning)?;
                if let Some(doubt) = self.answers.doubt(&self.vendor, self.known.redactor()) {
                    self.printer.wrapped(0, &doubt)?;
                }
            }
            Event::Sending { secrets } => secrets.iter().for_each(|secret| self.known.meet(secret)),
            Event::Troubled(trouble) => self.troubles.push(trouble.clone()),
            Event::CaseStarted { .. } | Event::TaskLeft { .. } | Event::StepFinished { .. } => {}
            Event::Reduced(reduced) => self.reduced(reduced)?,
            Event::Assessed(assessment) => self.assessment = Some(Arc::clone(assessment)),
        }
        self.printer.flush()
    }
}
