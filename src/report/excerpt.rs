//! An exchange as it was on the wire, with the offending bytes marked.

mod request;

use std::collections::BTreeSet;
use std::ops::Range;

use console::measure_text_width;

use crate::verdict::{Breach, Place};
use crate::wire::{Caller, Exchange, Headers, Loss, NotJson, Redactor, Response, printable};

pub(crate) use request::request;

use super::locate::locate;
use super::redact::{self, grouped};

/// Lines of a body that are shown around each marked one, before and after.
const AROUND: usize = 2;
/// Lines of a body, or of bytes that are no whole answer, that are shown where none is marked.
const UNMARKED: usize = 8;
/// Marked lines that are shown; further ones are counted with the rest.
const MOST_MARKED: usize = 6;
/// Header fields that are shown.
const MOST_FIELDS: usize = 40;
/// Bytes of a line that are shown before a mark that would not fit.
const LEAD: usize = 40;
/// A container longer than this is marked at its first byte only.
const LONGEST_MARK: usize = 80;
/// A line of so many bytes is shown whole, in several lines of ours.
const WHOLE: usize = 600;
/// An entry of a list is shown whole up to so many bytes.
const LONGEST_ENTRY: usize = 1_500;
/// Entries of a list that are shown whole; what is marked in further ones is counted with the rest.
const MOST_ENTRIES: usize = 2;

/// What is to be marked, and with which word.
#[derive(Clone, Copy)]
pub(crate) struct Mark<'a> {
    pub(crate) place: &'a Place,
    pub(crate) breach: &'a Breach,
    /// The requirement's name, shown beside the mark.
    pub(crate) label: &'a str,
}

/// One line of an excerpt, safe to print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// Columns that are marked, and the words beside the marks.
    pub(crate) carets: Vec<(Range<usize>, String)>,
    /// Whether the line is marked in the margin.
    pub(crate) marked: bool,
}

impl Line {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A line of ours that says what is not there.
    fn remark(text: String) -> Self {
        Self { text, carets: Vec::new(), marked: true }
    }
}

/// Bytes that are marked within one piece of text.
type Spot<'a> = (Range<usize>, &'a str);

