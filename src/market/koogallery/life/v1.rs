//! The life of an instance in version 1.0.

use serde_json::{Value, json};

use super::{
    ALL, FROZEN, IN_USE, NONE, ON_DEMAND, OPENING, PERIOD, RELEASED, call, hours, ordered, rule, stays, upgradable,
};
use crate::market::life::{Call, Kind, Life, Retry, Rule, Subject, Why};

pub(super) const LIFE: Life = Life {
    dialect: "saas-v1",
    interface: "koogallery/saas-v1",
    folder: "v1/",
    subject: "instance",
    first: NONE,
    kinds: &[
        Kind { name: "period", applies: &[("charging", &["period"])], begins: ("order", "order-period") },
        Kind { name: "one-time", applies: &[("charging", &["one-time"])], begins: ("order", "order-one-time") },
        Kind { name: "on-demand", applies: &[("charging", &["on-demand"])], begins: ("order", "order-on-demand") },
    ],
    inputs: &[
        ("product", "product-id"),
        ("customer", "customer-id"),
        ("customer-name", "customer-name"),
        ("expire-time", "expire-time"),
        ("later-expire-time", "later-expire-time"),
        ("bigger-product", "bigger-product-id"),
        ("bigger-sku", "bigger-sku-code"),
    ],
    own_inputs: &[],
    calls: CALLS,
    rules: RULES,
    closing: &[(IN_USE, "release"), (FROZEN, "release")],
    retries: RETRIES,
};

const CALLS: &[Call] = &[
    Call {
        waits: true,
        ..call("create", "newInstance", "The buyer has paid; sent again for as long as it is being opened.", create)
    },
    call(
        "details",
        "newInstance",
        "The buyer opens the details of the resource: the same call once more.",
        subscription,
    ),
    call("query", "queryInstance", "What was used so far stands in the answer.", |who| {
        step("queryInstance", &[("instanceId", &instance(who))])
    }),
    ordered(call("renew", "refreshInstance", "The buyer pays for another year.", renew), "renewal", "order-renew"),
    call("expire", "expireInstance", "The term has ended.", |who| {
        step("expireInstance", &[("instanceId", &instance(who)), ("orderId", &who.input("order"))])
    }),
    call("freeze", "instanceStatus FREEZE", "The buyer is in arrears.", |who| {
        step("instanceStatus", &[("instanceId", &instance(who)), ("instanceStatus", "FREEZE")])
    }),
    call("unfreeze", "instanceStatus NORMAL", "The buyer has paid.", |who| {
        step("instanceStatus", &[("instanceId", &instance(who)), ("instanceStatus", "NORMAL")])
    }),
    upgradable(ordered(call("upgrade", "upgrade", "The buyer pays for more.", upgrade), "change", "order-change")),
    call("release", "releaseInstance", "The instance goes for good.", |who| {
        step("releaseInstance", &[("instanceId", &instance(who)), ("orderId", &who.input("order"))])
    }),
];

const B2: &str = "Sheet, B.2: activities and billing modes";
const B3: &str = "Sheet, B.3: newInstance, idempotent on orderId; again when the buyer opens the details";
const D: &str = "Sheet, D: 000003 for what is not there";

const RULES: &[Rule] = &[
    rule("create", (NONE, IN_USE), Why::Chosen, ALL, 0, B3),
    rule("create", (NONE, OPENING), Why::Chosen, ALL, 0, B3),
    rule("create", (OPENING, IN_USE), Why::Chosen, ALL, 0, B3),
    stays("details", IN_USE, Why::Again, ALL, 4, B3),
    stays("query", IN_USE, Why::Looks, ON_DEMAND, 5, B2),
    stays("renew", IN_USE, Why::Goes, PERIOD, 4, B2),
    stays("renew", IN_USE, Why::Again, PERIOD, 2, B2),
    rule("expire", (IN_USE, FROZEN), Why::Goes, PERIOD, 4, B2),
    rule("freeze", (IN_USE, FROZEN), Why::Goes, ON_DEMAND, 4, B2),
    stays("unfreeze", IN_USE, Why::Again, ON_DEMAND, 2, B2),
    stays("upgrade", IN_USE, Why::Goes, PERIOD, 3, B2),
    stays("upgrade", IN_USE, Why::Again, PERIOD, 2, B2),
    rule("release", (IN_USE, RELEASED), Why::Goes, ALL, 2, B2),
    stays("query", FROZEN, Why::Looks, ON_DEMAND, 3, B2),
    rule("renew", (FROZEN, IN_USE), Why::Goes, PERIOD, 5, B2),
    stays("expire", FROZEN, Why::Again, PERIOD, 2, B2),
    stays("freeze", FROZEN, Why::Again, ON_DEMAND, 2, B2),
    rule("unfreeze", (FROZEN, IN_USE), Why::Goes, ON_DEMAND, 5, B2),
    rule("release", (FROZEN, RELEASED), Why::Goes, &["period", "on-demand"], 2, B2),
    stays("query", RELEASED, Why::Looks, ON_DEMAND, 4, B2),
    stays("renew", RELEASED, Why::Late, PERIOD, 2, D),
    stays("unfreeze", RELEASED, Why::Late, ON_DEMAND, 2, D),
    stays("upgrade", RELEASED, Why::Late, PERIOD, 1, D),
    stays("release", RELEASED, Why::Again, ALL, 3, B2),
];

