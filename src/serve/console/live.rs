//! New exchanges as they happen, as server-sent events: each is a row of the list, in the reader's language.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use tokio_stream::{Stream, StreamExt as _};

use super::filter::Filter;
use super::{Reader, exchanges};
use crate::serve::Hall;
use crate::wire::Redactor;

/// So many exchanges that happened in between are made up for.
const CAUGHT_UP: usize = 50;

/// Sends a row for each new exchange that fits: `exchange` events, and `missed` where some went by unseen.
///
/// A browser that comes back after its connection broke says in `Last-Event-ID` what it saw last.
pub(super) async fn live(
    State(hall): State<Arc<Hall>>,
    reader: Reader,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let query = query.unwrap_or_default();
    let filter = Filter::of(Some(&query));
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let after = pairs.find(|(name, _)| name == "after").and_then(|(_, value)| value.parse().ok());
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    // Whoever does not say begins now. The subscription comes first, so that nothing falls between.
    let news = BroadcastStream::new(hall.log.watch());
    let newest = hall.log.newest(1, |_| true).first().map_or(0, |entry| entry.id);
    let mut seen: u64 = last.or(after).unwrap_or(newest);
    let mut since = hall.log.newest(CAUGHT_UP, |entry| entry.id > seen);
    since.reverse();
    let since: Vec<_> = since.into_iter().map(|entry| Ok(entry.id)).collect();
    let events = tokio_stream::iter(since).chain(news).filter_map(move |news| match news {
        Ok(id) if id <= seen => None,
        Ok(id) => {
            seen = id;
            let entry = hall.log.get(id)?;
            let row = |redactor: &Redactor| exchanges::row(reader.words, &entry, redactor).into_string();
            let row = filter.fits(&entry).then(|| hall.redacted(row))?;
            Some(Ok(Event::default().event("exchange").id(id.to_string()).data(row)))
        }
        Err(BroadcastStreamRecvError::Lagged(_)) => Some(Ok(Event::default().event("missed").data("-"))),
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
