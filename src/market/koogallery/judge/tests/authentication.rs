//! Calls with wrong signatures, and right ones that are refused.

use rstest::rstest;
use serde_json::json;

use super::{NONE, Play, broken, readings, words};
use crate::sign::koogallery::{auth_token, v2};
use crate::sign::mistake::Treatment;

#[rstest]
#[case("missing-signature", "000000", &["V2-AUTH-MISSING"])]
#[case("missing-signature", "000001", &[])]
#[case("missing-signature", "000002", &["V2-AUTH-CODE-FIT"])]
#[case("missing-signature", "000003", &["V2-AUTH-CODE"])]
#[case("missing-timestamp", "000000", &["V2-AUTH-NO-TIMESTAMP"])]
#[case("missing-nonce", "000000", &["V2-AUTH-NO-NONCE"])]
#[case("wrong-key", "000000", &["V2-AUTH-KEY"])]
#[case("changed-signature", "000000", &["V2-AUTH-SIGNATURE"])]
#[case("changed-body", "000000", &["V2-AUTH-BODY"])]
#[case("changed-timestamp", "000000", &["V2-AUTH-TIMESTAMP"])]
#[case("changed-nonce", "000000", &["V2-AUTH-NONCE"])]
#[case("stale-50s", "000002", &["V2-AUTH-VALID"])]
#[case("stale-61s", "000000", &["V2-AUTH-STALE-61"])]
#[case("stale-70s", "000000", &["V2-AUTH-STALE"])]
#[case("stale-1h", "000002", &[])]
#[case("future", "000000", &["V2-AUTH-FUTURE"])]
#[case("replayed-nonce", "000000", &["V2-AUTH-REPLAY"])]
#[case("other-case", "000001", &["V2-AUTH-CASE"])]
#[case("other-case", "000000", &[])]
#[case("non-numeric-timestamp", "000000", &["V2-AUTH-NUMERIC"])]
#[case("unsorted-body", "000001", &["V2-AUTH-WIRE-ORDER"])]
#[case("blanks-in-body", "000001", &["V2-AUTH-BLANKS"])]
fn wrong_signatures_of_v2_are_refused(#[case] mistake: &str, #[case] code: &str, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let members = json!({ "instanceId": instance, "status": "FREEZE" });
    let judgement = play.tampered("updateInstanceStatus", members, mistake).code(code);
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
}

#[rstest]
#[case("missing-token", "000000", &["V1-AUTH-MISSING"])]
#[case("missing-timestamp", "000000", &["V1-AUTH-NO-TIMESTAMP"])]
#[case("wrong-key", "000000", &["V1-AUTH-KEY"])]
#[case("changed-token", "000000", &["V1-AUTH-TOKEN"])]
#[case("added-parameter", "000000", &["V1-AUTH-CHANGED"])]
#[case("removed-parameter", "000000", &["V1-AUTH-CHANGED"])]
#[case("raw-plus", "000001", &["V1-AUTH-RAW-PLUS"])]
#[case("old-timestamp", "000000", &["V1-AUTH-STALE"])]
#[case("missing-token", "000002", &[])]
#[case("missing-token", "000005", &["V1-AUTH-CODE"])]
fn wrong_tokens_of_v1_are_refused(#[case] mistake: &str, #[case] code: &str, #[case] expected: &[&str]) {
    let mut play = Play::v1();
    let (order, instance) = play.opened();
    let members = json!({ "instanceId": instance, "orderId": order });
    let judgement = play.tampered("expireInstance", members, mistake).code(code);
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
}

/// Whatever the mistake, some answer to it breaks nothing, and what must be refused is found when it is accepted.
#[test]
fn every_mistake_can_be_treated_rightly_and_wrongly() {
    let v2 = v2::Mistake::ALL.iter().map(|mistake| ("v2", mistake.name(), mistake.treatment()));
    let v1 = auth_token::Mistake::ALL.iter().map(|mistake| ("v1", mistake.name(), mistake.treatment()));
    for (version, mistake, treatment) in v2.chain(v1) {
        let judged = |code: &str| {
            let mut play = if version == "v1" { Play::v1() } else { Play::v2() };
            let (order, instance) = play.opened();
            // Text that is written in more than one way, so that every mistake makes a difference.
            let members = json!({ "instanceId": instance, "orderId": order, "note": "a b/中" });
            play.tampered("releaseInstance", members, mistake).code(code)
        };
        let answers = ["000000", "000001", "000002"].map(judged);
        let [accepted, ..] = &answers;
        assert!(answers.iter().any(|judgement| judgement.findings.is_empty()), "{mistake}: {answers:#?}");
        assert!(answers.iter().all(|judgement| judgement.skipped.len() == 4), "{mistake}: {answers:#?}");
        if matches!(treatment, Treatment::MustRefuse) && !["timestamp-in-seconds"].contains(&mistake) {
            assert_eq!(accepted.findings.len(), 1, "{mistake}: {accepted:#?}");
        }
    }
}

