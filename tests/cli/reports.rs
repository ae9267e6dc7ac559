//! Reports as files and on standard output, read by the parsers that their readers use.

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use rstest::rstest;
use serde_json::Value;

use storeproof::wire::ReplyKind;

use crate::support::{FIXTURES, Folder, SHORT, honestly, nobody, reference, vendor};

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
                 --report html=report.html --report json=report.json --report junit=junit.xml --report markdown=summary.md \
                 --report sarif=storeproof.sarif --report github=annotations.txt";
    let ran = folder.run(words).ends(1).says("must  KT-APPLY-CREATED");
    let files =
        ["annotations.txt", "junit.xml", "report.html", "report.json", "storeproof.sarif", "summary.md", "told.txt"];
    assert_eq!(folder.files(), files.map(str::to_owned).into());
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

    let summary = folder.text("summary.md");
    assert!(
        summary.starts_with("## The contract is broken") && summary.contains("#### `KT-APPLY-CREATED`"),
        "{summary}"
    );
    assert!(folder.text("annotations.txt").contains("::error title=KT-APPLY-CREATED (must)::"));
    let log: Value = serde_json::from_str(&folder.text("storeproof.sarif")).expect("JSON");
    let run = &log["runs"][0];
    assert_eq!((&run["invocations"][0]["exitCode"], &run["results"][0]["level"]), (&1.into(), &"error".into()));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

/// The file stands for itself, in the language that was asked for.
#[rstest]
#[case::asked("--lang ko", None, "ko", "규격을 위반했습니다")]
#[case::region("--lang zh-CN", None, "zh-Hans", "违反了规范")]
#[case::variable("", Some("ko_KR"), "ko", "규격을 위반했습니다")]
#[case::unsaid("", None, "en", "The contract is broken")]
fn the_html_report_speaks_the_language_of_its_readers(
    #[case] option: &str,
    #[case] variable: Option<&str>,
    #[case] tag: &str,
    #[case] heading: &str,
) {
    let folder = Folder::new();
    let words = format!("run {SHORT} --vendor reference:apply-first-200 --report html=report.html {option}");
    let mut command = folder.storeproof(words.split_whitespace());
    if let Some(variable) = variable {
        command = command.env("STOREPROOF_LANG", variable);
    }
    command.ran().ends(1).says("must  KT-APPLY-CREATED");
    let html = folder.text("report.html");
    assert!(html.starts_with(&format!("<!DOCTYPE html><html lang=\"{tag}\">")), "{html}");
    assert!(html.contains(&format!("<h1>{heading}</h1>")), "{html}");
    assert!(
        html.contains("id=\"must-KT-APPLY-CREATED\"")
            && html.contains("<mark data-rule=\"KT-APPLY-CREATED\">200</mark>")
    );
    assert!(html.contains(&format!("<code>storeproof run {SHORT} --vendor reference:apply-first-200 --seed 1</code>")));
    assert!(!html.contains("http-equiv=\"refresh\"") && html.contains("default-src 'none'"));
}

#[test]
fn a_language_that_is_not_there_is_refused_before_the_run() {
    let words = format!("run {SHORT} --vendor reference --report html=report.html --lang fr");
    let folder = Folder::new();
    folder.run(&words).ends(2).talks_of("there are en (English), ko (한국어), zh (简体中文)");
    assert!(folder.files().is_empty());
}

/// A certification has the requirements, how much was seen, and what is still to be done.
#[test]
fn a_certification_is_told_to_the_stores_reviewers() {
    let folder = Folder::new();
    let words = "certify kt-bizstore --vendor reference --filter registration/ --report html=report.html --lang ko";
    let ran = folder.run(words);
    let html = folder.text("report.html");
    for id in ["requirements", "statements", "coverage", "to-do", "sign-off"] {
        assert!(html.contains(&format!("id=\"{id}\"")), "{id}: {ran}");
    }
    let again = "<code>storeproof certify kt-bizstore --filter registration/ --vendor reference --seed 1</code>";
    assert!(html.contains(again), "{html}");
    assert!(html.contains("[[statement]]\nrequirement = &quot;KT-MANUAL-") && !html.contains("id=\"refused\""));
}

/// Cases that end in any order are told in one.
#[test]
fn several_jobs_write_the_reports_of_one() {
    let told = |jobs: u8| {
        let folder = Folder::new();
        let words = format!(
            "run kt-bizstore/registration --vendor reference:apply-first-200 --seed 7 -j {jobs} --report json=report.json \
             --report sarif=storeproof.sarif --report github=annotations.txt"
        );
        folder.run(&words).ends(1);
        let report = sound(&folder.text("report.json"));
        let cases = report["cases"].as_array().expect("a list");
        let names: Vec<String> = cases.iter().map(|case| case["name"].to_string()).collect();
        (names, folder.text("storeproof.sarif"), folder.text("annotations.txt"))
    };
    assert_eq!(told(1), told(4));
}

