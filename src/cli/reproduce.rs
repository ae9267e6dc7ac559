//! The lines that play a failure again.

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
            repository: Repository::around(),
        }
    }
}

impl Rerun {
    /// The options that every command takes which plays cases.
    fn options(&self) -> Vec<String> {
        let seed = Some(self.seed.to_string());
        let given = [
            ("--vendor", &self.vendor),
            ("--config", &self.config),
            ("--specs", &self.specs),
            ("--ca", &self.ca),
            ("--timeout", &self.timeout),
            ("--patience", &self.patience),
            ("--seed", &seed),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let inputs = self.inputs.iter().map(|input| ("--input", input));
        given.chain(inputs).flat_map(|(name, value)| [name.to_owned(), value.clone()]).collect()
    }
}

impl Reproduce for Rerun {
    fn rerun(&self, case: &CaseRecord) -> Vec<String> {
        let words = ["storeproof".to_owned(), "run".to_owned(), case.name.to_string()];
        words.into_iter().chain(self.options()).collect()
    }

    fn whole(&self) -> Option<Vec<String>> {
        let mut words = vec!["storeproof".to_owned()];
        words.extend_from_slice(&self.command);
        for (name, value) in [("--dialect", &self.dialect), ("--filter", &self.filter)] {
            words.extend(value.iter().flat_map(|value| [name.to_owned(), value.clone()]));
        }
        words.extend(self.options());
        Some(words)
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
