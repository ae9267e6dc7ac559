//! Computes a signature by the rule, or with named deviations from it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE};

use super::doctor::Known;
use crate::sign::digest::{base64, hex, hmac, sha256};
use crate::sign::explain::deviations;
use crate::sign::json::{Blanks, Document, Escapes, Nulls, Numbers, Order, Style};
use crate::sign::koogallery::{other_key, test_key, test_kit_key};

/// What a deviation is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Bytes,
    Key,
    Digest,
}

deviations! {
    /// One way in which a vendor deviates from the recipe.
    Deviation on Axis;
    SecondTestKey: Key = "the key is storeproof's second test key, which no vendor knows";
    KeyAndTimeStamp: Key = "timeStamp follows the key; for Body-Sign the key stands alone";
    OtherInterfaceKey: Key = "the key is the one bound to the other kind of interface (basic interface and kit have a key each)";
    BuiltInKey: Key = "the key is the built-in test key instead of the configured one";
    KeyTrimmed: Key = "the blanks around the configured key are left out";
    KeyWithLineFeed: Key = "a line feed follows the key, as when it is read from a file";
    Trimmed: Bytes = "the body is signed without the blanks and line feeds around it, which are sent";
    LineFeedAdded: Bytes = "the signed body ends in a line feed, which is not sent";
    CrLfAdded: Bytes = "the signed body ends in CR LF, which is not sent";
    Sorted: Bytes = "the signed body has its members sorted; the sent one has not";
    SortedDeep: Bytes = "the signed body has its members sorted on every level; the sent one has not";
    Compact: Bytes = "the signed body is compact and plain; the sent one was written by another serialiser (blanks, escapes)";
    Spaced: Bytes = "the signed body has a blank after each comma and colon; the sent one is compact";
    Indented: Bytes = "the signed body is indented over several lines; the sent one is not";
    PythonDumps: Bytes = "the signed body was written by Python's json.dumps with its defaults, the sent one by something else";
    SortedPythonDumps: Bytes = "the signed body was written by Python's json.dumps with sort_keys, the sent one by something else";
    UnicodeEscaped: Bytes = "characters beyond ASCII are \\uXXXX in the signed body and plain in the sent one";
    PhpEscaped: Bytes = "the signed body was written by PHP's json_encode with its defaults, the sent one by something else";
    GoEscaped: Bytes = "<, > and & are \\uXXXX in the signed body, as Go's encoding/json writes them";
    NullsDropped: Bytes = "members that are null are left out of the signed body and are sent";
    NumbersAsJava: Bytes = "numbers are written anew in the signed body (1.50 becomes 1.5)";
    NumbersAsJavaScript: Bytes = "numbers are written anew in the signed body (1.0 becomes 1)";
    Latin1: Bytes = "the body was signed as Latin-1 text read from UTF-8";
    AsciiOnly: Bytes = "characters beyond ASCII became question marks in the signed body";
    Quoted: Bytes = "the body was signed as a JSON text of its own: quoted and escaped once more";
    Empty: Bytes = "nothing was signed: the body was not yet written";
    Hex: Digest = "the signature is written in hex instead of base64";
    HexUpper: Digest = "the signature is written in upper-case hex instead of base64";
    HexInBase64: Digest = "the signature is base64 of the hex digits instead of the bytes";
    PlainSha256: Digest = "the signature is plain SHA-256 instead of HMAC";
    NoPadding: Digest = "the signature lacks the padding of base64";
    UrlSafe: Digest = "the signature is in base64url instead of base64";
}

/// The signature with these deviations, none of them twice on one axis; `None` where one does not apply.
pub(super) fn compute(
    body: &[u8],
    document: Option<&Document>,
    known: &Known<'_>,
    how: &[Deviation],
) -> Option<String> {
    let mut bytes = body.to_vec();
    let mut key = known.key.expose().to_owned();
    let mut written: fn(&[u8]) -> String = base64;
    let mut digest: fn(&[u8], &[u8]) -> Vec<u8> = hmac;
    for deviation in how {
        match deviation {
            Deviation::SecondTestKey => key = other_key().expose().to_owned(),
            Deviation::KeyAndTimeStamp => key += known.time_stamp?,
            Deviation::OtherInterfaceKey => {
                key = known
                    .other_interface_key
                    .map_or_else(|| test_kit_key().expose().to_owned(), |key| key.expose().to_owned());
            }
            Deviation::BuiltInKey => key = test_key().expose().to_owned(),
            Deviation::KeyTrimmed => key = key.trim().to_owned(),
            Deviation::KeyWithLineFeed => key.push('\n'),
            Deviation::Hex => written = hex,
            Deviation::HexUpper => written = |digest| hex(digest).to_ascii_uppercase(),
            Deviation::HexInBase64 => written = |digest| base64(hex(digest).as_bytes()),
            Deviation::NoPadding => written = |digest| STANDARD_NO_PAD.encode(digest),
            Deviation::UrlSafe => written = |digest| URL_SAFE.encode(digest),
            Deviation::PlainSha256 => digest = |_, bytes| sha256(bytes),
            of_bytes => bytes = other_bytes(*of_bytes, body, document)?,
        }
    }
    Some(written(&digest(key.as_bytes(), &bytes)))
}

