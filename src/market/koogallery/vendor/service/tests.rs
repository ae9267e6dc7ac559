use std::collections::HashMap;

use jiff::SignedDuration;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

use super::super::options::UsageCall;
use super::*;
use crate::sign::koogallery::credential::{EncryptType, decrypt};
use crate::sign::koogallery::{auth_token, body_sign, test_key, test_kit_key, usage_push, v2};
use crate::sign::mistake::Treatment;
use crate::sign::sdk_hmac;
use crate::wire::{ReplyKind, Response, Secret};

mod course;
mod transcript;

use course::*;

#[test]
fn the_life_of_an_instance() {
    let mut course = Course::good();
    let created = course.create("P1");
    let id = created["instanceId"].as_str().expect("an id").to_owned();
    assert_eq!(created, json!({ "resultCode": "000000", "resultMsg": "success", "instanceId": id }));
    assert_eq!(course.create("P1"), created, "the same order again");
    assert_eq!(course.asked.len(), 1, "what is known is not asked for again");
    let told = course.info(&id);
    let short = &id[..8];
    let info = &told["info"][0];
    assert_eq!(told["info"].as_array().map(Vec::len), Some(1));
    assert_eq!(info["instanceId"], id);
    assert_eq!(info["appInfo"]["frontEndUrl"], format!("https://app.vendor.example/{id}/login"));
    assert_eq!(info["appInfo"]["userName"], format!("admin-{short}@vendor.example"));
    assert_eq!(info["appInfo"]["memo"], "标准版 sku-1，10 名用户，有效期至 2027-03-10");
    assert_eq!(info.get("usageInfo").or(info.get("encryptType")), None);

    let renewal = json!({ "activity": "refreshInstance", "scene": "RENEWAL", "orderId": "P1-R", "orderLineId": "P1-R-000001",
                          "instanceId": id, "expireTime": "20280310030000000" });
    for _ in 0..2 {
        assert!(refused("000000", &course.say(renewal.clone())));
        assert_eq!(course.info(&id)["info"][0]["appInfo"]["memo"], "标准版 sku-1，10 名用户，有效期至 2028-03-10");
    }
    let upgrade =
        json!({ "activity": "upgradeInstance", "orderId": "P1-BIG", "orderLineId": "P1-BIG-000001", "instanceId": id });
    for _ in 0..2 {
        assert!(refused("000000", &course.say(upgrade.clone())));
        assert_eq!(course.info(&id)["info"][0]["appInfo"]["memo"], "企业版 sku-1，50 名用户，有效期至 2028-03-10");
    }
    let check = |seats: u32| json!({ "activity": "changeInstanceCheck", "instanceId": id, "productInfo": { "linearValue": seats } });
    assert!(refused("000005", &course.say(check(24))));
    assert!(refused("000000", &course.say(check(25))));
    for status in ["FREEZE", "FREEZE", "UNFREEZE", "UNFREEZE"] {
        let change = json!({ "activity": "updateInstanceStatus", "instanceId": id, "status": status });
        assert!(refused("000000", &course.say(change)), "{status}");
    }
    let release = json!({ "activity": "releaseInstance", "instanceId": id });
    assert!(refused("000000", &course.say(release.clone())));
    assert!(refused("000000", &course.say(release)), "already gone");
    for call in [renewal, upgrade, check(50)] {
        assert!(refused("000003", &course.say(call)), "a released instance");
    }
    assert!(refused("000003", &course.info(&id)));
    assert_eq!(course.create("P1"), created, "a late repetition opens nothing");
}

