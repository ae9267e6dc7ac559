//! The life of an instance: what one call has done is judged by the answers after it.

use rstest::rstest;
use serde_json::{Value, json};

use super::{NONE, Play, broken, entries, readings, words};
use crate::wire::Loss;

fn renewal(order: &str, instance: &str) -> Value {
    json!({
        "instanceId": instance, "orderId": order, "orderLineId": format!("{order}-000001"),
        "scene": "RENEWAL", "expireTime": "20270101000000",
    })
}

fn status(instance: &str, status: &str) -> Value {
    json!({ "instanceId": instance, "status": status })
}

#[test]
fn a_whole_life_breaks_nothing() {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    play.told(&instance);
    play.done("refreshInstance", renewal(&order, &instance));
    play.done("updateInstanceStatus", status(&instance, "FREEZE"));
    play.told(&instance);
    play.done("updateInstanceStatus", status(&instance, "UNFREEZE"));
    play.told(&instance);
    play.done("upgradeInstance", members("upgradeInstance", "CS9", &instance));
    play.told(&instance);
    play.done("releaseInstance", json!({ "instanceId": instance }));
    let gone = play.call("queryInstance", json!({ "instanceId": instance })).code("000003");
    assert_eq!(broken(&gone), NONE);
    let again = play.call("releaseInstance", json!({ "instanceId": instance })).code("000003");
    assert_eq!((broken(&again), readings(&again)), (vec![], vec!["RELEASE-REPEATED"]));
}

#[rstest]
#[case(&["FREEZE"], "updateInstanceStatus", "FREEZE", &["STATUS-REPEATED"])]
#[case(&[], "updateInstanceStatus", "FREEZE", &["STATUS-FREEZE"])]
#[case(&["FREEZE"], "updateInstanceStatus", "UNFREEZE", &["STATUS-UNFREEZE"])]
#[case(&[], "updateInstanceStatus", "UNFREEZE", &["STATUS-REPEATED"])]
#[case(&["FREEZE"], "refreshInstance", "", &["LIFE-FROZEN-RENEWED"])]
#[case(&[], "refreshInstance", "", &["REFRESH-ANSWER"])]
#[case(&[], "upgradeInstance", "", &["UPGRADE-ANSWER"])]
#[case(&[], "releaseInstance", "", &["RELEASE-ANSWER"])]
#[case(&["FREEZE"], "releaseInstance", "", &["RELEASE-ANSWER"])]
fn what_is_there_is_served(
    #[case] before: &[&str],
    #[case] operation: &str,
    #[case] value: &str,
    #[case] expected: &[&str],
) {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    for value in before {
        play.done("updateInstanceStatus", status(&instance, value));
    }
    let mut members = members(operation, &order, &instance);
    if !value.is_empty() {
        members["status"] = json!(value);
    }
    assert_eq!(broken(&play.call(operation, members).code("000005")), expected);
}

#[test]
fn a_release_needs_no_order() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let judgement = play.call("releaseInstance", json!({ "instanceId": instance })).code("000002");
    assert_eq!(broken(&judgement), ["RELEASE-WITHOUT-ORDER"]);
}

#[test]
fn pay_per_use_guides_leave_the_status_out() {
    let mut play = Play::v2();
    let order = play.generate("order-on-demand");
    play.create(&order, "i-1", json!({}));
    let judgement = play.call("updateInstanceStatus", status("i-1", "FREEZE")).code("000002");
    assert_eq!(broken(&judgement), ["STATUS-ON-DEMAND"]);
}

#[rstest]
#[case("refreshInstance", &["REFRESH-IDEMPOTENT"])]
#[case("upgradeInstance", &["UPGRADE-IDEMPOTENT"])]
fn orders_can_be_repeated(#[case] operation: &str, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    let members = members(operation, &order, &instance);
    play.done(operation, members.clone());
    play.done(operation, members.clone());
    assert_eq!(broken(&play.call(operation, members).code("000005")), expected);
}

#[rstest]
#[case("refreshInstance", "", &["LIFE-RELEASED"])]
#[case("upgradeInstance", "", &["LIFE-RELEASED"])]
#[case("updateInstanceStatus", "UNFREEZE", &["LIFE-RELEASED"])]
#[case("updateInstanceStatus", "FREEZE", &[])]
#[case("releaseInstance", "", &[])]
fn what_was_released_stays_so(#[case] operation: &str, #[case] value: &str, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    play.done("releaseInstance", json!({ "instanceId": instance }));
    let mut members = members(operation, &order, &instance);
    if !value.is_empty() {
        members["status"] = json!(value);
    }
    assert_eq!(broken(&play.call(operation, members.clone()).code("000000")), expected);
    assert_eq!(broken(&play.call(operation, members).code("000003")), NONE);
    let query = play.call("queryInstance", json!({ "instanceId": instance })).answered(entries(&[&instance]));
    assert_eq!(broken(&query), ["RELEASE-GONE"]);
    let bare = json!({ "resultCode": "000000", "resultMsg": "m", "info": [{ "instanceId": instance }] });
    assert_eq!(broken(&play.call("queryInstance", json!({ "instanceId": instance })).answered(bare)), NONE);
}

