//! What is sent: arguments, payloads, copies, the clock, visits.

use super::super::super::testing::{is_status, operation, plan, step, workflow};
use super::*;
use crate::scenario::expression::{Expression, Path, Piece, Source, Template};
use crate::scenario::plan::{Argument, Inputs, Payload, Spot, Step, Target, Workflow};
use crate::spec::{ParameterPlace, Schema};

fn argument(name: &str, place: Option<ParameterPlace>, value: Template) -> Argument {
    Argument { name: name.to_owned(), place, value, spot: Spot::default() }
}

fn input(name: &str) -> Expression {
    Expression::Inputs(Path { name: name.to_owned(), pointer: String::new() })
}

fn output(step: &str, name: &str) -> Template {
    let output = Path { name: name.to_owned(), pointer: String::new() };
    Template::Expression(Expression::Steps { step: step.to_owned(), output })
}

fn with_inputs(steps: Vec<Step>, schema: Value) -> Plan {
    let inputs =
        Inputs { schema: Schema::new(schema), defaults: vec![("size".to_owned(), json!(3))], generated: Vec::new() };
    plan(vec![Workflow { inputs: Some(inputs), ..workflow("w", steps) }])
}

fn given(inputs: Value) -> Options {
    Options { inputs: inputs.as_object().unwrap().clone(), ..options() }
}

fn schema() -> Value {
    json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "size": {"type": "integer"}}})
}

fn order() -> Step {
    let mut order = step("order");
    order.target = Target::Operation(operation("order", "POST", "/orders/{id}"));
    order.arguments = vec![
        argument("id", Some(ParameterPlace::Path), Template::Expression(input("id"))),
        argument("none", Some(ParameterPlace::Query), Template::Expression(input("none"))),
    ];
    order.payload = Some(Payload {
        content_type: "application/json".to_owned(),
        value: Some(Template::Object(vec![
            ("size".to_owned(), Template::Expression(input("size"))),
            ("note".to_owned(), Template::Text(vec![Piece::Text("for ".into()), Piece::Expression(input("id"))])),
        ])),
        replacements: vec![("/note".to_owned(), Template::Literal(json!("none")))],
    });
    order
}

