//! AES in CBC mode over the written form of a value.

use aes::{Aes128, Aes256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};

use super::doctor::is_readable;
use super::{EncryptType, IV_LENGTH, aes_key};
use crate::wire::Secret;

/// Why a value does not decrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotDecrypted {
    /// Shorter than an initialisation vector and one block.
    #[error("it is too short: 16 characters of IV are followed by at least one block of 16 bytes in base64")]
    TooShort,
    /// The first 16 characters are no ASCII.
    #[error("its first 16 characters are not ASCII, so they are no IV")]
    Iv,
    /// What follows is no base64.
    #[error("what follows the 16 characters of the IV is not base64")]
    NotBase64,
    /// What follows is no whole number of blocks.
    #[error("the ciphertext has {length} bytes, which is no multiple of 16")]
    Blocks {
        /// Its length.
        length: usize,
    },
    /// The padding is wrong, as with another key.
    #[error("it does not decrypt with the key that belongs to the access key")]
    Padding,
    /// The plain text is no UTF-8.
    #[error("it decrypts to bytes that are no UTF-8 text")]
    NotText,
}

/// Encrypts a value. The vector's bytes are those of its 16 characters; the store uses letters and digits at random.
pub fn encrypt(access_key: &Secret, kind: EncryptType, iv: &[u8; IV_LENGTH], plain: &str) -> String {
    encrypt_with(&aes_key(access_key, kind), iv, plain.as_bytes())
}

/// Decrypts a value that was encrypted in this way.
pub fn decrypt(access_key: &Secret, kind: EncryptType, value: &str) -> Result<Secret, NotDecrypted> {
    let (iv, ciphertext) = split(value)?;
    decrypt_with(&aes_key(access_key, kind), &iv, &ciphertext)
}

/// Decrypts with the declared length of the key, or else with the other one, and says which it was.
///
/// A wrong key passes for a right one once in some 250 times, as one byte of padding is enough; text with control
/// characters is therefore believed only where the other length gives nothing better.
pub fn decrypt_any(
    access_key: &Secret,
    declared: EncryptType,
    value: &str,
) -> Result<(EncryptType, Secret), NotDecrypted> {
    let as_declared = decrypt(access_key, declared, value);
    if let Ok(plain) = &as_declared
        && is_readable(plain.expose())
    {
        return Ok((declared, plain.clone()));
    }
    match decrypt(access_key, declared.other(), value) {
        Ok(plain) if is_readable(plain.expose()) => Ok((declared.other(), plain)),
        _ => as_declared.map(|plain| (declared, plain)),
    }
}

pub(super) fn encrypt_with(key: &[u8], iv: &[u8; IV_LENGTH], plain: &[u8]) -> String {
    let iv_and_key_fit = "key and vector have the lengths of their cipher";
    let ciphertext = if key.len() == EncryptType::Aes128.key_length() {
        cbc::Encryptor::<Aes128>::new_from_slices(key, iv).expect(iv_and_key_fit).encrypt_padded_vec::<Pkcs7>(plain)
    } else {
        cbc::Encryptor::<Aes256>::new_from_slices(key, iv).expect(iv_and_key_fit).encrypt_padded_vec::<Pkcs7>(plain)
    };
    String::from_utf8_lossy(iv).into_owned() + &STANDARD.encode(ciphertext)
}

/// Vector and ciphertext of a written value.
pub(super) fn split(value: &str) -> Result<([u8; IV_LENGTH], Vec<u8>), NotDecrypted> {
    let (iv, rest) = value.as_bytes().split_first_chunk::<IV_LENGTH>().ok_or(NotDecrypted::TooShort)?;
    if !iv.is_ascii() {
        return Err(NotDecrypted::Iv);
    }
    let ciphertext = STANDARD.decode(rest).map_err(|_| NotDecrypted::NotBase64)?;
    match ciphertext.len() {
        0 => Err(NotDecrypted::TooShort),
        length if length % 16 != 0 => Err(NotDecrypted::Blocks { length }),
        _ => Ok((*iv, ciphertext)),
    }
}

