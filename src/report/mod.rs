//! What happened, told: to a person, to a program, to a CI server.
//!
//! Reporters read [`Event`]s and the catalogue of requirements, write to what they are given, and decide nothing:
//! outcomes come with the records. Whatever a vendor sent is untrusted here. It is searched for secrets, made harmless
//! for terminals, and bounded before it is written.
//!
//! [`Human`] is for whoever never saw the store's documents, [`Json`] for programs (its schema is published as
//! `specs/report.schema.json`), [`Html`] for reviewers of the
//! store, [`Junit`] for CI servers, [`Markdown`] for their summaries, [`Github`] for annotations in
//! GitHub's log, [`Sarif`] for code scanning; [`Progress`] is a bar for long runs on a terminal.

mod answers;
mod broken;
mod course;
pub(crate) mod difference;
pub(crate) mod escape;
pub(crate) mod excerpt;
mod github;
mod group;
mod html;
mod human;
pub mod json;
mod junit;
mod locate;
mod markdown;
mod problems;
mod progress;
pub(crate) mod redact;
mod reduced;
pub(crate) mod reproduce;
mod sarif;
mod standing;
pub(crate) mod summary;
mod visits;
mod written;

use std::io;

use crate::engine::{CaseRecord, Event, StepRecord};
use crate::verdict::Catalogue;
use crate::wire::Secret;

pub use github::{Github, Harmless};
pub use html::{Edition, Html};
pub(crate) use human::print;
pub use human::{Detail, Human, Layout, Style};
pub use json::Json;
pub use junit::Junit;
pub use markdown::Markdown;
pub use progress::Progress;
pub use sarif::Sarif;
pub use summary::{RunOutcome, Verdict, conclusion, verdict};

/// Tells what happens in a run.
pub trait Reporter {
    /// Takes the next event. An error is the writer's.
    fn event(&mut self, event: &Event) -> io::Result<()>;
}

/// What reporters need to know besides the events.
#[derive(Clone, Copy)]
pub struct Background<'a> {
    /// The rules that findings name.
    pub catalogue: &'a Catalogue,
    /// What must not be printed although no single request names it: keys from the configuration.
    pub secrets: &'a [Secret],
    /// How a failure is reproduced.
    pub reproduce: &'a dyn Reproduce,
}

/// How a failure is reproduced; reporters know neither our arguments nor the marketplaces' keys.
pub trait Reproduce {
    /// Words of the command that plays the case again, `storeproof` first, unquoted.
    fn rerun(&self, case: &CaseRecord) -> Vec<String>;

    /// Words of the command that writes the file of a case which is computed, `storeproof` first, unquoted. `None` where
    /// it stands in a file.
    fn export(&self, _case: &CaseRecord) -> Option<Vec<String>> {
        None
    }

    /// Words of the command that plays a scenario, saved as this file, against the same vendor, unquoted.
    fn play(&self, file: &str, _scenario: &str) -> Vec<String> {
        ["storeproof", "run", file].map(str::to_owned).to_vec()
    }

    /// Words of the command that plays the whole run again, as [`Reproduce::rerun`] gives them for one case. `None` where
    /// it is not known.
    fn whole(&self) -> Option<Vec<String>> {
        None
    }

    /// Words of a command that prints a fresh value for a header field whose value is secret, unquoted, such as
    /// `storeproof keys kt-bizstore --token`. It must make the step's mistake ([`StepRecord::tamper`]) too. `None`
    /// where there is no such command.
    fn stand_in(&self, case: &CaseRecord, step: &StepRecord, header: &str) -> Option<Vec<String>>;

    /// The user's own file in which a case is written, relative to the root of their repository, parts separated by
    /// slashes. `None` where it is none of their files: an embedded case, or a file outside of the repository.
    fn own_file(&self, case: &CaseRecord) -> Option<String> {
        is_file(&case.name).then(|| case.name.replace('\\', "/"))
    }
}

/// The file in which a case is written: its path below the tree that holds the scenarios, or as the user typed it.
pub fn scenario_file(case: &str) -> String {
    if is_file(case) { case.to_owned() } else { format!("scenarios/{case}.arazzo.yaml") }
}

/// Whether a case is named by its file.
fn is_file(case: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|ending| case.ends_with(ending))
}
