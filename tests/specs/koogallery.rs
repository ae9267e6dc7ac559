//! What the documents of KooGallery describe: activities and signatures, every documented reading, and what is wrong.

use rstest::rstest;
use serde_json::{Value, json};
use storeproof::spec::{Caller, Description, ParameterPlace, StatusRange, embedded};

use super::{violations_of, with};

fn operations(interface: &str) -> Vec<(String, String, String)> {
    let interface = embedded::interface(interface).expect("is embedded");
    let operations = interface.operations.iter();
    operations.map(|it| (it.id.clone(), it.method.clone(), it.path.clone())).collect()
}

#[rstest]
#[case("saas-v2", "POST", "koogallery-v2", &[
    "newInstance", "queryInstance", "refreshInstance", "updateInstanceStatus", "releaseInstance", "upgradeInstance",
    "changeInstanceCheck",
])]
#[case("saas-v1", "GET", "koogallery-v1", &[
    "newInstance", "refreshInstance", "expireInstance", "releaseInstance", "upgrade", "instanceStatus", "queryInstance",
])]
#[case("order-notify", "POST", "koogallery-v2", &["orderNotify"])]
fn each_activity_of_koogallery_is_an_operation_at_one_address(
    #[case] dialect: &str,
    #[case] method: &str,
    #[case] recipe: &str,
    #[case] activities: &[&str],
) {
    let name = format!("koogallery/{dialect}");
    let expected: Vec<_> =
        activities.iter().map(|id| ((*id).to_owned(), method.to_owned(), format!("/#{id}"))).collect();
    assert_eq!(operations(&name), expected);
    let interface = embedded::interface(&name).expect("is embedded");
    assert_eq!(interface.caller, Caller::Marketplace);
    for operation in &interface.operations {
        assert_eq!(operation.signatures, [recipe], "{}", operation.id);
        let activity = match &operation.body {
            // Signature, timestamp and nonce are the recipe's, so that nothing is left for the query.
            Some(body) => {
                assert!(body.required && operation.parameters.is_empty(), "{}", operation.id);
                let schema = body.content[0].schema.as_ref().expect("is described").text();
                assert!(schema["required"].as_array().expect("is there").contains(&json!("activity")));
                schema["properties"]["activity"].clone()
            }
            None => {
                let named = |name: &str| operation.parameters.iter().find(|it| it.name == name);
                assert!(named("authToken").is_none() && named("timeStamp").is_none(), "{}", operation.id);
                let activity = named("activity").filter(|it| it.required && it.place == ParameterPlace::Query);
                activity.and_then(|it| it.schema.as_ref()).expect("is described").text().clone()
            }
        };
        assert_eq!(activity["enum"], json!([operation.id]));
        let statuses: Vec<_> = operation.answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [StatusRange::Code(200)], "{}", operation.id);
        assert_eq!(operation.answers[0].content[0].media_type, "application/json");
        let signed: Vec<_> = operation.answers[0].headers.iter().map(|it| (it.name.as_str(), it.required)).collect();
        let expected: &[(&str, bool)] = match dialect {
            "saas-v1" => &[("Body-Sign", true)],
            "saas-v2" => &[("Body-Sign", false)],
            _ => &[],
        };
        assert_eq!(signed, expected, "{}", operation.id);
    }
}

#[test]
fn the_calls_of_a_koogallery_vendor_are_described_with_their_signatures() {
    let interface = embedded::interface("koogallery/open-api").expect("is embedded");
    assert_eq!(interface.caller, Caller::Vendor);
    let signed: Vec<_> = interface.operations.iter().map(|it| (it.id.as_str(), it.signatures.join(" "))).collect();
    assert_eq!(
        signed,
        [
            ("queryOrder", "sdk-hmac-sha256".to_owned()),
            ("pushUsage", "koogallery-usage sdk-hmac-sha256".to_owned()),
            ("pushUsageOld", "sdk-hmac-sha256".to_owned()),
        ]
    );
    for operation in &interface.operations {
        for status in [200, 400, 401, 500] {
            assert!(operation.answer(status).is_some(), "{} {status}", operation.id);
        }
    }
    assert!(interface.operation("queryOrder").is_some_and(|it| it.answer(406).is_some()));
}

#[rstest]
fn what_the_sites_of_koogallery_do_differently_is_a_setting(
    #[values("saas-v2", "saas-v1", "order-notify", "open-api")] dialect: &str,
) {
    let document = embedded::document(&format!("specs/koogallery/{dialect}.yaml")).expect("is embedded");
    let description = Description::of(&document).expect("is right").expect("is there");
    assert_eq!(description.setting("site").map(|it| &it.default), Some(&json!("cn")));
    let mut names: Vec<_> = description.settings.iter().map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "{names:?}");
}

