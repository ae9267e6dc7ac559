//! A small HTTP/1.1 server that can also answer as broken servers do.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::wire::{Reply, Request};

use super::conversation::Conversation;

/// What answers requests. It is called from many connections at once and must not wait for anything.
pub(crate) type Handler = Arc<dyn Fn(Request, SocketAddr) -> Reply + Send + Sync>;

/// What is told of everything that is no request. It must not wait either.
pub(crate) type Witness = Arc<dyn Fn(Refused, SocketAddr) + Send + Sync>;

/// What came and was not taken for a request: it is refused before any handler sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The beginning of what came, as far as it was not understood; at most 4 KiB.
    pub received: Vec<u8>,
    /// The status that it was answered with: 400, 408, 413 or 431.
    pub status: u16,
    /// Why, as the answer says it.
    pub why: String,
}

/// How long answers under way may take once the server is asked to stop.
pub(crate) const GRACE: Duration = Duration::from_secs(1);

/// Whether the server may be reached from other machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exposure {
    /// From this machine only; other addresses are refused.
    #[default]
    Loopback,
    /// From anywhere that the address allows.
    Remote,
}

/// Why a server could not be bound.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The address would be reachable from other machines, which was not allowed.
    #[error("{address} is reachable from other machines, which must be allowed explicitly")]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// The system refused: the port is taken, or may not be used.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
}

/// Bounds of every conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerLimits {
    /// From the first byte of a request to its last; then 408.
    pub request: Duration,
    /// How long a connection may stay silent between requests, and how long a peer may take to read an answer.
    pub idle: Duration,
    /// Request line and header fields, in bytes; then 431.
    pub head_bytes: usize,
    /// Body of a request, in bytes; then 413.
    pub body_bytes: usize,
    /// Connections at one time; others wait to be accepted.
    pub connections: usize,
}

impl Default for ServerLimits {
    /// 10 s for a request, 60 s idle, 64 KiB of header fields, 1 MiB of body, 1024 connections.
    fn default() -> Self {
        Self {
            request: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            head_bytes: 64 * 1024,
            body_bytes: 1024 * 1024,
            connections: 1024,
        }
    }
}

/// Why a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was asked to stop.
    Stopped,
    /// A reply was `ReplyKind::Die`.
    Died,
}

/// What the connections are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Go on.
    Serve,
    /// Finish what is under way.
    Stop,
    /// Drop everything.
    Die,
}

impl Signal {
    /// Waits until there is something else to do than to serve.
    pub(crate) async fn other_than_serve(receiver: &mut watch::Receiver<Self>) -> Self {
        // The sender lives as long as the server does.
        receiver.wait_for(|signal| *signal != Self::Serve).await.map_or(Self::Stop, |signal| *signal)
    }
}

