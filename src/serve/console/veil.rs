//! What must not be shown: the keys of the marketplaces, and all that was signed with them.

use std::collections::HashSet;

use crate::serve::{Entry, Hall};
use crate::wire::{Redactor, Secret};

/// Hides what must not be shown.
#[derive(Debug)]
pub(crate) struct Veil {
    redactor: Redactor,
    met: HashSet<Secret>,
    /// What is hidden of the marketplaces' own keys.
    keys: Vec<Secret>,
}

/// So many tokens are kept; older ones have left the log and their time is over.
const MOST: usize = 4_000;

impl Veil {
    /// Hides the keys alone.
    pub(crate) fn of_keys(hall: &Hall) -> Self {
        let of_markets = hall.stands.iter().flat_map(|stand| stand.market.secrets());
        // A signer may have trimmed a key before it used it; what it signed is shown.
        let keys: Vec<Secret> = of_markets.flat_map(|key| [Secret::new(key.expose().trim()), key]).collect();
        Self { redactor: Redactor::new(&keys), met: HashSet::new(), keys }
    }

    /// Hides also what went into any request of the log: a vendor may repeat in one answer what it received in another.
    pub(crate) fn new(hall: &Hall) -> Self {
        let mut veil = Self::of_keys(hall);
        hall.log.newest(usize::MAX, |_| true).iter().for_each(|entry| veil.meet(entry));
        veil
    }

    /// Hides what went into this request too.
    pub(crate) fn meet(&mut self, entry: &Entry) {
        if self.met.len() > MOST {
            self.met.clear();
            self.redactor = Redactor::new(&self.keys);
        }
        for secret in &entry.seen.exchange.request.secrets {
            if self.met.insert(secret.clone()) {
                self.redactor.add(secret);
            }
        }
    }

    /// What hides it.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }
}
