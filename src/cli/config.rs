//! `storeproof.toml`: read once, refused where it is not understood.
//!
//! The file is found upwards from the working directory or named with `--config`. Unknown keys are errors with a
//! position. `${NAME}` in a text stands for an environment variable, which must be set. Paths are relative to the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::section::Section;
use crate::market::MARKETPLACES;

/// The file as it was written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConfigFile {
    /// Seed of all generated values.
    pub seed: Option<u64>,
    /// How many cases run at one time.
    pub jobs: Option<Spanned<u64>>,
    /// How long an answer may take.
    pub timeout: Option<Spanned<String>>,
    /// Multiplies how often a step may be retried.
    pub patience: Option<Spanned<u32>>,
    /// Certificates in PEM that are trusted besides the system's.
    pub ca: Option<Spanned<String>>,
    /// What people state of requirements that no program can judge.
    #[serde(default)]
    pub statement: Vec<StatementEntry>,
}

/// `[[statement]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StatementEntry {
    /// The requirement, of level `manual`.
    pub requirement: Spanned<String>,
    /// Who states it.
    pub who: Spanned<String>,
    /// When it was looked at, `yyyy-mm-dd`.
    pub when: Spanned<String>,
    /// Where that can be seen.
    pub r#where: Spanned<String>,
}

/// What is wrong with a configuration file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}:{column}: {problem}", file.display())]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// Line, counted from 1.
    pub line: usize,
    /// Column, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
}

/// A configuration file with what is needed to speak of it.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// What was written; all defaults when there is no file.
    pub file: ConfigFile,
    /// The sections of marketplaces, by name.
    pub sections: BTreeMap<&'static str, Section>,
    /// Where it stands.
    pub path: Option<PathBuf>,
    text: String,
}

impl Config {
    /// Reads the text of a file.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let refuse = |error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start);
            error_at(path, text, at, error.message().to_owned())
        };
        let mut table = DeTable::parse(text).map_err(refuse)?;
        // Their place in earlier versions; a list that is not read would be believed.
        if let Some((key, _)) = table.get_ref().get_key_value("known-failure") {
            let problem = "unknown field `known-failure`: known failures stand in known-failures.yaml beside this file, \
                           each with case, rule, reason, owner and expires";
            return Err(error_at(path, text, key.span().start, problem.to_owned()));
        }
        let mut sections = BTreeMap::new();
        for name in MARKETPLACES {
            let Some((key, value)) = table.get_mut().remove_entry(*name) else { continue };
            let DeValue::Table(section) = value.get_ref() else {
                return Err(error_at(path, text, key.span().start, format!("{name} is a section: write [{name}]")));
            };
            let section = Section::read(name, section).map_err(|(at, problem)| error_at(path, text, at, problem))?;
            sections.insert(*name, section);
        }
        let file = ConfigFile::deserialize(toml::Deserializer::from(table)).map_err(refuse)?;
        Ok(Self { file, sections, path: Some(path.to_owned()), text: text.to_owned() })
    }

    /// The folder of the file; paths in it are relative to that.
    pub fn folder(&self) -> Option<&Path> {
        self.path.as_deref().and_then(Path::parent)
    }

    /// A text with its `${NAME}` replaced.
    pub fn expand(
        &self,
        value: &Spanned<String>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, ConfigError> {
        let mut out = String::new();
        let mut rest = value.get_ref().as_str();
        while let Some(at) = rest.find("${") {
            out.push_str(&rest[..at]);
            let behind = &rest[at + 2..];
            let Some(end) = behind.find('}') else {
                return Err(self.error(value, "`${` has no `}`"));
            };
            let name = &behind[..end];
            match environment(name) {
                Some(value) => out.push_str(&value),
                None => return Err(self.error(value, format!("the environment variable {name} is not set"))),
            }
            rest = &behind[end + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }

    /// An error that points at a value.
    pub fn error<T>(&self, value: &Spanned<T>, problem: impl Into<String>) -> ConfigError {
        let path = self.path.clone().unwrap_or_default();
        error_at(&path, &self.text, value.span().start, problem.into())
    }
}

fn error_at(path: &Path, text: &str, offset: usize, problem: String) -> ConfigError {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    ConfigError { file: path.to_owned(), line, column, problem }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn problem(text: &str) -> String {
        Config::parse(Path::new("storeproof.toml"), text).expect_err("is refused").to_string()
    }

    #[rstest]
    #[case::syntax("seed = \n", "storeproof.toml:1:")]
    #[case::unknown_key("sead = 1\n", "storeproof.toml:1:1: unknown field `sead`")]
    #[case::unknown_member(
        "[kt-bizstore]\nvendr = \"x\"\n",
        "storeproof.toml:2:1: unknown field `vendr`; did you mean `vendor`?"
    )]
    #[case::unknown_section("[kt-bizstor]\nvendor = \"x\"\n", "storeproof.toml:1:2: unknown field `kt-bizstor`")]
    #[case::no_section("kt-bizstore = 1\n", "storeproof.toml:1:1: kt-bizstore is a section")]
    #[case::wrong_choice("[kt-bizstore]\nrounding = \"even\"\n", "storeproof.toml:2:12: \"even\" is none of \"any\"")]
    #[case::wrong_kind(
        "[kt-bizstore]\nbearer-also = 1\n",
        "storeproof.toml:2:15: invalid type: bearer-also is a whole number, expected true or false"
    )]
    #[case::wrong_type("[kt-bizstore]\nvendor = 8080\n", "storeproof.toml:2:10: invalid type")]
    #[case::missing("[[statement]]\nrequirement = \"a\"\n", "missing field `who`")]
    #[case::moved(
        "seed = 1\n[[known-failure]]\ncase = \"a\"\n",
        "storeproof.toml:2:3: unknown field `known-failure`: known failures stand in known-failures.yaml"
    )]
    fn what_is_not_understood_is_refused_where_it_stands(#[case] text: &str, #[case] expected: &str) {
        let problem = problem(text);
        assert!(problem.contains(expected), "{problem}");
    }

    #[test]
    fn variables_must_be_set() {
        let text = "[kt-bizstore]\nvendor = \"http://${HOST}:${PORT}\"\n";
        let config = Config::parse(Path::new("c.toml"), text).expect("parses");
        let vendor = config.sections["kt-bizstore"].vendor.clone().expect("is set");
        let set = |name: &str| Some(if name == "HOST" { "vendor.example".to_owned() } else { "81".to_owned() });
        assert_eq!(config.expand(&vendor, &set).expect("expands"), "http://vendor.example:81");
        let error = config.expand(&vendor, &|_| None).expect_err("is not set").to_string();
        assert_eq!(error, "c.toml:2:10: the environment variable HOST is not set");
    }
}
