//! The usage push: its signature, its records, and what the store finds only later, in the background.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::answer::{self, Operation, Trouble};
use super::super::memory::Memory;
use super::super::order::Charging;
use super::super::rule;
use super::super::settings::Site;
use super::super::store::{Instance, Store, Used};
use super::super::usage::{mandatory, moment, value_problem};
use super::callback;
use crate::sign::koogallery::usage_push;
use crate::sign::sdk_hmac;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Exchange;

/// What was used is pushed within two hours (usage push, timing rules).
const LATE: SignedDuration = SignedDuration::from_hours(2);

/// Clocks differ; a record a little ahead of ours is not one from the future.
const AHEAD: SignedDuration = SignedDuration::from_secs(60);

/// How far `ts` may be off. The store names no tolerance for it; this is the one of its gateway.
const OFF: SignedDuration = SignedDuration::from_mins(15);

/// Times of records have whole seconds.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

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
    if let Some(ts) = request.headers.text(usage_push::TS).filter(|_| operation == Operation::PushUsage) {
        stamp(&ts, exchange.started, judgement);
    }
    match trouble {
        Some(Trouble::UsageSignature(refusal)) => callback::usage_signature(refusal, exchange, store, judgement),
        Some(Trouble::AkSk(refusal)) => ak_sk(operation, refusal, exchange, store, judgement),
        Some(trouble @ (Trouble::Json(_) | Trouble::Records | Trouble::NoRecord | Trouble::TooMany(_))) => {
            let expected = "JSON with usage_records, a list of 1 to 1000 records".to_owned();
            let breach = Breach::Form { expected, actual: trouble.to_string() };
            judgement.find(Finding::new(rule::USAGE_BODY, Place::Body("/usage_records".to_owned()), breach));
        }
        Some(Trouble::Method { what, method, sent }) => {
            let (what, expected) = ((*what).to_owned(), (*method).to_owned());
            let breach = Breach::Method { what, expected, actual: sent.clone() };
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
        let at = format!("/usage_records/{index}");
        Record { operation, record, index, at, now: exchange.started, store, taken }.judge(judgement);
    }
}

/// By how many hours a time lies beside the present, where it is whole hours: another zone's time, taken for UTC.
fn zone(away: SignedDuration) -> Option<i64> {
    let hours = (away.as_secs() + 1800).div_euclid(3600);
    let rest = (away.as_secs() - hours * 3600).abs();
    (hours != 0 && hours.abs() <= 14 && rest <= 300).then_some(hours)
}

