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
//! [`credential`] is no signature: it encrypts single values with a key derived from the same access key. Nor is
//! [`client_secret`], which encrypts one value of the kit with the vendor's RSA public key.
//!
//! The vendor's open-API calls carry an AK/SK signature besides, which is [`super::sdk_hmac`].
//!
//! The documents contradict each other in several places (order of sorting, unit of time, case of hex digits). What is
//! implemented is the reading of the vendor sample and of the examples; the other readings are settings, mistakes or
//! explanations of the doctors.

pub mod auth_token;
pub mod body_sign;
pub mod client_secret;
pub mod credential;
mod key;
pub mod usage_push;
pub mod v2;

pub use key::{other_key, test_key, test_kit_key};

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::sign::sdk_hmac;
    use crate::wire::{Request, Secret};

    #[test]
    fn debug_hides_keys_and_signatures() {
        let key = Secret::new("kg-demo-key-01");
        let now = Timestamp::UNIX_EPOCH;
        let parameters = [("timeStamp".to_owned(), "20260304050607890".to_owned())];
        let token = auth_token::sign(&key, &parameters, &auth_token::Settings::default());
        let answer = body_sign::sign(&key, b"{}");
        let push = usage_push::sign(&key, b"{}", "n", now);
        let request = sdk_hmac::sign(&Request::new("GET", "/"), "AK", &key, now);
        let shown = format!("{token:?} {answer:?} {push:?} {request:?}");
        assert!(!shown.contains(key.expose()), "{shown}");
        for step in [token.steps, answer.steps, push.steps, request.steps].into_iter().flatten() {
            assert!(step.value.len() < 6 || !shown.contains(&step.value), "{}: {shown}", step.name);
        }
    }
}
