//! What the store remembers of its customers, as its management portal would show them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::serve::Entry;
use crate::serve::click::Clicked;
use crate::serve::storefront::act::{self, Act, Clicks, answer, bounded, json, text};
use crate::wire::Redactor;

/// Most customers; those that have left longest ago make room first.
const MOST: usize = 200;
/// Most days of which bills are kept.
const MOST_DAYS: usize = 31;
/// Most bills of one day.
const MOST_BILLS: usize = 400;
/// Most bills of one customer, one a day.
const MOST_OWED: usize = 62;
/// Longest text of a bill or a status, in characters.
const LONGEST: usize = 128;

/// Where a customer stands, as far as the vendor's answers have shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Standing {
    /// The vendor has not taken the application.
    #[default]
    Refused,
    /// It has, and the customer uses the service.
    InUse,
    /// The store suspended the customer.
    Suspended,
    /// The vendor has taken the resignation.
    Leaving,
    /// The vendor says that the customer is deleted.
    Gone,
}

/// One customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Customer {
    /// The store's key, MEM-SQ.
    pub(super) key: String,
    pub(super) standing: Standing,
    /// What was applied for, as it was sent last.
    pub(super) ordered: Map<String, Value>,
    /// The vendor's login page, where the last application gave one.
    pub(super) login: Option<String>,
    /// What the vendor said last when it was asked for the status, by member; `status` is the code, or `401`.
    pub(super) status: BTreeMap<String, String>,
    /// When that was.
    pub(super) asked: Option<Timestamp>,
    /// What the customer owes, as it was told last.
    pub(super) bills: Bills,
    pub(super) acts: VecDeque<Act>,
}

/// A bill's documented members as text.
pub(super) type Bill = BTreeMap<String, String>;

/// A list of bills, as much of it as is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bills {
    pub(super) kept: Vec<Bill>,
    /// How many more there were.
    pub(super) more: usize,
}

/// Members of a status that are kept.
const STATUS: [&str; 6] =
    ["status", "reg-date", "license-start-date", "install-complete-date", "service-manager", "service-engineer"];

/// Members of a bill that are kept, in the order in which they are shown.
pub(super) const BILL: [&str; 10] = [
    "bill-date",
    "mem-sq",
    "service-info",
    "license-count",
    "usage-pay-amt",
    "onetime-pay-amt",
    "pay-amt",
    "free-period",
    "contract-discount-period",
    "install-complete-date",
];

/// All customers, and the bills of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::serve::storefront) struct Customers {
    /// The newest first.
    pub(super) customers: VecDeque<Customer>,
    /// Bills by the day that was asked for.
    pub(super) days: BTreeMap<String, Bills>,
    /// What was done that is about no single customer.
    pub(super) acts: VecDeque<Act>,
    clicks: Clicks,
}

impl Customers {
    /// The customer of this key.
    pub(super) fn customer(&self, key: &str) -> Option<&Customer> {
        self.customers.iter().find(|customer| customer.key == key)
    }

    /// What was clicked for a customer.
    pub(super) fn clicks(&self, key: &str) -> Vec<Clicked> {
        self.clicks.about(key)
    }

