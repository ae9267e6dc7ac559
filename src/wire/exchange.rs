//! One request and what became of it.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Request, Response, written};

/// A request, the answer or the way it was lost, the bytes below both, and the times.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exchange {
    /// The request as sent, with the full target and every field that the transport added.
    pub request: Request,
    /// The whole answer, or how it was lost.
    #[serde(with = "written::answer")]
    pub answer: Result<Response, Loss>,
    /// The bytes as they crossed the socket (inside TLS, where there is TLS).
    pub raw: Raw,
    /// When sending began.
    pub started: Timestamp,
    /// How long the parts took.
    pub timing: Timing,
    /// Who answered.
    pub peer: Peer,
    /// Who called.
    pub caller: Caller,
}

/// Who made a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caller {
    /// The marketplace calls the vendor.
    #[default]
    Marketplace,
    /// The vendor calls the marketplace; the answer is then ours.
    Vendor,
}

impl Exchange {
    /// The answer, when there was a whole one.
    pub fn response(&self) -> Option<&Response> {
        self.answer.as_ref().ok()
    }
}

/// The bytes of one exchange on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Raw {
    /// What we sent.
    #[serde(with = "written::bytes")]
    pub sent: Vec<u8>,
    /// What came back, as far as it was kept.
    #[serde(with = "written::bytes")]
    pub received: Vec<u8>,
    /// How many bytes came back in all, also those not kept.
    pub received_total: u64,
}

/// How long an exchange took, measured from the start of sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Timing {
    /// Until the connection (and TLS) stood; zero where an open connection was used.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub connected: Duration,
    /// Until the first byte of the answer.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::optional")]
    pub first_byte: Option<Duration>,
    /// Until the end, however it ended.
    #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
    pub total: Duration,
}

/// The vendor's side of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Peer {
    /// Base address as configured, such as `https://vendor.example/api`.
    pub base: String,
    /// Whether the address is on this machine: rules on HTTPS, names and certificates are then not judged.
    pub loopback: bool,
    /// What was agreed, when TLS was spoken.
    pub tls: Option<Tls>,
    /// Whether this connection had served an earlier exchange.
    pub reused: bool,
    /// Whether the request had been sent before on a connection that was closed without an answer. The vendor may have
    /// read it then, so that a signature that is good once can be spent.
    pub resent: bool,
}

/// What a TLS handshake ended with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tls {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: String,
    /// What is wrong with the certificate although the connection was made; empty when it verified.
    pub trouble: Option<TlsTrouble>,
}

/// What is wrong with a certificate or a handshake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum TlsTrouble {
    /// The certificate's time is over.
    #[error("the certificate has expired")]
    Expired,
    /// The certificate's time has not begun.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// The certificate is for other names.
    #[error("the certificate is not for {name}")]
    WrongName {
        /// The name that was asked for.
        name: String,
    },
    /// Nobody we trust has signed it.
    #[error("the certificate was issued by nobody we trust (self-signed, or an intermediate certificate is missing)")]
    UnknownIssuer,
    /// The peer speaks no version or cipher that we accept.
    #[error("the server offers no TLS version from 1.2 on: {detail}")]
    Version {
        /// What the handshake said.
        detail: String,
    },
    /// The peer answers in plain text on this port.
    #[error("the server does not speak TLS on this port")]
    NotTls,
    /// Anything else that ended the handshake.
    #[error("the TLS handshake failed: {detail}")]
    Handshake {
        /// What the handshake said.
        detail: String,
    },
}

/// How an answer was lost. None of these is a wrong answer; which of them a vendor is to blame for is judged elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Loss {
    /// The name has no address.
    #[error("the name {host} cannot be resolved")]
    NoSuchHost {
        /// The name that was looked up.
        host: String,
    },
    /// Nobody listens there.
    #[error("the connection was refused")]
    Refused,
    /// The connection could not be made for another reason.
    #[error("no connection: {detail}")]
    NoConnection {
        /// What the system said.
        detail: String,
    },
    /// The connection was not made within the limit.
    #[error("no connection within {limit:?}")]
    ConnectTimeOut {
        /// The limit.
        #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
        limit: Duration,
    },
    /// TLS failed before anything was sent.
    #[error(transparent)]
    Tls(#[from] TlsTrouble),
    /// The connection ended before one byte of an answer.
    #[error("the connection was closed before an answer came")]
    ClosedBeforeAnswer,
    /// The connection ended inside the answer.
    #[error("the connection was closed inside the answer: {got} of {expected} bytes of the body")]
    ShortBody {
        /// Bytes of the body that came.
        got: u64,
        /// `Content-Length`, or `more` when chunked.
        expected: String,
    },
    /// The connection ended inside the status line or the header fields.
    #[error("the connection was closed inside the header fields")]
    ClosedInHead,
    /// The answer is no HTTP/1.1.
    #[error("the answer is not valid HTTP: {problem}")]
    Malformed {
        /// What is wrong.
        problem: String,
        /// Offset into the received bytes, when known.
        at: Option<usize>,
    },
    /// The header fields exceed the limit.
    #[error("the header fields exceed {limit} bytes")]
    HeadTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body exceeds the limit.
    #[error("the body exceeds {limit} bytes")]
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// No complete answer within the limit.
    #[error("no complete answer within {limit:?}")]
    TimeOut {
        /// The limit.
        #[serde(with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required")]
        limit: Duration,
    },
    /// We hung up on purpose, as a store does whose connection breaks.
    #[error("the answer was dropped on purpose")]
    HungUp,
}

impl Loss {
    /// Whether the vendor was never reached, so that nothing can be held against it.
    pub fn unreachable(&self) -> bool {
        matches!(
            self,
            Self::NoSuchHost { .. } | Self::Refused | Self::NoConnection { .. } | Self::ConnectTimeOut { .. }
        )
    }
}
