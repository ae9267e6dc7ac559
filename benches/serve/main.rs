//! How fast `storeproof serve scp` is, against the least that any server has to do for the same answers.
//!
//! The *floor* is a hyper server that makes the same checks (signature in constant time, window of time, every
//! parameter) and sends the same pages from the same catalogue, but keeps, judges and explains nothing. Before anything
//! is measured, both are asked the same questions, right ones and wrong ones, and have to answer alike.
//!
//! Both servers are processes on one core, and the load is a process on another. Every request is signed; sixteen
//! connections send the next when the last is answered. Times of one machine mean little, so both servers are measured
//! in pairs, in alternating order, and only the ratio within a pair counts. Printed are the medians of both sides, the
//! median of the ratios, and the limit that `design.md` sets (section 10).
//!
//! ```text
//! cargo bench --bench serve                             about ten minutes: a million requests for the memory
//! STOREPROOF_BENCH_PAIRS=5 STOREPROOF_BENCH_MOST=50000 cargo bench --bench serve      less sure, and soon done
//! STOREPROOF_BENCH_STRICT=1 cargo bench --bench serve   ends with code 1 when a limit does not hold
//! ```
//!
//! `core time` is what the system has counted for the server's process, divided by the requests. It does not depend on
//! the load and has no limit of its own.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a benchmark starts processes, opens sockets, reads the clock and prints what it found"
)]

mod alike;
mod floor;
mod load;
mod process;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use load::Measured;
use process::{CORES, Server, pinned};

/// What every part of the benchmark may fail with.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// Connections of the load.
const CONNECTIONS: usize = 16;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ended = match arguments.first().map(String::as_str) {
        Some("floor") => floor::main().map(|()| true),
        Some("load") => load::main(&arguments[1..]).map(|()| true),
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

/// A number of the environment.
fn number(name: &str, default: usize) -> Outcome<usize> {
    match std::env::var(name).ok().filter(|value| !value.is_empty()) {
        Some(text) => text.parse().map_err(|_| format!("{name}: {text:?} is no number").into()),
        None => Ok(default),
    }
}

/// Measures everything; false when a limit is asked to hold and does not.
fn compare() -> Outcome<bool> {
    let pairs = number("STOREPROOF_BENCH_PAIRS", 15)?.max(1);
    let requests = number("STOREPROOF_BENCH_REQUESTS", 40_000)?.max(CONNECTIONS);
    let most = number("STOREPROOF_BENCH_MOST", 1_000_000)?;
    let strict = std::env::var("STOREPROOF_BENCH_STRICT").is_ok_and(|value| !value.is_empty());

    let (hyper, standing) = (start_floor()?, start_serve()?);
    alike::hold(&hyper.authority, &standing.authority)?;
    println!("{pairs} pairs of {requests} requests each, {CONNECTIONS} connections; medians\n");
    println!("{:<34}{:>14}{:>14}{:>8}   limit", "", "hyper", "storeproof", "ratio");

    let mut found = Vec::new();
    // What runs for the first time is slower.
    measure(&hyper, requests / 4)?;
    measure(&standing, requests / 4)?;
    for pair in 0..pairs {
        found.push(if pair.is_multiple_of(2) {
            let floor = measure(&hyper, requests)?;
            (floor, measure(&standing, requests)?)
        } else {
            let standing = measure(&standing, requests)?;
            (measure(&hyper, requests)?, standing)
        });
    }
    let micros = |time: Duration| format!("{:.1} µs", time.as_secs_f64() * 1e6);
    let of = |value: fn(&Round) -> f64| found.iter().map(|pair| (value(&pair.0), value(&pair.1))).collect::<Vec<_>>();
    let seconds = |value: f64| micros(Duration::from_secs_f64(value));
    let mut holds = tell(
        "requests per second",
        &of(|round| round.load.per_second),
        |rate| format!("{rate:.0}"),
        |ratio| Some((ratio >= 0.8, "at least 0.8")),
    );
    holds &= tell("half of them within", &of(|round| round.load.p50.as_secs_f64()), seconds, |ratio| {
        Some((ratio <= 1.5, "at most 1.5"))
    });
    holds &= tell("99 of 100 within", &of(|round| round.load.p99.as_secs_f64()), seconds, |ratio| {
        Some((ratio <= 1.5, "at most 1.5"))
    });
    tell("core time a request", &of(|round| round.core_time.as_secs_f64()), seconds, |_| None);
    drop((hyper, standing));

    start_ups(pairs)?;
    holds &= memory(most)?;
    Ok(holds || !strict)
}

fn start_floor() -> Outcome<Server> {
    let program = std::env::current_exe()?;
    let mut command = pinned(CORES[0], program.to_str().ok_or("the program's path is no text")?);
    command.arg("floor");
    Server::start(command)
}

fn start_serve() -> Outcome<Server> {
    let mut command = pinned(CORES[0], env!("CARGO_BIN_EXE_storeproof"));
    command.args(["serve", "scp", "--listen", "console=127.0.0.1:0", "--listen", "scp=127.0.0.1:0"]);
    // Settings of whoever runs the benchmark must not change what is measured.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STOREPROOF_")) {
        command.env_remove(name);
    }
    command.current_dir(std::env::temp_dir());
    Server::start(command)
}

