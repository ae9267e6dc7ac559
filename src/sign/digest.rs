//! SHA-256 and its HMAC, and the texts in which their results are written.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// HMAC with SHA-256 (RFC 2104).
pub(crate) fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
    ring::hmac::sign(&key, message).as_ref().to_vec()
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().to_vec()
}

/// Bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    text
}

/// Bytes as base64 with the ordinary alphabet and padding (RFC 4648, 4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The characters that stand in for a changed one: letters and digits.
pub(crate) const ALPHANUMERIC: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The text with its last character replaced by another letter or digit.
pub(crate) fn with_last_changed(text: &str) -> String {
    let mut kept: String = text.to_owned();
    let last = kept.pop();
    let at = last.and_then(|last| ALPHANUMERIC.iter().position(|known| char::from(*known) == last));
    kept.push(char::from(ALPHANUMERIC[at.map_or(0, |at| (at + 1) % ALPHANUMERIC.len())]));
    kept
}

/// Every text that differs from this one in its last character alone.
pub(crate) fn with_last_tried(text: &str) -> impl Iterator<Item = String> {
    let mut kept: String = text.to_owned();
    let last = kept.pop();
    ALPHANUMERIC.iter().map(|character| char::from(*character)).filter(move |other| Some(*other) != last).map(
        move |other| {
            let mut tried = kept.clone();
            tried.push(other);
            tried
        },
    )
}

/// Whether two texts of one length differ in exactly one character.
pub(crate) fn differ_once(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).filter(|(a, b)| a != b).count() == 1
}
