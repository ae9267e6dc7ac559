//! Pieces that the pages of all storefronts have: what came of a press, how a call is delivered, what was done.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::act::Act;
use super::counter::Said;
use crate::market;
use crate::serve::click::{Clicked, Deliver, PressError, scenario_of};
use crate::serve::console::form::{self, Field};
use crate::serve::console::show::{Tone, badge, notice, table};
use crate::serve::console::{Page, Reader, Section, Words, page};
use crate::serve::{Entry, Hall, Stand, Verdict};
use crate::verdict::Level;

/// Fields of a form as they were sent.
pub(super) type Fields = BTreeMap<String, String>;

/// A field of a form; empty where it was not sent.
pub(super) fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |value| value.trim())
}

/// The ticket of a form.
pub(super) fn ticket(fields: &Fields) -> u64 {
    field(fields, "ticket").parse().unwrap_or_default()
}

/// The form's ticket, unseen.
pub(super) fn ticketed(stand: &Stand) -> Markup {
    form::hidden("ticket", &stand.storefront.ticket().to_string())
}

/// Where an entry of the log is shown.
pub(super) fn exchange(id: u64) -> String {
    format!("/exchanges/{id}")
}

/// A segment of an address.
pub(super) fn segment(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// What came of the press to which the address refers; nothing where it refers to none.
pub(super) fn said(words: Words, hall: &Hall, stand: &Stand, query: &Fields) -> Markup {
    let number = query.get("said").and_then(|number| number.parse().ok());
    let Some(said) = number.and_then(|number| stand.storefront.counter.said(number)) else { return html! {} };
    html! { div #said { (told(words, hall, &said)) } }
}

fn told(words: Words, hall: &Hall, said: &Said) -> Markup {
    // What the log no longer holds is not shown.
    let entries: Vec<Arc<Entry>> = said.entries.iter().filter_map(|id| hall.log.get(*id)).collect();
    match &said.trouble {
        Some(PressError::NoVendor { .. }) => notice(words, Tone::Note, &words.say("shop-no-vendor"), no_vendor(words)),
        Some(trouble) => {
            let title = match trouble {
                PressError::Unreachable { .. } => words.say("shop-unreachable"),
                _ => words.say("shop-not-sent"),
            };
            let text = hall.redacted(|redactor| redactor.text(&trouble.to_string()));
            let content = html! { p lang="en" { (text) } (links(words, &entries)) };
            notice(words, Tone::Wrong, &title, content)
        }
        None => {
            let (tone, title) = match said.verdict {
                Verdict::Conforms => (Tone::Done, "shop-conforms"),
                Verdict::Noted => (Tone::Note, "shop-noted"),
                Verdict::Breaks => (Tone::Wrong, "shop-breaks"),
                Verdict::NotJudged => (Tone::Note, "shop-not-judged"),
            };
            let title = words.tell(title, &[("operation", said.operation.as_str().into())]);
            notice(words, tone, &title, html! { (findings(hall, &entries)) (links(words, &entries)) })
        }
    }
}

/// What to do where no vendor is named.
pub(super) fn no_vendor(words: Words) -> Markup {
    html! {
        p { (words.say("shop-no-vendor-why")) }
        pre { code { "storeproof serve --vendor reference\nstoreproof serve --vendor http://127.0.0.1:8080" } }
    }
}

/// What is wrong, each with its rule; in English, as the catalogue is.
fn findings(hall: &Hall, entries: &[Arc<Entry>]) -> Markup {
    let found = entries.iter().flat_map(|entry| &entry.seen.findings);
    let lines: Vec<(String, String, Option<String>)> = hall.redacted(|redactor| {
        found
            .map(|weighed| {
                let finding = &weighed.finding;
                let level = match weighed.level {
                    Level::Must => "",
                    Level::Should => " (should)",
                    Level::Advice | Level::Manual => " (advice)",
                };
                let problem = super::act::bounded(&redactor.text(&finding.problem()));
                let cause = finding.cause.as_deref().map(|cause| super::act::bounded(&redactor.text(cause)));
                (format!("{}{level}", finding.requirement), problem, cause)
            })
            .collect()
    });
    html! {
        @if !lines.is_empty() {
            ul.findings lang="en" {
                @for (rule, problem, cause) in &lines {
                    li {
                        code { (rule) } " " (crate::wire::printable_text(problem.as_bytes()))
                        @if let Some(cause) = cause { " — " (crate::wire::printable_text(cause.as_bytes())) }
                    }
                }
            }
        }
    }
}

/// Links to exchanges, each with its verdict.
fn links(words: Words, entries: &[Arc<Entry>]) -> Markup {
    html! {
        @if !entries.is_empty() {
            ul.actions {
                @for entry in entries {
                    li {
                        (badge(words, entry.verdict())) " "
                        a href=(exchange(entry.id)) {
                            (words.tell("shop-exchange", &[
                                ("operation", entry.seen.operation.as_deref().unwrap_or("–").into()),
                                ("number", entry.id.to_string().into()),
                            ]))
                        }
                    }
                }
            }
        }
    }
}

/// What was done, the newest first.
pub(super) fn acts(words: Words, acts: &VecDeque<Act>) -> Markup {
    let heads = ["shop-when", "shop-call", "shop-answer", "shop-verdict"].map(|key| words.say(key));
    let rows = html! {
        @for act in acts {
            tr {
                td { time { (act.when.strftime("%Y-%m-%d %H:%M:%S UTC")) } }
                td { code { (act.operation) } }
                td { (crate::wire::printable_text(act.said.as_bytes())) }
                td {
                    (badge(words, act.verdict.into()))
                    @if act.entry > 0 { " " a href=(exchange(act.entry)) { "#" (act.entry) } }
                }
            }
        }
    };
    html! {
        @if acts.is_empty() { p.muted { (words.say("shop-nothing-done")) } }
        @else { (table("acts", &words.say("shop-acts"), &heads, rows)) }
    }
}

/// How a call can be delivered otherwise than once and right, folded away.
pub(super) fn delivery(words: Words, marketplace: &str) -> Markup {
    let mut mistakes = vec![(String::new(), words.say("shop-tamper-none"))];
    mistakes.extend(
        market::mistakes(marketplace).into_iter().map(|(name, what)| (name.to_owned(), format!("{name}: {what}"))),
    );
    let manner = |value: &str, label: &str| (value.to_owned(), words.say(label));
    let manners = [
        manner("once", "shop-deliver-once"),
        manner("again", "shop-deliver-again"),
        manner("together", "shop-deliver-together"),
        manner("lost", "shop-deliver-lost"),
    ];
    let deliver = Field { name: "deliver", label: &words.say("shop-deliver"), ..Field::default() };
    let hint = words.say("shop-tamper-hint");
    let tamper = Field { name: "tamper", label: &words.say("shop-tamper"), hint: Some(&hint), ..Field::default() };
    html! {
        details.delivery {
            summary { (words.say("shop-delivery")) }
            div.columns { (form::select(deliver, &manners)) (form::select(tamper, &mistakes)) }
        }
    }
}

/// How a form wants its call delivered.
pub(super) fn deliver(fields: &Fields) -> Deliver {
    let mut deliver = Deliver::default();
    match field(fields, "deliver") {
        "again" => deliver.copies = Some(2),
        "together" => (deliver.copies, deliver.together) = (Some(2), true),
        "lost" => deliver.lose_answer = true,
        _ => {}
    }
    let tamper = field(fields, "tamper");
    deliver.tamper = (!tamper.is_empty()).then(|| tamper.to_owned());
    deliver
}

/// A form with one button.
pub(super) fn button(stand: &Stand, action: &str, label: &str, class: &str, more: Markup) -> Markup {
    html! {
        form method="post" action=(action) {
            (ticketed(stand))
            (more)
            button class=(class) type="submit" { (label) }
        }
    }
}

/// What was clicked, as a file.
pub(super) fn download(title: &str, name: &str, clicks: &[Clicked]) -> Response {
    let safe: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
    let mut response = (StatusCode::OK, scenario_of(title, clicks)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/yaml; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{safe}.arazzo.yaml\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    response
}

/// A page with what is wrong with a form on top.
pub(super) fn refused(reader: &Reader, section: Section, back: &str, problems: &[String]) -> Response {
    let words = reader.words;
    let list =
        html! { ul { @for problem in problems { li { (problem) } } } p { a href=(back) { (words.say("shop-back")) } } };
    let told = Page {
        title: words.say("shop-not-sent"),
        section,
        status: StatusCode::UNPROCESSABLE_ENTITY,
        ..Page::default()
    };
    page(reader, told, notice(words, Tone::Wrong, &words.say("shop-form-wrong"), list))
}
