//! The matrix that keeps the checks honest: the faultless reference vendor trips nothing, and each fault trips its check.
//!
//! `tests/fixtures/faults/<marketplace>.tsv` names for each fault the case that shows it and the requirement that it
//! breaks. The engine and the vendor are both pure, so most of the matrix runs without a socket and without waiting:
//! the clock jumps to whatever the engine waits for. Faults of the transport are played over real sockets.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures, and write them where they are told to")]

mod derived;
mod lives;
mod matrix;
mod pitfalls;
mod products;
mod support;
mod sweep;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rstest::rstest;
use storeproof::engine::CaseRecord;
use storeproof::market;
use storeproof::spec::embedded;
use storeproof::verdict::{Level, Outcome};
use table::{Shown, TABLES, rows};

/// Requirements that a case reports, with their weight.
pub(crate) fn reported(record: &CaseRecord) -> BTreeMap<String, Level> {
    let mut reported = BTreeMap::new();
    for step in record.steps.iter().filter(|step| !step.superseded) {
        for weighed in &step.findings {
            reported.insert(weighed.finding.requirement.to_string(), weighed.level);
        }
    }
    reported
}

#[test]
fn every_marketplace_has_a_table() {
    assert_eq!(TABLES.map(|(name, _)| name).as_slice(), market::MARKETPLACES);
}

#[rstest]
fn the_faultless_vendor_trips_nothing(
    #[values(1, 2, 3)] seed: u64,
    #[values("kt-bizstore", "koogallery", "scp")] marketplace: &str,
) {
    for scenario in embedded::scenarios().filter(|file| file.marketplace() == marketplace) {
        let record = support::pure::play(scenario.name(), &[], seed);
        assert_eq!(record.outcome, Outcome::Conforms, "{}: {:#?}", scenario.name(), reported(&record));
        assert_eq!(reported(&record), BTreeMap::new(), "{}", scenario.name());
    }
}

/// Months have several lengths, and a day may end while a case is played.
#[rstest]
fn the_faultless_vendor_trips_nothing_on_any_day(
    #[values(
        "2026-01-01T03:00:00Z",
        "2026-01-31T03:00:00Z",
        "2027-02-28T14:59:59.700Z",
        "2026-03-25T03:00:00Z",
        "2028-02-29T03:00:00Z",
        "2026-07-02T03:00:00Z",
        "2026-12-31T14:59:59.900Z"
    )]
    time: &str,
) {
    for scenario in embedded::scenarios().filter(|scenario| scenario.name().starts_with("kt-bizstore/billing/")) {
        let record = support::pure::play_at(scenario.name(), time);
        assert_eq!(reported(&record), BTreeMap::new(), "{}", scenario.name());
    }
}

