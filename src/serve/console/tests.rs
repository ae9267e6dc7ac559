//! The console's pages, asked for as a browser does.

mod fixture;
mod hostile;
mod list;
mod pages;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::middleware::from_fn;
use tower::ServiceExt as _;

use crate::serve::Hall;

/// An answer of the console.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

fn console(hall: &Arc<Hall>) -> Router {
    super::router(Arc::clone(hall)).layer(from_fn(super::manners))
}

async fn ask(hall: &Arc<Hall>, request: Request<Body>) -> Answer {
    let response = console(hall).oneshot(request).await.expect("a router always answers");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 64 << 20).await.expect("a whole body");
    let text = String::from_utf8(bytes.to_vec()).expect("pages are UTF-8");
    Answer { status: parts.status, headers: parts.headers, text }
}

async fn get(hall: &Arc<Hall>, path: &str) -> Answer {
    ask(hall, Request::get(path).body(Body::empty()).expect("a request")).await
}

async fn get_in(hall: &Arc<Hall>, path: &str, language: &str) -> Answer {
    let request = Request::get(path).header("accept-language", language).body(Body::empty());
    ask(hall, request.expect("a request")).await
}

async fn post(hall: &Arc<Hall>, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded").body(form.into());
    ask(hall, request.expect("a request")).await
}
