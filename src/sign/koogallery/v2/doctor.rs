//! Says what reproduces a signature that does not verify.

use std::fmt;

use jiff::Timestamp;

use super::deviation::{Deviation, Parts, explain};
use super::forge::{ADDED_MEMBER, REPLAYED_NONCE};
use super::mistake::Mistake;
use super::{Received, Refusal, Settings, Window, verify};
use crate::sign::Intermediate;
use crate::sign::digest::{differ_once, with_last_tried};
use crate::sign::json::Document;
use crate::wire::Secret;

/// One explanation of a call that does not verify.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It is refused for this reason, which needs no further explanation.
    Refused(Refusal),
    /// The time is right if the timestamp is read as seconds.
    TimestampInSeconds,
    /// The nonce was used before.
    ReplayedNonce,
    /// It matches with these deviations from the recipe; rarely more than one.
    Deviates(Vec<Deviation>),
    /// Blanks or quotation marks stand around the signature.
    Wrapped,
    /// Only the beginning of the right signature is there.
    Truncated {
        /// How many of its characters.
        length: usize,
    },
    /// One character of the signature is wrong.
    ChangedSignature,
    /// It matches the body without a change to this member.
    ChangedBody {
        /// The member.
        member: String,
    },
    /// It matches a timestamp one millisecond off.
    ChangedTimestamp,
    /// It matches a nonce with another last character.
    ChangedNonce,
}

impl Diagnosis {
    /// The mistake that makes such a call, where it is one of the recipe's.
    pub fn mistake(&self) -> Option<Mistake> {
        Some(match self {
            Self::Refused(Refusal::MissingSignature) => Mistake::MissingSignature,
            Self::Refused(Refusal::EmptySignature) => Mistake::EmptySignature,
            Self::Refused(Refusal::MissingTimestamp) => Mistake::MissingTimestamp,
            Self::Refused(Refusal::MissingNonce) => Mistake::MissingNonce,
            Self::Refused(Refusal::TimestampForm) => Mistake::NonNumericTimestamp,
            Self::Refused(Refusal::Stale { age: ..70_000 }) => Mistake::Stale61s,
            Self::Refused(Refusal::Stale { age: ..3_600_000 }) => Mistake::Stale70s,
            Self::Refused(Refusal::Stale { .. }) => Mistake::Stale1h,
            Self::Refused(Refusal::FromTheFuture { .. }) => Mistake::Future,
            Self::TimestampInSeconds => Mistake::TimestampInSeconds,
            Self::ReplayedNonce => Mistake::ReplayedNonce,
            Self::Truncated { .. } => Mistake::TruncatedSignature,
            Self::ChangedSignature => Mistake::ChangedSignature,
            Self::ChangedBody { .. } => Mistake::ChangedBody,
            Self::ChangedTimestamp => Mistake::ChangedTimestamp,
            Self::ChangedNonce => Mistake::ChangedNonce,
            Self::Deviates(set) => match set.as_slice() {
                [Deviation::SecondTestKey] => Mistake::WrongKey,
                [Deviation::OtherInterfaceKey] => Mistake::OtherInterfaceKey,
                [Deviation::InnerSha256] => Mistake::PlainInner,
                [Deviation::InnerUpper] => Mistake::UpperCaseInner,
                [Deviation::OtherCanonical] => Mistake::OtherCanonical,
                [Deviation::Descending] => Mistake::DescendingSort,
                [Deviation::Spaced] => Mistake::BlanksSigned,
                [Deviation::AsReceived] => Mistake::UnsortedSigned,
                [Deviation::Base64] => Mistake::Base64,
                _ => return None,
            },
            _ => return None,
        })
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::TimestampInSeconds => f.write_str("the timestamp is in seconds; it must be in milliseconds"),
            Self::ReplayedNonce => f.write_str("the nonce was used before"),
            Self::Deviates(set) => crate::sign::explain::sentence(f, set),
            Self::Wrapped => f.write_str("it matches without the blanks or quotation marks around the signature"),
            Self::Truncated { length } => {
                write!(f, "only the first {length} characters of the right signature are there")
            }
            Self::ChangedSignature => f.write_str("one character of the signature is wrong, the others are right"),
            Self::ChangedBody { member } if member == ADDED_MEMBER => {
                write!(f, "the body was changed after signing: it matches without the member {member}")
            }
            Self::ChangedBody { member } => {
                write!(f, "the body was changed after signing: it matches with another last character of {member}")
            }
            Self::ChangedTimestamp => {
                f.write_str("the timestamp was changed after signing: it matches one that is a millisecond off")
            }
            Self::ChangedNonce => {
                f.write_str("the nonce was changed after signing: it matches one with another last character")
            }
        }
    }
}

/// What is known on the side that received the call.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The key bound to the interface.
    pub key: &'a Secret,
    /// The key bound to the other kind of interface, where there is one.
    pub other_interface_key: Option<&'a Secret>,
    /// Nonces of earlier calls.
    pub used_nonces: &'a [String],
    /// How the store is set to write.
    pub settings: Settings,
    /// The time of receiving.
    pub now: Timestamp,
    /// For how long calls are good.
    pub window: Window,
}

