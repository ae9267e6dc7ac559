//! Start lines and header fields as they stand in the bytes, and what they say about the body (RFC 9112, 2 to 6).

use crate::wire::Headers;

/// What is wrong with a message, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// In words.
    pub(crate) problem: String,
    /// Offset from the beginning of what was read.
    pub(crate) at: usize,
}

impl Problem {
    pub(crate) fn new(problem: impl Into<String>, at: usize) -> Self {
        Self { problem: problem.into(), at }
    }
}

/// Status line and fields of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResponseHead {
    /// The digit behind `HTTP/1.`.
    pub(crate) minor: u8,
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: Headers,
}

/// Request line and fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestHead {
    /// The digit behind `HTTP/1.`.
    pub(crate) minor: u8,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Headers,
}

/// Where the body ends (RFC 9112, 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is none.
    None,
    /// After this many bytes.
    Length(u64),
    /// After the last chunk and its trailer.
    Chunked,
    /// When the connection ends.
    UntilClose,
}

/// The length of the head with its blank line, when the blank line has come. `from` is where an earlier search ended.
pub(crate) fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    // The blank line may have begun in what was searched before.
    let mut at = from.saturating_sub(3);
    while let Some(newline) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n')) {
        at += newline + 1;
        match bytes.get(at..) {
            Some([b'\n', ..]) => return Some(at + 1),
            Some([b'\r', b'\n', ..]) => return Some(at + 2),
            _ => {}
        }
    }
    None
}

/// Reads the head of an answer, or as much of it as has come: none while it is incomplete and right so far.
pub(crate) fn response(bytes: &[u8]) -> Result<Option<ResponseHead>, Problem> {
    with_fields(bytes, |fields| {
        let mut parsed = httparse::Response::new(fields);
        match parsed.parse(bytes) {
            Err(error) => Err(error),
            Ok(httparse::Status::Partial) => Ok(None),
            Ok(httparse::Status::Complete(_)) => Ok(Some(ResponseHead {
                minor: parsed.version.unwrap_or_default(),
                status: parsed.code.unwrap_or_default(),
                reason: parsed.reason.unwrap_or_default().to_owned(),
                headers: headers(parsed.headers),
            })),
        }
    })
}

/// Reads the head of a request, or as much of it as has come.
pub(crate) fn request(bytes: &[u8]) -> Result<Option<RequestHead>, Problem> {
    with_fields(bytes, |fields| {
        let mut parsed = httparse::Request::new(fields);
        match parsed.parse(bytes) {
            Err(error) => Err(error),
            Ok(httparse::Status::Partial) => Ok(None),
            Ok(httparse::Status::Complete(_)) => Ok(Some(RequestHead {
                minor: parsed.version.unwrap_or_default(),
                method: parsed.method.unwrap_or_default().to_owned(),
                target: parsed.path.unwrap_or_default().to_owned(),
                headers: headers(parsed.headers),
            })),
        }
    })
}

