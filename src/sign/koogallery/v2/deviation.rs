//! Computes a signature by the rule, or with named deviations from it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;

use super::{HexCase, Scheme, Settings};
use crate::sign::Intermediate;
use crate::sign::digest::{base64, hex, hmac, sha256};
use crate::sign::explain::deviations;
use crate::sign::json::{Blanks, Document, Escapes, Nulls, Numbers, Order};
use crate::sign::koogallery::{other_key, test_key, test_kit_key};
use crate::wire::Secret;

/// What a deviation is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Order,
    Nulls,
    Blanks,
    Escapes,
    Numbers,
    Inner,
    Layout,
    Unit,
    Key,
    Outer,
}

deviations! {
    /// One way in which a signer deviates from the recipe.
    Deviation on Axis;
    SecondTestKey: Key = "the key is storeproof's second test key, which no vendor knows";
    BuiltInKey: Key = "the key is the built-in test key instead of the configured one";
    OtherInterfaceKey: Key = "the key is the one bound to the other kind of interface (basic interface and kit have a key each)";
    KeyTrimmed: Key = "the blanks around the configured key are left out";
    KeyWithLineFeed: Key = "a line feed follows the key, as when it is read from a file";
    AsReceived: Order = "the body is signed exactly as it stands instead of sorted";
    BodyTrimmed: Order = "the body is signed as it stands, without the blanks around it, instead of sorted";
    OrderKept: Order = "the body is written anew in its own order instead of sorted";
    Descending: Order = "the members are sorted descending instead of ascending";
    SortedDeep: Order = "the members of inner objects are sorted too";
    SortedTop: Order = "only the members of the body itself are sorted";
    NoBody: Order = "the payload is empty: the body was not read";
    NullsKept: Nulls = "members that are null are kept in the payload";
    NullsDropped: Nulls = "members of the body that are null are left out of the payload";
    NullsDroppedDeep: Nulls = "members that are null are left out of inner objects too";
    EmptyDropped: Nulls = "members with an empty text are left out of the payload";
    Spaced: Blanks = "a blank follows each comma and colon of the payload";
    Indented: Blanks = "the payload is indented over several lines";
    PythonDumps: Blanks = "the payload is written by Python's json.dumps with its defaults (blanks, characters beyond ASCII as \\uXXXX)";
    UnicodeEscaped: Escapes = "characters beyond ASCII are written as \\uXXXX";
    UnicodeEscapedUpper: Escapes = "characters beyond ASCII are written as \\uXXXX with upper-case digits";
    PhpEscaped: Escapes = "characters beyond ASCII are written as \\uXXXX and / as \\/, as PHP's json_encode does";
    SlashEscaped: Escapes = "/ is written as \\/";
    HtmlEscaped: Escapes = "<, >, &, = and ' are written as \\uXXXX, as Gson does";
    GoEscaped: Escapes = "<, > and & are written as \\uXXXX, as Go's encoding/json does";
    NumbersAsWritten: Numbers = "numbers keep the form they have in the body";
    NumbersAsJavaScript: Numbers = "numbers are written as JavaScript does (1.0 becomes 1)";
    NumbersQuoted: Numbers = "numbers are written as texts";
    InnerSha256: Inner = "the inner digest is plain SHA-256 instead of HMAC";
    InnerUpper: Inner = "the inner digest is written in upper case";
    InnerBase64: Inner = "the inner digest is written in base64 instead of hex";
    OtherCanonical: Inner = "it is signed the way of the other kind of interface: the basic interface hashes the body first, the kit does not";
    TimestampFirst: Layout = "the timestamp stands before the nonce";
    KeyLeftOut: Layout = "the access key is left out of the canonical request";
    KeyLast: Layout = "the access key stands at the end of the canonical request";
    SignedSeconds: Unit = "the signed timestamp is in seconds while the sent one is in milliseconds";
    OuterSha256: Outer = "the signature is plain SHA-256 instead of HMAC";
    Base64: Outer = "the signature is written in base64 instead of hex";
    Base64Url: Outer = "the signature is written in base64url instead of hex";
}

