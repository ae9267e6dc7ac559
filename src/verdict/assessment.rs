//! What a certification comes to: how each requirement of the store stands, how much was looked at, and the word.
//!
//! A run of single cases says what is broken. An [`Assessment`] says as well what holds, by which cases that was shown,
//! and what nobody has looked at; *ready* is said only where nothing that the store requires is left open. It is made
//! by `certify` from the records of the cases and read by the reporters, which decide nothing.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Level, RequirementId};

/// What a certification of one marketplace comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// The marketplace.
    pub marketplace: String,
    /// The dialects that were played, the default first.
    pub dialects: Vec<String>,
    /// What of the product and its configuration chose the plan, as name and value: `charging`, `period`.
    pub traits: Vec<(String, String)>,
    /// The word.
    pub readiness: Readiness,
    /// Every requirement of the marketplace, in the order of its catalogue, those that do not apply too.
    pub requirements: Vec<Assessed>,
    /// How much of what there is was seen.
    pub coverage: Coverage,
}

/// The word for a vendor that wants to submit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Everything that the store requires was looked at, and holds.
    Ready,
    /// Something that the store requires is broken.
    Refused,
    /// Nothing is broken, and something that the store requires was not looked at, or nobody has stated it.
    Open,
}

/// How one requirement stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessed {
    /// The requirement.
    pub requirement: RequirementId,
    /// Its weight.
    pub level: Level,
    /// How it stands.
    pub standing: Standing,
    /// Cases by which it is looked at, as far as they were played, the first that broke it first.
    pub evidence: Vec<Proof>,
}

/// A case that shows how a requirement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The case's name.
    pub case: Arc<str>,
    /// The step that broke it; none where it held.
    pub step: Option<String>,
    /// Position of the exchange among those of the step, where one shows it.
    pub exchange: Option<usize>,
}

/// How a requirement stands after a certification.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// Every case that would have shown it broken was played, or at least one, and none did.
    Holds,
    /// It is broken. What that means, its level says: of a `must` the store refuses the vendor, of a `should` it is a
    /// warning, of an `advice` a note.
    Broken,
    /// It is broken, and accepted for a time by an entry of the list of known failures.
    Known {
        /// Who answers for it.
        owner: String,
        /// The last day, as `yyyy-mm-dd`.
        until: String,
    },
    /// Somebody has stated it; no program can judge it.
    Stated(Statement),
    /// Nobody has stated it yet.
    Unstated,
    /// No case that would show it was judged, and why.
    Untested {
        /// As a phrase: "the vendor could not be reached".
        why: String,
    },
    /// It cannot be judged where the vendor stands now, and nothing is held against it: a vendor on this machine has no
    /// certificate.
    Elsewhere {
        /// As a phrase.
        why: String,
    },
    /// It is not about this product.
    NotApplicable {
        /// As a phrase: "of saas-v1 only".
        why: String,
    },
}

/// What a person states of a requirement that no program can judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Who states it: a name, or a role.
    pub who: String,
    /// When it was looked at, as `yyyy-mm-dd`.
    pub when: String,
    /// Where that can be seen: a ticket, a document, a page of the store's console.
    pub r#where: String,
}

/// How much of what there is was seen in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Operations of the interfaces, the vendor's calls too.
    pub operations: Axis,
    /// Documented answers: `newInstance 200`.
    pub statuses: Axis,
    /// The store's result codes: `000000`. Empty where a store has none.
    pub codes: Axis,
    /// Steps of the documented life-cycle: `active —releaseInstance→ released`. Empty where there is none.
    pub transitions: Axis,
    /// Requirements that apply.
    pub requirements: Axis,
}

/// One axis of coverage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    /// What there is, in the order of the documents, each with how often it was seen.
    pub points: Vec<(String, usize)>,
}

impl Axis {
    /// How many points were seen at least once.
    pub fn seen(&self) -> usize {
        self.points.iter().filter(|(_, seen)| *seen > 0).count()
    }

    /// Points that were never seen.
    pub fn unseen(&self) -> impl Iterator<Item = &str> {
        self.points.iter().filter(|(_, seen)| *seen == 0).map(|(point, _)| point.as_str())
    }
}

impl Coverage {
    /// The five axes with their names, in the order of reports.
    pub fn axes(&self) -> [(&'static str, &Axis); 5] {
        [
            ("operations", &self.operations),
            ("statuses", &self.statuses),
            ("result codes", &self.codes),
            ("transitions", &self.transitions),
            ("requirements", &self.requirements),
        ]
    }
}

impl Assessment {
    /// How many rules of the contract are broken and accepted for a time: they keep nobody from ending well, and hold no
    /// more for that.
    pub fn accepted(&self) -> usize {
        let known = |one: &&Assessed| one.level == Level::Must && matches!(one.standing, Standing::Known { .. });
        self.requirements.iter().filter(known).count()
    }
}

impl Assessed {
    /// Whether the vendor is not ready as long as it stands so.
    ///
    /// What nobody has looked at weighs as much as what is broken where the store requires it; below that it is seen and
    /// stands in nobody's way.
    pub fn blocks(&self) -> bool {
        match &self.standing {
            Standing::Broken | Standing::Untested { .. } => self.level == Level::Must,
            Standing::Unstated => true,
            Standing::Holds
            | Standing::Known { .. }
            | Standing::Stated(_)
            | Standing::Elsewhere { .. }
            | Standing::NotApplicable { .. } => false,
        }
    }

    /// Whether it is about this product.
    pub fn applies(&self) -> bool {
        !matches!(self.standing, Standing::NotApplicable { .. })
    }
}
