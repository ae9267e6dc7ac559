//! No secret is in anything that is written, whatever a vendor does with what it was sent.
//!
//! The vendor here repeats every token that it ever received, in every answer, in every place and in every form. The
//! store's private key never leaves the process, so nothing of it may be found either.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use storeproof::transport::Running;
use storeproof::wire::{Reply, ReplyKind, Request, Response};

use crate::evidence::unpacked;
use crate::support::{FIXTURES, Folder, honestly, reference_that_trusts, response, vendor};

/// The store's private key of these tests.
const KEY: &str = include_str!("../fixtures/keys/test-pkcs1.pem");

type Tokens = Arc<Mutex<Vec<String>>>;

/// What can be made of a secret, with a name for each.
fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    vec![
        ("Raw", secret.to_owned()),
        ("Base64", STANDARD.encode(secret)),
        ("Base64url", URL_SAFE_NO_PAD.encode(secret)),
        ("Basic", STANDARD.encode(format!("u:{secret}"))),
        ("Logged", STANDARD.encode(format!("encoded-jwt: {secret}\r\n"))),
        ("Hex", hex.clone()),
        ("Hex-Upper", hex.to_uppercase()),
        ("Form", url::form_urlencoded::byte_serialize(secret.as_bytes()).collect()),
        ("Json", serde_json::Value::from(secret).to_string()),
        ("Debug", format!("{secret:?}")),
    ]
}

/// What must be found nowhere: forms of the token and of the parts that identify it, also inside longer base64.
fn canaries(token: &str) -> Vec<String> {
    let mut found = Vec::new();
    let parts = token.split('.').skip(1).filter(|part| part.len() > 20);
    for secret in std::iter::once(token).chain(parts) {
        found.extend(forms(secret).into_iter().map(|(_, form)| form));
        for before in ["", "x", "xx"] {
            let text = STANDARD_NO_PAD.encode(format!("{before}{secret}"));
            // Without the digits that hold bits of what stands beside it.
            found.push(text[4..text.len() - 4].to_owned());
        }
    }
    found
}

/// Repeats what came, now and ever before, wherever an answer has room for it.
fn echo(tokens: &[String], request: &Request, response: &mut Response) {
    let now = request.headers.text("encoded-jwt").unwrap_or_default();
    for (name, form) in forms(&now) {
        response.headers.push(format!("X-{name}"), form);
    }
    for (number, token) in tokens.iter().rev().take(20).enumerate() {
        response.headers.push(format!("X-Before-{number}"), token.clone());
    }
    response.headers.push("Set-Cookie", format!("session={now}; Path=/{now}"));
    if let Some(location) = response.headers.text("Location") {
        response.headers.remove("Location");
        response.headers.push("Location", format!("{location}&token={now}#{}", STANDARD.encode(&now)));
    }
    response.reason = format!("OK {now}");
    let text = String::from_utf8_lossy(&response.body).into_owned();
    let all: Vec<String> =
        forms(&now).into_iter().map(|(_, form)| form).chain(tokens.iter().rev().take(20).cloned()).collect();
    let all = serde_json::Value::from(all).to_string();
    response.body = match text.strip_suffix('}') {
        Some(object) if object.starts_with('{') => format!("{object},\"echo\":{all}}}"),
        _ => format!("{text}{all}\u{1}"),
    }
    .into_bytes();
}

/// The vendor, the tokens that it has seen, and what of its behaviour is asked for.
fn echoing(change: impl Fn(&Request, &mut Response) + Send + 'static) -> (Running, Tokens) {
    let tokens = Tokens::default();
    let kept = Arc::clone(&tokens);
    let key = storeproof::sign::key::SigningKey::from_pem(KEY).expect("a good key").public_pem();
    let vendor = vendor(reference_that_trusts(Some(key), &[]), move |vendor, request| {
        let mut tokens = kept.lock().expect("no panic");
        let mut reply = honestly(vendor, &request);
        if let ReplyKind::Response(response) = &mut reply.kind {
            change(&request, response);
            echo(&tokens, &request, response);
        }
        let came = request.headers.text("encoded-jwt").unwrap_or_default();
        // What was never signed is no secret: an empty value, three words for a token.
        if came.split('.').nth(2).is_some_and(|signature| signature.len() > 40) && !tokens.contains(&came) {
            tokens.push(came);
        }
        reply
    });
    (vendor, tokens)
}

/// Everything that a run wrote, by name, with what its reports hold in base64 decoded.
fn written(folder: &Folder, words: &str) -> Vec<(String, String)> {
    let ran = folder.storeproof(words.split_whitespace()).ran();
    assert!(matches!(ran.code, Some(0 | 1 | 5)), "{ran}");
    let mut all = vec![("standard output".to_owned(), ran.out), ("standard error".to_owned(), ran.err)];
    for name in folder.files().into_iter().filter(|name| name != "key.pem") {
        let text = folder.text(&name);
        if name.ends_with(".json") {
            let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let mut decoded = Vec::new();
            bodies(&report, &mut decoded);
            all.push((format!("bodies of {name}"), decoded.join("\n")));
        }
        all.push((name, text));
    }
    all
}

