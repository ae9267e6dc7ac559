//! Calls of the vendor while a case is played.

use super::super::super::testing::{exchange, operation, plan, response, step, workflow};
use super::*;
use crate::scenario::plan::{Await, Step};
use crate::wire::Caller;

fn waiting(id: &str) -> Step {
    let mut step = step(id);
    step.extension.await_call =
        Some(Await { operation: operation("called", "GET", "/ours"), within: Duration::from_secs(5) });
    step
}

fn call(target: &str, status: u16) -> Exchange {
    let request = Request::new("GET", target);
    Exchange { caller: Caller::Vendor, ..exchange(request, Ok(response(status, "{}"))) }
}

/// Sends whatever is to be sent, to a vendor that is fine, until the playback wants to wait or has ended.
fn advance(stage: &mut Stage) -> Next {
    loop {
        match stage.playback.next(stage.now) {
            Next::Send(dispatches) => {
                let back = dispatches
                    .into_iter()
                    .map(|sent| Returned { exchange: exchange(sent.request, Ok(response(200, "{}"))), visit: None });
                let back = back.collect();
                stage.playback.received(back, stage.now);
            }
            other => return other,
        }
    }
}

fn finished(next: Next) -> CaseRecord {
    match next {
        Next::Finish(record) => *record,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_call_that_came_before_the_answer_is_enough() {
    let mut stage = Stage::new(plan(vec![workflow("w", vec![waiting("a")])]));
    assert!(stage.playback.called(&call("/ours", 200)));
    let record = finished(advance(&mut stage));
    assert_eq!(record.outcome, Outcome::Conforms);
    let callers: Vec<Caller> = record.steps[0].exchanges.iter().map(|exchange| exchange.caller).collect();
    assert_eq!(callers, [Caller::Marketplace, Caller::Vendor]);
}

#[test]
fn a_step_waits_for_its_call_and_goes_on_as_soon_as_it_comes() {
    let mut stage = Stage::new(plan(vec![workflow("w", vec![waiting("a"), step("b")])]));
    let Next::SleepUntil(until) = advance(&mut stage) else { panic!("it waits") };
    assert_eq!(until.duration_since(stage.now), SignedDuration::from_secs(5));
    assert!(!stage.playback.called(&call("/another-case", 200)));
    assert!(matches!(stage.playback.next(stage.now), Next::SleepUntil(_)));
    assert!(stage.playback.called(&call("/ours", 200)));
    let record = finished(advance(&mut stage));
    assert_eq!((record.outcome.clone(), steps(&record).len()), (Outcome::Conforms, 2));
}

#[test]
fn a_call_that_does_not_come_is_missed() {
    let mut stage = Stage::try_new(plan(vec![workflow("w", vec![waiting("a")])]), Script::default(), options())
        .expect("the script takes calls");
    let Next::SleepUntil(until) = advance(&mut stage) else { panic!("it waits") };
    stage.now = until;
    let record = finished(advance(&mut stage));
    assert_eq!(findings(&record), ["a MUST-CALL: a call of called is missing (none came within 5s after the answer)"]);
}

#[test]
fn a_step_without_criteria_says_which_rule_its_call_is_about() {
    let mut about = waiting("a");
    about.criteria.clear();
    about.extension.requirement = Some(RequirementId::known("OWN"));
    let mut stage = Stage::try_new(plan(vec![workflow("w", vec![about])]), Script::default(), options())
        .expect("the script takes calls");
    let Next::SleepUntil(until) = advance(&mut stage) else { panic!("it waits") };
    stage.now = until;
    let record = finished(advance(&mut stage));
    assert_eq!(findings(&record), ["a OWN: a call of called is missing (none came within 5s after the answer)"]);
}

#[test]
fn a_call_is_judged_where_it_came() {
    let mut stage = Stage::new(plan(vec![workflow("w", vec![waiting("a")])]));
    stage.playback.called(&call("/ours", 503));
    let record = finished(advance(&mut stage));
    assert_eq!(record.steps[0].findings[0].exchange, Some(1));
    assert_eq!(record.outcome, Outcome::Breaks);
}

#[test]
fn a_call_after_the_last_step_is_kept_with_it() {
    let mut stage = Stage::new(plan(vec![workflow("w", vec![step("a"), waiting("b")])]));
    stage.playback.called(&call("/ours", 200));
    let Next::SleepUntil(_) = advance(&mut stage) else { panic!("the first call belonged to the first step") };
    let abandoned = {
        stage.playback.called(&call("/ours", 503));
        stage.playback.abandon(Blocked::Ended, stage.now)
    };
    let kept: Vec<usize> = abandoned.steps.iter().map(|step| step.exchanges.len()).collect();
    assert_eq!(kept, [2, 2]);
    assert_eq!(abandoned.outcome, Outcome::Breaks);
    assert!(!stage.playback.called(&call("/ours", 200)), "the case has ended");
}