/// Everything that goes into a signature.
pub(super) struct Parts<'a> {
    scheme: Scheme,
    key: &'a str,
    other_interface_key: Option<&'a str>,
    settings: &'a Settings,
    timestamp: &'a str,
    nonce: &'a str,
    body: &'a [u8],
    document: Option<Document>,
}

/// The strings of one signature. The payload is bytes, as a body that is no JSON may be anything.
pub(super) struct Computed {
    payload: Vec<u8>,
    inner: Option<String>,
    canonical: Vec<u8>,
    pub(super) signature: String,
}

impl Computed {
    pub(super) fn steps(&self) -> Vec<Intermediate> {
        let mut steps = vec![Intermediate::new("payload", String::from_utf8_lossy(&self.payload))];
        steps.extend(self.inner.as_ref().map(|inner| Intermediate::new("inner digest", inner)));
        steps.push(Intermediate::new("canonical request", String::from_utf8_lossy(&self.canonical)));
        steps.push(Intermediate::new("signature", &self.signature));
        steps
    }
}

impl<'a> Parts<'a> {
    pub(super) fn new(
        scheme: Scheme,
        key: &'a Secret,
        settings: &'a Settings,
        timestamp: &'a str,
        nonce: &'a str,
        body: &'a [u8],
    ) -> Self {
        let document = Document::parse(body).filter(|document| document.members().is_some());
        Self { scheme, key: key.expose(), other_interface_key: None, settings, timestamp, nonce, body, document }
    }

    pub(super) fn with_other_interface_key(self, key: Option<&'a Secret>) -> Self {
        Self { other_interface_key: key.map(Secret::expose), ..self }
    }

    /// The same with another time, nonce or document, for values that were changed after signing.
    pub(super) fn with_stamp<'b>(&self, timestamp: &'b str, nonce: &'b str) -> Parts<'b>
    where
        'a: 'b,
    {
        Parts { timestamp, nonce, document: self.document.clone(), ..*self }
    }

    pub(super) fn with_document(&self, document: Document) -> Self {
        Parts { document: Some(document), ..*self }
    }

    /// Length of the body.
    pub(super) fn size(&self) -> usize {
        self.body.len()
    }

    pub(super) fn document(&self) -> Option<&Document> {
        self.document.as_ref()
    }

    /// The signature with these deviations, none of them twice on one axis.
    pub(super) fn compute(&self, how: &[Deviation]) -> Computed {
        let has = |deviation| how.contains(&deviation);
        let key = self.key(how);
        let key = key.as_str();
        let payload = self.payload(how);
        let hashed = (self.scheme == Scheme::Query) != has(Deviation::OtherCanonical);
        let inner = hashed.then(|| {
            if has(Deviation::InnerSha256) {
                hex(&sha256(&payload))
            } else if has(Deviation::InnerUpper) {
                hex(&hmac(key.as_bytes(), &payload)).to_ascii_uppercase()
            } else if has(Deviation::InnerBase64) {
                base64(&hmac(key.as_bytes(), &payload))
            } else {
                hex(&hmac(key.as_bytes(), &payload))
            }
        });
        let seconds;
        let timestamp = if has(Deviation::SignedSeconds) {
            seconds = self.timestamp.get(..self.timestamp.len().saturating_sub(3)).unwrap_or_default();
            seconds
        } else {
            self.timestamp
        };
        let rest = inner.as_ref().map_or(payload.as_slice(), |inner| inner.as_bytes());
        let pieces: [&[u8]; 4] = if has(Deviation::TimestampFirst) {
            [key.as_bytes(), timestamp.as_bytes(), self.nonce.as_bytes(), rest]
        } else if has(Deviation::KeyLeftOut) {
            [b"", self.nonce.as_bytes(), timestamp.as_bytes(), rest]
        } else if has(Deviation::KeyLast) {
            [self.nonce.as_bytes(), timestamp.as_bytes(), rest, key.as_bytes()]
        } else {
            [key.as_bytes(), self.nonce.as_bytes(), timestamp.as_bytes(), rest]
        };
        let canonical = pieces.concat();
        let digest = if has(Deviation::OuterSha256) { sha256(&canonical) } else { hmac(key.as_bytes(), &canonical) };
        let signature = if has(Deviation::Base64) {
            base64(&digest)
        } else if has(Deviation::Base64Url) {
            URL_SAFE.encode(&digest)
        } else {
            match self.settings.case {
                HexCase::Upper => hex(&digest).to_ascii_uppercase(),
                HexCase::Lower => hex(&digest),
            }
        };
        Computed { payload, inner, canonical, signature }
    }

