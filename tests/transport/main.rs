//! The transport over real sockets on 127.0.0.1.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "the other side of the sockets is played here, and a test may end where it fails"
)]

mod browser;
mod losses;
mod sending;
mod serving;
mod support;
mod tls;