#[test]
fn a_mistake_that_makes_no_difference_is_not_judged() {
    let mut play = Play::v1();
    let (order, instance) = play.opened();
    let members = json!({ "instanceId": instance, "orderId": order });
    let judgement = play.tampered("expireInstance", members, "encoded-values").code("000000");
    assert_eq!(broken(&judgement), NONE);
    assert!(judgement.skipped.iter().any(|skipped| skipped.why.contains("no difference")), "{judgement:#?}");
}

#[rstest]
#[case("v2", "missing-signature", 401, &["V2-AUTH-STATUS"])]
#[case("v2", "missing-signature", 500, &["V2-AUTH-STATUS"])]
#[case("v2", "non-numeric-timestamp", 500, &["V2-AUTH-NUMERIC"])]
#[case("v1", "missing-token", 500, &["V1-AUTH-STATUS"])]
fn refusals_have_http_200(
    #[case] version: &str,
    #[case] mistake: &str,
    #[case] status: u16,
    #[case] expected: &[&str],
) {
    let mut play = if version == "v1" { Play::v1() } else { Play::v2() };
    let (order, instance) = play.opened();
    let members = json!({ "instanceId": instance, "orderId": order });
    let judgement = play.tampered("releaseInstance", members, mistake).page(status);
    assert_eq!(broken(&judgement), expected);
    if status == 500 {
        assert!(words(&judgement).contains("throws instead of answering"), "{}", words(&judgement));
        assert!(!words(&judgement).contains("HMAC"), "{}", words(&judgement));
    }
}

#[test]
fn one_hole_is_one_finding() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let members = json!({ "instanceId": instance, "status": "FREEZE" });
    let mut found = Vec::new();
    for mistake in ["wrong-key", "missing-signature", "changed-body", "changed-signature", "stale-70s", "stale-1h"] {
        let judgement = play.tampered("updateInstanceStatus", members.clone(), mistake).code("000000");
        found.extend(broken(&judgement).into_iter().map(str::to_owned));
    }
    assert_eq!(found, ["V2-AUTH-KEY", "V2-AUTH-STALE"]);
}

#[test]
fn a_way_around_the_signature_for_tests_is_told() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let real = json!({ "instanceId": instance, "status": "FREEZE" });
    let test = json!({ "instanceId": instance, "status": "FREEZE", "testFlag": "1" });
    assert_eq!(broken(&play.tampered("updateInstanceStatus", real, "wrong-key").code("000001")), NONE);
    let judgement = play.tampered("updateInstanceStatus", test, "wrong-key").code("000000");
    assert_eq!(broken(&judgement), ["V2-AUTH-TEST"]);
}

#[rstest]
#[case(-61, "000000", &["V2-AUTH-STALE-61"])]
#[case(-75, "000000", &["V2-AUTH-STALE"])]
#[case(-75, "000002", &[])]
#[case(-30, "000002", &["STATUS-FREEZE"])]
#[case(5, "000002", &["V2-AUTH-SKEW"])]
#[case(5, "000000", &[])]
#[case(3600, "000000", &["V2-AUTH-FUTURE"])]
fn calls_by_another_clock_are_judged_by_their_age(#[case] seconds: i64, #[case] code: &str, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let members = json!({ "instanceId": instance, "status": "FREEZE" });
    let shift = jiff::SignedDuration::from_secs(seconds);
    let call = play.deliver("updateInstanceStatus", members, |_, delivery| delivery.now += shift);
    let judgement = call.code(code);
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
}

#[test]
fn a_refused_right_signature_is_laid_to_what_is_special_about_the_call() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let check = json!({ "instanceId": instance, "productInfo": { "linearValue": 20 } });
    let judgement = play.call("changeInstanceCheck", check).code("000001");
    assert_eq!(broken(&judgement), ["V2-AUTH-NESTED"]);
    let judgement = play.call("releaseInstance", json!({ "instanceId": instance, "added": "1" })).code("000001");
    assert_eq!(broken(&judgement), ["REQUEST-UNKNOWN"]);
    let judgement = play.call("releaseInstance", json!({ "instanceId": instance })).code("000001");
    assert_eq!(broken(&judgement), ["V2-AUTH-VALID"]);
}

