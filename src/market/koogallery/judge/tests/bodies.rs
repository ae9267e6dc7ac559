//! What holds for the body of every answer.

use rstest::rstest;
use serde_json::json;

use super::{NONE, Play, broken, readings, words};
use crate::sign::koogallery::body_sign;
use crate::wire::{Headers, Response};

#[rstest]
#[case::fine(r#"{"resultCode":"000000","resultMsg":"success"}"#, &[])]
#[case::empty("", &["ANSWER-JSON"])]
#[case::text("success", &["ANSWER-JSON"])]
#[case::list("[]", &["ANSWER-JSON"])]
#[case::wrapped(r#"{"data":{"resultCode":"000000"},"resultMsg":"m"}"#, &["ANSWER-JSON"])]
#[case::other_name(r#"{"code":"000000","resultMsg":"m"}"#, &["ANSWER-JSON"])]
#[case::number(r#"{"resultCode":0,"resultMsg":"m"}"#, &["ANSWER-CODE"])]
#[case::own(r#"{"resultCode":"SUCCESS","resultMsg":"m"}"#, &["ANSWER-CODE"])]
#[case::seven(r#"{"resultCode":"0000004","resultMsg":"m"}"#, &["ANSWER-CODE"])]
#[case::passed_on(r#"{"resultCode":"MKT.0000","resultMsg":"m"}"#, &["ANSWER-CODE"])]
#[case::in_progress(r#"{"resultCode":"000004","resultMsg":"m"}"#, &["ANSWER-CODE-PLACE"])]
#[case::no_message(r#"{"resultCode":"000000"}"#, &["ANSWER-MESSAGE"])]
#[case::null_message(r#"{"resultCode":"000000","resultMsg":null}"#, &["ANSWER-MESSAGE"])]
#[case::number_message(r#"{"resultCode":"000000","resultMsg":1}"#, &["ANSWER-SHAPE"])]
#[case::null(r#"{"resultCode":"000000","resultMsg":"m","data":null}"#, &["ANSWER-NULL"])]
fn bodies_have_a_code_and_a_message(#[case] body: &str, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let call = play.call("updateInstanceStatus", json!({ "instanceId": instance, "status": "FREEZE" }));
    let response = call.response(body);
    let judgement = call.came(Ok(response));
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
}

#[rstest]
#[case(256, &["ANSWER-LENGTH"])]
#[case(255, &[])]
fn messages_are_short(#[case] length: usize, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let call = play.call("releaseInstance", json!({ "instanceId": instance }));
    let judgement = call.answered(json!({ "resultCode": "000000", "resultMsg": "m".repeat(length) }));
    assert_eq!(broken(&judgement), expected);
}

#[rstest]
#[case("application/json", &[])]
#[case("application/json; charset=gbk", &["ANSWER-CHARSET"])]
#[case("text/plain", &["ANSWER-CONTENT-TYPE"])]
#[case("", &["ANSWER-CONTENT-TYPE"])]
fn answers_are_json_by_their_type(#[case] content_type: &str, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let call = play.call("releaseInstance", json!({ "instanceId": instance }));
    let mut response = call.response(r#"{"resultCode":"000000","resultMsg":"m"}"#);
    response.headers.set("Content-Type", content_type);
    assert_eq!(broken(&call.came(Ok(response))), expected);
}

#[test]
fn text_in_another_encoding_is_told_as_such() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let call = play.call("releaseInstance", json!({ "instanceId": instance }));
    let body = [b"{\"resultCode\":\"000000\",\"resultMsg\":\"".as_slice(), b"\xb3\xc9\xb9\xa6", b"\"}"].concat();
    let key = call.play.store.settings.access_key.clone();
    let signed = body_sign::sign(&key, &body);
    let headers =
        Headers::from_iter([("Content-Type", "application/json"), (body_sign::HEADER, signed.value.expose())]);
    let judgement = call.came(Ok(Response { headers, body, ..Response::new(200) }));
    assert_eq!(broken(&judgement), ["ANSWER-CHARSET"]);
    assert!(words(&judgement).contains("GBK"), "{}", words(&judgement));
}

