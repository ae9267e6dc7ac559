//! Rules of a store, each with its source and its mend.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a requirement, such as `KT-BILL-SUM`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequirementId(Cow<'static, str>);

impl RequirementId {
    /// A name known when we were compiled; a test holds that the catalogue has it.
    pub const fn known(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// A name read from a document.
    pub fn new(id: impl Into<String>) -> Self {
        Self(Cow::Owned(id.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much a broken requirement weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing a program can judge; listed for the person who submits.
    Manual,
    /// Good practice; reported, never a failure.
    Advice,
    /// The documents say so without making it binding, or contradict themselves; reported, never a failure.
    Should,
    /// The contract; breaking it fails the run.
    Must,
}

/// How a rule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// The store's documents say it.
    Documented,
    /// It follows from what they say.
    Inferred,
    /// They say it in more than one way.
    Contradictory,
}

/// One rule of a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its name, unique over all catalogues.
    pub id: RequirementId,
    /// How much it weighs.
    pub level: Level,
    /// The rule in one or two sentences.
    pub rule: String,
    /// Why the store cares: what goes wrong there when it is broken.
    pub why: String,
    /// Page or document and edition.
    pub source: String,
    /// How it is known.
    pub provenance: Provenance,
    /// Dialects that it is about; none means all of the marketplace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dialects: Vec<String>,
    /// What the product must be like for it to apply: names of traits, each with the values that it may have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub applies: BTreeMap<String, Vec<String>>,
    /// The vendor's calls that it is about: whoever makes none of them has not shown that it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
    /// The vendor's call that it is about, where nobody has to make it: whoever does not is not asked.
    #[serde(default, rename = "if-called", skip_serializing_if = "Option::is_none")]
    pub if_called: Option<String>,
    /// Whether a vendor may rightly behave so that no case can see how it stands. Then somebody may state it.
    #[serde(default, rename = "may-be-stated", skip_serializing_if = "std::ops::Not::not")]
    pub may_be_stated: bool,
    /// The store's own code or wording, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What to change when it is broken.
    pub mend: String,
}

/// What is wrong with a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Two requirements of one name.
    #[error("requirement {0} is defined twice")]
    Duplicate(RequirementId),
}

/// Requirements by name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    by_id: BTreeMap<RequirementId, Requirement>,
}

impl Catalogue {
    /// A catalogue of these requirements.
    pub fn new(requirements: impl IntoIterator<Item = Requirement>) -> Result<Self, CatalogueError> {
        let mut by_id = BTreeMap::new();
        for requirement in requirements {
            let id = requirement.id.clone();
            if by_id.insert(id.clone(), requirement).is_some() {
                return Err(CatalogueError::Duplicate(id));
            }
        }
        Ok(Self { by_id })
    }

    /// The requirement of this name.
    pub fn get(&self, id: &RequirementId) -> Option<&Requirement> {
        self.by_id.get(id)
    }

    /// The weight of a requirement; an unknown name weighs as a rule of the contract, so that nothing is lost.
    pub fn level(&self, id: &RequirementId) -> Level {
        self.get(id).map_or(Level::Must, |requirement| requirement.level)
    }

    /// All requirements, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Requirement> {
        self.by_id.values()
    }

    /// This catalogue and another in one.
    pub fn and(mut self, other: Self) -> Result<Self, CatalogueError> {
        for (id, requirement) in other.by_id {
            if self.by_id.insert(id.clone(), requirement).is_some() {
                return Err(CatalogueError::Duplicate(id));
            }
        }
        Ok(self)
    }
}
