//! The known mistakes of both recipes: how each is treated, which rule it tests, and which other it explains.

use super::super::rule;
use super::super::settings::Interface;
use super::Case;
use crate::sign::koogallery::{auth_token, v2};
use crate::sign::mistake::Treatment;
use crate::verdict::RequirementId;

/// A mistake of either recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// Of version 2.0.
    V2(v2::Mistake),
    /// Of version 1.0.
    V1(auth_token::Mistake),
}

impl Mistake {
    pub(super) fn of(case: &Case<'_>, name: &str) -> Option<Self> {
        match case.interface() {
            Interface::SaasV2 => name.parse().ok().map(Self::V2),
            Interface::SaasV1 => name.parse().ok().map(Self::V1),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::V2(mistake) => mistake.name(),
            Self::V1(mistake) => mistake.name(),
        }
    }

    pub(super) fn what(self) -> &'static str {
        match self {
            Self::V2(mistake) => mistake.what(),
            Self::V1(mistake) => mistake.what(),
        }
    }

    pub(super) fn consequence(self) -> &'static str {
        match self {
            Self::V2(mistake) => mistake.consequence(),
            Self::V1(mistake) => mistake.consequence(),
        }
    }

    /// Whether it shows why a vendor refuses right calls: it is how such a vendor may sign.
    pub(super) fn tells_why(self) -> bool {
        use auth_token::Mistake as V1;
        use v2::Mistake as V2;
        match self {
            Self::V2(mistake) => matches!(
                mistake,
                V2::PlainInner
                    | V2::UpperCaseInner
                    | V2::OtherCanonical
                    | V2::DescendingSort
                    | V2::BlanksSigned
                    | V2::Base64
                    | V2::TimestampInSeconds
                    | V2::OtherInterfaceKey
            ),
            Self::V1(mistake) => matches!(
                mistake,
                V1::KeyAlone | V1::EncodedValues | V1::Unsorted | V1::DescendingSort | V1::TokenIncluded | V1::Hex
            ),
        }
    }

    /// How it is treated. A timestamp in seconds is what two of three sites document, and what is right in another
    /// writing of the digest shows no hole: of these either answer is told, and none is held against the vendor.
    pub(super) fn treatment(self) -> Treatment {
        match self {
            Self::V2(v2::Mistake::TimestampInSeconds | v2::Mistake::Base64) | Self::V1(auth_token::Mistake::Hex) => {
                Treatment::Classify
            }
            Self::V2(mistake) => mistake.treatment(),
            Self::V1(mistake) => mistake.treatment(),
        }
    }
}

/// Whether a vendor that lets one mistake through can be expected to let the other through for the same reason.
pub(super) fn explains(earlier: &str, later: &str) -> bool {
    let of_time = ["stale-70s", "stale-1h", "stale-61s", "future", "non-numeric-timestamp", "timestamp-in-seconds"];
    if later == earlier {
        return true;
    }
    match earlier {
        // Nothing is verified, or nothing is compared.
        "wrong-key" => {
            let otherwise = ["missing-timestamp", "missing-nonce", "replayed-nonce", "old-timestamp"];
            !of_time.contains(&later) && !otherwise.contains(&later)
        }
        "missing-signature" => later == "empty-signature",
        "missing-token" => later == "empty-token",
        "changed-signature" => later == "truncated-signature",
        "changed-token" => later == "truncated-token",
        "changed-parameter" => matches!(later, "added-parameter" | "removed-parameter"),
        // The time is not looked at.
        "stale-70s" | "stale-1h" => of_time.contains(&later) && later != "non-numeric-timestamp",
        _ => false,
    }
}

/// Which requirement a mistake tests.
pub(super) fn requirement_of(case: &Case<'_>, mistake: Mistake) -> RequirementId {
    if case.operation() == "orderNotify" {
        return match mistake.treatment() {
            Treatment::MustAccept => rule::NOTIFY_VALID,
            Treatment::MustRefuse => rule::NOTIFY_AUTH,
            _ => of_recipe(mistake),
        };
    }
    of_recipe(mistake)
}

fn of_recipe(mistake: Mistake) -> RequirementId {
    match mistake {
        Mistake::V2(mistake) => of_v2(mistake),
        Mistake::V1(mistake) => of_v1(mistake),
    }
}

fn of_v2(mistake: v2::Mistake) -> RequirementId {
    use v2::Mistake as M;
    match mistake {
        M::MissingSignature | M::EmptySignature => rule::V2_AUTH_MISSING,
        M::MissingTimestamp => rule::V2_AUTH_NO_TIMESTAMP,
        M::MissingNonce => rule::V2_AUTH_NO_NONCE,
        M::WrongKey | M::OtherInterfaceKey => rule::V2_AUTH_KEY,
        M::ChangedBody => rule::V2_AUTH_BODY,
        M::ChangedTimestamp => rule::V2_AUTH_TIMESTAMP,
        M::ChangedNonce => rule::V2_AUTH_NONCE,
        M::OtherCase => rule::V2_AUTH_CASE,
        M::UnsortedBody | M::UnsortedSigned => rule::V2_AUTH_WIRE_ORDER,
        M::BlanksInBody => rule::V2_AUTH_BLANKS,
        M::EscapesInBody => rule::V2_AUTH_TEXT,
        M::TimestampInSeconds => rule::V2_AUTH_UNIT,
        M::NonNumericTimestamp => rule::V2_AUTH_NUMERIC,
        M::Stale50s => rule::V2_AUTH_VALID,
        M::Stale61s => rule::V2_AUTH_STALE_61,
        M::Stale70s | M::Stale1h => rule::V2_AUTH_STALE,
        M::Future => rule::V2_AUTH_FUTURE,
        M::ReplayedNonce => rule::V2_AUTH_REPLAY,
        M::TruncatedSignature
        | M::ChangedSignature
        | M::PlainInner
        | M::UpperCaseInner
        | M::OtherCanonical
        | M::DescendingSort
        | M::BlanksSigned
        | M::Base64 => rule::V2_AUTH_SIGNATURE,
    }
}

fn of_v1(mistake: auth_token::Mistake) -> RequirementId {
    use auth_token::Mistake as M;
    match mistake {
        M::MissingToken | M::EmptyToken => rule::V1_AUTH_MISSING,
        M::MissingTimeStamp => rule::V1_AUTH_NO_TIMESTAMP,
        M::WrongKey => rule::V1_AUTH_KEY,
        M::ChangedParameter | M::AddedParameter | M::RemovedParameter => rule::V1_AUTH_CHANGED,
        M::RawPlus => rule::V1_AUTH_RAW_PLUS,
        M::OldTimeStamp => rule::V1_AUTH_STALE,
        M::TruncatedToken
        | M::ChangedToken
        | M::KeyAlone
        | M::EncodedValues
        | M::Unsorted
        | M::DescendingSort
        | M::TokenIncluded
        | M::Hex => rule::V1_AUTH_TOKEN,
    }
}
