//! The vendor's program as a process of its own: bounded in what it is given, in time and in what is kept of its output.
//!
//! It is started without a shell, with an environment that holds nothing of the user's but what every program needs; the
//! keys and the address of the mock marketplace are the only ones that it can find. It and all that it started are ended
//! when its time is over, when the run is interrupted, and when it has ended itself.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use crate::market::{Ended, Market, Task};
use crate::wire::Redactor;

/// How much is kept of what a program wrote last, in bytes.
const KEPT: usize = 4 * 1024;
/// How long output is waited for that others hold open after the program has ended.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// A program, ready to be started.
#[derive(Debug)]
pub struct Program {
    words: Vec<String>,
    environment: Vec<(OsString, OsString)>,
}

impl Program {
    /// The program for one task. Behind its own words it gets the task's name and the arguments as `name=value`; the same
    /// stand in its environment:
    ///
    /// - `STOREPROOF_ENDPOINT`, `STOREPROOF_ACCESS_KEY`, `STOREPROOF_SECRET_KEY`: where and as whom to call;
    /// - `STOREPROOF_TASK`, and for each argument `STOREPROOF_` and its name in upper case; lists have a line a value;
    /// - `STOREPROOF_ARGUMENTS`: all arguments as one JSON object;
    /// - what the scenario adds.
    ///
    /// A program that does not do the task ends with exit code 77 before it calls; the case is left out then.
    pub fn new(
        mut words: Vec<String>,
        task: &Task,
        market: &Market,
        base: &str,
        inherited: Vec<(OsString, OsString)>,
    ) -> Self {
        words.push(task.name.clone());
        words.extend(task.words());
        let mut environment = inherited;
        let mut set = |name: String, value: &str| environment.push((name.into(), value.into()));
        set("STOREPROOF_ENDPOINT".to_owned(), base);
        for (name, key) in market.client_keys() {
            set(format!("STOREPROOF_{name}"), key.expose());
        }
        set("STOREPROOF_TASK".to_owned(), &task.name);
        for (name, value) in &task.arguments {
            set(format!("STOREPROOF_{}", variable(name)), &Task::texts(value).join("\n"));
        }
        let arguments: Map<String, Value> = task.arguments.iter().cloned().collect();
        set("STOREPROOF_ARGUMENTS".to_owned(), &Value::Object(arguments).to_string());
        for (name, value) in &task.environment {
            set(name.clone(), value);
        }
        Self { words, environment }
    }

    /// Starts it and waits until it has ended, at most so long.
    pub async fn perform(self, within: Duration, redactor: &Redactor) -> Ended {
        let tail = Tail::default();
        let mut child = match self.start() {
            Ok(child) => child,
            Err(error) => {
                let program = self.words.first().map(String::as_str).unwrap_or_default();
                return Ended::NotStarted { why: format!("{program}: {error}") };
            }
        };
        let family = Family::of(&child);
        let out = child.stdout.take().map(|stream| tokio::spawn(tail.clone().keep(stream)));
        let err = child.stderr.take().map(|stream| tokio::spawn(tail.clone().keep(stream)));
        let ended = timeout(within, child.wait()).await;
        drop(family);
        let readers = async {
            for reader in [out, err].into_iter().flatten() {
                let _ = reader.await;
            }
        };
        let _ = timeout(LAST_WORDS, readers).await;
        let output = redactor.text(&tail.text());
        match ended {
            None => Ended::TimedOut { limit: within, output },
            Some(Err(error)) => Ended::Killed { by: error.to_string(), output },
            Some(Ok(status)) => match status.code() {
                Some(code) => Ended::Exited { code, output },
                None => Ended::Killed { by: signal(status), output },
            },
        }
    }

    fn start(&self) -> io::Result<Child> {
        let (program, words) = self
            .words
            .split_first()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no program is named"))?;
        let mut command = Command::new(program);
        command.args(words).env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        // A group of its own, so that all that it starts can be ended with it.
        #[cfg(unix)]
        command.process_group(0);
        command.spawn()
    }
}

