//! `--evidence` and `verify`: what was recorded is judged again without the vendor, and nothing that was changed agrees.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use rstest::rstest;
use serde_json::{Value, json};
use storeproof::evidence::digest;

use crate::support::{Folder, LONG, Ran, SHORT, honestly, nobody, reference, scenario, vendor};

type Entries = BTreeMap<String, Vec<u8>>;

/// The entries of an archive, by name.
pub(crate) fn unpacked(folder: &Folder, name: &str) -> Entries {
    let bytes = std::fs::read(folder.path(name)).expect("the archive was written");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
    let entries = archive.entries().expect("a tar");
    let read = |entry: std::io::Result<tar::Entry<'_, _>>| {
        let mut entry = entry.expect("an entry");
        let name = entry.path().expect("a name").display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("it is whole");
        (name, bytes)
    };
    entries.map(read).collect()
}

fn packed(folder: &Folder, name: &str, entries: &Entries) {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, bytes.as_slice()).expect("is appended");
    }
    folder.put(name, tar.into_inner().and_then(flate2::write::GzEncoder::finish).expect("is compressed"));
}

/// What `verify` says of it.
fn verify(folder: &Folder, name: &str) -> Ran {
    folder.run(&format!("verify {name}"))
}

/// The one entry whose name begins so.
fn entry<'a>(entries: &'a mut Entries, beginning: &str) -> &'a mut Vec<u8> {
    entries.iter_mut().find(|(name, _)| name.starts_with(beginning)).expect("there is one").1
}

fn change(entries: &mut Entries, beginning: &str, from: &str, to: &str) {
    let bytes = entry(entries, beginning);
    let text = String::from_utf8(bytes.clone()).expect("text");
    assert!(text.contains(from), "{from} is not in {beginning}: {text}");
    *bytes = text.replacen(from, to, 1).into_bytes();
}

fn manifest(entries: &mut Entries, change: impl FnOnce(&mut Value)) {
    let bytes = entry(entries, "manifest.json");
    let mut value: Value = serde_json::from_slice(bytes).expect("JSON");
    change(&mut value);
    *bytes = serde_json::to_vec(&value).expect("JSON");
}

/// Makes the hashes those of the entries, as somebody does who knows what he is doing.
fn hashed(entries: &mut Entries) {
    let hashes: BTreeMap<String, String> = entries
        .iter()
        .filter(|(name, _)| *name != "manifest.json")
        .map(|(name, bytes)| (name.clone(), digest(bytes)))
        .collect();
    manifest(entries, |manifest| manifest["entries"] = json!(hashes));
}

#[rstest]
#[case::one_case(&format!("run {SHORT} --vendor reference"), 0)]
#[case::side_by_side("run kt-bizstore/registration kt-bizstore/life-cycle --vendor reference -j2", 0)]
#[case::a_fault("run kt-bizstore/registration --vendor reference:apply-forgets", 1)]
#[case::a_vendor_that_dies("run kt-bizstore/authentication --vendor reference:malformed-token-dies", 1)]
#[case::calls_of_the_vendor("run koogallery/life-cycle --vendor reference -j2", 0)]
#[case::version_one("run koogallery/v1 --dialect saas-v1 --vendor reference -j2", 0)]
#[case::a_call_that_gets_through("run koogallery/authentication --vendor reference:accept-missing-nonce -j2", 1)]
#[case::clients("run scp/authentication scp/resilience --vendor reference", 0)]
#[case::certification("certify kt-bizstore --filter registration --vendor reference -j2", 3)]
fn what_was_recorded_is_judged_again(#[case] words: &str, #[case] code: i32) {
    let folder = Folder::new();
    folder.run(&format!("{words} --evidence e.tar.gz")).ends(code).talks_of("the evidence is in e.tar.gz; SHA-256 ");
    let told = verify(&folder, "e.tar.gz").ends(0).says("agrees: judged again, it comes to the same (");
    let bytes = std::fs::read(folder.path("e.tar.gz")).expect("it was written");
    assert!(told.out.contains(&digest(&bytes)), "{told}");
}

