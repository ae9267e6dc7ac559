//! Secrets of cases that are played at one time.

use std::sync::Arc;
use std::time::Duration;

use storeproof::engine::{Event, Totals};
use storeproof::report::{Detail, Human, Json, Layout, Style};
use storeproof::verdict::{Breach, Level, Outcome, Place};
use storeproof::wire::Secret;

use crate::{ci, html, records};

const SENT: &str = "canary-of-a-case-that-is-still-played";
const LATER: &str = "canary-of-a-case-that-has-not-begun";

/// A case that quotes what was sent in another one, and `late`, which is sent after it has ended.
fn events(late: &str) -> Vec<Event> {
    let answer = records::json(200, format!("no JSON: {SENT} {late}"));
    let broken = Breach::NotJson(answer.json().expect_err("it is none"));
    let mut step = records::step("status", "getStatus", 7, vec![records::exchange("GET", "/status/M1", answer)]);
    step.findings = vec![records::finding("KT-BILL-SUM", Level::Must, Place::Body(String::new()), broken)];
    let first = records::case("shop/first", Outcome::Breaks, vec![step]);
    let mut other = records::exchange("GET", "/status/M2", records::json(200, "{}"));
    other.request.secrets = vec![Secret::new(SENT), Secret::new(LATER)];
    let second = records::step("status", "getStatus", 7, vec![other]);
    let second = records::case("shop/second", Outcome::Conforms, vec![second]);
    let totals = Totals { break_: 1, conform: 1, ..Totals::default() };
    vec![
        Event::Sending { secrets: vec![Secret::new(SENT)] },
        Event::CaseFinished(Arc::new(first)),
        Event::Sending { secrets: vec![Secret::new(LATER)] },
        Event::CaseFinished(Arc::new(second)),
        Event::RunFinished { totals, interrupted: false, elapsed: Duration::from_millis(20) },
    ]
}

/// Such a case is told at once.
#[test]
fn what_is_under_way_in_another_case_is_hidden_in_one_that_ends() {
    let layout = Layout { style: Style::Plain, detail: Detail::Steps, width: 100 };
    let told = records::report_of(&events(""), |out, background| Box::new(Human::new(out, layout, background)));
    assert!(told.contains("no JSON: [redacted]") && !told.contains(SENT), "{told}");
}

/// The vendor may have kept it from an earlier run with the same seed.
#[test]
fn a_report_that_is_written_at_the_end_hides_what_was_sent_later() {
    let events = events(LATER);
    let json = records::report_of(&events, |out, background| Box::new(Json::new(out, background)));
    for told in [json, ci::markdown(&events), ci::sarif(&events), ci::github(&events), html::report(&events)] {
        assert!(!told.contains(SENT) && !told.contains(LATER), "{told}");
    }
}
