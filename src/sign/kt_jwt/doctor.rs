//! Says which known mistake explains a token that does not verify.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use jiff::Timestamp;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RsaParameters,
};
use serde_json::Value;

use super::forge::{ALPHABET, CHANGED_CHARACTER, SAMPLE_TOKEN};
use super::mistake::Mistake;
use super::verify::{Parts, without_bearer};
use super::{NAME, Part, Refusal, Window, claims_json, encode, hmac, verify};
use crate::sign::key::{SigningKey, VerifyingKey};

/// What an HS256 token was keyed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HmacSecret {
    /// The PEM text of the public key.
    PublicKey,
    /// The same without the line feed at its end.
    PublicKeyTrimmed,
    /// The secret that the jwt.io debugger fills in.
    JwtIoDefault,
}

/// One explanation of a token that does not verify.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It is refused for this reason, which needs no further explanation.
    Refused(Refusal),
    /// Blanks or quotation marks stand around the token.
    Wrapped,
    /// The part for the signature is empty.
    NoSignature,
    /// It is the sample token of the documents, word for word.
    SampleToken,
    /// It is signed with the second test key of storeproof.
    OtherKey,
    /// It is signed with the public demo key of jwt.io.
    JwtIoKey,
    /// It is signed with the key that it brings along.
    EmbeddedJwk,
    /// It is an HS256 token, keyed with this.
    Hmac(HmacSecret),
    /// It is an HS256 token, keyed with something unknown.
    HmacUnknown,
    /// It matches if the signature was made over header and claims before they were encoded.
    SignedDecoded,
    /// It matches if the signature is read in this encoding.
    SignatureEncoding(&'static str),
    /// It matches if this algorithm was used.
    OtherAlgorithm(&'static str),
    /// It matches claims built anew from `iat`: they were changed after signing.
    ChangedPayload,
    /// It matches with one character of the signature put right.
    ChangedSignature,
    /// `iat` fits if it is read as milliseconds.
    IatInMilliseconds,
}

/// Nine hours, the distance of Korean time from UTC, with two minutes for clocks that differ on either side.
const NINE_HOURS_FROM: i64 = 9 * 3600 - 120;
const NINE_HOURS_TO: i64 = 9 * 3600 + 120;

impl Diagnosis {
    /// The mistake that makes such a token, where it is one of the recipe's.
    pub fn mistake(&self) -> Option<Mistake> {
        Some(match self {
            Self::Refused(Refusal::Missing) => Mistake::MissingToken,
            Self::Refused(Refusal::Empty) => Mistake::MalformedEmpty,
            Self::Refused(Refusal::BearerPrefix) => Mistake::BearerPrefix,
            Self::Refused(Refusal::Parts { count: 2 }) => Mistake::MalformedTwoParts,
            Self::Refused(Refusal::Parts { .. }) => Mistake::MalformedToken,
            Self::Refused(Refusal::NotBase64 { .. }) => Mistake::MalformedNotBase64,
            Self::Refused(Refusal::NotJson { part: Part::Claims }) => Mistake::MalformedClaims,
            Self::Refused(Refusal::NotJson { .. }) => Mistake::MalformedNotJson,
            Self::Refused(Refusal::Algorithm { found: Some(found) }) if found == "none" => Mistake::AlgNone,
            Self::Refused(Refusal::Algorithm { found: Some(found) }) if found.eq_ignore_ascii_case("none") => {
                Mistake::AlgNoneMixedCase
            }
            Self::Refused(Refusal::NoIat) => Mistake::NoIat,
            Self::Refused(Refusal::TooOld { age: ..70 }) => Mistake::TooOld61s,
            Self::Refused(Refusal::TooOld { age: ..540 }) => Mistake::TooOld70s,
            Self::Refused(Refusal::TooOld { age: ..3600 }) => Mistake::TooOld9m,
            Self::Refused(Refusal::TooOld { .. }) => Mistake::TooOld1h,
            Self::Refused(Refusal::FromTheFuture { ahead: NINE_HOURS_FROM..=NINE_HOURS_TO }) => Mistake::IatAhead9h,
            Self::Refused(Refusal::FromTheFuture { .. }) => Mistake::FromTheFuture,
            Self::NoSignature => Mistake::NoSignature,
            Self::SampleToken => Mistake::SampleToken,
            Self::OtherKey => Mistake::OtherKey,
            Self::JwtIoKey => Mistake::JwtIoKey,
            Self::EmbeddedJwk => Mistake::EmbeddedJwk,
            Self::Hmac(HmacSecret::PublicKey) => Mistake::Hs256PublicKey,
            Self::Hmac(HmacSecret::PublicKeyTrimmed) => Mistake::Hs256PublicKeyTrimmed,
            Self::ChangedPayload => Mistake::ChangedPayload,
            Self::ChangedSignature => Mistake::ChangedSignature,
            Self::IatInMilliseconds => Mistake::IatInMs,
            _ => return None,
        })
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Wrapped => f.write_str("it verifies without the blanks or quotation marks around it"),
            Self::NoSignature => f.write_str("the third part of the token, its signature, is empty"),
            Self::SampleToken => f.write_str("it is the sample token that the documents print, word for word"),
            Self::OtherKey => f.write_str("it is signed with storeproof's second test key, which no vendor knows"),
            Self::JwtIoKey => {
                f.write_str("it is signed with the public demo key of jwt.io, the sample key of the documents")
            }
            Self::EmbeddedJwk => f.write_str("it is signed with the key that it brings along in its own header"),
            Self::Hmac(HmacSecret::PublicKey) => {
                f.write_str("it is an HS256 token keyed with the text of the public key")
            }
            Self::Hmac(HmacSecret::PublicKeyTrimmed) => {
                f.write_str("it is an HS256 token keyed with the text of the public key without its last line feed")
            }
            Self::Hmac(HmacSecret::JwtIoDefault) => {
                f.write_str("it is an HS256 token keyed with the secret that the jwt.io debugger fills in")
            }
            Self::HmacUnknown => f.write_str("it is an HS256 token; the store signs with RS256"),
            Self::SignedDecoded => {
                f.write_str("it matches if header and claims are signed before they are encoded; sign the encoded text")
            }
            Self::SignatureEncoding(encoding) => {
                write!(f, "it matches if the signature is read as {encoding}; it must be base64url without padding")
            }
            Self::OtherAlgorithm(name) => write!(f, "it matches if the signature is made with {name} instead of RS256"),
            Self::ChangedPayload => {
                f.write_str("the claims were changed after signing: it matches the documented claims with this iat or one next to it")
            }
            Self::ChangedSignature => f.write_str("one character of the signature was changed"),
            Self::IatInMilliseconds => f.write_str("iat is in milliseconds; it must be in seconds"),
        }
    }
}