#[rstest]
#[case(json!({ "customerName": "示例客户" }), &["V1-AUTH-CHARSET"])]
#[case(json!({ "customerName": "a&b c" }), &["V1-AUTH-DECODED"])]
#[case(json!({ "skuCode": "" }), &["V1-AUTH-EMPTY"])]
#[case(json!({ "added": "1" }), &["V1-AUTH-UNKNOWN"])]
fn tokens_of_v1_are_laid_to_their_parameters(#[case] more: serde_json::Value, #[case] expected: &[&str]) {
    let mut play = Play::v1();
    // Tokens with and without a plus sign are both accepted.
    for _ in 0..8 {
        play.opened();
    }
    let order = play.generate("order-period");
    let mut members = play.creation(&order);
    super::merge(&mut members, more);
    let judgement = play.call("newInstance", members).code("000001");
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
}

#[test]
fn a_first_refusal_for_the_time_is_about_its_unit() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let members = play.creation(&order);
    let body = json!({ "resultCode": "000002", "resultMsg": "timestamp expired" });
    let judgement = play.call("newInstance", members).answered(body);
    assert_eq!(broken(&judgement), ["V2-AUTH-UNIT"]);
    assert!(words(&judgement).contains("milliseconds"), "{}", words(&judgement));
}

#[test]
fn a_timestamp_in_seconds_is_a_documented_reading() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let members = json!({ "instanceId": instance });
    let judgement = play.tampered("releaseInstance", members, "timestamp-in-seconds").code("000000");
    assert_eq!(broken(&judgement), NONE);
    assert_eq!(readings(&judgement), ["V2-AUTH-UNIT"]);
}

#[rstest]
#[case("wrong-key", "000000", &["NOTIFY-AUTH"])]
#[case("wrong-key", "000001", &[])]
#[case("stale-50s", "000002", &["NOTIFY-VALID"])]
fn notifications_are_verified_too(#[case] mistake: &str, #[case] code: &str, #[case] expected: &[&str]) {
    let mut play = Play::notify();
    let order = play.generate("order-period");
    let members = json!({ "orderId": order, "orderLineId": format!("{order}-000001") });
    assert_eq!(broken(&play.tampered("orderNotify", members, mistake).code(code)), expected);
}

#[test]
fn a_call_that_lacks_something_says_nothing_about_signatures() {
    let mut play = Play::v2();
    play.opened();
    // An earlier answer did not tell the id, so that the scenario sends none.
    let judgement = play.tampered("queryInstance", json!({ "instanceId": null }), "other-case").code("000002");
    assert_eq!(broken(&judgement), NONE);
}

#[test]
fn what_a_vendor_only_says_to_have_done_is_told_once() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    play.told(&instance);
    let members = json!({ "instanceId": instance });
    assert_eq!(broken(&play.tampered("releaseInstance", members, "wrong-key").code("000000")), ["V2-AUTH-KEY"]);
    play.told(&instance);
}

#[test]
fn unverified_notifications_are_told_once() {
    let mut play = Play::notify();
    let mut found = Vec::new();
    for mistake in ["missing-signature", "wrong-key", "changed-body", "stale-70s"] {
        let order = play.generate("order-period");
        let members = json!({ "orderId": order, "orderLineId": format!("{order}-000001") });
        let judgement = play.tampered("orderNotify", members, mistake).code("000000");
        found.extend(broken(&judgement).into_iter().map(str::to_owned));
    }
    assert_eq!(found, ["NOTIFY-AUTH"]);
}

#[test]
fn a_nonce_is_replayed_only_after_it_was_accepted() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let members = play.creation(&order);
    let judgement = play.tampered("newInstance", members.clone(), "replayed-nonce").code("000000");
    assert_eq!(broken(&judgement), NONE);
    assert!(judgement.skipped.iter().any(|skipped| skipped.requirement.as_str() == "KG-V2-AUTH-REPLAY"));
}

#[test]
fn a_vendor_that_takes_seconds_alone_is_told_so() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let members = play.creation(&order);
    let body = json!({ "resultCode": "000000", "resultMsg": "m", "instanceId": "i" });
    let in_seconds = play.tampered("newInstance", members.clone(), "timestamp-in-seconds").answered(body);
    assert_eq!(broken(&in_seconds), NONE);
    assert_eq!(broken(&play.call("newInstance", members).code("000001")), ["V2-AUTH-UNIT"]);
}

/// A hint once named a command that there was not.
#[test]
fn a_refused_right_signature_is_told_with_what_vendors_get_wrong() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let judgement = play.call("releaseInstance", json!({ "instanceId": instance })).code("000001");
    let told = words(&judgement);
    for hint in
        ["from Z to A", "plain SHA-256", "upper-case hex", "timestamp or nonce left out", "compared with their case"]
    {
        assert!(told.contains(hint), "{hint}: {told}");
    }
    assert!(!told.contains("storeproof doctor"), "{told}");
}
