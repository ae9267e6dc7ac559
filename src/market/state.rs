//! What a marketplace remembers, as a value: to be kept over a restart, forgotten, or put there by the user.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Market;
use crate::wire::{Request, Response};

/// How many objects of each kind were put into a marketplace, by the plural of their name.
pub type Seeded = BTreeMap<&'static str, usize>;

/// Why a value is no state of a marketplace, or nothing that could be put into one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", place(pointer))]
pub struct Misfit {
    /// JSON pointer to what does not fit.
    pub pointer: String,
    /// What is wrong there, as a phrase.
    pub problem: String,
}

fn place(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!("{pointer}: ") }
}

impl Misfit {
    /// A misfit at a place.
    pub fn new(pointer: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), problem: problem.into() }
    }

    /// The same inside of something larger.
    #[must_use]
    pub fn below(mut self, pointer: &str) -> Self {
        self.pointer.insert_str(0, pointer);
        self
    }

    /// A value as a type of ours, or where it is none.
    ///
    /// # Errors
    ///
    /// With the place of the first member that is not known, not there or of another type.
    pub fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, Self> {
        serde_path_to_error::deserialize(value)
            .map_err(|error| Self::new(Self::pointer(error.path()), error.inner().to_string()))
    }

    /// A path of serde as a JSON pointer.
    pub fn pointer(path: &serde_path_to_error::Path) -> String {
        use serde_path_to_error::Segment;
        let segments = path.iter().map_while(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { .. } | Segment::Unknown => None,
        });
        segments.collect()
    }
}

impl Market {
    /// All that it remembers of business: orders, instances, usage. `null` where there is nothing to remember.
    pub fn state(&self) -> Value {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) => Value::Null,
            Self::KooGallery(store) => store.state(),
            Self::Scp(store) => store.state(),
        }
    }

    /// Remembers what [`Market::state`] once was, and nothing else.
    ///
    /// # Errors
    ///
    /// When it is no such state; what was remembered before is then untouched.
    pub fn restore(&self, state: &Value) -> Result<(), Misfit> {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) if state.is_null() => Ok(()),
            Self::Plain { .. } | Self::KtBizstore(_) => Err(Misfit::new("", "this marketplace remembers nothing")),
            Self::KooGallery(store) => store.restore(state),
            Self::Scp(store) => store.restore(state),
        }
    }

    /// Forgets everything.
    pub fn reset(&self) {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) => {}
            Self::KooGallery(store) => store.reset(),
            Self::Scp(store) => store.reset(),
        }
    }

    /// Puts objects into the state, in the form in which the store's documents show them. One that is there already
    /// under the same id is replaced. All of them or none.
    ///
    /// # Errors
    ///
    /// When one does not fit.
    pub fn seed(&self, objects: &Value) -> Result<Seeded, Misfit> {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) => {
                Err(Misfit::new("", "the API of this marketplace tells nothing, so there is nothing to put into it"))
            }
            Self::KooGallery(store) => store.seed(objects),
            Self::Scp(store) => store.seed(objects),
        }
    }

    /// What [`Market::answer`] would say, without carrying anything out: for an answer that the vendor never gets, so
    /// that its next try is no repetition.
    pub fn rehearse(&self, request: &Request, now: Timestamp) -> Response {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) | Self::Scp(_) => self.answer(request, now),
            Self::KooGallery(store) => store.rehearse(request, now),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_misfit_names_its_place() {
        let wrong = Misfit::typed::<BTreeMap<String, Vec<u8>>>(&json!({ "a/b": [1, "x"] })).expect_err("a text");
        assert_eq!(wrong.pointer, "/a~1b/1");
        assert!(wrong.clone().below("/market").to_string().starts_with("/market/a~1b/1: invalid type"), "{wrong}");
    }

    #[test]
    fn a_marketplace_that_remembers_nothing_says_so() {
        let market = Market::new(Some("kt-bizstore"), &Default::default(), None).expect("the defaults are right");
        assert_eq!(market.state(), Value::Null);
        assert!(market.restore(&Value::Null).is_ok());
        assert!(market.restore(&json!({})).is_err());
        assert!(market.seed(&json!({})).is_err());
    }
}
