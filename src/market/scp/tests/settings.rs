//! Every setting, on both its sides.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use rstest::rstest;
use serde_json::{Value, json};

use super::super::SETTINGS;
use super::super::settings::Settings;
use super::{BASE, call, diagnosis, ids, now, request, sign, store, told};
use crate::market::setting::Values;
use crate::sign::scp;
use crate::wire::Secret;

/// Setting, value, target, status, and the ids or the detail that are told.
const CASES: &[(&str, &str, &str, u16, &str)] = &[
    ("mode", "strict", "/v1/products?page=", 400, "page: an empty value is no whole number"),
    ("mode", "lenient", "/v1/products?page=&limit=1", 200, "VIRTUALSERVER"),
    ("mode", "strict", "/v1/products?sort=price:asc", 400, "sort: there is no field \"price\" to sort by"),
    ("mode", "lenient", "/v1/products?sort=price:asc&limit=1", 200, "VIRTUALSERVER"),
    ("mode", "lenient", "/v1/products?sort=product_id:up&limit=1", 200, "VIRTUALSERVER"),
    ("mode", "lenient", "/v1/products?sort=product_id:DESC&limit=1", 200, "WEBFIREWALL"),
    ("mode", "lenient", "/v1/products?sort=product_id&limit=1", 200, "AI-INFERENCE"),
    ("mode", "strict", "/v1/products?kind=%", 400, "kind: a percent sign is not followed by two hexadecimal digits"),
    ("mode", "lenient", "/v1/products?kind=%", 200, ""),
    ("unknown-id", "NotFound", "/v1/products/X", 404, "there is no product \"X\""),
    ("unknown-id", "ResourceNotFound", "/v1/products/X", 404, "there is no product \"X\""),
    ("rows", "documented", "/v1/products", 200, "VPC"),
    ("rows", "documented", "/v1/product-categories", 200, "NETWORKING"),
    ("rows", "observed", "/v1/products", 200, "VPC SECRETSMANAGER ESS FPMS PRICING ORACLESERVICES"),
    ("rows", "inferred", "/v1/products?product_id=TEST_PRODUCT&product_id=STS", 200, "STS"),
    ("rows", "invented", "/v1/products?product_id=TEST_PRODUCT&product_id=STS", 200, "STS TEST_PRODUCT"),
    ("order", "catalogue", "/v1/products?limit=2", 200, "VIRTUALSERVER VIRTUALSERVERDR"),
    ("order", "id", "/v1/products?limit=2", 200, "AI-INFERENCE AI-TRAINING"),
    ("order", "reversed", "/v1/products?limit=2", 200, "STS PRODUCT"),
    ("default-limit", "20", "/v1/products?page=5&product_category_id=MANAGEMENT", 200, ""),
    ("default-limit", "1", "/v1/products?page=5&product_category_id=MANAGEMENT", 200, "CLOUDMONITORING"),
    ("max-limit", "none", "/v1/products?limit=101&product_id=VPC", 200, "VPC"),
    ("max-limit", "100", "/v1/products?limit=101&product_id=VPC", 400, "limit: 101 is more than 100"),
    ("max-limit", "100", "/v1/products?limit=100&product_id=VPC", 200, "VPC"),
    ("page-zero", "refused", "/v1/products?page=0&limit=1", 400, "page: 0 is less than 1"),
    ("page-zero", "first", "/v1/products?page=0&limit=1", 200, "VIRTUALSERVER"),
    ("past-end", "empty", "/v1/products?page=6", 200, ""),
    ("past-end", "404", "/v1/products?page=6", 404, "there is no page 6; the last one is 5"),
    ("past-end", "404", "/v1/products?product_id=NOTHING", 200, ""),
    ("repeated", "last", "/v1/products?limit=1&limit=2", 200, "VIRTUALSERVER VIRTUALSERVERDR"),
    ("repeated", "first", "/v1/products?limit=1&limit=2", 200, "VIRTUALSERVER"),
    ("repeated", "refused", "/v1/products?limit=1&limit=2", 400, "limit: it is sent 2 times and takes one value"),
    ("repeated", "refused", "/v1/products?product_id=VPC&product_id=DNS", 200, "VPC DNS"),
    ("name-match", "exact", "/v1/product-categories?display_name=Data", 200, ""),
    ("name-match", "contains", "/v1/product-categories?display_name=Data", 200, "DATABASE DATA_ANALYTICS"),
    ("name-match", "contains", "/v1/products?product_id=VP", 200, ""),
    ("booleans", "lenient", "/v1/product-categories?is_exposed_menu=no", 200, "PLATFORM"),
    ("booleans", "plain", "/v1/product-categories?is_exposed_menu=FALSE", 200, "PLATFORM"),
    (
        "booleans",
        "plain",
        "/v1/product-categories?is_exposed_menu=no",
        400,
        "is_exposed_menu: unable to interpret input \"no\", expected true or false",
    ),
    ("date-bounds", "inclusive", "/v1/product-categories?created_start_date=2024-01-15T00:00:00", 200, "PLATFORM"),
    ("date-bounds", "exclusive", "/v1/product-categories?created_start_date=2024-01-15T00:00:00", 200, ""),
    ("date-bounds", "inclusive", "/v1/product-categories?created_end_date=2024-01-01T00:00:00", 200, "NETWORKING"),
    ("date-bounds", "exclusive", "/v1/product-categories?created_end_date=2024-01-01T00:00:00", 200, ""),
    ("reversed-dates", "empty", REVERSED, 200, ""),
    ("reversed-dates", "refused", REVERSED, 400, "modified_end_date: it is earlier than modified_start_date"),
    ("plus-sign", "blank", "/v1/product-categories?display_name=Hybrid+Cloud", 200, "HYBRID_CLOUD"),
    ("plus-sign", "plus", "/v1/product-categories?display_name=Hybrid+Cloud", 200, ""),
    ("plus-sign", "plus", "/v1/product-categories?created_start_date=2024-01-15T09:00:00+09:00", 200, "PLATFORM"),
    ("created-by-names", "", "/v1/product-categories?created_by=Kim&limit=1", 200, ""),
    ("created-by-names", PEOPLE, "/v1/product-categories?created_by=Kim&limit=1", 200, "COMPUTE"),
    ("created-by-names", PEOPLE, "/v1/product-categories?modified_by=Min-ji%20Park", 200, ""),
    ("catalogue", CATALOGUE, "/v1/products", 200, "MINE"),
    ("catalogue", CATALOGUE, "/v1/product-categories", 200, "SHELF"),
];

