//! Computes a token by the rule, or with named deviations from it.

use super::{EmptyValues, Parameters, Settings, Signed, TIME_STAMP, TOKEN};
use crate::sign::Intermediate;
use crate::sign::digest::{base64, hex, hmac, sha256};
use crate::sign::explain::deviations;
use crate::sign::koogallery::{other_key, test_key, test_kit_key};
use crate::sign::query::{decode_form, escape};
use crate::wire::Secret;

/// What a deviation is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Values,
    Order,
    Empty,
    Choice,
    Join,
    Key,
    Digest,
}

deviations! {
    /// One way in which a signer deviates from the recipe.
    Deviation on Axis;
    SecondTestKey: Key = "the key is storeproof's second test key, which no vendor knows";
    KeyAlone: Key = "the key stands alone, without the timeStamp behind it";
    TimeStampFirst: Key = "the timeStamp stands before the key instead of behind it";
    BuiltInKey: Key = "the key is the built-in test key instead of the configured one";
    KitKey: Key = "the key is the built-in test key of the kit";
    KeyTrimmed: Key = "the blanks around the configured key are left out";
    KeyWithLineFeed: Key = "a line feed follows the key, as when it is read from a file";
    EncodedValues: Values = "the values are signed as they stand in the query, percent-encoded, instead of decoded";
    FormEncodedValues: Values = "the values are signed form-encoded (+ for a blank) instead of decoded";
    DecodedTwice: Values = "the values are decoded twice: + has become a blank";
    Latin1: Values = "the values were read as Latin-1 instead of UTF-8";
    AsciiOnly: Values = "characters beyond ASCII have become question marks";
    Unsorted: Order = "the parameters are signed in the order of the query instead of sorted";
    Descending: Order = "the parameters are sorted descending instead of ascending";
    IgnoringCase: Order = "the parameters are sorted without regard to case";
    EmptyDropped: Empty = "parameters without a value are left out";
    EmptyKept: Empty = "parameters without a value are kept as `name=`";
    TokenIncluded: Choice = "an empty authToken is among the signed parameters";
    TimeStampLeftOut: Choice = "the timeStamp is not among the signed parameters";
    FirstLeftOut: Choice = "the first parameter of the query is not signed";
    LastLeftOut: Choice = "the last parameter of the query is not signed";
    TestFlagLeftOut: Choice = "testFlag is not signed";
    NoJoint: Join = "nothing stands between the parameters instead of &";
    ValuesAlone: Join = "only the values are signed, without the names";
    TrailingAmpersand: Join = "an & stands behind the last parameter";
    Hex: Digest = "the token is written in hex instead of base64";
    HexUpper: Digest = "the token is written in upper-case hex instead of base64";
    HexInBase64: Digest = "the token is base64 of the hex digits instead of the bytes";
    PlainSha256: Digest = "the token is plain SHA-256 instead of HMAC";
}

/// The token with these deviations, none of them twice on one axis.
pub(super) fn compute(key: &str, parameters: &Parameters, settings: &Settings, how: &[Deviation]) -> Signed {
    let text = text(parameters, settings, how);
    let key = key_text(key, parameters, how);
    let digest = hmac(key.as_bytes(), &text);
    let has = |deviation| how.contains(&deviation);
    let token = if has(Deviation::Hex) {
        hex(&digest)
    } else if has(Deviation::HexUpper) {
        hex(&digest).to_ascii_uppercase()
    } else if has(Deviation::HexInBase64) {
        base64(hex(&digest).as_bytes())
    } else if has(Deviation::PlainSha256) {
        base64(&sha256(&[&text, key.as_bytes()].concat()))
    } else {
        base64(&digest)
    };
    let steps = vec![
        Intermediate::new("sorted parameters", String::from_utf8_lossy(&text)),
        Intermediate::new("key", key),
        Intermediate::new("token", &token),
    ];
    Signed { token: Secret::new(token), steps }
}

