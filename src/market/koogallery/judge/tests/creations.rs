//! Creations: one id for each line of an order, always the same.

use rstest::rstest;
use serde_json::{Value, json};

use super::{NONE, Play, broken, words};
use crate::wire::Loss;

fn answer(code: &str, instance: &str) -> Value {
    json!({ "resultCode": code, "resultMsg": "m", "instanceId": instance })
}

#[rstest]
#[case(answer("000000", "i-1"), &[])]
#[case(answer("000004", "i-1"), &[])]
#[case(answer("000000", ""), &["CREATE-INSTANCE-ID"])]
#[case(answer("000000", &"i".repeat(65)), &["ANSWER-LENGTH"])]
#[case(json!({ "resultCode": "000000", "resultMsg": "m" }), &["CREATE-INSTANCE-ID"])]
#[case(json!({ "resultCode": "000004", "resultMsg": "m" }), &["CREATE-INSTANCE-ID"])]
#[case(json!({ "resultCode": "000000", "resultMsg": "m", "instanceId": 7 }), &["CREATE-INSTANCE-ID"])]
#[case(json!({ "resultCode": "000106", "resultMsg": "sold out" }), &["CREATE-ANSWER"])]
fn a_creation_brings_an_id(#[case] answer: Value, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let members = play.creation(&order);
    let judgement = play.call("newInstance", members).answered(answer);
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
}

#[rstest]
#[case("000000", "i-other", &["V2-CREATE-IDEMPOTENT"])]
#[case("000103", "", &["V2-CREATE-IDEMPOTENT"])]
#[case("000000", "$", &[])]
fn a_repeated_creation_brings_the_same_id(#[case] code: &str, #[case] id: &str, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    let members = play.creation(&order);
    let body = match id {
        "" => json!({ "resultCode": code, "resultMsg": "m" }),
        "$" => answer(code, &instance),
        other => answer(code, other),
    };
    assert_eq!(broken(&play.call("newInstance", members).answered(body)), expected);
}

#[test]
fn ids_that_are_business_ids_are_recognised() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let mut judgements = (0..2).map(|copy| {
        let mut members = play.creation(&order);
        members["businessId"] = json!(format!("b-{copy}"));
        play.call("newInstance", members).answered(answer("000000", &format!("b-{copy}")))
    });
    assert_eq!(broken(&judgements.next().expect("a first")), NONE);
    let second = judgements.next().expect("a second");
    assert_eq!(broken(&second), ["V2-CREATE-IDEMPOTENT"]);
    assert!(words(&second).contains("businessId of its own call"), "{}", words(&second));
}

#[test]
fn ids_that_are_encrypted_anew_are_recognised() {
    use crate::sign::koogallery::credential::{EncryptType, encrypt};
    let mut play = Play::v1();
    let order = play.generate("order-period");
    let key = play.store.settings.access_key.clone();
    let mut found = Vec::new();
    for iv in [b"abcdefghijklmnop", b"ABCDEFGHIJKLMNOP"] {
        let members = play.creation(&order);
        let mut body = answer("000000", &encrypt(&key, EncryptType::Aes256, iv, "i-1"));
        body["appInfo"] = json!({ "frontEndUrl": "https://app.vendor.example/" });
        found.push(play.call("newInstance", members).answered(body));
    }
    assert_eq!(broken(&found[0]), NONE);
    assert_eq!(broken(&found[1]), ["V1-CREATE-IDEMPOTENT"]);
    assert!(words(&found[1]).contains("encrypted anew"), "{}", words(&found[1]));
}

#[test]
fn lines_and_orders_are_instances_of_their_own() {
    let mut play = Play::v2();
    let order = play.generate("order-on-demand-two-lines");
    play.create(&order, "i-1", json!({}));
    let mut members = play.creation(&order);
    members["orderLineId"] = json!(format!("{order}-000002"));
    let judgement = play.call("newInstance", members).answered(answer("000000", "i-1"));
    assert_eq!(broken(&judgement), ["V2-CREATE-LINES"]);
    let other = play.generate("order-period");
    let members = play.creation(&other);
    let judgement = play.call("newInstance", members).answered(answer("000000", "i-1"));
    assert_eq!(broken(&judgement), ["CREATE-UNIQUE"]);
    assert!(words(&judgement).contains("buyer"), "{}", words(&judgement));
}

