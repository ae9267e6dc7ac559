//! `GET /bill-list/date/{bill-day}` and `GET /bill-list/customer/{mem-sq}`: what is charged.
//!
//! The document promises one figure per day for a customer and describes a single object; both readings are accepted.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::Value;

use super::super::memory::{Figure, Memory, Standing};
use super::super::rule;
use super::super::settings::ByCustomer;
use super::{Case, charge, documented, form, json_body, key, list, month, refusal, rounding, scalar, whole};
use crate::check::calendar::{DateForm, date};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Response;

/// Findings on further entries of a list that are like those before say nothing new.
const MOST_ENTRIES_TOLD: usize = 20;

/// What a bill has to have.
const MEMBERS: [&str; 6] = ["mem-sq", "bill-date", "service-info", "free-period", "license-count", "pay-amt"];

/// The plans of `service-info`.
const PLANS: [&str; 4] = ["2", "3", "4", "5"];

pub(super) fn by_day(case: &Case<'_>, response: &Response, memory: &mut Memory) -> Judgement {
    let mut judgement = Judgement::default();
    let asked = case.bill_day();
    let day = match date(&asked) {
        Ok((day, DateForm::Dashed)) => Some(day),
        _ => None,
    };
    let Some(day) = day else {
        refusal::bad_date(&asked, response, &mut judgement);
        return judgement;
    };
    if day > case.today() && (400..500).contains(&response.status) && !matches!(response.status, 401 | 403) {
        list::unseen("the vendor answers no bills for days that are still to come", &mut judgement);
        return judgement;
    }
    if response.status == 400 {
        let what = format!("the day {day}, which is no later than today,");
        let breach = Breach::Refused { what, actual: response.status };
        let cause =
            "the path ends in yyyy-mm-dd, as the document has it; check that the vendor reads all ten characters";
        judgement.find(Finding::new(rule::HTTP_STATUS, Place::Status, breach).because(cause));
        return judgement;
    }
    if !documented(case, &[200], rule::HTTP_STATUS, response, memory, &mut judgement) {
        return judgement;
    }
    let of_list = |pointer: &str, keyword: &str| {
        if pointer.is_empty() { rule::BILL_LIST } else { requirement(pointer, keyword) }
    };
    let Some(value) = json_body(case, response, &MEMBERS, of_list, &mut judgement) else { return judgement };
    let Value::Array(bills) = &value else {
        if !judgement.findings.iter().any(|finding| finding.requirement == rule::BILL_LIST) {
            let breach = Breach::Form { expected: "a list of bills".to_owned(), actual: kind(&value).to_owned() };
            judgement.find(Finding::new(rule::BILL_LIST, Place::Body(String::new()), breach));
        }
        return judgement;
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, bill) in bills.iter().enumerate() {
        let at = format!("/{index}");
        let mem_sq = scalar(bill, "mem-sq");
        let again = mem_sq.as_ref().is_some_and(|mem_sq| seen.contains_key(mem_sq));
        if index < MOST_ENTRIES_TOLD || ours(bill, memory) {
            let told = judgement.findings.len();
            let figures = if again { Figures::Again(day) } else { Figures::OfDay(day) };
            entry(case, bill, &at, figures, memory, &mut judgement);
            of_whom(mem_sq.as_deref(), &mut judgement.findings[told..]);
        }
        let Some(mem_sq) = mem_sq else { continue };
        let count = seen.entry(mem_sq.clone()).or_default();
        *count += 1;
        // Who is no customer of this case may have left and come back in another.
        if *count == 2 && ours(bill, memory) {
            let place = Place::Body(format!("{at}/mem-sq"));
            list::twice(&memory.customer(&mem_sq).clone(), &mem_sq, day, place, &mut judgement);
        }
    }
    list::present(case, day, &seen, memory, &mut judgement);
    list::to_come(case, day, &seen, memory, &mut judgement);
    judgement
}

/// Says whose entry of a list a finding is about: a number in a list tells nobody anything.
fn of_whom(mem_sq: Option<&str>, findings: &mut [Finding]) {
    let Some(mem_sq) = mem_sq else { return };
    for finding in findings {
        finding.entry = Some(format!("customer {mem_sq}"));
    }
}

pub(super) fn by_customer(case: &Case<'_>, response: &Response, memory: &mut Memory) -> Judgement {
    let mut judgement = Judgement::default();
    let mem_sq = case.mem_sq();
    let standing = memory.known(&mem_sq).map_or(Standing::Unknown, |customer| customer.standing);
    let served = matches!(standing, Standing::Applied | Standing::Installed);
    if !served && (400..500).contains(&response.status) {
        let met = format!("the bills of a customer it does not serve are answered with {}", response.status);
        judgement.read(rule::BILL_CUSTOMER, Place::Status, met);
        return judgement;
    }
    if !documented(case, &[200], rule::HTTP_STATUS, response, memory, &mut judgement) {
        return judgement;
    }
    let Some(value) = json_body(case, response, &MEMBERS, requirement, &mut judgement) else { return judgement };
    let wanted = case.settings.readings.by_customer;
    let other = match &value {
        Value::Array(_) if wanted == Some(ByCustomer::Object) => Some("one charge (the setting bill-by-customer)"),
        Value::Object(_) if wanted == Some(ByCustomer::Array) => {
            Some("a list of charges (the setting bill-by-customer)")
        }
        _ => None,
    };
    if let Some(expected) = other {
        let breach = Breach::Form { expected: expected.to_owned(), actual: kind(&value).to_owned() };
        judgement.find(Finding::new(rule::BILL_SHAPE, Place::Body(String::new()), breach));
    }
    let bills: Vec<(String, &Value)> = match &value {
        Value::Array(bills) => {
            judgement.read(rule::BILL_CUSTOMER, Place::Body(String::new()), "a list with one bill a day");
            bills.iter().enumerate().map(|(index, bill)| (format!("/{index}"), bill)).collect()
        }
        Value::Object(_) => vec![(String::new(), &value)],
        _ => return judgement,
    };
    list::days_of_a_list(case, value.is_array(), &bills, memory.known(&mem_sq), &mut judgement);
    for (at, bill) in bills {
        if let Some(actual) = scalar(bill, "mem-sq").filter(|actual| *actual != mem_sq) {
            let because = "the customer that was asked for".to_owned();
            let place = Place::Body(format!("{at}/mem-sq"));
            let cause = key::mangled(&mem_sq, &actual);
            let breach = Breach::Value { expected: mem_sq.clone(), actual, because };
            judgement.find(match cause {
                Some(cause) => Finding::new(rule::MEM_SQ, place, breach).because(cause),
                None => Finding::new(rule::BILL_CUSTOMER, place, breach),
            });
        }
        entry(case, bill, &at, Figures::OfCustomer, memory, &mut judgement);
        charge::unknown(bill, &at, standing, &mut judgement);
    }
    judgement
}

