//! Request and answer as they were on the wire, with what a finding is about marked in the bytes.

use std::ops::Range;

use maud::{Markup, html};

use super::{Scene, parsed};
use crate::report::excerpt::{self, Mark};
use crate::report::redact;
use crate::verdict::{Breach, Place};
use crate::wire::{Caller, Exchange, Redactor, printable, printable_text};

/// Bytes of a body that the page shows; more is behind a link.
const SHOWN: usize = 48 * 1024;
/// Bytes around a mark that lies beyond them, before and after.
const AROUND: usize = 400;
/// Bytes that are shown as hex digits.
const HEX: usize = 2 * 1024;
/// Marks of one message.
const MOST_MARKS: usize = 50;

/// A message of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// What was asked.
    Request,
    /// What came back.
    Answer,
}

impl Side {
    /// As it stands in an address.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "request" => Some(Self::Request),
            "answer" => Some(Self::Answer),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Answer => "answer",
        }
    }
}

/// Bytes to mark, and the rule beside them.
type Spot<'a> = (Range<usize>, &'a str);

/// One message: as it was on the wire, and read.
pub(super) fn section(scene: &Scene<'_>, side: Side) -> Markup {
    let words = scene.words;
    let exchange = scene.exchange();
    let (key, sender) = match (side, exchange.caller) {
        (Side::Request, Caller::Marketplace) => ("request", words.say("by-store")),
        (Side::Request, Caller::Vendor) => ("request", words.say("by-vendor")),
        (Side::Answer, Caller::Marketplace) => ("answer", words.say("by-vendor")),
        (Side::Answer, Caller::Vendor) => ("answer", words.say("by-store")),
    };
    let title = match side {
        Side::Request => words.say("request"),
        Side::Answer => words.say("answer"),
    };
    html! {
        section aria-labelledby=(key) {
            h2 id=(key) { (title) " " span.muted { (sender) } }
            (wire(scene, side))
            @if side == Side::Answer || !is_unread(scene.exchange()) { (parsed::section(scene, side)) }
        }
    }
}

fn wire(scene: &Scene<'_>, side: Side) -> Markup {
    let words = scene.words;
    let exchange = scene.exchange();
    let marks: Vec<Mark<'_>> = if side == scene.judged() {
        let all = scene.entry.seen.findings.iter().map(|weighed| &weighed.finding).take(MOST_MARKS);
        all.map(|finding| Mark { place: &finding.place, breach: &finding.breach, label: finding.requirement.as_str() })
            .collect()
    } else {
        Vec::new()
    };
    let lost = match (&exchange.answer, side) {
        (Err(loss), Side::Answer) => Some(scene.told(&loss.to_string())),
        _ => None,
    };
    let body = body(exchange, side);
    let unread = side == Side::Request && is_unread(exchange);
    html! {
        @if let Some(lost) = lost {
            p.lost { strong { (words.say("no-whole-answer")) } " " span lang="en" { (lost) } }
            @if !body.is_empty() { p.muted { (words.say("received-so-far")) } }
        }
        @if !(exchange.answer.is_err() && side == Side::Answer && body.is_empty()) {
            pre.wire role="group" tabindex="0" aria-label=(words.say("as-on-wire")) translate="no" {
                code {
                    (head(scene.redactor, exchange, side, &marks))
                    (missing(exchange, side, &marks))
                    @if !body.is_empty() && !unread { "\n" }
                    @if !body.is_empty() { (text(scene, &body, side, &marks)) }
                }
            }
        }
        @if body.len() > SHOWN {
            p { a href={ "/exchanges/" (scene.entry.id) "/" (side.name()) } { (words.say("whole-message")) } }
        }
    }
}

/// The body of a message; of an answer that was lost, what came of it.
pub(super) fn body(exchange: &Exchange, side: Side) -> Vec<u8> {
    match (side, &exchange.answer) {
        (Side::Request, _) if is_unread(exchange) => exchange.raw.sent.clone(),
        (Side::Request, _) => exchange.request.body.clone(),
        (Side::Answer, Ok(response)) => response.body.clone(),
        (Side::Answer, Err(_)) => exchange.raw.received.clone(),
    }
}

/// Whether what came was no request: of a vendor's calls, only then the bytes are kept.
pub(super) fn is_unread(exchange: &Exchange) -> bool {
    exchange.caller == Caller::Vendor && !exchange.raw.sent.is_empty()
}