fn instance() -> Value {
    json!({"instanceId": "i-1", "appInfo": {
        "frontEndUrl": "https://app.vendor.example", "userName": "minji", "password": "p", "memo": "\u{4f60}\u{597d}"
    }, "usageInfo": [{"usageValue": 12.5, "statisticalTime": "20250410120000000"}]})
}

#[rstest]
#[case("newInstance", json!({"resultCode": "000000", "resultMsg": "success", "instanceId": "i-1"}))]
#[case("newInstance", json!({"resultCode": "000004", "instanceId": "i".repeat(64), "more": 1}))]
#[case("newInstance", json!({"resultCode": "000106", "resultMsg": null, "instanceId": null}))]
#[case("queryInstance", json!({"resultCode": "000000", "info": [instance(), instance()]}))]
#[case("queryInstance", json!({"resultCode": "000000", "info": [{"instanceId": "i-1", "appInfo": null}]}))]
#[case("queryInstance", json!({"resultCode": "000003", "info": null}))]
#[case("refreshInstance", json!({"resultCode": "000003", "resultMsg": "m".repeat(255)}))]
fn a_documented_answer_of_koogallery_is_accepted(#[case] operation: &str, #[case] body: Value) {
    assert_eq!(violations_of("koogallery/saas-v2", operation, &body), []);
    assert_eq!(violations_of("koogallery/saas-v1", operation, &body), []);
}

#[rstest]
#[case("newInstance", json!({"resultCode": 0, "instanceId": "i-1"}), "/resultCode", "type")]
#[case("newInstance", json!({"resultCode": "0", "instanceId": "i-1"}), "/resultCode", "enum")]
#[case("newInstance", json!({"resultCode": "000003"}), "/resultCode", "enum")]
#[case("newInstance", json!({"resultCode": "000000", "instanceId": "i".repeat(65)}), "/instanceId", "maxLength")]
#[case("newInstance", json!({"resultCode": "000000", "instanceId": 17}), "/instanceId", "type")]
#[case("newInstance", json!({"code": "000000"}), "", "required")]
#[case("refreshInstance", json!({"resultCode": "000100"}), "/resultCode", "enum")]
#[case("refreshInstance", json!({"resultCode": "000005", "resultMsg": "m".repeat(256)}), "/resultMsg", "maxLength")]
#[case("releaseInstance", json!([]), "", "type")]
fn a_wrong_answer_of_koogallery_is_refused(
    #[case] operation: &str,
    #[case] body: Value,
    #[case] pointer: &str,
    #[case] keyword: &str,
) {
    let expected = [(pointer.to_owned(), keyword.to_owned())];
    assert_eq!(violations_of("koogallery/saas-v2", operation, &body), expected);
    assert_eq!(violations_of("koogallery/saas-v1", operation, &body), expected);
}

#[rstest]
#[case("/appInfo/frontEndUrl", json!(null), "type")]
#[case("/appInfo/frontEndUrl", json!(""), "minLength")]
#[case("/appInfo/frontEndUrl", json!(format!("https://{}", "v".repeat(505))), "maxLength")]
#[case("/appInfo/userName", json!("u".repeat(129)), "maxLength")]
#[case("/appInfo/memo", json!("m".repeat(1025)), "maxLength")]
#[case("/instanceId", json!(1), "type")]
#[case("/usageInfo/0/usageValue", json!(-1), "minimum")]
#[case("/usageInfo/0/usageValue", json!("1.23456"), "pattern")]
#[case("/usageInfo/0/usageValue", json!("1,5"), "pattern")]
#[case("/usageInfo/0/statisticalTime", json!("20250410120000"), "pattern")]
#[case("/usageInfo/0/statisticalTime", json!(20_250_410_120_000_000_u64), "type")]
fn a_wrong_entry_of_a_query_is_refused_at_its_place(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] keyword: &str,
) {
    let mut entry = instance();
    *entry.pointer_mut(pointer).expect("is there") = value;
    let body = json!({"resultCode": "000000", "info": [instance(), entry]});
    let expected = [(format!("/info/1{pointer}"), keyword.to_owned())];
    assert_eq!(violations_of("koogallery/saas-v2", "queryInstance", &body), expected);
    assert_eq!(violations_of("koogallery/saas-v1", "queryInstance", &body), expected);
}

