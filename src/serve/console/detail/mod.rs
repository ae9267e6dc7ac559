//! One exchange: the verdict first, then why, then the bytes.
//!
//! Top to bottom it answers what a developer asks in that order: is it right; what is wrong, where, why does the store care
//! and what is to be changed; what was signed; what exactly went over the wire; how can it be done again.

mod again;
mod findings;
mod indent;
mod message;
mod parsed;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use tokio::task::spawn_blocking;

use super::exchanges::parties;
use super::layout::missing;
use super::show::{badge, value};
use super::words::Words;
use super::{Page, Reader, Section, page};
use crate::report::redact::words as told;
use crate::report::summary::duration;
use crate::serve::{Entry, Hall, Stand, Verdict};
use crate::wire::{Caller, Exchange, Redactor};

use message::Side;

/// What the parts of the page need.
#[derive(Clone, Copy)]
struct Scene<'a> {
    words: Words,
    entry: &'a Entry,
    /// The marketplace, as long as it is served.
    stand: Option<&'a Stand>,
    redactor: &'a Redactor,
}

impl Scene<'_> {
    fn exchange(&self) -> &Exchange {
        &self.entry.seen.exchange
    }

    /// What the other side may have written: short, without secrets, harmless.
    fn told(&self, text: &str) -> String {
        told(self.redactor, text)
    }

    /// The message that was judged: what the vendor sent.
    fn judged(&self) -> Side {
        match self.exchange().caller {
            Caller::Marketplace => Side::Answer,
            Caller::Vendor => Side::Request,
        }
    }
}

/// The page of one exchange.
pub(super) async fn detail(State(hall): State<Arc<Hall>>, reader: Reader, Path(id): Path<String>) -> Response {
    let words = reader.words;
    let entry = id.parse().ok().and_then(|id| hall.log.get(id));
    let Some(entry) = entry else {
        return missing(&reader, Section::Exchanges, &words.say("exchange-gone"));
    };
    let stand = hall.stand(entry.seen.marketplace);
    // To find out what was signed takes many tries, which must hold nobody else up.
    let examined = match stand.map(Arc::clone) {
        Some(stand) if entry.seen.refused.is_none() => {
            let entry = Arc::clone(&entry);
            spawn_blocking(move || stand.market.signatures(&entry.seen.exchange)).await.unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let stand = stand.map(AsRef::as_ref);
    let (title, content) = hall.redacted(|redactor| {
        let scene = Scene { words, entry: &entry, stand, redactor };
        let content = html! {
            (summary(&scene))
            (neighbours(words, &hall, entry.id))
            (findings::section(&scene))
            (super::signature::section(&examined, words, redactor))
            (message::section(&scene, Side::Request))
            (message::section(&scene, Side::Answer))
            @if entry.seen.refused.is_none() { (again::section(&scene)) }
        };
        (heading(&scene), content)
    });
    let trail = vec![(words.say("exchanges"), "/exchanges".to_owned())];
    page(&reader, Page { title, section: Section::Exchanges, trail, ..Page::default() }, content)
}

/// One message as text and nothing else, for what is too long for the page.
pub(super) async fn raw(
    State(hall): State<Arc<Hall>>,
    reader: Reader,
    Path((id, side)): Path<(String, String)>,
) -> Response {
    let entry = id.parse().ok().and_then(|id| hall.log.get(id));
    let side = Side::of(&side);
    let (Some(entry), Some(side)) = (entry, side) else {
        return missing(&reader, Section::Exchanges, &reader.words.say("exchange-gone"));
    };
    let text = hall.redacted(|redactor| message::whole(&entry.seen.exchange, side, redactor));
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn heading(scene: &Scene<'_>) -> String {
    let request = &scene.exchange().request;
    let path: String = scene.told(request.path()).chars().take(120).collect();
    let call = format!("{} {path}", scene.told(&request.method));
    scene.entry.seen.operation.as_ref().map_or(call, |operation| scene.told(operation))
}

fn summary(scene: &Scene<'_>) -> Markup {
    let words = scene.words;
    let seen = &scene.entry.seen;
    let exchange = scene.exchange();
    let verdict = scene.entry.verdict();
    let meaning = match (verdict, exchange.caller) {
        (Verdict::Conforms, _) => words.say("meaning-conforms"),
        (Verdict::Noted, _) => words.say("meaning-noted"),
        (Verdict::Breaks, Caller::Marketplace) => words.say("meaning-breaks-answer"),
        (Verdict::Breaks, Caller::Vendor) => words.say("meaning-breaks-call"),
        (Verdict::NotJudged, _) => words.say("meaning-not-judged"),
    };
    let request = &exchange.request;
    let address = format!("{} {}{}", request.method, exchange.peer.base.trim_end_matches('/'), request.target);
    let status = match &exchange.answer {
        Ok(response) => {
            let reason = if response.reason.is_empty() { "" } else { " " };
            scene.told(&format!("{}{reason}{}", response.status, response.reason))
        }
        Err(loss) => scene.told(&loss.to_string()),
    };
    let fact = |key: &str, fact: Markup| html! { dt { (words.say(key)) } dd { (fact) } };
    html! {
        div class={ "verdict " (super::filter::name_of(verdict)) } {
            (badge(words, verdict))
            p { (meaning) }
        }
        dl.facts {
            (fact("head-call", parties(words, seen.marketplace, exchange.caller)))
            (fact("address", value(words, &scene.redactor.text(&address))))
            (fact("head-status", html! { span lang=[exchange.answer.is_err().then_some("en")] { (status) } }))
            (fact("head-time", html! { time datetime=(exchange.started) { (exchange.started.strftime("%Y-%m-%d %H:%M:%S%.3f UTC")) } }))
            (fact("head-duration", html! {
                (duration(exchange.timing.total))
                @if let Some(first) = exchange.timing.first_byte {
                    span.muted { " (" (words.tell("first-byte", &[("time", duration(first).into())])) ")" }
                }
            }))
            @if let Some(tls) = &exchange.peer.tls {
                (fact("tls", html! { (scene.told(&tls.version)) @if let Some(trouble) = &tls.trouble { span lang="en" { ": " (scene.told(&trouble.to_string())) } } }))
            }
            @if let Some(why) = &seen.refused {
                (fact("unread-request", html! {
                    span lang="en" { (scene.told(why)) }
                    p.muted { (words.say("not-http-why")) }
                }))
            }
            @if let Some(disturbance) = &seen.disturbance {
                (fact("on-purpose", html! { span lang="en" { (scene.told(disturbance)) } }))
            }
        }
    }
}

fn neighbours(words: Words, hall: &Hall, id: u64) -> Markup {
    let there = |id: u64| hall.log.get(id).map(|entry| entry.id);
    let older = id.checked_sub(1).and_then(there);
    let newer = id.checked_add(1).and_then(there);
    html! {
        nav.actions aria-label=(words.say("neighbours")) {
            @if let Some(older) = older { a.button rel="prev" href={ "/exchanges/" (older) } { "← " (words.say("previous")) } }
            @if let Some(newer) = newer { a.button rel="next" href={ "/exchanges/" (newer) } { (words.say("next")) " →" } }
        }
    }
}
