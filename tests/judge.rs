//! Rules that no vendor on this machine can break, judged without a socket.
//!
//! A vendor on loopback is judged as if TLS stood in front of it, so rules on HTTPS and certificates are never broken
//! there. Here the engine is told that the answers come from `vendor.example`; they are the reference vendor's, changed
//! where the test says so. Each rule is broken by one such vendor and kept by its neighbour.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rstest::rstest;
use storeproof::certify::Computed;
use storeproof::certify::deliver::deliveries;
use storeproof::engine::{CaseRecord, Next, Options, Playback, Returned};
use storeproof::market::setting::Values;
use storeproof::market::{Market, VendorOptions};
use storeproof::run::{Loader, Origin};
use storeproof::scenario::plan::Plan;
use storeproof::spec::{Document, embedded};
use storeproof::verdict::{Blocked, Level, Outcome};
use storeproof::wire::{
    Caller, Exchange, Headers, Loss, Peer, Raw, ReplyKind, Request, Response, Timing, Tls, TlsTrouble, Visit, VisitEnd,
};

const SHORT: &str = "kt-bizstore/registration/repeated";
const LONG: &str = "kt-bizstore/life-cycle/first-to-last";

fn plain() -> Peer {
    Peer { base: "http://vendor.example".to_owned(), loopback: false, ..Peer::default() }
}

fn secure() -> Peer {
    let tls = Some(Tls { version: "TLSv1.3".to_owned(), trouble: None });
    Peer { base: "https://vendor.example".to_owned(), loopback: false, tls, ..Peer::default() }
}

/// Plays a case against the reference vendor at another place; `answer` is given each request with its honest answer.
fn play(
    case: &str,
    peer: &Peer,
    faults: &[&str],
    answer: impl FnMut(&Request, Response) -> Result<Response, Loss>,
) -> CaseRecord {
    let options = VendorOptions {
        public_key: None,
        setup_delay: Duration::ZERO,
        deletion_delay: Duration::ZERO,
        store: None,
        faults: faults.iter().map(|&fault| fault.to_owned()).collect(),
    };
    let catalogue = Arc::new(embedded::catalogue("kt-bizstore").clone());
    let file = embedded::scenario(case).expect("it is embedded");
    let plan = Loader::new(None, catalogue).plan(&Origin::Embedded(file.path), case).expect("it is sound");
    play_plan(plan, peer, &options, answer)
}

/// Plays a computed case against the reference vendor on HTTPS.
fn play_computed(case: &Computed, answer: impl FnMut(&Request, Response) -> Result<Response, Loss>) -> CaseRecord {
    let catalogue = Arc::new(embedded::catalogue("kt-bizstore").clone());
    let document = Document::with_positions(case.document.clone(), []);
    let plan = Loader::new(None, catalogue).plan_of(&document, &case.name).expect("it is sound");
    let options = VendorOptions {
        public_key: None,
        setup_delay: Duration::ZERO,
        deletion_delay: Duration::ZERO,
        store: None,
        faults: Vec::new(),
    };
    play_plan(plan, &secure(), &options, answer)
}

