//! The signatures of an exchange, examined: what was signed, what should have been, and where the two part.

use jiff::Timestamp;

use super::{Market, koogallery, kt_bizstore, scp};
use crate::sign::Intermediate;
use crate::wire::{Exchange, Request};

/// The message that carries a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// The request.
    Request,
    /// The answer.
    Answer,
}

/// One signature with everything that can be said of it.
///
/// The strings hold keys; whoever shows them hides what [`Market::secrets`] names. A right signature that was not
/// received is cut short: it would open what the wrong one did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// The recipe, as specs name it.
    pub recipe: &'static str,
    /// Which message it is about.
    pub carrier: Carrier,
    /// The signature as it arrived; `None` where there was none.
    pub received: Option<String>,
    /// The strings on the way to the right signature, in their order.
    pub expected: Vec<Intermediate>,
    /// Those that the signer evidently went through, where they are known and others.
    pub signed: Option<Vec<Intermediate>>,
    /// Why it is refused, as sentences, most telling first; empty when it is right.
    pub diagnosis: Vec<String>,
}

impl Examined {
    /// Cuts the last string short where it is not the one that was received.
    pub(super) fn new(
        recipe: &'static str,
        received: Option<String>,
        mut expected: Vec<Intermediate>,
        signed: Option<Vec<Intermediate>>,
        diagnosis: &[impl ToString],
    ) -> Self {
        if let Some(last) = expected.last_mut()
            && received.as_deref().is_none_or(|received| !received.eq_ignore_ascii_case(&last.value))
        {
            let kept = last.value.char_indices().nth(SHOWN).map_or(last.value.len(), |(at, _)| at);
            last.value.truncate(kept);
            last.value.push('…');
        }
        let diagnosis = diagnosis.iter().map(ToString::to_string).collect();
        Self { recipe, carrier: Carrier::Request, received, expected, signed, diagnosis }
    }
}

/// Characters that are left of a right signature that was not received: enough to compare.
const SHOWN: usize = 6;

impl Market {
    /// The signatures of an exchange, those of the request first. Times are held against the moment at which it began.
    pub fn signatures(&self, exchange: &Exchange) -> Vec<Examined> {
        match self {
            Self::Plain { .. } => Vec::new(),
            Self::KtBizstore(settings) => {
                kt_bizstore::signature(settings, &exchange.request, exchange.started).into_iter().collect()
            }
            Self::KooGallery(store) => koogallery::signatures(store, exchange),
            Self::Scp(store) => {
                vec![scp::signature(store, &exchange.request, store.scheme(), exchange.started)]
            }
        }
    }

    /// The signature of a request on its own, whoever sent it; `scheme` is `http` or `https`, where a recipe signs it.
    pub fn signature(&self, request: &Request, scheme: &str, now: Timestamp) -> Option<Examined> {
        match self {
            Self::Plain { .. } => None,
            Self::KtBizstore(settings) => kt_bizstore::signature(settings, request, now),
            Self::KooGallery(store) => koogallery::signature(store, request, now),
            Self::Scp(store) => Some(scp::signature(store, request, scheme, now)),
        }
    }
}
