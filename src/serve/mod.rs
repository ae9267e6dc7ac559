//! Marketplaces that stay up: for debugging against a store by hand, for hours, with a browser beside it.
//!
//! A [`Hall`] holds one [`Stand`] for each marketplace that is served. A stand answers the vendor's calls with the same
//! pure `answer` as everywhere else, calls the vendor when a button is pressed, and judges both. Every exchange goes into
//! one [`Log`], a ring of bounded size, from which the control API and the console are told.
//!
//! The marketplaces' own listeners are [`transport::Server`](crate::transport::Server)s and not axum: a request must be
//! kept as it was written (order and spelling of its fields, which hyper does not keep), and answers can be broken on
//! purpose (cut off, no HTTP at all), which no HTTP library sends. The control API and the console are axum.
//!
//! What a marketplace remembers can outlive the process ([`StateFile`]: whole or not at all, whatever ends it). Answers can
//! be disturbed by rules, and what is broken on purpose is never held against the vendor. The console's port serves pages
//! and, below `/api`, a control API for programs; `guard` keeps other web pages out. Over HTTPS, certificates come from an
//! [`Authority`] of the user's own.
//!
//! [`Marketplaces::serve`] serves all of them until it is told to stop.

#![expect(clippy::disallowed_methods, reason = "standing servers read the clock and keep their state in a file")]

pub mod click;
mod clock;
mod console;
mod control;
mod fault;
mod front;
mod guard;
mod hall;
mod judge;
mod log;
mod marketplaces;
mod secrets;
mod stand;
mod state;
mod storefront;
mod tls;
mod web;

pub use clock::Clock;
pub use hall::Hall;
pub use log::{Bounds, Entry, Log, Seen, Verdict};
pub use marketplaces::{Marketplaces, Place, ServeError, Serving};
pub use stand::{Premises, Stand};
pub use state::{StateError, StateFile};
pub use storefront::Storefront;
pub use tls::{Authority, TlsError};
