//! Every way in which an answer can be lost.

use std::net::TcpListener;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rstest::rstest;
use storeproof::transport::{Limits, Mode, Running, spawn_in_thread};
use storeproof::wire::{Exchange, Loss, Reply, ReplyKind, Request};

use crate::support::{RawVendor, client, client_with, limits, loss};

/// Sends one request to a vendor that answers with these bytes and closes.
async fn answered_by(bytes: &[u8]) -> Exchange {
    let bytes = bytes.to_vec();
    let vendor = spawn_in_thread(move |_, _| ReplyKind::Raw(bytes.clone()).into()).unwrap();
    client(vendor.base()).send(Request::new("GET", "/"), Mode::Whole).await
}

#[tokio::test]
async fn nobody_listens() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let exchange = client(&format!("http://{free}")).send(Request::new("GET", "/"), Mode::Whole).await;
    assert_eq!(loss(&exchange), &Loss::Refused);
    assert!(exchange.raw.sent.is_empty(), "nothing was sent");
}

#[tokio::test]
async fn the_name_has_no_address() {
    // A label has at most 63 bytes (RFC 1035, 2.3.4), so that no resolver asks the network for this one.
    let host = format!("{}.example", "vendor".repeat(11));
    let exchange = client(&format!("http://{host}")).send(Request::new("GET", "/"), Mode::Whole).await;
    assert_eq!(loss(&exchange), &Loss::NoSuchHost { host });
}

#[tokio::test]
async fn the_connection_is_not_made_in_time() {
    let limits = Limits { connect: Duration::from_millis(50), ..limits() };
    // A TLS handshake that nobody answers is part of connecting, and needs no unreachable network.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://{}", silent.local_addr().unwrap());
    let exchange = crate::tls::client_with_any_ca(&base, limits).send(Request::new("GET", "/"), Mode::Whole).await;
    assert_eq!(loss(&exchange), &Loss::ConnectTimeOut { limit: limits.connect });
    assert!(loss(&exchange).unreachable());
}

#[rstest]
#[case::nothing("", Loss::ClosedBeforeAnswer)]
#[case::interim_only("HTTP/1.1 100 Continue\r\n\r\n", Loss::ClosedBeforeAnswer)]
#[case::status_line("HTTP/1.1 200 OK\r\n", Loss::ClosedInHead)]
#[case::short("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Loss::ShortBody { got: 3, expected: "10".to_owned() })]
#[case::no_last_chunk("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Loss::ShortBody { got: 3, expected: "more".to_owned() })]
#[case::announced("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\nabc", Loss::BodyTooLarge { limit: 10 * 1024 * 1024 })]
#[tokio::test]
async fn broken_answers_are_told_apart(#[case] bytes: &str, #[case] expected: Loss) {
    let exchange = answered_by(bytes.as_bytes()).await;
    assert_eq!(loss(&exchange), &expected);
    assert_eq!(exchange.raw.received, bytes.as_bytes(), "what came is kept");
    assert_eq!(exchange.timing.first_byte.is_none(), bytes.is_empty());
}

#[rstest]
#[case::garbage("\u{0}\u{1}\u{2}garbage", 0)]
#[case::other_protocol("SSH-2.0-OpenSSH_9.9\r\n", 0)]
#[case::other_version("HTTP/3 200 OK\r\n\r\n", 5)]
#[case::status("HTTP/1.1 OK\r\n\r\n", 9)]
#[case::field("HTTP/1.1 200 OK\r\nA: b\r\nbad field\r\n\r\n", 23)]
#[case::two_lengths("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 0)]
#[case::length_and_coding("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0)]
#[case::negative_length("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", 0)]
#[case::longer_than_announced("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcd", 40)]
#[case::chunk_size("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 47)]
#[case::chunk_length("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", 51)]
#[tokio::test]
async fn what_is_no_http_is_located(#[case] bytes: &str, #[case] expected: usize) {
    let exchange = answered_by(bytes.as_bytes()).await;
    assert!(
        matches!(loss(&exchange), Loss::Malformed { at: Some(at), .. } if *at == expected),
        "{:?}",
        exchange.answer
    );
}

#[tokio::test]
async fn the_connection_may_end_after_any_byte() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let head = answer.find("\r\n\r\n").unwrap() + 4;
    let vendor = RawVendor::new(move |number, visitor| {
        visitor.request();
        visitor.say(&answer[..number]);
    });
    let client = client(&vendor.base);
    for cut in 0..answer.len() {
        let exchange = client.send(Request::new("GET", "/"), Mode::FreshConnection).await;
        let expected = match cut {
            0 => Loss::ClosedBeforeAnswer,
            cut if cut < head => Loss::ClosedInHead,
            cut => Loss::ShortBody { got: (cut - head) as u64, expected: "5".to_owned() },
        };
        assert_eq!(loss(&exchange), &expected, "after {cut} bytes");
        assert_eq!(exchange.raw.received, &answer.as_bytes()[..cut]);
    }
    let exchange = client.send(Request::new("GET", "/"), Mode::FreshConnection).await;
    assert_eq!(exchange.response().unwrap().body, b"hello");
}

/// A vendor that sends the same bytes for as long as somebody reads them.
fn endless(head: &str, chunk: &str) -> Running {
    let (head, chunk) = (head.as_bytes().to_vec(), chunk.as_bytes().to_vec());
    let limit = 100 * 1024 * 1024;
    spawn_in_thread(move |_, _| ReplyKind::Endless { head: head.clone(), chunk: chunk.clone(), limit }.into()).unwrap()
}

