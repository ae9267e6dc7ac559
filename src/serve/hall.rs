//! All marketplaces that are served, and the log that they share.

use std::sync::Arc;

use tokio::sync::watch;

use super::secrets::Secrets;
use super::{Log, Stand};
use crate::wire::Redactor;

/// All marketplaces that are served.
#[derive(Debug, Default)]
pub struct Hall {
    /// One for each, in the order in which they are listed.
    pub stands: Vec<Arc<Stand>>,
    /// What was exchanged with any of them.
    pub log: Arc<Log>,
    secrets: Secrets,
    closing: watch::Sender<bool>,
}

impl Hall {
    /// Marketplaces that write into this log.
    pub fn new(stands: Vec<Arc<Stand>>, log: Arc<Log>) -> Self {
        let secrets = Secrets::new(stands.iter().flat_map(|stand| stand.market.secrets()).collect());
        Self { stands, log, secrets, closing: watch::Sender::new(false) }
    }

    /// The marketplace of this name, where it is served.
    pub fn stand(&self, name: &str) -> Option<&Arc<Stand>> {
        self.stands.iter().find(|stand| stand.name == name)
    }

    /// Makes something to show of what was exchanged. Keys of the configuration, and what was secret in a request of
    /// ours, must go through this redactor wherever a vendor may have put them.
    pub fn redacted<T>(&self, show: impl FnOnce(&Redactor) -> T) -> T {
        self.secrets.without(&self.log, show)
    }

    /// Lets streams end that have no end of their own.
    pub(super) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Becomes true when the server ends.
    pub(super) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }
}