#[test]
fn products_of_a_pay_per_use_order_are_instances_of_their_own() {
    let mut play = Play::v1();
    let order = play.generate("order-on-demand");
    play.create(&order, "i-1", json!({}));
    let mut body = answer("000000", "i-1");
    body["appInfo"] = json!({ "frontEndUrl": "https://app.vendor.example/login" });
    let mut members = play.creation(&order);
    members["productId"] = json!("q");
    assert_eq!(broken(&play.call("newInstance", members).answered(body)), ["V1-CREATE-PRODUCTS"]);
}

#[test]
fn deliveries_at_once_are_one_instance() {
    for (body, expected) in [
        (answer("000000", "i-2"), "CREATE-SIMULTANEOUS"),
        (json!({ "resultCode": "000005", "resultMsg": "m" }), "CREATE-SIMULTANEOUS"),
        (answer("000004", "i-1"), ""),
    ] {
        let mut play = Play::v2();
        let order = play.generate("order-period");
        play.create(&order, "i-1", json!({}));
        let members = play.creation(&order);
        let call = play.deliver("newInstance", members, |_, delivery| delivery.together = true);
        assert_eq!(broken(&call.answered(body)).join(" "), expected);
    }
}

#[test]
fn two_instances_of_deliveries_at_once_are_laid_to_the_race_and_not_to_business_id() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let mut members = play.creation(&order);
    members["businessId"] = json!("b-2");
    play.create(&order, "b-1", json!({}));
    let call = play.deliver("newInstance", members, |_, delivery| delivery.together = true);
    assert!(words(&call.answered(answer("000000", "b-2"))).contains("looking first and inserting later"));
}

#[test]
fn a_lost_answer_is_made_good() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let members = play.creation(&order);
    assert_eq!(broken(&play.call("newInstance", members.clone()).came(Err(Loss::HungUp))), NONE);
    assert_eq!(broken(&play.call("newInstance", members.clone()).code("000103")), ["CREATE-LOST-ANSWER"]);
    assert_eq!(broken(&play.call("newInstance", members.clone()).answered(answer("000000", "i-1"))), NONE);
    let judgement = play.call("newInstance", members).answered(answer("000000", "i-2"));
    assert_eq!(broken(&judgement), ["CREATE-LOST-ANSWER"]);
}

#[test]
fn a_late_repetition_opens_nothing_new() {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    play.done("releaseInstance", json!({ "instanceId": instance }));
    let members = play.creation(&order);
    assert_eq!(broken(&play.call("newInstance", members.clone()).code("000005")), NONE);
    assert_eq!(broken(&play.call("newInstance", members.clone()).answered(answer("000000", &instance))), NONE);
    let judgement = play.call("newInstance", members).answered(answer("000000", "i-2"));
    assert_eq!(broken(&judgement), ["LIFE-CREATE-AGAIN"]);
}

#[rstest]
#[case("000000", json!({}), &["CREATE-UNKNOWN-ORDER"])]
#[case("000002", json!({}), &[])]
#[case("000000", json!({ "testFlag": "1" }), &[])]
#[case("000005", json!({ "testFlag": "1" }), &[])]
fn an_unknown_order_is_not_opened(#[case] code: &str, #[case] more: Value, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let order = play.generate("unknown-order");
    let mut members = play.creation(&order);
    super::merge(&mut members, more);
    let body = if code == "000000" { answer(code, "i-1") } else { json!({ "resultCode": code, "resultMsg": "m" }) };
    assert_eq!(broken(&play.call("newInstance", members).answered(body)), expected);
}

#[test]
fn long_orders_that_are_cut_off_are_recognised() {
    let mut play = Play::v2();
    let mut found = Vec::new();
    for end in ["a", "b"] {
        let order = format!("{}{end}", "x".repeat(64));
        let members = json!({ "orderId": order, "orderLineId": "l" });
        found.push(play.call("newInstance", members).answered(answer("000000", "i-1")));
    }
    assert_eq!(found.iter().map(|judgement| broken(judgement).join(" ")).collect::<Vec<_>>(), ["", "REQUEST-LONG"]);
}

