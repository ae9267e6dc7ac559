//! A case whose inputs are noted in a journal, where one is kept.

use jiff::Timestamp;

use super::desk::Call;
use crate::engine::{CaseRecord, Next, Playback, Returned};
use crate::evidence::{Entry, Journal};
use crate::market::Ended;
use crate::verdict::Blocked;

/// A case in play. Everything that it is given goes through here.
pub(super) struct Noted<'a> {
    pub(super) playback: Playback,
    /// Its position in the fleet.
    pub(super) case: usize,
    pub(super) journal: Option<&'a Journal>,
}

/// Lets an input have its effect, noted where a journal is kept.
pub(super) fn note<T>(journal: Option<&Journal>, entry: impl FnOnce() -> Entry, act: impl FnOnce() -> T) -> T {
    match journal {
        Some(journal) => journal.note(entry(), act),
        None => act(),
    }
}

impl Noted<'_> {
    pub(super) fn next(&mut self, now: Timestamp) -> Next {
        let case = self.case;
        note(self.journal, || Entry::Next { case, now }, || self.playback.next(now))
    }

    pub(super) fn received(&mut self, back: Vec<Returned>, now: Timestamp) {
        match self.journal {
            Some(journal) => journal.receive(self.case, now, back, |back| self.playback.received(back, now)),
            None => self.playback.received(back, now),
        }
    }

    pub(super) fn called(&mut self, call: &Call) {
        let (case, number) = (self.case, call.number);
        note(self.journal, || Entry::Called { case, call: number }, || self.playback.called(&call.exchange));
    }

    pub(super) fn performed(&mut self, ended: Ended) {
        let case = self.case;
        let noted = ended.clone();
        note(self.journal, || Entry::Performed { case, ended: noted }, || self.playback.performed(ended));
    }

    pub(super) fn unattended(&mut self) {
        let case = self.case;
        note(self.journal, || Entry::Unattended { case }, || self.playback.unattended());
    }

    pub(super) fn abandon(&mut self, why: Blocked, now: Timestamp) -> Box<CaseRecord> {
        let case = self.case;
        let noted = why.clone();
        note(self.journal, || Entry::Abandoned { case, now, why: noted }, || self.playback.abandon(why, now))
    }
}
