//! Words in English, Korean and Chinese, for whatever a person reads in a browser.
//!
//! They are [Fluent](https://projectfluent.org) files, one for each area in each language, and are part of the program.
//! The console and the HTML report each have a `Lexicon` of their own, beside the pages that speak it.

mod language;
mod lexicon;

pub use language::Language;
#[cfg(test)]
pub(crate) use lexicon::holds;
pub(crate) use lexicon::{Lexicon, Value};