/// The members of a call that the document lists, and no others.
fn members(operation: &str, order: &str, instance: &str) -> Value {
    match operation {
        "refreshInstance" => renewal(order, instance),
        "upgradeInstance" => {
            json!({ "instanceId": instance, "orderId": order, "orderLineId": format!("{order}-000001") })
        }
        "updateInstanceStatus" => status(instance, "FREEZE"),
        _ => json!({ "instanceId": instance }),
    }
}

/// What an instance is missing for is what happened since it was last told.
#[rstest]
#[case::freeze("updateInstanceStatus", json!({ "status": "FREEZE" }), None, &["STATUS-DATA"])]
#[case::upgrade("upgradeInstance", json!({}), None, &["UPGRADE-SAME-INSTANCE"])]
#[case::check("changeInstanceCheck", json!({ "productInfo": { "linearValue": 20 } }), None, &["CHECK-NO-EFFECT"])]
#[case::test("releaseInstance", json!({ "testFlag": "1" }), None, &["TEST-NO-TRACE"])]
#[case::refused("releaseInstance", json!({}), Some("wrong-key"), &["V2-AUTH-NO-EFFECT"])]
#[case::renewed("refreshInstance", json!({}), None, &["QUERY-COMPLETE"])]
fn what_is_gone_is_laid_to_what_happened(
    #[case] operation: &str,
    #[case] more: Value,
    #[case] mistake: Option<&str>,
    #[case] expected: &[&str],
) {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    play.told(&instance);
    let mut members = members(operation, &order, &instance);
    super::merge(&mut members, more);
    let judgement = match mistake {
        Some(mistake) => play.tampered(operation, members, mistake).code("000001"),
        None => play.call(operation, members).code("000000"),
    };
    assert_eq!(broken(&judgement), NONE);
    let judgement = play.call("queryInstance", json!({ "instanceId": instance })).code("000003");
    assert_eq!(broken(&judgement), expected);
    assert!(words(&judgement).contains("since it was last told in order"), "{}", words(&judgement));
    // Told again as before, it is not suspected any more.
    play.told(&instance);
    let judgement = play.call("queryInstance", json!({ "instanceId": instance })).code("000003");
    assert_eq!(broken(&judgement), ["QUERY-COMPLETE"]);
}

#[test]
fn what_a_flawed_call_has_done_is_laid_to_its_flaw() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    play.told(&instance);
    let judgement = play.call("updateInstanceStatus", json!({ "instanceId": instance })).code("000002");
    assert_eq!(broken(&judgement), NONE);
    let judgement = play.call("queryInstance", json!({ "instanceId": instance })).code("000003");
    assert_eq!(broken(&judgement), ["REQUEST-MISSING"]);
}

#[test]
fn a_call_about_one_instance_changes_no_other() {
    let mut play = Play::v2();
    let ((_, first), (_, second)) = (play.opened(), play.opened());
    play.told(&second);
    play.done("releaseInstance", json!({ "instanceId": first }));
    let judgement = play.call("queryInstance", json!({ "instanceId": second })).code("000003");
    assert_eq!(broken(&judgement), ["LIFE-OTHERS"]);
    let judgement = play.call("updateInstanceStatus", status(&second, "FREEZE")).code("000003");
    assert_eq!(broken(&judgement), ["LIFE-OTHERS"]);
}

#[test]
fn what_got_through_is_done() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let judgement = play.tampered("releaseInstance", json!({ "instanceId": instance }), "wrong-key").code("000000");
    assert_eq!(broken(&judgement), ["V2-AUTH-KEY"]);
    // The instance is gone, as the vendor said; that is no second finding.
    let judgement = play.call("queryInstance", json!({ "instanceId": instance })).code("000003");
    assert_eq!(broken(&judgement), NONE);
}

#[test]
fn a_lost_answer_leaves_the_standing_open() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    play.call("releaseInstance", json!({ "instanceId": instance })).came(Err(Loss::HungUp));
    for code in ["000000", "000003"] {
        let body = json!({ "resultCode": code, "resultMsg": "m" });
        assert_eq!(
            broken(&play.call("queryInstance", json!({ "instanceId": instance })).answered(body)),
            NONE,
            "{code}"
        );
    }
    assert_eq!(broken(&play.call("releaseInstance", json!({ "instanceId": instance })).code("000003")), NONE);
}

