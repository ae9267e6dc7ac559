//! The known mistakes of encrypted values: made on purpose, and recognised.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

use super::cipher::{NotDecrypted, decrypt, decrypt_any, decrypt_with, encrypt, encrypt_with, split};
use super::{EncryptType, IV_LENGTH, aes_key};
use crate::sign::digest::{hex, sha256};
use crate::sign::koogallery::{other_key, test_key, test_kit_key};
use crate::sign::mistake::mistakes;
use crate::wire::Secret;

mistakes! {
    /// One way in which an encrypted value can be wrong.
    Mistake;

    /// Not encrypted at all.
    PlainText = "plain-text", MustRefuse, "a value that is not encrypted",
        "User names and passwords would stand in logs in clear.";
    /// Encrypted with the other length of key.
    OtherLength = "other-length", MustRefuse, "a value encrypted with the other length of key",
        "The store decrypts as encryptType says.";
    /// Encrypted with another key.
    WrongKey = "wrong-key", MustRefuse, "a value encrypted with another key", "The store knows one key of the vendor.";
    /// The access key's own bytes as the AES key.
    KeyDirectly = "key-directly", MustRefuse, "a value encrypted with the access key itself",
        "The AES key is derived from the access key by Java's SHA1PRNG.";
    /// Only the last block, as when the result of `update` is dropped.
    LastBlockOnly = "last-block-only", MustRefuse, "a value of which only the last block is there",
        "A cipher gives its result in pieces: what `update` returns belongs in front of what `doFinal` returns.";
    /// The vector followed by the word null.
    Null = "null", MustRefuse, "an encrypted value of nothing: the IV followed by null",
        "A missing value was turned into text; leave the field out instead.";
    /// A blank where `+` belongs.
    BlankForPlus = "blank-for-plus", MustRefuse, "a value with blanks for +", "It was URL-decoded once too often.";
    /// Hex instead of base64.
    Hex = "hex", MustRefuse, "a value in hex", "The ciphertext is written in base64.";
    /// No vector in front.
    NoIv = "no-iv", MustRefuse, "a value without its IV in front", "Without the IV the store cannot decrypt.";
    /// The vector inside the base64.
    IvInside = "iv-inside", MustRefuse, "a value whose IV is inside the base64",
        "The IV stands as 16 characters in front of the base64.";
}

/// One explanation of a value that does not decrypt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It does not decrypt for this reason, and nothing more is known.
    NotDecrypted(NotDecrypted),
    /// It decrypts with the other length of key.
    OtherLength {
        /// The one that fits.
        fits: EncryptType,
    },
    /// Nothing in it is encrypted.
    PlainText,
    /// It decrypts with storeproof's second test key.
    SecondTestKey,
    /// It decrypts with the built-in test key of the basic interface or the kit.
    BuiltInKey,
    /// It decrypts with the access key without the blanks around it.
    KeyTrimmed,
    /// It decrypts with this in the place of the derived key.
    OtherDerivation(Derivation),
    /// A single block that no known key opens: most likely the last one of several, the others being lost.
    LastBlockOnly,
    /// The vector is followed by the word null.
    Null,
    /// It decrypts with `+` put back for blanks.
    BlankForPlus,
    /// It is percent-encoded.
    PercentEncoded,
    /// The ciphertext is written in hex.
    Hex,
    /// The ciphertext is written in base64url or without padding.
    OtherBase64,
    /// It decrypts with a vector of zero bytes, and none is in front.
    NoIv,
    /// The vector is inside the base64.
    IvInside,
    /// The base64 was wrapped in lines.
    LineFeeds,
}

/// What was used in the place of the derived AES key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derivation {
    /// The access key's bytes, cut or filled with zeros.
    Key,
    /// SHA-256 of the access key.
    Sha256,
    /// SHA-1 of SHA-1 of the access key, filled with zeros: right for 128 bits and wrong for 256.
    Sha1Twice,
}

