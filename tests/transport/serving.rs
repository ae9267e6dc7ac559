//! The server as a plain socket sees it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rstest::rstest;
use storeproof::transport::{Ended, Exposure, Running, Server, ServerLimits, spawn_in_thread};
use storeproof::wire::{Reply, ReplyKind, Request};

use crate::support::response;

fn connect(server: &Running) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Sends bytes and reads until the server closes; `Date` is cut out.
fn talk(server: &Running, bytes: impl AsRef<[u8]>) -> String {
    let mut stream = connect(server);
    stream.write_all(bytes.as_ref()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    undated(&String::from_utf8_lossy(&answer))
}

fn undated(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.starts_with("Date: ")).collect()
}

/// A server that gives the same reply to everything.
fn replying(reply: impl Into<Reply>) -> Running {
    let reply = reply.into();
    spawn_in_thread(move |_, _| reply.clone()).unwrap()
}

fn limited(limits: ServerLimits) -> Running {
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), Exposure::Loopback).unwrap();
    server.with_limits(limits).spawn_in_thread(|_, _| response(200, &[], "ok").into()).unwrap()
}

#[test]
fn the_handler_sees_the_request_as_it_was_sent() {
    let seen = Arc::<Mutex<Option<Request>>>::default();
    let copy = Arc::clone(&seen);
    let server = spawn_in_thread(move |request, peer| {
        assert!(peer.ip().is_loopback());
        *copy.lock().unwrap() = Some(request);
        response(200, &[], "").into()
    })
    .unwrap();
    talk(
        &server,
        "\r\nPATCH /a%20b?c HTTP/1.1\r\nhOST: x\r\nX-b:  1\r\nx-A: 한\r\nx-B: 2\r\ntransfer-encoding: chunked\r\n\
         connection: close\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
    );
    let request = seen.lock().unwrap().take().unwrap();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("PATCH", "/a%20b?c"));
    let fields: Vec<_> = request.headers.iter().map(|field| format!("{field:?}")).collect();
    let expected = ["hOST: x", "X-b: 1", "x-A: 한", "x-B: 2", "transfer-encoding: chunked", "connection: close"];
    assert_eq!(fields, expected);
    assert_eq!(request.body, b"abc");
}

#[test]
fn fields_are_written_as_given() {
    let server = replying(response(201, &[("lOCATION", "/x"), ("X-b", "1"), ("x-A", "2"), ("x-B", "3")], "made"));
    assert_eq!(
        talk(&server, "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
        "HTTP/1.1 201 Created\r\nlOCATION: /x\r\nX-b: 1\r\nx-A: 2\r\nx-B: 3\r\nContent-Length: 4\r\n\
         Connection: close\r\n\r\nmade"
    );
}

#[test]
fn requests_that_come_together_are_answered_in_order() {
    let server = spawn_in_thread(|request, _| response(200, &[], &request.target).into()).unwrap();
    let answers = talk(
        &server,
        "GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcHEAD /3 HTTP/1.1\r\n\r\nGET /4 HTTP/1.0\r\n\r\n",
    );
    assert_eq!(
        answers,
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/1HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/2\
         HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/4"
    );
}

#[rstest]
#[case::raw(ReplyKind::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc".to_vec()), "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc")]
#[case::garbage(ReplyKind::Raw(b"\x00garbage".to_vec()), "\0garbage")]
#[case::close(ReplyKind::Close, "")]
#[case::die(ReplyKind::Die, "")]
#[case::endless(ReplyKind::Endless { head: b"abc".to_vec(), chunk: b"xy".to_vec(), limit: 8 }, "abcxyxyx")]
#[case::endlessly_nothing(ReplyKind::Endless { head: b"abc".to_vec(), chunk: Vec::new(), limit: 8 }, "abc")]
fn broken_replies_are_exactly_those_bytes(#[case] kind: ReplyKind, #[case] bytes: &str) {
    assert_eq!(talk(&replying(kind), "GET / HTTP/1.1\r\n\r\n"), bytes);
}

#[rstest]
#[case::header("HTTP/1.1 GET /\r\n\r\n", "400 Bad Request")]
#[case::garbage("\0\0\r\n\r\n", "400 Bad Request")]
#[case::folded("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "400 Bad Request")]
#[case::smuggled(
    "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "400 Bad Request"
)]
#[case::chunk("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "400 Bad Request")]
#[case::large("POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n", "413 Payload Too Large")]
#[case::large_chunk("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n", "413 Payload Too Large")]
fn bad_requests_are_refused(#[case] request: &str, #[case] status: &str) {
    let server = replying(response(200, &[], "ok"));
    let mut stream = connect(&server);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    // The server waits for our end before it closes, so that nothing is lost; it has said everything by then.
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{answer}");
    assert!(answer.contains("Connection: close\r\n"), "{answer}");
}