/// Decrypts with an AES key of 16 or 32 bytes.
pub(super) fn decrypt_with(key: &[u8], iv: &[u8; IV_LENGTH], ciphertext: &[u8]) -> Result<Secret, NotDecrypted> {
    let plain = if key.len() == EncryptType::Aes128.key_length() {
        let cipher = cbc::Decryptor::<Aes128>::new_from_slices(key, iv).map_err(|_| NotDecrypted::Padding)?;
        cipher.decrypt_padded_vec::<Pkcs7>(ciphertext)
    } else {
        let cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, iv).map_err(|_| NotDecrypted::Padding)?;
        cipher.decrypt_padded_vec::<Pkcs7>(ciphertext)
    };
    let plain = plain.map_err(|_| NotDecrypted::Padding)?;
    String::from_utf8(plain).map(Secret::new).map_err(|_| NotDecrypted::NotText)
}

/// Decrypts what was encrypted in ECB mode, block by block and without a vector.
pub(super) fn decrypt_ecb(key: &[u8], ciphertext: &[u8]) -> Option<Secret> {
    // With a vector of zeros, the first block of CBC is that of ECB.
    let zeros = [0; IV_LENGTH];
    let mut plain = Vec::with_capacity(ciphertext.len());
    for block in ciphertext.chunks(16) {
        plain.extend(if key.len() == EncryptType::Aes128.key_length() {
            let cipher = cbc::Decryptor::<Aes128>::new_from_slices(key, &zeros).ok()?;
            cipher.decrypt_padded_vec::<NoPadding>(block).ok()?
        } else {
            let cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, &zeros).ok()?;
            cipher.decrypt_padded_vec::<NoPadding>(block).ok()?
        });
    }
    let padding = usize::from(*plain.last()?);
    let length = plain.len().checked_sub(padding).filter(|_| (1..=16).contains(&padding))?;
    let padded = plain[length..].iter().all(|byte| usize::from(*byte) == padding);
    plain.truncate(length);
    String::from_utf8(plain).ok().filter(|_| padded).map(Secret::new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const IV: &[u8; 16] = b"abcDEF0123456789";

    #[rstest]
    #[case("", NotDecrypted::TooShort)]
    #[case("abcDEF0123456789", NotDecrypted::TooShort)]
    #[case("云云云云云云AAAA", NotDecrypted::Iv)]
    #[case("abcDEF0123456789tD8D QV7", NotDecrypted::NotBase64)]
    #[case("abcDEF0123456789tD8D", NotDecrypted::Blocks { length: 3 })]
    fn a_value_that_is_none_says_why(#[case] value: &str, #[case] expected: NotDecrypted) {
        assert_eq!(decrypt(&Secret::new("k"), EncryptType::Aes256, value), Err(expected));
    }

    #[test]
    fn the_fitting_length_is_named() {
        let key = Secret::new("kg-demo-key-01");
        let value = encrypt(&key, EncryptType::Aes128, IV, "user@vendor.example");
        let (kind, plain) = decrypt_any(&key, EncryptType::Aes256, &value).expect("decrypts");
        assert_eq!((kind, plain.expose()), (EncryptType::Aes128, "user@vendor.example"));
    }

    proptest! {
        #[test]
        fn what_was_encrypted_decrypts(key in "\\PC{0,30}", plain in "\\PC{0,60}", iv in "[a-zA-Z0-9]{16}", long: bool) {
            let kind = if long { EncryptType::Aes256 } else { EncryptType::Aes128 };
            let iv = iv.as_bytes().try_into().expect("16 characters");
            let key = Secret::new(key);
            let value = encrypt(&key, kind, iv, &plain);
            prop_assert_eq!(decrypt(&key, kind, &value), Ok(Secret::new(plain)));
        }

        #[test]
        fn no_value_panics(value in "[a-zA-Z0-9]{0,20}(\\PC|=|\\+|/){0,40}") {
            let _ = decrypt_any(&Secret::new("k"), EncryptType::Aes256, &value);
        }
    }
}