const REVERSED: &str = "/v1/products?modified_start_date=2024-02-01T00:00:00&modified_end_date=2024-01-01T00:00:00";
const PEOPLE: &str = "Kim=5cada9f6afa049418c4f18c0c4859202, Min-ji Park=00000000000000000000000000000000";
const CATALOGUE: &str = r#"{
  "product_categories": [{ "category_id": "SHELF" }],
  "products": [{
    "product_id": "MINE", "product_category_id": "SHELF", "created_at": "2026-01-01T00:00:00", "created_by": "me",
    "modified_at": "2026-01-01T00:00:00", "modified_by": "me"
  }]
}"#;

#[test]
fn each_setting_changes_what_it_says() {
    for (name, value, target, status, expected) in CASES {
        let settings: Vec<(&str, &str)> =
            [(*name, *value)].into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let (actual, body) = told(&store(&settings), target);
        let told = match &body["errors"][0]["detail"] {
            Value::Null => ids(&body),
            Value::Array(details) => details[0].as_str().unwrap_or_default().to_owned(),
            detail => detail.as_str().unwrap_or_default().to_owned(),
        };
        assert_eq!((actual, told.as_str()), (*status, *expected), "{name} = {value}: {target}");
        if *name == "unknown-id" {
            assert_eq!(body["errors"][0]["code"], *value);
        }
    }
}

