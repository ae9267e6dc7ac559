//! Checks a push as the store does.

use std::time::Duration;

use jiff::Timestamp;

use super::deviation::{Deviation, Parts};
use super::{NONCE, SIGNATURE, TS};
use crate::wire::{Headers, Secret};

/// How the body was sorted before it was signed. The documents leave it open, so each is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// On every level.
    SortedDeep,
    /// The members of the body itself.
    SortedTop,
    /// The bytes as they were sent. Their own members are in order, but there are blanks, or records in another order.
    AsReceived,
}

impl Reading {
    const ALL: [(Self, &'static [Deviation]); 3] = [
        (Self::SortedDeep, &[]),
        (Self::SortedTop, &[Deviation::SortedTop]),
        (Self::AsReceived, &[Deviation::AsReceived]),
    ];
}

/// What an accepted push says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Milliseconds since 1970.
    pub ts: i64,
    /// The nonce; whoever keeps nonces compares this one.
    pub nonce: String,
    /// The first reading under which the signature fits.
    pub reading: Reading,
}

/// Why a push is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A header is not there, or empty.
    #[error("the header {name} is missing")]
    Missing {
        /// Which.
        name: &'static str,
    },
    /// `ts` is no whole number.
    #[error("ts is no number of milliseconds")]
    TsForm,
    /// The nonce is longer than 64 characters.
    #[error("the nonce has {length} characters; at most 64 are allowed")]
    NonceLength {
        /// Its length.
        length: usize,
    },
    /// The signature is for other content or by another key.
    #[error("the signature does not fit ts, nonce, body and key")]
    Signature,
    /// `ts` is further from the store's clock than allowed.
    #[error("ts is {seconds} s away from the store's clock")]
    Untimely {
        /// How far, in seconds.
        seconds: i64,
    },
}

/// The longest nonce.
const NONCE_LENGTH: usize = 64;

/// When a push says that it was signed; `ts` in seconds is read as such.
pub fn signed_at(headers: &Headers) -> Option<Timestamp> {
    crate::sign::epoch(headers.text(TS)?.parse().ok()?)
}

/// Checks the headers of a push over its exact body.
///
/// The documents name no window for `ts`; `window` is `None` unless a user asks for one.
pub fn verify(
    headers: &Headers,
    body: &[u8],
    key: &Secret,
    now: Timestamp,
    window: Option<Duration>,
) -> Result<Accepted, Refusal> {
    let value = |name| headers.text(name).filter(|value| !value.is_empty()).ok_or(Refusal::Missing { name });
    let (signature, ts, nonce) = (value(SIGNATURE)?, value(TS)?, value(NONCE)?);
    let length = nonce.chars().count();
    if length > NONCE_LENGTH {
        return Err(Refusal::NonceLength { length });
    }
    let digits = ts.bytes().all(|byte| byte.is_ascii_digit());
    let milliseconds: i64 = ts.parse().ok().filter(|_| digits).ok_or(Refusal::TsForm)?;
    let parts = Parts::new(key, body, &nonce, &ts);
    // A body that is sent unsorted and signed so breaks the rule under every reading.
    let allowed = |reading: Reading| reading != Reading::AsReceived || parts.is_sorted();
    let fits =
        |(reading, how): &(Reading, &[Deviation])| allowed(*reading) && parts.compute(how).signature == signature;
    let (reading, _) = Reading::ALL.into_iter().find(fits).ok_or(Refusal::Signature)?;
    let away = now.as_millisecond().saturating_sub(milliseconds).saturating_abs();
    let limit = window.map(|window| i64::try_from(window.as_millis()).unwrap_or(i64::MAX));
    if limit.is_some_and(|limit| away > limit) {
        return Err(Refusal::Untimely { seconds: away / 1000 });
    }
    Ok(Accepted { ts: milliseconds, nonce, reading })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{sign, signed};
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_123).expect("a time")
    }

    #[test]
    fn every_depth_of_sorting_is_accepted_and_named() {
        let key = Secret::new("k");
        let body = br#"{"usage_records": [{"b":1,"a":2}], "z":1}"#;
        for (reading, how) in Reading::ALL {
            let headers = signed(&key, body, "n", "1700000000123".to_owned(), how).headers();
            let accepted = Accepted { ts: 1_700_000_000_123, nonce: "n".to_owned(), reading };
            assert_eq!(verify(&headers, body, &key, now(), None), Ok(accepted));
        }
    }

    #[test]
    fn a_window_is_held_where_there_is_one() {
        let key = Secret::new("k");
        let headers = sign(&key, b"{}", "n", now()).headers();
        let later = now() + Duration::from_secs(301);
        assert!(verify(&headers, b"{}", &key, later, None).is_ok());
        let window = Some(Duration::from_secs(300));
        assert_eq!(verify(&headers, b"{}", &key, later, window), Err(Refusal::Untimely { seconds: 301 }));
    }

    proptest! {
        #[test]
        fn what_was_signed_verifies(body: Vec<u8>, nonce in "[!-~]{1,64}", key in "\\PC{0,30}") {
            let key = Secret::new(key);
            let headers = sign(&key, &body, &nonce, now()).headers();
            prop_assert!(verify(&headers, &body, &key, now(), None).is_ok());
        }

        #[test]
        fn nothing_panics(values: [Vec<u8>; 3], body: Vec<u8>) {
            let headers = [SIGNATURE, TS, NONCE].into_iter().zip(values).collect();
            prop_assert!(verify(&headers, &body, &Secret::new("k"), now(), None).is_err());
        }
    }
}