/// What came back, as it was on the wire.
pub(crate) fn answer(exchange: &Exchange, marks: &[Mark<'_>], redactor: &Redactor, width: usize) -> Vec<Line> {
    // Of the marketplace's own answer nothing but its status says anything about the vendor.
    let of_vendor = exchange.caller == Caller::Vendor;
    let marks: Vec<Mark<'_>> =
        marks.iter().copied().filter(|mark| !of_vendor || matches!(mark.place, Place::Status)).collect();
    let marks = marks.as_slice();
    match &exchange.answer {
        Ok(response) => whole(exchange, response, marks, redactor, width),
        Err(loss) => lost(exchange, loss, marks, redactor, width),
    }
}

fn whole(exchange: &Exchange, response: &Response, marks: &[Mark<'_>], redactor: &Redactor, width: usize) -> Vec<Line> {
    let mut head = head(exchange, response).into_iter();
    let mut lines = Vec::new();
    if let Some(status) = head.next() {
        let code = status.iter().position(|byte| *byte == b' ').map_or(0, |at| at + 1);
        let end = code + status[code..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
        let spots = spots(marks, |mark| (*mark.place == Place::Status).then_some(code..end));
        lines.extend(piece(redactor, &status, &spots, width));
    }
    for (index, raw) in head.enumerate() {
        if index == MOST_FIELDS {
            lines.push(Line::plain("… more header fields"));
            break;
        }
        let spots = field_spots(&raw, marks);
        lines.extend(piece(redactor, &raw, &spots, width));
    }
    lines.extend(missing_fields(&response.headers, marks));
    if response.body.is_empty() {
        if marks.iter().any(|mark| matches!(mark.place, Place::Body(_))) {
            lines.push(Line::default());
            lines.push(Line::remark("(the body is empty)".to_owned()));
        }
        return lines;
    }
    let spots = spots(marks, |mark| in_body(mark, &response.body));
    let mut entries: Vec<Range<usize>> = Vec::new();
    for mark in marks {
        if let Some(entry) = entry(mark, &response.body).filter(|_| entries.len() < MOST_ENTRIES)
            && !entries.contains(&entry)
        {
            entries.push(entry);
        }
    }
    lines.push(Line::default());
    lines.extend(text(redactor, &response.body, &spots, &entries, width));
    lines
}

fn lost(exchange: &Exchange, loss: &Loss, marks: &[Mark<'_>], redactor: &Redactor, width: usize) -> Vec<Line> {
    let mut lines = vec![Line::remark(redact::words(redactor, &format!("(no whole answer: {loss})")))];
    let raw = &exchange.raw;
    if raw.received.is_empty() {
        return lines;
    }
    let label = marks.first().map_or("", |mark| mark.label);
    let spots: Vec<Spot<'_>> = match loss {
        Loss::Malformed { at: Some(at), .. } if *at < raw.received.len() => vec![(*at..at + 1, label)],
        _ => Vec::new(),
    };
    let total = usize::try_from(raw.received_total).unwrap_or(usize::MAX).max(raw.received.len());
    lines.push(Line::plain(format!("(received: {} bytes)", grouped(total))));
    lines.extend(text(redactor, &raw.received, &spots, &[], width));
    while lines.last().is_some_and(|line| line.text.is_empty()) {
        lines.pop();
    }
    lines
}

/// The status line and the header fields as lines: the bytes of the wire where they were kept and are those of this
/// answer (not of an interim one), else the parsed fields, which keep spelling and order.
pub(crate) fn head(exchange: &Exchange, response: &Response) -> Vec<Vec<u8>> {
    let received = &exchange.raw.received;
    let end = received.windows(4).position(|window| window == b"\r\n\r\n");
    let status = format!(" {}", response.status);
    if let Some(end) = end
        && received.starts_with(b"HTTP/")
        && received.get(8..12) == Some(status.as_bytes())
    {
        let lines = received[..end].split(|byte| *byte == b'\n');
        return lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()).collect();
    }
    let first = format!("HTTP/1.1 {} {}", response.status, response.reason).trim_end().as_bytes().to_vec();
    let fields = response.headers.iter().map(|header| field(&header.name, &header.value));
    std::iter::once(first).chain(fields).collect()
}

fn field(name: &str, value: &[u8]) -> Vec<u8> {
    [name.as_bytes(), b": ", value].concat()
}

/// What is marked of a header field: its value, or its name where it has none.
fn field_spots<'a>(raw: &[u8], marks: &[Mark<'a>]) -> Vec<Spot<'a>> {
    let colon = raw.iter().position(|byte| *byte == b':').unwrap_or(raw.len());
    let start = colon + raw[colon..].iter().take_while(|byte| b": \t".contains(byte)).count();
    let value = if start < raw.len() { start..raw.len() } else { 0..raw.len() };
    spots(marks, |mark| match mark.place {
        Place::Header(name) if raw[..colon].eq_ignore_ascii_case(name.as_bytes()) => Some(value.clone()),
        _ => None,
    })
}

