//! How the store encrypts `clientSecret` of the joint-operation kit: with the RSA public key that the vendor registered.
//!
//! The public pages ask for OAEP and a key of at least 3072 bits, and say no more. Java's transformation
//! `RSA/ECB/OAEPWithSHA-256AndMGF1Padding` is what vendors meet: it hashes the label with SHA-256 and makes its mask
//! (MGF1) with SHA-1. Libraries that take one hash for both do not open that; which padding the store uses is therefore a
//! setting ([`Padding`]). The ciphertext is written in base64.
//!
//! Sources: support.huaweicloud.com `0070649434` (applicationSync); RFC 8017, 7.1 (OAEP), 7.2 (PKCS#1 v1.5), B.2.1 (MGF1).
//!
//! [`encrypt`] and [`decrypt`] do what their names say, [`forge`] makes a wrong secret on purpose, and [`diagnose`] names
//! what is wrong with one.

mod doctor;
mod mistake;
mod padding;
mod rsa;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use doctor::{Diagnosis, diagnose};
pub use mistake::{Given, Mistake, forge};
pub use rsa::PrivateKey;

use crate::sign::digest::{hex, hmac};
use crate::sign::key::VerifyingKey;
use crate::wire::Secret;

/// The recipe's name in specs (`x-storeproof.signature`); it stands beside the signature of the call.
pub const RECIPE: &str = "koogallery-client-secret";

/// The member that is encrypted.
pub const MEMBER: &str = "clientSecret";

/// Least length of the vendor's key in bits, as the page of applicationSync asks.
pub const LEAST_BITS: usize = 3072;

/// How many random bytes an encryption takes: those of SHA-256; paddings that need fewer take the first ones.
pub const SEED_LENGTH: usize = 32;

/// How a secret is padded before RSA is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Padding {
    /// OAEP with SHA-256, its mask made with SHA-1, as Java does when it is told SHA-256 only.
    #[default]
    OaepSha256Mgf1Sha1,
    /// OAEP with SHA-256 throughout, as most other libraries do.
    OaepSha256,
    /// OAEP with SHA-1 throughout, the default of RFC 8017.
    OaepSha1,
    /// PKCS#1 v1.5, which is no OAEP.
    Pkcs1,
}

impl Padding {
    /// All, the store's first.
    pub const ALL: [Self; 4] = [Self::OaepSha256Mgf1Sha1, Self::OaepSha256, Self::OaepSha1, Self::Pkcs1];
}

impl fmt::Display for Padding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OaepSha256Mgf1Sha1 => "OAEP with SHA-256 and MGF1 with SHA-1",
            Self::OaepSha256 => "OAEP with SHA-256, MGF1 included",
            Self::OaepSha1 => "OAEP with SHA-1, MGF1 included",
            Self::Pkcs1 => "PKCS#1 v1.5",
        })
    }
}

/// Why a secret does not decrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDecrypted {
    /// It is not base64.
    #[error("it is not base64")]
    NotBase64,
    /// It has another length than the key.
    #[error("it has {bytes} bytes, and the key {key}")]
    Length {
        /// Its length.
        bytes: usize,
        /// That of the modulus.
        key: usize,
    },
    /// What comes out is not padded so: another key, or another padding.
    #[error("what comes out is not padded as expected")]
    Padding,
    /// What comes out is no UTF-8.
    #[error("what comes out is no text")]
    NotText,
}

/// A secret for a client of the identity centre, 32 hexadecimal digits; always the same for the same key and client.
pub fn of_client(key: &Secret, client: &str) -> Secret {
    let digest = hex(&hmac(key.expose().as_bytes(), format!("clientSecret {client}").as_bytes()));
    Secret::new(&digest[..32])
}

/// Encrypts a secret for the holder of the private key. Always the same for the same seed.
///
/// A secret that is too long for the key (318 bytes of 3072 bits with SHA-256) is cut off; the store's have 32.
pub fn encrypt(key: &VerifyingKey, padding: Padding, seed: &[u8; SEED_LENGTH], plain: &str) -> String {
    STANDARD.encode(encrypt_bytes(key, padding, seed, plain.as_bytes()))
}

fn encrypt_bytes(key: &VerifyingKey, padding: Padding, seed: &[u8; SEED_LENGTH], plain: &[u8]) -> Vec<u8> {
    rsa::public(key, &padding::pad(padding, rsa::length(key), seed, plain))
}

/// Opens a secret with the private key.
///
/// # Errors
///
/// See [`NotDecrypted`].
pub fn decrypt(key: &PrivateKey, padding: Padding, text: &str) -> Result<Secret, NotDecrypted> {
    let bytes = STANDARD.decode(text).map_err(|_| NotDecrypted::NotBase64)?;
    let padded = opened(key, &bytes)?;
    let plain = padding::unpad(padding, &padded).ok_or(NotDecrypted::Padding)?;
    String::from_utf8(plain).map(Secret::new).map_err(|_| NotDecrypted::NotText)
}

/// RSA alone: what comes out, padding and all.
fn opened(key: &PrivateKey, bytes: &[u8]) -> Result<Vec<u8>, NotDecrypted> {
    if bytes.len() != key.length() {
        return Err(NotDecrypted::Length { bytes: bytes.len(), key: key.length() });
    }
    Ok(key.raw(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_java_encrypts_is_opened() {
        let key = PrivateKey::test();
        let rows = include_str!("../../../../tests/fixtures/vectors/computed/client-secrets.jsonl").lines();
        for row in rows.map(|row| serde_json::from_str::<Value>(row).expect("JSON")) {
            let text = |name: &str| row[name].as_str().expect("text");
            for padding in Padding::ALL {
                let name = match padding {
                    Padding::OaepSha256Mgf1Sha1 => "oaep-sha256-mgf1-sha1",
                    Padding::OaepSha256 => "oaep-sha256",
                    Padding::OaepSha1 => "oaep-sha1",
                    Padding::Pkcs1 => "pkcs1",
                };
                let opened = decrypt(key, padding, text("text"));
                let expected = if name == text("padding") { Ok(text("secret")) } else { Err(NotDecrypted::Padding) };
                assert_eq!(opened.as_ref().map(Secret::expose).map_err(|why| *why), expected, "{name}");
            }
        }
    }

    #[test]
    fn other_text_is_refused_for_its_reason() {
        let key = PrivateKey::test();
        let refused = |text: &str| decrypt(key, Padding::default(), text).expect_err("refused");
        assert_eq!(refused("not base64!"), NotDecrypted::NotBase64);
        assert_eq!(refused("QUJD"), NotDecrypted::Length { bytes: 3, key: 384 });
        assert_eq!(refused(&STANDARD.encode([0; 384])), NotDecrypted::Padding);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        #[test]
        fn what_was_encrypted_is_opened(secret in "\\PC{0,60}", seed: [u8; SEED_LENGTH], which in 0..4_usize) {
            let (key, padding) = (PrivateKey::test(), Padding::ALL[which]);
            let text = encrypt(key.public(), padding, &seed, &secret);
            prop_assert_eq!(decrypt(key, padding, &text), Ok(Secret::new(secret.as_str())));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,600}") {
            let _ = decrypt(PrivateKey::test(), Padding::default(), &text);
            let _ = diagnose(&text, PrivateKey::test(), Padding::default(), &[]);
        }
    }
}
