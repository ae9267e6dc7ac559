//! Everything that was exchanged, the newest so many of it.
//!
//! The log is a ring: it is bounded in entries and in bytes, so that a server that runs for a week takes no more memory
//! than one that runs for an hour. Whoever watches is told the number of each new entry and reads it from the ring; a
//! watcher that is too slow misses entries and holds nobody up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::broadcast;

use crate::verdict::{Level, Reading, Skipped, Weighed};
use crate::wire::{Caller, Exchange, Headers};

/// How many new entries a watcher may be behind.
const BEHIND: usize = 256;

/// Bounds of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Most entries.
    pub entries: usize,
    /// Most bytes of requests and answers, all entries together.
    pub bytes: usize,
}

impl Default for Bounds {
    /// 1000 entries, 64 MiB.
    fn default() -> Self {
        Self { entries: 1000, bytes: 64 * 1024 * 1024 }
    }
}

/// How an exchange came out, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing is to be said against it.
    Conforms,
    /// Something that the contract does not insist on.
    Noted,
    /// The contract is broken.
    Breaks,
    /// It could not be judged: the vendor was not reached.
    NotJudged,
}

impl Verdict {
    /// The word for it: `conforms`, `noted`, `breaks`, `not judged`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Noted => "noted",
            Self::Breaks => "breaks",
            Self::NotJudged => "not judged",
        }
    }

    /// The same as programs write it: `not-judged`.
    pub fn name(self) -> &'static str {
        if self == Self::NotJudged { "not-judged" } else { self.word() }
    }
}

/// An exchange with what was found, before it has a number.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The marketplace.
    pub marketplace: &'static str,
    /// The operation that was called, where it is one.
    pub operation: Option<String>,
    /// The exchange.
    pub exchange: Exchange,
    /// What is wrong.
    pub findings: Vec<Weighed>,
    /// Which documented readings were met.
    pub readings: Vec<Reading>,
    /// What could not be judged.
    pub skipped: Vec<Skipped>,
    /// What was done to the answer on purpose, as a phrase: `answered with status 500`.
    pub disturbance: Option<String>,
    /// Why what came was not taken for a request, as a phrase; it then reached no marketplace.
    pub refused: Option<String>,
    /// The Arazzo step that made the call, where the marketplace called the vendor.
    pub step: Option<Arc<Value>>,
}

/// One entry of the log.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number, counted from 1 and never given twice.
    pub id: u64,
    /// What was seen.
    pub seen: Seen,
    size: usize,
}

impl Entry {
    /// How it came out.
    pub fn verdict(&self) -> Verdict {
        let Seen { findings, exchange, .. } = &self.seen;
        let unreachable = exchange.caller == Caller::Marketplace
            && exchange.answer.as_ref().is_err_and(crate::wire::Loss::unreachable);
        match findings.iter().map(|weighed| weighed.level).max() {
            Some(Level::Must) => Verdict::Breaks,
            _ if self.seen.refused.is_some() => Verdict::Breaks,
            _ if unreachable => Verdict::NotJudged,
            Some(_) => Verdict::Noted,
            None => Verdict::Conforms,
        }
    }
}

/// The ring.
#[derive(Debug)]
pub struct Log {
    ring: Mutex<Ring>,
    bounds: Bounds,
    news: broadcast::Sender<u64>,
}

#[derive(Debug, Default)]
struct Ring {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    last: u64,
}

impl Default for Log {
    fn default() -> Self {
        Self::new(Bounds::default())
    }
}

impl Log {
    /// An empty log.
    pub fn new(bounds: Bounds) -> Self {
        Self { ring: Mutex::default(), bounds, news: broadcast::Sender::new(BEHIND) }
    }

    /// Adds an entry; the oldest make room. A single one that is larger than the bounds is kept until the next.
    pub fn add(&self, seen: Seen) -> Arc<Entry> {
        let size = size(&seen.exchange);
        let entry = {
            let mut ring = self.ring();
            ring.last += 1;
            let entry = Arc::new(Entry { id: ring.last, seen, size });
            ring.bytes += size;
            ring.entries.push_back(Arc::clone(&entry));
            while ring.entries.len() > 1 && (ring.entries.len() > self.bounds.entries || ring.bytes > self.bounds.bytes)
            {
                let size = ring.entries.pop_front().map_or(0, |oldest| oldest.size);
                ring.bytes -= size;
            }
            entry
        };
        // Nobody may be watching.
        let _ = self.news.send(entry.id);
        entry
    }

