//! The list of what was exchanged, the newest first.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use maud::{Markup, html};

use super::filter::{Filter, name_of, name_of_caller};
use super::form::{self, Field};
use super::show::{badge, table};
use super::words::{Value, Words};
use super::{Page, Reader, Section, page};
use crate::report::redact::words as told;
use crate::report::summary::duration;
use crate::serve::{Entry, Hall, Verdict};
use crate::wire::{Caller, Redactor, printable};

/// Rows of one page.
const ROWS: usize = 50;

/// Verdicts, as the form offers them.
const VERDICTS: [Verdict; 4] = [Verdict::Breaks, Verdict::Noted, Verdict::Conforms, Verdict::NotJudged];

/// The page of the list.
pub(super) async fn list(State(hall): State<Arc<Hall>>, reader: Reader, RawQuery(query): RawQuery) -> Response {
    let words = reader.words;
    let filter = Filter::of(query.as_deref());
    let mut entries = hall.log.newest(ROWS + 1, |entry| filter.fits(entry));
    let more = entries.len() > ROWS;
    entries.truncate(ROWS);
    let (kept, _) = hall.log.extent();
    let newest = hall.log.newest(1, |_| true).first().map_or(0, |entry| entry.id);
    let rows = hall.redacted(|redactor| html! { @for entry in &entries { (row(words, entry, redactor)) } });
    let live = filter.before.is_none().then(|| filter.address("/exchanges/live", "after", newest));
    let content = html! {
        @if kept > 0 || !filter.is_empty() {
            (fields(words, &hall, &filter))
            @if let Some(live) = &live { (bar(words, live, false)) }
            @if entries.is_empty() {
                div.panel {
                    p { (words.say("nothing-fits")) }
                    p { a href="/exchanges" { (words.say("all-exchanges")) } }
                }
            }
            div.list hidden[entries.is_empty()] {
                (table("exchanges", &words.say("exchanges-caption"), &heads(words), rows))
            }
            nav.actions aria-label=(words.say("paging")) {
                @if filter.before.is_some() {
                    a.button href={ "/exchanges?" (filter.query()) } { (words.say("newest")) }
                }
                @if let (true, Some(last)) = (more, entries.last()) {
                    a.button rel="next" href=(filter.address("/exchanges", "before", last.id)) { (words.say("older")) }
                }
            }
        } @else {
            @if let Some(live) = &live { (bar(words, live, true)) }
            (welcome(words, &hall))
        }
    };
    let lead = Some(words.say("exchanges-lead"));
    page(&reader, Page { title: words.say("exchanges"), section: Section::Exchanges, lead, ..Page::default() }, content)
}

/// What says whether new exchanges appear by themselves. It shows where scripts run.
fn bar(words: Words, live: &str, fresh: bool) -> Markup {
    html! {
        div.live hidden data-live=(live) data-fresh[fresh] data-on=(words.say("live-on")) data-off=(words.say("live-off"))
            data-lost=(words.say("live-lost")) data-missed=(words.say("live-missed"))
            data-pause=(words.say("live-pause")) data-resume=(words.say("live-resume")) {
            span.pulse aria-hidden="true" {}
            span.state {}
            button.toggle type="button" {}
            span.unseen role="status" aria-live="polite" {}
        }
    }
}

fn heads(words: Words) -> Vec<String> {
    ["head-time", "head-call", "head-what", "head-status", "head-duration", "head-verdict"]
        .map(|key| words.say(key))
        .to_vec()
}

