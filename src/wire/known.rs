//! The secrets of a run so far.

use std::collections::HashSet;

use super::{Redactor, Secret};

/// All secrets that went into the requests of a run so far.
///
/// A vendor may echo in one answer what it received in another, also in an earlier case, so one of these is kept for
/// a whole run. Noting a secret is cheap; the forms in which it is looked for are made when they are first needed,
/// since many runs never print foreign text.
#[derive(Clone, Debug, Default)]
pub struct KnownSecrets {
    redactor: Redactor,
    seen: HashSet<String>,
    fresh: Vec<Secret>,
}

impl KnownSecrets {
    /// Begins with these.
    pub fn new(secrets: &[Secret]) -> Self {
        let mut known = Self::default();
        secrets.iter().for_each(|secret| known.meet(secret));
        known
    }

    /// Notes one.
    pub fn meet(&mut self, secret: &Secret) {
        if !self.seen.contains(secret.expose()) {
            self.seen.insert(secret.expose().to_owned());
            self.fresh.push(secret.clone());
        }
    }

    /// A redactor of all that were noted.
    pub fn redactor(&mut self) -> &Redactor {
        for secret in self.fresh.drain(..) {
            self.redactor.add(&secret);
        }
        &self.redactor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_earlier_is_hidden_later() {
        let mut known = KnownSecrets::new(&[Secret::new("canary-0")]);
        known.meet(&Secret::new("canary-1"));
        assert_eq!(known.redactor().text("canary-0 canary-1 canary-2"), "[redacted] [redacted] canary-2");
        known.meet(&Secret::new("canary-2"));
        known.meet(&Secret::new("canary-1"));
        assert_eq!(known.redactor().text("canary-1 canary-2"), "[redacted] [redacted]");
    }
}
