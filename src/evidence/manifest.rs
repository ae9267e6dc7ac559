//! What an archive says of itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::spec::embedded;
use crate::verdict::assessment::Statement;
use crate::verdict::{KnownFailure, RequirementId, Scope};

/// The version of the format. It grows when a member changes its meaning or goes.
pub const FORMAT: u32 = 1;

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// The version of the format.
    pub format: u32,
    /// The version of the program that wrote it.
    pub storeproof: String,
    /// When the run began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// Whether the user ended it before its time.
    pub interrupted: bool,
    /// The word of the run, as reports have it.
    pub outcome: String,
    /// The vendor as the user named it.
    pub vendor: String,
    /// Seed of all generated values.
    pub seed: u64,
    /// Multiplies how often a step may be retried.
    pub patience: u32,
    /// Inputs of the scenarios.
    pub inputs: Map<String, Value>,
    /// The marketplaces that were played.
    pub lanes: Vec<Lane>,
    /// The plan: its cases in their order.
    pub cases: Vec<Case>,
    /// Failures that were accepted for a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_failures: Vec<KnownFailure>,
    /// What the run could say of those that name none of its cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_scope: Option<Scope>,
    /// The documents of the marketplaces by which was judged.
    pub specs: Vec<Spec>,
    /// What placeholders begin with.
    pub placeholder: String,
    /// The secrets that were taken out. Neither a value nor anything made of one is here.
    pub redactions: Vec<Redaction>,
    /// What a certification was made of beside its cases; none where cases were only played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certification: Option<Certification>,
    /// The SHA-256 of every other entry, in hexadecimal digits.
    pub entries: BTreeMap<String, String>,
}

/// A marketplace as it was set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lane {
    /// Its name; none for plain documents.
    pub marketplace: Option<String>,
    /// The vendor as the user named it.
    pub vendor: String,
    /// What was set and is no secret.
    pub settings: BTreeMap<String, String>,
    /// How long an answer might take, where that was set beside the marketplace's own settings.
    #[serde(default, with = "jiff::fmt::serde::unsigned_duration::friendly::compact::optional")]
    pub time_limit: Option<std::time::Duration>,
    /// Settings that are secret and were set, each with its number, and a second one where a signer may trim it; none
    /// where it is never sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<String, Vec<usize>>,
    /// Public halves of the keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<String>,
    /// Where the marketplace's own API stood, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// The entry that holds the vendor's calls, where it made any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<String>,
}

/// A case of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    /// Its name.
    pub name: String,
    /// The dialect that it is about.
    pub dialect: Option<String>,
    /// Position of its marketplace among the lanes.
    pub lane: usize,
    /// The entry that holds its scenario.
    pub document: String,
    /// The entry that holds its exchanges, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchanges: Option<String>,
}

/// What a certification was made of beside the cases that were played.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Certification {
    /// The marketplace.
    pub marketplace: String,
    /// The dialects that were played, the default first.
    pub dialects: Vec<String>,
    /// How many walks were made at random over the documented life.
    pub walks: usize,
    /// Every case that could have been played, in order.
    pub candidates: Vec<Candidate>,
    /// What people state, by requirement.
    pub statements: BTreeMap<RequirementId, Statement>,
}

/// A case that could have been played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Candidate {
    /// Its name.
    pub name: String,
    /// Whether it was computed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub computed: bool,
    /// Why it was left out; none for one that was played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
    /// The entry that holds its scenario.
    #[serde(default)]
    pub document: String,
}

/// A document by which was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Spec {
    /// Its path in the source tree.
    pub path: String,
    /// The date of the edition, where it is an interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// The SHA-256 of its value as compact JSON.
    pub sha256: String,
}

/// A secret that was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Redaction {
    /// Its number.
    pub secret: usize,
    /// What it is.
    pub what: String,
    /// How often it stood anywhere.
    pub times: usize,
    /// The entries in which it stood.
    pub entries: Vec<String>,
}

/// The embedded documents of these marketplaces and the common ones.
pub fn specs(marketplaces: &[&str]) -> Vec<Spec> {
    let ours = |marketplace: &str| marketplace == "common" || marketplaces.contains(&marketplace);
    let files = embedded::specs().filter(|file| ours(file.marketplace()));
    files
        .map(|file| Spec {
            path: file.path.to_owned(),
            edition: edition(file.json),
            sha256: super::digest(file.json.as_bytes()),
        })
        .collect()
}

fn edition(json: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Document {
        info: Info,
    }
    #[derive(Deserialize)]
    struct Info {
        #[serde(rename = "x-storeproof")]
        extension: Extension,
    }
    #[derive(Deserialize)]
    struct Extension {
        edition: String,
    }
    serde_json::from_str::<Document>(json).ok().map(|document| document.info.extension.edition)
}
