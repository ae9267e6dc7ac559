//! The life of a customer: protocol sheet, section 4 (states of the scenario deck, slide 4, and their mapping to calls).
//!
//! Two machines run beside each other: how far the vendor is with the set-up, and what the store has agreed with the
//! customer. The wire shows the first in the status and the second in the state code of an application, so that one
//! state here is what both come to. A termination that is asked for and withdrawn is handled inside of the portal and
//! shows nowhere.

use serde_json::{Value, json};

use crate::market::life::{Call, Kind, Life, Rule, Subject, Why};

/// Nobody has applied for the customer.
pub(super) const UNKNOWN: &str = "unknown";
/// The vendor has taken the application, and the set-up runs.
pub(super) const INSTALLING: &str = "installing";
/// The set-up has ended.
pub(super) const IN_USE: &str = "in use";
/// The store has suspended the customer.
pub(super) const SUSPENDED: &str = "suspended";
/// The vendor has taken the withdrawal, and the deletion runs.
pub(super) const LEAVING: &str = "leaving";
/// The deletion has ended.
pub(super) const DELETED: &str = "deleted";

/// An application, and later the sign-on.
pub(super) const APPLY: &str = "applyCustomer";
/// The call that suspends: an application with state code 2.
pub(super) const SUSPEND: &str = "applyCustomer with state 2";
/// The call that resumes: an application with state code 0.
pub(super) const RESUME: &str = "applyCustomer with state 0";
/// The question for the status.
pub(super) const STATUS: &str = "getStatus";
/// The withdrawal.
pub(super) const RESIGN: &str = "withdrawCustomer";

/// The lives of this marketplace.
pub(crate) const LIVES: &[&Life] = &[&Life {
    dialect: "bizstore-2.1.2",
    interface: "kt-bizstore/bizstore-2.1.2",
    folder: "",
    subject: "customer",
    first: UNKNOWN,
    kinds: &[Kind { name: "plan", applies: &[], begins: ("mem-sq", "mem-sq") }],
    inputs: &[("today", "today"), ("start-date", "today-compact"), ("discount-period", "discount-period")],
    own_inputs: &[],
    calls: CALLS,
    rules: RULES,
    closing: &[(INSTALLING, "wait-until-installed"), (IN_USE, "resign"), (SUSPENDED, "resign")],
    // The store only asks, and asks again when it likes: no text has a schedule.
    retries: &[],
}];

const fn call(name: &'static str, by: &'static str, what: &'static str, step: fn(&Subject<'_>) -> Value) -> Call {
    Call { name, what, by, order: None, applies: &[], waits: false, refusable: false, step }
}

const fn waiting(call: Call) -> Call {
    Call { waits: true, ..call }
}

const CALLS: &[Call] = &[
    call("apply", APPLY, "The customer buys the product.", apply),
    call("sign-on", APPLY, "The same call for a known customer is the single sign-on.", apply),
    call("suspend", SUSPEND, "The store suspends the customer.", suspend),
    call("resume", RESUME, "The customer may work again.", apply),
    call("status", STATUS, "The store shows how far the vendor is.", |who| about(who, "getStatus")),
    waiting(call("wait-until-installed", STATUS, "The store asks until the set-up has ended.", until_installed)),
    call("resign", RESIGN, "The customer leaves.", |who| about(who, "withdrawCustomer")),
    waiting(call("wait-until-deleted", STATUS, "The store asks until the deletion has ended.", until_deleted)),
    Call {
        refusable: true,
        ..call("apply-anew", APPLY, "The customer comes back; for the vendor this is a new application.", apply_anew)
    },
    call("bill-of-the-day", "getBillByDay", "What every customer owes through today.", bill_of_the_day),
    call("bill-of-the-customer", "getBillByCustomer", "What this customer owes.", |who| {
        about(who, "getBillByCustomer")
    }),
];

const fn rule(
    call: &'static str,
    from: &'static str,
    to: &'static str,
    why: Why,
    weight: u32,
    source: &'static str,
) -> Rule {
    Rule { call, from, to, why, kinds: &[], weight, source }
}

/// Slide 4 of the scenario deck has the arrows; which call makes each is inferred.
const DECK: &str = "Protocol sheet, 4.1 and 4.3";
/// A second application of a known customer is its sign-on.
const SSO: &str = "Protocol sheet, 2.2 and 5; document 2.1.2, POST /customers/{mem-sq}";
/// Polling, and what bills say in which state.
const POLLS: &str = "Protocol sheet, 2.1, 4.1 and 6.1";
/// An answer that says "deleted" or 401, and DELETE of who is not there.
const GONE: &str = "Protocol sheet, 2.3 and 7.2";

