//! Applications that are wrong, or odd, on purpose: what became of them the document leaves open.
//!
//! No member of the application is mandatory, and nothing says what a vendor makes of one that it cannot read. Refusing the
//! call with 4xx and leaving the member out are both right; an error of the server is not, and is told as for any call.

use serde_json::Value;

use super::Case;
use crate::check::calendar::{date, period};
use crate::check::oddity;

/// The longest contract that anybody signs, in years.
const MOST_YEARS: u32 = 99;

/// Whether something is wrong or odd about the body of an application.
pub(super) fn of(case: &Case<'_>) -> bool {
    let request = &case.exchange.request;
    if case.draft.operation.id != "applyCustomer" || request.body.is_empty() {
        return false;
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(&request.body) else { return true };
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let wrong_day = || text("license-start-date").is_some_and(|day| date(day).is_err());
    let wrong_period = || text("contract-discount-period").is_some_and(|text| period(text).is_err());
    let signed = |years: &str| years.parse().is_ok_and(|years: u32| years <= MOST_YEARS);
    let wrong_years = || text("contract-period").is_some_and(|years| !signed(years));
    let body = case.draft.operation.body.as_ref();
    let schema = body.and_then(|body| {
        let media = body.content.iter().find(|media| media.media_type.starts_with("application/json"))?;
        media.schema.as_ref()
    });
    oddity::of_body(request).is_some()
        || wrong_day()
        || wrong_period()
        || wrong_years()
        || schema.is_some_and(|schema| !schema.validate(&Value::Object(members.clone())).is_empty())
}

/// What is odd about any call, beside what it says: its path, or the form of its body. The store sends nothing of the kind,
/// so that an error of the server is told by a rule of its own.
pub(super) fn stumbling(case: &Case<'_>) -> bool {
    case.draft.behind.is_some() || oddity::of_body(&case.exchange.request).is_some()
}