/// First line and header fields, a line each.
fn lines(exchange: &Exchange, side: Side) -> Vec<Vec<u8>> {
    match (side, &exchange.answer) {
        (Side::Answer, Ok(response)) => excerpt::head(exchange, response),
        (Side::Answer, Err(_)) => Vec::new(),
        (Side::Request, _) if is_unread(exchange) => Vec::new(),
        (Side::Request, _) => {
            let request = &exchange.request;
            let first = format!("{} {} HTTP/1.1", request.method, request.target).into_bytes();
            let fields = request.headers.iter().map(|header| [header.name.as_bytes(), b": ", &header.value].concat());
            std::iter::once(first).chain(fields).collect()
        }
    }
}

fn head(redactor: &Redactor, exchange: &Exchange, side: Side, marks: &[Mark<'_>]) -> Markup {
    let lines = lines(exchange, side);
    html! {
        @for (index, line) in lines.iter().enumerate() {
            (marked(redactor, line, &spots(marks, |mark| in_line(mark, line, index, side)), false)) "\n"
        }
    }
}

/// What of a line of the head a finding is about.
fn in_line(mark: &Mark<'_>, line: &[u8], index: usize, side: Side) -> Option<Range<usize>> {
    let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
    match mark.place {
        Place::Status if index == 0 => {
            let start = line.iter().position(|byte| *byte == b' ').map_or(0, |at| at + 1);
            let length = line[start..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
            // Of a request it is the method that is wrong, or the address.
            let method = side == Side::Request && matches!(mark.breach, Breach::Method { .. });
            Some(if method { 0..start.saturating_sub(1) } else { start..start + length })
        }
        Place::Header(name) if index > 0 && line[..colon].eq_ignore_ascii_case(name.as_bytes()) => {
            let start = colon + line[colon..].iter().take_while(|byte| b": \t".contains(byte)).count();
            Some(if start < line.len() { start..line.len() } else { 0..line.len() })
        }
        _ => None,
    }
}

/// Header fields that a finding misses.
fn missing(exchange: &Exchange, side: Side, marks: &[Mark<'_>]) -> Markup {
    let headers = match (side, &exchange.answer) {
        (Side::Request, _) => &exchange.request.headers,
        (Side::Answer, Ok(response)) => &response.headers,
        (Side::Answer, Err(_)) => return html! {},
    };
    let absent = marks.iter().filter_map(|mark| match mark.place {
        Place::Header(name) if headers.get(name).is_none() => Some((name, mark.label)),
        _ => None,
    });
    html! {
        @for (name, label) in absent { mark.absent data-rule=(label) { (printable(name.as_bytes())) ": ∅" } "\n" }
    }
}

fn spots<'a>(marks: &[Mark<'a>], find: impl Fn(&Mark<'a>) -> Option<Range<usize>>) -> Vec<Spot<'a>> {
    marks.iter().filter_map(|mark| Some((find(mark)?, mark.label))).collect()
}

/// Whether bytes are text that can be read.
fn is_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(4096)];
    let odd = start.utf8_chunks().map(|chunk| chunk.invalid().len()).sum::<usize>();
    !start.contains(&0) && odd * 10 <= start.len()
}

fn text(scene: &Scene<'_>, body: &[u8], side: Side, marks: &[Mark<'_>]) -> Markup {
    let redactor = scene.redactor;
    if !is_text(body) {
        return html! { (hex(&redactor.bytes(&body[..body.len().min(HEX)]))) (gap(scene, body.len().saturating_sub(HEX))) };
    }
    let lost = side == Side::Answer && scene.exchange().answer.is_err();
    let spots = if lost { Vec::new() } else { spots(marks, |mark| excerpt::in_body(mark, body)) };
    let mut windows: Vec<Range<usize>> = std::iter::once(0..boundary(body, SHOWN)).collect();
    let mut beyond: Vec<&Range<usize>> = spots.iter().map(|(span, _)| span).filter(|span| span.end > SHOWN).collect();
    beyond.sort_by_key(|span| span.start);
    for span in beyond {
        let window = boundary(body, span.start.saturating_sub(AROUND))
            ..boundary(body, span.end.min(span.start + SHOWN).saturating_add(AROUND));
        match windows.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => windows.push(window),
        }
    }
    let mut shown = Vec::new();
    let mut at = 0;
    for window in windows {
        let inside =
            spots.iter().filter(|(span, _)| span.start < window.end && window.start < span.end.max(span.start + 1));
        let here: Vec<Spot<'_>> = inside
            .map(|(span, label)| {
                let (start, end) = (span.start.max(window.start), span.end.min(window.end));
                (start - window.start..end - window.start, *label)
            })
            .collect();
        shown.push(html! { (gap(scene, window.start - at)) (marked(redactor, &body[window.clone()], &here, true)) });
        at = window.end;
    }
    html! { @for piece in shown { (piece) } (gap(scene, body.len() - at)) }
}

