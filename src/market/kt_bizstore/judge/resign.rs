//! `DELETE /customers/{mem-sq}`: a customer leaves.

use jiff::civil::Date;
use serde_json::Value;

use super::super::memory::{Memory, Standing};
use super::super::rule;
use super::{Case, documented, json_body};
use crate::verdict::{Breach, Finding, Judgement, Place};
use crate::wire::Response;

pub(super) fn answer(case: &Case<'_>, response: &Response, memory: &mut Memory) -> Judgement {
    let mut judgement = Judgement::default();
    let mem_sq = case.mem_sq();
    let standing = memory.known(&mem_sq).map_or(Standing::Unknown, |customer| customer.standing);
    let served = matches!(standing, Standing::Applied | Standing::Installed);
    if matches!(standing, Standing::Resigning | Standing::Deleted) {
        memory.customer(&mem_sq).left_again = true;
    }
    // Of several at one instant another one may have been the first.
    let second = case.delivery.together;
    if (!served || second) && (400..500).contains(&response.status) {
        let met = format!("the resignation of a customer it does not serve is answered with {}", response.status);
        judgement.read(rule::RESIGN_UNKNOWN, Place::Status, met);
        return judgement;
    }
    if !documented(case, &[200], rule::HTTP_STATUS, response, memory, &mut judgement) {
        return judgement;
    }
    let members = ["success", "description"];
    let Some(value) = json_body(case, response, &members, |_, _| rule::RESIGN_ANSWER, &mut judgement) else {
        // Whether the customer has left, an answer that cannot be read does not say.
        if served {
            memory.customer(&mem_sq).standing = Standing::Uncertain;
        }
        return judgement;
    };
    let success = match value.get("success") {
        Some(Value::Bool(success)) => Some(*success),
        Some(Value::String(text)) => match text.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        _ => None,
    };
    let place = Place::Body("/success".to_owned());
    match (success, value.get("success")) {
        (Some(_), Some(Value::String(_))) => judgement.read(rule::RESIGN_ANSWER, place.clone(), "success as text"),
        (None, Some(other)) if !already_found(&judgement, &place) => {
            let expected = "true or false (as JSON boolean or as text)".to_owned();
            let breach = Breach::Form { expected, actual: other.to_string() };
            judgement.find(Finding::new(rule::RESIGN_ANSWER, place.clone(), breach));
        }
        _ => {}
    }
    let today = case.today();
    match (served, success) {
        // Whether the one before it had worked or not, this one has.
        (false, Some(true) | None) if standing == Standing::Uncertain => left(&mem_sq, today, memory),
        (true, Some(true) | None) => left(&mem_sq, today, memory),
        (true, Some(false)) if second => {}
        (true, Some(false)) => {
            let because = "the customer is known and may leave at any time".to_owned();
            let breach = Breach::Value { expected: "true".to_owned(), actual: "false".to_owned(), because };
            judgement.find(Finding::new(rule::RESIGN_SUCCESS, place, breach));
        }
        (false, Some(true)) if standing == Standing::Unknown => {
            let because = "nobody applied for this customer, so nothing can have been deleted".to_owned();
            let breach = Breach::Value { expected: "false".to_owned(), actual: "true".to_owned(), because };
            judgement.find(Finding::new(rule::RESIGN_UNKNOWN, place, breach));
        }
        _ => {}
    }
    judgement
}

/// The customer has left.
fn left(mem_sq: &str, today: Date, memory: &mut Memory) {
    let customer = memory.customer(mem_sq);
    customer.standing = Standing::Resigning;
    customer.resigned_on = Some(today);
    customer.leaving = false;
    customer.left_again = false;
    customer.created = 0;
}

fn already_found(judgement: &Judgement, place: &Place) -> bool {
    judgement.findings.iter().any(|finding| finding.place == *place)
}
