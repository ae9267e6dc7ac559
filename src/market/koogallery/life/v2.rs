//! The life of an instance in version 2.0.

use serde_json::{Value, json};

use super::{
    ALL, FROZEN, IN_USE, NONE, NOT_ONCE, OPENING, PERIOD, RELEASED, call, hours, ordered, rule, stays, upgradable,
};
use crate::market::life::{Call, Failing, Kind, Life, Retry, Rule, Subject, Why};

pub(super) const LIFE: Life = Life {
    dialect: "saas-v2",
    interface: "koogallery/saas-v2",
    folder: "",
    subject: "instance",
    first: NONE,
    kinds: &[
        Kind { name: "period", applies: &[("charging", &["period"])], begins: ("order", "order-period") },
        Kind { name: "one-time", applies: &[("charging", &["one-time"])], begins: ("order", "order-one-time") },
        Kind { name: "on-demand", applies: &[("charging", &["on-demand"])], begins: ("order", "order-on-demand") },
    ],
    inputs: &[
        ("later-expire-time", "later-expire-time"),
        ("bigger-product", "bigger-product-id"),
        ("bigger-sku", "bigger-sku-code"),
        ("unknown-instance", "unknown-instance"),
    ],
    own_inputs: &[],
    calls: CALLS,
    rules: RULES,
    closing: &[(OPENING, "wait-until-ready"), (IN_USE, "release"), (FROZEN, "release")],
    retries: RETRIES,
};

const FREEZES: &str = "updateInstanceStatus FREEZE";
const UNFREEZES: &str = "updateInstanceStatus UNFREEZE";

const CALLS: &[Call] = &[
    call("create", "newInstance", "The buyer has paid.", create),
    Call {
        waits: true,
        ..call("wait-until-ready", "queryInstance", "The store asks until the access data are there.", until_ready)
    },
    call("query", "queryInstance", "The buyer opens the details of the resource.", |who| {
        step("queryInstance", json!({ "instanceId": instance(who) }))
    }),
    call("query-unknown", "queryInstance", "The store asks for what was never opened.", |_| {
        step("queryInstance", json!({ "instanceId": "$inputs.unknown-instance" }))
    }),
    ordered(call("renew", "refreshInstance", "The buyer pays for another year.", renew), "renewal", "order-renew"),
    call("freeze", FREEZES, "The term has ended, or something is not right.", |who| {
        step("updateInstanceStatus", json!({ "instanceId": instance(who), "status": "FREEZE" }))
    }),
    call("unfreeze", UNFREEZES, "The store takes it back into use.", |who| {
        step("updateInstanceStatus", json!({ "instanceId": instance(who), "status": "UNFREEZE" }))
    }),
    upgradable(ordered(
        call("upgrade", "upgradeInstance", "The buyer pays for more.", upgrade),
        "change",
        "order-change",
    )),
    upgradable(call(
        "check",
        "changeInstanceCheck",
        "May the instance become this? A question changes nothing.",
        check,
    )),
    call("release", "releaseInstance", "The instance goes for good.", |who| {
        step("releaseInstance", json!({ "instanceId": instance(who) }))
    }),
    call("release-unknown", "releaseInstance", "The store releases what was never opened.", |_| {
        step("releaseInstance", json!({ "instanceId": "$inputs.unknown-instance" }))
    }),
];

const A3: &str = "Sheet, A.3: matrix of the interfaces";
const A4: &str = "Sheet, A.4: newInstance, idempotent on orderId and orderLineId";
const A5: &str = "Sheet, A.5: queryInstance";
const A6: &str = "Sheet, A.6: refreshInstance";
const A7: &str = "Sheet, A.7: updateInstanceStatus";
const A8: &str = "Sheet, A.8: releaseInstance";
const A9: &str = "Sheet, A.9: upgradeInstance, idempotent on orderId";
const A10: &str = "Sheet, A.10: changeInstanceCheck";
const D: &str = "Sheet, D: 000003 for what is not there";

const RULES: &[Rule] = &[
    rule("create", (NONE, OPENING), Why::Chosen, ALL, 0, A4),
    rule("create", (NONE, IN_USE), Why::Chosen, ALL, 0, A4),
    rule("wait-until-ready", (OPENING, IN_USE), Why::Chosen, ALL, 8, A5),
    stays("create", OPENING, Why::Again, ALL, 3, A4),
    stays("query", OPENING, Why::Looks, ALL, 2, A5),
    stays("create", IN_USE, Why::Again, ALL, 2, A4),
    stays("query", IN_USE, Why::Looks, ALL, 6, A5),
    stays("query-unknown", IN_USE, Why::Looks, ALL, 1, D),
    stays("release-unknown", IN_USE, Why::Looks, ALL, 1, D),
    stays("renew", IN_USE, Why::Goes, PERIOD, 4, A6),
    stays("renew", IN_USE, Why::Again, PERIOD, 2, A6),
    rule("freeze", (IN_USE, FROZEN), Why::Goes, NOT_ONCE, 4, A7),
    stays("unfreeze", IN_USE, Why::Again, NOT_ONCE, 2, A7),
    stays("upgrade", IN_USE, Why::Goes, PERIOD, 3, A9),
    stays("upgrade", IN_USE, Why::Again, PERIOD, 2, A9),
    stays("check", IN_USE, Why::Looks, PERIOD, 2, A10),
    rule("release", (IN_USE, RELEASED), Why::Goes, ALL, 2, A8),
    stays("create", FROZEN, Why::Again, ALL, 1, A4),
    stays("query", FROZEN, Why::Looks, ALL, 3, A5),
    stays("renew", FROZEN, Why::Goes, PERIOD, 3, A3),
    stays("renew", FROZEN, Why::Again, PERIOD, 1, A6),
    stays("freeze", FROZEN, Why::Again, NOT_ONCE, 2, A7),
    rule("unfreeze", (FROZEN, IN_USE), Why::Goes, NOT_ONCE, 5, A7),
    rule("release", (FROZEN, RELEASED), Why::Goes, NOT_ONCE, 2, A8),
    stays("create", RELEASED, Why::Late, ALL, 2, A4),
    stays("query", RELEASED, Why::Looks, ALL, 4, A5),
    stays("renew", RELEASED, Why::Late, PERIOD, 2, D),
    stays("unfreeze", RELEASED, Why::Late, NOT_ONCE, 1, D),
    stays("upgrade", RELEASED, Why::Late, PERIOD, 1, D),
    stays("release", RELEASED, Why::Again, ALL, 3, A8),
];

