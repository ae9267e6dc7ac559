//! Judges an answer as KooGallery would read it.

pub(crate) mod callback;
mod push;

use super::memory::Memory;
use super::rule;
use super::settings::Interface;
use super::store::Store;
use crate::market::{Delivery, Draft};
use crate::verdict::{Breach, Finding, Judgement, Place};
use crate::wire::{Exchange, Loss};

/// What the judge is told besides the exchange.
pub(crate) struct Case<'a> {
    pub(crate) draft: &'a Draft,
    pub(crate) delivery: &'a Delivery,
    pub(crate) exchange: &'a Exchange,
    pub(crate) store: &'a Store,
}

impl Case<'_> {
    /// The interface of the call: version 1.0 is called by GET.
    pub(crate) fn interface(&self) -> Interface {
        let v1 =
            self.draft.operation.signatures.iter().any(|recipe| recipe == crate::sign::koogallery::auth_token::RECIPE);
        if v1 { Interface::SaasV1 } else { Interface::SaasV2 }
    }
}

/// Judges one delivery.
pub(crate) fn exchange(case: &Case<'_>, _memory: &mut Memory) -> Judgement {
    let mut judgement = Judgement::default();
    match &case.exchange.answer {
        Ok(response) if response.status != 200 => {
            let breach = Breach::Status { expected: vec!["200".to_owned()], actual: response.status };
            judgement.find(Finding::new(rule::ANSWER_STATUS, Place::Status, breach));
        }
        Ok(_) | Err(Loss::HungUp) => {}
        Err(loss) if loss.unreachable() => {}
        Err(loss) => {
            let (requirement, place) = match loss {
                Loss::TimeOut { .. } => (rule::ANSWER_TIME, Place::Time),
                Loss::Tls(_) => (rule::TLS, Place::Connection),
                _ => (rule::HTTP_ANSWER, Place::Connection),
            };
            judgement.find(Finding::new(requirement, place, Breach::Lost { loss: loss.clone() }));
        }
    }
    let _ = (case.delivery, case.interface(), case.store);
    judgement
}
