//! The console in a real browser, against the real program: what a user sees, clicks and types.
//!
//! ```text
//! cargo test --test console -- --ignored                        needs chromium and chromedriver
//! STOREPROOF_SCREENSHOTS=/tmp/shots cargo test --test console -- --ignored     and leaves pictures of every page there
//! ```
//!
//! Debian has both in `chromium` and `chromium-driver`; `.ci/run` installs them.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "these tests start processes, open sockets and wait for a browser"
)]

mod support;

mod exchanges;
mod frame;
mod hostile;
mod storefronts;
