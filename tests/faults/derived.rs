//! Cases that are computed from grounds: the faultless vendor bears them all, they resolve whatever the ground, and what
//! is written out is what is played.

use std::collections::BTreeMap;

use rstest::rstest;
use storeproof::certify::derive::Written;
use storeproof::spec::embedded;
use storeproof::verdict::Outcome;

use crate::{reported, support};

/// Names of the grounds of a marketplace.
fn grounds(marketplace: &str) -> Vec<&'static str> {
    let files = embedded::scenarios().filter(|file| file.marketplace() == marketplace);
    files.map(|file| file.name()).filter(|name| name.contains("/sound/")).collect()
}

#[rstest]
fn the_faultless_vendor_bears_every_computed_case(
    #[values(1, 2)] seed: u64,
    #[values("kt-bizstore", "koogallery")] marketplace: &str,
) {
    let mut wrong = Vec::new();
    let mut steps = 0;
    for ground in grounds(marketplace) {
        for case in support::derived(ground, &Written::default()) {
            let plan = support::plan_of(&case);
            steps += plan.workflows[0].steps.len();
            let record = support::pure::play_plan(plan, &[], seed);
            if record.outcome != Outcome::Conforms || reported(&record) != BTreeMap::new() {
                let findings = record.steps.iter().flat_map(|step| {
                    step.findings
                        .iter()
                        .map(|found| format!("    {}: {} {}", step.id, found.finding.requirement, found.finding.breach))
                });
                wrong.push(format!("{} {:?}\n{}", case.name, record.outcome, findings.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    eprintln!("{steps} steps");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