#[test]
fn a_body_over_the_limit_is_refused_in_a_way_that_its_sender_can_read() {
    let server = replying(response(200, &[], "ok"));
    let mut request = b"POST / HTTP/1.1\r\nContent-Length: 4000000\r\n\r\n".to_vec();
    request.resize(request.len() + 4_000_000, b'x');
    let answer = talk(&server, request);
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.ends_with("the body exceeds 1048576 bytes\n"), "{answer}");
}

#[test]
fn endless_header_fields_are_refused() {
    let server = replying(response(200, &[], "ok"));
    let request = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(20_000));
    assert!(talk(&server, request).starts_with("HTTP/1.1 431 "));
}

#[test]
fn whoever_asks_before_sending_a_body_is_told_to_go_on() {
    let server = spawn_in_thread(|request, _| response(200, &[], &request.body.len().to_string()).into()).unwrap();
    let mut stream = connect(&server);
    stream
        .write_all(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
        .unwrap();
    let expected = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut interim = vec![0; expected.len()];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(interim, expected);
    stream.write_all(b"abc").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\n3"), "{answer}");
}

#[test]
fn slow_requests_and_silent_connections_are_ended() {
    let server = limited(ServerLimits { request: Duration::from_millis(100), ..ServerLimits::default() });
    for (request, expected) in
        [("GET / HTTP/1.1\r\nA: ", "HTTP/1.1 408 "), ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na", "HTTP/1.1 408 ")]
    {
        let answer = talk(&server, request);
        assert!(answer.starts_with(expected), "{answer}");
    }
    let server = limited(ServerLimits { idle: Duration::from_millis(100), ..ServerLimits::default() });
    assert_eq!(talk(&server, ""), "");
}

#[test]
fn more_connections_than_the_limit_wait_their_turn() {
    let server = limited(ServerLimits { connections: 1, ..ServerLimits::default() });
    let first = connect(&server);
    let mut second = connect(&server);
    second.write_all(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").unwrap();
    second.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert!(second.read(&mut [0; 1]).is_err(), "answered although the first connection is open");
    second.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    drop(first);
    let mut answer = String::new();
    second.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("ok"), "{answer}");
}

#[test]
fn a_reply_can_be_late() {
    let after = Duration::from_millis(60);
    let server = replying(Reply { after, kind: ReplyKind::Response(response(200, &[], "late")) });
    let begin = Instant::now();
    assert!(talk(&server, "GET / HTTP/1.0\r\n\r\n").ends_with("late"));
    assert!(begin.elapsed() >= after);
}

#[test]
fn stopping_ends_idle_hanging_and_late_conversations() {
    let server = spawn_in_thread(|request, _| match request.path() {
        "/hang" => ReplyKind::Hang.into(),
        "/late" => Reply { after: Duration::from_secs(600), kind: ReplyKind::Close },
        _ => response(200, &[], "").into(),
    })
    .unwrap();
    let mut streams = Vec::new();
    for target in ["/", "/hang", "/late"] {
        let mut stream = connect(&server);
        stream.write_all(format!("GET {target} HTTP/1.1\r\n\r\n").as_bytes()).unwrap();
        streams.push(stream);
    }
    // The first answer has come, so its connection is idle now.
    let mut head = [0; 15];
    streams[0].read_exact(&mut head).unwrap();
    let address = server.address();
    drop(server);
    for mut stream in streams {
        // Ended or reset, but not open: otherwise reading would wait until the time-out of the socket.
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest);
        assert!(!matches!(&ended, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock), "{ended:?}");
    }
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn serving_says_why_it_ended() {
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), Exposure::Loopback).unwrap();
    let stop = server.stop();
    stop.stop();
    stop.stop();
    assert_eq!(server.serve(|_, _| ReplyKind::Close.into()).await.unwrap(), Ended::Stopped);

    let server = Server::bind("127.0.0.1:0".parse().unwrap(), Exposure::Loopback).unwrap();
    let address = server.address();
    let serving = tokio::spawn(server.serve(|_, _| ReplyKind::Die.into()));
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
        assert!(TcpStream::connect(address).is_err(), "nobody listens once the connection has ended");
    })
    .await
    .unwrap();
    assert_eq!(serving.await.unwrap().unwrap(), Ended::Died);
}

#[test]
fn a_dead_server_knows_it() {
    let server = replying(ReplyKind::Die);
    assert!(server.is_alive());
    assert_eq!(talk(&server, "GET / HTTP/1.1\r\n\r\n"), "");
    let begin = Instant::now();
    while server.is_alive() && begin.elapsed() < Duration::from_secs(5) {
        std::thread::yield_now();
    }
    assert!(!server.is_alive());
}

#[test]
fn what_a_handler_returns_cannot_split_the_answer() {
    let server = replying(response(200, &[("X-Name", "a\r\nSet-Cookie: b\r\n\r\nc"), ("bad name", "d")], ""));
    let answer = talk(&server, "GET / HTTP/1.0\r\n\r\n");
    assert!(answer.contains("\r\nX-Name: a  Set-Cookie: b    c\r\nbad_name: d\r\n"), "{answer}");
}
