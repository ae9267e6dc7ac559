//! The good answers, as the tables of the documents have them.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::fault::{Fault, Faults};
use super::store::{Instance, State};
use super::usage;
use crate::market::koogallery::Charging;
use crate::wire::{Headers, Response};

/// Where buyers of the reference vendor sign in; an invented company.
const APP: &str = "https://app.vendor.example";

/// A JSON answer with HTTP 200. Text beyond ASCII is written as `\uXXXX`, as the documents ask for `memo`.
pub(crate) fn json(body: &Value, faults: &Faults) -> Response {
    let text = body.to_string();
    let text = if faults.has(Fault::MemoRawChinese) { text } else { escaped(&text) };
    let headers = Headers::from_iter([("Content-Type", "application/json;charset=UTF-8")]);
    Response { headers, body: text.into_bytes(), ..Response::new(200) }
}

fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ascii if ascii.is_ascii() => written.push(ascii),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    written.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    written
}

/// Code and message alone.
pub(crate) fn result(code: &str, message: &str) -> Value {
    json!({ "resultCode": code, "resultMsg": message })
}

/// Success without anything to tell.
pub(crate) fn done() -> Value {
    result("000000", "success")
}

/// Access data, not encrypted.
pub(crate) fn app_info(instance: &Instance, user: &str, password: &str) -> Map<String, Value> {
    let seats = instance.plan.seats;
    let plan = if seats > 10 { "企业版" } else { "标准版" };
    let until =
        instance.expires.map_or_else(|| "长期有效".to_owned(), |end| format!("有效期至 {}", end.strftime("%Y-%m-%d")));
    let sku = if instance.plan.sku_code.is_empty() { "default" } else { &instance.plan.sku_code };
    let mut info = Map::new();
    let mut put = |name: &str, value: String| info.insert(name.to_owned(), Value::String(value));
    put("frontEndUrl", format!("{APP}/{}/login", instance.id));
    put("adminUrl", format!("{APP}/{}/admin", instance.id));
    put("userName", user.to_owned());
    put("password", password.to_owned());
    let frozen = if instance.state == State::Frozen { "，已冻结" } else { "" };
    put("memo", format!("{plan} {sku}，{seats} 名用户，{until}{frozen}"));
    info
}

/// What was used: of a pay-per-use instance its own use, of a package what was drawn from it for each of `related`.
pub(crate) fn usage_info(
    instance: &Instance,
    related: &[&Instance],
    now: Timestamp,
    faults: &Faults,
) -> Option<Vec<Value>> {
    let at = match faults.has(Fault::UsageInfoLocalTime) {
        true => now.saturating_add(jiff::SignedDuration::from_hours(8)).unwrap_or(now),
        false => now,
    };
    let entry = |of: &Instance, related: Option<&str>| {
        let mut entry = Map::new();
        let mut put = |name: &str, value: Value| entry.insert(name.to_owned(), value);
        if let Some(related) = related {
            put("relatedInstanceId", json!(related));
        }
        let seconds = of.seconds_used(now);
        let amount: f64 = usage::amount(seconds).parse().unwrap_or_default();
        put("usageValue", json!(amount));
        put("statisticalTime", json!(at.strftime("%Y%m%d%H%M%S%3f").to_string()));
        put("dashboardUrl", json!(format!("{APP}/{}/usage", of.id)));
        Value::Object(entry)
    };
    match instance.charging {
        Charging::OnDemand => Some(vec![entry(instance, None)]),
        Charging::Package => {
            let entries = related.iter().map(|of| {
                let told = !faults.has(Fault::UsageInfoWithoutRelated);
                entry(of, told.then_some(of.id.as_str()))
            });
            Some(entries.collect()).filter(|entries: &Vec<Value>| !entries.is_empty())
        }
        Charging::Period | Charging::OneTime => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_beyond_ascii_is_escaped_and_means_the_same() {
        let body = json!({ "memo": "标准版，𝄞", "a": 1 });
        let answer = json(&body, &Faults::default());
        assert!(answer.body.is_ascii());
        assert_eq!(answer.json().expect("JSON"), body);
    }
}