fn bodies(value: &serde_json::Value, decoded: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(members) => {
            if members.get("encoding").is_some_and(|encoding| encoding == "base64") {
                let bytes = STANDARD.decode(members["data"].as_str().expect("text")).expect("base64");
                decoded.push(String::from_utf8_lossy(&bytes).into_owned());
            }
            members.values().for_each(|value| bodies(value, decoded));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| bodies(item, decoded)),
        _ => {}
    }
}

/// Pieces of the private key as they would look: behind the modulus, which is public, in 24 bytes each.
fn pieces_of_the_key() -> BTreeSet<String> {
    let lines: Vec<&str> = KEY.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(lines.concat()).expect("base64");
    let mut pieces: BTreeSet<String> = lines[7..].iter().map(|line| (*line).to_owned()).collect();
    for piece in der[300..].chunks_exact(24) {
        pieces.insert(piece.iter().map(|byte| format!("{byte:02x}")).collect());
        pieces.insert(piece.iter().map(|byte| format!("{byte:02X}")).collect());
        pieces.insert(STANDARD_NO_PAD.encode(piece));
        pieces.insert(URL_SAFE_NO_PAD.encode(piece));
    }
    pieces
}

fn none_is_in(all: &[(String, String)], tokens: &Tokens) {
    let tokens = tokens.lock().expect("no panic");
    assert!(tokens.len() > 1, "the vendor was sent tokens");
    let secrets: BTreeSet<String> =
        tokens.iter().flat_map(|token| canaries(token)).chain(pieces_of_the_key()).collect();
    for (name, text) in all {
        for secret in &secrets {
            if let Some(at) = text.find(secret.as_str()) {
                let around = text.floor_char_boundary(at.saturating_sub(200));
                panic!("{secret} is in {name}: {}", &text[around..text.ceil_char_boundary(at + 40)]);
            }
        }
    }
    assert!(all.iter().any(|(_, text)| text.contains("[redacted]")), "there was something to hide");
}

fn workspace() -> Folder {
    let folder = Folder::new();
    folder.put("key.pem", KEY);
    folder.put("storeproof.toml", "[kt-bizstore]\nsigning-key = \"key.pem\"\nbearer-also = true\n");
    let kept = std::fs::read_to_string(format!("{FIXTURES}/scenarios/canaries.arazzo.yaml")).expect("the fixture");
    folder.put("kept.arazzo.yaml", kept);
    folder
}

const REPORTS: &str = "-v --report human --report human=told.txt --report html=report.html --report json=report.json --report junit=junit.xml \
                       --report markdown=summary.md --report sarif=storeproof.sarif --report github=annotations.txt";

#[test]
fn no_artefact_of_a_run_holds_a_secret() {
    let (vendor, tokens) = echoing(|_, _| {});
    let folder = workspace();
    let cases =
        "kt-bizstore/authentication/status kt-bizstore/registration/repeated kt-bizstore/life-cycle kept.arazzo.yaml";
    let words = format!("run {cases} --vendor {} {REPORTS}", vendor.base()).replace("--report human ", "");
    let all = written(&folder, &words);
    assert!(folder.files().iter().any(|name| name.ends_with(".snap.new")), "snapshots were taken");
    none_is_in(&all, &tokens);
    // What waits for review is shown again.
    let review = folder.run("review").ends(5);
    none_is_in(&[("review".to_owned(), review.out + "[redacted]")], &tokens);
}

/// Answers that break a rule are quoted at length.
#[test]
fn no_finding_quotes_a_secret() {
    let (vendor, tokens) = echoing(|request, response| {
        if request.method != "GET" {
            response.status = 500;
        }
    });
    let folder = workspace();
    let words = format!(
        "run kt-bizstore/registration/repeated kt-bizstore/authentication/apply kept.arazzo.yaml --vendor {} {REPORTS}",
        vendor.base()
    )
    .replace("--report human ", "");
    none_is_in(&written(&folder, &words), &tokens);
}

/// The token in the place of what is checked: a status, an address, a page, a header that must be one word.
#[test]
fn no_value_that_is_compared_shows_a_secret() {
    let (vendor, tokens) = echoing(|request, response| {
        let token = request.headers.text("encoded-jwt").unwrap_or_default();
        if response.headers.get("Location").is_some() {
            response.headers.set("Location", format!("//{token}/"));
        }
        response.headers.set("Content-Type", format!("{token}/json"));
        let text = String::from_utf8_lossy(&response.body).into_owned();
        response.body =
            text.replace("\"0\"", &format!("\"{token}\"")).replace("true", &format!("\"{token}\"")).into_bytes();
    });
    let folder = workspace();
    let words = format!("run kt-bizstore/registration/repeated kept.arazzo.yaml --vendor {} {REPORTS}", vendor.base())
        .replace("--report human ", "");
    none_is_in(&written(&folder, &words), &tokens);
}

