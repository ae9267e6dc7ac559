//! What the output says, and the forms in which captures come.

use std::path::Path;

use rstest::rstest;
use serde_json::{Value, json};
use storeproof::sign::koogallery::{body_sign, v2};
use storeproof::sign::{kt_jwt, scp};

use crate::support::{NOW, doctor};
use crate::table::message;

/// Later than the signing time by three seconds, as a call that was just made.
const LATER: &str = "2026-03-04T05:06:10Z";

/// The example of the README.
const REFUSED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctor/refused.http");

#[test]
fn the_example_of_the_readme_is_a_forged_call() {
    let text = std::fs::read_to_string(Path::new(REFUSED)).expect("the example is there");
    let forged = message(v2::RECIPE, Some("blanks-signed"));
    assert_eq!(text.replace('\n', "\r\n").trim_end(), forged, "write it anew:\n{forged}");
}

#[test]
fn an_answer_that_was_written_twice_shows_both_texts_and_marks_where_they_part() {
    insta::assert_snapshot!(doctor(&["--at", LATER], &message(body_sign::RECIPE, Some("blanks-signed"))).out);
}

#[test]
fn a_command_of_a_client_shows_both_messages() {
    insta::assert_snapshot!(doctor(&["--at", NOW], &message(scp::RECIPE, Some("sorted-query"))).out);
}

#[test]
fn the_json_says_the_same() {
    let told = doctor(&["--at", NOW, "--json"], &message(v2::RECIPE, Some("descending-sort")));
    let value: Value = serde_json::from_str(&told.out).expect("JSON");
    insta::assert_snapshot!(format!("{value:#}"));
}

/// An archive of a call without signature, a right one and a wrong one, and of what is no call.
fn archive(sent: &str) -> String {
    let entry = |text: &str| {
        let (head, body) = text.split_once("\r\n\r\n").expect("a body");
        let mut lines = head.lines();
        let mut first = lines.next().expect("a request line").split(' ');
        let (method, target) = (first.next().expect("a method"), first.next().expect("a target"));
        let fields: Vec<Value> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        json!({
            "startedDateTime": sent,
            "request": {
                "method": method, "url": format!("https://vendor.example:8443{target}"), "headers": fields,
                "postData": { "text": body },
            },
        })
    };
    let entries = [
        json!({ "request": { "method": "GET", "url": "https://vendor.example/favicon.ico" } }),
        entry(&message(v2::RECIPE, None)),
        json!({ "request": { "method": "GET", "url": "data:text/plain,x" } }),
        entry(&message(v2::RECIPE, Some("changed-body"))),
    ];
    json!({ "log": { "version": "1.2", "entries": entries } }).to_string()
}

#[test]
fn every_signed_entry_of_an_archive_is_told_by_number_and_address() {
    let told = doctor(&[], &archive("2026-03-04T05:06:08Z"));
    let words = told.words();
    assert_eq!(told.code, 1, "{}", told.out);
    for part in [
        "entry 1: POST https://vendor.example:8443/produce (koogallery, as its fields show) RIGHT",
        "entry 3: POST https://vendor.example:8443/produce (koogallery, as its fields show) WRONG",
        "it matches with another last character of businessId",
        "judged as of 2026-03-04T05:06:08Z, when it was sent, 1 s later",
        "2 of 4 entries carry a signature.",
    ] {
        assert!(words.contains(part), "{part}: {}", told.out);
    }
    let other = doctor(&["--marketplace", "scp"], &archive(NOW));
    assert!(other.code == 4 && other.out == "None of the 4 entries carries a signature.\n", "{}", other.out);
}

/// An archive knows when a call was sent; one that was sent long after it was signed came too late.
#[test]
fn an_archive_is_judged_at_the_moment_at_which_it_was_sent() {
    let told = doctor(&[], &archive("2026-03-04T05:16:08Z"));
    assert!(!told.words().contains("RIGHT") && told.words().contains("stale-70s"), "{}", told.out);
}

