//! Signature recipes: how each store proves who calls, as pure functions over text and bytes.
//!
//! A recipe signs for a given time and names every intermediate string on the way ([`Intermediate`]), so that whoever
//! implements the other side can compare step by step. It also lists its known mistakes: the ways in which real
//! callers and real vendors get it wrong. Each mistake can be made on purpose, and each can be recognised in what was
//! received.
//!
//! No clock is read here: the time is always passed in.

mod digest;
mod explain;
mod json;
pub mod key;
pub mod koogallery;
pub mod kt_jwt;
pub mod mistake;
mod pem;
mod query;
pub mod scp;
pub mod sdk_hmac;

use std::fmt;

use jiff::Timestamp;

/// One named string on the way to a signature.
///
/// Together the strings of a recipe give the whole credential away, so `Debug` shows their names and lengths only.
#[derive(Clone, PartialEq, Eq)]
pub struct Intermediate {
    /// What it is: `signing input`.
    pub name: &'static str,
    /// The string itself.
    pub value: String,
}

impl Intermediate {
    pub(crate) fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into() }
    }
}

/// The time that a count since 1970 means, in milliseconds or, where that would lie in 1973 or before, in seconds.
fn epoch(count: i64) -> Option<Timestamp> {
    if count >= 100_000_000_000 { Timestamp::from_millisecond(count).ok() } else { Timestamp::from_second(count).ok() }
}

impl fmt::Debug for Intermediate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.value.len())
    }
}
