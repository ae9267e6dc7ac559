//! What the console's port serves: the console's pages, and the control API below `/api`.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

use super::Hall;
use super::guard::guard;

/// Everything below the console's port. Nothing is answered that does not come from this machine.
pub(super) fn router(hall: Arc<Hall>) -> Router {
    Router::new().route("/", get(async || "storeproof\n")).with_state(hall).layer(from_fn(guard))
}
