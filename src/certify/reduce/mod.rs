//! Makes a case that breaks the contract as small as it goes.
//!
//! A case of thirty steps that breaks in one of them says little of why. [`Reduction`] says which documents to play
//! instead, each with less of the case, and is told what came of each; what is left at the end is a scenario of its own,
//! with what the broken step needs and nothing else.
//!
//! A smaller document must not break for another reason: a renewal of what was never opened is refused by every vendor.
//! So a candidate counts only where its [`Symptom`] is the one of the case, nothing else is broken, and a vendor without
//! faults does not break it ([`holds`]).

mod control;
mod cut;
mod ddmin;
mod outline;
mod parts;
mod reduction;
mod references;
mod symptom;
mod written;

pub use control::holds;
pub use reduction::{Reduction, Trial, steps};
pub use symptom::{Symptom, symptoms};
pub use written::written;
