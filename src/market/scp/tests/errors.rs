//! The three forms of errors, and what each is for.

use rstest::rstest;
use serde_json::{Value, json};

use super::{call, diagnosis, now, request, sign, store, told};
use crate::wire::Request;

#[rstest]
#[case::page_zero("/v1/products?page=0", "page: 0 is less than 1")]
#[case::limit_zero("/v1/products?limit=0", "limit: 0 is less than 1")]
#[case::negative("/v1/products?limit=-1", "limit: \"-1\" is no whole number from 1 on")]
#[case::word("/v1/products?page=None", "page: \"None\" is no whole number from 1 on")]
#[case::fraction("/v1/products?page=1.0", "page: \"1.0\" is no whole number from 1 on")]
#[case::plus("/v1/products?page=%2B1", "page: \"+1\" is no whole number from 1 on")]
#[case::empty("/v1/products?page=", "page: an empty value is no whole number")]
#[case::boolean(
    "/v1/product-categories?is_exposed_menu=ja",
    "is_exposed_menu: unable to interpret input \"ja\", expected true or false"
)]
#[case::date(
    "/v1/products?created_end_date=2024-02-30T00:00:00",
    "created_end_date: \"2024-02-30T00:00:00\" is no time such as 2024-01-01T00:00:00"
)]
#[case::sort_without_direction(
    "/v1/products?sort=created_at",
    "sort: \"created_at\" is not of the form field:asc or field:desc"
)]
#[case::sort_field("/v1/products?sort=seq:asc", "sort: there is no field \"seq\" to sort by")]
#[case::sort_direction("/v1/products?sort=kind:up", "sort: \"up\" is neither asc nor desc")]
#[case::escape("/v1/products?kind=%zz", "kind: a percent sign is not followed by two hexadecimal digits")]
#[case::bytes("/v1/products?kind=%ff", "kind: the escaped bytes are not UTF-8")]
fn a_parameter_that_cannot_be_used_is_a_validation_error(#[case] target: &str, #[case] detail: &str) {
    let (status, body) = told(&store(&[]), target);
    let error = &body["errors"][0];
    assert_eq!(status, 400, "{body}");
    assert_eq!(error["detail"], json!([detail]));
    let rest = json!({ "code": "ValidationError", "title": "ValidationError", "status": 400, "response": null,
        "links": [], "related_resources": [] });
    for (name, value) in rest.as_object().expect("an object") {
        assert_eq!(&error[name], value, "{name}");
    }
}

/// What the paginator of scpv2-sdk 0.2.3 asks for first.
#[test]
fn the_diagnosis_of_page_zero_says_where_pages_begin() {
    let told = diagnosis(&call(&store(&[]), "/v1/products?limit=20&page=0"));
    assert!(told.starts_with("page: 0 is less than 1; pages are counted from 1 here"), "{told}");
    assert!(!diagnosis(&call(&store(&[]), "/v1/products?limit=0")).contains("pages are counted"));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let (_, body) = told(&store(&[]), "/v1/products?page=0&limit=x&sort=y");
    assert_eq!(body["errors"][0]["detail"].as_array().map(Vec::len), Some(3));
}

/// Most that is said of signatures is about escapes. Whoever reads the header as it stands must not find others.
#[test]
fn the_diagnosis_shows_escapes_as_they_were_sent() {
    let (store, mut wrong) = (store(&[]), request("/v1/products?display_name_ko=%EA%B0%80"));
    wrong.target = "/v1/products?display_name_ko=%25EA%25B0%2580".to_owned();
    let mut sent = sign(&store, &wrong);
    sent.target = "/v1/products?display_name_ko=%EA%B0%80".to_owned();
    let told = diagnosis(&store.answer(&sent, now()));
    assert!(told.contains("(%25EB for %EB)"), "{told}");
    let missing = diagnosis(&call(&store, "/v1/products/%EA%B0%80"));
    assert!(missing.is_ascii() && missing.contains("%EA%B0%80"), "{missing}");
}

/// A value of any length is told with its beginning.
#[test]
fn long_values_are_cut() {
    let (_, body) = told(&store(&[]), &format!("/v1/products?page={}", "가".repeat(5000)));
    let detail = body["errors"][0]["detail"][0].as_str().expect("a text");
    assert!(detail.chars().count() < 120, "{detail}");
    let (status, body) = told(&store(&[]), &format!("/v1/products/{}", "A".repeat(5000)));
    assert!(status == 404 && body.to_string().len() < 600);
}

