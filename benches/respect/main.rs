//! The same plain Arazzo documents, played by Redocly Respect and by `storeproof run`: the same verdict on every step,
//! and how long each takes.
//!
//! Respect is no part of this repository. It is a package of npm and needs Node.js:
//!
//! ```text
//! npm install --prefix /tmp/respect @redocly/cli
//! STOREPROOF_BENCH_RESPECT=/tmp/respect/node_modules/.bin/redocly cargo bench --bench respect
//! ```
//!
//! Both runners are whole processes, run in pairs in alternating order against a vendor in this process;
//! `STOREPROOF_BENCH_PAIRS` says how many (9). A step on which they disagree ends the benchmark with code 1.
//!
//! Two differences are not counted. Respect plays every workflow of a file, also those that others call; it is told
//! which ones to play. And where an answer breaks its schema while all criteria hold, Respect ends the workflow; the
//! specification asks the criteria alone, so that we go on, and judge steps that Respect never comes to.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark starts processes, reads files and the clock and prints what it found"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

#[path = "../../tests/fixtures/respect/vendor.rs"]
mod vendor;
#[path = "../../tests/fixtures/respect/verdict.rs"]
mod verdict;

use vendor::Manners;

type Verdicts = BTreeMap<String, bool>;

const DOCUMENTS: [&str; 2] = ["five.arazzo.yaml", "fifty.arazzo.yaml"];

fn main() -> ExitCode {
    match compare() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            println!("the benchmark failed: {error}");
            ExitCode::from(2)
        }
    }
}

fn compare() -> Result<bool, Box<dyn Error>> {
    let Ok(respect) = std::env::var("STOREPROOF_BENCH_RESPECT") else {
        println!("STOREPROOF_BENCH_RESPECT names no `redocly` command; see benches/respect/main.rs");
        return Ok(true);
    };
    let pairs = std::env::var("STOREPROOF_BENCH_PAIRS").map_or(Ok(9), |text| text.parse())?;
    let folder = TempDir::new()?;
    let players = Players { respect, out: folder.path().join("respect.json").to_str().unwrap_or_default().to_owned() };
    let mut agree = true;
    // The short document has none of the customers with whom the bad vendor makes its mistakes.
    for (document, manners) in
        [(DOCUMENTS[0], Manners::Good), (DOCUMENTS[1], Manners::Good), (DOCUMENTS[1], Manners::Bad)]
    {
        agree &= players.agree(document, manners)?;
    }
    println!("\n{:<24}{:>12}{:>12}{:>8}   ({pairs} pairs, medians)", "whole process", "respect", "storeproof", "ratio");
    for document in DOCUMENTS {
        let mut times = Vec::new();
        for pair in 0..pairs {
            let ours_first = pair % 2 == 1;
            let early = if ours_first { Some(players.ours(document, Manners::Good)?.0) } else { None };
            let respect = players.respect(document, Manners::Good)?.0;
            let ours = early.map_or_else(|| players.ours(document, Manners::Good).map(|played| played.0), Ok)?;
            times.push((respect.as_secs_f64(), ours.as_secs_f64()));
        }
        let of = |value: fn(&(f64, f64)) -> f64| median(times.iter().map(value).collect());
        let (respect, ours, ratio) = (of(|it| it.0), of(|it| it.1), of(|it| it.0 / it.1));
        println!("{document:<24}{:>9.0} ms{:>9.1} ms{ratio:>8.0}", respect * 1e3, ours * 1e3);
    }
    Ok(agree)
}

/// Plays documents both ways.
struct Players {
    respect: String,
    /// Where Respect writes its report.
    out: String,
}

impl Players {
    /// Whether both say the same of every step that both have played.
    fn agree(&self, document: &str, manners: Manners) -> Result<bool, Box<dyn Error>> {
        let (respect, ours) = (self.respect(document, manners)?.1, self.ours(document, manners)?.1);
        let mut agree = !respect.is_empty();
        for (step, right) in &respect {
            let other = ours.get(step);
            if other != Some(right) {
                agree = false;
                println!("{document}, {manners:?}: {step} is right for Respect: {right}, for storeproof: {other:?}");
            }
        }
        let wrong = respect.values().filter(|right| !**right).count();
        let more: Vec<&str> = ours.keys().filter(|it| !respect.contains_key(*it)).map(String::as_str).collect();
        println!("{document}, {manners:?} vendor: {} steps, {wrong} of them wrong, for both", respect.len());
        if !more.is_empty() {
            println!("    played by storeproof alone: {}", more.join(", "));
        }
        Ok(agree)
    }

    fn ours(&self, document: &str, manners: Manners) -> Result<(Duration, Verdicts), Box<dyn Error>> {
        let shop = vendor::open(manners)?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_storeproof"));
        command.current_dir(documents()).args(["run", document, "--report", "json", "--vendor", shop.base()]);
        let started = Instant::now();
        let output = command.output()?;
        let took = started.elapsed();
        Ok((took, verdict::verdicts(&serde_json::from_slice(&output.stdout)?)))
    }

    fn respect(&self, document: &str, manners: Manners) -> Result<(Duration, Verdicts), Box<dyn Error>> {
        let shop = vendor::open(manners)?;
        let mut command = Command::new(&self.respect);
        command.current_dir(documents()).args(["respect", document, "--json-output", &self.out]);
        command.args(["--server", &format!("orders={}", shop.base())]);
        // Neither asks the network for anything but the vendor.
        command.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        let text = std::fs::read_to_string(documents().join(document))?;
        let ids = text.lines().filter_map(|line| line.strip_prefix("  - workflowId: "));
        for id in ids.filter(|id| !id.starts_with("find-")) {
            command.args(["--workflow", id]);
        }
        let started = Instant::now();
        let output = command.output()?;
        let took = started.elapsed();
        let report = std::fs::read(&self.out).map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
        std::fs::remove_file(&self.out)?;
        let report: Value = serde_json::from_slice(&report)?;
        let mut verdicts = Verdicts::new();
        for file in report["files"].as_object().into_iter().flat_map(|files| files.values()) {
            for workflow in file["executedWorkflows"].as_array().into_iter().flatten() {
                let outer = workflow["workflowId"].as_str().unwrap_or_default();
                gather(workflow, outer, &mut verdicts);
            }
        }
        Ok((took, verdicts))
    }
}

/// Steps of a workflow and of those that it calls; of several attempts the last one counts.
fn gather(workflow: &Value, outer: &str, verdicts: &mut Verdicts) {
    for step in workflow["executedSteps"].as_array().into_iter().flatten() {
        if step["type"] == "workflow" {
            gather(step, outer, verdicts);
            continue;
        }
        let checks = step["checks"].as_array();
        let right = checks.is_some_and(|checks| checks.iter().all(|check| check["passed"] == true));
        verdicts.insert(format!("{outer}/{}", step["stepId"].as_str().unwrap_or_default()), right);
    }
}

fn documents() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/respect"))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
