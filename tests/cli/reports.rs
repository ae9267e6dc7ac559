//! Reports as files and on standard output, read by the parsers that their readers use.

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use rstest::rstest;
use serde_json::Value;

use crate::support::{Folder, SHORT, nobody};

/// The report as its published schema allows it.
fn sound(text: &str) -> Value {
    let schema = include_str!("../../specs/report.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).expect("JSON")).expect("a good schema");
    let report: Value = serde_json::from_str(text).expect("JSON");
    let problems: Vec<String> =
        validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(problems, Vec::<String>::new());
    report
}

#[test]
fn one_run_writes_every_report_that_is_asked_for() {
    let folder = Folder::new();
    let words = "run kt-bizstore/registration --vendor reference:apply-first-200 -j 4 --report human=told.txt \
                 --report json=report.json --report junit=junit.xml";
    let ran = folder.run(words).ends(1).says("must  KT-APPLY-CREATED");
    assert_eq!(folder.files(), ["junit.xml", "report.json", "told.txt"].map(str::to_owned).into());
    let (told, out) = (folder.text("told.txt"), ran.out.clone());
    assert_eq!(told, out, "the file and standard output tell the same");

    let report = sound(&folder.text("report.json"));
    assert_eq!((report["outcome"].as_str(), report["seed"].as_u64()), (Some("breaks"), Some(1)));
    let cases = report["cases"].as_array().expect("a list");
    let broken = cases.iter().filter(|case| case["outcome"] == "breaks").count();
    assert_eq!(report["totals"]["breaks"], broken);
    let finding = &cases.iter().find(|case| case["name"] == SHORT).expect("it was played")["findings"][0];
    assert_eq!(
        (finding["requirement"].as_str(), finding["place"].as_str()),
        (Some("KT-APPLY-CREATED"), Some("status"))
    );
    assert_eq!((finding["expected"].as_str(), finding["actual"].as_str()), (Some("201"), Some("200")));

    let junit = Report::deserialize_from_str(&folder.text("junit.xml")).expect("good JUnit");
    assert_eq!((junit.tests, junit.failures, junit.errors), (cases.len(), broken, 0));
    let repeated = junit.test_suites[0].test_cases.iter().find(|case| case.name.as_str() == "repeated");
    assert!(matches!(
        repeated.map(|case| &case.status),
        Some(TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, .. })
    ));
}

#[test]
fn standard_output_carries_the_one_report_without_a_path() {
    let folder = Folder::new();
    let words = format!("run {SHORT} --vendor reference --report json --report human=told.txt");
    let ran = folder.run(&words).ends(0);
    let report = sound(&ran.out);
    assert_eq!(report["outcome"], "conforms");
    assert!(folder.text("told.txt").contains("The vendor conforms"));
    let ran = folder.run(&format!("run {SHORT} --vendor reference --report junit")).ends(0);
    assert_eq!(Report::deserialize_from_str(&ran.out).expect("good JUnit").tests, 1);
}

#[rstest]
#[case::unreachable("", 3, "not-judged")]
#[case::broken("reference:status-garbage", 1, "breaks")]
#[case::dead("reference:dies-after-resign", 1, "breaks")]
fn every_outcome_fits_the_schema(#[case] vendor: &str, #[case] code: i32, #[case] outcome: &str) {
    let folder = Folder::new();
    let vendor = if vendor.is_empty() { nobody() } else { vendor.to_owned() };
    let words = format!("run kt-bizstore/life-cycle {SHORT} --vendor {vendor} --report json --report junit=junit.xml");
    let ran = folder.run(&words).ends(code);
    let report = sound(&ran.out);
    assert_eq!(report["outcome"], outcome);
    let junit = Report::deserialize_from_str(&folder.text("junit.xml")).expect("good JUnit");
    assert_eq!(junit.tests, 2);
}

/// A name that many use for standard output; it must not become a file.
#[test]
fn a_report_can_go_to_a_device() {
    if !std::path::Path::new("/dev/stderr").exists() {
        return;
    }
    let ran = Folder::new().run(&format!("run {SHORT} --vendor reference --report json=/dev/stderr")).ends(0);
    sound(&ran.err);
}

#[test]
fn an_old_report_is_replaced_whole() {
    let folder = Folder::new();
    folder.put("report.json", "x".repeat(1_000_000));
    folder.run(&format!("run {SHORT} --vendor reference --report json=report.json")).ends(0);
    sound(&folder.text("report.json"));
    assert_eq!(folder.files().len(), 1, "nothing is left beside it");
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let folder = Folder::new();
    let words = format!("run {SHORT} --vendor reference:apply-first-200");
    assert!(!folder.run(&words).out.contains('\u{1b}'));
    let words = format!("{words} --report human --report human=told.txt --color always");
    // Only one report goes to standard output; the file is plain whatever was asked for.
    let ran = folder.run(&words).ends(1);
    assert!(ran.out.contains("\u{1b}[31m"));
    assert!(!folder.text("told.txt").contains('\u{1b}'));
}
