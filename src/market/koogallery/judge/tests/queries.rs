//! Queries: what is told, of which instances.

use rstest::rstest;
use serde_json::{Value, json};

use super::{NONE, Play, broken, entries, readings, words};

fn ask(play: &mut Play, ids: &str, body: Value) -> Vec<String> {
    let judgement = play.call("queryInstance", json!({ "instanceId": ids })).answered(body);
    broken(&judgement).into_iter().map(str::to_owned).collect()
}

fn told(id: &str, app_info: Value) -> Value {
    json!({ "resultCode": "000000", "resultMsg": "m", "info": [{ "instanceId": id, "appInfo": app_info }] })
}

#[rstest]
#[case(json!({ "frontEndUrl": "https://app.vendor.example/" }), &[])]
#[case(json!({ "frontEndUrl": "http://127.0.0.1:9/" }), &[])]
#[case(json!({ "frontEndUrl": "http://app.vendor.example/" }), &["QUERY-URL-HTTPS"])]
#[case(json!({ "frontEndUrl": "app.vendor.example/login" }), &["QUERY-FRONT-END-URL"])]
#[case(json!({ "frontEndUrl": "" }), &["QUERY-FRONT-END-URL"])]
#[case(json!({ "frontEndUrl": 1 }), &["QUERY-FRONT-END-URL"])]
#[case(json!({ "memo": "m" }), &["QUERY-FRONT-END-URL"])]
#[case(json!({ "frontEndUrl": "https://a.example/", "adminUrl": "/admin" }), &["QUERY-URL-FORM"])]
#[case(json!({ "frontEndUrl": "https://a.example/", "memo": "请登录" }), &["QUERY-MEMO"])]
#[case(json!({ "frontEndUrl": "https://a.example/", "userName": "u".repeat(129) }), &["QUERY-LENGTH"])]
#[case(json!({ "frontEndUrl": format!("https://a.example/{}", "x".repeat(512)) }), &["QUERY-LENGTH"])]
#[case(json!({ "frontEndUrl": "https://a.example/", "userName": 5 }), &["ANSWER-SHAPE"])]
#[case(json!({ "frontEndUrl": "https://a.example/", "userName": "null" }), &["CREDENTIALS-SANE"])]
#[case(json!({ "frontEndUrl": "https://a.example/", "password": "a\u{1}b" }), &["CREDENTIALS-SANE"])]
#[case(json!({ "frontEndUrl": "https://a.example/", "userName": "park", "password": "pw" }), &[])]
#[case(json!(null), &["ANSWER-NULL", "QUERY-APP-INFO"])]
fn access_data_are_usable(#[case] app_info: Value, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    assert_eq!(ask(&mut play, &instance, told(&instance, app_info)), expected);
}

#[test]
fn escaped_notes_are_as_the_table_asks() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let call = play.call("queryInstance", json!({ "instanceId": instance }));
    let body = told(&instance, json!({ "frontEndUrl": "https://a.example/", "memo": "@" })).to_string();
    let response = call.response(&body.replace('@', "\\u8bf7"));
    assert_eq!(broken(&call.came(Ok(response))), NONE);
}

#[test]
fn every_instance_that_was_asked_for_is_told_once() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let none = json!({ "resultCode": "000000", "resultMsg": "m", "info": [] });
    assert_eq!(ask(&mut play, &instance, none.clone()), ["CREATE-VISIBLE"]);
    play.told(&instance);
    assert_eq!(ask(&mut play, &instance, none), ["QUERY-COMPLETE"]);
    assert_eq!(ask(&mut play, &instance, json!({ "resultCode": "000000", "resultMsg": "m" })), ["QUERY-ANSWER"]);
    assert_eq!(ask(&mut play, &instance, json!({ "resultCode": "000005", "resultMsg": "m" })), ["QUERY-ANSWER"]);
    assert_eq!(ask(&mut play, &instance, json!({ "resultCode": "000003", "resultMsg": "m" })), ["QUERY-COMPLETE"]);
    assert_eq!(ask(&mut play, &instance, entries(&[&instance, &instance])), ["QUERY-COMPLETE"]);
    assert_eq!(ask(&mut play, &instance, entries(&[&instance, "other"])), ["QUERY-OWN"]);
    let nameless = json!({ "resultCode": "000000", "resultMsg": "m", "info": [{}] });
    assert_eq!(ask(&mut play, &instance, nameless), ["QUERY-COMPLETE"]);
    let object = json!({ "resultCode": "000000", "resultMsg": "m", "info": {} });
    assert_eq!(ask(&mut play, &instance, object), ["ANSWER-SHAPE"]);
}

#[test]
fn what_was_rolled_back_is_noticed() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let judgement = play.call("queryInstance", json!({ "instanceId": instance })).code("000003");
    assert_eq!(broken(&judgement), ["CREATE-VISIBLE"]);
    assert!(words(&judgement).contains("rolled back"), "{}", words(&judgement));
}

