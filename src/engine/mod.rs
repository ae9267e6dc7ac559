//! The Arazzo state machine: what to send next, what to wait for, what came out.
//!
//! No clock, no socket, no async: [`Playback::next`] says what to do, the caller does it and hands the result back.
//! So each path through a scenario is a unit test. What happened is kept as records ([`CaseRecord`]) and told as
//! [`Event`]s; reporters read them and decide nothing.

mod compare;
pub mod compose;
pub mod condition;
mod encode;
pub mod evaluate;
pub mod event;
pub mod payload;
pub mod playback;
mod template;
#[cfg(test)]
mod testing;
mod wording;

pub use event::{CaseRecord, Event, Reduced, SnapshotRecord, StepRecord, TaskRecord, Totals, Trouble};
pub use playback::{Dispatch, InputError, Next, Options, Playback, Purpose, Returned, StartError};
