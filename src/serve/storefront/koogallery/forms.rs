//! From a button to the call that it makes, in the words of either version of the interface.

use serde_json::{Map, Value, json};

use super::state::Purchase;
use crate::serve::click::{Awaited, Click};

/// Version 2.0, version 1.0 and the order notification.
pub(super) const V2: &str = "koogallery/saas-v2";
pub(super) const V1: &str = "koogallery/saas-v1";
const NOTIFY: &str = "koogallery/order-notify";

/// What can be bought: generators of orders.
pub(super) const GOODS: [&str; 6] =
    ["order-period", "order-period-month", "order-trial", "order-one-time", "order-on-demand", "order-package"];

/// Activities of the debugging page.
pub(super) const ACTIVITIES: [&str; 7] = [
    "newInstance",
    "queryInstance",
    "refreshInstance",
    "updateInstanceStatus",
    "releaseInstance",
    "upgradeInstance",
    "changeInstanceCheck",
];

/// The vendor asks for the order: nothing else tells it what was bought.
fn asks() -> Awaited {
    Awaited { interface: "koogallery/open-api".to_owned(), operation: "queryOrder".to_owned(), within: "5s".to_owned() }
}

/// A purchase.
pub(super) fn buy(what: &str, v1: bool) -> Click {
    let mut click = Click::new("newInstance").described("A buyer has paid.").generated("order", what);
    click.outputs.insert("instance".to_owned(), json!("/instanceId"));
    if v1 {
        return bought_v1(click, what);
    }
    click.interface = Some(V2.to_owned());
    click.awaited = Some(asks());
    click.body(json!({ "orderId": "$inputs.order", "orderLineId": "{$inputs.order}-000001" }))
}

/// Version 1.0 says in the call what was bought.
fn bought_v1(click: Click, what: &str) -> Click {
    let mut click = click
        .generated("product", "product-id")
        .generated("customer", "customer-id")
        .generated("customer-name", "customer-name")
        .parameter("orderId", "$inputs.order")
        .parameter("productId", "$inputs.product")
        .parameter("customerId", "$inputs.customer")
        .parameter("customerName", "$inputs.customer-name");
    let more: &[(&str, &str)] = match what {
        "order-trial" => &[("chargingMode", "1"), ("trialFlag", "1"), ("periodType", "day"), ("periodNumber", "7")],
        "order-one-time" => &[("chargingMode", "3"), ("orderAmount", "100.00")],
        // Plain pay-per-use has no documented value.
        "order-on-demand" => &[],
        "order-package" => &[("chargingMode", "5")],
        "order-period-month" => &[("chargingMode", "1"), ("periodType", "month"), ("periodNumber", "1")],
        _ => &[("chargingMode", "1"), ("periodType", "year"), ("periodNumber", "1")],
    };
    for (name, value) in more {
        click = click.parameter(name, *value);
    }
    if what == "order-period" {
        click = click.generated("expire-time", "expire-time").parameter("expireTime", "$inputs.expire-time");
    }
    Click { interface: Some(V1.to_owned()), ..click }
}

/// A call about a purchase; `None` where its version has no such call, or where there is no instance yet.
pub(super) fn about(purchase: &Purchase, act: &str, creation: Option<&Click>) -> Option<Click> {
    if act == "notify" {
        let line = format!("{}-000001", purchase.order);
        let click = Click::new("orderNotify").described("The vendor is told of a paid order.");
        let click = Click { interface: Some(NOTIFY.to_owned()), ..click };
        return Some(click.body(json!({ "orderId": purchase.order, "orderLineId": line })));
    }
    let instance = purchase.instance.as_deref()?;
    if purchase.v1 { about_v1(purchase, instance, act, creation) } else { about_v2(instance, act) }
}

fn about_v2(instance: &str, act: &str) -> Option<Click> {
    let call = |operation: &str, description: &str, more: Value| {
        let mut body = Map::from_iter([("instanceId".to_owned(), json!(instance))]);
        body.extend(more.as_object().cloned().unwrap_or_default());
        let click = Click::new(operation).described(description).body(Value::Object(body));
        Click { interface: Some(V2.to_owned()), ..click }
    };
    let of_order = |more: Value| {
        let mut members = json!({ "orderId": "$inputs.next", "orderLineId": "{$inputs.next}-000001" });
        if let (Some(members), Some(more)) = (members.as_object_mut(), more.as_object()) {
            members.extend(more.clone());
        }
        members
    };
    let refresh = |scene: &str, order: &str, end: &str, description: &str| {
        let more = of_order(json!({ "scene": scene, "expireTime": "$inputs.end" }));
        call("refreshInstance", description, more).generated("next", order).generated("end", end)
    };
    Some(match act {
        "details" => call("queryInstance", "The buyer opens the details of the resource.", json!({})),
        "renew" => refresh("RENEWAL", "order-renew", "later-expire-time", "The buyer pays for another term."),
        "formal" => {
            let mut click =
                refresh("TRIAL_TO_FORMAL", "order-trial-to-formal", "expire-time", "The buyer buys what was tried.");
            if let Some(body) = &mut click.body {
                body["productId"] = json!("$inputs.product");
            }
            click.generated("product", "product-id")
        }
        "cancel" => {
            let order = "order-of-cancelled-renewal";
            refresh("UNSUBSCRIBE_RENEWAL_PERIOD", order, "earlier-expire-time", "A renewal is cancelled.")
        }
        "change" => {
            let mut click = call("upgradeInstance", "The buyer takes another specification.", of_order(json!({})));
            click.awaited = Some(asks());
            click.generated("next", "order-change")
        }
        "check" => {
            let product = json!({ "linearValue": 50, "productId": "$inputs.product", "skuCode": "$inputs.sku" });
            call("changeInstanceCheck", "May it change with its renewal?", json!({ "productInfo": product }))
                .generated("product", "bigger-product-id")
                .generated("sku", "bigger-sku-code")
        }
        "freeze" => call("updateInstanceStatus", "The term has ended.", json!({ "status": "FREEZE" })),
        "unfreeze" => call("updateInstanceStatus", "It may be used again.", json!({ "status": "UNFREEZE" })),
        "release" => call("releaseInstance", "The order is unsubscribed.", of_order(json!({})))
            .generated("next", "order-of-release"),
        _ => return None,
    })
}

