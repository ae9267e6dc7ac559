//! `GET /status/{mem-sq}`: where one customer's set-up or deletion stands.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use serde_json::Value;

use super::super::memory::{BilledInSetup, Memory, Standing};
use super::super::rule;
use super::super::settings::Deleted;
use super::{Case, documented, json_body, key, scalar};
use crate::check::body::text_of;
use crate::check::calendar::{DateForm, NoDate, date};
use crate::verdict::{Breach, Finding, Judgement, Place};
use crate::wire::Response;

/// Stands for "no date yet" while a set-up runs.
const NOT_YET: &str = "99999999";

/// `name(phone,e-mail)` as the document writes contacts.
static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^()]+\([0-9+][0-9 +-]*,\s*[^@\s,]+@[^@\s,]+\)$").expect("the pattern is a constant and tested")
});

/// What a status has to have.
const MEMBERS: [&str; 6] =
    ["mem-sq", "reg-date", "install-complete-date", "status", "service-manager", "service-engineer"];

pub(super) fn answer(case: &Case<'_>, response: &Response, memory: &mut Memory) -> Judgement {
    let mut judgement = Judgement::default();
    let mem_sq = case.mem_sq();
    let standing = memory.known(&mem_sq).map_or(Standing::Unknown, |customer| customer.standing);
    if response.status != 200 {
        gone(case, response, standing, memory, &mut judgement);
        return judgement;
    }
    let Some(value) = json_body(
        case,
        response,
        &MEMBERS,
        |pointer, _| match pointer {
            "/status" => rule::STATUS_CODE,
            _ => rule::STATUS_SHAPE,
        },
        &mut judgement,
    ) else {
        return judgement;
    };
    if !value.is_object() {
        return judgement;
    }
    if let Some(actual) = scalar(&value, "mem-sq").filter(|actual| *actual != mem_sq) {
        let because = "the customer that was asked for".to_owned();
        let cause = key::mangled(&mem_sq, &actual);
        let breach = Breach::Value { expected: mem_sq.clone(), actual, because };
        judgement.find(match cause {
            Some(cause) => Finding::new(rule::MEM_SQ, Place::Body("/mem-sq".to_owned()), breach).because(cause),
            None => Finding::new(rule::STATUS_CUSTOMER, Place::Body("/mem-sq".to_owned()), breach),
        });
    }
    let code = scalar(&value, "status").unwrap_or_default();
    let applied = memory.known(&mem_sq).filter(|_| matches!(standing, Standing::Applied | Standing::Installed));
    let applied_on = applied.and_then(|customer| customer.applied_on);
    let license_start = applied.and_then(|customer| customer.license_start.clone());
    let leaving = matches!(standing, Standing::Resigning | Standing::Deleted);
    dates(&value, &code, leaving, (applied_on, case.today()), &mut judgement);
    start_date(&value, license_start, &mut judgement);
    nulls(&value, &mut judgement);
    contacts(&value, &mut judgement);
    if matches!(code.as_str(), "0" | "1" | "98" | "99") {
        state(case, &code, standing, memory, &mut judgement);
    }
    judgement
}

/// No 200: right for a customer that is unknown or deleted, wrong for one that the vendor serves.
fn gone(case: &Case<'_>, response: &Response, standing: Standing, memory: &mut Memory, judgement: &mut Judgement) {
    match standing {
        Standing::Resigning | Standing::Deleted if matches!(response.status, 401 | 404 | 410) => {
            let mem_sq = case.mem_sq();
            let expected_code = case.settings.readings.deleted == Some(Deleted::Code99);
            if response.status == 401 && !expected_code {
                judgement.read(
                    rule::RESIGN_STATUS,
                    Place::Status,
                    "401 for a deleted customer, as the document allows",
                );
                memory.unproven = Some(mem_sq.clone());
            } else {
                let mut expected = vec!["200 with status \"99\"".to_owned()];
                expected.extend((!expected_code).then(|| "401".to_owned()));
                let breach = Breach::Status { expected, actual: response.status };
                judgement.find(Finding::new(rule::RESIGN_STATUS, Place::Status, breach));
            }
            memory.customer(&mem_sq).standing = Standing::Deleted;
        }
        Standing::Unknown | Standing::Uncertain if (400..500).contains(&response.status) => {
            let met = format!("an unknown customer is answered with {}", response.status);
            judgement.read(rule::STATUS_UNKNOWN, Place::Status, met);
        }
        _ => {
            documented(case, &[200], rule::HTTP_STATUS, response, memory, judgement);
        }
    }
}

/// Members that must be there must have a value, although the document gives them no type.
fn nulls(value: &Value, judgement: &mut Judgement) {
    for member in ["mem-sq", "reg-date", "license-start-date", "install-complete-date"] {
        // The schema may have said so already.
        let place = Place::Body(format!("/{member}"));
        let told = judgement.findings.iter().any(|finding| finding.place == place);
        if !told && value.get(member).is_some_and(|value| !value.is_string() && !value.is_number()) {
            let expected = "a text or a number".to_owned();
            let breach = Breach::Form { expected, actual: value[member].to_string() };
            judgement.find(Finding::new(rule::STATUS_SHAPE, Place::Body(format!("/{member}")), breach));
        }
    }
}

