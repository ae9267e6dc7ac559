//! Everything that reached the engine and the marketplaces' own APIs, in the one order in which it did.
//!
//! The engine is a function of what it is given and when, so that its inputs are all that is needed to judge again. Cases
//! that are played side by side share what a marketplace remembers; hence one order over all of them. While a journal is
//! kept, whatever is noted is carried out under its lock, so that the order which is noted is the one which happened.
//! Nothing is locked where no journal is asked for.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::engine::Returned;
use crate::market::Ended;
use crate::verdict::Blocked;
use crate::wire::{Exchange, Visit};

/// One input. Cases and lanes are named by their position in the plan of the run; exchanges by their position among those
/// of their case, calls of a vendor's among those of their lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Entry {
    /// The inputs of a case were filled in before the first call, to see that they are right.
    Examined {
        /// The case.
        case: usize,
        /// When.
        now: Timestamp,
    },
    /// A case began.
    Begun {
        /// The case.
        case: usize,
        /// When.
        now: Timestamp,
    },
    /// A case was asked what to do.
    Next {
        /// The case.
        case: usize,
        /// When.
        now: Timestamp,
    },
    /// What became of the requests that the case had sent.
    Received {
        /// The case.
        case: usize,
        /// When.
        now: Timestamp,
        /// Exchanges of the case, in the order of its requests.
        exchanges: Vec<usize>,
    },
    /// A marketplace answered a call of the vendor's.
    Answered {
        /// The lane.
        lane: usize,
        /// The call, which holds its time.
        call: usize,
    },
    /// A case was shown a call of the vendor's.
    Called {
        /// The case.
        case: usize,
        /// The call.
        call: usize,
    },
    /// From here on, answers go wrong as the task of a case asks.
    Disturbed {
        /// The case.
        case: usize,
    },
    /// The vendor's program has ended.
    Performed {
        /// The case.
        case: usize,
        /// How.
        ended: Ended,
    },
    /// Somebody else is to begin the task of a case.
    Unattended {
        /// The case.
        case: usize,
    },
    /// A case was ended before its time.
    Abandoned {
        /// The case.
        case: usize,
        /// When.
        now: Timestamp,
        /// Why.
        why: Blocked,
    },
    /// A vendor that was out of reach was asked whether it answers again.
    Probed {
        /// The lane.
        lane: usize,
        /// When.
        now: Timestamp,
    },
    /// A case was not played.
    Unplayed {
        /// The case.
        case: usize,
        /// Why.
        why: Blocked,
    },
}

/// One exchange of a case, with all that came back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sent {
    /// The exchange.
    pub exchange: Exchange,
    /// The page behind its `Location`, where one was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
    /// Numbers of the secrets that went into the request, in the order in which signing names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<usize>,
}

/// What a journal holds.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// When the run began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Whether the user ended it before its time.
    pub interrupted: bool,
    /// Every input, in order.
    pub entries: Vec<Entry>,
    /// The exchanges of each case, in the order in which they came back.
    pub sent: BTreeMap<usize, Vec<Sent>>,
    /// The vendor's calls on each lane, in the order in which they were answered.
    pub calls: BTreeMap<usize, Vec<Exchange>>,
}

impl Pages {
    /// How many exchanges there are, calls of the vendor's among them.
    pub fn exchanges(&self) -> usize {
        self.sent.values().map(Vec::len).sum::<usize>() + self.calls.values().map(Vec::len).sum::<usize>()
    }
}

/// Keeps what reaches the engine while cases are played.
#[derive(Debug, Default)]
pub struct Journal(Mutex<Pages>);

impl Journal {
    /// A journal with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was noted; the journal is empty afterwards.
    pub fn take(&self) -> Pages {
        std::mem::take(&mut self.pages())
    }

    /// Notes an input and lets it have its effect.
    pub(crate) fn note<T>(&self, entry: Entry, act: impl FnOnce() -> T) -> T {
        let mut pages = self.pages();
        pages.entries.push(entry);
        act()
    }

    /// Notes what came back for a case, and hands it over.
    pub(crate) fn receive<T>(
        &self,
        case: usize,
        now: Timestamp,
        back: Vec<Returned>,
        act: impl FnOnce(Vec<Returned>) -> T,
    ) -> T {
        let mut pages = self.pages();
        let sent = pages.sent.entry(case).or_default();
        let first = sent.len();
        sent.extend(back.iter().map(|Returned { exchange, visit }| Sent {
            exchange: exchange.clone(),
            visit: visit.clone(),
            secrets: Vec::new(),
        }));
        let exchanges = (first..sent.len()).collect();
        pages.entries.push(Entry::Received { case, now, exchanges });
        act(back)
    }

    /// Has a call of a vendor's answered, and notes it; gives its number.
    pub(crate) fn answer<T>(&self, lane: usize, act: impl FnOnce(usize) -> (Exchange, T)) -> T {
        let mut pages = self.pages();
        let call = pages.calls.get(&lane).map_or(0, Vec::len);
        let (exchange, kept) = act(call);
        pages.calls.entry(lane).or_default().push(exchange);
        pages.entries.push(Entry::Answered { lane, call });
        kept
    }

    /// The run begins.
    pub(crate) fn begin(&self, now: Timestamp) {
        self.pages().started = Some(now);
    }

    /// The run has ended.
    pub(crate) fn end(&self, now: Timestamp, interrupted: bool) {
        let mut pages = self.pages();
        pages.ended = Some(now);
        pages.interrupted = interrupted;
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        // What a thread that died had noted is still true.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
