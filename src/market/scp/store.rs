//! The store: settings, catalogue, and how its requests arrive.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::catalogue::Catalogue;
use super::model::List;
use super::settings::Settings;
use super::shelves::{Shelves, Tables};
use super::table::Table;
use super::words::{Mode, Repeated, ReversedDates};
use crate::market::{Misfit, Seeded};
use crate::sign::scp;
use crate::wire::{Request, Response};

/// The store with its settings, ready to answer.
#[derive(Clone, Debug)]
pub struct Store {
    /// What the user has set.
    pub settings: Arc<Settings>,
    /// The same as the judge reads it, who overlooks nothing.
    strict: Arc<Settings>,
    /// `http` or `https`: what clients of this listener have signed. It is not on the wire.
    scheme: &'static str,
    verifier: Arc<scp::Verifier>,
    shelves: Arc<Shelves>,
    /// What stood on the shelves when this copy was made.
    tables: Arc<Tables>,
}

impl Store {
    /// A store that is reached by plain `http`.
    pub fn new(settings: Settings) -> Self {
        let catalogue = settings.catalogue.clone().unwrap_or_else(|| Arc::new(Catalogue::built_in()));
        let shelves = Arc::new(Shelves::new(catalogue, &settings));
        let verifier = Arc::new(scp::Verifier::new(&credentials(&settings), &verification(&settings)));
        let strict = Settings {
            mode: Mode::Strict,
            repeated: Repeated::Refused,
            reversed_dates: ReversedDates::Refused,
            ..settings.clone()
        };
        let (settings, strict) = (Arc::new(settings), Arc::new(strict));
        Self { scheme: "http", verifier, tables: shelves.tables(), shelves, settings, strict }
    }

    /// The same store behind a listener of this base address, whose scheme its clients sign.
    #[must_use]
    pub fn serving(&self, base: &str) -> Self {
        let scheme = if base.starts_with("https:") { "https" } else { "http" };
        Self { scheme, ..self.clone() }
    }

    /// Answers a call of a vendor's.
    ///
    /// The same store, request and time always give the same answer.
    pub fn answer(&self, request: &Request, now: Timestamp) -> Response {
        super::answer::answer(&self.at_present(), request, now)
    }

    /// The store with what is on its shelves now. While a request is answered or judged, nothing on them changes.
    pub(crate) fn at_present(&self) -> Self {
        Self { tables: self.shelves.tables(), ..self.clone() }
    }

    /// The catalogue as it is now.
    pub(crate) fn catalogue(&self) -> Arc<Catalogue> {
        self.shelves.catalogue()
    }

    /// Puts rows into the catalogue; all of them or none.
    pub(crate) fn seed(&self, rows: &Value) -> Result<Seeded, Misfit> {
        self.shelves.seed(rows, &self.settings)
    }

    /// The rows that were put there.
    pub(crate) fn state(&self) -> Value {
        self.shelves.state()
    }

    /// Goes on from what [`Store::state`] told.
    pub(crate) fn restore(&self, state: &Value) -> Result<(), Misfit> {
        self.shelves.restore(state, &self.settings)
    }

    /// Takes away what was put into the catalogue.
    pub(crate) fn reset(&self) {
        self.shelves.reset(&self.settings);
    }

    /// The settings with everything refused that can be overlooked: what this store overlooks since it is told to be
    /// lenient, the live one may refuse, and the judge tells it all the same.
    pub(super) fn strict(&self) -> &Settings {
        &self.strict
    }

    /// How requests arrive: `http` or `https`.
    pub(crate) fn scheme(&self) -> &'static str {
        self.scheme
    }

    pub(crate) fn table(&self, list: List) -> &Table {
        self.tables.of(list)
    }

    /// Checks the signature of a request.
    pub(crate) fn verify(&self, request: &Request, now: Timestamp) -> Result<scp::Accepted, scp::Refusal> {
        self.verifier.verify(request, self.scheme, now)
    }

    /// What should have been signed, what was, and why a request is refused; `scheme` is how it arrived.
    pub(crate) fn explain(&self, request: &Request, scheme: &str, now: Timestamp) -> scp::Explained {
        let settings = &self.settings;
        scp::explain_message(request, scheme, &credentials(settings), now, &verification(settings))
    }

    /// What explains that a request is refused, most telling first.
    pub(crate) fn diagnose(&self, request: &Request, now: Timestamp) -> Vec<scp::Diagnosis> {
        let settings = &self.settings;
        scp::diagnose(request, self.scheme, &credentials(settings), now, &verification(settings))
    }
}

fn credentials(settings: &Settings) -> scp::Credentials {
    scp::Credentials { access_key: settings.access_key.clone(), secret_key: settings.secret_key.clone() }
}

fn verification(settings: &Settings) -> scp::Settings {
    scp::Settings {
        window: settings.timestamp_window,
        public_url: settings.public_url.clone(),
        ..scp::Settings::default()
    }
}