/// Sheet, A.13. The pages of version 2.0 for renewals, releases and checks give no numbers.
const RETRIES: &[Retry] = &[
    Retry {
        call: "create",
        name: "hourly",
        after: &[hours(1), hours(2), hours(3)],
        failing: Some(Failing {
            generator: "order-whose-query-fails-thrice",
            in_vain: "$response.body#/resultCode != '000000' && $response.body#/resultCode != '000004'",
        }),
        then: "the order fails and is unsubscribed, until somebody restarts it by hand",
        source: "Sheet, A.13: creation, 3 h, about once an hour (China site)",
    },
    Retry {
        call: "freeze",
        name: "one-hour",
        after: &[hours(1)],
        failing: None,
        then: "the message is restarted by hand",
        source: "Sheet, A.13: change of status, 1 h (China site)",
    },
    Retry {
        call: "unfreeze",
        name: "two-hours",
        after: &[hours(1), hours(2)],
        failing: None,
        then: "the message is restarted by hand",
        source: "List of pitfalls, 36: change of status, 2 h",
    },
    Retry {
        call: "upgrade",
        name: "hourly",
        after: &[hours(1), hours(2), hours(3)],
        failing: None,
        then: "the order fails",
        source: "Sheet, A.13: upgrade, 3 h (China site)",
    },
    Retry {
        call: "release",
        name: "by-hand",
        after: &[hours(24)],
        failing: None,
        then: "nothing: it is sent once, and again when somebody restarts it",
        source: "List of pitfalls, 36: release, once, then by hand",
    },
];

fn instance(who: &Subject<'_>) -> String {
    who.output("create", "instance")
}

/// A text that ends as the id of an order's first line does.
fn line(order: &str) -> String {
    format!("{{{order}}}-000001")
}

fn step(operation: &str, payload: Value) -> Value {
    json!({ "operationId": operation, "requestBody": { "contentType": "application/json", "payload": payload } })
}

fn with(mut step: Value, more: Value) -> Value {
    if let (Some(step), Value::Object(more)) = (step.as_object_mut(), more) {
        step.extend(more);
    }
    step
}

fn create(who: &Subject<'_>) -> Value {
    let order = who.input("order");
    with(
        step("newInstance", json!({ "orderId": order, "orderLineId": line(&order) })),
        json!({
            "successCriteria": [{
                "condition": "$response.body#/resultCode == '000000' || $response.body#/resultCode == '000004'",
            }],
            "x-storeproof": { "requirement": "KG-CREATE-ANSWER" },
            "outputs": { "instance": "$response.body#/instanceId", "code": "$response.body#/resultCode" },
        }),
    )
}

fn until_ready(who: &Subject<'_>) -> Value {
    let code = who.output("create", "code");
    let ready = format!("{code} != '000004' || $response.body#/info/0/appInfo/frontEndUrl != null");
    let still = "$response.body#/resultCode == '000000' || $response.body#/resultCode == '000004'";
    with(
        step("queryInstance", json!({ "instanceId": instance(who) })),
        json!({
            "successCriteria": [{ "condition": ready }],
            "onFailure": [{
                "name": "not-yet",
                "type": "retry",
                "retryAfter": 0.05,
                "retryLimit": 200,
                "criteria": [{ "condition": still }],
            }],
            "x-storeproof": { "requirement": "KG-CREATE-FINISHES" },
        }),
    )
}

fn renew(who: &Subject<'_>) -> Value {
    let order = who.order("renewal");
    let body = json!({
        "scene": "RENEWAL",
        "orderId": order,
        "orderLineId": line(&order),
        "instanceId": instance(who),
        "expireTime": "$inputs.later-expire-time",
    });
    step("refreshInstance", body)
}

fn upgrade(who: &Subject<'_>) -> Value {
    let order = who.order("change");
    step("upgradeInstance", json!({ "instanceId": instance(who), "orderId": order, "orderLineId": line(&order) }))
}

fn check(who: &Subject<'_>) -> Value {
    let product = json!({ "linearValue": 50, "productId": "$inputs.bigger-product", "skuCode": "$inputs.bigger-sku" });
    step("changeInstanceCheck", json!({ "instanceId": instance(who), "productInfo": product }))
}