#[test]
fn what_is_charged_by_use_takes_its_time_and_is_metered() {
    let mut course = Course::good();
    let created = course.create("D1");
    let id = created["instanceId"].as_str().expect("an id").to_owned();
    assert_eq!(created["resultCode"], "000004");
    assert_eq!(course.info(&id)["info"], json!([{ "instanceId": id }]), "no access data yet");
    assert_eq!(course.asked.drain(..).count(), 1, "nothing has been used for a second");
    let told = course.later(10).info(&id);
    assert_eq!(told["info"][0]["usageInfo"][0]["usageValue"], 2.5);
    assert_eq!(course.create("D1")["resultCode"], "000000");
    let pushes: Vec<Request> = course.asked.drain(..).collect();
    let [push] = pushes.as_slice() else { panic!("{} pushes", pushes.len()) };
    let body: Value = serde_json::from_slice(&push.body).expect("JSON");
    assert_eq!(
        body,
        json!({ "usage_records": [{
            "begin_time": "20260310T030000Z", "end_time": "20260310T030010Z", "instance_id": id,
            "metering_sn": format!("{id}-1773111600"), "record_time": "20260310T030010Z", "usage_value": "2.5",
        }] })
    );
    let package = course.id("K1");
    course.later(2).info(&id);
    let push = course.asked.pop().expect("pushed");
    assert!(String::from_utf8_lossy(&push.body).contains(&format!("\"relate_pkg_instance\":\"{package}\"")));
    let told = course.later(10).info(&package);
    assert_eq!(told["info"][0]["usageInfo"][0]["relatedInstanceId"], id);

    course.mood = Mood::Picky;
    course.later(1).info(&id);
    course.mood = Mood::Good;
    course.asked.clear();
    course.later(1).say(json!({ "activity": "releaseInstance", "instanceId": id }));
    let push = course.asked.pop().expect("pushed at the release");
    let body: Value = serde_json::from_slice(&push.body).expect("JSON");
    let times =
        |at: usize| (body["usage_records"][at]["begin_time"].clone(), body["usage_records"][at]["end_time"].clone());
    assert_eq!(times(0).1, times(1).0, "what failed is sent again, and the rest behind it");
    course.later(5).info(&id);
    assert_eq!(course.asked.len(), 0, "nothing is used after the release");
}

#[test]
fn the_vendors_own_calls_are_rightly_signed() {
    for call in [UsageCall::New, UsageCall::Old] {
        let mut course = Course::new(Options { usage_call: call, ..Options::default() });
        let id = course.id("D 1");
        course.later(10).info(&id);
        let options = Options::default();
        let credentials = sdk_hmac::Credentials { access_key: options.ak, secret_key: options.sk };
        assert_eq!(course.asked.len(), 2);
        for request in &course.asked {
            assert_eq!(request.headers.text("Host").as_deref(), Some(STORE));
            let settings = sdk_hmac::Settings::default();
            sdk_hmac::verify(request, &credentials, course.now, &settings).expect("signed");
        }
        assert!(course.asked[0].target.ends_with("/order/query?orderId=D%201&orderLineId=D%201-000001"));
        let push = &course.asked[1];
        assert_eq!(push.path().starts_with("/rest/"), call == UsageCall::Old);
        let own = usage_push::verify(&push.headers, &push.body, &test_key(), course.now, None);
        assert_eq!(own.is_ok(), call == UsageCall::New, "{own:?}");
    }
}