/// Explains why a call is refused, most telling explanation first; empty when it is accepted or nothing explains it
/// beyond [`Refusal::Signature`].
pub fn diagnose(received: &Received<'_>, known: &Known<'_>) -> Vec<Diagnosis> {
    let refusal = match verify(received, known.key, &known.settings, known.now, &known.window) {
        Ok(stamp) => {
            let replayed = stamp.nonce == REPLAYED_NONCE || known.used_nonces.contains(&stamp.nonce);
            return if replayed { vec![Diagnosis::ReplayedNonce] } else { Vec::new() };
        }
        Err(refusal) => refusal,
    };
    match refusal {
        Refusal::Signature => {
            let found = signature(received, known);
            if found.is_empty() { vec![Diagnosis::Refused(refusal)] } else { found }
        }
        Refusal::Stale { .. } if in_seconds(received, known.now) => vec![Diagnosis::TimestampInSeconds],
        other => vec![Diagnosis::Refused(other)],
    }
}

/// The strings on the way to the signature of what was received, with these deviations from the recipe.
pub fn steps(received: &Received<'_>, known: &Known<'_>, how: &[Deviation]) -> Vec<Intermediate> {
    let text = |value: &'_ Option<std::borrow::Cow<'_, str>>| value.as_deref().unwrap_or_default().to_owned();
    let (timestamp, nonce) = (text(&received.timestamp), text(&received.nonce));
    Parts::new(received.scheme, known.key, &known.settings, &timestamp, &nonce, received.body)
        .with_other_interface_key(known.other_interface_key)
        .compute(how)
        .steps()
}

/// Whether the timestamp as seconds lies within a day of now.
fn in_seconds(received: &Received<'_>, now: Timestamp) -> bool {
    let seconds: Option<i64> = received.timestamp.as_deref().and_then(|timestamp| timestamp.parse().ok());
    seconds.is_some_and(|seconds| now.as_second().saturating_sub(seconds).saturating_abs() < 86_400)
}

/// Larger bodies are not searched for changed members.
const MOST_SEARCHED: usize = 16 << 10;

fn signature(received: &Received<'_>, known: &Known<'_>) -> Vec<Diagnosis> {
    let text = |value: &'_ Option<std::borrow::Cow<'_, str>>| value.as_deref().unwrap_or_default().to_owned();
    let (signature, timestamp, nonce) = (text(&received.signature), text(&received.timestamp), text(&received.nonce));
    let parts = Parts::new(received.scheme, known.key, &known.settings, &timestamp, &nonce, received.body)
        .with_other_interface_key(known.other_interface_key);
    let equals = |computed: String| {
        let is_hex = computed.len() == 64;
        if is_hex { computed.eq_ignore_ascii_case(&signature) } else { computed == signature }
    };
    let fits = |parts: &Parts<'_>| equals(parts.compute(&[]).signature);

    let right = parts.compute(&[]).signature;
    let stripped = signature.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    if stripped.eq_ignore_ascii_case(&right) {
        return vec![Diagnosis::Wrapped];
    }
    let beginning = right.get(..signature.len()).is_some_and(|start| start.eq_ignore_ascii_case(&signature));
    if signature.len() >= 8 && beginning {
        return vec![Diagnosis::Truncated { length: signature.len() }];
    }
    if differ_once(&right.to_ascii_lowercase(), &signature.to_ascii_lowercase()) {
        return vec![Diagnosis::ChangedSignature];
    }
    if let Some(set) = explain(received.body.len(), |set| equals(parts.compute(set).signature)) {
        return vec![Diagnosis::Deviates(set)];
    }
    if let Some(member) = changed_member(&parts, fits) {
        return vec![Diagnosis::ChangedBody { member }];
    }
    let neighbours =
        timestamp.parse::<i64>().into_iter().flat_map(|sent| [sent.saturating_add(1), sent.saturating_sub(1)]);
    if neighbours.map(|other| other.to_string()).any(|other| fits(&parts.with_stamp(&other, &nonce))) {
        return vec![Diagnosis::ChangedTimestamp];
    }
    if with_last_tried(&nonce).any(|other| fits(&parts.with_stamp(&timestamp, &other))) {
        return vec![Diagnosis::ChangedNonce];
    }
    Vec::new()
}

