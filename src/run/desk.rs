//! The marketplace's own API behind a socket: what the vendor calls while cases are played.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::play;
use crate::market::Market;
use crate::transport::{BindError, Exposure, Running, Server};
use crate::wire::{Caller, Exchange, Peer, Raw, Reply, Timing};

/// Answers the vendor's calls, and shows each to every case that is being played: the case that it belongs to keeps it.
pub struct Desk {
    inboxes: Arc<Mutex<Vec<mpsc::UnboundedSender<Exchange>>>>,
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
        let server = Server::bind(listen, Exposure::Loopback)?;
        let base = server.base();
        let running = server.spawn_in_thread(move |request, _| {
            let now = play::now();
            let response = market.answer(&request, now);
            let peer = Peer { base: base.clone(), loopback: true, ..Peer::default() };
            let exchange = Exchange {
                request,
                answer: Ok(response.clone()),
                raw: Raw::default(),
                started: now,
                timing: Timing::default(),
                peer,
                caller: Caller::Vendor,
            };
            let mut cases = cases.lock().unwrap_or_else(PoisonError::into_inner);
            // A case that has ended takes no more.
            cases.retain(|case| case.send(exchange.clone()).is_ok());
            Reply::from(response)
        })?;
        Ok(Self { inboxes, running })
    }

    /// Where the vendor finds it.
    pub fn base(&self) -> &str {
        self.running.base()
    }

    /// The vendor's calls from now on.
    pub(super) fn inbox(&self) -> mpsc::UnboundedReceiver<Exchange> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.inboxes.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }
}
