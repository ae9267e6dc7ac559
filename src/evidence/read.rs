//! Reading an archive that anybody may have made.

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use serde::de::DeserializeOwned;

use super::manifest::{FORMAT, Manifest};
use super::recording::{Evidence, is_plain};
use super::{JOURNAL, MANIFEST, Pages, REPORT, digest};

/// Most bytes that are unpacked. A run of thousands of cases has some tens of mebibytes.
const MOST_BYTES: u64 = 1 << 30;
/// Most entries that are read.
const MOST_ENTRIES: usize = 200_000;

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is no gzipped tar.
    #[error("it is no archive of storeproof's: {0}")]
    NoArchive(String),
    /// It is too large.
    #[error("it holds more than the {most} {what} that are read")]
    TooMuch {
        /// How much is read.
        most: u64,
        /// Of what.
        what: &'static str,
    },
    /// An entry that no archive of ours has.
    #[error("its entry {0:?} is none that storeproof writes")]
    Entry(String),
    /// It is of a later format.
    #[error("it is of format {0}, and this storeproof reads format {FORMAT}; install the one that wrote it")]
    Format(u64),
    /// An entry is missing or does not hold what it should.
    #[error("its entry {entry} {problem}")]
    Content {
        /// Which one.
        entry: String,
        /// What is wrong, as a phrase behind its name.
        problem: String,
    },
}

/// What does not fit the hashes of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Changed {
    /// An entry holds something else.
    #[error("{0} was changed: its SHA-256 is not the one in {MANIFEST}")]
    Entry(String),
    /// An entry was taken away.
    #[error("{0} is missing")]
    Missing(String),
    /// An entry was added.
    #[error("{0} was added: {MANIFEST} does not list it")]
    Added(String),
}

/// What an archive holds.
#[derive(Debug)]
pub struct Unpacked {
    /// What does not fit the hashes; empty where everything does.
    pub changed: Vec<Changed>,
    /// The evidence; `None` where something was changed.
    pub evidence: Option<Evidence>,
}

/// Reads an archive.
///
/// # Errors
///
/// When it is none, is too large, or holds what no archive of ours does.
pub fn unpack(bytes: &[u8]) -> Result<Unpacked, Unreadable> {
    let mut entries = entries(bytes)?;
    let manifest = entries.remove(MANIFEST).ok_or_else(|| missing(MANIFEST))?;
    let value: serde_json::Value = parse(MANIFEST, &manifest)?;
    // Before its members are looked at: those of another format are others.
    match value.get("format").and_then(serde_json::Value::as_u64) {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => return Err(Unreadable::Format(format)),
        None => return Err(content(MANIFEST, "names no format")),
    }
    let manifest: Manifest = parse(MANIFEST, &manifest)?;
    let mut changed = Vec::new();
    for (entry, hash) in &manifest.entries {
        match entries.get(entry) {
            None => changed.push(Changed::Missing(entry.clone())),
            Some(bytes) if digest(bytes) != *hash => changed.push(Changed::Entry(entry.clone())),
            Some(_) => {}
        }
    }
    let added = entries.keys().filter(|entry| !manifest.entries.contains_key(*entry));
    changed.extend(added.map(|entry| Changed::Added(entry.clone())));
    if !changed.is_empty() {
        return Ok(Unpacked { changed, evidence: None });
    }
    let evidence = Some(evidence(manifest, &entries)?);
    Ok(Unpacked { changed, evidence })
}

