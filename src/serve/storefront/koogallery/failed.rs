//! Calls that a vendor did not take: the store sends them again for some time, and then somebody presses a button.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use super::state::Failed;
use super::{HOME, code, page_of, stand, with};
use crate::serve::console::show::{badge, table};
use crate::serve::console::{Reader, Words};
use crate::serve::storefront::counter;
use crate::serve::storefront::pieces::{self, Fields, field};
use crate::serve::{Hall, Stand};
use crate::wire::printable_text;

/// For how long the store sends a call again, as far as it is documented.
fn rule(words: Words, operation: &str) -> String {
    words.say(match operation {
        "newInstance" => "kg-retry-create",
        "updateInstanceStatus" | "instanceStatus" | "expireInstance" => "kg-retry-status",
        "upgradeInstance" | "upgrade" | "orderNotify" => "kg-retry-hours",
        "queryInstance" => "kg-retry-query",
        _ => "kg-retry-unknown",
    })
}

pub(super) fn section(words: Words, stand: &Stand, failed: &VecDeque<Failed>) -> Markup {
    let heads = ["shop-call", "kg-order", "shop-answer", "kg-tries", "kg-retry-rule", "kg-retry"];
    let rows = html! {
        @for one in failed {
            tr {
                th scope="row" { code { (one.click.operation) } }
                td { a href=(page_of(&one.about)) { (printable_text(one.about.as_bytes())) } }
                td {
                    (code(words, &one.last.said)) " " (badge(words, one.last.verdict.into()))
                    @if one.last.entry > 0 { " " a href=(pieces::exchange(one.last.entry)) { "#" (one.last.entry) } }
                }
                td.number { (one.tries) }
                td { (rule(words, &one.click.operation)) }
                td {
                    (pieces::button(stand, &format!("{HOME}/retry"), &words.say("kg-retry"), "",
                        crate::serve::console::form::hidden("number", &one.number.to_string())))
                }
            }
        }
    };
    html! {
        section aria-labelledby="failed-title" {
            h2 #failed-title { (words.say("kg-failed-title")) }
            p { (words.say("kg-failed-what")) }
            @if failed.is_empty() { p.muted { (words.say("kg-no-failed")) } }
            @else { (table("failed", &words.say("kg-failed-title"), &heads.map(|key| words.say(key)), rows)) }
        }
    }
}

pub(super) async fn retry(State(hall): State<Arc<Hall>>, reader: Reader, Form(fields): Form<Fields>) -> Response {
    let (stand, _) = match stand(&hall, &reader) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let number: u64 = field(&fields, "number").parse().unwrap_or_default();
    let of = |failed: &&Failed| failed.number == number;
    let click = with(stand, |shop| shop.failed.iter().find(of).map(|failed| failed.click.clone())).flatten();
    match click {
        Some(click) => counter::press(stand, pieces::ticket(&fields), vec![click], HOME).await,
        // It was taken meanwhile.
        None => Redirect::to(HOME).into_response(),
    }
}
