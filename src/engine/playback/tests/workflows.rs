//! Workflows that call, follow and depend on each other.

use super::super::super::testing::{action, calling, compare, plan, simple, step, workflow};
use super::*;
use crate::scenario::expression::{Comparison, Expression, Path, Side, Source, Template};
use crate::scenario::plan::{
    ActionKind, Argument, Criterion, Goto, Inputs, SourceKind, Spot, Step, Workflow, WorkflowRef,
};
use crate::spec::Schema;

fn path(name: &str) -> Path {
    Path { name: name.to_owned(), pointer: String::new() }
}

fn equals(expression: Expression, value: Value) -> Criterion {
    simple("equals", compare(expression, Comparison::Equal, value))
}

fn here(at: usize) -> WorkflowRef {
    WorkflowRef::Here(at)
}

fn takes(names: &[&str], required: &[&str]) -> Option<Inputs> {
    let properties: serde_json::Map<_, _> =
        names.iter().map(|name| ((*name).to_owned(), json!({"type": "integer"}))).collect();
    let schema = Schema::new(json!({"type": "object", "properties": properties, "required": required}));
    Some(Inputs { schema, defaults: vec![("d".to_owned(), json!(9))], generated: Vec::new() })
}

/// A workflow that asks for its input `n`, and gives the answer's `/v` and `n` back.
fn part() -> Workflow {
    let mut ask = step("ask");
    ask.criteria.push(equals(Expression::Inputs(path("n")), json!(4)));
    ask.outputs = vec![("v".to_owned(), Expression::Response(Source::Body("/v".to_owned())))];
    Workflow {
        inputs: takes(&["n", "d"], &["n"]),
        outputs: vec![
            ("v".to_owned(), Expression::Steps { step: "ask".to_owned(), output: path("v") }),
            ("again".to_owned(), Expression::Outputs(path("v"))),
            ("none".to_owned(), Expression::Steps { step: "ask".to_owned(), output: path("none") }),
        ],
        ..workflow("part", vec![ask])
    }
}

fn calling_with(id: &str, at: usize, name: &str, value: Template) -> Step {
    let argument = Argument { name: name.to_owned(), place: None, value, spot: Spot::default() };
    Step { arguments: vec![argument], ..calling(id, at) }
}

