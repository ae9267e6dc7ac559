//! How single values are encrypted in version 1.0: phone and e-mail in calls, user name and password in answers.
//!
//! AES in CBC mode with PKCS#7 padding. The written form is the initialisation vector as 16 letters and digits, directly
//! followed by the base64 of the ciphertext. The AES key is not the access key: Java's `KeyGenerator` is seeded with it
//! through `SHA1PRNG` ([`aes_key`]), which every other language has to imitate. `encryptType` says how long the key is
//! ([`EncryptType`]).
//!
//! Sources: support.huaweicloud.com `zh-cn_topic_0070649177`, `…061`, `0272346898`; the generator as Java 17 computes it.
//!
//! [`encrypt`] and [`decrypt`] do what their names say, [`decrypt_any`] also tries the other length, and [`diagnose`]
//! names what is wrong with a value that does not decrypt.

mod cipher;
mod doctor;
mod sha1prng;

use std::fmt;

pub use cipher::{NotDecrypted, decrypt, decrypt_any, encrypt};
pub use doctor::{Diagnosis, Mistake, diagnose, forge};

use crate::wire::Secret;

/// The name by which it is told from the signatures; no spec asks for it.
pub const RECIPE: &str = "koogallery-credential";

/// How many characters of a value are the initialisation vector.
pub const IV_LENGTH: usize = 16;

/// Length of the AES key, as `encryptType` names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EncryptType {
    /// `1`: 256 bits, the default where the field is missing.
    #[default]
    Aes256,
    /// `2`: 128 bits.
    Aes128,
}

impl EncryptType {
    /// Both, default first.
    pub const ALL: [Self; 2] = [Self::Aes256, Self::Aes128];

    /// Reads `encryptType`.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The value of `encryptType`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Aes256 => "1",
            Self::Aes128 => "2",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Aes256 => Self::Aes128,
            Self::Aes128 => Self::Aes256,
        }
    }

    /// Length of the key in bytes.
    pub fn key_length(self) -> usize {
        match self {
            Self::Aes256 => 32,
            Self::Aes128 => 16,
        }
    }
}

impl fmt::Display for EncryptType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aes256 => "AES-256 (encryptType 1)",
            Self::Aes128 => "AES-128 (encryptType 2)",
        })
    }
}

/// The AES key that belongs to an access key.
pub fn aes_key(access_key: &Secret, kind: EncryptType) -> Vec<u8> {
    sha1prng::bytes(access_key.expose().as_bytes(), kind.key_length())
}