    /// The entry of this number, unless it has made room.
    pub fn get(&self, id: u64) -> Option<Arc<Entry>> {
        let ring = self.ring();
        let at = ring.entries.binary_search_by_key(&id, |entry| entry.id).ok()?;
        ring.entries.get(at).cloned()
    }

    /// The newest so many entries that fit, the newest first.
    pub fn newest(&self, most: usize, fits: impl Fn(&Entry) -> bool) -> Vec<Arc<Entry>> {
        let entries: Vec<Arc<Entry>> = self.ring().entries.iter().rev().cloned().collect();
        entries.into_iter().filter(|entry| fits(entry)).take(most).collect()
    }

    /// Entries behind this number, the oldest first.
    pub fn since(&self, id: u64) -> Vec<Arc<Entry>> {
        let ring = self.ring();
        let from = ring.entries.partition_point(|entry| entry.id <= id);
        ring.entries.range(from..).cloned().collect()
    }

    /// The number of the newest entry that there ever was; 0 before the first.
    pub fn last(&self) -> u64 {
        self.ring().last
    }

    /// Numbers of entries from now on.
    pub fn watch(&self) -> broadcast::Receiver<u64> {
        self.news.subscribe()
    }

    /// Forgets everything; numbers go on.
    pub fn clear(&self) {
        let mut ring = self.ring();
        ring.entries.clear();
        ring.bytes = 0;
    }

    /// How many entries there are, and how many bytes they stand for.
    pub fn extent(&self) -> (usize, usize) {
        let ring = self.ring();
        (ring.entries.len(), ring.bytes)
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// About how many bytes of memory an exchange takes.
fn size(exchange: &Exchange) -> usize {
    let fields =
        |headers: &Headers| headers.iter().map(|field| field.name.len() + field.value.len() + 48).sum::<usize>();
    let request = exchange.request.target.len() + exchange.request.body.len() + fields(&exchange.request.headers);
    let answer = exchange.answer.as_ref().map_or(0, |response| response.body.len() + fields(&response.headers));
    request + answer + exchange.raw.sent.len() + exchange.raw.received.len() + 512
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Peer, Raw, Request, Response, Timing};

    fn seen(target: &str, body: usize) -> Seen {
        Seen {
            marketplace: "scp",
            operation: None,
            exchange: Exchange {
                request: Request::new("GET", target),
                answer: Ok(Response { body: vec![b'x'; body], ..Response::new(200) }),
                raw: Raw::default(),
                started: jiff::Timestamp::UNIX_EPOCH,
                timing: Timing::default(),
                peer: Peer::default(),
                caller: Caller::Vendor,
            },
            findings: Vec::new(),
            readings: Vec::new(),
            skipped: Vec::new(),
            disturbance: None,
            refused: None,
            step: None,
        }
    }

    #[test]
    fn the_oldest_make_room_and_numbers_go_on() {
        let log = Log::new(Bounds { entries: 3, bytes: usize::MAX });
        (0..5).for_each(|number| {
            log.add(seen(&format!("/{number}"), 0));
        });
        let kept: Vec<u64> = log.newest(10, |_| true).iter().map(|entry| entry.id).collect();
        assert_eq!(kept, [5, 4, 3]);
        assert!(log.get(2).is_none());
        assert_eq!(log.get(4).map(|entry| entry.seen.exchange.request.target.clone()).as_deref(), Some("/3"));
        log.clear();
        assert_eq!(log.extent(), (0, 0));
        assert_eq!(log.add(seen("/", 0)).id, 6);
    }

    #[test]
    fn bytes_are_bounded_too() {
        let log = Log::new(Bounds { entries: usize::MAX, bytes: 10_000 });
        (0..100).for_each(|_| {
            log.add(seen("/", 4_000));
        });
        let (entries, bytes) = log.extent();
        assert_eq!(entries, 2);
        assert!(bytes <= 10_000);
        log.add(seen("/", 50_000));
        assert_eq!(log.extent().0, 1, "one that is too large stands alone");
    }

    #[test]
    fn who_watches_is_told_and_who_is_slow_misses_some() {
        let log = Log::default();
        let mut quick = log.watch();
        log.add(seen("/", 0));
        assert_eq!(quick.try_recv(), Ok(1));
        (0..1000).for_each(|_| {
            log.add(seen("/", 0));
        });
        assert!(matches!(quick.try_recv(), Err(broadcast::error::TryRecvError::Lagged(_))));
    }
}
