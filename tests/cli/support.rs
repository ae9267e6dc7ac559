//! What the tests share: a folder, the command in it, and vendors.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use storeproof::market::setting::Values;
use storeproof::market::{Market, Vendor, VendorOptions};
use storeproof::transport::{Running, spawn_in_thread};
use storeproof::wire::{Reply, Request, Response};

/// A short case in which nothing has to be waited for.
pub(crate) const SHORT: &str = "kt-bizstore/registration/repeated";
/// A case that asks for the status until the set-up has ended.
pub(crate) const LONG: &str = "kt-bizstore/life-cycle/first-to-last";

/// Far beyond any of these runs, on any machine.
const HANGS: Duration = Duration::from_secs(120);

/// Where the cases of these tests stand.
pub(crate) const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/cli");

/// The path of a scenario that is not in the binary.
pub(crate) fn scenario(name: &str) -> String {
    format!("{FIXTURES}/scenarios/{name}")
}

/// A folder that holds nothing but what the test puts there.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a file there, with the folders above it.
    pub(crate) fn put(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(&path, contents).expect("the file is written");
        path
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Names of all files, at any depth.
    pub(crate) fn files(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("the folder is listed") {
                let path = entry.expect("an entry").path();
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.0.path()).expect("below the folder");
                    found.insert(name.to_str().expect("text").to_owned());
                }
            }
        }
        found
    }

    /// The command in this folder.
    pub(crate) fn storeproof<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Storeproof {
        let mut command = Command::new(env!("CARGO_BIN_EXE_storeproof"));
        command.args(arguments).current_dir(self.0.path()).env_clear();
        // Every run would take a seed of its own.
        command.env("NO_COLOR", "1").env("STOREPROOF_SEED", "1");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Storeproof(command)
    }

    /// Runs words that are separated by blanks.
    pub(crate) fn run(&self, words: &str) -> Ran {
        self.storeproof(words.split_whitespace()).ran()
    }
}

/// The command before it runs.
pub(crate) struct Storeproof(Command);

impl Storeproof {
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.env_remove(name);
        self
    }

    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.0.current_dir(folder);
        self
    }

    pub(crate) fn stdout(mut self, file: fs::File) -> Self {
        self.0.stdout(file);
        self
    }

    pub(crate) fn stderr(mut self, file: fs::File) -> Self {
        self.0.stderr(file);
        self
    }

    /// At most so many KiB of address space, so that memory without bounds ends the command.
    pub(crate) fn at_most(self, kib: u64) -> Self {
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("ulimit -v {kib}; exec \"$0\" \"$@\"")).arg(self.0.get_program());
        command.args(self.0.get_args()).env_clear();
        command.envs(self.0.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(self.0.get_current_dir().expect("it is set"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command)
    }

    /// Starts it; something else ends it.
    pub(crate) fn start(mut self) -> Started {
        Started(self.0.spawn().expect("the command starts"))
    }

    /// Runs it to its end.
    pub(crate) fn ran(self) -> Ran {
        self.start().ended()
    }
}

/// The command while it runs.
pub(crate) struct Started(pub(crate) Child);

impl Started {
    /// What Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        signal(self.0.id(), Signal::INT);
    }

    /// Waits for the end, and ends what hangs: its code is then none.
    pub(crate) fn ended(self) -> Ran {
        let id = self.0.id();
        let (done, waiting) = mpsc::channel::<()>();
        let watch = std::thread::spawn(move || {
            if waiting.recv_timeout(HANGS) == Err(mpsc::RecvTimeoutError::Timeout) {
                signal(id, Signal::KILL);
            }
        });
        let output = self.0.wait_with_output().expect("the command ends");
        drop(done);
        watch.join().expect("nothing in it panics");
        let text = |bytes| String::from_utf8(bytes).expect("only text is written");
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

fn signal(id: u32, signal: Signal) {
    let id = i32::try_from(id).ok().and_then(Pid::from_raw).expect("an id");
    kill_process(id, signal).expect("it still runs");
}

/// The command after its end.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// It ended so.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// Standard output contains this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text), "{text:?} is not in {self}");
        self
    }

    /// Standard error contains this.
    #[track_caller]
    pub(crate) fn talks_of(self, text: &str) -> Self {
        assert!(self.err.contains(text), "{text:?} is not in {self}");
        self
    }

    /// The JSON on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { code, out, err } = self;
        write!(f, "exit code {code:?}\n--- standard output\n{out}\n--- standard error\n{err}")
    }
}

/// The reference vendor with these faults, quick at setting up.
pub(crate) fn reference(faults: &[&str]) -> Vendor {
    reference_that_trusts(None, faults)
}

/// The same with the public key of another store.
pub(crate) fn reference_that_trusts(public_key: Option<String>, faults: &[&str]) -> Vendor {
    let options = VendorOptions {
        public_key,
        setup_delay: Duration::from_millis(20),
        deletion_delay: Duration::from_millis(20),
        store: None,
        faults: faults.iter().map(|&name| name.to_owned()).collect(),
    };
    let market = Market::new(Some("kt-bizstore"), &Values::default(), None).expect("the defaults are right");
    market.vendor(&options).expect("the faults are known")
}

/// A standing vendor; `answer` is given the reference vendor and each request.
pub(crate) fn vendor(
    mut vendor: Vendor,
    mut answer: impl FnMut(&mut Vendor, Request) -> Reply + Send + 'static,
) -> Running {
    let all = Mutex::new(move |request| answer(&mut vendor, request));
    spawn_in_thread(move |request, _| all.lock().expect("no answer panics")(request)).expect("a free port")
}

/// What the reference vendor answers by this machine's clock.
pub(crate) fn honestly(vendor: &mut Vendor, request: &Request) -> Reply {
    vendor.answer(request, jiff::Timestamp::now(), &mut |_| None)
}

pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Response {
    Response { status, reason: String::new(), headers: headers.iter().copied().collect(), body: body.into() }
}

/// An address at which nobody listens.
pub(crate) fn nobody() -> String {
    let address = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    format!("http://{}", address.expect("a free port"))
}