/// `ts` is the present time in milliseconds.
fn stamp(ts: &str, now: Timestamp, judgement: &mut Judgement) {
    let place = || Place::Header(usage_push::TS.to_owned());
    // What is no number at all is told with the signature.
    let Ok(number) = ts.parse::<i64>() else { return };
    let ahead = SignedDuration::from_millis(number.saturating_sub(now.as_millisecond()));
    if ahead.abs() > OFF {
        let expected = format!("the present time in milliseconds, such as {}", now.as_millisecond());
        let finding = Finding::new(rule::USAGE_TS, place(), Breach::Form { expected, actual: ts.to_owned() });
        let seconds = now.as_second().saturating_sub(number).saturating_abs() < 24 * 60 * 60;
        judgement.find(match zone(ahead) {
            _ if seconds => finding.because("it is the time in seconds"),
            Some(hours) if hours > 0 => {
                finding.because(format!("it lies {hours} h ahead: local time taken for UTC, perhaps"))
            }
            _ if ahead.is_negative() => finding.because("it was made long before it was sent, or a clock is slow"),
            _ => finding,
        });
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
    index: usize,
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
        self.instance(recorded, begin, end, judgement);
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
            let expected = format!("a time before {} (UTC, not the server's zone)", self.now);
            // The record was written just now, so its own time shows the zone best.
            match [recorded, end].into_iter().find_map(|time| zone(time.duration_since(self.now)).filter(|it| *it > 0))
            {
                Some(hours) => {
                    let actual = self.text(name).to_owned();
                    let breach = Breach::Form { expected, actual };
                    let cause = format!("it lies {hours} h ahead: local time written as UTC, with a Z behind");
                    judgement.find(Finding::new(rule::USAGE_TIME_FORM, self.place(name), breach).because(cause));
                }
                None => self.wrong(rule::USAGE_FUTURE, name, &expected, judgement),
            }
        }
        let age = self.now.duration_since(begin);
        if age > SignedDuration::from_hours(21 * 24) {
            self.wrong(rule::USAGE_OLD, "begin_time", "a time of the last twenty-one days", judgement);
        } else if self.now.duration_since(end) > LATE {
            self.wrong(rule::USAGE_LATE, "end_time", "a time of the last two hours", judgement);
        }
    }

    fn instance(&self, recorded: Timestamp, begin: Timestamp, end: Timestamp, judgement: &mut Judgement) {
        let books = self.store.books();
        let Some(instance) = books.instances.get(self.text("instance_id")) else {
            let earlier = books.since.is_some_and(|since| since.duration_since(begin) > SECOND);
            let lost = !books.lost.is_empty();
            drop(books);
            self.unknown(earlier, lost, judgement);
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
        if related.is_none() && instance.charging == Charging::OnDemand {
            self.without_package(&instance, begin, end, judgement);
        }
        if instance.opened.duration_since(begin) > SECOND {
            let expected = format!("not before {}, when the instance was opened", instance.opened);
            self.wrong(rule::USAGE_START, "begin_time", &expected, judgement);
        }
        // A clock that is ahead dates the release later too, and shows in the time of the record.
        let ahead = recorded.duration_since(self.now).max(SignedDuration::ZERO);
        if let Some(released) = instance.released
            && end.duration_since(released) > SECOND + ahead
        {
            let expected = format!("not after {released}, when the instance was released");
            let actual = self.text("end_time").to_owned();
            let cause = format!("the instance of order {} is metered on after its release", instance.order);
            let breach = Breach::Form { expected, actual };
            judgement.find(Finding::new(rule::USAGE_RELEASED, self.place("end_time"), breach).because(cause));
        }
    }

    /// A record of an instance that the store does not know.
    fn unknown(&self, earlier: bool, lost: bool, judgement: &mut Judgement) {
        let actual = self.text("instance_id").to_owned();
        let named = self.store.books().named.contains(&actual);
        if !named && (earlier || lost) {
            let why = if earlier {
                "an instance that is not known and was used before this run: one of an earlier run, perhaps"
            } else {
                "an instance that is not known, while the answer to a creation was lost: it may be that one"
            };
            judgement.skip(rule::USAGE_INSTANCE, why);
            return;
        }
        let expected = "the instanceId of an answer to newInstance".to_owned();
        let breach = Breach::Form { expected, actual };
        let finding = Finding::new(rule::USAGE_INSTANCE, self.place("instance_id"), breach);
        judgement.find(finding.because(if named {
            "it is the id of an order or of its line"
        } else {
            "no answer of this run told it; if it is left over from an earlier run, release it"
        }));
    }

    /// A buyer has a package, and the record names none. Whether it must is a matter of the product, which the store's
    /// calls do not tell: it must for packages that end when they are used up (usage push, `relate_pkg_instance`).
    fn without_package(&self, instance: &Instance, begin: Timestamp, end: Timestamp, judgement: &mut Judgement) {
        let buyer = |order: &str| self.store.order(order, self.now).map(|order| order.buyer.customer_id);
        let packages: Vec<Instance> = {
            let books = self.store.books();
            let open = books.instances.values().filter(|other| {
                other.charging == Charging::Package
                    && other.opened < end
                    && other.released.is_none_or(|released| released > begin)
            });
            open.cloned().collect()
        };
        let own = buyer(&instance.order);
        if own.is_some() && packages.iter().any(|package| buyer(&package.order) == own) {
            judgement.read(
                rule::USAGE_PACKAGE,
                Place::Body(self.at.clone()),
                "no package named although the buyer has one; right only where the package does not end by its use",
            );
        }
    }

    /// The same record, or some of the same time, that was taken before.
    fn repeated(&self, judgement: &mut Judgement) {
        if !self.taken {
            return;
        }
        let used = Used::of(self.record, (self.now, self.index));
        let books = self.store.books();
        let mut earlier = books.used.iter().filter(|other| other.place < used.place);
        let same_sn = earlier.clone().any(|other| other.sn.is_some() && other.sn == used.sn);
        let overlapping = earlier.find(|other| used.overlaps(other)).cloned();
        drop(books);
        if same_sn {
            let what = "a metering_sn that an earlier record had".to_owned();
            let because = "the store takes the first and refuses the others in the background (005)".to_owned();
            judgement.find(Finding::new(
                rule::USAGE_SN_UNIQUE,
                self.place("metering_sn"),
                Breach::Unwanted { what, because },
            ));
        } else if let Some(other) = overlapping {
            let whole = other.begin == used.begin && other.end == used.end;
            let part = if whole { "a period" } else { "part of a period" };
            let what = format!("{part} of an instance that was reported before, {} to {},", other.begin, other.end);
            let because = "it is a duplicate (010): what was used is charged once".to_owned();
            let breach = Breach::Unwanted { what, because };
            let finding = Finding::new(rule::USAGE_DUPLICATE, self.place("begin_time"), breach);
            let again = !whole && other.begin == used.begin;
            judgement.find(if again {
                finding.because("both begin at one time, such as the opening: begin where the last record ended")
            } else {
                finding
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::super::super::settings::Settings;
    use super::*;
    use crate::market::setting::Values;
    use crate::wire::{Caller, Peer, Raw, Request, Timing};

    fn now() -> Timestamp {
        "2026-03-10T03:00:00Z".parse().expect("a time")
    }

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    /// A store with a pay-per-use instance, a released one, a package and a yearly one.
    fn store(settings: &[(&str, &str)]) -> Store {
        let mut values = Values::default();
        for (name, value) in settings {
            values.set(name, *value);
        }
        let store = Store::new(Settings::new(&values).expect("the settings are right"));
        let instance = |charging, released| Instance {
            order: "CS1".to_owned(),
            charging,
            opened: time("2026-03-10T00:00:00Z"),
            released,
        };
        let mut books = store.books();
        books.instances.insert("i-1".to_owned(), instance(Charging::OnDemand, None));
        books.instances.insert("i-gone".to_owned(), instance(Charging::OnDemand, Some(time("2026-03-10T02:10:00Z"))));
        books.instances.insert("i-package".to_owned(), instance(Charging::Package, None));
        books.instances.insert("i-year".to_owned(), instance(Charging::Period, None));
        drop(books);
        store
    }

    /// A good record, with what is different.
    fn record(changes: Value) -> Value {
        let mut record = json!({
            "instance_id": "i-1", "record_time": "20260310T025900Z", "begin_time": "20260310T020000Z",
            "end_time": "20260310T025900Z", "usage_value": "1.5", "metering_sn": "m-1",
        });
        for (name, value) in changes.as_object().expect("an object") {
            record[name] = value.clone();
        }
        record
    }

    /// Pushes these records one after another; the rules that the last one breaks.
    fn broken(store: &Store, pushes: &[Value]) -> Vec<String> {
        let ids = |finding: &Finding| finding.requirement.to_string();
        judged(store, pushes).findings.iter().map(ids).collect()
    }

    /// What is told of the last of these pushes, which are a second apart.
    fn judged(store: &Store, pushes: &[Value]) -> Judgement {
        let mut memory = Memory::default();
        let mut last = Judgement::default();
        for (index, pushed) in pushes.iter().enumerate() {
            let now = || now() + SignedDuration::from_secs(i64::try_from(index).expect("few"));
            let mut request = Request::new("POST", Operation::PushUsage.route().1);
            request.body = json!({ "usage_records": [pushed] }).to_string().into_bytes();
            let signed = usage_push::sign(&store.settings.access_key, &request.body, &format!("nonce-{index}"), now());
            request.headers = signed.headers();
            let response = answer::answer(store, &request, now());
            let exchange = Exchange {
                request,
                answer: Ok(response),
                raw: Raw::default(),
                started: now(),
                timing: Timing::default(),
                peer: Peer::default(),
                caller: Caller::Vendor,
            };
            last = callback::judge(&exchange, store, &mut memory, &callback::Named::default()).1;
        }
        last
    }

    #[test]
    fn a_good_push_breaks_nothing() {
        let store = store(&[]);
        let later = record(json!({
            "metering_sn": "m-2", "begin_time": "20260310T025900Z", "end_time": "20260310T025930Z",
        }));
        assert_eq!(broken(&store, &[record(json!({})), later]), Vec::<String>::new());
    }

    #[rstest]
    #[case::after_the_release(json!({ "instance_id": "i-gone" }), "KG-USAGE-RELEASED")]
    #[case::of_a_package(json!({ "instance_id": "i-package" }), "KG-USAGE-INSTANCE")]
    #[case::of_a_year(json!({ "instance_id": "i-year" }), "KG-USAGE-INSTANCE")]
    #[case::no_package(json!({ "relate_pkg_instance": "i-year" }), "KG-USAGE-PACKAGE")]
    #[case::unknown_package(json!({ "relate_pkg_instance": "i-0" }), "KG-USAGE-PACKAGE")]
    #[case::too_early(json!({ "begin_time": "20260309T230000Z" }), "KG-USAGE-START")]
    fn what_is_used_of_what_is_judged(#[case] changes: Value, #[case] rule: &str) {
        assert_eq!(broken(&store(&[]), &[record(changes)]), [rule]);
    }

    #[test]
    fn what_was_pushed_before_is_a_duplicate() {
        let again = record(json!({ "metering_sn": "m-2" }));
        assert_eq!(broken(&store(&[]), &[record(json!({})), again]), ["KG-USAGE-DUPLICATE"]);
        let same = record(json!({ "begin_time": "20260310T015900Z" }));
        assert_eq!(broken(&store(&[]), &[record(json!({})), same]), ["KG-USAGE-SN-UNIQUE"]);
    }

    #[test]
    fn periods_that_overlap_bill_twice_and_periods_that_touch_do_not() {
        let from_opening = record(json!({ "metering_sn": "m-2", "end_time": "20260310T025930Z" }));
        assert_eq!(broken(&store(&[]), &[record(json!({})), from_opening]), ["KG-USAGE-DUPLICATE"]);
        let before = record(json!({
            "metering_sn": "m-2", "begin_time": "20260310T013000Z", "end_time": "20260310T020000Z",
        }));
        let clean = broken(&store(&[]), &[record(json!({})), before]);
        assert_eq!(clean, Vec::<String>::new(), "one ends where the other begins");
        let rest = record(json!({ "metering_sn": "m-2", "relate_pkg_instance": "i-package" }));
        let clean = broken(&store(&[]), &[record(json!({})), rest]);
        assert_eq!(clean, Vec::<String>::new(), "a package covers a part of what was used");
    }

    #[rstest]
    #[case::up_to_the_release("20260310T021000Z", &[])]
    #[case::rounded_up("20260310T021001Z", &[])]
    #[case::metered_on("20260310T021002Z", &["KG-USAGE-RELEASED"])]
    fn use_before_the_release_may_be_pushed_after_it(#[case] end: &str, #[case] rules: &[&str]) {
        let last = record(json!({ "instance_id": "i-gone", "end_time": end }));
        assert_eq!(broken(&store(&[]), &[last]), rules);
    }

    #[rstest]
    #[case::of_china("20260310T110000Z", &["KG-USAGE-TIME-FORM"])]
    #[case::not_ended("20260310T033000Z", &["KG-USAGE-FUTURE"])]
    #[case::another_clock("20260310T030030Z", &[])]
    fn local_time_that_is_written_as_utc_is_told_from_the_future(#[case] end: &str, #[case] rules: &[&str]) {
        assert_eq!(broken(&store(&[]), &[record(json!({ "end_time": end }))]), rules);
    }

    #[rstest]
    #[case::now("2026-03-10T03:00:00Z", None)]
    #[case::some_minutes("2026-03-10T02:46:00Z", None)]
    #[case::an_hour_old("2026-03-10T02:00:00Z", Some("slow"))]
    #[case::of_china("2026-03-10T11:00:00Z", Some("8 h ahead"))]
    fn ts_is_the_present_time(#[case] ts: &str, #[case] cause: Option<&str>) {
        let mut judgement = Judgement::default();
        stamp(&time(ts).as_millisecond().to_string(), now(), &mut judgement);
        let causes: Vec<_> = judgement.findings.iter().filter_map(|finding| finding.cause.as_deref()).collect();
        assert_eq!(causes.len(), usize::from(cause.is_some()));
        assert!(causes.iter().all(|told| cause.is_some_and(|cause| told.contains(cause))), "{causes:?}");
    }

    #[test]
    fn a_package_that_is_not_named_is_told_as_a_reading() {
        let store = store(&[]);
        store.books().instances.values_mut().for_each(|instance| instance.order = "MOCKONDEMANDPKG".to_owned());
        let told = |pushed| judged(&store, &[pushed]).readings.into_iter().map(|reading| reading.requirement);
        assert!(told(record(json!({}))).any(|rule| rule == rule::USAGE_PACKAGE));
        let named = record(json!({ "metering_sn": "m-2", "relate_pkg_instance": "i-package" }));
        assert!(!told(named).any(|rule| rule == rule::USAGE_PACKAGE));
    }

    #[rstest]
    #[case::of_this_run("2026-03-10T00:00:00Z", 1)]
    #[case::of_an_earlier_run("2026-03-10T02:30:00Z", 0)]
    fn an_instance_that_is_not_known_may_be_of_an_earlier_run(#[case] since: &str, #[case] findings: usize) {
        let store = store(&[]);
        store.books().since = Some(time(since));
        let told = judged(&store, &[record(json!({ "instance_id": "i-0" }))]);
        assert_eq!((told.findings.len(), told.skipped.len()), (findings, 1 - findings));
    }

    #[test]
    fn the_other_signature_is_asked_for_where_the_user_says_so() {
        let store = store(&[("usage-ak-sk", "required")]);
        assert_eq!(broken(&store, &[record(json!({}))]), ["KG-USAGE-AK-SK"]);
    }
}