/// Which rule a violation of the schema breaks.
fn requirement(pointer: &str, _keyword: &str) -> RequirementId {
    let member = pointer.rsplit('/').next().unwrap_or_default();
    match member {
        "pay-amt" | "usage-pay-amt" | "onetime-pay-amt" | "license-count" => rule::BILL_AMOUNT,
        "service-info" => rule::BILL_CODE,
        "bill-date" | "install-complete-date" => rule::BILL_DATE,
        "free-period" | "contract-discount-period" => rule::BILL_PERIOD,
        _ => rule::BILL_SHAPE,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn ours(bill: &Value, memory: &Memory) -> bool {
    scalar(bill, "mem-sq").is_some_and(|mem_sq| memory.known(&mem_sq).is_some())
}

/// What the figures of a bill mean.
#[derive(Clone, Copy)]
pub(super) enum Figures {
    /// Month to date through this day.
    OfDay(Date),
    /// A further entry of the same customer for this day: its form counts, its figures are not those of the customer.
    Again(Date),
    /// The document promises one figure a day and describes one object; whether each is month to date is left open,
    /// so they are not compared with those of other days.
    OfCustomer,
}

/// One bill, on its own and against what is known of its customer.
fn entry(case: &Case<'_>, bill: &Value, at: &str, figures: Figures, memory: &mut Memory, judgement: &mut Judgement) {
    if !bill.is_object() {
        return;
    }
    let asked = match figures {
        Figures::OfDay(day) | Figures::Again(day) => Some(day),
        Figures::OfCustomer => None,
    };
    let day = form::bill_date(case, bill, at, asked, judgement);
    let free_period = form::periods(bill, at, judgement);
    let free = free_period.is_some_and(|(begin, end)| day.is_some_and(|day| begin <= day && day <= end));
    form::install_date(bill, at, judgement);
    let usage = form::amounts(bill, at, judgement);
    let Some(mem_sq) = scalar(bill, "mem-sq") else { return };
    if memory.known(&mem_sq).is_none() {
        return;
    }
    let customer = memory.customer(&mem_sq);
    customer.free_until = free_period.map(|(_, end)| end).or(customer.free_until);
    if let (Some(actual), Some(plan)) = (scalar(bill, "service-info"), customer.plan.clone())
        && actual != plan
        && PLANS.contains(&actual.as_str())
    {
        let because = "the plan that the store applied for".to_owned();
        let breach = Breach::Value { expected: plan, actual, because };
        judgement.find(Finding::new(rule::BILL_CODE, Place::Body(format!("{at}/service-info")), breach));
    }
    if matches!(figures, Figures::Again(_)) {
        return;
    }
    charge::in_setup(customer, bill, figures, at, judgement);
    // What is below nothing is found as such.
    let (Some(day), Some(usage)) = (day, usage.filter(|usage| *usage >= 0)) else { return };
    charge::agree(customer, bill, day, figures, at, judgement);
    let licenses = scalar(bill, "license-count").unwrap_or_default();
    let place = charge::usage_place(bill, at);
    if matches!(figures, Figures::OfCustomer) {
        return;
    }
    let figure = Figure {
        usage,
        split: bill.get("usage-pay-amt").is_some() || bill.get("onetime-pay-amt").is_some(),
        onetime: bill.get("onetime-pay-amt").and_then(Value::as_i64).unwrap_or_default(),
        licenses,
        free,
    };
    charge::stopped(customer, case.today(), day, usage, &place, judgement);
    charge::joined(customer, bill, day, at, judgement);
    charge::same_day(customer, day, &figure, at, &place, judgement);
    if free && usage > 0 {
        let because = format!("{day} lies in the free period");
        let breach = Breach::Value { expected: "0".to_owned(), actual: usage.to_string(), because };
        judgement.find(Finding::new(rule::BILL_FREE, place.clone(), breach));
    }
    // What a suspension changes for a time is not held against the days before and after.
    if customer.suspended_since.is_some() {
        charge::onetime(customer, case.today(), bill, day, at, judgement);
        return;
    }
    charge::resumed(customer, day, usage, &place, judgement);
    month::remember(customer, case.today(), day, figure, &place, judgement);
    charge::onetime(customer, case.today(), bill, day, at, judgement);
    whole::judge(customer, day, &place, judgement);
    rounding::judge(case.settings.readings.rounding, customer, day, &place, judgement);
}
