//! What lists and items answer.

use rstest::rstest;
use serde_json::json;

use super::{call, diagnosis, ids, now, request, store, told};

#[rstest]
#[case::all("/v1/product-categories", [14, 1, 14, 1])]
#[case::by_twenty("/v1/products", [20, 1, 92, 5])]
#[case::last_page("/v1/products?page=5", [12, 5, 92, 5])]
#[case::past_the_end("/v1/products?page=6", [0, 6, 92, 5])]
#[case::far_past_the_end("/v1/products?page=18446744073709551616&limit=9999999999999999999", [0, u64::MAX, 92, 1])]
#[case::one_by_one("/v1/products?limit=1&page=92", [1, 92, 92, 92])]
#[case::all_at_once("/v1/products?limit=1000", [92, 1, 92, 1])]
#[case::leading_zeros("/v1/products?limit=007&page=01", [7, 1, 92, 14])]
#[case::size_is_no_parameter("/v1/product-categories?size=1", [14, 1, 14, 1])]
#[case::last_of_two("/v1/products?limit=1&limit=2", [2, 1, 92, 46])]
#[case::nothing_found("/v1/products?product_id=NOTHING", [0, 1, 0, 0])]
#[case::filtered_and_paged("/v1/products?product_category_id=MANAGEMENT&limit=10&page=2", [5, 2, 15, 2])]
fn pages_are_counted(#[case] target: &str, #[case] expected: [u64; 4]) {
    let (status, body) = told(&store(&[]), target);
    let figures = [&body["count"], &body["current_page"], &body["total_count"], &body["total_pages"]];
    assert_eq!((status, figures.map(|figure| figure.as_u64())), (200, expected.map(Some)));
}

#[rstest]
#[case::one("/v1/products?product_id=VPC", "VPC")]
#[case::several("/v1/products?product_id=VPC&product_id=DNS", "VPC DNS")]
#[case::a_comma_is_part_of_the_value("/v1/products?product_id=VPC,DNS", "")]
#[case::case_counts("/v1/products?product_id=vpc", "")]
#[case::all_filters_hold("/v1/products?product_id=VPC&product_id=IAM&product_category_id=NETWORKING", "VPC")]
#[case::an_empty_value_is_no_filter("/v1/product-categories?display_name=&limit=1", "COMPUTE")]
#[case::empty_beside_another("/v1/product-categories?display_name=&display_name=Storage", "STORAGE")]
#[case::a_blank_as_plus("/v1/product-categories?display_name=Hybrid+Cloud", "HYBRID_CLOUD")]
#[case::a_blank_escaped("/v1/product-categories?display_name=Hybrid%20Cloud", "HYBRID_CLOUD")]
#[case::a_part_of_a_name("/v1/product-categories?display_name=Cloud", "")]
#[case::korean_name("/v1/product-categories?display_name_ko=Networking", "NETWORKING")]
#[case::hidden("/v1/product-categories?is_exposed_menu=False", "PLATFORM")]
#[case::hidden_by_number("/v1/product-categories?is_exposed_menu=0", "PLATFORM")]
#[case::either("/v1/product-categories?is_exposed_menu=off&is_exposed_menu=T&limit=1", "COMPUTE")]
#[case::by_person("/v1/product-categories?created_by=5cada9f6afa049418c4f18c0c4859202&limit=1", "COMPUTE")]
#[case::by_nobody("/v1/product-categories?created_by=nobody", "")]
#[case::no_such_filter("/v1/product-categories?category_id=STORAGE&limit=1", "COMPUTE")]
#[case::from_a_time("/v1/product-categories?created_start_date=2024-01-14T00:00:00", "HYBRID_CLOUD PLATFORM")]
#[case::to_a_time("/v1/product-categories?created_end_date=2024-01-02T00:00:00", "COMPUTE NETWORKING")]
#[case::with_an_offset("/v1/product-categories?created_start_date=2024-01-15T09:00:00%2B09:00", "PLATFORM")]
#[case::within_a_second(
    "/v1/product-categories?modified_start_date=2024-01-03T00:00:00Z&modified_end_date=2024-01-03T00:00:00.5",
    "STORAGE"
)]
#[case::ends_before_it_begins(
    "/v1/product-categories?created_start_date=2024-02-01T00:00:00&created_end_date=2024-01-01T00:00:00",
    ""
)]
#[case::sorted("/v1/product-categories?sort=seq:desc&limit=2", "PLATFORM HYBRID_CLOUD")]
#[case::sorted_by_time("/v1/product-categories?sort=created_at:asc&limit=2", "NETWORKING COMPUTE")]
#[case::sorted_by_flag("/v1/product-categories?sort=is_exposed_menu%3Aasc&limit=2", "PLATFORM COMPUTE")]
#[case::sorted_by_name("/v1/products?sort=display_name:asc&product_category_id=STORAGE&limit=1", "ARCHIVESTORAGE")]
#[case::not_sorted("/v1/product-categories?sort=&limit=1", "COMPUTE")]
fn lists_are_filtered_and_sorted(#[case] target: &str, #[case] expected: &str) {
    let (status, body) = told(&store(&[]), target);
    assert_eq!((status, ids(&body).as_str()), (200, expected), "{body}");
}

