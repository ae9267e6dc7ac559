//! Evidence: a run as a file that can be judged again, by anybody, without the vendor.
//!
//! The engine and the marketplaces are functions of what they are given. So a run is recorded as a [`Journal`] of
//! everything that reached them, in the order in which it did; an [`Evidence`] is that journal without its secrets,
//! beside the plan, the settings and the report, and [`pack`] writes it as one archive. `storeproof verify` reads it
//! ([`unpack`]), plays the journal again, and must come to the same report.
//!
//! # The archive
//!
//! A gzipped tar whose bytes depend on what was recorded and on nothing else: no times, owners or names of the machine.
//! `manifest.json` holds what was played with what, the hash of every other entry, and which secrets were taken out;
//! `cases/` the scenarios, `exchanges/` what was sent and answered in each case, `calls/` what the vendor called,
//! `journal.jsonl` the order of it all, `report.json` the report. What people read in `exchanges/` is what is judged:
//! the journal refers to it and repeats nothing.
//!
//! # What it proves
//!
//! That judging these exchanges by these documents gives this report. A hash that does not fit shows that somebody
//! changed an entry by mistake or without care. It is *not signed*: who changes an answer and the hashes with it has
//! made another piece of evidence, which is judged by what it then says. So `verify` prints the hash of the whole file,
//! to be noted where the file cannot be changed, or signed with whatever the reader trusts.
//!
//! Snapshots are no part of it: they compare with files of the user's. What the vendor itself calls a secret (a password
//! that it hands to a buyer) is part of its answers and stays.

mod archive;
mod journal;
mod leaves;
mod manifest;
mod read;
mod recording;
mod secret;

use std::fmt::Write as _;

pub use archive::{Refused, pack};
pub use journal::{Entry, Journal, Pages, Sent};
pub use manifest::{Candidate, Case, Certification, FORMAT, Lane, Manifest, Redaction, Spec, specs};
pub use read::{Changed, Unpacked, Unreadable, unpack};
pub use recording::{Document, Evidence, Facts, Hidden, LaneFacts, hide};
pub use secret::Revealer;

/// The entry that says what the others are.
const MANIFEST: &str = "manifest.json";
/// The entry that holds every input in order, one a line.
const JOURNAL: &str = "journal.jsonl";
/// The entry that holds the report.
const REPORT: &str = "report.json";

/// SHA-256 in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