const RULES: &[Rule] = &[
    rule("apply", UNKNOWN, INSTALLING, Why::Goes, 0, DECK),
    rule("status", UNKNOWN, UNKNOWN, Why::Looks, 1, GONE),
    rule("resign", UNKNOWN, UNKNOWN, Why::Looks, 1, GONE),
    rule("bill-of-the-customer", UNKNOWN, UNKNOWN, Why::Looks, 1, GONE),
    rule("wait-until-installed", INSTALLING, IN_USE, Why::Goes, 8, DECK),
    rule("apply", INSTALLING, INSTALLING, Why::Again, 3, SSO),
    rule("status", INSTALLING, INSTALLING, Why::Looks, 2, POLLS),
    rule("bill-of-the-day", INSTALLING, INSTALLING, Why::Looks, 1, POLLS),
    rule("sign-on", IN_USE, IN_USE, Why::Goes, 4, SSO),
    rule("apply", IN_USE, IN_USE, Why::Again, 2, SSO),
    rule("resume", IN_USE, IN_USE, Why::Again, 1, SSO),
    rule("suspend", IN_USE, SUSPENDED, Why::Goes, 4, DECK),
    rule("resign", IN_USE, LEAVING, Why::Goes, 2, DECK),
    rule("status", IN_USE, IN_USE, Why::Looks, 4, POLLS),
    rule("bill-of-the-day", IN_USE, IN_USE, Why::Looks, 3, POLLS),
    rule("bill-of-the-customer", IN_USE, IN_USE, Why::Looks, 2, POLLS),
    rule("suspend", SUSPENDED, SUSPENDED, Why::Again, 2, SSO),
    rule("resume", SUSPENDED, IN_USE, Why::Goes, 5, DECK),
    rule("resign", SUSPENDED, LEAVING, Why::Goes, 2, DECK),
    rule("status", SUSPENDED, SUSPENDED, Why::Looks, 3, POLLS),
    rule("bill-of-the-day", SUSPENDED, SUSPENDED, Why::Looks, 2, POLLS),
    rule("bill-of-the-customer", SUSPENDED, SUSPENDED, Why::Looks, 1, POLLS),
    rule("wait-until-deleted", LEAVING, DELETED, Why::Goes, 3, DECK),
    rule("resign", LEAVING, LEAVING, Why::Again, 2, GONE),
    rule("status", LEAVING, LEAVING, Why::Looks, 3, POLLS),
    rule("bill-of-the-day", LEAVING, LEAVING, Why::Looks, 1, POLLS),
    rule(
        "apply-anew",
        DELETED,
        INSTALLING,
        Why::Goes,
        2,
        "Not documented; follows from the withdrawal, which keeps the record",
    ),
    rule("resign", DELETED, DELETED, Why::Again, 2, GONE),
    rule("status", DELETED, DELETED, Why::Looks, 4, GONE),
    rule("bill-of-the-day", DELETED, DELETED, Why::Looks, 1, POLLS),
];

fn about(who: &Subject<'_>, operation: &str) -> Value {
    json!({
        "operationId": operation,
        "parameters": [{ "name": "mem-sq", "in": "path", "value": who.input("mem-sq") }],
    })
}

fn with(mut step: Value, more: Value) -> Value {
    if let (Some(step), Value::Object(more)) = (step.as_object_mut(), more) {
        step.extend(more);
    }
    step
}

fn apply(who: &Subject<'_>) -> Value {
    // Customers of one scenario have bought different plans.
    let plan = ["2", "3", "5"][who.number % 3];
    let body = json!({
        "service-info": plan,
        "onetime-type": "2",
        "contract-period": "1",
        "contract-discount-period": "$inputs.discount-period",
        "license-start-date": "$inputs.start-date",
        "license-states-cd": "0",
    });
    with(about(who, "applyCustomer"), json!({ "requestBody": { "contentType": "application/json", "payload": body } }))
}

fn apply_anew(who: &Subject<'_>) -> Value {
    with(
        apply(who),
        json!({
            "successCriteria": [{ "condition": "$statusCode == 200 || $statusCode == 201" }],
            "x-storeproof": { "requirement": "KT-APPLY-AGAIN" },
        }),
    )
}

fn suspend(who: &Subject<'_>) -> Value {
    let plan = ["2", "3", "5"][who.number % 3];
    let body = json!({ "service-info": plan, "license-states-cd": "2" });
    with(about(who, "applyCustomer"), json!({ "requestBody": { "contentType": "application/json", "payload": body } }))
}

/// Asks again for as long as one of these holds.
fn retry(while_: &str) -> Value {
    json!([{
        "name": "not-yet",
        "type": "retry",
        "retryAfter": 0.05,
        "retryLimit": 200,
        "criteria": [{ "condition": while_ }],
    }])
}

fn until_installed(who: &Subject<'_>) -> Value {
    with(
        about(who, "getStatus"),
        json!({
            "successCriteria": [{ "condition": "$response.body#/status == '1'" }],
            "onFailure": retry("$response.body#/status == '0'"),
            "x-storeproof": { "requirement": "KT-STATUS-INSTALLED" },
        }),
    )
}

fn until_deleted(who: &Subject<'_>) -> Value {
    let still = "$response.body#/status == '98' || $response.body#/status == '1' || $response.body#/status == '0'";
    with(
        about(who, "getStatus"),
        json!({
            "successCriteria": [{ "condition": "$statusCode == 401 || $response.body#/status == '99'" }],
            "onFailure": retry(still),
            "x-storeproof": { "requirement": "KT-RESIGN-STATUS" },
        }),
    )
}

fn bill_of_the_day(_who: &Subject<'_>) -> Value {
    json!({
        "operationId": "getBillByDay",
        "parameters": [{ "name": "bill-day", "in": "path", "value": "$inputs.today" }],
    })
}
