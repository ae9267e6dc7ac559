//! The usage push: its signature, its records, and what the store finds only later, in the background.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::answer::{self, Operation, Trouble};
use super::super::memory::Memory;
use super::super::order::Charging;
use super::super::rule;
use super::super::settings::Site;
use super::super::store::{Store, Used};
use super::super::usage::{mandatory, moment, value_problem};
use super::callback;
use crate::sign::sdk_hmac;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Exchange;

/// What was used is pushed within two hours (usage push, timing rules).
const LATE: SignedDuration = SignedDuration::from_hours(2);

/// Clocks differ; a record a little ahead of ours is not one from the future.
const AHEAD: SignedDuration = SignedDuration::from_secs(60);

pub(super) fn judge(
    operation: Operation,
    exchange: &Exchange,
    trouble: Option<&Trouble>,
    store: &Store,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let request = &exchange.request;
    if operation == Operation::PushUsageOld {
        let what = "a push in the older form".to_owned();
        let because = "its records have no metering_sn, so that one sent twice cannot be told from two".to_owned();
        judgement.find(Finding::new(rule::USAGE_OLD_CALL, Place::Status, Breach::Unwanted { what, because }));
    }
    if let Some(nonce) = request.headers.text("nonce").filter(|_| operation == Operation::PushUsage)
        && !memory.nonces.insert(nonce)
    {
        let what = "a nonce that an earlier push had".to_owned();
        let because = "a nonce is made for one push; whoever has caught one push could send it again".to_owned();
        judgement.find(Finding::new(
            rule::USAGE_NONCE_FRESH,
            Place::Header("nonce".to_owned()),
            Breach::Unwanted { what, because },
        ));
    }
    match trouble {
        Some(Trouble::UsageSignature(refusal)) => callback::usage_signature(refusal, exchange, store, judgement),
        Some(Trouble::AkSk(refusal)) => ak_sk(operation, refusal, exchange, store, judgement),
        Some(trouble @ (Trouble::Json(_) | Trouble::Records | Trouble::NoRecord | Trouble::TooMany(_))) => {
            let expected = "JSON with usage_records, a list of 1 to 1000 records".to_owned();
            let breach = Breach::Form { expected, actual: trouble.to_string() };
            judgement.find(Finding::new(rule::USAGE_BODY, Place::Body("/usage_records".to_owned()), breach));
        }
        Some(Trouble::Method(method)) => {
            let breach = Breach::Form { expected: (*method).to_owned(), actual: request.method.clone() };
            judgement.find(Finding::new(rule::USAGE_BODY, Place::Status, breach));
        }
        None if operation == Operation::PushUsage && request.headers.get(sdk_hmac::AUTHORIZATION).is_none() => {
            judgement.read(
                rule::USAGE_AK_SK,
                Place::Header(sdk_hmac::AUTHORIZATION.to_owned()),
                "no AK/SK signature besides",
            );
        }
        _ => {}
    }
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else { return };
    let records = body.get("usage_records").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (index, record) in records.iter().enumerate() {
        let taken = trouble.is_none();
        Record { operation, record, at: format!("/usage_records/{index}"), now: exchange.started, store, taken }
            .judge(judgement);
    }
}

fn ak_sk(
    operation: Operation,
    refusal: &sdk_hmac::Refusal,
    exchange: &Exchange,
    store: &Store,
    judgement: &mut Judgement,
) {
    let missing = matches!(refusal, sdk_hmac::Refusal::Missing);
    let requirement = match operation {
        Operation::PushUsageOld => rule::USAGE_OLD_RECORD,
        _ => rule::USAGE_AK_SK,
    };
    if missing || operation == Operation::PushUsageOld {
        let breach = Breach::Signature { of: "the usage push".to_owned(), problem: refusal.to_string() };
        let finding = Finding::new(requirement, Place::Header(sdk_hmac::AUTHORIZATION.to_owned()), breach);
        judgement.find(match answer::why(store, &exchange.request, exchange.started) {
            Some(cause) if cause != refusal.to_string() => finding.because(cause),
            _ => finding,
        });
    } else {
        callback::ak_sk(refusal, "the usage push", exchange, store, judgement);
    }
}

/// One record and what is known of its instance.
struct Record<'a> {
    operation: Operation,
    record: &'a Value,
    at: String,
    now: Timestamp,
    store: &'a Store,
    /// Whether the store took the push: its books then have the record already.
    taken: bool,
}

