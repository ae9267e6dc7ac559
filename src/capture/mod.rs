//! What somebody captured, read back: a request, an answer, both, or a whole archive of them.
//!
//! Signatures are made over bytes, so nothing here is normalised: targets stay escaped as they were, header fields keep
//! their spelling and order, bodies their bytes. The main function is [`read`]; it knows by the beginning of the text what
//! it is:
//!
//! - a request as it stands on the wire, a `curl` command, or an address with header fields (the console takes these too);
//! - the same with an answer behind it, or an answer alone, which begin with `HTTP/1.1 200`;
//! - an HTTP archive (HAR 1.2), as browsers and proxies write it.

mod har;
pub(crate) mod paste;

use jiff::Timestamp;

use crate::wire::{Request, Response};

pub use har::HarError;
pub use paste::PasteError;

/// What was captured of one exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// The request, where it was captured.
    pub request: Option<Request>,
    /// The last answer, where one was captured whole.
    pub response: Option<Response>,
    /// `http` or `https`, where the address says which.
    pub scheme: Option<String>,
    /// When it was sent, where the capture says so.
    pub sent: Option<Timestamp>,
    /// Whether line feeds at the end of the last body were read as left over from copying, since no `Content-Length` says
    /// how long it is. Were they sent, they would count.
    pub trimmed: bool,
}

/// All that one text holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Capture {
    /// One exchange, or a part of one.
    Single(Box<Captured>),
    /// The entries of an archive, in their order; those that are no HTTP exchanges are none.
    Archive(Vec<Option<Captured>>),
}

/// Why a text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// It begins as none of what is understood, or ends early.
    #[error(transparent)]
    Text(#[from] PasteError),
    /// It is no archive.
    #[error(transparent)]
    Har(#[from] HarError),
}

/// Reads what was captured.
///
/// # Errors
///
/// When the text is nothing that is understood, with the line where one can be named.
pub fn read(text: &str) -> Result<Capture, CaptureError> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{') {
        return Ok(Capture::Archive(har::read(text)?));
    }
    let (before, answer) = split(text);
    let mut captured = Captured::default();
    if answer.is_none() || !before.trim().is_empty() {
        let pasted = paste::read(before)?;
        (captured.request, captured.scheme) = (Some(pasted.request), pasted.scheme);
    }
    if let Some(answer) = answer {
        let (headers, body) = paste::behind_first_line(answer).map_err(|error| match error {
            PasteError::Field { line } => {
                let above = text[..text.len() - answer.len()].matches('\n').count();
                PasteError::Field { line: above + line }
            }
            other => other,
        })?;
        let (status, reason) = status_line(answer.lines().next().unwrap_or_default()).unwrap_or_default();
        captured.response = Some(Response { status, reason: reason.to_owned(), headers, body });
    }
    captured.trimmed = text.ends_with('\n') && !text.starts_with("curl") && captured.has_body_of_unknown_length();
    Ok(Capture::Single(Box::new(captured)))
}

impl Captured {
    /// Whether the last message has a body and no `Content-Length`.
    fn has_body_of_unknown_length(&self) -> bool {
        let request = self.request.as_ref().map(|request| (&request.headers, &request.body));
        let last = self.response.as_ref().map(|response| (&response.headers, &response.body)).or(request);
        last.is_some_and(|(headers, body)| !body.is_empty() && headers.get("content-length").is_none())
    }
}

/// The text before the first answer, and the last answer: those before it are interim ones (`100 Continue`) or lead
/// elsewhere.
fn split(text: &str) -> (&str, Option<&str>) {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if status_line(line).is_some() {
            starts.push(at);
        }
        at += line.len();
    }
    match (starts.first(), starts.last()) {
        (Some(first), Some(last)) => (&text[..*first], Some(&text[*last..])),
        _ => (text, None),
    }
}

/// Status and reason of `HTTP/1.1 200 OK`.
fn status_line(line: &str) -> Option<(u16, &str)> {
    let (version, rest) = line.trim_end().split_once(' ')?;
    let version = version.strip_prefix("HTTP/")?;
    let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let known = ["1.0", "1.1", "2", "2.0", "3"].contains(&version) && status.len() == 3;
    status.parse().ok().filter(|_| known).map(|status| (status, reason))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn single(text: &str) -> Captured {
        match read(text).expect("is read") {
            Capture::Single(captured) => *captured,
            Capture::Archive(entries) => panic!("an archive of {}", entries.len()),
        }
    }

    #[rstest]
    #[case("GET /a HTTP/1.1\nHost: h\n", Some("/a"), None)]
    #[case("HTTP/1.1 200 OK\r\nA: 1\r\n\r\n{}\n", None, Some((200, "{}")))]
    #[case("POST /a HTTP/1.1\nContent-Length: 2\n\n{}\n\nHTTP/1.1 100 Continue\n\nHTTP/2 404\n\n[]", Some("/a"), Some((404, "[]")))]
    #[case("curl http://h/b -d x\nHTTP/1.1 500 No\n", Some("/b"), Some((500, "")))]
    fn requests_and_answers_are_told_apart(
        #[case] text: &str,
        #[case] target: Option<&str>,
        #[case] answer: Option<(u16, &str)>,
    ) {
        let captured = single(text);
        assert_eq!(captured.request.as_ref().map(|request| request.target.as_str()), target);
        let response = captured.response.map(|response| (response.status, response.text()));
        assert_eq!(response, answer.map(|(status, body)| (status, body.to_owned())));
    }

    #[test]
    fn header_names_keep_their_spelling_and_lines_are_counted_over_both() {
        let captured = single("HTTP/1.1 200 OK\nbody-Sign: x\n\n{}");
        assert_eq!(
            captured.response.expect("an answer").headers.iter().next().map(|field| field.name.clone()),
            Some("body-Sign".into())
        );
        let error = read("GET / HTTP/1.1\nA: 1\n\nHTTP/1.1 200 OK\nnonsense\n").expect_err("is no field");
        assert_eq!(error.to_string(), "line 5 is no header field");
    }

    #[rstest]
    #[case("POST /a\n\n{}\n", true)]
    #[case("POST /a\n\n{}", false)]
    #[case("POST /a\nContent-Length: 3\n\n{}\n", false)]
    #[case("GET /a\nHost: h\n\n", false)]
    #[case("GET /a\nHost: h\n\nHTTP/1.1 200 OK\n\n{}\n", true)]
    fn line_feeds_that_nothing_counts_are_told(#[case] text: &str, #[case] trimmed: bool) {
        assert_eq!(single(text).trimmed, trimmed);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(GET /|HTTP/1.1 200 OK|\r?\n|: |Content-Length: [0-9]{1,3}|[{]|\u{ac00}|\\PC){0,24}") {
            let _ = read(&text);
        }
    }
}
