//! The lines that play a failure again.

use std::collections::HashSet;

use super::args::Playing;
use super::repository::Repository;
use super::select;
use crate::engine::{CaseRecord, StepRecord};
use crate::market;
use crate::report::Reproduce;

/// What of the command line a rerun must repeat.
pub(super) struct Rerun {
    /// The command and what it was told to play.
    command: Vec<String>,
    dialect: Option<String>,
    filter: Option<String>,
    vendor: Option<String>,
    seed: u64,
    config: Option<String>,
    specs: Option<String>,
    ca: Option<String>,
    timeout: Option<String>,
    patience: Option<String>,
    inputs: Vec<String>,
    /// Names of cases that stand in no file: a certification computes them again.
    computed: HashSet<String>,
    repository: Option<Repository>,
}

impl Rerun {
    /// What of these arguments must be repeated; `command` is what stands before them, without our own name.
    pub(super) fn new(command: Vec<String>, playing: &Playing, vendor: Option<&str>, seed: u64) -> Self {
        let path = |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.display().to_string());
        Self {
            command,
            dialect: playing.dialect.clone(),
            filter: playing.filter.clone(),
            vendor: vendor.map(str::to_owned),
            seed,
            config: path(&playing.common.config),
            specs: path(&playing.common.specs),
            ca: path(&playing.ca),
            timeout: playing.timeout.map(|time| format!("{time:?}")),
            patience: playing.patience.map(|patience| patience.to_string()),
            inputs: playing.input.clone(),
            computed: HashSet::new(),
            repository: Repository::around(),
        }
    }

    /// The same for a run with cases of these names that were computed.
    pub(super) fn computing(self, names: impl IntoIterator<Item = String>) -> Self {
        Self { computed: names.into_iter().collect(), ..self }
    }

    /// The options that every command takes which plays cases, with those of the inputs that its cases take.
    fn options(&self, dialect: Option<&String>, seed: Option<u64>, takes: &dyn Fn(&str) -> bool) -> Vec<String> {
        let seed = seed.map(|seed| seed.to_string());
        let given = [
            ("--vendor", self.vendor.as_ref()),
            ("--dialect", dialect),
            ("--config", self.config.as_ref()),
            ("--specs", self.specs.as_ref()),
            ("--ca", self.ca.as_ref()),
            ("--timeout", self.timeout.as_ref()),
            ("--patience", self.patience.as_ref()),
            ("--seed", seed.as_ref()),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let taken = self.inputs.iter().filter(|input| takes(input.split('=').next().unwrap_or_default()));
        let inputs = taken.map(|input| ("--input", input));
        given.chain(inputs).flat_map(|(name, value)| [name.to_owned(), value.clone()]).collect()
    }
}

impl Reproduce for Rerun {
    fn rerun(&self, case: &CaseRecord) -> Vec<String> {
        let computed = case.marketplace.as_deref().filter(|_| self.computed.contains(&*case.name));
        let (words, dialect) = match computed {
            Some(marketplace) => (vec!["certify", marketplace, "--filter", &case.name], self.dialect.as_ref()),
            None => (vec!["run", &case.name], None),
        };
        let words = std::iter::once("storeproof").chain(words).map(str::to_owned);
        words.chain(self.options(dialect, Some(self.seed), &|_| true)).collect()
    }

    fn export(&self, case: &CaseRecord) -> Option<Vec<String>> {
        let mut words = self.rerun(case);
        // The vendor changes nothing of a case, and nobody is called.
        if let Some(at) = words.iter().position(|word| word == "--vendor") {
            words.drain(at..(at + 2).min(words.len()));
        }
        words.extend(["--export", "DIR"].map(str::to_owned));
        self.computed.contains(&*case.name).then_some(words)
    }

    fn whole(&self) -> Option<Vec<String>> {
        let mut words = vec!["storeproof".to_owned()];
        words.extend_from_slice(&self.command);
        words.extend(self.filter.iter().flat_map(|filter| ["--filter".to_owned(), filter.clone()]));
        words.extend(self.options(self.dialect.as_ref(), Some(self.seed), &|_| true));
        Some(words)
    }

    fn play(&self, file: &str, scenario: &str) -> Vec<String> {
        let words = ["storeproof", "run", file].map(str::to_owned);
        // Not by the seed of the run, whose customers the vendor knows; an input that no case takes is refused.
        let options = self.options(None, None, &|input| scenario.contains(&format!("$inputs.{input}")));
        words.into_iter().chain(options).collect()
    }

    fn stand_in(&self, case: &CaseRecord, step: &StepRecord, header: &str) -> Option<Vec<String>> {
        let marketplace = case.marketplace.as_deref()?;
        if !market::token_header(marketplace).is_some_and(|token| header.eq_ignore_ascii_case(token)) {
            return None;
        }
        let mut words = ["storeproof", "keys", marketplace, "--token"].map(str::to_owned).to_vec();
        if let Some(mistake) = &step.tamper {
            words.extend(["--tamper".to_owned(), mistake.clone()]);
        }
        if let Some(config) = &self.config {
            words.extend(["--config".to_owned(), config.clone()]);
        }
        Some(words)
    }

    fn own_file(&self, case: &CaseRecord) -> Option<String> {
        let repository = self.repository.as_ref().filter(|_| select::is_file_name(&case.name))?;
        repository.path(&case.name)
    }
}
