//! What comes from outside does nothing but stand there.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::support::{Served, play};

/// Values that would do harm in a page, a terminal or a layout. None of them has an effect, so that `window.harmed` stays
/// undefined.
const VALUES: [&str; 6] = [
    "<script>window.harmed = 1</script>",
    "\"><img src=x onerror='window.harmed = 2'>",
    "javascript:window.harmed=3",
    "</code></pre></main><h1>Not ours</h1><svg onload=window.harmed=4>",
    "\u{202e}gnp.exe\u{202c} \u{2066}hidden\u{2069} \u{200b}\u{feff}",
    "{{window.harmed = 5}} ${window.harmed = 6} &lt;b&gt; %3Cscript%3E",
];

/// Sends bytes as they are; the answer, as far as there is one.
fn send(served: &Served, store: &str, bytes: &[u8]) -> String {
    let authority = served.base(store).trim_start_matches("http://");
    let mut stream = TcpStream::connect(authority).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
    stream.write_all(bytes).expect("it is taken");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it ends");
    String::from_utf8_lossy(&answer).into_owned()
}

/// A usage push with these values in its address, its fields and its body.
fn push(value: &str) -> Vec<u8> {
    let long = "x".repeat(100_000);
    let record =
        serde_json::json!({ "instance_id": value, "usage_value": value, value: long, "metering_sn": "\u{1b}[31m" });
    let body = serde_json::json!({ "usage_records": [record] }).to_string();
    let query: String = value.chars().filter(|char| !char.is_whitespace() && !char.is_control()).collect();
    format!(
        "POST /api/mkp-openapi-public/global/v1/isv/usage-data?q={query} HTTP/1.1\r\nHost: x\r\nX-Value: {value}\r\n\
         X-Long: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        &long[..20_000],
        body.len()
    )
    .into_bytes()
}

#[test]
#[ignore = "needs a browser"]
fn calls_of_a_hostile_client_are_harmless() {
    play(&[], async |browser, served| {
        for value in VALUES {
            let answer = send(served, "koogallery", &push(value));
            assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
        }
        send(served, "scp", b"GET /v1/products/%3Cscript%3Ewindow.harmed=7%3C/script%3E HTTP/1.1\r\nHost: <b>x\r\nConnection: close\r\n\r\n");
        browser.open("/").await;
        browser.sound("hostile-list").await;
        let count = browser.script("return document.querySelectorAll('.list tbody tr').length").await;
        let count = count.as_u64().unwrap_or_default();
        assert!(count > 0, "no exchange is shown");
        for number in 1..=count {
            browser.open(&format!("/exchanges/{number}")).await;
            browser.sound(&format!("hostile-{number}")).await;
            assert_eq!(browser.script("return window.harmed === undefined").await, true, "exchange {number}");
            // What would turn the text around or hide in it is spelled out.
            let text = browser.text().await;
            assert!(!text.contains(['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{1b}']), "exchange {number}");
        }
        // The same through the filter and the signature checker, which show what was typed.
        browser.open("/exchanges?text=%3Cscript%3Ewindow.harmed%3D8%3C%2Fscript%3E&operation=%22%3E%3Cb%3E").await;
        browser.sound("hostile-filter").await;
        browser.open("/signature").await;
        browser
            .fill(
                "textarea",
                "GET /v1/products?<script>window.harmed=9</script> HTTP/1.1\nHost: \"><img src=x onerror=alert(1)>\n",
            )
            .await;
        browser.click("form button[type=submit]").await;
        browser.sound("hostile-signature").await;
        assert_eq!(browser.script("return window.harmed === undefined").await, true);
    });
}
