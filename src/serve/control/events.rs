//! New exchanges as they come, as server-sent events (HTML Living Standard, 9.2).
//!
//! Each exchange is an event `exchange` with its number as id and its line of the list as data. A browser that was cut
//! off sends the last id it saw, and gets what it missed first. Where the log no longer holds all of that, or a reader is
//! too slow, an event `missed` says so: it is time to read the list anew.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::ask::Query;
use super::document::summary;
use super::exchanges::{FILTER, Filter};
use super::{Problem, shown};
use crate::serve::{Entry, Hall};

/// Events that may wait for a reader.
const AHEAD: usize = 16;
/// How often a comment is sent where nothing happens, so that a connection that is dead is noticed.
const QUIET: Duration = Duration::from_secs(15);

/// Server-sent events.
pub(in crate::serve) type Stream = Sse<axum::response::sse::KeepAliveStream<ReceiverStream<Result<Event, Infallible>>>>;

/// What is told of an entry; nothing of one that does not matter to the reader.
type Show = Box<dyn Fn(&Entry) -> Option<String> + Send + Sync>;

/// New exchanges from now on, or from behind `Last-Event-ID` on.
pub(super) async fn watch(
    State(hall): State<Arc<Hall>>,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Stream, Problem> {
    let filter = Filter::of(&mut query, &hall)?;
    let after = query.number("after")?;
    query.end(&[FILTER, &["after"]].concat())?;
    let from = Arc::clone(&hall);
    let show = move |entry: &Entry| {
        let line = filter.fits(entry).then(|| from.redacted(|redactor| summary(redactor, entry)))?;
        shown::text(&line)
    };
    Ok(stream(hall, &headers, after, Box::new(show)))
}

/// What `show` says of new exchanges, from `Last-Event-ID` on, or else from `after` on, or else from now on.
pub(in crate::serve) fn stream(hall: Arc<Hall>, headers: &HeaderMap, after: Option<u64>, show: Show) -> Stream {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.trim().parse().ok());
    let (events, receiver) = mpsc::channel(AHEAD);
    // What the browser saw itself is newer than the address that it was opened with.
    let teller = Teller { hall, show, events, told: 0 };
    tokio::spawn(teller.tell(last.or(after)));
    Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(QUIET))
}

struct Teller {
    hall: Arc<Hall>,
    show: Show,
    events: mpsc::Sender<Result<Event, Infallible>>,
    /// The last number that was looked at.
    told: u64,
}

impl Teller {
    /// Until the reader goes away or the server ends.
    async fn tell(mut self, after: Option<u64>) {
        let mut closing = self.hall.closing();
        let mut news = self.hall.log.watch();
        // Those that come from here on are in the news, too.
        let newest = self.hall.log.last();
        // Numbers begin anew with a new server, which whoever saw a later one cannot know.
        self.told = after.filter(|after| *after <= newest).unwrap_or(if after.is_some() { 0 } else { newest });
        // The first byte tells a reader that it is connected.
        if self.events.send(Ok(Event::default().comment("watching"))).await.is_err() || !self.catch_up().await {
            return;
        }
        while !*closing.borrow() {
            let heard = tokio::select! {
                heard = news.recv() => heard,
                () = self.events.closed() => return,
                _ = closing.changed() => return,
            };
            match heard {
                Ok(id) if id <= self.told => {}
                Ok(_) | Err(RecvError::Lagged(_)) => {
                    if !self.catch_up().await {
                        return;
                    }
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Tells everything behind what was told, as far as the log still has it; false when the reader has gone.
    async fn catch_up(&mut self) -> bool {
        loop {
            let entries = self.hall.log.since(self.told);
            let Some(first) = entries.first() else { return true };
            if first.id > self.told + 1 {
                let gone = json!({ "from": self.told + 1, "to": first.id - 1 });
                if !self.send(Event::default().event("missed").data(gone.to_string())).await {
                    return false;
                }
            }
            for entry in entries {
                self.told = entry.id;
                let Some(data) = (self.show)(&entry) else { continue };
                if !self.send(Event::default().event("exchange").id(entry.id.to_string()).data(data)).await {
                    return false;
                }
            }
        }
    }

    /// Waits for a slow reader, but not beyond the end of the server.
    async fn send(&self, event: Event) -> bool {
        let mut closing = self.hall.closing();
        tokio::select! {
            sent = self.events.send(Ok(event)) => sent.is_ok(),
            _ = closing.wait_for(|closing| *closing) => false,
        }
    }
}
