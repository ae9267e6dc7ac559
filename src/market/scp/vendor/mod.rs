//! The reference client of the Product API: a vendor's program that reads the catalogue, faultless or with named faults.
//!
//! It is a state machine without sockets and clocks: [`Client::next`] says what it does now, [`Client::received`] takes
//! what came back. Faultless, it is what we would have a vendor write:
//!
//! - each request is signed at the moment at which it is sent, over the URL as it is sent;
//! - lists are read from page 1 to `total_pages`, with the same parameters throughout;
//! - 408, 429, 5xx, lost and broken answers are tried again, up to five times, after a pause that doubles, or the one that
//!   `Retry-After` asks for; other refusals end the task;
//! - its exit code is 0 exactly when the task is done, 4 where there is no such id, and 1 for everything else; one line
//!   says why.

mod client;
mod fault;
mod request;

pub use client::{Client, Options};
pub use fault::{Area, Fault, Faulty, all};
