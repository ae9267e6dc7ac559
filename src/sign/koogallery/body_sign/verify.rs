//! Checks an answer as the store does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::parse::{BodySign, Malformed, parse};
use super::{HEADER, SIGN_TYPE};
use crate::sign::digest::hmac;
use crate::wire::{Headers, Secret};

/// Why the signature of an answer is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such header.
    #[error("the header {HEADER} is missing")]
    Missing,
    /// The header is there more than once.
    #[error("the header {HEADER} stands there {count} times")]
    Repeated {
        /// How often.
        count: usize,
    },
    /// The header is spelled in another case.
    #[error("the header is spelled {found}; the store looks for {HEADER} with exactly this case")]
    Name {
        /// As it was sent.
        found: String,
    },
    /// The value has not the documented form.
    #[error("the value of {HEADER} has not the form sign_type=\"{SIGN_TYPE}\", signature=\"…\": {0}")]
    Malformed(Malformed),
    /// Another kind of signature.
    #[error("sign_type is {found:?} instead of {SIGN_TYPE:?}")]
    SignType {
        /// What it says.
        found: String,
    },
    /// The signature is not base64 of 32 bytes.
    #[error("the signature is not base64 of the 32 bytes of an HMAC-SHA256")]
    NotBase64,
    /// The signature is for other bytes or by another key.
    #[error("the signature does not fit the bytes of the body and the key")]
    Signature,
}

/// Checks the header of an answer over its exact body, and returns everything that is wrong; nothing for a good one.
///
/// Header names arrive in lower case where the answer came over HTTP/2 or through a library; `headers` must have them
/// as they stood on the wire.
pub fn verify(headers: &Headers, body: &[u8], key: &Secret) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let Some((read, mut wrong)) = read(headers) else { return vec![Refusal::Missing] };
    let count = headers.all(HEADER).count();
    if count > 1 {
        refusals.push(Refusal::Repeated { count });
    }
    refusals.append(&mut wrong);
    let Some(read) = read else { return refusals };
    if !read.sign_type.is_empty() && read.sign_type != SIGN_TYPE {
        refusals.push(Refusal::SignType { found: read.sign_type });
    }
    match STANDARD.decode(&read.signature) {
        Ok(signature) if signature.len() == 32 => {
            if signature != hmac(key.expose().as_bytes(), body) {
                refusals.push(Refusal::Signature);
            }
        }
        _ => refusals.push(Refusal::NotBase64),
    }
    refusals
}

/// The first header of the name, in any case, as far as it can be read; `None` without one.
pub(super) fn read(headers: &Headers) -> Option<(Option<BodySign>, Vec<Refusal>)> {
    let header = headers.get(HEADER)?;
    let mut refusals = Vec::new();
    if header.name != HEADER {
        refusals.push(Refusal::Name { found: header.name.clone() });
    }
    let (read, wrong) = parse(&header.text());
    refusals.extend(wrong.into_iter().map(Refusal::Malformed));
    Some((read, refusals))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sign;
    use super::*;

    #[test]
    fn several_things_can_be_wrong_at_once() {
        let key = Secret::new("k");
        let signature = STANDARD.encode(hmac(b"k", b"{}"));
        let headers = Headers::from_iter([("body-sign", format!("sign_type=\"HmacSHA256\", signature={signature}"))]);
        assert_eq!(
            verify(&headers, b"{} ", &key),
            [
                Refusal::Name { found: "body-sign".to_owned() },
                Refusal::Malformed(Malformed::NoQuotes { part: "signature" }),
                Refusal::SignType { found: "HmacSHA256".to_owned() },
                Refusal::Signature,
            ]
        );
    }

    proptest! {
        #[test]
        fn what_was_signed_verifies(body: Vec<u8>, key in "\\PC{0,30}") {
            let key = Secret::new(key);
            let headers = Headers::from_iter([(HEADER, sign(&key, &body).value.expose().to_owned())]);
            prop_assert_eq!(verify(&headers, &body, &key), Vec::new());
            let more = [body.as_slice(), b"\n"].concat();
            prop_assert_eq!(verify(&headers, &more, &key), vec![Refusal::Signature]);
        }

        #[test]
        fn no_header_panics(value: Vec<u8>, body: Vec<u8>) {
            let headers = Headers::from_iter([(HEADER, value)]);
            prop_assert!(!verify(&headers, &body, &Secret::new("k")).is_empty());
        }
    }
}
