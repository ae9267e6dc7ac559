//! The marketplace's own API behind a socket: what the vendor calls while cases are played.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::play;
use crate::evidence::Journal;
use crate::market::Market;
use crate::transport::{BindError, Exposure, Running, Server};
use crate::wire::disturbance::Disturbances;
use crate::wire::{Caller, Exchange, Peer, Raw, Reply, Request, Timing};

/// Answers the vendor's calls, and shows each to every case that is being played: the case that it belongs to keeps it.
pub struct Desk {
    inboxes: Inboxes,
    disturbances: Arc<Mutex<Disturbances>>,
    /// Where calls are noted, and of which lane, once a run keeps a journal.
    journal: Kept,
    running: Running,
}

type Inboxes = Arc<Mutex<Vec<mpsc::UnboundedSender<Call>>>>;

/// A journal, and the lane whose calls are noted in it.
type Kept = Arc<Mutex<Option<(Arc<Journal>, usize)>>>;

/// A call of the vendor's.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// Its place in the journal, where one is kept.
    pub(super) number: usize,
    pub(super) exchange: Exchange,
}

impl Desk {
    /// Serves a marketplace's API at this address, in a thread of its own; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound.
    pub fn start(market: Market, listen: SocketAddr) -> Result<Self, BindError> {
        let inboxes: Inboxes = Arc::default();
        let journal = Kept::default();
        let noted = Arc::clone(&journal);
        let cases = Arc::clone(&inboxes);
        let disturbances = Arc::new(Mutex::new(Disturbances::new([], 0)));
        let trouble = Arc::clone(&disturbances);
        let server = Server::bind(listen, Exposure::Loopback)?;
        let base = server.base();
        let market = market.serving(&base);
        let running = server.spawn_in_thread(move |request, _| {
            let answered = || {
                let now = play::now();
                let mut trouble = trouble.lock().unwrap_or_else(PoisonError::into_inner);
                answer(&market, &base, &mut trouble, request, now)
            };
            let journal = noted.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let (call, reply) = match &journal {
                None => {
                    let (exchange, reply) = answered();
                    (Call { number: 0, exchange }, reply)
                }
                Some((journal, lane)) => journal.answer(*lane, |number| {
                    let (exchange, reply) = answered();
                    (exchange.clone(), (Call { number, exchange }, reply))
                }),
            };
            let mut cases = cases.lock().unwrap_or_else(PoisonError::into_inner);
            // A case that has ended takes no more.
            cases.retain(|case| case.send(call.clone()).is_ok());
            reply
        })?;
        Ok(Self { inboxes, disturbances, journal, running })
    }

    /// Where the vendor finds it.
    pub fn base(&self) -> &str {
        self.running.base()
    }

    /// Has answers go wrong from now on, and no longer those that went wrong before.
    pub(super) fn disturb(&self, disturbances: Disturbances) {
        *self.disturbances.lock().unwrap_or_else(PoisonError::into_inner) = disturbances;
    }

    /// Notes calls from now on, as those of a lane.
    pub(super) fn keep(&self, journal: &Arc<Journal>, lane: usize) {
        *self.journal.lock().unwrap_or_else(PoisonError::into_inner) = Some((Arc::clone(journal), lane));
    }

    /// Notes no call any more: what comes after a run is no part of it.
    pub(super) fn keep_no_more(&self) {
        *self.journal.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The vendor's calls from now on.
    pub(super) fn inbox(&self) -> mpsc::UnboundedReceiver<Call> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.inboxes.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }
}

/// The marketplace's answer to a call, with what goes wrong on the way, and the exchange that the vendor had.
pub(super) fn answer(
    market: &Market,
    base: &str,
    trouble: &mut Disturbances,
    request: Request,
    now: Timestamp,
) -> (Exchange, Reply) {
    let response = market.answer(&request, now);
    let operation = market.called(&request).map(str::to_owned);
    let reply = trouble.apply(operation.as_deref(), response);
    let exchange = Exchange {
        request,
        answer: reply.outcome(),
        raw: Raw::default(),
        started: now,
        timing: Timing { total: reply.after, ..Timing::default() },
        peer: Peer { base: base.to_owned(), loopback: true, ..Peer::default() },
        caller: Caller::Vendor,
    };
    (exchange, reply)
}
