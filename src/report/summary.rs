//! The run as a whole, in words.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::engine::{Totals, Trouble};
use crate::verdict::assessment::{Assessment, Readiness};

/// How a run came out, as its totals say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunOutcome {
    /// Every case conforms.
    Conforms,
    /// At least one case broke the contract.
    Breaks,
    /// Nothing is broken, but at least one case was not judged.
    NotJudged,
    /// Only unreviewed snapshots stand in the way.
    Unreviewed,
    /// No case was played at all.
    NothingSelected,
}

/// How a run came out: what is broken weighs most, then what was not judged, then what is unreviewed.
pub fn conclusion(totals: &Totals) -> RunOutcome {
    match totals {
        Totals { break_: 1.., .. } => RunOutcome::Breaks,
        Totals { not_judged: 1.., .. } => RunOutcome::NotJudged,
        Totals { unreviewed: 1.., .. } => RunOutcome::Unreviewed,
        Totals { conform: 1.., .. } => RunOutcome::Conforms,
        // Where the vendor does nothing of it, nothing was judged.
        Totals { declined: 1.., .. } => RunOutcome::NotJudged,
        _ => RunOutcome::NothingSelected,
    }
}

/// How a run ended for whoever started it: the outcome of its cases, and what else may keep it from ending well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The user ended it before its time.
    Interrupted,
    /// The list of known failures is out of date, and nothing else is broken.
    OutdatedList,
    /// A snapshot file could not be read or written, and nothing is broken.
    Troubled,
    /// As its cases came out.
    Cases(RunOutcome),
    /// As a certification came out.
    Certified(Readiness),
}

/// How a run ended; the worst counts. A certification has a word of its own where its cases alone would conform.
pub fn verdict(totals: &Totals, interrupted: bool, troubles: &[Trouble], readiness: Option<Readiness>) -> Verdict {
    let outdated = troubles.iter().any(|trouble| matches!(trouble, Trouble::Known(_)));
    match (readiness, conclusion(totals)) {
        (None, _) | (_, RunOutcome::Unreviewed | RunOutcome::NothingSelected) => {}
        _ if interrupted => return Verdict::Interrupted,
        (Some(Readiness::Refused), _) | (_, RunOutcome::Breaks) => return Verdict::Certified(Readiness::Refused),
        _ if outdated => return Verdict::OutdatedList,
        (_, RunOutcome::NotJudged) => return Verdict::Certified(Readiness::Open),
        (Some(Readiness::Ready), _) if !troubles.is_empty() => return Verdict::Troubled,
        (Some(readiness), _) => return Verdict::Certified(readiness),
    }
    match conclusion(totals) {
        _ if interrupted => Verdict::Interrupted,
        RunOutcome::Breaks => Verdict::Cases(RunOutcome::Breaks),
        _ if outdated => Verdict::OutdatedList,
        outcome @ RunOutcome::NotJudged => Verdict::Cases(outcome),
        _ if !troubles.is_empty() => Verdict::Troubled,
        outcome => Verdict::Cases(outcome),
    }
}

impl Verdict {
    /// What it means, where failures that are accepted for a time may stand behind a good end.
    pub(crate) fn meaning_with(self, assessment: Option<&Assessment>) -> &'static str {
        match (self, assessment.map_or(0, Assessment::accepted)) {
            (Self::Certified(Readiness::Ready), 1..) => {
                "Ready but for known failures: the store would refuse this vendor for what is accepted here for a time."
            }
            _ => self.meaning(),
        }
    }

    /// What it means for whoever wants to submit to the store.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Interrupted => "No verdict: the run was interrupted. What follows is about the cases that had ended.",
            Self::OutdatedList => {
                "The list of known failures is out of date: put it right, then the run says whether the vendor conforms."
            }
            Self::Troubled => "No verdict: a snapshot could not be read or written.",
            Self::Cases(outcome) => outcome.meaning(),
            Self::Certified(Readiness::Ready) => {
                "Ready: everything that the store requires was looked at and holds, as far as it can be seen here."
            }
            Self::Certified(Readiness::Refused) => "Not ready: the store would refuse this vendor as it stands.",
            Self::Certified(Readiness::Open) => {
                "Not ready: nothing is broken, and something that the store requires is still open."
            }
        }
    }
}

impl RunOutcome {
    /// What it means for whoever wants to submit to the store.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Conforms => "The vendor conforms: nothing was found that the store would refuse.",
            Self::Breaks => "The contract is broken: the store would refuse this vendor as it stands.",
            Self::NotJudged => "No verdict: what could not be judged is neither right nor wrong.",
            Self::Unreviewed => {
                "The contract holds, but answers are new or have changed: look at them with `storeproof review`."
            }
            Self::NothingSelected => "No verdict: no case was selected.",
        }
    }
}

