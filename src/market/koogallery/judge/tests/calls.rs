//! Calls that are wrong in what they say, and calls about what does not exist.

use rstest::rstest;
use serde_json::{Value, json};

use super::{NONE, Play, broken, readings, words};

#[rstest]
#[case::no_member("releaseInstance", json!({}), "000000", &["REQUEST-MISSING"])]
#[case::no_member_refused("releaseInstance", json!({}), "000002", &[])]
#[case::empty("releaseInstance", json!({ "instanceId": "" }), "000000", &["REQUEST-EMPTY"])]
#[case::no_status("updateInstanceStatus", json!({ "instanceId": "$" }), "000000", &["REQUEST-MISSING"])]
#[case::status("updateInstanceStatus", json!({ "instanceId": "$", "status": "FROZEN" }), "000000", &["STATUS-VALUE"])]
#[case::activity("releaseInstance", json!({ "instanceId": "$", "activity": "eraseInstance" }), "000000", &["REQUEST-ACTIVITY"])]
#[case::no_activity("releaseInstance", json!({ "instanceId": "$", "activity": null }), "000000", &["REQUEST-ACTIVITY"])]
#[case::typed("releaseInstance", json!({ "instanceId": 7 }), "000000", &[])]
#[case::typed_refused("releaseInstance", json!({ "instanceId": 7 }), "000002", &[])]
#[case::long("releaseInstance", json!({ "instanceId": "x".repeat(65) }), "000000", &["REQUEST-LONG"])]
#[case::long_order("releaseInstance", json!({ "instanceId": "$", "orderId": "x".repeat(65) }), "000000", &[])]
#[case::unknown_member("releaseInstance", json!({ "instanceId": "$", "added": "1" }), "000000", &[])]
fn calls_with_a_flaw_are_refused(
    #[case] operation: &str,
    #[case] mut members: Value,
    #[case] code: &str,
    #[case] expected: &[&str],
) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    if members.get("instanceId") == Some(&json!("$")) {
        members["instanceId"] = json!(instance);
    }
    let judgement = play.call(operation, members).code(code);
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
}

#[rstest]
#[case("{", &["REQUEST-BROKEN"])]
#[case("", &["REQUEST-BROKEN"])]
#[case("[]", &["REQUEST-BROKEN"])]
fn broken_bodies_are_refused(#[case] body: &str, #[case] expected: &[&str]) {
    for (code, expected) in [("000000", expected), ("000001", &NONE[..]), ("000002", &NONE[..])] {
        let judgement = Play::v2().call("releaseInstance", json!(body)).code(code);
        assert_eq!(broken(&judgement), expected, "{code}");
    }
    assert_eq!(broken(&Play::v2().call("releaseInstance", json!(body)).page(500)), expected);
}

#[rstest]
#[case(json!({ "instanceId": 7 }), &["REQUEST-TYPE"])]
#[case(json!({}), &["REQUEST-MISSING"])]
#[case(json!({ "instanceId": "x".repeat(65) }), &["REQUEST-LONG"])]
#[case(json!({ "instanceId": "" }), &["REQUEST-EMPTY"])]
fn a_flaw_that_throws_is_told_as_such(#[case] members: Value, #[case] expected: &[&str]) {
    let judgement = Play::v2().call("releaseInstance", members).page(500);
    assert_eq!(broken(&judgement), expected);
    assert!(words(&judgement).contains("throws instead of answering"), "{}", words(&judgement));
}

#[rstest]
#[case("newInstance", json!({ "customerId": "c", "productId": "p" }), &["V1-REQUEST-MISSING"])]
#[case("expireInstance", json!({ "orderId": "o" }), &["V1-REQUEST-MISSING"])]
#[case("instanceStatus", json!({ "instanceId": "i", "instanceStatus": "UNFREEZE" }), &["STATUS-VALUE"])]
#[case("expireInstance", json!({ "orderId": "o", "instanceId": "" }), &["REQUEST-EMPTY"])]
fn flaws_of_v1_are_refused(#[case] operation: &str, #[case] members: Value, #[case] expected: &[&str]) {
    let answer = json!({ "resultCode": "000000", "resultMsg": "m", "instanceId": "i" });
    assert_eq!(broken(&Play::v1().call(operation, members.clone()).answered(answer)), expected);
    assert_eq!(broken(&Play::v1().call(operation, members).code("000002")), NONE);
}

