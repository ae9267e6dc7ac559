//! Walks, deliveries and schedules of retries, against the reference vendors.

use std::collections::BTreeMap;

use rstest::rstest;
use storeproof::engine::CaseRecord;
use storeproof::market::life::life;
use storeproof::verdict::Outcome;

use crate::{reported, support};

/// What a case found, for the message of a test.
fn told(record: &CaseRecord) -> String {
    let findings = record.steps.iter().filter(|step| !step.superseded).flat_map(|step| {
        step.findings.iter().map(|found| {
            let cause = found.finding.cause.as_deref().unwrap_or_default();
            format!("    {}: {} {} ({cause})", step.id, found.finding.requirement, found.finding.breach)
        })
    });
    format!("{} {:?}\n{}", record.name, record.outcome, findings.collect::<Vec<_>>().join("\n"))
}

/// Seeds in as many parts as there are threads to share them.
#[rstest]
fn the_faultless_vendor_conforms_wherever_a_walk_goes(
    #[values(0, 1, 2, 3)] part: u64,
    #[values("kt-bizstore", "koogallery")] marketplace: &str,
) {
    let mut wrong = Vec::new();
    for seed in (1..=20).filter(|seed| seed % 4 == part) {
        for case in support::of_lives(marketplace, seed, 5).into_iter().filter(|case| case.name.contains("/walks/")) {
            let record = support::pure::play_plan(support::plan_of(&case), &[], seed);
            if record.outcome != Outcome::Conforms || reported(&record) != BTreeMap::new() {
                wrong.push(format!("seed {seed}: {}", told(&record)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[rstest]
fn the_faultless_vendor_bears_every_delivery(#[values("kt-bizstore", "koogallery")] marketplace: &str) {
    let mut wrong = Vec::new();
    for case in support::of_lives(marketplace, 1, 0) {
        let record = support::pure::play_plan(support::plan_of(&case), &[], 1);
        if record.outcome != Outcome::Conforms || reported(&record) != BTreeMap::new() {
            wrong.push(told(&record));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the exchanges of walks move is what the table has, and together they go everywhere.
#[rstest]
#[case("kt-bizstore", "bizstore-2.1.2")]
#[case("koogallery", "saas-v2")]
#[case("koogallery", "saas-v1")]
fn walks_go_all_the_ways_of_the_table(#[case] marketplace: &str, #[case] dialect: &str) {
    let table = life(marketplace, dialect).expect("has a life").transitions(&[]);
    let cases = support::of_lives(marketplace, 3, 30);
    let plans = cases.iter().filter(|case| case.name.contains("/walks/")).map(support::plan_of);
    let of_dialect = plans.filter(|plan| plan.dialect.as_deref() == Some(dialect));
    let mut seen = Vec::new();
    for plan in of_dialect {
        let record = support::pure::play_plan(plan, &[], 3);
        seen.extend(record.steps.iter().flat_map(|step| step.moves.clone()));
    }
    let missing: Vec<String> = table.iter().filter(|step| !seen.contains(step)).map(ToString::to_string).collect();
    assert!(missing.is_empty(), "never went {missing:#?}");
}