#[rstest]
#[case("/v1/products/NOTHING", "there is no product \"NOTHING\"")]
#[case("/v1/products/vpc", "there is no product \"vpc\"")]
#[case("/v1/products/VPC%2FDNS", "there is no product \"VPC/DNS\"")]
#[case("/v1/products/%ff", "there is no product \"\"")]
#[case("/v1/product-categories/NOTHING", "there is no category \"NOTHING\"")]
fn an_unknown_id_is_not_found(#[case] target: &str, #[case] detail: &str) {
    let (status, body) = told(&store(&[]), target);
    assert_eq!(
        (status, &body["errors"][0]["code"], &body["errors"][0]["detail"]),
        (404, &json!("NotFound"), &json!(detail))
    );
}

#[test]
fn an_id_in_another_case_is_explained() {
    let response = call(&store(&[]), "/v1/products/vpc");
    assert_eq!(diagnosis(&response), "there is no product \"vpc\"; ids are compared exactly, and there is \"VPC\"");
}

#[rstest]
#[case::elsewhere("/v1/nowhere", "/v1/nowhere")]
#[case::slash("/v1/products/", "/v1/products/")]
#[case::slash_and_query("/v1/products/?page=1", "/v1/products/")]
#[case::deeper("/v1/products/VPC/versions", "/v1/products/VPC/versions")]
fn a_path_that_is_no_operation_is_answered_by_the_gateway(#[case] target: &str, #[case] path: &str) {
    let (status, body) = told(&store(&[]), target);
    assert_eq!(
        (status, &body["error"], &body["path"], &body["status"]),
        (404, &json!("Not Found"), &json!(path), &json!(404))
    );
    assert_eq!(body["timestamp"], "2026-03-10T03:00:00.000+00:00");
    assert!(body["requestId"].is_string());
}

#[test]
fn a_slash_at_the_end_is_explained() {
    let response = call(&store(&[]), "/v1/products/");
    assert_eq!(diagnosis(&response), "/v1/products is the path; a slash at its end makes it another one");
}

fn with_method(method: &str, target: &str) -> Request {
    Request { method: method.to_owned(), ..request(target) }
}

#[rstest]
#[case("POST")]
#[case("DELETE")]
#[case("PROPFIND")]
#[case("get")]
fn another_method_is_refused(#[case] method: &str, #[values("/v1/products", "/v1/products/VPC", "/")] target: &str) {
    let store = store(&[]);
    let response = store.answer(&sign(&store, &with_method(method, target)), now());
    assert_eq!((response.status, response.headers.text("Allow").as_deref()), (405, Some("GET")));
    assert_eq!(response.json().expect("JSON")["error"], "Method Not Allowed");
}

#[test]
fn an_answer_to_head_has_no_body() {
    let store = store(&[]);
    let response = store.answer(&sign(&store, &with_method("HEAD", "/v1/products")), now());
    assert_eq!((response.status, response.body.len()), (405, 0));
}

#[rstest]
fn options_is_forbidden_signed_or_not(#[values("/", "/v1/products", "/v1/nowhere", "*")] target: &str) {
    let response = store(&[]).answer(&with_method("OPTIONS", target), now());
    let body = response.json().expect("JSON");
    let error = &body["errors"][0];
    assert_eq!((response.status, &error["code"], &error["status"]), (403, &json!("Forbidden"), &json!(403)));
    assert_eq!(error["response"]["message"], "Action definition is not found");
    assert!(response.headers.get("Allow").is_none() && response.headers.get("Access-Control-Allow-Origin").is_none());
}

#[rstest]
#[case::current("product 1.0", 200)]
#[case::blanks_around("  product 1.0 ", 200)]
#[case::another("product 1.1", 400)]
#[case::number_alone("1.0", 400)]
#[case::with_v("product v1.0", 400)]
#[case::another_service("vpc 1.0", 400)]
fn versions_are_chosen_by_header(#[case] version: &str, #[case] status: u16) {
    let store = store(&[]);
    let mut request = request("/v1/products/VPC");
    request.headers.push("Scp-API-Version", version);
    let response = store.answer(&sign(&store, &request), now());
    assert_eq!(response.status, status);
    if status == 400 {
        assert_eq!(response.json().expect("JSON")["errors"][0]["code"], "ValidationError");
    }
}

/// First the signature, then the path, then the method, then the rest.
#[test]
fn nothing_is_told_to_those_who_do_not_sign() {
    let store = store(&[]);
    for target in ["/v1/products", "/v1/products/NOTHING", "/v1/nowhere", "/v1/products?page=0"] {
        let response = store.answer(&request(target), now());
        let body: Value = response.json().expect("JSON");
        assert_eq!(
            (response.status, &body["status"], &body["name"]),
            (401, &json!("UNAUTHORIZED"), &json!("HmacValidFail"))
        );
    }
}
