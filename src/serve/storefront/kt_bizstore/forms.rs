//! From what was filled in to the call that it makes.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::market::kt_bizstore::generate;
use crate::serve::click::{Click, Input};
use crate::serve::storefront::pieces::{Fields, deliver, field};

/// Members of an application, each with the codes that are documented for it; none where it is free text.
pub(super) const MEMBERS: [(&str, &[&str]); 6] = [
    ("service-info", &["2", "3", "4", "5"]),
    ("onetime-type", &["0", "1", "2"]),
    ("contract-period", &[]),
    ("contract-discount-period", &[]),
    ("license-start-date", &[]),
    ("license-states-cd", &["0", "1", "2"]),
];

/// A generated value.
pub(super) fn generated(generator: &str, now: Timestamp, seed: u64) -> String {
    let mut random = fastrand::Rng::with_seed(seed);
    let value = generate(generator, now, &mut random);
    value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// An application as the form offers it.
pub(super) fn offered(now: Timestamp, seed: u64) -> Fields {
    let mut fields = Fields::new();
    let mut put = |name: &str, value: String| fields.insert(name.to_owned(), value);
    let key = generated("mem-sq", now, seed);
    put("mem-sq", key.clone());
    put("offered", key);
    put("service-info", "2".to_owned());
    put("onetime-type", "2".to_owned());
    put("contract-period", "1".to_owned());
    put("contract-discount-period", generated("discount-period", now, seed));
    put("license-start-date", generated("today-compact", now, seed));
    put("license-states-cd", "0".to_owned());
    fields
}

/// The application that a form asks for. Empty fields are not sent; no member is mandatory.
pub(super) fn application(fields: &Fields, now: Timestamp) -> Click {
    let mut click = Click::new("applyCustomer").described("The customer buys the product, or signs on.");
    let key = field(fields, "mem-sq");
    if key == field(fields, "offered") {
        // It was made by a generator, and is made anew where the scenario is played.
        let input = Input::Made { generator: "mem-sq".to_owned(), value: Value::from(key) };
        click.inputs.push(("mem-sq".to_owned(), input));
    }
    let mut body = Map::new();
    for (member, _) in MEMBERS {
        let value = field(fields, member);
        if value.is_empty() {
            continue;
        }
        let generator = match member {
            "license-start-date" => Some("today-compact"),
            "contract-discount-period" => Some("discount-period"),
            _ => None,
        };
        if let Some(generator) = generator.filter(|generator| value == generated(generator, now, 0)) {
            let input = Input::Made { generator: generator.to_owned(), value: Value::from(value) };
            click.inputs.push((member.to_owned(), input));
        }
        body.insert(member.to_owned(), Value::from(value));
    }
    click.deliver = deliver(fields);
    Click { body: Some(Value::Object(body)), ..click.parameter("mem-sq", key) }
}

/// A call about one customer.
pub(super) fn of_customer(operation: &str, key: &str) -> Click {
    let description = match operation {
        "getStatus" => "The management portal shows how far the set-up is.",
        "getBillByCustomer" => "What this customer owes, a figure for each day.",
        "withdrawCustomer" => "The customer leaves.",
        _ => "",
    };
    Click::new(operation).described(description).parameter("mem-sq", key)
}

/// The same application once more, with this state of the licence: a sign-on, a suspension, a resumption.
pub(super) fn again(key: &str, ordered: &Map<String, Value>, state: &str, description: &str) -> Click {
    let mut body = ordered.clone();
    body.insert("license-states-cd".to_owned(), Value::from(state));
    Click::new("applyCustomer").described(description).parameter("mem-sq", key).body(Value::Object(body))
}

/// What every customer owes through a day.
pub(super) fn bills(day: &str, now: Timestamp) -> Click {
    let mut click = Click::new("getBillByDay").described("What every customer owes through a day.");
    if day == generated("today", now, 0) {
        let input = Input::Made { generator: "today".to_owned(), value: Value::from(day) };
        click.inputs.push(("today".to_owned(), input));
    }
    click.parameter("bill-day", day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_made_anew_and_what_is_typed_stays() {
        let now: Timestamp = "2026-03-10T03:00:00Z".parse().expect("a time");
        let mut fields = offered(now, 7);
        let click = application(&fields, now);
        let names: Vec<&str> = click.inputs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["mem-sq", "contract-discount-period", "license-start-date"]);
        assert_eq!(click.body.as_ref().map(|body| body["service-info"].clone()), Some(Value::from("2")));
        fields.insert("mem-sq".to_owned(), "한빛/1".to_owned());
        fields.insert("license-start-date".to_owned(), "20200101".to_owned());
        fields.insert("onetime-type".to_owned(), String::new());
        let click = application(&fields, now);
        assert_eq!(click.inputs.len(), 1);
        assert_eq!(click.parameters["mem-sq"], Value::from("한빛/1"));
        assert!(click.body.is_some_and(|body| body.get("onetime-type").is_none()));
    }

    #[test]
    fn the_bill_of_today_is_that_of_the_day_on_which_it_is_played() {
        let now: Timestamp = "2026-12-31T20:00:00Z".parse().expect("a time");
        assert_eq!(bills("2027-01-01", now).inputs.len(), 1);
        assert!(bills("2027-01-02", now).inputs.is_empty());
    }
}