/// One load against one server.
struct Round {
    load: Measured,
    core_time: Duration,
}

fn measure(server: &Server, requests: usize) -> Outcome<Round> {
    let program = std::env::current_exe()?;
    let mut command = pinned(CORES[1], program.to_str().ok_or("the program's path is no text")?);
    let before = server.core_time();
    let output = command.args(["load", &server.authority, &requests.to_string(), &CONNECTIONS.to_string()]).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(said.trim().to_owned().into());
    }
    Ok(Round { load: Measured::read(&said)?, core_time: (server.core_time() - before) / u32::try_from(requests)? })
}

/// Prints a line; whether its limit holds.
fn tell(
    title: &str,
    found: &[(f64, f64)],
    shown: impl Fn(f64) -> String,
    limit: impl Fn(f64) -> Option<(bool, &'static str)>,
) -> bool {
    let of = |value: fn(&(f64, f64)) -> f64| median(found.iter().map(value).collect());
    let (floor, standing) = (of(|pair| pair.0), of(|pair| pair.1));
    let ratio = of(|pair| pair.1 / pair.0);
    let (holds, verdict) = match limit(ratio) {
        None => (true, String::new()),
        Some((true, limit)) => (true, format!("{limit}: holds")),
        Some((false, limit)) => (false, format!("{limit}: DOES NOT HOLD")),
    };
    println!("{title:<34}{:>14}{:>14}{ratio:>8.2}   {verdict}", shown(floor), shown(standing));
    holds
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// From the start of the process until a request is answered, and the memory that is in use then.
fn start_ups(pairs: usize) -> Outcome<()> {
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..pairs {
        let (floor, standing) = (start_floor()?, start_serve()?);
        times.push((floor.start_up.as_secs_f64(), standing.start_up.as_secs_f64()));
        memory.push((f64::from(floor.memory()), f64::from(standing.memory())));
    }
    tell("start to first answer", &times, |seconds| format!("{:.1} ms", seconds * 1e3), |_| None);
    tell("memory before any load", &memory, |kib| format!("{:.1} MiB", kib / 1024.0), |_| None);
    Ok(())
}

/// Memory after more and more requests; it has to stay what it was when the log was full for the first time.
fn memory(most: usize) -> Outcome<bool> {
    let standing = start_serve()?;
    println!("\n{:<34}{:>14}", "", "memory");
    let (mut sent, mut full, mut last) = (0, 0, 0);
    for share in [10, 2, 1] {
        let until = most / share;
        while sent < until {
            // A signature is good for five minutes; each load signs anew.
            let part = (until - sent).min(50_000);
            measure(&standing, part)?;
            sent += part;
        }
        last = standing.memory();
        full = if full == 0 { last } else { full };
        println!("{:<34}{:>10.1} MiB", format!("after {sent} requests"), f64::from(last) / 1024.0);
    }
    let ratio = f64::from(last) / f64::from(full.max(1));
    // An allocator may keep a few pages more.
    let flat = ratio <= 1.1;
    let verdict = if flat { "holds" } else { "DOES NOT HOLD" };
    println!("{:<34}{ratio:>14.2}   at most 1.1: {verdict}", "the last to the first");
    Ok(flat)
}
