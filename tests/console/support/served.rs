//! The program under test.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use jiff::Timestamp;
use storeproof::sign::scp;
use storeproof::transport::ask;
use storeproof::wire::{Request, Response, Secret};

/// `storeproof serve` on free ports, until this is dropped.
pub(crate) struct Served {
    child: Child,
    bases: BTreeMap<String, String>,
    // Where it runs, so that no configuration of the developer's is found.
    _folder: tempfile::TempDir,
}

/// What is served, as `--listen` names it.
const PLACES: [&str; 4] = ["console", "kt-bizstore", "koogallery", "scp"];

impl Served {
    pub(super) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_storeproof"));
        command.arg("serve").args(arguments).current_dir(folder.path()).env_clear();
        for place in PLACES {
            command.args(["--listen", &format!("{place}=127.0.0.1:0")]);
        }
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let bases = lines
            .take(PLACES.len())
            .map(|line| {
                let line = line.expect("a line");
                let (name, base) = line.split_once(' ').expect("a name and an address");
                (name.to_owned(), base.trim().to_owned())
            })
            .collect();
        Self { child, bases, _folder: folder }
    }

    /// The base address of what is served under this name.
    pub(crate) fn base(&self, name: &str) -> &str {
        &self.bases[name]
    }

    /// Asks the Product API as a client does that signs what it sends. `secret` is the built-in one where it is `None`.
    pub(crate) fn ask_scp(&self, target: &str, secret: Option<&str>) -> Response {
        ask(self.base("scp"), self.sign_scp(target, secret)).expect("an answer")
    }

    /// The header fields of a call that is signed for this address, a line each.
    pub(crate) fn signed_scp(&self, target: &str) -> String {
        let request = self.sign_scp(target, None);
        request.headers.iter().map(|field| format!("{}: {}\n", field.name, field.text())).collect()
    }

    fn sign_scp(&self, target: &str, secret: Option<&str>) -> Request {
        let mut request = Request::new("GET", target);
        request.headers.push("Accept-Language", "ko-KR");
        let secret = Secret::new(secret.unwrap_or("storeproof-scp-test-secret-01"));
        scp::sign(&request, self.base("scp"), "SCPDEMO", &secret, None, Timestamp::now()).request
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself, which the story has told then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