fn play_plan(
    plan: Arc<Plan>,
    peer: &Peer,
    options: &VendorOptions,
    mut answer: impl FnMut(&Request, Response) -> Result<Response, Loss>,
) -> CaseRecord {
    let market = Market::new(Some("kt-bizstore"), &Values::default(), None).expect("the defaults are right");
    let mut vendor = market.vendor(options).expect("the faults are known");
    let catalogue = Arc::new(embedded::catalogue("kt-bizstore").clone());
    // Noon in Korea, far from any day's or month's end.
    let mut now: Timestamp = "2026-03-10T03:00:00Z".parse().expect("a time");
    let options = Options { seed: 1, ..Options::default() };
    let mut playback =
        Playback::new(plan, market.session(), catalogue, options, now).expect("all inputs are generated");
    loop {
        match playback.next(now) {
            Next::Finish(record) => return *record,
            Next::Perform(_) => panic!("this vendor is no client"),
            Next::SleepUntil(when) => now = when,
            Next::Send(dispatches) => {
                let returned = dispatches.into_iter().map(|dispatch| {
                    let mut request = dispatch.request;
                    request.headers.push_first("Host", "vendor.example");
                    let ReplyKind::Response(mut response) = vendor.answer(&request, now, &mut |_| None).kind else {
                        panic!("no fault of these breaks HTTP");
                    };
                    // The reference vendor speaks of the host that it was asked as, and knows no TLS.
                    relocate(&mut response, |location| location.replace("http://", "https://"));
                    let answer = answer(&request, response);
                    let visit = answer.as_ref().ok().filter(|_| dispatch.follow).map(page);
                    let timing = Timing { total: Duration::from_millis(1), ..Timing::default() };
                    let (raw, peer) = (Raw::default(), peer.clone());
                    Returned {
                        exchange: Exchange {
                            request,
                            answer,
                            raw,
                            started: now,
                            timing,
                            peer,
                            caller: Caller::Marketplace,
                        },
                        visit,
                    }
                });
                let returned = returned.collect();
                playback.received(returned, now);
            }
        }
    }
}

/// Changes where an answer leads, if it leads anywhere.
fn relocate(response: &mut Response, change: impl Fn(&str) -> String) {
    let mut headers = Headers::default();
    for header in &response.headers {
        let text = header.text();
        headers.push(header.name.clone(), if header.name == "Location" { change(&text) } else { text });
    }
    response.headers = headers;
}

/// The page behind an answer's `Location`, as good as can be.
fn page(response: &Response) -> Visit {
    let url = response.headers.text("location").unwrap_or_default();
    let hops = vec![storeproof::wire::Hop { url: url.clone(), status: 200 }];
    let customer = url.split(['=', '&']).nth(1).unwrap_or_default();
    let text = format!("<html><body>{customer}</body></html>");
    Visit { url, hops, end: VisitEnd::Page { media_type: Some("text/html".to_owned()), text } }
}

fn honest(_: &Request, response: Response) -> Result<Response, Loss> {
    Ok(response)
}

