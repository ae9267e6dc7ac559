//! Requests and answers as bytes: fields in the order and the spelling in which they are given.

use hyper::StatusCode;

use crate::wire::{Header, Headers, Request, Response};

use super::endpoint::Endpoint;

/// What a request says about its sender when it does not say it itself.
const USER_AGENT: &str = concat!("storeproof/", env!("CARGO_PKG_VERSION"));

/// The request as it will be sent to this endpoint: base path in front, and the fields that every request has.
pub(crate) fn complete(mut request: Request, endpoint: &Endpoint) -> Request {
    request.target = endpoint.target(&request.target);
    if request.headers.iter().any(|header| !is_plain(header)) {
        request.headers =
            request.headers.iter().map(|header| (plain_name(&header.name), plain_value(&header.value))).collect();
    }
    if !request.method.bytes().all(is_token) || request.method.is_empty() {
        request.method = plain_name(&request.method);
    }
    let headers = &mut request.headers;
    if headers.get("host").is_none() {
        headers.push_first("Host", endpoint.authority());
    }
    if headers.get("user-agent").is_none() {
        headers.push("User-Agent", USER_AGENT);
    }
    if headers.get("accept").is_none() {
        headers.push("Accept", "*/*");
    }
    let usual = matches!(request.method.as_str(), "POST" | "PUT" | "PATCH");
    if (usual || !request.body.is_empty())
        && headers.get("content-length").is_none()
        && headers.get("transfer-encoding").is_none()
    {
        headers.push("Content-Length", request.body.len().to_string());
    }
    request
}

/// The bytes of a completed request, for one write.
pub(crate) fn request_bytes(request: &Request) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(
        request.method.len() + request.target.len() + 16 + size_of(&request.headers) + request.body.len(),
    );
    bytes.extend_from_slice(request.method.as_bytes());
    bytes.push(b' ');
    bytes.extend_from_slice(request.target.as_bytes());
    bytes.extend_from_slice(b" HTTP/1.1\r\n");
    for header in &request.headers {
        field(&mut bytes, &header.name, &header.value);
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&request.body);
    bytes
}

/// What an answer says besides its own fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnswerContext<'a> {
    /// Whether the request was a `HEAD`: the length is told, the body is not sent.
    pub(crate) head_only: bool,
    /// Whether the connection ends after this answer.
    pub(crate) close: bool,
    /// The value of `Date`.
    pub(crate) date: &'a str,
}

/// The bytes of an answer, for one write. `Date`, `Content-Length` and `Connection: close` are added where absent;
/// a body announced as chunked is sent as one chunk.
pub(crate) fn response_bytes(response: &Response, context: AnswerContext<'_>) -> Vec<u8> {
    let headers = &response.headers;
    let mut bytes = Vec::with_capacity(128 + size_of(headers) + response.body.len());
    bytes.extend_from_slice(b"HTTP/1.1 ");
    bytes.extend_from_slice(format!("{:03} ", response.status).as_bytes());
    let usual = || StatusCode::from_u16(response.status).ok()?.canonical_reason();
    let reason = if response.reason.is_empty() { usual().unwrap_or_default() } else { &response.reason };
    bytes.extend_from_slice(&plain_value(reason.as_bytes()));
    bytes.extend_from_slice(b"\r\n");
    for header in headers {
        if is_plain(header) {
            field(&mut bytes, &header.name, &header.value);
        } else {
            field(&mut bytes, &plain_name(&header.name), &plain_value(&header.value));
        }
    }
    if headers.get("date").is_none() {
        field(&mut bytes, "Date", context.date.as_bytes());
    }
    let bodiless = matches!(response.status, 100..=199 | 204 | 304);
    let chunked = is_chunked(headers);
    if !bodiless && !chunked && headers.get("content-length").is_none() {
        field(&mut bytes, "Content-Length", response.body.len().to_string().as_bytes());
    }
    if context.close && !super::head::says_close(headers) {
        field(&mut bytes, "Connection", b"close");
    }
    bytes.extend_from_slice(b"\r\n");
    if bodiless || context.head_only {
        return bytes;
    }
    if chunked {
        if !response.body.is_empty() {
            bytes.extend_from_slice(format!("{:x}\r\n", response.body.len()).as_bytes());
            bytes.extend_from_slice(&response.body);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\n\r\n");
    } else {
        bytes.extend_from_slice(&response.body);
    }
    bytes
}

/// Whether an answer announces its body as chunked.
pub(crate) fn is_chunked(headers: &Headers) -> bool {
    headers.get("transfer-encoding").is_some_and(|header| header.value.eq_ignore_ascii_case(b"chunked"))
}

fn size_of(headers: &Headers) -> usize {
    headers.iter().map(|header| header.name.len() + header.value.len() + 4).sum::<usize>() + 64
}

fn field(bytes: &mut Vec<u8>, name: &str, value: &[u8]) {
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(b": ");
    bytes.extend_from_slice(value);
    bytes.extend_from_slice(b"\r\n");
}

/// Whether a field can be written as it is, without ending its line or its name too early.
fn is_plain(header: &Header) -> bool {
    !header.name.is_empty() && header.name.bytes().all(is_token) && !header.value.iter().any(breaks_line)
}

fn breaks_line(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n' | 0)
}

/// RFC 9110, 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// A name (or method) in which nothing but token characters stand.
fn plain_name(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii() && is_token(c as u8) { c } else { '_' }).collect();
    if plain.is_empty() { "_".to_owned() } else { plain }
}

