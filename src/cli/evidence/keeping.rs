//! `--evidence`: a run is recorded, and becomes a file where that file would be believed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::judge;
use crate::certify::Computed;
use crate::check::snapshot;
use crate::cli::args::{Common, Playing};
use crate::cli::config::Config;
use crate::cli::playing::note;
use crate::cli::settings::{self, UsageError};
use crate::cli::{plans, select};
use crate::engine::CaseRecord;
use crate::evidence::{Certification, Document, Facts, Journal, LaneFacts, digest, hide, pack};
use crate::market::setting::Values;
use crate::run::{Fleet, Keys, RunRecord, files};
use crate::spec::embedded;
use crate::verdict::{Catalogue, Outcome, Weighed};

/// A recording in the making.
pub(in crate::cli) struct Keeping {
    path: PathBuf,
    journal: Arc<Journal>,
    facts: Facts,
    keys: Keys,
    /// The documents of cases that stand in no file, by name.
    computed: BTreeMap<String, Document>,
}

impl Keeping {
    /// A recording of this run, where one was asked for. The run notes what happens in its journal.
    ///
    /// # Errors
    ///
    /// When the file could not be written, so that nobody learns it after the run.
    pub(in crate::cli) fn new(playing: &Playing, config: &Config, fleet: &Fleet) -> Result<Option<Self>, UsageError> {
        let Some(path) = &playing.evidence else { return Ok(None) };
        writable(path)?;
        if playing.common.specs.is_some() {
            let problem = "--evidence: it is judged again by the documents of the program, and --specs names others";
            return Err(UsageError(problem.to_owned()));
        }
        let mut keys = Keys::new();
        let mut lanes = Vec::new();
        for (index, lane) in fleet.lanes.iter().enumerate() {
            let case = fleet.cases.iter().find(|case| case.lane == index);
            let marketplace = case.and_then(|case| case.plan.marketplace.clone());
            let values = settings::values(marketplace.as_deref(), config)?;
            let general = settings::general_time_limit(&values, config)?;
            keys.insert(marketplace.clone().unwrap_or_default(), values.clone());
            lanes.push(LaneFacts {
                marketplace,
                vendor: lane.vendor.clone(),
                settings: values,
                time_limit: playing.timeout.or(general),
                public: Some(lane.market.keys(false)).filter(|keys| !keys.is_empty()),
                store: lane.desk.as_ref().map(|desk| desk.base().to_owned()),
            });
        }
        let facts = Facts {
            vendor: fleet.vendor.clone(),
            seed: fleet.seed,
            patience: plans::patience(playing, config)?,
            inputs: fleet.inputs.clone(),
            lanes,
            known_failures: fleet.known.clone(),
            ..Facts::default()
        };
        let journal = Arc::new(Journal::new());
        Ok(Some(Self { path: path.clone(), journal, facts, keys, computed: BTreeMap::new() }))
    }

    /// Where the run notes what happens.
    pub(in crate::cli) fn journal(&self) -> Arc<Journal> {
        Arc::clone(&self.journal)
    }

    /// The cases are those of a certification; `computed` are those of them that stand in no file.
    pub(in crate::cli) fn certifies(
        &mut self,
        certification: Certification,
        computed: &[Computed],
    ) -> Result<(), UsageError> {
        let text = |case: &Computed| (case.name.clone(), Document::Json(case.document.clone()));
        self.computed.extend(computed.iter().map(text));
        for candidate in certification.candidates.iter().filter(|candidate| candidate.left_out.is_some()) {
            let document = self.document(&candidate.name)?;
            self.facts.left_out.insert(candidate.name.clone(), document);
        }
        self.facts.certification = Some(certification);
        Ok(())
    }

    /// The cases that are about to be played.
    pub(in crate::cli) fn plays(&mut self, fleet: &Fleet) -> Result<(), UsageError> {
        for case in &fleet.cases {
            let document = self.document(&case.plan.name)?;
            let (name, dialect) = (case.plan.name.clone(), case.plan.dialect.clone());
            self.facts.cases.push((name, dialect, case.lane, document));
        }
        Ok(())
    }

