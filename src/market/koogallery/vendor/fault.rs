//! The named ways in which the reference vendor can misbehave.

use crate::market::fault::faults;

/// The part of the contract that a fault breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Area {
    /// Which calls are accepted, and how others are refused.
    Authentication,
}

// rustfmt would take the indentation of the table away.
#[rustfmt::skip]
faults! {
    AcceptWrongKey = "accept-wrong-key", Authentication, "calls signed with another key are accepted";
}
