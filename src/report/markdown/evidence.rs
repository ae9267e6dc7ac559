//! What shows a finding, folded away: the exchange as it was on the wire, and the lines that play it again.

use crate::verdict::Place;
use crate::wire::{Caller, Exchange};

use super::super::broken::Broken;
use super::super::excerpt::{self, Line, Mark};
use super::super::human::{block as told, calls};
use super::super::summary::duration;
use super::super::{reproduce, visits};
use super::Page;
use super::inline::{block, prose};

/// Columns of an excerpt.
const WIDTH: usize = 100;

impl Page<'_> {
    /// The exchange with the offending bytes marked, and what reproduces it.
    pub(super) fn evidence(&self, broken: &Broken<'_>) -> String {
        let (step, first) = (broken.first().step, broken.first().first);
        let shown = first.exchange.and_then(|index| Some((index, step.exchanges.get(index)?)));
        let mut text =
            String::from("\n<details><summary>what was sent and what came, and how to play it again</summary>\n\n");
        if let Some((index, exchange)) = shown {
            text += &self.exchange(broken, index, exchange);
        }
        if !step.visits.is_empty() && first.finding.place == Place::Course {
            let lines: Vec<String> = step.visits.iter().flat_map(|visit| visits::lines(visit, self.redactor)).collect();
            text += &format!("Pages that were opened:\n\n{}\n", block("text", &lines));
        }
        let mut again = Vec::new();
        // What the vendor called is gone when the run has ended.
        if let Some((_, exchange)) = shown.filter(|(_, exchange)| exchange.caller == Caller::Marketplace) {
            again.push(reproduce::curl(self.background, broken.case, step, exchange, self.redactor));
        }
        again.push(reproduce::rerun(self.background, broken.case, self.redactor));
        text += &format!("Again:\n\n{}", block("sh", &again));
        text + "\n</details>\n"
    }

    fn exchange(&self, broken: &Broken<'_>, index: usize, exchange: &Exchange) -> String {
        let (step, first) = (broken.first().step, broken.first().first);
        let label = self.words(first.finding.requirement.as_str());
        let mut marks = Vec::new();
        for group in &broken.groups {
            // The same mistake in other places of this exchange is marked too.
            let others = group.others.iter().filter(|(other, weighed)| {
                std::ptr::eq(other.as_ref(), step.as_ref()) && weighed.exchange == first.exchange
            });
            let all = std::iter::once(group.first).chain(others.map(|(_, weighed)| *weighed));
            marks.extend(all.map(|weighed| Mark {
                place: &weighed.finding.place,
                breach: &weighed.finding.breach,
                label: &label,
            }));
        }
        let (request, answer) = match exchange.caller {
            Caller::Vendor => {
                (format!("Call of the vendor's program{}", calls::nth(step, index)), "Answer of the store")
            }
            Caller::Marketplace => (format!("Request{}", told::nth(step, index)), "Answer"),
        };
        let mistake =
            step.tamper.as_ref().map(|mistake| self.words(&format!(", with a mistake on purpose: {mistake}")));
        let mistake = mistake.map(|mistake| prose(&mistake)).unwrap_or_default();
        format!(
            "{}{mistake}:\n\n{}\n{answer}, after {}:\n\n{}\n",
            prose(&request),
            block("text", &lines(&excerpt::request(exchange, &marks, self.redactor, WIDTH))),
            duration(exchange.timing.total),
            block("text", &lines(&excerpt::answer(exchange, &marks, self.redactor, WIDTH))),
        )
    }
}

/// An excerpt with marks in the margin and below.
fn lines(excerpt: &[Line]) -> Vec<String> {
    let mut lines = Vec::new();
    for line in excerpt {
        lines.push(format!("{} {}", if line.marked { ">" } else { " " }, line.text));
        for (columns, label) in &line.carets {
            lines.push(format!("  {}{} {label}", " ".repeat(columns.start), "^".repeat(columns.len())));
        }
    }
    lines
}
