//! The good answers of the five calls, as the documents describe them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::calendar;
use super::fault::{Fault, Faults};
use super::store::{Customer, Delays, Stage};
use crate::wire::{Headers, Response};

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// `GET /status/{mem-sq}`
    Status,
    /// `POST /customers/{mem-sq}`
    Apply,
    /// `DELETE /customers/{mem-sq}`
    Resign,
    /// `GET /bill-list/date/{bill-day}`
    BillByDay,
    /// `GET /bill-list/customer/{mem-sq}`
    BillByCustomer,
    /// A page for the customer's browser, outside of the contract.
    Page,
}

/// Contacts in the documented form; invented people.
const MANAGER: &str = "김하나(010-0000-0001,manager@vendor.example)";
const ENGINEER: &str = "이두리(010-0000-0002,engineer@vendor.example)";

/// A JSON answer.
pub(crate) fn json(status: u16, body: &Value) -> Response {
    let headers = Headers::from_iter([("Content-Type", "application/json; charset=utf-8")]);
    Response { headers, body: body.to_string().into_bytes(), ..Response::new(status) }
}

/// An HTML answer.
pub(crate) fn html(status: u16, page: String) -> Response {
    let headers = Headers::from_iter([("Content-Type", "text/html; charset=utf-8")]);
    Response { headers, body: page.into_bytes(), ..Response::new(status) }
}

/// The status of a customer.
pub(crate) fn status(customer: &Customer, now: Timestamp, delays: Delays, faults: &Faults) -> Value {
    let registration = customer.current();
    let stage = registration.stage(now, delays, faults);
    let installed = calendar::compact(calendar::day(registration.installed));
    let install_date = match stage {
        Stage::Installing if faults.has(Fault::StatusInstallDateEarly) => {
            calendar::compact(calendar::day(registration.applied))
        }
        Stage::Installing => calendar::NOT_INSTALLED.to_owned(),
        _ if now < registration.installed => calendar::NOT_INSTALLED.to_owned(),
        _ if faults.has(Fault::StatusInstallDateStays) => calendar::NOT_INSTALLED.to_owned(),
        _ if faults.has(Fault::StatusInstallDateEmpty) => String::new(),
        _ if faults.has(Fault::StatusInstallDateImpossible) => format!("{}0231", &installed[..4]),
        _ if faults.has(Fault::StatusInstallDateBefore) => "20200101".to_owned(),
        _ => installed,
    };
    let code = match stage {
        Stage::Installing => "0",
        Stage::Installed if faults.has(Fault::StatusGoesBack) && customer.polls.is_multiple_of(2) => "0",
        Stage::Installed => "1",
        Stage::Deleting | Stage::Deleted if faults.has(Fault::ResignCodeUndocumented) => "2",
        Stage::Deleting | Stage::Deleted if faults.has(Fault::ResignCodeZero) => "0",
        Stage::Deleting if faults.has(Fault::ResignComesBack) && customer.polls.is_multiple_of(2) => "1",
        Stage::Deleting if faults.has(Fault::ResignStatusLate) && is_early(registration.resigned, now) => "1",
        Stage::Deleting => "98",
        Stage::Deleted => "99",
    };
    let mut status = json!({ "mem-sq": customer.mem_sq });
    if let Some(start) = &registration.license_start {
        status["license-start-date"] = json!(start);
    }
    status["reg-date"] = json!(calendar::compact(calendar::day(registration.applied)));
    status["install-complete-date"] = json!(install_date);
    status["status"] = json!(code);
    status["service-manager"] = json!(MANAGER);
    status["service-engineer"] = json!(ENGINEER);
    status
}

/// Whether a resignation is a moment ago only.
fn is_early(resigned: Option<Timestamp>, now: Timestamp) -> bool {
    resigned.is_some_and(|resigned| now.duration_since(resigned).as_millis() < 100)
}

/// The answer to a resignation. Resigning twice is no failure: the store may not have seen the first answer.
pub(crate) fn resigned(again: bool) -> Value {
    let description = if again { "the customer has resigned before" } else { "the customer's data is being deleted" };
    json!({ "success": true, "description": description })
}
