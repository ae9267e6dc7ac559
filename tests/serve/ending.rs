//! How it ends.

use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use storeproof::transport::spawn_in_thread;
use storeproof::wire::{Reply, ReplyKind, Response};

use crate::events::Reader;
use crate::support::{Folder, Signal};

const PATIENCE: Duration = Duration::from_secs(60);

#[rstest]
#[case(Signal::TERM)]
#[case(Signal::INT)]
fn a_signal_ends_it_well_with_its_streams_and_ports(#[case] signal: Signal) {
    let folder = Folder::new();
    let served = folder.serve("koogallery --state state.json");
    let reader = Reader::new(&served, "", "");
    served.put("/koogallery/clock", &json!({ "ahead": "1h" })).is(200);
    let address = served.base("koogallery").trim_start_matches("http://").to_owned();
    served.signal(signal);
    assert!(!reader.rest().contains("event:"), "the stream has an end");
    let ran = served.ended();
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    assert!(folder.text("state.json").contains("\"ahead_ms\": 3600000"));
    assert!(TcpListener::bind(address).is_ok(), "the port is free");
}

#[test]
fn a_call_under_way_is_finished() {
    let (asked, waiting) = mpsc::channel();
    let (answer, answering) = mpsc::channel::<()>();
    let answering = std::sync::Mutex::new(answering);
    let vendor = spawn_in_thread(move |_, _| {
        let _ = asked.send(());
        let _ = answering.lock().expect("no panic").recv_timeout(PATIENCE);
        Reply::from(Response::new(404))
    })
    .expect("a free port");
    let served = Folder::new().serve(&format!("kt-bizstore --vendor {}", vendor.base()));
    let market = served.base("kt-bizstore").trim_start_matches("http://").to_owned();
    let answered = std::thread::scope(|scope| {
        let (console, call) =
            (served.base("console").to_owned(), json!({ "operation": "getStatus", "parameters": { "mem-sq": "M1" } }));
        let calling = scope.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let mut request = storeproof::wire::Request::new("POST", "/api/kt-bizstore/calls");
            request.headers.push("Content-Type", "application/json");
            request.body = call.to_string().into_bytes();
            let client = crate::support::client(&console, storeproof::transport::Trust::System);
            runtime.block_on(client.send(request, storeproof::transport::Mode::Whole))
        });
        waiting.recv_timeout(PATIENCE).expect("the vendor is called");
        served.signal(Signal::TERM);
        // It has understood once it takes no more connections.
        while TcpStream::connect(&market).is_ok() {
            std::thread::yield_now();
        }
        answer.send(()).expect("the vendor waits");
        calling.join().expect("no panic")
    });
    assert_eq!(answered.answer.expect("a whole answer").status, 200);
    assert_eq!(served.ended().code, Some(0));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (asked, waiting) = mpsc::channel();
    let vendor = spawn_in_thread(move |_, _| {
        let _ = asked.send(());
        Reply::from(ReplyKind::Hang)
    })
    .expect("a free port");
    let served = Folder::new().serve(&format!("kt-bizstore --vendor {}", vendor.base()));
    let host = served.base("console").trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&host).expect("a connection");
    let body = r#"{"operation": "getStatus", "parameters": {"mem-sq": "M1"}}"#;
    let length = body.len();
    let head = format!(
        "POST /api/kt-bizstore/calls HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    std::io::Write::write_all(&mut stream, format!("{head}{body}").as_bytes()).expect("is sent");
    waiting.recv_timeout(PATIENCE).expect("the vendor is called");
    served.signal(Signal::TERM);
    served.signal(Signal::INT);
    assert_eq!(served.ended().code, Some(130));
}

#[test]
fn a_port_that_is_taken_is_told_and_nothing_is_left() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let words = format!(
        "--listen console=127.0.0.1:0 --listen koogallery={address} --listen kt-bizstore=127.0.0.1:0 --vendor reference --state s.json"
    );
    let ran = folder.refused(&words);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains(&format!("--listen koogallery={address}: cannot listen on {address}")), "{}", ran.err);
    assert!(ran.err.contains("--listen koogallery=127.0.0.1:0 takes a free port"), "{}", ran.err);
    assert!(!folder.path("s.json").exists());
}
