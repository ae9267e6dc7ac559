//! One marketplace that stays up.

use std::net::SocketAddr;
use std::sync::Arc;

use super::judge::Judge;
use super::{Clock, Log, Seen};
use crate::market::Market;
use crate::transport::{Browser, Client};
use crate::verdict::{Catalogue, Judgement, Weighed};
use crate::wire::{Caller, Exchange, Peer, Raw, Reply, Request, Timing};

/// One marketplace that stays up: what it is, what it remembers, and whom it calls.
pub struct Stand {
    /// Its name, such as `scp`.
    pub name: &'static str,
    /// The marketplace with its settings and its state.
    pub market: Market,
    /// Its clock.
    pub clock: Clock,
    /// The vendor that it calls; none where the user has named none.
    pub vendor: Option<Client>,
    /// Opens the vendor's pages.
    pub browser: Option<Browser>,
    /// Where it is served, such as `http://127.0.0.1:7703`.
    pub base: String,
    /// The rules that it judges by.
    pub catalogue: Arc<Catalogue>,
    /// What the judge remembers of everything that was exchanged.
    pub(super) judge: Judge,
    /// Whose turn it is to press a button.
    pub(super) turn: tokio::sync::Mutex<()>,
    pub(super) log: Arc<Log>,
}

impl Stand {
    /// A marketplace that is served at this address.
    pub fn new(
        name: &'static str,
        market: Market,
        vendor: Option<(Client, Browser)>,
        base: String,
        catalogue: Arc<Catalogue>,
        log: Arc<Log>,
    ) -> Self {
        let judge = Judge::new(market.clone());
        let (vendor, browser) = vendor.unzip();
        let turn = tokio::sync::Mutex::default();
        Self { name, market, clock: Clock::default(), vendor, browser, base, catalogue, judge, turn, log }
    }

    /// Answers a call of the vendor's, judges it, and writes both down.
    pub fn answer(&self, request: Request, _peer: SocketAddr) -> Reply {
        let now = self.clock.now();
        let response = self.market.answer(&request, now);
        let exchange = Exchange {
            request,
            answer: Ok(response.clone()),
            raw: Raw::default(),
            started: now,
            timing: Timing::default(),
            peer: Peer { base: self.base.clone(), loopback: true, ..Peer::default() },
            caller: Caller::Vendor,
        };
        if let Some((exchange, operation, judgement)) = self.judge.judge(exchange) {
            self.note(operation, exchange, judgement);
        }
        Reply::from(response)
    }

    /// Forgets what the judge remembers of everything that was exchanged; what the marketplace itself knows, and the
    /// log, stay.
    pub fn forget(&self) {
        self.judge.forget();
    }

    /// Writes down an exchange.
    pub(super) fn note(&self, operation: Option<String>, exchange: Exchange, judgement: Judgement) {
        self.log.add(self.seen(operation, exchange, judgement));
    }

    /// An exchange that no button began, with what was found.
    pub(super) fn seen(&self, operation: Option<String>, exchange: Exchange, judgement: Judgement) -> Seen {
        let weighed = |finding: crate::verdict::Finding| Weighed {
            level: self.catalogue.level(&finding.requirement),
            finding,
            exchange: None,
        };
        Seen {
            marketplace: self.name,
            operation,
            exchange,
            findings: judgement.findings.into_iter().map(weighed).collect(),
            readings: judgement.readings,
            skipped: judgement.skipped,
            disturbance: None,
            step: None,
        }
    }
}

impl std::fmt::Debug for Stand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stand").field("name", &self.name).field("base", &self.base).finish_non_exhaustive()
    }
}