    /// Takes in what came of a click.
    pub(in crate::serve::storefront) fn fold(
        &mut self,
        clicked: &Clicked,
        entries: &[Arc<Entry>],
        redactor: &Redactor,
        now: Timestamp,
    ) {
        let said = answer(clicked, entries);
        let status = said.map(|(_, response)| response.status);
        let body = said.map(|(_, response)| json(response, redactor)).unwrap_or_default();
        let done = Act::of(clicked, entries, None, now);
        let operation = clicked.click.operation.as_str();
        let Some(key) = clicked.parameters.get("mem-sq").and_then(Value::as_str) else {
            if let (200, Some(day)) = (status.unwrap_or_default(), clicked.parameters.get("bill-day")) {
                let day = bounded(day.as_str().unwrap_or_default());
                self.days.insert(day, bills(&body, MOST_BILLS));
                while self.days.len() > MOST_DAYS {
                    self.days.pop_first();
                }
            }
            act::note(&mut self.acts, done);
            self.clicks.add(None, clicked);
            return;
        };
        // A key that nobody has applied for is asked about without becoming a customer.
        if operation != "applyCustomer" && self.customer(key).is_none() {
            act::note(&mut self.acts, done);
            return;
        }
        self.clicks.add(Some(key), clicked);
        let customer = self.entry(key);
        match (operation, status.unwrap_or_default()) {
            ("applyCustomer", 200 | 201) => {
                let ordered = clicked.body.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
                let suspended = ordered.get("license-states-cd").and_then(Value::as_str) == Some("2");
                customer.standing = if suspended { Standing::Suspended } else { Standing::InUse };
                for (member, value) in ordered {
                    customer.ordered.insert(member, value);
                }
                let location = said.and_then(|(_, response)| response.headers.text("location"));
                customer.login = location.map(|location| bounded(&redactor.text(&location)));
                if status == Some(201) {
                    customer.status.clear();
                    customer.bills = Bills::default();
                }
            }
            ("getStatus", 200) => {
                customer.status = members(&body, &STATUS);
                customer.asked = Some(now);
                match customer.status.get("status").map(String::as_str) {
                    Some("98") => customer.standing = Standing::Leaving,
                    Some("99") => customer.standing = Standing::Gone,
                    _ => {}
                }
            }
            // Whose record is gone is answered so.
            ("getStatus", 401) if clicked.click.deliver.tamper.is_none() => {
                customer.status = BTreeMap::from([("status".to_owned(), "401".to_owned())]);
                customer.asked = Some(now);
                if customer.standing == Standing::Leaving {
                    customer.standing = Standing::Gone;
                }
            }
            ("withdrawCustomer", 200) if text(&body, "success").as_deref() == Some("true") => {
                customer.standing = Standing::Leaving;
            }
            ("getBillByCustomer", 200) => customer.bills = bills(&body, MOST_OWED),
            _ => {}
        }
        act::note(&mut customer.acts, done);
    }

    fn entry(&mut self, key: &str) -> &mut Customer {
        let at = match self.customers.iter().position(|customer| customer.key == key) {
            Some(at) => at,
            None => {
                while self.customers.len() >= MOST {
                    let gone = self.customers.iter().rposition(|customer| customer.standing == Standing::Gone);
                    self.customers.remove(gone.unwrap_or(self.customers.len() - 1));
                }
                self.customers.push_front(Customer { key: key.to_owned(), ..Customer::default() });
                0
            }
        };
        &mut self.customers[at]
    }
}

/// Documented members of an object, as text.
fn members(value: &Value, names: &[&str]) -> BTreeMap<String, String> {
    let member = |name: &&str| Some(((*name).to_owned(), text(value, name)?.chars().take(LONGEST).collect()));
    names.iter().filter_map(member).collect()
}