fn seven(_: &Dispatch) -> Result<Response, Loss> {
    Ok(response(200, r#"{"v":7}"#))
}

#[test]
fn a_step_calls_a_workflow_and_takes_its_outputs() {
    let mut call = calling_with("call", 1, "n", Template::Literal(json!(4)));
    call.criteria = vec![equals(Expression::Outputs(path("again")), json!(7))];
    call.outputs = vec![("got".to_owned(), Expression::Outputs(path("v")))];
    let mut after = step("after");
    after.criteria = vec![
        equals(Expression::Steps { step: "call".to_owned(), output: path("got") }, json!(7)),
        equals(Expression::Workflows { workflow: "part".to_owned(), side: Side::Outputs, path: path("v") }, json!(7)),
        equals(Expression::Workflows { workflow: "part".to_owned(), side: Side::Inputs, path: path("n") }, json!(4)),
        equals(Expression::Workflows { workflow: "part".to_owned(), side: Side::Inputs, path: path("d") }, json!(9)),
    ];
    let mut stage = Stage::new(plan(vec![workflow("main", vec![call, after]), part()]));
    let record = stage.play(seven);
    assert_eq!(record.outcome, Outcome::Conforms, "{:?}", findings(&record));
    assert_eq!(steps(&record), ["part/ask 1", "main/call 1", "main/after 1"]);
    assert_eq!(record.steps[1].operation, None);
}

#[test]
fn a_step_without_outputs_gives_those_of_its_workflow() {
    let call = calling_with("call", 1, "n", Template::Literal(json!(4)));
    let mut after = step("after");
    after.criteria = vec![equals(Expression::Steps { step: "call".to_owned(), output: path("v") }, json!(7))];
    let record = Stage::new(plan(vec![workflow("main", vec![call, after]), part()])).play(seven);
    assert_eq!(record.outcome, Outcome::Conforms, "{:?}", findings(&record));
}

#[test]
fn a_failed_part_fails_its_caller() {
    let call = calling_with("call", 1, "n", Template::Literal(json!(5)));
    let mut stage = Stage::new(plan(vec![workflow("main", vec![call, step("after")]), part()]));
    let record = stage.play(seven);
    assert_eq!(stage.diary, ["GET /ask"]);
    assert_eq!(record.outcome, Outcome::Breaks);
    assert_eq!(findings(&record).len(), 1, "the part's finding is not repeated at the caller");
}

#[test]
fn inputs_that_do_not_fit_a_part() {
    let ours = calling_with("call", 1, "n", Template::Literal(json!("x")));
    let record = Stage::new(plan(vec![workflow("main", vec![ours]), part()])).play(seven);
    assert!(harness(&record).contains("do not fit"), "{}", harness(&record));

    let mut first = step("a");
    first.outputs = vec![("v".to_owned(), Expression::Response(Source::Body("/v".to_owned())))];
    let theirs = Template::Expression(Expression::Steps { step: "a".to_owned(), output: path("v") });
    let main = workflow("main", vec![first, calling_with("call", 1, "n", theirs)]);
    let record = Stage::new(plan(vec![main, part()])).play(|_| Ok(response(200, r#"{"v":"x"}"#)));
    assert_eq!(record.outcome, Outcome::Breaks);
}

#[test]
fn polling_through_a_workflow_is_evidence_too() {
    let retry = ActionKind::Retry { after: Duration::ZERO, limit: 3, first: None };
    let call = Step { on_failure: vec![action(retry, Vec::new())], ..calling("call", 1) };
    let main = workflow("main", vec![call, step("after")]);
    let mut stage = Stage::new(plan(vec![main, workflow("part", vec![step("x"), step("ask")])]));
    // What waits for the caller's decision is not told yet.
    for expected in ["/x", "/ask"] {
        let Next::Send(sent) = stage.playback.next(stage.now) else { panic!() };
        assert_eq!(sent[0].request.target, expected);
        assert!(stage.playback.take_events().is_empty());
        let status = if expected == "/ask" { 404 } else { 200 };
        let back = Returned { exchange: answered("GET", expected, response(status, "{}")), visit: None };
        stage.playback.received(vec![back], stage.now);
    }
    assert_eq!(stage.playback.take_events().len(), 3);
    let record = stage.play(statuses(&[("/ask", &[500, 404, 200])]));
    assert_eq!(record.outcome, Outcome::Breaks);
    assert_eq!(findings(&record), ["ask MUST-BE-WELL: the vendor's server failed with status 500"]);
    assert_eq!(
        steps(&record),
        [
            "part/x 1",
            "part/ask 1 superseded",
            "main/call 1 superseded",
            "part/x 1",
            "part/ask 1",
            "main/call 2 superseded",
            "part/x 1",
            "part/ask 1 superseded",
            "main/call 3 superseded",
            "part/x 1",
            "part/ask 1",
            "main/call 4",
            "main/after 1",
        ]
    );
}

#[test]
fn goto_hands_over_for_good() {
    let goto = ActionKind::Goto(Goto::Workflow(here(1)));
    let leaving = Step { on_success: vec![action(goto, Vec::new())], ..step("a") };
    let mut other = workflow("other", vec![step("c")]);
    other.steps[0].criteria.push(equals(Expression::Inputs(path("n")), json!(4)));
    other.inputs = takes(&["n"], &["n"]);
    let main = Workflow { inputs: takes(&["n", "m"], &["n"]), ..workflow("main", vec![leaving, step("b")]) };
    let depending = Workflow { depends_on: vec![here(0)], ..workflow("last", vec![step("d")]) };
    let inputs = json!({"n": 4, "m": 5}).as_object().unwrap().clone();
    let mut stage =
        Stage::try_new(plan(vec![main, other, depending]), Script::default(), Options { inputs, ..options() }).unwrap();
    let record = stage.play(fine);
    assert_eq!(stage.diary, ["GET /a", "GET /c", "GET /d"]);
    assert_eq!(record.outcome, Outcome::Conforms, "{:?}", findings(&record));
}

#[test]
fn a_part_that_hands_over_returns_through_the_other() {
    let goto = ActionKind::Goto(Goto::Workflow(here(2)));
    let leaving = Step { on_success: vec![action(goto, Vec::new())], ..step("a") };
    let workflows = vec![
        workflow("main", vec![calling("call", 1), step("z")]),
        workflow("part", vec![leaving]),
        workflow("other", vec![step("c")]),
    ];
    let mut stage = Stage::new(plan(workflows));
    assert_eq!(stage.play(fine).outcome, Outcome::Conforms);
    assert_eq!(stage.diary, ["GET /a", "GET /c", "GET /z"]);
}

#[test]
fn a_retry_can_run_a_workflow_first() {
    let first = Some(Goto::Workflow(here(1)));
    let retry = ActionKind::Retry { after: Duration::from_secs(1), limit: 1, first };
    let main = workflow("main", vec![Step { on_failure: vec![action(retry, Vec::new())], ..step("a") }]);
    let mut stage = Stage::new(plan(vec![main, workflow("renew", vec![step("r")])]));
    let record = stage.play(statuses(&[("/a", &[401, 200])]));
    assert_eq!(stage.diary, ["GET /a", "sleep 1.0", "GET /r", "GET /a"]);
    assert_eq!(record.outcome, Outcome::Conforms);
    assert_eq!(steps(&record), ["main/a 1 superseded", "renew/r 1", "main/a 2"]);
}

#[test]
fn independent_workflows_are_played_after_a_failure_and_dependent_ones_are_not() {
    let depending = Workflow { depends_on: vec![here(0)], ..workflow("b", vec![step("b")]) };
    let mut stage = Stage::new(plan(vec![workflow("a", vec![step("a")]), depending, workflow("c", vec![step("c")])]));
    let record = stage.play(statuses(&[("/a", &[404])]));
    assert_eq!(stage.diary, ["GET /a", "GET /c"]);
    assert_eq!(record.outcome, Outcome::Breaks);
}

#[test]
fn circles_of_dependency_do_not_start() {
    let on = |id: &str, at| Workflow { depends_on: vec![here(at)], ..workflow(id, vec![step("s")]) };
    let result = Stage::try_new(plan(vec![on("a", 1), on("b", 0)]), Script::default(), options());
    assert_eq!(result.err(), Some(StartError::DependencyCircle { workflow: "a".to_owned() }));
}

#[test]
fn recursion_is_bounded() {
    let record = Stage::new(plan(vec![workflow("w", vec![calling("again", 0)])])).play(fine);
    assert!(harness(&record).contains("64 deep"), "{}", harness(&record));
}

#[test]
fn goto_between_workflows_in_a_circle_ends_and_keeps_nothing() {
    let to = |at| ActionKind::Goto(Goto::Workflow(here(at)));
    let leaving = |id: &str, at| Step { on_success: vec![action(to(at), Vec::new())], ..step(id) };
    let workflows = vec![workflow("a", vec![leaving("a", 1)]), workflow("b", vec![leaving("b", 0)])];
    let options = Options { max_steps: 200, ..options() };
    let mut stage = Stage::try_new(plan(workflows), Script::default(), options).unwrap();
    let record = stage.play(fine);
    assert_eq!(record.steps.len(), 200);
    assert!(harness(&record).contains("200 steps"));
}

#[test]
fn workflows_of_other_documents_have_their_own_names() {
    let mut there = part();
    there.id = "main".to_owned();
    let mut entry = plan(vec![workflow(
        "main",
        vec![Step {
            target: crate::scenario::plan::Target::Workflow(WorkflowRef::There(1, 0)),
            criteria: vec![equals(Expression::Outputs(path("v")), json!(7))],
            ..calling_with("call", 0, "n", Template::Literal(json!(4)))
        }],
    )]);
    entry.sources.push(crate::scenario::plan::Source {
        name: "other".to_owned(),
        url: "./other.yaml".to_owned(),
        kind: SourceKind::Arazzo(Arc::new(plan(vec![there]))),
    });
    let record = Stage::new(entry).play(seven);
    assert_eq!(record.outcome, Outcome::Conforms, "{:?}", findings(&record));
    assert_eq!(steps(&record), ["main/ask 1", "main/call 1"]);
}

#[test]
fn a_workflow_that_does_not_exist_is_our_own_trouble() {
    let record = Stage::new(plan(vec![workflow("w", vec![calling("call", 7)])])).play(fine);
    assert!(harness(&record).contains("does not exist"));
}