pub(super) fn other_bytes(deviation: Deviation, body: &[u8], document: Option<&Document>) -> Option<Vec<u8>> {
    let plain = Style::AS_READ;
    let style = match deviation {
        Deviation::Trimmed => return Some(body.trim_ascii().to_vec()),
        Deviation::LineFeedAdded => return Some([body, b"\n"].concat()),
        Deviation::CrLfAdded => return Some([body, b"\r\n"].concat()),
        Deviation::Empty => return Some(Vec::new()),
        Deviation::Latin1 => return Some(body.iter().copied().map(char::from).collect::<String>().into_bytes()),
        Deviation::AsciiOnly => {
            let text = std::str::from_utf8(body).ok()?;
            return Some(text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect::<String>().into_bytes());
        }
        Deviation::Quoted => {
            let text = std::str::from_utf8(body).ok()?;
            return Some(serde_json::Value::from(text).to_string().into_bytes());
        }
        Deviation::Sorted => Style { order: Order::AscendingTop, ..plain },
        Deviation::SortedDeep => Style { order: Order::AscendingDeep, ..plain },
        Deviation::Compact => plain,
        Deviation::Spaced => Style { blanks: Blanks::Spaced, ..plain },
        Deviation::Indented => Style { blanks: Blanks::Indented, ..plain },
        Deviation::PythonDumps => Style { blanks: Blanks::Spaced, escapes: Escapes::NonAscii, ..plain },
        Deviation::SortedPythonDumps => {
            Style { blanks: Blanks::Spaced, escapes: Escapes::NonAscii, order: Order::AscendingDeep, ..plain }
        }
        Deviation::UnicodeEscaped => Style { escapes: Escapes::NonAscii, ..plain },
        Deviation::PhpEscaped => Style { escapes: Escapes::NonAsciiAndSlash, ..plain },
        Deviation::GoEscaped => Style { escapes: Escapes::HtmlGo, ..plain },
        Deviation::NullsDropped => Style { nulls: Nulls::DroppedDeep, ..plain },
        Deviation::NumbersAsJava => Style { numbers: Numbers::Java, ..plain },
        Deviation::NumbersAsJavaScript => Style { numbers: Numbers::JavaScript, ..plain },
        _ => return None,
    };
    Some(style.write(document?).into_bytes())
}

impl Deviation {
    /// Whether other bytes are signed than those that are sent.
    pub(super) fn is_of_bytes(self) -> bool {
        self.axis() == Axis::Bytes
    }

    /// Whether it is the same JSON in another text, which is told by what differs and not by who writes so.
    pub(super) fn is_rewritten(self) -> bool {
        self.axis() == Axis::Bytes
            && !matches!(
                self,
                Self::Trimmed
                    | Self::LineFeedAdded
                    | Self::CrLfAdded
                    | Self::Latin1
                    | Self::AsciiOnly
                    | Self::Quoted
                    | Self::Empty
            )
    }
}

/// Beyond this many bytes the texts that [`every_text`] makes are not tried.
const MOST_WRITTEN: usize = 64 << 10;

/// The document in every combination of order, blanks and escapes, with and without a line feed at its end.
pub(super) fn every_text(document: &Document, size: usize) -> impl Iterator<Item = Vec<u8>> {
    let orders = [Order::Kept, Order::AscendingTop, Order::AscendingDeep, Order::Descending];
    let blanks = [Blanks::None, Blanks::Spaced, Blanks::Indented];
    let escapes = [
        Escapes::Least,
        Escapes::NonAscii,
        Escapes::NonAsciiUpper,
        Escapes::NonAsciiAndSlash,
        Escapes::Slash,
        Escapes::Html,
        Escapes::HtmlGo,
    ];
    let nulls = [Nulls::Kept, Nulls::DroppedDeep];
    let styles = nulls.into_iter().flat_map(move |nulls| {
        orders.into_iter().flat_map(move |order| {
            blanks.into_iter().flat_map(move |blanks| {
                escapes.into_iter().map(move |escapes| Style { order, nulls, blanks, escapes, ..Style::AS_READ })
            })
        })
    });
    let written = styles.take(if size > MOST_WRITTEN { 0 } else { usize::MAX }).map(|style| style.write(document));
    written.flat_map(|text| [text.clone().into_bytes(), (text + "\n").into_bytes()])
}

pub(super) fn explain(size: usize, fits: impl Fn(&[Deviation]) -> bool) -> Option<Vec<Deviation>> {
    crate::sign::explain::explain(Deviation::ALL, Deviation::axis, size, fits)
}
