//! How an answer came, whatever it says.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;

use super::{Play, broken, words};
use crate::wire::{Loss, Tls, TlsTrouble};

#[rstest]
#[case("https://vendor.example/produce", true, &[])]
#[case("http://vendor.example/produce", false, &["HTTPS"])]
#[case("https://203.0.113.9/produce", true, &["HOST"])]
#[case("https://[2001:db8::1]/produce", true, &["HOST"])]
#[case("https://vendor.example:8443/produce", true, &["PORT"])]
fn the_address_is_https_at_a_domain_name(#[case] base: &str, #[case] tls: bool, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let call = play.call("releaseInstance", json!({ "instanceId": instance }));
    let response = call.response(r#"{"resultCode":"000000","resultMsg":"m"}"#);
    let judgement = call.exchanged(Ok(response), |exchange| {
        exchange.peer.base = base.to_owned();
        exchange.peer.loopback = false;
        exchange.peer.tls = tls.then(|| Tls { version: "TLSv1.3".to_owned(), trouble: None });
    });
    assert_eq!(broken(&judgement), expected);
    assert_eq!(judgement.skipped, []);
}

#[rstest]
#[case("v2", "releaseInstance", 4_999, &[])]
#[case("v2", "releaseInstance", 5_001, &["ANSWER-TIME"])]
#[case("v2", "releaseInstance", 20_001, &["ANSWER-TIME-CONSOLE"])]
#[case("v2", "newInstance", 5_001, &["CREATE-NOT-BLOCKING"])]
#[case("v1", "releaseInstance", 19_999, &[])]
#[case("v1", "releaseInstance", 20_001, &["ANSWER-TIME-CONSOLE"])]
fn answers_come_in_time(
    #[case] version: &str,
    #[case] operation: &str,
    #[case] milliseconds: u64,
    #[case] expected: &[&str],
) {
    let mut play = if version == "v1" { Play::v1() } else { Play::v2() };
    let (order, instance) = play.opened();
    let mut members = play.creation(&order);
    super::merge(&mut members, json!({ "instanceId": instance }));
    let call = play.call(operation, members);
    let response =
        call.response(&json!({ "resultCode": "000000", "resultMsg": "m", "instanceId": instance }).to_string());
    let judgement =
        call.exchanged(Ok(response), |exchange| exchange.timing.total = Duration::from_millis(milliseconds));
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
}

#[rstest]
#[case(Loss::HungUp, &[])]
#[case(Loss::Refused, &[])]
#[case(Loss::TimeOut { limit: Duration::from_secs(5) }, &["ANSWER-TIME"])]
#[case(Loss::Tls(TlsTrouble::Expired), &["TLS"])]
#[case(Loss::ClosedBeforeAnswer, &["HTTP-ANSWER"])]
fn lost_answers_are_told_by_their_cause(#[case] loss: Loss, #[case] expected: &[&str]) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    let judgement = play.call("releaseInstance", json!({ "instanceId": instance })).came(Err(loss));
    assert_eq!(broken(&judgement), expected);
}

#[rstest]
#[case(500, &["ANSWER-STATUS"], "throws instead of answering")]
#[case(302, &["ANSWER-STATUS"], "redirects")]
#[case(401, &["V2-AUTH-VALID"], "usual mistakes")]
#[case(415, &["REQUEST-CHARSET"], "charset=utf8")]
#[case(404, &["ADDRESS"], "newInstance")]
fn another_status_is_told_with_its_cause(#[case] status: u16, #[case] expected: &[&str], #[case] cause: &str) {
    let mut play = Play::v2();
    let (_, instance) = play.opened();
    play.done("releaseInstance", json!({ "instanceId": instance }));
    let (_, instance) = play.opened();
    // The release is accepted already where the cause must not be laid to the activity.
    let operation = if status == 404 { "queryInstance" } else { "releaseInstance" };
    let judgement = play.call(operation, json!({ "instanceId": instance })).page(status);
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
    assert!(words(&judgement).contains(cause), "{}", words(&judgement));
}

#[test]
fn a_first_call_at_the_wrong_address_says_so() {
    let mut play = Play::v2();
    let order = play.generate("order-period");
    let members = play.creation(&order);
    let judgement = play.call("newInstance", members).page(404);
    assert_eq!(broken(&judgement), ["ANSWER-STATUS"]);
    assert!(words(&judgement).contains("production address"), "{}", words(&judgement));
}

#[test]
fn a_refused_charset_hides_what_else_is_wrong_with_a_call() {
    let mut play = Play::v2();
    for members in [json!({}), json!({ "instanceId": "i", "testFlag": "1" })] {
        let judgement = play.call("releaseInstance", members).page(415);
        assert_eq!(broken(&judgement), ["REQUEST-CHARSET"]);
    }
}
