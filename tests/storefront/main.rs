//! Buttons over real sockets: what is clicked reaches a vendor, is judged, and can be kept.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests wait for sockets and write scenarios into folders of their own, and may end where they fail"
)]

mod clicks;
mod koogallery;
mod kt_bizstore;
mod scp;
mod support;
