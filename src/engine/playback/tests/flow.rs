//! Criteria, actions, retries.

use super::super::super::testing::{action, compare, is_status, plan, simple, step, workflow};
use super::*;
use crate::scenario::expression::{Comparison, Expression, Path, Source};
use crate::scenario::plan::{ActionKind, Goto, Step};

fn one(steps: Vec<Step>) -> Plan {
    plan(vec![workflow("w", steps)])
}

fn retry(after: f64, limit: u32) -> ActionKind {
    ActionKind::Retry { after: Duration::from_secs_f64(after), limit, first: None }
}

fn failing(id: &str, kinds: Vec<ActionKind>) -> Step {
    Step { on_failure: kinds.into_iter().map(|kind| action(kind, Vec::new())).collect(), ..step(id) }
}

fn succeeding(id: &str, kind: ActionKind) -> Step {
    Step { on_success: vec![action(kind, Vec::new())], ..step(id) }
}

#[test]
fn steps_follow_each_other_and_are_told_as_they_end() {
    let mut stage = Stage::new(one(vec![step("a"), step("b")]));
    let Next::Send(sent) = stage.playback.next(stage.now) else { panic!() };
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].purpose, sent[0].time_limit), (Purpose::Call, Duration::from_secs(3)));
    assert!(matches!(stage.playback.next(stage.now), Next::SleepUntil(until) if until == stage.now));
    let back = Returned { exchange: answered("GET", "/a", response(200, "{}")), visit: None };
    stage.playback.received(vec![back], stage.now);
    let told: Vec<_> = stage.playback.take_events().iter().map(|step| step.id.clone()).collect();
    assert_eq!(told, ["a"]);
    let record = stage.play(fine);
    assert_eq!(record.outcome, Outcome::Conforms);
    assert_eq!(record.elapsed, Duration::from_millis(1));
    assert_eq!(steps(&record), ["w/a 1", "w/b 1"]);
    assert_eq!(stage.playback.take_events().len(), 1);
    assert!(stage.playback.take_events().is_empty());
    assert_eq!(steps(&stage.play(fine)), steps(&record), "the end can be asked for again");
}

#[test]
fn a_failed_criterion_ends_the_workflow() {
    let mut stage = Stage::new(one(vec![step("a"), step("b")]));
    let record = stage.play(statuses(&[("/a", &[404])]));
    assert_eq!(record.outcome, Outcome::Breaks);
    assert_eq!(stage.diary, ["GET /a"]);
    assert_eq!(
        findings(&record),
        ["a SCENARIO-CRITERION: the status is 404, but this call answers 200 (criterion `$statusCode == 200`)"]
    );
    let weighed = &record.steps[0].findings[0];
    assert_eq!((weighed.exchange, &weighed.finding.place), (Some(0), &Place::Status));
}

#[test]
fn every_criterion_is_told() {
    let named = RequirementId::new("STORE-RULE");
    let mut both = step("a");
    both.criteria.push(is_status(201));
    both.extension.requirement = Some(named);
    let record = Stage::new(one(vec![both])).play(statuses(&[("/a", &[404])]));
    assert_eq!(record.steps[0].findings.len(), 2);
    assert!(findings(&record).iter().all(|found| found.starts_with("a STORE-RULE:")));
}

#[test]
fn findings_of_the_marketplace_do_not_stop_a_step_whose_criteria_hold() {
    let mut first = step("a");
    first.criteria = vec![is_status(500)];
    let mut stage = Stage::new(one(vec![first, step("b")]));
    let record = stage.play(statuses(&[("/a", &[500])]));
    assert_eq!(stage.diary, ["GET /a", "GET /b"]);
    assert_eq!(record.outcome, Outcome::Breaks);
    assert_eq!(findings(&record), ["a MUST-BE-WELL: the vendor's server failed with status 500"]);
}

#[test]
fn a_step_without_criteria_fails_by_what_the_contract_forbids() {
    let bare = |id: &str| Step { criteria: Vec::new(), ..step(id) };
    let mut stage = Stage::new(one(vec![bare("a"), bare("b"), bare("c")]));
    let record = stage.play(statuses(&[("/a", &[418]), ("/b", &[500])]));
    assert_eq!(stage.diary, ["GET /a", "GET /b"]);
    assert_eq!(record.outcome, Outcome::Breaks);
    assert!(stage.script().signed.iter().all(|(_, expects)| *expects == Expects::Success));
}