/// The member without whose change the signature fits: another last character of an id, or the member that
/// [`Mistake::ChangedBody`] adds.
fn changed_member(parts: &Parts<'_>, fits: impl Fn(&Parts<'_>) -> bool) -> Option<String> {
    let members = parts.document()?.members()?;
    let without: Vec<_> = members.iter().filter(|(name, _)| name != ADDED_MEMBER).cloned().collect();
    if without.len() < members.len() && fits(&parts.with_document(Document::Object(without))) {
        return Some(ADDED_MEMBER.to_owned());
    }
    if parts.size() > MOST_SEARCHED {
        return None;
    }
    let ids = members.iter().enumerate().filter(|(_, (name, _))| name.ends_with("Id")).take(8);
    let mut ids = ids.filter_map(|(at, (name, value))| match value {
        Document::Text(text) => Some((at, name, text)),
        _ => None,
    });
    let found = ids.find(|(at, _, text)| {
        with_last_tried(text).any(|other| {
            let mut tried = members.to_vec();
            tried[*at].1 = Document::Text(other);
            fits(&parts.with_document(Document::Object(tried)))
        })
    });
    found.map(|(_, name, _)| name.clone())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::{Delivery, Scheme, forge, sign, signed, testing};
    use super::*;
    use crate::sign::mistake::Treatment;

    fn known<'a>(key: &'a Secret, kit: &'a Secret) -> Known<'a> {
        Known {
            key,
            other_interface_key: Some(kit),
            used_nonces: &[],
            settings: Settings::default(),
            now: testing::now(),
            window: Window::default(),
        }
    }

    #[rstest]
    fn every_forged_call_is_explained(#[values(Scheme::Query, Scheme::Kit)] scheme: Scheme) {
        let (key, kit) = (Secret::new("kg-demo-key-01"), Secret::new("kg-kit-key-02"));
        for mistake in Mistake::ALL {
            let delivery = Delivery { scheme, other_interface_key: Some(&kit), ..testing::delivery(&key) };
            let forged = forge(*mistake, &delivery);
            let found = diagnose(&Received::of(&forged), &known(&key, &kit));
            let inner = matches!(mistake, Mistake::PlainInner | Mistake::UpperCaseInner);
            if matches!(mistake.treatment(), Treatment::MustAccept | Treatment::AdviseAccept)
                || (scheme == Scheme::Kit && inner)
            {
                assert_eq!(found, [], "{mistake}");
                continue;
            }
            assert_eq!(found.first().and_then(Diagnosis::mistake), Some(*mistake), "{mistake}: {found:?}");
        }
    }

    #[test]
    fn every_deviation_is_found_again() {
        let key = Secret::new(" kg-demo-key-01 ");
        let kit = Secret::new("kg-kit-key-02");
        let body = r#" {"z":1.50,"n":null,"e":"","a":"中</","o":{"y":null,"x":"=<"},"i":1.0}"#.as_bytes();
        for deviation in Deviation::ALL {
            if matches!(deviation, Deviation::SortedTop | Deviation::NullsDropped) {
                continue; // These are the rule itself.
            }
            let delivery = Delivery { body, other_interface_key: Some(&kit), ..testing::delivery(&key) };
            let sent = signed(&delivery, "1700000000123".to_owned(), delivery.nonce, body, &[*deviation]);
            let found = diagnose(&Received::of(&sent), &known(&key, &kit));
            assert!(found.contains(&Diagnosis::Deviates(vec![*deviation])), "{deviation:?}: {found:?}");
            assert_eq!(found.len(), 1, "{deviation:?}: {found:?}");
        }
    }

    #[test]
    fn two_deviations_at_once_are_found() {
        let (key, kit) = (Secret::new("kg-demo-key-01\n"), Secret::new("kg-kit-key-02"));
        let delivery = testing::delivery(&key);
        let how = [Deviation::KeyTrimmed, Deviation::PythonDumps];
        let sent = signed(&delivery, "1700000000123".to_owned(), delivery.nonce, delivery.body, &how);
        assert_eq!(diagnose(&Received::of(&sent), &known(&key, &kit)), [Diagnosis::Deviates(how.to_vec())]);
    }

    #[test]
    fn a_nonce_is_a_replay_only_where_it_was_seen() {
        let (key, kit) = (Secret::new("kg-demo-key-01"), Secret::new("kg-kit-key-02"));
        let sent = sign(&testing::delivery(&key));
        let used = [testing::delivery(&key).nonce.to_owned()];
        assert_eq!(diagnose(&Received::of(&sent), &known(&key, &kit)), []);
        let seen = Known { used_nonces: &used, ..known(&key, &kit) };
        assert_eq!(diagnose(&Received::of(&sent), &seen), [Diagnosis::ReplayedNonce]);
    }

    #[test]
    fn what_nothing_explains_is_refused_and_no_more() {
        let (key, kit) = (Secret::new("kg-demo-key-01"), Secret::new("kg-kit-key-02"));
        let sent = sign(&Delivery { key: &Secret::new("unknown"), ..testing::delivery(&key) });
        let found = diagnose(&Received::of(&sent), &known(&key, &kit));
        assert_eq!(found, [Diagnosis::Refused(Refusal::Signature)]);
    }

    #[test]
    fn explanations_read_as_sentences() {
        let two = Diagnosis::Deviates(vec![Deviation::KeyTrimmed, Deviation::Descending]);
        assert_eq!(
            two.to_string(),
            "it matches if the blanks around the configured key are left out, and if the members are sorted descending instead of ascending"
        );
    }
}
