//! Checks a token as a strict vendor does.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::sign::Intermediate;
use crate::sign::key::VerifyingKey;

/// For how long a token is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Greatest age. Default 60 s: the documents say one minute.
    pub age: Duration,
    /// How far `iat` may lie ahead, for clocks that differ. The documents say nothing of it. Default 5 s.
    pub ahead: Duration,
}

impl Default for Window {
    fn default() -> Self {
        Self { age: Duration::from_secs(60), ahead: Duration::from_secs(5) }
    }
}

/// What a good token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `name`, when it is text. The documents print one value and do not ask to check it.
    pub name: Option<String>,
    /// `iat` in seconds since 1970.
    pub iat: i64,
}

/// A part of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first.
    Header,
    /// The second.
    Claims,
    /// The third.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Claims => "claims",
            Self::Signature => "signature",
        })
    }
}

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no header `encoded-jwt`.
    #[error("the header encoded-jwt is missing")]
    Missing,
    /// The header is empty.
    #[error("the header encoded-jwt is empty")]
    Empty,
    /// `Bearer ` stands in front of the token.
    #[error("the header encoded-jwt holds more than the token: `Bearer ` stands in front")]
    BearerPrefix,
    /// Not three parts.
    #[error("the token has {count} parts instead of three")]
    Parts {
        /// How many it has.
        count: usize,
    },
    /// A part is not base64url without padding.
    #[error("the {part} of the token is not base64url without padding")]
    NotBase64 {
        /// Which.
        part: Part,
    },
    /// A part is no JSON object.
    #[error("the {part} of the token is no JSON object")]
    NotJson {
        /// Which.
        part: Part,
    },
    /// Another algorithm than RS256.
    #[error("the token's algorithm is {}, only RS256 is accepted", found.as_deref().unwrap_or("missing"))]
    Algorithm {
        /// `alg`, when it is text.
        found: Option<String>,
    },
    /// The signature is for other content or by another key.
    #[error("the signature does not fit the token and the key")]
    Signature,
    /// There is no `iat`.
    #[error("the token has no iat")]
    NoIat,
    /// `iat` is no whole number of seconds.
    #[error("the token's iat is no whole number of seconds")]
    IatForm,
    /// The token's time is over.
    #[error("the token is {age} seconds old")]
    TooOld {
        /// Its age in seconds.
        age: i64,
    },
    /// The token's time has not begun.
    #[error("the token is from {ahead} seconds ahead")]
    FromTheFuture {
        /// How far ahead it is, in seconds.
        ahead: i64,
    },
}

/// Checks the value of the header `encoded-jwt`.
///
/// The algorithm is RS256 whatever the token says, the signature is checked before the claims are read, and the age
/// counts in whole seconds from `iat`.
pub fn verify(value: Option<&str>, key: &VerifyingKey, now: Timestamp, window: &Window) -> Result<Claims, Refusal> {
    let parts = Parts::split(value)?;
    let algorithm = parts.header()?.get("alg").and_then(Value::as_str).map(str::to_owned);
    if algorithm.as_deref() != Some("RS256") {
        return Err(Refusal::Algorithm { found: algorithm });
    }
    if !key.verifies(parts.input.as_bytes(), &parts.signature()?) {
        return Err(Refusal::Signature);
    }
    timely(&parts.claims()?, now, window)
}

/// Holds the claims against the clock.
pub(crate) fn timely(claims: &Map<String, Value>, now: Timestamp, window: &Window) -> Result<Claims, Refusal> {
    let iat = claims.get("iat").ok_or(Refusal::NoIat)?.as_i64().ok_or(Refusal::IatForm)?;
    let age = now.as_second().saturating_sub(iat);
    if age > limit(window.age) {
        return Err(Refusal::TooOld { age });
    }
    if age.saturating_neg() > limit(window.ahead) {
        return Err(Refusal::FromTheFuture { ahead: age.saturating_neg() });
    }
    Ok(Claims { name: claims.get("name").and_then(Value::as_str).map(str::to_owned), iat })
}