/// What is wrong with a request body, as [`violations_of`] tells it of an answer.
fn wrong_request(interface: &str, operation: &str, body: &Value) -> Vec<(String, String)> {
    let interface = embedded::interface(interface).expect("is embedded");
    let request = interface.operation(operation).and_then(|it| it.body.as_ref()).expect("is described");
    let schema = request.content[0].schema.as_ref().expect("is described");
    schema.validate(body).into_iter().map(|it| (it.pointer, it.keyword)).collect()
}

fn renewal() -> Value {
    json!({
        "activity": "refreshInstance", "expireTime": "20260410120000", "instanceId": "i-1", "orderId": "CS1",
        "orderLineId": "CS1-000001", "scene": "RENEWAL"
    })
}

#[rstest]
#[case(("expireTime", json!("20260410120000000")), &[])]
#[case(("testFlag", json!("0")), &[])]
#[case(("testFlag", json!("1")), &[])]
#[case(("scene", json!("RENEWAL_CHANGE")), &[])]
#[case(("productId", json!("p")), &[])]
#[case(("scene", json!("CANCEL_RENEW")), &[("/scene", "enum")])]
#[case(("scene", Value::Null), &[("", "required")])]
#[case(("expireTime", json!("202604101200")), &[("/expireTime", "pattern")])]
#[case(("testFlag", json!(1)), &[("/testFlag", "type")])]
#[case(("activity", json!("renew")), &[("/activity", "enum")])]
#[case(("orderId", json!("o".repeat(65))), &[("/orderId", "maxLength")])]
fn a_renewal_is_described_with_its_readings(#[case] change: (&str, Value), #[case] expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(place, word)| ((*place).to_owned(), (*word).to_owned())).collect();
    assert_eq!(wrong_request("koogallery/saas-v2", "refreshInstance", &with(renewal(), change)), expected);
}

#[test]
fn a_query_may_name_a_hundred_instances() {
    let ids = vec!["i".repeat(64); 100].join(",");
    let query = |ids: String| json!({"activity": "queryInstance", "instanceId": ids});
    assert_eq!(wrong_request("koogallery/saas-v2", "queryInstance", &query(ids.clone())), []);
    assert_eq!(wrong_request("koogallery/saas-v2", "queryInstance", &query(ids + ","))[0].1, "maxLength");
}

fn record() -> Value {
    json!({
        "begin_time": "20250410T030000Z", "end_time": "20250410T040000Z", "instance_id": "i-1", "metering_sn": "m-1",
        "record_time": "20250410T040500Z", "usage_value": "1.5"
    })
}

#[rstest]
#[case(("usage_value", json!(1.5)), &[])]
#[case(("relate_pkg_instance", json!("i-2")), &[])]
#[case(("usage_value", json!(0)), &[("/usage_value", "exclusiveMinimum")])]
#[case(("usage_value", json!("1.23456")), &[("/usage_value", "pattern")])]
#[case(("usage_value", json!(true)), &[("/usage_value", "type")])]
#[case(("metering_sn", Value::Null), &[("", "required")])]
#[case(("begin_time", json!("2025-04-10T03:00:00Z")), &[("/begin_time", "pattern")])]
#[case(("end_time", json!("20250410T040000")), &[("/end_time", "pattern")])]
fn a_usage_record_is_described(#[case] change: (&str, Value), #[case] expected: &[(&str, &str)]) {
    let push = json!({"usage_records": [record(), with(record(), change)]});
    let below = |place: &str| format!("/usage_records/1{place}");
    let expected: Vec<_> = expected.iter().map(|(place, word)| (below(place), (*word).to_owned())).collect();
    assert_eq!(wrong_request("koogallery/open-api", "pushUsage", &push), expected);
}

#[rstest]
#[case(0, "minItems")]
#[case(1001, "maxItems")]
fn a_push_has_one_to_a_thousand_records(#[case] count: usize, #[case] keyword: &str) {
    let push = json!({"usage_records": vec![record(); count]});
    let found = wrong_request("koogallery/open-api", "pushUsage", &push);
    assert_eq!(found, [("/usage_records".to_owned(), keyword.to_owned())]);
    assert_eq!(wrong_request("koogallery/open-api", "pushUsage", &json!({"usage_records": vec![record(); 1000]})), []);
    assert_eq!(
        wrong_request("koogallery/open-api", "pushUsageOld", &json!({"usage_records": [record()]}))[0].1,
        "required"
    );
}
