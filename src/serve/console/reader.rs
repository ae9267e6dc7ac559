//! Who reads a page.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;

use super::words::{Language, Words};
use crate::serve::Hall;

/// The cookie that remembers the language which was chosen.
pub(super) const COOKIE_NAME: &str = "storeproof-language";

/// Who reads a page, and where. Handlers take it as an argument.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    /// What they are told in.
    pub(crate) words: Words,
    /// Path and query of the page, so that another choice leads back to it.
    pub(crate) here: String,
    /// The marketplaces that are served.
    pub(crate) served: Vec<&'static str>,
}

/// The language that was chosen, or else the one that the browser asks for.
pub(super) fn language(headers: &HeaderMap) -> Language {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let chosen = pairs.find(|(name, _)| *name == COOKIE_NAME).and_then(|(_, value)| Language::of(value));
    chosen.unwrap_or_else(|| {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Language::accepted(accepted.unwrap_or_default())
    })
}

impl<S: Send + Sync> FromRequestParts<S> for Reader
where
    Arc<Hall>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let hall = <Arc<Hall>>::from_ref(state);
        Ok(Self {
            words: Words(language(&parts.headers)),
            here: parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            served: hall.stands.iter().map(|stand| stand.name).collect(),
        })
    }
}
