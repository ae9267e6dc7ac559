//! Courses by hand: what no fault of the reference client shows, and what must not be held against anybody.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use serde_json::{Value, json};

use super::super::super::rule;
use super::{is_complete, judge};
use crate::market::{Course, CourseJudgement, Ended, Task};
use crate::spec::{Operation, Parameter, ParameterPlace, Style};
use crate::verdict::{Place, RequirementId};
use crate::wire::{Caller, Exchange, Headers, Loss, Peer, Raw, Request, Response, Timing};

fn task(operation: &str, arguments: &[(&str, Value)]) -> Task {
    let id = Parameter {
        name: "product_id".to_owned(),
        place: ParameterPlace::Path,
        required: true,
        style: Style::Simple,
        explode: false,
        schema: None,
    };
    let shows = operation == "ShowProduct";
    Task {
        name: "do".to_owned(),
        operation: Arc::new(Operation {
            id: operation.to_owned(),
            method: "GET".to_owned(),
            path: "/".to_owned(),
            summary: None,
            parameters: if shows { vec![id] } else { Vec::new() },
            body: None,
            answers: Vec::new(),
            signatures: Vec::new(),
        }),
        arguments: arguments.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        command: Vec::new(),
        environment: Vec::new(),
        within: Duration::from_secs(30),
        answers: Vec::new(),
    }
}

/// A call so many milliseconds after the beginning.
fn call(at: i64, target: &str, answer: Result<Response, Loss>) -> Exchange {
    let mut request = Request::new("GET", target);
    request.headers.push("Scp-Timestamp", (1_700_000_000_000 + at).to_string());
    Exchange {
        request,
        answer,
        raw: Raw::default(),
        started: Timestamp::from_millisecond(1_700_000_000_000 + at).expect("a time"),
        timing: Timing::default(),
        peer: Peer::default(),
        caller: Caller::Vendor,
    }
}

fn status(status: u16) -> Result<Response, Loss> {
    Ok(Response { body: b"{}".to_vec(), ..Response::new(status) })
}

/// A page of `size` of the items from 0 to `all`.
fn page(page: u64, size: u64, all: u64) -> Result<Response, Loss> {
    let items: Vec<Value> = ((page - 1) * size..(page * size).min(all)).map(|id| json!({ "product_id": id })).collect();
    let body = json!({
        "count": items.len(), "current_page": page, "total_count": all, "total_pages": all.div_ceil(size), "products": items,
    });
    Ok(Response { body: body.to_string().into_bytes(), ..Response::new(200) })
}

fn judged(task: &Task, calls: &[Exchange], ended: &Ended) -> CourseJudgement {
    let operation = task.operation.id.as_str();
    let operations = calls.iter().map(|_| Some(operation)).collect();
    judge(&Course { task, exchanges: calls.iter().collect(), operations, ended })
}

fn rules(judgement: &CourseJudgement) -> Vec<RequirementId> {
    judgement.findings.iter().map(|(finding, _)| finding.requirement.clone()).collect()
}

const WELL: Ended = Ended::Exited { code: 0, output: String::new() };

fn failed(output: &str) -> Ended {
    Ended::Exited { code: 1, output: output.to_owned() }
}

#[test]
fn a_list_that_was_read_to_its_end_is_right() {
    let task = task("ListProducts", &[]);
    let calls = [call(0, "/v1/products", page(1, 20, 41)), call(1, "/v1/products?page=2", page(2, 20, 41))];
    let third = call(2, "/v1/products?page=3", page(3, 20, 41));
    let whole = [calls.to_vec(), vec![third]].concat();
    assert_eq!(rules(&judged(&task, &whole, &WELL)), []);
    assert_eq!(rules(&judged(&task, &calls, &WELL)), [rule::COURSE_COMPLETE]);
    // Who says that it failed has not claimed anything, but every answer was good.
    assert_eq!(rules(&judged(&task, &calls, &failed(""))), [rule::CLIENT_EXIT]);
}

#[rstest]
#[case::first(&[("", 1, 20)], "of the list, only page 1 of 3 was asked for")]
#[case::gap(&[("page=1", 1, 20), ("page=3", 3, 20)], "of the list, only pages 1, 3 of 3 were asked for")]
#[case::limit(&[("limit=10", 1, 10), ("page=2", 2, 20)], "limit is not the same for all pages")]
#[case::offset(&[("offset=0", 1, 20), ("offset=20", 1, 20)], "the calls differ by offset alone, which chooses no page")]
fn why_a_list_is_not_whole_is_told(#[case] asked: &[(&str, u64, u64)], #[case] why: &str) {
    let calls = asked
        .iter()
        .zip(0..)
        .map(|((query, number, size), at)| call(at, &format!("/v1/products?{query}"), page(*number, *size, 41)));
    let judgement = judged(&task("ListProducts", &[]), &calls.collect::<Vec<_>>(), &WELL);
    let (finding, _) =
        judgement.findings.iter().find(|(finding, _)| finding.requirement == rule::COURSE_COMPLETE).expect("told");
    assert!(finding.cause.as_deref().is_some_and(|cause| cause.starts_with(why)), "{finding:?}");
}