/// Explains why a header's value is refused, most telling explanation first; empty when it is accepted.
pub fn diagnose(value: Option<&str>, key: &VerifyingKey, now: Timestamp, window: &Window) -> Vec<Diagnosis> {
    let refusal = match verify(value, key, now, window) {
        Ok(_) => return Vec::new(),
        Err(refusal) => refusal,
    };
    let text = value.unwrap_or_default();
    let stripped = text.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    if stripped != text && verify(Some(stripped), key, now, window).is_ok() {
        return vec![Diagnosis::Wrapped];
    }
    let mut found = Vec::new();
    // Behind `Bearer ` there may be more that is wrong.
    let token = match without_bearer(text) {
        Some(rest) => {
            found.push(Diagnosis::Refused(Refusal::BearerPrefix));
            rest
        }
        None => text,
    };
    match verify(Some(token).filter(|_| value.is_some()), key, now, window) {
        Ok(_) => {}
        Err(Refusal::Signature | Refusal::NotBase64 { part: Part::Signature }) => found.extend(signature(token, key)),
        Err(Refusal::Algorithm { found: Some(algorithm) }) if algorithm == "HS256" => found.push(hs256(token, key)),
        Err(Refusal::FromTheFuture { ahead }) if in_milliseconds(token, now, ahead) => {
            found.push(Diagnosis::IatInMilliseconds);
        }
        Err(other) => found.push(Diagnosis::Refused(other)),
    }
    if found.is_empty() {
        found.push(Diagnosis::Refused(refusal));
    }
    found
}

/// When a token says that it was made, whatever its signature; `iat` in milliseconds is read as such. `None` where it does
/// not say.
pub fn issued_at(value: &str) -> Option<Timestamp> {
    let iat = Parts::split(Some(without_bearer(value).unwrap_or(value))).ok()?.claims().ok()?.get("iat")?.as_i64()?;
    crate::sign::epoch(iat)
}

