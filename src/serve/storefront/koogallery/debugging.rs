//! The seller console's debugging page: calls with testFlag "1", saved as cases and run again.
//!
//! The console takes nothing but 000000 for a pass, and runs the saved cases again, in any order, when the product is
//! submitted, changed and approved.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use super::forms::{ACTIVITIES, debug, members};
use super::state::{Case, Shop};
use super::{DEBUGGING, HOME, NAME, SECTION, code, home, stand, with};
use crate::serve::click::Click;
use crate::serve::console::form::{self, Field};
use crate::serve::console::show::{badge, table};
use crate::serve::console::{Page, Reader, Words, page};
use crate::serve::storefront::act::Act;
use crate::serve::storefront::counter;
use crate::serve::storefront::pieces::{self, Fields, field};
use crate::serve::{Hall, Stand};
use crate::wire::printable_text;

/// The activity that an address or a form names; the first where it names none.
fn activity(fields: &Fields) -> &'static str {
    let wanted = field(fields, "activity");
    ACTIVITIES.into_iter().find(|known| *known == wanted).unwrap_or(ACTIVITIES[0])
}

/// The instance that the last saved creation was told, or one that is made up.
fn instance(shop: &Shop) -> String {
    let of = |case: &&Case| case.click.operation != "newInstance";
    let known =
        shop.cases.iter().rev().filter(of).find_map(|case| case.click.body.as_ref()?.get("instanceId")?.as_str());
    known.unwrap_or("storeproof-instance").to_owned()
}

pub(super) async fn shown(State(hall): State<Arc<Hall>>, reader: Reader, Query(query): Query<Fields>) -> Response {
    let (stand, _) = match stand(&hall, &reader) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let words = reader.words;
    let activity = activity(&query);
    let (cases, tried, instance) =
        with(stand, |shop| (shop.cases.clone(), shop.tried.clone(), instance(shop))).unwrap_or_default();
    let content = html! {
        (pieces::said(words, &hall, stand, &query))
        (home::vendor(words, stand))
        (save(words, stand, activity, tried.as_ref()))
        section aria-labelledby="try" {
            h2 #try { (words.say("kg-try")) }
            p { (words.say("kg-try-what")) }
            nav aria-label=(words.say("kg-activity")) {
                ul.actions {
                    @for known in ACTIVITIES {
                        li {
                            a.button href={ (DEBUGGING) "?activity=" (known) }
                                aria-current=[(known == activity).then_some("true")] { code { (known) } }
                        }
                    }
                }
            }
            (form_of(words, stand, activity, &instance))
        }
        (saved(words, stand, &cases))
    };
    let told = Page {
        title: words.say("kg-debugging"),
        section: SECTION,
        trail: vec![(words.say("kg-name"), HOME.to_owned())],
        lead: Some(words.say("kg-debugging-what")),
        ..Page::default()
    };
    page(&reader, told, content)
}

fn form_of(words: Words, stand: &Stand, activity: &str, instance: &str) -> Markup {
    html! {
        form.panel method="post" action=(DEBUGGING) {
            (pieces::ticketed(stand))
            (form::hidden("activity", activity))
            fieldset {
                legend { (activity) }
                div.columns {
                    @for (member, offered) in members(activity, instance) {
                        (form::line(Field { name: member, label: member, hint: None, value: &offered, error: None }, "text"))
                    }
                }
                p.muted { code { "testFlag" } ": " code { "1" } }
            }
            (pieces::delivery(words, NAME))
            div.actions { (form::send(&words.say("kg-run"))) }
        }
    }
}

/// The offer to save what passed last.
fn save(words: Words, stand: &Stand, activity: &str, tried: Option<&(Click, Act)>) -> Markup {
    let Some((click, act)) = tried else { return html! {} };
    html! {
        section.panel aria-labelledby="save" {
            h2 #save { (words.tell("kg-tried", &[("activity", click.operation.as_str().into())])) }
            p { (code(words, &act.said)) " " (badge(words, act.verdict.into())) }
            @if act.said == "000000" {
                form method="post" action={ (DEBUGGING) "/cases" } {
                    (pieces::ticketed(stand))
                    (form::hidden("activity", activity))
                    button.primary type="submit" name="do" value="save" { (words.say("kg-save-case")) }
                }
            } @else { p { (words.say("kg-not-passed")) } }
        }
    }
}

