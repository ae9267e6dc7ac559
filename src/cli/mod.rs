//! The command line: arguments as typed (`args`), what they mean (`settings`, `select`), one file a command, exit codes.
//!
//! Standard output carries the report or the data that was asked for; standard error carries talk and progress.

pub mod args;
mod case;
mod certify;
pub mod config;
mod doctor;
mod evidence;
pub mod exit;
mod explain;
mod init;
mod keys;
mod known;
mod lanes;
mod lint;
mod list;
mod plans;
mod playing;
mod reports;
mod repository;
mod reproduce;
pub mod review;
mod run;
mod section;
mod select;
mod serve;
mod settings;
mod snapshots;
mod statements;
mod vendor;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;

use clap::CommandFactory as _;

use crate::market::MARKETPLACES;
use crate::spec::{Caller, embedded};
use crate::verdict::Catalogue;
use args::{Arguments, Colour, Command};
use config::Config;
use exit::Ended;
use settings::UsageError;

/// Runs one command and says how it ended. Errors of the user's are told on standard error.
pub fn main(arguments: &Arguments) -> Ended {
    let mut out = io::stdout().lock();
    let ended = match &arguments.command {
        Command::Run(arguments) => {
            // Reporters write from another place than this one; they take the lock themselves.
            drop(out);
            out = io::stdout().lock();
            run::run(arguments, &mut out)
        }
        Command::Certify(arguments) => certify::certify(arguments, &mut out),
        Command::Serve(arguments) => serve::serve(arguments, &mut out),
        Command::Vendor(arguments) => vendor::vendor(arguments, &mut out),
        Command::Review(arguments) => snapshots::review(arguments, &mut out),
        Command::Accept(arguments) => snapshots::accept(arguments, &mut out),
        Command::Reject(arguments) => snapshots::reject(arguments, &mut out),
        Command::List(arguments) => list::list(arguments, &mut out),
        Command::Doctor(arguments) => doctor::doctor(arguments, &mut out),
        Command::Verify(arguments) => evidence::verify(arguments, &mut out),
        Command::Explain(arguments) => explain::explain(&arguments.id, &mut out),
        Command::Keys(arguments) => keys::keys(arguments, &mut out),
        Command::Lint(arguments) => lint::lint(arguments, &mut out),
        Command::Init(arguments) => init::init(arguments, &mut out),
        Command::Completions { shell } => {
            // The generator panics where it cannot write, so it is given what can always be written to.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "storeproof", &mut script);
            write(&mut out, &script).map(|()| Ended::Well)
        }
    };
    match ended {
        Ok(ended) => {
            let _ = out.flush();
            ended
        }
        Err(UsageError(problem)) => {
            talk(&format!("storeproof: {problem}"));
            Ended::Usage
        }
    }
}

/// A line on standard error. One that cannot be written changes nothing: the exit code says the same.
fn talk(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Data on standard output. Whoever has closed it has seen enough.
fn write(out: &mut dyn Write, data: &[u8]) -> Result<(), UsageError> {
    match out.write_all(data) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(UsageError::new(error)),
        _ => Ok(()),
    }
}

/// Whether standard output is coloured.
fn coloured(colour: Colour) -> bool {
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            io::stdout().is_terminal() && settings::environment("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}

/// Columns of the terminal; 100 where there is none.
fn width() -> usize {
    let (_, columns) = console::Term::stdout().size_checked().unwrap_or((0, 100));
    usize::from(columns).clamp(60, 140)
}

/// Refuses the name of a marketplace that nobody knows.
fn known_marketplace(name: &str) -> Result<(), UsageError> {
    if MARKETPLACES.contains(&name) {
        return Ok(());
    }
    let near = select::nearest(name, MARKETPLACES).map(|near| format!("; did you mean {near}?"));
    Err(UsageError(format!(
        "{name} is no marketplace{}; there is {}",
        near.unwrap_or_default(),
        MARKETPLACES.join(", ")
    )))
}

/// Refuses the name of a dialect that nobody knows.
fn known_dialect(name: &str) -> Result<(), UsageError> {
    let interfaces = embedded::interface_texts().filter_map(|file| embedded::interface(file.name()));
    let called = interfaces.filter(|interface| interface.caller == Caller::Marketplace);
    let known: Vec<String> = called.filter_map(|interface| interface.dialect.clone()).collect();
    if known.iter().any(|known| known == name) {
        return Ok(());
    }
    Err(UsageError(format!("{name} is no dialect; there is {}", known.join(", "))))
}

/// Every requirement of every marketplace, and the common ones.
fn every_requirement() -> Catalogue {
    let mut all = BTreeMap::new();
    for requirement in MARKETPLACES.iter().flat_map(|name| embedded::catalogue(name).iter()) {
        // The common part is in each.
        all.entry(requirement.id.clone()).or_insert_with(|| requirement.clone());
    }
    Catalogue::new(all.into_values()).unwrap_or_default()
}

/// The folder below which snapshots stand: that of the configuration, else the working directory.
fn snapshot_root(config: &Config) -> PathBuf {
    match config.folder() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A runtime for so many cases at one time. One case needs no thread besides this one: handing each step from thread to
/// thread costs more than all that is done with it.
fn runtime(jobs: usize) -> Result<tokio::runtime::Runtime, UsageError> {
    let mut builder = match jobs {
        0 | 1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.worker_threads(jobs.clamp(1, 16)).enable_all().build().map_err(UsageError::new)
}

#[expect(clippy::disallowed_methods, reason = "this is where the time is read for what is not a run")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// A seed for a run that was given none, short enough to be typed. A vendor remembers the customers of earlier runs, and
/// would rightly answer otherwise to them.
fn fresh_seed() -> u64 {
    u64::try_from(now().as_microsecond() % 1_000_000).unwrap_or_default()
}

/// Ends at once; for a second Ctrl-C.
#[expect(clippy::disallowed_methods, reason = "the user does not want to wait for anything")]
fn abort() {
    std::process::exit(i32::from(exit::INTERRUPTED));
}
