//! Evidence as the bytes of one file.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use flate2::{Compression, GzBuilder};
use serde::Serialize;

use super::recording::{Evidence, Hidden};
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::{Document, Entry, Facts, Hidden, LaneFacts, Pages, Sent, hide, unpack};
    use super::*;
    use crate::market::setting::Values;
    use crate::wire::{Caller, Exchange, Peer, Raw, Request, Response, Secret, Timing};

    fn exchange(body: &[u8]) -> Exchange {
        let secrets = vec![Secret::new("canary-token-0001")];
        let mut request = Request { secrets, ..Request::new("GET", "/customers?key=canary-token-0001") };
        request.headers.push("X-Key", "canary-token-0001");
        Exchange {
            request,
            answer: Ok(Response { body: body.to_vec(), ..Response::new(200) }),
            raw: Raw::default(),
            started: Timestamp::UNIX_EPOCH,
            timing: Timing::default(),
            peer: Peer::default(),
            caller: Caller::Marketplace,
        }
    }

    fn hidden(body: &[u8]) -> Hidden {
        let now = Timestamp::UNIX_EPOCH;
        let sent = Sent { exchange: exchange(body), visit: None, secrets: Vec::new() };
        let pages = Pages {
            started: Some(now),
            ended: Some(now),
            interrupted: false,
            entries: vec![
                Entry::Begun { case: 0, now },
                Entry::Next { case: 0, now },
                Entry::Received { case: 0, now, exchanges: vec![0] },
                Entry::Answered { lane: 0, call: 0 },
            ],
            sent: BTreeMap::from([(0, vec![sent])]),
            calls: BTreeMap::from([(0, vec![exchange(b"canary-key-00001")])]),
        };
        let mut settings = Values::default();
        settings.set("access-key", "canary-key-00001");
        settings.set("site", "eu");
        let lane = LaneFacts { marketplace: Some("koogallery".to_owned()), settings, ..LaneFacts::default() };
        let case = ("koogallery/shop/a b".to_owned(), None, 0, Document::Json(json!({ "arazzo": "1.0.1" })));
        let facts = Facts { lanes: vec![lane], cases: vec![case], ..Facts::default() };
        hide(facts, pages).expect("the key can be searched for")
    }

    #[test]
    fn the_same_recording_gives_the_same_bytes_and_so_does_what_is_read_back() {
        let bytes = pack(&hidden(b"canary-key-00001\xff")).expect("no secret is left");
        assert_eq!(pack(&hidden(b"canary-key-00001\xff")).expect("no secret is left"), bytes);
        let unpacked = unpack(&bytes).expect("is read");
        assert_eq!(unpacked.changed, []);
        let evidence = unpacked.evidence.expect("nothing was changed");
        assert_eq!(compressed(&entries(&evidence).expect("is written")).expect("is compressed"), bytes);
        let manifest = &evidence.manifest;
        // A name that is none everywhere is not used as one.
        assert_eq!(manifest.cases[0].document, "cases/case-0.arazzo.json");
        assert_eq!(manifest.lanes[0].settings, BTreeMap::from([("site".to_owned(), "eu".to_owned())]));
        let told: Vec<(&str, usize)> = manifest.redactions.iter().map(|it| (it.what.as_str(), it.times)).collect();
        assert_eq!(
            told,
            [("access-key of koogallery", 2), ("made by a key for exchange 0 of koogallery/shop/a b", 4)],
            "each place is counted"
        );
    }

    #[test]
    fn a_secret_that_is_left_is_named_with_its_place_and_not_shown() {
        let mut left = hidden(b"");
        left.evidence.report = "Y2FuYXJ5LWtleS0wMDAwMQ==".to_owned();
        let refused = pack(&left).expect_err("a secret is left").to_string();
        assert_eq!(
            refused,
            "access-key of koogallery still stands in its entry report.json, where no number can take its place"
        );
    }

    #[test]
    fn a_key_that_cannot_be_searched_for_is_refused() {
        let mut settings = Values::default();
        settings.set("access-key", "short");
        let lane = LaneFacts { marketplace: Some("koogallery".to_owned()), settings, ..LaneFacts::default() };
        let refused = hide(Facts { lanes: vec![lane], ..Facts::default() }, Pages::default());
        let told = refused.err().expect("is refused");
        assert_eq!(told, "access-key of koogallery is so short that it cannot be searched for");
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_told_from_evidence(bytes: Vec<u8>, at: prop::sample::Index, bit in 0..8_u32) {
            let _ = unpack(&bytes);
            let whole = pack(&hidden(b"{}")).expect("no secret is left");
            let mut changed = whole.clone();
            let at = at.index(changed.len());
            changed[at] ^= 1 << bit;
            if let Ok(unpacked) = unpack(&changed)
                && let Some(evidence) = unpacked.evidence
            {
                // What gzip itself does not care for, such as the name of the machine.
                let again = entries(&evidence).expect("is written");
                prop_assert_eq!(again, entries(&hidden(b"{}").evidence).expect("is written"));
            }
        }
    }
}