/// A bound server that does not serve yet; connections wait until it does.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Arc<rustls::ServerConfig>>,
    limits: ServerLimits,
    signal: Arc<watch::Sender<Signal>>,
    witness: Option<Witness>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("base", &self.base()).field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Server {
    /// Binds; port 0 takes a free one. No runtime is needed yet.
    ///
    /// # Errors
    ///
    /// See [`BindError`].
    pub fn bind(address: SocketAddr, exposure: Exposure) -> Result<Self, BindError> {
        if exposure == Exposure::Loopback && !address.ip().is_loopback() {
            return Err(BindError::NotLoopback { address });
        }
        let listen = || {
            let listener = TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            let bound = listener.local_addr()?;
            Ok((listener, bound))
        };
        let (listener, bound) = listen().map_err(|error| BindError::Listen { address, error })?;
        let signal = Arc::new(watch::Sender::new(Signal::Serve));
        Ok(Self { listener, address: bound, tls: None, limits: ServerLimits::default(), signal, witness: None })
    }

    /// Speaks TLS.
    #[must_use]
    pub fn with_tls(mut self, config: Arc<rustls::ServerConfig>) -> Self {
        self.tls = Some(config);
        self
    }

    /// Other limits than the default ones.
    #[must_use]
    pub fn with_limits(mut self, limits: ServerLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Tells somebody of what is refused before it is a request.
    #[must_use]
    pub fn with_witness(mut self, witness: impl Fn(Refused, SocketAddr) + Send + Sync + 'static) -> Self {
        self.witness = Some(Arc::new(witness));
        self
    }

    /// The address with the port that was taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address for clients on this machine, such as `http://127.0.0.1:8080`.
    pub fn base(&self) -> String {
        format!("{}://{}", if self.tls.is_some() { "https" } else { "http" }, self.address)
    }

    /// A handle that ends the server from anywhere.
    pub fn stop(&self) -> Stop {
        Stop { signal: Arc::clone(&self.signal) }
    }

    /// The socket, for whoever speaks through it in another way, and what tells when to stop.
    pub(crate) fn into_parts(self) -> (TcpListener, watch::Receiver<Signal>) {
        (self.listener, self.signal.subscribe())
    }

    /// Serves until it is stopped or dies; the port is free when this returns.
    ///
    /// The handler gets the peer's address, and every request with its fields in their order and spelling. It must
    /// not block.
    ///
    /// # Errors
    ///
    /// When the runtime cannot take over the socket.
    pub async fn serve(
        self,
        handler: impl Fn(Request, SocketAddr) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Ended> {
        let handler: Handler = Arc::new(handler);
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let acceptor = self.tls.map(TlsAcceptor::from);
        let limits = self.limits;
        let mut signal = self.signal.subscribe();
        let mut connections = JoinSet::new();
        let ended = loop {
            tokio::select! {
                signal = Signal::other_than_serve(&mut signal) => {
                    break if signal == Signal::Die { Ended::Died } else { Ended::Stopped };
                }
                Some(_) = connections.join_next() => {}
                accepted = listener.accept(), if connections.len() < limits.connections => {
                    let Ok((tcp, peer)) = accepted else {
                        // Out of file descriptors, most likely: others must close first.
                        sleep(Duration::from_millis(10)).await;
                        continue;
                    };
                    // Answers go out in one write each. Failing to say so harms nobody.
                    let _ = tcp.set_nodelay(true);
                    let (handler, acceptor) = (Arc::clone(&handler), acceptor.clone());
                    let (signal, witness) = (Arc::clone(&self.signal), self.witness.clone());
                    connections.spawn(async move {
                        let Some(acceptor) = acceptor else {
                            return Conversation::new(tcp, peer, handler, limits, signal).seen_by(witness).hold().await;
                        };
                        // Whoever speaks no TLS is told so in the language that they speak.
                        let mut first = [0];
                        match timeout(limits.request, tcp.peek(&mut first)).await {
                            Ok(Ok(1..)) if first[0].is_ascii_uppercase() => {
                                let plain = Conversation::new(tcp, peer, handler, limits, signal).seen_by(witness);
                                plain.want_tls().await;
                            }
                            Ok(Ok(1..)) => {
                                if let Ok(Ok(tls)) = timeout(limits.request, acceptor.accept(tcp)).await {
                                    Conversation::new(tls, peer, handler, limits, signal).seen_by(witness).hold().await;
                                }
                            }
                            _ => {}
                        }
                    });
                }
            }
        };
        // First the listener: whoever sees a connection end must not find the port open any more.
        drop(listener);
        if ended == Ended::Stopped {
            let finish = async { while connections.join_next().await.is_some() {} };
            let _ = timeout(GRACE, finish).await;
        }
        connections.shutdown().await;
        Ok(ended)
    }
}

/// Ends a server: no new connections, answers under way are finished (for at most a second), idle connections close.
#[derive(Clone, Debug)]
pub struct Stop {
    signal: Arc<watch::Sender<Signal>>,
}

impl Stop {
    /// Asks the server to end; more than once is harmless.
    pub fn stop(&self) {
        self.signal.send_if_modified(|signal| {
            let serving = *signal == Signal::Serve;
            if serving {
                *signal = Signal::Stop;
            }
            serving
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_bound_unless_more_is_allowed() {
        let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
        let refused = Server::bind(everywhere, Exposure::Loopback);
        assert!(matches!(refused, Err(BindError::NotLoopback { address }) if address == everywhere));
        assert!(Server::bind(everywhere, Exposure::Remote).is_ok());
    }

    #[test]
    fn a_taken_port_is_an_error_with_its_address() {
        let first = Server::bind("127.0.0.1:0".parse().unwrap(), Exposure::Loopback).unwrap();
        let second = Server::bind(first.address(), Exposure::Loopback);
        assert!(matches!(second, Err(BindError::Listen { address, .. }) if address == first.address()));
    }
}
