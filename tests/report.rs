//! Reports of a run made by hand, in every format.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and write into folders of their own")]

#[path = "report/ci.rs"]
mod ci;
#[path = "report/computed.rs"]
mod computed;
#[path = "report/html.rs"]
mod html;
#[path = "report/page.rs"]
mod page;
#[path = "support/records.rs"]
mod records;
#[path = "report/reduced.rs"]
mod reduced;
#[path = "report/secrets.rs"]
mod secrets;

use std::sync::Arc;

use base64::Engine as _;
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use storeproof::engine::{Event, TaskRecord};
use storeproof::market::Ended;
use storeproof::report::json::{Document, Encoding};
use storeproof::report::{Detail, Human, Json, Junit, Layout, RunOutcome, Style, json};
use storeproof::verdict::{Breach, Level, Outcome, Place, RequirementId, Skipped};
use storeproof::wire::Caller;

fn human(style: Style, detail: Detail, width: usize) -> String {
    records::report(|out, background| Box::new(Human::new(out, Layout { style, detail, width }, background)))
}

fn json_report() -> String {
    records::report(|out, background| Box::new(Json::new(out, background)))
}

fn junit() -> String {
    records::report(|out, background| Box::new(Junit::new(out, background)))
}

#[test]
fn a_person_sees_what_is_wrong_where_and_what_to_do() {
    insta::assert_snapshot!("human", human(Style::Plain, Detail::Cases, 100));
}

#[test]
fn steps_are_told_where_asked_for() {
    let told = human(Style::Plain, Detail::Steps, 100);
    assert!(told.contains("  played: register\n    wait (polled 5 times)\n"), "{told}");
}

#[test]
fn problems_of_one_rule_in_one_answer_stand_together_and_a_repeated_rule_is_named_only() {
    let missing = |name: &str| {
        let (problem, expected) = (format!("property {name} is missing"), format!("property {name}"));
        let breach = Breach::Schema { keyword: "required".to_owned(), problem, expected, actual: "{}".to_owned() };
        records::finding("KT-BILL-SUM", Level::Must, Place::Body(String::new()), breach)
    };
    let case = |name: &str| {
        let exchange = records::exchange("GET", "/status/M1", records::json(200, "{}"));
        let mut step = records::step("status", "getStatus", 7, vec![exchange]);
        step.findings = ["a", "b", "c"].map(missing).to_vec();
        Event::CaseFinished(Arc::new(records::case(name, Outcome::Breaks, vec![step])))
    };
    let mut events: Vec<Event> = (0..9).map(|index| case(&format!("shop/case-{index}"))).collect();
    events.push(Event::RunFinished {
        totals: storeproof::engine::Totals { break_: 9, ..Default::default() },
        interrupted: false,
        elapsed: std::time::Duration::from_millis(20),
    });
    let told = |detail| {
        let layout = Layout { style: Style::Plain, detail, width: 100 };
        records::report_of(&events, |out, background| Box::new(Human::new(out, layout, background)))
    };
    let short = told(Detail::Cases);
    assert_eq!(short.matches("  must  KT-BILL-SUM").count(), 1, "{short}");
    assert!(short.contains("    problem   the body lacks a, b, c\n"), "{short}");
    assert_eq!(short.matches("KT-BILL-SUM again\n").count(), 8, "{short}");
    assert!(short.contains("  must    KT-BILL-SUM  shop/case-0; also in 8 cases: shop/case-1, "), "{short}");
    assert!(short.contains("and 2 more (-v names all)") && !told(Detail::Steps).contains("-v names all"), "{short}");
}

#[test]
fn colour_adds_nothing_but_colour() {
    let plain = human(Style::Plain, Detail::Cases, 100);
    assert!(!plain.contains('\u{1b}'));
    let coloured = human(Style::Coloured, Detail::Cases, 100);
    assert!(coloured.contains("\u{1b}[31m"));
    assert_eq!(console::strip_ansi_codes(&coloured), plain);
}

#[test]
fn narrow_terminals_get_narrow_prose() {
    let told = human(Style::Plain, Detail::Cases, 60);
    let prose = told.lines().filter(|line| line.starts_with("    why "));
    assert!(prose.clone().count() > 0 && prose.clone().all(|line| line.len() <= 60), "{told}");
}

