//! `GET /bill-list/date/{bill-day}` and `GET /bill-list/customer/{mem-sq}`: what is charged.
//!
//! The document promises one figure per day for a customer and describes a single object; both readings are accepted.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use serde_json::Value;

use super::super::memory::{BilledInSetup, Customer, Figure, Memory, Standing};
use super::super::rule;
use super::super::settings::{BillDate, ByCustomer};
use super::{Case, documented, json_body, key, month, refusal, rounding, scalar, whole};
use crate::check::calendar::{DateForm, NoDate, date, period};
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
        judgement.skip(rule::BILL_MONTH_TO_DATE, "the vendor answers no bills for days that are still to come");
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
            twice(&memory.customer(&mem_sq).clone(), &mem_sq, day, place, &mut judgement);
        }
    }
    present(case, day, &seen, memory, &mut judgement);
    to_come(case, day, &seen, memory, &mut judgement);
    judgement
}

/// Says whose entry of a list a finding is about: a number in a list tells nobody anything.
fn of_whom(mem_sq: Option<&str>, findings: &mut [Finding]) {
    let Some(mem_sq) = mem_sq else { return };
    for finding in findings {
        finding.entry = Some(format!("customer {mem_sq}"));
    }
}

/// Two bills of one customer for one day.
fn twice(customer: &Customer, mem_sq: &str, day: Date, place: Place, judgement: &mut Judgement) {
    if customer.returned_on.is_some_and(|returned| returned.first_of_month() == day.first_of_month()) {
        // The document knows no second time of one customer, so nothing says that both are one bill.
        let met = "a bill for each time of a customer who left and came back in one month";
        judgement.read(rule::BILL_ONCE, place, met);
        return;
    }
    let what = format!("a second bill of customer {mem_sq} for {day}");
    let because = "one bill says what a customer owes through the day; two are charged twice".to_owned();
    judgement.find(Finding::new(rule::BILL_ONCE, place, Breach::Unwanted { what, because }));
}

/// Says where days to come show nothing: a vendor that bills none is not judged by them.
fn to_come(case: &Case<'_>, day: Date, seen: &HashMap<String, usize>, memory: &Memory, judgement: &mut Judgement) {
    if day <= case.today() {
        return;
    }
    let in_use = |customer: &Customer| customer.standing == Standing::Installed && customer.suspended_since.is_none();
    for (mem_sq, customer) in memory.all().filter(|(_, customer)| in_use(customer)) {
        let nothing = customer.bills.get(&day).is_some_and(|figure| figure.usage == 0 && !figure.free);
        if !seen.contains_key(mem_sq) {
            judgement.skip(rule::BILL_MONTH_TO_DATE, "the vendor lists no charges for days that are still to come");
        } else if nothing && day == day.last_of_month() && customer.free_until.is_none_or(|until| until < day) {
            judgement.skip(rule::BILL_MONTH_TO_DATE, "the vendor charges nothing for days that are still to come");
        }
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
    days_of_a_list(case, value.is_array(), &bills, memory.known(&mem_sq), &mut judgement);
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
        unknown(bill, &at, standing, &mut judgement);
    }
    judgement
}

