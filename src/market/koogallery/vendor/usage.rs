//! What pay-per-use instances have used: metered by the second, and pushed to the store.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::fault::{Fault, Faults};
use super::open_api::OpenApi;
use super::options::UsageCall;
use super::store::{Instance, Metered, whole_second};
use crate::market::Ask;
use crate::market::koogallery::Charging;
use crate::sign::koogallery::usage_push::{self, Mistake};
use crate::wire::{Request, Response, Secret};

/// Quarters of a unit that an instance uses in a second.
const QUARTERS: i64 = 1;

/// Meters and pushes.
#[derive(Debug)]
pub(crate) struct Usage {
    key: Secret,
    call: UsageCall,
    /// Pushes so far; each has a nonce of its own.
    pushes: u64,
}

/// Use of so many seconds, with two decimals at most and none that are zero.
pub(crate) fn amount(seconds: i64) -> String {
    let quarters = seconds.max(0) * QUARTERS;
    match quarters % 4 {
        0 => format!("{}", quarters / 4),
        2 => format!("{}.5", quarters / 4),
        rest => format!("{}.{:02}", quarters / 4, rest * 25),
    }
}

/// Closes the period that has run until now, where it is a whole second at least.
fn meter(instance: &mut Instance, now: Timestamp, faults: &Faults) {
    if faults.has(Fault::UsagePeriodRepeated) {
        let second = SignedDuration::from_secs(1);
        let begin = whole_second(instance.opened);
        instance.pending = vec![(begin, begin.saturating_add(second).unwrap_or(begin))];
        instance.pending.retain(|(_, end)| *end <= now);
        return;
    }
    let until = if faults.has(Fault::UsageAfterRelease) { now } else { instance.used_until(now) };
    let end = whole_second(until);
    if end > instance.metered {
        instance.pending.push((instance.metered, end));
        instance.metered = end;
    }
}

impl Usage {
    pub(crate) fn new(key: Secret, call: UsageCall) -> Self {
        Self { key, call, pushes: 0 }
    }

    /// Pushes what an instance has used since the last push, if there is anything. `package` is what the buyer has
    /// bought in advance.
    pub(crate) fn push(
        &mut self,
        instance: &mut Instance,
        package: Option<&str>,
        api: &OpenApi,
        now: Timestamp,
        ask: &mut Ask<'_>,
        faults: &Faults,
    ) {
        if instance.charging != Charging::OnDemand || faults.has(Fault::UsageNeverPushed) || !api.is_known() {
            return;
        }
        meter(instance, now, faults);
        if instance.pending.is_empty() {
            return;
        }
        let old =
            self.call == UsageCall::Old || faults.has(Fault::UsageOldCall) || faults.has(Fault::UsageOldWithoutProduct);
        let periods = instance.pending.iter().take(1000);
        let mut records: Vec<Value> =
            periods.map(|period| record(instance, *period, package, old, now, faults)).collect();
        if faults.has(Fault::UsageEmptyList) {
            records.clear();
        }
        if faults.has(Fault::UsageTooMany) {
            records = (0..1001).flat_map(|_| records.first().cloned()).collect();
            for (at, record) in records.iter_mut().enumerate() {
                record["metering_sn"] = json!(format!("{}-{at}", instance.id));
            }
        }
        let list = if faults.has(Fault::UsageOtherNames) { "usageRecords" } else { "usage_records" };
        let body = json!({ list: records }).to_string().into_bytes();
        let answer = self.send(body, old, api, now, ask, faults);
        if is_taken(answer.as_ref(), faults) || faults.has(Fault::UsageFailedDropped) {
            instance.pending.clear();
        }
    }

    fn send(
        &mut self,
        body: Vec<u8>,
        old: bool,
        api: &OpenApi,
        now: Timestamp,
        ask: &mut Ask<'_>,
        faults: &Faults,
    ) -> Option<Response> {
        let path = match old {
            true => "/rest/marketplace/v1/isv/usage-data",
            false => "/api/mkp-openapi-public/global/v1/isv/usage-data",
        };
        let mut request = Request { body, ..api.request("POST", path.to_owned()) };
        if old {
            return api.send(&request, now, ask, faults);
        }
        if !faults.has(Fault::UsageNonceReused) {
            self.pushes += 1;
        }
        let mut nonce = super::store::id_of(&["push", &self.pushes.to_string(), &now.to_string()]);
        if faults.has(Fault::UsageNonceReused) {
            nonce = "5c1b0f7d2a9e4c63".to_owned();
        }
        if faults.has(Fault::UsageNonceLong) {
            nonce = format!("{nonce}{nonce}0");
        }
        let mistakes = [
            (Fault::PushMissingSignature, Mistake::MissingSignature),
            (Fault::PushMissingTs, Mistake::MissingTs),
            (Fault::PushMissingNonce, Mistake::MissingNonce),
            (Fault::PushWrongKey, Mistake::WrongKey),
            (Fault::PushChangedNonce, Mistake::ChangedNonce),
            (Fault::PushDescendingSort, Mistake::DescendingSort),
            (Fault::PushBlanksSigned, Mistake::BlanksSigned),
            (Fault::PushBodyDigest, Mistake::BodyDigest),
            (Fault::PushNonceFirst, Mistake::NonceFirst),
            (Fault::PushUnnamed, Mistake::Unnamed),
            (Fault::PushHex, Mistake::Hex),
            (Fault::PushTsInSeconds, Mistake::TsInSeconds),
        ];
        let hours = if faults.has(Fault::PushTsOld) { -1 } else { 0 };
        let stamp = now.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(now);
        let signed = match mistakes.into_iter().find(|(fault, _)| faults.has(*fault)) {
            Some((_, mistake)) => usage_push::forge(mistake, &self.key, &request.body, &nonce, now),
            None => usage_push::sign(&self.key, &request.body, &nonce, stamp),
        };
        for header in signed.headers().iter() {
            request.headers.push(header.name.as_str(), header.value.clone());
        }
        request.secrets.extend(signed.signature);
        if faults.has(Fault::UsageWithoutAkSk) { ask(request) } else { api.send(&request, now, ask, faults) }
    }
}