#[test]
fn advice_alone_conforms() {
    let bare = Step { criteria: Vec::new(), ..step("a") };
    let record = Stage::new(one(vec![bare])).play(statuses(&[("/a", &[418])]));
    assert_eq!(record.outcome, Outcome::Conforms);
    assert_eq!(record.steps[0].findings[0].level, Level::Should);
}

#[test]
fn criteria_below_must_are_reported_and_the_scenario_goes_on() {
    let mut soft = step("a");
    soft.extension.requirement = Some(RequirementId::known("SHOULD-BE-NICE"));
    let mut stage = Stage::new(one(vec![soft, step("b")]));
    let record = stage.play(statuses(&[("/a", &[404])]));
    assert_eq!(stage.diary, ["GET /a", "GET /b"]);
    assert_eq!(record.outcome, Outcome::Conforms);
    assert_eq!(findings(&record).len(), 1);
}

#[test]
fn criteria_on_the_status_are_announced_to_the_marketplace() {
    let mut stage = Stage::new(one(vec![step("a")]));
    stage.play(fine);
    assert_eq!(stage.script().signed[0].1, Expects::Criteria);
}

#[test]
fn success_actions_lead_on() {
    let steps =
        vec![succeeding("a", ActionKind::Goto(Goto::Step(2))), step("b"), succeeding("c", ActionKind::End), step("d")];
    let mut stage = Stage::new(one(steps));
    assert_eq!(stage.play(fine).outcome, Outcome::Conforms);
    assert_eq!(stage.diary, ["GET /a", "GET /c"]);
}

#[test]
fn the_first_action_whose_criteria_hold_is_taken() {
    let mut first = step("a");
    first.on_success = vec![
        action(ActionKind::End, vec![is_status(200), is_status(404)]),
        action(ActionKind::Goto(Goto::Step(2)), vec![is_status(200)]),
        action(ActionKind::End, Vec::new()),
    ];
    let mut stage = Stage::new(one(vec![first, step("b"), step("c")]));
    stage.play(fine);
    assert_eq!(stage.diary, ["GET /a", "GET /c"]);
}

#[test]
fn polling_is_evidence_until_it_succeeds() {
    let polled = failing("a", vec![retry(1.5, 5)]);
    let mut stage = Stage::new(one(vec![polled, step("b")]));
    let record = stage.play(statuses(&[("/a", &[404, 404, 200])]));
    assert_eq!(stage.diary, ["GET /a", "sleep 1.5", "GET /a", "sleep 1.5", "GET /a", "GET /b"]);
    assert_eq!(record.outcome, Outcome::Conforms);
    assert_eq!(steps(&record), ["w/a 1 superseded", "w/a 2 superseded", "w/a 3", "w/b 1"]);
    assert_eq!(record.steps[0].findings.len(), 1, "kept as evidence");
}

#[test]
fn exhausted_retries_say_how_long_was_tried() {
    let polled = failing("a", vec![retry(2.0, 2)]);
    let mut stage = Stage::new(one(vec![polled, step("b")]));
    let record = stage.play(statuses(&[("/a", &[404])]));
    assert_eq!(stage.diary, ["GET /a", "sleep 2.0", "GET /a", "sleep 2.0", "GET /a"]);
    assert_eq!(record.outcome, Outcome::Breaks);
    assert_eq!(steps(&record), ["w/a 1 superseded", "w/a 2 superseded", "w/a 3"]);
    let cause = record.steps[2].findings[0].finding.remark.as_deref();
    assert_eq!(cause, Some("still so after 3 attempts in 4.0 s"));
}

#[test]
fn a_limit_of_zero_retries_nothing() {
    let mut stage = Stage::new(one(vec![failing("a", vec![retry(0.0, 0)])]));
    stage.play(statuses(&[("/a", &[404])]));
    assert_eq!(stage.diary, ["GET /a"]);
}

