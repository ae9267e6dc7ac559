//! Certification: what a store would check before it takes a vendor, everything that goes wrong in practice, and the
//! word that comes of it.
//!
//! All of it is pure. The cases of a certification are the embedded scenarios and those that are computed here, as
//! Arazzo documents like any other ([`Computed`]): they are played by the same engine, judged by the same judges, and
//! written by `certify --export` as files that `run` takes. A [`Programme`] says what is played and which requirements
//! that looks at; [`assess`] makes the [`crate::verdict::Assessment`] of what came of it.

mod assess;
mod baseline;
mod coverage;
pub mod deliver;
mod lives;
mod programme;
pub mod walk;

pub mod derive;
pub mod reduce;

use serde_json::Value;

pub use assess::{Statements, assess};
pub use baseline::{Baseline, baseline};
pub use coverage::Grounds;
pub use programme::{Candidate, Case, Choice, FILTERED, LookedAt, Programme, Scheduled, programme};

/// Folders of a marketplace that hold computed cases.
const COMPUTED: [&str; 3] = ["derived", "deliveries", OF_CHANCE];

/// The folder of those that are computed from the seed.
const OF_CHANCE: &str = "walks";

/// Folders that hold the computed cases of a marketplace.
pub fn computed_folders(marketplace: &str) -> Vec<String> {
    COMPUTED.iter().map(|folder| format!("{marketplace}/{folder}")).collect()
}

/// The folder of a marketplace whose cases are computed from the seed, so that they are others in every run.
pub fn folder_of_chance(marketplace: &str) -> String {
    format!("{marketplace}/{OF_CHANCE}")
}

/// A case that was computed: an Arazzo document under the name of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Computed {
    /// Its name, such as `koogallery/derived/saas-v2/new-instance/missing`: the path below `scenarios/` of the file that
    /// it would be.
    pub name: String,
    /// The document. Its interface is named as an embedded scenario of that path would name it.
    pub document: Value,
}
