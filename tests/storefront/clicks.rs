//! Presses of buttons against vendors, and the scenarios that they make.

use std::process::Command;

use serde_json::{Value, json};
use storeproof::serve::Verdict;
use storeproof::serve::click::{Awaited, Click, Clicked, Deliver, PressError, Pressed, scenario_of};
use storeproof::verdict::Outcome;
use storeproof::wire::Caller;

use crate::support::{Standing, Vendor, standing};

fn apply() -> Click {
    Click::new("applyCustomer")
        .described("The customer buys the product.")
        .generated("mem-sq", "mem-sq")
        .generated("start-date", "today-compact")
        .parameter("mem-sq", "$inputs.mem-sq")
        .body(json!({ "service-info": "2", "license-start-date": "$inputs.start-date", "license-states-cd": "0" }))
}

fn of_customer(operation: &str, pressed: &Pressed) -> Click {
    Click::new(operation).parameter("mem-sq", pressed.clicked.inputs["mem-sq"].clone())
}

fn buy() -> Click {
    let mut click = Click::new("newInstance")
        .generated("order", "order-period")
        .body(json!({ "orderId": "$inputs.order", "orderLineId": "{$inputs.order}-000001" }));
    click.outputs.insert("instance".to_owned(), json!("/instanceId"));
    click.awaited = Some(Awaited {
        interface: "koogallery/open-api".to_owned(),
        operation: "queryOrder".to_owned(),
        within: "5s".to_owned(),
    });
    click
}

/// Presses and expects a verdict; gives what was pressed.
async fn press(standing: &Standing, marketplace: &str, click: Click, expected: &Outcome) -> Pressed {
    let operation = click.operation.clone();
    let pressed = standing.stand(marketplace).press(click).await.unwrap_or_else(|error| panic!("{operation}: {error}"));
    let findings: Vec<_> = pressed.entries.iter().flat_map(|entry| &entry.seen.findings).collect();
    assert_eq!(pressed.outcome, *expected, "{operation}: {findings:#?}");
    pressed
}

/// `storeproof` with a scenario in a file: its exit code and what it said.
pub(crate) fn storeproof(arguments: &[&str], scenario: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clicked.arazzo.yaml");
    std::fs::write(&file, scenario).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_storeproof"))
        .arg(arguments[0])
        .arg(&file)
        .args(&arguments[1..])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    (done.status.code(), said)
}

fn holds(clicked: &[Clicked]) -> String {
    let scenario = scenario_of("What was clicked", clicked);
    let (code, said) = storeproof(&["lint"], &scenario);
    assert_eq!(code, Some(0), "{said}\n{scenario}");
    assert!(!said.contains("warning"), "{said}\n{scenario}");
    let (code, said) = storeproof(&["run", "--vendor", "reference"], &scenario);
    assert_eq!(code, Some(0), "{said}\n{scenario}");
    scenario
}

