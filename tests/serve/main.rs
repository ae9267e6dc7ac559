//! `storeproof serve` as its users meet it: the real binary, real sockets, a state file, signals.
//!
//! Each test works in an empty folder of its own, on ports that the system picks, with an environment that holds nothing
//! but what the test puts there. Every answer of the control API is held against the document that describes it.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests read and write files in folders of their own, and play clients and vendors on sockets"
)]

mod calls;
mod control;
mod disturbing;
mod ending;
mod events;
mod https;
mod options;
mod secrets;
mod state;
mod support;
