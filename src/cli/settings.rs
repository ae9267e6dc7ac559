//! What arguments, environment and configuration file mean together. An argument wins over the file.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value};

use super::args::Common;
use super::config::Config;
use crate::market::Market;
use crate::market::setting::{Values, parse_duration};
use crate::run::files;
use crate::transport::Trust;

/// Something that the user typed is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(pub(crate) String);

impl UsageError {
    pub(super) fn new(problem: impl ToString) -> Self {
        Self(problem.to_string())
    }
}

/// The environment, read by name.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether this is a continuous-integration run: `CI` is set to anything but `false`, `0` or nothing.
pub(super) fn in_ci() -> bool {
    environment("CI").is_some_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// The configuration file: the one that was named, else the nearest upwards, else none.
#[expect(clippy::disallowed_methods, reason = "this is where the working directory is read")]
pub(super) fn configuration(common: &Common) -> Result<Config, UsageError> {
    let path = match &common.config {
        Some(path) => Some(path.clone()),
        None => std::env::current_dir().ok().and_then(|here| nearest(&here)),
    };
    let Some(path) = path else { return Ok(Config::default()) };
    let text = files::text(&path).map_err(UsageError::new)?;
    Config::parse(&path, &text).map_err(UsageError::new)
}

fn nearest(here: &Path) -> Option<PathBuf> {
    here.ancestors().map(|folder| folder.join("storeproof.toml")).find(|file| file.is_file())
}

/// A path of the configuration file, relative to its folder.
fn beside(config: &Config, path: &str) -> PathBuf {
    config.folder().map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
}

/// A marketplace as the configuration has it; `None` for plain Arazzo documents.
///
/// How long an answer may take: `--timeout`, the section's `time-limit`, `timeout`, or what the marketplace has.
pub(super) fn market(
    marketplace: Option<&str>,
    config: &Config,
    time_limit: Option<Duration>,
) -> Result<Market, UsageError> {
    let section = marketplace.and_then(|name| config.sections.get(name));
    let values = values(marketplace, config)?;
    let time_limit = time_limit.or(general_time_limit(&values, config)?);
    Market::new(marketplace, &values, time_limit).map_err(|error| {
        let settings = section.map(|section| section.settings.as_slice()).unwrap_or_default();
        match settings.iter().find(|(setting, _)| setting.name == error.name) {
            Some((setting, written)) if setting.kind.is_file() => {
                UsageError::new(config.error(written, format!("{}: {error}", written.get_ref())))
            }
            Some((_, written)) => UsageError::new(config.error(written, error.to_string())),
            None => UsageError::new(error),
        }
    })
}

/// What the section of a marketplace sets: texts with their variables, files as their text.
pub(super) fn values(marketplace: Option<&str>, config: &Config) -> Result<Values, UsageError> {
    let section = marketplace.and_then(|name| config.sections.get(name));
    let mut values = Values::default();
    for (setting, written) in section.map(|section| section.settings.as_slice()).unwrap_or_default() {
        let text = config.expand(written, &environment).map_err(UsageError::new)?;
        let value = match setting.kind {
            kind if kind.is_file() => {
                let read = files::text(&beside(config, &text));
                read.map_err(|error| UsageError::new(config.error(written, error.to_string())))?
            }
            _ => text,
        };
        values.set(setting.name, value);
    }
    Ok(values)
}

/// How long an answer may take by the whole file, where the section says nothing of its own.
pub(super) fn general_time_limit(values: &Values, config: &Config) -> Result<Option<Duration>, UsageError> {
    match &config.file.timeout {
        Some(time) if values.get("time-limit").is_none() => duration(config, time).map(Some),
        _ => Ok(None),
    }
}

/// A time of the configuration file.
pub(super) fn duration(config: &Config, time: &toml::Spanned<String>) -> Result<Duration, UsageError> {
    let text = config.expand(time, &environment).map_err(UsageError::new)?;
    parse_duration(&text).map_err(|problem| UsageError::new(config.error(time, problem)))
}

/// How many cases run at one time: `--jobs`, `jobs`, or one.
pub(super) fn jobs(argument: Option<usize>, config: &Config) -> Result<NonZeroUsize, UsageError> {
    let refuse = || UsageError::new("at least one job must run");
    match (argument, &config.file.jobs) {
        (Some(jobs), _) => NonZeroUsize::new(jobs).ok_or_else(refuse),
        (None, Some(jobs)) => {
            let value = usize::try_from(*jobs.get_ref()).ok().and_then(NonZeroUsize::new);
            value.ok_or_else(|| UsageError::new(config.error(jobs, "at least one job must run")))
        }
        (None, None) => Ok(NonZeroUsize::MIN),
    }
}

/// The file of certificates that are trusted besides the system's.
pub(super) fn ca(argument: Option<&Path>, config: &Config) -> Result<Option<PathBuf>, UsageError> {
    match (argument, &config.file.ca) {
        (Some(path), _) => Ok(Some(path.to_owned())),
        (None, Some(path)) => Ok(Some(beside(config, &config.expand(path, &environment).map_err(UsageError::new)?))),
        (None, None) => Ok(None),
    }
}

/// Whom we trust on HTTPS.
pub(super) fn trust(ca: Option<&Path>) -> Result<Trust, UsageError> {
    match ca {
        Some(file) => files::bytes(file).map(Trust::Ca).map_err(UsageError::new),
        None => Ok(Trust::System),
    }
}

/// The inputs of scenarios: the sections', then the arguments'.
pub(super) fn inputs(arguments: &[String], config: &Config) -> Result<Map<String, Value>, UsageError> {
    let mut inputs = Map::new();
    for section in config.sections.values() {
        inputs.extend(section.inputs.clone());
    }
    for argument in arguments {
        let Some((name, value)) = argument.split_once('=') else {
            return Err(UsageError::new(format!("--input {argument}: write NAME=VALUE")));
        };
        inputs.insert(name.to_owned(), Value::from(value));
    }
    Ok(inputs)
}