#[rstest]
#[case("updateInstanceStatus", json!({ "status": "NORMAL" }), &["undocumented status NORMAL", "the word of V1"])]
#[case("updateInstanceStatus", json!({ "status": "FROZEN" }), &["undocumented status FROZEN", "everything but the one word"])]
#[case("refreshInstance", json!({ "scene": "CANCEL_RENEW", "orderId": "o", "orderLineId": "o-000001",
    "expireTime": "20260228000000" }), &["undocumented scene CANCEL_RENEW"])]
fn a_word_that_is_not_documented_is_named(#[case] operation: &str, #[case] mut members: Value, #[case] told: &[&str]) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    members["instanceId"] = json!(instance);
    let words = words(&play.call(operation, members).code("000000"));
    assert!(told.iter().all(|one| words.contains(one)), "{words}");
}

#[test]
fn a_call_that_is_nested_deeply_and_carried_out_is_remembered() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let body =
        format!(r#"{{"activity":"updateInstanceStatus","instanceId":"{instance}","status":"FREEZE","more":{deep}}}"#);
    assert_eq!(broken(&play.call("updateInstanceStatus", json!(body)).code("000000")), NONE);
    let members = json!({ "instanceId": instance, "status": "FREEZE" });
    assert_eq!(broken(&play.call("updateInstanceStatus", members).code("000005")), ["STATUS-REPEATED"]);
}

#[test]
fn a_notification_with_a_flaw_that_was_taken_makes_the_next_one_a_repeated_one() {
    let mut play = Play::notify();
    let order = play.generate("order-period");
    let line = format!("{order}-000001");
    let flawed = json!({ "orderId": order, "orderLineId": line, "testFlag": "" });
    play.call("orderNotify", flawed).code("000000");
    let sound = json!({ "orderId": order, "orderLineId": line, "testFlag": "0" });
    assert_eq!(broken(&play.call("orderNotify", sound).code("000005")), ["NOTIFY-IDEMPOTENT"]);
}

#[test]
fn an_id_of_the_vendors_own_that_is_too_long_is_no_flaw_of_the_call() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let id = "x".repeat(70);
    let members = play.creation(&order);
    let given = json!({ "resultCode": "000000", "resultMsg": "m", "instanceId": id });
    assert!(broken(&play.call("newInstance", members).answered(given)).contains(&"ANSWER-LENGTH"));
    let judgement = play.call("releaseInstance", json!({ "instanceId": id })).code("000000");
    assert_eq!(broken(&judgement), NONE, "{judgement:#?}");
}

#[rstest]
#[case(json!({ "scene": "CANCEL_RENEW" }), &["REFRESH-SCENE-UNKNOWN"])]
#[case(json!({ "expireTime": "20260230000000" }), &["REFRESH-EXPIRE-TIME-WRONG"])]
#[case(json!({ "expireTime": "soon" }), &["REFRESH-EXPIRE-TIME-WRONG"])]
#[case(json!({ "expireTime": "20260228000000" }), &[])]
#[case(json!({ "expireTime": "20260228000000123" }), &[])]
fn renewals_have_a_scene_and_a_time(#[case] more: Value, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    let mut members = renewal(&order, &instance);
    super::merge(&mut members, more);
    assert_eq!(broken(&play.call("refreshInstance", members.clone()).code("000000")), expected);
    if !expected.is_empty() {
        assert_eq!(broken(&play.call("refreshInstance", members).code("000002")), NONE);
    }
}

fn renewal(order: &str, instance: &str) -> Value {
    json!({
        "instanceId": instance, "orderId": order, "orderLineId": format!("{order}-000001"),
        "scene": "RENEWAL", "expireTime": "20270101000000",
    })
}

