//! Computes a signature by the rule, or with named deviations from it.

use crate::sign::Intermediate;
use crate::sign::digest::{base64, hex, hmac, sha256};
use crate::sign::explain::deviations;
use crate::sign::json::{Blanks, Document, Escapes, Order, Style};
use crate::sign::koogallery::{other_key, test_key, test_kit_key};
use crate::sign::query::escape;
use crate::wire::Secret;

/// What a deviation is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Body,
    Layout,
    Key,
    Digest,
}

deviations! {
    /// One way in which a vendor deviates from the recipe, or one of the readings that it leaves open.
    Deviation on Axis;
    SecondTestKey: Key = "the key is storeproof's second test key, which no vendor knows";
    OpenApiSecret: Key = "the key is the secret key (SK) of the open API; the usage push is signed with the access key bound to the basic interface";
    KitKey: Key = "the key is the built-in test key of the kit instead of the one bound to the basic interface";
    BuiltInKey: Key = "the key is the built-in test key instead of the configured one";
    KeyTrimmed: Key = "the blanks around the configured key are left out";
    KeyWithLineFeed: Key = "a line feed follows the key, as when it is read from a file";
    KeyAndTs: Key = "ts follows the key, as in authToken; here the key stands alone";
    SortedTop: Body = "only the members of the body itself are sorted, not those of the records";
    AsReceived: Body = "the body is signed exactly as it stands, and it stands unsorted";
    OrderKept: Body = "the body is written anew in its own order instead of sorted";
    Descending: Body = "the members are sorted descending instead of ascending";
    Spaced: Body = "the body is sorted and written with a blank after each comma and colon";
    PythonDumps: Body = "the body is written unsorted by Python's json.dumps with its defaults, and sent by something else";
    UnicodeEscaped: Body = "characters beyond ASCII are written as \\uXXXX";
    Digest: Body = "the digest of the body is signed instead of the body, as in the store's own calls";
    Escaped: Body = "the body is percent-encoded before it is signed";
    NoBody: Body = "the body is empty";
    NonceFirst: Layout = "nonce stands before ts";
    BodyFirst: Layout = "the three parts are sorted by name: body, nonce, ts";
    Unnamed: Layout = "the three values are joined without their names, as in the store's own calls";
    Hex: Digest = "the signature is written in hex instead of base64";
    HexUpper: Digest = "the signature is written in upper-case hex instead of base64";
    HexInBase64: Digest = "the signature is base64 of the hex digits instead of the bytes";
    PlainSha256: Digest = "the signature is plain SHA-256 instead of HMAC";
}

/// Everything that goes into a signature.
pub(super) struct Parts<'a> {
    key: &'a str,
    body: &'a [u8],
    nonce: &'a str,
    ts: &'a str,
    secret_key: Option<&'a Secret>,
    document: Option<Document>,
}

/// The strings of one signature.
pub(super) struct Computed {
    body: Vec<u8>,
    text: Vec<u8>,
    pub(super) signature: String,
}

impl Computed {
    pub(super) fn steps(&self) -> Vec<Intermediate> {
        vec![
            Intermediate::new("sorted body", String::from_utf8_lossy(&self.body)),
            Intermediate::new("signed text", String::from_utf8_lossy(&self.text)),
            Intermediate::new("signature", &self.signature),
        ]
    }
}

impl<'a> Parts<'a> {
    pub(super) fn new(key: &'a Secret, body: &'a [u8], nonce: &'a str, ts: &'a str) -> Self {
        Self { key: key.expose(), body, nonce, ts, secret_key: None, document: Document::parse(body) }
    }

    /// With the secret key of the open API, which may have been taken for the access key.
    pub(super) fn with_secret_key(self, secret_key: Option<&'a Secret>) -> Self {
        Self { secret_key, ..self }
    }

    /// Whether the body's own members stand in ascending order; true for what is no JSON object.
    pub(super) fn is_sorted(&self) -> bool {
        self.document.as_ref().is_none_or(Style::is_sorted)
    }

    /// The signature with these deviations, none of them twice on one axis.
    pub(super) fn compute(&self, how: &[Deviation]) -> Computed {
        let has = |deviation| how.contains(&deviation);
        let key = self.key(how);
        let body = self.body(&key, how);
        let (ts, nonce) = (self.ts.as_bytes(), self.nonce.as_bytes());
        let text = if has(Deviation::NonceFirst) {
            [b"nonce=", nonce, b"&ts=", ts, b"&body=", &body].concat()
        } else if has(Deviation::BodyFirst) {
            [b"body=", body.as_slice(), b"&nonce=", nonce, b"&ts=", ts].concat()
        } else if has(Deviation::Unnamed) {
            [ts, nonce, &body].concat()
        } else {
            [b"ts=", ts, b"&nonce=", nonce, b"&body=", &body].concat()
        };
        let digest = if has(Deviation::PlainSha256) { sha256(&text) } else { hmac(key.as_bytes(), &text) };
        let signature = if has(Deviation::Hex) {
            hex(&digest)
        } else if has(Deviation::HexUpper) {
            hex(&digest).to_ascii_uppercase()
        } else if has(Deviation::HexInBase64) {
            base64(hex(&digest).as_bytes())
        } else {
            base64(&digest)
        };
        Computed { body, text, signature }
    }

    fn key(&self, how: &[Deviation]) -> String {
        let of = |deviation: &Deviation| match deviation {
            Deviation::SecondTestKey => Some(other_key().expose().to_owned()),
            Deviation::OpenApiSecret => self.secret_key.map(|key| key.expose().to_owned()),
            Deviation::KitKey => Some(test_kit_key().expose().to_owned()),
            Deviation::BuiltInKey => Some(test_key().expose().to_owned()),
            Deviation::KeyTrimmed => Some(self.key.trim().to_owned()),
            Deviation::KeyWithLineFeed => Some(format!("{}\n", self.key)),
            Deviation::KeyAndTs => Some(format!("{}{}", self.key, self.ts)),
            _ => None,
        };
        how.iter().find_map(of).unwrap_or_else(|| self.key.to_owned())
    }

    fn body(&self, key: &str, how: &[Deviation]) -> Vec<u8> {
        let mut style = Style { order: Order::AscendingDeep, ..Style::AS_READ };
        for deviation in how {
            match deviation {
                Deviation::AsReceived => return self.body.to_vec(),
                Deviation::NoBody => return Vec::new(),
                Deviation::SortedTop => style.order = Order::AscendingTop,
                Deviation::OrderKept => style.order = Order::Kept,
                Deviation::Descending => style.order = Order::DescendingDeep,
                Deviation::Spaced => style.blanks = Blanks::Spaced,
                Deviation::PythonDumps => {
                    style = Style { blanks: Blanks::Spaced, escapes: Escapes::NonAscii, ..Style::AS_READ };
                }
                Deviation::UnicodeEscaped => style.escapes = Escapes::NonAscii,
                _ => {}
            }
        }
        let written = self.document.as_ref().map(|document| style.write(document).into_bytes());
        let written = written.unwrap_or_else(|| self.body.to_vec());
        if how.contains(&Deviation::Digest) {
            return hex(&hmac(key.as_bytes(), &written)).into_bytes();
        }
        if how.contains(&Deviation::Escaped) {
            return escape(&String::from_utf8_lossy(&written)).into_bytes();
        }
        written
    }
}

pub(super) fn explain(size: usize, fits: impl Fn(&[Deviation]) -> bool) -> Option<Vec<Deviation>> {
    crate::sign::explain::explain(Deviation::ALL, Deviation::axis, size, fits)
}
