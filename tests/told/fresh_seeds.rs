//! A run without a seed takes a fresh one, and says which.

use crate::support::storeproof;

/// The last word of the first line.
fn seed(out: &str) -> u64 {
    let first = out.lines().next().expect("a line");
    let seed = first.rsplit_once("seed ").expect("the seed").1;
    seed.parse().unwrap_or_else(|_| panic!("{first}"))
}

#[test]
fn two_runs_do_not_meet_the_same_customers_and_the_line_that_runs_one_again_does() {
    let words = "run kt-bizstore/registration/repeated --vendor reference:apply-known-409";
    let one = storeproof(words);
    let other = storeproof(&format!("{words} --report human,json=report.json,junit=report.xml"));
    assert_ne!(seed(&one.out), seed(&other.out));
    let given = format!("--seed {}", seed(&other.out));
    assert!(other.out.contains(&given), "{other}");
    let file = |name: &str| std::fs::read_to_string(other.folder.path().join(name)).expect("the report is there");
    let report: serde_json::Value = serde_json::from_str(&file("report.json")).expect("JSON");
    assert_eq!(report["seed"], seed(&other.out));
    assert!(report["cases"][0]["rerun"].as_str().is_some_and(|line| line.ends_with(&given)), "{report}");
    assert!(file("report.xml").contains(&format!("name=\"seed\" value=\"{}\"", seed(&other.out))));
    let target = |out: &str| out.lines().find(|line| line.starts_with("      POST /customers/")).map(str::to_owned);
    let line = storeproof(&format!("{words} --timeout 1500ms --patience 2")).out;
    assert!(line.contains(" --timeout 1.5s --patience 2 --seed "), "{line}");
    let again = storeproof(&format!("{words} {given}"));
    assert_eq!(target(&again.out), target(&other.out));
    assert_ne!(target(&one.out), target(&other.out));
}
