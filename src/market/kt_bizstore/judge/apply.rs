//! `POST /customers/{mem-sq}`: application and single sign-on.
//!
//! 201 completes an application, 200 hands over the login page of a customer who is known already; both carry
//! `Location` and an HTML page (document 2.1.2; that 200 means a known customer is inferred). 3xx belongs to 3.0.0.

use super::super::memory::{FirstDay, Memory, Standing};
use super::super::rule;
use super::{Case, documented};
use crate::check::location::{NotAbsolute, absolute, is_loopback};
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
    if !documented(case, &[200, 201], rule::HTTP_STATUS, response, &mut judgement) {
        return judgement;
    }
    created_once(case, response, memory, &mut judgement);
    accepted(case, response, memory);
    location(case, response, &mut judgement);
    judgement.findings.extend(message::content_type(&rule::APPLY_HTML, &["text/html"], response));
    judgement.findings.extend(charset::text(&rule::HTTP_CHARSET, response));
    if response.body.iter().all(u8::is_ascii_whitespace) {
        let because = "browsers ignore Location on 200 and 201, so the store hands this page to the customer";
        let breach = Breach::Missing { what: "the login page in the body".to_owned(), because: because.to_owned() };
        judgement.find(Finding::new(rule::APPLY_HTML, Place::Body(String::new()), breach));
    }
    judgement
}

/// 201 for a customer whom the vendor cannot know, 200 for one whom it must know, 201 once.
fn created_once(case: &Case<'_>, response: &Response, memory: &mut Memory, judgement: &mut Judgement) {
    let together = case.delivery.together;
    let customer = memory.customer(&case.mem_sq());
    let created = response.status == 201;
    match customer.standing {
        Standing::Uncertain => {}
        Standing::Unknown if !created => {
            let finding = message::status(&rule::APPLY_CREATED, &[201], response);
            judgement.findings.extend(finding.filter(|_| !together));
        }
        Standing::Unknown => {}
        // The store applies again only after the end; while the deletion runs, both answers can be argued.
        Standing::Resigning => {}
        Standing::Deleted if !created => {
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
    if response.status == 201 {
        customer.created += 1;
    }
    let member = |name: &str| case.draft.payload.as_ref()?.get(name).map(super::text_of);
    if !customer.active() {
        if customer.standing == Standing::Deleted {
            customer.bills.clear();
        }
        customer.installed = false;
        customer.billed_in_setup = None;
        customer.first_day = FirstDay::default();
        customer.applied_on = Some(today);
        customer.onetime_on = None;
        customer.license_start = member("license-start-date");
        customer.standing = Standing::Applied;
        customer.resigned_on = None;
        customer.suspended_since = None;
        customer.resumed = false;
    }
    if let Some(kind) = member("onetime-type") {
        customer.onetime = Some(kind);
    }
    if let Some(plan) = member("service-info") {
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
            if problem == NotAbsolute::Relative {
                finding = finding.so_that("The store opens the address on its own site, where it leads nowhere.");
            }
            judgement.find(finding);
            return;
        }
    };
    let peer = &case.exchange.peer;
    if is_loopback(&url) && peer.loopback {
        judgement.skip(rule::APPLY_LOCATION_HTTPS, "the address is on this machine");
    } else if url.scheme() != "https" && !peer.loopback {
        let problem = "a plain http address".to_owned();
        let breach = Breach::Url { problem, expected: "https".to_owned(), actual: actual.clone() };
        judgement.find(Finding::new(rule::APPLY_LOCATION_HTTPS, place.clone(), breach));
    }
    let base = absolute(&peer.base).ok();
    if base.as_ref().is_some_and(|base| base.host() != url.host()) && !(peer.loopback && is_loopback(&url)) {
        let expected = base.and_then(|base| base.host_str().map(str::to_owned)).unwrap_or_default();
        let breach = Breach::Url { problem: "on another host than the vendor's endpoint".to_owned(), expected, actual };
        judgement.find(Finding::new(rule::APPLY_LOCATION_ORIGIN, place, breach));
    }
}

/// Judges the login page behind `Location`, opened as the customer's browser would.
pub(crate) fn page(visit: &Visit) -> Judgement {
    let mut judgement = Judgement::default();
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
