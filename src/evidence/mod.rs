//! Evidence of a run.

mod journal;

pub use journal::{Entry, Journal, Pages, Sent};