/// The faults in as many parts as there are threads to share them.
#[rstest]
fn each_fault_trips_its_check(
    #[values(0, 1, 2, 3, 4, 5, 6, 7)] part: usize,
    #[values("kt-bizstore", "koogallery", "scp")] marketplace: &str,
) {
    let mut wrong = Vec::new();
    for row in rows(marketplace).iter().skip(part).step_by(8) {
        let Shown::In { case, requirement } = row.shown else { continue };
        let record = support::play_under(case, row.fault, &row.under);
        let reported = reported(&record);
        let fault = row.name();
        match reported.get(requirement) {
            None => wrong.push(format!("{fault}: {case} reports {reported:?} and not {requirement}")),
            Some(Level::Must) if record.outcome != Outcome::Breaks => {
                wrong.push(format!("{fault}: {case} reports {requirement} and ends as {:?}", record.outcome));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[rstest]
fn every_fault_has_a_row(#[values("kt-bizstore", "koogallery", "scp")] marketplace: &str) {
    let faults: BTreeSet<&str> = market::faults(marketplace).into_iter().map(|(name, _)| name).collect();
    let listed: BTreeSet<&str> = rows(marketplace).iter().filter_map(|row| row.fault).collect();
    assert_eq!(faults, listed);
}

#[rstest]
fn every_rule_that_is_judged_has_a_fault_that_breaks_it(
    #[values("kt-bizstore", "koogallery", "scp")] marketplace: &str,
) {
    let tripped: BTreeSet<&str> = rows(marketplace)
        .iter()
        .filter_map(|row| match row.shown {
            Shown::In { requirement, .. } => Some(requirement),
            Shown::Never(_) => None,
        })
        .collect();
    let missing: Vec<String> = market::judged(marketplace)
        .into_iter()
        .map(|requirement| requirement.to_string())
        .filter(|requirement| !tripped.contains(requirement.as_str()))
        .filter(|requirement| !support::TOLD_ONLY.contains(&requirement.as_str()))
        .filter(|requirement| !support::ELSEWHERE.iter().any(|(rule, _)| rule == requirement))
        .collect();
    assert!(missing.is_empty(), "no fault breaks {}", missing.join(", "));
}

#[rstest]
fn every_rule_is_covered_by_a_check_and_every_check_names_a_rule(
    #[values(("kt-bizstore", "KT-"), ("koogallery", "KG-"), ("scp", "SCP-"))] (marketplace, prefix): (&str, &str),
) {
    let judged: BTreeSet<String> = market::judged(marketplace).iter().map(ToString::to_string).collect();
    let mut known = judged.clone();
    for scenario in embedded::scenarios().filter(|file| file.marketplace() == marketplace) {
        let plan = support::plan(scenario.name());
        let steps = plan.workflows.iter().flat_map(|workflow| &workflow.steps);
        known.extend(steps.filter_map(|step| step.extension.requirement.as_ref()).map(ToString::to_string));
    }
    let catalogue = embedded::catalogue(marketplace);
    let own: Vec<_> = catalogue.iter().filter(|requirement| requirement.id.as_str().starts_with(prefix)).collect();
    let uncovered: Vec<&str> = own
        .iter()
        .filter(|requirement| requirement.level != Level::Manual && !known.contains(requirement.id.as_str()))
        .map(|requirement| requirement.id.as_str())
        .collect();
    assert!(uncovered.is_empty(), "no check covers {uncovered:?}");
    let named: BTreeSet<&str> = own.iter().map(|requirement| requirement.id.as_str()).collect();
    let nameless: Vec<&String> =
        judged.iter().filter(|id| id.starts_with(prefix) && !named.contains(id.as_str())).collect();
    assert!(nameless.is_empty(), "no requirement says why {nameless:?} matter");
}

#[test]
fn a_step_that_is_superseded_is_evidence_and_nothing_is_held_against_the_vendor() {
    let record = support::pure::play("kt-bizstore/life-cycle/first-to-last", &[], 1);
    let polled: Vec<_> = record.steps.iter().filter(|step| step.superseded).collect();
    assert!(!polled.is_empty(), "the set-up takes time, so the status is asked more than once");
    assert_eq!(record.outcome, Outcome::Conforms);
    assert!(Arc::strong_count(&record.steps[0]) >= 1);
}

#[rstest]
#[case::strict(None, "is refused")]
#[case::as_the_readme_has_it(Some("accept-too-old-9m"), "is accepted")]
fn a_window_of_ten_minutes_is_told_and_not_held_against_the_vendor(#[case] fault: Option<&str>, #[case] met: &str) {
    let faults: Vec<&str> = fault.into_iter().collect();
    let record = support::pure::play("kt-bizstore/authentication/status", &faults, 1);
    let readings = record.steps.iter().flat_map(|step| &step.readings);
    let told = readings.filter(|reading| reading.requirement.as_str() == "KT-AUTH-WINDOW-10M").collect::<Vec<_>>();
    assert!(!told.is_empty() && told.iter().all(|reading| reading.met.ends_with(met)), "{told:?}");
}

/// What the documents leave open is told as a reading, or as not judged, and never held against a vendor.
#[rstest]
#[case("key-form-refused", "registration/odd-keys", "keys with a blank are refused with 400")]
#[case("key-slash-404", "registration/odd-keys", "keys with a slash are refused with 404")]
#[case("resign-status-late", "resignation/repeated", "right after the withdrawal")]
#[case(
    "day-twice-after-return",
    "life-cycle/first-to-last",
    "a bill for each time of a customer who left and came back"
)]
#[case("day-bad-date-empty", "billing/bad-dates", "an empty list for a day that does not exist")]
#[case("day-future-empty", "billing/month-to-date", "no charges for days that are still to come")]
#[case("trial-accepted", "registration/free-trial", "--input trial-customer=KEY")]
fn what_is_left_open_is_told_and_not_held_against_the_vendor(
    #[case] fault: &str,
    #[case] case: &str,
    #[case] told: &str,
) {
    let record = support::pure::play(&format!("kt-bizstore/{case}"), &[fault], 1);
    assert_eq!((record.outcome.clone(), reported(&record)), (Outcome::Conforms, BTreeMap::new()));
    let readings = record.steps.iter().flat_map(|step| step.readings.iter().map(|reading| &reading.met));
    let skipped = record.steps.iter().flat_map(|step| step.skipped.iter().map(|skipped| &skipped.why));
    let all: Vec<_> = readings.chain(skipped).collect();
    assert!(all.iter().any(|line| line.contains(told)), "{all:?}");
}

/// Where the case and the rule are not enough, the finding says what most likely causes it.
#[rstest]
#[case("require-bearer", "authentication/bill-by-day", "a token with `Bearer ` in front is accepted")]
#[case(
    "require-authorization",
    "authentication/bill-by-day",
    "`Authorization: Bearer` instead of encoded-jwt is accepted"
)]
#[case("require-exp", "authentication/bill-by-day", "a token with exp is accepted")]
#[case("require-sub", "authentication/bill-by-day", "a token with sub is accepted")]
#[case("iat-as-milliseconds", "authentication/bill-by-day", "a token with iat in milliseconds is accepted")]
#[case("iat-as-korean-time", "authentication/bill-by-day", "a token from nine hours ahead is accepted")]
#[case("refuse-reused-token", "registration/lost-answer", "this token had been used a moment before")]
#[case("refusal-200", "authentication/apply", "the body says \"error\"")]
#[case("error-200", "unknown-customer/every-call", "the body says \"error\"")]
#[case("accept-too-old-9m", "authentication/apply", "this looks like the ten minutes of the README")]
#[case("apply-first-200", "authentication/apply", "another --seed sends other keys")]
#[case("apply-known-409", "authentication/apply", "this call is its sign-on")]
#[case("suspend-refused", "billing/suspended", "state code 2")]
#[case("sign-on-resets", "life-cycle/first-to-last", "a sign-on must not begin the set-up anew")]
#[case("apply-forgets", "billing/month-to-date", "the customer applied for above is no longer known")]
#[case("key-mojibake", "registration/odd-keys", "the key was read as Latin-1")]
#[case("key-decoded-twice", "registration/odd-keys", "the key was percent-decoded twice")]
#[case("key-plus-as-blank", "registration/odd-keys", "a plus sign was read as a blank")]
#[case("key-truncated", "registration/odd-keys", "the key was cut after 20 characters")]
#[case("key-upper-cased", "registration/odd-keys", "the key was turned into upper case")]
#[case("key-case-ignored", "registration/odd-keys", "upper and lower case are taken for the same")]
#[case("status-gzip", "authentication/status", "1f 8b")]
#[case("status-member-twice", "authentication/status", "member `status` occurs twice")]
#[case("status-camel-case", "authentication/status", "such as `memSq` in place of `mem-sq`")]
#[case("status-wrapped", "authentication/status", "everything is wrapped in a member `data`")]
#[case("bill-period-reversed", "authentication/bill-by-day", "of customer M")]
fn what_most_likely_causes_it_is_said(#[case] fault: &str, #[case] case: &str, #[case] told: &str) {
    let record = support::play(&format!("kt-bizstore/{case}"), fault);
    let findings: Vec<String> = record
        .steps
        .iter()
        .flat_map(|step| &step.findings)
        .map(|weighed| {
            let finding = &weighed.finding;
            let (cause, entry) = (finding.cause.as_deref(), finding.entry.as_deref());
            format!("{} | {} | of {}", finding.breach, cause.unwrap_or_default(), entry.unwrap_or_default())
        })
        .collect();
    assert!(findings.iter().any(|finding| finding.contains(told)), "{findings:#?}");
}

