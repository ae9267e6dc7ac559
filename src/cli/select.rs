//! Which cases a run plays: names as typed, resolved to scenarios.

use std::path::{Path, PathBuf};

use super::settings::UsageError;
use crate::run::Origin;
use crate::spec::embedded;
use crate::verdict::matches;

/// A scenario that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selected {
    pub(super) origin: Origin,
    /// Its name in reports.
    pub(super) name: String,
}

/// The scenarios that these words mean, each once, in the order of the words.
pub(super) fn scenarios(words: &[String]) -> Result<Vec<Selected>, UsageError> {
    let mut selected: Vec<Selected> = Vec::new();
    for word in words {
        let found = one(word)?;
        for scenario in found {
            if !selected.contains(&scenario) {
                selected.push(scenario);
            }
        }
    }
    Ok(selected)
}

fn one(word: &str) -> Result<Vec<Selected>, UsageError> {
    let path = Path::new(word);
    let name = word.trim_end_matches('/');
    let mut embedded: Vec<Selected> = embedded::scenarios()
        .filter(|file| file.name() == name || file.name().strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
        .map(|file| Selected { origin: Origin::Embedded(file.path), name: file.name().to_owned() })
        .collect();
    if !embedded.is_empty() && !is_file_name(word) {
        // What is told first is read first, and a whole life says more than one corner of it.
        embedded.sort_by_key(|scenario| !scenario.name.contains("/life-cycle/"));
        return Ok(embedded);
    }
    if path.is_dir() {
        let mut files = Vec::new();
        gather(path, &mut files)?;
        files.sort();
        if files.is_empty() {
            return Err(UsageError(format!(
                "{word} holds no file that ends in .arazzo.yaml, .arazzo.yml or .arazzo.json"
            )));
        }
        return Ok(files.into_iter().map(from_file).collect());
    }
    if path.is_file() || is_file_name(word) {
        return Ok(vec![from_file(path.to_owned())]);
    }
    let known: Vec<&str> = if word.contains('/') {
        embedded::scenarios().map(|file| file.name()).collect()
    } else {
        crate::market::MARKETPLACES.to_vec()
    };
    let near = nearest(word, &known);
    let hint = match near {
        Some(near) => format!("; did you mean {near}?"),
        None => "; `storeproof list scenarios` names all".to_owned(),
    };
    Err(UsageError(format!("{word} is no marketplace, scenario or file{hint}")))
}

/// Whether a word names a scenario file rather than something in the binary.
pub(super) fn is_file_name(word: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|ending| word.ends_with(ending))
}

fn from_file(path: PathBuf) -> Selected {
    let name = path.display().to_string();
    Selected { origin: Origin::File(path), name }
}

#[expect(clippy::disallowed_methods, reason = "this is where folders of scenarios are read")]
fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), UsageError> {
    let refuse = |error: std::io::Error| UsageError(format!("{}: {error}", folder.display()));
    for entry in std::fs::read_dir(folder).map_err(refuse)? {
        let path = entry.map_err(refuse)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // A link that leads upwards would never end.
        if path.is_dir() && !path.is_symlink() {
            gather(&path, files)?;
        } else if [".arazzo.yaml", ".arazzo.yml", ".arazzo.json"].iter().any(|ending| name.ends_with(ending)) {
            files.push(path);
        }
    }
    Ok(())
}

/// The name that comes nearest to what was typed, if any is near.
pub(super) fn nearest<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(typed, name), *name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Keeps what a pattern asks for.
pub(super) fn filter(selected: Vec<Selected>, pattern: Option<&str>) -> Vec<Selected> {
    selected.into_iter().filter(|scenario| fits(pattern, &scenario.name)).collect()
}

/// Whether a name is what a pattern asks for: text that the name contains, or a pattern of the whole name with `*`.
pub(super) fn fits(pattern: Option<&str>, name: &str) -> bool {
    pattern.is_none_or(|pattern| if pattern.contains('*') { matches(pattern, name) } else { name.contains(pattern) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_life_comes_first_and_the_rest_follows_by_name() {
        let names: Vec<String> = one("kt-bizstore").expect("is known").into_iter().map(|case| case.name).collect();
        let (first, rest) = names.split_first().expect("there are cases");
        assert!(first.starts_with("kt-bizstore/life-cycle/"), "{names:?}");
        let mut others: Vec<&String> = rest.iter().filter(|name| !name.contains("/life-cycle/")).collect();
        let told = others.clone();
        others.sort();
        assert_eq!(told, others);
    }
}
