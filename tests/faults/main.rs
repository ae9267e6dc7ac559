//! The matrix that keeps the checks honest: the faultless reference vendor trips nothing, and each fault trips its check.
//!
//! `tests/fixtures/faults/kt-bizstore.tsv` names for each fault the case that shows it and the requirement that it
//! breaks. The engine and the vendor are both pure, so most of the matrix runs without a socket and without waiting:
//! the clock jumps to whatever the engine waits for. Faults of the transport are played over real sockets.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rstest::rstest;
use storeproof::engine::CaseRecord;
use storeproof::market::{self, kt_bizstore};
use storeproof::spec::embedded;
use storeproof::verdict::{Level, Outcome};

const TABLE: &str = include_str!("../fixtures/faults/kt-bizstore.tsv");

/// One row: the fault, the case that shows it, the requirement that it breaks.
struct Row {
    fault: &'static str,
    shown: Shown,
}

enum Shown {
    /// A case reports this requirement.
    In { case: &'static str, requirement: &'static str },
    /// No judge can tell it from a conforming vendor, and why.
    Never,
}

fn rows() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let mut columns = line.split('\t');
            let mut next = || columns.next().unwrap_or_else(|| panic!("{line:?} has three columns"));
            let (fault, case, requirement) = (next(), next(), next());
            let shown = if case == "-" { Shown::Never } else { Shown::In { case, requirement } };
            Row { fault, shown }
        })
        .collect()
}

/// Requirements that a case reports, with their weight.
fn reported(record: &CaseRecord) -> BTreeMap<String, Level> {
    let mut reported = BTreeMap::new();
    for step in record.steps.iter().filter(|step| !step.superseded) {
        for weighed in &step.findings {
            reported.insert(weighed.finding.requirement.to_string(), weighed.level);
        }
    }
    reported
}

#[rstest]
fn the_faultless_vendor_trips_nothing(#[values(1, 2, 3)] seed: u64) {
    for scenario in embedded::scenarios() {
        let record = support::pure::play(scenario.name(), &[], seed);
        assert_eq!(record.outcome, Outcome::Conforms, "{}: {:#?}", scenario.name(), reported(&record));
        assert_eq!(reported(&record), BTreeMap::new(), "{}", scenario.name());
    }
}

/// The faults in as many parts as there are threads to share them.
#[rstest]
fn each_fault_trips_its_check(#[values(0, 1, 2, 3, 4, 5, 6, 7)] part: usize) {
    let mut wrong = Vec::new();
    for row in rows().iter().skip(part).step_by(8) {
        let Shown::In { case, requirement } = row.shown else { continue };
        let record = support::play(case, row.fault);
        let reported = reported(&record);
        match reported.get(requirement) {
            None => wrong.push(format!("{}: {case} reports {reported:?} and not {requirement}", row.fault)),
            Some(Level::Must) if record.outcome != Outcome::Breaks => {
                wrong.push(format!("{}: {case} reports {requirement} and ends as {:?}", row.fault, record.outcome));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_has_a_row() {
    let faults: BTreeSet<&str> = market::faults("kt-bizstore").into_iter().map(|(name, _)| name).collect();
    let listed: BTreeSet<&str> = rows().iter().map(|row| row.fault).collect();
    assert_eq!(faults, listed);
}

#[test]
fn every_rule_that_is_judged_has_a_fault_that_breaks_it() {
    let tripped: BTreeSet<&str> = rows()
        .iter()
        .filter_map(|row| match row.shown {
            Shown::In { requirement, .. } => Some(requirement),
            Shown::Never => None,
        })
        .collect();
    let missing: Vec<String> = kt_bizstore::judged()
        .into_iter()
        .map(|requirement| requirement.to_string())
        .filter(|requirement| !tripped.contains(requirement.as_str()))
        .filter(|requirement| !support::ELSEWHERE.contains(&requirement.as_str()))
        .collect();
    assert!(missing.is_empty(), "no fault breaks {}", missing.join(", "));
}

#[test]
fn every_rule_is_covered_by_a_check_and_every_check_names_a_rule() {
    let judged: BTreeSet<String> = kt_bizstore::judged().iter().map(ToString::to_string).collect();
    let mut known = judged.clone();
    for scenario in embedded::scenarios() {
        let plan = support::plan(scenario.name());
        let steps = plan.workflows.iter().flat_map(|workflow| &workflow.steps);
        known.extend(steps.filter_map(|step| step.extension.requirement.as_ref()).map(ToString::to_string));
    }
    let catalogue = embedded::catalogue("kt-bizstore");
    let own: Vec<_> = catalogue.iter().filter(|requirement| requirement.id.as_str().starts_with("KT-")).collect();
    let uncovered: Vec<&str> = own
        .iter()
        .filter(|requirement| requirement.level != Level::Manual && !known.contains(requirement.id.as_str()))
        .map(|requirement| requirement.id.as_str())
        .collect();
    assert!(uncovered.is_empty(), "no check covers {uncovered:?}");
    let named: BTreeSet<&str> = own.iter().map(|requirement| requirement.id.as_str()).collect();
    let nameless: Vec<&String> =
        judged.iter().filter(|id| id.starts_with("KT-") && !named.contains(id.as_str())).collect();
    assert!(nameless.is_empty(), "no requirement says why {nameless:?} matter");
}

#[test]
fn a_step_that_is_superseded_is_evidence_and_nothing_is_held_against_the_vendor() {
    let record = support::pure::play("kt-bizstore/life-cycle/first-to-last", &[], 1);
    let polled: Vec<_> = record.steps.iter().filter(|step| step.superseded).collect();
    assert!(!polled.is_empty(), "the set-up takes time, so the status is asked more than once");
    assert_eq!(record.outcome, Outcome::Conforms);
    assert!(Arc::strong_count(&record.steps[0]) >= 1);
}

#[rstest]
#[case::strict(None, "is refused")]
#[case::as_the_readme_has_it(Some("accept-too-old-9m"), "is accepted")]
fn a_window_of_ten_minutes_is_told_and_not_held_against_the_vendor(#[case] fault: Option<&str>, #[case] met: &str) {
    let faults: Vec<&str> = fault.into_iter().collect();
    let record = support::pure::play("kt-bizstore/authentication/status", &faults, 1);
    let readings = record.steps.iter().flat_map(|step| &step.readings);
    let told = readings.filter(|reading| reading.requirement.as_str() == "KT-AUTH-WINDOW-10M").collect::<Vec<_>>();
    assert!(!told.is_empty() && told.iter().all(|reading| reading.met.ends_with(met)), "{told:?}");
}