#[test]
fn a_vendor_out_of_reach_is_not_judged_again_either() {
    let folder = Folder::new();
    folder.run(&format!("run kt-bizstore/registration --vendor {} --evidence e.tar.gz", nobody())).ends(3);
    verify(&folder, "e.tar.gz").ends(0).says("not judged");
}

#[test]
fn a_file_of_the_users_travels_along() {
    let folder = Folder::new();
    let file = scenario("impatient.arazzo.yaml");
    folder.put("own.arazzo.yaml", std::fs::read(file).expect("the fixture"));
    let words = "run own.arazzo.yaml --patience 3 --snapshots off --vendor reference --evidence e.tar.gz";
    let ran = folder.run(words);
    assert!(matches!(ran.code, Some(0 | 1)), "{ran}");
    std::fs::remove_file(folder.path("own.arazzo.yaml")).expect("is removed");
    verify(&folder, "e.tar.gz").ends(0);
}

/// Changes somebody makes, without and with care.
#[rstest]
#[case::an_answer("exchanges/", "\"status\": 201", "\"status\": 200", "breaks what was not reported: KT-")]
#[case::a_body("exchanges/", "\"body\": \"{", "\"body\": \"{\\\"x\\\":1,", "was recorded with another request")]
#[case::a_token("exchanges/", "[secret 1.", "[secret 2.", "")]
#[case::the_report("report.json", "\"outcome\": \"conforms\"", "\"outcome\": \"breaks\"", "report.json differs")]
#[case::a_case_of_the_report("report.json", "\"findings\": []", "\"findings\": [], \"elapsed_ms\": 1", "")]
#[case::the_journal(
    "journal.jsonl",
    "{\"begun\":{\"case\":0,",
    "{\"begun\":{\"case\":7,",
    "the journal refers to case 7"
)]
#[case::an_exchange_of_the_journal("journal.jsonl", "\"exchanges\":[0]", "\"exchanges\":[99]", "exchange 99")]
#[case::the_scenario("cases/", "$statusCode == 201", "$statusCode >= 201", "its scenario is another")]
fn what_was_changed_does_not_agree(#[case] name: &str, #[case] from: &str, #[case] to: &str, #[case] says: &str) {
    let folder = Folder::new();
    folder.run(&format!("run {SHORT} --vendor reference --evidence e.tar.gz")).ends(0);
    let mut entries = unpacked(&folder, "e.tar.gz");
    change(&mut entries, name, from, to);
    packed(&folder, "careless.tar.gz", &entries);
    verify(&folder, "careless.tar.gz").ends(1).says("was changed: its SHA-256 is not the one in manifest.json");
    hashed(&mut entries);
    packed(&folder, "careful.tar.gz", &entries);
    let told = verify(&folder, "careful.tar.gz");
    // What can no longer be read is refused; what can be read does not agree.
    assert!(matches!(told.code, Some(1 | 2)), "{told}");
    assert!(says.is_empty() || told.out.contains(says), "{says:?} is not in {told}");
}

/// Whoever changes everything that belongs together has made other evidence, and it says what it then shows.
#[test]
fn other_evidence_is_judged_by_what_it_says() {
    let folder = Folder::new();
    let [good, bad] = ["reference", "reference:apply-first-200"].map(|vendor| {
        let name = format!("{}.tar.gz", vendor.len());
        let ran = folder.run(&format!("run {SHORT} --vendor {vendor} --evidence {name}"));
        (name, ran.code)
    });
    assert_eq!((good.1, bad.1), (Some(0), Some(1)));
    let (good, mut bad) = (unpacked(&folder, &good.0), unpacked(&folder, &bad.0));
    // The report of one run, on the exchanges of another.
    bad.insert("report.json".to_owned(), good["report.json"].clone());
    manifest(&mut bad, |manifest| manifest["outcome"] = "conforms: 1 conform".into());
    hashed(&mut bad);
    packed(&folder, "mixed.tar.gz", &bad);
    verify(&folder, "mixed.tar.gz").ends(1).says("breaks what was not reported: KT-APPLY");
}

