//! Storefronts: what a customer, or the store's own staff, does at a marketplace, as buttons.
//!
//! Each marketplace has pages of its own ([`kt_bizstore`], [`koogallery`]). Every button is one [`Click`](super::click::Click),
//! pressed at the [`counter`]; what came of it is folded into what the storefront remembers ([`Storefront`]), wherever
//! the press came from. What a vendor sent is kept as far as it is documented, each text of bounded length, and without
//! the secrets of our own calls.
//!
//! Pages work without scripts. A form is answered with the way to a page that shows what came of it (303), so that
//! reloading does nothing; it carries a ticket, so that a second click on the same button is not a second purchase.

mod act;
mod counter;
mod koogallery;
mod kt_bizstore;
mod pieces;
mod scp;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use jiff::Timestamp;
use serde_json::Value;

use super::click::Clicked;
use super::console::layout;
use super::{Entry, Hall};
use crate::market::{Market, Misfit};
use crate::wire::{Redactor, Secret};

pub(super) use counter::Counter;

/// The storefronts, in the order in which the console shows them.
pub(super) const STOREFRONTS: &[layout::Storefront] = &[
    layout::Storefront { marketplace: kt_bizstore::NAME, href: kt_bizstore::HOME, label: "kt-name" },
    layout::Storefront { marketplace: koogallery::NAME, href: koogallery::HOME, label: "kg-name" },
    layout::Storefront { marketplace: scp::NAME, href: scp::HOME, label: "scp-name" },
];

/// Whether vendors have nothing to call at this marketplace.
pub(super) fn calls_nothing(name: &str) -> bool {
    name == kt_bizstore::NAME
}

/// All storefronts' pages.
pub(super) fn router() -> Router<Arc<Hall>> {
    Router::new().merge(kt_bizstore::router()).merge(koogallery::router()).merge(scp::router())
}

/// What a marketplace's storefront remembers.
#[derive(Debug)]
pub struct Storefront {
    books: Mutex<Books>,
    /// Keys that no page may show.
    secrets: Vec<Secret>,
    pub(super) counter: Counter,
    tickets: AtomicU64,
}

#[derive(Debug)]
enum Books {
    /// A marketplace without buttons.
    None,
    KtBizstore(kt_bizstore::Customers),
    KooGallery(Box<koogallery::Shop>),
}

impl Books {
    fn of(market: &Market) -> Self {
        match market {
            Market::KtBizstore(_) => Self::KtBizstore(kt_bizstore::Customers::default()),
            Market::KooGallery(_) => Self::KooGallery(Box::default()),
            Market::Plain { .. } | Market::Scp(_) => Self::None,
        }
    }
}

impl Storefront {
    /// One at which nothing was bought yet. `now` keeps the tickets of an earlier one apart.
    pub(super) fn new(market: &Market, now: Timestamp) -> Self {
        let tickets = AtomicU64::new(u64::try_from(now.as_microsecond()).unwrap_or_default());
        let books = Mutex::new(Books::of(market));
        Self { books, secrets: market.secrets(), counter: Counter::default(), tickets }
    }

    /// Takes in what came of a click, unless it is too large to be kept. `now` is the marketplace's time.
    pub(super) fn fold(&self, clicked: &Clicked, entries: &[Arc<Entry>], now: Timestamp) {
        if !act::is_small(clicked) {
            return;
        }
        let calls = entries.iter().flat_map(|entry| &entry.seen.exchange.request.secrets);
        let redactor = Redactor::new(self.secrets.iter().chain(calls));
        match &mut *self.books() {
            Books::None => {}
            Books::KtBizstore(customers) => customers.fold(clicked, entries, &redactor, now),
            Books::KooGallery(shop) => shop.fold(clicked, entries, &redactor, now),
        }
    }

    /// What is to be kept over a restart.
    pub(super) fn state(&self) -> Value {
        match &*self.books() {
            Books::None => Value::Null,
            Books::KtBizstore(customers) => serde_json::to_value(customers).unwrap_or_default(),
            Books::KooGallery(shop) => serde_json::to_value(shop).unwrap_or_default(),
        }
    }

    /// Goes on from what was kept.
    ///
    /// # Errors
    ///
    /// When it is not of this storefront; nothing is then changed.
    pub(super) fn restore(&self, state: &Value) -> Result<(), Misfit> {
        match &mut *self.books() {
            _ if state.is_null() => {}
            Books::None => return Err(Misfit::new("", "this marketplace has no storefront")),
            Books::KtBizstore(customers) => *customers = Misfit::typed(state)?,
            Books::KooGallery(shop) => *shop = Misfit::typed(state)?,
        }
        Ok(())
    }

    /// Forgets everything.
    pub(super) fn reset(&self) {
        match &mut *self.books() {
            Books::None => {}
            Books::KtBizstore(customers) => *customers = kt_bizstore::Customers::default(),
            Books::KooGallery(shop) => **shop = koogallery::Shop::default(),
        }
    }

    /// A number for one form; see [`Counter`].
    fn ticket(&self) -> u64 {
        self.tickets.fetch_add(1, Ordering::Relaxed)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
