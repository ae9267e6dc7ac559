//! A whole certification, against the raw loop that sends as many signed calls.
//!
//! The vendor is the built-in one, inside the same process as the certification, so that its work is in the ratio too;
//! so are the waits for its set-up (150 ms each), which several jobs share. Whether the time grows with the cases and
//! not faster, ten times as many random walks show.

use std::process::Command;

use serde_json::Value;

use super::Outcome;
use super::measure::{self, Limit, Side};
use super::scenario::{Files, Work};
use super::server::Server;

/// What is certified: the marketplace with the dialect.
const PROGRAMMES: [(&str, &[&str]); 3] = [
    ("kt-bizstore", &["kt-bizstore"]),
    ("koogallery saas-v2", &["koogallery"]),
    ("koogallery saas-v1", &["koogallery", "--dialect", "saas-v1"]),
];

/// Random walks of the few, and of the many.
const FEW: usize = 10;
const MANY: usize = 100;

/// Prints the ratios.
pub(crate) fn compare(server: &Server, files: &Files, pairs: usize) -> Outcome<()> {
    println!("\n{:<44}{:>12}{:>12}{:>8}", "a certification", "floor", "storeproof", "ratio");
    for (name, words) in PROGRAMMES {
        let config = stated(files, words)?;
        let exchanges = exchanges(files, words, &config)?;
        let floor = Side { command: &|| super::floor(server, Work::Signed, exchanges), requests: exchanges, ends: 0 };
        for jobs in ["1", "2"] {
            let command = || certify(words, &["--config", &config, "--jobs", jobs]);
            let runner = Side { command: &command, requests: 0, ends: 0 };
            let title = format!("{name}, {exchanges} exchanges, --jobs {jobs}");
            measure::time(&title, server, &floor, &runner, pairs, 1, Limit::new(0.0, false))?;
        }
    }
    println!("\n{:<44}{:>12}{:>12}{:>8}", "", FEW, MANY, "ratio");
    let [few, many] = [FEW, MANY].map(|count| count.to_string());
    let walks = |count: &str| certify(&["koogallery"], &["--filter", "/walks/", "--walks", count]);
    let [few, many] = [&few, &many].map(|count| move || walks(count));
    // A part of a programme makes nobody ready.
    let few = Side { command: &few, requests: 0, ends: 3 };
    let many = Side { command: &many, requests: 0, ends: 3 };
    measure::time("koogallery, so many random walks", server, &few, &many, pairs, 1, Limit::new(0.0, false))?;
    Ok(())
}

fn certify(words: &[&str], options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_storeproof"));
    command.env_clear();
    command.arg("certify").args(words).args(["--vendor", "reference", "--seed", "1"]).args(options);
    command
}

/// A configuration that states everything that no program can judge.
fn stated(files: &Files, words: &[&str]) -> Outcome<String> {
    let output = certify(words, &["--plan", "--report", "json"]).output()?;
    let programme: Value = serde_json::from_slice(&output.stdout)?;
    let all = programme["requirements"].as_array().ok_or("a programme has requirements")?;
    let mut text = String::new();
    for one in all.iter().filter(|one| one["looked-at"]["by"] == "statement") {
        let requirement = &one["requirement"];
        text +=
            &format!("[[statement]]\nrequirement = {requirement}\nwho = \"a\"\nwhen = \"2026-01-01\"\nwhere = \"b\"\n");
    }
    files.keep(&format!("{}.toml", words.concat()), &text)
}

/// How many exchanges a certification has.
fn exchanges(files: &Files, words: &[&str], config: &str) -> Outcome<usize> {
    let path = files.keep("report.json", "")?;
    let output = certify(words, &["--config", config, "--report", &format!("json={path}")]).output()?;
    if !output.status.success() {
        return Err(format!("{words:?} is not ready:\n{}", String::from_utf8_lossy(&output.stdout)).into());
    }
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
    let count = report["totals"]["exchanges"].as_u64().ok_or("a report counts its exchanges")?;
    Ok(usize::try_from(count)?)
}
