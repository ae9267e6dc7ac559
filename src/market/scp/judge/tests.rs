//! Calls and what is told of them.
