//! Plain Arazzo documents, judged as another runner judges them.
//!
//! `benches/respect` plays the same documents with Redocly Respect and compares; what is expected here was found there.

use std::process::Command;

use rstest::rstest;
use serde_json::Value;

#[path = "fixtures/respect/vendor.rs"]
mod vendor;
#[path = "fixtures/respect/verdict.rs"]
mod verdict;

use vendor::Manners;

fn play(document: &str, manners: Manners) -> (Option<i32>, Value) {
    let shop = vendor::open(manners).expect("a free port");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/respect");
    let output = Command::new(env!("CARGO_BIN_EXE_storeproof"))
        .current_dir(folder)
        .args(["run", document, "--report", "json", "--vendor", shop.base()])
        .output()
        .expect("the program starts");
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no report: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), report)
}

#[rstest]
#[case("five.arazzo.yaml", 5)]
#[case("fifty.arazzo.yaml", 50)]
fn a_good_vendor_is_right_at_every_step(#[case] document: &str, #[case] steps: usize) {
    let (code, report) = play(document, Manners::Good);
    let verdicts = verdict::verdicts(&report);
    assert_eq!((code, verdicts.len()), (Some(0), steps), "{verdicts:?}");
    assert!(verdicts.values().all(|right| *right), "{verdicts:?}");
}

#[test]
fn three_mistakes_are_found_where_they_are() {
    let (code, report) = play("fifty.arazzo.yaml", Manners::Bad);
    let verdicts = verdict::verdicts(&report);
    assert_eq!(code, Some(1));
    let wrong: Vec<&str> = verdicts.iter().filter(|(_, right)| !**right).map(|(name, _)| name.as_str()).collect();
    // The order of C-3 is wrong wherever it is shown; a criterion holds nevertheless, so that its steps go on.
    let expected = ["order-3/create", "order-3/list", "order-3/wait-until-ready", "order-5/list", "order-7/gone"];
    assert_eq!(wrong, expected);
    // What comes after a criterion that failed is not played.
    assert!(!verdicts.contains_key("order-5/cancel"));
}