/// A remark for each marked field that is not there.
fn missing_fields(headers: &Headers, marks: &[Mark<'_>]) -> Vec<Line> {
    let mut lines = Vec::new();
    for mark in marks {
        if let Place::Header(name) = mark.place
            && headers.get(name).is_none()
        {
            let name = printable(name.as_bytes());
            lines.push(Line::remark(format!("(no header field {name})  {}", mark.label)));
        }
    }
    lines
}

fn spots<'a>(marks: &[Mark<'a>], find: impl Fn(&Mark<'a>) -> Option<Range<usize>>) -> Vec<Spot<'a>> {
    marks.iter().filter_map(|mark| Some((find(mark)?, mark.label))).collect()
}

/// The bytes of a body that a finding is about.
pub(crate) fn in_body(mark: &Mark<'_>, body: &[u8]) -> Option<Range<usize>> {
    let Place::Body(pointer) = mark.place else { return None };
    let one = |at: usize| (at < body.len()).then(|| at..at + 1);
    match mark.breach {
        Breach::NotJson(NotJson::NotUtf8 { at }) => one(*at),
        Breach::NotJson(NotJson::Syntax { line, column, .. }) => {
            let start = match line.checked_sub(2) {
                None => 0,
                Some(nth) => body.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(nth)?.0 + 1,
            };
            // The parser stands behind what it refused; at the end of the text it stands behind the last byte.
            one((start + column.saturating_sub(1)).min(body.len().saturating_sub(1)))
        }
        Breach::NotJson(NotJson::Empty) => None,
        Breach::Charset { .. } => match std::str::from_utf8(body) {
            Err(error) => one(error.valid_up_to()),
            Ok(_) => None,
        },
        _ => {
            let located = locate(body, pointer)?;
            let container = matches!(body.get(located.span.start), Some(b'{' | b'['));
            if container && located.span.len() > LONGEST_MARK {
                return one(located.span.start);
            }
            Some(located.span)
        }
    }
}

/// The entry of a list that holds what a finding is about: the reader wants to know whose it is.
fn entry(mark: &Mark<'_>, body: &[u8]) -> Option<Range<usize>> {
    let Place::Body(pointer) = mark.place else { return None };
    let segments: Vec<&str> = pointer.split('/').collect();
    let number = |segment: &&str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    let last = segments.iter().rposition(number)?;
    let located = locate(body, &segments[..=last].join("/"))?;
    (located.exact && located.span.len() <= LONGEST_ENTRY).then_some(located.span)
}

/// A text of several lines: all of it when it is short, else what stands around the marks. Of its long lines the
/// entries are shown whole.
fn text(redactor: &Redactor, original: &[u8], spots: &[Spot<'_>], entries: &[Range<usize>], width: usize) -> Vec<Line> {
    let spans: Vec<Range<usize>> = spots.iter().map(|(span, _)| span).chain(entries).cloned().collect();
    let (bytes, mut spans) = redact::bytes(redactor, original, &spans);
    let entries = spans.split_off(spots.len());
    let mut starts = vec![0];
    starts.extend(bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1));
    if starts.len() > 1 && starts.last() == Some(&bytes.len()) {
        starts.pop();
    }
    let end_of = |index: usize| starts.get(index + 1).map_or(bytes.len(), |next| *next);
    let line_of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);

    let marked: BTreeSet<usize> = spans.iter().map(|span| line_of(span.start)).take(MOST_MARKED).collect();
    let shown: BTreeSet<usize> = if marked.is_empty() {
        (0..starts.len().min(UNMARKED)).collect()
    } else {
        marked.iter().flat_map(|line| line.saturating_sub(AROUND)..(line + AROUND + 1).min(starts.len())).collect()
    };
    let mut lines = Vec::new();
    let mut next = 0;
    for index in shown {
        let start = starts[index];
        gap(&mut lines, start - next);
        let end = end_of(index);
        let raw = &bytes[start..end];
        let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        let here: Vec<Spot<'_>> = spans
            .iter()
            .zip(spots)
            .filter(|(span, _)| line_of(span.start) == index)
            .map(|(span, (_, label))| {
                let from = (span.start - start).min(raw.len().saturating_sub(1));
                let to = (span.end - start).clamp(from, raw.len());
                (from..to, *label)
            })
            .collect();
        let whole: Vec<Range<usize>> = if raw.len() <= WHOLE {
            std::iter::once(0..raw.len()).collect()
        } else {
            let inside = entries.iter().filter(|entry| entry.start >= start && entry.end <= start + raw.len());
            inside.map(|entry| entry.start - start..entry.end - start).collect()
        };
        match fits(raw, width) {
            false if !whole.is_empty() => lines.extend(pieces(raw, whole, &here, width)),
            _ => lines.extend(cut(raw, &here, width)),
        }
        next = end;
    }
    gap(&mut lines, bytes.len() - next);
    lines
}

