//! What a server of ours sends back, broken HTTP included.

use std::time::Duration;

use super::Response;

/// What is sent back, and after how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Time to wait before the first byte.
    pub after: Duration,
    /// What is sent.
    pub kind: ReplyKind,
}

/// Kinds of reply. All but the first are faults that a real server can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    /// A well-formed answer.
    Response(Response),
    /// These bytes, whatever they are; then the connection is closed.
    Raw(Vec<u8>),
    /// These bytes over and over, until the peer hangs up or this many bytes were sent.
    Endless {
        /// Sent once.
        head: Vec<u8>,
        /// Repeated.
        chunk: Vec<u8>,
        /// Upper bound, so that a test ends.
        limit: u64,
    },
    /// Nothing; the connection is closed.
    Close,
    /// Nothing, and the connection stays open.
    Hang,
    /// The whole server ends, as a crashed process would: this connection and all later ones are refused.
    Die,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self { after: Duration::ZERO, kind: ReplyKind::Response(response) }
    }
}

impl From<ReplyKind> for Reply {
    fn from(kind: ReplyKind) -> Self {
        Self { after: Duration::ZERO, kind }
    }
}
