//! What happened, told: to a person, to a program, to a CI server.
//!
//! Reporters read [`Event`]s and the catalogue of requirements, write to what they are given, and decide nothing:
//! outcomes come with the records. Whatever a vendor sent is untrusted here. It is searched for secrets, made harmless
//! for terminals, and bounded before it is written.
//!
//! [`Human`] is for whoever never saw the store's documents, [`Json`] for programs (its schema is published as
//! `specs/report.schema.json`), [`Junit`] for CI servers; [`Progress`] is a bar for long runs on a terminal.

pub(crate) mod difference;
pub(crate) mod escape;
pub(crate) mod excerpt;
mod group;
mod human;
pub mod json;
mod junit;
mod locate;
mod progress;
pub(crate) mod redact;
pub(crate) mod reproduce;
pub(crate) mod summary;

use std::io;

use crate::engine::{CaseRecord, Event, StepRecord};
use crate::verdict::Catalogue;
use crate::wire::Secret;

pub(crate) use human::print;
pub use human::{Detail, Human, Layout, Style};
pub use json::Json;
pub use junit::Junit;
pub use progress::Progress;
pub use summary::{RunOutcome, conclusion};

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

    /// Words of a command that prints a fresh value for a header field whose value is secret, unquoted, such as
    /// `storeproof keys kt-bizstore --token`. It must make the step's mistake ([`StepRecord::tamper`]) too. `None`
    /// where there is no such command.
    fn stand_in(&self, case: &CaseRecord, step: &StepRecord, header: &str) -> Option<Vec<String>>;
}

/// The file in which a case is written: its path below the tree that holds the scenarios, or as the user typed it.
pub fn scenario_file(case: &str) -> String {
    let written = [".yaml", ".yml", ".json"].iter().any(|ending| case.ends_with(ending));
    if written { case.to_owned() } else { format!("scenarios/{case}.arazzo.yaml") }
}
