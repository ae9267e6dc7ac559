//! Pairs of processes, and what their times and memories say.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Outcome;
use super::server::Server;

/// One of two things that are compared.
pub(crate) struct Side<'a> {
    pub(crate) command: &'a dyn Fn() -> Command,
    /// How many requests it has to send to the server.
    pub(crate) requests: usize,
    /// With which code it has to end.
    pub(crate) ends: i32,
}

/// The most that a ratio may be.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    most: f64,
    binding: bool,
}

impl Limit {
    /// A limit; one that is not `binding` is not even shown.
    pub(crate) fn new(most: f64, binding: bool) -> Self {
        Self { most, binding }
    }

    fn judge(self, ratio: f64) -> (bool, String) {
        match self.binding {
            false => (true, String::new()),
            true if ratio <= self.most => (true, format!("{} holds", self.most)),
            true => (false, format!("{} DOES NOT HOLD", self.most)),
        }
    }
}

/// Compares times; each is divided by `per`. Tells whether the limit holds.
pub(crate) fn time(
    title: &str,
    server: &Server,
    floor: &Side<'_>,
    runner: &Side<'_>,
    pairs: usize,
    per: usize,
    limit: Limit,
) -> Outcome<bool> {
    let per = u32::try_from(per)?;
    let once = |side: &Side<'_>| -> Outcome<f64> {
        let started = Instant::now();
        let output = (side.command)().output()?;
        let took = started.elapsed();
        check(side, server, &output)?;
        Ok((took / per).as_secs_f64())
    };
    let found = in_pairs(pairs, || once(floor), || once(runner))?;
    let shown = |seconds: f64| match seconds {
        small if small < 0.001 => format!("{:.1} µs", small * 1e6),
        large => format!("{:.2} ms", large * 1e3),
    };
    Ok(tell(title, &found, shown, limit))
}

/// Compares peaks of memory. Tells whether the limit holds.
pub(crate) fn memory(
    title: &str,
    server: &Server,
    floor: &Side<'_>,
    runner: &Side<'_>,
    pairs: usize,
    limit: Limit,
) -> Outcome<bool> {
    let once = |side: &Side<'_>| -> Outcome<f64> {
        let mut child = (side.command)().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let status = format!("/proc/{}/status", child.id());
        let mut peak = 0;
        // The kernel keeps the peak as long as the process lives. It only grows, so that looking often is enough.
        while child.try_wait()?.is_none() {
            peak = peak.max(high_water(&std::fs::read_to_string(&status).unwrap_or_default()));
            std::thread::sleep(Duration::from_micros(200));
        }
        check(side, server, &child.wait_with_output()?)?;
        Ok(f64::from(peak) / 1024.0)
    };
    let found = in_pairs(pairs, || once(floor), || once(runner))?;
    if found.iter().any(|pair| pair.0 == 0.0 || pair.1 == 0.0) {
        println!("{title:<44} is measured on Linux only");
        return Ok(true);
    }
    Ok(tell(title, &found, |mib| format!("{mib:.1} MiB"), limit))
}

/// `VmHWM` in KiB.
fn high_water(status: &str) -> u32 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// A side has to end well, and to have sent everything.
fn check(side: &Side<'_>, server: &Server, output: &std::process::Output) -> Outcome<()> {
    let count = server.take_count();
    if output.status.code() == Some(side.ends) && count == side.requests {
        return Ok(());
    }
    let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat();
    Err(format!("{:?} sent {count} of {} requests and said:\n{said}", (side.command)(), side.requests).into())
}

fn in_pairs(
    pairs: usize,
    mut floor: impl FnMut() -> Outcome<f64>,
    mut runner: impl FnMut() -> Outcome<f64>,
) -> Outcome<Vec<(f64, f64)>> {
    // What is read for the first time is read from the disk.
    floor()?;
    runner()?;
    let mut found = Vec::with_capacity(pairs);
    for pair in 0..pairs.max(1) {
        found.push(if pair.is_multiple_of(2) {
            let floor = floor()?;
            (floor, runner()?)
        } else {
            let runner = runner()?;
            (floor()?, runner)
        });
    }
    Ok(found)
}

fn tell(title: &str, found: &[(f64, f64)], shown: impl Fn(f64) -> String, limit: Limit) -> bool {
    let of = |value: fn(&(f64, f64)) -> f64| median(found.iter().map(value).collect());
    let (floor, runner) = (of(|pair| pair.0), of(|pair| pair.1));
    let ratio = of(|pair| pair.1 / pair.0);
    let (holds, verdict) = limit.judge(ratio);
    println!("{title:<44}{:>12}{:>12}{ratio:>8.2}   {verdict}", shown(floor), shown(runner));
    holds
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
