//! Calls of the vendor on request.

use serde_json::{Value, json};

use crate::support::Folder;

fn apply() -> Value {
    json!({
        "operation": "applyCustomer",
        "inputs": { "mem-sq": { "generate": "mem-sq" }, "start": { "generate": "today-compact" } },
        "parameters": { "mem-sq": "$inputs.mem-sq" },
        "body": { "service-info": "2", "license-start-date": "$inputs.start", "license-states-cd": "0" },
    })
}

#[test]
fn a_call_is_made_judged_and_in_the_log() {
    let served = Folder::new().serve("--vendor reference");
    let made = served.post("/kt-bizstore/calls", &apply()).is(200);
    assert_eq!(
        (&made["outcome"], &made["called"]["interface"]),
        (&json!("conforms"), &json!("kt-bizstore/bizstore-2.1.2"))
    );
    let exchange = &made["exchanges"][0];
    assert_eq!((&exchange["caller"], &exchange["status"]), (&json!("marketplace"), &json!(201)), "{made:#}");
    assert_eq!(exchange["raw"]["recorded"], true);
    assert!(
        exchange["step"]["operationId"].is_string() || exchange["step"]["operationPath"].is_string(),
        "{exchange:#}"
    );
    assert_eq!(served.get(&format!("/exchanges/{}", exchange["id"]))["findings"], json!([]));
    // Another store with its own calls: the vendor asks back before it answers.
    let buy = json!({
        "operation": "newInstance",
        "inputs": { "order": { "generate": "order-period" } },
        "body": { "orderId": "$inputs.order", "orderLineId": "{$inputs.order}-000001" },
    });
    let made = served.post("/koogallery/calls", &buy).is(200);
    let callers: Vec<&str> =
        made["exchanges"].as_array().expect("a list").iter().filter_map(|it| it["caller"].as_str()).collect();
    assert!(callers.contains(&"marketplace") && callers.contains(&"vendor"), "{callers:?}");
}

#[test]
fn what_breaks_the_contract_is_told_and_is_no_error() {
    let served = Folder::new().serve("kt-bizstore --vendor reference:apply-first-200");
    let made = served.post("/kt-bizstore/calls", &apply()).is(200);
    assert_eq!(made["outcome"], "breaks");
    assert_eq!(made["exchanges"][0]["findings"][0]["requirement"], "KT-APPLY-CREATED");
}

#[test]
fn a_call_can_be_made_wrongly_on_purpose_and_with_another_clock() {
    let served = Folder::new().serve("kt-bizstore --vendor reference");
    let mut call = json!({ "operation": "getStatus", "parameters": { "mem-sq": "M1" }, "deliver": {} });
    call["deliver"]["tamper"] = json!(storeproof::market::mistakes("kt-bizstore")[0].0);
    let made = served.post("/kt-bizstore/calls", &call).is(200);
    assert!(made["exchanges"].as_array().is_some_and(|all| !all.is_empty()), "{made:#}");
    // The token is dated by the marketplace's clock, by which the built-in vendor goes as well, moved for this delivery.
    served.put("/kt-bizstore/clock", &json!({ "ahead": "48h" })).is(200);
    let made = served.post("/kt-bizstore/calls", &apply()).is(200);
    assert_eq!(made["exchanges"][0]["status"], 201, "{made:#}");
    let started: jiff::Timestamp = made["exchanges"][0]["started"].as_str().expect("a time").parse().expect("a time");
    assert!(started.duration_since(jiff::Timestamp::now()) > jiff::SignedDuration::from_hours(47));
    let mut late = apply();
    late["deliver"] = json!({ "clock": "-1h" });
    let made = served.post("/kt-bizstore/calls", &late).is(200);
    assert_eq!(made["exchanges"][0]["status"], 401, "{made:#}");
    call["deliver"] = json!({ "tamper": "nonsense" });
    served.post("/kt-bizstore/calls", &call).problem(422, "nonsense");
}

#[test]
fn a_call_that_cannot_be_made_says_why() {
    let folder = Folder::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let served = folder.serve(&format!("--vendor kt-bizstore=http://{nobody}"));
    let problem = served.post("/kt-bizstore/calls", &apply()).problem(502, "could not be reached");
    let id = problem["exchanges"][0].as_u64().expect("the exchange that shows it");
    assert_eq!(served.get(&format!("/exchanges/{id}"))["verdict"], "not-judged");
    served.post("/koogallery/calls", &json!({ "operation": "newInstance" })).problem(409, "--vendor koogallery=URL");
    served.post("/kt-bizstore/calls", &json!({ "operation": "applyCustomers" })).problem(422, "applyCustomers");
}

/// The built-in vendor goes by the store's clock, and what it has told of days to come is then not yet so.
#[test]
fn a_clock_that_is_moved_back_is_not_held_against_the_vendor() {
    let served = Folder::new().serve("kt-bizstore --vendor reference");
    let call = |operation: &str, key: &str| {
        let click = json!({ "operation": operation, "parameters": { "mem-sq": key } });
        let made = served.post("/kt-bizstore/calls", &click).is(200);
        assert_ne!(made["outcome"], "breaks", "{operation} of {key}: {made:#}");
    };
    for ahead in ["40d", "0s", "1d", "-2h"] {
        for (operation, key) in [
            ("applyCustomer", "M1"),
            ("getStatus", "M1"),
            ("getBillByCustomer", "M1"),
            ("applyCustomer", "M2"),
            ("getStatus", "M2"),
            ("getBillByCustomer", "M2"),
        ] {
            call(operation, key);
        }
        served.put("/kt-bizstore/clock", &json!({ "ahead": ahead })).is(200);
        call("getStatus", "M1");
        call("getBillByCustomer", "M1");
    }
}
