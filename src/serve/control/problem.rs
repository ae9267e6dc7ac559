//! What the control API answers when it does not do what was asked (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::shown::Shown;
use crate::market::Misfit;

/// Why a request is not carried out. Its title is the status in words, so that its type is `about:blank`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::serve) struct Problem {
    /// The status in words.
    title: &'static str,
    #[serde(serialize_with = "number")]
    status: StatusCode,
    /// What is wrong, and what would be right.
    detail: String,
    /// JSON pointer into the body that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// Parameter of the query or the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// Numbers of the exchanges that show it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exchanges: Vec<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn number<S: serde::Serializer>(status: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u16(status.as_u16())
}

impl Problem {
    /// A problem that no single place shows.
    pub(in crate::serve) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Problem");
        Self { title, status, detail: detail.into(), pointer: None, parameter: None, exchanges: Vec::new() }
    }

    /// The same with the numbers of the exchanges that show it.
    pub(super) fn seen_in(self, exchanges: Vec<u64>) -> Self {
        Self { exchanges, ..self }
    }

    /// A parameter of the query that cannot be used.
    pub(super) fn parameter(name: &str, detail: impl Into<String>) -> Self {
        Self { parameter: Some(name.to_owned()), ..Self::new(StatusCode::BAD_REQUEST, detail) }
    }

    /// Something that a path names and that is not there.
    pub(super) fn not_there(parameter: &str, detail: impl Into<String>) -> Self {
        Self { parameter: Some(parameter.to_owned()), ..Self::new(StatusCode::NOT_FOUND, detail) }
    }

    /// A body that is JSON and says what cannot be done.
    pub(super) fn body(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail) }
    }
}

impl From<Misfit> for Problem {
    fn from(misfit: Misfit) -> Self {
        Self::body(misfit.pointer, misfit.problem)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Shown(&self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}