/// Annotations stand behind the report for a person, and nothing that the vendor sent is one.
#[test]
fn the_runner_of_github_obeys_us_alone() {
    let vendor = vendor(reference(&["apply-first-200"]), |vendor, request| {
        let mut reply = honestly(vendor, &request);
        if let ReplyKind::Response(response) = &mut reply.kind {
            response.body = b"\n::stop-commands::x\n  ::error::all is well\n##[error]x\n".to_vec();
        }
        reply
    });
    let words = format!("run {SHORT} --vendor {} --report github", vendor.base());
    let ran = Folder::new().storeproof(words.split_whitespace()).env("GITHUB_ACTIONS", "true").ran().ends(1);
    let (report, annotations) = ran.out.split_at(ran.out.find("\n::").expect("annotations") + 1);
    assert!(report.contains("\u{b7}::stop-commands::x") && !report.contains("##[error]"), "{report}");
    assert!(!report.lines().any(|line| line.trim_start().starts_with("::")), "{report}");
    assert!(annotations.lines().all(|line| line.starts_with("::error title=") || line.starts_with("::warning title=")));
    // Nothing of it is done unasked.
    let words = format!("run {SHORT} --vendor reference:apply-first-200");
    let ran = Folder::new().storeproof(words.split_whitespace()).env("GITHUB_ACTIONS", "true").ran().ends(1);
    assert!(!ran.out.contains("::error"), "{ran}");
}

/// What is accepted for a time stands in the reports as that, and nowhere as a failure.
#[test]
fn a_known_failure_is_told_with_its_reason() {
    let folder = Folder::new();
    let known = |case: &str| {
        format!(
            "  - {{case: {case}, rule: KT-APPLY-CREATED, reason: the new registration goes live in March, \
             owner: Kim Mi-rae, expires: 2999-03-31}}\n"
        )
    };
    let words = format!(
        "run {SHORT} --vendor reference:apply-first-200 --snapshots off --report github --report markdown=summary.md \
         --report sarif=storeproof.sarif"
    );
    folder.put("known-failures.yaml", format!("known-failures:\n{}", known(SHORT)));
    let ran = folder.run(&words).ends(0).says("::notice title=KT-APPLY-CREATED (known failure)::");
    assert!(!ran.out.contains("::error"), "{ran}");
    let summary = folder.text("summary.md");
    assert!(summary.starts_with("## The vendor conforms") && summary.contains("### Known failures"), "{summary}");
    let log: Value = serde_json::from_str(&folder.text("storeproof.sarif")).expect("JSON");
    let justification = &log["runs"][0]["results"][0]["suppressions"][0]["justification"];
    assert_eq!(justification, "the new registration goes live in March, until 2999-03-31 (Kim Mi-rae answers for it)");
    assert_eq!(log["runs"][0]["invocations"][0]["exitCode"], 0);

    // One that names no case of the run: it ends with 6, and no report says that all is well.
    let nowhere = known("kt-bizstore/no-such-case");
    folder.put("known-failures.yaml", format!("known-failures:\n{}{nowhere}", known(SHORT)));
    let ran = folder.run(&words).ends(6).says("::error title=not about a case::the known failure KT-APPLY-CREATED");
    assert!(!ran.out.contains("The vendor conforms"), "{ran}");
    assert!(folder.text("summary.md").starts_with("## The list of known failures is out of date"));
    let log: Value = serde_json::from_str(&folder.text("storeproof.sarif")).expect("JSON");
    assert_eq!(log["runs"][0]["invocations"][0]["exitCode"], 6);
}

/// In a folder of a repository, a file is named by its path from the root on.
#[test]
fn annotations_name_files_as_the_repository_does() {
    let folder = Folder::new();
    let scenario = std::fs::read_to_string(format!("{FIXTURES}/scenarios/canaries.arazzo.yaml")).expect("the fixture");
    folder.put("store/mine.arazzo.yaml", scenario);
    folder.put(".git/HEAD", "ref: refs/heads/main\n");
    let words = "run ./mine.arazzo.yaml --vendor reference:apply-first-200 --report github --report sarif=s.sarif";
    let ran = folder.storeproof(words.split_whitespace()).within(&folder.path("store")).ran().ends(1);
    let log: Value = serde_json::from_str(&folder.text("store/s.sarif")).expect("JSON");
    let file = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!((&file["uri"], &file["uriBaseId"]), (&"store/mine.arazzo.yaml".into(), &"%SRCROOT%".into()), "{ran}");
    assert!(ran.out.contains("::error file=store/mine.arazzo.yaml,line="), "{ran}");
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