/// Whether `iat` as milliseconds lies within a day of now.
fn in_milliseconds(token: &str, now: Timestamp, ahead: i64) -> bool {
    let iat = Parts::split(Some(token)).and_then(|parts| parts.claims()).ok();
    let iat = iat.and_then(|claims| claims.get("iat").and_then(Value::as_i64)).unwrap_or_default();
    ahead > 0 && (iat / 1000 - now.as_second()).abs() < 86_400
}

/// Why the signature of an RS256 token does not fit.
fn signature(token: &str, key: &VerifyingKey) -> Vec<Diagnosis> {
    let Ok(parts) = Parts::split(Some(token)) else { return Vec::new() };
    if parts.encoded_signature().is_empty() {
        return vec![Diagnosis::NoSignature];
    }
    if token == SAMPLE_TOKEN {
        return vec![Diagnosis::SampleToken];
    }
    let input = parts.input.as_bytes();
    let mut found = Vec::new();
    match parts.signature() {
        Err(_) => found.extend(other_encoding(&parts, key)),
        Ok(signature) => {
            if SigningKey::other().public().verifies(input, &signature) && !embeds_a_key(&parts, input, &signature) {
                found.push(Diagnosis::OtherKey);
            }
            if SigningKey::jwt_io_demo().public().verifies(input, &signature) {
                found.push(Diagnosis::JwtIoKey);
            }
            if embeds_a_key(&parts, input, &signature) {
                found.push(Diagnosis::EmbeddedJwk);
            }
            if parts.decoded_input().is_ok_and(|decoded| key.verifies(&decoded, &signature)) {
                found.push(Diagnosis::SignedDecoded);
            }
            let algorithms: [(&str, &'static RsaParameters); 3] = [
                ("RS384", &RSA_PKCS1_2048_8192_SHA384),
                ("RS512", &RSA_PKCS1_2048_8192_SHA512),
                ("PS256", &RSA_PSS_2048_8192_SHA256),
            ];
            for (name, how) in algorithms {
                if key.verifies_with(how, input, &signature) {
                    found.push(Diagnosis::OtherAlgorithm(name));
                }
            }
            if fits_rebuilt_claims(&parts, key, &signature) {
                found.push(Diagnosis::ChangedPayload);
            }
            if found.is_empty() && with_character_put_right(&parts, key) {
                found.push(Diagnosis::ChangedSignature);
            }
            if found.is_empty() {
                found.extend(other_encoding(&parts, key));
            }
        }
    }
    found
}

/// Whether the signature fits the key inside the token's own header.
pub(crate) fn embeds_a_key(parts: &Parts<'_>, input: &[u8], signature: &[u8]) -> bool {
    let own_key = || {
        let header = parts.header().ok()?;
        let jwk = header.get("jwk")?;
        let number = |name| {
            let text = jwk.get(name).and_then(Value::as_str)?;
            base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
        };
        VerifyingKey::from_components(&number("n")?, &number("e")?)
    };
    own_key().is_some_and(|key| key.verifies(input, signature))
}

/// Whether the signature fits the claims as the store would have made them for this token's `iat`, or for one a few
/// seconds off.
pub(crate) fn fits_rebuilt_claims(parts: &Parts<'_>, key: &VerifyingKey, signature: &[u8]) -> bool {
    let iat = parts.claims().ok().and_then(|claims| claims.get("iat").and_then(Value::as_i64));
    let (Some(iat), Some((header, _))) = (iat, parts.input.split_once('.')) else { return false };
    (-2..=2).map(|offset| iat.saturating_add(offset)).any(|iat| {
        let rebuilt = format!("{header}.{}", encode(claims_json(NAME, iat)));
        rebuilt != parts.input && key.verifies(rebuilt.as_bytes(), signature)
    })
}

/// Whether some other character at the place that [`Mistake::ChangedSignature`] changes makes the signature fit.
pub(crate) fn with_character_put_right(parts: &Parts<'_>, key: &VerifyingKey) -> bool {
    let mut encoded = parts.encoded_signature().as_bytes().to_vec();
    ALPHABET.iter().any(|character| {
        let Some(place) = encoded.get_mut(CHANGED_CHARACTER) else { return false };
        *place = *character;
        let decoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&encoded);
        decoded.is_ok_and(|signature| key.verifies(parts.input.as_bytes(), &signature))
    })
}

