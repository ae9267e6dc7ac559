//! The signature of the store's calls of version 2.0: two HMACs over key, nonce, time and the sorted body.
//!
//! 1. Payload: the body's members sorted by name, ascending, members that are null left out, written without blanks.
//! 2. Inner digest: lower-case hex of HMAC-SHA256 over the payload, keyed with the access key.
//! 3. Canonical request: access key, nonce, timestamp in milliseconds, inner digest, with nothing between them.
//! 4. Signature: hex of HMAC-SHA256 over the canonical request, keyed with the access key.
//!
//! The joint-operation kit leaves step 2 out: its canonical request ends in the payload itself, it has a key of its own,
//! and its three values stand in headers ([`Scheme`]). Everything else is the same, so one code serves both, and the
//! doctor can tell when one is signed like the other.
//!
//! Sources: support.huaweicloud.com `zh-cn_topic_0070649476`, License `zh-cn_topic_0070649248`; the order, the place of
//! nulls and the form of the JSON are those of the vendor sample. Two English pages sort "from Z to A" and count in
//! seconds; their own examples do neither.
//!
//! [`sign`] makes a signature, [`forge()`] a wrong one on purpose, [`verify()`] checks one as a strict vendor does, and
//! [`diagnose`] names what reproduces one that does not verify.

mod deviation;
mod doctor;
mod forge;
mod mistake;
mod verify;

use std::fmt;

use jiff::Timestamp;

pub use deviation::Deviation;
pub use doctor::{Diagnosis, Known, diagnose, steps};
pub use forge::{REPLAYED_NONCE, forge};
pub use mistake::Mistake;
pub use verify::{Received, Refusal, Stamp, Window, verify};

use deviation::Parts;

use crate::sign::Intermediate;
use crate::sign::json::{self, Blanks, Escapes, Numbers, Style};
use crate::sign::query::escape;
use crate::wire::Secret;

/// The recipe's name in specs for calls of the basic interface (`x-storeproof.signature`).
pub const RECIPE: &str = "koogallery-v2";

/// The recipe's name in specs for calls of the joint-operation kit.
pub const KIT_RECIPE: &str = "koogallery-kit-v2";

/// Which of the store's two ways to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// The basic interface, License calls and order notifications: inner digest, values in the query.
    Query,
    /// The joint-operation kit: no inner digest, values in headers.
    Kit,
}

impl Scheme {
    /// The names of signature, timestamp and nonce, in this order.
    pub fn names(self) -> [&'static str; 3] {
        match self {
            Self::Query => ["signature", "timestamp", "nonce"],
            Self::Kit => ["x-sign", "x-timestamp", "x-nonce"],
        }
    }
}

/// Whether hex digits are written in upper or lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexCase {
    /// `0A`.
    Upper,
    /// `0a`.
    Lower,
}

/// How deep members are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The members of the body; objects inside keep their order.
    Top,
    /// The members of every object.
    Deep,
}

/// Which members are left out of the payload because they are null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// None.
    Kept,
    /// Those of the body itself.
    DroppedTop,
    /// Those of every object.
    DroppedDeep,
}

/// How the payload and the signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Default: the body's own members only, as the vendor sample sorts. The documents say nothing of deeper ones, and
    /// bodies that are sorted on every level when they are sent make both readings agree.
    pub depth: Depth,
    /// Default: those of the body itself, as the vendor sample does. The documents do not mention them.
    pub nulls: Nulls,
    /// Case of the signature. Default upper: newer examples have it so, older ones not. Receivers must accept both.
    pub case: HexCase,
}

impl Default for Settings {
    fn default() -> Self {
        Self { depth: Depth::Top, nulls: Nulls::DroppedTop, case: HexCase::Upper }
    }
}

impl Settings {
    fn style(&self) -> Style {
        let order = match self.depth {
            Depth::Top => json::Order::AscendingTop,
            Depth::Deep => json::Order::AscendingDeep,
        };
        let nulls = match self.nulls {
            Nulls::Kept => json::Nulls::Kept,
            Nulls::DroppedTop => json::Nulls::DroppedTop,
            Nulls::DroppedDeep => json::Nulls::DroppedDeep,
        };
        Style { order, nulls, blanks: Blanks::None, escapes: Escapes::Least, numbers: Numbers::Java }
    }
}

