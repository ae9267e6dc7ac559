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

    /// The rest of a command, with those of the inputs that its cases take.
    fn words(&self, command: &[&str], seed: Option<u64>, takes: &dyn Fn(&str) -> bool) -> Vec<String> {
        let mut words: Vec<String> =
            std::iter::once(&"storeproof").chain(command).map(|&word| word.to_owned()).collect();
        let mut option = |name: &str, value: &Option<String>| {
            if let Some(value) = value {
                words.extend([name.to_owned(), value.clone()]);
            }
        };
        option("--vendor", &self.vendor);
        if command.first() == Some(&"certify") {
            option("--dialect", &self.dialect);
        }
        option("--config", &self.config);
        option("--specs", &self.specs);
        option("--ca", &self.ca);
        option("--timeout", &self.timeout);
        option("--patience", &self.patience);
        option("--seed", &seed.map(|seed| seed.to_string()));
        let name = |input: &str| input.split('=').next().unwrap_or_default().to_owned();
        for input in self.inputs.iter().filter(|input| takes(&name(input))) {
            words.extend(["--input".to_owned(), input.clone()]);
        }
        words
    }
}

impl Reproduce for Rerun {
    fn rerun(&self, case: &CaseRecord) -> Vec<String> {
        let computed = case.marketplace.as_deref().filter(|_| self.computed.contains(&*case.name));
        let command = match computed {
            Some(marketplace) => vec!["certify", marketplace, "--filter", &case.name],
            None => vec!["run", &case.name],
        };
        self.words(&command, Some(self.seed), &|_| true)
    }

    fn whole(&self) -> Option<Vec<String>> {
        let mut command: Vec<&str> = self.command.iter().map(String::as_str).collect();
        // A certification has its dialect from the other options.
        let dialect = self.dialect.iter().filter(|_| command.first() != Some(&"certify"));
        let options = dialect.map(|dialect| ["--dialect", dialect]);
        let options: Vec<&str> =
            options.chain(self.filter.iter().map(|filter| ["--filter", filter])).flatten().collect();
        command.extend(options);
        Some(self.words(&command, Some(self.seed), &|_| true))
    }

    fn play(&self, file: &str, scenario: &str) -> Vec<String> {
        // Not by the seed of the run, whose customers the vendor knows; an input that no case takes is refused.
        self.words(&["run", file], None, &|input| scenario.contains(&format!("$inputs.{input}")))
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
