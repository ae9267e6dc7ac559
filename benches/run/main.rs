//! How fast `storeproof run` is, against the least that any runner has to do.
//!
//! The *floor* is a raw client loop that does the same work with nothing around it: it signs each call (RS256, one
//! token per delivery, with the built-in test key), sends it, receives and parses the answer, validates it against a
//! compiled JSON Schema and compares what the scenario compares. It keeps nothing and reports nothing. Both sides are
//! whole processes that talk to the same minimal hyper server, which counts what it was asked: a side that sends
//! fewer requests, or does not notice a wrong answer, ends the benchmark.
//!
//! Times of one machine mean little, as another process moves them by half; so floor and runner are run in pairs, in
//! alternating order, and only the ratio within a pair counts. Printed are the medians of both sides, the median of
//! the ratios, and the limit that `design.md` sets (section 10).
//!
//! ```text
//! cargo bench --bench run                         about two minutes
//! STOREPROOF_BENCH_PAIRS=5 cargo bench --bench run    less sure, and done in half a minute
//! STOREPROOF_BENCH_STRICT=1 cargo bench --bench run   ends with code 1 when a limit does not hold
//! ```
//!
//! `signed` is the scenario of KT Cloud Biz Store: a customer is applied for, then its status is asked for. The floor
//! signs every call; the runner signs once a second, as a token's claims count in seconds and the signature draws no
//! random number, so that it sends the same bytes for a tenth of the work. That is why its ratio can be below one.
//! `plain` is an Arazzo document with an OpenAPI document of its own; nothing is signed there, so that the cost of the
//! runner itself shows, reading 1,000 steps of YAML included. It has no limit of its own.
//!
//! Two jobs are measured against one with a vendor that takes 2 ms for an answer, as vendors do that ask a database.
//! The other vendor takes no time; then most of a step is the work of the server's one thread, which two jobs cannot
//! share, and the figure says more of the machine than of us. It has no limit.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a benchmark starts processes, opens sockets, reads the clock and prints what it found"
)]

mod certification;
mod floor;
mod measure;
mod scenario;
mod server;

use std::error::Error;
use std::process::{Command, ExitCode};

use measure::{Limit, Side};
use scenario::{Files, Work};
use server::Server;

/// What every part of the benchmark may fail with.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// Steps of the long scenario, of one against a slow vendor, and of the short one.
const LONG: usize = 1_000;
const MIDDLE: usize = 200;
const SHORT: usize = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ended = match arguments.first().map(String::as_str) {
        Some("floor") => floor::main(&arguments[1..]).map(|()| true),
        _ => compare(),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            println!("the benchmark failed: {error}");
            ExitCode::from(2)
        }
    }
}

/// Runs everything; false when a limit is asked to hold and does not.
fn compare() -> Outcome<bool> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let pairs: usize = variable("STOREPROOF_BENCH_PAIRS").map_or(Ok(15), |text| text.parse())?;
    let strict = variable("STOREPROOF_BENCH_STRICT").is_some();
    let server = Server::start()?;
    let files = Files::new()?;
    wrong_answers_are_noticed(&server, &files)?;

    println!("{pairs} pairs each; medians\n");
    println!("{:<44}{:>12}{:>12}{:>8}   limit", "", "floor", "storeproof", "ratio");
    let mut holds = true;
    for work in [Work::Signed, Work::Plain] {
        for (steps, most) in [(LONG, 1.25), (SHORT, 1.5)] {
            let file = files.write(work, steps, 0)?;
            let floor = Side { command: &|| floor(&server, work, steps), requests: steps, ends: 0 };
            let runner = Side { command: &|| runner(&server, &[&file], 1), requests: steps, ends: 0 };
            let limit = Limit::new(most, work == Work::Signed);
            // A short process is measured more often: it costs little, and is disturbed more.
            let pairs = if steps == SHORT { pairs * 4 } else { pairs };
            let title = match steps {
                LONG => format!("{work}, {steps} steps, time per step"),
                _ => format!("{work}, {steps} steps, whole process"),
            };
            let per = if steps == LONG { steps } else { 1 };
            holds &= measure::time(&title, &server, &floor, &runner, pairs, per, limit)?;
            let title = format!("{work}, {steps} steps, peak memory");
            holds &= measure::memory(&title, &server, &floor, &runner, 3, Limit::new(3.0, work == Work::Signed))?;
        }
    }
    println!("\n{:<44}{:>12}{:>12}{:>8}   limit", "", "one job", "two jobs", "ratio");
    for (vendor, steps) in [("slow", MIDDLE), ("instant", LONG)] {
        server.answer_slowly(vendor == "slow");
        let both = [files.write(Work::Signed, steps, 1)?, files.write(Work::Signed, steps, 2)?];
        let paths: Vec<&str> = both.iter().map(String::as_str).collect();
        let one = Side { command: &|| runner(&server, &paths, 1), requests: 2 * steps, ends: 0 };
        let two = Side { command: &|| runner(&server, &paths, 2), requests: 2 * steps, ends: 0 };
        let title = format!("signed, 2 × {steps} steps, {vendor} vendor");
        holds &= measure::time(&title, &server, &one, &two, pairs, 1, Limit::new(0.6, vendor == "slow"))?;
    }
    server.answer_slowly(false);
    certification::compare(&server, &files, pairs.min(5))?;
    Ok(holds || !strict)
}

fn floor(server: &Server, work: Work, steps: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_default());
    command.args(["floor", &server.address(), work.name(), &steps.to_string()]);
    command
}

fn runner(server: &Server, files: &[&str], jobs: usize) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_storeproof"));
    // Settings of whoever runs the benchmark must not change what is measured.
    command.env_clear();
    command.arg("run").args(files).args(["--vendor", &server.base(), "--jobs", &jobs.to_string()]);
    command
}

/// A side that takes any answer for a right one would be fast for nothing.
fn wrong_answers_are_noticed(server: &Server, files: &Files) -> Outcome<()> {
    server.answer_wrongly(true);
    for work in [Work::Signed, Work::Plain] {
        let file = files.write(work, SHORT, 0)?;
        for mut command in [floor(server, work, SHORT), runner(server, &[&file], 1)] {
            let output = command.output()?;
            if output.status.success() {
                return Err(format!("a wrong answer was not noticed by {command:?}").into());
            }
        }
    }
    server.answer_wrongly(false);
    server.take_count();
    Ok(())
}
