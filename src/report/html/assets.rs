//! How the report looks, and the little that its script does; both stand in the file itself.
//!
//! The policy names them by their digests, so that a browser obeys no other style and no other script, whatever the
//! file holds.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

/// The style sheet. Fonts are those of the reader's own system.
pub(super) const STYLE: &str = include_str!("assets/report.css");

/// Opens and closes what is folded, all of it before printing.
pub(super) const SCRIPT: &str = include_str!("assets/report.js");

/// What a browser may do with the file: show it.
pub(super) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let named = |text: &str| format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, text.as_bytes())));
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        named(STYLE),
        named(SCRIPT)
    )
});
