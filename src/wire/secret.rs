//! Values that must not be printed, and their removal from everything that is written.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;

/// A value that no log, report or snapshot may show. `Debug` and `Display` hide it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into().into())
    }

    /// The value itself, for signing and sending only.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Every form in which it is searched for: as it is, and what can be derived from it. One secret always has the same
    /// forms in the same order; one that is too short to be searched for has none.
    pub fn forms(&self) -> Vec<Vec<u8>> {
        let value = self.expose();
        let mut forms = forms(value);
        let parts: Vec<&str> = value.split('.').collect();
        if parts.len() == 3 {
            // The first part is the same in every token and says nothing; the other two identify this one.
            forms.extend(parts[1..].iter().flat_map(|part| self::forms(part)));
        }
        forms
    }
}

fn forms(value: &str) -> Vec<Vec<u8>> {
    if value.len() < SHORTEST {
        return Vec::new();
    }
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    let hex: String = value.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    let percent: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let escaped = serde_json::Value::from(value).to_string();
    let encodings = (0..3).flat_map(|before| in_base64(value, before));
    let forms = encodings.chain([
        value.as_bytes().to_vec(),
        // As a whole, so that nothing is left of it where it stands alone.
        base64::engine::general_purpose::STANDARD_NO_PAD.encode(value).into_bytes(),
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value).into_bytes(),
        hex.to_ascii_uppercase().into_bytes(),
        hex.into_bytes(),
        percent.replace('+', "%20").into_bytes(),
        percent.into_bytes(),
        escaped.trim_matches('"').as_bytes().to_vec(),
    ]);
    forms.filter(|form| form.len() >= SHORTEST).collect()
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Replaces secrets, and the forms that can be derived from them, in text and bytes.
///
/// A secret is found as it is, in base64 and base64url (with and without padding, also within the base64 of a longer
/// text), in hex of either case, percent-encoded, JSON-escaped, and, when it is a JWT, by each of its parts. Values shorter than 6 bytes are not
/// searched for: they would blank out ordinary text.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    /// Whose forms are known already: many calls carry the same token.
    known: HashSet<Secret>,
    /// Every form by its first bytes, so that a look-up costs the same however many secrets there are. Longest first
    /// within a list, so that a whole is replaced before its parts.
    forms: HashMap<[u8; SHORTEST], Vec<Vec<u8>>>,
    /// Whether a form may begin with two bytes, by [`slot`]: most places of a text are passed over without a look-up.
    /// Empty as long as there are no forms.
    beginnings: Vec<bool>,
}

/// Slots of [`Redactor::beginnings`].
const SLOTS: usize = 1 << 12;

fn slot(first: u8, second: u8) -> usize {
    (usize::from(first) << 4) ^ usize::from(second)
}

/// What a value looks like in the base64 and base64url of a text in which so many bytes, modulo three, stand before it.
/// Digits that carry bits of its neighbours are left out, unless nothing stands before it.
fn in_base64(value: &str, before: usize) -> [Vec<u8>; 2] {
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    let shifted = [&[0; 2][..before], value.as_bytes()].concat();
    // Six bits a digit: the first digits hold bits of what stands before, the last one those of what stands behind.
    let own = (before * 8).div_ceil(6)..shifted.len() * 8 / 6;
    [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)]
        .map(|text| text.as_bytes()[own.clone()].to_vec())
}

/// What stands in the place of a secret.
const MASK: &str = "[redacted]";

/// Values shorter than this many bytes are not searched for.
const SHORTEST: usize = 6;