/// The settings whose two sides are tested below, or that no answer shows.
const ELSEWHERE: &[&str] = &[
    "access-key",
    "secret-key",
    "public-url",
    "timestamp-window",
    "environment",
    "unsigned",
    "signature-error",
    "wrong-method",
    "over-limit",
    "text-booleans",
    "paging-numbers",
    "error-language",
    "request-id-header",
    "version-link",
    "diagnosis",
];

#[test]
fn no_setting_is_left_without_a_test() {
    let tested: BTreeSet<&str> = CASES.iter().map(|(name, ..)| *name).chain(ELSEWHERE.iter().copied()).collect();
    assert_eq!(tested, SETTINGS.iter().map(|setting| setting.name).collect());
}

/// Every default that is written in the table is the one that holds.
#[test]
fn the_table_of_settings_tells_the_defaults() {
    let mut values = Values::default();
    for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
        values.set(setting.name, setting.default);
    }
    let written = format!("{:?}", Settings::new(&values).expect("the defaults are right"));
    assert_eq!(written, format!("{:?}", Settings::default()));
}

#[test]
fn keys_can_be_changed() {
    let store = store(&[("access-key", "MINE"), ("secret-key", "another secret")]);
    assert_eq!(call(&store, "/v1/products").status, 200);
    let signed = scp::sign(&request("/v1/products"), BASE, "SCPDEMO", &Secret::new("another secret"), None, now());
    assert_eq!(store.answer(&signed.request, now()).status, 401);
}

#[test]
fn keys_are_shown_only_where_they_are_not_the_users() {
    let keys = |settings: &[(&str, &str)], reveal| store(settings).settings.keys(reveal);
    assert!(keys(&[], false).contains("storeproof-scp-test-secret-01 (built in, for tests)"));
    let own = [("secret-key", "my own secret")];
    assert_eq!(keys(&own, false), "access-key  SCPDEMO\nsecret-key  [set; --reveal shows it]\n");
    assert!(keys(&own, true).contains("my own secret"));
}

#[test]
fn a_public_address_may_be_signed_too() {
    let signed = |store: &super::Store| {
        let key = &store.settings.secret_key;
        let base = "https://product.e.samsungsdscloud.com";
        scp::sign(&request("/v1/products"), base, "SCPDEMO", key, None, now()).request
    };
    let plain = store(&[]);
    let public = store(&[("public-url", "https://product.e.samsungsdscloud.com/")]);
    assert_eq!(plain.answer(&signed(&plain), now()).status, 401);
    assert_eq!(public.answer(&signed(&public), now()).status, 200);
    assert_eq!(call(&public, "/v1/products").status, 200);
}

#[rstest]
#[case("5m", 300, 200)]
#[case("5m", 301, 401)]
#[case("5m", -301, 401)]
#[case("1h", 301, 200)]
#[case("off", 999_999_999, 200)]
#[case("off", -999_999_999, 200)]
fn a_timestamp_is_good_for_its_window(#[case] window: &str, #[case] seconds: i64, #[case] status: u16) {
    let store = store(&[("timestamp-window", window)]);
    let signed = sign(&store, &request("/v1/products"));
    assert_eq!(store.answer(&signed, now() + SignedDuration::from_secs(seconds)).status, status);
}

