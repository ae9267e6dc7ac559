//! `POST /customers/{mem-sq}`: application and single sign-on.
//!
//! 201 completes an application, 200 hands over the login page of a customer who is known already; both carry
//! `Location` and an HTML page (document 2.1.2; that 200 means a known customer is inferred). 3xx belongs to 3.0.0.

use super::super::memory::{FirstDay, Memory, Standing};
use super::super::rule;
use super::{Case, TRIAL, WRONG_ADDRESS, compressed, documented, key, refusal};
use crate::check::body::text_of;
use crate::check::location::{NotAbsolute, absolute, foreign_character, is_loopback, on_other_port};
use crate::check::{charset, message};
use crate::verdict::{Breach, Finding, Judgement, Place};
use crate::wire::{Response, Visit, VisitEnd};

pub(super) fn answer(case: &Case<'_>, response: &Response, memory: &mut Memory) -> Judgement {
    let mut judgement = Judgement::default();
    if (300..400).contains(&response.status) {
        judgement.findings.extend(message::status(&rule::APPLY_REDIRECT, &[200, 201], response));
        location(case, response, &mut judgement);
        accepted(case, response, memory);
        return judgement;
    }
    if (400..500).contains(&response.status) && refused(case, response, memory, &mut judgement) {
        return judgement;
    }
    if !documented(case, &[200, 201], rule::HTTP_STATUS, response, memory, &mut judgement) {
        return judgement;
    }
    if case.mem_sq().starts_with(TRIAL) {
        judgement.skip(rule::APPLY_TRIAL, NO_TRIAL);
    }
    if response.headers.get("Location").is_none()
        && let Some(said) = refusal::says_fail(response)
    {
        judgement.find(refusal::hidden(&said, response));
        return judgement;
    }
    created_once(case, response, memory, &mut judgement);
    accepted(case, response, memory);
    location(case, response, &mut judgement);
    if compressed(case, &rule::APPLY_HTML, response, &mut judgement) {
        return judgement;
    }
    judgement.findings.extend(message::content_type(&rule::APPLY_HTML, &["text/html"], response));
    judgement.findings.extend(charset::text(&rule::HTTP_CHARSET, response));
    if response.body.iter().all(u8::is_ascii_whitespace) {
        let because = "browsers ignore Location on 200 and 201, so the store hands this page to the customer";
        let breach = Breach::Missing { what: "the login page in the body".to_owned(), because: because.to_owned() };
        judgement.find(Finding::new(rule::APPLY_HTML, Place::Body(String::new()), breach));
    }
    judgement
}

/// Members of the application that are documented.
const MEMBERS: [&str; 6] = [
    "service-info",
    "onetime-type",
    "contract-period",
    "contract-discount-period",
    "license-start-date",
    "license-states-cd",
];

const NO_TRIAL: &str = "name a customer on a free trial with --input trial-customer=KEY";