#[test]
fn test_calls_always_succeed_and_leave_no_trace() {
    let mut course = Course::good();
    let real = course.id("P1");
    let before = course.info(&real);
    let mut test = |mut call: Value| {
        call["testFlag"] = json!("1");
        course.say(call)
    };
    let created = test(creation("D1", "D1-000001"));
    let id = created["instanceId"].as_str().expect("an id").to_owned();
    let calls = [
        creation("D1", "D1-000001"),
        creation("invented", "invented-000001"),
        json!({ "activity": "releaseInstance", "instanceId": id }),
        json!({ "activity": "queryInstance", "instanceId": id }),
        json!({ "activity": "refreshInstance", "scene": "RENEWAL", "orderId": "o", "orderLineId": "l", "instanceId": id,
                "expireTime": "20280310030000" }),
        json!({ "activity": "updateInstanceStatus", "instanceId": real, "status": "FREEZE" }),
        json!({ "activity": "updateInstanceStatus", "instanceId": "invented", "status": "UNFREEZE" }),
        json!({ "activity": "upgradeInstance", "orderId": "o", "orderLineId": "l", "instanceId": real }),
        json!({ "activity": "changeInstanceCheck", "instanceId": real, "productInfo": {} }),
        json!({ "activity": "releaseInstance", "instanceId": real }),
        json!({ "activity": "orderNotify", "orderId": "o", "orderLineId": "l" }),
    ];
    for call in calls.iter().chain(calls.iter().rev()) {
        assert_eq!(test(call.clone())["resultCode"], "000000", "{call}");
    }
    assert_eq!(test(calls[3].clone())["info"][0]["instanceId"], id, "data stay after the release");
    assert!(refused("000003", &course.info(&id)), "real traffic does not know it");
    assert_eq!(course.info(&real), before);
    assert_ne!(course.id("D1"), id);
}

#[rstest]
#[case(json!({ "activity": "newInstance", "orderId": "unknown", "orderLineId": "unknown-000001" }), "000005")]
#[case(json!({ "activity": "newInstance", "orderId": "P1" }), "000002")]
#[case(json!({ "activity": "newInstance", "orderId": "", "orderLineId": "l" }), "000002")]
#[case(json!({ "activity": "newInstance", "orderId": ("P".repeat(65)), "orderLineId": "l" }), "000002")]
#[case(json!({ "activity": "newInstance", "orderId": ["P1"], "orderLineId": "l" }), "000002")]
#[case(json!({ "activity": "queryInstance", "instanceId": "i" }), "000003")]
#[case(json!({ "activity": "queryInstance", "instanceId": (hundred_and_one()) }), "000002")]
#[case(json!({ "activity": "refreshInstance", "scene": "CANCEL_RENEW", "orderId": "o", "orderLineId": "l", "instanceId": "i", "expireTime": "20280310030000" }), "000002")]
#[case(json!({ "activity": "refreshInstance", "scene": "RENEWAL", "orderId": "o", "orderLineId": "l", "instanceId": "i", "expireTime": "20280230030000" }), "000002")]
#[case(json!({ "activity": "refreshInstance", "scene": "RENEWAL", "orderId": "o", "orderLineId": "l", "instanceId": "i", "expireTime": "20280310030000" }), "000003")]
#[case(json!({ "activity": "updateInstanceStatus", "instanceId": "i", "status": "FROZEN" }), "000002")]
#[case(json!({ "activity": "updateInstanceStatus", "instanceId": "i", "status": "FREEZE" }), "000003")]
#[case(json!({ "activity": "releaseInstance", "instanceId": "i" }), "000003")]
#[case(json!({ "activity": "upgradeInstance", "instanceId": "i", "orderId": "P1", "orderLineId": "P1-000001" }), "000003")]
#[case(json!({ "activity": "changeInstanceCheck", "instanceId": "i", "productInfo": {} }), "000003")]
#[case(json!({ "activity": "changeInstanceCheck", "instanceId": "i", "productInfo": "big" }), "000002")]
#[case(json!({ "activity": "orderNotify", "orderId": "unknown", "orderLineId": "l" }), "000005")]
#[case(json!({ "activity": "expireInstance", "instanceId": "i", "orderId": "o" }), "000002")]
#[case(json!({ "activity": null }), "000002")]
fn what_cannot_be_done_is_refused_with_its_code(#[case] call: Value, #[case] code: &str) {
    let answer = Course::good().say(call);
    assert!(refused(code, &answer), "{answer}");
}

fn hundred_and_one() -> String {
    (0..101).map(|at| format!("i-{at}")).collect::<Vec<_>>().join(",")
}

