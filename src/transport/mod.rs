//! The only module with sockets: a client for the vendor's endpoint, a browser, and a small server. It knows no
//! marketplace.
//!
//! # Why the messages are read and written here
//!
//! hyper keeps the spelling of field names in a private extension: what arrives can be written again, but it can
//! neither be read by us nor chosen for a message of our own, and fields of one name are always written together. The
//! order and the case of fields are part of what is judged and of what the stores send, so neither end can use hyper.
//! Both ends of HTTP/1.1 therefore share the small pure readers below (`head`, `body`, `answer`), which stand on
//! `httparse`, and one writer (`message`). That also gives what a library's error hides: which byte of the answer is
//! wrong, how much of the body came, and the exact bytes of both directions. Framing follows RFC 9112, strictly where a
//! sender's mistake would otherwise go unseen.
//!
//! reqwest serves where bytes need not be seen: the pages behind a single sign-on ([`Browser`]).
//!
//! # What holds for everything here
//!
//! - Losses are data: [`Client::send`] never fails, it returns a [`wire::Exchange`](crate::wire::Exchange) that says
//!   what happened.
//! - Everything is bounded: time, header fields, bodies, recorded bytes, redirects, idle connections.
//! - Redirects are followed only by [`Browser`], and only on the vendor's own origin.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "sockets, their clocks and HTTP clients belong here and nowhere else"
)]

mod answer;
mod anyone;
mod ask;
mod attempt;
mod body;
mod browser;
mod client;
mod connect;
mod conversation;
mod endpoint;
mod handed_over;
mod head;
mod message;
mod server;
mod site;
mod thread;
mod trust;

pub use ask::ask;
pub use browser::Browser;
pub use client::{Client, Limits, Mode};
pub use endpoint::{Endpoint, EndpointError};
pub use server::{BindError, Ended, Exposure, Refused, Server, ServerLimits, Stop};
pub use site::Site;
pub use thread::{Running, spawn_in_thread};
pub use trust::{Trust, TrustError};