fn gap(scene: &Scene<'_>, bytes: usize) -> Markup {
    html! { @if bytes > 0 { span.gap { "\n… " (scene.words.tell("bytes-more", &[("count", redact::grouped(bytes).into())])) "\n" } } }
}

/// The beginning of the character that `at` is in.
fn boundary(bytes: &[u8], at: usize) -> usize {
    let at = at.min(bytes.len());
    (at.saturating_sub(3)..=at).rev().find(|at| bytes.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80)).unwrap_or(at)
}

/// Bytes as text, secrets out, the spots marked.
fn marked(redactor: &Redactor, original: &[u8], spots: &[Spot<'_>], lines: bool) -> Markup {
    let spans: Vec<Range<usize>> = spots.iter().map(|(span, _)| boundary(original, span.start)..span.end).collect();
    let (bytes, spans) = redact::bytes(redactor, original, &spans);
    let shown = |bytes: &[u8]| {
        if !lines {
            return printable(bytes);
        }
        // The ends of lines, as browsers and most servers write them, are no treachery.
        printable_text(&String::from_utf8_lossy(bytes).replace("\r\n", "\n").into_bytes())
    };
    let shown = |bytes: &[u8]| if std::str::from_utf8(bytes).is_ok() { shown(bytes) } else { printable_text(bytes) };
    let mut marks: Vec<(Range<usize>, String)> = Vec::new();
    let mut sorted: Vec<(Range<usize>, &str)> =
        spans.into_iter().zip(spots).map(|(span, (_, label))| (span, *label)).collect();
    sorted.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    for (span, label) in sorted {
        match marks.last_mut() {
            // One within another is part of it.
            Some((known, labels)) if span.start < known.end => {
                known.end = known.end.max(span.end);
                if !labels.split(", ").any(|known| known == label) {
                    *labels += &format!(", {label}");
                }
            }
            _ => marks.push((span, label.to_owned())),
        }
    }
    let mut at = 0;
    let mut pieces = Vec::new();
    for (span, labels) in marks {
        let (start, end) = (span.start.min(bytes.len()), span.end.min(bytes.len()));
        pieces.push(html! { (shown(&bytes[at..start])) mark data-rule=(labels) { (shown(&bytes[start..end])) } });
        at = end;
    }
    html! { @for piece in pieces { (piece) } (shown(&bytes[at..])) }
}

/// Bytes that are no text: offset, sixteen bytes, and what of them can be read.
fn hex(bytes: &[u8]) -> String {
    let line = |(index, chunk): (usize, &[u8])| {
        let digits: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
        let readable = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '·' };
        let readable: String = chunk.iter().map(readable).collect();
        format!("{:08x}  {:<47}  {readable}\n", index * 16, digits.join(" "))
    };
    bytes.chunks(16).enumerate().map(line).collect()
}

/// A whole message as text, secrets out, harmless.
pub(super) fn whole(exchange: &Exchange, side: Side, redactor: &Redactor) -> String {
    let mut text = String::new();
    for line in lines(exchange, side) {
        text += &printable(&redactor.bytes(&line));
        text.push('\n');
    }
    text.push('\n');
    text + &printable_text(&redactor.bytes(&body(exchange, side)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Secret;

    fn markup(text: &[u8], spots: &[Spot<'_>]) -> String {
        let redactor = Redactor::new(&[Secret::new("canary-1")]);
        marked(&redactor, text, spots, true).into_string()
    }

    #[test]
    fn spots_are_marked_and_those_that_overlap_are_one() {
        assert_eq!(markup(b"abcdef", &[(1..3, "A"), (2..4, "B")]), r#"a<mark data-rule="A, B">bcd</mark>ef"#);
        assert_eq!(
            markup(b"ab", &[(0..1, "A"), (1..2, "B")]),
            r#"<mark data-rule="A">a</mark><mark data-rule="B">b</mark>"#
        );
        assert_eq!(markup(b"x canary-1 y", &[(4..6, "A")]), r#"x <mark data-rule="A">[redacted]</mark> y"#);
    }

    #[test]
    fn what_is_no_text_is_harmless() {
        assert_eq!(markup(b"<b>\xff\x1b\r\n</b>", &[]), "&lt;b&gt;\\xff␛␍\n&lt;/b&gt;");
        assert!(!is_text(b"\x89PNG\0\0") && is_text("홍길동".as_bytes()) && is_text(b""));
        assert_eq!(hex(b"\x00A<"), format!("00000000  {:<47}  ·A<\n", "00 41 3c"));
    }
}
