//! Samsung Cloud Platform: what its clients can read, and what they sign.
//!
//! The platform calls nobody, so there is no button that does: the page shows the catalogue that clients are told, and
//! takes a request of theirs to have its signature looked at.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::pieces::{Fields, field};
use crate::market::Market;
use crate::market::scp::Item;
use crate::serve::Hall;
use crate::serve::console::form::{self, Field};
use crate::serve::console::layout::missing;
use crate::serve::console::show::{copied, table};
use crate::serve::console::{Page, Reader, Section, Words, page};
use crate::wire::printable_text;

/// The marketplace.
pub(super) const NAME: &str = "scp";
/// Its page.
pub(super) const HOME: &str = "/scp";
/// Where it belongs.
const SECTION: Section = Section::Storefront(NAME);

/// Its pages.
pub(super) fn router() -> Router<Arc<Hall>> {
    Router::new().route("/scp", get(shown))
}

async fn shown(State(hall): State<Arc<Hall>>, reader: Reader, Query(query): Query<Fields>) -> Response {
    let words = reader.words;
    let found = hall.stand(NAME).and_then(|stand| match &stand.market {
        Market::Scp(store) => Some((stand, store)),
        _ => None,
    });
    let Some((stand, store)) = found else { return missing(&reader, SECTION, &words.say("shop-not-served")) };
    let wanted = field(&query, "text");
    let items: Vec<Item> = store.items().into_iter().filter(|item| matches(item, wanted)).collect();
    let content = html! {
        p { (words.say("scp-served-at")) " " code { (stand.base) } }
        section aria-labelledby="catalogue-title" {
            h2 #catalogue-title { (words.say("scp-catalogue")) }
            p { (words.say("scp-catalogue-what")) }
            form.panel method="get" action=(HOME) role="search" {
                (form::line(Field { name: "text", label: &words.say("scp-search"), value: wanted, ..Field::default() }, "search"))
                div.actions { (form::send(&words.say("scp-search-button"))) }
            }
            p role="status" { (words.tell("scp-found", &[("count", items.len().into())])) }
            (listed(words, "categories", "scp-categories", &items, false))
            (listed(words, "products", "scp-products", &items, true))
        }
        (checker(words))
        section aria-labelledby="ask-title" {
            h2 #ask-title { (words.say("scp-ask")) }
            (copied(words, &words.say("scp-versions"), &format!("curl {}/", stand.base)))
            p { (words.say("scp-keys")) " " code { "storeproof keys scp" } }
        }
    };
    let told =
        Page { title: words.say("scp-name"), section: SECTION, lead: Some(words.say("scp-lead")), ..Page::default() };
    page(&reader, told, content)
}

/// Whether a row has this text in its id, a name or its category, whatever the case.
fn matches(item: &Item, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    [&item.id, &item.name, &item.korean, &item.category].iter().any(|text| text.to_lowercase().contains(&wanted))
}

fn listed(words: Words, id: &str, caption: &str, items: &[Item], products: bool) -> Markup {
    let evidence = |item: &Item| {
        words.say(match item.evidence {
            "documented" => "scp-documented",
            "observed" => "scp-observed",
            "inferred" => "scp-inferred",
            _ => "scp-invented",
        })
    };
    let heads: Vec<String> = ["scp-id", "scp-english", "scp-korean", "scp-category", "scp-evidence", "scp-served"]
        .into_iter()
        .filter(|head| products || *head != "scp-category")
        .map(|head| words.say(head))
        .collect();
    let rows = html! {
        @for item in items.iter().filter(|item| item.product == products) {
            tr.invented[item.evidence == "invented"] {
                th scope="row" { code { (printable_text(item.id.as_bytes())) } }
                td { (printable_text(item.name.as_bytes())) }
                td lang="ko" { (printable_text(item.korean.as_bytes())) }
                @if products { td { code { (printable_text(item.category.as_bytes())) } } }
                td { (evidence(item)) }
                td { @if item.served { (words.say("scp-yes")) } @else { (words.say("scp-no")) } }
            }
        }
    };
    html! {
        @if items.iter().any(|item| item.product == products) { (table(id, &words.say(caption), &heads, rows)) }
    }
}

/// The console's signature checker, with this marketplace chosen.
fn checker(words: Words) -> Markup {
    let hint = words.say("paste-hint");
    let request = Field { name: "request", label: &words.say("paste"), hint: Some(&hint), ..Field::default() };
    html! {
        section aria-labelledby="checker-title" {
            h2 #checker-title { (words.say("signature")) }
            form.panel.checker method="post" action="/signature" {
                (form::hidden("marketplace", NAME))
                (form::area(request, 8))
                div.actions { (form::send(&words.say("examine"))) }
            }
        }
    }
}
