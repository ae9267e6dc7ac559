//! A server as a process of its own, and what the system says about it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Outcome;

/// The core of the servers, and the one of the load.
pub(crate) const CORES: [&str; 2] = ["0", "1"];

/// A command on one core only, where the machine has several and `taskset` is there; as it is otherwise.
pub(crate) fn pinned(core: &str, program: &str) -> Command {
    let several = std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    let there = || Command::new("taskset").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if several && there().is_ok_and(|status| status.success()) {
        let mut command = Command::new("taskset");
        command.args(["-c", core, program]);
        return command;
    }
    Command::new(program)
}

/// A server that runs until this is dropped.
pub(crate) struct Server {
    child: Child,
    /// Host and port.
    pub(crate) authority: String,
    /// From the start of the process until it had answered a request.
    pub(crate) start_up: Duration,
}

impl Server {
    /// Starts it and asks it for the versions, as soon as it has said where it listens: `scp  http://127.0.0.1:7703`.
    pub(crate) fn start(mut command: Command) -> Outcome<Self> {
        let started = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
        let found = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let mut words = line.split_whitespace();
            (words.next()? == "scp").then(|| words.next()?.strip_prefix("http://").map(str::to_owned))?
        });
        let Some(authority) = found else {
            child.kill()?;
            child.wait()?;
            return Err(format!("{command:?} did not say where it listens").into());
        };
        let mut stream = std::net::TcpStream::connect(&authority)?;
        std::io::Write::write_all(&mut stream, format!("GET / HTTP/1.1\r\nHost: {authority}\r\n\r\n").as_bytes())?;
        if stream.read(&mut [0; 1024])? == 0 {
            return Err("no answer".into());
        }
        let start_up = started.elapsed();
        // What else it says is of no interest, and must not hold it up.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, authority, start_up })
    }

    /// Memory that is in use, in KiB.
    pub(crate) fn memory(&self) -> u32 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    }

    /// The time that cores have spent on it; zero where the system does not say.
    pub(crate) fn core_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // The name before the parenthesis may hold blanks; user and system time are the 12th and 13th behind it.
        let fields = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default().split_whitespace().skip(11);
        let ticks: u64 = fields.take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        // A hundred ticks a second on every Linux (`getconf CLK_TCK`).
        Duration::from_millis(ticks * 10)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