/// One row. It says in one phrase what is new, for who hears the page.
pub(super) fn row(words: Words, entry: &Entry, redactor: &Redactor) -> Markup {
    let seen = &entry.seen;
    let exchange = &seen.exchange;
    let target = told(redactor, exchange.request.path());
    let method = told(redactor, &exchange.request.method);
    let verdict = entry.verdict();
    let status = exchange.response().map(|response| response.status.to_string());
    let started = exchange.started;
    let said = {
        let operation = seen.operation.as_ref().map(|operation| told(redactor, operation));
        let operation = operation.unwrap_or_else(|| format!("{method} {target}"));
        let verdict = word_of(words, verdict);
        let values: [(&str, Value<'_>); 3] =
            [("marketplace", seen.marketplace.into()), ("call", operation.into()), ("verdict", verdict.into())];
        words.tell("row-said", &values)
    };
    html! {
        tr role="row" id={ "exchange-" (entry.id) } data-said=(said) {
            td role="cell" { time datetime=(started) title=(started) { (started.strftime("%H:%M:%S%.3f")) } }
            td role="cell" { (parties(words, seen.marketplace, exchange.caller)) }
            td.what role="cell" {
                a href={ "/exchanges/" (entry.id) } {
                    @match &seen.operation {
                        Some(operation) => { strong { (told(redactor, operation)) } " " span.path { (method) " " (target) } }
                        None => { strong.path { (method) " " (target) } }
                    }
                }
                @if let Some(why) = &seen.refused {
                    span.disturbed { (words.say("not-http")) " " span lang="en" { (told(redactor, why)) } }
                }
                @if let Some(disturbance) = &seen.disturbance {
                    span.disturbed { (words.say("disturbed")) " " span lang="en" { (told(redactor, disturbance)) } }
                }
            }
            td.number role="cell" {
                @match status {
                    Some(status) => (status),
                    None => span.muted { (words.say("no-answer")) },
                }
            }
            td.number role="cell" { (duration(exchange.timing.total)) }
            td role="cell" { (badge(words, verdict)) }
        }
    }
}

/// Who called whom.
pub(super) fn parties(words: Words, marketplace: &str, caller: Caller) -> Markup {
    let (arrow, key) = match caller {
        Caller::Marketplace => ("→", "store-calls-vendor"),
        Caller::Vendor => ("←", "vendor-calls-store"),
    };
    html! {
        span.parties {
            span.market translate="no" { (marketplace) }
            span.way { span aria-hidden="true" { (arrow) " " } (words.say(key)) }
        }
    }
}

/// The word of a verdict.
pub(super) fn word_of(words: Words, verdict: Verdict) -> String {
    match verdict {
        Verdict::Conforms => words.say("verdict-conforms"),
        Verdict::Noted => words.say("verdict-noted"),
        Verdict::Breaks => words.say("verdict-breaks"),
        Verdict::NotJudged => words.say("verdict-not-judged"),
    }
}

fn fields(words: Words, hall: &Hall, filter: &Filter) -> Markup {
    let any = || (String::new(), words.say("any"));
    let plain = |name: &str| (name.to_owned(), name.to_owned());
    let marketplaces: Vec<_> =
        std::iter::once(any()).chain(hall.stands.iter().map(|stand| plain(stand.name))).collect();
    let mut operations: Vec<String> = hall
        .log
        .newest(usize::MAX, |_| true)
        .iter()
        .filter_map(|entry| entry.seen.operation.as_ref())
        .map(|name| printable(name.as_bytes()))
        .collect();
    operations.extend((!filter.operation.is_empty()).then(|| filter.operation.clone()));
    operations.sort();
    operations.dedup();
    let operations: Vec<_> = std::iter::once(any()).chain(operations.iter().map(|name| plain(name))).collect();
    let callers = [
        any(),
        (name_of_caller(Caller::Marketplace).to_owned(), words.say("store-calls-vendor")),
        (name_of_caller(Caller::Vendor).to_owned(), words.say("vendor-calls-store")),
    ];
    let verdicts: Vec<_> = std::iter::once(any())
        .chain(VERDICTS.map(|verdict| (name_of(verdict).to_owned(), word_of(words, verdict))))
        .collect();
    let field = |name, label: &'static str, value| (name, words.say(label), value);
    let select = |(name, label, value): (&str, String, &str), options: &[(String, String)]| {
        form::select(Field { name, label: &label, value, ..Field::default() }, options)
    };
    html! {
        search {
            form.filter method="get" action="/exchanges" {
                (select(field("marketplace", "head-marketplace", filter.marketplace.as_str()), &marketplaces))
                (select(field("caller", "head-call", filter.caller.as_str()), &callers))
                (select(field("verdict", "head-verdict", filter.verdict.as_str()), &verdicts))
                (select(field("operation", "head-operation", filter.operation.as_str()), &operations))
                (form::line(Field { name: "text", label: &words.say("filter-text"), value: &filter.text, ..Field::default() }, "search"))
                div.send {
                    button.primary type="submit" { (words.say("filter")) }
                    @if !filter.is_empty() { a href="/exchanges" { (words.say("filter-clear")) } }
                }
            }
        }
    }
}

/// What a newcomer does next.
fn welcome(words: Words, hall: &Hall) -> Markup {
    html! {
        div.panel.welcome {
            h2 { (words.say("welcome")) }
            p { (words.say("welcome-lead")) }
            @if super::layout::storefronts(hall.stands.iter().map(|stand| stand.name)).next().is_some() {
                h3 { (words.say("welcome-storefronts")) }
                ul.plain {
                    @for storefront in super::layout::storefronts(hall.stands.iter().map(|stand| stand.name)) {
                        li { a href=(storefront.href) { (words.say(storefront.label)) } }
                    }
                }
            }
            h3 { (words.say("welcome-call")) }
            p { (words.say("welcome-call-how")) }
            @for stand in &hall.stands {
                (super::show::copied(words, stand.name, &format!("curl -i {}/", stand.base)))
            }
        }
    }
}
