//! What the control API answers, as JSON in which no text can harm a terminal.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::report::escape;

/// A value as JSON. What a vendor sent may hold what a terminal obeys; it is written as escapes, so that the value stays
/// the same.
pub(super) struct Shown<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Shown<T> {
    fn into_response(self) -> Response {
        match text(&self.0) {
            Some(text) => {
                let mut response = Response::new(Body::from(text));
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
            // Every map here has texts for keys, so that this would be a mistake of ours.
            None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

/// The same as text on one line.
pub(super) fn text(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok().map(|text| escape::json(&text))
}
