//! How a marketplace is to be.

use std::sync::Arc;

use jiff::SignedDuration;

use super::Marketplace;
use crate::market::setting::{SettingError, Values};
use crate::market::{MARKETPLACES, Market, settings};
use crate::serve::{Bounds, Log, Premises, Stand};
use crate::spec::embedded;
use crate::transport::{BindError, Exposure, Server};
use crate::wire::disturbance::Disturbance;

/// A marketplace before it starts.
///
/// ```
/// use storeproof::mock::Marketplace;
///
/// let scp = Marketplace::builder("scp")
///     .set("access-key", "SCPTEST")
///     .set("default-limit", 2)
///     .set("catalogue", r#"{
///         "product_categories": [],
///         "products": [{
///             "product_id": "VPC", "display_name": "VPC",
///             "created_at": "2024-01-01T00:00:00", "created_by": "5cada9f6afa049418c4f18c0c4859202",
///             "modified_at": "2024-01-01T00:00:00", "modified_by": "5cada9f6afa049418c4f18c0c4859202"
///         }]
///     }"#)
///     .start()?;
/// assert!(scp.base().starts_with("http://127.0.0.1:"));
/// # Ok::<(), storeproof::mock::MockError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a marketplace answers when it is started"]
pub struct Builder {
    name: String,
    values: Vec<(String, String)>,
    ahead: SignedDuration,
    disturbances: Vec<Disturbance>,
    seed: u64,
    bounds: Bounds,
}

/// Why a marketplace does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MockError {
    /// There is no marketplace of this name.
    #[error("{name} is no marketplace; there is {}", MARKETPLACES.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// The marketplace has no such setting.
    #[error("{marketplace} has no setting {name:?}; it has {}", known(marketplace))]
    UnknownSetting {
        /// The marketplace.
        marketplace: &'static str,
        /// What was set.
        name: String,
    },
    /// A setting cannot have this value.
    #[error("setting {}: {}", .0.name, .0.problem)]
    Setting(#[from] SettingError),
    /// The system gives no port or no thread.
    #[error(transparent)]
    Listen(#[from] BindError),
}

fn known(marketplace: &str) -> String {
    settings(marketplace).iter().map(|setting| setting.name).collect::<Vec<_>>().join(", ")
}

impl Builder {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            values: Vec::new(),
            ahead: SignedDuration::ZERO,
            disturbances: Vec::new(),
            seed: 1,
            bounds: Bounds::default(),
        }
    }

    /// Sets what a key of the marketplace's section in `storeproof.toml` sets, such as `secret-key`; `storeproof list
    /// settings` names them all. Where the key names a file, such as a catalogue, the value is the file's text.
    pub fn set(mut self, key: &str, value: impl ToString) -> Self {
        self.values.push((key.to_owned(), value.to_string()));
        self
    }

    /// Its clock is so far ahead of this machine's; behind it where that is negative.
    pub fn clock_ahead(mut self, ahead: SignedDuration) -> Self {
        self.ahead = ahead;
        self
    }

    /// Answers that go wrong on purpose, from the first request on. See [`Marketplace::disturb`].
    pub fn disturb(mut self, disturbance: Disturbance) -> Self {
        self.disturbances.push(disturbance);
        self
    }

    /// What chance does to disturbances that are only probable; 1 where it is not set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many exchanges are kept; 1000 where it is not set. The oldest make room.
    pub fn keep(mut self, exchanges: usize) -> Self {
        self.bounds.entries = exchanges.max(1);
        self
    }

    /// Takes a free port of 127.0.0.1 and answers there.
    ///
    /// # Errors
    ///
    /// When the marketplace or a setting is unknown or cannot be used, or the system gives no port.
    pub fn start(self) -> Result<Marketplace, MockError> {
        let name = MARKETPLACES.iter().copied().find(|known| *known == self.name);
        let Some(name) = name else { return Err(MockError::Unknown { name: self.name }) };
        let mut values = Values::default();
        for (key, value) in self.values {
            if !settings(name).iter().any(|setting| setting.name == key) {
                return Err(MockError::UnknownSetting { marketplace: name, name: key });
            }
            values.set(&key, value);
        }
        let market = Market::new(Some(name), &values, None)?;
        let server = Server::bind(([127, 0, 0, 1], 0).into(), Exposure::Loopback)?;
        let log = Arc::new(Log::new(self.bounds));
        let catalogue = Arc::new(embedded::catalogue(name).clone());
        let premises = Premises { name, market, vendor: None, base: server.base(), catalogue, shared_clock: None };
        // Nobody keeps its state.
        let stand = Arc::new(Stand::new(premises, Arc::clone(&log), Arc::default()));
        stand.move_clock(self.ahead);
        stand.take_chances(self.seed);
        stand.disturb(self.disturbances);
        let answering = Arc::clone(&stand);
        let running = server.spawn_in_thread(move |request, peer| answering.answer(request, peer))?;
        Ok(Marketplace::new(stand, log, running))
    }
}