impl Redactor {
    /// A redactor of these secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut redactor = Self::default();
        for secret in secrets {
            redactor.add(secret);
        }
        redactor
    }

    /// Adds one secret.
    pub fn add(&mut self, secret: &Secret) {
        if !self.known.insert(secret.clone()) {
            return;
        }
        for form in secret.forms() {
            let Some(first) = form.first_chunk::<SHORTEST>() else { continue };
            self.beginnings.resize(SLOTS, false);
            self.beginnings[slot(first[0], first[1])] = true;
            let list = self.forms.entry(*first).or_default();
            if !list.contains(&form) {
                let at = list.partition_point(|known| known.len() >= form.len());
                list.insert(at, form);
            }
        }
    }

    /// Where secrets stand, in order and without overlap.
    pub fn find(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = 0;
        while !self.forms.is_empty()
            && let Some(first) = bytes[at..].first_chunk::<SHORTEST>()
        {
            let list = if self.beginnings[slot(first[0], first[1])] { self.forms.get(first) } else { None };
            let form = list.and_then(|list| list.iter().find(|form| bytes[at..].starts_with(form.as_slice())));
            match form {
                Some(form) => {
                    found.push(at..at + form.len());
                    at += form.len();
                }
                None => at += 1,
            }
        }
        found
    }

    /// The text without secrets.
    pub fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// The bytes without secrets.
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut kept = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for secret in self.find(bytes) {
            kept.extend_from_slice(&bytes[at..secret.start]);
            kept.extend_from_slice(MASK.as_bytes());
            at = secret.end;
        }
        kept.extend_from_slice(&bytes[at..]);
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_derived_form_is_replaced() {
        let secret = Secret::new("s3cr3t/key+1");
        let redactor = Redactor::new([&secret]);
        let hex: String = secret.expose().bytes().map(|byte| format!("{byte:02X}")).collect();
        let base64 = base64::engine::general_purpose::STANDARD.encode(secret.expose());
        let percent: String = url::form_urlencoded::byte_serialize(secret.expose().as_bytes()).collect();
        for form in [secret.expose().to_owned(), hex, base64, percent] {
            let text = redactor.text(&format!("before {form} after"));
            assert!(text.starts_with("before [redacted]") && text.ends_with(" after"), "{text}");
        }
        assert_eq!(format!("{secret} {secret:?}"), "[secret] [secret]");
    }

    proptest! {
        #[test]
        fn secrets_are_found_wherever_they_stand(secrets in proptest::collection::vec("[!-~]{6,20}", 1..5), around: Vec<u8>) {
            let secrets: Vec<Secret> = secrets.into_iter().map(Secret::new).collect();
            let redactor = Redactor::new(&secrets);
            for secret in &secrets {
                let value = secret.expose().as_bytes();
                let text = [around.as_slice(), value, around.as_slice(), value].concat();
                let kept = redactor.bytes(&text);
                let left = kept.windows(value.len()).filter(|window| *window == value).count();
                prop_assert_eq!(left, 0, "{:?}", String::from_utf8_lossy(&kept));
            }
        }
    }

    /// `Basic` credentials, a logged header line and a cookie are base64 of more than the secret.
    #[test]
    fn a_secret_inside_the_base64_of_a_longer_text_is_replaced() {
        use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
        let secret = Secret::new("s3cr3t/key+1?~");
        let redactor = Redactor::new([&secret]);
        for before in ["", "a", "ab", "abc", "user:"] {
            for behind in ["", "z", "zy", "zyx"] {
                let text = format!("{before}{}{behind}", secret.expose());
                for encoded in [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                    let kept = redactor.text(&encoded);
                    assert!(kept.contains("[redacted]"), "{encoded} became {kept}");
                    // What is left holds the neighbours and at most a few bits of the secret.
                    assert!(kept.len() <= before.len() + behind.len() + 16 + "[redacted]".len(), "{kept}");
                }
            }
        }
    }

    #[test]
    fn parts_of_a_token_are_replaced_and_its_common_header_is_not() {
        let token = Secret::new("eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjF9.c2lnbmF0dXJl");
        let redactor = Redactor::new([&token]);
        assert_eq!(
            redactor.text("claims eyJpYXQiOjF9 in eyJhbGciOiJSUzI1NiJ9"),
            "claims [redacted] in eyJhbGciOiJSUzI1NiJ9"
        );
        assert_eq!(redactor.text(token.expose()), "[redacted]");
    }
}
