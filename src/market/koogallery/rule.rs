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
    ORDER_CALL = "KG-ORDER-CALL",
    ORDER_CLOCK = "KG-ORDER-CLOCK",
    ORDER_IDS = "KG-ORDER-IDS",
    ORDER_RATE = "KG-ORDER-RATE",
    ORDER_SIGNED = "KG-ORDER-SIGNED",
    USAGE_CALLED = "KG-USAGE-CALLED",
    USAGE_AK_SK = "KG-USAGE-AK-SK",
    USAGE_BODY = "KG-USAGE-BODY",
    USAGE_DUPLICATE = "KG-USAGE-DUPLICATE",
    USAGE_FUTURE = "KG-USAGE-FUTURE",
    USAGE_INSTANCE = "KG-USAGE-INSTANCE",
    USAGE_LATE = "KG-USAGE-LATE",
    USAGE_NONCE = "KG-USAGE-NONCE",
    USAGE_NONCE_FRESH = "KG-USAGE-NONCE-FRESH",
    USAGE_OLD = "KG-USAGE-OLD",
    USAGE_OLD_CALL = "KG-USAGE-OLD-CALL",
    USAGE_OLD_RECORD = "KG-USAGE-OLD-RECORD",
    USAGE_PACKAGE = "KG-USAGE-PACKAGE",
    USAGE_RANGE = "KG-USAGE-RANGE",
    USAGE_RECORD = "KG-USAGE-RECORD",
    USAGE_RELEASED = "KG-USAGE-RELEASED",
    USAGE_SIGNATURE = "KG-USAGE-SIGNATURE",
    USAGE_SN = "KG-USAGE-SN",
    USAGE_SN_UNIQUE = "KG-USAGE-SN-UNIQUE",
    USAGE_START = "KG-USAGE-START",
    USAGE_TIME_FORM = "KG-USAGE-TIME-FORM",
    USAGE_TS = "KG-USAGE-TS",
    USAGE_VALUE = "KG-USAGE-VALUE",
    USAGE_VALUE_TYPE = "KG-USAGE-VALUE-TYPE",
}

/// A whole, well-formed answer: a rule of HTTP itself, from the common catalogue.
pub(crate) const HTTP_ANSWER: RequirementId = RequirementId::known("HTTP-ANSWER");