impl Diagnosis {
    /// The mistake that makes such a value, where it is one of the list.
    pub fn mistake(&self) -> Option<Mistake> {
        Some(match self {
            Self::OtherLength { .. } => Mistake::OtherLength,
            Self::PlainText => Mistake::PlainText,
            Self::SecondTestKey => Mistake::WrongKey,
            Self::OtherDerivation(Derivation::Key) => Mistake::KeyDirectly,
            Self::LastBlockOnly => Mistake::LastBlockOnly,
            Self::Null => Mistake::Null,
            Self::BlankForPlus => Mistake::BlankForPlus,
            Self::Hex => Mistake::Hex,
            Self::NoIv => Mistake::NoIv,
            Self::IvInside => Mistake::IvInside,
            _ => return None,
        })
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDecrypted(reason) => reason.fmt(f),
            Self::OtherLength { fits } => write!(f, "it is encrypted with {fits}, but {} is declared", fits.other()),
            Self::PlainText => f.write_str("it is not encrypted"),
            Self::SecondTestKey => f.write_str("it decrypts with storeproof's second test key, which no vendor knows"),
            Self::BuiltInKey => f.write_str("it decrypts with a built-in test key instead of the configured key"),
            Self::KeyTrimmed => f.write_str("it decrypts with the key without the blanks around it"),
            Self::OtherDerivation(Derivation::Key) => f.write_str(
                "it is encrypted with the access key itself; the AES key is derived from it by Java's SHA1PRNG",
            ),
            Self::OtherDerivation(Derivation::Sha256) => f.write_str(
                "it is encrypted with SHA-256 of the access key; the AES key is derived from it by Java's SHA1PRNG",
            ),
            Self::OtherDerivation(Derivation::Sha1Twice) => f.write_str(
                "it is encrypted with SHA-1 of SHA-1 of the access key, filled with zeros; the 256 bits of Java's SHA1PRNG go on with a second block",
            ),
            Self::LastBlockOnly => f.write_str(
                "it is a single block that does not decrypt: most likely the last one alone, the blocks that the cipher gave before (the result of `update`) having been dropped; or the key is another",
            ),
            Self::Null => f.write_str("the IV is followed by the word null: there was nothing to encrypt"),
            Self::BlankForPlus => f.write_str("it decrypts with + in the place of its blanks: it was URL-decoded once too often"),
            Self::PercentEncoded => f.write_str("it decrypts after percent-decoding"),
            Self::Hex => f.write_str("its ciphertext is written in hex instead of base64"),
            Self::OtherBase64 => f.write_str("its ciphertext is written in base64url or without padding instead of base64"),
            Self::NoIv => f.write_str("it has no IV in front and decrypts with an IV of zero bytes"),
            Self::IvInside => f.write_str("its IV is inside the base64 instead of in front of it, as 16 characters"),
            Self::LineFeeds => f.write_str("its base64 is wrapped in lines"),
        }
    }
}

/// A value with one mistake. `BlankForPlus` shows only where the ciphertext has a `+`, `LastBlockOnly` only beyond one
/// block.
pub fn forge(mistake: Mistake, access_key: &Secret, kind: EncryptType, iv: &[u8; IV_LENGTH], plain: &str) -> String {
    let right = encrypt(access_key, kind, iv, plain);
    let (front, encoded) = right.split_at(IV_LENGTH);
    let ciphertext = STANDARD.decode(encoded).unwrap_or_default();
    match mistake {
        Mistake::PlainText => plain.to_owned(),
        Mistake::OtherLength => encrypt(access_key, kind.other(), iv, plain),
        Mistake::WrongKey => encrypt(&other_key(), kind, iv, plain),
        Mistake::KeyDirectly => encrypt_with(&derived(Derivation::Key, access_key, kind), iv, plain.as_bytes()),
        Mistake::LastBlockOnly => {
            let last = ciphertext.len().saturating_sub(16);
            front.to_owned() + &STANDARD.encode(&ciphertext[last..])
        }
        Mistake::Null => front.to_owned() + "null",
        Mistake::BlankForPlus => right.replace('+', " "),
        Mistake::Hex => front.to_owned() + &hex(&ciphertext),
        Mistake::NoIv => {
            let whole = encrypt_with(&aes_key(access_key, kind), &[0; IV_LENGTH], plain.as_bytes());
            whole[IV_LENGTH..].to_owned()
        }
        Mistake::IvInside => STANDARD.encode([iv.as_slice(), &ciphertext].concat()),
    }
}

