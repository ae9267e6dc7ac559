//! What the tests of scenarios share.

pub(crate) mod library;
