//! KT Cloud Biz Store: customers apply, sign on, are billed, and leave.
//!
//! The store has no other business with a vendor than these calls. What a customer would click in the store, and what
//! staff see in its management portal, are on the same pages here. Suspending has no call of its own in 2.1.2: it is an
//! application whose state code says so.

mod customer;
mod forms;
mod home;
mod state;
mod tables;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use super::{Books, pieces};
use crate::serve::console::layout::missing;
use crate::serve::console::{Reader, Section};
use crate::serve::{Hall, Stand};

pub(super) use state::Customers;

/// The marketplace.
pub(super) const NAME: &str = "kt-bizstore";
/// Its first page.
pub(super) const HOME: &str = "/kt-bizstore";
/// Where its pages belong.
const SECTION: Section = Section::Storefront(NAME);

/// Its pages.
pub(super) fn router() -> Router<Arc<Hall>> {
    Router::new()
        .route("/kt-bizstore", get(home::shown))
        .route("/kt-bizstore/apply", post(home::apply))
        .route("/kt-bizstore/bills", post(home::bills))
        .route("/kt-bizstore/clock", post(home::clock))
        .route("/kt-bizstore/customers/{key}", get(customer::shown).post(customer::pressed))
        .route("/kt-bizstore/customers/{key}/scenario", get(customer::scenario))
}

/// The stand, or the page that says that it is not served.
#[expect(clippy::result_large_err, reason = "the error is the answer")]
fn stand<'a>(hall: &'a Hall, reader: &Reader) -> Result<&'a Arc<Stand>, Response> {
    let words = reader.words;
    hall.stand(NAME).ok_or_else(|| missing(reader, SECTION, &words.say("shop-not-served")).into_response())
}

/// Reads what is remembered of customers.
fn with<T>(stand: &Stand, read: impl FnOnce(&Customers) -> T) -> Option<T> {
    match &*stand.storefront.books() {
        Books::KtBizstore(customers) => Some(read(customers)),
        _ => None,
    }
}

/// The page of a customer.
fn page_of(key: &str) -> String {
    format!("{HOME}/customers/{}", pieces::segment(key))
}
