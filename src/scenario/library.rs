//! What a scenario is resolved against: pure look-ups given by the caller.

use std::sync::Arc;

use super::plan::Plan;
use crate::spec::Interface;

/// Finds what a scenario names.
///
/// A look-up that returns `Option` may not know at all (`None`); then every name is accepted, and whoever plays the
/// scenario refuses it later.
pub trait Library {
    /// The OpenAPI document of a source description, by its `url` as written. The error says why there is none.
    fn interface(&self, url: &str) -> Result<Arc<Interface>, String>;

    /// The plan of another Arazzo document, by its `url` as written. The error says why there is none; a document
    /// that names itself over others is such an error, too.
    fn plan(&self, url: &str) -> Result<Arc<Plan>, String>;

    /// The known mistakes of a signature recipe, for `tamper`.
    fn known_mistakes(&self, _recipe: &str) -> Option<Vec<String>> {
        None
    }

    /// The generators of inputs that a marketplace has, for `generate`.
    fn known_generators(&self, _marketplace: &str) -> Option<Vec<String>> {
        None
    }

    /// The names of all requirements.
    fn known_requirements(&self) -> Option<Vec<String>> {
        None
    }

    /// The rules of a marketplace that a step can ask for, for `checks`.
    fn known_checks(&self, _marketplace: &str) -> Option<Vec<String>> {
        None
    }

    /// The traits of a product that decide whether a marketplace's case applies, each with its values.
    fn known_traits(&self, _marketplace: &str) -> Option<Vec<(String, Vec<String>)>> {
        None
    }

    /// The forms of redacted values, for `snapshot.redact`.
    fn known_forms(&self) -> Option<Vec<String>> {
        None
    }
}