/// An application that was refused with 4xx. False where the scenario's own criteria say more.
fn refused(case: &Case<'_>, response: &Response, memory: &Memory, judgement: &mut Judgement) -> bool {
    let status = response.status;
    // A valid token that was refused is told by its own rule.
    if status == 401 || !judgement.findings.is_empty() {
        return false;
    }
    let mem_sq = case.mem_sq();
    let standing = memory.known(&mem_sq).map_or(Standing::Unknown, |customer| customer.standing);
    let member = |name: &str| case.draft.payload.as_ref()?.get(name).map(text_of);
    let mut find = |requirement, what: &str, cause: String| {
        let breach = Breach::Refused { what: what.to_owned(), actual: status };
        judgement.find(Finding::new(requirement, Place::Status, breach).because(cause));
        true
    };
    match standing {
        Standing::Applied | Standing::Installed
            if status != 409 && member("license-states-cd").as_deref() == Some("2") =>
        {
            let cause = "state code 2 (license-states-cd, suspended) was refused; the store has no other call to suspend a \
                         customer, and takes no other answer than that of a sign-on";
            find(rule::APPLY_SSO, "the suspension of a customer", cause.to_owned())
        }
        Standing::Applied | Standing::Installed => {
            let requirement = if case.delivery.together { rule::APPLY_IDEMPOTENT } else { rule::APPLY_SSO };
            let cause = "the customer applied before, so this call is its sign-on: look the key up, and answer 200 with a \
                         fresh login page when it is there";
            find(requirement, "the sign-on of a known customer", cause.to_owned())
        }
        Standing::Uncertain => {
            let cause = "the answer to the first call was lost, so the store sent it again: when the customer is there, this \
                         is its sign-on";
            find(rule::APPLY_IDEMPOTENT, "an application that is sent again", cause.to_owned())
        }
        Standing::Unknown if case.delivery.together && status == 409 => {
            let cause = "another call of the same instant created the customer, so this one is its sign-on";
            find(rule::APPLY_IDEMPOTENT, "an application that is sent twice at one instant", cause.to_owned())
        }
        Standing::Unknown if mem_sq.starts_with(TRIAL) && matches!(status, 400 | 404) => {
            judgement.skip(rule::APPLY_TRIAL, NO_TRIAL);
            true
        }
        Standing::Unknown if !mem_sq.starts_with(TRIAL) && status != 406 => {
            if let Some(odd) = key::oddness(&mem_sq) {
                let met = format!("keys with {odd} are refused with {status}");
                judgement.read(rule::MEM_SQ, Place::Status, met);
                return true;
            }
            let Some(payload) = &case.draft.payload else {
                let met = format!("an application without a body is refused with {status}");
                judgement.read(rule::APPLY_CREATED, Place::Status, met);
                return true;
            };
            if member("license-states-cd").as_deref() == Some("1") && !matches!(status, 404 | 405) {
                // State code 1 ends a service; of whom nothing is known, there is none to end.
                let met =
                    format!("an application with which a service would end that never began is refused with {status}");
                judgement.read(rule::APPLY_CREATED, Place::Status, met);
                return true;
            }
            let Some(members) = payload.as_object() else { return false };
            if members.keys().any(|member| !MEMBERS.contains(&member.as_str())) {
                return false;
            }
            let names: Vec<&str> = members.keys().map(String::as_str).collect();
            let cause = match (status, names.as_slice()) {
                (404 | 405, _) => WRONG_ADDRESS.to_owned(),
                (_, []) => "the body was an empty object; every member is optional in the document".to_owned(),
                _ => format!(
                    "the body had {} alone, as text; every member is optional in the document, and codes are text",
                    names.join(", ")
                ),
            };
            find(rule::APPLY_CREATED, "the first application of a customer", cause)
        }
        _ => false,
    }
}

/// 201 for a customer whom the vendor cannot know, 200 for one whom it must know, 201 once.
fn created_once(case: &Case<'_>, response: &Response, memory: &mut Memory, judgement: &mut Judgement) {
    let together = case.delivery.together;
    let taken_for = key::taken_for(memory, &case.mem_sq());
    let customer = memory.customer(&case.mem_sq());
    let created = response.status == 201;
    match customer.standing {
        Standing::Uncertain => {}
        Standing::Unknown if !created => {
            let (requirement, cause) = match taken_for {
                Some((other, how)) => (rule::MEM_SQ, format!("{how}: {other} applied before")),
                None if customer.named_before => (
                    rule::APPLY_CREATED,
                    "the store had asked for this customer before, and a question must not register anybody; or it is \
                     known from an earlier run with this seed, and another --seed sends other keys"
                        .to_owned(),
                ),
                None => (
                    rule::APPLY_CREATED,
                    "200 is for customers who are known; a first application is answered with 201, unless it is known from an \
                     earlier run with this seed (another --seed sends other keys)"
                        .to_owned(),
                ),
            };
            let finding = message::status(&requirement, &[201], response).filter(|_| !together);
            judgement.findings.extend(finding.map(|finding| finding.because(cause)));
        }
        Standing::Unknown => {}
        // The store applies again only after the end; while the deletion runs, both answers can be argued.
        Standing::Resigning => {}
        // Of simultaneous calls the one that was answered first may have found what another had begun.
        Standing::Deleted if !created && !together => {
            judgement.findings.extend(message::status(&rule::APPLY_AGAIN, &[201], response));
        }
        Standing::Deleted => {}
        Standing::Applied | Standing::Installed if created => {
            // Of answers to simultaneous calls any one may be the first.
            if !(together && customer.created == 0) {
                let requirement = if together { rule::APPLY_IDEMPOTENT } else { rule::APPLY_SSO };
                let cause = "the customer was created a second time: look the key up before inserting, in one step \
                             (a unique index on mem-sq)";
                let finding = message::status(&requirement, &[200], response);
                judgement.findings.extend(finding.map(|finding| finding.because(cause)));
            }
        }
        Standing::Applied | Standing::Installed => {}
    }
}

