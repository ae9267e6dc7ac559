//! What no page and no answer of the control API may show.

use std::sync::{Mutex, PoisonError};

use super::Log;
use crate::wire::{KnownSecrets, Redactor, Secret};

/// Most secrets of single requests that are looked for before those of requests that the log no longer holds are
/// forgotten: each call can carry a token of its own, and a server stays up for weeks.
const MOST: usize = 4096;

/// The keys of all marketplaces, and what was secret in the requests that the log holds.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    keys: Vec<Secret>,
    met: Mutex<Met>,
}

#[derive(Debug, Default)]
struct Met {
    known: KnownSecrets,
    /// The last entry that was looked at.
    until: u64,
    count: usize,
}

impl Secrets {
    pub(super) fn new(keys: Vec<Secret>) -> Self {
        // A signer may trim a key before it uses it, and what was signed is shown.
        let trimmed = |key: Secret| [Secret::new(key.expose().trim()), key];
        let keys: Vec<Secret> = keys.into_iter().flat_map(trimmed).collect();
        let met = Met { known: KnownSecrets::new(&keys), until: 0, count: 0 };
        Self { keys, met: Mutex::new(met) }
    }

    /// Makes something to show, with what takes secrets out of it.
    pub(super) fn without<T>(&self, log: &Log, show: impl FnOnce(&Redactor) -> T) -> T {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if met.count > MOST {
            *met = Met { known: KnownSecrets::new(&self.keys), until: 0, count: 0 };
        }
        for entry in log.since(met.until) {
            let secrets = &entry.seen.exchange.request.secrets;
            secrets.iter().for_each(|secret| met.known.meet(secret));
            met.count += secrets.len();
            met.until = entry.id;
        }
        show(met.known.redactor())
    }
}
