//! One small pure function a kind of check: what was expected, what came, what follows.
//!
//! A check knows no marketplace. It is given the requirement that it stands for, so that the same function serves
//! several rules; the caller collects every finding, never only the first.

pub mod body;
pub mod calendar;
pub mod charset;
pub mod leak;
pub mod location;
pub mod message;
pub mod oddity;
pub mod snapshot;
