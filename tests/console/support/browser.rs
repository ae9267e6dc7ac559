//! One browser: goes somewhere, looks, clicks, types, waits.

use std::path::Path;
use std::time::Duration;

use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use url::Url;

/// Widths in which a page has to look right, in CSS pixels: a laptop, and a phone.
pub(crate) const WIDTHS: [u32; 2] = [1280, 400];

/// Far beyond anything that a page takes, on any machine.
const HANGS: Duration = Duration::from_secs(60);

/// A browser on the console.
pub(crate) struct Browser {
    client: Client,
    console: String,
}

impl Browser {
    pub(super) async fn new(client: Client, console: &str) -> Self {
        let browser = Self { client, console: console.to_owned() };
        browser.resize(WIDTHS[0]).await;
        browser
    }

    pub(super) async fn close(&self) {
        // Nothing can be done about a browser that does not want to go.
        let _ = self.client.clone().close().await;
    }

    /// Opens a page of the console.
    pub(crate) async fn open(&self, path: &str) {
        self.visit(&format!("{}{path}", self.console)).await;
    }

    /// Opens a page anywhere.
    pub(crate) async fn visit(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
    }

    /// The address of the page, behind the console's own.
    pub(crate) async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("an address").to_string();
        url.strip_prefix(&self.console).map_or(url.clone(), str::to_owned)
    }

    /// The window's width. Headless windows are never narrower than 500 pixels, so that the page is told.
    pub(crate) async fn resize(&self, width: u32) {
        self.measure(width, 900).await;
    }

    async fn measure(&self, width: u32, height: u64) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.ask("goog/cdp/execute", json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics })).await;
    }

    /// What a script returns.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The text of the page, as it is seen.
    pub(crate) async fn text(&self) -> String {
        self.script("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true.
    pub(crate) async fn until(&self, expression: &str) {
        let script = format!("return Boolean({expression})");
        let deadline = tokio::time::Instant::now() + HANGS;
        loop {
            // While a page is being left, there is none to ask.
            let found = self.client.execute(&script, Vec::new()).await;
            if found.is_ok_and(|found| found == true) {
                return;
            }
            if tokio::time::Instant::now() > deadline {
                panic!("{expression} did not become true on {}:\n{}", self.path().await, self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the page shows a text.
    pub(crate) async fn shows(&self, text: &str) {
        self.until(&format!("document.body && document.body.innerText.includes({})", json!(text))).await;
    }

    /// Clicks the one thing that a selector finds.
    pub(crate) async fn click(&self, css: &str) {
        self.found(Locator::Css(css)).await.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Presses the first button or link of this name.
    pub(crate) async fn press(&self, name: &str) {
        let path = format!("//*[self::button or self::a or self::summary][normalize-space()='{name}']");
        self.found(Locator::XPath(&path)).await.click().await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// Presses what leads to another page, or to this one anew, and waits until that is there.
    pub(crate) async fn step(&self, name: &str) {
        self.script("window.left = false").await;
        self.press(name).await;
        self.until("window.left === undefined && document.readyState === 'complete'").await;
    }

    /// Writes into a field, in place of what stands there.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        let field = self.found(Locator::Css(css)).await;
        field.clear().await.unwrap_or_else(|error| panic!("{css}: {error}"));
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Presses a key wherever the focus is.
    pub(crate) async fn key(&self, key: Key) {
        let focus = self.client.active_element().await.expect("something has the focus");
        focus.send_keys(&char::from(key).to_string()).await.expect("the key is pressed");
    }

    async fn found(&self, locator: Locator<'_>) -> fantoccini::elements::Element {
        let found = self.client.wait().at_most(HANGS).every(Duration::from_millis(20)).for_element(locator).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("{locator:?} on {}: {error}\n{}", self.path().await, self.text().await),
        }
    }

    /// Errors that the browser has written into its console since the last call: scripts that fail, files that are
    /// missing, what the policy of the page forbids.
    pub(crate) async fn errors(&self) -> Vec<String> {
        let entries = self.ask("se/log", json!({ "type": "browser" })).await;
        let entries = entries.as_array().cloned().unwrap_or_default();
        let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        severe.filter_map(|entry| entry["message"].as_str().map(str::to_owned)).collect()
    }

    /// Leaves a picture of the page where `STOREPROOF_SCREENSHOTS` says; nothing where it does not.
    pub(crate) async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("STOREPROOF_SCREENSHOTS").filter(|folder| !folder.is_empty()) else {
            return;
        };
        // The window is made as high as the page. A picture of what lies beyond the window now and then leaves the
        // browser waiting for a frame that never comes.
        let extent = self.script("return [innerWidth, document.documentElement.scrollHeight]").await;
        let (width, height) = (extent[0].as_u64().unwrap_or(1280), extent[1].as_u64().unwrap_or(900));
        let width = u32::try_from(width).expect("a width");
        self.measure(width, height.clamp(900, 8000)).await;
        let bytes = self.client.screenshot().await.expect("a picture");
        self.resize(width).await;
        std::fs::create_dir_all(&folder).expect("the folder is made");
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), bytes).expect("the picture is written");
    }

    async fn ask(&self, endpoint: &'static str, body: Value) -> Value {
        let told: Result<Value, CmdError> = self.client.issue_cmd(Command { endpoint, body }).await;
        told.unwrap_or_else(|error| panic!("{endpoint}: {error}"))
    }
}

/// A command that is ChromeDriver's own.
#[derive(Debug)]
struct Command {
    endpoint: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.endpoint))
    }

    fn method_and_body(&self, _: &Url) -> (hyper::Method, Option<String>) {
        (hyper::Method::POST, Some(self.body.to_string()))
    }
}
