//! The kinds of check, one small pure function each.
//!
//! A check looks at one thing, says what is wrong as data, and collects; which requirement it stands for is the
//! caller's to know.

pub mod snapshot;
