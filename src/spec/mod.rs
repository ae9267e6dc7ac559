//! Interfaces as OpenAPI describes them, the requirement catalogues beside them, and users' lists of known failures.
//!
//! A document is parsed once into an [`Interface`]: operations with their parameters, bodies, answers and signature
//! recipes. JSON Schemas are compiled when they are first used (60 µs each), not at start-up. What the documents of a
//! store contradict or leave open is a setting in `info.x-storeproof`, with a default and its reason.
//!
//! The way of a document: [`Document`] (text with positions), `structure` (every mistake, by the tables of
//! `openapi`), `load` (the typed model, references resolved), `translate` (its schemas as JSON Schema), `violation` (what
//! a schema found, in words). Whatever is wrong is in [`SpecProblems`], each with line and column. Requirements are
//! English; `languages` has what of them is translated. Our own documents
//! are [`embedded`] in the binary.

mod catalogue;
pub mod document;
pub mod embedded;
mod extension;
mod known_failures;
mod languages;
mod load;
mod openapi;
mod operation;
mod problem;
mod schema;
mod soundness;
mod structure;
mod translate;
mod violation;

pub use catalogue::{Scope, read_catalogue};
pub use document::{Document, DocumentError, Position, Standing};
pub use extension::{Description, Setting};
pub use known_failures::read_known_failures;
pub use operation::{
    Answer, AnswerHeader, Body, Caller, Interface, Media, Operation, Parameter, ParameterPlace, StatusRange, Style,
};
pub use problem::{SpecProblem, SpecProblems, SpecTrouble};
pub use schema::{Schema, Violation};
