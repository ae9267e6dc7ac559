//! From an operation and its arguments to the unsigned call.

use std::sync::Arc;

use serde_json::Value;

use super::encode::{Form, Written};
use super::payload::{Content, Payload, PayloadError};
use crate::market::{Draft, Expects};
use crate::spec::{Operation, ParameterPlace};
use crate::wire::Request;

/// An argument whose expressions are resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Its name, as it is sent.
    pub name: String,
    /// Where it travels.
    pub place: ParameterPlace,
    /// Its value. `null` stands for an argument that is not sent, as undefined variables do in RFC 6570.
    pub value: Value,
}

/// A call that is ready to be signed.
#[derive(Clone, Debug)]
pub struct Composed {
    /// The call.
    pub draft: Draft,
    /// Where each of `draft.arguments` travels.
    pub places: Vec<ParameterPlace>,
}

/// Why a call could not be composed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The path template needs a value that was not given.
    #[error("the path {path} needs a value for {{{name}}}")]
    PathParameter {
        /// The path template.
        path: String,
        /// The parameter.
        name: String,
    },
    /// The path template has a `{` without its `}`.
    #[error("the path {path} has a brace that is not closed")]
    Template {
        /// The path template.
        path: String,
    },
    /// A header field or cookie would carry a line break or NUL, which could smuggle in further fields.
    #[error("the {place} {name} would carry a line break or NUL")]
    ControlCharacter {
        /// `header` or `cookie`.
        place: &'static str,
        /// Its name.
        name: String,
    },
    /// A header field's name is no token (RFC 9110, 5.1).
    #[error("{name:?} is no name of a header field")]
    HeaderName {
        /// The name.
        name: String,
    },
    /// The method is no token (RFC 9110, 9.1).
    #[error("{method:?} is no method")]
    Method {
        /// The method.
        method: String,
    },
    /// The payload cannot be written.
    #[error(transparent)]
    Payload(#[from] PayloadError),
}

/// Composes the call: target, header fields and body, relative to the vendor's base address and unsigned.
///
/// `method` is sent in the place of the operation's own. A fragment of the path template is never sent. Segments `.`
/// and `..` are encoded, so that no one on the way resolves them. `Content-Type` is set when a payload is sent, unless
/// the arguments give one.
pub fn compose(
    operation: &Arc<Operation>,
    arguments: Vec<Given>,
    payload: Option<Payload>,
    method: Option<&str>,
    expects: Expects,
) -> Result<Composed, ComposeError> {
    let method = method.unwrap_or(&operation.method);
    if !is_token(method) {
        return Err(ComposeError::Method { method: method.to_owned() });
    }
    let mut request = Request::new(method, target(operation, &arguments)?);
    let mut cookies: Vec<String> = Vec::new();
    for given in sent(&arguments) {
        let place = match given.place {
            ParameterPlace::Header => "header",
            ParameterPlace::Cookie => "cookie",
            ParameterPlace::Path | ParameterPlace::Query => continue,
        };
        // Cookies are encoded further on, but a line break in one is a mistake all the same.
        if has_control(&given.value) {
            return Err(ComposeError::ControlCharacter { place, name: given.name.clone() });
        }
        match form(operation, given).write(&given.name, &given.value) {
            Written::Text(text) => {
                if !is_token(&given.name) {
                    return Err(ComposeError::HeaderName { name: given.name.clone() });
                }
                request.headers.push(given.name.as_str(), text);
            }
            Written::Pairs(pairs) => cookies.extend(pairs.into_iter().map(|(name, value)| format!("{name}={value}"))),
        }
    }
    if !cookies.is_empty() {
        request.headers.push("Cookie", cookies.join("; "));
    }
    let verbatim = payload
        .as_ref()
        .is_some_and(|payload| matches!(payload.content, Content::Text(_)) && payload.replacements.is_empty());
    let payload = match payload {
        None => None,
        Some(payload) => {
            if payload.content_type.contains(['\r', '\n', '\0']) {
                return Err(ComposeError::ControlCharacter { place: "header", name: "Content-Type".to_owned() });
            }
            if request.headers.get("content-type").is_none() {
                request.headers.push("Content-Type", payload.content_type.as_str());
            }
            let (body, value) = payload.write()?;
            request.body = body;
            Some(value)
        }
    };
    let places = arguments.iter().map(|given| given.place).collect();
    let arguments = arguments.into_iter().map(|given| (given.name, given.value)).collect();
    Ok(Composed {
        draft: Draft { operation: Arc::clone(operation), request, arguments, payload, verbatim, behind: None, expects },
        places,
    })
}

