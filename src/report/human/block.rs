//! What is told about one finding, and about the exchange that shows it.

use std::io;

use crate::engine::event::span;
use crate::engine::{CaseRecord, StepRecord};
use crate::verdict::{Breach, Finding, Level, Place, Provenance, Weighed};
use crate::wire::{Caller, Exchange, Loss, Redactor, Request, Visit, printable};

use super::super::excerpt::{self, Line, Mark};
use super::super::group::Group;
use super::super::problems;
use super::super::redact::words;
use super::super::reproduce;
use super::super::summary::duration;
use super::super::visits;
use super::super::written::written;
use super::Human;
use super::calls;
use super::print::Paint;

/// Why a computed call is wrong, or odd and right, and the answers that the documents allow; by the label of each. None
/// for a call that somebody wrote.
pub(crate) fn proof(step: &StepRecord, redactor: &Redactor) -> Vec<(&'static str, String)> {
    let proof = step.derived.iter().flat_map(|derived| {
        let flaw = format!("{} of {}: {}", derived.flaw, derived.at, derived.why);
        [("flaw", flaw), ("allowed", derived.answers.join("; or "))]
            .map(|(label, text)| (label, words(redactor, &text)))
    });
    proof.collect()
}

/// Further steps that show the same finding are named up to this many.
const MOST_OTHERS: usize = 4;
/// Lines of a snapshot's difference that are shown.
const LONGEST_DIFF: usize = 40;

