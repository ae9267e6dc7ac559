//! The token of KT Cloud Biz Store 2.1.2: a JSON Web Token in the header `encoded-jwt`.
//!
//! RS256 over `{"alg":"RS256","typ":"JWT"}` and `{"name":"kt cloud biz store","iat":N}`, sent raw, without `Bearer`.
//! The claims name neither customer nor method nor path, so one token is good for every call; its only limit is time:
//! the vendor accepts it for one minute from `iat` (document 2.1.2, `info.description`, and the diagram
//! "token-management"). The README of the same time speaks of a renewal every ten minutes; since the claims have no
//! `exp`, we read that as KT's own renewal and sign once per delivery.
//!
//! [`sign`] makes a token, [`forge()`] makes a wrong one on purpose (one [`Mistake`] at a time), [`verify()`] checks one
//! as a strict vendor does, and [`diagnose`] says which known mistake explains a token that does not verify.

mod doctor;
mod forge;
mod mistake;
pub(crate) mod suspect;
mod verify;

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

pub use doctor::{Diagnosis, HmacSecret, diagnose, issued_at};
pub use forge::{SAMPLE_TOKEN, forge};
pub use mistake::{Mistake, Treatment, UnknownMistake};
pub use verify::{Claims, Part, Refusal, Window, steps, verify};

use super::Intermediate;
use super::key::{SignError, SigningKey};
use crate::wire::Secret;

/// The recipe's name in specs (`x-storeproof.signature`).
pub const RECIPE: &str = "kt-jwt";

/// The header that carries the token.
pub const HEADER: &str = "encoded-jwt";

/// The claim `name` of every token.
pub const NAME: &str = "kt cloud biz store";

/// The header of every token, as it is encoded.
const HEADER_JSON: &str = r#"{"alg":"RS256","typ":"JWT"}"#;

/// How tokens are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How far `iat` is set back from the time of signing. Common libraries refuse a token whose `iat` is one second
    /// ahead of the vendor's clock; a few seconds absorb that. Default 3 s.
    pub back_date: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { back_date: Duration::from_secs(3) }
    }
}

impl Settings {
    /// `iat` of a token signed now, in seconds since 1970.
    pub(crate) fn issued_at(&self, now: Timestamp) -> i64 {
        now.as_second().saturating_sub_unsigned(self.back_date.as_secs())
    }
}

/// A token and the strings on the way to it.
#[derive(Clone)]
pub struct Signed {
    /// The token in compact form, as it stands in the header.
    pub token: Secret,
    /// In this order: `header`, `claims`, `encoded header`, `encoded claims`, `signing input`, `signature`.
    pub steps: Vec<Intermediate>,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("token", &self.token).field("steps", &self.steps).finish()
    }
}

/// Signs a token as the store does.
///
/// The same key, time and settings always give the same token. Fails only for a key whose numbers do not fit each
/// other.
pub fn sign(key: &SigningKey, now: Timestamp, settings: &Settings) -> Result<Signed, SignError> {
    sign_texts(key, HEADER_JSON, &claims_json(NAME, settings.issued_at(now)))
}

/// Signs any header and claims, well-formed or not.
fn sign_texts(key: &SigningKey, header: &str, claims: &str) -> Result<Signed, SignError> {
    let (encoded_header, encoded_claims) = (encode(header), encode(claims));
    let input = format!("{encoded_header}.{encoded_claims}");
    let signature = encode(key.sign(input.as_bytes())?);
    let token = format!("{input}.{signature}");
    let step = |name, value: &str| Intermediate { name, value: value.to_owned() };
    let steps = vec![
        step("header", header),
        step("claims", claims),
        step("encoded header", &encoded_header),
        step("encoded claims", &encoded_claims),
        step("signing input", &input),
        step("signature", &signature),
    ];
    Ok(Signed { token: Secret::new(token), steps })
}

/// The claims as the store writes them: compact, `name` before `iat`.
fn claims_json(name: &str, iat: i64) -> String {
    format!(r#"{{"name":"{name}","iat":{iat}}}"#)
}

/// Base64url without padding (RFC 7515, 2).
fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// HMAC with SHA-256, as HS256 uses it.
fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
    ring::hmac::sign(&key, message).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_lead_to_the_token() {
        let now: Timestamp = "2021-02-13T17:57:05.9Z".parse().expect("a time");
        let signed = sign(SigningKey::test(), now, &Settings::default()).expect("signed");
        let steps: Vec<_> = signed.steps.iter().map(|step| (step.name, step.value.as_str())).collect();
        assert_eq!(steps[0], ("header", r#"{"alg":"RS256","typ":"JWT"}"#));
        assert_eq!(steps[1], ("claims", r#"{"name":"kt cloud biz store","iat":1613239022}"#));
        assert_eq!(steps[4], ("signing input", format!("{}.{}", steps[2].1, steps[3].1).as_str()));
        assert_eq!(signed.token.expose(), format!("{}.{}", steps[4].1, steps[5].1));
    }

    #[test]
    fn debug_hides_the_token_and_what_it_is_made_of() {
        let signed = sign(SigningKey::test(), Timestamp::UNIX_EPOCH, &Settings::default()).expect("signed");
        let shown = format!("{signed:?}");
        for part in signed.token.expose().split('.') {
            assert!(!shown.contains(part), "{shown}");
        }
    }
}