/// One mistake is one finding in the step that shows it.
#[rstest]
#[case("status-no-content-type", "authentication/status")]
#[case("status-text-plain", "authentication/status")]
#[case("status-html", "authentication/status")]
#[case("status-euc-kr", "authentication/status")]
#[case("status-gzip", "authentication/status")]
#[case("status-camel-case", "authentication/status")]
#[case("status-wrapped", "authentication/status")]
#[case("day-object", "authentication/bill-by-day")]
#[case("day-wrapped", "authentication/bill-by-day")]
#[case("day-camel-case", "authentication/bill-by-day")]
#[case("apply-forgets", "billing/month-to-date")]
#[case("suspend-refused", "billing/suspended")]
#[case("error-200", "unknown-customer/every-call")]
#[case("require-bearer", "authentication/bill-by-day")]
#[case("refuse-valid-on-bill-by-day", "billing/bad-dates")]
fn one_mistake_is_told_once_a_step(#[case] fault: &str, #[case] case: &str) {
    let record = support::play(&format!("kt-bizstore/{case}"), fault);
    for step in record.steps.iter().filter(|step| !step.superseded) {
        assert!(step.findings.len() <= 1, "{}: {:#?}", step.id, step.findings);
    }
    assert!(!reported(&record).is_empty());
}

