//! Failures that are known and accepted for a time.
//!
//! A known failure is a debt with a name and an end: it keeps a run green while a mend is on its way. One that no
//! longer fails, whose end has come, or that names no case fails the run, so that the list never outlives its reasons.
//! None of that is said on the word of cases that nobody has judged.

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
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it is accepted.
    pub expires: Date,
    /// Line of the list on which it stands, counted from 1.
    pub line: usize,
}

impl KnownFailure {
    /// Why, how long and on whose word it is accepted, as a phrase.
    pub fn terms(&self) -> String {
        let Self { reason, owner, expires, .. } = self;
        format!("{reason}, until {expires} ({owner} answers for it)")
    }
}

/// What is wrong with a list of known failures after a run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KnownTrouble {
    /// It no longer fails.
    #[error("the known failure {requirement} in {case} no longer fails: take it off the list (line {line})")]
    Passed {
        /// The case as listed.
        case: String,
        /// The requirement as listed.
        requirement: RequirementId,
        /// Line of the list.
        line: usize,
    },
    /// Its time is over.
    #[error(
        "the known failure {requirement} in {case} was accepted until {expires}: mend it, or have {owner} agree on a \
         new date (line {line} of the list)"
    )]
    Expired {
        /// The case as listed.
        case: String,
        /// The requirement as listed.
        requirement: RequirementId,
        /// Who answers for it.
        owner: String,
        /// Its last day.
        expires: Date,
        /// Line of the list.
        line: usize,
    },
    /// No case has that name.
    #[error("the known failure {requirement} names {case}, and no case has that name (line {line} of the list)")]
    NoSuchCase {
        /// The case as listed.
        case: String,
        /// The requirement as listed.
        requirement: RequirementId,
        /// Line of the list.
        line: usize,
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

/// What a run can say of entries that name none of its cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scope {
    /// Names and folders of which every case is known; `""` for everything. An entry elsewhere is another run's.
    pub asked: Vec<String>,
    /// Cases that are there and no part of the run: filtered out, of another product or dialect.
    pub beside: Vec<String>,
    /// Folders in which there may be further cases.
    pub beyond: Vec<String>,
    /// Folders whose cases are others in every run, so that one which conforms says nothing of the next.
    pub chance: Vec<String>,
}

impl Default for Scope {
    /// Everything was asked for, and there is nothing else.
    fn default() -> Self {
        Self { asked: vec![String::new()], beside: Vec::new(), beyond: Vec::new(), chance: Vec::new() }
    }
}

/// Whether a pattern may name a case of a folder.
fn reaches_into(pattern: &str, folder: &str) -> bool {
    let literal = pattern.split('*').next().unwrap_or_default();
    let inside = literal.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    inside || pattern.contains('*') && folder.starts_with(literal)
}

impl Scope {
    /// Whether there is no case of a pattern.
    fn lacks(&self, pattern: &str) -> bool {
        let asked = |asked: &String| {
            let asked = asked.trim_end_matches('/');
            asked.is_empty() || pattern == asked || reaches_into(pattern, asked)
        };
        self.asked.iter().any(asked) && !self.knows_more(pattern)
    }

    /// Whether cases that were not played may fit a pattern.
    fn leaves_out(&self, pattern: &str) -> bool {
        let literal = pattern.split('*').next().unwrap_or_default();
        let covers =
            |asked: &String| asked.is_empty() || literal.starts_with(&format!("{}/", asked.trim_end_matches('/')));
        !self.asked.iter().any(covers) || self.knows_more(pattern)
    }

    fn knows_more(&self, pattern: &str) -> bool {
        let computed = self.beyond.iter().any(|folder| reaches_into(pattern, folder));
        computed || self.beside.iter().any(|case| matches(pattern, case))
    }
}

/// A list of known failures, and which of them a run has met.
#[derive(Clone, Debug, Default)]
pub struct KnownFailures {
    entries: Vec<(KnownFailure, Seen)>,
    scope: Scope,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// A case of that name was judged.
    judged: bool,
    /// A case of that name was not.
    open: bool,
    /// It failed.
    failed: bool,
}

impl KnownFailures {
    /// A list of which nothing has been met.
    pub fn new(entries: impl IntoIterator<Item = KnownFailure>) -> Self {
        let entries = entries.into_iter().map(|entry| (entry, Seen::default())).collect();
        Self { entries, scope: Scope::default() }
    }

