//! What is asked of the control API: bodies and queries, read into types, with the place of whatever does not fit.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;

use super::Problem;
use crate::market::Misfit;

/// A body in JSON. No web page can send one to us without asking first (a form has another content type), which is a
/// second lock on the door that `guard` holds shut.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let typed = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence =
            typed.and_then(|value| value.split(';').next()).map(|essence| essence.trim().to_ascii_lowercase());
        if essence.as_deref() != Some("application/json") {
            let found = typed.map_or_else(|| "none".to_owned(), |typed| format!("{typed:?}"));
            let detail = format!("the body must be sent with Content-Type: application/json; found {found}");
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| too_long(&rejection))?;
        parse(&bytes).map(Self)
    }
}

/// No body, or one that says nothing: `{}`.
pub(super) struct Nothing;

impl<S: Send + Sync> FromRequest<S> for Nothing {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            let Sent(said) = Sent::<serde_json::Map<String, serde_json::Value>>::from_request(request, state).await?;
            return match said.keys().next() {
                None => Ok(Self),
                Some(name) => {
                    Err(Problem::body(format!("/{}", escaped(name)), "nothing can be said here: send no body"))
                }
            };
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| too_long(&rejection))?;
        if bytes.is_empty() {
            return Ok(Self);
        }
        Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "nothing can be said here: send no body"))
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn too_long(rejection: &BytesRejection) -> Problem {
    let detail = match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            format!("the body is longer than the {} bytes that are read", super::LONGEST_BODY)
        }
        _ => rejection.body_text(),
    };
    Problem::new(rejection.status(), detail)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // serde would take a list for an object, its items for the members in their order.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(Problem::body("", "the body is a list; an object is expected"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut reader);
    let not_json =
        |error: &serde_json::Error| Problem::new(StatusCode::BAD_REQUEST, format!("the body is not JSON: {error}"));
    let value = read.map_err(|error| match error.inner().classify() {
        serde_json::error::Category::Data => {
            let pointer = Misfit::pointer(error.path());
            let text = error.inner().to_string();
            // The pointer says more than line and column of a text that most often has one line.
            let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
            Problem::body(pointer, problem)
        }
        _ => not_json(error.inner()),
    })?;
    reader.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

/// The parameters of a query. Each is taken by name; what is left over is refused.
pub(super) struct Query(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut found = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            if found.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(Problem::parameter(&name, format!("{name} is there twice")));
            }
        }
        Ok(Self(found))
    }
}

impl Query {
    /// A parameter as text; an empty one counts as none, as a form sends it.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.0.remove(name).filter(|value| !value.is_empty())
    }

    /// A parameter that is a whole number.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<u64>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let refuse = |_| Problem::parameter(name, format!("{name} is {text:?}, not a whole number"));
        text.parse().map(Some).map_err(refuse)
    }

    /// A parameter that is one of these words.
    pub(super) fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let known = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        let all = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        known.map(Some).ok_or_else(|| Problem::parameter(name, format!("{name} is {text:?}, none of {}", all())))
    }

    /// Refuses what was not taken; `known` are the names that there are.
    pub(super) fn end(self, known: &[&str]) -> Result<(), Problem> {
        let Some(name) = self.0.into_keys().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
        let all = if known.is_empty() { "there are none here".to_owned() } else { known.join(", ") };
        let near = known
            .iter()
            .map(|known| (strsim::damerau_levenshtein(known, &name), known))
            .filter(|(distance, _)| *distance <= 2)
            .min();
        let advice = near.map_or_else(|| format!("known are {all}"), |(_, near)| format!("did you mean {near}?"));
        let advice = if known.is_empty() { all } else { advice };
        Err(Problem::parameter(&name, format!("the parameter {name} is unknown: {advice}")))
    }
}

/// A query in which nothing can be asked.
pub(super) struct Plain;

impl<S: Send + Sync> FromRequestParts<S> for Plain {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Query::from_request_parts(parts, state).await?.end(&[]).map(|()| Self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn problem(problem: &Problem) -> Value {
        serde_json::to_value(problem).expect("JSON")
    }

    #[test]
    fn a_body_that_does_not_fit_is_pointed_into() {
        let wrong = parse::<BTreeMap<String, Vec<u8>>>(br#"{"a/b": [1, "x"]}"#).expect_err("a text");
        assert_eq!(problem(&wrong)["pointer"], "/a~1b/1");
        assert_eq!(problem(&wrong)["status"], 422);
        let wrong = problem(&parse::<Value>(b"{\"a\": 1,").expect_err("cut off"));
        assert_eq!((wrong["status"].clone(), wrong.get("pointer")), (json!(400), None));
        assert!(parse::<Value>(b"{} {}").is_err(), "two values");
    }

    #[test]
    fn a_parameter_that_is_unknown_is_not_passed_over() {
        let query = |pairs: &[(&str, &str)]| Query(pairs.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect());
        let mut asked = query(&[("limit", "5"), ("verdict", "breaks"), ("text", "")]);
        assert_eq!(asked.number("limit"), Ok(Some(5)));
        assert_eq!(asked.word("verdict", &[("breaks", 1)]), Ok(Some(1)));
        assert_eq!(asked.text("text"), None);
        assert_eq!(asked.end(&["limit"]), Ok(()));
        let unknown = problem(&query(&[("limits", "5")]).end(&["limit"]).expect_err("unknown"));
        assert_eq!(unknown["parameter"], "limits");
        assert_eq!(unknown["detail"], "the parameter limits is unknown: did you mean limit?");
        assert!(query(&[("limit", "-1")]).number("limit").is_err());
        assert!(query(&[("verdict", "good")]).word("verdict", &[("breaks", 1)]).is_err());
    }
}
