//! Says what reproduces a signature that does not verify.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::deviation::{Deviation, Parts, explain};
use super::mistake::Mistake;
use super::{NONCE, Refusal, SIGNATURE, TS, verify};
use crate::sign::Intermediate;
use crate::sign::digest::{differ_once, with_last_tried};
use crate::wire::{Headers, Secret};

/// One explanation of a push that is refused, or that will be once the store looks more closely.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It is refused for this reason, which needs no further explanation.
    Refused(Refusal),
    /// It matches with these deviations from the recipe; rarely more than one.
    Deviates(Vec<Deviation>),
    /// One character of the signature is wrong.
    ChangedSignature,
    /// It matches a nonce with another last character.
    ChangedNonce,
    /// `ts` fits if it is read as seconds.
    TsInSeconds,
}

impl Diagnosis {
    /// The mistake that makes such a push, where it is one of the recipe's.
    pub fn mistake(&self) -> Option<Mistake> {
        Some(match self {
            Self::Refused(Refusal::Missing { name: SIGNATURE }) => Mistake::MissingSignature,
            Self::Refused(Refusal::Missing { name: TS }) => Mistake::MissingTs,
            Self::Refused(Refusal::Missing { name: NONCE }) => Mistake::MissingNonce,
            Self::ChangedNonce => Mistake::ChangedNonce,
            Self::TsInSeconds => Mistake::TsInSeconds,
            Self::Deviates(set) => match set.as_slice() {
                [Deviation::SecondTestKey] => Mistake::WrongKey,
                [Deviation::Descending] => Mistake::DescendingSort,
                [Deviation::Spaced] => Mistake::BlanksSigned,
                [Deviation::Digest] => Mistake::BodyDigest,
                [Deviation::NonceFirst] => Mistake::NonceFirst,
                [Deviation::Unnamed] => Mistake::Unnamed,
                [Deviation::Hex] => Mistake::Hex,
                _ => return None,
            },
            _ => return None,
        })
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Deviates(set) => crate::sign::explain::sentence(f, set),
            Self::ChangedSignature => f.write_str("one character of the signature is wrong, the others are right"),
            Self::ChangedNonce => {
                f.write_str("the nonce was changed after signing: it matches one with another last character")
            }
            Self::TsInSeconds => f.write_str("ts is in seconds; it must be in milliseconds"),
        }
    }
}

/// The keys of a vendor: the right one, and what may have been taken for it.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    /// The access key bound to the basic interface, which signs pushes.
    pub access_key: &'a Secret,
    /// The secret key (SK) of the open API, where it is known.
    pub secret_key: Option<&'a Secret>,
}

/// Explains why a push is refused, most telling explanation first; empty for a good one. A `ts` in seconds is told
/// also where the signature fits.
pub fn diagnose(
    headers: &Headers,
    body: &[u8],
    keys: &Keys<'_>,
    now: Timestamp,
    window: Option<Duration>,
) -> Vec<Diagnosis> {
    let text = |name| headers.text(name).unwrap_or_default();
    let seconds: Option<i64> = text(TS).parse().ok();
    let in_seconds = seconds.is_some_and(|seconds| now.as_second().saturating_sub(seconds).saturating_abs() < 86_400);
    match verify(headers, body, keys.access_key, now, window) {
        Ok(_) | Err(Refusal::Untimely { .. }) if in_seconds => vec![Diagnosis::TsInSeconds],
        Ok(_) => Vec::new(),
        Err(Refusal::Signature) => {
            let found = signature(&text(SIGNATURE), &text(TS), &text(NONCE), body, keys);
            if found.is_empty() { vec![Diagnosis::Refused(Refusal::Signature)] } else { found }
        }
        Err(refusal) => vec![Diagnosis::Refused(refusal)],
    }
}

/// The strings on the way to the signature of a push, with these deviations from the recipe.
pub fn steps(headers: &Headers, body: &[u8], keys: &Keys<'_>, how: &[Deviation]) -> Vec<Intermediate> {
    let text = |name| headers.text(name).unwrap_or_default();
    let (ts, nonce) = (text(TS), text(NONCE));
    Parts::new(keys.access_key, body, &nonce, &ts).with_secret_key(keys.secret_key).compute(how).steps()
}

/// With larger bodies no other nonces are tried.
const MOST_SEARCHED: usize = 16 << 10;

fn signature(signature: &str, ts: &str, nonce: &str, body: &[u8], keys: &Keys<'_>) -> Vec<Diagnosis> {
    let key = keys.access_key;
    let parts = Parts::new(key, body, nonce, ts).with_secret_key(keys.secret_key);
    if differ_once(&parts.compute(&[]).signature, signature) {
        return vec![Diagnosis::ChangedSignature];
    }
    if let Some(set) = explain(body.len(), |set| parts.compute(set).signature == signature) {
        return vec![Diagnosis::Deviates(set)];
    }
    if body.len() > MOST_SEARCHED {
        return Vec::new();
    }
    let fits = |nonce: String| Parts::new(key, body, &nonce, ts).compute(&[]).signature == signature;
    with_last_tried(nonce).any(fits).then_some(Diagnosis::ChangedNonce).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Reading, forge};
    use super::*;

    const BODY: &[u8] = r#"{"y":"中","usage_records":[{"usage_value":"1.5","instance_id":"i-1"}],"z":1}"#.as_bytes();

    fn now() -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_123).expect("a time")
    }

    #[test]
    fn every_forged_push_is_explained() {
        let key = Secret::new("kg-demo-key-01");
        for mistake in Mistake::ALL {
            let headers = forge(*mistake, &key, BODY, "abcdef0123456789", now()).headers();
            let keys = Keys { access_key: &key, secret_key: None };
            let found = diagnose(&headers, BODY, &keys, now(), None);
            assert_eq!(found.first().and_then(Diagnosis::mistake), Some(*mistake), "{mistake}: {found:?}");
            assert_eq!(found.len(), 1, "{mistake}: {found:?}");
        }
    }

    #[test]
    fn every_deviation_is_found_again() {
        let key = Secret::new(" kg-demo-key-01 ");
        let body = [b"\n".as_slice(), BODY].concat();
        let body = body.as_slice();
        for deviation in Deviation::ALL {
            let secret = Secret::new("SKDEMO0001");
            let ts = "1700000000123";
            let computed = Parts::new(&key, body, "n", ts).with_secret_key(Some(&secret)).compute(&[*deviation]);
            let values = [(SIGNATURE, computed.signature.as_str()), (TS, ts), (NONCE, "n")];
            let headers = Headers::from_iter(values);
            let keys = Keys { access_key: &key, secret_key: Some(&secret) };
            let found = diagnose(&headers, body, &keys, now(), None);
            let expected = match deviation {
                Deviation::SortedTop => {
                    let accepted = verify(&headers, body, &key, now(), None).expect("accepted");
                    assert_eq!(accepted.reading, Reading::SortedTop);
                    Vec::new()
                }
                other => vec![Diagnosis::Deviates(vec![*other])],
            };
            assert_eq!(found, expected, "{deviation:?}");
        }
    }
}