#[test]
fn saved_cases_pass_again_in_any_order() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let test = json!({ "testFlag": "1" });
    play.create(&order, "i-1", test.clone());
    let mut query = json!({ "instanceId": "i-1" });
    super::merge(&mut query, test.clone());
    let judgement = play.call("queryInstance", query.clone()).answered(entries(&["i-1"]));
    assert_eq!(broken(&judgement), NONE);
    let mut freeze = status("i-1", "FREEZE");
    super::merge(&mut freeze, test);
    assert_eq!(broken(&play.call("updateInstanceStatus", freeze.clone()).code("000005")), ["DEBUG-SUCCESS"]);
    play.done("updateInstanceStatus", freeze.clone());
    assert_eq!(broken(&play.call("updateInstanceStatus", freeze.clone()).code("000005")), ["DEBUG-TWICE"]);
    play.done("releaseInstance", query.clone());
    assert_eq!(broken(&play.call("releaseInstance", query.clone()).code("000003")), ["DEBUG-TWICE"]);
    assert_eq!(broken(&play.call("queryInstance", query).code("000003")), ["DEBUG-ANY-ORDER"]);
    let mut unfreeze = freeze;
    unfreeze["status"] = json!("UNFREEZE");
    assert_eq!(broken(&play.call("updateInstanceStatus", unfreeze).code("000003")), ["DEBUG-ANY-ORDER"]);
}

#[test]
fn in_v1_a_renewal_opens_again_what_had_expired() {
    let mut play = Play::v1();
    let (order, instance) = play.opened();
    let members = json!({ "instanceId": instance, "orderId": order });
    play.done("expireInstance", members.clone());
    play.done("expireInstance", members.clone());
    assert_eq!(broken(&play.call("expireInstance", members.clone()).code("000005")), ["V1-EXPIRE"]);
    let renewal = json!({ "instanceId": instance, "orderId": "CS2", "expireTime": "20270101000000" });
    assert_eq!(broken(&play.call("refreshInstance", renewal.clone()).code("000005")), ["LIFE-FROZEN-RENEWED"]);
    play.done("refreshInstance", renewal);
    let normal = json!({ "instanceId": instance, "instanceStatus": "NORMAL" });
    assert_eq!(broken(&play.call("instanceStatus", normal).code("000005")), ["STATUS-REPEATED"]);
}

#[test]
fn a_change_to_less_is_told_and_never_held_against_the_vendor() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let check = |value: u32| json!({ "instanceId": instance, "productInfo": { "linearValue": value } });
    for code in ["000000", "000005"] {
        let judgement = play.call("changeInstanceCheck", check(1)).code(code);
        assert_eq!((broken(&judgement), readings(&judgement)), (vec![], vec!["CHECK-REFUSES"]));
    }
    assert_eq!(broken(&play.call("changeInstanceCheck", check(20)).code("000005")), ["CHECK-ANSWER"]);
}

#[test]
fn a_refused_call_is_laid_to_the_standing_before_its_form() {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    play.done("refreshInstance", renewal(&order, &instance));
    play.done("updateInstanceStatus", status(&instance, "FREEZE"));
    let mut members = renewal("CS2", &instance);
    members["productId"] = json!("p");
    assert_eq!(broken(&play.call("refreshInstance", members).code("000005")), ["LIFE-FROZEN-RENEWED"]);
}

#[rstest]
#[case("RENEWAL_CHANGE", &["REFRESH-SCENE-CHANGE"])]
#[case("TRIAL_TO_FORMAL", &["REFRESH-SCENE"])]
#[case("RENEWAL", &["REFRESH-ANSWER"])]
fn a_first_refused_renewal_is_told_by_its_scene(#[case] scene: &str, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    let mut members = renewal(&order, &instance);
    members["scene"] = json!(scene);
    assert_eq!(broken(&play.call("refreshInstance", members).code("000002")), expected);
}

#[test]
fn a_change_that_is_carried_out_is_likelier_than_one_that_was_refused() {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    play.told(&instance);
    play.done("upgradeInstance", members("upgradeInstance", &order, &instance));
    play.tampered("releaseInstance", json!({ "instanceId": instance }), "wrong-key").code("000001");
    let judgement = play.call("queryInstance", json!({ "instanceId": instance })).code("000003");
    assert_eq!(broken(&judgement), ["UPGRADE-SAME-INSTANCE"]);
    assert!(words(&judgement).contains("the upgrade; the release"), "{}", words(&judgement));
}

#[test]
fn what_was_never_told_was_never_there() {
    let mut play = Play::v2();
    let (order, instance) = play.opened();
    let judgement = play.call("refreshInstance", renewal(&order, &instance)).code("000003");
    assert_eq!(broken(&judgement), ["CREATE-VISIBLE"]);
    play.tampered("releaseInstance", json!({ "instanceId": instance }), "wrong-key").code("000001");
    let judgement = play.call("queryInstance", json!({ "instanceId": instance })).code("000003");
    assert_eq!(broken(&judgement), ["CREATE-VISIBLE"]);
}