#[rstest]
#[case::missing(|entries: &mut Entries| { entries.remove("journal.jsonl"); }, 1, "journal.jsonl is missing")]
#[case::added(|entries: &mut Entries| { entries.insert("exchanges/x.json".into(), b"[]".to_vec()); }, 1, "exchanges/x.json was added")]
#[case::no_manifest(|entries: &mut Entries| { entries.remove("manifest.json"); }, 2, "manifest.json is missing")]
#[case::outside(|entries: &mut Entries| { entries.insert("cases/../../x.arazzo.yaml".into(), b"x".to_vec()); }, 2, "none that storeproof writes")]
#[case::absolute(|entries: &mut Entries| { entries.insert("/etc/passwd".into(), b"x".to_vec()); }, 2, "none that storeproof writes")]
#[case::unknown(|entries: &mut Entries| { entries.insert("run.sh".into(), b"x".to_vec()); }, 2, "none that storeproof writes")]
#[case::format(|entries: &mut Entries| manifest(entries, |it| it["format"] = 2.into()), 2, "format 2, and this storeproof reads format 1")]
#[case::no_format(|entries: &mut Entries| manifest(entries, |it| it["format"] = Value::Null), 2, "names no format")]
#[case::no_lane(|entries: &mut Entries| manifest(entries, |it| it["cases"][0]["lane"] = 9.into()), 2, "no marketplace of the case")]
#[case::marketplace(|entries: &mut Entries| manifest(entries, |it| it["lanes"][0]["marketplace"] = "x".into()), 2, "no marketplace")]
#[case::more(|entries: &mut Entries| manifest(entries, |it| it["x"] = 1.into()), 2, "unknown field")]
#[case::outcome(|entries: &mut Entries| manifest(entries, |it| it["outcome"] = "ready".into()), 1, "it says \"ready\"")]
#[case::seed(|entries: &mut Entries| manifest(entries, |it| it["seed"] = 77.into()), 1, "another request than the case makes")]
#[case::spec(|entries: &mut Entries| manifest(entries, |it| it["specs"][0]["sha256"] = "0".into()), 3, "install storeproof")]
#[case::other_spec(|entries: &mut Entries| manifest(entries, |it| it["specs"][0]["path"] = "specs/x.yaml".into()), 3, "specs/x.yaml")]
#[case::setting(|entries: &mut Entries| manifest(entries, |it| it["lanes"][0]["settings"]["rounding"] = "x".into()), 3, "cannot be used")]
#[case::key(|entries: &mut Entries| manifest(entries, |it| it["lanes"][0]["public"] = "other".into()), 3, "made with other keys")]
#[case::version(|entries: &mut Entries| manifest(entries, |it| it["storeproof"] = "0.0.9".into()), 0, "with the same documents")]
#[case::control(|entries: &mut Entries| manifest(entries, |it| it["vendor"] = "\u{1b}[31m".into()), 1, "␛[31m")]
fn what_the_manifest_says_is_held_against_it(#[case] act: fn(&mut Entries), #[case] code: i32, #[case] says: &str) {
    let folder = Folder::new();
    folder.run(&format!("run {SHORT} --vendor reference --evidence e.tar.gz")).ends(0);
    let mut entries = unpacked(&folder, "e.tar.gz");
    act(&mut entries);
    packed(&folder, "changed.tar.gz", &entries);
    let told = verify(&folder, "changed.tar.gz").ends(code);
    assert!(told.out.contains(says) || told.err.contains(says), "{says:?} is not in {told}");
}

#[test]
fn what_is_no_archive_is_told_as_such() {
    let folder = Folder::new();
    folder.run(&format!("run {SHORT} --vendor reference --evidence e.tar.gz")).ends(0);
    let whole = std::fs::read(folder.path("e.tar.gz")).expect("it was written");
    folder.put("cut.tar.gz", &whole[..whole.len() / 2]);
    verify(&folder, "cut.tar.gz").ends(2).talks_of("no archive of storeproof's");
    folder.put("text.tar.gz", "x");
    verify(&folder, "text.tar.gz").ends(2);
    verify(&folder, "nothing.tar.gz").ends(2).talks_of("nothing.tar.gz: ");
    let mut more = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    more.write_all(b"more").expect("is compressed");
    folder.put("more.tar.gz", [whole, more.finish().expect("is compressed")].concat());
    verify(&folder, "more.tar.gz").ends(2).talks_of("something stands behind its end");
}