fn accepted(case: &Case<'_>, response: &Response, memory: &mut Memory) {
    let today = case.today();
    let customer = memory.customer(&case.mem_sq());
    // Each life is created for itself.
    if matches!(customer.standing, Standing::Resigning | Standing::Deleted) {
        customer.created = 0;
    }
    if response.status == 201 {
        customer.created += 1;
    }
    let member = |name: &str| case.draft.payload.as_ref()?.get(name).map(text_of);
    if !customer.active() {
        if customer.standing == Standing::Deleted {
            customer.bills.clear();
        }
        if matches!(customer.standing, Standing::Resigning | Standing::Deleted) {
            customer.returned_on = Some(today);
        }
        customer.signed_on = false;
        customer.leaving = false;
        customer.flat = false;
        customer.told_joined = false;
        customer.goes_on = false;
        customer.free_until = None;
        customer.installed = false;
        customer.billed_in_setup = None;
        customer.first_day = FirstDay::default();
        customer.applied_on = Some(today);
        customer.onetime_on = None;
        customer.license_start = member("license-start-date").filter(|_| !super::flawed::of(case));
        customer.standing = Standing::Applied;
        customer.resigned_on = None;
        customer.suspended_since = None;
        customer.resumed = false;
    } else {
        customer.signed_on = true;
    }
    if let Some(kind) = member("onetime-type") {
        customer.onetime = Some(kind);
    }
    if let Some(plan) = member("service-info").filter(|_| !super::flawed::of(case)) {
        customer.plan = Some(plan);
    }
    match member("license-states-cd").as_deref() {
        Some("2") => {
            customer.suspended_since.get_or_insert(today);
        }
        Some("0") => {
            customer.resumed |= customer.suspended_since.is_some();
            customer.suspended_since = None;
        }
        _ => {}
    }
}

