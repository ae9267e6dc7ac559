//! What a newcomer reads when the command is run: its own binary, its own words.

#![expect(clippy::disallowed_methods, reason = "the tests run the command in folders of their own")]

mod support;

mod commands;
mod fresh_seeds;
mod not_there;