/// An argument's name as part of the name of a variable.
fn variable(name: &str) -> String {
    name.chars().map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_uppercase() } else { '_' }).collect()
}

#[expect(clippy::disallowed_methods, reason = "a program of the user's is given its time here")]
async fn timeout<T>(within: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        done = future => Some(done),
        () = tokio::time::sleep(within) => None,
    }
}

/// What ended a program that has no exit code.
fn signal(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    status.to_string()
}

/// A program and all that it started; they end when this is dropped.
struct Family {
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
}

impl Family {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        Self { group }
    }

    #[cfg(not(unix))]
    fn of(_child: &Child) -> Self {
        Self {}
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.group {
            // Most often there is nobody left.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

/// The last bytes of all that a program wrote.
#[derive(Clone, Debug, Default)]
struct Tail(Arc<Mutex<VecDeque<u8>>>);

impl Tail {
    /// Reads a stream to its end, so that the program never waits for us.
    async fn keep(self, mut stream: impl AsyncRead + Unpin) {
        let mut buffer = vec![0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend(&buffer[..count]);
            let surplus = kept.len().saturating_sub(KEPT);
            kept.drain(..surplus);
        }
    }

    fn text(&self) -> String {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(kept.make_contiguous()).into_owned()
    }
}

#[cfg(all(test, unix))]
#[expect(clippy::disallowed_methods, reason = "that nothing happens any more shows only in time")]
mod tests {
    use super::*;

    fn sh(script: &str) -> Program {
        let words = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        Program { words, environment: vec![("NAME".into(), "value".into())] }
    }

    async fn ended(program: Program, within: Duration) -> Ended {
        program.perform(within, &Redactor::default()).await
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn exit_code_and_last_words_are_told() {
        let Ended::Exited { code, output } = ended(sh("echo out; echo err >&2; exit 3"), LONG).await else {
            panic!("it exits")
        };
        assert_eq!(code, 3);
        assert!(output.contains("out\n") && output.contains("err\n"), "{output}");
    }

    #[tokio::test]
    async fn only_what_is_given_stands_in_the_environment() {
        let Ended::Exited { output, .. } = ended(sh("/usr/bin/env"), LONG).await else { panic!("it exits") };
        let names: Vec<&str> = output.lines().filter_map(|line| line.split('=').next()).collect();
        // A shell sets a few itself.
        assert!(names.iter().all(|name| ["NAME", "PWD", "OLDPWD", "SHLVL", "_"].contains(name)), "{names:?}");
        assert!(names.contains(&"NAME"));
    }

    #[tokio::test]
    async fn output_without_end_is_cut_and_holds_nothing_up() {
        let script = "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done; echo last";
        let Ended::Exited { code: 0, output } = ended(sh(script), LONG).await else { panic!("it exits") };
        assert!(output.len() <= KEPT && output.ends_with("last\n"));
    }

    #[tokio::test]
    async fn a_program_and_what_it_started_end_when_its_time_is_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let mark = folder.path().join("mark");
        let script = format!("(sleep 1; echo late > {}) & sleep 60", mark.display());
        let ended = ended(sh(&script), Duration::from_millis(100)).await;
        assert!(matches!(ended, Ended::TimedOut { .. }), "{ended:?}");
        std::thread::sleep(Duration::from_millis(1300));
        assert!(!mark.exists(), "what it had started went on");
    }

    #[tokio::test]
    async fn crashes_and_missing_programs_are_told_apart() {
        assert_eq!(
            ended(sh("kill -SEGV $$"), LONG).await,
            Ended::Killed { by: "signal 11".to_owned(), output: String::new() }
        );
        let none = Program { words: vec!["/no/such/program".to_owned()], environment: Vec::new() };
        assert!(matches!(ended(none, LONG).await, Ended::NotStarted { why } if why.starts_with("/no/such/program: ")));
    }

    #[test]
    fn names_of_variables_are_upper_case() {
        assert_eq!(variable("product-id"), "PRODUCT_ID");
    }
}