#[test]
fn the_published_schema_is_the_one_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/specs/report.schema.json");
    if std::env::var_os("STOREPROOF_BLESS").is_some() {
        std::fs::write(path, json::schema()).expect("the schema is written");
    }
    let published = std::fs::read_to_string(path).expect("the schema is there");
    assert!(published == json::schema(), "specs/report.schema.json is old: run this test with STOREPROOF_BLESS=1");
}

#[test]
fn the_json_report_fits_its_schema_and_says_everything() {
    let schema: serde_json::Value = serde_json::from_str(&json::schema()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a good schema");
    let text = json_report();
    let mut report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());

    let document: Document = serde_json::from_str(&text).expect("the types read what they write");
    assert_eq!((document.version, document.outcome, document.seed), (2, RunOutcome::Breaks, 7));
    let names: Vec<&str> = document.cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), 8);
    let by_day = &document.cases[1];
    assert_eq!(by_day.findings.len(), 7);
    assert_eq!(by_day.findings[0].place, "body /1/pay-amt");
    assert_eq!((by_day.findings[0].expected.as_str(), by_day.findings[0].actual.as_str()), ("15000", "14000"));
    let exchange = &by_day.steps[3].exchanges[0];
    assert_eq!(exchange.started, "2026-01-15T00:00:00.25Z");
    let response = exchange.response.as_ref().expect("an answer came");
    assert_eq!(response.headers[0].name, "content-TYPE");
    let forged = document.cases[3].steps[0].exchanges[0].response.as_ref().and_then(|answer| answer.body.as_ref());
    assert_eq!(forged.map(|body| body.encoding), Some(Encoding::Base64));

    report["version"] = 1.into();
    assert!(!validator.is_valid(&report), "another version is another schema");
}

#[test]
fn long_waits_and_remarks_stay_small() {
    let wait = |attempt: u32| {
        let exchange = records::exchange("GET", "/status/M1", records::json(200, r#"{"status":"0"}"#));
        let mut step = records::step("wait", "getStatus", 7, vec![exchange]);
        (step.attempt, step.superseded) = (attempt, attempt < 500);
        step.skipped = vec![Skipped {
            requirement: RequirementId::new("KT-HTTPS"),
            why: "on this machine".to_owned(),
            local: true,
        }];
        step
    };
    let mut steps: Vec<_> = (1..=500).map(wait).collect();
    steps.push(wait(500));
    let events = [
        Event::CaseFinished(Arc::new(records::case("shop/wait", Outcome::Conforms, steps))),
        Event::RunFinished {
            totals: storeproof::engine::Totals { conform: 1, ..Default::default() },
            interrupted: false,
            elapsed: std::time::Duration::from_millis(20),
        },
    ];
    let text = records::report_of(&events, |out, background| Box::new(Json::new(out, background)));
    let document: Document = serde_json::from_str(&text).expect("JSON");
    let told: Vec<(u32, bool, usize)> =
        document.cases[0].steps.iter().map(|step| (step.attempt, step.superseded, step.left_out)).collect();
    assert_eq!(told, [(1, true, 497), (499, true, 0), (500, false, 0), (500, false, 0)]);
    let notes: Vec<(&str, usize)> =
        document.cases[0].not_judged.iter().map(|note| (note.step.as_str(), note.times)).collect();
    assert_eq!(notes, [("wait", 2)]);
}

#[test]
fn a_real_parser_reads_the_junit_report() {
    let text = junit();
    insta::assert_snapshot!("junit", text);
    let report = Report::deserialize_from_str(&text).expect("good JUnit");
    assert_eq!((report.tests, report.failures, report.skipped, report.errors), (8, 5, 1, 0));
    let suites: Vec<(&str, usize)> =
        report.test_suites.iter().map(|suite| (suite.name.as_str(), suite.test_cases.len())).collect();
    assert_eq!(suites, [("kt-bizstore/lifecycle", 5), ("kt-bizstore/billing", 2), ("kt-bizstore/authentication", 1)]);
    let properties: Vec<(&str, &str)> = report.test_suites[0]
        .properties
        .iter()
        .map(|property| (property.name.as_str(), property.value.as_str()))
        .collect();
    assert!(properties.contains(&("seed", "7")) && properties.contains(&("dialect", "bizstore-2.1.2")));
    let unreviewed = &report.test_suites[0].test_cases[3];
    assert!(matches!(
        &unreviewed.status,
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, ty: Some(kind), .. } if kind.as_str() == "unreviewed"
    ));
}

#[test]
fn an_interrupted_run_tells_what_was_done() {
    let mut events = records::events();
    events.truncate(3);
    events.push(Event::RunFinished {
        totals: storeproof::engine::Totals { conform: 1, ..Default::default() },
        interrupted: true,
        elapsed: std::time::Duration::from_millis(20),
    });
    let layout = Layout { style: Style::Plain, detail: Detail::Cases, width: 100 };
    let told = records::report_of(&events, |out, background| Box::new(Human::new(out, layout, background)));
    assert!(told.contains("The run was interrupted"), "{told}");
    let text = records::report_of(&events, |out, background| Box::new(Json::new(out, background)));
    let document: Document = serde_json::from_str(&text).expect("JSON");
    assert!(document.interrupted && document.cases.len() == 1);
}

/// Every form in which a secret could slip through.
fn derived(secret: &str) -> Vec<String> {
    let mut forms = Vec::new();
    let parts: Vec<&str> = secret.split('.').collect();
    let mut values = vec![secret];
    if parts.len() == 3 {
        values.extend(&parts[1..]);
    }
    for value in values {
        let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
        forms.extend([
            value.to_owned(),
            base64::engine::general_purpose::STANDARD_NO_PAD.encode(value),
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value),
            hex.to_uppercase(),
            hex,
            url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
        ]);
    }
    forms
}

