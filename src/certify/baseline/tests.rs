//! Lists made from cases that came out in every way.

use std::time::Duration;

use jiff::civil::date;

use super::*;
use crate::engine::StepRecord;
use crate::scenario::plan::Spot;
use crate::verdict::{Blocked, Breach, Finding, Place, Weighed};

const SUM: RequirementId = RequirementId::known("KT-BILL-SUM");
const ALIVE: RequirementId = RequirementId::known("KT-HTTP-5XX");
const TODAY: Date = date(2026, 11, 28);

fn case(name: &str, broken: &[(RequirementId, Level)]) -> Arc<CaseRecord> {
    let findings = broken.iter().map(|(requirement, level)| {
        let breach = Breach::Missing { what: "the canary-7 total".to_owned(), because: "it is billed".to_owned() };
        let finding = Finding::new(requirement.clone(), Place::Status, breach);
        Weighed { finding, level: *level, exchange: None }
    });
    let step = StepRecord {
        workflow: "order".to_owned(),
        id: "ask".to_owned(),
        description: None,
        spot: Spot::default(),
        operation: None,
        derived: None,
        task: None,
        tamper: None,
        attempt: 1,
        superseded: false,
        exchanges: Vec::new(),
        visits: Vec::new(),
        findings: findings.collect(),
        readings: Vec::new(),
        skipped: Vec::new(),
        moves: Vec::new(),
        later: Vec::new(),
        snapshot: None,
    };
    let outcome = if broken.is_empty() { Outcome::Conforms } else { Outcome::Breaks };
    record(name, outcome, vec![Arc::new(step)])
}

fn record(name: &str, outcome: Outcome, steps: Vec<Arc<StepRecord>>) -> Arc<CaseRecord> {
    Arc::new(CaseRecord {
        name: name.into(),
        title: String::new(),
        marketplace: None,
        dialect: None,
        outcome,
        steps,
        elapsed: Duration::ZERO,
    })
}

fn read(text: &str) -> Vec<KnownFailure> {
    let document = Document::parse(text).expect("parses");
    let catalogue = crate::spec::embedded::catalogue("kt-bizstore");
    read_known_failures(&document, catalogue).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

fn made(cases: &[Arc<CaseRecord>], text: &str) -> Result<Baseline, String> {
    let entries = if text.is_empty() { Vec::new() } else { read(text) };
    let catalogue = crate::spec::embedded::catalogue("kt-bizstore");
    baseline(cases, text, &entries, &[Secret::new("canary-7")], catalogue, TODAY)
}

fn named(text: &str) -> Vec<String> {
    read(text).into_iter().map(|entry| format!("{} {}", entry.case, entry.requirement)).collect()
}

#[test]
fn what_broke_is_listed_and_read_back() {
    let cases = [
        case("shop/bill/a", &[(SUM, Level::Must), (ALIVE, Level::Should)]),
        case("shop/bill/b", &[]),
        case("shop/ask/c", &[(ALIVE, Level::Must)]),
    ];
    let made = made(&cases, "").expect("is made");
    assert_eq!(made.added, 2);
    assert_eq!(named(&made.text), ["shop/bill/a KT-BILL-SUM", "shop/ask/c KT-HTTP-5XX"]);
    let entry = &read(&made.text)[0];
    assert_eq!(
        entry.reason,
        "found by storeproof certify on 2026-11-28: the [redacted] total is missing (it is billed)"
    );
    assert_eq!((entry.owner.as_str(), entry.expires), ("nobody yet", date(2026, 12, 28)));
}

#[test]
fn a_folder_that_breaks_as_a_whole_is_one_entry() {
    let broken = [(SUM, Level::Must)];
    let mut cases = vec![case("shop/bill/a", &broken), case("shop/bill/b", &broken), case("shop/ask/c", &[])];
    assert_eq!(named(&made(&cases, "").expect("is made").text), ["shop/bill/* KT-BILL-SUM"]);
    cases.push(record("shop/bill/d", Outcome::NotJudged(Blocked::Ended), Vec::new()));
    let text = made(&cases, "").expect("is made").text;
    assert_eq!(named(&text), ["shop/bill/a KT-BILL-SUM", "shop/bill/b KT-BILL-SUM"], "of one nothing is known");
    let files = [case("mine/a.arazzo.yaml", &broken), case("mine/b.arazzo.yaml", &broken)];
    assert_eq!(named(&made(&files, "").expect("is made").text).len(), 2, "others may stand beside them");
}

const LIST: &str = "\
# Ours.
known-failures:
    # Agreed with the billing team.
    - case: shop/bill/*
      rule: KT-BILL-SUM
      reason: being mended
      owner: Kim Mi-rae
      expires: 2026-01-01 # a while ago
";

#[test]
fn what_is_listed_stays_as_it_is_written() {
    let cases = [case("shop/bill/a", &[(SUM, Level::Must)]), case("shop/ask/c", &[(ALIVE, Level::Must)])];
    let made_of_all = made(&cases, LIST).expect("is made");
    assert!(made_of_all.text.starts_with(LIST), "{}", made_of_all.text);
    assert_eq!(named(&made_of_all.text), ["shop/bill/* KT-BILL-SUM", "shop/ask/c KT-HTTP-5XX"]);
    let again = made(&cases, &made_of_all.text).expect("is made");
    assert_eq!(again, Baseline { text: made_of_all.text, added: 0 });
    assert_eq!(made(&[], LIST).expect("is made").text, LIST);
}

#[test]
fn a_list_that_cannot_be_added_to_is_left_alone() {
    let flow = "known-failures: [{case: a, rule: KT-BILL-SUM, reason: x, owner: y, expires: 2026-12-01}]\n";
    made(&[case("shop/ask/c", &[(ALIVE, Level::Must)])], flow).expect_err("must be done by hand");
    let empty = made(&[case("shop/ask/c", &[(ALIVE, Level::Must)])], "known-failures: []\n").expect("is made");
    assert_eq!(named(&empty.text), ["shop/ask/c KT-HTTP-5XX"]);
}