#[rstest]
#[case("java.lang.NullPointerException\\n\\tat com.vendor.Api.get(Api.java:12)\\n", &["ANSWER-LEAK"])]
#[case("Duplicate entry 'CS1' for key 'order'", &["ANSWER-LEAK"])]
#[case("key $KEY is wrong", &["ANSWER-LEAK"])]
#[case("orderId is missing", &[])]
fn messages_give_nothing_away(#[case] message: &str, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let message = message.replace("$KEY", play.store.settings.access_key.expose());
    let call = play.call("releaseInstance", json!({ "instanceId": instance }));
    let response = call.response(&format!(r#"{{"resultCode":"000000","resultMsg":"{message}"}}"#));
    let judgement = call.came(Ok(response));
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
    assert!(!format!("{:?}", judgement.findings).contains(play.store.settings.access_key.expose()));
}

#[rstest]
#[case::fine("v1", "Body-Sign", "right", &[])]
#[case::missing("v1", "X-Other", "right", &["V1-BODY-SIGN"])]
#[case::name("v1", "body-sign", "right", &["V1-BODY-SIGN-NAME"])]
#[case::quotes("v1", "Body-Sign", "unquoted", &["V1-BODY-SIGN-FORM"])]
#[case::other_bytes("v1", "Body-Sign", "newline", &["V1-BODY-SIGN-VALUE"])]
#[case::missing_v2("v2", "X-Other", "right", &["V2-BODY-SIGN"])]
#[case::name_v2("v2", "body-sign", "right", &["V2-BODY-SIGN-VALUE"])]
#[case::other_bytes_v2("v2", "Body-Sign", "newline", &["V2-BODY-SIGN-VALUE"])]
fn answers_are_signed(#[case] version: &str, #[case] name: &str, #[case] kind: &str, #[case] expected: &[&str]) {
    let mut play = if version == "v1" { Play::v1() } else { Play::v2() };
    let (order, instance) = play.opened();
    let key = play.store.settings.access_key.clone();
    let call = play.call("releaseInstance", json!({ "instanceId": instance, "orderId": order }));
    let mut response = call.response(r#"{"resultCode":"000000","resultMsg":"m"}"#);
    let value = match kind {
        "newline" => body_sign::sign(&key, &[response.body.as_slice(), b"\n"].concat()).value,
        _ => body_sign::sign(&key, &response.body).value,
    };
    let value = if kind == "unquoted" { value.expose().replace('"', "") } else { value.expose().to_owned() };
    response.headers.remove(body_sign::HEADER);
    response.headers.push(name, value);
    let judgement = call.came(Ok(response));
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
    if kind == "newline" {
        assert!(words(&judgement).contains("line feed"), "{}", words(&judgement));
    }
}

#[test]
fn the_lack_of_an_optional_signature_is_told_once() {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let told: Vec<usize> = (0..2)
        .map(|_| {
            let call = play.call("updateInstanceStatus", json!({ "instanceId": instance, "status": "FREEZE" }));
            let mut response = call.response(r#"{"resultCode":"000000","resultMsg":"m"}"#);
            response.headers.remove(body_sign::HEADER);
            call.came(Ok(response)).findings.len()
        })
        .collect();
    assert_eq!(told, [1, 0]);
}

#[test]
fn a_query_may_say_that_an_instance_is_being_opened() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let members = play.creation(&order);
    let call = play.call("newInstance", members);
    let opening = call.answered(json!({ "resultCode": "000004", "resultMsg": "m", "instanceId": "i-1" }));
    assert_eq!(broken(&opening), NONE);
    let judgement = play.call("queryInstance", json!({ "instanceId": "i-1" })).code("000004");
    assert_eq!(broken(&judgement), NONE);
    assert_eq!(readings(&judgement), ["QUERY-PENDING"]);
}
