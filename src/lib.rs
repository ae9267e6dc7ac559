//! Cloud marketplaces on your own machine.
//!
//! storeproof plays the marketplace: it calls a SaaS vendor's endpoint exactly as the store would, judges every
//! answer against the documented contract, and says what the store would refuse and how to mend it.
//!
//! Data flows one way. `spec`, `sign`, `verdict`, `check`, `market`, `scenario` and `engine` are pure: text and
//! bytes in, values out, no clock, no socket, no file. `transport` knows sockets and no marketplace; `run` is where
//! the two meet; `serve` keeps marketplaces standing; `report` reads what happened and decides nothing. A test (`tests/layering.rs`) holds that order.

pub mod check;
pub mod cli;
pub mod engine;
pub mod market;
pub mod mock;
pub mod report;
pub mod run;
pub mod scenario;
pub mod serve;
pub mod sign;
pub mod spec;
pub mod transport;
pub mod verdict;
pub mod wire;
