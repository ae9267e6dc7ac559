//! A message as a program reads it: parameters decoded, fields in a table, JSON over several lines.

use maud::{Markup, html};

use super::message::{Side, body};
use super::{Scene, indent};
use crate::serve::console::show::{table, value};
use crate::wire::printable_text;

/// Fields or parameters of one table.
const MOST_ROWS: usize = 200;
/// Bodies up to this many bytes are written anew.
const LONGEST: usize = 256 * 1024;

/// Everything that can be read of a message, folded.
pub(super) fn section(scene: &Scene<'_>, side: Side) -> Markup {
    let words = scene.words;
    let exchange = scene.exchange();
    let (headers, answered) = match (side, &exchange.answer) {
        (Side::Request, _) => (Some(&exchange.request.headers), true),
        (Side::Answer, Ok(response)) => (Some(&response.headers), true),
        (Side::Answer, Err(_)) => (None, false),
    };
    if !answered {
        return html! {};
    }
    let query = if side == Side::Request { exchange.request.query() } else { None };
    let fields: Vec<(String, String)> = headers
        .into_iter()
        .flat_map(|headers| headers.iter())
        .map(|field| (field.name.clone(), printable_text(&scene.redactor.bytes(&field.value))))
        .collect();
    let media = headers.and_then(|headers| headers.text("content-type")).unwrap_or_default();
    let body = body(exchange, side);
    if query.is_none_or(str::is_empty) && fields.is_empty() && body.is_empty() {
        return html! {};
    }
    let id = |part: &str| match side {
        Side::Request => format!("request-{part}"),
        Side::Answer => format!("answer-{part}"),
    };
    html! {
        details.read {
            summary { (words.say("read")) }
            @if let Some(query) = query.filter(|query| !query.is_empty()) {
                (pairs(scene, &id("query"), &words.say("parameters"), &decoded(scene, query.as_bytes())))
            }
            @if !fields.is_empty() { (pairs(scene, &id("fields"), &words.say("fields"), &fields)) }
            @if !body.is_empty() {
                @if media.starts_with("application/x-www-form-urlencoded") {
                    (pairs(scene, &id("form"), &words.say("form-body"), &decoded(scene, &body)))
                } @else if let Some(text) = json(&body) {
                    h3 { (words.say("json-body")) }
                    pre.wrap tabindex="0" translate="no" { code { (printable_text(scene.redactor.text(&text).as_bytes())) } }
                } @else {
                    p.muted { (words.say("unread-body")) }
                }
            }
        }
    }
}

fn json(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.len() <= LONGEST)?;
    indent::indented(text)
}

fn decoded(scene: &Scene<'_>, form: &[u8]) -> Vec<(String, String)> {
    let pairs = url::form_urlencoded::parse(form);
    // What is encoded may be a secret that is not one before it is decoded, and the other way round.
    pairs.map(|(name, value)| (scene.redactor.text(&name), scene.redactor.text(&value))).collect()
}

fn pairs(scene: &Scene<'_>, id: &str, caption: &str, pairs: &[(String, String)]) -> Markup {
    let words = scene.words;
    let rows = html! {
        @for (name, content) in pairs.iter().take(MOST_ROWS) {
            tr {
                th scope="row" { code { (scene.told(name)) } }
                td { (value(words, &scene.redactor.text(content))) }
            }
        }
    };
    table(id, caption, &[words.say("name"), words.say("value")], rows)
}
