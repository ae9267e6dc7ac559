//! New exchanges as they come.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use storeproof::wire::Request;

use crate::support::{Folder, Served};

/// A reader of server-sent events, as a browser is one.
pub(crate) struct Reader(BufReader<TcpStream>);

impl Reader {
    pub(crate) fn new(served: &Served, query: &str, fields: &str) -> Self {
        let host = served.base("console").trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("is set");
        write!(stream, "GET /api/events{query} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n").expect("is sent");
        let mut reader = Self(BufReader::new(stream));
        assert!(reader.line().starts_with("HTTP/1.1 200"));
        let head: Vec<String> =
            std::iter::from_fn(|| Some(reader.line())).take_while(|line| !line.is_empty()).collect();
        assert!(head.iter().any(|field| field.eq_ignore_ascii_case("content-type: text/event-stream")), "{head:?}");
        // The comment that says that it is connected.
        while reader.line() != ": watching" {}
        reader
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    /// Name, id and data of the next event.
    pub(crate) fn next(&mut self) -> (String, Option<u64>, Value) {
        let (mut name, mut id) = (String::new(), None);
        loop {
            let line = self.line();
            if let Some(value) = line.strip_prefix("event: ") {
                name = value.to_owned();
            } else if let Some(value) = line.strip_prefix("id: ") {
                id = value.parse().ok();
            } else if let Some(value) = line.strip_prefix("data: ") {
                return (name, id, serde_json::from_str(value).expect("JSON"));
            }
        }
    }

    fn ids(&mut self, count: usize) -> Vec<u64> {
        (0..count).filter_map(|_| self.next().1).collect()
    }

    /// Everything until the server ends it.
    pub(crate) fn rest(mut self) -> String {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).expect("an end");
        rest
    }
}

#[test]
fn who_watches_is_told_each_exchange_and_gets_what_was_missed() {
    let served = Folder::new().serve("");
    let mut reader = Reader::new(&served, "", "");
    let mut narrow = Reader::new(&served, "?verdict=breaks&marketplace=koogallery", "");
    served.ask_order("MOCKONDEMAND").expect("an answer");
    let (name, id, line) = reader.next();
    assert_eq!((name.as_str(), id), ("exchange", Some(1)));
    assert_eq!(line, served.get("/exchanges")["exchanges"][0], "it is the line of the list");
    served.ask_order("NONE").expect("an answer");
    served.ask_order("NONE").expect("an answer");
    assert_eq!(narrow.ids(2), [2, 3]);
    // A browser that was cut off says what it saw last.
    assert_eq!(Reader::new(&served, "", "Last-Event-ID: 1\r\n").ids(2), [2, 3]);
    assert_eq!(Reader::new(&served, "?after=2", "").ids(1), [3]);
    assert_eq!(Reader::new(&served, "?after=2", "Last-Event-ID: 1\r\n").ids(2), [2, 3], "what it saw wins");
    // It saw more than this server has had: that was another one.
    assert_eq!(Reader::new(&served, "", "Last-Event-ID: 99\r\n").ids(3), [1, 2, 3]);
}

#[test]
fn what_the_log_no_longer_holds_is_told_as_missed() {
    let served = Folder::new().serve("koogallery --log-entries 2");
    for _ in 0..5 {
        served.ask_order("MOCKONDEMAND").expect("an answer");
    }
    let mut reader = Reader::new(&served, "?after=1", "");
    let (name, id, gone) = reader.next();
    assert_eq!((name.as_str(), id, gone), ("missed", None, json!({ "from": 2, "to": 3 })));
    assert_eq!(reader.ids(2), [4, 5]);
    assert_eq!(served.get("/exchanges")["exchanges"].as_array().map(Vec::len), Some(2));
}

/// What never becomes a request is seen by no marketplace, and whoever sent it looks for it here all the same.
#[test]
fn what_is_no_http_is_in_the_list_with_its_reason() {
    let served = Folder::new().serve("scp");
    let address = served.base("scp").trim_start_matches("http://").to_owned();
    let refused = |sent: &[u8]| {
        let mut stream = TcpStream::connect(&address).expect("it listens");
        stream.write_all(sent).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers and closes");
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    let long = format!("GET /v1/products HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "a".repeat(70_000));
    let cases: [(&[u8], &str, &str); 4] = [
        (b"GET /v1/products HTTP/1.1\r\nBad Header: x\r\n\r\n", "400", "GET"),
        (b"POST /v1/products HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", "413", "POST"),
        (long.as_bytes(), "431", "GET"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", "400", "\u{2013}"),
    ];
    for (sent, status, method) in cases {
        assert_eq!(refused(sent), status);
        let seen = served.get("/exchanges?limit=1")["exchanges"][0].clone();
        assert_eq!((&seen["verdict"], &seen["method"]), (&json!("breaks"), &json!(method)), "{seen}");
        assert_eq!(seen["status"].to_string(), status);
        assert!(seen["refused"].as_str().is_some_and(|why| !why.is_empty()), "{seen}");
        let page = served.ask(Request::new("GET", format!("/exchanges/{}", seen["id"])));
        let text = page.response.text();
        assert!(text.contains("Not understood") && !text.contains("curl "), "{text}");
        let shown = served.get(&format!("/exchanges/{}", seen["id"]));
        let raw = shown["raw"]["request"]["bytes"].as_u64().expect("how many came");
        assert!(raw > 0 && raw <= 4096, "{raw}");
    }
}
