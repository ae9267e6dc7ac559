//! One call with one flaw, and the proof of it.

use serde_json::Value;

use super::ground::Ground;
use super::member::Member;
use crate::market::{self, Expected, Oddity};

/// One way in which the sound call is made otherwise.
pub(super) struct Mutation {
    /// Kind of flaw, one of `FLAWS`.
    pub(super) flaw: &'static str,
    /// Id of its step; made unique where it is written.
    pub(super) id: String,
    /// What is made otherwise, as a sentence.
    pub(super) what: String,
    /// Where it is: a JSON pointer into the body, or words.
    pub(super) at: String,
    /// Why that is a flaw, or none.
    pub(super) why: String,
    /// What is done to the call.
    pub(super) change: Change,
    /// Whether the call is sound all the same, so that it takes the place of the sound one.
    pub(super) sound: bool,
    /// What the documents allow as its answer.
    pub(super) expected: Expected,
}

/// What is done to a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// A member of the body, at its JSON pointer, has this value; without one it is left out.
    Body(String, Option<Value>),
    /// A parameter has this value; without one it is left out.
    Parameter { name: String, place: &'static str, value: Option<Value> },
    /// The body is this text.
    Text(String),
    /// The content type is this.
    ContentType(String),
    /// A key of `deliver` has this value.
    Deliver(&'static str, String),
    /// A new member of the body has what a generator of the marketplace makes.
    Generated(String, &'static str),
}

/// What is known of a mutation beyond its change.
pub(super) struct Flaw<'a> {
    pub(super) kind: &'static str,
    pub(super) member: Option<&'a Member>,
    /// Whether the interface's own description refuses the call.
    pub(super) forbidden: bool,
}

impl Mutation {
    /// A mutation whose answers are asked for at the marketplace.
    pub(super) fn new(
        ground: &Ground<'_>,
        flaw: &Flaw<'_>,
        (id, at): (String, String),
        (what, why): (String, String),
        change: Change,
    ) -> Self {
        let oddity = Oddity {
            operation: ground.operation,
            flaw: flaw.kind,
            member: flaw.member.map(|member| member.name.as_str()),
            mandatory: flaw.member.is_some_and(|member| member.mandatory),
            forbidden: flaw.forbidden,
        };
        let expected = market::expected(ground.plan.marketplace.as_deref(), &oddity);
        Self { flaw: flaw.kind, id, what, at, why, change, sound: false, expected }
    }

    /// The same call, which must be carried out.
    pub(super) fn sound(self) -> Self {
        Self { sound: true, ..self }
    }
}