fn gap(lines: &mut Vec<Line>, bytes: usize) {
    if bytes > 0 {
        lines.push(Line::plain(format!("… {} more", super::summary::counted(bytes, "byte"))));
    }
}

/// One line, secrets removed.
fn piece(redactor: &Redactor, original: &[u8], spots: &[Spot<'_>], width: usize) -> Vec<Line> {
    let spans: Vec<Range<usize>> = spots.iter().map(|(span, _)| span.clone()).collect();
    let (bytes, spans) = redact::bytes(redactor, original, &spans);
    let spots: Vec<Spot<'_>> = spans.into_iter().zip(spots).map(|(span, (_, label))| (span, *label)).collect();
    cut(&bytes, &spots, width)
}

/// A line of bytes as one line of an excerpt, or, when it is too long, as one for each group of marks that fit.
fn cut(raw: &[u8], spots: &[Spot<'_>], width: usize) -> Vec<Line> {
    let mut sorted: Vec<Spot<'_>> = spots.to_vec();
    sorted.sort_by_key(|(span, _)| (span.start, span.end));
    if fits(raw, width) {
        return vec![window(raw, 0..raw.len(), &sorted)];
    }
    let Some((first, _)) = sorted.first() else { return vec![window(raw, 0..fitting(raw, 0, width), &[])] };
    let mut lines = Vec::new();
    let mut pending = sorted.as_slice();
    let mut at = first.start;
    while !pending.is_empty() && lines.len() < MOST_MARKED {
        let from = boundary(raw, if at < width / 2 { 0 } else { at.saturating_sub(LEAD) });
        let to = fitting(raw, from, width).max((at + 1).min(raw.len()));
        let inside = pending.iter().take_while(|(span, _)| span.start < to).count().max(1);
        let (here, rest) = pending.split_at(inside);
        lines.push(window(raw, from..to, here));
        pending = rest;
        at = rest.first().map_or(at, |(span, _)| span.start);
    }
    lines
}

fn fits(raw: &[u8], width: usize) -> bool {
    raw.len() <= width * 4 && measure_text_width(&printable(raw)) <= width
}

/// A line that is too long, of which these parts are shown whole, broken behind commas where there are any.
fn pieces(raw: &[u8], mut whole: Vec<Range<usize>>, spots: &[Spot<'_>], width: usize) -> Vec<Line> {
    whole.sort_by_key(|part| part.start);
    let mut lines = Vec::new();
    let mut next = 0;
    for part in whole {
        gap(&mut lines, part.start.saturating_sub(next));
        let mut from = part.start.max(next);
        while from < part.end {
            let most = fitting(raw, from, width).min(part.end).max(from + 1);
            let comma = raw[from..most].iter().rposition(|byte| *byte == b',').map(|at| from + at + 1);
            let to = if most == part.end { most } else { comma.unwrap_or(most) };
            let inside = |span: &Range<usize>| span.start < to && from < span.end;
            let here: Vec<Spot<'_>> = spots
                .iter()
                .filter(|(span, _)| inside(span))
                .map(|(span, label)| (span.start.max(from)..span.end.min(to), *label))
                .collect();
            lines.push(line(raw, from..to, &here));
            from = to;
        }
        next = part.end.max(next);
    }
    gap(&mut lines, raw.len().saturating_sub(next));
    lines
}

/// How far a line of this width goes from `from`.
fn fitting(raw: &[u8], from: usize, width: usize) -> usize {
    let mut to = raw.len().min(from + width * 4);
    while to > from + 8 && measure_text_width(&printable(&raw[from..to])) > width {
        to = boundary(raw, from + (to - from) * 9 / 10);
    }
    boundary(raw, to)
}

/// The beginning of the character that `at` is in.
fn boundary(raw: &[u8], at: usize) -> usize {
    (at.saturating_sub(3)..=at.min(raw.len()))
        .rev()
        .find(|at| raw.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80))
        .unwrap_or(at.min(raw.len()))
}

/// A part of a line, with what is left out on both sides.
fn window(raw: &[u8], shown: Range<usize>, spots: &[Spot<'_>]) -> Line {
    let before = if shown.start > 0 { "… " } else { "" };
    let rest = raw.len() - shown.end;
    let mut line = marked_line(raw, before, shown, spots);
    if rest > 0 {
        line.text += &format!(" … {} more", super::summary::counted(rest, "byte"));
    }
    line
}

/// A part of a line that others go on with.
fn line(raw: &[u8], shown: Range<usize>, spots: &[Spot<'_>]) -> Line {
    marked_line(raw, "", shown, spots)
}

fn marked_line(raw: &[u8], before: &str, shown: Range<usize>, spots: &[Spot<'_>]) -> Line {
    let text = format!("{before}{}", printable(&raw[shown.clone()]));
    let column = |at: usize| {
        let at = at.clamp(shown.start, shown.end);
        measure_text_width(before) + measure_text_width(&printable(&raw[shown.start..at]))
    };
    let mut carets: Vec<(Range<usize>, String)> = Vec::new();
    for (span, label) in spots {
        let start = column(span.start);
        let columns = start..column(span.end).max(start + 1);
        match carets.iter_mut().find(|(known, _)| *known == columns) {
            Some((_, labels)) if labels.split(", ").any(|known| known == *label) => {}
            Some((_, labels)) => *labels += &format!(", {label}"),
            None => carets.push((columns, (*label).to_owned())),
        }
    }
    Line { text, marked: !carets.is_empty(), carets }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Headers, Raw};
    use proptest::prelude::*;

    fn exchange(body: &[u8]) -> Exchange {
        let response = Response {
            headers: Headers::from_iter([("Content-Type", "application/json")]),
            body: body.to_vec(),
            ..Response::new(200)
        };
        Exchange {
            request: crate::wire::Request::new("GET", "/"),
            answer: Ok(response),
            raw: Raw::default(),
            started: jiff::Timestamp::UNIX_EPOCH,
            timing: crate::wire::Timing::default(),
            peer: crate::wire::Peer::default(),
            caller: Caller::Marketplace,
        }
    }

    /// Each marked line with what stands above its carets.
    fn marked(lines: &[Line]) -> Vec<String> {
        let above = |line: &Line, columns: &Range<usize>| {
            let mut column = 0;
            let mut text = String::new();
            for character in line.text.chars() {
                if columns.contains(&column) {
                    text.push(character);
                }
                column += measure_text_width(&character.to_string());
            }
            text
        };
        lines.iter().flat_map(|line| line.carets.iter().map(move |(columns, _)| above(line, columns))).collect()
    }

    fn shown(body: &[u8], place: Place, breach: &Breach) -> Vec<Line> {
        let mark = Mark { place: &place, breach, label: "A-RULE" };
        answer(&exchange(body), &[mark], &Redactor::default(), 80)
    }

    fn value() -> Breach {
        Breach::Code { expected: Vec::new(), actual: String::new() }
    }

    #[test]
    fn the_value_is_marked_behind_wide_and_treacherous_characters() {
        let body = "{\"name\":\"홍길동\u{1b}\",\"status\":\"7\"}";
        assert_eq!(marked(&shown(body.as_bytes(), Place::Body("/status".into()), &value())), ["\"7\""]);
    }

    #[test]
    fn a_long_line_is_cut_around_the_value() {
        let body = format!("{{\"a\":\"{}\",\"b\":12,\"c\":\"{}\"}}", "가".repeat(900), "y".repeat(3_200));
        let lines = shown(body.as_bytes(), Place::Body("/b".into()), &value());
        assert_eq!(marked(&lines), ["12"]);
        let line = lines.iter().find(|line| line.marked).expect("one is marked");
        assert!(line.text.starts_with("… ") && line.text.contains(" bytes more"), "{}", line.text);
        assert!(measure_text_width(&line.text) < 110, "{}", line.text);
    }

    #[test]
    fn the_entry_of_a_list_is_shown_whole() {
        let bill = |key: usize| format!("{{\"mem-sq\":\"M{key}\",\"note\":\"{}\",\"pay-amt\":{key}}}", "n".repeat(150));
        let body = format!("[{}]", (100..120).map(bill).collect::<Vec<_>>().join(","));
        let lines = shown(body.as_bytes(), Place::Body("/7/pay-amt".into()), &value());
        assert_eq!(marked(&lines), ["107"]);
        let whole: String = lines.iter().map(|line| line.text.as_str()).collect();
        assert!(whole.contains(&bill(107)) && !whole.contains("M106") && !whole.contains("M108"), "{whole}");
        assert!(lines.iter().all(|line| measure_text_width(&line.text) <= 80), "{lines:#?}");
    }

    #[test]
    fn a_long_text_is_cut_around_the_line() {
        let mut document = serde_json::json!({});
        for index in 0..200 {
            document[format!("member-{index}")] = index.into();
        }
        let lines = shown(format!("{document:#}").as_bytes(), Place::Body("/member-100".into()), &value());
        assert_eq!(marked(&lines), ["100"]);
        assert!(lines.len() < 12);
        assert!(lines.last().is_some_and(|line| line.text.ends_with("bytes more")));
    }

    #[test]
    fn broken_json_and_bad_bytes_are_marked_where_they_stand() {
        let syntax = |body: &[u8]| match (Response { body: body.to_vec(), ..Response::default() }).json() {
            Err(problem) => Breach::NotJson(problem),
            Ok(value) => panic!("{value} is JSON"),
        };
        let body = b"{\n  \"a\": oops\n}";
        assert_eq!(marked(&shown(body, Place::Body(String::new()), &syntax(body))), ["o"]);
        let body = b"{\"a\":\"\xe9\"}";
        assert_eq!(marked(&shown(body, Place::Body(String::new()), &syntax(body))), ["\\xe9"]);
        let lines = shown(b"", Place::Body(String::new()), &syntax(b""));
        assert!(lines.iter().any(|line| line.marked && line.text == "(the body is empty)"));
    }

    #[test]
    fn headers_and_the_status_are_marked_as_they_were_spelled() {
        let lines = shown(b"{}", Place::Header("content-type".into()), &value());
        assert_eq!(marked(&lines), ["application/json"]);
        assert_eq!(marked(&shown(b"{}", Place::Status, &value())), ["200"]);
        let lines = shown(b"{}", Place::Header("Location".into()), &value());
        assert!(lines.iter().any(|line| line.marked && line.text == "(no header field Location)  A-RULE"));
    }

    proptest! {
        #[test]
        fn any_answer_can_be_shown(body: Vec<u8>, text in "[{}\\[\\]\":,a0가\n]{0,300}", pointer in "(/[a0]){0,3}", width in 20..120_usize) {
            for body in [body.as_slice(), text.as_bytes()] {
                let place = Place::Body(pointer.clone());
                let breach = value();
                let mark = Mark { place: &place, breach: &breach, label: "A-RULE" };
                for line in answer(&exchange(body), &[mark, mark], &Redactor::default(), width) {
                    prop_assert!(!line.text.chars().any(crate::wire::is_treacherous), "{}", line.text);
                }
            }
        }
    }
}
