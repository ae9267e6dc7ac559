//! Reports for CI servers: Markdown for summaries, SARIF for code scanning, annotations for a log.

use std::sync::Arc;
use std::time::Duration;

use rstest::rstest;
use serde_json::Value;
use storeproof::engine::{Event, Totals, Trouble};
use storeproof::report::{Detail, Github, Human, Json, Junit, Layout, Markdown, Sarif, Style, Verdict};
use storeproof::verdict::{Breach, KnownFailure, KnownTrouble, Level, Outcome, Place, RequirementId};

use crate::records;

pub(crate) fn markdown(events: &[Event]) -> String {
    records::report_of(events, |out, background| Box::new(Markdown::new(out, background)))
}

pub(crate) fn github(events: &[Event]) -> String {
    records::report_of(events, |out, background| Box::new(Github::new(out, background)))
}

pub(crate) fn sarif(events: &[Event]) -> String {
    let code = |verdict| if matches!(verdict, Verdict::OutdatedList) { 6 } else { 1 };
    records::report_of(events, |out, background| Box::new(Sarif::new(out, background, code)))
}

/// A SARIF log that its published schema allows.
fn sound(text: &str) -> Value {
    let schema = include_str!("../fixtures/sarif/sarif-schema-2.1.0.json");
    // The published pattern of languages has a bracket too many.
    let schema: Value = serde_json::from_str(&schema.replace("{2}]?$", "{2}?$")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a good schema");
    let log: Value = serde_json::from_str(text).expect("JSON");
    let problems: Vec<String> =
        validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(problems, Vec::<String>::new());
    log
}

fn results(log: &Value) -> &[Value] {
    log["runs"][0]["results"].as_array().expect("a list")
}

/// The end of a run in which so many cases broke the contract.
fn finished(totals: Totals) -> Event {
    Event::RunFinished { totals, interrupted: false, elapsed: Duration::from_millis(20) }
}

/// A case of one step with these findings, each in an answer of its own.
fn broken(name: &str, findings: Vec<storeproof::verdict::Weighed>) -> Event {
    let exchange = records::exchange("GET", "/status/M1", records::json(200, r#"{"status":"0"}"#));
    let mut step = records::step("status", "getStatus", 7, vec![exchange]);
    step.findings = findings;
    Event::CaseFinished(Arc::new(records::case(name, Outcome::Breaks, vec![step])))
}

fn form(requirement: &str, place: &str, actual: &str) -> storeproof::verdict::Weighed {
    let breach = Breach::Form { expected: "a date".to_owned(), actual: actual.to_owned() };
    records::finding(requirement, Level::Must, Place::Body(place.to_owned()), breach)
}

#[test]
fn a_summary_says_what_the_store_would_refuse_and_how_to_mend_it() {
    insta::assert_snapshot!("markdown", markdown(&records::events()));
}

#[test]
fn annotations_name_each_thing_once_the_gravest_first() {
    insta::assert_snapshot!("github", github(&records::events()));
}

#[test]
fn code_scanning_gets_rules_results_and_what_was_not_judged() {
    let text = sarif(&records::events());
    let version = env!("CARGO_PKG_VERSION");
    insta::assert_snapshot!("sarif", text.replace(&format!("ersion\": \"{version}\""), "ersion\": \"[version]\""));
    let log = sound(&text);
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&Value::from(false), &Value::from(1)));
}

#[test]
fn a_file_of_the_users_is_named_and_one_of_ours_is_not_taken_for_theirs() {
    let events = |name: &str| [broken(name, vec![form("KT-BILL-SUM", "/a", "x")]), finished(Totals::default())];
    let theirs = events("tests/my shop.arazzo.yaml");
    assert!(
        github(&theirs).starts_with("::error file=tests/my shop.arazzo.yaml,line=7,col=7,title=KT-BILL-SUM (must)::")
    );
    let log = sound(&sarif(&theirs));
    let location = &results(&log)[0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "tests/my%20shop.arazzo.yaml");
    assert_eq!(location["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    assert_eq!((&location["region"]["startLine"], &location["region"]["startColumn"]), (&7.into(), &7.into()));

    let ours = events("shop/status");
    assert!(github(&ours).starts_with("::error title=KT-BILL-SUM (must)::"));
    let log = sound(&sarif(&ours));
    let file = &results(&log)[0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!((&file["uri"], &file["uriBaseId"]), (&"scenarios/shop/status.arazzo.yaml".into(), &"STOREPROOF".into()));
}

#[test]
fn fingerprints_depend_on_no_value() {
    let prints = |findings: Vec<_>| {
        let log = sound(&sarif(&[broken("shop/a", findings), finished(Totals::default())]));
        let print = |result: &Value| result["partialFingerprints"]["storeproof/v1"].as_str().map(str::to_owned);
        results(&log).iter().map(|result| print(result).expect("it has one")).collect::<Vec<_>>()
    };
    let first = prints(vec![form("KT-BILL-SUM", "/1/date", "x")]);
    assert_eq!(first, prints(vec![form("KT-BILL-SUM", "/7/date", "another")]), "neither value nor entry");
    assert_ne!(first, prints(vec![form("KT-BILL-SUM", "/1/time", "x")]), "the place");
    assert_ne!(first, prints(vec![form("KT-CONTENT-TYPE", "/1/date", "x")]), "the rule");
    let status = |actual| {
        let breach = Breach::Status { expected: vec!["200".to_owned()], actual };
        records::finding("KT-BILL-SUM", Level::Must, Place::Status, breach)
    };
    let both = prints(vec![status(404), status(302)]);
    assert_eq!(both.len(), 2);
    assert!(both[0].ends_with(":1") && both[1].ends_with(":2") && both[0][..32] == both[1][..32], "{both:?}");
}

/// Accepted for a time, and no longer a failure.
fn known() -> Event {
    let mut weighed = form("KT-BILL-SUM", "/date", "x");
    weighed.level = Level::Advice;
    weighed.finding.known = Some(Box::new(KnownFailure {
        case: "shop/*".to_owned(),
        requirement: RequirementId::new("KT-BILL-SUM"),
        reason: "the new billing goes live in March".to_owned(),
        owner: "Kim Mi-rae".to_owned(),
        expires: jiff::civil::date(2027, 3, 31),
        line: 2,
    }));
    broken("shop/a", vec![weighed])
}

#[test]
fn known_failures_are_shown_and_suppressed() {
    let events = [known(), finished(Totals { conform: 1, ..Totals::default() })];
    let told = markdown(&events);
    assert!(told.contains("### Known failures, accepted for a time"), "{told}");
    assert!(
        told.contains(
            "- accepted because: the new billing goes live in March, until 2027-03-31 (Kim Mi-rae answers for it)\n"
        ),
        "{told}"
    );
    assert!(github(&events).starts_with("::notice title=KT-BILL-SUM (known failure)::"));
    let json = records::report_of(&events, |out, background| Box::new(Json::new(out, background)));
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let entry = serde_json::json!({ "reason": "the new billing goes live in March", "owner": "Kim Mi-rae", "until": "2027-03-31" });
    assert_eq!(json["cases"][0]["findings"][0]["known"], entry);
    let log = sound(&sarif(&events));
    let result = &results(&log)[0];
    assert_eq!((&result["level"], &result["suppressions"][0]["status"]), (&"error".into(), &"accepted".into()));
    let justification = &result["suppressions"][0]["justification"];
    assert_eq!(justification, "the new billing goes live in March, until 2027-03-31 (Kim Mi-rae answers for it)");
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn a_list_of_known_failures_that_is_out_of_date_is_no_good_end() {
    let trouble =
        KnownTrouble::Passed { case: "shop/b".to_owned(), requirement: RequirementId::new("KT-BILL-SUM"), line: 2 };
    let snapshot = Trouble::Snapshot("snapshots/shop/a.snap: no room".to_owned());
    let troubles = [Event::Troubled(snapshot), Event::Troubled(Trouble::Known(trouble))];
    let mut events = troubles.to_vec();
    events.push(finished(Totals { conform: 1, ..Totals::default() }));
    let told = markdown(&events);
    assert!(told.starts_with("## The list of known failures is out of date") && !told.contains("conforms:"), "{told}");
    assert!(told.contains("- Note: the known failure KT-BILL-SUM in shop/b no longer fails"), "{told}");
    let layout = Layout { style: Style::Plain, detail: Detail::Cases, width: 100 };
    let human = records::report_of(&events, |out, background| Box::new(Human::new(out, layout, background)));
    assert!(human.ends_with(
        "\nThe list of known failures is out of date: put it right, then the run says whether the vendor conforms.\n"
    ));
    assert_eq!(github(&events).matches("::error title=not about a case::").count(), 2);
    let log = sound(&sarif(&events));
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["exitCode"], 6);
    assert_eq!(invocation["toolConfigurationNotifications"].as_array().map(Vec::len), Some(1));
    assert_eq!(invocation["toolExecutionNotifications"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_run_that_was_interrupted_has_no_verdict() {
    let mut events = records::events();
    events.truncate(3);
    let totals = Totals { conform: 1, ..Totals::default() };
    events.push(Event::RunFinished { totals, interrupted: true, elapsed: Duration::from_millis(20) });
    assert!(markdown(&events).starts_with("## No verdict: the run was interrupted."));
    assert!(github(&events).starts_with("::error title=no verdict::No verdict: the run was interrupted."));
    assert_eq!(sound(&sarif(&events))["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

/// Several cases at a time end in any order.
#[test]
fn reports_do_not_depend_on_which_case_ends_first() {
    let events = records::events();
    let mut turned = events.clone();
    let last = turned.len() - 1;
    turned[1..last].reverse();
    let json = |events: &[Event]| records::report_of(events, |out, background| Box::new(Json::new(out, background)));
    let junit = |events: &[Event]| records::report_of(events, |out, background| Box::new(Junit::new(out, background)));
    for report in [&markdown as &dyn Fn(&[Event]) -> String, &sarif, &github, &json, &junit] {
        assert!(report(&events) == report(&turned), "{}", report(&turned));
    }
}

#[test]
fn a_summary_stays_below_what_github_takes_and_says_what_it_leaves_out() {
    let case = |index: usize| {
        // Each in a place of its own, so that none is told with another.
        let place = format!("/{}", "x".repeat(index % 50) + &format!("-{index}"));
        broken(&format!("shop/case-{index}"), vec![form("KT-BILL-SUM", &place, &"y".repeat(300))])
    };
    let few: Vec<Event> = (0..900).map(case).chain([finished(Totals { break_: 900, ..Totals::default() })]).collect();
    let told = markdown(&few);
    assert!(told.len() < 1_048_576 && told.contains("Left out, so that the summary stays below 1,000,000 bytes: "));
    let many: Vec<Event> =
        (0..9_000).map(case).chain([finished(Totals { break_: 9_000, ..Totals::default() })]).collect();
    let told = markdown(&many);
    assert!(told.len() < 1_048_576, "{}", told.len());
    let line = told.lines().find(|line| line.starts_with("Left out")).expect("it says so");
    assert!(line.contains(" findings and the exchanges of ") || line.contains(" findings. A report"), "{line}");
    assert_eq!(told.matches("<details>").count(), told.matches("</details>").count());
}

#[test]
fn no_annotation_is_dropped_without_a_word() {
    let mut events: Vec<Event> =
        (0..25).map(|index| broken("shop/a", vec![form(&format!("R-{index}"), "/date", "x")])).collect();
    events.push(finished(Totals { break_: 25, not_judged: 0, ..Totals::default() }));
    let told = github(&events);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 10, "{told}");
    assert!(lines[8].starts_with("::error title=R-8 (must)::"), "{told}");
    assert!(lines[9].starts_with("::error title=16 more::R-9 (must); R-10 (must); "), "{told}");
    assert!(lines[9].contains("; and 6 more. "), "{told}");
}

#[test]
fn every_report_says_whose_entry_of_a_list_is_wrong() {
    let mut weighed = form("KT-BILL-SUM", "/7/date", "x");
    weighed.finding.entry = Some("customer M12345".to_owned());
    let events = [broken("shop/a", vec![weighed]), finished(Totals { break_: 1, ..Totals::default() })];
    let json = records::report_of(&events, |out, background| Box::new(Json::new(out, background)));
    let junit = records::report_of(&events, |out, background| Box::new(Junit::new(out, background)));
    assert!(json.contains("\"entry\": \"customer M12345\""), "{json}");
    assert!(junit.contains("place: body /7/date (of customer M12345)\n"), "{junit}");
    assert!(markdown(&events).contains("- place: `body /7/date` (of customer M12345)\n"));
    assert!(github(&events).contains("%0Aplace: body /7/date (of customer M12345)%0A"));
    assert_eq!(results(&sound(&sarif(&events)))[0]["properties"]["entry"], "customer M12345");
}

/// Eleven members that one answer lacks are one thing to mend.
#[test]
fn what_one_answer_has_against_one_rule_is_told_once() {
    let missing = |name: String| {
        let (problem, expected) = (format!("property {name} is missing"), format!("property {name}"));
        let breach = Breach::Schema { keyword: "required".to_owned(), problem, expected, actual: "{}".to_owned() };
        records::finding("KT-BILL-SUM", Level::Must, Place::Body(String::new()), breach)
    };
    let lacking = || (0..11).map(|index| missing(format!("m{index}"))).collect();
    let date = form("KT-BILL-SUM", "/date", "x");
    let both = [lacking(), vec![date]].concat();
    let events =
        [broken("shop/a", both), broken("shop/b", lacking()), finished(Totals { break_: 2, ..Totals::default() })];
    let told = markdown(&events);
    assert!(told.contains("1. the body lacks m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10\n2. body"), "{told}");
    assert_eq!((told.matches("<details>").count(), told.matches("- again in: `shop/b`\n").count()), (1, 1), "{told}");
    let annotations = github(&events);
    assert_eq!(annotations.lines().count(), 1, "{annotations}");
    assert!(
        annotations.contains("::the body lacks m0, ") && annotations.contains("; again in 1 case%0A"),
        "{annotations}"
    );
    // Code scanning follows each of them from run to run.
    assert_eq!(results(&sound(&sarif(&events))).len(), 23);
}

/// What a vendor may send to have a reader, a renderer or a runner do something.
const HOSTILE: [&str; 9] = [
    "]]></failure><script>alert(1)</script>",
    "</details></summary>\n\n# ready\n\n| a | b |",
    "\n::error::all is well\n::stop-commands::x",
    "\r\n##[error]x",
    "\u{1b}[2J\u{1b}]0;title\u{7}\u{202e}",
    "````\n</details>\n````",
    "@octocat/team #12 ![x](http://vendor.example/x.png) <img src=x onerror=alert(1)> www.vendor.example $x$ :tada:",
    "[click](javascript:alert(1)) {0} \\",
    "%0A::warning::x%0D,:",
];

#[rstest]
fn nothing_that_a_vendor_sends_means_anything(#[values(0, 1, 2, 3, 4, 5, 6, 7, 8)] index: usize) {
    let evil = HOSTILE[index];
    let body = serde_json::json!({ "date": evil, evil: 1 }).to_string();
    let mut exchange = records::exchange("GET", "/status/M1", records::json(200, format!("{evil}\n{body}\n{evil}")));
    exchange.request.target = format!("/api/{evil}");
    let mut step = records::step("status", evil, 7, vec![exchange]);
    step.description = Some(evil.to_owned());
    let mut weighed = form("KT-BILL-SUM", &format!("/{evil}"), evil);
    weighed.finding = weighed.finding.because(evil).so_that(evil).with(evil);
    weighed.finding.entry = Some(evil.to_owned());
    let header = Breach::HeaderValue { name: evil.to_owned(), expected: evil.to_owned(), actual: evil.to_owned() };
    let diff = Breach::Snapshot { name: evil.to_owned(), diff: format!("+{evil}\n {evil}") };
    step.findings = vec![
        weighed,
        records::finding("KT-CONTENT-TYPE", Level::Should, Place::Header(evil.to_owned()), header),
        records::finding("SNAPSHOT", Level::Advice, Place::Course, diff),
    ];
    let record = records::case(&format!("{evil}.yaml"), Outcome::Breaks, vec![step]);
    let blocked = storeproof::verdict::Blocked::Unreachable(evil.to_owned());
    let events = [
        Event::RunStarted { seed: 7, cases: vec![record.name.clone()], vendor: evil.to_owned() },
        Event::CaseFinished(Arc::new(record)),
        Event::CaseFinished(Arc::new(records::case(evil, Outcome::NotJudged(blocked), Vec::new()))),
        finished(Totals { break_: 1, not_judged: 1, ..Totals::default() }),
    ];

    let told = markdown(&events);
    for line in outside_of_code(&told) {
        for word in ["<script", "<img", "](", "@octocat", "#12", "www.", "http:", "$x", ":tada", "::error", "# ready"] {
            assert!(!line.contains(word), "{word} in {line}");
        }
        let tag = line.contains('<') && !line.starts_with("<details><summary>") && line != "</details>";
        assert!(!tag, "{line}");
    }
    let annotations = github(&events);
    for line in annotations.lines() {
        assert!(["::error ", "::warning ", "::notice "].iter().any(|kind| line.starts_with(kind)), "{line}");
        let (properties, _) = line[2..].split_once("::").expect("a command");
        assert!(!properties.contains('\u{1b}') && properties.matches("title=").count() == 1, "{line}");
        assert!(!line.contains("all is well%0A::stop") || evil.contains("::stop"), "{line}");
    }
    assert_eq!(annotations.lines().count(), 4, "{annotations}");
    let log = sound(&sarif(&events));
    for result in results(&log) {
        let text = result["message"]["text"].as_str().expect("text");
        assert!(!text.replace("\\[", "").replace("\\]", "").contains(['[', ']']), "{text}");
    }
    for report in [told, annotations, sarif(&events)] {
        let bad = report.chars().find(|c| *c != '\n' && storeproof::wire::is_treacherous(*c));
        assert_eq!(bad, None, "{report}");
    }
}

/// The lines of a Markdown text without what is code in them.
fn outside_of_code(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let ticks: String = line.chars().take_while(|character| *character == '`').collect();
        match &fence {
            Some(open) if ticks.len() >= open.len() && line == ticks => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 && !line[ticks.len()..].contains('`') => fence = Some(ticks),
            None => lines.push(without_spans(line)),
        }
    }
    assert_eq!(fence, None, "every block is closed");
    lines
}

fn without_spans(line: &str) -> String {
    let runs = |text: &str, from: usize| -> Option<(usize, usize)> {
        let at = from + text[from..].find('`')?;
        Some((at, text[at..].len() - text[at..].trim_start_matches('`').len()))
    };
    let mut outside = String::new();
    let mut at = 0;
    while let Some((start, length)) = runs(line, at) {
        outside.push_str(&line[at..start]);
        let mut from = start + length;
        at = loop {
            let (end, closing) = runs(line, from).unwrap_or_else(|| panic!("a span is open in {line}"));
            if closing == length {
                break end + closing;
            }
            from = end + closing;
        };
    }
    outside + &line[at..]
}
