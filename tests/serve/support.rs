//! What the tests share: the server in its folder, and a client of the control API.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, mpsc};
use std::time::Duration;

pub(crate) use rustix::process::Signal;
use rustix::process::{Pid, kill_process};
use serde_json::Value;
use storeproof::sign::sdk_hmac;
use storeproof::spec::{Document, Interface};
use storeproof::transport::{Client, Endpoint, Limits, Mode, Trust};
use storeproof::wire::{Exchange, Headers, Loss, Request, Response, Secret};

/// Far beyond anything here, on any machine.
const HANGS: Duration = Duration::from_secs(120);

/// The description of the control API.
static INTERFACE: LazyLock<Interface> = LazyLock::new(|| {
    let text = include_str!("../../src/serve/control/openapi.yaml");
    Interface::from_document(&Document::parse(text).expect("YAML")).unwrap_or_else(|it| panic!("{}", it.in_file("it")))
});

pub(crate) fn interface() -> &'static Interface {
    &INTERFACE
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

    pub(crate) fn put(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("the file is written");
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn command<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_storeproof"));
        command.arg("serve").args(arguments).current_dir(self.0.path()).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// `storeproof serve` with these words, all on free ports, once it stands.
    pub(crate) fn serve(&self, words: &str) -> Served {
        self.serve_with(words, &[])
    }

    /// The same with variables.
    pub(crate) fn serve_with(&self, words: &str, variables: &[(&str, &str)]) -> Served {
        let words: Vec<&str> = words.split_whitespace().collect();
        let known = storeproof::market::MARKETPLACES;
        let named: Vec<&str> = words.iter().copied().take_while(|word| !word.starts_with('-')).collect();
        let names: Vec<&str> = known.iter().copied().filter(|name| named.is_empty() || named.contains(name)).collect();
        let mut command = self.command(&words);
        for name in names.iter().chain(&["console"]) {
            if !words.iter().any(|word| word.starts_with(&format!("{name}=127.0.0.1"))) {
                command.args(["--listen", &format!("{name}=127.0.0.1:0")]);
            }
        }
        command.envs(variables.iter().copied());
        let mut child = command.spawn().expect("the command starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut bases = BTreeMap::new();
        for _ in 0..=names.len() {
            let mut line = String::new();
            out.read_line(&mut line).expect("a line");
            let Some((name, base)) = line.trim().split_once(' ') else {
                let mut error = String::new();
                child.stderr.take().expect("a pipe").read_to_string(&mut error).expect("text");
                panic!("{line:?} is no line that says where something is: {error}");
            };
            bases.insert(name.to_owned(), base.trim().to_owned());
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let api = client(&bases["console"], Trust::System);
        Served { child: Some(child), bases, api, runtime }
    }

    /// Runs words to an end that comes by itself.
    pub(crate) fn refused(&self, words: &str) -> Ran {
        self.refused_with(words, &[])
    }

    pub(crate) fn refused_with(&self, words: &str, variables: &[(&str, &str)]) -> Ran {
        let mut command = self.command(words.split_whitespace());
        ended(command.envs(variables.iter().copied()).spawn().expect("the command starts"))
    }
}

/// A client of an address.
pub(crate) fn client(base: &str, trust: Trust) -> Client {
    let limits = Limits { total: HANGS, body_bytes: 64 << 20, kept_bytes: 64 << 20, ..Limits::default() };
    Client::new(Endpoint::parse(base).expect("an address"), limits, trust).expect("a client")
}

/// The server while it stands. Where a test ends before, it is ended too.
pub(crate) struct Served {
    child: Option<Child>,
    bases: BTreeMap<String, String>,
    api: Client,
    pub(crate) runtime: tokio::runtime::Runtime,
}

/// The server after its end.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

fn ended(child: Child) -> Ran {
    let id = child.id();
    let (done, waiting) = mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if waiting.recv_timeout(HANGS) == Err(mpsc::RecvTimeoutError::Timeout) {
            signal(id, Signal::KILL);
        }
    });
    let output = child.wait_with_output().expect("the command ends");
    drop(done);
    watch.join().expect("nothing in it panics");
    let text = |bytes| String::from_utf8(bytes).expect("only text is written");
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn signal(id: u32, signal: Signal) {
    let id = i32::try_from(id).ok().and_then(Pid::from_raw).expect("an id");
    // It may have ended by itself.
    let _ = kill_process(id, signal);
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Served {
    /// Where something is served.
    pub(crate) fn base(&self, name: &str) -> &str {
        &self.bases[name]
    }

    pub(crate) fn signal(&self, which: Signal) {
        signal(self.child.as_ref().expect("it stands").id(), which);
    }

    /// Waits for the end.
    pub(crate) fn ended(mut self) -> Ran {
        ended(self.child.take().expect("it stands"))
    }

    /// Asks it to end, and waits.
    pub(crate) fn stopped(self) -> Ran {
        self.signal(Signal::TERM);
        self.ended()
    }

    /// One request to the control API, held against its description.
    #[track_caller]
    pub(crate) fn api(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let mut request = Request::new(method, format!("/api{path}"));
        if let Some(body) = body {
            request.headers.push("Content-Type", "application/json");
            request.body = body.to_string().into_bytes();
        }
        self.ask(request)
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Value {
        self.api("GET", path, None).is(200)
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.api("POST", path, Some(body))
    }

    #[track_caller]
    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.api("PUT", path, Some(body))
    }

    /// Any request to the console's port; an answer of the API is held against its description.
    #[track_caller]
    pub(crate) fn ask(&self, request: Request) -> Answer {
        let (method, target) = (request.method.clone(), request.target.clone());
        let exchange = self.runtime.block_on(self.api.send(request, Mode::Whole));
        let response = exchange.answer.unwrap_or_else(|loss| panic!("{method} {target}: {loss}"));
        let body = if response.body.is_empty() { Value::Null } else { response.json().unwrap_or_default() };
        let answer = Answer { status: response.status, body, response };
        answer.is_as_described(&method, &target);
        answer
    }

    /// Sends a request to a marketplace, as a vendor does.
    pub(crate) fn send(&self, marketplace: &str, request: Request) -> Exchange {
        self.send_with(marketplace, request, Trust::System)
    }

    pub(crate) fn send_with(&self, marketplace: &str, request: Request, trust: Trust) -> Exchange {
        let client = client(self.base(marketplace), trust);
        self.runtime.block_on(client.send(request, Mode::FreshConnection))
    }

    /// Asks KooGallery for an order, signed as it should be.
    pub(crate) fn ask_order(&self, order: &str) -> Result<Response, Loss> {
        let host = self.base("koogallery").split_once("//").expect("an address").1;
        self.send("koogallery", order_query(host, order)).answer
    }
}

/// The order query of KooGallery.
pub(crate) fn order_query(host: &str, order: &str) -> Request {
    let target = format!("/api/mkp-openapi-public/global/v1/order/query?orderId={order}");
    let mut request = Request::new("GET", target);
    request.headers = Headers::from_iter([("Host", host)]);
    let secret = Secret::new("storeproof-koogallery-test-secret-01");
    sdk_hmac::sign(&request, "AKDEMO", &secret, jiff::Timestamp::now()).request
}

/// An order as the order query tells it.
pub(crate) fn order(id: &str) -> Value {
    serde_json::json!({
        "orderId": id, "orderType": "NEW", "createTime": "20260310030000",
        "orderLine": [{
            "orderLineId": format!("{id}-000001"), "chargingMode": "ON_DEMAND",
            "productInfo": [{ "productId": "p-1", "skuCode": "sku-1", "productName": "Standard" }],
        }],
        "buyerInfo": { "customerId": "c-1", "customerName": "buyer" },
    })
}

/// An answer of the control API.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) response: Response,
}

impl Answer {
    /// The body, where the status is this one.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.response.text());
        self.body
    }

    /// A problem with this status whose detail holds this.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, detail: &str) -> Value {
        let body = self.is(status);
        assert!(body["detail"].as_str().is_some_and(|text| text.contains(detail)), "{detail:?} is not in {body}");
        body
    }

    #[track_caller]
    fn is_as_described(&self, method: &str, target: &str) {
        if !target.starts_with("/api") {
            return;
        }
        let media = self.response.media_type();
        let path = target.split('?').next().unwrap_or_default();
        let operation = INTERFACE.operations.iter().find(|known| known.method == method && fits(&known.path, path));
        let schema = match operation {
            Some(operation) => {
                let answer = operation.answer(self.status).unwrap_or_else(|| panic!("{method} {path} {}", self.status));
                let content = answer.content.iter().find(|known| Some(&known.media_type) == media.as_ref());
                match (content, answer.content.is_empty()) {
                    (Some(content), _) => content.schema.as_ref(),
                    (None, true) => {
                        assert!(self.response.body.is_empty(), "{method} {path}: a body that is not described");
                        return;
                    }
                    (None, false) => panic!("{method} {path}: {media:?} is not described for {}", self.status),
                }
            }
            // What is not there at all is answered as everything else is that cannot be done.
            None => {
                assert!(matches!(self.status, 403..=405), "{method} {path} is not described: {}", self.status);
                assert_eq!(media.as_deref(), Some("application/problem+json"));
                let any = &INTERFACE.operations[0];
                any.answer(500).expect("it has a default").content.first().and_then(|it| it.schema.as_ref())
            }
        };
        let violations = schema.expect("every body is described").validate(&self.body);
        assert!(violations.is_empty(), "{method} {path}: {violations:#?}\n{:#}", self.body);
    }
}

/// Whether a path is one of a template; fixed words win over what any word fits.
fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(part, word)| part == word || (part.starts_with('{') && !word.is_empty()))
}