#[rstest]
#[case("vpc", Some("ids are compared exactly, small letters and capitals too"))]
#[case("V%2550C", Some("the value was percent-encoded twice"))]
#[case("DNS", None)]
fn another_id_than_the_task_says_is_told_with_its_likely_cause(#[case] sent: &str, #[case] cause: Option<&str>) {
    let task = task("ShowProduct", &[("product_id", json!("VPC"))]);
    let judgement = judged(&task, &[call(0, &format!("/v1/products/{sent}"), status(404))], &failed(""));
    assert_eq!(rules(&judgement), [rule::COURSE_ARGUMENTS]);
    assert_eq!(judgement.findings[0].0.cause.as_deref(), cause);
}

#[test]
fn an_empty_list_is_whole() {
    let calls = [call(0, "/v1/products?kind=X", page(1, 20, 0))];
    assert_eq!(rules(&judged(&task("ListProducts", &[]), &calls, &WELL)), []);
}

/// A client may learn the number of items first, and then read all of them at once.
#[test]
fn another_limit_for_a_list_begun_anew_is_right() {
    let calls =
        [call(0, "/v1/products?limit=1", page(1, 1, 41)), call(1, "/v1/products?limit=100&page=1", page(1, 100, 41))];
    assert_eq!(rules(&judged(&task("ListProducts", &[]), &calls, &WELL)), []);
}

#[test]
fn a_list_begun_anew_after_a_failure_is_a_second_attempt() {
    let calls = [
        call(0, "/v1/products?page=1", page(1, 20, 40)),
        call(1, "/v1/products?page=2", Err(Loss::HungUp)),
        call(2, "/v1/products?page=1&limit=100", page(1, 100, 40)),
    ];
    assert_eq!(rules(&judged(&task("ListProducts", &[]), &calls, &WELL)), []);
}

#[rstest]
#[case::no_attempt(&[(0, 503)], &[rule::RETRY_MADE])]
#[case::given_up(&[(0, 503), (300, 503), (900, 503)], &[])]
#[case::at_once(&[(0, 503), (10, 200)], &[rule::RETRY_PAUSE])]
#[case::a_short_pause(&[(0, 429), (100, 200)], &[])]
#[case::a_refusal_is_final(&[(0, 400), (500, 400)], &[rule::RETRY_REFUSED])]
fn attempts(#[case] calls: &[(i64, u16)], #[case] expected: &[RequirementId]) {
    let calls: Vec<Exchange> = calls.iter().map(|(at, code)| call(*at, "/v1/products/VPC", status(*code))).collect();
    let well = calls.last().is_some_and(|last| last.response().is_some_and(|answer| answer.status == 200));
    let task = task("ShowProduct", &[("product_id", json!("VPC"))]);
    let ended = if well { WELL } else { Ended::Silent };
    assert_eq!(rules(&judged(&task, &calls, &ended)), expected);
}

/// HTTP libraries open another connection when an idle one was closed.
#[test]
fn one_attempt_at_once_after_a_lost_connection_is_right_and_a_row_of_them_is_not() {
    let task = task("ShowProduct", &[("product_id", json!("VPC"))]);
    let lost = |at| call(at, "/v1/products/VPC", Err(Loss::HungUp));
    let good = |at| call(at, "/v1/products/VPC", status(200));
    assert_eq!(rules(&judged(&task, &[lost(0), good(1)], &WELL)), []);
    assert_eq!(rules(&judged(&task, &[lost(0), lost(1), good(2)], &WELL)), [rule::RETRY_PAUSE]);
    assert_eq!(rules(&judged(&task, &[lost(0), lost(1), good(500)], &WELL)), []);
}

#[test]
fn retry_after_is_waited_for() {
    let task = task("ShowProduct", &[("product_id", json!("VPC"))]);
    let limited = || {
        let headers = Headers::from_iter([("Retry-After", "2")]);
        call(0, "/v1/products/VPC", Ok(Response { headers, ..Response::new(429) }))
    };
    let soon = judged(&task, &[limited(), call(900, "/v1/products/VPC", status(200))], &WELL);
    assert_eq!(rules(&soon), [rule::RETRY_AFTER]);
    assert_eq!(soon.findings[0].0.problem(), "the time is 900 ms, expected 2 s at least (Retry-After of the 429)");
    assert_eq!(rules(&judged(&task, &[limited(), call(1990, "/v1/products/VPC", status(200))], &WELL)), []);
}

