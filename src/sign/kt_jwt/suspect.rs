//! What a careless verifier looks at instead of the signature. For the faults of the reference vendor only.

use jiff::Timestamp;

use super::doctor;
use super::verify::{self, Parts};
use super::{Refusal, Window, hmac};
use crate::sign::key::VerifyingKey;

/// What stands behind `Bearer `, when it is there.
pub(crate) fn behind_bearer(value: &str) -> Option<&str> {
    verify::without_bearer(value)
}

/// Whether the token is signed with HMAC-SHA-256 and this secret, whatever its header says.
pub(crate) fn is_keyed_with(token: &str, secret: &[u8]) -> bool {
    read(token, |parts| parts.signature().is_ok_and(|signature| signature == hmac(secret, parts.input.as_bytes())))
}

/// Whether the token verifies with the key inside its own header.
pub(crate) fn brings_its_own_key(token: &str) -> bool {
    read(token, |parts| {
        parts.signature().is_ok_and(|signature| doctor::embeds_a_key(parts, parts.input.as_bytes(), &signature))
    })
}

/// Whether the signature fits the documented claims with the token's `iat` or one next to it, whatever the claims say.
pub(crate) fn fits_documented_claims(token: &str, key: &VerifyingKey) -> bool {
    read(token, |parts| parts.signature().is_ok_and(|signature| doctor::fits_rebuilt_claims(parts, key, &signature)))
}

/// Whether the signature fits with one character replaced.
pub(crate) fn fits_with_another_character(token: &str, key: &VerifyingKey) -> bool {
    read(token, |parts| doctor::with_character_put_right(parts, key))
}

/// Whether the claims have `exp`.
pub(crate) fn has_expiry(token: &str) -> bool {
    read(token, |parts| parts.claims().is_ok_and(|claims| claims.contains_key("exp")))
}

/// Whether the claims have `sub`.
pub(crate) fn has_subject(token: &str) -> bool {
    read(token, |parts| parts.claims().is_ok_and(|claims| claims.contains_key("sub")))
}

/// Holds the claims of an unverified token against the clock.
pub(crate) fn timely(token: &str, now: Timestamp, window: &Window) -> Result<(), Refusal> {
    verify::timely(&Parts::split(Some(token))?.claims()?, now, window).map(drop)
}

fn read(token: &str, look: impl Fn(&Parts<'_>) -> bool) -> bool {
    Parts::split(Some(token)).is_ok_and(|parts| look(&parts))
}
