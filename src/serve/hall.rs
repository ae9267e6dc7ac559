//! All marketplaces that are served, and the log that they share.

use std::sync::Arc;

use super::{Log, Stand};

/// All marketplaces that are served.
#[derive(Debug, Default)]
pub struct Hall {
    /// One for each, in the order in which they are listed.
    pub stands: Vec<Arc<Stand>>,
    /// What was exchanged with any of them.
    pub log: Arc<Log>,
}

impl Hall {
    /// The marketplace of this name, where it is served.
    pub fn stand(&self, name: &str) -> Option<&Arc<Stand>> {
        self.stands.iter().find(|stand| stand.name == name)
    }
}
