//! The reference vendor of KooGallery: versions 2.0 and 1.0 of the production interface, with faults on request.

mod fault;

use std::time::Duration;

use jiff::Timestamp;

pub use fault::{Area, Fault};

use crate::market::Ask;
use crate::wire::{Reply, Request, Response, Secret};

/// What can be set on a reference vendor.
#[derive(Clone, Debug)]
pub struct Options {
    /// The key bound to the basic interface.
    pub access_key: Secret,
    /// The access key with which it calls the store.
    pub ak: String,
    /// The secret key that belongs to it.
    pub sk: Secret,
    /// How long the opening of an instance takes; nothing is answered late, `000004` is.
    pub setup_delay: Duration,
    /// In which ways the vendor misbehaves.
    pub faults: Vec<Fault>,
}

/// A vendor with its instances. The same requests at the same times always get the same answers.
#[derive(Debug)]
pub struct Vendor {
    _options: Options,
}

impl Vendor {
    /// A vendor without instances.
    pub fn new(options: Options) -> Self {
        Self { _options: options }
    }

    /// Answers one request; `ask` calls the store.
    pub fn answer(&mut self, _request: &Request, _now: Timestamp, _ask: &mut Ask<'_>) -> Reply {
        Reply::from(Response::new(404))
    }
}
