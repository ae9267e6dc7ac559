//! Computed cases: why the call is wrong, and where its scenario is written.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use storeproof::engine::{Event, StepRecord, Totals};
use storeproof::report::{Detail, Human, Json, Junit, Layout, Style, json};
use storeproof::scenario::plan::Derived;
use storeproof::verdict::{Breach, Level, Outcome, Place};

use crate::{ci, html, records};

const EXPORT: &str = "storeproof certify kt-bizstore --filter kt-bizstore/derived/apply-customer/null --export DIR";
const FLAW: &str = "null of /service-info: type of service-info: is null, expected string";
const ALLOWED: &str = "HTTP 400; or HTTP 422";

fn events() -> Vec<Event> {
    let exchange = records::exchange("POST", "/customers/M1", records::json(201, ""));
    let what = "a call whose service-info is null".to_owned();
    let breach = Breach::Accepted { what, expected: vec!["400".to_owned()], actual: 201 };
    let step = StepRecord {
        derived: Some(Arc::new(Derived {
            flaw: "null".to_owned(),
            at: "/service-info".to_owned(),
            why: "type of service-info: is null, expected string".to_owned(),
            answers: vec!["HTTP 400".to_owned(), "HTTP 422".to_owned()],
        })),
        findings: vec![records::finding("KT-BILL-SUM", Level::Must, Place::Status, breach)],
        ..records::step("null-service-info", "applyCustomer", 1, vec![exchange])
    };
    let case = records::case("kt-bizstore/derived/apply-customer/null", Outcome::Breaks, vec![step]);
    let totals = Totals { break_: 1, ..Totals::default() };
    let end = Event::RunFinished { totals, interrupted: false, elapsed: Duration::from_millis(20) };
    vec![Event::CaseFinished(Arc::new(case)), end]
}

#[test]
fn whoever_reads_it_has_the_proof_and_is_sent_to_no_file_that_is_not_there() {
    let layout = Layout { style: Style::Plain, detail: Detail::Cases, width: 110 };
    let human = records::report_of(&events(), |out, background| Box::new(Human::new(out, layout, background)));
    let junit = records::report_of(&events(), |out, background| Box::new(Junit::new(out, background)));
    let told =
        [("human", human), ("junit", junit), ("markdown", ci::markdown(&events())), ("html", html::report(&events()))];
    for (format, told) in &told {
        // Prose is wrapped for a terminal.
        let whole = told.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [EXPORT, FLAW, ALLOWED] {
            assert!(whole.contains(part), "{format} says {part}: {told}");
        }
        assert!(!told.contains("apply-customer/null.arazzo.yaml"), "{format}: {told}");
    }
}

#[test]
fn programs_are_told_the_command_beside_the_path_below_its_folder() {
    let text = records::report_of(&events(), |out, background| Box::new(Json::new(out, background)));
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let schema: Value = serde_json::from_str(&json::schema()).expect("JSON");
    assert!(jsonschema::validator_for(&schema).expect("a good schema").is_valid(&document), "{text}");
    assert_eq!(document["cases"][0]["export"], EXPORT);
    assert_eq!(document["cases"][0]["steps"][0]["derived"]["answers"][1], "HTTP 422");
    let sarif: Value = serde_json::from_str(&ci::sarif(&events())).expect("JSON");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    let text = place["description"]["text"].as_str().unwrap_or_default();
    assert!(text.contains(EXPORT), "{place}");
}
