//! A server in a thread of its own, for the reference vendor inside the process and for tests.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread::JoinHandle;

use crate::wire::{Reply, Request};

use super::server::{BindError, Exposure, Server, Stop};

/// A server that runs in its own thread. Dropping it stops the server and waits for the thread.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    base: String,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// The address with its port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address for clients, such as `http://127.0.0.1:40123`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A handle that ends the server.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Whether the server still serves; false after a reply that lets it die.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            // A handler that panicked has said so itself.
            let _ = thread.join();
        }
    }
}

/// Serves on a free port of 127.0.0.1, in a thread with a runtime of its own.
///
/// # Errors
///
/// When the system gives no port or no thread.
pub fn spawn_in_thread(
    handler: impl Fn(Request, SocketAddr) -> Reply + Send + Sync + 'static,
) -> Result<Running, BindError> {
    Server::bind((Ipv4Addr::LOCALHOST, 0).into(), Exposure::Loopback)?.spawn_in_thread(handler)
}

impl Server {
    /// Serves in a thread with a runtime of its own.
    ///
    /// # Errors
    ///
    /// When the system gives no thread or no runtime.
    pub fn spawn_in_thread(
        self,
        handler: impl Fn(Request, SocketAddr) -> Reply + Send + Sync + 'static,
    ) -> Result<Running, BindError> {
        let (address, base, stop) = (self.address(), self.base(), self.stop());
        let spawn = || -> io::Result<JoinHandle<()>> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
            std::thread::Builder::new().name("server".to_owned()).spawn(move || {
                // The socket was made for this runtime, so that taking it over cannot fail but with the system itself;
                // clients then meet a refused connection.
                let _ = runtime.block_on(self.serve(handler));
            })
        };
        let thread = spawn().map_err(|error| BindError::Listen { address, error })?;
        Ok(Running { address, base, stop, thread: Some(thread) })
    }
}
