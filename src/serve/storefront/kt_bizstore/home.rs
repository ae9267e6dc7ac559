//! The store's first page: customers, the application, bills by day, and the store's clock.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::{SignedDuration, ToSpan};
use maud::{Markup, html};

use super::forms::{MEMBERS, application, bills as bills_of, generated, offered};
use super::state::{Bills, Customer};
use super::tables::{bills as bills_table, code, customers};
use super::{HOME, NAME, SECTION, page_of, stand, with};
use crate::serve::console::form::{self, Field};
use crate::serve::console::show::{Tone, notice};
use crate::serve::console::{Page, Reader, Words, page};
use crate::serve::storefront::act::Act;
use crate::serve::storefront::counter;
use crate::serve::storefront::pieces::{self, Fields, field};
use crate::serve::{Hall, Stand};

/// What is wrong with the fields of a form, by their names.
type Errors = Vec<(&'static str, String)>;

/// How far the clock moves at most: what lies beyond is no calendar's affair any more.
const FURTHEST: SignedDuration = SignedDuration::from_hours(24 * 366 * 20);

pub(super) async fn shown(State(hall): State<Arc<Hall>>, reader: Reader, Query(query): Query<Fields>) -> Response {
    let stand = match stand(&hall, &reader) {
        Ok(stand) => stand,
        Err(missing) => return missing,
    };
    let form = offered(stand.clock.now(), stand.storefront.ticket());
    whole(&hall, &reader, stand, &query, &form, &Vec::new())
}

/// The page with a form that is filled in so, and what is wrong with it.
fn whole(hall: &Hall, reader: &Reader, stand: &Stand, query: &Fields, form: &Fields, errors: &Errors) -> Response {
    let words = reader.words;
    let (known, days, acts) = with(stand, |customers| {
        let known: Vec<Customer> = customers.customers.iter().cloned().collect();
        let days: Vec<(String, Bills)> =
            customers.days.iter().rev().map(|(day, bills)| (day.clone(), bills.clone())).collect();
        (known, days, customers.acts.clone())
    })
    .unwrap_or_default();
    let content = html! {
        (pieces::said(words, hall, stand, query))
        @if !errors.is_empty() { (summary(words, errors)) }
        (vendor(words, stand))
        section aria-labelledby="customers-title" {
            h2 #customers-title { (words.say("kt-customers")) }
            @if known.is_empty() { p.muted { (words.say("kt-no-customers")) } }
            @else { (customers(words, &known)) }
        }
        section aria-labelledby="apply-title" {
            h2 #apply-title { (words.say("kt-apply")) }
            p { (words.say("kt-apply-what")) }
            (apply_form(words, stand, form, errors))
        }
        (bills_section(words, stand, form, errors, &days, &known))
        (clock_section(words, stand))
        (of_all(words, &acts))
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let told = Page {
        title: words.say("kt-name"),
        section: SECTION,
        lead: Some(words.say("kt-lead")),
        status,
        ..Page::default()
    };
    page(reader, told, content)
}

/// What is wrong, each with the way to its field.
fn summary(words: Words, errors: &Errors) -> Markup {
    let list = html! { ul { @for (name, problem) in errors { li { a href={ "#" (name) } { (problem) } } } } };
    notice(words, Tone::Wrong, &words.say("shop-form-wrong"), list)
}

/// Whom the store calls.
fn vendor(words: Words, stand: &Stand) -> Markup {
    match &stand.vendor {
        Some(vendor) => html! {
            p { (words.say("shop-vendor")) " " code { (vendor.endpoint().base()) } }
        },
        None => notice(words, Tone::Note, &words.say("shop-no-vendor"), pieces::no_vendor(words)),
    }
}

fn apply_form(words: Words, stand: &Stand, fields: &Fields, errors: &Errors) -> Markup {
    let problem = |name: &str| errors.iter().find(|(wrong, _)| *wrong == name).map(|(_, problem)| problem.as_str());
    let label = |member: &str| match member {
        "service-info" => words.say("kt-plan"),
        "onetime-type" => words.say("kt-fee"),
        "contract-period" => words.say("kt-contract"),
        "contract-discount-period" => words.say("kt-discount"),
        "license-start-date" => words.say("kt-start"),
        _ => words.say("kt-state"),
    };
    let key_hint = words.say("kt-key-hint");
    let key = Field {
        name: "mem-sq",
        label: &words.say("kt-key"),
        hint: Some(&key_hint),
        value: field(fields, "mem-sq"),
        error: problem("mem-sq"),
    };
    html! {
        form.panel method="post" action={ (HOME) "/apply" } {
            (pieces::ticketed(stand))
            (form::hidden("offered", field(fields, "offered")))
            (form::line(key, "text"))
            fieldset {
                legend { (words.say("kt-ordered")) }
                div.columns {
                    @for (member, codes) in MEMBERS {
                        @let wanted = Field {
                            name: member, label: &label(member), hint: None, value: field(fields, member), error: None,
                        };
                        @if codes.is_empty() { (form::line(wanted, "text")) }
                        @else {
                            @let empty = (String::new(), words.say("shop-left-out"));
                            @let options: Vec<(String, String)> = codes.iter()
                                .map(|value| ((*value).to_owned(), code(words, member, value)))
                                .chain(std::iter::once(empty)).collect();
                            (form::select(wanted, &options))
                        }
                    }
                }
            }
            (pieces::delivery(words, NAME))
            div.actions { (form::send(&words.say("kt-apply-button"))) }
        }
    }
}

fn bills_section(
    words: Words,
    stand: &Stand,
    fields: &Fields,
    errors: &Errors,
    days: &[(String, Bills)],
    known: &[Customer],
) -> Markup {
    let today = generated("today", stand.clock.now(), 0);
    let day = Some(field(fields, "bill-day")).filter(|day| !day.is_empty()).unwrap_or(&today);
    let hint = words.say("kt-day-hint");
    let wrong = errors.iter().find(|(name, _)| *name == "bill-day").map(|(_, problem)| problem.as_str());
    let day = Field { name: "bill-day", label: &words.say("kt-day"), hint: Some(&hint), value: day, error: wrong };
    let is_known = |key: &str| known.iter().any(|customer| customer.key == key);
    html! {
        section aria-labelledby="bills-title" {
            h2 #bills-title { (words.say("kt-bills")) }
            p { (words.say("kt-bills-what")) }
            form.panel method="post" action={ (HOME) "/bills" } {
                (pieces::ticketed(stand))
                (form::line(day, "date"))
                div.actions { (form::send(&words.say("kt-bills-button"))) }
            }
            @for (at, (day, bills)) in days.iter().enumerate() {
                @let caption = words.tell("kt-bills-of", &[("day", day.as_str().into())]);
                (bills_table(words, &format!("bills-{at}"), &caption, bills, &is_known))
            }
        }
    }
}

fn clock_section(words: Words, stand: &Stand) -> Markup {
    let now = stand.clock.now();
    let korea = jiff::tz::Offset::constant(9).to_datetime(now);
    let ahead = stand.clock.ahead();
    let move_to = |by: &str, label: &str| {
        html! { button type="submit" name="by" value=(by) { (words.say(label)) } }
    };
    html! {
        section aria-labelledby="clock-title" {
            h2 #clock-title { (words.say("kt-clock")) }
            p { (words.say("kt-clock-what")) }
            p { @if stand.same_clock { (words.say("kt-clock-shared")) } @else { (words.say("kt-clock-own")) } }
            form.panel method="post" action={ (HOME) "/clock" } {
                (pieces::ticketed(stand))
                p {
                    (words.tell("kt-clock-now", &[("time", korea.strftime("%Y-%m-%d %H:%M").to_string().into())])) " "
                    @if ahead.is_zero() { (words.say("kt-clock-right")) }
                    @else { (words.tell("kt-clock-ahead", &[("days", (ahead.as_hours() / 24).into())])) }
                }
                div.actions {
                    (move_to("day", "kt-clock-day"))
                    (move_to("month", "kt-clock-month"))
                    @if !ahead.is_zero() { (move_to("back", "kt-clock-back")) }
                }
            }
        }
    }
}

/// What was done that is about no customer.
fn of_all(words: Words, acts: &std::collections::VecDeque<Act>) -> Markup {
    html! { @if !acts.is_empty() { h2 { (words.say("shop-acts")) } (pieces::acts(words, acts)) } }
}

pub(super) async fn apply(State(hall): State<Arc<Hall>>, reader: Reader, Form(fields): Form<Fields>) -> Response {
    let stand = match stand(&hall, &reader) {
        Ok(stand) => stand,
        Err(missing) => return missing,
    };
    let key = field(&fields, "mem-sq");
    if key.is_empty() || key.chars().count() > 200 || key.chars().any(char::is_control) {
        let errors = vec![("mem-sq", reader.words.say("kt-key-wrong"))];
        return whole(&hall, &reader, stand, &Fields::new(), &fields, &errors);
    }
    let click = application(&fields, stand.clock.now());
    let back = if stand.vendor.is_some() { page_of(key) } else { HOME.to_owned() };
    counter::press(stand, pieces::ticket(&fields), vec![click], &back).await
}

pub(super) async fn bills(State(hall): State<Arc<Hall>>, reader: Reader, Form(fields): Form<Fields>) -> Response {
    let stand = match stand(&hall, &reader) {
        Ok(stand) => stand,
        Err(missing) => return missing,
    };
    let day = field(&fields, "bill-day");
    let now = stand.clock.now();
    if day.parse::<jiff::civil::Date>().is_err() || day.len() != 10 {
        let mut form = offered(now, stand.storefront.ticket());
        form.insert("bill-day".to_owned(), day.to_owned());
        let errors = vec![("bill-day", reader.words.say("kt-day-wrong"))];
        return whole(&hall, &reader, stand, &Fields::new(), &form, &errors);
    }
    let click = bills_of(day, now);
    counter::press(stand, pieces::ticket(&fields), vec![click], HOME).await
}

pub(super) async fn clock(State(hall): State<Arc<Hall>>, reader: Reader, Form(fields): Form<Fields>) -> Response {
    let stand = match stand(&hall, &reader) {
        Ok(stand) => stand,
        Err(missing) => return missing,
    };
    if stand.storefront.counter.take(pieces::ticket(&fields)).await {
        let ahead = match field(&fields, "by") {
            "day" => stand.clock.ahead().saturating_add(SignedDuration::from_hours(24)),
            "month" => {
                // The first of the next month in Korea, at this time of the day.
                let here = jiff::tz::Offset::constant(9).to_datetime(stand.clock.now());
                let first = here.date().last_of_month().saturating_add(1.day());
                let days = here.date().until(first).map_or(0, |span| i64::from(span.get_days()));
                stand.clock.ahead().saturating_add(SignedDuration::from_hours(24 * days))
            }
            "back" => SignedDuration::ZERO,
            _ => stand.clock.ahead(),
        };
        stand.move_clock(ahead.clamp(-FURTHEST, FURTHEST));
    }
    Redirect::to(&format!("{HOME}#clock-title")).into_response()
}
