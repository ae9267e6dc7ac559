//! Applications that are wrong, or odd, on purpose: what became of them the document leaves open.
//!
//! No member of the application is mandatory, and nothing says what a vendor makes of one that it cannot read. Refusing the
//! call with 4xx and leaving the member out are both right; an error of the server is not, and is told as for any call.

use serde_json::Value;

use super::super::rule;
use super::Case;
use crate::check::calendar::{date, period};
use crate::check::oddity;
use crate::verdict::{Judgement, Place};
use crate::wire::Response;

/// The longest contract that anybody signs, in years.
const MOST_YEARS: u32 = 99;

/// What is wrong or odd about an application, as words that follow "an application with"; `None` for an ordinary one.
pub(super) fn of(case: &Case<'_>) -> Option<String> {
    let request = &case.exchange.request;
    if case.draft.operation.id != "applyCustomer" || request.body.is_empty() {
        return None;
    }
    if let Some(odd) = oddity::of_body(request) {
        return Some(odd);
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(&request.body) else {
        return Some("a body that is no JSON object".to_owned());
    };
    let body = case.draft.operation.body.as_ref();
    let media =
        body.and_then(|body| body.content.iter().find(|media| media.media_type.starts_with("application/json")));
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let wrong_day = || text("license-start-date").filter(|day| date(day).is_err());
    let wrong_period = || text("contract-discount-period").filter(|text| period(text).is_err());
    let signed = |years: &&str| years.parse().is_ok_and(|years: u32| years <= MOST_YEARS);
    let wrong_years = || text("contract-period").filter(|years| !signed(years));
    let odd = wrong_day().map(|day| format!("license-start-date {day:?}, which is no day"));
    let odd =
        odd.or_else(|| wrong_period().map(|text| format!("contract-discount-period {text:?}, which is no period")));
    let odd = odd.or_else(|| wrong_years().map(|years| format!("contract-period {years:?}")));
    if odd.is_some() {
        return odd;
    }
    let violations = media?.schema.as_ref()?.validate(&Value::Object(members.clone()));
    let first = violations.into_iter().next()?;
    Some(format!("{} {}", first.pointer.trim_start_matches('/'), first.actual))
}

/// The answer to such an application where it is refused; `false` where it is not.
pub(super) fn refused(odd: &str, response: &Response, judgement: &mut Judgement) -> bool {
    let refused = (400..500).contains(&response.status);
    if refused {
        let met = format!("an application with {odd} is refused with {}", response.status);
        judgement.read(rule::APPLY_CREATED, Place::Status, met);
    }
    refused
}

/// A path on which nothing is.
pub(super) fn path(case: &Case<'_>, response: &Response, judgement: &mut Judgement) {
    let path = case.exchange.request.path();
    match response.status {
        404 => {}
        status => judgement.read(rule::HTTP_STATUS, Place::Status, format!("{status} for {path}, where nothing is")),
    }
}
