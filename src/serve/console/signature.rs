//! Signatures step by step: of an exchange, and of whatever somebody pastes.

use std::sync::Arc;

use axum::Form;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::form::{self, Field};
use super::show::{Tone, notice};
use super::{Page, Reader, Section, Words, difference, page};
use crate::capture::paste::{self, PasteError};
use crate::market::{Carrier, Examined};
use crate::report::redact::words as told;
use crate::serve::{Hall, Stand};
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

/// Why a pasted text was not examined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unexamined {
    /// It is no request.
    NoRequest(PasteError),
    /// The requests of this marketplace carry no signature.
    Unsigned,
}

/// The signature of a pasted request, as this marketplace checks it now.
///
/// A request line does not say how it was sent, which some recipes sign: then the way that fits counts, and where none
/// does, the one on which the marketplace listens itself if the request is for it, else HTTPS.
pub(crate) fn examined(stand: &Stand, text: &str) -> Result<Examined, Unexamined> {
    // Browsers send text areas with CR LF at the end of each line.
    let pasted = paste::read(&text.replace("\r\n", "\n")).map_err(Unexamined::NoRequest)?;
    let request = &pasted.request;
    let own = request.headers.text("host").filter(|host| stand.base.ends_with(&format!("//{host}")));
    let schemes = match (&pasted.scheme, own) {
        (Some(scheme), _) => vec![scheme.as_str()],
        (None, Some(_)) if stand.base.starts_with("http:") => vec!["http", "https"],
        (None, _) => vec!["https", "http"],
    };
    let now = stand.clock.now();
    let mut tried: Vec<Examined> =
        schemes.into_iter().filter_map(|scheme| stand.market.signature(request, scheme, now)).collect();
    let right = tried.iter().position(|examined| examined.diagnosis.is_empty()).unwrap_or_default();
    if right < tried.len() { Ok(tried.swap_remove(right)) } else { Err(Unexamined::Unsigned) }
}

/// The empty form; `?marketplace=` chooses one.
pub(super) async fn empty(State(hall): State<Arc<Hall>>, reader: Reader, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let marketplace = pairs.find(|(name, _)| name == "marketplace").map(|(_, value)| value.into_owned());
    let asked = Asked { marketplace: marketplace.unwrap_or_default(), ..Asked::default() };
    checker(&hall, &reader, &asked, None, html! {})
}

/// The form with what was pasted, and its examination.
pub(super) async fn examine(State(hall): State<Arc<Hall>>, reader: Reader, Form(asked): Form<Asked>) -> Response {
    let words = reader.words;
    let Some(stand) = hall.stand(&asked.marketplace) else {
        return checker(&hall, &reader, &asked, Some(words.say("no-such-store")), html! {});
    };
    let (stand, text) = (Arc::clone(stand), asked.request.clone());
    // To find out what was signed takes many tries, which must hold nobody else up.
    let examined = spawn_blocking(move || examined(&stand, &text)).await;
    match examined.unwrap_or(Err(Unexamined::Unsigned)) {
        Ok(examined) => {
            let result = hall.redacted(|redactor| section(&[examined], words, redactor));
            checker(&hall, &reader, &asked, None, result)
        }
        Err(Unexamined::NoRequest(error)) => checker(&hall, &reader, &asked, Some(why(words, &error)), html! {}),
        Err(Unexamined::Unsigned) => {
            let result = notice(words, Tone::Note, &words.say("unsigned-store"), html! {});
            checker(&hall, &reader, &asked, None, result)
        }
    }
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