/// Sheet, A.13, rows of version 1.0. An older text has 60 tries of a subscription every three minutes.
const RETRIES: &[Retry] = &[
    Retry {
        call: "create",
        name: "hourly",
        after: &[hours(1), hours(2), hours(3)],
        failing: None,
        then: "the order fails",
        source: "Sheet, A.13: subscription, 3 h",
    },
    Retry {
        call: "upgrade",
        name: "hourly",
        after: &[hours(1), hours(2), hours(3)],
        failing: None,
        then: "the order fails",
        source: "Sheet, A.13: upgrade, 3 h",
    },
    Retry {
        call: "renew",
        name: "one-hour",
        after: &[hours(1)],
        failing: None,
        then: "the message is restarted by hand",
        source: "Sheet, A.13: renewal, expiration and release, 1 h",
    },
    Retry {
        call: "expire",
        name: "one-hour",
        after: &[hours(1)],
        failing: None,
        then: "the message is restarted by hand",
        source: "Sheet, A.13: renewal, expiration and release, 1 h",
    },
    Retry {
        call: "release",
        name: "one-hour",
        after: &[hours(1)],
        failing: None,
        then: "the message is restarted by hand",
        source: "Sheet, A.13: renewal, expiration and release, 1 h",
    },
];

fn instance(who: &Subject<'_>) -> String {
    who.output("create", "instance")
}

fn step(operation: &str, parameters: &[(&str, &str)]) -> Value {
    let parameters: Vec<Value> =
        parameters.iter().map(|(name, value)| json!({ "name": name, "in": "query", "value": value })).collect();
    json!({ "operationId": operation, "parameters": parameters })
}

fn subscription(who: &Subject<'_>) -> Value {
    let order = who.input("order");
    let mut parameters = vec![
        ("orderId", order.as_str()),
        ("productId", "$inputs.product"),
        ("customerId", "$inputs.customer"),
        ("customerName", "$inputs.customer-name"),
    ];
    // Plain pay-per-use has no documented code.
    match who.kind {
        "period" => parameters.extend([
            ("chargingMode", "1"),
            ("expireTime", "$inputs.expire-time"),
            ("periodType", "year"),
            ("periodNumber", "1"),
        ]),
        "one-time" => parameters.push(("chargingMode", "3")),
        _ => {}
    }
    step("newInstance", &parameters)
}

fn create(who: &Subject<'_>) -> Value {
    let mut step = subscription(who);
    let more = json!({
        "successCriteria": [{ "condition": "$response.body#/resultCode == '000000'" }],
        "onFailure": [{
            "name": "not-yet",
            "type": "retry",
            "retryAfter": 0.05,
            "retryLimit": 200,
            "criteria": [{ "condition": "$response.body#/resultCode == '000004'" }],
        }],
        "x-storeproof": { "requirement": "KG-CREATE-FINISHES" },
        "outputs": { "instance": "$response.body#/instanceId" },
    });
    if let (Some(step), Value::Object(more)) = (step.as_object_mut(), more) {
        step.extend(more);
    }
    step
}

fn renew(who: &Subject<'_>) -> Value {
    let parameters = [
        ("orderId", who.order("renewal")),
        ("instanceId", instance(who)),
        ("expireTime", "$inputs.later-expire-time".to_owned()),
    ];
    step("refreshInstance", &parameters.each_ref().map(|(name, value)| (*name, value.as_str())))
}

fn upgrade(who: &Subject<'_>) -> Value {
    let parameters = [
        ("instanceId", instance(who)),
        ("orderId", who.order("change")),
        ("skuCode", "$inputs.bigger-sku".to_owned()),
        ("productId", "$inputs.bigger-product".to_owned()),
        ("amount", "50".to_owned()),
    ];
    step("upgrade", &parameters.each_ref().map(|(name, value)| (*name, value.as_str())))
}
