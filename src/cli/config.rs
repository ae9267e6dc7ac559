//! `storeproof.toml`: read once, refused where it is not understood.
//!
//! The file is found upwards from the working directory or named with `--config`. Unknown keys are errors with a
//! position. `${NAME}` in a text stands for an environment variable, which must be set. Paths are relative to the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

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
    pub patience: Option<u32>,
    /// Certificates in PEM that are trusted besides the system's.
    pub ca: Option<Spanned<String>>,
    /// Settings of KT Cloud Biz Store.
    pub kt_bizstore: Option<KtBizstore>,
    /// Failures that are accepted for a time.
    #[serde(default)]
    pub known_failure: Vec<KnownFailureEntry>,
}

/// `[kt-bizstore]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KtBizstore {
    /// Base address; paths are appended.
    pub vendor: Option<Spanned<String>>,
    /// The edition of the interface.
    pub dialect: Option<Spanned<String>>,
    /// Private key in PEM that signs tokens.
    pub signing_key: Option<Spanned<String>>,
    /// How far `iat` is set back.
    pub iat_back_date: Option<Spanned<String>>,
    /// How old a token may be; the reference vendor's acceptance window.
    pub token_window: Option<Spanned<String>>,
    /// Whether the token is sent as `Authorization: Bearer` too.
    pub bearer_also: Option<bool>,
    /// Inputs of the scenarios.
    #[serde(default)]
    pub inputs: BTreeMap<String, toml::Value>,
}

/// `[[known-failure]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KnownFailureEntry {
    /// The case, or a pattern with `*`.
    pub case: String,
    /// The requirement.
    pub requirement: Spanned<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is, `yyyy-mm-dd`.
    pub until: Option<Spanned<String>>,
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
    /// Where it stands.
    pub path: Option<PathBuf>,
    text: String,
}

impl Config {
    /// Reads the text of a file.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let file = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            error_at(path, text, at, error.message().to_owned())
        })?;
        Ok(Self { file, path: Some(path.to_owned()), text: text.to_owned() })
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
    #[case::unknown_member("[kt-bizstore]\nvendr = \"x\"\n", "storeproof.toml:2:1: unknown field `vendr`")]
    #[case::wrong_type("[kt-bizstore]\nvendor = 8080\n", "storeproof.toml:2:10: invalid type")]
    #[case::missing("[[known-failure]]\ncase = \"a\"\n", "missing field `requirement`")]
    fn what_is_not_understood_is_refused_where_it_stands(#[case] text: &str, #[case] expected: &str) {
        let problem = problem(text);
        assert!(problem.contains(expected), "{problem}");
    }

    #[test]
    fn variables_must_be_set() {
        let text = "[kt-bizstore]\nvendor = \"http://${HOST}:${PORT}\"\n";
        let config = Config::parse(Path::new("c.toml"), text).expect("parses");
        let vendor = config.file.kt_bizstore.clone().and_then(|section| section.vendor).expect("is set");
        let set = |name: &str| Some(if name == "HOST" { "vendor.example".to_owned() } else { "81".to_owned() });
        assert_eq!(config.expand(&vendor, &set).expect("expands"), "http://vendor.example:81");
        let error = config.expand(&vendor, &|_| None).expect_err("is not set").to_string();
        assert_eq!(error, "c.toml:2:10: the environment variable HOST is not set");
    }
}