/// A list by customer has one charge a day, from joining to now (diagram customer-bill).
fn days_of_a_list(
    case: &Case<'_>,
    is_list: bool,
    bills: &[(String, &Value)],
    customer: Option<&Customer>,
    judgement: &mut Judgement,
) {
    // A day is left for a vendor whose clock is in another zone.
    let Some(last) = case.today().tomorrow().ok().filter(|_| is_list) else { return };
    let mut seen = HashSet::new();
    let (mut ahead, mut again) = (false, false);
    for (at, bill) in bills {
        let Some(Ok((day, _))) = scalar(bill, "bill-date").map(|text| date(&text)) else { continue };
        let place = Place::Body(format!("{at}/bill-date"));
        if day > last && !ahead {
            ahead = true;
            let what = format!("a charge for {day}");
            let because = "the charges of a customer go from joining to now, and this day is still to come".to_owned();
            judgement.find(Finding::new(rule::BILL_DATE, place.clone(), Breach::Unwanted { what, because }));
        }
        if !seen.insert(day) && !again {
            again = true;
            twice(&customer.cloned().unwrap_or_default(), &case.mem_sq(), day, place, judgement);
        }
    }
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
enum Figures {
    /// Month to date through this day.
    OfDay(Date),
    /// A further entry of the same customer for this day: its form counts, its figures are not those of the customer.
    Again(Date),
    /// The document promises one figure a day and describes one object; whether each is month to date is left open,
    /// so they are not compared with those of other days.
    OfCustomer,
}

/// A charge for somebody who never applied.
fn unknown(bill: &Value, at: &str, standing: Standing, judgement: &mut Judgement) {
    let charged = bill.get("pay-amt").and_then(Value::as_i64).is_some_and(|pay| pay != 0);
    if standing == Standing::Unknown && charged {
        let breach =
            Breach::Unwanted { what: "a charge".to_owned(), because: "nobody applied for this customer".to_owned() };
        judgement.find(Finding::new(rule::BILL_UNKNOWN, Place::Body(format!("{at}/pay-amt")), breach));
    }
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
    let day = bill_date(case, bill, at, asked, judgement);
    let free_period = periods(bill, at, judgement);
    let free = free_period.is_some_and(|(begin, end)| day.is_some_and(|day| begin <= day && day <= end));
    install_date(bill, at, judgement);
    let usage = amounts(bill, at, judgement);
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
    in_setup(customer, bill, figures, at, judgement);
    // What is below nothing is found as such.
    let (Some(day), Some(usage)) = (day, usage.filter(|usage| *usage >= 0)) else { return };
    agree(customer, bill, day, figures, at, judgement);
    let licenses = scalar(bill, "license-count").unwrap_or_default();
    let place = usage_place(bill, at);
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
    stopped(customer, case.today(), day, usage, &place, judgement);
    joined(customer, bill, day, at, judgement);
    same_day(customer, day, &figure, at, &place, judgement);
    if free && usage > 0 {
        let because = format!("{day} lies in the free period");
        let breach = Breach::Value { expected: "0".to_owned(), actual: usage.to_string(), because };
        judgement.find(Finding::new(rule::BILL_FREE, place.clone(), breach));
    }
    // What a suspension changes for a time is not held against the days before and after.
    if customer.suspended_since.is_some() {
        onetime(customer, case.today(), bill, day, at, judgement);
        return;
    }
    resumed(customer, day, usage, &place, judgement);
    month::remember(customer, case.today(), day, figure, &place, judgement);
    onetime(customer, case.today(), bill, day, at, judgement);
    whole::judge(customer, day, &place, judgement);
    rounding::judge(case.settings.readings.rounding, customer, day, &place, judgement);
}

/// Notes a charge for a customer whose set-up was running when the status was last asked for. A set-up may end at any
/// moment, so only a later status says whether the charge was too early (see `status`). Bills of days to come are
/// forecasts, and say nothing of today.
fn in_setup(customer: &mut Customer, bill: &Value, figures: Figures, at: &str, judgement: &mut Judgement) {
    let today = match figures {
        Figures::OfDay(day) | Figures::Again(day) => customer.applied_on == Some(day),
        Figures::OfCustomer => true,
    };
    if customer.standing != Standing::Applied || !today {
        return;
    }
    let total = bill.get("pay-amt").and_then(Value::as_i64).unwrap_or_default();
    let up_front = customer.onetime.as_deref() == Some("2");
    // A fee that is paid up front may be due with the application: the document says "up front", and that it is computed
    // from the end of the set-up. Where the bill does not tell the two apart, nothing shows.
    let fee = match bill.get("onetime-pay-amt").and_then(Value::as_i64) {
        Some(fee) if up_front => fee,
        None if up_front && bill.get("usage-pay-amt").is_none() => total,
        _ => 0,
    };
    let pay = total - fee;
    if fee > 0 {
        let place = Place::Body(format!("{at}/onetime-pay-amt"));
        judgement.read(
            rule::BILL_INSTALLING,
            place,
            "a fee that is paid up front is charged before a status says that the set-up has ended",
        );
    }
    let installed = scalar(bill, "install-complete-date").filter(|text| date(text).is_ok());
    if pay != 0 || installed.is_some() {
        customer.billed_in_setup = Some(BilledInSetup { pay, installed });
    }
}

/// On the day of joining, the charge through that day and the charge of that day are the same.
fn agree(customer: &mut Customer, bill: &Value, day: Date, figures: Figures, at: &str, judgement: &mut Judgement) {
    let Some(pay) = bill.get("pay-amt").and_then(Value::as_i64) else { return };
    if customer.applied_on != Some(day)
        || customer.standing != Standing::Installed
        || customer.suspended_since.is_some()
        || customer.resumed
    {
        return;
    }
    let first_day = &mut customer.first_day;
    let (mine, other) = match figures {
        Figures::OfDay(_) | Figures::Again(_) => (&mut first_day.by_day, first_day.by_customer),
        Figures::OfCustomer => (&mut first_day.by_customer, first_day.by_day),
    };
    *mine = Some(pay);
    // Where the two round in different places, they may be a won apart.
    if let Some(other) = other.filter(|other| other.abs_diff(pay) > 1) {
        let (this, that) = match figures {
            Figures::OfDay(_) | Figures::Again(_) => ("by day", "by customer"),
            Figures::OfCustomer => ("by customer", "by day"),
        };
        let because =
            format!("{that}, the charge for {day} was {other}, and {this} the customer joined on that day too");
        let breach = Breach::Value { expected: other.to_string(), actual: pay.to_string(), because };
        judgement.find(Finding::new(rule::BILL_AGREE, Place::Body(format!("{at}/pay-amt")), breach));
    }
}

fn usage_place(bill: &Value, at: &str) -> Place {
    let member = if bill.get("usage-pay-amt").is_some() { "usage-pay-amt" } else { "pay-amt" };
    Place::Body(format!("{at}/{member}"))
}

/// Nothing is charged for a month in which a customer was suspended, or had left, from its first day.
fn stopped(customer: &Customer, today: Date, day: Date, usage: i64, place: &Place, judgement: &mut Judgement) {
    let whole_month_after = |since: Date| since < day.first_of_month();
    let because = match (customer.suspended_since, customer.resigned_on) {
        (_, Some(since)) if whole_month_after(since) => {
            Some((rule::BILL_LEFT, format!("the customer left on {since}")))
        }
        (Some(since), _) if whole_month_after(since) => {
            Some((rule::BILL_SUSPENDED, format!("the customer is suspended since {since}")))
        }
        _ => None,
    };
    if let Some((requirement, because)) = because.filter(|_| usage != 0) {
        let breach = Breach::Value { expected: "0".to_owned(), actual: usage.to_string(), because };
        let finding = Finding::new(requirement, place.clone(), breach);
        let of_today = day > today && customer.bills.get(&today).is_some_and(|figure| figure.usage == usage);
        judgement.find(if of_today {
            finding.because("it looks as if days to come are answered with the figures of today")
        } else {
            finding
        });
    }
}

/// What a day has cost it costs: neither a sign-on nor leaving on that day takes it back.
fn same_day(customer: &Customer, day: Date, figure: &Figure, at: &str, place: &Place, judgement: &mut Judgement) {
    let Some(before) = customer.bills.get(&day).filter(|_| customer.suspended_since.is_none()) else { return };
    let fee_gone = before.onetime > 0 && figure.onetime == 0;
    let fee = Place::Body(format!("{at}/onetime-pay-amt"));
    if let Some(left) = customer.resigned_on.filter(|left| day <= *left) {
        let gone = before.usage > 0 && figure.usage == 0 && !figure.free;
        if gone || fee_gone {
            let (place, expected) = if gone { (place.clone(), before.usage) } else { (fee, before.onetime) };
            let because = format!("{expected} was due through {day} before the customer left on {left}");
            let breach = Breach::Value { expected: expected.to_string(), actual: "0".to_owned(), because };
            let cause = "the day of leaving is the last that counts; it looks as if the end was dated back";
            judgement.find(Finding::new(rule::BILL_RESIGNED, place, breach).because(cause));
        }
    } else if fee_gone {
        let because = format!("the bill of {day} had this fee before the customer signed on again");
        let breach = Breach::Value { expected: before.onetime.to_string(), actual: "0".to_owned(), because };
        let cause =
            "a sign-on must change nothing that its body does not name; members that are missing stay as they were";
        judgement.find(Finding::new(rule::BILL_ONETIME, fee, breach).because(cause));
    }
}

/// What a day cost before a suspension it costs, at least in part, after it.
fn resumed(customer: &Customer, day: Date, usage: i64, place: &Place, judgement: &mut Judgement) {
    let before = customer.bills.get(&day).map_or(0, |figure| figure.usage);
    if customer.resumed && customer.resigned_on.is_none() && before > 0 && usage == 0 {
        let because = format!("the customer was resumed, and the same day was {before} before the suspension");
        let breach = Breach::Value { expected: "a charge again".to_owned(), actual: "0".to_owned(), because };
        judgement.find(Finding::new(rule::BILL_RESUMED, place.clone(), breach));
    }
}

/// Nothing is charged for days before the application; a day is left for a vendor whose clock is in another zone.
fn joined(customer: &Customer, bill: &Value, day: Date, at: &str, judgement: &mut Judgement) {
    let pay = bill.get("pay-amt").and_then(Value::as_i64).unwrap_or_default();
    let Some(applied_on) = customer.applied_on else { return };
    if pay != 0 && applied_on.yesterday().is_ok_and(|earliest| day < earliest) {
        let because = format!("the customer applied on {applied_on}");
        let breach = Breach::Value { expected: "0".to_owned(), actual: pay.to_string(), because };
        judgement.find(Finding::new(rule::BILL_JOINED, Place::Body(format!("{at}/pay-amt")), breach));
    }
}

/// A fee that is paid up front (`onetime-type` 2) is charged in one month only.
fn onetime(customer: &mut Customer, today: Date, bill: &Value, day: Date, at: &str, judgement: &mut Judgement) {
    let fee = bill.get("onetime-pay-amt").and_then(Value::as_i64).unwrap_or_default();
    if fee <= 0 || customer.onetime.as_deref() != Some("2") {
        return;
    }
    let first = *customer.onetime_on.get_or_insert(day);
    if (first.year(), first.month()) != (day.year(), day.month()) {
        // Days to come that are answered with the figures of today are told as such; see `month`.
        let same = |day: Date| {
            let figure = customer.bills.get(&day)?;
            (figure.usage > 0).then_some((figure.usage, figure.onetime))
        };
        if day > today && same(today).is_some() && same(day) == same(today) {
            return;
        }
        let because = if first < day {
            format!("it is paid up front and was charged in the month of {first} already")
        } else {
            format!("it is paid up front and is charged in the month of {first} too, which is one month too many")
        };
        let breach = Breach::Value { expected: "0".to_owned(), actual: fee.to_string(), because };
        judgement.find(Finding::new(rule::BILL_ONETIME, Place::Body(format!("{at}/onetime-pay-amt")), breach));
    }
}

fn bill_date(case: &Case<'_>, bill: &Value, at: &str, asked: Option<Date>, judgement: &mut Judgement) -> Option<Date> {
    let text = scalar(bill, "bill-date")?;
    let place = Place::Body(format!("{at}/bill-date"));
    match date(&text) {
        Ok((day, form)) => {
            let expected = match (case.settings.readings.bill_date, form) {
                (Some(BillDate::Dashed), DateForm::Compact) => Some("yyyy-mm-dd"),
                (Some(BillDate::Compact), DateForm::Dashed) => Some("yyyymmdd"),
                _ => None,
            };
            if let Some(expected) = expected {
                let expected = format!("a date {expected} (the setting bill-date-form)");
                let breach = Breach::Form { expected, actual: text.clone() };
                judgement.find(Finding::new(rule::BILL_DATE, place.clone(), breach));
            } else if form == DateForm::Compact {
                judgement.read(rule::BILL_DATE, place.clone(), "bill-date as yyyymmdd");
            }
            if let Some(asked) = asked.filter(|asked| *asked != day) {
                let because = "the day that was asked for".to_owned();
                let breach = Breach::Value { expected: asked.to_string(), actual: text, because };
                judgement.find(Finding::new(rule::BILL_DATE, place, breach));
                return None;
            }
            Some(day)
        }
        Err(problem) => {
            judgement.find(no_date(problem, text, "a date yyyy-mm-dd", place));
            // The charge is still for the day that was asked for.
            asked
        }
    }
}

fn no_date(problem: NoDate, actual: String, expected: &str, place: Place) -> Finding {
    let breach = match problem {
        NoDate::Form => Breach::Form { expected: expected.to_owned(), actual },
        NoDate::Day => Breach::Calendar { problem: problem.to_string(), actual },
    };
    Finding::new(rule::BILL_DATE, place, breach)
}

fn install_date(bill: &Value, at: &str, judgement: &mut Judgement) {
    let Some(text) = scalar(bill, "install-complete-date") else { return };
    let place = Place::Body(format!("{at}/install-complete-date"));
    match date(&text) {
        Ok((_, DateForm::Dashed)) => {}
        Ok((_, DateForm::Compact)) => {
            judgement.read(rule::BILL_DATE, place, "install-complete-date as yyyymmdd");
        }
        Err(_) if text == "99999999" => judgement.read(rule::BILL_DATE, place, "99999999 for a set-up that still runs"),
        Err(problem) => judgement.find(no_date(problem, text, "a date yyyy-mm-dd", place)),
    }
}

/// Judges the periods; gives the free one, where there is one.
fn periods(bill: &Value, at: &str, judgement: &mut Judgement) -> Option<(Date, Date)> {
    let mut free = None;
    for member in ["free-period", "contract-discount-period"] {
        let Some(Value::String(text)) = bill.get(member) else { continue };
        let place = Place::Body(format!("{at}/{member}"));
        if matches!(text.trim(), "" | "~" | "-") {
            // The document requires the field and does not say how to express that there is no such period.
            judgement.read(rule::BILL_PERIOD, place, format!("{text:?} for no {member}"));
            continue;
        }
        match period(text) {
            // The one dialect that says how writes "none" as a period of one day.
            Ok((begin, end)) if member == "free-period" && begin < end => free = Some((begin, end)),
            Ok(_) => {}
            Err(crate::check::calendar::NoPeriod::Form) => {
                let expected = "a period yyyymmdd~yyyymmdd".to_owned();
                let breach = Breach::Form { expected, actual: text.clone() };
                judgement.find(Finding::new(rule::BILL_PERIOD, place, breach));
            }
            Err(problem) => {
                let breach = Breach::Calendar { problem: problem.to_string(), actual: text.clone() };
                judgement.find(Finding::new(rule::BILL_PERIOD, place, breach));
            }
        }
    }
    free
}

/// Judges the amounts; gives the month-to-date charge for usage.
fn amounts(bill: &Value, at: &str, judgement: &mut Judgement) -> Option<i64> {
    let amount = |member: &str| bill.get(member).and_then(Value::as_i64);
    for member in ["pay-amt", "usage-pay-amt", "onetime-pay-amt"] {
        if let Some(amount) = amount(member).filter(|amount| *amount < 0) {
            let expected = "a charge of 0 or more won".to_owned();
            let breach = Breach::Form { expected, actual: amount.to_string() };
            judgement.find(Finding::new(rule::BILL_AMOUNT, Place::Body(format!("{at}/{member}")), breach));
        }
    }
    if let Some(Value::String(count)) = bill.get("license-count")
        && !is_quantity(count)
    {
        let breach = Breach::Form { expected: "a quantity in digits, as text".to_owned(), actual: count.clone() };
        judgement.find(Finding::new(rule::BILL_AMOUNT, Place::Body(format!("{at}/license-count")), breach));
    }
    let (pay, usage, onetime) = (amount("pay-amt"), amount("usage-pay-amt"), amount("onetime-pay-amt"));
    if let (Some(pay), Some(usage), Some(onetime)) = (pay, usage, onetime)
        && usage.saturating_add(onetime) != pay
    {
        let breach = Breach::Sum {
            total: "pay-amt".to_owned(),
            terms: vec![("usage-pay-amt".to_owned(), usage), ("onetime-pay-amt".to_owned(), onetime)],
            expected: usage.saturating_add(onetime),
            actual: pay,
        };
        judgement.find(Finding::new(rule::BILL_SUM, Place::Body(format!("{at}/pay-amt")), breach));
    }
    usage.or_else(|| Some(pay? - onetime.unwrap_or_default()))
}

fn is_quantity(text: &str) -> bool {
    let mut parts = text.splitn(2, '.');
    let digits = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    digits(parts.next()) && parts.next().is_none_or(|fraction| digits(Some(fraction)))
}

/// A customer whose set-up has ended is billed, so today's list has it.
fn present(case: &Case<'_>, day: Date, seen: &HashMap<String, usize>, memory: &Memory, judgement: &mut Judgement) {
    if day != case.today() {
        return;
    }
    let mut missing: Vec<&String> = memory
        .all()
        .filter(|(mem_sq, customer)| {
            customer.standing == Standing::Installed
                && customer.suspended_since.is_none()
                && !seen.contains_key(mem_sq.as_str())
        })
        .map(|(mem_sq, _)| mem_sq)
        .collect();
    missing.sort();
    let mut left: Vec<&String> = memory
        .all()
        .filter(|(mem_sq, customer)| {
            customer.resigned_on == Some(day)
                && customer.installed
                && matches!(customer.standing, Standing::Resigning | Standing::Deleted)
                && !seen.contains_key(mem_sq.as_str())
                && !seen.keys().any(|other| key::mangled(mem_sq, other).is_some())
        })
        .map(|(mem_sq, _)| mem_sq)
        .collect();
    left.sort();
    for mem_sq in left {
        let what = format!("the bill of customer {mem_sq}");
        let because = "it left today, and what was due until then is charged by no other bill".to_owned();
        let place = Place::Body(String::new());
        judgement.find(Finding::new(rule::BILL_RESIGNED, place, Breach::Missing { what, because }));
    }
    for mem_sq in missing {
        let mixed = seen.keys().filter(|other| memory.known(other).is_none());
        if let Some((other, cause)) = mixed.filter_map(|other| Some((other, key::mangled(mem_sq, other)?))).min() {
            let because = "the customer that applied".to_owned();
            let breach = Breach::Value { expected: mem_sq.clone(), actual: other.clone(), because };
            judgement.find(Finding::new(rule::MEM_SQ, Place::Body(String::new()), breach).because(cause));
            continue;
        }
        let what = format!("the bill of customer {mem_sq}");
        let because = "its set-up has ended, and billing begins with that day".to_owned();
        let place = Place::Body(String::new());
        judgement.find(Finding::new(rule::BILL_PRESENT, place, Breach::Missing { what, because }));
    }
}

#[cfg(test)]
mod tests {
    use super::is_quantity;

    #[test]
    fn quantities_are_digits() {
        for text in ["0", "12", "3.5"] {
            assert!(is_quantity(text), "{text}");
        }
        for text in ["", "ten", "-1", "1.", ".5", "1e3", "1,000"] {
            assert!(!is_quantity(text), "{text}");
        }
    }
}
