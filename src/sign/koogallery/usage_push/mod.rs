//! The header signature of the usage push, which vendors call for products charged by use.
//!
//! Headers `ts` (milliseconds), `nonce` and `signature`; the last is base64 of HMAC-SHA256 over
//! `ts={ts}&nonce={nonce}&body={body}`, keyed with the access key bound to the basic interface. The body's members are
//! sorted by name before signing; how deep, the documents do not say, so [`verify()`] accepts every reading and says
//! which one was met ([`Reading`]).
//!
//! Source: support.huaweicloud.com `zh-cn_topic_0070649410`, international `topic_0070649117`. Whether the call carries
//! an AK/SK signature besides is contradictory there; that one is [`crate::sign::sdk_hmac`].
//!
//! [`sign`] signs as a vendor must, [`forge()`] wrongly on purpose, and [`diagnose`] names what reproduces a signature
//! that does not verify.

mod deviation;
mod doctor;
mod mistake;
mod verify;

use std::fmt;

use jiff::Timestamp;

pub use deviation::Deviation;
pub use doctor::{Diagnosis, Keys, diagnose, steps};
pub use mistake::{Mistake, forge};
pub use verify::{Accepted, Reading, Refusal, signed_at, verify};

use deviation::Parts;

use crate::sign::Intermediate;
use crate::wire::{Headers, Secret};

/// The recipe's name in specs (`x-storeproof.signature`).
pub const RECIPE: &str = "koogallery-usage-push";

/// The header of the signature.
pub const SIGNATURE: &str = "signature";

/// The header of the time, in milliseconds.
pub const TS: &str = "ts";

/// The header of the nonce, at most 64 characters.
pub const NONCE: &str = "nonce";

/// The three headers, and the strings on the way to the signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// Absent where the mistake is to send none.
    pub signature: Option<Secret>,
    /// Absent where the mistake is to send none.
    pub ts: Option<String>,
    /// Absent where the mistake is to send none.
    pub nonce: Option<String>,
    /// In this order: `sorted body`, `signed text`, `signature`.
    pub steps: Vec<Intermediate>,
}

impl Signed {
    /// The headers that are present.
    pub fn headers(&self) -> Headers {
        let values = [
            (SIGNATURE, self.signature.as_ref().map(Secret::expose)),
            (TS, self.ts.as_deref()),
            (NONCE, self.nonce.as_deref()),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("signature", &self.signature)
            .field("ts", &self.ts)
            .field("nonce", &self.nonce)
            .field("steps", &self.steps)
            .finish()
    }
}

/// Signs a push as a vendor must. The members of every object are sorted, which every reading of the rule accepts when
/// the body is sent so.
pub fn sign(key: &Secret, body: &[u8], nonce: &str, now: Timestamp) -> Signed {
    signed(key, body, nonce, now.as_millisecond().to_string(), &[])
}

fn signed(key: &Secret, body: &[u8], nonce: &str, ts: String, how: &[Deviation]) -> Signed {
    let computed = Parts::new(key, body, nonce, &ts).compute(how);
    let steps = computed.steps();
    Signed { signature: Some(Secret::new(computed.signature)), ts: Some(ts), nonce: Some(nonce.to_owned()), steps }
}
