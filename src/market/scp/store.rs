//! The store: settings, catalogue, and how its requests arrive.

use std::sync::Arc;

use jiff::Timestamp;

use super::catalogue::Catalogue;
use super::model::List;
use super::settings::Settings;
use super::table::Table;
use crate::sign::scp;
use crate::wire::{Request, Response};

/// The store with its settings, ready to answer.
#[derive(Clone, Debug)]
pub struct Store {
    /// What the user has set.
    pub settings: Settings,
    /// `http` or `https`: what clients of this listener have signed. It is not on the wire.
    scheme: &'static str,
    verifier: scp::Verifier,
    tables: Arc<Tables>,
}

#[derive(Debug)]
struct Tables {
    categories: Table,
    products: Table,
}

impl Store {
    /// A store that is reached by plain `http`.
    pub fn new(settings: Settings) -> Self {
        let catalogue = settings.catalogue.clone().unwrap_or_else(|| Arc::new(Catalogue::built_in()));
        let table = |list| Table::new(list, &catalogue, &settings);
        let tables = Tables { categories: table(List::Categories), products: table(List::Products) };
        let verifier = scp::Verifier::new(&credentials(&settings), &verification(&settings));
        Self { scheme: "http", verifier, tables: Arc::new(tables), settings }
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
        super::answer::answer(self, request, now)
    }

    /// How requests arrive: `http` or `https`.
    pub(crate) fn scheme(&self) -> &'static str {
        self.scheme
    }

    pub(crate) fn table(&self, list: List) -> &Table {
        match list {
            List::Categories => &self.tables.categories,
            List::Products => &self.tables.products,
        }
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
