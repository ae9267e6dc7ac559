//! `known-failures.yaml`: which list a command reads, and what its run can say of it.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;

use super::args::Playing;
use super::config::Config;
use super::settings::UsageError;
use crate::certify;
use crate::engine::CaseRecord;
use crate::market::MARKETPLACES;
use crate::run::files;
use crate::scenario::plan::Plan;
use crate::spec::{Document, embedded, read_known_failures};
use crate::verdict::{Catalogue, KnownFailure, Scope};
use crate::wire::Secret;

/// The file's name where none is given.
const NAME: &str = "known-failures.yaml";

/// A list as it stands in its file.
pub(super) struct List {
    path: PathBuf,
    /// Empty where there is no file.
    text: String,
    pub(super) entries: Vec<KnownFailure>,
}

/// The list that was named, which must be there, or the one beside `storeproof.toml`, which need not.
pub(super) fn list(playing: &Playing, config: &Config, catalogue: &Catalogue) -> Result<List, UsageError> {
    if let Some(path) = &playing.known_failures {
        let text = files::text(path).map_err(UsageError::new)?;
        return read(path.clone(), text, catalogue);
    }
    let path = super::snapshot_root(config).join(NAME);
    perhaps(path.strip_prefix(".").map(PathBuf::from).unwrap_or(path), catalogue)
}

/// The list of this file; an empty one where there is no file.
pub(super) fn perhaps(path: PathBuf, catalogue: &Catalogue) -> Result<List, UsageError> {
    let text = if path.exists() { files::text(&path).map_err(UsageError::new)? } else { String::new() };
    read(path, text, catalogue)
}

fn read(path: PathBuf, text: String, catalogue: &Catalogue) -> Result<List, UsageError> {
    if text.trim().is_empty() {
        return Ok(List { path, text: String::new(), entries: Vec::new() });
    }
    let shown = path.display().to_string();
    let document = Document::parse(&text).map_err(|error| {
        UsageError(format!("{shown}:{}:{}: {}", error.position.line, error.position.column, error.problem))
    })?;
    let entries = read_known_failures(&document, catalogue).map_err(|problems| UsageError(problems.in_file(&shown)))?;
    Ok(List { path, text, entries })
}

impl List {
    /// Adds what broke and writes the file; says what was done.
    pub(super) fn add(
        &self,
        cases: &[Arc<CaseRecord>],
        secrets: &[Secret],
        catalogue: &Catalogue,
        today: Date,
    ) -> Result<String, UsageError> {
        let shown = self.path.display();
        let made = certify::baseline(cases, &self.text, &self.entries, secrets, catalogue, today)
            .map_err(|problem| UsageError(format!("{shown} was left as it is, add to it by hand: {problem}")))?;
        if made.added == 0 {
            return Ok(format!("nothing broke that is not in {shown} already"));
        }
        files::write(&self.path, made.text.as_bytes()).map_err(UsageError::new)?;
        let entries = if made.added == 1 { "1 entry".to_owned() } else { format!("{} entries", made.added) };
        Ok(format!("wrote {entries} to {shown}: give each an owner, and mend it before its last day"))
    }
}

/// What a run can say of entries. `asked` are the names and folders that it was asked for, `all` the cases that it chose
/// from, `plans` those that it plays; `certified` is the marketplace whose computed cases are among them.
///
/// Every embedded case is known, whatever was asked for; of the user's files only those that were.
pub(super) fn scope(
    asked: &[String],
    all: impl IntoIterator<Item = String>,
    plans: &[Arc<Plan>],
    certified: Option<&str>,
) -> Scope {
    let mut beside: Vec<String> = embedded::scenarios().map(|file| file.name().to_owned()).chain(all).collect();
    beside.retain(|name| !plans.iter().any(|plan| plan.name == *name));
    let others = MARKETPLACES.iter().filter(|name| Some(**name) != certified);
    Scope {
        asked: asked.iter().cloned().chain(MARKETPLACES.iter().map(|&name| name.to_owned())).collect(),
        beside,
        beyond: others.flat_map(|name| certify::computed_folders(name)).collect(),
        chance: MARKETPLACES.iter().map(|name| certify::folder_of_chance(name)).collect(),
    }
}