/// Every entry by its name.
fn entries(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, Unreadable> {
    let broken = |error: std::io::Error| Unreadable::NoArchive(error.to_string());
    let too_much = || Unreadable::TooMuch { most: MOST_BYTES, what: "bytes" };
    // One byte more than may be there, so that more can be told from just enough.
    let mut tar = tar::Archive::new(MultiGzDecoder::new(bytes).take(MOST_BYTES + 1));
    let mut entries = BTreeMap::new();
    let mut total = 0_u64;
    // As they stand: names and lengths that a further header would give are none of ours.
    for entry in tar.entries().map_err(broken)?.raw(true) {
        let entry = entry.map_err(broken)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        total = total.saturating_add(entry.header().entry_size().map_err(broken)?);
        if total > MOST_BYTES {
            return Err(too_much());
        }
        if entries.len() >= MOST_ENTRIES {
            return Err(Unreadable::TooMuch { most: MOST_ENTRIES as u64, what: "entries" });
        }
        let regular = entry.header().entry_type() == tar::EntryType::Regular;
        if !regular || !is_ours(&name) || entries.contains_key(&name) {
            return Err(Unreadable::Entry(name));
        }
        let mut bytes = Vec::new();
        let size = entry.size();
        entry.take(MOST_BYTES).read_to_end(&mut bytes).map_err(broken)?;
        if bytes.len() as u64 != size {
            return Err(Unreadable::NoArchive("it ends inside an entry".to_owned()));
        }
        entries.insert(name, bytes);
    }
    // Behind the end of a tar there are zeros and nothing else.
    let mut rest = tar.into_inner();
    let mut chunk = [0; 4096];
    loop {
        match rest.read(&mut chunk).map_err(broken)? {
            0 => return Ok(entries),
            length if chunk[..length].iter().all(|byte| *byte == 0) => {}
            _ => return Err(Unreadable::NoArchive("something stands behind its end".to_owned())),
        }
    }
}

/// Whether an archive of ours can have an entry of this name.
fn is_ours(name: &str) -> bool {
    let below = |folder: &str, endings: &[&str]| {
        name.strip_prefix(folder).is_some_and(|rest| is_plain(rest) && endings.iter().any(|end| rest.ends_with(end)))
    };
    [MANIFEST, JOURNAL, REPORT].contains(&name)
        || below("cases/", &[".arazzo.yaml", ".arazzo.json"])
        || below("exchanges/", &[".json"])
        || below("calls/", &[".json"])
}

fn evidence(manifest: Manifest, entries: &BTreeMap<String, Vec<u8>>) -> Result<Evidence, Unreadable> {
    let get = |entry: &str| entries.get(entry).ok_or_else(|| missing(entry));
    let text = |entry: &str| {
        let text = std::str::from_utf8(get(entry)?).map_err(|_| content(entry, "is no text"))?;
        Ok::<_, Unreadable>(text.to_owned())
    };
    let mut pages = Pages {
        started: Some(manifest.started),
        ended: Some(manifest.ended),
        interrupted: manifest.interrupted,
        ..Pages::default()
    };
    let mut documents = BTreeMap::new();
    for (index, case) in manifest.cases.iter().enumerate() {
        if case.lane >= manifest.lanes.len() {
            return Err(content(MANIFEST, format!("names no marketplace of the case {}", case.name)));
        }
        documents.insert(case.document.clone(), text(&case.document)?);
        if let Some(entry) = &case.exchanges {
            pages.sent.insert(index, parse(entry, get(entry)?)?);
        }
    }
    for candidate in manifest.certification.iter().flat_map(|certification| &certification.candidates) {
        if !candidate.document.is_empty() {
            documents.insert(candidate.document.clone(), text(&candidate.document)?);
        }
    }
    for (index, lane) in manifest.lanes.iter().enumerate() {
        if let Some(entry) = &lane.calls {
            pages.calls.insert(index, parse(entry, get(entry)?)?);
        }
    }
    for (index, line) in text(JOURNAL)?.lines().enumerate() {
        let entry = serde_json::from_str(line)
            .map_err(|error| content(JOURNAL, format!("does not hold an entry in line {}: {error}", index + 1)))?;
        pages.entries.push(entry);
    }
    let report = text(REPORT)?;
    Ok(Evidence { manifest, documents, pages, report })
}

fn parse<T: DeserializeOwned>(entry: &str, bytes: &[u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(bytes).map_err(|error| content(entry, format!("does not hold what it should: {error}")))
}

fn missing(entry: &str) -> Unreadable {
    content(entry, "is missing")
}

fn content(entry: &str, problem: impl Into<String>) -> Unreadable {
    Unreadable::Content { entry: entry.to_owned(), problem: problem.into() }
}