/// Whether the store took a push: by its code, not by the status alone.
fn is_taken(answer: Option<&Response>, faults: &Faults) -> bool {
    let Some(answer) = answer else { return false };
    if faults.has(Fault::UsageJudgedByStatus) {
        return answer.status == 200;
    }
    let body = answer.json().unwrap_or_default();
    answer.status == 200 && body["error_code"].as_str().is_some_and(|code| code.ends_with(".0000"))
}

/// One record, its members sorted.
fn record(
    instance: &Instance,
    (begin, end): Metered,
    package: Option<&str>,
    old: bool,
    now: Timestamp,
    faults: &Faults,
) -> Value {
    let moved = |time: Timestamp, hours: i64| time.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(time);
    let (mut begin, mut end, mut at) = (begin, end, now);
    let value = amount(end.as_second() - begin.as_second());
    let sn = format!("{}-{}", instance.id, begin.as_second());
    for fault in faults.iter() {
        (begin, end, at) = match fault {
            Fault::UsageTimesLocal => (moved(begin, 8), moved(end, 8), moved(at, 8)),
            Fault::UsageRangeReversed => (end, begin, at),
            Fault::UsageRangeEmpty => (end, end, at),
            Fault::UsageBeforeOpening => (moved(begin, -1), end, at),
            Fault::UsageOld => (moved(begin, -22 * 24), end, at),
            Fault::UsageAhead => (begin, end.saturating_add(SignedDuration::from_mins(30)).unwrap_or(end), at),
            Fault::UsageFromOpening => (whole_second(instance.opened), end, at),
            Fault::UsageLate => (moved(begin, -3), moved(end, -3), at),
            _ => continue,
        };
    }
    let form = if faults.has(Fault::UsageTimesDashed) { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y%m%dT%H%M%SZ" };
    let time = |time: Timestamp| json!(time.strftime(form).to_string());
    let mut record = Map::new();
    let mut put = |name: &str, value: Value| record.insert(name.to_owned(), value);
    put("begin_time", time(begin));
    put("end_time", time(end));
    put("instance_id", json!(instance.id));
    if !old {
        put("metering_sn", json!(sn));
    } else if !faults.has(Fault::UsageOldWithoutProduct) {
        put("product_id", json!(instance.plan.product_id));
    }
    put("record_time", time(at));
    if let Some(package) = package {
        put("relate_pkg_instance", json!(package));
    }
    put("usage_value", json!(value));
    for fault in faults.iter() {
        spoil(&mut record, fault, instance, package);
    }
    Value::Object(record)
}

fn spoil(record: &mut Map<String, Value>, fault: Fault, instance: &Instance, package: Option<&str>) {
    let (name, value) = match fault {
        Fault::UsageValueZero => ("usage_value", Some(json!("0"))),
        Fault::UsageValueNegative => ("usage_value", Some(json!("-1.5"))),
        Fault::UsageValueFiveDecimals => ("usage_value", Some(json!("1.23456"))),
        Fault::UsageValueNumber => {
            let number: f64 = record["usage_value"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
            ("usage_value", Some(json!(number)))
        }
        Fault::UsageWithoutSn => ("metering_sn", None),
        Fault::UsageWithoutRecordTime => ("record_time", None),
        Fault::UsageSnReused => ("metering_sn", Some(json!("1"))),
        Fault::UsageSnLong => ("metering_sn", Some(json!("9".repeat(65)))),
        Fault::UsageOtherInstance => ("instance_id", Some(json!(package.unwrap_or(&instance.key.0)))),
        Fault::UsageWithoutPackage => ("relate_pkg_instance", None),
        Fault::UsagePackageOther => ("relate_pkg_instance", Some(json!(instance.key.0))),
        Fault::UsageOtherNames => ("instanceId", record.shift_remove("instance_id")),
        _ => return,
    };
    match value {
        Some(value) => record.insert(name.to_owned(), value),
        None => record.shift_remove(name),
    };
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "0")]
    #[case(1, "0.25")]
    #[case(2, "0.5")]
    #[case(7, "1.75")]
    #[case(3600, "900")]
    fn use_is_written_without_needless_zeros(#[case] seconds: i64, #[case] text: &str) {
        assert_eq!(amount(seconds), text);
    }
}
