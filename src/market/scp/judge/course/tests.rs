//! Courses by hand.