/// Of a member that is null nothing is equal, and it stands last.
#[rstest]
#[case("/v1/products?product_id=TEST_NULLS&display_name=Test%20Product", "")]
#[case("/v1/products?display_name_ko=%ED%85%8C%EC%8A%A4%ED%8A%B8%20%EC%83%81%ED%92%88", "TEST_PRODUCT")]
#[case("/v1/products?display_name_ko=테스트%20상품", "TEST_PRODUCT")]
#[case("/v1/products?sort=display_name:asc&page=94&limit=1", "TEST_NULLS")]
#[case("/v1/products?sort=display_name:desc&page=94&limit=1", "TEST_NULLS")]
#[case("/v1/product-categories?sort=seq:desc&page=15&limit=1", "TEST_KOREAN")]
fn null_is_nothing(#[case] target: &str, #[case] expected: &str) {
    let (status, body) = told(&store(&[("rows", "invented")]), target);
    assert_eq!((status, ids(&body).as_str()), (200, expected), "{body}");
}

#[test]
fn an_item_is_shown_as_the_reference_has_it() {
    let response = call(&store(&[]), "/v1/products/VPC");
    let expected = concat!(
        r#"{"product_id":"VPC","display_name":"VPC","display_name_ko":"VPC","kind":"PRODUCT","#,
        r#""product_category_id":"NETWORKING","product_category_name":"Networking","created_at":"2024-01-01T00:00:00","#,
        r#""created_by":"5cada9f6afa049418c4f18c0c4859202","modified_at":"2024-01-01T00:00:00","#,
        r#""modified_by":"5cada9f6afa049418c4f18c0c4859202"}"#
    );
    assert_eq!((response.status, response.text().as_str()), (200, expected));
    assert_eq!(response.headers.text("content-type").as_deref(), Some("application/json"));
    let (_, category) = told(&store(&[]), "/v1/product-categories/NETWORKING");
    assert_eq!((&category["seq"], &category["is_exposed_menu"]), (&json!(9), &json!(true)));
}

#[test]
fn ids_are_escaped_as_one_segment() {
    let (status, body) = told(&store(&[]), "/v1/product-categories/AI%2DML");
    assert_eq!((status, &body["category_id"]), (200, &json!("AI-ML")));
}

#[test]
fn versions_are_told_to_everybody() {
    let store = store(&[]);
    let response = store.answer(&request("/"), now());
    let expected = json!({ "versions": [{
        "id": "v1.0",
        "links": [{ "href": "http://127.0.0.1:7703/v1", "rel": "self" }],
        "not_before": "",
        "status": "CURRENT",
    }] });
    assert_eq!((response.status, response.json().expect("JSON")), (200, expected));
}

#[test]
fn what_is_overlooked_is_told_in_the_header_alone() {
    let store = store(&[]);
    let response = call(&store, "/v1/products?size=5&limit=5&pageSize=5&size=6");
    assert_eq!(diagnosis(&response), "are ignored: size, pageSize, which are no parameters of this operation");
    let shown = call(&store, "/v1/products/VPC?limit=5");
    assert_eq!(diagnosis(&shown), "is ignored: limit, which is no parameter of this operation");
    let plain = call(&store, "/v1/products?limit=5");
    assert_eq!((plain.body, diagnosis(&store.answer(&request("/"), now()))), (response.body, String::new()));
}

/// The same call at the same time has the same ids, and another one has others.
#[test]
fn answers_carry_the_id_of_their_request() {
    let store = store(&[]);
    let id = |target: &str| call(&store, target).headers.text("x-request-id").expect("is there");
    let one = id("/v1/products");
    assert_eq!((id("/v1/products"), id("/v1/products?page=1") == one), (one.clone(), false));
    let form = regex::Regex::new("^req-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
    assert!(form.expect("a pattern").is_match(&one), "{one}");
    let (_, body) = told(&store, "/v1/products/NOTHING");
    let error = &body["errors"][0];
    assert_eq!(
        error["request_id"],
        call(&store, "/v1/products/NOTHING").headers.text("x-scp-request-id").expect("is there")
    );
    assert_ne!(error["request_id"], error["global_request_id"]);
}

/// Reading all pages gives each item once, in whatever order and length.
#[rstest]
fn pages_hold_every_item_once(
    #[values("1", "7", "20", "91", "92", "93")] limit: &str,
    #[values("", "&sort=created_at:desc", "&sort=kind:asc", "&kind=PRODUCT")] question: &str,
) {
    let store = store(&[]);
    let mut seen = Vec::new();
    for page in 1.. {
        let (_, body) = told(&store, &format!("/v1/products?limit={limit}&page={page}{question}"));
        seen.extend(ids(&body).split_whitespace().map(str::to_owned));
        if page >= body["total_pages"].as_u64().expect("a number") {
            break;
        }
    }
    let all = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((all, seen.len()), (92, 92));
}
