//! Data flows one way: each module uses only those that the design puts to its left.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and write into folders of their own")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A module and what it may use of ours.
const MAY_USE: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("words", &[]),
    ("capture", &["wire"]),
    ("sign", &["wire"]),
    ("spec", &["verdict"]),
    ("verdict", &["wire"]),
    ("check", &["wire", "sign", "spec", "verdict"]),
    ("market", &["wire", "sign", "spec", "verdict", "check"]),
    ("scenario", &["wire", "spec", "verdict"]),
    ("engine", &["scenario", "market", "verdict", "wire", "spec"]),
    ("evidence", &["wire", "spec", "verdict", "market", "engine"]),
    ("certify", &["wire", "sign", "spec", "verdict", "check", "market", "scenario", "engine"]),
    ("transport", &["wire"]),
    ("report", &["verdict", "engine", "wire", "words"]),
    (
        "run",
        &[
            "wire",
            "sign",
            "spec",
            "verdict",
            "check",
            "market",
            "scenario",
            "engine",
            "certify",
            "evidence",
            "transport",
        ],
    ),
    (
        "serve",
        &[
            "wire",
            "capture",
            "sign",
            "spec",
            "verdict",
            "check",
            "market",
            "scenario",
            "engine",
            "transport",
            "run",
            "report",
            "words",
        ],
    ),
    ("mock", &["wire", "spec", "verdict", "market", "transport", "serve"]),
    (
        "cli",
        &[
            "wire",
            "capture",
            "sign",
            "spec",
            "verdict",
            "check",
            "market",
            "scenario",
            "engine",
            "certify",
            "evidence",
            "transport",
            "run",
            "report",
            "serve",
            "words",
        ],
    ),
];

/// Modules that may read a clock, open files and sockets, and wait.
const RIM: &[&str] = &["transport", "run", "serve", "mock", "cli"];

fn sources(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("the file is UTF-8");
            into.push((path.display().to_string(), text));
        }
    }
}

/// The file's own code: comments and the tests at its end do not count.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    text[..end].lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn modules() -> BTreeMap<&'static str, Vec<(String, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    MAY_USE
        .iter()
        .map(|(name, _)| {
            let mut files = Vec::new();
            sources(&root.join(name), &mut files);
            assert!(!files.is_empty(), "module {name} has no files");
            (*name, files)
        })
        .collect()
}

#[test]
fn each_module_uses_only_those_to_its_left() {
    let mut wrong = Vec::new();
    for (name, files) in modules() {
        let (_, allowed) = MAY_USE.iter().find(|(module, _)| *module == name).expect("listed");
        for (file, text) in files {
            let code = code(&text);
            for (other, _) in MAY_USE.iter().filter(|(other, _)| *other != name && !allowed.contains(other)) {
                if code.contains(&format!("crate::{other}::")) || code.contains(&format!("crate::{other};")) {
                    wrong.push(format!("{file} uses {other}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_has_no_async_and_no_sockets() {
    let mut wrong = Vec::new();
    for (name, files) in modules() {
        if RIM.contains(&name) {
            continue;
        }
        for (file, text) in files {
            let code = code(&text);
            for word in ["async fn", "tokio::", "reqwest::", "hyper::", "std::fs::", "std::net::", "Timestamp::now("] {
                // Progress on a terminal ticks by itself and is only told what happened.
                if code.contains(word) && !file.ends_with("report/progress.rs") {
                    wrong.push(format!("{file} has {word}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_market_sign_and_specs_know_a_marketplace_by_name() {
    let mut wrong = Vec::new();
    for (name, files) in modules() {
        if ["market", "sign"].contains(&name) {
            continue;
        }
        // A storefront is the page of one marketplace; the console is tested with what real ones exchange.
        let may = |file: &str| file.contains("serve/storefront/") || file.contains("serve/console/tests/");
        for (file, text) in files.into_iter().filter(|(file, _)| !may(file)) {
            let code = code(&text);
            for word in
                ["kt_bizstore", "KtBizstore", "kt-bizstore", "koogallery", "scp::", "\"scp\"", "\"KT-", "\"SCP-"]
            {
                if code.contains(word) {
                    wrong.push(format!("{file} names {word}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
