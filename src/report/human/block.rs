//! What is told about one finding, and about the exchange that shows it.

use std::io;

use crate::engine::{CaseRecord, StepRecord};
use crate::verdict::{Breach, Finding, Level, Place, Provenance, Weighed};
use crate::wire::{Exchange, Redactor, Visit, VisitEnd, printable};

use super::super::excerpt::{self, Line, Mark};
use super::super::group::Group;
use super::super::redact::words;
use super::super::reproduce;
use super::super::scenario_file;
use super::super::summary::duration;
use super::Human;
use super::print::Paint;

/// Further steps that show the same finding are named up to this many.
const MOST_OTHERS: usize = 4;
/// Lines of a snapshot's difference that are shown.
const LONGEST_DIFF: usize = 40;

impl Human<'_> {
    /// Findings that one exchange shows: a block each, then the exchange once with all of them marked.
    pub(super) fn run(&mut self, case: &CaseRecord, groups: &[Group<'_>], redactor: &Redactor) -> io::Result<()> {
        let mut fresh = Vec::new();
        for group in groups {
            let told = self.told.get(&group.key).cloned();
            match told {
                Some(before) => self.as_before(case, group, &before, redactor)?,
                None => {
                    let place = (case.name.to_string(), group.step.id.clone());
                    self.told.insert(group.key.clone(), place);
                    self.block(case, group, redactor)?;
                    fresh.push(group);
                }
            }
        }
        let Some(group) = fresh.first() else {
            let rerun = reproduce::rerun(&self.background, case, redactor);
            self.printer.line("")?;
            self.printer.line("    again")?;
            return self.printer.line(&format!("      {rerun}"));
        };
        match group.first.exchange.and_then(|index| group.step.exchanges.get(index)) {
            Some(exchange) => self.exchange(group.step, exchange, &fresh, redactor)?,
            None => self.visits(&group.step.visits, redactor)?,
        }
        self.reproduce(case, group, redactor)
    }

    fn title(&mut self, weighed: &Weighed) -> io::Result<()> {
        let finding = &weighed.finding;
        let (word, paint) = match (&finding.breach, weighed.level) {
            (Breach::Snapshot { .. }, _) => ("unreviewed", Paint::Open),
            (_, Level::Must) => ("must", Paint::Bad),
            (_, Level::Should) => ("should", Paint::Open),
            (_, Level::Advice) => ("advice", Paint::Open),
            (_, Level::Manual) => ("manual", Paint::Open),
        };
        let word = self.printer.paint(paint, word);
        self.printer.line("")?;
        if let Breach::Snapshot { .. } = finding.breach {
            return self.printer.line(&format!("  {word}  The answer is not the one that was reviewed."));
        }
        let id = self.printer.paint(Paint::Strong, finding.requirement.as_str());
        match self.background.catalogue.get(&finding.requirement) {
            Some(requirement) => {
                let rule = printable(requirement.rule.as_bytes());
                self.printer.wrapped(2, &format!("{word}  {id}  {rule}"))
            }
            None => self.printer.line(&format!("  {word}  {id}")),
        }
    }

    fn block(&mut self, case: &CaseRecord, group: &Group<'_>, redactor: &Redactor) -> io::Result<()> {
        let weighed = group.first;
        let finding = &weighed.finding;
        self.title(weighed)?;
        self.printer.line("")?;
        self.where_in_scenario(case, group.step, redactor)?;
        if let Breach::Snapshot { name, diff } = &finding.breach {
            self.printer.entry("snapshot", &words(redactor, name))?;
            self.diff(diff, redactor)?;
            return self.others(group, redactor);
        }
        if finding.place != Place::Course {
            let of = finding.entry.as_ref().map(|entry| format!(" (of {entry})")).unwrap_or_default();
            self.printer.entry("place", &words(redactor, &format!("{}{of}", finding.place)))?;
        }
        self.printer.entry("problem", &words(redactor, &finding.breach.to_string()))?;
        let (expected, actual) = (finding.breach.expected(), finding.breach.actual());
        for (label, text) in [("expected", expected), ("actual", actual)] {
            if !text.is_empty() {
                self.printer.entry(label, &words(redactor, &text))?;
            }
        }
        if let Some(cause) = &finding.cause {
            self.printer.entry("cause", &format!("likely: {}", words(redactor, cause)))?;
        }
        self.explain(finding)?;
        match weighed.level {
            Level::Must => {}
            Level::Should => self.printer.entry("weight", "reported, never a failure: the documents do not insist")?,
            Level::Advice | Level::Manual => {
                self.printer.entry("weight", "reported, never a failure: good practice")?
            }
        }
        self.others(group, redactor)
    }

    fn where_in_scenario(&mut self, case: &CaseRecord, step: &StepRecord, redactor: &Redactor) -> io::Result<()> {
        self.printer.entry("step", &step_line(step, redactor))?;
        let file = words(redactor, &scenario_file(&case.name));
        self.printer.entry("scenario", &format!("{file}:{}", step.spot.line))
    }

    /// What to change, why the store cares, and how the rule is known; once for each rule.
    fn explain(&mut self, finding: &Finding) -> io::Result<()> {
        let Some(requirement) = self.background.catalogue.get(&finding.requirement) else { return Ok(()) };
        if !self.explained.insert(finding.requirement.clone()) {
            return self.printer.entry("to mend", &format!("see the first finding of {} above", finding.requirement));
        }
        let prose = |text: &str| printable(text.trim().as_bytes());
        self.printer.entry("to mend", &prose(&requirement.mend))?;
        self.printer.entry("why", &prose(&requirement.why))?;
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
        let mut named: Vec<String> = Vec::new();
        for (step, weighed) in group.others.iter().take(MOST_OTHERS) {
            let place = match &weighed.finding.place {
                place @ (Place::Body(_) | Place::Header(_)) if *place != group.first.finding.place => {
                    format!(" ({})", words(redactor, &place.to_string()))
                }
                _ => String::new(),
            };
            named.push(format!("step {}{place}", words(redactor, &step.id)));
        }
        if group.others.len() > MOST_OTHERS {
            named.push(format!("{} more", group.others.len() - MOST_OTHERS));
        }
        self.printer.entry("also at", &named.join(", "))
    }

    /// A finding that an earlier case has shown in full.
    fn as_before(
        &mut self,
        case: &CaseRecord,
        group: &Group<'_>,
        before: &(String, String),
        redactor: &Redactor,
    ) -> io::Result<()> {
        self.title(group.first)?;
        self.printer.line("")?;
        self.where_in_scenario(case, group.step, redactor)?;
        self.printer.entry("problem", &words(redactor, &group.first.finding.breach.to_string()))?;
        let (case, step) = before;
        self.printer.entry("as in", &words(redactor, &format!("{case}, step {step}, shown above")))?;
        self.others(group, redactor)
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
        self.printer.line("")?;
        let nth = match (groups.first().and_then(|group| group.first.exchange), step.exchanges.len()) {
            (Some(index), all @ 2..) => format!(", number {} of {all} of this step", index + 1),
            _ => String::new(),
        };
        self.printer.line(&format!("    request{nth}{tampered}"))?;
        for line in excerpt::request(exchange, redactor, width) {
            self.excerpt(&line)?;
        }
        let late = marks.iter().any(|mark| *mark.place == Place::Time);
        let margin = if late { "  > " } else { "    " };
        self.printer.line("")?;
        self.printer.line(&format!("{margin}answer, after {}", duration(exchange.timing.total)))?;
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
            self.printer.entry("opened", &words(redactor, &visit.url))?;
            for hop in &visit.hops {
                self.printer.entry("", &words(redactor, &format!("{} from {}", hop.status, hop.url)))?;
            }
            let end = match &visit.end {
                VisitEnd::Page { media_type, .. } => match media_type {
                    Some(media_type) => format!("a page of type {media_type}"),
                    None => "a page of no type".to_owned(),
                },
                VisitEnd::LeftOrigin { to } => format!("a redirect to another origin, not followed: {to}"),
                VisitEnd::TooManyRedirects => "more than ten redirects".to_owned(),
                VisitEnd::NotAUrl => "this is no address that can be opened".to_owned(),
                VisitEnd::Failed { why } => format!("the page could not be read: {why}"),
            };
            self.printer.entry("", &words(redactor, &end))?;
        }
        Ok(())
    }

    fn reproduce(&mut self, case: &CaseRecord, group: &Group<'_>, redactor: &Redactor) -> io::Result<()> {
        self.printer.line("")?;
        self.printer.line("    again")?;
        if let Some(exchange) = group.first.exchange.and_then(|index| group.step.exchanges.get(index)) {
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

fn step_line(step: &StepRecord, redactor: &Redactor) -> String {
    let operation = step.operation.as_ref().map_or(String::new(), |operation| format!(", calls {operation}"));
    let description = step.description.as_deref().map(|text| format!(": {}", text.trim())).unwrap_or_default();
    words(redactor, &format!("{}{operation}{description}", step.id))
}
