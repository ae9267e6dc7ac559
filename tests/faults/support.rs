//! What several tests need: cases played against the reference vendor.

pub(crate) mod client;
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

/// Requirements that no fault of a vendor on this machine can break; the tests named beside them do.
pub(crate) const ELSEWHERE: &[&str] = &[
    // tests/faults/main.rs, on the window of ten minutes: told, and never held against a vendor.
    "KT-AUTH-WINDOW-10M",
    // The same: whether `exp` is looked at is told.
    "KT-AUTH-EXP",
    // tests/judge.rs: answers of a vendor that is not on this machine.
    "KT-HTTPS",
    "KT-APPLY-LOCATION-HTTPS",
    "KT-TLS",
    "KT-RESIGN-PROOF",
    // src/market/koogallery/judge/tests: both readings of the unit are told, and answers of a vendor that is not on this
    // machine.
    "KG-V2-AUTH-UNIT",
    "KG-HTTPS",
    "KG-TLS",
    "KG-HOST",
    "KG-PORT",
    // src/market/koogallery/judge/push.rs: records that an honest vendor of ours cannot make, or that look honest.
    "KG-USAGE-AK-SK",
    "KG-USAGE-PACKAGE",
    // src/market/scp/judge/tests.rs: there is a greatest limit only where the user sets one.
    "SCP-PARAM-LIMIT",
    // The same: where a case says which values are meant, commas are told as SCP-COURSE-ARGUMENTS.
    "SCP-PARAM-LIST",
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

/// An embedded scenario, or a computed case: walks are of seed 1.
pub(crate) fn plan(name: &str) -> Arc<Plan> {
    let computed = if let Some((before, behind)) = name.split_once("/derived/") {
        let (behind, _) = behind.rsplit_once('/').expect("a computed case has a kind");
        Some(derived(&format!("{before}/sound/{behind}"), &Written::default()))
    } else if name.contains("/walks/") || name.contains("/deliveries/") {
        Some(of_lives(name.split('/').next().unwrap_or_default(), 1, 20))
    } else {
        None
    };
    if let Some(cases) = computed {
        return plan_of(cases.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("{name} is computed")));
    }
    let file = embedded::scenario(name).unwrap_or_else(|| panic!("{name} is embedded"));
    let loader = Loader::new(None, catalogue(name));
    loader.plan(&Origin::Embedded(file.path), name).unwrap_or_else(|error| panic!("{error}"))
}

/// Plays a case against a vendor with one fault: without sockets, unless the fault needs them.
pub(crate) fn play(case: &str, fault: &str) -> CaseRecord {
    pure::try_play(case, &[fault], 1).unwrap_or_else(|pure::NeedsSockets| sockets::play(case, &[fault]))
}
