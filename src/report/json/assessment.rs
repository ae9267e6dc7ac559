//! What a certification comes to, as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Level;
use super::convert::level;
use crate::verdict::assessment::{self, Standing};
use crate::wire::Redactor;

/// What a certification comes to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Assessment {
    /// The marketplace.
    pub marketplace: String,
    /// The dialects that were played.
    pub dialects: Vec<String>,
    /// What of the product and its configuration chose the programme.
    pub traits: BTreeMap<String, String>,
    /// The word.
    pub readiness: Readiness,
    /// Every requirement of the marketplace, and rules of ours that were broken.
    pub requirements: Vec<Requirement>,
    /// How much of what there is was seen, by axis: `operations`, `statuses`, `result codes`, `transitions`,
    /// `requirements`.
    pub coverage: BTreeMap<String, Vec<Point>>,
}

/// The word for a vendor that wants to submit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Readiness {
    /// Everything that the store requires was looked at, and holds.
    Ready,
    /// Something that the store requires is broken.
    Refused,
    /// Nothing is broken, and something that the store requires is open.
    Open,
}

/// How one requirement stands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Requirement {
    /// Its name.
    pub requirement: String,
    /// Its weight.
    pub level: Level,
    /// How it stands: `holds`, `broken`, `known`, `stated`, `unstated`, `untested`, `elsewhere` (it can be judged at a
    /// public address only) or `not-applicable`.
    pub standing: String,
    /// Whether the vendor is not ready as long as it stands so.
    pub blocks: bool,
    /// Why it is untested, elsewhere or not applicable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What somebody stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Statement>,
    /// The cases that show it; for a broken one those that broke it.
    pub evidence: Vec<Proof>,
}

/// What a person states of a requirement that no program can judge.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Statement {
    /// Who states it.
    pub who: String,
    /// When it was looked at.
    pub when: String,
    /// Where that can be seen.
    pub r#where: String,
}

/// A case that shows how a requirement stands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Proof {
    /// The case's name.
    pub case: String,
    /// The step that broke it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

/// One point of an axis.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// Its name.
    pub name: String,
    /// How often it was seen.
    pub seen: usize,
}

/// The assessment as it is written.
pub(super) fn assessment(assessment: &assessment::Assessment, redactor: &Redactor) -> Assessment {
    let points = |axis: &assessment::Axis| {
        axis.points.iter().map(|(name, seen)| Point { name: name.clone(), seen: *seen }).collect()
    };
    Assessment {
        marketplace: assessment.marketplace.clone(),
        dialects: assessment.dialects.clone(),
        traits: assessment.traits.iter().cloned().collect(),
        readiness: match assessment.readiness {
            assessment::Readiness::Ready => Readiness::Ready,
            assessment::Readiness::Refused => Readiness::Refused,
            assessment::Readiness::Open => Readiness::Open,
        },
        requirements: assessment.requirements.iter().map(|assessed| requirement(assessed, redactor)).collect(),
        coverage: assessment.coverage.axes().map(|(name, axis)| (name.to_owned(), points(axis))).into(),
    }
}

fn requirement(assessed: &assessment::Assessed, redactor: &Redactor) -> Requirement {
    let (standing, why) = match &assessed.standing {
        Standing::Holds => ("holds", None),
        Standing::Broken => ("broken", None),
        Standing::Known { .. } => ("known", None),
        Standing::Stated(_) => ("stated", None),
        Standing::Unstated => ("unstated", None),
        Standing::Untested { why } => ("untested", Some(why)),
        Standing::Elsewhere { why } => ("elsewhere", Some(why)),
        Standing::NotApplicable { why } => ("not-applicable", Some(why)),
    };
    let statement = match &assessed.standing {
        Standing::Stated(statement) => Some(Statement {
            who: redactor.text(&statement.who),
            when: statement.when.clone(),
            r#where: redactor.text(&statement.r#where),
        }),
        _ => None,
    };
    let evidence = assessed.evidence.iter();
    Requirement {
        requirement: assessed.requirement.to_string(),
        level: level(assessed.level),
        standing: standing.to_owned(),
        blocks: assessed.blocks(),
        why: why.map(|why| redactor.text(why)),
        statement,
        evidence: evidence.map(|proof| Proof { case: proof.case.to_string(), step: proof.step.clone() }).collect(),
    }
}
