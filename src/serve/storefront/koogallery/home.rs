//! The store's first page: purchases, buying, calls to send again, and the orders as the order query tells them.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};

use super::forms::{self, GOODS};
use super::purchase::expires;
use super::state::{Purchase, Standing};
use super::{DEBUGGING, HOME, NAME, SECTION, failed, page_of, stand, with};
use crate::market::koogallery::{Order, Store};
use crate::serve::console::form::{self, Field};
use crate::serve::console::show::{Tone, copied, notice, table};
use crate::serve::console::{Page, Reader, Words, page};
use crate::serve::storefront::counter;
use crate::serve::storefront::pieces::{self, Fields, field};
use crate::serve::{Hall, Stand};
use crate::wire::printable_text;

/// How many orders are listed.
const ORDERS: usize = 50;

pub(super) async fn shown(State(hall): State<Arc<Hall>>, reader: Reader, Query(query): Query<Fields>) -> Response {
    let (stand, store) = match stand(&hall, &reader) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let words = reader.words;
    let (bought, failing) = with(stand, |shop| {
        let bought: Vec<Purchase> = shop.purchases.iter().cloned().collect();
        (bought, shop.failed.clone())
    })
    .unwrap_or_default();
    let content = html! {
        (pieces::said(words, &hall, stand, &query))
        (vendor(words, stand))
        section aria-labelledby="purchases-title" {
            h2 #purchases-title { (words.say("kg-purchases")) }
            @if bought.is_empty() { p.muted { (words.say("kg-no-purchases")) } }
            @else { (purchases(words, &bought, store, stand)) }
        }
        section aria-labelledby="buy-title" {
            h2 #buy-title { (words.say("kg-buy")) }
            p { (words.say("kg-buy-what")) }
            (buy_form(words, stand))
        }
        section aria-labelledby="debugging-title" {
            h2 #debugging-title { (words.say("kg-debugging")) }
            p { (words.say("kg-debugging-what")) }
            p { a.button href=(DEBUGGING) { (words.say("kg-debugging-open")) } }
        }
        (failed::section(words, stand, &failing))
        (orders(words, store))
    };
    let told =
        Page { title: words.say("kg-name"), section: SECTION, lead: Some(words.say("kg-lead")), ..Page::default() };
    page(&reader, told, content)
}

/// Whom the store calls.
pub(super) fn vendor(words: Words, stand: &Stand) -> Markup {
    match &stand.vendor {
        Some(vendor) => html! { p { (words.say("shop-vendor")) " " code { (vendor.endpoint().base()) } } },
        None => notice(words, Tone::Note, &words.say("shop-no-vendor"), pieces::no_vendor(words)),
    }
}

/// Where an instance stands, in a word.
pub(super) fn standing(words: Words, standing: Standing) -> String {
    words.say(match standing {
        Standing::Failed => "kg-failed",
        Standing::Opening => "kg-opening",
        Standing::Normal => "kg-normal",
        Standing::Frozen => "kg-frozen",
        Standing::Released => "kg-released",
    })
}

/// What was bought, in words.
pub(super) fn goods(words: Words, what: &str) -> String {
    words.say(match what {
        "order-period" => "kg-period",
        "order-period-month" => "kg-month",
        "order-trial" => "kg-trial",
        "order-one-time" => "kg-one-time",
        "order-on-demand" => "kg-on-demand",
        "order-package" => "kg-package",
        _ => "kg-other",
    })
}

fn purchases(words: Words, purchases: &[Purchase], store: &Store, stand: &Stand) -> Markup {
    let heads = ["kg-order", "kg-product", "kg-interface", "kg-instance", "kg-standing", "kg-expires"];
    let rows = html! {
        @for purchase in purchases {
            tr {
                th scope="row" { a href=(page_of(&purchase.order)) { (printable_text(purchase.order.as_bytes())) } }
                td { (goods(words, &purchase.what)) }
                td { @if purchase.v1 { "V1.0" } @else { "V2.0" } }
                td { code { (printable_text(purchase.instance.as_deref().unwrap_or("–").as_bytes())) } }
                td { (standing(words, purchase.standing)) }
                td { (expires(purchase, store, stand)) }
            }
        }
    };
    table("purchases", &words.say("kg-purchases"), &heads.map(|key| words.say(key)), rows)
}

fn buy_form(words: Words, stand: &Stand) -> Markup {
    let what: Vec<(String, String)> = GOODS.iter().map(|what| ((*what).to_owned(), goods(words, what))).collect();
    let interfaces = [("v2".to_owned(), words.say("kg-v2")), ("v1".to_owned(), words.say("kg-v1"))];
    let product = Field { name: "what", label: &words.say("kg-product"), ..Field::default() };
    let hint = words.say("kg-interface-hint");
    let interface =
        Field { name: "interface", label: &words.say("kg-interface"), hint: Some(&hint), ..Field::default() };
    html! {
        form.panel method="post" action={ (HOME) "/buy" } {
            (pieces::ticketed(stand))
            div.columns { (form::select(product, &what)) (form::select(interface, &interfaces)) }
            (pieces::delivery(words, NAME))
            div.actions { (form::send(&words.say("kg-buy-button"))) }
        }
    }
}

/// Orders that were placed, each as the order query tells it.
fn orders(words: Words, store: &Store) -> Markup {
    let orders = store.orders(ORDERS);
    let heads = ["kg-order", "kg-order-type", "kg-charging", "kg-buyer", "kg-created", "kg-told"];
    let first = |order: &Order| order.lines.first().map(|line| line.charging.name());
    let rows = html! {
        @for order in &orders {
            tr {
                th scope="row" { code { (printable_text(order.id.as_bytes())) } }
                td { (order.kind.name()) }
                td { (first(order).unwrap_or("–")) }
                td { (printable_text(order.buyer.customer_name.as_bytes())) }
                td { time { (order.created.strftime("%Y-%m-%d %H:%M:%S UTC")) } }
                td {
                    details {
                        summary { (words.say("kg-told-show")) }
                        (copied(words, "orderInfo", &format!("{:#}", order.to_json(None))))
                    }
                }
            }
        }
    };
    html! {
        section aria-labelledby="orders-title" {
            h2 #orders-title { (words.say("kg-orders")) }
            p { (words.say("kg-orders-what")) }
            @if orders.is_empty() { p.muted { (words.say("kg-no-orders")) } }
            @else { (table("orders", &words.say("kg-orders"), &heads.map(|key| words.say(key)), rows)) }
        }
    }
}

pub(super) async fn buy(State(hall): State<Arc<Hall>>, reader: Reader, Form(fields): Form<Fields>) -> Response {
    let (stand, _) = match stand(&hall, &reader) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let wanted = field(&fields, "what");
    let what = GOODS.into_iter().find(|what| *what == wanted).unwrap_or("order-period");
    let mut click = forms::buy(what, field(&fields, "interface") == "v1");
    click.deliver = pieces::deliver(&fields);
    if click.deliver.tamper.is_some() {
        click.awaited = None;
    }
    counter::press(stand, pieces::ticket(&fields), vec![click], HOME).await
}