#[rstest]
#[case("order-period", json!({ "testFlag": "1" }), answer("000004", "i-1"), &["TEST-SYNCHRONOUS"])]
#[case("order-period", json!({ "testFlag": "1" }), answer("000000", "i-1"), &[])]
#[case("order-period", json!({ "testFlag": "1" }), json!({ "resultCode": "000005", "resultMsg": "m" }), &["DEBUG-SUCCESS"])]
fn tests_are_opened_at_once(
    #[case] generator: &str,
    #[case] more: Value,
    #[case] body: Value,
    #[case] expected: &[&str],
) {
    let mut play = Play::v2();
    let order = play.generate(generator);
    let mut members = play.creation(&order);
    super::merge(&mut members, more);
    assert_eq!(broken(&play.call("newInstance", members).answered(body)), expected);
}

#[rstest]
#[case(json!(null), &["ANSWER-NULL", "V1-CREATE-APP-INFO"])]
#[case(json!({ "memo": "m" }), &["V1-CREATE-APP-INFO"])]
#[case(json!({ "frontEndUrl": "/login" }), &["QUERY-FRONT-END-URL"])]
#[case(json!({ "frontEndUrl": "https://app.vendor.example/" }), &[])]
fn creations_of_v1_bring_access_data(#[case] app_info: Value, #[case] expected: &[&str]) {
    let mut play = Play::v1();
    let order = play.generate("order-period");
    let members = play.creation(&order);
    let mut body = answer("000000", "i-1");
    body["appInfo"] = app_info;
    let judgement = play.call("newInstance", members.clone()).answered(body);
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
    let order = play.generate("order-period");
    let members = play.creation(&order);
    assert_eq!(broken(&play.call("newInstance", members).answered(answer("000004", "i-2"))), NONE);
}

#[rstest]
#[case(json!({ "mobilePhone": "abc" }), &["V1-CREATE-CONTACT"])]
#[case(json!({ "saasExtendParams": "W10=" }), &["V1-EXTEND-PARAMS"])]
#[case(json!({ "amount": "5" }), &["DEBUG-QUANTITIES"])]
#[case(json!({ "provisionType": "2" }), &["V1-CREATE-SUPERVISED"])]
fn a_refused_creation_of_v1_is_laid_to_its_parameters(#[case] more: Value, #[case] expected: &[&str]) {
    let mut play = Play::v1();
    play.opened();
    let order = play.generate("order-period");
    let mut members = play.creation(&order);
    super::merge(&mut members, more);
    assert_eq!(broken(&play.call("newInstance", members.clone()).code("000002")), expected);
    assert_eq!(broken(&play.call("newInstance", members).page(500)), expected);
}

#[test]
fn the_books_know_what_was_opened() {
    let mut play = Play::v2();
    let order = play.generate("order-on-demand");
    play.create(&order, "i-1", json!({}));
    let known = play.store.books().instances.get("i-1").cloned().expect("is in the books");
    assert_eq!((known.order.as_str(), known.charging), (order.as_str(), super::super::super::Charging::OnDemand));
    assert_eq!(known.released, None);
    play.done("releaseInstance", json!({ "instanceId": "i-1" }));
    assert!(play.store.books().instances["i-1"].released.is_some());
}

#[test]
fn a_failing_order_query_is_no_reason_for_success_and_leaves_nothing_in_the_way() {
    let mut play = Play::v2();
    let order = play.generate("order-whose-query-fails");
    let members = play.creation(&order);
    let judgement = play.call("newInstance", members.clone()).answered(answer("000000", "i-1"));
    assert_eq!(broken(&judgement), ["ORDER-FAILURE"]);
    let order = play.generate("order-whose-query-fails");
    let members = play.creation(&order);
    assert_eq!(broken(&play.call("newInstance", members.clone()).code("000005")), NONE);
    assert_eq!(broken(&play.call("newInstance", members).code("000005")), NONE);
    let order = play.generate("order-whose-query-fails-once");
    let members = play.creation(&order);
    assert_eq!(broken(&play.call("newInstance", members.clone()).code("000005")), NONE);
    assert_eq!(broken(&play.call("newInstance", members).code("000005")), ["CREATE-RECOVERS"]);
}