fn dates(
    value: &Value,
    code: &str,
    leaving: bool,
    (applied_on, today): (Option<Date>, Date),
    judgement: &mut Judgement,
) {
    for member in ["reg-date", "license-start-date", "install-complete-date"] {
        let Some(text) = scalar(value, member) else { continue };
        let place = Place::Body(format!("/{member}"));
        let installing = member == "install-complete-date" && text == NOT_YET;
        if installing {
            if code == "1" {
                let because = "status \"1\" says that the set-up has ended, and billing begins on that day".to_owned();
                let breach = Breach::Value { expected: "the day of completion".to_owned(), actual: text, because };
                judgement.find(Finding::new(rule::STATUS_INSTALLING, place, breach));
            }
            continue;
        }
        match date(&text) {
            Ok((day, form)) => {
                let ended = code == "1" && member == "install-complete-date" && applied_on.is_some();
                if let Some(breach) = out_of_time(member, day, applied_on, &text)
                    .or_else(|| ended.then(|| still_to_come(day, today, &text)).flatten())
                {
                    let requirement = if member == "reg-date" { rule::STATUS_DATE } else { rule::STATUS_INSTALLING };
                    judgement.find(Finding::new(requirement, place.clone(), breach));
                }
                if form == DateForm::Dashed && member == "install-complete-date" {
                    // The same field is yyyy-mm-dd in a bill and yyyymmdd here.
                    judgement.read(rule::STATUS_DATE, place.clone(), "install-complete-date as yyyy-mm-dd");
                } else if form == DateForm::Dashed {
                    let breach = Breach::Form { expected: "a date yyyymmdd".to_owned(), actual: text.clone() };
                    judgement.find(Finding::new(rule::STATUS_DATE, place.clone(), breach));
                }
                // After a withdrawal it is the status that is wrong, and it is found as such.
                if member == "install-complete-date" && code == "0" && !leaving {
                    let because = "status \"0\" says that the set-up still runs".to_owned();
                    let breach = Breach::Value { expected: NOT_YET.to_owned(), actual: text, because };
                    judgement.find(Finding::new(rule::STATUS_INSTALLING, place, breach));
                }
            }
            Err(problem) => {
                let breach = match problem {
                    NoDate::Form => Breach::Form { expected: "a date yyyymmdd".to_owned(), actual: text },
                    NoDate::Day => Breach::Calendar { problem: problem.to_string(), actual: text },
                };
                judgement.find(Finding::new(rule::STATUS_DATE, place, breach));
            }
        }
    }
}

/// The vendor registers on the day of the application, give or take the zone of its clock, and installs no earlier.
fn out_of_time(member: &str, day: Date, applied_on: Option<Date>, actual: &str) -> Option<Breach> {
    let applied_on = applied_on?;
    let earliest = applied_on.yesterday().ok()?;
    let latest = applied_on.tomorrow().ok()?;
    let because = format!("the vendor accepted the application on {applied_on}");
    let expected = match member {
        "reg-date" if day < earliest || day > latest => compact(applied_on),
        "install-complete-date" if day < earliest => format!("{} or later", compact(applied_on)),
        _ => return None,
    };
    Some(Breach::Value { expected, actual: actual.to_owned(), because })
}

/// A set-up that has ended did so today or before, give or take the zone of the vendor's clock.
fn still_to_come(day: Date, today: Date, actual: &str) -> Option<Breach> {
    let because = "status \"1\" says that the set-up has ended, and this day is still to come".to_owned();
    let expected = format!("{} or earlier", compact(today));
    (day > today.tomorrow().ok()?).then(|| Breach::Value { expected, actual: actual.to_owned(), because })
}

/// What the store gave as the start of the licence comes back as it was.
fn start_date(value: &Value, sent: Option<String>, judgement: &mut Judgement) {
    let (Some(sent), Some(actual)) = (sent, scalar(value, "license-start-date")) else { return };
    if let (Ok((expected, _)), Ok((day, _))) = (date(&sent), date(&actual))
        && expected != day
    {
        let because = "the date that the store sent with the application".to_owned();
        let breach = Breach::Value { expected: sent, actual, because };
        let place = Place::Body("/license-start-date".to_owned());
        judgement.find(Finding::new(rule::STATUS_DATE, place, breach));
    }
}

fn compact(day: Date) -> String {
    day.to_string().replace('-', "")
}

fn contacts(value: &Value, judgement: &mut Judgement) {
    for member in ["service-manager", "service-engineer"] {
        let Some(contact) = value.get(member) else { continue };
        let text = text_of(contact);
        if !contact.is_string() {
            let breach = Breach::Form { expected: "a text name(phone,e-mail)".to_owned(), actual: text };
            judgement.find(Finding::new(rule::STATUS_SHAPE, Place::Body(format!("/{member}")), breach));
            continue;
        }
        if !CONTACT.is_match(&text) {
            let breach = Breach::Form { expected: "name(phone,e-mail)".to_owned(), actual: text };
            judgement.find(Finding::new(rule::STATUS_CONTACT, Place::Body(format!("/{member}")), breach));
        }
    }
}