/// Everything at which a link could lead is refused before it is looked at.
#[test]
fn a_link_is_no_entry() {
    let folder = Folder::new();
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    tar.append_link(&mut header, "report.json", "/etc/passwd").expect("is appended");
    folder.put("link.tar.gz", tar.into_inner().and_then(flate2::write::GzEncoder::finish).expect("is compressed"));
    verify(&folder, "link.tar.gz").ends(2).talks_of("none that storeproof writes");
}

const KEYS: &str = "[koogallery]\naccess-key = \"${KEY}\"\nkit-access-key = \"the-kit-key-of-tests-0001\"\n\
                    open-api = { ak = \"AKTEST\", sk = \"${SK}\" }\n";

#[test]
fn keys_are_needed_and_are_not_in_it() {
    let folder = Folder::new();
    folder.put("storeproof.toml", KEYS);
    let run = |words: &str, key: &str, sk: &str| {
        folder.storeproof(words.split_whitespace()).env("KEY", key).env("SK", sk).ran()
    };
    let words = "run koogallery/life-cycle --snapshots off --vendor reference --evidence e.tar.gz";
    run(words, "first-canary-0001", "second-canary-0001").ends(0);
    for (name, bytes) in unpacked(&folder, "e.tar.gz") {
        let text = String::from_utf8_lossy(&bytes);
        for secret in ["first-canary", "second-canary", "the-kit-key"] {
            assert!(!text.contains(secret), "{secret} is in {name}");
        }
    }
    run("verify e.tar.gz", "first-canary-0001", "second-canary-0001").ends(0);
    run("verify e.tar.gz", "other-canary-0001", "second-canary-0001").ends(3).says("other keys of koogallery");
    run("verify e.tar.gz", "first-canary-0001", "other-canary-0001").ends(3).says("other keys of koogallery");
    folder.run("verify e.tar.gz").ends(3).says("the environment variable KEY is not set");
    std::fs::remove_file(folder.path("storeproof.toml")).expect("is removed");
    verify(&folder, "e.tar.gz").ends(3).says("which is not set here; set it in storeproof.toml");
}

/// Nothing is written that holds a secret at a place where no number can stand for it.
#[test]
fn a_secret_in_a_scenario_is_refused() {
    let folder = Folder::new();
    folder.put("storeproof.toml", "[koogallery]\naccess-key = \"a-secret-canary-01\"\n");
    let text = storeproof::spec::embedded::scenario("koogallery/query/mixed").expect("is embedded").text;
    folder.put("own.arazzo.yaml", format!("# a-secret-canary-01\n{text}").replace("../../../specs/", "specs/"));
    folder
        .run("run own.arazzo.yaml --snapshots off --vendor reference --evidence e.tar.gz")
        .ends(2)
        .talks_of("nothing was written: access-key of koogallery still stands in its entry cases/own.arazzo.yaml");
    assert!(!folder.path("e.tar.gz").exists());
}

#[test]
fn what_cannot_be_written_is_told_before_the_run() {
    let folder = Folder::new();
    for (words, says) in [
        ("--evidence no/such/e.tar.gz", "no/such is no folder"),
        ("--evidence .", "name a file"),
        (concat!("--evidence e.tar.gz --specs ", env!("CARGO_MANIFEST_DIR"), "/specs"), "--specs names others"),
    ] {
        let ran = folder.run(&format!("run {LONG} --vendor reference {words}")).ends(2).talks_of(says);
        assert_eq!(ran.out, "", "nothing was played");
    }
}