#[test]
fn later_actions_wait_until_a_retry_is_used_up() {
    let steps = vec![failing("a", vec![retry(0.0, 1), ActionKind::Goto(Goto::Step(2))]), step("b"), step("c")];
    let mut stage = Stage::new(one(steps));
    let record = stage.play(statuses(&[("/a", &[404])]));
    assert_eq!(stage.diary, ["GET /a", "GET /a", "GET /c"]);
    assert_eq!(record.outcome, Outcome::Conforms, "the scenario takes care of the failure");
    assert!(record.steps[1].superseded);
}

#[test]
fn each_retry_has_its_own_limit_and_a_new_visit_counts_anew() {
    let mut polled = step("a");
    polled.on_failure = vec![action(retry(0.0, 1), vec![is_status(404)]), action(retry(0.0, 1), vec![is_status(409)])];
    polled.on_success = vec![action(ActionKind::Goto(Goto::Step(1)), Vec::new())];
    let mut again = succeeding("b", ActionKind::Goto(Goto::Step(0)));
    again.on_success[0].criteria = vec![is_status(201)];
    again.criteria = Vec::new();
    let mut stage = Stage::new(one(vec![polled, again]));
    let record = stage.play(statuses(&[("/a", &[404, 409, 200, 404, 200]), ("/b", &[201, 200])]));
    assert_eq!(record.outcome, Outcome::Conforms);
    assert_eq!(stage.diary, ["GET /a", "GET /a", "GET /a", "GET /b", "GET /a", "GET /a", "GET /b"]);
}

#[test]
fn a_server_error_while_polling_is_a_finding() {
    let polled = failing("a", vec![retry(0.0, 5)]);
    let record = Stage::new(one(vec![polled])).play(statuses(&[("/a", &[404, 500, 200])]));
    assert_eq!(record.outcome, Outcome::Breaks);
    assert_eq!(steps(&record), ["w/a 1 superseded", "w/a 2", "w/a 3"]);
    assert_eq!(findings(&record), ["a MUST-BE-WELL: the vendor's server failed with status 500"]);
}

#[test]
fn an_end_after_failure_leaves_the_finding() {
    let mut stage = Stage::new(one(vec![failing("a", vec![ActionKind::End]), step("b")]));
    let record = stage.play(statuses(&[("/a", &[404])]));
    assert_eq!(stage.diary, ["GET /a"]);
    assert_eq!(record.outcome, Outcome::Breaks);
}

#[test]
fn retry_after_of_the_answer_wins() {
    let polled = failing("a", vec![retry(1.5, 9)]);
    let mut stage = Stage::new(one(vec![polled]));
    let mut headers = vec!["7", "soon", "86400", "Tue, 14 Nov 2023 22:13:20 GMT"].into_iter();
    stage.play(move |_| {
        let mut answer = response(404, "{}");
        match headers.next() {
            None => return Ok(response(200, "{}")),
            Some(value) => answer.headers.push("retry-after", value),
        }
        Ok(answer)
    });
    assert_eq!(stage.diary[1], "sleep 7.0");
    assert_eq!(stage.diary[3], "sleep 1.5");
    assert_eq!(stage.diary[5], "sleep 300.0", "bounded");
    assert_eq!(stage.diary[7], "GET /a", "the date is over");
}

#[test]
fn a_retry_can_run_a_step_first() {
    let renewing = ActionKind::Retry { after: Duration::from_secs(1), limit: 2, first: Some(Goto::Step(2)) };
    let steps = vec![failing("a", vec![renewing]), succeeding("b", ActionKind::End), step("renew")];
    let mut stage = Stage::new(one(steps));
    let record = stage.play(statuses(&[("/a", &[401, 401, 200]), ("/renew", &[200, 404])]));
    let round = ["GET /a", "sleep 1.0", "GET /renew"];
    assert_eq!(stage.diary, [round.as_slice(), &round, &["GET /a", "GET /b"]].concat());
    assert_eq!(record.outcome, Outcome::Breaks, "the second renewal failed");
    assert!(findings(&record)[0].starts_with("renew "), "{:?}", findings(&record));
}

