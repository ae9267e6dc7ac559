//! Answers that go wrong on purpose.

use serde_json::{Value, json};
use storeproof::wire::Loss;

use crate::support::{Folder, Served};

/// The status of an answer, or how it was lost.
fn answered(served: &Served) -> String {
    match served.ask_order("MOCKONDEMAND") {
        Ok(response) if response.json().is_ok() || response.body.is_empty() => response.status.to_string(),
        Ok(_) => "no JSON".to_owned(),
        Err(Loss::ClosedBeforeAnswer) => "closed".to_owned(),
        Err(Loss::ShortBody { .. }) => "short".to_owned(),
        Err(loss) => loss.to_string(),
    }
}

fn newest(served: &Served) -> Value {
    served.get("/exchanges?limit=1")["exchanges"][0].clone()
}

#[test]
fn each_kind_of_harm_is_done_told_and_never_held_against_the_vendor() {
    let served = Folder::new().serve("koogallery");
    for (rule, outcome, told) in [
        (json!({ "status": 503, "headers": { "Retry-After": "1" } }), "503", "answered with status 503"),
        (json!({ "operation": "queryOrder", "close": true }), "closed", "closed without an answer"),
        (json!({ "cut": true }), "short", "cut off inside the body"),
        (json!({ "malformed": true }), "no JSON", "sent with broken JSON"),
        (json!({ "after": "1ms" }), "200", "held back for 1ms"),
    ] {
        served.post("/koogallery/disturbances", &rule).is(201);
        assert_eq!(answered(&served), outcome, "{rule}");
        let line = newest(&served);
        assert_eq!((&line["disturbance"], &line["verdict"]), (&json!(told), &json!("conforms")), "{rule}");
        assert_eq!(answered(&served), "200", "{rule} is used up");
        assert_eq!(newest(&served)["disturbance"], Value::Null);
    }
    let left = served.get("/koogallery/disturbances");
    assert_eq!(left["disturbances"].as_array().map(Vec::len), Some(5));
    assert_eq!(left["disturbances"][0]["left"], 0);
}

#[test]
fn rules_are_replaced_counted_and_cleared() {
    let served = Folder::new().serve("koogallery");
    let rules = json!({ "rules": [{ "skip": 1, "times": 2, "status": 500 }, { "operation": "pushUsage", "times": "all", "close": true }] });
    let listed = served.put("/koogallery/disturbances", &rules).is(200);
    assert_eq!(listed["disturbances"][1]["left"], Value::Null);
    let outcomes: Vec<String> = (0..4).map(|_| answered(&served)).collect();
    assert_eq!(outcomes, ["200", "500", "500", "200"], "the rule about another operation is none of this one");
    assert_eq!(served.get("/marketplaces")["marketplaces"][0]["disturbances"], 2);
    served.put("/koogallery/disturbances", &json!({ "rules": [{ "times": "all", "status": 500 }] })).is(200);
    assert_eq!(answered(&served), "500");
    served.api("DELETE", "/koogallery/disturbances", None).is(204);
    assert_eq!(answered(&served), "200");
}

#[test]
fn chance_comes_from_the_seed() {
    let pattern = |words: &str| {
        let served = Folder::new().serve(words);
        let rule = json!({ "rules": [{ "times": "all", "probability": 0.5, "status": 500 }] });
        let listed = served.put("/koogallery/disturbances", &rule).is(200);
        let outcomes: Vec<String> = (0..24).map(|_| answered(&served)).collect();
        // The same rules begin the same chance anew.
        served.put("/koogallery/disturbances", &rule).is(200);
        assert_eq!(outcomes, (0..24).map(|_| answered(&served)).collect::<Vec<_>>());
        (listed["seed"].as_u64().expect("a number"), outcomes)
    };
    let (seed, one) = pattern("koogallery --seed 7");
    assert_eq!(seed, 7);
    assert!(one.iter().any(|status| status == "500") && one.iter().any(|status| status == "200"));
    assert_eq!(pattern("koogallery --seed 7").1, one);
    assert_ne!(pattern("koogallery --seed 8").1, one);
}

/// A vendor that is not told what was bought can neither open it nor be blamed for that.
#[test]
fn what_a_vendor_owes_for_an_unanswered_question_is_not_held_against_it() {
    let served = Folder::new().serve("koogallery --vendor reference");
    let call = |operation: &str, order: &str, more: &Value| {
        let mut body = json!({ "orderId": "$inputs.order", "orderLineId": "{$inputs.order}-000001" });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let awaited = json!({ "interface": "koogallery/open-api", "operation": "queryOrder", "within": "1s" });
        let click = json!({
            "operation": operation, "inputs": { "order": { "generate": order } }, "body": body, "await": awaited,
        });
        served.post("/koogallery/calls", &click).is(200)
    };
    for rule in [json!({ "close": true }), json!({ "status": 500 }), json!({ "malformed": true })] {
        let made = call("newInstance", "order-period", &json!({}));
        assert_eq!(made["outcome"], "conforms", "{made:#}");
        let answer = made["exchanges"].as_array().expect("a list").iter().find(|it| it["operation"] == "newInstance");
        let body = answer.expect("it is there")["parsed"]["answer"].clone();
        let instance = json!({ "instanceId": body["instanceId"] });
        let mut rule = rule;
        rule["times"] = json!("all");
        served.put("/koogallery/disturbances", &json!({ "rules": [rule] })).is(200);
        for (operation, order, more) in
            [("newInstance", "order-period", json!({})), ("upgradeInstance", "order-change", instance)]
        {
            let made = call(operation, order, &more);
            assert_ne!(made["outcome"], "breaks", "{rule}: {made:#}");
            let broken = made["exchanges"].as_array().expect("a list").iter().filter(|it| it["verdict"] == "breaks");
            assert_eq!(broken.count(), 0, "{rule}: {made:#}");
        }
        served.api("DELETE", "/koogallery/disturbances", None).is(204);
    }
}
