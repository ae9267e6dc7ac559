//! The marketplaces: how each calls a vendor, judges the answer, and answers the vendor's own calls.
//!
//! Everything here is pure. A [`Session`] plays one marketplace through one case: it signs what the engine composed,
//! judges what came back, and remembers what it must (which customers it registered, what was billed) to judge the
//! next answer. The enum is matched exhaustively, so the compiler lists what a further marketplace has to fill.

pub mod kt_bizstore;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::spec::Operation;
use crate::verdict::Judgement;
use crate::wire::{Exchange, Request, Visit};

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
    /// What the scenario expects of the answer.
    pub expects: Expects,
}

impl Draft {
    /// The argument of this name.
    pub fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value)
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

/// One marketplace playing one case.
#[derive(Debug)]
pub enum Session {
    /// No marketplace: a plain Arazzo document. Calls go out unsigned; answers are held against their OpenAPI document.
    Plain,
}

impl Session {
    /// Signs a draft for one delivery.
    pub fn sign(&mut self, draft: &Draft, _delivery: &Delivery) -> Result<Request, CallError> {
        match self {
            Self::Plain => Ok(draft.request.clone()),
        }
    }

    /// Judges what became of one delivery.
    pub fn judge(&mut self, _draft: &Draft, _delivery: &Delivery, _exchange: &Exchange) -> Judgement {
        match self {
            Self::Plain => Judgement::default(),
        }
    }

    /// Judges a page that was opened from an answer's `Location`.
    pub fn judge_visit(&mut self, _draft: &Draft, _visit: &Visit) -> Judgement {
        match self {
            Self::Plain => Judgement::default(),
        }
    }

    /// A harmless call that shows whether the vendor still lives; none where the marketplace has none.
    pub fn probe(&mut self, _now: Timestamp) -> Option<Request> {
        match self {
            Self::Plain => None,
        }
    }

    /// A generated input, such as a new customer's key. `None` when there is no such generator.
    pub fn generate(&mut self, _generator: &str, _now: Timestamp, _random: &mut fastrand::Rng) -> Option<Value> {
        match self {
            Self::Plain => None,
        }
    }
}
