//! A call before it is signed, and one delivery of it.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::spec::Operation;
use crate::wire::Request;

/// A call as the engine composed it from operation and arguments, before it is signed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The operation.
    pub operation: Arc<Operation>,
    /// The unsigned request; its target is relative to the vendor's base address.
    pub request: Request,
    /// Arguments by name, as values.
    pub arguments: Vec<(String, Value)>,
    /// The payload as a value, when there is one.
    pub payload: Option<Value>,
    /// Whether the scenario writes the body out as text, which is then sent as it stands.
    pub verbatim: bool,
    /// What was put behind the operation's path on purpose, so that nothing is there.
    pub behind: Option<String>,
    /// What the scenario expects of the answer.
    pub expects: Expects,
}

impl Draft {
    /// The argument of this name.
    pub fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Sends the call to a path behind the operation's own.
    pub fn go_behind(&mut self, more: &str) {
        let (path, query) = match self.request.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.request.target.as_str(), None),
        };
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        self.request.target = format!("{}{more}{query}", path.trim_end_matches('/'));
        self.behind = Some(more.to_owned());
    }
}

/// What the scenario expects of an answer, as far as it concerns the marketplace's own judging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expects {
    /// The step gives no criterion on the status: a documented success is expected.
    Success,
    /// The step's own criteria decide on the status.
    Criteria,
}

/// How a draft is delivered this time.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The marketplace's clock, already shifted where the scenario says so.
    pub now: Timestamp,
    /// One of the recipe's known mistakes.
    pub tamper: Option<String>,
    /// Which copy this is, counted from 0.
    pub copy: u32,
    /// Whether the copies were sent at one instant, so that any of them may have arrived first.
    pub together: bool,
}

/// Why a call could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The operation names a recipe that nobody knows.
    #[error("the signature recipe {0} is not known")]
    UnknownRecipe(String),
    /// The mistake is none of the recipe's.
    #[error("{mistake} is no known mistake of the recipe {recipe}")]
    UnknownMistake {
        /// The mistake.
        mistake: String,
        /// The recipe.
        recipe: String,
    },
    /// Signing failed.
    #[error("the call could not be signed: {0}")]
    Signing(String),
}