/// Path and query.
fn target(operation: &Operation, arguments: &[Given]) -> Result<String, ComposeError> {
    let template = operation.path.split('#').next().unwrap_or_default();
    let (path, fixed_query) = match template.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (template, None),
    };
    let mut target = String::with_capacity(path.len() + 16);
    if !path.starts_with('/') {
        target.push('/');
    }
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            target.push('/');
        }
        let filled = segment_of(segment, operation, arguments)?;
        match filled.as_str() {
            "." => target.push_str("%2E"),
            ".." => target.push_str("%2E%2E"),
            _ => target.push_str(&filled),
        }
    }
    let mut pairs: Vec<String> = fixed_query.map(str::to_owned).into_iter().collect();
    for given in sent(arguments).filter(|given| given.place == ParameterPlace::Query) {
        if let Written::Pairs(written) = form(operation, given).write(&given.name, &given.value) {
            pairs.extend(written.into_iter().map(|(name, value)| format!("{name}={value}")));
        }
    }
    if !pairs.is_empty() {
        target.push('?');
        target.push_str(&pairs.join("&"));
    }
    Ok(target)
}

/// One segment of the path template with its expressions filled in.
fn segment_of(segment: &str, operation: &Operation, arguments: &[Given]) -> Result<String, ComposeError> {
    let mut filled = String::with_capacity(segment.len());
    let mut rest = segment;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) =
            behind.split_once('}').ok_or_else(|| ComposeError::Template { path: operation.path.clone() })?;
        let given = sent(arguments)
            .find(|given| given.place == ParameterPlace::Path && given.name == name)
            .ok_or_else(|| ComposeError::PathParameter { path: operation.path.clone(), name: name.to_owned() })?;
        filled.push_str(before);
        if let Written::Text(text) = form(operation, given).write(&given.name, &given.value) {
            filled.push_str(&text);
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn sent(arguments: &[Given]) -> impl Iterator<Item = &Given> {
    arguments.iter().filter(|given| !given.value.is_null())
}

/// The form that the operation describes for an argument, else the default of its place.
fn form(operation: &Operation, given: &Given) -> Form {
    operation
        .parameters
        .iter()
        .find(|parameter| parameter.place == given.place && parameter.name == given.name)
        .map_or_else(
            || Form::of_place(given.place),
            |parameter| Form { place: given.place, style: parameter.style, explode: parameter.explode },
        )
}

fn has_control(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(['\r', '\n', '\0']),
        Value::Array(items) => items.iter().any(has_control),
        Value::Object(members) => {
            members.iter().any(|(name, value)| name.contains(['\r', '\n', '\0']) || has_control(value))
        }
        _ => false,
    }
}

fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::super::testing::{operation, parameter};
    use super::*;

    fn given(place: ParameterPlace, name: &str, value: Value) -> Given {
        Given { name: name.to_owned(), place, value }
    }

    fn request(path: &str, arguments: Vec<Given>) -> Result<Request, ComposeError> {
        compose(&operation("op", "GET", path), arguments, None, None, Expects::Success)
            .map(|composed| composed.draft.request)
    }

    #[rstest]
    #[case("/status/{id}", "M1", "/status/M1")]
    #[case("/status/{id}/x", "a/../b c", "/status/a%2F..%2Fb%20c/x")]
    #[case("/status/{id}", "..", "/status/%2E%2E")]
    #[case("/status/.{id}", ".", "/status/%2E%2E")]
    #[case("/status/{id}", ".", "/status/%2E")]
    #[case("/status/{id}", "...", "/status/...")]
    #[case("/status/{id}", "", "/status/")]
    #[case("/status/{id}", "회원", "/status/%ED%9A%8C%EC%9B%90")]
    #[case("/{id}#newInstance", "x", "/x")]
    #[case("/a?fixed=1#f{id}", "x", "/a?fixed=1")]
    fn paths_are_filled(#[case] path: &str, #[case] value: &str, #[case] expected: &str) {
        let request = request(path, vec![given(ParameterPlace::Path, "id", json!(value))]).unwrap();
        assert_eq!(request.target, expected);
    }

    #[rstest]
    #[case(vec![])]
    #[case(vec![given(ParameterPlace::Path, "id", Value::Null)])]
    #[case(vec![given(ParameterPlace::Query, "id", json!("x"))])]
    fn a_path_without_its_value_is_an_error(#[case] arguments: Vec<Given>) {
        assert_eq!(
            request("/status/{id}", arguments),
            Err(ComposeError::PathParameter { path: "/status/{id}".to_owned(), name: "id".to_owned() })
        );
    }

    #[test]
    fn an_open_brace_is_an_error() {
        assert!(matches!(request("/a/{id", Vec::new()), Err(ComposeError::Template { .. })));
    }

    #[test]
    fn query_headers_and_cookies_go_to_their_places() {
        let request = request(
            "/a",
            vec![
                given(ParameterPlace::Query, "q", json!(["1", "2 3"])),
                given(ParameterPlace::Query, "none", Value::Null),
                given(ParameterPlace::Header, "X-Api-Key", json!(true)),
                given(ParameterPlace::Cookie, "c", json!("1")),
                given(ParameterPlace::Cookie, "d", json!("e;f")),
            ],
        )
        .unwrap();
        assert_eq!(request.target, "/a?q=1&q=2%203");
        let headers: Vec<_> = request.headers.iter().map(|header| format!("{header:?}")).collect();
        assert_eq!(headers, ["X-Api-Key: true", "Cookie: c=1; d=e%3Bf"]);
    }

    #[test]
    fn the_operation_says_how_lists_are_written() {
        let mut operation = (*operation("op", "GET", "/a")).clone();
        let mut described = parameter("q", ParameterPlace::Query);
        described.explode = false;
        operation.parameters.push(described);
        let arguments = vec![given(ParameterPlace::Query, "q", json!([1, 2]))];
        let composed = compose(&Arc::new(operation), arguments, None, None, Expects::Success).unwrap();
        assert_eq!(composed.draft.request.target, "/a?q=1,2");
    }

    #[rstest]
    #[case(ParameterPlace::Header, "X", json!("a\r\nEvil: 1"))]
    #[case(ParameterPlace::Header, "X", json!("a\0"))]
    #[case(ParameterPlace::Header, "X", json!(["fine", "a\nb"]))]
    #[case(ParameterPlace::Cookie, "X", json!("a\nb"))]
    #[case(ParameterPlace::Header, "X Y", json!("a"))]
    #[case(ParameterPlace::Header, "", json!("a"))]
    fn nothing_is_smuggled_into_the_head(#[case] place: ParameterPlace, #[case] name: &str, #[case] value: Value) {
        assert!(request("/a", vec![given(place, name, value)]).is_err());
    }

    #[test]
    fn a_payload_sets_the_content_type_as_it_is_spelled() {
        let payload = Payload {
            content_type: "Application/Json; Charset=UTF-8".to_owned(),
            content: Content::Value(json!({"b": 1, "a": 2})),
            replacements: Vec::new(),
        };
        let post = operation("op", "POST", "/a");
        let composed = compose(&post, Vec::new(), Some(payload.clone()), Some("PATCH"), Expects::Success).unwrap();
        let request = &composed.draft.request;
        assert_eq!(request.method, "PATCH");
        assert_eq!(request.headers.text("content-type").as_deref(), Some("Application/Json; Charset=UTF-8"));
        assert_eq!(request.body, br#"{"b":1,"a":2}"#);
        assert_eq!(composed.draft.payload, Some(json!({"b": 1, "a": 2})));

        let own = vec![given(ParameterPlace::Header, "content-type", json!("text/odd"))];
        let composed = compose(&post, own, Some(payload), None, Expects::Success).unwrap();
        assert_eq!(composed.draft.request.headers.all("Content-Type").count(), 1);
        assert_eq!(composed.draft.request.headers.text("Content-Type").as_deref(), Some("text/odd"));
    }

    #[test]
    fn a_method_is_a_token() {
        let result = compose(&operation("op", "GET", "/a"), Vec::new(), None, Some("GET /x"), Expects::Success);
        assert!(matches!(result, Err(ComposeError::Method { .. })));
    }

    proptest! {
        #[test]
        fn any_value_stays_one_segment(text in ".*") {
            let request = request("/a/{id}/b", vec![given(ParameterPlace::Path, "id", json!(text))]).unwrap();
            let segments: Vec<&str> = request.target.split('/').collect();
            prop_assert_eq!(segments.len(), 4);
            prop_assert!(segments[2] != "." && segments[2] != "..");
            // A URL parser finds the same bytes again.
            let decoded: String = url::form_urlencoded::parse(segments[2].replace('+', "%2B").as_bytes())
                .map(|(name, _)| name.into_owned()).collect();
            prop_assert_eq!(decoded, text);
        }
    }
}
