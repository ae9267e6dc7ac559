//! A run that can be judged again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Map, Value};

use super::Pages;
use super::manifest::{Case, Certification, FORMAT, Lane, Manifest, specs};
use super::secret::{Hider, opening};
use crate::market;
use crate::market::setting::Values;
use crate::verdict::KnownFailures;
use crate::wire::Secret;

/// A run that can be judged again. No secret is in it.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What it says of itself.
    pub manifest: Manifest,
    /// The scenarios, by entry.
    pub documents: BTreeMap<String, String>,
    /// What reached the engine.
    pub pages: Pages,
    /// The report, as `--report json` writes it.
    pub report: String,
}

/// What a run was made of, as far as the journal does not hold it.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The vendor as the user named it.
    pub vendor: String,
    /// Seed of all generated values.
    pub seed: u64,
    /// Multiplies how often a step may be retried.
    pub patience: u32,
    /// Inputs of the scenarios.
    pub inputs: Map<String, Value>,
    /// The marketplaces, in the order of the fleet.
    pub lanes: Vec<LaneFacts>,
    /// The cases in the order of the fleet: name, dialect, lane, and the text of the scenario.
    pub cases: Vec<(String, Option<String>, usize, Document)>,
    /// Failures that were accepted for a time.
    pub known_failures: KnownFailures,
    /// What a certification was made of beside its cases; where its candidates stand is found here.
    pub certification: Option<Certification>,
    /// The texts of candidates that are not played, by name.
    pub left_out: BTreeMap<String, Document>,
}

/// The text of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Document {
    /// As it was written.
    Yaml(String),
    /// One that was computed.
    Json(Value),
}

impl Document {
    fn text(&self) -> String {
        match self {
            Self::Yaml(text) => text.clone(),
            Self::Json(value) => format!("{value:#}\n"),
        }
    }

    fn ending(&self) -> &'static str {
        match self {
            Self::Yaml(_) => "arazzo.yaml",
            Self::Json(_) => "arazzo.json",
        }
    }
}

/// A marketplace as it was set.
#[derive(Clone, Debug, Default)]
pub struct LaneFacts {
    /// Its name; none for plain documents.
    pub marketplace: Option<String>,
    /// The vendor as the user named it.
    pub vendor: String,
    /// Everything that was set.
    pub settings: Values,
    /// How long an answer might take, where that was set beside the settings.
    pub time_limit: Option<Duration>,
    /// Public halves of the keys.
    pub public: Option<String>,
    /// Where the marketplace's own API stood.
    pub store: Option<String>,
}

/// Evidence, and what can tell that nothing secret is left in it.
pub struct Hidden {
    /// The evidence; its report is still empty.
    pub evidence: Evidence,
    pub(super) hider: Hider,
}

/// Takes the secrets out of a run.
///
/// # Errors
///
/// A setting whose value is secret and too short to be searched for.
pub fn hide(facts: Facts, mut pages: Pages) -> Result<Hidden, String> {
    let mut hider = Hider::new(opening(&mut pages));
    let mut lanes = Vec::new();
    for (index, lane) in facts.lanes.iter().enumerate() {
        lanes.push(keys(index, lane, &pages, &mut hider)?);
    }
    let cases: Vec<Case> = places(&facts, &pages);
    let case = |index: usize| cases.get(index).and_then(|case| case.exchanges.clone()).unwrap_or_default();
    let lane = |index: usize| lanes.get(index).and_then(|lane| lane.calls.clone()).unwrap_or_default();
    let what = |case: usize, exchange: usize| {
        let name = cases.get(case).map(|case| case.name.as_str()).unwrap_or_default();
        format!("made by a key for exchange {exchange} of {name}")
    };
    hider.pages(&mut pages, &case, &lane, &what);
    let documents = facts.cases.iter().zip(&cases);
    let mut documents: BTreeMap<String, String> =
        documents.map(|((_, _, _, document), case)| (case.document.clone(), document.text())).collect();
    let mut facts = facts;
    let candidates = facts.certification.iter_mut().flat_map(|certification| &mut certification.candidates);
    for (index, candidate) in candidates.enumerate() {
        let played = cases.iter().find(|case| case.name == candidate.name);
        candidate.document = match (played, facts.left_out.get(&candidate.name)) {
            (Some(case), _) => case.document.clone(),
            (None, Some(document)) => {
                let plain = is_plain(&candidate.name);
                let stem = if plain { candidate.name.clone() } else { format!("candidate-{index}") };
                let entry = format!("cases/left-out/{stem}.{}", document.ending());
                documents.insert(entry.clone(), document.text());
                entry
            }
            (None, None) => String::new(),
        };
    }
    let mut marketplaces: Vec<&str> = facts.lanes.iter().filter_map(|lane| lane.marketplace.as_deref()).collect();
    marketplaces.sort_unstable();
    let known = &facts.known_failures;
    let started = pages.started.unwrap_or_default();
    let manifest = Manifest {
        format: FORMAT,
        storeproof: env!("CARGO_PKG_VERSION").to_owned(),
        started,
        ended: pages.ended.unwrap_or(started),
        interrupted: pages.interrupted,
        outcome: String::new(),
        vendor: hider.text(&facts.vendor, super::MANIFEST),
        seed: facts.seed,
        patience: facts.patience,
        inputs: facts.inputs,
        specs: specs(&marketplaces),
        known_failures: known.iter().cloned().collect(),
        known_scope: (!known.is_empty()).then(|| known.scope().clone()),
        placeholder: String::new(),
        redactions: Vec::new(),
        certification: facts.certification,
        entries: BTreeMap::new(),
        lanes,
        cases: Vec::new(),
    };
    let manifest = Manifest { cases, placeholder: hider.opening().to_owned(), ..manifest };
    let manifest = Manifest { redactions: hider.redactions().filter(|it| it.times > 0).cloned().collect(), ..manifest };
    Ok(Hidden { evidence: Evidence { manifest, documents, pages, report: String::new() }, hider })
}