#[test]
fn who_hangs_up_before_a_slow_answer_is_impatient_and_has_not_fetched_twice() {
    let slow = || {
        let mut call = call(0, "/v1/products", page(1, 20, 5));
        call.timing.total = Duration::from_secs(3);
        call
    };
    let task = task("ListProducts", &[]);
    let again = |at| call(at, "/v1/products", page(1, 20, 5));
    assert_eq!(rules(&judged(&task, &[slow(), again(1000)], &WELL)), [rule::CLIENT_PATIENCE]);
    assert_eq!(rules(&judged(&task, &[slow()], &WELL)), []);
    assert_eq!(rules(&judged(&task, &[slow()], &failed("timed out"))), [rule::CLIENT_PATIENCE]);
}

#[rstest]
#[case::well(200, WELL, &[])]
#[case::unknown_and_said(404, failed("no such product"), &[])]
#[case::unknown_and_well(404, WELL, &[])]
#[case::unknown_and_a_trace(404, failed("Traceback (most recent call last):\n  x"), &[rule::CLIENT_CRASH])]
#[case::refused_and_well(401, WELL, &[rule::CLIENT_HONEST])]
#[case::good_and_failed(200, failed("KeyError"), &[rule::CLIENT_EXIT])]
#[case::good_and_killed(200, Ended::Killed { by: "signal 11".to_owned(), output: String::new() }, &[rule::CLIENT_EXIT])]
#[case::unseen(404, Ended::Silent, &[])]
#[case::late(200, Ended::TimedOut { limit: Duration::from_secs(30), output: String::new() }, &[rule::CLIENT_TIME])]
fn ends(#[case] code: u16, #[case] ended: Ended, #[case] expected: &[RequirementId]) {
    let task = task("ShowProduct", &[("product_id", json!("VPC"))]);
    let judgement = judged(&task, &[call(0, "/v1/products/VPC", status(code))], &ended);
    assert_eq!(rules(&judgement), expected);
    let told = code == 404 && ended == WELL;
    assert_eq!(judgement.readings.len(), usize::from(told), "an exit code of 0 for an unknown id is told");
}

#[test]
fn last_words_are_told_with_a_failure() {
    let output = (0..20).map(|line| format!("line {line}\n")).collect::<String>();
    let task = task("ShowProduct", &[("product_id", json!("VPC"))]);
    let judgement = judged(&task, &[call(0, "/v1/products/VPC", status(200))], &failed(&output));
    let remark = judgement.findings[0].0.remark.as_deref().expect("a remark");
    assert!(remark.starts_with("the program wrote last:\nline 12\n") && remark.ends_with("line 19"), "{remark}");
}

#[rstest]
#[case::boolean("is_exposed_menu=True", "is_exposed_menu", json!(true), true)]
#[case::form("display_name_ko=%ED%81%B4+x", "display_name_ko", json!("클 x"), true)]
#[case::percent("display_name_ko=%ED%81%B4%20x", "display_name_ko", json!("클 x"), true)]
#[case::zone("created_start_date=2024-01-01T09:00:00%2B09:00", "created_start_date", json!("2024-01-01T00:00:00"), true)]
#[case::order("product_id=DNS&product_id=VPC", "product_id", json!(["VPC", "DNS"]), true)]
#[case::commas("product_id=VPC,DNS", "product_id", json!(["VPC", "DNS"]), false)]
#[case::twice("display_name_ko=%25ED%2581%25B4", "display_name_ko", json!("클"), false)]
#[case::more("product_id=VPC&product_id=DNS", "product_id", json!(["VPC"]), false)]
#[case::other("sort=seq:asc", "sort", json!("seq:desc"), false)]
fn values_are_compared_as_they_are_meant(
    #[case] query: &str,
    #[case] name: &str,
    #[case] value: Value,
    #[case] same: bool,
) {
    let calls = [call(0, &format!("/v1/products?{query}"), page(1, 20, 1))];
    let judgement = judged(&task("ListProducts", &[(name, value)]), &calls, &WELL);
    let expected = if same { Vec::new() } else { vec![rule::COURSE_ARGUMENTS] };
    assert_eq!(rules(&judgement), expected);
}

