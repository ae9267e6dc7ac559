//! What is wrong with one exchange, as the message of a failed assertion.

use crate::serve::Entry;
use crate::verdict::{Catalogue, Weighed};
use crate::wire::{Redactor, printable};

/// Columns of the longest line.
const WIDTH: usize = 100;

/// The request, and what is wrong with it: each rule with the problem, its likely cause, the mend and the reason.
pub(super) fn told(entry: &Entry, catalogue: &Catalogue, redactor: &Redactor) -> String {
    let seen = &entry.seen;
    let request = &seen.exchange.request;
    let line = words(redactor, &format!("{} {}", request.method, request.target));
    let answer = match &seen.exchange.answer {
        Ok(answer) => format!("answered with {}", answer.status),
        Err(loss) => words(redactor, &loss.to_string()),
    };
    let operation = seen.operation.as_ref().map(|operation| format!(", {operation}")).unwrap_or_default();
    let mut text = format!("request {}: {line}  ({answer}{operation})\n", entry.id);
    for weighed in &seen.findings {
        finding(&mut text, weighed, catalogue, redactor);
    }
    text
}

fn finding(text: &mut String, weighed: &Weighed, catalogue: &Catalogue, redactor: &Redactor) {
    let finding = &weighed.finding;
    let requirement = catalogue.get(&finding.requirement);
    let rule = requirement.map(|requirement| requirement.rule.trim()).unwrap_or_default();
    text.push_str(&paragraph("  ", "    ", &format!("{}  {rule}", finding.requirement)));
    let mut entry = |name: &str, value: &str| {
        let first = format!("    {name:<9} ");
        text.push_str(&paragraph(&first, &" ".repeat(first.len()), value));
    };
    entry("place", &words(redactor, &finding.place.to_string()));
    entry("problem", &words(redactor, &finding.problem()));
    if let Some(cause) = &finding.cause {
        entry("cause", &format!("likely: {}", words(redactor, cause)));
    }
    if let Some(remark) = &finding.remark {
        entry("remark", &words(redactor, remark));
    }
    if let Some(requirement) = requirement {
        entry("to mend", finding.breach.mend().unwrap_or(&requirement.mend).trim());
        let why = requirement.why.trim();
        match &finding.consequence {
            Some(consequence) => entry("why", &format!("{why} {}", words(redactor, consequence))),
            None => entry("why", why),
        }
        entry("source", requirement.source.trim());
    }
}

fn paragraph(first: &str, further: &str, text: &str) -> String {
    let options = textwrap::Options::new(WIDTH).initial_indent(first).subsequent_indent(further);
    // Values of the client's stay in one piece, so that they can be searched for.
    let options = options.break_words(false).word_splitter(textwrap::WordSplitter::NoHyphenation);
    format!("{}\n", textwrap::fill(&text.split_whitespace().collect::<Vec<_>>().join(" "), options))
}

/// A text that may quote what the client sent.
fn words(redactor: &Redactor, text: &str) -> String {
    printable(redactor.text(text).as_bytes())
}