fn about_v1(purchase: &Purchase, instance: &str, act: &str, creation: Option<&Click>) -> Option<Click> {
    let call = |operation: &str, description: &str| {
        let click = Click::new(operation).described(description).parameter("instanceId", instance);
        Click { interface: Some(V1.to_owned()), ..click }
    };
    let by_use = matches!(purchase.what.as_str(), "order-on-demand" | "order-package");
    Some(match act {
        // The same call as the creation, for the access data.
        "details" => {
            let click = creation?.clone();
            Click { description: Some("The buyer opens the details of the resource.".to_owned()), ..click }
        }
        "renew" | "formal" | "cancel" => {
            let (order, end, description) = match act {
                "formal" => ("order-trial-to-formal", "expire-time", "The buyer buys what was tried."),
                "cancel" => ("order-of-cancelled-renewal", "earlier-expire-time", "A renewal is cancelled."),
                _ => ("order-renew", "later-expire-time", "The buyer pays for another term."),
            };
            let click = call("refreshInstance", description).generated("next", order).generated("end", end);
            let click = click.parameter("orderId", "$inputs.next").parameter("expireTime", "$inputs.end");
            if act == "formal" { click.parameter("trialToFormal", "1") } else { click }
        }
        "change" => call("upgrade", "The buyer takes another specification.")
            .generated("next", "order-change")
            .generated("product", "bigger-product-id")
            .generated("sku", "bigger-sku-code")
            .parameter("orderId", "$inputs.next")
            .parameter("productId", "$inputs.product")
            .parameter("skuCode", "$inputs.sku")
            .parameter("amount", "50"),
        "freeze" if by_use => call("instanceStatus", "The buyer is in arrears.").parameter("instanceStatus", "FREEZE"),
        "unfreeze" if by_use => call("instanceStatus", "The buyer has paid.").parameter("instanceStatus", "NORMAL"),
        "freeze" => call("expireInstance", "The term has ended.").parameter("orderId", purchase.order.as_str()),
        "release" => {
            call("releaseInstance", "The order is unsubscribed.").parameter("orderId", purchase.order.as_str())
        }
        _ => return None,
    })
}

/// Members of a call of the debugging page besides `activity` and `testFlag`, each with what is filled in. Made-up values
/// will do: the page only shows that the interface answers.
pub(super) fn members(activity: &str, instance: &str) -> Vec<(&'static str, String)> {
    let mock = "MOCKPERIODYEARNEW";
    let text = str::to_owned;
    let order = [("orderId", text(mock)), ("orderLineId", format!("{mock}-000001"))];
    let instance = ("instanceId", text(instance));
    match activity {
        "newInstance" => order.into(),
        "queryInstance" => vec![instance],
        "refreshInstance" => [("orderId", text("MOCKMONTYRENEW")), ("orderLineId", text("MOCKMONTYRENEW-000001"))]
            .into_iter()
            .chain([
                instance,
                ("scene", text("RENEWAL")),
                ("expireTime", text("20300410120000")),
                ("productId", String::new()),
            ])
            .collect(),
        "updateInstanceStatus" => vec![instance, ("status", text("FREEZE"))],
        "upgradeInstance" => {
            vec![("orderId", text("MOCKMONTYCHANGE")), ("orderLineId", text("MOCKMONTYCHANGE-000001")), instance]
        }
        "changeInstanceCheck" => vec![
            instance,
            ("productId", text("00301-110233-0--0")),
            ("skuCode", text("d0abcd12-1234-5678-ab90-11ab012aaaa1")),
            ("linearValue", text("10")),
        ],
        _ => vec![instance],
    }
}

/// A call of the debugging page with these members; empty ones are left out.
pub(super) fn debug(activity: &str, filled: &[(String, String)]) -> Click {
    let mut body = Map::new();
    let mut product = Map::new();
    for (name, value) in filled.iter().filter(|(_, value)| !value.is_empty()) {
        let nested = activity == "changeInstanceCheck" && name != "instanceId";
        let number = value.parse::<i64>().ok().filter(|_| name == "linearValue");
        let value = number.map_or_else(|| json!(value), |number| json!(number));
        if nested {
            product.insert(name.clone(), value)
        } else {
            body.insert(name.clone(), value)
        };
    }
    if !product.is_empty() {
        body.insert("productInfo".to_owned(), Value::Object(product));
    }
    body.insert("testFlag".to_owned(), json!("1"));
    let mut click = Click::new(activity).described("A case of the seller console's debugging page.");
    click.interface = Some(V2.to_owned());
    if activity == "newInstance" {
        click.outputs.insert("instance".to_owned(), json!("/instanceId"));
    }
    click.body(Value::Object(body))
}
