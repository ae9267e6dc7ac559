//! The reference vendor of KooGallery: versions 2.0 and 1.0 of the production interface and the order notification at
//! one address, and the joint-operation kit below it, faultless or with named faults.
//!
//! POST with a JSON body is version 2.0 or a notification, GET is version 1.0, and the kit has paths of its own. Faultless, it is strict: each call is
//! verified before anything else, a nonce is good once, lengths and types are checked, and what is wrong is answered
//! with HTTP 200 and a code. Where the documents leave things open it takes one reading:
//!
//! - **Orders** of version 2.0 are asked for at the store before an instance is opened, upgraded or renewed. What the
//!   store does not know is not opened (000005). A vendor without a store ([`Options::store`]) takes every order for
//!   one of ten seats by the year.
//! - **Opening.** What is charged by use takes [`Options::setup_delay`] and is answered with 000004 at first; everything
//!   else is open at once ([`Opening`]). Test calls and version 1.0 always are.
//! - **Test calls** (`testFlag` 1) live in a place of their own. They always succeed when they are valid, also for orders
//!   and instances that do not exist or are gone, so that saved cases can be replayed in any order; the real instances
//!   never change.
//! - **Usage** is metered by the second in place of the hour, so that nobody has to wait. Whenever a pay-per-use instance
//!   is asked for, frozen or released, what was used since the last push is pushed first, if that is at least one
//!   whole second. A scenario therefore waits a second, asks `queryInstance`, and awaits `pushUsage`. A push that
//!   failed is repeated with the next.
//! - **Released** instances are unknown (000003) to everything but another release and a repeated creation.
//! - **`memo`** tells plan, seats, end and freezing of an instance, as no member of the interface does.
//!
//! # Its parts
//!
//! `admission` verifies, `call` reads and checks members, `kit` serves the joint-operation kit, `login` lets the buyer's people in, `store` keeps instances, `service` carries calls out (its
//! children one activity each), `open_api`, `order` and `usage` call the store, `answer` and `credential` make what is
//! told, `error` refuses, and `spoil` breaks answers on their way out where a [`Fault`] says so.

mod admission;
mod answer;
mod call;
mod credential;
mod error;
mod fault;
mod kit;
mod login;
mod open_api;
mod options;
mod order;
mod service;
mod spoil;
mod store;
mod usage;

pub use fault::{Area, Fault};
pub use options::{Idempotency, Opening, Options, UsageCall};
pub use service::Vendor;
