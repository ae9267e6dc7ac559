//! What a run concludes: findings, outcomes, and the requirements they are held against.
//!
//! A [`Finding`] is one way in which an exchange broke the contract, as data: which requirement, where, what was
//! expected and what came. Words are made from it last, by its `Display` and by the reporters. A [`Judgement`] is all
//! that judging one exchange gave: findings, the documented readings that were met, and what could not be judged.
//! Broken, not judged and unreviewed are different things; [`Outcome`] keeps them apart.

mod advice;
pub mod assessment;
mod breach;
mod known;
mod outcome;
mod place;
mod requirement;
mod translation;

pub use assessment::Assessment;
pub use breach::Breach;
pub use known::{KnownFailure, KnownFailures, KnownTrouble, Scope, matches};
pub use outcome::{Blocked, Finding, Judgement, Move, Outcome, Reading, Skipped, Weighed};
pub use place::Place;
pub use requirement::{Catalogue, CatalogueError, Level, Provenance, Requirement, RequirementId};
pub use translation::{Translation, Translations};
