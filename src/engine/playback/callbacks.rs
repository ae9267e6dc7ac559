//! Calls of the vendor that have come and belong to no step yet.

use std::sync::Arc;

use super::player::Player;
use crate::engine::event::StepRecord;
use crate::verdict::{Catalogue, Judgement, Weighed};
use crate::wire::Exchange;

/// One call of the vendor's.
#[derive(Debug)]
pub(super) struct Callback {
    /// The operation that was called, where it is one.
    pub(super) operation: Option<String>,
    pub(super) exchange: Exchange,
    pub(super) judgement: Judgement,
}

/// Those that came since the last step ended.
#[derive(Debug, Default)]
pub(super) struct Callbacks(Vec<Callback>);

impl Callbacks {
    /// Judges a call and keeps it.
    pub(super) fn take(&mut self, exchange: Exchange, player: &mut Player) {
        let (operation, judgement) = player.judge_callback(&exchange);
        self.0.push(Callback { operation, exchange, judgement });
    }

    /// Whether this operation was called.
    pub(super) fn came(&self, operation: &str) -> bool {
        self.0.iter().any(|callback| callback.operation.as_deref() == Some(operation))
    }

    /// What came so far.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Callback> {
        self.0.iter()
    }

    /// Calls that came after the last step are kept with it: they are the vendor's, and are judged like all others.
    pub(super) fn append_to(&mut self, last: Option<&mut Arc<StepRecord>>, player: &Player, catalogue: &Catalogue) {
        let Some(last) = last.filter(|_| !self.0.is_empty()) else { return };
        let step = Arc::make_mut(last);
        for callback in self.drain(player) {
            let exchange = Some(step.exchanges.len());
            step.exchanges.push(callback.exchange);
            let weighed = callback.judgement.findings.into_iter().map(|finding| {
                let level = catalogue.level(&finding.requirement);
                Weighed { finding, level, exchange }
            });
            step.findings.extend(weighed);
            step.readings.extend(callback.judgement.readings);
            step.skipped.extend(callback.judgement.skipped);
        }
    }

    /// Hands over what came, judged again by what the answers to the step's own calls have shown since.
    pub(super) fn drain(&mut self, player: &Player) -> Vec<Callback> {
        let mut callbacks = std::mem::take(&mut self.0);
        for callback in &mut callbacks {
            player.reconsider(&callback.exchange, &mut callback.judgement);
        }
        callbacks
    }
}
