//! What one has to know to connect: addresses, keys by name, and which editions of the interfaces are played.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::show::{copied, table};
use super::{Page, Reader, Section, Words, page};
use crate::serve::{Hall, Stand};
use crate::spec::{Caller, embedded};

/// The page.
pub(super) async fn about(State(hall): State<Arc<Hall>>, reader: Reader) -> Response {
    let words = reader.words;
    let content = html! {
        @for stand in &hall.stands { (of(words, stand)) }
        section aria-labelledby="program" {
            h2 #program { (words.say("about-program")) }
            dl.facts {
                dt { (words.say("version")) } dd { "storeproof " (env!("CARGO_PKG_VERSION")) }
                dt { (words.say("log-extent")) } dd { (words.tell("log-holds", &[("count", hall.log.extent().0.into())])) }
            }
        }
    };
    let lead = Some(words.say("about-lead"));
    page(&reader, Page { title: words.say("about"), section: Section::About, lead, ..Page::default() }, content)
}

fn of(words: Words, stand: &Stand) -> Markup {
    let keys = stand.market.keys(false);
    let ahead = stand.clock.ahead();
    html! {
        section.panel aria-labelledby=(stand.name) {
            h2 id=(stand.name) translate="no" { (stand.name) }
            dl.facts {
                dt { (words.say("its-address")) } dd { code { (stand.base) } }
                dt { (words.say("its-vendor")) }
                dd {
                    @match &stand.vendor {
                        Some(vendor) => code { (vendor.endpoint().base()) },
                        None => (words.say("no-vendor")),
                    }
                }
                @if !ahead.is_zero() {
                    dt { (words.say("its-clock")) } dd { (format!("{ahead:#}")) }
                }
            }
            @if !keys.trim().is_empty() {
                (copied(words, &words.say("its-keys"), keys.trim_end()))
                @if keys.contains("--reveal") {
                    p.muted { (words.say("keys-reveal")) " " code { "storeproof keys " (stand.name) " --reveal" } }
                }
            }
            (interfaces(words, stand.name))
        }
    }
}

fn interfaces(words: Words, marketplace: &str) -> Markup {
    let names = embedded::interface_texts().filter(|text| text.marketplace() == marketplace).map(|text| text.name());
    let interfaces: Vec<_> = names.filter_map(embedded::interface).collect();
    let heads = ["interface", "edition", "head-call", "operations"].map(|key| words.say(key));
    let rows = html! {
        @for interface in &interfaces {
            tr {
                th scope="row" lang="en" { (interface.title) }
                td { (interface.version) }
                td {
                    @match interface.caller {
                        Caller::Marketplace => (words.say("store-calls-vendor")),
                        Caller::Vendor => (words.say("vendor-calls-store")),
                    }
                }
                td.number { (interface.operations.len()) }
            }
        }
    };
    html! { @if !interfaces.is_empty() { (table(&format!("{marketplace}-interfaces"), &words.say("interfaces"), &heads, rows)) } }
}
