//! What can be set on a reference vendor.

use std::time::Duration;

use super::fault::Fault;
use crate::market::koogallery::Credentials;
use crate::sign::koogallery::credential::EncryptType;
use crate::sign::koogallery::v2::Window;
use crate::sign::koogallery::{test_key, test_kit_key};
use crate::wire::Secret;

/// Which creations of version 2.0 are answered with 000004 and finished later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    /// None.
    AtOnce,
    /// Those of products that are charged by use, so that both ways can be seen.
    #[default]
    ByUse,
    /// All.
    Later,
}

/// What makes two creations of version 2.0 the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Idempotency {
    /// `orderId` and `orderLineId`, on all sites.
    #[default]
    Line,
    /// With pay-per-use `orderId` and the product of the line, as the page of China adds.
    Product,
}

/// With which call usage is pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UsageCall {
    /// The new one, signed in headers of its own and with AK/SK besides.
    #[default]
    New,
    /// The older one, signed with AK/SK alone.
    Old,
}

/// What can be set on a reference vendor.
#[derive(Clone, Debug)]
pub struct Options {
    /// The key bound to the basic interface. Default: the built-in test key.
    pub access_key: Secret,
    /// The key bound to the kit. Default: the built-in one.
    pub kit_access_key: Secret,
    /// The access key with which it calls the store.
    pub ak: String,
    /// The secret key that belongs to it.
    pub sk: Secret,
    /// Host and port of the store's open API, which are signed. `None` calls nothing.
    pub store: Option<String>,
    /// For how long a call of version 2.0 is good. Default: 60 s, and as far ahead.
    pub window: Window,
    /// Which creations take their time. Default: those that are charged by use.
    pub opening: Opening,
    /// How long they take. Default 200 ms.
    pub setup_delay: Duration,
    /// What makes two creations the same. Default: order and line.
    pub idempotency: Idempotency,
    /// How credentials stand in answers of version 2.0. Default: plain.
    pub credentials: Credentials,
    /// How credentials are encrypted. Default: AES-256.
    pub encrypt_type: EncryptType,
    /// Whether answers of version 2.0 are signed too; those of version 1.0 always are. Default: yes.
    pub body_sign_v2: bool,
    /// With which call usage is pushed. Default: the new one.
    pub usage_call: UsageCall,
    /// In which ways the vendor misbehaves. Default: none.
    pub faults: Vec<Fault>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access_key: test_key(),
            kit_access_key: test_kit_key(),
            ak: "AKDEMO".to_owned(),
            sk: Secret::new("storeproof-koogallery-test-secret-01"),
            store: None,
            window: Window::default(),
            opening: Opening::default(),
            setup_delay: Duration::from_millis(200),
            idempotency: Idempotency::default(),
            credentials: Credentials::Plain,
            encrypt_type: EncryptType::default(),
            body_sign_v2: true,
            usage_call: UsageCall::default(),
            faults: Vec::new(),
        }
    }
}
