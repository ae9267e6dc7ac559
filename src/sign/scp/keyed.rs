//! From the message to the signature: the key, the digest and its text, each by the rule or with a deviation from it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use ring::hmac;

use super::OTHER_SECRET;
use super::deviation::Deviation;
use crate::sign::digest::{base64, hex, sha256};
use crate::sign::query::escape;

/// The key of the HMAC, made of the secret key or of what was taken for it.
pub(super) fn key(secret: &str, access_key: &str, deviation: Option<Deviation>) -> Vec<u8> {
    use Deviation as D;
    let text = match deviation {
        Some(D::SecondTestKey) => OTHER_SECRET.to_owned(),
        Some(D::AccessKeyAsSecret) => access_key.to_owned(),
        Some(D::SecretTrimmed) => secret.trim().to_owned(),
        Some(D::SecretWithLineFeed) => format!("{secret}\n"),
        Some(D::SecretWithCrLf) => format!("{secret}\r\n"),
        Some(D::SecretDecoded) => {
            let of = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
            let decoded = of.iter().find_map(|alphabet| alphabet.decode(secret).ok());
            return decoded.unwrap_or_else(|| secret.as_bytes().to_vec());
        }
        Some(D::SecretHexDecoded) => {
            return hex_decoded(secret).unwrap_or_else(|| secret.as_bytes().to_vec());
        }
        Some(D::SecretEncoded) => base64(secret.as_bytes()),
        Some(D::SecretQuoted) => format!("\"{secret}\""),
        Some(D::SecretEmpty) => String::new(),
        Some(D::SecretUndefined) => "undefined".to_owned(),
        Some(D::SecretNone) => "None".to_owned(),
        Some(D::SecretNull) => "null".to_owned(),
        Some(D::SecretWithAmpersand) => format!("{secret}&"),
        _ => secret.to_owned(),
    };
    text.into_bytes()
}

fn hex_decoded(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// The digest of the message.
pub(super) fn digest(key: &[u8], message: &[u8], deviation: Option<Deviation>) -> Vec<u8> {
    use Deviation as D;
    let with = |algorithm, message: &[u8]| hmac::sign(&hmac::Key::new(algorithm, key), message).as_ref().to_vec();
    match deviation {
        Some(D::HmacSha1) => with(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, message),
        Some(D::HmacSha512) => with(hmac::HMAC_SHA512, message),
        Some(D::HmacSha384) => with(hmac::HMAC_SHA384, message),
        Some(D::PlainSha256) => sha256(message),
        Some(D::SecretLast) => sha256(&[message, key].concat()),
        Some(D::SecretFirst) => sha256(&[key, message].concat()),
        Some(D::MessageHashed) => with(hmac::HMAC_SHA256, &sha256(message)),
        Some(D::MessageHashedHex) => with(hmac::HMAC_SHA256, hex(&sha256(message)).as_bytes()),
        _ => with(hmac::HMAC_SHA256, message),
    }
}

/// The digest as text.
pub(super) fn written(digest: &[u8], deviation: Option<Deviation>) -> String {
    use Deviation as D;
    match deviation {
        Some(D::Hex) => hex(digest),
        Some(D::HexUpper) => hex(digest).to_ascii_uppercase(),
        Some(D::Base64OfHex) => base64(hex(digest).as_bytes()),
        Some(D::Base64Url) => URL_SAFE.encode(digest),
        Some(D::Base64UrlUnpadded) => URL_SAFE_NO_PAD.encode(digest),
        Some(D::Base64Unpadded) => STANDARD_NO_PAD.encode(digest),
        Some(D::PercentEncoded) => escape(&base64(digest)),
        Some(D::PlusLost) => base64(digest).replace('+', " "),
        Some(D::Base64Twice) => base64(base64(digest).as_bytes()),
        Some(D::QuotedSignature) => format!("\"{}\"", base64(digest)),
        _ => base64(digest),
    }
}
