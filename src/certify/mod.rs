//! Certification: what a store would check before it takes a vendor, everything that goes wrong in practice, and the
//! word that comes of it.
//!
//! All of it is pure. The cases of a certification are the embedded scenarios and those that are computed here, as
//! Arazzo documents like any other ([`Computed`]): they are played by the same engine, judged by the same judges, and
//! written by `certify --export` as files that `run` takes. A [`Programme`] says what is played and which requirements
//! that looks at; [`assess`] makes the [`crate::verdict::Assessment`] of what came of it.

mod assess;
mod coverage;
pub mod deliver;
mod lives;
mod programme;
pub mod walk;

pub mod derive;

use serde_json::Value;

pub use assess::{Statements, assess};
pub use coverage::Grounds;
pub use programme::{Candidate, Case, Choice, FILTERED, LookedAt, Programme, Scheduled, programme};

/// A case that was computed: an Arazzo document under the name of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Computed {
    /// Its name, such as `koogallery/derived/saas-v2/new-instance/missing`: the path below `scenarios/` of the file that
    /// it would be.
    pub name: String,
    /// The document. Its interface is named as an embedded scenario of that path would name it.
    pub document: Value,
}
