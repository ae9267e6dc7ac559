//! Negative cases, computed from a sound call.

use super::Computed;
use crate::scenario::plan::Plan;
use crate::spec::Document;

/// The cases that are computed from a ground: a scenario whose `info.x-storeproof.varies` names a step. `plan` is that
/// document, resolved; its operation says what can be wrong with the call.
///
/// Empty for a scenario that is no ground.
pub fn cases(_document: &Document, _plan: &Plan) -> Vec<Computed> {
    Vec::new()
}
