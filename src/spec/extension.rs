//! `info.x-storeproof`: what an embedded interface says about itself beyond OpenAPI.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::problem::{Collector, SpecTrouble};
use super::{Caller, Document, SpecProblems};

/// `info.x-storeproof` of one interface.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Description {
    /// The marketplace whose interface it is.
    pub marketplace: String,
    /// This edition's name among the marketplace's dialects.
    pub dialect: String,
    /// The date of the edition, `yyyy-mm-dd`; `yyyy-mm` where the published pages give no day.
    pub edition: String,
    /// Who sends the requests.
    pub caller: Caller,
    /// The documents it was written from.
    pub sources: Vec<String>,
    /// Where it departs from the published document, and why.
    #[serde(default)]
    pub fixes: Vec<String>,
    /// Facts that the documents contradict or leave open.
    #[serde(default)]
    pub settings: Vec<Setting>,
}

/// A fact that the documents contradict or leave open: never a silent choice.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Its name, as in `storeproof.toml`.
    pub name: String,
    /// What holds where the user says nothing: durations as text (`60s`), else a word, a number or a flag.
    pub default: Value,
    /// Why that is the default, and what else the documents allow.
    pub reason: String,
}

impl Description {
    /// Reads `info.x-storeproof`; `None` for a document without it, which is one of a user's own.
    ///
    /// Errors name keys that are not known, missing or of the wrong type.
    pub fn of(document: &Document) -> Result<Option<Self>, SpecProblems> {
        let mut found = Collector::new(document);
        let description = Self::read(&mut found);
        SpecProblems::of(found.problems).map_or(Ok(description), Err)
    }

    pub(super) fn read(found: &mut Collector<'_>) -> Option<Self> {
        let document = found.document;
        let value = document.value.pointer(POINTER)?;
        typed(found, value, POINTER)
    }

    /// The setting of this name.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.name == name)
    }
}

const POINTER: &str = "/info/x-storeproof";

/// A value as a type of ours; what is wrong is found with its place below `pointer`.
pub(super) fn typed<T: DeserializeOwned>(found: &mut Collector<'_>, value: &Value, pointer: &str) -> Option<T> {
    match serde_path_to_error::deserialize(value) {
        Ok(typed) => Some(typed),
        Err(error) => {
            let place = format!("{pointer}{}", below(error.path()));
            let problem = error.into_inner().to_string();
            if problem.starts_with("unknown field") {
                found.at_key(&place, SpecTrouble::Model(problem));
            } else {
                found.at_value(&place, SpecTrouble::Model(problem));
            }
            None
        }
    }
}

/// A path of serde as a JSON pointer.
fn below(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segments = path.iter().map_while(|segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", super::document::escape(key))),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    segments.collect()
}