#[test]
fn retries_that_lead_into_each_other_end() {
    let first = |at| ActionKind::Retry { after: Duration::ZERO, limit: 9, first: Some(Goto::Step(at)) };
    let mut stage = Stage::new(one(vec![failing("a", vec![first(1)]), failing("b", vec![first(0)])]));
    let record = stage.play(statuses(&[("/a", &[404]), ("/b", &[404])]));
    assert!(harness(&record).contains("64 deep"), "{}", harness(&record));
}

#[test]
fn a_circle_ends_at_the_limit() {
    let circle = one(vec![succeeding("a", ActionKind::Goto(Goto::Step(0)))]);
    let options = Options { max_steps: 50, ..options() };
    let mut stage = Stage::try_new(circle, Script::default(), options).unwrap();
    let record = stage.play(fine);
    assert_eq!(record.steps.len(), 50);
    assert!(harness(&record).contains("50 steps"));
}

#[test]
fn outputs_travel_to_later_steps() {
    let output = |pointer: &str| Expression::Response(Source::Body(pointer.to_owned()));
    let mut first = step("a");
    first.outputs = vec![("id".to_owned(), output("/id")), ("gone".to_owned(), output("/gone"))];
    let of_first = |name: &str| Expression::Steps {
        step: "a".to_owned(),
        output: Path { name: name.to_owned(), pointer: String::new() },
    };
    let mut second = step("b");
    second.criteria = vec![
        simple("id", compare(of_first("id"), Comparison::Equal, json!(5))),
        simple("gone", compare(of_first("gone"), Comparison::Equal, Value::Null)),
    ];
    let record = Stage::new(one(vec![first, second])).play(|_| Ok(response(200, r#"{"id":5}"#)));
    assert_eq!(record.outcome, Outcome::Conforms, "{:?}", findings(&record));
}

#[test]
fn nothing_to_play_is_not_a_pass() {
    let record = Stage::new(plan(vec![workflow("w", Vec::new())])).play(fine);
    assert!(harness(&record).contains("no step"));
}

#[test]
fn a_playback_can_move_between_threads() {
    fn moves<T: Send>() {}
    moves::<Playback>();
}

#[test]
fn an_abandoned_case_keeps_what_was_played() {
    let mut stage = Stage::new(one(vec![step("a"), step("b")]));
    stage.playback.next(stage.now);
    let back = Returned { exchange: answered("GET", "/a", response(200, "{}")), visit: None };
    stage.playback.received(vec![back], stage.now);
    stage.playback.next(stage.now);
    let record = stage.playback.abandon(Blocked::Ended, stage.now);
    assert_eq!(record.outcome, Outcome::NotJudged(Blocked::Ended));
    assert_eq!(steps(&record), ["w/a 1"]);
    assert!(matches!(stage.playback.next(stage.now), Next::Finish(_)));
}

#[test]
fn results_that_were_not_asked_for_change_nothing() {
    let mut stage = Stage::new(one(vec![step("a")]));
    let back = || Returned { exchange: answered("GET", "/a", response(500, "{}")), visit: None };
    stage.playback.received(vec![back()], stage.now);
    assert_eq!(stage.play(fine).outcome, Outcome::Conforms);
    let mut stage = Stage::new(one(vec![step("a")]));
    stage.playback.next(stage.now);
    stage.playback.received(vec![back(), back()], stage.now);
    assert!(harness(&stage.play(fine)).contains("not every request"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "this test is about time")]
fn a_thousand_steps_cost_what_a_thousand_steps_cost() {
    let long = |count: usize| {
        let mut steps: Vec<_> = (0..count).map(|at| step(&format!("s{at}"))).collect();
        for step in &mut steps {
            step.outputs = vec![("body".to_owned(), Expression::Response(Source::Body(String::new())))];
        }
        one(steps)
    };
    let took = |count: usize| {
        let mut stage = Stage::new(long(count));
        let begin = std::time::Instant::now();
        let body = format!("{{\"text\":\"{}\"}}", "x".repeat(2000));
        let record = stage.play(|_| Ok(response(200, &body)));
        assert_eq!((record.outcome, record.steps.len()), (Outcome::Conforms, count));
        begin.elapsed()
    };
    let (short, long) = (took(1_000), took(8_000));
    // Growing with the square, 8 times the steps would take 64 times as long.
    assert!(long < short * 32 + Duration::from_millis(50), "{short:?} for 1000 steps, {long:?} for 8000");
}