#[test]
fn several_are_told_together() {
    let mut play = Play::v2();
    let ids: Vec<String> = (0..3).map(|_| play.opened().1).collect();
    let all: Vec<&str> = ids.iter().map(String::as_str).collect();
    let three = all.join(",");
    assert_eq!(ask(&mut play, &three, entries(&all)), NONE);
    assert_eq!(ask(&mut play, &three, entries(&all[..1])), ["QUERY-MANY"]);
    assert_eq!(ask(&mut play, &three, json!({ "resultCode": "000003", "resultMsg": "m" })), ["QUERY-MANY"]);
    let unknown = play.generate("unknown-instance");
    let mixed = format!("{},{unknown}", ids[0]);
    assert_eq!(ask(&mut play, &mixed, entries(&all[..1])), NONE);
    assert_eq!(ask(&mut play, &mixed, entries(&[])), ["QUERY-MIXED"]);
    assert_eq!(ask(&mut play, &mixed, json!({ "resultCode": "000003", "resultMsg": "m" })), NONE);
    assert_eq!(ask(&mut play, &mixed, entries(&[all[0], &unknown])), ["QUERY-UNKNOWN"]);
    for (generator, expected) in
        [("unknown-instances-97", "QUERY-HUNDRED"), ("unknown-instances-98", "QUERY-HUNDRED-ONE")]
    {
        let many = format!("{three},{}", play.generate(generator));
        assert_eq!(ask(&mut play, &many, entries(&all)), NONE);
        assert_eq!(ask(&mut play, &many, entries(&all[..2])), [expected]);
    }
    let many = format!("{three},{}", play.generate("unknown-instances-97"));
    assert_eq!(ask(&mut play, &many, json!({ "resultCode": "000002", "resultMsg": "m" })), ["QUERY-HUNDRED"]);
}

#[test]
fn nothing_is_made_up() {
    let mut play = Play::v2();
    play.opened();
    let unknown = play.generate("unknown-instance");
    assert_eq!(ask(&mut play, &unknown, entries(&[&unknown])), ["QUERY-UNKNOWN"]);
    assert_eq!(ask(&mut play, &unknown, entries(&[])), NONE);
    assert_eq!(ask(&mut play, &unknown, json!({ "resultCode": "000003", "resultMsg": "m" })), NONE);
    assert_eq!(ask(&mut play, &unknown, json!({ "resultCode": "000005", "resultMsg": "m" })), ["UNKNOWN-CODE"]);
    let test = json!({ "instanceId": unknown, "testFlag": "1" });
    assert_eq!(broken(&play.call("queryInstance", test).answered(entries(&[&unknown]))), NONE);
}

#[test]
fn access_data_stay_as_they_are() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let data = |front: &str, user: &str| told(&instance, json!({ "frontEndUrl": front, "userName": user }));
    assert_eq!(ask(&mut play, &instance, data("https://a.example/x?ticket=1", "park")), NONE);
    assert_eq!(ask(&mut play, &instance, data("https://a.example/x?ticket=2", "park")), NONE);
    assert_eq!(ask(&mut play, &instance, data("https://a.example/y", "park")), ["QUERY-STABLE"]);
    let judgement =
        play.call("queryInstance", json!({ "instanceId": instance })).answered(data("https://a.example/y", "choi"));
    assert_eq!(broken(&judgement), ["QUERY-STABLE"]);
    assert!(!format!("{:?}", judgement.findings).contains("choi"));
}

#[test]
fn what_is_being_opened_may_lack_its_access_data() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let members = play.creation(&order);
    play.call("newInstance", members).answered(json!({ "resultCode": "000004", "resultMsg": "m", "instanceId": "i" }));
    let bare = json!({ "resultCode": "000000", "resultMsg": "m", "info": [{ "instanceId": "i" }] });
    assert_eq!(ask(&mut play, "i", bare.clone()), NONE);
    assert_eq!(ask(&mut play, "i", json!({ "resultCode": "000003", "resultMsg": "m" })), ["QUERY-PENDING"]);
    play.told("i");
    assert_eq!(ask(&mut play, "i", bare), ["QUERY-APP-INFO"]);
}

