//! The command as its users meet it: the real binary, real sockets, real files.
//!
//! Each test works in an empty folder of its own, with an environment that holds nothing but what the test puts there.
//! What a vendor sends is made by the reference vendor inside the test's process, or by hand.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests read their fixtures, write into folders of their own, and play vendors on sockets"
)]

mod bad_files;
mod broken_http;
mod canaries;
mod certify;
mod clients;
mod commands;
mod configuration;
mod ends;
mod evidence;
mod https;
mod interrupting;
mod known;
mod options;
mod reducing;
mod reports;
mod reviewing;
mod support;