/// What a case sends, a member a line.
fn values(case: &Case) -> Vec<(&str, String)> {
    let members = case.click.body.as_ref().and_then(|body| body.as_object());
    let shown = |value: &serde_json::Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        printable_text(text.as_bytes())
    };
    members.into_iter().flatten().map(|(name, value)| (name.as_str(), shown(value))).collect()
}

fn saved(words: Words, stand: &Stand, cases: &[Case]) -> Markup {
    let heads = ["kg-case", "kg-values", "kg-last", "kg-do"].map(|key| words.say(key));
    let act = |case: &Case, what: &str, label: &str| {
        html! { button type="submit" name="do" value={ (what) "-" (case.number) } { (words.say(label)) } }
    };
    let rows = html! {
        @for case in cases {
            tr {
                th scope="row" { code { (case.click.operation) } " " (case.number) }
                td {
                    ul { @for (name, value) in values(case) { li { code { (name) ": " (value) } } } }
                }
                td {
                    @if let Some(last) = &case.last {
                        (code(words, &last.said)) " " (badge(words, last.verdict.into()))
                        @if last.entry > 0 { " " a href=(pieces::exchange(last.entry)) { "#" (last.entry) } }
                    }
                }
                td { div.actions { (act(case, "run", "kg-run")) (act(case, "delete", "kg-delete")) } }
            }
        }
    };
    html! {
        section aria-labelledby="cases" {
            h2 #cases { (words.say("kg-cases")) }
            p { (words.say("kg-cases-what")) }
            @if cases.is_empty() { p.muted { (words.say("kg-no-cases")) } }
            @else {
                form method="post" action={ (DEBUGGING) "/cases" } {
                    (pieces::ticketed(stand))
                    (table("saved", &words.say("kg-cases"), &heads, rows))
                    div.actions { button.primary type="submit" name="do" value="all" { (words.say("kg-run-all")) } }
                }
            }
        }
    }
}

pub(super) async fn run(State(hall): State<Arc<Hall>>, reader: Reader, Form(fields): Form<Fields>) -> Response {
    let (stand, _) = match stand(&hall, &reader) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let activity = activity(&fields);
    let filled: Vec<(String, String)> =
        members(activity, "").into_iter().map(|(name, _)| (name.to_owned(), field(&fields, name).to_owned())).collect();
    let mut click = debug(activity, &filled);
    click.deliver = pieces::deliver(&fields);
    let back = format!("{DEBUGGING}?activity={activity}");
    counter::press(stand, pieces::ticket(&fields), vec![click], &back).await
}

pub(super) async fn cases(State(hall): State<Arc<Hall>>, reader: Reader, Form(fields): Form<Fields>) -> Response {
    let (stand, _) = match stand(&hall, &reader) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let (what, number) = field(&fields, "do").split_once('-').unwrap_or((field(&fields, "do"), ""));
    let number: u64 = number.parse().unwrap_or_default();
    let clicks: Vec<Click> = with(stand, |shop| {
        let wanted = |case: &&Case| what == "all" || (what == "run" && case.number == number);
        match what {
            "save" => shop.save(),
            "delete" => shop.delete(number),
            _ => return shop.cases.iter().filter(wanted).map(|case| case.click.clone()).collect(),
        }
        Vec::new()
    })
    .unwrap_or_default();
    stand.change();
    let back = format!("{DEBUGGING}?activity={}", activity(&fields));
    if clicks.is_empty() {
        return Redirect::to(&format!("{back}#cases")).into_response();
    }
    counter::press(stand, pieces::ticket(&fields), clicks, &back).await
}
