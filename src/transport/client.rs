//! The client that speaks to a vendor as a store does, and sees every byte.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::wire::{Caller, Exchange, Loss, Peer, Request};

use super::attempt::Attempt;
use super::connect::{Connection, Security};
use super::endpoint::Endpoint;
use super::message;
use super::trust::{Trust, TrustError};

/// Bounds of every exchange, so that no vendor can hang or fill us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands, names, TCP and TLS together.
    pub connect: Duration,
    /// Until the answer is complete, connecting included; slow drips do not prolong it.
    pub total: Duration,
    /// Header fields of an answer, interim answers included, in bytes.
    pub head_bytes: usize,
    /// Body of an answer, in bytes.
    pub body_bytes: usize,
    /// How much of what is received is kept in `wire::Raw::received`, in bytes.
    pub kept_bytes: usize,
}

impl Default for Limits {
    /// 10 s to connect, 30 s in all, 64 KiB of header fields, 10 MiB of body, 1 MiB kept.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(30),
            head_bytes: 64 * 1024,
            body_bytes: 10 * 1024 * 1024,
            kept_bytes: 1024 * 1024,
        }
    }
}

/// How one request is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// On an idle connection where there is one; the answer is read to its end.
    #[default]
    Whole,
    /// On a new connection, which ends unread. We wait (within the total limit) until the answer begins to arrive,
    /// so that the vendor has surely done its work, and then close. The exchange is lost as `HungUp`, with no byte of
    /// the answer in it; whatever is sent next is sent to a vendor that believes it has answered. When no answer
    /// begins, the exchange is lost as it would be otherwise (`ClosedBeforeAnswer`, `TimeOut`, …).
    HangUpAfterSending,
    /// On a new connection even where an idle one would do.
    FreshConnection,
}

/// How many idle connections are kept.
const IDLE: usize = 64;

/// A client for one endpoint. Idle connections are kept and used again; any number of tasks may send at once.
pub struct Client {
    endpoint: Endpoint,
    limits: Limits,
    /// Only where TLS is spoken.
    security: Option<Security>,
    /// Last in, first out: the youngest is the least likely to have been closed.
    idle: Mutex<Vec<Connection>>,
}

impl Client {
    /// A client without connections. The system's certificates are read here, and only for `https`.
    ///
    /// # Errors
    ///
    /// When `https` is spoken and trust cannot be established; see [`TrustError`].
    pub fn new(endpoint: Endpoint, limits: Limits, trust: Trust) -> Result<Self, TrustError> {
        let security = match endpoint.https() {
            false => None,
            true => Some(Security { config: Arc::new(trust.client_config(&endpoint)?), trust }),
        };
        Ok(Self { endpoint, limits, security, idle: Mutex::default() })
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sends one request and reads the answer. It never fails: how an answer was lost is part of the result.
    ///
    /// The target is relative to the base path. Fields go out in their order and spelling; `Host` (first),
    /// `User-Agent`, `Accept` and `Content-Length` (for a body, and for POST, PUT and PATCH) are added where absent.
    /// Bytes that would end a line too early are replaced: a blank in values, `_` in names, percent-encoded in the
    /// target. `Exchange::request` is the request after all that. `Exchange::raw` holds this exchange's bytes alone.
    ///
    /// When an idle connection turns out to have been closed before one byte came back, the request is sent once more
    /// on a new one: the vendor may close idle connections whenever it likes (RFC 9112, 9.3.1).
    pub async fn send(&self, request: Request, mode: Mode) -> Exchange {
        let request = message::complete(request, &self.endpoint);
        let started = Timestamp::now();
        let mut attempt = Attempt::new(self, &request);
        let answer = match tokio::time::timeout(self.limits.total, self.exchange(&mut attempt, mode)).await {
            Ok(done) => done,
            Err(_) => Err(attempt.late()),
        };
        let done = attempt.finish(answer);
        if let Some(connection) = done.connection {
            self.give_back(connection);
        }
        let peer = Peer {
            base: self.endpoint.base().to_owned(),
            loopback: self.endpoint.loopback(),
            tls: done.tls,
            reused: done.reused,
            resent: done.resent,
        };
        Exchange {
            request,
            answer: done.answer,
            raw: done.raw,
            started,
            timing: done.timing,
            peer,
            caller: Caller::Marketplace,
        }
    }

    async fn exchange(&self, attempt: &mut Attempt<'_>, mode: Mode) -> Result<(), Loss> {
        let mut was_sent = false;
        if mode == Mode::Whole
            && let Some(connection) = self.idle().await
        {
            attempt.continue_on(connection);
            match attempt.run().await {
                Err(Loss::ClosedBeforeAnswer) if attempt.nothing_received() => {
                    was_sent = true;
                    attempt.start_over();
                }
                other => return other,
            }
        }
        let limit = self.limits.connect.min(self.limits.total);
        let connection = match Connection::open(&self.endpoint, self.security.as_ref(), limit).await {
            Ok(connection) => connection,
            // The request did reach the vendor, which then closed the connection and takes no new one: it was not out
            // of reach, it died of this request.
            Err(_) if was_sent => return Err(Loss::ClosedBeforeAnswer),
            Err(loss) => return Err(loss),
        };
        attempt.continue_on(connection);
        match mode {
            Mode::Whole | Mode::FreshConnection => attempt.run().await,
            Mode::HangUpAfterSending => attempt.hang_up().await,
        }
    }

    /// An idle connection that has stayed silent; others are dropped.
    async fn idle(&self) -> Option<Connection> {
        loop {
            let mut connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if connection.is_idle().await {
                return Some(connection);
            }
        }
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(connection);
        }
    }

    /// What is known about trust, for naming what goes wrong inside a TLS connection.
    pub(crate) fn security(&self) -> Option<&Security> {
        self.security.as_ref()
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.endpoint).field("limits", &self.limits).finish_non_exhaustive()
    }
}