/// Gives the parser as much room as the bytes can need: a head has no more fields than lines.
fn with_fields<'b, T>(
    bytes: &'b [u8],
    mut parse: impl FnMut(&mut [httparse::Header<'b>]) -> Result<T, httparse::Error>,
) -> Result<T, Problem> {
    let parsed = match parse(&mut [httparse::EMPTY_HEADER; 64]) {
        Err(httparse::Error::TooManyHeaders) => {
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
            parse(&mut vec![httparse::EMPTY_HEADER; lines + 1])
        }
        parsed => parsed,
    };
    parsed.map_err(|error| locate(bytes, error))
}

fn headers(fields: &[httparse::Header<'_>]) -> Headers {
    fields.iter().map(|field| (field.name, field.value.trim_ascii())).collect()
}

/// Finds the line that the parser refused, which it does not tell.
fn locate(bytes: &[u8], error: httparse::Error) -> Problem {
    let words = match error {
        httparse::Error::Version => return Problem::new("the version is not HTTP/1.0 or HTTP/1.1", 0),
        httparse::Error::Status => {
            let at = bytes.iter().position(|byte| *byte == b' ').map_or(0, |space| space + 1);
            return Problem::new("the status is not three digits and a phrase of plain text", at);
        }
        httparse::Error::Token => return Problem::new("the start line has a character that it must not have", 0),
        httparse::Error::HeaderName => "this line is no header field: a name and a colon are missing",
        httparse::Error::HeaderValue => "the value of a header field has a character that it must not have",
        httparse::Error::NewLine => "a line does not end in CR LF",
        httparse::Error::TooManyHeaders => "too many header fields",
    };
    let mut at = 0;
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if number > 0 {
            let alone = [line, b"\r\n"].concat();
            if httparse::parse_headers(&alone, &mut [httparse::EMPTY_HEADER; 2]).is_err() {
                let folded = number > 1 && matches!(line.first(), Some(b' ' | b'\t'));
                let words = if folded { "a header field goes on in the next line (RFC 9112, 5.2)" } else { words };
                return Problem::new(words, at);
            }
        }
        at += line.len();
    }
    Problem::new(words, 0)
}

/// How the body of an answer ends. `head_only` says that the request was a `HEAD`.
pub(crate) fn response_framing(head: &ResponseHead, head_only: bool) -> Result<Framing, String> {
    // The lengths are judged also where no body can follow, except in answers to HEAD, which may leave them out.
    let framing = framing(&head.headers)?;
    if head_only || matches!(head.status, 100..=199 | 204 | 304) {
        return Ok(Framing::None);
    }
    Ok(framing.unwrap_or(Framing::UntilClose))
}

/// How the body of a request ends.
pub(crate) fn request_framing(headers: &Headers) -> Result<Framing, String> {
    Ok(framing(headers)?.unwrap_or(Framing::None))
}

fn framing(headers: &Headers) -> Result<Option<Framing>, String> {
    let length = content_length(headers)?;
    let mut codings = list(headers, "transfer-encoding");
    let Some(coding) = codings.next() else {
        return Ok(length.map(Framing::Length));
    };
    if !coding.eq_ignore_ascii_case("chunked") {
        return Err(format!("the transfer coding {coding} was not asked for"));
    }
    if codings.next().is_some() {
        return Err("more than one transfer coding".to_owned());
    }
    if length.is_some() {
        // RFC 9112, 6.2: a sender must not. Readers disagree about which of the two counts.
        return Err("both Content-Length and Transfer-Encoding".to_owned());
    }
    Ok(Some(Framing::Chunked))
}

fn content_length(headers: &Headers) -> Result<Option<u64>, String> {
    let mut length = None;
    for text in list(headers, "content-length") {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let Some(value) = digits.then(|| text.parse::<u64>().ok()).flatten() else {
            return Err(format!("Content-Length is not a number of bytes: {text}"));
        };
        if length.is_some_and(|length| length != value) {
            return Err("two values of Content-Length that differ".to_owned());
        }
        length = Some(value);
    }
    Ok(length)
}

/// The members of a list field, over all its lines (RFC 9110, 5.6.1).
fn list<'a>(headers: &'a Headers, name: &'a str) -> impl Iterator<Item = String> + 'a {
    headers
        .all(name)
        .flat_map(|header| header.text().split(',').map(|member| member.trim().to_owned()).collect::<Vec<_>>())
}

/// Whether a `Connection` field says that the connection ends after this message.
pub(crate) fn says_close(headers: &Headers) -> bool {
    list(headers, "connection").any(|option| option.eq_ignore_ascii_case("close"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"A\r\n\r\nrest", Some(5))]
    #[case(b"A\n\nrest", Some(3))]
    #[case(b"A\r\nB: c\r\n", None)]
    #[case(b"", None)]
    fn the_blank_line_is_found_wherever_the_search_was_broken_off(#[case] bytes: &[u8], #[case] end: Option<usize>) {
        for from in 0..=end.map_or(bytes.len(), |end| end - 1) {
            assert_eq!(end_of_head(bytes, from), end, "from {from}");
        }
    }

    #[rstest]
    #[case("HTTP/2 200 OK\r\n\r\n", 0)]
    #[case("HTTP/1.1 2x0 OK\r\n\r\n", 9)]
    #[case("HTTP/1.1 200 OK\r\nA: b\r\nno colon\r\n\r\n", 23)]
    #[case("HTTP/1.1 200 OK\r\nA: b\r\nA : b\r\n\r\n", 23)]
    #[case("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", 23)]
    #[case("HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n", 17)]
    fn the_bad_line_is_located(#[case] text: &str, #[case] at: usize) {
        assert_eq!(response(text.as_bytes()).unwrap_err().at, at);
    }

    #[test]
    fn more_fields_than_usual_are_read() {
        let text = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-a: 1\r\n".repeat(5000));
        assert_eq!(response(text.as_bytes()).unwrap().unwrap().headers.len(), 5000);
    }

    #[rstest]
    #[case(&[], Ok(Framing::UntilClose))]
    #[case(&[("content-length", "5")], Ok(Framing::Length(5)))]
    #[case(&[("Content-Length", "5"), ("Content-Length", "5")], Ok(Framing::Length(5)))]
    #[case(&[("Content-Length", "5, 5")], Ok(Framing::Length(5)))]
    #[case(&[("Transfer-Encoding", "Chunked")], Ok(Framing::Chunked))]
    #[case(&[("Content-Length", "5"), ("Content-Length", "6")], Err(()))]
    #[case(&[("Content-Length", "+5")], Err(()))]
    #[case(&[("Content-Length", "")], Err(()))]
    #[case(&[("Content-Length", "99999999999999999999")], Err(()))]
    #[case(&[("Content-Length", "5"), ("Transfer-Encoding", "chunked")], Err(()))]
    #[case(&[("Transfer-Encoding", "gzip, chunked")], Err(()))]
    #[case(&[("Transfer-Encoding", "chunked, chunked")], Err(()))]
    fn the_end_of_the_body_follows_from_the_fields(
        #[case] fields: &[(&str, &str)],
        #[case] expected: Result<Framing, ()>,
    ) {
        let headers = fields.iter().copied().collect();
        let head = ResponseHead { minor: 1, status: 200, reason: String::new(), headers };
        assert_eq!(response_framing(&head, false).map_err(|_| ()), expected);
    }

    #[test]
    fn some_answers_have_no_body_whatever_they_announce() {
        let headers = Headers::from_iter([("Content-Length", "5")]);
        for (status, head_only) in [(200, true), (204, false), (304, false)] {
            let head = ResponseHead { minor: 1, status, reason: String::new(), headers: headers.clone() };
            assert_eq!(response_framing(&head, head_only), Ok(Framing::None));
        }
    }
}