/// The state is one that can follow what happened before.
fn state(case: &Case<'_>, code: &str, standing: Standing, memory: &mut Memory, judgement: &mut Judgement) {
    let place = Place::Body("/status".to_owned());
    let known = memory.known(&case.mem_sq());
    let (signed_on, leaving, left_again) =
        known.map_or((false, false, false), |customer| (customer.signed_on, customer.leaving, customer.left_again));
    let mut wrong = |requirement, after: &str, expected: &[&str]| {
        let expected = expected.iter().map(|&code| named(code)).collect();
        let breach = Breach::State { after: after.to_owned(), expected, actual: named(code) };
        let finding = Finding::new(requirement, place.clone(), breach);
        let begun_anew = standing == Standing::Installed && code == "0" && signed_on;
        let came_back = matches!(standing, Standing::Resigning | Standing::Deleted) && left_again;
        judgement.find(if came_back {
            finding
                .because("the withdrawal was delivered again in between; a repetition must not bring the customer back")
        } else if begun_anew {
            finding.because("the customer was signed on in between; a sign-on must not begin the set-up anew")
        } else {
            finding
        });
    };
    match (standing, code) {
        (Standing::Unknown, "0" | "1" | "98") => {
            let because = "nobody applied for this customer".to_owned();
            let what = format!("customer {}", case.mem_sq());
            judgement.find(Finding::new(rule::STATUS_UNKNOWN, place, Breach::Unwanted { what, because }));
        }
        (Standing::Applied, "98" | "99") => wrong(rule::STATUS_CODE, "after the application", &["0", "1"]),
        (Standing::Installed, "0" | "98" | "99") => wrong(rule::STATUS_CODE, "after the set-up ended", &["1"]),
        (Standing::Resigning, "0" | "1") if leaving => {
            wrong(rule::RESIGN_STATUS, "after the deletion began", &["98", "99"]);
        }
        // The vendor may take a moment to begin; the scenario asks again, and sees whether it stays so.
        (Standing::Resigning, "0" | "1") => {
            judgement.read(rule::RESIGN_STATUS, place, format!("{} right after the withdrawal", named(code)));
        }
        (Standing::Resigning, "98") => memory.customer(&case.mem_sq()).leaving = true,
        (Standing::Deleted, "0" | "1" | "98") => wrong(rule::RESIGN_STATUS, "after the deletion ended", &["99"]),
        (Standing::Applied, "0") => {
            if let Some(billed) = memory.customer(&case.mem_sq()).billed_in_setup.take() {
                judgement.find(billed_too_early(&billed, place));
            }
        }
        (Standing::Applied | Standing::Uncertain, "1") => {
            let customer = memory.customer(&case.mem_sq());
            customer.signed_on &= customer.standing != Standing::Applied;
            customer.standing = Standing::Installed;
            customer.installed = true;
        }
        (Standing::Resigning | Standing::Deleted, "99") => {
            if case.settings.readings.deleted == Some(Deleted::Unauthorized) {
                let breach = Breach::Status { expected: vec!["401".to_owned()], actual: 200 };
                let cause = "the setting deleted-answer asks for 401 once the record is gone";
                judgement.find(Finding::new(rule::RESIGN_STATUS, Place::Status, breach).because(cause));
            }
            memory.customer(&case.mem_sq()).standing = Standing::Deleted;
        }
        _ => {}
    }
}

/// The bill before this status charged for a set-up that, as this status says, still runs.
fn billed_too_early(billed: &BilledInSetup, place: Place) -> Finding {
    let what = match &billed.installed {
        _ if billed.pay != 0 => format!("a charge of {} won while the set-up runs", billed.pay),
        Some(date) => format!("install-complete-date {date} in the bill while the set-up runs"),
        None => "a bill while the set-up runs".to_owned(),
    };
    let because =
        "the bill came before this status \"0\" (installing), and billing begins when the set-up ends".to_owned();
    Finding::new(rule::BILL_INSTALLING, place, Breach::Unwanted { what, because })
}

/// A code with its meaning.
fn named(code: &str) -> String {
    let meaning = match code {
        "0" => "installing",
        "1" => "installed",
        "98" => "deletion in progress",
        "99" => "deleted",
        _ => "undocumented",
    };
    format!("\"{code}\" ({meaning})")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::CONTACT;

    #[rstest]
    #[case("Kim Vendor(010-1111-2222,kim@vendor.example)", true)]
    #[case("김담당(02-555-0100, kim@vendor.example)", true)]
    #[case("Kim Vendor", false)]
    #[case("Kim(kim@vendor.example)", false)]
    fn contacts_have_a_phone_and_an_address(#[case] text: &str, #[case] fits: bool) {
        assert_eq!(CONTACT.is_match(text), fits);
    }
}
