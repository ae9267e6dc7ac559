//! Statuses of all answers of a run, for what one answer alone does not show.

use crate::engine::CaseRecord;
use crate::wire::{Caller, Redactor};

use super::redact::words;

/// What came back so far.
#[derive(Default)]
pub(crate) struct Answers {
    whole: usize,
    not_found: usize,
    /// Where the first call went.
    first: Option<String>,
}

impl Answers {
    /// Takes the answers of a case.
    pub(crate) fn note(&mut self, case: &CaseRecord) {
        for exchange in case.steps.iter().flat_map(|step| &step.exchanges) {
            let Some(response) = exchange.response().filter(|_| exchange.caller == Caller::Marketplace) else {
                continue;
            };
            self.whole += 1;
            self.not_found += usize::from(response.status == 404);
            self.first.get_or_insert_with(|| exchange.request.target.clone());
        }
    }

    /// Asks whether the address is right when nothing was found there. The vendor is printed as it is given.
    pub(crate) fn doubt(&self, vendor: &str, redactor: &Redactor) -> Option<String> {
        let first = self.first.as_ref().filter(|_| self.whole == self.not_found)?;
        Some(format!(
            "Every call was answered with 404. Is {vendor} the right base address? Paths are appended to it; the first \
             call asked for {}.",
            words(redactor, first)
        ))
    }
}
