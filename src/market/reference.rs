//! The reference vendors, one a marketplace, behind one face.

use std::time::Duration;

use jiff::Timestamp;

use super::kt_bizstore::vendor as kt_bizstore;
use crate::sign::key::{KeyError, VerifyingKey};
use crate::wire::{Reply, Request};

/// What a user can set of a reference vendor.
#[derive(Clone, Debug)]
pub struct VendorOptions {
    /// The store's public key in PEM; `None` trusts the built-in test key.
    pub public_key: Option<String>,
    /// How long the set-up of a customer takes.
    pub setup_delay: Duration,
    /// How long a deletion takes.
    pub deletion_delay: Duration,
    /// How old a token may be; `None` is the marketplace's default.
    pub token_window: Option<Duration>,
    /// Names of faults.
    pub faults: Vec<String>,
}

/// Why a reference vendor cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum VendorError {
    /// No marketplace of this name has one.
    #[error("{0} has no reference vendor")]
    Marketplace(String),
    /// A fault that nobody knows.
    #[error("{0}; `storeproof list faults` names all")]
    Fault(#[from] kt_bizstore::UnknownFault),
    /// The public key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl VendorError {
    /// Whether the public key is to blame.
    pub fn is_key(&self) -> bool {
        matches!(self, Self::Key(_))
    }
}

/// A reference vendor.
#[derive(Debug)]
pub enum Vendor {
    /// Of KT Cloud Biz Store.
    KtBizstore(Box<kt_bizstore::Vendor>),
}

impl Vendor {
    /// The reference vendor of a marketplace.
    pub fn new(marketplace: &str, options: &VendorOptions) -> Result<Self, VendorError> {
        match marketplace {
            "kt-bizstore" => {
                let defaults = kt_bizstore::Options::default();
                let faults: Result<Vec<_>, _> = options.faults.iter().map(|name| name.parse()).collect();
                let mut window = defaults.window;
                window.age = options.token_window.unwrap_or(window.age);
                let options = kt_bizstore::Options {
                    keys: match &options.public_key {
                        Some(pem) => vec![VerifyingKey::from_pem(pem)?],
                        None => defaults.keys.clone(),
                    },
                    window,
                    setup_delay: options.setup_delay,
                    deletion_delay: options.deletion_delay,
                    faults: faults?,
                    ..defaults
                };
                Ok(Self::KtBizstore(Box::new(kt_bizstore::Vendor::new(options))))
            }
            other => Err(VendorError::Marketplace(other.to_owned())),
        }
    }

    /// Answers one request. The same requests at the same times always get the same answers.
    pub fn answer(&mut self, request: &Request, now: Timestamp) -> Reply {
        match self {
            Self::KtBizstore(vendor) => vendor.answer(request, now),
        }
    }
}

/// The faults that a marketplace's reference vendor can be told to have, each with what it does.
pub fn faults(marketplace: &str) -> Vec<(&'static str, &'static str)> {
    match marketplace {
        "kt-bizstore" => kt_bizstore::Fault::ALL.iter().map(|fault| (fault.name(), fault.what())).collect(),
        _ => Vec::new(),
    }
}
