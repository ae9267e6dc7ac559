//! How the reference vendor refuses: a result code, and a sentence that says what is wrong.

use crate::sign::koogallery::{auth_token, v2};

use super::call::Edition;
use super::fault::{Fault, Faults};

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// The signature of version 2.0.
    #[error("{0}")]
    Signature(#[from] v2::Refusal),
    /// The token of version 1.0.
    #[error("{0}")]
    Token(#[from] auth_token::Refusal),
    /// A nonce that was used within the last minutes.
    #[error("the nonce was used before")]
    Replayed,
    /// A time that is too far away, or none.
    #[error("{0}")]
    Time(&'static str),
    /// Something about the call's members.
    #[error("{0}")]
    Parameter(String),
    /// An activity that nobody knows.
    #[error("the activity is not known")]
    Activity,
    /// An instance that nobody has.
    #[error("there is no instance {0}")]
    UnknownInstance(String),
    /// The order has an instance, where the vendor was told to mind.
    #[error("the order was opened before")]
    Bought,
    /// The order cannot be had from the store.
    #[error("{0}")]
    Order(String),
    /// The store does not answer as it should; another attempt may succeed.
    #[error("{0}")]
    StoreSilent(String),
    /// What is asked for does not fit what is in use.
    #[error("{in_use} seats are in use and the product has {wanted} only")]
    TooSmall {
        /// How much is in use.
        in_use: u64,
        /// How much there would be.
        wanted: u64,
    },
    /// There is nothing here, where the vendor was told to serve it elsewhere.
    #[error("there is nothing at this address")]
    Elsewhere,
    /// The code fails, where the vendor was told to fail so.
    #[error("an internal error occurred")]
    Crash,
}

impl Refused {
    /// A sentence about a member.
    pub(crate) fn parameter(text: impl Into<String>) -> Self {
        Self::Parameter(text.into())
    }

    /// Whether authentication failed.
    pub(crate) fn is_authentication(&self) -> bool {
        matches!(self, Self::Signature(_) | Self::Token(_) | Self::Replayed | Self::Time(_))
    }

    /// The documented code.
    pub(crate) fn code(&self, edition: Edition, faults: &Faults) -> &'static str {
        let v1 = edition == Edition::V1;
        if self.is_authentication() {
            let told = [
                (Fault::RefusalCode3, !v1, "000003"),
                (Fault::RefusalCode5, !v1, "000005"),
                (Fault::RefusalSuccess, !v1, "000000"),
                (Fault::RefusalCodesSwapped, !v1, if self.right_code() == "000001" { "000002" } else { "000001" }),
                (Fault::V1RefusalCode3, v1, "000003"),
                (Fault::V1RefusalSuccess, v1, "000000"),
            ];
            if let Some((_, _, code)) = told.into_iter().find(|(fault, fits, _)| *fits && faults.has(*fault)) {
                return code;
            }
        }
        match self {
            Self::UnknownInstance(_) if faults.has(Fault::UnknownInstanceCode5) => "000005",
            _ => self.right_code(),
        }
    }

    fn right_code(&self) -> &'static str {
        match self {
            Self::Signature(refusal) => refusal.result_code(),
            Self::Token(refusal) => refusal.result_code(),
            Self::Replayed => "000001",
            Self::Time(_) | Self::Parameter(_) | Self::Activity => "000002",
            Self::UnknownInstance(_) => "000003",
            Self::Bought => "000103",
            Self::Order(_) | Self::StoreSilent(_) | Self::TooSmall { .. } | Self::Elsewhere | Self::Crash => "000005",
        }
    }
}