fn derived(how: Derivation, access_key: &Secret, kind: EncryptType) -> Vec<u8> {
    let mut key = match how {
        Derivation::Key => access_key.expose().as_bytes().to_vec(),
        Derivation::Sha256 => sha256(access_key.expose().as_bytes()),
        Derivation::Sha1Twice => super::sha1prng::bytes(access_key.expose().as_bytes(), 20),
    };
    key.resize(kind.key_length(), 0);
    key
}

/// Explains a value that does not decrypt as declared; empty when it does.
pub fn diagnose(access_key: &Secret, declared: EncryptType, value: &str) -> Vec<Diagnosis> {
    let reason = match decrypt(access_key, declared, value) {
        Ok(_) => return Vec::new(),
        Err(reason) => reason,
    };
    if let Ok((fits, _)) = decrypt_any(access_key, declared, value) {
        return vec![Diagnosis::OtherLength { fits }];
    }
    let found = written_otherwise(access_key, value)
        .or_else(|| keyed_otherwise(access_key, value))
        .or_else(|| incomplete(access_key, value))
        .or_else(|| looks_plain(value).then_some(Diagnosis::PlainText));
    vec![found.unwrap_or(Diagnosis::NotDecrypted(reason))]
}

/// The right ciphertext in another form.
fn written_otherwise(access_key: &Secret, value: &str) -> Option<Diagnosis> {
    let fits = |value: &str| decrypt_any(access_key, EncryptType::Aes256, value).is_ok();
    if value.get(IV_LENGTH..).is_some_and(|rest| rest.eq_ignore_ascii_case("null")) {
        return Some(Diagnosis::Null);
    }
    if value.contains(' ') && fits(&value.replace(' ', "+")) {
        return Some(Diagnosis::BlankForPlus);
    }
    if value.contains('%') && fits(&crate::sign::query::decode(value)) {
        return Some(Diagnosis::PercentEncoded);
    }
    if value.contains(['\r', '\n']) && fits(&value.replace(['\r', '\n'], "")) {
        return Some(Diagnosis::LineFeeds);
    }
    let (front, rest) = value.split_at_checked(IV_LENGTH)?;
    if from_hex(rest).is_some_and(|bytes| fits(&format!("{front}{}", STANDARD.encode(bytes)))) {
        return Some(Diagnosis::Hex);
    }
    let others = [URL_SAFE.decode(rest), STANDARD_NO_PAD.decode(rest)];
    if others.into_iter().flatten().any(|bytes| fits(&format!("{front}{}", STANDARD.encode(bytes)))) {
        return Some(Diagnosis::OtherBase64);
    }
    None
}

/// The right form under another key.
fn keyed_otherwise(access_key: &Secret, value: &str) -> Option<Diagnosis> {
    let (iv, ciphertext) = split(value).ok()?;
    let opens = |key: &[u8]| decrypt_with(key, &iv, &ciphertext).is_ok_and(|plain| is_readable(plain.expose()));
    let keyed = |key: &Secret| EncryptType::ALL.into_iter().any(|kind| opens(&aes_key(key, kind)));
    if keyed(&other_key()) {
        return Some(Diagnosis::SecondTestKey);
    }
    let trimmed = Secret::new(access_key.expose().trim());
    if trimmed != *access_key && keyed(&trimmed) {
        return Some(Diagnosis::KeyTrimmed);
    }
    if keyed(&test_key()) || keyed(&test_kit_key()) {
        return Some(Diagnosis::BuiltInKey);
    }
    let ways = [Derivation::Key, Derivation::Sha256, Derivation::Sha1Twice];
    let fits = |how: &Derivation| EncryptType::ALL.into_iter().any(|kind| opens(&derived(*how, access_key, kind)));
    ways.into_iter().find(fits).map(Diagnosis::OtherDerivation)
}

