//! The signatures of an exchange, examined: what was signed, what should have been, and where the two part.

use jiff::Timestamp;

use super::{Market, koogallery, kt_bizstore, scp};
use crate::sign::Intermediate;
use crate::sign::mistake::Named;
use crate::wire::{Exchange, Request, Response};

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
    /// The known mistake that reproduces what was received, where it is one.
    pub mistake: Option<Named>,
    /// The member that is encrypted, where it is about an encrypted value; `None` for a signature.
    pub value: Option<&'static str>,
}

impl Examined {
    /// Cuts the last string short where it is not the one that was received.
    pub(super) fn new(
        recipe: &'static str,
        received: Option<String>,
        mut expected: Vec<Intermediate>,
        signed: Option<Vec<Intermediate>>,
        diagnosis: &[impl ToString],
        mistake: Option<Named>,
    ) -> Self {
        if let Some(last) = expected.last_mut()
            && received.as_deref().is_none_or(|received| !received.eq_ignore_ascii_case(&last.value))
        {
            let kept = last.value.char_indices().nth(SHOWN).map_or(last.value.len(), |(at, _)| at);
            last.value.truncate(kept);
            last.value.push('…');
        }
        let diagnosis = diagnosis.iter().map(ToString::to_string).collect();
        Self { recipe, carrier: Carrier::Request, received, expected, signed, diagnosis, mistake, value: None }
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

    /// The signatures of messages that somebody captured: of the request, whoever sent it, and of the answer, where it
    /// carries one or must, with its encrypted values. `scheme` is `http` or `https`, where a recipe signs it.
    pub fn captured(
        &self,
        request: Option<&Request>,
        response: Option<&Response>,
        scheme: &str,
        now: Timestamp,
    ) -> Vec<Examined> {
        match self {
            Self::KooGallery(store) => koogallery::captured(store, request, response, now),
            _ => request.and_then(|request| self.signature(request, scheme, now)).into_iter().collect(),
        }
    }

    /// When a request says that it was signed; `None` where it does not say.
    pub fn signed_at(&self, request: &Request) -> Option<Timestamp> {
        match self {
            Self::Plain { .. } => None,
            Self::KtBizstore(_) => kt_bizstore::signed_at(request),
            Self::KooGallery(_) => koogallery::signed_at(request),
            Self::Scp(_) => scp::signed_at(request),
        }
    }
}

/// The marketplace by whose recipes messages are signed, as their fields show; `None` where nothing shows it.
pub fn recognised(request: Option<&Request>, response: Option<&Response>) -> Option<&'static str> {
    let shows = |carries: fn(&Request) -> bool| request.is_some_and(carries);
    if shows(scp::is_signed) {
        Some("scp")
    } else if shows(kt_bizstore::is_signed) {
        Some("kt-bizstore")
    } else if shows(koogallery::is_signed) || response.is_some_and(koogallery::is_signed_answer) {
        Some("koogallery")
    } else {
        None
    }
}