/// A value on one line; a blank stands for what would break it, as RFC 9110 (5.5) lets readers do.
fn plain_value(value: &[u8]) -> Vec<u8> {
    value.iter().map(|byte| if breaks_line(byte) { b' ' } else { *byte }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn sent(request: Request) -> String {
        let endpoint = Endpoint::parse("http://vendor.example:8080/api").unwrap();
        String::from_utf8_lossy(&request_bytes(&complete(request, &endpoint))).replace(USER_AGENT, "UA")
    }

    #[test]
    fn fields_keep_order_case_and_repetition() {
        let mut request = Request::new("POST", "/a?b=c");
        request.headers = Headers::from_iter([("x-B", "1"), ("X-a", "한국"), ("X-b", "2"), ("ACCEPT", "text/plain")]);
        request.body = b"{}".to_vec();
        assert_eq!(
            sent(request),
            "POST /api/a?b=c HTTP/1.1\r\nHost: vendor.example:8080\r\nx-B: 1\r\nX-a: 한국\r\nX-b: 2\r\n\
             ACCEPT: text/plain\r\nUser-Agent: UA\r\nContent-Length: 2\r\n\r\n{}"
        );
    }

    #[rstest]
    #[case("GET", "", false)]
    #[case("DELETE", "", false)]
    #[case("DELETE", "x", true)]
    #[case("PUT", "", true)]
    fn the_length_is_told_where_a_body_is_or_is_usual(#[case] method: &str, #[case] body: &str, #[case] told: bool) {
        let mut request = Request::new(method, "/");
        request.body = body.as_bytes().to_vec();
        assert_eq!(sent(request).contains("Content-Length"), told);
    }

    #[test]
    fn fields_of_the_caller_are_not_repeated() {
        let mut request = Request::new("POST", "/");
        request.headers = Headers::from_iter([("content-length", "9"), ("HOST", "other"), ("user-agent", "me")]);
        let text = sent(request);
        assert!(text.contains("content-length: 9\r\nHOST: other\r\nuser-agent: me\r\nAccept: */*\r\n\r\n"), "{text}");
        assert_eq!(text.to_lowercase().matches("content-length").count(), 1);
    }

    #[test]
    fn nothing_in_a_field_can_begin_another() {
        let mut request = Request::new("GE T", "/");
        request.headers = Headers::from_iter([("A\r\nB: x", "1\r\nC: y\0"), ("", "")]);
        let text = sent(request);
        assert!(text.starts_with("GE_T /api/ HTTP/1.1\r\n"), "{text}");
        assert!(text.contains("\r\nA__B__x: 1  C: y \r\n_: \r\n"), "{text}");
    }

    #[rstest]
    #[case(200, &[], "ok", false, "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n\r\nok")]
    #[case(200, &[], "ok", true, "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n\r\n")]
    #[case(204, &[("DATE", "x")], "", false, "HTTP/1.1 204 No Content\r\nDATE: x\r\n\r\n")]
    #[case(799, &[("transfer-encoding", "chunked")], "ok", false,
        "HTTP/1.1 799 \r\ntransfer-encoding: chunked\r\nDate: D\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    fn answers_are_framed(
        #[case] status: u16,
        #[case] fields: &[(&str, &str)],
        #[case] body: &str,
        #[case] head_only: bool,
        #[case] expected: &str,
    ) {
        let headers = fields.iter().copied().collect();
        let response = Response { status, reason: String::new(), headers, body: body.as_bytes().to_vec() };
        let context = AnswerContext { head_only, close: false, date: "D" };
        assert_eq!(String::from_utf8(response_bytes(&response, context)).unwrap(), expected);
    }
}
