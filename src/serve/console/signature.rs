//! Signatures step by step: of an exchange, and of whatever somebody pastes.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::form::{self, Field};
use super::paste::{self, PasteError};
use super::show::{Tone, notice};
use super::{Page, Reader, Section, Words, difference, page};
use crate::market::{Carrier, Examined};
use crate::report::redact::words as told;
use crate::serve::Hall;
use crate::sign::Intermediate;
use crate::wire::{Redactor, printable_text};

/// Characters of a step that are shown.
const LONGEST: usize = 16 * 1024;

/// Each signature with its steps; nothing where there is none.
pub(crate) fn section(examined: &[Examined], words: Words, redactor: &Redactor) -> Markup {
    html! {
        @for (index, examined) in examined.iter().enumerate() {
            @let id = format!("signature-{index}");
            section.signature aria-labelledby=(id) {
                h2 id=(id) {
                    @match examined.carrier {
                        Carrier::Request => (words.say("signature-of-request")),
                        Carrier::Answer => (words.say("signature-of-answer")),
                    }
                    " " code.recipe translate="no" { (examined.recipe) }
                }
                (verdict(examined, words, redactor))
                @if !examined.expected.is_empty() {
                    details.read open[!examined.diagnosis.is_empty()] {
                        summary { (words.say("signature-steps")) }
                        @if examined.signed.is_some() { p.muted { (words.say("signature-compare")) } }
                        ol.steps {
                            @for step in &examined.expected { (row(step, examined, words, redactor)) }
                        }
                    }
                }
            }
        }
    }
}

fn verdict(examined: &Examined, words: Words, redactor: &Redactor) -> Markup {
    match examined.diagnosis.as_slice() {
        [] => html! { p.right { strong { (words.say("signature-right")) } } },
        reasons => html! {
            p.broken { strong { (words.say("signature-wrong")) } }
            ul.reasons lang="en" { @for reason in reasons { li { (told(redactor, reason)) } } }
        },
    }
}

/// One string: as it should be, and beside it as it was signed where that differs.
fn row(step: &Intermediate, examined: &Examined, words: Words, redactor: &Redactor) -> Markup {
    let signed = examined.signed.iter().flatten().find(|signed| signed.name == step.name);
    let shown = |text: &str| bounded(&printable_text(redactor.text(text).as_bytes()));
    let expected = shown(&step.value);
    let signed = signed.map(|signed| shown(&signed.value)).filter(|signed| *signed != expected);
    html! {
        li {
            p.step lang="en" { (step.name) }
            @match signed {
                None => { pre.wrap tabindex="0" translate="no" { code { (expected) } } }
                Some(signed) => {
                    @let (right, wrong) = difference::marked(&expected, &signed);
                    div.sides {
                        figure { figcaption { (words.say("should-be-signed")) } pre.wrap tabindex="0" translate="no" { code { (right) } } }
                        figure.wrong { figcaption { (words.say("was-signed")) } pre.wrap tabindex="0" translate="no" { code { (wrong) } } }
                    }
                }
            }
        }
    }
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

/// What the form holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    marketplace: String,
    request: String,
}

/// The empty form.
pub(super) async fn empty(State(hall): State<Arc<Hall>>, reader: Reader) -> Response {
    checker(&hall, &reader, &Asked::default(), None, html! {})
}

/// The form with what was pasted, and its examination.
pub(super) async fn examine(State(hall): State<Arc<Hall>>, reader: Reader, Form(asked): Form<Asked>) -> Response {
    let words = reader.words;
    let stand = hall.stand(&asked.marketplace);
    let pasted = match (paste::read(&asked.request), stand) {
        (Err(error), _) => return checker(&hall, &reader, &asked, Some(why(words, &error)), html! {}),
        (Ok(_), None) => return checker(&hall, &reader, &asked, Some(words.say("no-such-store")), html! {}),
        (Ok(pasted), Some(stand)) => stand.market.signature(&pasted.request, &pasted.scheme, stand.clock.now()),
    };
    let result = match pasted {
        Some(examined) => hall.redacted(|redactor| section(&[examined], words, redactor)),
        None => notice(words, Tone::Note, &words.say("unsigned-store"), html! {}),
    };
    checker(&hall, &reader, &asked, None, result)
}

/// What is wrong with a pasted text, in the reader's language.
pub(crate) fn why(words: Words, error: &PasteError) -> String {
    match error {
        PasteError::Empty => words.say("paste-empty"),
        PasteError::NoRequest => words.say("paste-no-request"),
        PasteError::Field { line } => words.tell("paste-field", &[("line", (*line).into())]),
        PasteError::Quotes => words.say("paste-quotes"),
        PasteError::NoAddress => words.say("paste-no-address"),
        PasteError::Address => words.say("paste-address"),
        PasteError::File => words.say("paste-file"),
    }
}

fn checker(hall: &Hall, reader: &Reader, asked: &Asked, error: Option<String>, result: Markup) -> Response {
    let words = reader.words;
    let stores: Vec<(String, String)> =
        hall.stands.iter().map(|stand| (stand.name.to_owned(), stand.name.to_owned())).collect();
    let store = Field {
        name: "marketplace",
        label: &words.say("head-marketplace"),
        value: &asked.marketplace,
        ..Field::default()
    };
    let request = Field {
        name: "request",
        label: &words.say("paste"),
        hint: Some(&words.say("paste-hint")),
        value: &asked.request,
        error: error.as_deref(),
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let content = html! {
        (result)
        form.checker method="post" action="/signature" {
            (form::select(store, &stores))
            (form::area(request, 12))
            div.actions { (form::send(&words.say("examine"))) }
        }
    };
    let title = words.say("signature");
    let lead = Some(words.say("signature-lead"));
    page(reader, Page { title, section: Section::Signature, lead, status, ..Page::default() }, content)
}