fn limit(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// A token in its three parts, still encoded.
pub(crate) struct Parts<'a> {
    /// What is signed: the first two parts with the dot between them.
    pub(crate) input: &'a str,
    parts: [&'a str; 3],
}

impl<'a> Parts<'a> {
    /// Splits a header's value.
    pub(crate) fn split(value: Option<&'a str>) -> Result<Self, Refusal> {
        let value = value.ok_or(Refusal::Missing)?;
        if value.trim().is_empty() {
            return Err(Refusal::Empty);
        }
        if without_bearer(value).is_some() {
            return Err(Refusal::BearerPrefix);
        }
        let parts: Vec<&str> = value.split('.').collect();
        let count = parts.len();
        let parts = <[&str; 3]>::try_from(parts).map_err(|_| Refusal::Parts { count })?;
        let (input, _) = value.rsplit_once('.').ok_or(Refusal::Parts { count })?;
        Ok(Self { input, parts })
    }

    /// The third part as it stands.
    pub(crate) fn encoded_signature(&self) -> &'a str {
        self.parts[2]
    }

    pub(crate) fn header(&self) -> Result<Map<String, Value>, Refusal> {
        object(Part::Header, self.parts[0])
    }

    pub(crate) fn claims(&self) -> Result<Map<String, Value>, Refusal> {
        object(Part::Claims, self.parts[1])
    }

    pub(crate) fn signature(&self) -> Result<Vec<u8>, Refusal> {
        decode(Part::Signature, self.parts[2])
    }

    /// Header and claims decoded, with the dot between them: what is signed by somebody who forgets to encode.
    pub(crate) fn decoded_input(&self) -> Result<Vec<u8>, Refusal> {
        let mut input = decode(Part::Header, self.parts[0])?;
        input.push(b'.');
        input.extend(decode(Part::Claims, self.parts[1])?);
        Ok(input)
    }
}

/// The strings of a token that was received, as far as it can be read: `header`, `claims`, `signing input`, `signature`.
pub fn steps(value: &str) -> Vec<Intermediate> {
    let token = without_bearer(value).unwrap_or(value);
    let Ok(parts) = Parts::split(Some(token)) else { return Vec::new() };
    let decoded = |part, encoded: &str| decode(part, encoded).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let mut steps = Vec::new();
    if let Ok(header) = decoded(Part::Header, parts.parts[0]) {
        steps.push(Intermediate::new("header", header));
    }
    if let Ok(claims) = decoded(Part::Claims, parts.parts[1]) {
        steps.push(Intermediate::new("claims", claims));
    }
    steps.push(Intermediate::new("signing input", parts.input));
    steps.push(Intermediate::new("signature", parts.encoded_signature()));
    steps
}

/// What stands behind `Bearer `, in any case.
pub(crate) fn without_bearer(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case("bearer ").then(|| rest.trim_start())
}

fn decode(part: Part, text: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::NotBase64 { part })
}

fn object(part: Part, text: &str) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(&decode(part, text)?) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(Refusal::NotJson { part }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Settings, sign, sign_texts};
    use super::*;
    use crate::sign::key::SigningKey;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn check(token: &str, second: i64) -> Result<Claims, Refusal> {
        verify(Some(token), SigningKey::test().public(), at(second), &Window::default())
    }

    #[test]
    fn the_window_ends_after_its_last_second() {
        let settings = Settings { back_date: Duration::ZERO };
        let signed = sign(SigningKey::test(), at(1_000_000), &settings).expect("signed");
        let token = signed.token.expose();
        assert!(check(token, 1_000_060).is_ok());
        assert_eq!(check(token, 1_000_061), Err(Refusal::TooOld { age: 61 }));
        assert!(check(token, 999_995).is_ok());
        assert_eq!(check(token, 999_994), Err(Refusal::FromTheFuture { ahead: 6 }));
    }

    #[test]
    fn odd_values_of_iat_are_refused() {
        for (iat, expected) in [
            ("\"1000000\"", Refusal::IatForm),
            ("1000000.5", Refusal::IatForm),
            ("1e300", Refusal::IatForm),
            ("18446744073709551615", Refusal::IatForm),
            ("-9223372036854775808", Refusal::TooOld { age: i64::MAX }),
            ("9223372036854775807", Refusal::FromTheFuture { ahead: i64::MAX - 1_000_000 }),
        ] {
            let claims = format!(r#"{{"iat":{iat}}}"#);
            let signed = sign_texts(SigningKey::test(), super::super::HEADER_JSON, &claims).expect("signed");
            assert_eq!(check(signed.token.expose(), 1_000_000), Err(expected), "{iat}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn what_was_signed_verifies(second in 0i64..4_000_000_000, later in 0i64..57) {
            let signed = sign(SigningKey::test(), at(second), &Settings::default()).expect("signed");
            let claims = check(signed.token.expose(), second + later).expect("accepted");
            prop_assert_eq!(claims, Claims { name: Some("kt cloud biz store".to_owned()), iat: second - 3 });
        }

        #[test]
        fn a_changed_bit_is_refused(position in any::<prop::sample::Index>(), bit in 0u8..7) {
            let signed = sign(SigningKey::test(), at(1_000_000), &Settings::default()).expect("signed");
            let mut bytes = signed.token.expose().as_bytes().to_vec();
            let index = position.index(bytes.len());
            bytes[index] ^= 1 << bit;
            let changed = String::from_utf8(bytes).expect("still ASCII");
            prop_assert!(check(&changed, 1_000_000).is_err());
        }

        #[test]
        fn no_text_panics(text in "(\\PC|\\.|Bearer ){0,40}") {
            prop_assert!(check(&text, 0).is_err());
        }
    }
}