#[rstest]
#[case("401", None, 401)]
#[case("404", None, 404)]
#[case("401", Some("wrong"), 401)]
#[case("404", Some("wrong"), 401)]
fn a_request_without_a_signature_has_a_status_of_its_own(
    #[case] unsigned: &str,
    #[case] signature: Option<&str>,
    #[case] status: u16,
    #[values("/v1/products", "/v1/nowhere")] target: &str,
) {
    let store = store(&[("unsigned", unsigned)]);
    let mut request = request(target);
    signature.into_iter().for_each(|signature| request.headers.push(scp::SIGNATURE, signature));
    let response = store.answer(&request, now());
    let body = response.json().expect("JSON");
    assert_eq!((response.status, body.get("requestId").is_some()), (status, status == 404));
    assert!(diagnosis(&response).starts_with("the header Scp-Accesskey is missing"), "{}", diagnosis(&response));
}

#[rstest]
#[case("name", "HmacValidFail", "The signature of the request could not be verified.")]
#[case(
    "message",
    "Request was rejected by gateway",
    "HmacValidFail: The signature of the request could not be verified."
)]
fn a_wrong_signature_is_named_in_either_member(#[case] place: &str, #[case] name: &str, #[case] message: &str) {
    let store = store(&[("signature-error", place)]);
    let mut signed = sign(&store, &request("/v1/products"));
    signed.target.push_str("?page=1");
    let body = store.answer(&signed, now()).json().expect("JSON");
    assert_eq!(body, json!({ "status": "UNAUTHORIZED", "name": name, "message": message }));
}

#[rstest]
#[case("405", 405, "Method Not Allowed")]
#[case("404", 404, "Not Found")]
fn another_method_is_answered_in_either_way(#[case] setting: &str, #[case] status: u16, #[case] error: &str) {
    let store = store(&[("wrong-method", setting)]);
    let mut post = request("/v1/products");
    "POST".clone_into(&mut post.method);
    let response = store.answer(&sign(&store, &post), now());
    assert_eq!((response.status, &response.json().expect("JSON")["error"]), (status, &json!(error)));
    assert_eq!(response.headers.get("Allow").is_some(), status == 405);
    assert_eq!(diagnosis(&response), "the list of products was sent as POST; it is a GET");
}

#[rstest]
#[case("refused", 400, None)]
#[case("capped", 200, Some(30))]
fn a_limit_above_the_greatest_one(#[case] setting: &str, #[case] status: u16, #[case] count: Option<u64>) {
    let store = store(&[("max-limit", "30"), ("over-limit", setting)]);
    let (actual, body) = told(&store, "/v1/products?limit=31");
    assert_eq!((actual, body["count"].as_u64()), (status, count));
}

#[rstest]
#[case("false", json!([true, false]))]
#[case("true", json!(["True", "False"]))]
fn booleans_may_be_texts(#[case] setting: &str, #[case] expected: Value) {
    let store = store(&[("text-booleans", setting)]);
    let flag = |id: &str| told(&store, &format!("/v1/product-categories/{id}")).1["is_exposed_menu"].clone();
    assert_eq!(json!([flag("NETWORKING"), flag("PLATFORM")]), expected);
    // They are asked for as before.
    assert_eq!(ids(&told(&store, "/v1/product-categories?is_exposed_menu=false").1), "PLATFORM");
}

#[rstest]
#[case("numbers", json!([1, 1]))]
#[case("empty-text", json!(["", ""]))]
#[case("null", json!([null, null]))]
fn the_numbers_of_a_list_of_categories_may_be_missing(#[case] setting: &str, #[case] expected: Value) {
    let store = store(&[("paging-numbers", setting)]);
    let figures = |target| {
        let (_, body) = told(&store, target);
        json!([body["current_page"], body["total_pages"]])
    };
    assert_eq!(figures("/v1/product-categories"), expected);
    assert_eq!(figures("/v1/products"), json!([1, 5]), "the example of products has numbers");
}

