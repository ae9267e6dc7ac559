//! Arazzo documents: from text to a typed [`plan::Plan`], before any traffic.
//!
//! The text is parsed once into a tree that knows where each value stands ([`Document`](crate::spec::Document)); the
//! typed plan is resolved from it against the interfaces it names. Whatever is wrong (an unknown key, operation, step
//! or output, a wrong type, a step that can never be reached) is a [`Problem`] with file, line and column and the right
//! names nearby.
//!
//! [`resolve`] is the way in, [`lint`] the same for somebody who wants to see the warnings, too. What lies outside of
//! the document (interfaces, other documents, names that a marketplace knows) is asked of a [`Library`].

pub mod expression;
mod library;
mod nearby;
pub mod plan;
mod problem;
mod resolve;

pub use library::Library;
pub use problem::{Problem, Problems, Severity, What};
pub use resolve::{examine, lint, resolve};