#[test]
fn inputs_and_defaults_become_the_call() {
    let mut stage =
        Stage::try_new(with_inputs(vec![order()], schema()), Script::default(), given(json!({"id": "M 1", "x": 1})))
            .unwrap();
    let record = stage.play(fine);
    assert_eq!(stage.diary, ["POST /orders/M%201"]);
    assert_eq!(record.steps[0].exchanges[0].request.body, br#"{"size":3,"note":"none"}"#);
}

#[test]
fn inputs_that_do_not_fit_do_not_start() {
    for (inputs, problem) in [(json!({}), "property id is missing"), (json!({"id": 5}), "do not fit: /id: ")] {
        let result = Stage::try_new(with_inputs(vec![order()], schema()), Script::default(), given(inputs));
        let error = result.err().unwrap().to_string();
        assert!(error.contains(problem), "{error}");
    }
    let result = Stage::try_new(with_inputs(vec![order()], json!({"type": 5})), Script::default(), options());
    assert!(result.err().unwrap().to_string().contains("no JSON Schema"));
}

#[test]
fn generated_inputs_come_from_the_seed() {
    let made = |seed: u64, generator: &str| {
        let mut scenario = with_inputs(vec![step("a")], json!({"type": "object"}));
        scenario.workflows[0].inputs.as_mut().unwrap().generated = vec![("n".to_owned(), generator.to_owned())];
        let options = Options { seed, ..options() };
        Stage::try_new(scenario, Script::default(), options).map(|stage| stage.playback.schedule[0].1["n"].clone())
    };
    assert_eq!(made(1, "number"), made(1, "number"));
    assert_ne!(made(1, "number").unwrap(), made(2, "number").unwrap());
    let error = made(1, "nothing").unwrap_err().to_string();
    assert!(error.contains("generator nothing"), "{error}");
}

#[test]
fn a_step_that_waits_for_a_callback_does_not_start_where_nobody_takes_it() {
    let operation = operation("called", "GET", "/called");
    let mut waiting = step("a");
    waiting.extension.await_call = Some(crate::scenario::plan::Await { operation, within: Duration::from_secs(1) });
    let plan = Arc::new(plan(vec![workflow("w", vec![waiting])]));
    let session = crate::market::Session::Plain(crate::market::plain::Session { time_limit: Duration::from_secs(1) });
    let now = Timestamp::UNIX_EPOCH;
    let error = Playback::new(plan, session, catalogue(), options(), now).expect_err("nobody takes the call");
    assert_eq!(error, StartError::NoCallbacks { workflow: "w".to_owned(), step: "a".to_owned() });
}

#[test]
fn a_value_that_the_vendor_did_not_give_is_a_finding() {
    let mut first = step("a");
    first.outputs = vec![("id".to_owned(), Expression::Response(Source::Body("/id".to_owned())))];
    let mut second = step("b");
    second.arguments = vec![argument("id", Some(ParameterPlace::Query), output("a", "id"))];
    let mut stage = Stage::new(plan(vec![workflow("w", vec![first, second, step("c")])]));
    let record = stage.play(fine);
    assert_eq!(stage.diary, ["GET /a"]);
    assert_eq!(record.outcome, Outcome::Breaks);
    assert_eq!(
        findings(&record),
        ["b SCENARIO-CRITERION: $steps.a.outputs.id is missing (the call needs it for its parameter id)"]
    );
    assert!(record.steps[1].exchanges.is_empty());
}

#[test]
fn a_value_that_is_missing_from_a_broken_answer_is_told_under_its_rule() {
    let mut first = Step { criteria: vec![is_status(500)], ..step("a") };
    first.outputs = vec![("id".to_owned(), Expression::Response(Source::Body("/id".to_owned())))];
    let mut second = step("b");
    second.arguments = vec![argument("id", Some(ParameterPlace::Query), output("a", "id"))];
    let mut stage = Stage::new(plan(vec![workflow("w", vec![first, second, step("c")])]));
    let record = stage.play(statuses(&[("/a", &[500])]));
    assert_eq!(record.outcome, Outcome::Breaks);
    assert_eq!(stage.diary, ["GET /a"]);
    let missing = "$steps.a.outputs.id is missing (the call needs it for its parameter id)";
    assert_eq!(
        findings(&record),
        ["a MUST-BE-WELL: the vendor's server failed with status 500".to_owned(), format!("b MUST-BE-WELL: {missing}")]
    );
}

#[test]
fn a_line_break_from_the_vendor_is_its_fault_and_one_of_ours_is_not() {
    let header = |value| argument("X-Id", Some(ParameterPlace::Header), value);
    let mut first = step("a");
    first.outputs = vec![("id".to_owned(), Expression::Response(Source::Body("/id".to_owned())))];
    let mut second = step("b");
    second.arguments = vec![header(output("a", "id"))];
    let record =
        Stage::new(plan(vec![workflow("w", vec![first, second])])).play(|_| Ok(response(200, r#"{"id":"a\nb"}"#)));
    assert_eq!(record.outcome, Outcome::Breaks);

    let mut ours = step("a");
    ours.arguments = vec![header(Template::Literal(json!("a\nb")))];
    let record = Stage::new(plan(vec![workflow("w", vec![ours])])).play(fine);
    assert!(harness(&record).contains("line break"), "{}", harness(&record));
}

#[test]
fn a_path_without_its_input_is_our_own_trouble() {
    let bare = Step { payload: None, ..order() };
    let record = Stage::new(plan(vec![workflow("w", vec![bare])])).play(fine);
    assert!(harness(&record).contains("needs a value for {id}"), "{}", harness(&record));
}

#[test]
fn a_parameter_without_a_place_needs_a_description() {
    let mut odd = step("a");
    odd.arguments = vec![argument("x", None, Template::Literal(json!(1)))];
    let record = Stage::new(plan(vec![workflow("w", vec![odd])])).play(fine);
    assert!(harness(&record).contains("where parameter x travels"));
}

#[test]
fn copies_are_signed_one_by_one_with_the_shifted_clock() {
    let mut copied = step("a");
    copied.extension.deliver.copies = 3;
    copied.extension.deliver.clock_ms = -61_000;
    let mut stage = Stage::new(plan(vec![workflow("w", vec![copied])]));
    let begin = stage.now;
    let record = stage.play(fine);
    assert_eq!(stage.diary, ["GET /a"; 3]);
    assert_eq!(record.steps[0].exchanges.len(), 3);
    let signed: Vec<_> = stage.script().signed.iter().map(|(delivery, _)| (delivery.copy, delivery.now)).collect();
    let at = |ms: i64| begin + SignedDuration::from_millis(ms - 61_000);
    assert_eq!(signed, [(0, at(0)), (1, at(1)), (2, at(2))]);
}

#[test]
fn a_schedule_is_told_and_not_waited_for() {
    let mut retried = step("a");
    let hours = [1, 2].map(|hours| Duration::from_secs(hours * 3600));
    retried.extension.deliver.copies = 3;
    retried.extension.deliver.after = hours.to_vec();
    let mut stage = Stage::new(plan(vec![workflow("w", vec![retried])]));
    let begin = stage.now;
    let record = stage.play(fine);
    assert_eq!(stage.diary, ["GET /a"; 3]);
    assert_eq!(record.steps[0].later, hours);
    // Each delivery is signed with the time that it is: the vendor's clock goes on as it goes.
    let signed: Vec<_> = stage.script().signed.iter().map(|(delivery, _)| delivery.now - begin).collect();
    assert!(signed.iter().all(|since| since.get_hours() == 0), "{signed:?}");
}

#[test]
fn criteria_hold_for_every_copy() {
    let mut copied = step("a");
    copied.extension.deliver.copies = 3;
    let mut stage = Stage::new(plan(vec![workflow("w", vec![copied, step("b")])]));
    let record = stage.play(statuses(&[("/a", &[200, 409, 200])]));
    assert_eq!(record.steps[0].findings[0].exchange, Some(1));
    assert_eq!(stage.diary, ["GET /a"; 3]);
}

fn same() -> Step {
    let mut same = step("a");
    same.extension.deliver.copies = 3;
    same.extension.deliver.together = true;
    same.extension.same_answer =
        vec![("$response.body#/id".to_owned(), Expression::Response(Source::Body("/id".to_owned())))];
    same
}

#[test]
fn copies_that_disagree_are_a_finding() {
    let mut stage = Stage::new(plan(vec![workflow("w", vec![same(), step("b")])]));
    let mut count = 0;
    let record = stage.play(|_| {
        count += 1;
        Ok(response(200, &format!("{{\"id\":{}}}", count / 3)))
    });
    assert_eq!(stage.diary, ["GET /a + GET /a + GET /a", "GET /b"], "the criteria hold, so that it goes on");
    assert_eq!(
        findings(&record),
        ["a SCENARIO-SAME-ANSWER: $response.body#/id differs between deliveries: 0 first, then 1"]
    );
    assert_eq!(record.steps[0].findings[0].exchange, Some(2));
}

#[test]
fn copies_that_agree_are_fine_and_agreeing_on_nothing_is_not() {
    let record = Stage::new(plan(vec![workflow("w", vec![same()])])).play(|_| Ok(response(200, r#"{"id":7}"#)));
    assert_eq!(record.outcome, Outcome::Conforms);
    let record = Stage::new(plan(vec![workflow("w", vec![same()])])).play(fine);
    assert_eq!(
        findings(&record),
        ["a SCENARIO-SAME-ANSWER: the criterion `$response.body#/id` cannot be evaluated: missing"]
    );
}

#[test]
fn visits_are_judged_and_kept() {
    let mut followed = step("a");
    followed.extension.deliver.follow = true;
    let record = Stage::new(plan(vec![workflow("w", vec![followed])])).play(fine);
    assert_eq!(record.steps[0].visits.len(), 1);
    assert_eq!(findings(&record), ["a SHOULD-BE-NICE: the page https://vendor.example/login answers 404"]);
}

#[test]
fn a_snapshot_is_offered_where_the_step_takes_one() {
    let mut taken = step("a");
    let redact = vec![("/id".to_owned(), "uuid".to_owned())];
    taken.extension.snapshot = Some(crate::scenario::plan::SnapshotRule { redact: redact.clone() });
    let record = Stage::new(plan(vec![workflow("w", vec![taken, step("b")])])).play(fine);
    assert_eq!(record.steps[0].snapshot.as_ref().map(|snapshot| &snapshot.redact), Some(&redact));
    assert!(record.steps[1].snapshot.is_none());
}