#[test]
fn a_key_of_the_configuration_that_the_vendor_tells_is_in_no_artefact() {
    let folder = Folder::new();
    let key = "a-key-that-nobody-is-to-read-7319";
    folder.put("storeproof.toml", format!("[koogallery]\naccess-key = \"{key}\"\n"));
    let words = format!("run koogallery/query/mixed --vendor reference:message-key {REPORTS}");
    let all = written(&folder, &words.replace("--report human ", ""));
    assert!(all.iter().any(|(_, text)| text.contains("KG-ANSWER-LEAK")), "the vendor told it");
    for (name, text) in all.iter().filter(|(name, _)| name != "storeproof.toml") {
        assert!(!text.contains(key), "{name}: {text}");
    }
}

/// What was made of the key stands in every request, and the vendor tells it in every form.
#[test]
fn no_evidence_holds_a_secret_and_all_of_it_is_judged_again() {
    let (vendor, tokens) = echoing(|_, _| {});
    let folder = workspace();
    let cases = "kt-bizstore/authentication/status kt-bizstore/registration/repeated kt-bizstore/life-cycle";
    let words = format!("run {cases} --snapshots off --vendor {} --evidence e.tar.gz", vendor.base());
    let ran = folder.run(&words);
    assert!(matches!(ran.code, Some(0 | 1)), "{ran}");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let all: Vec<_> = unpacked(&folder, "e.tar.gz").into_iter().map(|(name, bytes)| (name, text(bytes))).collect();
    none_is_in(&all, &tokens);
    folder.run("verify e.tar.gz").ends(0);
    folder.put("storeproof.toml", "");
    folder.run("verify e.tar.gz").ends(3).says("signing-key of kt-bizstore, which is not set here");
}

/// Two cases that are played side by side, by a vendor that tells each what it was sent in the other. It tells nothing
/// until it knows both, so whichever ends first quotes a secret of one that has not ended.
#[test]
fn nothing_holds_a_secret_of_a_case_that_has_not_ended() {
    let seen: Arc<Mutex<BTreeMap<String, Vec<String>>>> = Arc::default();
    let kept = Arc::clone(&seen);
    let vendor = vendor(reference_that_trusts(None, &[]), move |_, request| {
        let mut seen = kept.lock().expect("no panic");
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let asked = body["orderId"].as_str().or(body["instanceId"].as_str()).unwrap_or_default();
        let order = asked.trim_start_matches("i-").split(',').next().unwrap_or_default().to_owned();
        let query = request.target.split_once('?').map_or("", |(_, query)| query);
        let signature = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "signature");
        let signature = signature.map(|(_, value)| value.into_owned()).unwrap_or_default();
        seen.entry(order.clone()).or_default().push(signature);
        let opening = serde_json::json!({
            "resultCode": "000004", "resultMsg": "opening", "instanceId": format!("i-{order}"), "info": [],
        });
        let told: Vec<&String> = seen.values().flatten().collect();
        let answer = if seen.len() < 2 { opening.to_string() } else { format!("no JSON: {told:?}") };
        Reply::from(response(200, &[("Content-Type", "application/json")], answer))
    });
    let folder = Folder::new();
    folder.put("storeproof.toml", "[koogallery]\naccess-key = \"a-key-that-nobody-is-to-read-7319\"\n");
    let cases = "koogallery/query/mixed koogallery/query/several";
    let reports = REPORTS.replace("--report human ", "");
    let words = format!("run {cases} -j2 --snapshots off --vendor {} {reports} --evidence e.tar.gz", vendor.base());
    let ran = folder.run(&words);
    assert_eq!(ran.code, Some(1), "{ran}");
    let mut all = vec![("standard output".to_owned(), ran.out), ("standard error".to_owned(), ran.err)];
    let files = folder.files().into_iter().filter(|name| name != "e.tar.gz");
    all.extend(files.map(|name| (name.clone(), folder.text(&name))));
    let evidence = unpacked(&folder, "e.tar.gz").into_iter();
    all.extend(evidence.map(|(name, bytes)| (name, String::from_utf8(bytes).expect("text"))));
    let seen = seen.lock().expect("no panic");
    assert_eq!(seen.len(), 2, "both were played at one time: {:?}", seen.keys());
    for (name, text) in &all {
        for signature in seen.values().flatten() {
            assert!(signature.len() > 40, "every call was signed");
            assert!(!text.contains(signature.as_str()), "{signature} is in {name}: {text}");
        }
    }
    assert!(all[2..].iter().filter(|(_, text)| text.contains("[redacted]")).count() > 3, "there was something to hide");
}
