//! Waiting for requests without sleeping.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use tokio::sync::broadcast::error::RecvError;

use crate::serve::Log;

/// Fewer requests came than were waited for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{came} of {wanted} requests came within {within:?}")]
pub struct TooFew {
    /// How many were waited for.
    pub wanted: u64,
    /// How many came.
    pub came: u64,
    /// How long it was waited.
    pub within: Duration,
}

/// Waits until the log has given this number to an entry.
pub(super) async fn reached(log: &Log, number: u64) {
    // Watching begins before the first look, so that no entry falls between the two.
    let mut news = log.watch();
    while log.last() < number {
        // Whoever lags has missed numbers, and sees at the next look that they were given.
        if news.recv().await == Err(RecvError::Closed) {
            return;
        }
    }
}

/// Wakes a thread that is parked.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Blocks this thread until it is done; `None` when the time is over. Works inside a runtime, where
/// `Runtime::block_on` would panic.
pub(super) fn block<T>(future: impl Future<Output = T>, within: Duration) -> Option<T> {
    let deadline = Instant::now().checked_add(within);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return Some(done);
        }
        match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
            Some(Duration::ZERO) => return None,
            Some(left) => std::thread::park_timeout(left),
            // So far away that no clock can tell it.
            None => std::thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_never_done_ends_with_its_time() {
        assert_eq!(block(std::future::pending::<()>(), Duration::from_millis(1)), None);
        assert_eq!(block(std::future::ready(1), Duration::ZERO), Some(1));
    }

    #[test]
    fn a_thread_that_waits_is_woken() {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let sending = std::thread::spawn(move || sender.send(7));
        assert_eq!(block(receiver, Duration::MAX), Some(Ok(7)));
        sending.join().expect("it ends").expect("it was received");
    }
}