fn location(case: &Case<'_>, response: &Response, judgement: &mut Judgement) {
    if let Some(finding) = message::header_once(&rule::APPLY_LOCATION, "Location", response) {
        judgement.find(finding);
    }
    let Some(header) = response.headers.get("Location") else { return };
    let actual = header.text();
    let place = Place::Header(header.name.clone());
    let url = match absolute(&actual) {
        Ok(url) => url,
        Err(problem) => {
            let expected = "an absolute address such as https://vendor.example/sso".to_owned();
            let breach = Breach::Url { problem: problem.to_string(), expected, actual };
            let mut finding = Finding::new(rule::APPLY_LOCATION_ABSOLUTE, place, breach);
            match problem {
                NotAbsolute::Relative => {
                    finding = finding.so_that("The store opens the address on its own site, where it leads nowhere.");
                }
                NotAbsolute::Placeholder => {
                    finding = finding.because("the example was copied as it is; write your own address in its place");
                }
                _ => {}
            }
            judgement.find(finding);
            return;
        }
    };
    if let Some(foreign) = foreign_character(&actual) {
        let problem = format!("no URL as it stands: it has {foreign:?}, which must be percent-encoded (RFC 3986, 2)");
        let breach = Breach::Url { problem, expected: "characters of a URL alone".to_owned(), actual: actual.clone() };
        judgement.find(Finding::new(rule::APPLY_LOCATION_URL, place.clone(), breach));
    }
    let peer = &case.exchange.peer;
    if is_loopback(&url) && peer.loopback {
        judgement.skip_local(rule::APPLY_LOCATION_HTTPS, "the address is on this machine");
    } else if url.scheme() != "https" && !peer.loopback {
        let problem = "a plain http address".to_owned();
        let breach = Breach::Url { problem, expected: "https".to_owned(), actual: actual.clone() };
        judgement.find(Finding::new(rule::APPLY_LOCATION_HTTPS, place.clone(), breach));
    }
    let base = absolute(&peer.base).ok();
    let Some(base) = base else { return };
    let same_host = base.host() == url.host() || (peer.loopback && is_loopback(&url));
    let problem = match (same_host, on_other_port(&base, &url)) {
        (false, _) => Some("on another host than the vendor's endpoint"),
        (true, true) => Some("on another port than the vendor's endpoint"),
        (true, false) => None,
    };
    if let Some(problem) = problem {
        let expected = base.host_str().unwrap_or_default();
        let expected = base.port().map_or_else(|| expected.to_owned(), |port| format!("{expected}:{port}"));
        let breach = Breach::Url { problem: problem.to_owned(), expected, actual };
        judgement.find(Finding::new(rule::APPLY_LOCATION_ORIGIN, place, breach));
    }
}

/// Judges the login page behind `Location`, opened as the customer's browser would.
pub(crate) fn page(visit: &Visit) -> Judgement {
    let mut judgement = Judgement::default();
    // What is no address is found as such.
    if absolute(&visit.url).is_err() {
        return judgement;
    }
    let place = Place::Header("Location".to_owned());
    let last = visit.hops.last();
    match &visit.end {
        VisitEnd::Page { media_type, text } => {
            if let Some(hop) = last.filter(|hop| hop.status != 200) {
                let breach = Breach::Page { url: hop.url.clone(), status: hop.status };
                judgement.find(Finding::new(rule::APPLY_PAGE, place, breach));
            } else if media_type.as_deref().is_some_and(|media_type| !media_type.contains("html")) {
                let expected = vec!["text/html".to_owned()];
                let breach = Breach::ContentType { expected, actual: media_type.clone() };
                judgement.find(Finding::new(rule::APPLY_PAGE, place, breach));
            } else if text.trim().is_empty() {
                let because = "the customer would look at an empty window".to_owned();
                let breach = Breach::Missing { what: format!("the text of the page {}", visit.url), because };
                judgement.find(Finding::new(rule::APPLY_PAGE, place, breach));
            }
        }
        VisitEnd::LeftOrigin { to } => {
            let why = format!("it leads to {to}, away from the vendor's own origin, and was not followed");
            judgement.skip(rule::APPLY_PAGE, why);
        }
        // A Location that is no address is a finding of its own.
        VisitEnd::NotAUrl => {}
        VisitEnd::TooManyRedirects => {
            let breach = Breach::Url {
                problem: "the beginning of more than ten redirects".to_owned(),
                expected: "a login page".to_owned(),
                actual: visit.url.clone(),
            };
            judgement.find(Finding::new(rule::APPLY_PAGE, place, breach));
        }
        VisitEnd::Failed { why } => {
            let breach = Breach::Url {
                problem: format!("an address that does not open: {why}"),
                expected: "a login page".to_owned(),
                actual: visit.url.clone(),
            };
            judgement.find(Finding::new(rule::APPLY_PAGE, place, breach));
        }
    }
    judgement
}