#[rstest]
#[case("v2", "refreshInstance", &["REFRESH-UNKNOWN"])]
#[case("v2", "updateInstanceStatus", &["STATUS-UNKNOWN"])]
#[case("v2", "releaseInstance", &["RELEASE-UNKNOWN"])]
#[case("v2", "upgradeInstance", &["UPGRADE-UNKNOWN"])]
#[case("v2", "changeInstanceCheck", &["CHECK-UNKNOWN"])]
#[case("v1", "expireInstance", &["V1-EXPIRE-UNKNOWN"])]
#[case("v1", "instanceStatus", &["STATUS-UNKNOWN"])]
#[case("v1", "upgrade", &["UPGRADE-UNKNOWN"])]
fn nothing_is_done_to_what_does_not_exist(#[case] version: &str, #[case] operation: &str, #[case] expected: &[&str]) {
    let mut play = if version == "v1" { Play::v1() } else { Play::v2() };
    let mut members = renewal("CS1", "nowhere");
    let status = if operation == "instanceStatus" { "NORMAL" } else { "FREEZE" };
    super::merge(&mut members, json!({ "status": status, "instanceStatus": status, "productId": "p" }));
    super::merge(&mut members, json!({ "productInfo": { "linearValue": 1 } }));
    if version == "v1" {
        members.as_object_mut().expect("an object").remove("productInfo");
    }
    let judged = |play: &mut Play, code: &str| broken(&play.call(operation, members.clone()).code(code)).join(" ");
    assert_eq!(judged(&mut play, "000000"), expected.join(" "));
    assert_eq!(judged(&mut play, "000003"), "");
    let other_code = if version == "v1" { "V1-UNKNOWN-CODE" } else { "UNKNOWN-CODE" };
    assert_eq!(judged(&mut play, "000002"), other_code);
    members["testFlag"] = json!("1");
    let judged = |play: &mut Play, code: &str| broken(&play.call(operation, members.clone()).code(code)).join(" ");
    assert_eq!(judged(&mut play, "000000"), "");
    assert_eq!(judged(&mut play, "000003"), "");
    assert_eq!(broken(&play.call(operation, members.clone()).page(500)), ["DEBUG-MADE-UP"]);
}

#[rstest]
#[case(200, "000000", &["METHOD"])]
#[case(200, "000002", &[])]
#[case(405, "", &[])]
#[case(500, "", &["METHOD"])]
fn another_method_is_refused(#[case] status: u16, #[case] code: &str, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let call = play.deliver("releaseInstance", json!({ "instanceId": instance }), |draft, _| {
        draft.request.method = "GET".to_owned();
    });
    let judgement = if status == 200 { call.code(code) } else { call.page(status) };
    assert_eq!(broken(&judgement), expected);
    assert_eq!(readings(&judgement).len(), usize::from(status == 405));
}

#[test]
fn a_refusal_is_laid_to_what_no_accepted_call_had() {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    play.done("refreshInstance", renewal(&order, &instance));
    for (more, expected) in [
        (json!({ "expireTime": "20270101000000000" }), "REFRESH-EXPIRE-TIME"),
        (json!({ "productId": "p" }), "REFRESH-PRODUCT"),
        (json!({ "scene": "RENEWAL_CHANGE" }), "REFRESH-SCENE-CHANGE"),
        (json!({ "scene": "TRIAL_TO_FORMAL" }), "REFRESH-SCENE"),
        (json!({ "testFlag": "0" }), "REQUEST-TEST-FLAG"),
        (json!({ "orderId": "CS2" }), "REFRESH-ANSWER"),
    ] {
        let mut members = renewal(&order, &instance);
        super::merge(&mut members, more);
        let judgement = play.call("refreshInstance", members).code("000002");
        assert_eq!(broken(&judgement), [expected], "{judgement:#?}");
    }
}

#[rstest]
#[case("order-period", "000000", &[])]
#[case("order-period", "000005", &["NOTIFY-ANSWER"])]
#[case("order-renew", "000005", &["NOTIFY-OTHER-TYPES"])]
#[case("unknown-order", "000005", &[])]
#[case("unknown-order", "000000", &[])]
fn notifications_are_taken(#[case] generator: &str, #[case] code: &str, #[case] expected: &[&str]) {
    let mut play = Play::notify();
    let order = play.generate(generator);
    let members = json!({ "orderId": order, "orderLineId": format!("{order}-000001") });
    assert_eq!(broken(&play.call("orderNotify", members).code(code)), expected);
}

#[test]
fn a_repeated_notification_is_taken_again() {
    let mut play = Play::notify();
    let order = play.generate("order-period");
    let members = json!({ "orderId": order, "orderLineId": format!("{order}-000001") });
    play.done("orderNotify", members.clone());
    assert_eq!(broken(&play.call("orderNotify", members).code("000005")), ["NOTIFY-IDEMPOTENT"]);
    let order = play.generate("order-period");
    let members = json!({ "orderId": order, "orderLineId": format!("{order}-000001"), "testFlag": "1" });
    assert_eq!(broken(&play.call("orderNotify", members).code("000002")), ["NOTIFY-TEST-FLAG"]);
}
