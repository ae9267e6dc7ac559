//! Faults in single members of a good answer.

use serde_json::{Map, Value, json};

use super::super::call::{Activity, Call, Edition};
use super::super::fault::Fault;

/// Changes what a fault says of the members of an answer.
pub(super) fn spoil(call: &Call, fault: Fault, body: &mut Value) {
    top(call, fault, body);
    list(call, fault, body);
    // Access data stand in the entries of a query, and in version 1.0 in the answer to a creation itself.
    let told: Vec<&mut Value> = match call.activity {
        Activity::Query => body["info"].as_array_mut().into_iter().flatten().collect(),
        Activity::Create if call.edition == Edition::V1 => vec![body],
        _ => Vec::new(),
    };
    for entry in told {
        access(fault, entry);
        usage(fault, entry);
    }
}

/// Replaces a member, or takes it away.
fn put(members: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => drop(members.insert(name.to_owned(), value)),
        None => drop(members.shift_remove(name)),
    }
}

/// The members of every answer, and those of a creation.
fn top(call: &Call, fault: Fault, body: &mut Value) {
    let Some(members) = body.as_object_mut() else { return };
    let creates = call.activity == Activity::Create;
    let id = members.get("instanceId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (name, value) = match fault {
        Fault::CodeMissing => ("resultCode", None),
        Fault::CodeNumber => ("resultCode", Some(json!(0))),
        Fault::CodeShort => ("resultCode", Some(json!("0"))),
        Fault::CodeWord => ("resultCode", Some(json!("SUCCESS"))),
        Fault::CodeUndocumented => ("resultCode", Some(json!("000009"))),
        Fault::MessageMissing => ("resultMsg", None),
        Fault::MessageLong => ("resultMsg", Some(json!("x".repeat(256)))),
        Fault::MessageNumber => ("resultMsg", Some(json!(200))),
        Fault::ReleaseInProgress if call.activity == Activity::Release => ("resultCode", Some(json!("000004"))),
        Fault::NotifyCodeShort if call.activity == Activity::Notify => ("resultCode", Some(json!("0"))),
        Fault::CreateIdMissing if creates => ("instanceId", None),
        Fault::CreateIdNull if creates => ("instanceId", Some(Value::Null)),
        Fault::CreateIdEmpty if creates => ("instanceId", Some(json!(""))),
        Fault::CreateIdNumber if creates => ("instanceId", Some(json!(4711))),
        Fault::CreateIdLong if creates => ("instanceId", Some(json!(format!("{id:x<65}")))),
        Fault::V1AppInfoMissing if creates => ("appInfo", None),
        Fault::EncryptTypeMissing if members.contains_key("encryptType") => ("encryptType", None),
        Fault::EncryptTypeNumber if members.contains_key("encryptType") => {
            let code = members["encryptType"].as_str().and_then(|code| code.parse::<u8>().ok());
            ("encryptType", Some(json!(code)))
        }
        Fault::EncryptTypeUndocumented if members.contains_key("encryptType") => ("encryptType", Some(json!("3"))),
        _ => return,
    };
    put(members, name, value);
}

/// The list of a query.
fn list(call: &Call, fault: Fault, body: &mut Value) {
    if call.activity != Activity::Query {
        return;
    }
    let Some(entries) = body["info"].as_array_mut() else { return };
    match fault {
        Fault::QueryMissesLast => drop(entries.pop()),
        Fault::QueryOnlyFirst => entries.truncate(1),
        Fault::QueryEntryTwice => entries.extend(entries.clone()),
        Fault::QueryInfoEmpty => entries.clear(),
        Fault::QueryInfoMissing => drop(body.as_object_mut().and_then(|members| members.shift_remove("info"))),
        Fault::QueryInfoObject => body["info"] = entries.first().cloned().unwrap_or_default(),
        Fault::QueryOtherId => {
            for entry in entries {
                entry["instanceId"] = json!(entry["instanceId"].as_str().unwrap_or_default().to_uppercase());
            }
        }
        Fault::NullMembers => {
            for members in entries.iter_mut().filter_map(Value::as_object_mut) {
                members.entry("usageInfo").or_insert(Value::Null);
            }
        }
        _ => {}
    }
}

/// Access data.
fn access(fault: Fault, entry: &mut Value) {
    if fault == Fault::AppInfoMissing {
        drop(entry.as_object_mut().and_then(|members| members.shift_remove("appInfo")));
    }
    let Some(info) = entry.get_mut("appInfo").and_then(Value::as_object_mut) else { return };
    let long = |front: &str, length: usize| Some(json!(format!("{front:x<length$}")));
    let (name, value) = match fault {
        Fault::FrontEndUrlMissing => ("frontEndUrl", None),
        Fault::FrontEndUrlEmpty => ("frontEndUrl", Some(json!(""))),
        Fault::FrontEndUrlRelative => ("frontEndUrl", Some(json!("/login"))),
        Fault::FrontEndUrlWithoutScheme => ("frontEndUrl", Some(json!("app.vendor.example/login"))),
        Fault::FrontEndUrlFtp => ("frontEndUrl", Some(json!("ftp://app.vendor.example/login"))),
        Fault::FrontEndUrlHttp => ("frontEndUrl", Some(json!("http://app.vendor.example/login"))),
        Fault::FrontEndUrlLong => ("frontEndUrl", long("https://app.vendor.example/login?ticket=", 513)),
        Fault::AdminUrlRelative => ("adminUrl", Some(json!("/admin"))),
        Fault::UserNameLong => ("userName", long("admin-", 129)),
        Fault::PasswordLong => ("password", long("Pw-", 129)),
        Fault::MemoLong => ("memo", long("", 1025)),
        Fault::UserNameNullWord => ("userName", Some(json!("null"))),
        Fault::PasswordEmpty => ("password", Some(json!(""))),
        Fault::UserNameControl => ("userName", Some(json!("admin\u{7}@vendor.example"))),
        _ => return,
    };
    put(info, name, value);
}

/// What was used.
fn usage(fault: Fault, entry: &mut Value) {
    if fault == Fault::UsageInfoMissing {
        drop(entry.as_object_mut().and_then(|members| members.shift_remove("usageInfo")));
    }
    if fault == Fault::UsageInfoObject
        && let Some(usage) = entry.get_mut("usageInfo").filter(|usage| usage.is_array())
    {
        *usage = usage[0].clone();
    }
    let Some(entries) = entry.get_mut("usageInfo").and_then(Value::as_array_mut) else { return };
    for info in entries.iter_mut().filter_map(Value::as_object_mut) {
        let text = |name: &str| info.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let used = info.get("usageValue").and_then(Value::as_f64).unwrap_or_default();
        let (name, value) = match fault {
            Fault::UsageInfoValueMissing => ("usageValue", None),
            Fault::UsageInfoTimeMissing => ("statisticalTime", None),
            Fault::UsageInfoNegative => ("usageValue", Some(json!(-1.5))),
            Fault::UsageInfoFiveDecimals => ("usageValue", Some(json!("1.23456"))),
            Fault::UsageInfoUnit => ("usageValue", Some(json!("12 GB"))),
            Fault::UsageInfoFalls => ("usageValue", Some(json!(1000.0 - used))),
            Fault::UsageInfoTime14 => {
                let time = text("statisticalTime");
                ("statisticalTime", Some(json!(time.get(..14).unwrap_or_default())))
            }
            Fault::UsageInfoTimeImpossible => ("statisticalTime", Some(json!("20260230030000000"))),
            Fault::DashboardUrlRelative => ("dashboardUrl", Some(json!("/usage"))),
            _ => continue,
        };
        put(info, name, value);
    }
}
