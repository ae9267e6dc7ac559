//! Placeholder until the tests of the module stand here.
