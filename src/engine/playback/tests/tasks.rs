//! Steps in which the vendor calls: what its program is asked to do, and what is made of its calls and its end.

use super::super::super::testing::{compare, exchange, operation, plan, response, simple, step, workflow};
use super::*;
use crate::market::Task;
use crate::scenario::expression::{Comparison, Expression, Source, Template};
use crate::scenario::plan::{Argument, Exec, Spot, Step, Target};
use crate::spec::ParameterPlace;
use crate::wire::Caller;

/// A step whose operation, `called`, the vendor calls.
fn task(id: &str) -> Step {
    let mut step = Step { criteria: Vec::new(), ..step(id) };
    step.target = Target::Operation(operation("called", "GET", "/ours"));
    step.extension.exec = Some(Exec {
        task: "list".to_owned(),
        command: Vec::new(),
        environment: vec![("DEPTH".to_owned(), Template::Literal(json!(3)))],
        within: Duration::from_secs(30),
        answers: serde_json::from_value(json!([{ "status": 429 }])).expect("a rule"),
        least: None,
        most: None,
    });
    step
}

fn call(target: &str, status: u16, at: Timestamp) -> Exchange {
    let exchange = exchange(Request::new("GET", target), Ok(response(status, "{}")));
    Exchange { caller: Caller::Vendor, started: at, ..exchange }
}

fn exited(code: i32) -> Ended {
    Ended::Exited { code, output: "its last words".to_owned() }
}

fn asked(stage: &mut Stage) -> Task {
    match stage.playback.next(stage.now) {
        Next::Perform(task) => *task,
        other => panic!("{other:?} is no task"),
    }
}

fn until(stage: &mut Stage) -> f64 {
    match stage.playback.next(stage.now) {
        Next::SleepUntil(until) => until.duration_since(stage.now).as_secs_f64(),
        other => panic!("{other:?} is no wait"),
    }
}

fn finished(stage: &mut Stage) -> CaseRecord {
    match stage.playback.next(stage.now) {
        Next::Finish(record) => *record,
        other => panic!("{other:?} is not the end"),
    }
}

/// One step, its calls, the end of its program.
fn played(step: Step, calls: &[(&str, u16)], ended: Ended) -> CaseRecord {
    let mut stage = Stage::new(plan(vec![workflow("w", vec![step])]));
    asked(&mut stage);
    for (target, status) in calls {
        let call = call(target, *status, stage.now);
        assert!(stage.playback.called(&call));
    }
    stage.playback.performed(ended);
    finished(&mut stage)
}

#[test]
fn the_program_is_told_what_to_do() {
    let mut step = task("a");
    step.arguments = vec![Argument {
        name: "product_id".to_owned(),
        place: Some(ParameterPlace::Query),
        value: Template::Literal(json!(["A", "B"])),
        spot: Spot::default(),
    }];
    let mut stage = Stage::new(plan(vec![workflow("w", vec![step])]));
    let task = asked(&mut stage);
    assert_eq!((task.name.as_str(), task.operation.id.as_str()), ("list", "called"));
    assert_eq!(task.words(), ["product_id=A", "product_id=B"]);
    assert_eq!(task.environment, [("DEPTH".to_owned(), "3".to_owned())]);
    assert_eq!(task.answers[0].operation.as_deref(), Some("called"), "the step's operation is meant");
}

#[test]
fn a_step_ends_with_its_program_and_keeps_all_calls() {
    let mut stage = Stage::new(plan(vec![workflow("w", vec![task("a"), task("b")])]));
    asked(&mut stage);
    let first = call("/ours/1", 200, stage.now);
    assert!(stage.playback.called(&first));
    assert!(until(&mut stage) >= 30.0, "a program is waited for");
    stage.playback.performed(exited(0));
    assert_eq!(asked(&mut stage).name, "list", "the next step follows");
    let second = call("/ours/2", 200, stage.now);
    assert!(stage.playback.called(&second));
    stage.playback.performed(exited(0));
    let record = finished(&mut stage);
    assert_eq!(record.outcome, Outcome::Conforms);
    let targets: Vec<_> = record.steps.iter().map(|step| step.exchanges[0].request.target.as_str()).collect();
    assert_eq!(targets, ["/ours/1", "/ours/2"]);
    let task = record.steps[0].task.as_ref().expect("it was a task");
    assert_eq!((task.name.as_str(), &task.ended), ("list", &exited(0)));
}

#[test]
fn calls_and_courses_are_judged() {
    let record = played(task("a"), &[("/ours", 500), ("/ours", 200)], exited(3));
    assert_eq!(record.outcome, Outcome::Breaks);
    let found: Vec<_> = record.steps[0]
        .findings
        .iter()
        .map(|weighed| (weighed.finding.requirement.as_str(), weighed.level, weighed.exchange))
        .collect();
    assert_eq!(found, [("MUST-BE-WELL", Level::Must, Some(0)), ("SHOULD-BE-NICE", Level::Should, None)]);
}

#[test]
fn criteria_look_at_the_last_call_as_it_was_sent() {
    let page = Expression::Request(Source::Query("page".to_owned()));
    let criterion = simple("$request.query.page == '2'", compare(page, Comparison::Equal, json!("2")));
    let step = || Step { criteria: vec![criterion.clone()], ..task("a") };
    assert_eq!(played(step(), &[("/ours?page=1", 200), ("/ours?page=2", 200)], exited(0)).outcome, Outcome::Conforms);
    let record = played(step(), &[("/ours?page=2", 200), ("/ours?page=3", 200)], exited(0));
    assert_eq!(record.outcome, Outcome::Breaks);
    assert_eq!(record.steps[0].findings[0].exchange, Some(1));
}

