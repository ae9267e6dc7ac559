//! `storeproof doctor` as its users meet it: texts go into the program, and what it says comes out.
//!
//! Every known mistake of every recipe is made, captured as text, and must be named (`table`); `told` holds what the
//! output looks like, and the forms in which captures come.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and write into folders of their own")]

mod support;
mod table;
mod told;
