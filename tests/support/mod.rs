//! What the tests of scenarios share.

pub mod library;
