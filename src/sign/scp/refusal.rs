//! Why a request is refused: what is wrong, and in which header.

use jiff::Timestamp;

use super::timestamp::OtherForm;
use super::{ACCESS_KEY, CLIENT_TYPE, OPEN_API, SIGNATURE, TIMESTAMP};

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is a request of the older platform.
    #[error(
        "the header {header} belongs to version 1 of the platform; version 2 takes {ACCESS_KEY}, {SIGNATURE}, {TIMESTAMP} and {CLIENT_TYPE}, and signs no project id"
    )]
    VersionOne {
        /// The first such header, as it was spelled.
        header: String,
    },
    /// A header is not there.
    #[error("the header {name} is missing")]
    Missing {
        /// Which.
        name: &'static str,
    },
    /// A header is there without a value.
    #[error("the header {name} is empty")]
    Empty {
        /// Which.
        name: &'static str,
    },
    /// A header is there more than once, so that nobody can say which one was signed.
    #[error("the header {name} is there more than once")]
    Repeated {
        /// Which.
        name: &'static str,
    },
    /// A header has characters that are not visible ASCII.
    #[error("the header {name} has characters that are not printable ASCII")]
    NotAscii {
        /// Which.
        name: &'static str,
    },
    /// The secret key stands where the access key belongs; it is not repeated.
    #[error("the secret key stands in {ACCESS_KEY}, where the access key belongs (the two are swapped)")]
    Swapped,
    /// Another access key.
    #[error("the access key {found:?} in {ACCESS_KEY} is unknown")]
    UnknownAccessKey {
        /// The one that was sent.
        found: String,
    },
    /// Another kind of client.
    #[error("the header {CLIENT_TYPE} is {found:?}; it must be {OPEN_API:?}, in exactly this case")]
    ClientType {
        /// The one that was sent.
        found: String,
    },
    /// The timestamp is no number of milliseconds.
    #[error("the header {TIMESTAMP} is {found:?}, {}; it must be Unix time in milliseconds, 13 digits", .form.what())]
    TimestampForm {
        /// What it says.
        found: String,
        /// What that is.
        form: OtherForm,
    },
    /// The signature is for another request or by another key.
    #[error("the signature in {SIGNATURE} does not fit the request and the secret key")]
    Signature,
    /// The time is too far away.
    #[error(
        "the signature fits, and its time is too far away ({TIMESTAMP} is {signed_at}, the platform's clock says {now})"
    )]
    Expired {
        /// `Scp-Timestamp`.
        signed_at: Timestamp,
        /// The platform's clock.
        now: Timestamp,
    },
}
