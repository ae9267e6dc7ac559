//! Evidence as the bytes of one file.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use flate2::{Compression, GzBuilder};
use serde::Serialize;

use super::evidence::{Evidence, Hidden};
use super::{JOURNAL, MANIFEST, REPORT, digest};

/// Why no evidence is written.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// A secret is still in it.
    #[error("{what} still stands in its entry {entry}, where no number can take its place")]
    Secret {
        /// What the secret is; never the secret.
        what: String,
        /// Where it stands.
        entry: String,
    },
    /// It cannot be written.
    #[error("it cannot be written: {0}")]
    Writing(#[from] io::Error),
}

/// The bytes of the archive, after everything was searched once more for every secret.
///
/// The same evidence always gives the same bytes.
///
/// # Errors
///
/// When a secret is found; nothing may be written then.
pub fn pack(hidden: &Hidden) -> Result<Vec<u8>, Refused> {
    let entries = entries(&hidden.evidence)?;
    for (entry, bytes) in &entries {
        // Escaping and encoding may have hidden a secret from who looked at the values alone, or made one of them.
        if let Some(what) = hidden.hider.found(bytes).or_else(|| hidden.hider.found(entry.as_bytes())) {
            return Err(Refused::Secret { what: what.to_owned(), entry: entry.clone() });
        }
    }
    Ok(compressed(&entries)?)
}

/// Every entry, `manifest.json` with the hashes of the others first.
pub(super) fn entries(evidence: &Evidence) -> Result<Vec<(String, Vec<u8>)>, io::Error> {
    let mut rest: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let Evidence { manifest, documents, pages, report } = evidence;
    rest.extend(documents.iter().map(|(entry, text)| (entry.clone(), text.clone().into_bytes())));
    for (index, case) in manifest.cases.iter().enumerate() {
        if let (Some(entry), Some(sent)) = (&case.exchanges, pages.sent.get(&index)) {
            rest.insert(entry.clone(), json(sent)?);
        }
    }
    for (index, lane) in manifest.lanes.iter().enumerate() {
        if let (Some(entry), Some(calls)) = (&lane.calls, pages.calls.get(&index)) {
            rest.insert(entry.clone(), json(calls)?);
        }
    }
    let mut journal = Vec::new();
    for entry in &pages.entries {
        serde_json::to_writer(&mut journal, entry)?;
        journal.push(b'\n');
    }
    rest.insert(JOURNAL.to_owned(), journal);
    rest.insert(REPORT.to_owned(), report.clone().into_bytes());
    let hashes = rest.iter().map(|(entry, bytes)| (entry.clone(), digest(bytes))).collect();
    let manifest = super::Manifest { entries: hashes, ..manifest.clone() };
    let first = (MANIFEST.to_owned(), json(&manifest)?);
    Ok(std::iter::once(first).chain(rest).collect())
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, io::Error> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn compressed(entries: &[(String, Vec<u8>)]) -> Result<Vec<u8>, io::Error> {
    // 255 is "unknown" (RFC 1952, 2.3.1): the machine says nothing of itself.
    let gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    let mut tar = tar::Builder::new(gzip);
    for (entry, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_path(entry)?;
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        tar.append(&header, bytes.as_slice())?;
    }
    let mut gzip = tar.into_inner()?;
    gzip.flush()?;
    gzip.finish()
}