#[tokio::test]
async fn endless_header_fields_stop_at_the_limit() {
    for line in ["X-Field: value\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "no end of the line "] {
        let head = if line.starts_with("HTTP") { "" } else { "HTTP/1.1 200 OK\r\nA: b" };
        let head = if line.starts_with('X') { "HTTP/1.1 200 OK\r\n" } else { head };
        let vendor = endless(head, line);
        let exchange = client(vendor.base()).send(Request::new("GET", "/"), Mode::Whole).await;
        assert_eq!(loss(&exchange), &Loss::HeadTooLarge { limit: 64 * 1024 });
    }
}

#[tokio::test]
async fn a_body_of_a_hundred_megabytes_stops_at_the_limit() {
    let piece = "x".repeat(64 * 1024);
    let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
    for (head, chunk) in [("", &piece), ("Transfer-Encoding: chunked\r\n", &chunk)] {
        let vendor = endless(&format!("HTTP/1.1 200 OK\r\n{head}\r\n"), chunk);
        let exchange = client(vendor.base()).send(Request::new("GET", "/"), Mode::Whole).await;
        assert_eq!(loss(&exchange), &Loss::BodyTooLarge { limit: 10 * 1024 * 1024 });
        assert_eq!(exchange.raw.received.len(), 1024 * 1024);
        assert!(exchange.raw.received_total < 11 * 1024 * 1024, "the rest was not read");
    }
}

#[tokio::test]
async fn silence_ends_at_the_limit() {
    let vendor = spawn_in_thread(|_, _| ReplyKind::Hang.into()).unwrap();
    let limits = Limits { total: Duration::from_millis(300), ..limits() };
    for mode in [Mode::Whole, Mode::HangUpAfterSending] {
        let exchange = client_with(vendor.base(), limits).send(Request::new("GET", "/"), mode).await;
        assert_eq!(loss(&exchange), &Loss::TimeOut { limit: limits.total });
        assert!(exchange.timing.total >= limits.total && !exchange.raw.sent.is_empty());
    }
}

#[tokio::test]
async fn a_drip_does_not_prolong_the_limit() {
    for head in ["HTTP/1.1 200 OK\r\nX-Field: ", "HTTP/1.1 200 OK\r\n\r\n"] {
        let vendor = RawVendor::new(move |_, visitor| {
            visitor.request();
            visitor.say(head);
            // Ends when the client has closed; the pause is far below the client's limit.
            while std::io::Write::write_all(&mut visitor.stream, b"x").is_ok() {
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let limits = Limits { total: Duration::from_millis(400), ..limits() };
        let begin = Instant::now();
        let exchange = client_with(&vendor.base, limits).send(Request::new("GET", "/"), Mode::Whole).await;
        assert_eq!(loss(&exchange), &Loss::TimeOut { limit: limits.total });
        assert!(exchange.raw.received.len() > head.len(), "what had come is kept");
        assert!(begin.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn a_wrong_field_is_told_although_the_vendor_falls_silent() {
    let text = "HTTP/1.1 200 OK\r\nbad field\r\n";
    let vendor = RawVendor::new(move |_, visitor| {
        visitor.request();
        visitor.say(text);
        visitor.request();
    });
    let limits = Limits { total: Duration::from_millis(400), ..limits() };
    let exchange = client_with(&vendor.base, limits).send(Request::new("GET", "/"), Mode::Whole).await;
    assert!(matches!(loss(&exchange), Loss::Malformed { at: Some(17), .. }), "{:?}", exchange.answer);
}

#[tokio::test]
async fn a_vendor_that_dies_is_refused_from_then_on() {
    let vendor = spawn_in_thread(|request, _| match request.path() {
        "/die" => ReplyKind::Die.into(),
        _ => crate::support::response(200, &[], "ok").into(),
    })
    .unwrap();
    let client = client(vendor.base());
    assert!(client.send(Request::new("GET", "/"), Mode::Whole).await.response().is_some());
    let exchange = client.send(Request::new("GET", "/die"), Mode::FreshConnection).await;
    assert_eq!(loss(&exchange), &Loss::ClosedBeforeAnswer);
    let exchange = client.send(Request::new("GET", "/"), Mode::FreshConnection).await;
    assert_eq!(loss(&exchange), &Loss::Refused);
    let exchange = client.send(Request::new("GET", "/"), Mode::Whole).await;
    assert_eq!(loss(&exchange), &Loss::Refused, "the idle connection is gone as well");
}

/// Answers with the bytes that the request carries.
fn mirror() -> &'static Running {
    static MIRROR: OnceLock<Running> = OnceLock::new();
    MIRROR.get_or_init(|| spawn_in_thread(|request, _| Reply::from(ReplyKind::Raw(request.body))).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_end_in_an_answer_or_a_loss(
        start in prop_oneof![
            Just(&b""[..]),
            Just(&b"HTTP/1.1 200 OK\r\n"[..]),
            Just(&b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"[..]),
        ],
        rest in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut request = Request::new("POST", "/");
        request.body = [start, &rest].concat();
        let bytes = request.body.clone();
        let exchange = runtime.block_on(client(mirror().base()).send(request, Mode::Whole));
        prop_assert!(!matches!(exchange.answer, Err(Loss::TimeOut { .. })), "{:?}", exchange.answer);
        prop_assert!(bytes.starts_with(&exchange.raw.received));
    }
}
