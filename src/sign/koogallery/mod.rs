//! The signatures of KooGallery, Huawei Cloud's marketplace: five families, all HMAC-SHA256, no two alike.
//!
//! | recipe | who signs | what is signed | where it stands |
//! |---|---|---|---|
//! | [`v2`], [`v2::Scheme::Query`] | the store | key, nonce, time and the digest of the sorted body | query `signature`, `timestamp`, `nonce` |
//! | [`v2`], [`v2::Scheme::Kit`] | the store | key, nonce, time and the sorted body itself | headers `x-sign`, `x-timestamp`, `x-nonce` |
//! | [`auth_token`] | the store | the sorted parameters, keyed with key and time | query `authToken` (the kit's V1: a header) |
//! | [`body_sign`] | the vendor | the bytes of its answer | response header `Body-Sign` |
//! | [`usage_push`] | the vendor | time, nonce and the sorted body | headers `signature`, `ts`, `nonce` |
//!
//! [`credential`] is no signature: it encrypts single values with a key derived from the same access key.
//!
//! The vendor's open-API calls carry an AK/SK signature besides, which is [`super::sdk_hmac`].
//!
//! The documents contradict each other in several places (order of sorting, unit of time, case of hex digits). What is
//! implemented is the reading of the vendor sample and of the examples; the other readings are settings, mistakes or
//! explanations of the doctors.

pub mod auth_token;
pub mod body_sign;
pub mod credential;
mod key;
pub mod usage_push;
pub mod v2;

pub use key::{other_key, test_key, test_kit_key};