/// Placeholders are told from what a vendor writes that looks like them.
#[test]
fn a_vendor_that_writes_placeholders_changes_nothing() {
    let folder = Folder::new();
    let standing = vendor(reference(&[]), |vendor, request| {
        let mut reply = honestly(vendor, &request);
        if let storeproof::wire::ReplyKind::Response(response) = &mut reply.kind {
            response.headers.push("X-Told", "[secret 1.6] [secret-2 1.6]");
        }
        reply
    });
    folder.run(&format!("run {SHORT} --vendor {} --evidence e.tar.gz", standing.base())).ends(0);
    let manifest = &unpacked(&folder, "e.tar.gz")["manifest.json"];
    assert!(String::from_utf8_lossy(manifest).contains("\"placeholder\": \"[secret-3 \""));
    verify(&folder, "e.tar.gz").ends(0);
}

/// What is accepted for a time is accepted again, by the day of the run.
#[test]
fn known_failures_travel_along() {
    let folder = Folder::new();
    folder.put(
        "known-failures.yaml",
        "known-failures:\n  - { case: \"kt-bizstore/registration/*\", rule: KT-APPLY-CREATED, reason: soon, \
         owner: platform, expires: 2099-12-31 }\n",
    );
    let words = format!("run {SHORT} --vendor reference:apply-first-200 --evidence e.tar.gz");
    let ran = folder.run(&words);
    assert!(folder.path("e.tar.gz").exists(), "{ran}");
    assert!(String::from_utf8_lossy(&unpacked(&folder, "e.tar.gz")["manifest.json"]).contains("\"reason\": \"soon\""));
    std::fs::remove_file(folder.path("known-failures.yaml")).expect("is removed");
    verify(&folder, "e.tar.gz").ends(0);
}

/// A certification is more than its cases: what was left out, and what people state, is part of the word.
#[rstest]
#[case::left_out(|entries: &mut Entries| manifest(entries, |it| {
    it["certification"]["candidates"].as_array_mut().expect("a list").pop();
}), "it belongs to this certification and is not in it")]
#[case::excused(|entries: &mut Entries| manifest(entries, |it| {
    let candidates = it["certification"]["candidates"].as_array_mut().expect("a list");
    let filtered = candidates.iter_mut().find(|one| one["left-out"].is_string()).expect("one was left out");
    filtered["left-out"] = "does not apply to a product".into();
}), "whether it was played does not follow from the settings")]
#[case::fewer_walks(|entries: &mut Entries| manifest(entries, |it| it["certification"]["walks"] = 0.into()), "it is no case")]
#[case::endless_walks(
    |entries: &mut Entries| manifest(entries, |it| it["certification"]["walks"] = 1_000_000_000_000_u64.into()),
    "more than anybody makes"
)]
#[case::stated(|entries: &mut Entries| manifest(entries, |it| {
    it["certification"]["statements"]["KT-MANUAL"] = json!({ "who": "x", "when": "2026-01-01", "where": "x" });
}), "")]
#[case::computed(|entries: &mut Entries| {
    let (_, bytes) = entries.iter_mut().find(|(name, _)| name.ends_with(".arazzo.json")).expect("some are computed");
    *bytes = String::from_utf8_lossy(bytes).replacen("\"title\": \"", "\"title\": \"x", 1).into_bytes();
}, "or another than is computed here")]
fn a_certification_is_held_against_what_it_should_have_played(#[case] act: fn(&mut Entries), #[case] says: &str) {
    let folder = Folder::new();
    let ran = folder.run("certify kt-bizstore --filter registration --vendor reference --evidence e.tar.gz");
    assert_eq!(ran.code, Some(3), "{ran}");
    verify(&folder, "e.tar.gz").ends(0);
    let mut entries = unpacked(&folder, "e.tar.gz");
    act(&mut entries);
    hashed(&mut entries);
    packed(&folder, "changed.tar.gz", &entries);
    let told = verify(&folder, "changed.tar.gz");
    // What is stated is the word of whoever states it.
    assert_eq!(told.code, Some(if says.is_empty() { 0 } else { 1 }), "{told}");
    assert!(told.out.contains(says), "{says:?} is not in {told}");
}
