//! New exchanges as they happen, as server-sent events: each is a row of the list, in the reader's language.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;

use super::filter::Filter;
use super::{Reader, exchanges};
use crate::serve::control::{Stream, stream};
use crate::serve::{Entry, Hall};
use crate::wire::Redactor;

/// Sends a row for each new exchange that fits: `exchange` events, and `missed` where some went by unseen.
pub(super) async fn live(
    State(hall): State<Arc<Hall>>,
    reader: Reader,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Stream {
    let query = query.unwrap_or_default();
    let filter = Filter::of(Some(&query));
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let after = pairs.find(|(name, _)| name == "after").and_then(|(_, value)| value.parse().ok());
    let shown = Arc::clone(&hall);
    let show = move |entry: &Entry| {
        let row = |redactor: &Redactor| exchanges::row(reader.words, entry, redactor).into_string();
        filter.fits(entry).then(|| shown.redacted(row))
    };
    stream(hall, &headers, after, Box::new(show))
}
