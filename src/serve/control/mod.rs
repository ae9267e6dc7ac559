//! The control API: everything that the console's pages can do, for programs.
//!
//! It stands below `/api` of the console's port and speaks JSON. `openapi.yaml` beside this file describes it and is
//! served as `/api/openapi.json`; a test holds that both say the same. What cannot be done is answered as RFC 9457 has
//! it, pointing at the place of the request that is wrong; nothing that is not understood is passed over.
//!
//! Who may use it is looked at before (`guard`); a body must be JSON, which no form of a web page can send.

mod ask;
mod calls;
mod clock;
mod description;
mod disturbances;
mod document;
mod events;
mod exchanges;
mod marketplaces;
mod problem;
mod shown;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::{any, get, post};

use super::{Hall, Stand};

pub(super) use events::{Stream, stream};
pub(super) use problem::Problem;

/// Longest body that is read, in bytes: a catalogue or a few thousand orders.
const LONGEST_BODY: usize = 8 * 1024 * 1024;

/// The marketplace that a path names.
struct At(String);

impl<S: Send + Sync> FromRequestParts<S> for At {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(name) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::not_there("marketplace", rejection.body_text()))?;
        Ok(Self(name))
    }
}

impl At {
    fn stand<'a>(&self, hall: &'a Hall) -> Result<&'a Arc<Stand>, Problem> {
        hall.stand(&self.0).ok_or_else(|| {
            let all: Vec<&str> = hall.stands.iter().map(|stand| stand.name).collect();
            let detail = format!("{:?} is no marketplace that is served here; {} are", self.0, all.join(", "));
            Problem::not_there("marketplace", detail)
        })
    }
}

/// The control API in its place, `/api`.
pub(super) fn router(hall: Arc<Hall>) -> Router {
    // The place itself belongs to it, with and without a slash behind.
    Router::new().nest("/api", api(hall)).route("/api/", any(async || nothing_at("/")))
}

/// Everything below `/api`.
fn api(hall: Arc<Hall>) -> Router {
    Router::new()
        .route("/openapi.json", get(description::read))
        .route("/marketplaces", get(marketplaces::list))
        .route("/reset", post(marketplaces::reset_all))
        .route("/exchanges", get(exchanges::list).delete(exchanges::clear))
        .route("/exchanges/{id}", get(exchanges::read))
        .route("/events", get(events::watch))
        .route("/{marketplace}/reset", post(marketplaces::reset))
        .route("/{marketplace}/seed", post(marketplaces::seed))
        .route("/{marketplace}/calls", post(calls::make))
        .route("/{marketplace}/clock", get(clock::read).put(clock::moved))
        .route(
            "/{marketplace}/disturbances",
            get(disturbances::read).put(disturbances::replace).post(disturbances::add).delete(disturbances::clear),
        )
        .fallback(nothing_here)
        .method_not_allowed_fallback(another_method)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(hall)
        .layer(axum::middleware::map_response(dressed))
}

async fn nothing_here(uri: Uri) -> Problem {
    nothing_at(uri.path())
}

fn nothing_at(path: &str) -> Problem {
    let detail = format!("there is nothing at /api{path}; /api/openapi.json says what there is");
    Problem::new(StatusCode::NOT_FOUND, detail)
}

async fn another_method(method: Method, uri: Uri) -> Problem {
    let detail = format!("/api{} knows no {method}; the header Allow says which methods there are", uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}

/// No answer is kept by a browser, or taken for a page.
async fn dressed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}
