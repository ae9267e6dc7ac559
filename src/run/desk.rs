//! The marketplace's own API behind a socket: what the vendor calls while cases are played.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::play;
use crate::market::Market;
use crate::transport::{BindError, Exposure, Running, Server};
use crate::wire::disturbance::Disturbances;
use crate::wire::{Caller, Exchange, Peer, Raw, Timing};

/// Answers the vendor's calls, and shows each to every case that is being played: the case that it belongs to keeps it.
pub struct Desk {
    inboxes: Arc<Mutex<Vec<mpsc::UnboundedSender<Exchange>>>>,
    disturbances: Arc<Mutex<Disturbances>>,
    running: Running,
}

impl Desk {
    /// Serves a marketplace's API at this address, in a thread of its own; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound.
    pub fn start(market: Market, listen: SocketAddr) -> Result<Self, BindError> {
        let inboxes: Arc<Mutex<Vec<mpsc::UnboundedSender<Exchange>>>> = Arc::default();
        let cases = Arc::clone(&inboxes);
        let disturbances = Arc::new(Mutex::new(Disturbances::new([], 0)));
        let trouble = Arc::clone(&disturbances);
        let server = Server::bind(listen, Exposure::Loopback)?;
        let base = server.base();
        let market = market.serving(&base);
        let running = server.spawn_in_thread(move |request, _| {
            let now = play::now();
            let response = market.answer(&request, now);
            let reply = {
                let operation = market.called(&request).map(str::to_owned);
                let mut trouble = trouble.lock().unwrap_or_else(PoisonError::into_inner);
                trouble.apply(operation.as_deref(), response)
            };
            let peer = Peer { base: base.clone(), loopback: true, ..Peer::default() };
            let exchange = Exchange {
                request,
                answer: reply.outcome(),
                raw: Raw::default(),
                started: now,
                timing: Timing { total: reply.after, ..Timing::default() },
                peer,
                caller: Caller::Vendor,
            };
            let mut cases = cases.lock().unwrap_or_else(PoisonError::into_inner);
            // A case that has ended takes no more.
            cases.retain(|case| case.send(exchange.clone()).is_ok());
            reply
        })?;
        Ok(Self { inboxes, disturbances, running })
    }

    /// Where the vendor finds it.
    pub fn base(&self) -> &str {
        self.running.base()
    }

    /// Has answers go wrong from now on, and no longer those that went wrong before.
    pub(super) fn disturb(&self, disturbances: Disturbances) {
        *self.disturbances.lock().unwrap_or_else(PoisonError::into_inner) = disturbances;
    }

    /// The vendor's calls from now on.
    pub(super) fn inbox(&self) -> mpsc::UnboundedReceiver<Exchange> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.inboxes.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }
}