    fn key(&self, how: &[Deviation]) -> String {
        let of = |deviation: &Deviation| match deviation {
            Deviation::SecondTestKey => Some(other_key().expose().to_owned()),
            Deviation::BuiltInKey => Some(match self.scheme {
                Scheme::Query => test_key().expose().to_owned(),
                Scheme::Kit => test_kit_key().expose().to_owned(),
            }),
            Deviation::OtherInterfaceKey => Some(match (self.other_interface_key, self.scheme) {
                (Some(key), _) => key.to_owned(),
                (None, Scheme::Query) => test_kit_key().expose().to_owned(),
                (None, Scheme::Kit) => test_key().expose().to_owned(),
            }),
            Deviation::KeyTrimmed => Some(self.key.trim().to_owned()),
            Deviation::KeyWithLineFeed => Some(format!("{}\n", self.key)),
            _ => None,
        };
        how.iter().find_map(of).unwrap_or_else(|| self.key.to_owned())
    }

    fn payload(&self, how: &[Deviation]) -> Vec<u8> {
        let mut style = self.settings.style();
        for deviation in how {
            match deviation {
                Deviation::AsReceived => return self.body.to_vec(),
                Deviation::BodyTrimmed => return self.body.trim_ascii().to_vec(),
                Deviation::NoBody => return Vec::new(),
                Deviation::OrderKept => style.order = Order::Kept,
                Deviation::Descending => style.order = Order::Descending,
                Deviation::SortedDeep => style.order = Order::AscendingDeep,
                Deviation::SortedTop => style.order = Order::AscendingTop,
                Deviation::NullsKept => style.nulls = Nulls::Kept,
                Deviation::NullsDropped => style.nulls = Nulls::DroppedTop,
                Deviation::NullsDroppedDeep => style.nulls = Nulls::DroppedDeep,
                Deviation::EmptyDropped => style.nulls = Nulls::EmptyDroppedToo,
                Deviation::Spaced => style.blanks = Blanks::Spaced,
                Deviation::Indented => style.blanks = Blanks::Indented,
                Deviation::PythonDumps => {
                    style.blanks = Blanks::Spaced;
                    style.escapes = Escapes::NonAscii;
                }
                Deviation::UnicodeEscaped => style.escapes = Escapes::NonAscii,
                Deviation::UnicodeEscapedUpper => style.escapes = Escapes::NonAsciiUpper,
                Deviation::PhpEscaped => style.escapes = Escapes::NonAsciiAndSlash,
                Deviation::SlashEscaped => style.escapes = Escapes::Slash,
                Deviation::HtmlEscaped => style.escapes = Escapes::Html,
                Deviation::GoEscaped => style.escapes = Escapes::HtmlGo,
                Deviation::NumbersAsWritten => style.numbers = Numbers::Written,
                Deviation::NumbersAsJavaScript => style.numbers = Numbers::JavaScript,
                Deviation::NumbersQuoted => style.numbers = Numbers::Quoted,
                _ => {}
            }
        }
        match &self.document {
            Some(document) => style.write(document).into_bytes(),
            None => self.body.to_vec(),
        }
    }
}

pub(super) fn explain(size: usize, fits: impl Fn(&[Deviation]) -> bool) -> Option<Vec<Deviation>> {
    crate::sign::explain::explain(Deviation::ALL, Deviation::axis, size, fits)
}