impl Human<'_> {
    /// Findings that one exchange shows: a block for each rule, then the exchange once with all of them marked.
    ///
    /// What follows from the findings before it is told without an exchange of its own.
    pub(super) fn run(
        &mut self,
        case: &CaseRecord,
        groups: &[&Group<'_>],
        follows: bool,
        redactor: &Redactor,
    ) -> io::Result<()> {
        let Some(first) = groups.first() else { return Ok(()) };
        let mut rules: Vec<Vec<&Group<'_>>> = Vec::new();
        for group in groups {
            let finding = |group: &Group<'_>| {
                let snapshot = matches!(group.first.finding.breach, Breach::Snapshot { .. });
                (group.first.finding.requirement.clone(), snapshot, group.first.finding.cause.clone())
            };
            match rules.iter_mut().find(|rule| finding(rule[0]) == finding(group)) {
                Some(rule) => rule.push(group),
                None => rules.push(vec![group]),
            }
        }
        for (index, rule) in rules.iter().enumerate() {
            self.block(case, rule, index == 0 && !follows, redactor)?;
        }
        if follows {
            return Ok(());
        }
        match first.first.exchange.and_then(|index| first.step.exchanges.get(index)) {
            Some(exchange) => self.exchange(first.step, exchange, groups, redactor)?,
            None => self.visits(&first.step.visits, redactor)?,
        }
        self.reproduce(case, first, redactor)
    }

    /// The word for a weight.
    pub(super) fn word_of(level: Level) -> &'static str {
        match level {
            Level::Must => "must",
            Level::Should => "should",
            Level::Advice => "advice",
            Level::Manual => "manual",
        }
    }

    /// Its colour.
    pub(super) fn paint_of(level: Level) -> Paint {
        if level == Level::Must { Paint::Bad } else { Paint::Open }
    }

    fn title(&mut self, weighed: &Weighed) -> io::Result<()> {
        let finding = &weighed.finding;
        self.printer.line("")?;
        if let Breach::Snapshot { .. } = finding.breach {
            let word = self.printer.paint(Paint::Open, "unreviewed");
            return self.printer.line(&format!("  {word}  The answer is not the one that was reviewed."));
        }
        let word = self.printer.paint(Self::paint_of(weighed.level), Self::word_of(weighed.level));
        let id = self.printer.paint(Paint::Strong, finding.requirement.as_str());
        match self.background.catalogue.get(&finding.requirement) {
            Some(requirement) => {
                let rule = printable(requirement.rule.as_bytes());
                self.printer.wrapped(2, &format!("{word}  {id}  {rule}"))
            }
            None => self.printer.line(&format!("  {word}  {id}")),
        }
    }

    /// What one rule has against one answer. Where that was asked for is said once for all rules.
    fn block(&mut self, case: &CaseRecord, groups: &[&Group<'_>], first: bool, redactor: &Redactor) -> io::Result<()> {
        let Some(group) = groups.first() else { return Ok(()) };
        let weighed = group.first;
        let finding = &weighed.finding;
        self.title(weighed)?;
        self.printer.line("")?;
        if first {
            self.where_in_scenario(case, group.step, redactor)?;
        }
        if let Breach::Snapshot { name, diff } = &finding.breach {
            self.printer.entry("snapshot", &words(redactor, name))?;
            self.diff(diff, redactor)?;
            return self.others(group, redactor);
        }
        match groups {
            [_] => self.problem(finding, redactor)?,
            _ => self.problems(groups, redactor)?,
        }
        if let Some(cause) = &finding.cause {
            self.printer.entry("cause", &format!("likely: {}", words(redactor, cause)))?;
        }
        if let Some(remark) = &finding.remark {
            // The last words of a program have lines.
            let lines: Vec<String> = remark.lines().map(|line| words(redactor, line)).collect();
            self.printer.entry("remark", &lines.join("\n"))?;
        }
        self.explain(finding, redactor)?;
        let weight = match weighed.level {
            Level::Must => "",
            Level::Should => "this does not fail the run: the store's documents do not insist on it",
            Level::Advice | Level::Manual => "this does not fail the run: it is good practice",
        };
        if !weight.is_empty() {
            self.printer.entry("weight", weight)?;
        }
        match groups {
            [group] => self.others(group, redactor),
            _ => Ok(()),
        }
    }

    fn problem(&mut self, finding: &Finding, redactor: &Redactor) -> io::Result<()> {
        if finding.place != Place::Course {
            let of = finding.entry.as_ref().map(|entry| format!(" (of {entry})")).unwrap_or_default();
            self.printer.entry("place", &words(redactor, &format!("{}{of}", finding.place)))?;
        }
        self.printer.entry("problem", &words(redactor, &finding.problem()))
    }

    /// Several problems of one kind, a line each.
    fn problems(&mut self, groups: &[&Group<'_>], redactor: &Redactor) -> io::Result<()> {
        let told = problems::lines(groups, redactor);
        let label = if told.len() == 1 { "problem" } else { "problems" };
        for (index, line) in told.iter().enumerate() {
            self.printer.entry(if index == 0 { label } else { "" }, line)?;
        }
        Ok(())
    }

    fn where_in_scenario(&mut self, case: &CaseRecord, step: &StepRecord, redactor: &Redactor) -> io::Result<()> {
        self.printer.entry("step", &step_line(step, redactor))?;
        self.printer.entry("scenario", &written(&self.background, case, step, redactor).told())?;
        for (label, text) in proof(step, redactor) {
            self.printer.entry(label, &text)?;
        }
        match &step.task {
            Some(task) => self.task(task, redactor),
            None => Ok(()),
        }
    }

    /// What to change, why the store cares, and how the rule is known; once for each rule.
    fn explain(&mut self, finding: &Finding, redactor: &Redactor) -> io::Result<()> {
        let consequence = finding.consequence.as_deref().map(|text| words(redactor, text));
        let Some(requirement) = self.background.catalogue.get(&finding.requirement) else { return Ok(()) };
        if !self.explained.insert(finding.requirement.clone()) {
            if let Some(consequence) = consequence {
                self.printer.entry("why", &consequence)?;
            }
            return self.printer.entry("to mend", &format!("see the first finding of {} above", finding.requirement));
        }
        let prose = |text: &str| printable(text.trim().as_bytes());
        self.printer.entry("to mend", &prose(finding.breach.mend().unwrap_or(&requirement.mend)))?;
        let why = prose(&requirement.why);
        self.printer.entry("why", &consequence.map_or(why.clone(), |consequence| format!("{why}\n{consequence}")))?;
        if let Some(code) = &requirement.code {
            self.printer.entry("in store", &prose(code))?;
        }
        let known = match requirement.provenance {
            Provenance::Documented => "",
            Provenance::Inferred => "\nThe store does not say this in so many words: we infer it from what it says.",
            Provenance::Contradictory => {
                "\nThe store's documents contradict each other here: ask the store when in doubt."
            }
        };
        self.printer.entry("source", &format!("{}{known}", prose(&requirement.source)))
    }

    fn others(&mut self, group: &Group<'_>, redactor: &Redactor) -> io::Result<()> {
        if group.others.is_empty() {
            return Ok(());
        }
        let mut named: Vec<(String, usize)> = Vec::new();
        for (step, weighed) in &group.others {
            let place = match &weighed.finding.place {
                place @ (Place::Body(_) | Place::Header(_)) if *place != group.first.finding.place => {
                    format!(" ({})", words(redactor, &place.to_string()))
                }
                _ => String::new(),
            };
            let name = format!("step {}{place}", words(redactor, &step.id));
            match named.iter_mut().find(|(known, _)| *known == name) {
                Some((_, count)) => *count += 1,
                None => named.push((name, 1)),
            }
        }
        let more = named.len().saturating_sub(MOST_OTHERS);
        let mut named: Vec<String> = named
            .into_iter()
            .take(MOST_OTHERS)
            .map(|(name, count)| if count == 1 { name } else { format!("{name} ({count} times)") })
            .collect();
        if more > 0 {
            named.push(format!("{more} more"));
        }
        self.printer.entry("also at", &named.join(", "))
    }

    fn exchange(
        &mut self,
        step: &StepRecord,
        exchange: &Exchange,
        groups: &[&Group<'_>],
        redactor: &Redactor,
    ) -> io::Result<()> {
        // Room for the margin, and for what is said about bytes left out.
        let width = self.printer.width().saturating_sub(28);
        let labels: Vec<String> = groups.iter().map(|group| group.first.finding.requirement.to_string()).collect();
        let mut marks = Vec::new();
        for (group, label) in groups.iter().zip(&labels) {
            // The same mistake in other places of this answer is marked too.
            let others = group.others.iter().filter(|(other, weighed)| {
                std::ptr::eq(other.as_ref(), step) && weighed.exchange == group.first.exchange
            });
            let all = std::iter::once(group.first).chain(others.map(|(_, weighed)| *weighed));
            marks.extend(all.map(|weighed| Mark {
                place: &weighed.finding.place,
                breach: &weighed.finding.breach,
                label,
            }));
        }
        let tampered = step.tamper.as_ref().map(|mistake| format!(", with a mistake on purpose: {mistake}"));
        let tampered = words(redactor, &tampered.unwrap_or_default());
        let index = groups.first().and_then(|group| group.first.exchange);
        let of_vendor = exchange.caller == Caller::Vendor;
        if of_vendor {
            self.calls(step, index, redactor)?;
        }
        self.printer.line("")?;
        self.printer.line(&match (of_vendor, index) {
            (true, index) => {
                let nth = index.map(|index| calls::nth(step, index)).unwrap_or_default();
                format!("    call of the vendor's program{nth}")
            }
            (false, index) => {
                let nth = index.map(|index| nth(step, index)).unwrap_or_default();
                format!("    request{nth}{tampered}")
            }
        })?;
        for line in excerpt::request(exchange, &marks, redactor, width) {
            self.excerpt(&line)?;
        }
        let late = marks.iter().any(|mark| *mark.place == Place::Time);
        let margin = if late { "  > " } else { "    " };
        self.printer.line("")?;
        let whose = if of_vendor { "answer of the store" } else { "answer" };
        self.printer.line(&format!("{margin}{whose}, after {}", duration(exchange.timing.total)))?;
        for line in excerpt::answer(exchange, &marks, redactor, width) {
            self.excerpt(&line)?;
        }
        let shows = |mark: &Mark<'_>| matches!(mark.place, Place::Course);
        if !step.visits.is_empty() && marks.iter().any(shows) {
            self.visits(&step.visits, redactor)?;
        }
        Ok(())
    }

    fn excerpt(&mut self, line: &Line) -> io::Result<()> {
        if !line.marked {
            return self.printer.line(&format!("      {}", line.text));
        }
        let margin = self.printer.paint(Paint::Bad, ">");
        self.printer.line(&format!("    {margin} {}", line.text))?;
        for (columns, label) in &line.carets {
            let carets = self.printer.paint(Paint::Bad, &"^".repeat(columns.len()));
            self.printer.line(&format!("      {}{carets} {label}", " ".repeat(columns.start)))?;
        }
        Ok(())
    }

    /// The pages that were opened, as a browser went.
    fn visits(&mut self, visits: &[Visit], redactor: &Redactor) -> io::Result<()> {
        for visit in visits {
            self.printer.line("")?;
            for (index, line) in visits::lines(visit, redactor).iter().enumerate() {
                self.printer.entry(if index == 0 { "opened" } else { "" }, line)?;
            }
        }
        Ok(())
    }

    fn reproduce(&mut self, case: &CaseRecord, group: &Group<'_>, redactor: &Redactor) -> io::Result<()> {
        self.printer.line("")?;
        self.printer.line("    again")?;
        let shown = group.first.exchange.and_then(|index| group.step.exchanges.get(index));
        // What the vendor called is gone when the run has ended.
        if let Some(exchange) = shown.filter(|exchange| exchange.caller == Caller::Marketplace) {
            let curl = reproduce::curl(&self.background, case, group.step, exchange, redactor);
            self.printer.line(&format!("      {curl}"))?;
        }
        let rerun = reproduce::rerun(&self.background, case, redactor);
        self.printer.line(&format!("      {rerun}"))
    }

    fn diff(&mut self, diff: &str, redactor: &Redactor) -> io::Result<()> {
        let diff = redactor.text(diff);
        self.printer.line("")?;
        for line in diff.lines().take(LONGEST_DIFF) {
            let shown = printable(line.as_bytes());
            let shown = match line.as_bytes().first() {
                Some(b'-') => self.printer.paint(Paint::Bad, &shown),
                Some(b'+') => self.printer.paint(Paint::Good, &shown),
                _ => shown,
            };
            self.printer.line(&format!("      {shown}"))?;
        }
        let more = diff.lines().count().saturating_sub(LONGEST_DIFF);
        if more > 0 {
            self.printer.line(&format!("      … {} more", super::counted(more, "line")))?;
        }
        self.printer.line("")?;
        self.printer.entry("decide", "storeproof review, storeproof accept or storeproof reject")
    }
}

/// Which of a step's requests this is, where there are several.
pub(in crate::report) fn nth(step: &StepRecord, index: usize) -> String {
    let request = |index: usize| step.exchanges.get(index).map(|exchange| &exchange.request);
    // A call that was wrong on purpose, or one that failed, is followed by a plain call of another kind.
    let last = step.exchanges.len().saturating_sub(1);
    let other = match (request(0), request(last)) {
        // What signs a call may stand behind its path, and differs on every delivery.
        (Some(first), Some(last)) => first.method != last.method || path(first) != path(last),
        _ => false,
    };
    let failed = step.exchanges.iter().take(last).any(|exchange| match &exchange.answer {
        Ok(response) => response.status >= 500,
        Err(loss) => *loss != Loss::HungUp,
    });
    let probed = last > 0 && (other || failed || step.tamper.is_some());
    let deliveries = if probed { last } else { last + 1 };
    match (probed && index == last, deliveries) {
        (true, _) => ", by which we see whether the vendor still answers after the call of this step".to_owned(),
        (false, 1) => String::new(),
        (false, all) => match index.checked_sub(1).and_then(|further| step.later.get(further)) {
            Some(time) => format!(
                ", delivery {} of {all}, which by the store's schedule comes {} after the first (nobody waited for that)",
                index + 1,
                span(*time)
            ),
            None => format!(", delivery {} of {all} (a store repeats a call whose answer it lost)", index + 1),
        },
    }
}

fn path(request: &Request) -> &str {
    request.target.split('?').next().unwrap_or_default()
}

/// The step, what it calls, and what it is about.
pub(in crate::report) fn step_line(step: &StepRecord, redactor: &Redactor) -> String {
    let whose = if step.task.is_some() { "the vendor's program calls" } else { "calls" };
    let operation = step.operation.as_ref().map_or(String::new(), |operation| format!(", {whose} {operation}"));
    let description = step.description.as_deref().map(|text| format!(": {}", text.trim())).unwrap_or_default();
    words(redactor, &format!("{}{operation}{description}", step.id))
}
