//! Checks a call as a strict vendor does.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;

use super::deviation::Parts;
use super::{Scheme, Settings, Signed};
use crate::sign::query::{decode_form, pairs};
use crate::wire::{Request, Secret};

/// What of a call the signature is about.
#[derive(Clone, PartialEq, Eq)]
pub struct Received<'a> {
    /// Where it was read from.
    pub scheme: Scheme,
    /// The signature as received.
    pub signature: Option<Cow<'a, str>>,
    /// The timestamp as received.
    pub timestamp: Option<Cow<'a, str>>,
    /// The nonce as received.
    pub nonce: Option<Cow<'a, str>>,
    /// The exact body.
    pub body: &'a [u8],
}

impl<'a> Received<'a> {
    /// Reads the query or the headers of a request. Of repeated names the first counts.
    pub fn from_request(scheme: Scheme, request: &'a Request) -> Self {
        let value = |name: &str| match scheme {
            Scheme::Query => {
                let mut pairs = pairs(request.query().unwrap_or_default());
                pairs.find(|(found, _)| decode_form(found) == name).map(|(_, value)| Cow::Owned(decode_form(value)))
            }
            Scheme::Kit => request.headers.text(name).map(Cow::Owned),
        };
        let [signature, timestamp, nonce] = scheme.names().map(value);
        Self { scheme, signature, timestamp, nonce, body: &request.body }
    }

    /// When the call says that it was signed; a timestamp in seconds is read as such.
    pub fn signed_at(&self) -> Option<Timestamp> {
        crate::sign::epoch(self.timestamp.as_deref()?.parse().ok()?)
    }

    /// What arrives when this is sent.
    pub fn of(signed: &'a Signed) -> Self {
        Self {
            scheme: signed.scheme,
            signature: signed.signature.as_ref().map(|signature| Cow::Borrowed(signature.expose())),
            timestamp: signed.timestamp.as_deref().map(Cow::Borrowed),
            nonce: signed.nonce.as_deref().map(Cow::Borrowed),
            body: &signed.body,
        }
    }
}

impl std::fmt::Debug for Received<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Received")
            .field("scheme", &self.scheme)
            .field("signature", &self.signature.as_ref().map(|_| "[secret]"))
            .field("timestamp", &self.timestamp)
            .field("nonce", &self.nonce)
            .finish_non_exhaustive()
    }
}

/// For how long a call is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Greatest age. Default 60 s, as documented.
    pub age: Duration,
    /// How far the timestamp may lie ahead. The documents say nothing of it and the sample does not look; default 60 s.
    pub ahead: Duration,
}

impl Default for Window {
    fn default() -> Self {
        Self { age: Duration::from_secs(60), ahead: Duration::from_secs(60) }
    }
}

/// What a good call says of itself. Whoever keeps nonces compares this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// The nonce.
    pub nonce: String,
}

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no signature.
    #[error("the signature is missing")]
    MissingSignature,
    /// The signature is empty.
    #[error("the signature is empty")]
    EmptySignature,
    /// There is no timestamp, or an empty one.
    #[error("the timestamp is missing")]
    MissingTimestamp,
    /// There is no nonce, or an empty one.
    #[error("the nonce is missing")]
    MissingNonce,
    /// The body is no JSON object.
    #[error("the body is no JSON object")]
    Body,
    /// The signature is for other content or by another key.
    #[error("the signature does not fit the call and the key")]
    Signature,
    /// The timestamp is no whole number.
    #[error("the timestamp is no number of milliseconds")]
    TimestampForm,
    /// The call's time is over.
    #[error("the timestamp is {} old", seconds(*age))]
    Stale {
        /// Its age in milliseconds.
        age: i64,
    },
    /// The call's time has not begun.
    #[error("the timestamp is {} ahead", seconds(*ahead))]
    FromTheFuture {
        /// How far ahead it is, in milliseconds.
        ahead: i64,
    },
}

impl Refusal {
    /// The `resultCode` with which the vendor sample refuses: `000001` for the signature, `000002` for the rest.
    pub fn result_code(&self) -> &'static str {
        match self {
            Self::MissingSignature | Self::EmptySignature | Self::Signature => "000001",
            _ => "000002",
        }
    }
}

fn seconds(milliseconds: i64) -> String {
    match milliseconds % 1000 {
        0 => format!("{} s", milliseconds / 1000),
        rest => format!("{}.{rest:03} s", milliseconds / 1000),
    }
}

