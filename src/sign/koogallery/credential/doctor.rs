//! The known mistakes of encrypted values: made on purpose, and recognised.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

use super::cipher::{NotDecrypted, decrypt, decrypt_any, decrypt_ecb, decrypt_with, encrypt, encrypt_with, split};
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
    OtherDerivation {
        /// What the AES key is.
        how: Derivation,
        /// Its length.
        kind: EncryptType,
    },
    /// It decrypts in ECB mode.
    Ecb {
        /// What the AES key is, where it is not the right one.
        how: Option<Derivation>,
        /// Its length.
        kind: EncryptType,
    },
    /// A single block that no known key opens: another key, or the last block of several, the others being lost.
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
    /// The first bytes of the access key.
    KeyCut,
    /// The access key's bytes, filled with zeros.
    KeyZeros,
    /// The access key's bytes, repeated up to the length.
    KeyRepeated,
    /// MD5 of the access key, repeated for 256 bits.
    Md5,
    /// The hex digits of MD5 of the access key.
    Md5Hex,
    /// SHA-1 of the access key, cut or filled with zeros.
    Sha1,
    /// SHA-256 of the access key, cut for 128 bits.
    Sha256,
    /// SHA-1 of SHA-1 of the access key, filled with zeros: right for 128 bits and wrong for 256.
    Sha1Twice,
    /// The same, repeated up to the length.
    Sha1TwiceRepeated,
}

impl Derivation {
    /// Every one, most common first.
    const ALL: [Self; 9] = [
        Self::KeyCut,
        Self::KeyZeros,
        Self::KeyRepeated,
        Self::Md5,
        Self::Md5Hex,
        Self::Sha256,
        Self::Sha1,
        Self::Sha1Twice,
        Self::Sha1TwiceRepeated,
    ];

    /// What the AES key of this length is, in words.
    fn what(self, kind: EncryptType) -> String {
        let (length, short) = (kind.key_length(), kind == EncryptType::Aes128);
        match self {
            Self::KeyCut => format!("the first {length} bytes of the access key itself"),
            Self::KeyZeros => format!("the access key itself, filled with zeros to {length} bytes"),
            Self::KeyRepeated => format!("the access key itself, repeated up to {length} bytes"),
            Self::Md5 if short => "MD5 of the access key".to_owned(),
            Self::Md5 => "MD5 of the access key, written twice".to_owned(),
            Self::Md5Hex if short => "the first 16 hex digits of MD5 of the access key".to_owned(),
            Self::Md5Hex => "the 32 hex digits of MD5 of the access key".to_owned(),
            Self::Sha1 if short => "the first 16 bytes of SHA-1 of the access key".to_owned(),
            Self::Sha1 => "SHA-1 of the access key, filled with zeros".to_owned(),
            Self::Sha256 if short => "the first 16 bytes of SHA-256 of the access key".to_owned(),
            Self::Sha256 => "SHA-256 of the access key".to_owned(),
            Self::Sha1Twice => "SHA-1 of SHA-1 of the access key, filled with zeros".to_owned(),
            Self::Sha1TwiceRepeated => "SHA-1 of SHA-1 of the access key, repeated up to 32 bytes".to_owned(),
        }
    }

    /// What it is instead.
    fn instead(self) -> &'static str {
        match self {
            Self::Sha1Twice | Self::Sha1TwiceRepeated => {
                "that is right for 128 bits; the 256 bits of Java's SHA1PRNG go on with a second block"
            }
            _ => "the AES key is what Java's SHA1PRNG makes of the access key",
        }
    }
}