#[rstest]
#[case(json!({ "usageValue": 12.5, "statisticalTime": "20260304050000000" }), &[])]
#[case(json!({ "usageValue": "12.5", "statisticalTime": "20260304050000000" }), &[])]
#[case(json!({ "statisticalTime": "20260304050000000" }), &["QUERY-USAGE"])]
#[case(json!({ "usageValue": "12 GB", "statisticalTime": "20260304050000000" }), &["QUERY-USAGE-VALUE"])]
#[case(json!({ "usageValue": -1, "statisticalTime": "20260304050000000" }), &["QUERY-USAGE-VALUE"])]
#[case(json!({ "usageValue": 0.300_000_000_000_000_04, "statisticalTime": "20260304050000000" }), &["QUERY-USAGE-VALUE"])]
#[case(json!({ "usageValue": "1234567890.1234", "statisticalTime": "20260304050000000" }), &["QUERY-USAGE-VALUE"])]
#[case(json!({ "usageValue": 1, "statisticalTime": "20260304050000" }), &["QUERY-USAGE-TIME"])]
#[case(json!({ "usageValue": 1, "statisticalTime": "20260230050000000" }), &["QUERY-USAGE-TIME"])]
#[case(json!({ "usageValue": 1, "statisticalTime": "20260304130600000" }), &["QUERY-USAGE-UTC"])]
#[case(json!({ "usageValue": 1, "statisticalTime": "20260304050000000", "dashboardUrl": "/d" }), &["QUERY-URL-FORM"])]
fn figures_have_a_value_and_a_time(#[case] figure: Value, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let order = play.generate("order-on-demand");
    play.create(&order, "i-1", json!({}));
    let mut body = entries(&["i-1"]);
    body["info"][0]["usageInfo"] = json!([figure]);
    assert_eq!(ask(&mut play, "i-1", body), expected);
}

#[test]
fn metered_instances_tell_their_use_in_total() {
    let mut play = Play::v2();
    let (on_demand, package) = (play.generate("order-on-demand"), play.generate("order-package"));
    play.create(&on_demand, "i-1", json!({}));
    play.create(&package, "i-2", json!({}));
    assert_eq!(ask(&mut play, "i-1", entries(&["i-1"])), ["QUERY-USAGE-PRESENT"]);
    let used = |id: &str, value: f64| {
        let mut body = entries(&[id]);
        body["info"][0]["usageInfo"] = json!([{ "usageValue": value, "statisticalTime": "20260304050000000" }]);
        body
    };
    assert_eq!(ask(&mut play, "i-1", used("i-1", 5.0)), NONE);
    assert_eq!(ask(&mut play, "i-1", used("i-1", 4.0)), ["QUERY-USAGE-GROWS"]);
    assert_eq!(ask(&mut play, "i-2", used("i-2", 5.0)), ["QUERY-USAGE-PACKAGE"]);
}

#[test]
fn a_package_names_an_instance_only_where_there_is_one() {
    let mut play = Play::v2();
    let package = play.generate("order-package");
    play.create(&package, "i-2", json!({}));
    let mut body = entries(&["i-2"]);
    body["info"][0]["usageInfo"] = json!([{ "usageValue": 0, "statisticalTime": "20260304050000000" }]);
    assert_eq!(ask(&mut play, "i-2", body), NONE);
}

#[test]
fn plain_access_data_are_a_documented_reading() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let body = told(&instance, json!({ "frontEndUrl": "https://a.example/", "userName": "park" }));
    let judgement = play.call("queryInstance", json!({ "instanceId": instance })).answered(body);
    assert_eq!(readings(&judgement), ["QUERY-CREDENTIALS"]);
}

#[test]
fn access_data_that_were_told_too_early_are_recognised() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let members = play.creation(&order);
    play.call("newInstance", members).answered(json!({ "resultCode": "000004", "resultMsg": "m", "instanceId": "i" }));
    let data = |front: &str| told("i", json!({ "frontEndUrl": front }));
    assert_eq!(ask(&mut play, "i", data("https://a.example/starting")), NONE);
    assert_eq!(ask(&mut play, "i", data("https://a.example/starting")), NONE);
    assert_eq!(ask(&mut play, "i", data("https://a.example/ready")), ["QUERY-PENDING"]);
    assert_eq!(ask(&mut play, "i", data("https://a.example/other")), ["QUERY-STABLE"]);
}

#[test]
fn data_that_are_made_anew_each_time_are_laid_to_nothing_else() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let data = |user: &str| told(&instance, json!({ "frontEndUrl": "https://a.example/", "userName": user }));
    assert_eq!(ask(&mut play, &instance, data("a")), NONE);
    assert_eq!(ask(&mut play, &instance, data("b")), ["QUERY-STABLE"]);
    play.done("updateInstanceStatus", json!({ "instanceId": instance, "status": "FREEZE" }));
    assert_eq!(ask(&mut play, &instance, data("c")), ["QUERY-STABLE"]);
}

#[test]
fn more_than_a_hundred_ids_end_in_good_order() {
    let mut play = Play::v2();
    play.opened();
    let many = play.generate("unknown-instances-98");
    let many = format!("{many},a,b,c");
    let judgement = play.call("queryInstance", json!({ "instanceId": many })).page(500);
    assert_eq!(broken(&judgement), ["QUERY-HUNDRED-ONE"]);
}