fn other_encoding(parts: &Parts<'_>, key: &VerifyingKey) -> Option<Diagnosis> {
    let text = parts.encoded_signature();
    let readings = [
        ("base64url with padding", URL_SAFE.decode(text).ok()),
        ("standard base64", STANDARD.decode(text).ok()),
        ("hex", hex(text)),
    ];
    let fits = |signature: &Option<Vec<u8>>| {
        signature.as_ref().is_some_and(|signature| key.verifies(parts.input.as_bytes(), signature))
    };
    readings.into_iter().find(|(_, signature)| fits(signature)).map(|(name, _)| Diagnosis::SignatureEncoding(name))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    Some(digits?.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

/// What an HS256 token was keyed with.
fn hs256(token: &str, key: &VerifyingKey) -> Diagnosis {
    let pem = key.to_pem();
    let secrets = [
        (HmacSecret::PublicKey, pem.as_str()),
        (HmacSecret::PublicKeyTrimmed, pem.trim_end()),
        (HmacSecret::JwtIoDefault, "your-256-bit-secret"),
    ];
    let fits = |secret: &str| {
        Parts::split(Some(token)).is_ok_and(|parts| {
            parts.signature().is_ok_and(|signature| signature == hmac(secret.as_bytes(), parts.input.as_bytes()))
        })
    };
    secrets
        .into_iter()
        .find(|(_, secret)| fits(secret))
        .map_or(Diagnosis::HmacUnknown, |(which, _)| Diagnosis::Hmac(which))
}

#[cfg(test)]
mod tests {
    use super::super::{Settings, forge, sign, sign_texts};
    use super::*;
    use crate::wire::Secret;

    fn now() -> Timestamp {
        "2026-03-04T05:06:07Z".parse().expect("a time")
    }

    fn diagnosed(value: Option<&str>) -> Vec<Diagnosis> {
        diagnose(value, SigningKey::test().public(), now(), &Window::default())
    }

    #[test]
    fn a_good_token_has_nothing() {
        let signed = sign(SigningKey::test(), now(), &Settings::default()).expect("signed");
        assert_eq!(diagnosed(Some(signed.token.expose())), []);
    }

    #[test]
    fn every_forged_token_is_explained() {
        for mistake in Mistake::ALL {
            let value = forge(*mistake, SigningKey::test(), now(), &Settings::default()).expect("forged");
            let found = diagnosed(value.as_ref().map(Secret::expose));
            let expected = match mistake {
                Mistake::TooOld50s
                | Mistake::IatAhead2s
                | Mistake::IatAhead5s
                | Mistake::ExpInMs
                | Mistake::AuthorizationBearer
                | Mistake::WithExp
                | Mistake::WithSub => {
                    assert_eq!(found, [], "{mistake}");
                    continue;
                }
                same => *same,
            };
            assert_eq!(found.first().and_then(Diagnosis::mistake), Some(expected), "{mistake}: {found:?}");
            assert_eq!(found.len(), 1, "{mistake}: {found:?}");
        }
    }

    #[test]
    fn mistakes_of_other_signers_are_recognised() {
        let header = super::super::HEADER_JSON;
        let claims = claims_json(NAME, now().as_second());
        let input = format!("{}.{}", encode(header), encode(&claims));
        let signature = SigningKey::test().sign(input.as_bytes()).expect("signed");
        let decoded = SigningKey::test().sign(format!("{header}.{claims}").as_bytes()).expect("signed");
        let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        let milliseconds = claims_json(NAME, now().as_millisecond());
        let in_ms = sign_texts(SigningKey::test(), header, &milliseconds).expect("signed");
        let cases = [
            (format!("{input}.{}", encode(decoded)), Diagnosis::SignedDecoded),
            (
                format!("{input}.{}", URL_SAFE.encode(&signature)),
                Diagnosis::SignatureEncoding("base64url with padding"),
            ),
            (format!("{input}.{}", STANDARD.encode(&signature)), Diagnosis::SignatureEncoding("standard base64")),
            (format!("{input}.{hex}"), Diagnosis::SignatureEncoding("hex")),
            (format!(" \"{input}.{}\"", encode(&signature)), Diagnosis::Wrapped),
            (in_ms.token.expose().to_owned(), Diagnosis::IatInMilliseconds),
        ];
        for (token, expected) in cases {
            assert_eq!(diagnosed(Some(&token)), [expected]);
        }
    }
}