/// What is told of a marketplace, after its keys were met.
fn keys(index: usize, facts: &LaneFacts, pages: &Pages, hider: &mut Hider) -> Result<Lane, String> {
    let name = facts.marketplace.as_deref().unwrap_or_default();
    let mut lane = Lane {
        marketplace: facts.marketplace.clone(),
        vendor: facts.vendor.clone(),
        time_limit: facts.time_limit,
        public: facts.public.clone(),
        store: facts.store.clone(),
        calls: pages.calls.contains_key(&index).then(|| format!("calls/{name}.json")),
        ..Lane::default()
    };
    for (setting, value) in facts.settings.iter() {
        let kind = market::settings(name).iter().find(|known| known.name == setting).map(|known| known.kind);
        match kind {
            Some(kind) if kind.is_secret() && kind.is_file() => {
                // It never leaves us; each line of it is searched for all the same.
                for line in value.lines().filter(|line| !line.starts_with("-----")) {
                    hider.meet(&Secret::new(line.trim()), || format!("{setting} of {name}"));
                }
                lane.keys.insert(setting.to_owned(), Vec::new());
            }
            Some(kind) if kind.is_secret() => {
                let secret = Secret::new(value);
                if secret.forms().is_empty() {
                    return Err(format!("{setting} of {name} is so short that it cannot be searched for"));
                }
                let mut numbers = vec![hider.meet(&secret, || format!("{setting} of {name}"))];
                // A signer may trim a key before it uses it.
                if value.trim() != value {
                    numbers.push(hider.meet(&Secret::new(value.trim()), || format!("{setting} of {name}, trimmed")));
                }
                lane.keys.insert(setting.to_owned(), numbers);
            }
            _ => {
                lane.settings.insert(setting.to_owned(), value.to_owned());
            }
        }
    }
    lane.vendor = hider.text(&lane.vendor, super::MANIFEST);
    Ok(lane)
}

/// Where each case stands in the archive: under its own name where that is a plain path, else under a number.
fn places(facts: &Facts, pages: &Pages) -> Vec<Case> {
    let mut taken = BTreeSet::new();
    let cases = facts.cases.iter().enumerate();
    cases
        .map(|(index, (name, dialect, lane, document))| {
            let stem = name.strip_suffix(".arazzo.yaml").unwrap_or(name);
            let stem = if is_plain(stem) && taken.insert(stem) { stem.to_owned() } else { format!("case-{index}") };
            let ending = document.ending();
            Case {
                name: name.clone(),
                dialect: dialect.clone(),
                lane: *lane,
                document: format!("cases/{stem}.{ending}"),
                exchanges: pages.sent.contains_key(&index).then(|| format!("exchanges/{stem}.json")),
            }
        })
        .collect()
}

/// Whether a name can be that of an entry everywhere.
pub(super) fn is_plain(name: &str) -> bool {
    let good = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name.len() <= 200 && name.split('/').all(|part| part.len() <= 80 && good(part))
}