/// Parts of the right value: without its vector, or without its first blocks.
fn incomplete(access_key: &Secret, value: &str) -> Option<Diagnosis> {
    let keys = EncryptType::ALL.map(|kind| aes_key(access_key, kind));
    let opens = |iv: &[u8; IV_LENGTH], ciphertext: &[u8]| {
        let plain = keys.iter().filter_map(|key| decrypt_with(key, iv, ciphertext).ok());
        plain.into_iter().any(|plain| is_readable(plain.expose()))
    };
    if let Ok(whole) = STANDARD.decode(value) {
        if let Some((iv, rest)) = whole.split_first_chunk::<IV_LENGTH>()
            && !rest.is_empty()
            && opens(iv, rest)
        {
            return Some(Diagnosis::IvInside);
        }
        if opens(&[0; IV_LENGTH], &whole) {
            return Some(Diagnosis::NoIv);
        }
    }
    // A last block alone decrypts to noise under every key, since the block before it is lost. A single block that no
    // key opens is therefore all that can be recognised.
    let (_, ciphertext) = split(value).ok()?;
    (ciphertext.len() == 16).then_some(Diagnosis::LastBlockOnly)
}

/// Whether a text can have been meant: no control characters in it.
pub(super) fn is_readable(plain: &str) -> bool {
    !plain.chars().any(char::is_control)
}

/// Whether a value has not the form of an encrypted one at all.
fn looks_plain(value: &str) -> bool {
    matches!(split(value), Err(NotDecrypted::TooShort | NotDecrypted::NotBase64 | NotDecrypted::Iv))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const IV: &[u8; 16] = b"abcDEF0123456789";
    const PLAIN: &str = "administrator-云@vendor.example, a name that is long enough for its base64 to hold plus signs, and then some more of it";

    #[test]
    fn every_forged_value_is_explained() {
        let key = Secret::new("kg-demo-key-01");
        for kind in EncryptType::ALL {
            for mistake in Mistake::ALL {
                let value = forge(*mistake, &key, kind, IV, PLAIN);
                let found = diagnose(&key, kind, &value);
                assert_eq!(found.first().and_then(Diagnosis::mistake), Some(*mistake), "{mistake} {kind}: {found:?}");
                assert_eq!(found.len(), 1, "{mistake}: {found:?}");
            }
        }
    }

    #[test]
    fn values_of_other_makers_are_explained() {
        let key = Secret::new(" kg-demo-key-01 ");
        let right = encrypt(&key, EncryptType::Aes256, IV, PLAIN);
        let under = |access_key: &Secret| encrypt(access_key, EncryptType::Aes256, IV, PLAIN);
        let with = |how| encrypt_with(&derived(how, &key, EncryptType::Aes256), IV, PLAIN.as_bytes());
        let cases = [
            (right.clone(), None),
            (under(&test_key()), Some(Diagnosis::BuiltInKey)),
            (under(&Secret::new("kg-demo-key-01")), Some(Diagnosis::KeyTrimmed)),
            (with(Derivation::Sha256), Some(Diagnosis::OtherDerivation(Derivation::Sha256))),
            (with(Derivation::Sha1Twice), Some(Diagnosis::OtherDerivation(Derivation::Sha1Twice))),
            (right.replace('+', "%2B").replace('/', "%2F"), Some(Diagnosis::PercentEncoded)),
            (right.replace('+', "-").replace('/', "_"), Some(Diagnosis::OtherBase64)),
            (format!("{}\n", right), Some(Diagnosis::LineFeeds)),
            (under(&Secret::new("unknown")), Some(Diagnosis::NotDecrypted(NotDecrypted::Padding))),
            (String::new(), Some(Diagnosis::PlainText)),
        ];
        for (value, expected) in cases {
            assert_eq!(diagnose(&key, EncryptType::Aes256, &value).first(), expected.as_ref(), "{value}");
        }
    }
}
