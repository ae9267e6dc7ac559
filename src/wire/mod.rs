//! Requests, responses and exchanges as plain data: what was sent and what came back, byte for byte.
//!
//! Client libraries normalise header names, join values and hide bytes. A vendor's mistake often lies exactly there,
//! so these types keep header case and order and the exact body, and offer parsed views beside them. They know no
//! HTTP library; `transport` translates at the rim.
//!
//! The main type is [`Exchange`]: one request, what became of it, and when.

pub mod disturbance;
mod exchange;
mod headers;
mod known;
mod printable;
mod reply;
mod request;
mod response;
mod secret;
mod visit;
mod written;

pub use exchange::{Caller, Exchange, Loss, Peer, Raw, Timing, Tls, TlsTrouble};
pub use headers::{Header, Headers};
pub use known::KnownSecrets;
pub use printable::{is_treacherous, printable, printable_text};
pub use reply::{Reply, ReplyKind};
pub use request::Request;
pub use response::{NotJson, Response};
pub use secret::{Redactor, Secret};
pub use visit::{Hop, Visit, VisitEnd};