/// A case in which the vendor sends the secrets back in every form and in every place.
fn leaking() -> Event {
    let mut case = records::tampered();
    let step = Arc::get_mut(&mut case.steps[0]).expect("nobody else has it");
    let all = [derived(records::TOKEN), derived(records::KEY)].concat().join(" ");
    // Long enough for every report to cut it, so that a secret may lie across the cut.
    let body = format!("{{\"echo\":\"{all}\",\"more\":\"{}\"}}", format!("{} ", records::TOKEN).repeat(3_000));
    let mut answer = records::json(200, body);
    answer.headers.push("X-Echo", all.clone());
    answer.reason = all.clone();
    step.exchanges = vec![records::exchange("GET", &format!("/status/{}", records::TOKEN), answer)];
    step.description = Some(all.clone());
    for weighed in &mut step.findings {
        weighed.finding.cause = Some(all.clone());
    }
    let place = Place::Header("X-Echo".to_owned());
    let breach = Breach::HeaderValue { name: "X-Echo".to_owned(), expected: "nothing".to_owned(), actual: all };
    step.findings.push(records::finding("KT-CONTENT-TYPE", Level::Must, place, breach));
    Event::CaseFinished(Arc::new(case))
}

#[test]
fn no_report_shows_a_secret_in_any_form() {
    let mut events = records::events();
    events.insert(events.len() - 1, leaking());
    let layout = Layout { style: Style::Plain, detail: Detail::Steps, width: 100 };
    let reports = [
        records::report_of(&events, |out, background| Box::new(Human::new(out, layout, background))),
        records::report_of(&events, |out, background| Box::new(Json::new(out, background))),
        records::report_of(&events, |out, background| Box::new(Junit::new(out, background))),
        ci::markdown(&events),
        ci::sarif(&events),
        ci::github(&events),
        html::report(&events),
    ];
    for report in &reports {
        assert!(report.contains("[redacted]"), "the secrets were there to be found");
        for form in [derived(records::TOKEN), derived(records::KEY)].concat() {
            assert!(!report.contains(&form), "{form} in {report}");
        }
        // The beginning of a secret that was cut is a secret still.
        assert!(!report.contains(&records::TOKEN[..30]), "a piece of the token in {report}");
    }
    let document: Document = serde_json::from_str(&reports[1]).expect("JSON");
    for case in &document.cases {
        for body in case.steps.iter().flat_map(|step| &step.exchanges).filter_map(|exchange| {
            exchange.response.as_ref()?.body.as_ref().filter(|body| body.encoding == Encoding::Base64)
        }) {
            let bytes = base64::engine::general_purpose::STANDARD.decode(&body.data).expect("base64");
            assert!(!String::from_utf8_lossy(&bytes).contains(records::TOKEN));
        }
    }
}

