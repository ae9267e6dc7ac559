//! What the console's port serves: the console's pages, and the control API below `/api`.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;

use super::guard::guard;
use super::{Hall, console, control};

/// Everything below the console's port. Nothing is answered that does not come from this machine.
pub(super) fn router(hall: Arc<Hall>) -> Router {
    let pages = console::router(Arc::clone(&hall)).layer(from_fn(console::manners));
    pages.merge(control::router(hall)).layer(from_fn(guard))
}
