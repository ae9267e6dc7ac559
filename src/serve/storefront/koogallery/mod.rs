//! Huawei Cloud KooGallery: buyers purchase, renew, change and leave; sellers debug; calls that failed are sent again.
//!
//! Both versions of the SaaS interface are spoken. What was bought stands in an order that the vendor asks for; the orders
//! are listed as the order query tells them.

mod debugging;
mod failed;
mod forms;
mod home;
mod purchase;
mod state;

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};

use super::{Books, pieces};
use crate::market::Market;
use crate::market::koogallery::Store;
use crate::serve::console::layout::missing;
use crate::serve::console::{Reader, Section};
use crate::serve::{Hall, Stand};

pub(super) use state::Shop;

/// The marketplace.
pub(super) const NAME: &str = "koogallery";
/// Its first page.
pub(super) const HOME: &str = "/koogallery";
/// Its debugging page.
const DEBUGGING: &str = "/koogallery/debugging";
/// Where its pages belong.
const SECTION: Section = Section::Storefront(NAME);

/// Its pages.
pub(super) fn router() -> Router<Arc<Hall>> {
    Router::new()
        .route("/koogallery", get(home::shown))
        .route("/koogallery/buy", post(home::buy))
        .route("/koogallery/retry", post(failed::retry))
        .route("/koogallery/debugging", get(debugging::shown).post(debugging::run))
        .route("/koogallery/debugging/cases", post(debugging::cases))
        .route("/koogallery/purchases/{order}", get(purchase::shown).post(purchase::pressed))
        .route("/koogallery/purchases/{order}/scenario", get(purchase::scenario))
}

/// The stand and its store, or the page that says that it is not served.
#[expect(clippy::result_large_err, reason = "the error is the answer")]
fn stand<'a>(hall: &'a Hall, reader: &Reader) -> Result<(&'a Arc<Stand>, &'a Store), Response> {
    let found = hall.stand(NAME).and_then(|stand| match &stand.market {
        Market::KooGallery(store) => Some((stand, &**store)),
        _ => None,
    });
    found.ok_or_else(|| missing(reader, SECTION, &reader.words.say("shop-not-served")))
}

/// Reads or changes what is remembered.
fn with<T>(stand: &Stand, read: impl FnOnce(&mut Shop) -> T) -> Option<T> {
    match &mut *stand.storefront.books() {
        Books::KooGallery(shop) => Some(read(shop)),
        _ => None,
    }
}

/// The page of a purchase.
fn page_of(order: &str) -> String {
    format!("{HOME}/purchases/{}", pieces::segment(order))
}

/// A documented result code in words.
fn code(words: crate::serve::console::Words, code: &str) -> String {
    let key = match code {
        "000000" => "kg-code-000000",
        "000001" => "kg-code-000001",
        "000002" => "kg-code-000002",
        "000003" => "kg-code-000003",
        "000004" => "kg-code-000004",
        "000005" => "kg-code-000005",
        _ => return crate::wire::printable_text(code.as_bytes()),
    };
    format!("{code}: {}", words.say(key))
}