fn key_text(key: &str, parameters: &Parameters, how: &[Deviation]) -> String {
    let has = |deviation| how.contains(&deviation);
    let time = parameters.iter().find(|(name, _)| name == TIME_STAMP).map_or("", |(_, value)| value);
    if has(Deviation::KeyAlone) {
        return key.to_owned();
    }
    if has(Deviation::TimeStampFirst) {
        return format!("{time}{key}");
    }
    let key = if has(Deviation::SecondTestKey) {
        other_key().expose().to_owned()
    } else if has(Deviation::BuiltInKey) {
        test_key().expose().to_owned()
    } else if has(Deviation::KitKey) {
        test_kit_key().expose().to_owned()
    } else if has(Deviation::KeyTrimmed) {
        key.trim().to_owned()
    } else if has(Deviation::KeyWithLineFeed) {
        format!("{key}\n")
    } else {
        key.to_owned()
    };
    key + time
}

fn text(parameters: &Parameters, settings: &Settings, how: &[Deviation]) -> Vec<u8> {
    let has = |deviation| how.contains(&deviation);
    let mut pairs: Vec<(&str, Vec<u8>)> = Vec::with_capacity(parameters.len());
    let signed = parameters.iter().filter(|(name, _)| name != TOKEN);
    let drop_empty = match settings.empty_values {
        EmptyValues::Kept => has(Deviation::EmptyDropped),
        EmptyValues::Dropped => !has(Deviation::EmptyKept),
    };
    for (name, value) in signed {
        let left_out = (drop_empty && value.trim().is_empty())
            || (name == TIME_STAMP && has(Deviation::TimeStampLeftOut))
            || (name == "testFlag" && has(Deviation::TestFlagLeftOut));
        if !left_out {
            pairs.push((name, written(value, how)));
        }
    }
    if has(Deviation::FirstLeftOut) && !pairs.is_empty() {
        pairs.remove(0);
    }
    if has(Deviation::LastLeftOut) {
        pairs.pop();
    }
    if has(Deviation::TokenIncluded) {
        pairs.push((TOKEN, Vec::new()));
    }
    if has(Deviation::Descending) {
        pairs.sort_by(|a, b| b.0.cmp(a.0));
    } else if has(Deviation::IgnoringCase) {
        pairs.sort_by_key(|(name, _)| name.to_lowercase());
    } else if !has(Deviation::Unsorted) {
        pairs.sort_by(|a, b| a.0.cmp(b.0));
    }
    let joint: &[u8] = if has(Deviation::NoJoint) { b"" } else { b"&" };
    let pieces: Vec<Vec<u8>> = pairs
        .into_iter()
        .map(|(name, value)| match has(Deviation::ValuesAlone) {
            true => value,
            false => [name.as_bytes(), b"=", &value].concat(),
        })
        .collect();
    let mut text = pieces.join(joint);
    if has(Deviation::TrailingAmpersand) {
        text.push(b'&');
    }
    text
}

/// A value as the signer sees it.
fn written(value: &str, how: &[Deviation]) -> Vec<u8> {
    let of = |deviation: &Deviation| match deviation {
        Deviation::EncodedValues => Some(escape(value).into_bytes()),
        Deviation::FormEncodedValues => {
            Some(url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().into_bytes())
        }
        Deviation::DecodedTwice => Some(decode_form(value).into_bytes()),
        Deviation::Latin1 => Some(value.bytes().map(char::from).collect::<String>().into_bytes()),
        Deviation::AsciiOnly => {
            Some(value.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect::<String>().into_bytes())
        }
        _ => None,
    };
    how.iter().find_map(of).unwrap_or_else(|| value.as_bytes().to_vec())
}

pub(super) fn explain(size: usize, fits: impl Fn(&[Deviation]) -> bool) -> Option<Vec<Deviation>> {
    crate::sign::explain::explain(Deviation::ALL, Deviation::axis, size, fits)
}
