//! Says what reproduces a signature that does not verify.

use std::fmt;

use jiff::Timestamp;

use super::mistake::Mistake;
use super::verify::{Credentials, Refusal, Settings, verify};
use crate::sign::Intermediate;
use crate::wire::Request;

/// One explanation of a request that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It is refused for this reason, which needs no further explanation.
    Refused(Refusal),
}

impl Diagnosis {
    /// The mistake that makes such a request, where it is one of the recipe's.
    pub fn mistake(&self) -> Option<Mistake> {
        None
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

/// The message that was expected beside the one that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What the verifier puts together.
    pub expected: Vec<Intermediate>,
    /// What the client evidently signed, where that is known and something else.
    pub signed: Option<Vec<Intermediate>>,
    /// Why the request is refused, most telling first; empty when it is accepted.
    pub diagnosis: Vec<Diagnosis>,
}

/// Explains why a request is refused, most telling explanation first; empty when it is accepted.
pub fn diagnose(
    request: &Request,
    scheme: &str,
    credentials: &Credentials,
    now: Timestamp,
    settings: &Settings,
) -> Vec<Diagnosis> {
    explain_message(request, scheme, credentials, now, settings).diagnosis
}

/// Explains a request with the messages on both sides, for whoever wants to see where they part.
pub fn explain_message(
    request: &Request,
    scheme: &str,
    credentials: &Credentials,
    now: Timestamp,
    settings: &Settings,
) -> Explained {
    let refused = verify(request, scheme, credentials, now, settings).err();
    Explained { expected: Vec::new(), signed: None, diagnosis: refused.into_iter().map(Diagnosis::Refused).collect() }
}