/// Bills of a list, or of one that stands alone.
fn bills(body: &Value, most: usize) -> Bills {
    let list = match body {
        Value::Array(list) => list.as_slice(),
        single => std::slice::from_ref(single),
    };
    let all = || list.iter().filter(|bill| bill.is_object());
    let kept: Vec<Bill> = all().take(most).map(|bill| members(bill, &BILL)).collect();
    let more = all().count() - kept.len();
    Bills { kept, more }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::serve::click::Click;
    use crate::serve::{Log, Seen};
    use crate::wire::{Caller, Exchange, Peer, Raw, Request, Response, Secret, Timing};

    fn fold(customers: &mut Customers, click: Click, status: u16, body: &Value) {
        let clicked = Clicked {
            interface: "kt-bizstore/bizstore-2.1.2".to_owned(),
            parameters: click.parameters.clone(),
            body: click.body.clone(),
            inputs: Map::new(),
            outputs: Map::new(),
            click,
        };
        let mut request = Request::new("GET", "/");
        request.secrets.push(Secret::new("token-canary"));
        let seen = Seen {
            marketplace: "kt-bizstore",
            operation: Some(clicked.click.operation.clone()),
            exchange: Exchange {
                request,
                answer: Ok(Response { body: body.to_string().into_bytes(), ..Response::new(status) }),
                raw: Raw::default(),
                started: Timestamp::UNIX_EPOCH,
                timing: Timing::default(),
                peer: Peer::default(),
                caller: Caller::Marketplace,
            },
            findings: Vec::new(),
            readings: Vec::new(),
            skipped: Vec::new(),
            disturbance: None,
            refused: None,
            step: None,
        };
        let entry = Log::default().add(seen);
        let redactor = Redactor::new([&Secret::new("token-canary")]);
        customers.fold(&clicked, &[entry], &redactor, Timestamp::UNIX_EPOCH);
    }

    fn of(operation: &str, key: &str) -> Click {
        Click::new(operation).parameter("mem-sq", key)
    }

    #[test]
    fn a_customer_is_followed_from_the_application_to_the_end() {
        let mut customers = Customers::default();
        let standing = |customers: &Customers| customers.customer("M1").map(|customer| customer.standing);
        fold(&mut customers, of("getStatus", "M1"), 401, &json!({}));
        assert_eq!(standing(&customers), None, "whoever is asked about is no customer yet");
        fold(&mut customers, of("applyCustomer", "M1").body(json!({ "service-info": "2" })), 500, &json!({}));
        assert_eq!(standing(&customers), Some(Standing::Refused));
        fold(&mut customers, of("applyCustomer", "M1").body(json!({ "service-info": "2" })), 201, &json!({}));
        assert_eq!(standing(&customers), Some(Standing::InUse));
        fold(&mut customers, of("applyCustomer", "M1").body(json!({ "license-states-cd": "2" })), 200, &json!({}));
        assert_eq!(standing(&customers), Some(Standing::Suspended));
        assert_eq!(customers.customers[0].ordered["service-info"], json!("2"), "what was ordered before stays");
        let bills = json!([{ "mem-sq": "M1", "pay-amt": 10, "unheard-of": "x" }, 7]);
        fold(&mut customers, of("getBillByCustomer", "M1"), 200, &bills);
        assert_eq!(customers.customers[0].bills.kept.len(), 1);
        assert_eq!(customers.customers[0].bills.kept[0].len(), 2);
        fold(&mut customers, of("withdrawCustomer", "M1"), 200, &json!({ "success": false }));
        assert_eq!(standing(&customers), Some(Standing::Suspended), "it was not accepted");
        fold(&mut customers, of("withdrawCustomer", "M1"), 200, &json!({ "success": "true" }));
        fold(&mut customers, of("getStatus", "M1"), 200, &json!({ "status": "98" }));
        assert_eq!(standing(&customers), Some(Standing::Leaving));
        fold(&mut customers, of("getStatus", "M1"), 401, &json!({}));
        assert_eq!(standing(&customers), Some(Standing::Gone));
        assert_eq!(customers.clicks("M1").len(), 8);
        let written = serde_json::to_value(&customers).expect("is JSON");
        assert_eq!(serde_json::from_value::<Customers>(written).expect("is ours"), customers);
    }

    #[test]
    fn what_a_vendor_sends_is_bounded_and_holds_no_secret() {
        let mut customers = Customers::default();
        fold(&mut customers, of("applyCustomer", "M1"), 201, &json!({}));
        let long = "x".repeat(100_000);
        let status = json!({ "status": long, "service-manager": "I saw token-canary" });
        fold(&mut customers, of("getStatus", "M1"), 200, &status);
        let status = &customers.customers[0].status;
        assert_eq!(status["status"].len(), LONGEST);
        assert_eq!(status["service-manager"], "I saw [redacted]");
        let many: Vec<Value> = (0..1000).map(|pay| json!({ "pay-amt": pay })).collect();
        fold(&mut customers, of("getBillByCustomer", "M1"), 200, &json!(many));
        let bills = &customers.customers[0].bills;
        assert_eq!((bills.kept.len(), bills.more), (MOST_OWED, 1000 - MOST_OWED));
    }

    #[test]
    fn those_who_have_left_make_room_first() {
        let mut customers = Customers::default();
        for number in 0..MOST + 5 {
            let key = format!("M{number}");
            fold(&mut customers, of("applyCustomer", &key), 201, &json!({}));
            if number == 50 {
                fold(&mut customers, of("getStatus", &key), 200, &json!({ "status": "99" }));
            }
        }
        assert_eq!(customers.customers.len(), MOST);
        assert!(customers.customer("M50").is_none(), "has left");
        assert!(customers.customer("M4").is_some() && customers.customer("M3").is_none(), "the oldest went next");
        for day in 0..100 {
            let click = Click::new("getBillByDay").parameter("bill-day", format!("2026-01-{day:03}"));
            fold(&mut customers, click, 200, &json!([]));
        }
        assert_eq!(customers.days.len(), MOST_DAYS);
    }
}
