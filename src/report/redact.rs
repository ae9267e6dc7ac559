//! Secrets out, places kept.

use std::ops::Range;

use crate::engine::CaseRecord;
use crate::wire::{KnownSecrets, Redactor, printable};

/// Longest text of a finding in characters; a vendor may put anything into a value.
const LONGEST: usize = 400;

/// Notes all that went into the requests of a case.
pub(crate) fn meet(known: &mut KnownSecrets, case: &CaseRecord) {
    let exchanges = case.steps.iter().flat_map(|step| &step.exchanges);
    exchanges.flat_map(|exchange| &exchange.request.secrets).for_each(|secret| known.meet(secret));
}

/// Foreign text as it may be shown: without secrets, harmless, of bounded length.
pub(crate) fn words(redactor: &Redactor, text: &str) -> String {
    clip(&printable(redactor.text(text).as_bytes()))
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}… {} bytes more", &text[..at], grouped(text.len() - at)),
    }
}

/// `3210` as `3,210`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes without secrets, and spans of the original carried over. A span that ends inside a secret grows to hold the
/// whole of what stands in its place.
pub(crate) fn bytes(redactor: &Redactor, original: &[u8], spans: &[Range<usize>]) -> (Vec<u8>, Vec<Range<usize>>) {
    let mut kept = Vec::with_capacity(original.len());
    // Each secret in the original, and its place in what is kept.
    let mut moved: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut at = 0;
    for secret in redactor.find(original) {
        kept.extend_from_slice(&original[at..secret.start]);
        let start = kept.len();
        kept.extend_from_slice(&redactor.bytes(&original[secret.clone()]));
        moved.push((secret.clone(), start..kept.len()));
        at = secret.end;
    }
    kept.extend_from_slice(&original[at..]);
    let carry = |position: usize, end: bool| {
        let before = moved.partition_point(|(secret, _)| secret.start < position);
        match before.checked_sub(1).map(|index| &moved[index]) {
            None => position,
            Some((secret, place)) if position < secret.end => {
                if end {
                    place.end
                } else {
                    place.start
                }
            }
            Some((secret, place)) => place.end + (position - secret.end),
        }
    };
    let spans = spans.iter().map(|span| carry(span.start, false)..carry(span.end, true)).collect();
    (kept, spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Secret;

    #[test]
    fn spans_move_with_the_text_around_secrets() {
        let redactor = Redactor::new(&[Secret::new("canary-1"), Secret::new("canary-22")]);
        let original = b"ab canary-1 cd canary-22 ef";
        let spans = [0..2, 3..11, 5..8, 12..14, 15..27, 25..27];
        let (kept, spans) = bytes(&redactor, original, &spans);
        let text = String::from_utf8(kept).expect("text");
        assert_eq!(text, "ab [redacted] cd [redacted] ef");
        let seen: Vec<&str> = spans.into_iter().map(|span| &text[span]).collect();
        assert_eq!(seen, ["ab", "[redacted]", "[redacted]", "cd", "[redacted] ef", "ef"]);
    }

    #[test]
    fn words_are_bounded_and_harmless() {
        let redactor = Redactor::new(&[Secret::new("canary-1")]);
        assert_eq!(words(&redactor, "a\u{1b}canary-1"), "a␛[redacted]");
        let across_the_cut = format!("{}canary-1", "x".repeat(395));
        assert!(!words(&redactor, &across_the_cut).contains("can"));
        assert_eq!(words(&redactor, &"x".repeat(5_400)), format!("{}… 5,000 bytes more", "x".repeat(400)));
    }
}