impl Diagnosis {
    /// The mistake that makes such a value, where it is one of the list.
    pub fn mistake(&self) -> Option<Mistake> {
        Some(match self {
            Self::OtherLength { .. } => Mistake::OtherLength,
            Self::PlainText => Mistake::PlainText,
            Self::SecondTestKey => Mistake::WrongKey,
            Self::OtherDerivation { how: Derivation::KeyCut | Derivation::KeyZeros, .. } => Mistake::KeyDirectly,
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
            Self::OtherDerivation { how, kind } => {
                write!(f, "with {kind}, its AES key is {}; {}", how.what(*kind), how.instead())
            }
            Self::Ecb { how, kind } => {
                write!(f, "it is encrypted with {kind} in ECB mode; the store decrypts AES in CBC mode, with the IV in front")?;
                match how {
                    Some(how) => write!(f, ". Besides, its AES key is {}; {}", how.what(*kind), how.instead()),
                    None => Ok(()),
                }
            }
            Self::LastBlockOnly => f.write_str(
                "it is a single block, and no key or mode that vendors mistake for the right one opens it: the key is \
                 another, or the value has 16 bytes or more and only its last block is there (the result of `update` was dropped)",
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
        Mistake::KeyDirectly => encrypt_with(&key_itself(access_key, kind), iv, plain.as_bytes()),
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

/// The AES key that is made in this way; `None` where it would be none, or is one of another way.
fn derived(how: Derivation, access_key: &Secret, kind: EncryptType) -> Option<Vec<u8>> {
    let length = kind.key_length();
    let bytes = access_key.expose().as_bytes();
    let zeros = |mut key: Vec<u8>| {
        key.resize(length, 0);
        Some(key)
    };
    let repeated = |key: &[u8]| Some(key.iter().copied().cycle().take(length).collect());
    let sha1_twice = || super::sha1prng::bytes(bytes, 20);
    match how {
        Derivation::KeyCut if bytes.len() >= length => zeros(bytes.to_vec()),
        Derivation::KeyZeros if bytes.len() < length => zeros(bytes.to_vec()),
        Derivation::KeyRepeated if (1..length).contains(&bytes.len()) => repeated(bytes),
        Derivation::KeyCut | Derivation::KeyZeros | Derivation::KeyRepeated => None,
        Derivation::Md5 => repeated(&md5::compute(bytes).0),
        Derivation::Md5Hex => zeros(hex(&md5::compute(bytes).0).into_bytes()),
        Derivation::Sha1 => zeros(super::sha1prng::sha1(bytes).to_vec()),
        Derivation::Sha256 => zeros(sha256(bytes)),
        Derivation::Sha1Twice => zeros(sha1_twice()),
        Derivation::Sha1TwiceRepeated => repeated(&sha1_twice()),
    }
}

/// The access key's own bytes as the AES key.
fn key_itself(access_key: &Secret, kind: EncryptType) -> Vec<u8> {
    let cut = derived(Derivation::KeyCut, access_key, kind);
    cut.or_else(|| derived(Derivation::KeyZeros, access_key, kind)).unwrap_or_default()
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
        .or_else(|| in_ecb(access_key, value))
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
    let mut ways = Derivation::ALL.into_iter().flat_map(|how| EncryptType::ALL.map(|kind| (how, kind)));
    let fits =
        |(how, kind): &(Derivation, EncryptType)| derived(*how, access_key, *kind).is_some_and(|key| opens(&key));
    ways.find(fits).map(|(how, kind)| Diagnosis::OtherDerivation { how, kind })
}

/// Encrypted in ECB mode, with or without a vector in front.
fn in_ecb(access_key: &Secret, value: &str) -> Option<Diagnosis> {
    let whole = STANDARD.decode(value).ok().filter(|whole| !whole.is_empty() && whole.len() % 16 == 0);
    let texts: Vec<Vec<u8>> = split(value).ok().map(|(_, behind)| behind).into_iter().chain(whole).collect();
    let opens = |key: &[u8]| {
        let plain = texts.iter().filter_map(|text| decrypt_ecb(key, text));
        plain.into_iter().any(|plain| is_readable(plain.expose()))
    };
    let ways = std::iter::once(None).chain(Derivation::ALL.map(Some));
    ways.flat_map(|how| EncryptType::ALL.map(|kind| (how, kind)))
        .find(|(how, kind)| match how {
            None => opens(&aes_key(access_key, *kind)),
            Some(how) => derived(*how, access_key, *kind).is_some_and(|key| opens(&key)),
        })
        .map(|(how, kind)| Diagnosis::Ecb { how, kind })
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
    // A last block alone decrypts to noise under every key, since the block before it is lost; and every value of up to
    // fifteen bytes is a single block. One that no key opens is therefore all that can be recognised.
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
        let cases = [
            (right.clone(), None),
            (under(&test_key()), Some(Diagnosis::BuiltInKey)),
            (under(&Secret::new("kg-demo-key-01")), Some(Diagnosis::KeyTrimmed)),
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

    /// In ECB mode: with a vector of zeros each block of CBC alone.
    fn ecb(key: &[u8], plain: &str) -> String {
        let padding = 16 - plain.len() % 16;
        let mut padded = plain.as_bytes().to_vec();
        padded.resize(plain.len() + padding, u8::try_from(padding).expect("at most 16"));
        let blocks = padded.chunks(16).flat_map(|block| {
            let whole = encrypt_with(key, &[0; IV_LENGTH], block);
            let block = STANDARD.decode(&whole[IV_LENGTH..]).expect("base64");
            block[..16].to_vec()
        });
        STANDARD.encode(blocks.collect::<Vec<u8>>())
    }

    /// Short names are one block, which an acceptance test saw explained as the last of several.
    #[test]
    fn every_other_derivation_and_mode_is_named_for_names_of_one_block_too() {
        let right = |kind, key: &Secret| aes_key(key, kind);
        for access_key in ["indep-access-key-77", "short-key", "an access key of more than thirty-two bytes"] {
            let key = Secret::new(access_key);
            for (kind, declared) in EncryptType::ALL.into_iter().flat_map(|a| EncryptType::ALL.map(|b| (a, b))) {
                let diagnosed = |value: &str| diagnose(&key, declared, value);
                for plain in ["admin", "", PLAIN] {
                    for how in Derivation::ALL {
                        let Some(aes) = derived(how, &key, kind) else { continue };
                        // SHA-1 twice is the right key of 128 bits.
                        if aes == right(kind, &key) {
                            continue;
                        }
                        let found = diagnosed(&encrypt_with(&aes, IV, plain.as_bytes()));
                        assert_eq!(found, [Diagnosis::OtherDerivation { how, kind }], "{access_key} {plain}");
                        let found = diagnosed(&ecb(&aes, plain));
                        assert_eq!(found, [Diagnosis::Ecb { how: Some(how), kind }], "{access_key} {plain}");
                    }
                    let bare = ecb(&right(kind, &key), plain);
                    let with_iv = format!("abcDEF0123456789{bare}");
                    let expected = [Diagnosis::Ecb { how: None, kind }];
                    assert_eq!(diagnosed(&with_iv), expected, "{access_key} {plain}");
                    assert_eq!(diagnosed(&bare), expected, "{access_key} {plain}");
                }
            }
        }
    }

    /// Made by Python's `cryptography`, with the access key `indep-access-key-77` and the user name `admin`.
    #[test]
    fn values_of_pythons_cryptography_are_explained() {
        let key = Secret::new("indep-access-key-77");
        let (long, short) = (EncryptType::Aes256, EncryptType::Aes128);
        let other = |how, kind| Diagnosis::OtherDerivation { how, kind };
        let cases = [
            ("abcDEF0123456789zhTXzEMnNMzFBiDSSIkEBQ==", other(Derivation::KeyCut, short)),
            ("abcDEF0123456789QF7hopPJZtViOmO6Tw6psg==", other(Derivation::KeyZeros, long)),
            ("abcDEF0123456789LZDBICzPOU7jNu2aVG6Irg==", other(Derivation::KeyRepeated, long)),
            ("abcDEF0123456789KRzo2i1nJC+7Ozv89Ti9Sg==", other(Derivation::Md5, short)),
            ("abcDEF0123456789Ya3NexvynGcgriDb+QYpdA==", other(Derivation::Md5, long)),
            ("abcDEF0123456789fH1IQh/p9tfJcw199RTOLw==", other(Derivation::Md5Hex, long)),
            ("abcDEF0123456789SE79qmzf3jZYjFYD7JcSGg==", other(Derivation::Sha256, long)),
            ("abcDEF0123456789Wkh0+5Zk4B6VH4cT/RXphg==", other(Derivation::Sha256, short)),
            ("abcDEF0123456789zaU0T5vA//b9FeroDjKHBg==", other(Derivation::Sha1, short)),
            ("abcDEF0123456789YFUlhQ2W8tJXllfRCKFYNA==", Diagnosis::Ecb { how: None, kind: short }),
        ];
        for (value, expected) in cases {
            assert_eq!(diagnose(&key, long, value), [expected], "{value}");
        }
    }

    #[test]
    fn the_text_says_which_key_it_is() {
        let told = |how, kind| Diagnosis::OtherDerivation { how, kind }.to_string();
        assert_eq!(
            told(Derivation::KeyRepeated, EncryptType::Aes256),
            "with AES-256 (encryptType 1), its AES key is the access key itself, repeated up to 32 bytes; the AES key is what \
             Java's SHA1PRNG makes of the access key"
        );
        assert_eq!(
            Diagnosis::Ecb { how: None, kind: EncryptType::Aes128 }.to_string(),
            "it is encrypted with AES-128 (encryptType 2) in ECB mode; the store decrypts AES in CBC mode, with the IV in front"
        );
    }
}
