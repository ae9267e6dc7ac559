//! Names of this marketplace's requirements, as `specs/koogallery/requirements.yaml` defines them.
//!
//! A test holds that each is in the catalogue and that each of the catalogue's that a program can judge is here.

use crate::verdict::RequirementId;

macro_rules! rules {
    ($($name:ident = $id:literal),* $(,)?) => {
        $(pub(crate) const $name: RequirementId = RequirementId::known($id);)*

        /// Every requirement that is judged here.
        pub(crate) const ALL: &[RequirementId] = &[$($name),*];
    };
}

rules! {
    ANSWER_STATUS = "KG-ANSWER-STATUS",
    ANSWER_TIME = "KG-ANSWER-TIME",
    HTTPS = "KG-HTTPS",
    TLS = "KG-TLS",
    ORDER_CALLED = "KG-ORDER-CALLED",
    USAGE_CALLED = "KG-USAGE-CALLED",
}

/// A whole, well-formed answer: a rule of HTTP itself, from the common catalogue.
pub(crate) const HTTP_ANSWER: RequirementId = RequirementId::known("HTTP-ANSWER");
