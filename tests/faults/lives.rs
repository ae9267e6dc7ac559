//! Walks, deliveries and schedules of retries, against the reference vendors.

use std::collections::BTreeMap;

use rstest::rstest;
use storeproof::engine::CaseRecord;
use storeproof::market::life::life;
use storeproof::verdict::Outcome;
use storeproof::wire::Caller;

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
    let cases = support::of_lives(marketplace, 3, 60);
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

/// What brought back what was gone is named, and so is when a delivery came.
#[rstest]
#[case(
    "create-again-revives",
    "koogallery/deliveries/create/late-when-released",
    "after the release came the creation"
)]
#[case("release-twice-revives", "koogallery/deliveries/release/twice", "after the release came a second release")]
#[case("released-renewal-revives", "koogallery/deliveries/renew/late-when-released", "came the renewal")]
#[case(
    "resign-twice-revives",
    "kt-bizstore/deliveries/resign/late-when-deleted",
    "the withdrawal was delivered again in between"
)]
#[case("status-registers", "kt-bizstore/walks/8", "a question must not register anybody")]
fn what_brought_it_back_is_named(#[case] fault: &str, #[case] case: &str, #[case] cause: &str) {
    let record = support::pure::play(case, &[fault], 1);
    assert!(told(&record).contains(cause), "{}", told(&record));
}

#[test]
fn a_retry_of_hours_is_played_at_once() {
    let record = support::pure::play("koogallery/deliveries/create/retried-hourly", &[], 1);
    let step = record.steps.iter().find(|step| !step.later.is_empty()).expect("a step has a schedule");
    let hours: Vec<u64> = step.later.iter().map(|time| time.as_secs() / 3600).collect();
    assert_eq!(hours, [1, 2, 3]);
    let calls = step.exchanges.iter().filter(|exchange| exchange.caller == Caller::Marketplace);
    let times: Vec<_> = calls.map(|exchange| exchange.started).collect();
    assert_eq!(times.len(), 4);
    assert!(times.iter().all(|time| time.duration_since(times[0]).as_secs() < 10), "{times:?}");
}
