//! HTTP archives (HAR 1.2, <http://www.softwareishard.com/blog/har-12-spec/>), as far as signatures need them.
//!
//! Browsers, proxies and test tools leave out members that the format requires and add their own, so no more is asked for
//! than what is used. The crate `har` refuses such files, and loses the place of what is wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;

use super::{Captured, paste};
use crate::wire::{Headers, Request, Response};

/// Why a text is no archive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it begins as JSON and is no HTTP archive (HAR): {at}{problem}")]
pub struct HarError {
    at: String,
    problem: String,
}

#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: Option<String>,
    request: Sent,
    response: Option<Received>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(default)]
    query_string: Vec<Pair>,
    post_data: Option<Content>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Received {
    #[serde(default)]
    status: i64,
    #[serde(default)]
    status_text: String,
    #[serde(default)]
    headers: Vec<Pair>,
    content: Option<Content>,
}

/// A body. For a form that was taken apart the format has `params` instead of `text`.
#[derive(Deserialize)]
struct Content {
    text: Option<String>,
    encoding: Option<String>,
    size: Option<i64>,
    #[serde(default)]
    params: Vec<Param>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct Param {
    name: String,
    #[serde(default)]
    value: String,
}

/// The entries of an archive; `None` for those that are no exchanges over HTTP.
pub(super) fn read(text: &str) -> Result<Vec<Option<Captured>>, HarError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let har: Har = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let at = if path == "." { String::new() } else { format!("{path}: ") };
        HarError { at, problem: error.into_inner().to_string() }
    })?;
    Ok(har.log.entries.into_iter().map(captured).collect())
}

fn captured(entry: Entry) -> Option<Captured> {
    // Browsers list what they loaded from themselves too: `data:`, `blob:`.
    if !entry.request.url.contains("://") {
        return None;
    }
    let sent: Option<Timestamp> = entry.started_date_time.and_then(|time| time.parse().ok());
    let sent_body = match entry.request.post_data {
        Some(content) => content.bytes()?,
        None => Vec::new(),
    };
    let mut request = Request { body: sent_body, ..Request::new(entry.request.method, "/") };
    request.headers = fields(entry.request.headers);
    let mut url = entry.request.url;
    if !url.contains('?') && !entry.request.query_string.is_empty() {
        let pairs = entry.request.query_string.iter().map(|pair| (&pair.name, &pair.value));
        let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        url = format!("{url}?{query}");
    }
    let pasted = paste::addressed(request, &url).ok()?;
    let response = entry.response.and_then(|received| {
        let status = u16::try_from(received.status).ok().filter(|status| *status >= 100)?;
        let body = received.content.map_or_else(|| Some(Vec::new()), Content::bytes)?;
        Some(Response { status, reason: received.status_text, headers: fields(received.headers), body })
    });
    Some(Captured { request: Some(pasted.request), response, scheme: pasted.scheme, sent, trimmed: false })
}

/// Header fields. Those of HTTP/2 that begin with a colon are no fields; `:authority` is what `Host` was.
fn fields(pairs: Vec<Pair>) -> Headers {
    let fields = pairs.into_iter().filter_map(|Pair { name, value }| match name.as_str() {
        ":authority" => Some(("Host".to_owned(), value)),
        _ if name.starts_with(':') => None,
        _ => Some((name, value)),
    });
    fields.collect()
}

impl Content {
    /// The bytes; `None` where the archive does not hold what was there, so that nobody judges a body that never was.
    fn bytes(self) -> Option<Vec<u8>> {
        match (self.text, self.encoding.as_deref()) {
            (Some(text), Some("base64")) => STANDARD.decode(text.trim()).ok(),
            (Some(text), _) => Some(text.into_bytes()),
            (None, _) if !self.params.is_empty() => {
                let pairs = self.params.iter().map(|param| (&param.name, &param.value));
                Some(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes())
            }
            (None, _) => (self.size.unwrap_or_default() <= 0).then(Vec::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entries(value: serde_json::Value) -> Vec<Option<Captured>> {
        read(&json!({ "log": { "entries": value } }).to_string()).expect("an archive")
    }

    #[test]
    fn an_entry_becomes_what_was_on_the_wire() {
        let read = entries(json!([{
            "startedDateTime": "2026-03-04T05:06:07.123+09:00",
            "request": {
                "method": "POST", "url": "https://h:8443/a%20b?x=%2F#top",
                "headers": [{ "name": ":authority", "value": "h:8443" }, { "name": "X-A", "value": "1" }],
                "postData": { "mimeType": "application/json", "text": "eyIxIjoy", "encoding": "base64" }
            },
            "response": { "status": 200, "headers": [], "content": { "size": 2, "text": "{}" } }
        }]));
        let captured = read[0].clone().expect("an exchange");
        let request = captured.request.expect("a request");
        assert_eq!((request.target.as_str(), request.body.as_slice()), ("/a%20b?x=%2F", b"{\"1\":2".as_slice()));
        assert_eq!(request.headers.text("host").as_deref(), Some("h:8443"));
        assert_eq!(captured.scheme.as_deref(), Some("https"));
        assert_eq!(captured.sent, "2026-03-03T20:06:07.123Z".parse().ok());
        assert_eq!(captured.response.map(|response| response.body), Some(b"{}".to_vec()));
    }

    #[test]
    fn what_the_archive_does_not_hold_is_not_invented() {
        let request = json!({ "method": "GET", "url": "http://h/" });
        let read = entries(json!([
            { "request": request, "response": { "status": 200, "content": { "size": 12 } } },
            { "request": request, "response": { "status": 0 } },
            { "request": { "method": "GET", "url": "data:text/plain,x" } },
        ]));
        assert_eq!(
            read.iter().map(|entry| entry.as_ref().is_some_and(|entry| entry.response.is_some())).collect::<Vec<_>>(),
            [false; 3]
        );
        assert!(read[2].is_none());
    }

    #[test]
    fn what_is_no_archive_says_where() {
        let error = read(r#"{"log": {"entries": [{"request": {"method": "GET"}}]}}"#).expect_err("no address");
        assert!(error.to_string().contains("log.entries[0].request: missing field `url`"), "{error}");
        assert!(read(r#"{"a": 1}"#).expect_err("no log").to_string().contains("missing field `log`"));
    }
}
