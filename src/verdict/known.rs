//! Failures that are known and accepted for a time.
//!
//! A known failure is a debt with a name and an end: it keeps a run green while a mend is on its way. One that no
//! longer fails, whose end has come, or that matches nothing fails the run, so that the list never outlives its reasons.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::RequirementId;

/// One failure that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KnownFailure {
    /// The case: its whole name, or a pattern with `*`.
    pub case: String,
    /// The requirement that is broken.
    pub requirement: RequirementId,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is.
    pub until: Option<Date>,
}

/// What is wrong with a list of known failures after a run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KnownTrouble {
    /// It no longer fails.
    #[error("the known failure {requirement} in {case} no longer fails: take it off the list")]
    Passed {
        /// The case as listed.
        case: String,
        /// The requirement as listed.
        requirement: RequirementId,
    },
    /// Its time is over.
    #[error("the known failure {requirement} in {case} was accepted until {until}: mend it or agree on a new date")]
    Expired {
        /// The case as listed.
        case: String,
        /// The requirement as listed.
        requirement: RequirementId,
        /// Its last day.
        until: Date,
    },
    /// No case of this run has that name.
    #[error("the known failure {requirement} names {case}, and no case of this run has that name")]
    NoSuchCase {
        /// The case as listed.
        case: String,
        /// The requirement as listed.
        requirement: RequirementId,
    },
}

/// Whether a text matches a pattern in which `*` stands for any text.
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return false };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// A list of known failures, and which of them a run has met.
#[derive(Clone, Debug, Default)]
pub struct KnownFailures {
    entries: Vec<(KnownFailure, Seen)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    case: bool,
    failure: bool,
}

impl KnownFailures {
    /// A list of which nothing has been met.
    pub fn new(entries: impl IntoIterator<Item = KnownFailure>) -> Self {
        Self { entries: entries.into_iter().map(|entry| (entry, Seen::default())).collect() }
    }

    /// The entries in their order.
    pub fn iter(&self) -> impl Iterator<Item = &KnownFailure> {
        self.entries.iter().map(|(entry, _)| entry)
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Notes that a case was judged, and which requirements it broke; gives the entries by which some are still accepted.
    pub fn meet(&mut self, case: &str, broken: &[RequirementId], today: Date) -> Vec<KnownFailure> {
        let mut known = Vec::new();
        for (entry, seen) in &mut self.entries {
            if !matches(&entry.case, case) {
                continue;
            }
            seen.case = true;
            if broken.contains(&entry.requirement) {
                seen.failure = true;
                if entry.until.is_none_or(|until| today <= until) {
                    known.push(entry.clone());
                }
            }
        }
        known
    }

    /// What is wrong with the list, after all cases were met.
    pub fn troubles(&self, today: Date) -> Vec<KnownTrouble> {
        self.entries
            .iter()
            .filter_map(|(entry, seen)| {
                let (case, requirement) = (entry.case.clone(), entry.requirement.clone());
                match (seen.case, seen.failure, entry.until) {
                    (false, _, _) => Some(KnownTrouble::NoSuchCase { case, requirement }),
                    (true, false, _) => Some(KnownTrouble::Passed { case, requirement }),
                    (true, true, Some(until)) if today > until => {
                        Some(KnownTrouble::Expired { case, requirement, until })
                    }
                    (true, true, _) => None,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a/b", "a/b", true)]
    #[case("a/b", "a/bc", false)]
    #[case("a/*", "a/bc", true)]
    #[case("*", "", true)]
    #[case("*/b*", "a/bc", true)]
    #[case("a*c*e", "abcde", true)]
    #[case("a*c*e", "abde", false)]
    fn patterns_match_whole_names(#[case] pattern: &str, #[case] text: &str, #[case] expected: bool) {
        assert_eq!(matches(pattern, text), expected);
    }

    fn list(until: Option<Date>) -> KnownFailures {
        let requirement = RequirementId::known("R");
        let entry = KnownFailure { case: "a/*".into(), requirement, reason: "being mended".into(), until };
        KnownFailures::new([entry])
    }

    #[test]
    fn a_known_failure_is_accepted_until_its_day() {
        let (day, broken) = (date(2026, 5, 1), [RequirementId::known("R")]);
        let mut known = list(Some(day));
        let met: Vec<RequirementId> = known.meet("a/b", &broken, day).into_iter().map(|it| it.requirement).collect();
        assert_eq!(met, broken);
        assert_eq!(known.troubles(day), []);
        let later = date(2026, 5, 2);
        let mut known = list(Some(day));
        assert_eq!(known.meet("a/b", &broken, later), []);
        assert!(matches!(known.troubles(later).as_slice(), [KnownTrouble::Expired { .. }]));
    }

    #[test]
    fn an_entry_that_does_not_fail_or_fits_nothing_is_trouble() {
        let day = date(2026, 5, 1);
        let mut known = list(None);
        known.meet("a/b", &[], day);
        assert!(matches!(known.troubles(day).as_slice(), [KnownTrouble::Passed { .. }]));
        let mut known = list(None);
        known.meet("other", &[], day);
        assert!(matches!(known.troubles(day).as_slice(), [KnownTrouble::NoSuchCase { .. }]));
    }
}
