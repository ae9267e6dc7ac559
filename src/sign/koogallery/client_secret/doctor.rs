//! What is wrong with a client secret: it is opened in every way that somebody may have closed it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

use super::mistake::Mistake;
use super::{NotDecrypted, Padding, PrivateKey, opened, padding};
use crate::sign::koogallery::credential;
use crate::wire::Secret;

/// One explanation of a client secret that does not decrypt as the store encrypts it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It does not decrypt for this reason, and nothing more is known.
    #[error("{0}; no known mistake explains it: most likely it was encrypted with another public key, or changed")]
    NotDecrypted(NotDecrypted),
    /// It is padded otherwise.
    #[error("it decrypts with {0}: give your library the hash of the label and the hash of MGF1 apart")]
    OtherPadding(Padding),
    /// The ciphertext is right and written otherwise.
    #[error("it decrypts when it is read as {0}: the store writes base64")]
    OtherWriting(&'static str),
    /// Nothing in it is encrypted.
    #[error("it is not encrypted: RSA with a key of this length gives {0} bytes, in base64")]
    Plain(usize),
    /// Only a part is there.
    #[error("{bytes} of {key} bytes are there: it was cut off, as a column does that is too short")]
    Cut {
        /// How many are there.
        bytes: usize,
        /// How many there must be.
        key: usize,
    },
    /// It is encrypted with AES and this key.
    #[error(
        "it is encrypted with AES and {0}, as phone and mail of version 1.0 are; it takes the vendor's RSA public key"
    )]
    Aes(&'static str),
}

impl Diagnosis {
    /// The mistake that makes such a value, where it is one of the list.
    pub fn mistake(&self) -> Option<Mistake> {
        Some(match self {
            Self::OtherPadding(Padding::OaepSha256) => Mistake::Mgf1Sha256,
            Self::OtherPadding(Padding::OaepSha1) => Mistake::Sha1,
            Self::OtherPadding(Padding::Pkcs1) => Mistake::Pkcs1,
            Self::OtherWriting("hexadecimal digits") => Mistake::Hex,
            Self::Plain(_) => Mistake::Plain,
            Self::Cut { .. } => Mistake::Cut,
            Self::Aes(BASIC) => Mistake::BasicKey,
            Self::Aes(KIT) => Mistake::KitKey,
            // A changed byte and another key leave the same noise.
            Self::NotDecrypted(NotDecrypted::Padding) => Mistake::OtherKey,
            _ => return None,
        })
    }
}

/// The key of the basic interface in words.
pub(crate) const BASIC: &str = "the key of the basic interface";
/// The key of the kit in words.
pub(crate) const KIT: &str = "the key of the kit";

/// What is wrong with a client secret, most telling first; empty for one that decrypts with the right padding. `keys` are
/// the access keys that somebody may have taken for AES: that of the basic interface first, then that of the kit.
pub fn diagnose(text: &str, key: &PrivateKey, right: Padding, keys: &[&Secret]) -> Vec<Diagnosis> {
    let opens = |padding: Padding, bytes: &[u8]| {
        opened(key, bytes).ok().and_then(|padded| padding::unpad(padding, &padded)).is_some()
    };
    let mut others = Padding::ALL.into_iter().filter(|padding| *padding != right);
    let ciphertext = STANDARD.decode(text);
    if let Ok(bytes) = &ciphertext {
        if opens(right, bytes) {
            return Vec::new();
        }
        if let Some(padding) = others.find(|padding| opens(*padding, bytes)) {
            return vec![Diagnosis::OtherPadding(padding)];
        }
    }
    let writings = [
        ("hexadecimal digits", from_hex(text)),
        ("base64url", URL_SAFE.decode(text).ok()),
        ("base64 without padding", STANDARD_NO_PAD.decode(text).ok()),
        ("base64 whose plus signs became blanks", STANDARD.decode(text.replace(' ', "+")).ok()),
    ];
    let fits =
        |bytes: &Option<Vec<u8>>| bytes.as_ref().is_some_and(|bytes| Padding::ALL.iter().any(|it| opens(*it, bytes)));
    if let Some((writing, _)) = writings.iter().find(|(_, bytes)| fits(bytes)) {
        return vec![Diagnosis::OtherWriting(writing)];
    }
    let aes = keys
        .iter()
        .zip([BASIC, KIT])
        .find(|(key, _)| credential::EncryptType::ALL.iter().any(|kind| credential::decrypt(key, *kind, text).is_ok()));
    if let Some((_, name)) = aes {
        return vec![Diagnosis::Aes(name)];
    }
    let length = key.length();
    vec![match ciphertext {
        // A plain secret of hexadecimal digits is base64 too; a ciphertext that was cut is longer than any secret.
        Ok(bytes) if bytes.len() > length / 4 && bytes.len() < length => {
            Diagnosis::Cut { bytes: bytes.len(), key: length }
        }
        Ok(bytes) if bytes.len() == length => Diagnosis::NotDecrypted(NotDecrypted::Padding),
        Ok(bytes) if bytes.len() > length => {
            Diagnosis::NotDecrypted(NotDecrypted::Length { bytes: bytes.len(), key: length })
        }
        _ => Diagnosis::Plain(length),
    }]
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Given, SEED_LENGTH, forge};
    use super::*;

    #[test]
    fn every_forged_secret_is_explained() {
        let key = PrivateKey::test();
        let (basic, kit) = (Secret::new("kg-demo-key-01"), Secret::new("kg-kit-key-02"));
        let given = Given {
            key: key.public(),
            basic_key: &basic,
            kit_key: &kit,
            padding: Padding::default(),
            seed: &[7; SEED_LENGTH],
            plain: "0123456789abcdef0123456789abcdef",
        };
        for mistake in Mistake::ALL {
            let found = diagnose(&forge(*mistake, &given), key, Padding::default(), &[&basic, &kit]);
            let named = found.first().and_then(Diagnosis::mistake);
            assert_eq!(named, Some(*mistake), "{mistake}: {found:?}");
        }
    }
}