#[test]
fn a_program_that_says_it_is_done_and_has_not_called_breaks_the_contract() {
    let record = played(task("a"), &[], exited(0));
    assert_eq!(record.outcome, Outcome::Breaks);
    let finding = &record.steps[0].findings[0].finding;
    assert_eq!(finding.requirement.as_str(), "MUST-CALL");
    assert_eq!(
        finding.breach.to_string(),
        "a call of called is missing (the task was list, and the vendor's program ended with exit code 0)"
    );
}

#[test]
fn a_task_that_the_program_does_not_do_is_left_out() {
    let record = played(task("a"), &[], exited(77));
    assert_eq!(record.outcome, Outcome::NotJudged(Blocked::Declined { task: "list".to_owned() }));
    assert_eq!(record.outcome.word(), "left out");
    // One that has called is judged by what it called.
    assert_eq!(played(task("a"), &[("/ours", 500)], exited(77)).outcome, Outcome::Breaks);
    assert_eq!(played(task("a"), &[("/ours", 200)], exited(77)).steps[0].findings.len(), 1);
}

#[rstest::rstest]
#[case(exited(2), "its program ended with exit code 2 and called nothing; it wrote last: its last words")]
#[case(Ended::NotStarted { why: "no such file".to_owned() }, "its program could not be started: no such file and")]
#[case(Ended::Silent, "nobody called in time")]
fn a_program_that_never_called_is_not_judged(#[case] ended: Ended, #[case] why: &str) {
    let record = played(task("a"), &[], ended);
    let Outcome::NotJudged(Blocked::Unreachable(said)) = &record.outcome else { panic!("{:?}", record.outcome) };
    assert!(said.starts_with(why), "{said}");
}

#[rstest::rstest]
#[case(1, None)]
#[case(2, None)]
#[case(4, Some("call 4 of called is there (the step allows 3)"))]
fn calls_are_counted_where_the_scenario_asks_for_it(#[case] count: usize, #[case] told: Option<&str>) {
    let mut step = task("a");
    if let Some(exec) = &mut step.extension.exec {
        (exec.least, exec.most) = (Some(1), Some(3));
    }
    let record = played(step, &vec![("/ours", 200); count], exited(0));
    let found = record.steps[0].findings.first().map(|weighed| weighed.finding.breach.to_string());
    assert_eq!(found.as_deref(), told);
    assert_eq!(record.outcome == Outcome::Breaks, told.is_some());
}

#[test]
fn too_few_calls_are_told() {
    let mut step = task("a");
    if let Some(exec) = &mut step.extension.exec {
        exec.least = Some(3);
    }
    let record = played(step, &[("/ours", 200)], exited(0));
    let breach = &record.steps[0].findings[0].finding.breach;
    assert_eq!(breach.to_string(), "call 2 of called is missing (the step asks for 3)");
}

#[test]
fn what_the_case_is_about_must_be_seen() {
    let record = played(task("a"), &[("/ours/boring", 200)], exited(0));
    assert_eq!(record.outcome, Outcome::NotJudged(Blocked::NotShown("nothing but boredom".to_owned())));
    // What is wrong is told first.
    assert_eq!(played(task("a"), &[("/ours/boring", 500)], exited(0)).outcome, Outcome::Breaks);
}

#[test]
fn where_nobody_sees_the_end_silence_is_one() {
    let mut stage = Stage::new(plan(vec![workflow("w", vec![task("a")])]));
    asked(&mut stage);
    stage.playback.unattended();
    assert!((until(&mut stage) - 120.0).abs() < 0.1, "somebody has to start it first");
    stage.now += SignedDuration::from_secs(100);
    let refused = exchange(Request::new("GET", "/ours"), Err(Loss::ClosedBeforeAnswer));
    assert!(stage.playback.called(&Exchange { started: stage.now, ..refused }));
    assert!((until(&mut stage) - 30.0).abs() < 0.1, "it may call again");
    stage.now += SignedDuration::from_secs(20);
    let well = call("/ours", 200, stage.now);
    assert!(stage.playback.called(&well));
    assert!((until(&mut stage) - 3.0).abs() < 0.1, "it looks done");
    stage.now += SignedDuration::from_secs(4);
    let record = finished(&mut stage);
    assert_eq!((record.outcome, record.steps[0].exchanges.len()), (Outcome::Conforms, 2));
}

#[test]
fn a_program_of_which_nothing_is_heard_has_not_ended_in_time() {
    let mut stage = Stage::new(plan(vec![workflow("w", vec![task("a")])]));
    asked(&mut stage);
    let call = call("/ours", 200, stage.now);
    assert!(stage.playback.called(&call));
    stage.now += SignedDuration::from_secs(60);
    let record = finished(&mut stage);
    let task = record.steps[0].task.as_ref().expect("it was a task");
    assert!(matches!(task.ended, Ended::TimedOut { .. }));
}

#[test]
fn a_task_that_is_abandoned_leaves_nothing_behind() {
    let mut stage = Stage::new(plan(vec![workflow("w", vec![task("a")])]));
    asked(&mut stage);
    let record = stage.playback.abandon(Blocked::Ended, stage.now);
    assert_eq!(record.outcome, Outcome::NotJudged(Blocked::Ended));
}