    /// The same for a run of this scope.
    #[must_use]
    pub fn within(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// What the run can say of entries that name none of its cases.
    pub fn scope(&self) -> &Scope {
        &self.scope
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
        for (entry, seen) in self.entries.iter_mut().filter(|(entry, _)| matches(&entry.case, case)) {
            seen.judged = true;
            if broken.contains(&entry.requirement) {
                seen.failed = true;
                if today <= entry.expires {
                    known.push(entry.clone());
                }
            }
        }
        known
    }

    /// Notes that a case was to be played, and nothing can be said of it.
    pub fn pass_over(&mut self, case: &str) {
        for (_, seen) in self.entries.iter_mut().filter(|(entry, _)| matches(&entry.case, case)) {
            seen.open = true;
        }
    }

    /// What is wrong with the list, after all cases were met or passed over.
    ///
    /// That something no longer fails is said only where every case that it names was judged.
    pub fn troubles(&self, today: Date) -> Vec<KnownTrouble> {
        let trouble = |(entry, seen): &(KnownFailure, Seen)| {
            let KnownFailure { case, requirement, owner, expires, line, .. } = entry.clone();
            // Who names one case means no other.
            let whole = seen.judged && !case.contains('*');
            let unsure = seen.open
                || self.scope.chance.iter().any(|folder| reaches_into(&case, folder))
                || !whole && self.scope.leaves_out(&case);
            match seen {
                Seen { failed: false, judged: true, .. } if !unsure => {
                    Some(KnownTrouble::Passed { case, requirement, line })
                }
                Seen { judged: true, .. } | Seen { open: true, .. } if today > expires => {
                    Some(KnownTrouble::Expired { case, requirement, owner, expires, line })
                }
                Seen { judged: false, open: false, .. } if self.scope.lacks(&case) => {
                    Some(KnownTrouble::NoSuchCase { case, requirement, line })
                }
                _ => None,
            }
        };
        self.entries.iter().filter_map(trouble).collect()
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

    const DAY: Date = date(2026, 5, 1);

    fn list(scope: Scope) -> KnownFailures {
        let entry = KnownFailure {
            case: "a/*".into(),
            requirement: RequirementId::known("R"),
            reason: "being mended".into(),
            owner: "Kim Mi-rae".into(),
            expires: DAY,
            line: 2,
        };
        KnownFailures::new([entry]).within(scope)
    }

    #[test]
    fn a_known_failure_is_accepted_until_its_day() {
        let broken = [RequirementId::known("R")];
        let mut known = list(Scope::default());
        let met: Vec<RequirementId> = known.meet("a/b", &broken, DAY).into_iter().map(|it| it.requirement).collect();
        assert_eq!(met, broken);
        assert_eq!(known.troubles(DAY), []);
        let later = date(2026, 5, 2);
        let mut known = list(Scope::default());
        assert_eq!(known.meet("a/b", &broken, later), []);
        let [trouble] = &known.troubles(later)[..] else { panic!("one") };
        assert_eq!(
            trouble.to_string(),
            "the known failure R in a/* was accepted until 2026-05-01: mend it, or have Kim Mi-rae agree on a new \
             date (line 2 of the list)"
        );
    }

    #[test]
    fn an_entry_that_does_not_fail_or_fits_nothing_is_trouble() {
        let mut known = list(Scope::default());
        known.meet("a/b", &[], DAY);
        assert!(matches!(known.troubles(DAY).as_slice(), [KnownTrouble::Passed { .. }]));
        let mut known = list(Scope::default());
        known.meet("other", &[], DAY);
        assert!(matches!(known.troubles(DAY).as_slice(), [KnownTrouble::NoSuchCase { .. }]));
    }

    #[test]
    fn nothing_has_passed_as_long_as_a_case_of_the_name_is_open() {
        let mut known = list(Scope::default());
        known.meet("a/b", &[], DAY);
        known.pass_over("a/c");
        assert_eq!(known.troubles(DAY), [], "a case was not judged");
        assert!(matches!(known.troubles(date(2026, 5, 2)).as_slice(), [KnownTrouble::Expired { .. }]));
        let mut known = list(Scope { beside: vec!["a/c".into()], ..Scope::default() });
        known.meet("a/b", &[], DAY);
        assert_eq!(known.troubles(DAY), [], "a case was filtered out");
        let mut known = list(Scope { beyond: vec!["a/computed".into()], ..Scope::default() });
        known.meet("a/b", &[], DAY);
        assert_eq!(known.troubles(DAY), [], "there may be cases that are computed elsewhere");
        let mut known = list(Scope { chance: vec!["a".into()], ..Scope::default() });
        known.meet("a/b", &[], DAY);
        assert_eq!(known.troubles(DAY), [], "it is another case with every seed");
        let mut known = list(Scope { asked: vec!["a/b".into()], ..Scope::default() });
        known.meet("a/b", &[], DAY);
        assert_eq!(known.troubles(DAY), [], "one file of a folder was asked for");
    }

    #[rstest]
    #[case::everything("", true)]
    #[case::its_folder("a", true)]
    #[case::a_folder_in_it("a/b", true)]
    #[case::another("b", false)]
    #[case::one_that_begins_so("ab", false)]
    fn an_entry_of_another_run_is_left_alone(#[case] asked: &str, #[case] told: bool) {
        let known = list(Scope { asked: vec![asked.into()], ..Scope::default() });
        assert_eq!(known.troubles(DAY).len(), usize::from(told));
        let known = list(Scope { asked: vec![asked.into()], beside: vec!["a/x".into()], ..Scope::default() });
        assert_eq!(known.troubles(DAY), [], "it is filtered out");
    }
}