impl Record<'_> {
    fn text(&self, name: &str) -> &str {
        self.record.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn place(&self, name: &str) -> Place {
        Place::Body(format!("{}/{name}", self.at))
    }

    fn wrong(&self, rule: RequirementId, name: &str, expected: &str, judgement: &mut Judgement) {
        let actual = self.record.get(name).map_or_else(|| "nothing".to_owned(), crate::check::body::text_of);
        let breach = Breach::Form { expected: expected.to_owned(), actual };
        judgement.find(Finding::new(rule, self.place(name), breach));
    }

    fn judge(&self, judgement: &mut Judgement) {
        self.members(judgement);
        let times = ["record_time", "begin_time", "end_time"].map(|name| {
            let time = moment(self.text(name));
            if time.is_none() && self.record.get(name).is_some() {
                self.wrong(rule::USAGE_TIME_FORM, name, "a time of UTC yyyyMMdd'T'HHmmss'Z' that exists", judgement);
            }
            time
        });
        self.value(judgement);
        let [Some(recorded), Some(begin), Some(end)] = times else { return };
        self.times(recorded, begin, end, judgement);
        self.instance(begin, end, judgement);
        self.repeated(judgement);
    }

    fn members(&self, judgement: &mut Judgement) {
        let own = if self.operation == Operation::PushUsageOld { rule::USAGE_OLD_RECORD } else { rule::USAGE_SN };
        for name in mandatory(self.operation) {
            let requirement = match name {
                "metering_sn" | "product_id" => own.clone(),
                _ => rule::USAGE_RECORD,
            };
            match self.record.get(name) {
                None | Some(Value::Null) => {
                    let because = "every record has it".to_owned();
                    let breach = Breach::Missing { what: name.to_owned(), because };
                    judgement.find(Finding::new(requirement, Place::Body(self.at.clone()), breach));
                }
                Some(Value::String(text)) if text.is_empty() || text.chars().count() > 64 => {
                    self.wrong(requirement, name, "a text of 1 to 64 characters", judgement);
                }
                _ => {}
            }
        }
    }

    fn value(&self, judgement: &mut Judgement) {
        let Some(value) = self.record.get("usage_value").filter(|value| !value.is_null()) else { return };
        if let Some(problem) = value_problem(value) {
            let breach = Breach::Url {
                problem: problem.to_owned(),
                expected: "more than 0, with at most four decimals".to_owned(),
                actual: value.to_string(),
            };
            judgement.find(Finding::new(rule::USAGE_VALUE, self.place("usage_value"), breach));
        }
        let of_site = if self.store.settings.site == Site::Cn { "a text" } else { "a number" };
        let wanted = match self.store.settings.usage_value_is_text {
            Some(true) => "a text",
            Some(false) => "a number",
            None => of_site,
        };
        let actual = if value.is_string() { "a text" } else { "a number" };
        if wanted != actual {
            let because = "the type of the site on which the product is sold".to_owned();
            let breach = Breach::Value { expected: wanted.to_owned(), actual: actual.to_owned(), because };
            judgement.find(Finding::new(rule::USAGE_VALUE_TYPE, self.place("usage_value"), breach));
        }
    }

    fn times(&self, recorded: Timestamp, begin: Timestamp, end: Timestamp, judgement: &mut Judgement) {
        if begin >= end {
            self.wrong(rule::USAGE_RANGE, "end_time", &format!("later than begin_time {begin}"), judgement);
        }
        if let Some((name, _)) = [("begin_time", begin), ("end_time", end), ("record_time", recorded)]
            .into_iter()
            .find(|(_, time)| time.duration_since(self.now) > AHEAD)
        {
            self.wrong(
                rule::USAGE_FUTURE,
                name,
                &format!("a time before {} (UTC, not the server's zone)", self.now),
                judgement,
            );
        }
        let age = self.now.duration_since(begin);
        if age > SignedDuration::from_hours(21 * 24) {
            self.wrong(rule::USAGE_OLD, "begin_time", "a time of the last twenty-one days", judgement);
        } else if self.now.duration_since(end) > LATE {
            self.wrong(rule::USAGE_LATE, "end_time", "a time of the last two hours", judgement);
        }
    }

    fn instance(&self, begin: Timestamp, end: Timestamp, judgement: &mut Judgement) {
        let books = self.store.books();
        let Some(instance) = books.instances.get(self.text("instance_id")) else {
            drop(books);
            self.wrong(rule::USAGE_INSTANCE, "instance_id", "the instanceId of an answer to newInstance", judgement);
            return;
        };
        let instance = instance.clone();
        let package = self.record.get("relate_pkg_instance").and_then(Value::as_str);
        let related = package.map(|package| books.instances.get(package).map(|package| package.charging));
        drop(books);
        match instance.charging {
            Charging::OnDemand => {}
            Charging::Package => {
                let expected = "the pay-per-use instance; the package belongs into relate_pkg_instance";
                self.wrong(rule::USAGE_INSTANCE, "instance_id", expected, judgement);
            }
            Charging::Period | Charging::OneTime => {
                let expected = "an instance that is charged by use";
                self.wrong(rule::USAGE_INSTANCE, "instance_id", expected, judgement);
            }
        }
        if related.is_some_and(|charging| charging != Some(Charging::Package)) {
            self.wrong(rule::USAGE_PACKAGE, "relate_pkg_instance", "the instance of a package", judgement);
        }
        // Times of records have whole seconds.
        if instance.opened.duration_since(begin) > SignedDuration::from_secs(1) {
            let expected = format!("not before {}, when the instance was opened", instance.opened);
            self.wrong(rule::USAGE_START, "begin_time", &expected, judgement);
        }
        if instance.released.is_some_and(|released| end.duration_since(released) > AHEAD) {
            self.wrong(rule::USAGE_RELEASED, "end_time", "not after the release of the instance", judgement);
        }
    }

    /// The same record, or the same time, that was taken before.
    fn repeated(&self, judgement: &mut Judgement) {
        if !self.taken {
            return;
        }
        let used = Used::of(self.record);
        let books = self.store.books();
        let same_sn = books.used.iter().filter(|other| other.sn.is_some() && other.sn == used.sn).count();
        let same_time = books
            .used
            .iter()
            .filter(|other| other.instance == used.instance && other.begin == used.begin && other.end == used.end)
            .count();
        drop(books);
        if same_sn > 1 {
            let what = "a metering_sn that an earlier record had".to_owned();
            let because = "the store takes the first and refuses the others in the background (005)".to_owned();
            judgement.find(Finding::new(
                rule::USAGE_SN_UNIQUE,
                self.place("metering_sn"),
                Breach::Unwanted { what, because },
            ));
        } else if same_time > 1 {
            let what = "a period of an instance that was reported before".to_owned();
            let because = "it is a duplicate (010): what was used is charged once".to_owned();
            judgement.find(Finding::new(
                rule::USAGE_DUPLICATE,
                self.place("begin_time"),
                Breach::Unwanted { what, because },
            ));
        }
    }
}
