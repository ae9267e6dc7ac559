//! ChromeDriver, which starts browsers.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Map, Value, json};

use super::Browser;

/// A driver on a free port, until this is dropped.
pub(super) struct Driver {
    child: Child,
    port: u16,
    profile: tempfile::TempDir,
}

impl Driver {
    pub(super) fn start() -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).stdin(Stdio::null());
        // The browsers that it starts are to end with it, whatever became of them.
        command.process_group(0);
        let mut child = command.spawn().expect("chromedriver is installed (Debian: chromium, chromium-driver)");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
        let port = lines
            .find_map(|line| line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok())
            .expect("it says on which port it listens");
        // A pipe that nobody reads would stop it once it is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port, profile: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A browser with an empty profile, on this console. It speaks to nobody but this machine.
    pub(super) async fn open(&self, console: &str) -> Browser {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let arguments = [
            "--headless",
            // Chromium's sandbox does not run as root, as CI does; the pages are our own.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--lang=en-US",
            &profile,
        ];
        let mut capabilities = Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        capabilities.insert("unhandledPromptBehavior".to_owned(), Value::from("ignore"));
        // Milliseconds; a page that never comes is then told as such.
        capabilities.insert("timeouts".to_owned(), json!({ "pageLoad": 60_000, "script": 60_000 }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .expect("chromium is installed and starts");
        Browser::new(client, console).await
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}
