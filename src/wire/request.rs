//! A request as it goes on the wire.

use serde::{Deserialize, Serialize};

use super::{Headers, Secret, written};

/// A request: method, target, header fields in order, exact body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `GET`, `POST`, … exactly as sent.
    pub method: String,
    /// Path and query as on the wire, percent-encoded, starting with `/`. Before `run` has put the vendor's base
    /// path in front it is relative to that base.
    pub target: String,
    /// Fields in the order in which they are sent. `Host` and `Content-Length` are added by the transport where absent.
    pub headers: Headers,
    /// The exact body; empty for none.
    #[serde(with = "written::bytes")]
    pub body: Vec<u8>,
    /// What must not appear in any artefact: tokens and keys that went into this request.
    #[serde(skip)]
    pub secrets: Vec<Secret>,
}

impl Request {
    /// A request without fields or body.
    pub fn new(method: impl Into<String>, target: impl Into<String>) -> Self {
        Self { method: method.into(), target: target.into(), ..Self::default() }
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split(['?', '#']).next().unwrap_or_default()
    }

    /// The query without `?`, when there is one.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}