/// Names and weights of all that was found, each once.
fn found(record: &CaseRecord) -> Vec<(&str, Level)> {
    let mut found: Vec<(&str, Level)> = record
        .steps
        .iter()
        .filter(|step| !step.superseded)
        .flat_map(|step| &step.findings)
        .map(|weighed| (weighed.finding.requirement.as_str(), weighed.level))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn skipped(record: &CaseRecord) -> Vec<&str> {
    record.steps.iter().flat_map(|step| &step.skipped).map(|skipped| skipped.requirement.as_str()).collect()
}

/// What all the others stand on: a vendor at another place that keeps every rule.
#[rstest]
fn a_vendor_on_https_conforms_and_every_rule_on_https_is_judged(#[values(SHORT, LONG)] case: &str) {
    let record = play(case, &secure(), &[], honest);
    assert_eq!(found(&record), []);
    assert_eq!(record.outcome, Outcome::Conforms);
    assert_eq!(skipped(&record), Vec::<&str>::new());
}

#[test]
fn plain_http_breaks_kt_https() {
    let record = play(SHORT, &plain(), &[], honest);
    assert_eq!(found(&record), [("KT-HTTPS", Level::Must)]);
    assert_eq!(record.outcome, Outcome::Breaks);
}

#[test]
fn a_vendor_on_this_machine_is_judged_as_if_tls_stood_in_front_of_it() {
    let here = Peer { base: "http://127.0.0.1:8080".to_owned(), loopback: true, ..Peer::default() };
    let record = play(SHORT, &here, &[], |_, mut response| {
        relocate(&mut response, |_| "http://127.0.0.1:8080/login".to_owned());
        Ok(response)
    });
    assert_eq!(found(&record), []);
    assert!(skipped(&record).contains(&"KT-HTTPS") && skipped(&record).contains(&"KT-APPLY-LOCATION-HTTPS"));
}

#[test]
fn a_login_page_without_tls_breaks_kt_apply_location_https() {
    let record = play(SHORT, &secure(), &[], |_, mut response| {
        relocate(&mut response, |location| location.replace("https://", "http://"));
        Ok(response)
    });
    assert_eq!(found(&record), [("KT-APPLY-LOCATION-HTTPS", Level::Should)]);
    assert_eq!(record.outcome, Outcome::Conforms, "what is no must breaks nothing");
}

#[rstest]
#[case(TlsTrouble::Expired)]
#[case(TlsTrouble::NotYetValid)]
#[case(TlsTrouble::WrongName { name: "vendor.example".to_owned() })]
#[case(TlsTrouble::UnknownIssuer)]
#[case(TlsTrouble::Version { detail: "protocol_version".to_owned() })]
#[case(TlsTrouble::NotTls)]
#[case(TlsTrouble::Handshake { detail: "handshake_failure".to_owned() })]
fn tls_that_fails_breaks_kt_tls(#[case] trouble: TlsTrouble) {
    let record = play(SHORT, &secure(), &[], |_, _| Err(Loss::Tls(trouble.clone())));
    assert_eq!(found(&record), [("KT-TLS", Level::Must)]);
    assert_eq!(record.outcome, Outcome::Breaks);
}

/// A vendor that was never reached has broken nothing, TLS included.
#[rstest]
#[case(Loss::Refused)]
#[case(Loss::NoSuchHost { host: "vendor.example".to_owned() })]
#[case(Loss::ConnectTimeOut { limit: Duration::from_secs(5) })]
#[case(Loss::NoConnection { detail: "no route".to_owned() })]
fn a_vendor_that_was_not_reached_is_not_judged(#[case] loss: Loss) {
    let record = play(SHORT, &secure(), &[], |_, _| Err(loss.clone()));
    assert_eq!(found(&record), []);
    assert!(matches!(record.outcome, Outcome::NotJudged(Blocked::Unreachable(_))), "{:?}", record.outcome);
}

/// A 401 for the customer who has left, and then one for everybody: the first was about the token.
#[test]
fn a_vendor_that_refuses_the_store_after_a_deletion_breaks_kt_resign_proof() {
    let mut gone = false;
    let record = play(LONG, &secure(), &[], |request, response| {
        gone |= request.method == "DELETE";
        let refused = gone && request.method != "DELETE";
        Ok(if refused { Response::new(401) } else { response })
    });
    let found = found(&record);
    assert!(found.contains(&("KT-RESIGN-PROOF", Level::Must)), "{found:?}");
    assert_eq!(record.outcome, Outcome::Breaks);
}

/// The same 401 is a documented answer where the control call is accepted.
#[test]
fn a_401_for_the_deleted_customer_alone_is_an_accepted_reading() {
    let mut gone = false;
    let record = play(LONG, &secure(), &[], |request, response| {
        gone = (gone || request.method == "DELETE") && request.method != "POST";
        let refused = gone && request.target.starts_with("/status/");
        Ok(if refused { Response::new(401) } else { response })
    });
    assert_eq!(found(&record), []);
    assert_eq!(record.outcome, Outcome::Conforms);
    let read = record
        .steps
        .iter()
        .flat_map(|step| &step.readings)
        .any(|reading| reading.requirement.as_str() == "KT-RESIGN-PROOF");
    assert!(read, "the reading is told");
}

/// A vendor whose customers come back three times at one instant creates one of them; which answer says so is chance.
#[rstest]
#[case::created_by_the_first([201, 200, 200], &[])]
#[case::created_by_the_second([200, 201, 200], &[])]
#[case::created_by_the_last([200, 200, 201], &[])]
#[case::created_twice([201, 200, 201], &[("KT-APPLY-IDEMPOTENT", Level::Must)])]
fn of_applications_at_one_instant_any_may_bring_the_customer_back(
    #[case] statuses: [u16; 3],
    #[case] expected: &[(&str, Level)],
) {
    let deliveries = deliveries("kt-bizstore", "bizstore-2.1.2", &[]);
    let case = deliveries.iter().find(|case| case.name.ends_with("apply-anew/at-once")).expect("it is computed");
    let (mut gone, mut back) = (false, 0);
    let record = play_computed(case, |request, mut response| {
        gone |= request.method == "DELETE";
        if gone && request.method == "POST" {
            response.status = *statuses.get(back).expect("three calls");
            back += 1;
        }
        Ok(response)
    });
    assert_eq!(found(&record), expected);
}

/// Days to come are all that a customer of today has: where they show nothing, four rules are not looked at.
#[rstest]
#[case::empty(200)]
#[case::refused(400)]
fn a_vendor_that_bills_no_days_to_come_is_not_said_to_prorate(#[case] status: u16) {
    let record = play("kt-bizstore/billing/month-to-date", &secure(), &[], |request, response| {
        let to_come = request.target.strip_prefix("/bill-list/date/").is_some_and(|day| day > "2026-03-10");
        Ok(if to_come { Response { status, body: b"[]".to_vec(), ..response } } else { response })
    });
    assert_eq!(found(&record), []);
    let skipped = skipped(&record);
    for rule in ["KT-BILL-MONTH-TO-DATE", "KT-BILL-PRORATED", "KT-BILL-RESET", "KT-BILL-MONTH"] {
        assert!(skipped.contains(&rule), "{rule} is not in {skipped:?}");
    }
}

/// A set-up that has ended cannot end next week.
#[test]
fn a_set_up_that_ended_on_a_day_to_come_breaks_kt_status_installing() {
    let record = play(LONG, &secure(), &[], |_, mut response| {
        let text = String::from_utf8_lossy(&response.body)
            .replace("\"install-complete-date\":\"20260310\"", "\"install-complete-date\":\"20260317\"");
        response.body = text.into_bytes();
        Ok(response)
    });
    assert_eq!(found(&record), [("KT-STATUS-INSTALLING", Level::Must)]);
}

/// What the first finding of a rule gives as its cause.
fn cause(record: &CaseRecord, rule: &str) -> Option<String> {
    let mut findings = record.steps.iter().flat_map(|step| &step.findings);
    findings.find(|weighed| weighed.finding.requirement.as_str() == rule)?.finding.cause.clone()
}

/// The address is right where other calls are answered: the 404 is about the day.
#[test]
fn a_404_for_a_day_without_charges_is_not_blamed_on_the_address() {
    let record = play("kt-bizstore/billing/month-to-date", &secure(), &[], |request, response| {
        let before = request.target.strip_prefix("/bill-list/date/").is_some_and(|day| day < "2026-03-10");
        Ok(if before { Response::new(404) } else { response })
    });
    let cause = cause(&record, "KT-HTTP-STATUS");
    assert!(cause.as_deref().is_some_and(|cause| cause.contains("empty list")), "{cause:?}");
}

/// "0" after a withdrawal is the mistake; that the set-up has its date is none.
#[test]
fn a_status_that_falls_back_after_a_withdrawal_is_not_blamed_on_its_date() {
    let mut gone = false;
    let record = play(LONG, &secure(), &[], |request, mut response| {
        gone |= request.method == "DELETE";
        if gone && request.target.starts_with("/status/") {
            let text = String::from_utf8_lossy(&response.body);
            response.body = text.replace("\"99\"", "\"0\"").replace("\"98\"", "\"0\"").into_bytes();
        }
        Ok(response)
    });
    assert_eq!(found(&record), [("KT-RESIGN-STATUS", Level::Must)]);
}

/// Tokens of one second are the same: a vendor that remembers them refuses the store, and its developer reads so.
#[test]
fn a_vendor_that_takes_a_token_once_reads_that_it_comes_again() {
    let record = play(SHORT, &secure(), &[], |_, _| Ok(Response::new(401)));
    let cause = cause(&record, "KT-AUTH-VALID");
    assert!(cause.as_deref().is_some_and(|cause| cause.contains("one token more than once")), "{cause:?}");
}
