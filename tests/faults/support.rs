//! What several tests need: cases played against the reference vendor.

pub(crate) mod client;
pub(crate) mod place;
pub(crate) mod pure;
pub(crate) mod sockets;

use std::sync::Arc;

use storeproof::certify::derive::{self, Written};
use storeproof::certify::{Computed, deliver, walk};
use storeproof::engine::CaseRecord;
use storeproof::run::{Loader, Origin};
use storeproof::scenario::plan::Plan;
use storeproof::spec::{Document, embedded};
use storeproof::verdict::Catalogue;

use crate::table::Circumstances;

/// Requirements that are told as readings and never held against a vendor, so that nothing breaks them.
pub(crate) const TOLD_ONLY: &[&str] = &[
    // The window of ten minutes; tests/faults/main.rs plays both readings.
    "KT-AUTH-WINDOW-10M",
    // Whether `exp` is looked at.
    "KT-AUTH-EXP",
];

/// Requirements that no fault of a reference vendor can break, and the tests that do.
pub(crate) const ELSEWHERE: &[(&str, &str)] = &[
    // Where a case says which values are meant, commas are told as SCP-COURSE-ARGUMENTS.
    ("SCP-PARAM-LIST", "a unit test, `src/market/scp/judge/tests.rs`"),
];

/// The rules of the marketplace that a case is of.
pub(crate) fn catalogue(case: &str) -> Arc<Catalogue> {
    Arc::new(embedded::catalogue(case.split('/').next().unwrap_or_default()).clone())
}

/// The cases that are computed from a ground.
pub(crate) fn derived(ground: &str, written: &Written) -> Vec<Computed> {
    let file = embedded::scenario(ground).unwrap_or_else(|| panic!("{ground} is embedded"));
    derive::cases(&file.document(), &plan(ground), written)
}

/// A computed case, resolved.
pub(crate) fn plan_of(case: &Computed) -> Arc<Plan> {
    let loader = Loader::new(None, catalogue(&case.name));
    let document = Document::with_positions(case.document.clone(), []);
    loader.plan_of(&document, &case.name).unwrap_or_else(|problems| panic!("{}: {problems}", case.name))
}

/// The computed cases about lives, of every dialect that has one: walks of a seed, and deliveries.
pub(crate) fn of_lives(marketplace: &str, seed: u64, walks: usize) -> Vec<Computed> {
    let dialects = ["bizstore-2.1.2", "saas-v2", "saas-v1"];
    let cases = dialects.iter().flat_map(|dialect| {
        let walks = walk::walks(marketplace, dialect, &[], seed, walks);
        walks.into_iter().chain(deliver::deliveries(marketplace, dialect, &[]))
    });
    cases.collect()
}

/// The computed case of this name: walks are of seed 1.
pub(crate) fn computed(name: &str) -> Computed {
    let cases = match name.split_once("/derived/") {
        Some((before, behind)) => {
            let (behind, _) = behind.rsplit_once('/').expect("a computed case has a kind");
            derived(&format!("{before}/sound/{behind}"), &Written::default())
        }
        None => of_lives(name.split('/').next().unwrap_or_default(), 1, 20),
    };
    cases.into_iter().find(|case| case.name == name).unwrap_or_else(|| panic!("{name} is computed"))
}

/// An embedded scenario, or a computed case.
pub(crate) fn plan(name: &str) -> Arc<Plan> {
    let Some(file) = embedded::scenario(name) else { return plan_of(&computed(name)) };
    let loader = Loader::new(None, catalogue(name));
    loader.plan(&Origin::Embedded(file.path), name).unwrap_or_else(|error| panic!("{error}"))
}

/// Plays a case against a vendor with one fault: without sockets, unless the fault needs them.
pub(crate) fn play(case: &str, fault: &str) -> CaseRecord {
    pure::try_play(case, &[fault], 1).unwrap_or_else(|pure::NeedsSockets| sockets::play(case, &[fault]))
}

/// Plays a case against a vendor under these circumstances.
pub(crate) fn play_under(case: &str, fault: Option<&str>, under: &Circumstances) -> CaseRecord {
    let faults: Vec<&str> = fault.into_iter().collect();
    pure::try_play_plan(&plan(case), &faults, under, &catalogue(case))
        .unwrap_or_else(|pure::NeedsSockets| sockets::play(case, &faults))
}
