//! The reference vendor behind a socket: inside this process for `--vendor reference`, or standing on its own.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::play;
use crate::market::Vendor;
use crate::transport::{BindError, Running, ask, spawn_in_thread};
use crate::wire::{Reply, Request};

/// Starts a reference vendor in a thread of its own, on a free port of this machine. `store` is the base address of the
/// marketplace's API, where the vendor calls one.
pub fn start(vendor: Vendor, store: Option<String>) -> Result<Running, BindError> {
    spawn_in_thread(handler(vendor, store))
}

/// The same by another clock than this machine's.
pub fn start_by(
    vendor: Vendor,
    store: Option<String>,
    now: impl Fn() -> Timestamp + Send + Sync + 'static,
) -> Result<Running, BindError> {
    spawn_in_thread(handler_by(vendor, store, now))
}

/// Answers requests with a vendor, one at a time, by this machine's clock.
pub fn handler(
    vendor: Vendor,
    store: Option<String>,
) -> impl Fn(Request, std::net::SocketAddr) -> Reply + Send + Sync + 'static {
    handler_by(vendor, store, play::now)
}

fn handler_by(
    vendor: Vendor,
    store: Option<String>,
    now: impl Fn() -> Timestamp + Send + Sync + 'static,
) -> impl Fn(Request, std::net::SocketAddr) -> Reply + Send + Sync + 'static {
    let vendor = Mutex::new(vendor);
    move |request, _| {
        let mut ask = |request: Request| ask(store.as_deref()?, request);
        vendor.lock().unwrap_or_else(PoisonError::into_inner).answer(&request, now(), &mut ask)
    }
}
