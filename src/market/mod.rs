//! The marketplaces: how each calls a vendor, judges the answer, and answers the vendor's own calls.
//!
//! Everything here is pure. A [`Session`] plays one marketplace through one case: it signs what the engine composed,
//! judges what came back, and remembers what it must (which customers it registered, what was billed) to judge the
//! next answer. The enum is matched exhaustively, so the compiler lists what a further marketplace has to fill.

pub mod kt_bizstore;
pub mod plain;
mod reference;

pub use reference::{Vendor, VendorError, VendorOptions, faults};

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

/// One marketplace playing one case.
#[derive(Debug)]
pub enum Session {
    /// No marketplace: a plain Arazzo document.
    Plain(plain::Session),
    /// KT Cloud Biz Store.
    KtBizstore(Box<kt_bizstore::Session>),
}

impl Session {
    /// Signs a draft for one delivery.
    pub fn sign(&mut self, draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
        match self {
            Self::Plain(_) => plain::sign(draft, delivery),
            Self::KtBizstore(session) => session.sign(draft, delivery),
        }
    }

    /// Judges what became of one delivery.
    pub fn judge(&mut self, draft: &Draft, delivery: &Delivery, exchange: &Exchange) -> Judgement {
        match self {
            Self::Plain(session) => session.judge(draft, exchange),
            Self::KtBizstore(session) => session.judge(draft, delivery, exchange),
        }
    }

    /// Judges a page that was opened from an answer's `Location`.
    pub fn judge_visit(&mut self, _draft: &Draft, visit: &Visit) -> Judgement {
        match self {
            Self::Plain(_) => Judgement::default(),
            Self::KtBizstore(_) => kt_bizstore::judge_visit(visit),
        }
    }

    /// A harmless call that shows whether the vendor still lives; none where the marketplace has none.
    pub fn probe(&mut self, now: Timestamp) -> Option<Request> {
        match self {
            Self::Plain(_) => None,
            Self::KtBizstore(session) => session.probe(now),
        }
    }

    /// A generated input, such as a new customer's key. `None` when there is no such generator.
    pub fn generate(&mut self, generator: &str, now: Timestamp, random: &mut fastrand::Rng) -> Option<Value> {
        match self {
            Self::Plain(_) => None,
            Self::KtBizstore(_) => kt_bizstore::generate(generator, now, random),
        }
    }
}

/// The marketplaces that can be played.
pub const MARKETPLACES: &[&str] = &["kt-bizstore"];

/// The known mistakes of a signature recipe, usable as `tamper`; `None` for a recipe that nobody knows.
pub fn known_mistakes(recipe: &str) -> Option<Vec<String>> {
    use crate::sign::kt_jwt;
    (recipe == kt_jwt::RECIPE).then(|| kt_jwt::Mistake::ALL.iter().map(|mistake| mistake.name().to_owned()).collect())
}

/// The generators of inputs that a marketplace has; `None` for one that nobody knows.
pub fn known_generators(marketplace: &str) -> Option<Vec<String>> {
    (marketplace == "kt-bizstore").then(|| kt_bizstore::GENERATORS.iter().map(|&name| name.to_owned()).collect())
}

/// The mistakes that a marketplace's calls can be sent with, each with what it is.
pub fn mistakes(marketplace: &str) -> Vec<(&'static str, &'static str)> {
    use crate::sign::kt_jwt::Mistake;
    match marketplace {
        "kt-bizstore" => Mistake::ALL.iter().map(|mistake| (mistake.name(), mistake.what())).collect(),
        _ => Vec::new(),
    }
}
