//! A response as it came off the wire.

use serde::{Deserialize, Serialize};

use super::{Headers, written};

/// A response: status, header fields in order with their own spelling, exact body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The reason phrase, often empty.
    pub reason: String,
    /// Fields in the order and spelling of the sender.
    pub headers: Headers,
    /// The exact body after transfer coding was removed.
    #[serde(with = "written::bytes")]
    pub body: Vec<u8>,
}

/// Why a body is not the JSON that it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// Nothing at all.
    #[error("the body is empty")]
    Empty,
    /// Bytes that are no UTF-8 text (RFC 8259, 8.1).
    #[error("byte {at} is not UTF-8")]
    NotUtf8 {
        /// Offset of the first bad byte.
        at: usize,
    },
    /// Text that is no JSON.
    #[error("{problem} at line {line}, column {column}")]
    Syntax {
        /// What the parser met.
        problem: String,
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
    },
}

impl Response {
    /// A response without fields or body.
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// The media type in lower case without parameters, such as `application/json`.
    pub fn media_type(&self) -> Option<String> {
        let value = self.headers.text("content-type")?;
        let essence = value.split(';').next()?.trim().to_ascii_lowercase();
        (!essence.is_empty()).then_some(essence)
    }

    /// The `charset` parameter of the content type in lower case.
    pub fn charset(&self) -> Option<String> {
        let value = self.headers.text("content-type")?;
        value.split(';').skip(1).find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            (name.trim().eq_ignore_ascii_case("charset")).then(|| value.trim().trim_matches('"').to_ascii_lowercase())
        })
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<serde_json::Value, NotJson> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Err(NotJson::Empty);
        }
        if let Err(error) = std::str::from_utf8(&self.body) {
            return Err(NotJson::NotUtf8 { at: error.valid_up_to() });
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            let text = error.to_string();
            let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem).to_owned();
            NotJson::Syntax { problem, line: error.line(), column: error.column() }
        })
    }

    /// The body as text; bytes that are no UTF-8 become U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(value: &str) -> Response {
        Response { headers: Headers::from_iter([("Content-Type", value)]), ..Response::new(200) }
    }

    #[test]
    fn media_type_and_charset_ignore_case_and_quotes() {
        let response = typed("Text/HTML; Charset=\"UTF-8\"");
        assert_eq!(response.media_type().as_deref(), Some("text/html"));
        assert_eq!(response.charset().as_deref(), Some("utf-8"));
        assert_eq!(typed("").media_type(), None);
    }

    #[test]
    fn bodies_that_are_no_json_say_where() {
        let body = |body: &[u8]| Response { body: body.to_vec(), ..Response::new(200) }.json();
        assert_eq!(body(b" "), Err(NotJson::Empty));
        assert_eq!(body(b"{\"a\":\xff}"), Err(NotJson::NotUtf8 { at: 5 }));
        assert!(matches!(body(b"{\n  \"a\": x\n}"), Err(NotJson::Syntax { line: 2, .. })));
    }
}