/// A call that is to be signed.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Which way to sign.
    pub scheme: Scheme,
    /// The access key bound to the interface.
    pub key: &'a Secret,
    /// The key bound to the other kind of interface, for the mistake of using it. Without one the built-in test key.
    pub other_interface_key: Option<&'a Secret>,
    /// The exact body.
    pub body: &'a [u8],
    /// A new one for every delivery.
    pub nonce: &'a str,
    /// The nonce of the delivery before, for the mistake of using it again. Without one [`REPLAYED_NONCE`].
    pub previous_nonce: Option<&'a str>,
    /// The store's clock.
    pub now: Timestamp,
    /// How to write.
    pub settings: Settings,
}

/// What is sent, rightly or wrongly signed, and the strings on the way to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// Which names the values go by.
    pub scheme: Scheme,
    /// The signature; absent where the mistake is to send none.
    pub signature: Option<Secret>,
    /// The time as text; absent where the mistake is to send none.
    pub timestamp: Option<String>,
    /// The nonce; absent where the mistake is to send none.
    pub nonce: Option<String>,
    /// The body to send: the given one, unless the mistake changes it.
    pub body: Vec<u8>,
    /// In this order: `payload`, `inner digest` (absent for the kit), `canonical request`, `signature`.
    pub steps: Vec<Intermediate>,
}

impl Signed {
    /// Names and values that are present, not escaped.
    pub fn fields(&self) -> Vec<(&'static str, &str)> {
        let [signature, timestamp, nonce] = self.scheme.names();
        let values = [
            (signature, self.signature.as_ref().map(Secret::expose)),
            (timestamp, self.timestamp.as_deref()),
            (nonce, self.nonce.as_deref()),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The fields as the query of a target, escaped, without `?`.
    pub fn query(&self) -> String {
        let pair = |(name, value): (&str, &str)| format!("{name}={}", escape(value));
        self.fields().into_iter().map(pair).collect::<Vec<_>>().join("&")
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("scheme", &self.scheme)
            .field("signature", &self.signature)
            .field("timestamp", &self.timestamp)
            .field("nonce", &self.nonce)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

/// Signs a call as the store does. The same delivery always gives the same signature.
///
/// A body that is no JSON object cannot be sorted and is signed as it stands.
pub fn sign(delivery: &Delivery<'_>) -> Signed {
    signed(delivery, delivery.now.as_millisecond().to_string(), delivery.nonce, delivery.body, &[])
}

fn signed(delivery: &Delivery<'_>, timestamp: String, nonce: &str, body: &[u8], how: &[Deviation]) -> Signed {
    let parts = Parts::new(delivery.scheme, delivery.key, &delivery.settings, &timestamp, nonce, body)
        .with_other_interface_key(delivery.other_interface_key);
    let computed = parts.compute(how);
    let steps = computed.steps();
    Signed {
        scheme: delivery.scheme,
        signature: Some(Secret::new(computed.signature)),
        timestamp: Some(timestamp),
        nonce: Some(nonce.to_owned()),
        body: body.to_vec(),
        steps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_signature_and_the_key() {
        let key = Secret::new("kg-demo-key-01");
        let delivery = testing::delivery(&key);
        let shown = format!("{:?} {delivery:?}", sign(&delivery));
        assert!(!shown.contains(key.expose()), "{shown}");
        assert!(!shown.contains(sign(&delivery).signature.expect("signed").expose()), "{shown}");
    }

    #[test]
    fn a_body_that_is_no_object_is_signed_as_it_stands() {
        let key = Secret::new("k");
        let signed = sign(&Delivery { body: b"[1, 2]", ..testing::delivery(&key) });
        assert_eq!(signed.steps[0], Intermediate::new("payload", "[1, 2]"));
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    pub(crate) const BODY: &[u8] =
        r#"{"activity":"newInstance","businessId":"b-0001","memo":"云 <a/b>","n":1.5,"orderId":"CS00","productInfo":{"skuCode":"s","linearValue":2}}"#
            .as_bytes();

    pub(crate) fn now() -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_123).expect("a time")
    }

    pub(crate) fn delivery(key: &Secret) -> Delivery<'_> {
        Delivery {
            scheme: Scheme::Query,
            key,
            other_interface_key: None,
            body: BODY,
            nonce: "0123456789ABCDEF0123456789ABCDEF",
            previous_nonce: None,
            now: now(),
            settings: Settings::default(),
        }
    }
}
