//! Web pages on this machine: an axum router behind a port.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use tokio::time::timeout;

use super::server::{BindError, Exposure, GRACE, Server, Signal, Stop};

/// A port that will serve pages to browsers on this machine. It is never reachable from others: who can press the
/// console's buttons can make this machine send requests.
#[derive(Debug)]
pub struct Site(Server);

impl Site {
    /// Takes the port; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// When the address is not a loopback address, or the system refuses.
    pub fn bind(address: SocketAddr) -> Result<Self, BindError> {
        Server::bind(address, Exposure::Loopback).map(Self)
    }

    /// The base address, such as `http://127.0.0.1:7700`.
    pub fn base(&self) -> String {
        self.0.base()
    }

    /// A handle that ends it.
    pub fn stop(&self) -> Stop {
        self.0.stop()
    }

    /// Serves until it is stopped. Answers under way get a second to end; streams that never end are cut off.
    ///
    /// # Errors
    ///
    /// When the runtime cannot take over the socket.
    pub async fn serve(self, router: Router) -> io::Result<()> {
        let (listener, mut signal) = self.0.into_parts();
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let mut asked = signal.clone();
        let stopped = async move {
            Signal::other_than_serve(&mut signal).await;
        };
        let serving = axum::serve(listener, router).with_graceful_shutdown(stopped).into_future();
        let mut serving = std::pin::pin!(serving);
        tokio::select! {
            served = &mut serving => served,
            _ = Signal::other_than_serve(&mut asked) => timeout(GRACE, serving).await.unwrap_or(Ok(())),
        }
    }
}