#[test]
fn what_a_terminal_would_obey_is_in_no_report() {
    let events = records::events();
    let for_ci = [ci::markdown(&events), ci::sarif(&events), ci::github(&events), html::report(&events)];
    for report in [human(Style::Plain, Detail::Steps, 100), json_report(), junit()].into_iter().chain(for_ci) {
        let bad = report.chars().find(|c| *c != '\n' && storeproof::wire::is_treacherous(*c));
        assert_eq!(bad, None);
    }
}

/// Two calls of the vendor's program, of which the first was refused for its page and the second was answered late.
fn of_a_client() -> Event {
    let call = |target: &str, status: u16, after: u64| {
        let mut exchange = records::exchange("GET", target, records::json(status, "{}"));
        exchange.request.headers.push("Scp-Signature", "abcd");
        exchange.caller = Caller::Vendor;
        exchange.started = "2026-03-10T03:00:00Z".parse::<jiff::Timestamp>().expect("a time")
            + jiff::SignedDuration::from_millis(i64::try_from(after).expect("short"));
        exchange.timing.total = std::time::Duration::from_millis(after);
        exchange
    };
    let calls = vec![call("/v1/products?my_page=9&page=0", 400, 0), call("/v1/products?page=1", 200, 1500)];
    let mut step = records::step("list-products", "ListProducts", 7, calls);
    let ended = Ended::Exited { code: 3, output: String::new() };
    step.task =
        Some(TaskRecord { name: "list-products".to_owned(), arguments: vec!["kind=PRODUCT".to_owned()], ended });
    let breach = |problem: &str| Breach::Form { expected: "right".to_owned(), actual: problem.to_owned() };
    step.findings = vec![
        records::finding("KT-BILL-SUM", Level::Must, Place::Query("page".to_owned()), breach("0")),
        records::finding("KT-CONTENT-TYPE", Level::Must, Place::Header("Scp-Signature".to_owned()), breach("abcd")),
        records::finding("KT-AUTH-SIGNATURE", Level::Must, Place::Header("Scp-Nonce".to_owned()), breach("")),
    ];
    Event::CaseFinished(Arc::new(records::case("shop/client", Outcome::Breaks, vec![step])))
}

#[test]
fn calls_of_the_vendor_are_told_as_its_own_and_marked_where_they_are_wrong() {
    let layout = Layout { style: Style::Plain, detail: Detail::Steps, width: 100 };
    let told = records::report_of(&[of_a_client()], |out, background| Box::new(Human::new(out, layout, background)));
    let lines = [
        "  played: list-products (2 calls; the program ended with exit code 3) (broken)",
        "    step      list-products, the vendor's program calls ListProducts",
        "    task      list-products kind=PRODUCT; the vendor's program ended with exit code 3",
        "    calls of the vendor's program",
        "    >   1  +0.000 s  GET /api/v1/products?my_page=9&page=0  400",
        "        2  +1.500 s  GET /api/v1/products?page=1  200 after 1.5 s",
        "    call of the vendor's program, 1 of 2",
        "    > GET /api/v1/products?my_page=9&page=0 HTTP/1.1",
        "                                     ^^^^^^ KT-BILL-SUM",
        "    > Scp-Signature: abcd",
        "                     ^^^^ KT-CONTENT-TYPE",
        "    > (no header field Scp-Nonce)  KT-AUTH-SIGNATURE",
        "    answer of the store, after 0 ms",
    ];
    let mut rest = told.as_str();
    for line in lines {
        let at = rest.find(&format!("{line}\n")).unwrap_or_else(|| panic!("no {line:?} in the rest of\n{told}"));
        rest = &rest[at..];
    }
    assert!(!told.contains("curl"), "the store that was called is gone: {told}");
}

#[test]
fn the_json_report_says_who_called_and_what_the_program_was_to_do() {
    let (totals, elapsed) = (storeproof::engine::Totals::default(), std::time::Duration::ZERO);
    let events = [of_a_client(), Event::RunFinished { totals, interrupted: false, elapsed }];
    let report = records::report_of(&events, |out, background| Box::new(Json::new(out, background)));
    let report: Document = serde_json::from_str(&report).expect("JSON");
    let step = &report.cases[0].steps[0];
    let task = step.task.as_ref().expect("a task");
    assert_eq!((task.name.as_str(), task.exit_code, task.arguments.len()), ("list-products", Some(3), 1));
    assert!(step.exchanges.iter().all(|exchange| exchange.caller == json::Caller::Vendor));
    assert!(report.cases[0].findings.iter().all(|finding| finding.curl.is_none()));
}