#[test]
fn a_parameter_that_no_call_carries_has_not_been_seen() {
    let calls = [call(0, "/v1/products", page(1, 20, 1))];
    let judgement = judged(&task("ListProducts", &[("product_id", json!(["VPC", "DNS"]))]), &calls, &WELL);
    let why = "the task says product_id=VPC product_id=DNS, and no call carries product_id";
    assert_eq!((rules(&judgement), judgement.unseen.as_deref()), (Vec::new(), Some(why)));
    // How long a page is, is the client's affair.
    assert_eq!(judged(&task("ListProducts", &[("limit", json!(5))]), &calls, &WELL).unseen, None);
}

/// How long a page is, is the client's affair, also where the task names a length.
#[test]
fn a_client_with_pages_of_its_own_length_is_right() {
    let calls = [call(0, "/v1/products?limit=100", page(1, 100, 41))];
    let judgement = judged(&task("ListProducts", &[("limit", json!(5))]), &calls, &WELL);
    assert_eq!((rules(&judgement), judgement.unseen), (Vec::new(), None));
    let zero = [call(0, "/v1/products?limit=0", status(400))];
    assert_eq!(
        rules(&judged(&task("ListProducts", &[("limit", json!(5))]), &zero, &failed(""))),
        [rule::COURSE_ARGUMENTS]
    );
}

#[rstest]
#[case::axios("product_id[]=VPC&product_id[]=DNS")]
#[case::numbered("product_id%5B0%5D=VPC&product_id%5B1%5D=DNS")]
#[case::camel("productId=VPC&productId=DNS")]
#[case::dashed("product-id=VPC&product-id=DNS")]
#[case::capitals("PRODUCT_ID=VPC&PRODUCT_ID=DNS")]
fn a_filter_under_another_name_finds_everything_and_is_told(#[case] query: &str) {
    let calls = [call(0, &format!("/v1/products?{query}"), page(1, 20, 1))];
    let judgement = judged(&task("ListProducts", &[("product_id", json!(["VPC", "DNS"]))]), &calls, &WELL);
    assert_eq!((rules(&judgement), judgement.unseen.as_deref()), (vec![rule::COURSE_ARGUMENTS], None));
    let finding = &judgement.findings[0].0;
    assert!(
        finding.cause.is_some() && finding.breach.to_string().contains("product_id=VPC&product_id=DNS"),
        "{finding:?}"
    );
    assert!(judgement.excused.iter().all(|(_, excused, _)| *excused == rule::PARAM_UNKNOWN));
}

#[test]
fn an_answer_that_was_to_go_wrong_and_did_not_has_not_been_seen() {
    let answers = serde_json::from_value(json!([{ "cut": true, "skip": 1 }])).expect("a rule");
    let task = Task { answers, ..task("ListProducts", &[]) };
    let one = [call(0, "/v1/products", page(1, 20, 1))];
    let judgement = judged(&task, &one, &WELL);
    assert!(judgement.unseen.is_some_and(|why| why.ends_with("the only call was answered well")));
}

#[test]
fn only_what_the_task_asks_for_is_excused() {
    let task = task("ListProducts", &[("sort", json!("x:asc"))]);
    let judgement = judged(&task, &[call(0, "/v1/products?sort=x:asc&page=0", status(400))], &failed(""));
    assert!(judgement.excused.iter().all(|(_, _, place)| *place == Place::Query("sort".to_owned())));
    assert!(judgement.excused.contains(&(0, rule::PARAM_SORT, Place::Query("sort".to_owned()))));
}

#[rstest]
#[case::more(page(1, 20, 41), false)]
#[case::last(page(3, 20, 41), true)]
#[case::refused(status(404), true)]
#[case::limited(status(429), false)]
#[case::lost(Err(Loss::HungUp), false)]
fn silence_is_the_end_where_nothing_is_left(#[case] answer: Result<Response, Loss>, #[case] complete: bool) {
    let at = if complete { "3" } else { "1" };
    let last = call(0, &format!("/v1/products?page={at}"), answer);
    let task = task("ListProducts", &[]);
    let (exchanges, operations) = (vec![&last], vec![Some("ListProducts")]);
    assert_eq!(is_complete(&Course { task: &task, exchanges, operations, ended: &Ended::Silent }), complete);
}

#[test]
fn every_call_at_another_time_has_a_signature_of_its_own() {
    let task = task("ShowProduct", &[("product_id", json!("VPC"))]);
    let first = call(0, "/v1/products/VPC", status(503));
    let second =
        Exchange { started: first.started + SignedDuration::from_secs(1), answer: status(200), ..first.clone() };
    assert_eq!(rules(&judged(&task, &[first, second], &WELL)), [rule::RETRY_SIGNED]);
}