#[tokio::test(flavor = "multi_thread")]
async fn a_life_at_kt_is_clicked_saved_and_played_again() {
    let standing = standing(&[("kt-bizstore", &[], Vendor::Reference(&[]))]).await;
    let conforms = Outcome::Conforms;
    let applied = press(&standing, "kt-bizstore", apply(), &conforms).await;
    let mut sign_on = apply();
    sign_on.inputs.clear();
    sign_on.body = Some(json!({ "service-info": "2", "license-states-cd": "0" }));
    sign_on.deliver = Deliver { follow: true, ..Deliver::default() };
    let sign_on = sign_on.parameter("mem-sq", applied.clicked.inputs["mem-sq"].clone());
    let mut clicked = vec![applied.clicked.clone()];
    let bill = Click::new("getBillByDay").generated("day", "today").parameter("bill-day", "$inputs.day");
    for click in [
        of_customer("getStatus", &applied),
        sign_on,
        bill,
        of_customer("getBillByCustomer", &applied),
        of_customer("withdrawCustomer", &applied),
        of_customer("getStatus", &applied),
    ] {
        clicked.push(press(&standing, "kt-bizstore", click, &conforms).await.clicked);
    }
    let scenario = holds(&clicked);
    let customer = applied.clicked.inputs["mem-sq"].as_str().unwrap();
    assert!(!scenario.contains(customer), "another run has another customer:\n{scenario}");
    let log = standing.hall.log.newest(10, |_| true);
    assert_eq!(log.len(), 7);
    assert!(log.iter().all(|entry| entry.verdict() == Verdict::Conforms && entry.seen.step.is_some()));
    assert_eq!(log[6].seen.step.as_ref().unwrap()["parameters"][0]["value"], json!(customer));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_asks_for_the_order_before_it_answers_holds_nobody_up() {
    let standing = standing(&[("koogallery", &[], Vendor::Reference(&[]))]).await;
    let conforms = Outcome::Conforms;
    let bought = press(&standing, "koogallery", buy(), &conforms).await;
    let callers: Vec<_> = bought.entries.iter().map(|entry| entry.seen.exchange.caller).collect();
    assert_eq!(callers, [Caller::Marketplace, Caller::Vendor], "the question came while the call was under way");
    assert_eq!(bought.entries[1].seen.operation.as_deref(), Some("queryOrder"));
    let instance = bought.clicked.outputs["instance"].clone();
    let mut clicked = vec![bought.clicked];
    let of_instance = |activity: &str, more: Value| {
        let mut body = more;
        body["instanceId"] = instance.clone();
        Click::new(activity).body(body)
    };
    for click in [
        of_instance("queryInstance", json!({})),
        of_instance("updateInstanceStatus", json!({ "status": "FREEZE" })),
        of_instance("updateInstanceStatus", json!({ "status": "UNFREEZE" })),
        of_instance("releaseInstance", json!({})),
    ] {
        clicked.push(press(&standing, "koogallery", click, &conforms).await.clicked);
    }
    let scenario = holds(&clicked);
    assert!(!scenario.contains(instance.as_str().unwrap()), "{scenario}");
    assert!(scenario.contains("'{$inputs.order}-000001'") || scenario.contains("\"{$inputs.order}-000001\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clicks_at_one_time_take_turns() {
    let standing = standing(&[("koogallery", &[], Vendor::Reference(&[]))]).await;
    let pressing: Vec<_> = (0..8)
        .map(|_| {
            let stand = standing.stand("koogallery");
            tokio::spawn(async move { stand.press(buy()).await })
        })
        .collect();
    let mut instances = std::collections::BTreeSet::new();
    for press in pressing {
        let pressed = press.await.unwrap().unwrap();
        assert_eq!(pressed.outcome, Outcome::Conforms);
        instances.insert(pressed.clicked.outputs["instance"].to_string());
    }
    assert_eq!(instances.len(), 8, "each has an order of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_is_played_to_its_end_where_the_browser_goes_away() {
    let standing = standing(&[("koogallery", &[], Vendor::Reference(&[]))]).await;
    let stand = standing.stand("koogallery");
    let first = tokio::spawn({
        let stand = std::sync::Arc::clone(&stand);
        async move { stand.press(buy()).await }
    });
    first.abort();
    let _ = first.await;
    let second = press(&standing, "koogallery", buy(), &Outcome::Conforms).await;
    let third = Click::new("queryInstance").body(json!({ "instanceId": second.clicked.outputs["instance"] }));
    press(&standing, "koogallery", third, &Outcome::Conforms).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_vendor_is_told_with_the_rule_at_the_exchange() {
    let standing = standing(&[("kt-bizstore", &[], Vendor::Reference(&["location-missing"]))]).await;
    let pressed = press(&standing, "kt-bizstore", apply(), &Outcome::Breaks).await;
    assert_eq!(pressed.entries[0].verdict(), Verdict::Breaks);
    let rules: Vec<_> =
        pressed.entries[0].seen.findings.iter().map(|found| found.finding.requirement.to_string()).collect();
    assert!(rules.iter().any(|rule| rule == "KT-APPLY-LOCATION"), "{rules:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_wrong_on_purpose_is_judged_by_its_refusal() {
    let standing = standing(&[("kt-bizstore", &[], Vendor::Reference(&[]))]).await;
    let mut click = apply();
    click.deliver.tamper = Some("other-key".to_owned());
    let pressed = press(&standing, "kt-bizstore", click, &Outcome::Conforms).await;
    assert_eq!(pressed.entries.len(), 2, "the vendor was asked whether it still lives");
    assert_eq!(pressed.entries[0].seen.exchange.response().unwrap().status, 401);
    holds(&[pressed.clicked]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_clicked_is_said() {
    let standing =
        standing(&[("kt-bizstore", &[], Vendor::Nobody), ("koogallery", &[], Vendor::At("http://127.0.0.1:9"))]).await;
    let error = standing.stand("kt-bizstore").press(apply()).await.unwrap_err();
    assert!(matches!(&error, PressError::NoVendor { .. }), "{error}");
    assert!(error.to_string().contains("--vendor kt-bizstore="), "{error}");
    let said = |click: Click| {
        let stand = standing.stand("koogallery");
        async move { stand.press(click).await.unwrap_err() }
    };
    let error = said(buy()).await;
    let PressError::Unreachable { entries, .. } = &error else { panic!("{error}") };
    assert_eq!(entries[0].verdict(), Verdict::NotJudged);
    let error = said(Click::new("bakeCake")).await;
    assert!(error.to_string().contains("newInstance"), "{error}");
    let mut click = buy();
    click.deliver.tamper = Some("other-kee".to_owned());
    let error = said(click).await;
    assert!(matches!(error, PressError::Scenario(_)), "{error}");
    assert!(error.to_string().contains("other-kee"), "{error}");
    let error = said(buy().generated("cake", "cakes")).await;
    assert!(error.to_string().contains("cakes"), "{error}");
    let mut click = buy();
    click.interface = Some("koogallery/saas-v9".to_owned());
    let error = said(click).await;
    assert!(error.to_string().contains("koogallery/saas-v2"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_looks_like_an_expression_stays_a_text() {
    let standing = standing(&[("kt-bizstore", &[], Vendor::Reference(&[]))]).await;
    let customer = "$statusCode {$inputs.mem-sq}";
    let click = Click::new("applyCustomer").parameter("mem-sq", customer).body(json!({ "service-info": "2" }));
    let pressed = press(&standing, "kt-bizstore", click, &Outcome::Conforms).await;
    let target = &pressed.entries[0].seen.exchange.request.target;
    assert!(target.ends_with("/customers/%24statusCode%20%7B%24inputs.mem-sq%7D"), "{target}");
    holds(&[pressed.clicked]);
}

#[test]
fn a_click_is_json_as_well() {
    let mut click = buy();
    click.deliver = Deliver { copies: Some(3), together: true, ..Deliver::default() };
    let written = serde_json::to_value(&click).unwrap();
    assert_eq!(written["deliver"], json!({ "copies": 3, "together": true }));
    assert_eq!(written["inputs"], json!({ "order": { "generate": "order-period" } }));
    assert_eq!(serde_json::from_value::<Click>(written).unwrap(), click);
    let unknown = serde_json::from_value::<Click>(json!({ "operation": "newInstance", "boddy": {} }));
    assert!(unknown.unwrap_err().to_string().contains("boddy"));
}