#[rstest]
#[case("english", "ko-KR", false)]
#[case("accept-language", "ko-KR", true)]
#[case("accept-language", "ko", true)]
#[case("accept-language", "ko;q=0.9, en;q=0.8", true)]
#[case("accept-language", "en-US, ko", false)]
#[case("accept-language", "kok-IN", false)]
fn errors_may_be_in_korean(
    #[case] setting: &str,
    #[case] language: &str,
    #[case] korean: bool,
    #[values(
        "/v1/products?page=0&limit=x&sort=y&created_end_date=z&kind=%ff",
        "/v1/products/X",
        "/v1/products?page=a"
    )]
    target: &str,
) {
    let store = store(&[("error-language", setting)]);
    let mut request = request(target);
    request.headers.set("Accept-Language", language);
    let body = store.answer(&sign(&store, &request), now()).json().expect("JSON");
    let detail = body["errors"][0]["detail"].to_string();
    assert_eq!(detail.chars().any(|char| ('가'..='힣').contains(&char)), korean, "{detail}");
}

#[rstest]
#[case("both", true, true)]
#[case("x-scp-request-id", true, false)]
#[case("x-request-id", false, true)]
#[case("none", false, false)]
fn request_ids_stand_where_the_user_says(#[case] setting: &str, #[case] scp: bool, #[case] plain: bool) {
    let response = call(&store(&[("request-id-header", setting)]), "/v1/products");
    let has = |name: &str| response.headers.get(name).is_some();
    assert_eq!((has("x-scp-request-id"), has("x-request-id")), (scp, plain));
}

#[rstest]
#[case(&[], "http://127.0.0.1:7703/v1")]
#[case(&[("version-link", "documented")], "http://product.e.samsungsdscloud.com/v1")]
#[case(&[("version-link", "documented"), ("environment", "g")], "http://product.g.samsungsdscloud.com/v1")]
fn the_list_of_versions_points_where_the_user_says(#[case] settings: &[(&str, &str)], #[case] href: &str) {
    let body = store(settings).answer(&request("/"), now()).json().expect("JSON");
    assert_eq!(body["versions"][0]["links"][0]["href"], href);
}

#[test]
fn the_diagnosis_can_be_switched_off() {
    let unsigned = request("/v1/products");
    assert!(diagnosis(&store(&[]).answer(&unsigned, now())).starts_with("the header Scp-Accesskey is missing"));
    assert_eq!(diagnosis(&store(&[("diagnosis", "false")]).answer(&unsigned, now())), "");
}

#[rstest]
#[case("access-key", "", "an empty access key could not be told from a missing one")]
#[case("secret-key", "", "an empty secret key would let everybody in")]
#[case(
    "public-url",
    "product.e",
    "\"product.e\" is no base address; write one such as \"https://product.e.samsungsdscloud.com\""
)]
#[case(
    "public-url",
    "ftp://a",
    "\"ftp://a\" is no http or https address; write one such as \"https://product.e.samsungsdscloud.com\""
)]
#[case(
    "public-url",
    "https://a/?b",
    "\"https://a/?b\" is more than scheme, host, port and path; write one such as \"https://product.e.samsungsdscloud.com\""
)]
#[case("timestamp-window", "never", "\"never\" is no time; write 500ms, 10s or 2m, or \"off\"")]
#[case("environment", "e.x", "\"e.x\" is no label of small letters and digits")]
#[case("default-limit", "0", "a page has at least one item")]
#[case("max-limit", "0", "a page has at least one item")]
#[case("max-limit", "10", "10 is less than default-limit, which is 20")]
#[case("max-limit", "many", "\"many\" is no whole number from 0 on, nor \"none\"")]
#[case("created-by-names", "Kim", "\"Kim\" is not of the form NAME=ID")]
#[case("mode", "loose", "\"loose\" is none of \"strict\", \"lenient\"")]
#[case("catalogue", "[", "line ")]
fn what_cannot_be_used_is_refused(#[case] name: &str, #[case] value: &str, #[case] problem: &str) {
    let mut values = Values::default();
    values.set(name, value);
    let error = Settings::new(&values).expect_err("is refused");
    assert_eq!(error.name, name);
    assert!(error.problem.starts_with(problem), "{}", error.problem);
}
