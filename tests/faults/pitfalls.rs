//! What vendors get wrong in practice is found, and the message names it: `tests/fixtures/pitfalls.tsv`.

use std::collections::BTreeSet;

use rstest::rstest;
use storeproof::spec::embedded;
use storeproof::verdict::RequirementId;

use crate::support;

const TABLE: &str = include_str!("../fixtures/pitfalls.tsv");

/// The rows that are numbered in the list, without those of the kit and of OAuth and those of Samsung's store.
fn expected() -> impl Iterator<Item = String> {
    let rows = (1..=29).chain(36..=47).chain(51..=58);
    rows.map(|row| row.to_string()).chain(["17a".to_owned()])
}

fn lines() -> impl Iterator<Item = Vec<&'static str>> {
    TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.split('\t').collect())
}

#[test]
fn every_row_is_answered() {
    let listed: BTreeSet<String> = lines().map(|line| line[0].to_owned()).collect();
    assert_eq!(listed, expected().collect());
    assert!(lines().all(|line| line.len() == if line[1] == "-" { 3 } else { 5 }));
}

/// The problem, its cause and how to mend it: what a report prints of a finding.
#[rstest]
fn every_pitfall_is_found_and_its_message_names_it(#[values(0, 1, 2, 3)] part: usize) {
    let mut wrong = Vec::new();
    for line in lines().filter(|line| line[1] != "-").skip(part).step_by(4) {
        let [row, fault, case, requirement, told] = line[..] else { panic!("{line:?}") };
        let record = support::play(case, fault);
        let catalogue = embedded::catalogue(case.split('/').next().unwrap_or_default());
        let mend = catalogue.get(&RequirementId::new(requirement)).map_or("", |known| known.mend.as_str());
        let findings = record.steps.iter().filter(|step| !step.superseded).flat_map(|step| &step.findings);
        let found = findings.filter(|weighed| weighed.finding.requirement.as_str() == requirement);
        let said = found.map(|weighed| {
            let finding = &weighed.finding;
            format!("{} | {}", finding.breach, finding.cause.as_deref().unwrap_or_default())
        });
        let said: Vec<String> = said.collect();
        if said.is_empty() {
            wrong.push(format!("{row} {fault}: {case} does not report {requirement}: {:?}", crate::reported(&record)));
        } else if !said.iter().any(|text| text.contains(told)) && !mend.contains(told) {
            wrong.push(format!("{row} {fault}: nothing says {told:?}: {said:#?} | {mend}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
