//! What is odd about the call of a store that was made so on purpose: nothing that its documents rule out, and nothing
//! that the store sends.

use super::body;
use crate::wire::Request;

/// Lists and objects inside of each other that no call of a store has.
const DEEP: usize = 64;

/// Bytes that no body of a store's call has.
const LARGE: usize = 32 * 1024;

/// What is odd about a request with a JSON body, as words that follow "a call with"; `None` for an ordinary one.
pub fn of_body(request: &Request) -> Option<String> {
    let media = request.headers.text("content-type").unwrap_or_default().to_ascii_lowercase();
    let mut parts = media.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let charset = parts.find_map(|part| part.strip_prefix("charset=")).map(|charset| charset.trim_matches('"'));
    if !request.body.is_empty() && essence != "application/json" {
        return Some(format!("the content type {media}"));
    }
    if let Some(charset) = charset.filter(|charset| !matches!(*charset, "utf8" | "utf-8")) {
        return Some(format!("the charset {charset} in its content type"));
    }
    let depth = depth(&request.body);
    if depth > DEEP {
        return Some(format!("a body that is {depth} deep"));
    }
    if let Some(at) = body::twice_in(&request.body) {
        return Some(format!("the member {} twice in its body", at.trim_start_matches('/')));
    }
    (request.body.len() > LARGE).then(|| format!("a body of {} bytes", request.body.len()))
}

/// How deeply lists and objects of a text stand in each other, whether it is JSON or not.
pub fn depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The text with `null` for every list and object that stands deeper than `most`, for readers that read no deeper.
pub fn shallow(text: &[u8], most: usize) -> Vec<u8> {
    let (mut kept, mut depth, mut quoted, mut escaped) = (Vec::new(), 0_usize, false, false);
    for &byte in text {
        let bracket = !quoted;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if bracket => {
                depth += 1;
                if depth == most + 1 {
                    kept.extend(b"null");
                }
            }
            _ => {}
        }
        if depth <= most {
            kept.push(byte);
        }
        if bracket && matches!(byte, b']' | b'}') {
            depth = depth.saturating_sub(1);
        }
    }
    kept
}

/// What is odd about a text that should name something, as words that follow "a call with"; `None` where it is made of
/// visible ASCII.
pub fn of_text(member: &str, text: &str) -> Option<String> {
    if text.chars().any(char::is_control) {
        Some(format!("control characters in its {member}"))
    } else if !text.is_ascii() {
        Some(format!("text beyond ASCII in its {member}"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("application/json", r#"{"a":1}"#, None)]
    #[case("application/json;charset=utf8", r#"{"a":1}"#, None)]
    #[case("Application/JSON; charset=\"UTF-8\"", "{", None)]
    #[case("text/plain", r#"{"a":1}"#, Some("the content type text/plain"))]
    #[case("application/json;charset=GBK", r#"{"a":1}"#, Some("the charset gbk in its content type"))]
    #[case("application/json", r#"{"a":1,"a":2}"#, Some("the member a twice in its body"))]
    fn what_no_store_sends_is_odd(#[case] media: &str, #[case] text: &str, #[case] odd: Option<&str>) {
        let mut request = Request::new("POST", "/");
        request.headers.push("Content-Type", media);
        request.body = text.into();
        assert_eq!(of_body(&request).as_deref(), odd);
    }

    #[test]
    fn depth_and_size_are_odd() {
        let mut request = Request::new("POST", "/");
        request.headers.push("Content-Type", "application/json");
        request.body = format!("{}{}", "[".repeat(2000), "]".repeat(2000)).into();
        assert_eq!(of_body(&request).as_deref(), Some("a body that is 2000 deep"));
        request.body = format!("{{\"a\":\"{}\"}}", "x".repeat(40_000)).into();
        assert_eq!(of_body(&request).as_deref(), Some("a body of 40008 bytes"));
    }

    #[rstest]
    #[case("[[]]", 2)]
    #[case(r#"{"a":"[[[","b":[]}"#, 2)]
    #[case(r#""\"[""#, 0)]
    #[case("]]][", 1)]
    fn brackets_in_text_do_not_count(#[case] text: &str, #[case] expected: usize) {
        assert_eq!(depth(text.as_bytes()), expected);
    }

    #[rstest]
    #[case(r#"{"a":"1","b":[[[{"c":"]"}]]],"d":{"e":[1]}}"#, r#"{"a":"1","b":[null],"d":{"e":null}}"#)]
    #[case(r#"{"a":"[[[\"[[["}"#, r#"{"a":"[[[\"[[["}"#)]
    #[case("]]", "]]")]
    fn what_stands_too_deep_is_left_out(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(String::from_utf8_lossy(&shallow(text.as_bytes(), 2)), expected);
    }

    #[test]
    fn scripts_and_control_characters_are_odd_in_names() {
        assert_eq!(of_text("orderId", "CS1-1"), None);
        assert!(of_text("orderId", "주문").is_some_and(|odd| odd.contains("beyond ASCII")));
        assert!(of_text("orderId", "a\u{7}").is_some_and(|odd| odd.contains("control")));
    }
}