/// The setting `token-window` governs what is held against a vendor.
#[rstest]
#[case::the_readme(Some("10m"), Some("accept-too-old-9m"), &[])]
#[case::the_readme_refused(Some("10m"), None, &["KT-AUTH-WINDOW"])]
#[case::a_minute_insisted_on(Some("60s"), None, &[])]
#[case::a_minute_and_ten_accepted(Some("60s"), Some("accept-too-old-9m"), &["KT-AUTH-WINDOW"])]
#[case::half_a_minute(Some("30s"), Some("refuse-too-old-50s"), &[])]
#[case::half_a_minute_exceeded(Some("30s"), None, &["KT-AUTH-WINDOW"])]
#[case::never_ending(Some("10m"), Some("accept-too-old-1h"), &["KT-AUTH-WINDOW"])]
fn the_window_of_a_token_is_what_the_user_says(
    #[case] window: Option<&'static str>,
    #[case] fault: Option<&str>,
    #[case] rules: &[&str],
    #[values("status", "apply", "resign")] call: &str,
) {
    let faults: Vec<&str> = fault.into_iter().collect();
    let case = format!("kt-bizstore/authentication/{call}");
    let settings: Vec<(&'static str, &'static str)> =
        window.map(|window| ("token-window", window)).into_iter().collect();
    let record = support::pure::play_with(&case, &faults, &settings, 1);
    let found: Vec<String> = reported(&record).into_keys().filter(|rule| rule.starts_with("KT-AUTH-WINDOW")).collect();
    assert_eq!(found, rules);
}

/// Every scenario leaves the vendor as it found it.
#[test]
fn every_customer_that_is_made_leaves_again() {
    for scenario in embedded::scenarios().filter(|file| file.marketplace() == "kt-bizstore") {
        let record = support::pure::play(scenario.name(), &[], 1);
        let mut present = BTreeSet::new();
        for exchange in record.steps.iter().flat_map(|step| &step.exchanges) {
            let Some(key) = exchange.request.path().strip_prefix("/customers/") else { continue };
            match (exchange.request.method.as_str(), exchange.response().map(|answer| answer.status)) {
                ("POST", Some(200 | 201)) => present.insert(key.to_owned()),
                ("DELETE", Some(200)) => present.remove(key),
                _ => false,
            };
        }
        assert_eq!(present, BTreeSet::new(), "{}", scenario.name());
    }
}
