//! The console: pages in the user's own browser that show what the marketplaces exchanged with a vendor, and why it was
//! right or wrong.
//!
//! Pages are made here and whole; a browser without scripts can do everything but see new exchanges arrive. What one
//! page shows is made from the [`Hall`] when it is asked for, and nothing is kept between two requests but the choice of
//! a language, in a cookie.
//!
//! Whatever a vendor sent is untrusted: it is searched for secrets, its control characters are made visible, it is
//! bounded, and maud escapes it. No page loads anything from elsewhere, and the browser is told so ([`manners`]).
//!
//! A page is built from [`layout::page`], the fields of [`form`] and the pieces of [`show`], in the words of the
//! [`Reader`] who asks for it.

mod about;
mod assets;
mod detail;
mod difference;
mod exchanges;
mod filter;
pub(crate) mod form;
pub(crate) mod layout;
mod live;
mod manners;
mod reader;
pub(crate) mod show;
pub(crate) mod signature;
pub(crate) mod words;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Hall;

pub(crate) use layout::{Page, Section, page};
pub(crate) use manners::manners;
pub(crate) use reader::Reader;
pub(crate) use words::Words;

/// The console's own pages. [`manners`] must stand around them.
pub(crate) fn router(hall: Arc<Hall>) -> Router {
    Router::new()
        .route("/", get(exchanges::list))
        .route("/exchanges", get(exchanges::list))
        .route("/exchanges/live", get(live::live))
        .route("/exchanges/{id}", get(detail::detail))
        .route("/exchanges/{id}/{side}", get(detail::raw))
        .route("/signature", get(signature::empty).post(signature::examine))
        .route("/about", get(about::about))
        .merge(assets::router())
        .merge(super::storefront::router())
        .fallback(layout::nowhere)
        .with_state(hall)
}

#[cfg(test)]
mod tests;