    fn document(&self, name: &str) -> Result<Document, UsageError> {
        if let Some(document) = self.computed.get(name) {
            return Ok(document.clone());
        }
        match embedded::scenario(name) {
            Some(file) if !select::is_file_name(name) => Ok(Document::Yaml(file.text.to_owned())),
            _ => files::text(Path::new(name)).map(Document::Yaml).map_err(UsageError::new),
        }
    }

    /// Writes the file, unless a secret is left in it or it would not be judged as the run was.
    pub(in crate::cli) fn write(self, record: &RunRecord, catalogue: &Arc<Catalogue>) -> Result<(), UsageError> {
        let Self { path, journal, facts, keys, .. } = self;
        let refuse = |why: &dyn std::fmt::Display| {
            UsageError(format!("--evidence {}: nothing was written: {why}", path.display()))
        };
        let mut hidden = hide(facts, journal.take()).map_err(|why| refuse(&why))?;
        let judged = judge(&hidden.evidence, &keys, catalogue).map_err(|why| refuse(&why))?;
        if let Some(unfit) = judged.replayed.unfit.first() {
            return Err(refuse(&format!(
                "the recording does not fit itself, which is a fault of storeproof's: {unfit}"
            )));
        }
        if let Some(differs) = difference(record, &judged.replayed.record) {
            return Err(refuse(&format!(
                "judging the recording again gives another result, which is a fault of storeproof's: {differs}"
            )));
        }
        hidden.evidence.manifest.outcome = judged.word;
        hidden.evidence.report = judged.report;
        let bytes = pack(&hidden).map_err(|why| refuse(&why))?;
        files::write(&path, &bytes).map_err(UsageError::new)?;
        note(format!("the evidence is in {}; SHA-256 {}", path.display(), digest(&bytes)));
        Ok(())
    }
}

/// The first case that does not come out again as it did, and how.
fn difference(run: &RunRecord, again: &RunRecord) -> Option<String> {
    if run.cases.len() != again.cases.len() {
        return Some(format!("{} cases were played, and {} are again", run.cases.len(), again.cases.len()));
    }
    if run.known_troubles != again.known_troubles {
        return Some("the list of known failures".to_owned());
    }
    let found = |case: &CaseRecord| -> Vec<(String, Weighed)> {
        let steps = case.steps.iter();
        let found = steps.flat_map(|step| step.findings.iter().map(|found| (step.id.clone(), found.clone())));
        // Snapshots are compared with files of the user's.
        found.filter(|(_, found)| found.finding.requirement != snapshot::REQUIREMENT).collect()
    };
    run.cases.iter().zip(&again.cases).find_map(|(first, second)| {
        let name = &first.name;
        let with_snapshots = first.steps.iter().any(|step| step.snapshot.is_some());
        let outcomes = first.outcome != second.outcome && !(with_snapshots && second.outcome == Outcome::Conforms);
        if first.name != second.name || outcomes {
            return Some(format!("{name} {}, and {} again", first.outcome.word(), second.outcome.word()));
        }
        let (first, second) = (found(first), found(second));
        let other = first.iter().zip(&second).find(|(one, other)| one != other);
        let other = other.map(|(one, _)| one).or_else(|| first.get(second.len())).or_else(|| second.get(first.len()));
        other.map(|(step, found)| format!("{name}, step {step}: {}", found.finding.requirement))
    })
}

fn writable(path: &Path) -> Result<(), UsageError> {
    let problem = |why: &str| Err(UsageError(format!("--evidence {}: {why}", path.display())));
    if path.as_os_str().is_empty() || path.is_dir() {
        return problem("name a file, such as evidence.tar.gz");
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            problem(&format!("{} is no folder", folder.display()))
        }
        _ => Ok(()),
    }
}

/// What the configuration has here for these marketplaces.
pub(super) fn keys<'a>(
    marketplaces: impl Iterator<Item = Option<&'a str>>,
    common: &Common,
) -> Result<Keys, UsageError> {
    let mut keys = Keys::new();
    for marketplace in marketplaces {
        let config = settings::configuration(common)?;
        let values: Values = settings::values(marketplace, &config)?;
        keys.insert(marketplace.unwrap_or_default().to_owned(), values);
    }
    Ok(keys)
}