/// Checks a call: everything is there, the signature fits (in either case of hex), and the time is right.
pub fn verify(
    received: &Received<'_>,
    key: &Secret,
    settings: &Settings,
    now: Timestamp,
    window: &Window,
) -> Result<Stamp, Refusal> {
    let present = |value: &Option<Cow<'_, str>>| value.as_deref().is_some_and(|value| !value.is_empty());
    let (Some(timestamp), true) = (received.timestamp.as_deref(), present(&received.timestamp)) else {
        return Err(Refusal::MissingTimestamp);
    };
    let (Some(nonce), true) = (received.nonce.as_deref(), present(&received.nonce)) else {
        return Err(Refusal::MissingNonce);
    };
    let signature = received.signature.as_deref().ok_or(Refusal::MissingSignature)?;
    if signature.is_empty() {
        return Err(Refusal::EmptySignature);
    }
    let parts = Parts::new(received.scheme, key, settings, timestamp, nonce, received.body);
    if parts.document().is_none() {
        return Err(Refusal::Body);
    }
    if !parts.compute(&[]).signature.eq_ignore_ascii_case(signature) {
        return Err(Refusal::Signature);
    }
    timely(timestamp, nonce, now, window)
}

fn timely(timestamp: &str, nonce: &str, now: Timestamp, window: &Window) -> Result<Stamp, Refusal> {
    let digits = timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let milliseconds: i64 = timestamp.parse().ok().filter(|_| digits).ok_or(Refusal::TimestampForm)?;
    let age = now.as_millisecond().saturating_sub(milliseconds);
    let limit = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    if age > limit(window.age) {
        return Err(Refusal::Stale { age });
    }
    if age.saturating_neg() > limit(window.ahead) {
        return Err(Refusal::FromTheFuture { ahead: age.saturating_neg() });
    }
    Ok(Stamp { timestamp: milliseconds, nonce: nonce.to_owned() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Delivery, sign, testing};
    use super::*;

    #[test]
    fn the_window_ends_after_its_last_millisecond() {
        let key = Secret::new("k");
        let signed = sign(&testing::delivery(&key));
        let at = |offset: i64| {
            let now = Timestamp::from_millisecond(1_700_000_000_123 + offset).expect("a time");
            verify(&Received::of(&signed), &key, &Settings::default(), now, &Window::default()).map(|_| ())
        };
        assert_eq!(at(60_000), Ok(()));
        assert_eq!(at(60_001), Err(Refusal::Stale { age: 60_001 }));
        assert_eq!(at(-60_000), Ok(()));
        assert_eq!(at(-60_001), Err(Refusal::FromTheFuture { ahead: 60_001 }));
    }

    #[test]
    fn a_request_is_read_by_name_and_decoded() {
        let key = Secret::new("k");
        for scheme in [Scheme::Query, Scheme::Kit] {
            let signed = sign(&Delivery { scheme, nonce: "a+b/c=", ..testing::delivery(&key) });
            let mut request = Request::new("POST", "/produce?x=1");
            request.body.clone_from(&signed.body);
            match scheme {
                Scheme::Query => request.target = format!("/produce?x=1&{}", signed.query()),
                Scheme::Kit => {
                    for (name, value) in signed.fields() {
                        request.headers.push(name.to_ascii_uppercase(), value);
                    }
                }
            }
            let received = Received::from_request(scheme, &request);
            assert_eq!(received, Received::of(&signed));
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        let inner = leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::hash_map("\\PC{0,6}", inner, 0..5)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        });
        prop::collection::hash_map("\\PC{0,6}", inner, 0..6)
            .prop_map(|map| serde_json::Value::Object(map.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn what_was_signed_verifies(body in json(), nonce in "\\PC{1,64}", key in "\\PC{0,40}", kit: bool) {
            let key = Secret::new(key);
            let body = body.to_string().into_bytes();
            let scheme = if kit { Scheme::Kit } else { Scheme::Query };
            let signed = sign(&Delivery { scheme, nonce: &nonce, body: &body, ..testing::delivery(&key) });
            let accepted =
                verify(&Received::of(&signed), &key, &Settings::default(), testing::now(), &Window::default());
            prop_assert_eq!(accepted, Ok(Stamp { timestamp: 1_700_000_000_123, nonce }));
        }

        #[test]
        fn a_changed_bit_of_the_body_is_refused(position in any::<prop::sample::Index>(), bit in 0u8..8) {
            let key = Secret::new("k");
            let mut signed = sign(&testing::delivery(&key));
            let index = position.index(signed.body.len());
            signed.body[index] ^= 1 << bit;
            let verified =
                verify(&Received::of(&signed), &key, &Settings::default(), testing::now(), &Window::default());
            prop_assert!(verified.is_err());
        }

        #[test]
        fn nothing_panics(target in "(/|\\?|\\PC|signature=|timestamp=|nonce=|&|%){0,20}", body: Vec<u8>) {
            let mut request = Request::new("POST", target);
            request.body = body;
            let received = Received::from_request(Scheme::Query, &request);
            let key = Secret::new("k");
            prop_assert!(verify(&received, &key, &Settings::default(), testing::now(), &Window::default()).is_err());
        }
    }
}
