//! What the document of Samsung Cloud Platform describes: operations, parameters, models, and what is wrong.

use rstest::rstest;
use serde_json::{Value, json};
use storeproof::market;
use storeproof::spec::{Caller, ParameterPlace, embedded};
use storeproof::verdict::Level;

use super::{violations_of, with};

const NAME: &str = "scp/product-1.0";

#[rstest]
#[case("ListVersions", "/", &[200], false)]
#[case("ListProductCategories", "/v1/product-categories", &[200, 400, 401, 404], true)]
#[case("ShowProductCategory", "/v1/product-categories/{category_id}", &[200, 400, 401, 404], true)]
#[case("ListProducts", "/v1/products", &[200, 400, 401], true)]
#[case("ShowProduct", "/v1/products/{product_id}", &[200, 400, 401, 404], true)]
fn each_operation_is_described_with_its_answers(
    #[case] id: &str,
    #[case] path: &str,
    #[case] statuses: &[u16],
    #[case] signed: bool,
) {
    let interface = embedded::interface(NAME).expect("is embedded");
    assert_eq!((interface.caller, interface.operations.len()), (Caller::Vendor, 5));
    let operation = interface.operation(id).expect("is described");
    assert_eq!((operation.method.as_str(), operation.path.as_str()), ("GET", path));
    assert_eq!(operation.signatures, if signed { vec!["scp-hmac-sha256"] } else { vec![] });
    assert!(operation.body.is_none());
    for status in [200, 400, 401, 403, 404, 500] {
        assert_eq!(operation.answer(status).is_some(), statuses.contains(&status), "{status}");
    }
}

#[rstest]
#[case("ListProductCategories", &["limit", "page", "display_name", "display_name_ko", "is_exposed_menu", "created_by",
    "modified_by", "created_start_date", "created_end_date", "modified_start_date", "modified_end_date", "sort"])]
#[case("ListProducts", &["limit", "page", "product_category_id", "product_id", "display_name", "display_name_ko", "kind",
    "created_start_date", "created_end_date", "modified_start_date", "modified_end_date", "sort"])]
#[case("ShowProduct", &[])]
fn the_parameters_of_the_reference_are_all_there(#[case] id: &str, #[case] names: &[&str]) {
    let interface = embedded::interface(NAME).expect("is embedded");
    let operation = interface.operation(id).expect("is described");
    let of = |place: ParameterPlace| {
        let parameters = operation.parameters.iter().filter(move |parameter| parameter.place == place);
        parameters.map(|parameter| (parameter.name.as_str(), parameter.required)).collect::<Vec<_>>()
    };
    assert_eq!(of(ParameterPlace::Query), names.iter().map(|name| (*name, false)).collect::<Vec<_>>());
    let headers = [
        ("Scp-Timestamp", true),
        ("Scp-ClientType", true),
        ("Scp-Accesskey", true),
        ("Accept-Language", false),
        ("Scp-Api-Version", false),
    ];
    assert_eq!(of(ParameterPlace::Header), headers);
    // A list is sent by repeating its name.
    for parameter in &operation.parameters {
        let list = parameter.schema.as_ref().is_some_and(|schema| schema.text()["type"] == "array");
        assert!(!list || parameter.explode, "{}", parameter.name);
    }
}

fn product() -> Value {
    json!({
        "product_id": "VPC", "display_name": "VPC", "display_name_ko": "VPC", "kind": "PRODUCT",
        "product_category_id": "NETWORKING", "product_category_name": "Networking",
        "created_at": "2024-01-01T00:00:00", "created_by": "5cada9f6afa049418c4f18c0c4859202",
        "modified_at": "2024-01-01T00:00:00", "modified_by": "5cada9f6afa049418c4f18c0c4859202"
    })
}

#[rstest]
#[case(("product_id", Value::Null), &[])]
#[case(("kind", Value::Null), &[])]
#[case(("display_name", json!("Logging&Audit")), &[])]
#[case(("created_at", Value::Null), &[("", "required")])]
#[case(("modified_by", Value::Null), &[("", "required")])]
#[case(("created_at", json!("2024-01-01T00:00:00Z")), &[("/created_at", "pattern")])]
#[case(("kind", json!(1)), &[("/kind", "type")])]
fn products_are_as_the_model_has_them(#[case] change: (&str, Value), #[case] expected: &[(&str, &str)]) {
    let found = violations_of(NAME, "ShowProduct", &with(product(), change));
    let found: Vec<(&str, &str)> = found.iter().map(|(at, keyword)| (at.as_str(), keyword.as_str())).collect();
    assert_eq!(found, expected);
}

/// Null is allowed where the model says so, and nowhere else.
#[rstest]
#[case("seq", &[])]
#[case("is_exposed_menu", &[])]
#[case("display_name_ko", &[])]
#[case("created_at", &[("/created_at", "type")])]
#[case("modified_by", &[("/modified_by", "type")])]
fn members_of_a_category_may_be_null_or_not(#[case] name: &str, #[case] expected: &[(&str, &str)]) {
    let found = violations_of(NAME, "ShowProductCategory", &json!({ name: null }));
    let found: Vec<(&str, &str)> = found.iter().map(|(at, keyword)| (at.as_str(), keyword.as_str())).collect();
    assert_eq!(found, expected);
}

#[rstest]
#[case(json!({}), 0)]
#[case(json!({ "count": null, "current_page": null, "total_count": 0, "products": [] }), 0)]
#[case(json!({ "current_page": "" }), 1)]
#[case(json!({ "products": [{}] }), 4)]
fn a_list_is_as_the_model_has_it(#[case] body: Value, #[case] count: usize) {
    assert_eq!(violations_of(NAME, "ListProducts", &body).len(), count);
}

/// What cannot be judged by a program is for the person who submits; all the rest has a check.
#[test]
fn every_rule_has_a_check_and_every_check_a_rule() {
    let catalogue = embedded::catalogue("scp");
    let judged = market::judged("scp");
    for id in &judged {
        assert!(catalogue.get(id).is_some_and(|rule| rule.level != Level::Manual), "{id}");
    }
    for rule in catalogue.iter().filter(|rule| rule.id.as_str().starts_with("SCP-") && rule.level != Level::Manual) {
        assert!(judged.contains(&rule.id), "{}", rule.id);
    }
}
