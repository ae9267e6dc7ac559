//! The broken rules of a run, each with all cases that show it.

use std::io;

use crate::engine::CaseRecord;
use crate::verdict::{Breach, Level};

use super::super::group::Group;
use super::super::redact::words;
use super::super::summary::counted;
use super::{Detail, Human};

/// Cases that are named beside a rule; the rest is counted, unless more detail was asked for.
const MOST_CASES: usize = 6;

/// What was broken, in the order in which it was found.
#[derive(Default)]
pub(super) struct Rules(Vec<Rule>);

struct Rule {
    requirement: String,
    level: Level,
    cases: Vec<String>,
}

impl Rules {
    /// Takes what a case shows.
    pub(super) fn note(&mut self, case: &CaseRecord, groups: &[Group<'_>]) {
        for group in groups {
            // Snapshots are listed by `storeproof review`.
            if matches!(group.first.finding.breach, Breach::Snapshot { .. }) {
                continue;
            }
            let (requirement, level) = (group.first.finding.requirement.as_str(), group.first.level);
            let at = self.0.iter().position(|rule| rule.requirement == requirement && rule.level == level);
            let at = at.unwrap_or_else(|| {
                self.0.push(Rule { requirement: requirement.to_owned(), level, cases: Vec::new() });
                self.0.len() - 1
            });
            let cases = &mut self.0[at].cases;
            if cases.last().is_none_or(|last| *last != *case.name) {
                cases.push(case.name.to_string());
            }
        }
    }
}

impl Human<'_> {
    /// Lists the broken rules, those that fail the run first.
    pub(super) fn rules(&mut self) -> io::Result<()> {
        let mut rules = std::mem::take(&mut self.rules).0;
        if rules.is_empty() {
            return Ok(());
        }
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.level));
        // Rules that the same cases break are most often one mistake.
        let mut lines: Vec<Rule> = Vec::new();
        for rule in rules {
            match lines.iter_mut().find(|line| line.level == rule.level && line.cases == rule.cases) {
                Some(line) => line.requirement += &format!(", {}", rule.requirement),
                None => lines.push(rule),
            }
        }
        self.printer.line("")?;
        self.printer.line("What was found, and where:")?;
        for rule in &lines {
            let word = self.printer.paint(Self::paint_of(rule.level), &format!("{:<7}", Self::word_of(rule.level)));
            let most = if self.detail == Detail::Steps { usize::MAX } else { MOST_CASES };
            let (first, others) =
                rule.cases.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
            let mut text = format!("{}  {}", rule.requirement, words(&self.redactor, first));
            if !others.is_empty() {
                let mut named: Vec<String> = others.iter().take(most).map(|name| words(&self.redactor, name)).collect();
                let more = others.len() - named.len();
                if more > 0 {
                    named.push(format!("and {more} more (-v names all)"));
                }
                text += &format!("; also in {}: {}", counted(others.len(), "case"), named.join(", "));
            }
            self.printer.hanging(&format!("  {word} "), 10, &text)?;
        }
        Ok(())
    }
}
