//! The program with a text on its standard input, and messages as texts.

use std::io::Write as _;
use std::process::{Command, Stdio};

use storeproof::wire::{Headers, Request, Response};

/// The moment at which all is signed and judged.
pub(crate) const NOW: &str = "2026-03-04T05:06:07.123Z";

pub(crate) fn now() -> jiff::Timestamp {
    NOW.parse().expect("a time")
}

/// The secret key of SCP in these tests. It has blanks around it and is base64, so that every mistake with keys shows.
pub(crate) const SCP_SECRET: &str = " c2NwLWRlbW8tc2VjcmV0 ";

/// What the program did.
pub(crate) struct Told {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) talk: String,
}

impl Told {
    /// What was said, with blanks in the place of line ends.
    pub(crate) fn words(&self) -> String {
        self.out.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// `storeproof doctor` with arguments and a text on standard input, in a folder that holds a configuration.
pub(crate) fn doctor(arguments: &[&str], text: &str) -> Told {
    doctor_with(SCP_SECRET, arguments, text)
}

/// The same with another secret key of SCP.
pub(crate) fn doctor_with(secret: &str, arguments: &[&str], text: &str) -> Told {
    let folder = tempfile::tempdir().expect("a folder");
    let config = format!("[scp]\naccess-key = \"SCPDEMO0001\"\nsecret-key = \"{secret}\"\n");
    std::fs::write(folder.path().join("storeproof.toml"), config).expect("is written");
    let mut child = Command::new(env!("CARGO_BIN_EXE_storeproof"))
        .arg("doctor")
        .args(arguments)
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    // A program that refuses its arguments reads nothing.
    let _ = child.stdin.take().expect("is piped").write_all(text.as_bytes());
    let output = child.wait_with_output().expect("ends");
    Told {
        code: output.status.code().expect("ends by itself"),
        out: String::from_utf8(output.stdout).expect("text"),
        talk: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A request as it stands on the wire.
pub(crate) fn raw(request: &Request) -> String {
    format!("{} {} HTTP/1.1\r\n{}", request.method, request.target, rest(&request.headers, &request.body))
}

/// An answer as it stands on the wire.
pub(crate) fn raw_answer(response: &Response) -> String {
    format!("HTTP/1.1 {} OK\r\n{}", response.status, rest(&response.headers, &response.body))
}

fn rest(headers: &Headers, body: &[u8]) -> String {
    let fields: String = headers.iter().map(|field| format!("{}: {}\r\n", field.name, field.text())).collect();
    format!("{fields}Content-Length: {}\r\n\r\n{}", body.len(), String::from_utf8_lossy(body))
}

/// A request as a `curl` command.
pub(crate) fn curl(request: &Request, base: &str) -> String {
    let mut words =
        vec!["curl".to_owned(), "-X".to_owned(), request.method.clone(), format!("{base}{}", request.target)];
    for field in &request.headers {
        words.push("-H".to_owned());
        words.push(if field.value.is_empty() {
            format!("{};", field.name)
        } else {
            format!("{}: {}", field.name, field.text())
        });
    }
    if !request.body.is_empty() {
        words.extend(["--data-binary".to_owned(), String::from_utf8_lossy(&request.body).into_owned()]);
    }
    shlex::try_join(words.iter().map(String::as_str)).expect("can be quoted")
}
