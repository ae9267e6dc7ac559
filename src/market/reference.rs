//! The reference vendors, one a marketplace, behind one face.

use std::time::Duration;

use jiff::Timestamp;

use super::koogallery::vendor as koogallery;
use super::kt_bizstore::vendor as kt_bizstore;
use crate::sign::key::{KeyError, VerifyingKey};
use crate::sign::koogallery::v2::Window;
use crate::wire::{Reply, Request, Response};

/// What a user can set of a reference vendor.
#[derive(Clone, Debug)]
pub struct VendorOptions {
    /// The store's public key in PEM; `None` trusts the key that the store signs with.
    pub public_key: Option<String>,
    /// How long the set-up of a customer takes.
    pub setup_delay: Duration,
    /// How long a deletion takes.
    pub deletion_delay: Duration,
    /// Base address of the store's own API, where the vendor calls one.
    pub store: Option<String>,
    /// Names of faults.
    pub faults: Vec<String>,
}

/// Why a reference vendor cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum VendorError {
    /// There is no marketplace whose vendor could be played.
    #[error("the reference vendor plays a marketplace's vendor, and a plain Arazzo document has no marketplace")]
    NoMarketplace,
    /// Vendors of this marketplace are clients.
    #[error(
        "vendors of {0} are clients: their programs call the store, so that there is none to be started and called; \
         the reference client plays in `storeproof run`, as --vendor reference"
    )]
    Client(&'static str),
    /// A fault that nobody knows.
    #[error("{0}; `storeproof list faults` names all")]
    Fault(#[from] super::fault::UnknownFault),
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

/// How a vendor calls the store while it answers.
pub type Ask<'a> = dyn FnMut(Request) -> Option<Response> + 'a;

/// A reference vendor.
#[derive(Debug)]
pub enum Vendor {
    /// Of KT Cloud Biz Store.
    KtBizstore(Box<kt_bizstore::Vendor>),
    /// Of Huawei Cloud KooGallery.
    KooGallery(Box<koogallery::Vendor>),
}

impl Vendor {
    pub(super) fn kt_bizstore(
        settings: &super::kt_bizstore::Settings,
        options: &VendorOptions,
    ) -> Result<Self, VendorError> {
        let defaults = kt_bizstore::Options::default();
        let faults: Result<Vec<_>, _> = options.faults.iter().map(|name| name.parse()).collect();
        let mut window = defaults.window;
        window.age = settings.token_window.unwrap_or(window.age);
        let options = kt_bizstore::Options {
            keys: match &options.public_key {
                Some(pem) => vec![VerifyingKey::from_pem(pem)?],
                None => vec![settings.key().public().clone()],
            },
            window,
            setup_delay: options.setup_delay,
            deletion_delay: options.deletion_delay,
            faults: faults?,
            ..defaults
        };
        Ok(Self::KtBizstore(Box::new(kt_bizstore::Vendor::new(options))))
    }

    pub(super) fn koogallery(
        settings: &super::koogallery::Settings,
        options: &VendorOptions,
    ) -> Result<Self, VendorError> {
        let faults: Result<Vec<_>, _> = options.faults.iter().map(|name| name.parse()).collect();
        let store = options.store.as_deref().and_then(|base| url::Url::parse(base).ok());
        let options = koogallery::Options {
            access_key: settings.access_key.clone(),
            kit_access_key: settings.kit_access_key.clone(),
            ak: settings.ak.clone(),
            sk: settings.sk.clone(),
            // Host and port are part of what the vendor signs.
            store: store.map(|base| base.authority().to_owned()),
            window: Window { age: settings.timestamp_window, ..Window::default() },
            setup_delay: options.setup_delay,
            credentials: settings.credentials.unwrap_or(super::koogallery::Credentials::Plain),
            encrypt_type: settings.encrypt_type,
            faults: faults?,
            ..koogallery::Options::default()
        };
        Ok(Self::KooGallery(Box::new(koogallery::Vendor::new(options))))
    }

    /// Answers one request. The same requests at the same times always get the same answers.
    ///
    /// `ask` sends a call of the vendor's to the store and gives the answer; `None` when there was none.
    pub fn answer(&mut self, request: &Request, now: Timestamp, ask: &mut Ask<'_>) -> Reply {
        match self {
            Self::KtBizstore(vendor) => vendor.answer(request, now),
            Self::KooGallery(vendor) => vendor.answer(request, now, ask),
        }
    }
}

/// The faults that a marketplace's reference vendor can be told to have, each with what it does.
pub fn faults(marketplace: &str) -> Vec<(&'static str, &'static str)> {
    match marketplace {
        "koogallery" => koogallery::Fault::ALL.iter().map(|fault| (fault.name(), fault.what())).collect(),
        "scp" => super::scp::vendor::all().collect(),
        "kt-bizstore" => kt_bizstore::Fault::ALL.iter().map(|fault| (fault.name(), fault.what())).collect(),
        _ => Vec::new(),
    }
}