#[test]
fn a_hundred_instances_can_be_asked_for_at_once() {
    let mut course = Course::good();
    let ids: Vec<String> = (0..100).map(|at| course.id(&format!("P{at}"))).collect();
    let told = course.info(&ids.join(","));
    let info: Vec<_> =
        told["info"].as_array().expect("a list").iter().map(|entry| entry["instanceId"].clone()).collect();
    assert_eq!(info, ids);
    let many: Vec<String> = (0..100).map(|at| format!("{at:064}")).collect();
    let answer = course.info(&many.join(","));
    assert!(refused("000003", &answer) && answer["resultMsg"].as_str().is_some_and(|text| text.len() <= 255));
    assert_eq!(course.info(&format!("{0},nobody,{0}", ids[0]))["info"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_strict_vendor_treats_every_mistake_as_the_contract_asks() {
    let mut course = Course::good();
    let id = course.id("P1");
    let body = json!({ "activity": "queryInstance", "instanceId": id }).to_string();
    for mistake in v2::Mistake::ALL {
        let request = course.signed(&body, Some(*mistake), course.now);
        let answer = body_of(&course.raw(&request));
        let accepted = matches!(mistake.treatment(), Treatment::MustAccept | Treatment::AdviseAccept);
        assert_eq!(answer["resultCode"] == "000000", accepted, "{mistake}: {answer}");
        assert!(accepted || matches!(answer["resultCode"].as_str(), Some("000001" | "000002")), "{mistake}");
    }
    for mistake in auth_token::Mistake::ALL {
        let request =
            course.query_v1(&[("activity", "queryInstance"), ("instanceId", &id), ("note", "a b+")], Some(*mistake));
        let answer = body_of(&course.raw(&request));
        let accepted = matches!(mistake.treatment(), Treatment::MustAccept | Treatment::AdviseAccept);
        assert_eq!(answer["resultCode"] == "000000", accepted, "{mistake}: {answer}");
    }
}

/// The fault of each mistake's name accepts just that mistake.
#[test]
fn who_accepts_one_mistake_refuses_the_others() {
    let refused = |treatment| !matches!(treatment, Treatment::MustAccept | Treatment::AdviseAccept);
    let all: Vec<_> = v2::Mistake::ALL.iter().filter(|mistake| refused(mistake.treatment())).collect();
    for mistake in &all {
        let fault: Fault = format!("accept-{mistake}").parse().expect("each mistake has a fault");
        let mut course = Course::with(fault);
        let id = course.id("P1");
        let body = json!({ "activity": "queryInstance", "instanceId": id }).to_string();
        let mut accepted = Vec::new();
        for tried in &all {
            let request = course.signed(&body, Some(**tried), course.now);
            if body_of(&course.raw(&request))["resultCode"] == "000000" {
                accepted.push(**tried);
            }
        }
        let expected = match mistake {
            // Whoever waits longer accepts what is younger as well. Seconds read as milliseconds are decades old.
            v2::Mistake::Stale70s => vec![v2::Mistake::Stale61s, v2::Mistake::Stale70s],
            v2::Mistake::Stale1h => {
                vec![
                    v2::Mistake::TimestampInSeconds,
                    v2::Mistake::Stale61s,
                    v2::Mistake::Stale70s,
                    v2::Mistake::Stale1h,
                ]
            }
            // A body in descending order that is signed as it stands is signed descending.
            v2::Mistake::DescendingSort => vec![v2::Mistake::DescendingSort, v2::Mistake::UnsortedSigned],
            one => vec![**one],
        };
        assert_eq!(accepted, expected, "{fault}");
    }
    let all: Vec<_> = auth_token::Mistake::ALL.iter().filter(|mistake| refused(mistake.treatment())).collect();
    for mistake in &all {
        let fault: Fault = format!("v1-accept-{mistake}").parse().expect("each mistake has a fault");
        let mut course = Course::with(fault);
        let id = course.id("P1");
        let accepted = all.iter().filter(|tried| {
            let parameters = [("activity", "queryInstance"), ("instanceId", id.as_str()), ("note", "a b+")];
            let request = course.query_v1(&parameters, Some(***tried));
            body_of(&course.raw(&request))["resultCode"] == "000000"
        });
        assert_eq!(accepted.copied().collect::<Vec<_>>(), [*mistake], "{fault}");
    }
}

#[test]
fn version_1_opens_renews_and_ends() {
    let mut course = Course::good();
    let buy = [
        ("activity", "newInstance"),
        ("customerId", "c-1"),
        ("customerName", "示例客户 & Sons"),
        ("orderId", "CS1"),
        ("productId", "p-1"),
        ("amount", "25"),
        ("expireTime", "20270310030000"),
        ("chargingMode", "1"),
        ("saasExtendParams", "W3sibmFtZSI6ImEiLCJ2YWx1ZSI6bnVsbH1d"),
    ];
    let created = body_of(&course.v1(&buy));
    let id = created["instanceId"].as_str().expect("an id").to_owned();
    assert_eq!(created["encryptType"], "1");
    let user = created["appInfo"]["userName"].as_str().expect("a name");
    let user = decrypt(&test_key(), EncryptType::Aes256, user).expect("decrypts");
    assert_eq!(user.expose(), format!("admin-{}@vendor.example", &id[..8]));
    assert_eq!(created["appInfo"]["memo"], "企业版 default，25 名用户，有效期至 2027-03-10");
    for _ in 0..2 {
        assert_eq!(body_of(&course.v1(&buy))["instanceId"], id, "supervised, it comes three times");
    }
    assert!(course.asked.is_empty(), "version 1.0 says what was bought");
    let told = body_of(&course.v1(&[("activity", "queryInstance"), ("instanceId", &id)]));
    assert_eq!((&told["encryptType"], told["info"][0].get("encryptType")), (&json!("1"), None));
    let about = [("instanceId", id.as_str()), ("orderId", "CS2")];
    let renewal = [("expireTime", "20280310030000"), ("productId", ""), ("trialToFormal", "1")];
    let upgrade = [("amount", "9999999"), ("skuCode", "sku-2")];
    let calls: [(&str, &[(&str, &str)]); 7] = [
        ("refreshInstance", &renewal),
        ("expireInstance", &[]),
        ("instanceStatus", &[("instanceStatus", "NORMAL")]),
        ("instanceStatus", &[("instanceStatus", "FREEZE")]),
        ("upgrade", &upgrade),
        ("releaseInstance", &[]),
        ("releaseInstance", &[]),
    ];
    for (activity, more) in calls {
        let parameters = [&[("activity", activity)], &about[..], more].concat();
        assert!(refused("000000", &body_of(&course.v1(&parameters))), "{activity}");
    }
    for (activity, code) in [
        ("refreshInstance", "000002"),
        ("expireInstance", "000003"),
        ("upgradeInstance", "000002"),
        ("getLicense", "000002"),
    ] {
        let parameters = [&[("activity", activity)], &about[..]].concat();
        assert!(refused(code, &body_of(&course.v1(&parameters))), "{activity}");
    }
}

#[test]
fn pay_per_use_of_version_1_has_an_instance_for_each_product() {
    let mut course = Course::good();
    let mut buy = |product: &str| {
        let parameters =
            [("activity", "newInstance"), ("customerId", "c-1"), ("orderId", "CS1"), ("productId", product)];
        body_of(&course.v1(&parameters))["instanceId"].clone()
    };
    let (one, other) = (buy("p-1"), buy("p-2"));
    assert_ne!(one, other);
    assert_eq!(buy("p-1"), one);
}

#[test]
fn lines_or_products_make_instances_as_it_is_set() {
    for (idempotency, same) in [(Idempotency::Line, false), (Idempotency::Product, true)] {
        let mut course = Course::new(Options { idempotency, ..Options::default() });
        let first = course.say(creation("D1", "D1-000001"))["instanceId"].clone();
        // Its product is the one of the first line.
        let second = course.say(creation("D1", "D1-000011"))["instanceId"].clone();
        assert_eq!(first == second, same);
        assert_eq!(course.say(creation("D1", "D1-000011"))["instanceId"], second);
    }
}

#[test]
fn credentials_of_version_2_are_encrypted_where_it_is_set() {
    let (credentials, encrypt_type) = (koogallery::Credentials::Encrypted, EncryptType::Aes128);
    let options = Options { credentials, encrypt_type, body_sign_v2: false, ..Options::default() };
    let mut course = Course::new(options);
    let created = course.v2(&creation("P1", "P1-000001"));
    assert_eq!(response(&created).headers.get("Body-Sign"), None);
    let id = response(&created).json().expect("JSON")["instanceId"].as_str().expect("an id").to_owned();
    let told = course.v2(&json!({ "activity": "queryInstance", "instanceId": id }));
    let entry = response(&told).json().expect("JSON")["info"][0].clone();
    assert_eq!(entry["encryptType"], "2");
    for member in ["userName", "password"] {
        assert!(decrypt(&test_key(), encrypt_type, entry["appInfo"][member].as_str().expect("a text")).is_ok());
    }
}

#[test]
fn a_vendor_without_a_store_opens_all_the_same() {
    let mut vendor = Vendor::new(Options::default());
    let mut course = Course::good();
    let body = json!({ "activity": "newInstance", "businessId": "b", "orderId": "o", "orderLineId": "l" }).to_string();
    let request = course.signed(&body, None, course.now);
    let answer = vendor.answer(&request, course.now, &mut |_| panic!("there is nobody to ask"));
    assert_eq!(body_of(&answer)["resultCode"], "000000");
}

#[test]
fn a_failed_order_query_leaves_nothing_in_the_way() {
    let mut course = Course::good();
    course.mood = Mood::Down;
    assert!(refused("000005", &course.create("P1")));
    course.mood = Mood::Good;
    assert_eq!(course.create("P1")["resultCode"], "000000");
}

#[test]
fn each_fault_can_be_seen_and_told_from_every_other() {
    let alike = transcript::told_apart();
    assert!(alike.is_empty(), "{alike:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_request_panics(
        method in "GET|POST|PUT",
        target in "/(\\?\\PC{0,8}|\\?(authToken|timeStamp|signature|timestamp|nonce)=\\PC{0,4}&?){0,4}",
        body in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut course = Course::good();
        let request = Request { body, ..Request::new(method, target) };
        prop_assert!(body_of(&course.raw(&request))["resultCode"] != "000000");
    }

    #[test]
    fn no_signed_body_panics(name in "instanceId|orderId|productInfo|status|scene|expireTime|testFlag", value in "\\PC{0,80}") {
        let mut course = Course::good();
        for activity in ["newInstance", "queryInstance", "refreshInstance", "changeInstanceCheck", "orderNotify"] {
            let answer = course.say(json!({ "activity": activity, name.clone(): value.clone() }));
            prop_assert!(answer["resultCode"].is_string());
            prop_assert!(answer["resultMsg"].as_str().is_some_and(|text| text.chars().count() <= 255));
        }
    }
}

#[test]
fn secrets_are_not_repeated() {
    let mut course = Course::good();
    let id = course.id("P1");
    let bad = course.signed(
        &json!({ "activity": "releaseInstance", "instanceId": id }).to_string(),
        Some(v2::Mistake::WrongKey),
        course.now,
    );
    let answer = course.raw(&bad);
    let text = response(&answer).text();
    let secrets: Vec<Secret> = vec![test_key(), test_kit_key(), Options::default().sk];
    assert!(secrets.iter().all(|secret| !text.contains(secret.expose())));
    let kept = format!("{:?}", course.vendor);
    assert!(secrets.iter().all(|secret| !kept.contains(secret.expose())));
}