#[rstest]
#[case(&[], 0, "RIGHT")]
#[case(&["--at", LATER], 0, "judged as of 2026-03-04T05:06:10Z, 3 s later")]
#[case(&["--at", "2026-03-04T05:16:10Z"], 1, "the timestamp is 602.877 s old")]
#[case(&["--at", "now"], 1, "stale-1h")]
fn age_is_held_against_a_capture_only_where_it_is_asked(
    #[case] arguments: &[&str],
    #[case] code: i32,
    #[case] expected: &str,
) {
    let told = doctor(arguments, &message(v2::RECIPE, None));
    assert!(told.code == code && told.words().contains(expected), "{}: {}", told.code, told.out);
}

#[rstest]
#[case("", "standard input: there is no text")]
#[case("hello", "the first line is neither a request line nor a curl command nor an address")]
#[case("GET / HTTP/1.1\nnonsense\n", "line 2 is no header field")]
#[case("{\"log\": {}}", "no HTTP archive (HAR): log: missing field `entries`")]
fn what_cannot_be_read_says_why(#[case] text: &str, #[case] expected: &str) {
    for arguments in [&[][..], &["-"]] {
        let told = doctor(arguments, text);
        assert!(told.code == 2 && told.talk.contains(expected) && told.out.is_empty(), "{}{}", told.talk, told.out);
    }
}

#[test]
fn what_carries_no_signature_is_no_success() {
    let told = doctor(&[], "GET /index.html HTTP/1.1\nHost: vendor.example\n");
    assert!(told.code == 4 && told.words().contains("--marketplace NAME"), "{}", told.out);
}

#[rstest]
#[case(&["--at", "yesterday"], "write a time such as 2026-03-04T05:06:07Z, or now")]
#[case(&["--marketplace", "kt-bizstor"], "did you mean kt-bizstore?")]
#[case(&["no-such-file"], "no-such-file: ")]
#[case(&["--public-key", "storeproof.toml"], "storeproof.toml: ")]
fn wrong_arguments_are_refused(#[case] arguments: &[&str], #[case] expected: &str) {
    let told = doctor(arguments, &message(v2::RECIPE, None));
    assert!(told.code == 2 && told.talk.contains(expected), "{}", told.talk);
}

/// A token of the real store is signed with a key whose public half alone a vendor has.
#[test]
fn a_token_is_checked_against_the_public_key_that_is_named() {
    let other = message(kt_jwt::RECIPE, Some("other-key"));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("store.pem");
    std::fs::write(&file, storeproof::sign::key::SigningKey::other().public_pem()).expect("is written");
    assert_eq!(doctor(&["--at", NOW], &other).code, 1);
    let told = doctor(&["--at", NOW, "--public-key", file.to_str().expect("text")], &other);
    assert_eq!(told.code, 0, "{}{}", told.out, told.talk);
}

/// A line feed may be of an editor or of the vendor's `println`: nobody is told that all is right without knowing which.
#[test]
fn a_line_feed_that_nothing_counts_is_told() {
    let text = message(body_sign::RECIPE, None);
    let uncounted: String = text.split_inclusive('\n').filter(|line| !line.starts_with("Content-Length")).collect();
    let told = doctor(&["--at", NOW], &format!("{uncounted}\n"));
    assert!(told.code == 0 && told.words().contains("line feed at its end was read as one of copying"), "{}", told.out);
    assert!(!doctor(&["--at", NOW], &uncounted).out.contains("line feed"));
}

/// A carriage return that an editor took away changes nothing that is signed.
#[test]
fn line_ends_of_an_editor_do_no_harm() {
    let text = message(v2::RECIPE, None).replace("\r\n", "\n");
    for text in [format!("{text}\n\n"), format!("\u{feff}{text}")] {
        assert_eq!(doctor(&["--at", NOW], &text).code, 0);
    }
}
