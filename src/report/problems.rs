//! Several problems that one answer has with one rule, a line each.

use crate::verdict::{Breach, Place};
use crate::wire::Redactor;

use super::group::Group;
use super::redact::words;

/// Problems that are named.
const MOST_PROBLEMS: usize = 8;

/// The problems in sentences; what one object lacks is one of them.
pub(crate) fn lines(groups: &[&Group<'_>], redactor: &Redactor) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let mut lacking: Vec<(&Place, Vec<String>)> = Vec::new();
    for group in groups {
        let finding = &group.first.finding;
        // What one object lacks is one list.
        if let Breach::Schema { keyword, problem, .. } = &finding.breach
            && keyword == "required"
            && let Some(name) = problem.strip_prefix("property ").and_then(|rest| rest.strip_suffix(" is missing"))
        {
            match lacking.iter_mut().find(|(place, _)| **place == finding.place) {
                Some((_, names)) => names.push(name.to_owned()),
                None => lacking.push((&finding.place, vec![name.to_owned()])),
            }
            continue;
        }
        // Only of a place inside the body the sentence does not say where it is.
        let place = match &finding.place {
            place @ Place::Body(pointer) if !pointer.is_empty() => format!("{place}: "),
            _ => String::new(),
        };
        let line = words(redactor, &format!("{place}{}", finding.problem()));
        if !told.contains(&line) {
            told.push(line);
        }
    }
    for (place, names) in lacking.into_iter().rev() {
        told.insert(0, words(redactor, &format!("{} lacks {}", place.subject(), names.join(", "))));
    }
    let more = told.len().saturating_sub(MOST_PROBLEMS);
    told.truncate(MOST_PROBLEMS);
    if more > 0 {
        told.push(format!("and {more} more of the same kind"));
    }
    told
}
