//! A press of a button is one step of a scenario.
//!
//! A [`Click`] names an operation, what is passed to it and how it is delivered. It is written as an Arazzo document of
//! one step, which the scenario engine plays with the stand's own session ([`Stand::press`](super::Stand::press)), so
//! that a button does exactly what `storeproof run` does: the same signatures, the same judge. What was clicked is kept
//! as [`Clicked`]; several of them make a scenario that `storeproof run` plays ([`scenario_of`]).
//!
//! The control API takes clicks as JSON, the storefronts make them from forms.

mod press;
mod scenario;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use press::{PressError, Pressed};
pub use scenario::scenario_of;

/// One call of the vendor, before it is made.
///
/// Texts in `parameters` and `body` may hold inputs of the click: `$inputs.NAME` as a whole text is the input's value,
/// `{$inputs.NAME}` inside a text is replaced by it. Nothing else in them is read as an expression.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Click {
    /// The operation, such as `newInstance`.
    pub operation: String,
    /// The interface that it belongs to, such as `koogallery/saas-v1`; where none is named, the first of the
    /// marketplace that has the operation, the one that is played without `--dialect` before the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// What it is for, as a sentence; the description of the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Parameters by name.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
    /// The body, sent as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// How it is delivered.
    #[serde(default, skip_serializing_if = "Deliver::is_plain")]
    pub deliver: Deliver,
    /// Values by name that parameters and body can hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "inputs")]
    pub inputs: Vec<(String, Input)>,
    /// What later clicks may take from the answer: a name, and a JSON pointer into its body.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub outputs: Map<String, Value>,
    /// A call that the vendor must make.
    #[serde(default, rename = "await", skip_serializing_if = "Option::is_none")]
    pub awaited: Option<Awaited>,
    /// Conditions on the answer, as Arazzo writes them; none leaves it to the marketplace's own rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<String>,
    /// The requirement that the conditions stand for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
}

/// Where a value of a click comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// From one of the marketplace's generators, such as `mem-sq`.
    Generate(String),
    /// From a generator, made before the click, so that somebody has seen it. A scenario makes another one.
    Made {
        /// The generator.
        generator: String,
        /// What it made.
        value: Value,
    },
    /// From whoever clicked.
    Given(Value),
}

/// How the marketplace delivers a call; see `x-storeproof.deliver` of scenarios.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Deliver {
    /// How often, where more than once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copies: Option<u32>,
    /// All copies at one instant.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub together: bool,
    /// Hang up before the first answer is read, and deliver again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lose_answer: bool,
    /// One of the recipe's known mistakes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tamper: Option<String>,
    /// Shifts the marketplace's clock for this delivery: `-61s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// Another method than the operation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Open `Location` as the customer's browser would.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub follow: bool,
}

impl Deliver {
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// A call that the vendor must make in answer to a click.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Awaited {
    /// The interface of the marketplace's own that it belongs to, such as `koogallery/open-api`.
    pub interface: String,
    /// The operation.
    pub operation: String,
    /// Within this time after the answer, such as `5s`.
    pub within: String,
}

impl Click {
    /// A call of an operation.
    pub fn new(operation: impl Into<String>) -> Self {
        Self { operation: operation.into(), ..Self::default() }
    }

    /// The same with a parameter.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    /// The same with this body.
    #[must_use]
    pub fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// The same with a value that a generator of the marketplace makes.
    #[must_use]
    pub fn generated(mut self, name: &str, generator: &str) -> Self {
        self.inputs.push((name.to_owned(), Input::Generate(generator.to_owned())));
        self
    }

    /// The same with a description.
    #[must_use]
    pub fn described(self, description: &str) -> Self {
        Self { description: Some(description.to_owned()), ..self }
    }
}

/// A click that was played, with the values that it was played with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Clicked {
    /// The interface, such as `kt-bizstore/bizstore-2.1.2`.
    pub interface: String,
    /// What was clicked.
    pub click: Click,
    /// Parameters by name, as they were sent.
    pub parameters: Map<String, Value>,
    /// The body, as it was composed; the marketplace may have added members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Values of its inputs.
    pub inputs: Map<String, Value>,
    /// Values of its outputs, as far as the answer had them.
    pub outputs: Map<String, Value>,
}

/// Inputs are an object in JSON and keep their order.
mod inputs {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _, ser::Error as _};
    use serde_json::{Map, Value};

    use super::Input;

    pub(super) fn serialize<S: Serializer>(inputs: &[(String, Input)], to: S) -> Result<S::Ok, S::Error> {
        let mut members = Map::new();
        for (name, input) in inputs {
            members.insert(name.clone(), serde_json::to_value(input).map_err(S::Error::custom)?);
        }
        members.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, Input)>, D::Error> {
        let members = Map::<String, Value>::deserialize(from)?;
        let input = |(name, value)| Ok((name, serde_json::from_value(value).map_err(D::Error::custom)?));
        members.into_iter().map(input).collect()
    }
}