/// `62 cases in 12.3 s: 58 conform, 2 break the contract, …  (312 steps, 340 exchanges)`.
pub(crate) fn totals_line(totals: &Totals, elapsed: Duration) -> String {
    let all = totals.conform + totals.break_ + totals.unreviewed + totals.not_judged + totals.declined;
    let (conform, breaks) = match (totals.conform, totals.break_) {
        (1, 1) => ("conforms", "breaks"),
        (1, _) => ("conforms", "break"),
        (_, 1) => ("conform", "breaks"),
        _ => ("conform", "break"),
    };
    let counts: Vec<String> = [
        (totals.conform, conform.to_owned()),
        (totals.break_, format!("{breaks} the contract")),
        (totals.unreviewed, "unreviewed".to_owned()),
        (totals.not_judged, "not judged".to_owned()),
        (totals.declined, "left out".to_owned()),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    let listed = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    format!(
        "{} in {}{listed}  ({}, {})",
        counted(all, "case"),
        duration(elapsed),
        counted(totals.steps, "step"),
        counted(totals.exchanges, "exchange"),
    )
}

/// `1 step`, `14 steps`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{} {what}{}", super::redact::grouped(count), if count == 1 { "" } else { "s" })
}

/// `12 ms` below a tenth of a second, `0.2 s` below a minute, `2 min 5 s` above.
pub(crate) fn duration(time: Duration) -> String {
    match time.as_millis() {
        millis @ 0..100 => format!("{millis} ms"),
        100..60_000 => format!("{:.1} s", time.as_secs_f64()),
        _ => format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is accepted for a time holds no more for that, and whoever reads the report must not think so.
    #[test]
    fn ready_with_known_failures_does_not_say_that_everything_holds() {
        use crate::verdict::assessment::{Assessed, Standing};
        use crate::verdict::{Level, RequirementId};
        let with = |level| Assessment {
            marketplace: "shop".to_owned(),
            dialects: Vec::new(),
            traits: Vec::new(),
            readiness: Readiness::Ready,
            requirements: vec![Assessed {
                requirement: RequirementId::known("SHOP-RULE"),
                level,
                standing: Standing::Known { owner: "Kim".to_owned(), until: "2026-12-28".to_owned() },
                evidence: Vec::new(),
            }],
            coverage: Default::default(),
        };
        let says = |level| Verdict::Certified(Readiness::Ready).meaning_with(Some(&with(level)));
        assert!(says(Level::Must).starts_with("Ready but for known failures"));
        assert!(says(Level::Should).starts_with("Ready: everything"));
    }

    #[test]
    fn the_worst_case_decides_and_the_line_names_what_there_is() {
        let mut totals = Totals { conform: 1, steps: 1, exchanges: 2, ..Totals::default() };
        assert_eq!(conclusion(&totals), RunOutcome::Conforms);
        assert_eq!(
            totals_line(&totals, Duration::from_millis(12)),
            "1 case in 12 ms: 1 conforms  (1 step, 2 exchanges)"
        );
        totals.unreviewed = 1;
        assert_eq!(conclusion(&totals), RunOutcome::Unreviewed);
        totals.not_judged = 2;
        assert_eq!(conclusion(&totals), RunOutcome::NotJudged);
        totals.break_ = 1;
        assert_eq!(conclusion(&totals), RunOutcome::Breaks);
        assert_eq!(
            totals_line(&totals, Duration::from_secs(125)),
            "5 cases in 2 min 5 s: 1 conforms, 1 breaks the contract, 1 unreviewed, 2 not judged  (1 step, 2 exchanges)"
        );
        assert_eq!(conclusion(&Totals::default()), RunOutcome::NothingSelected);
    }

    #[test]
    fn what_is_about_no_case_counts_too() {
        let snapshot = Trouble::Snapshot("snapshots/a.snap: no room".to_owned());
        let listed = Trouble::Known(crate::verdict::KnownTrouble::NoSuchCase {
            case: "shop/a".to_owned(),
            requirement: crate::verdict::RequirementId::known("R"),
            line: 2,
        });
        let mut totals = Totals { conform: 2, ..Totals::default() };
        assert_eq!(verdict(&totals, false, &[], None), Verdict::Cases(RunOutcome::Conforms));
        assert_eq!(verdict(&totals, false, std::slice::from_ref(&snapshot), None), Verdict::Troubled);
        assert_eq!(verdict(&totals, false, &[snapshot, listed.clone()], None), Verdict::OutdatedList);
        assert_eq!(verdict(&totals, true, &[], None), Verdict::Interrupted);
        totals.break_ = 1;
        assert_eq!(verdict(&totals, false, &[listed], None), Verdict::Cases(RunOutcome::Breaks));
    }

    #[test]
    fn what_was_left_out_is_counted_and_is_no_pass() {
        let mut totals = Totals { declined: 2, steps: 2, ..Totals::default() };
        assert_eq!(conclusion(&totals), RunOutcome::NotJudged);
        totals.conform = 1;
        assert_eq!(conclusion(&totals), RunOutcome::Conforms);
        assert_eq!(
            totals_line(&totals, Duration::from_millis(12)),
            "3 cases in 12 ms: 1 conforms, 2 left out  (2 steps, 0 exchanges)"
        );
    }
}
