//! Where a case is written, for whoever wants to read it.

use crate::engine::{CaseRecord, StepRecord};
use crate::wire::Redactor;

use super::redact::words;
use super::{Background, reproduce, scenario_file};

/// Where a step of a case is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// A file and a line of it, as `file:line`.
    In(String),
    /// In no file yet: the case is computed, and this command writes it.
    By(String),
}

/// Where this step of the case is written, without secrets.
pub(crate) fn written(
    background: &Background<'_>,
    case: &CaseRecord,
    step: &StepRecord,
    redactor: &Redactor,
) -> Written {
    match export(background, case, redactor) {
        Some(command) => Written::By(command),
        None => Written::In(format!("{}:{}", words(redactor, &scenario_file(&case.name)), step.spot.line)),
    }
}

/// The command that writes the file of a computed case; none for a case that stands in one.
pub(crate) fn export(background: &Background<'_>, case: &CaseRecord, redactor: &Redactor) -> Option<String> {
    background.reproduce.export(case).map(|command| reproduce::line(&command, redactor))
}

impl Written {
    /// The same as a phrase.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::In(place) => place.clone(),
            Self::By(command) => format!("computed; `{command}` writes it"),
        }
    }
}
