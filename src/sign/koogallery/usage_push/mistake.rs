//! The known mistakes of vendors, each made on purpose.

use jiff::Timestamp;

use super::{Deviation, Signed, sign, signed};
use crate::sign::digest::with_last_changed;
use crate::sign::mistake::mistakes;
use crate::wire::Secret;

mistakes! {
    /// One way in which the signature of a push can be wrong.
    Mistake;

    /// No signature is sent.
    MissingSignature = "missing-signature", MustRefuse, "a push without signature", "The header is mandatory.";
    /// No time is sent.
    MissingTs = "missing-ts", MustRefuse, "a push without ts", "The header is mandatory.";
    /// No nonce is sent.
    MissingNonce = "missing-nonce", MustRefuse, "a push without nonce", "The header is mandatory.";
    /// Signed with another key.
    WrongKey = "wrong-key", MustRefuse, "a push signed with another key",
        "The key is the one bound to the basic interface.";
    /// The nonce changed after signing.
    ChangedNonce = "changed-nonce", MustRefuse, "a push whose nonce was changed after signing",
        "Time and nonce are part of what is signed.";
    /// The members sorted from Z to A.
    DescendingSort = "descending-sort", MustRefuse, "a push whose members were sorted descending",
        "The members are sorted ascending.";
    /// Blanks in the signed body that are not sent.
    BlanksSigned = "blanks-signed", MustRefuse, "a push signed over a body with blanks",
        "Two serialisers seldom write the same bytes.";
    /// The digest of the body signed.
    BodyDigest = "body-digest", MustRefuse, "a push signed over the digest of its body",
        "The store's own calls hash the body first; here the body itself is signed.";
    /// Nonce before time.
    NonceFirst = "nonce-first", MustRefuse, "a push signed with nonce before ts", "The order is ts, nonce, body.";
    /// The values without their names.
    Unnamed = "unnamed", MustRefuse, "a push signed over bare values", "The three parts are signed with their names.";
    /// The signature in hex.
    Hex = "hex", MustRefuse, "a push with its signature in hex", "The documented form is base64.";
    /// The time in seconds, sent and signed.
    TsInSeconds = "ts-in-seconds", AdviseRefuse, "a push with ts in seconds",
        "The unit is milliseconds; no window is documented that would make it fail.";
}

/// The headers of a push with one mistake.
pub fn forge(mistake: Mistake, key: &Secret, body: &[u8], nonce: &str, now: Timestamp) -> Signed {
    let right = || sign(key, body, nonce, now);
    let deviating = |how| signed(key, body, nonce, now.as_millisecond().to_string(), &[how]);
    match mistake {
        Mistake::MissingSignature => Signed { signature: None, ..right() },
        Mistake::MissingTs => Signed { ts: None, ..right() },
        Mistake::MissingNonce => Signed { nonce: None, ..right() },
        Mistake::WrongKey => deviating(Deviation::SecondTestKey),
        Mistake::ChangedNonce => Signed { nonce: Some(with_last_changed(nonce)), ..right() },
        Mistake::DescendingSort => deviating(Deviation::Descending),
        Mistake::BlanksSigned => deviating(Deviation::Spaced),
        Mistake::BodyDigest => deviating(Deviation::Digest),
        Mistake::NonceFirst => deviating(Deviation::NonceFirst),
        Mistake::Unnamed => deviating(Deviation::Unnamed),
        Mistake::Hex => deviating(Deviation::Hex),
        Mistake::TsInSeconds => signed(key, body, nonce, now.as_second().to_string(), &[]),
    }
}
