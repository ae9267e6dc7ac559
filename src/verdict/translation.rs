//! Requirements in other languages than English.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::RequirementId;

/// What a requirement says in another language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    /// The rule.
    pub rule: String,
    /// Why the store cares.
    pub why: String,
    /// What to change when it is broken.
    pub mend: String,
}

/// Translations into one language. A requirement that has none is told in English.
pub type Translations = BTreeMap<RequirementId, Translation>;
