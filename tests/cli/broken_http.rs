//! Answers that are no HTTP, or too much of it: named in a finding, never a hang, a panic or memory without bounds.

use std::time::{Duration, Instant};

use rstest::rstest;
use storeproof::wire::{Reply, ReplyKind, Response};

use crate::support::{Folder, LONG, Ran, SHORT, honestly, reference, response, vendor};

/// Address space of a run, in KiB: threads and their stacks take much of it; a body of 100 MB kept once would not fit.
const MEMORY: u64 = 400 * 1024;

/// Runs the life of a customer against a vendor that answers the status call so.
fn run(kind: impl Fn() -> ReplyKind + Send + 'static) -> Ran {
    let vendor = vendor(reference(&[]), move |vendor, request| {
        if request.target.starts_with("/status/") { kind().into() } else { honestly(vendor, &request) }
    });
    play(vendor.base())
}

fn play(vendor: &str) -> Ran {
    let begin = Instant::now();
    let folder = Folder::new();
    let words = format!("run {LONG} --vendor {vendor} --timeout 2s -v --report human --report json=report.json");
    let ran = folder.storeproof(words.split(' ')).env("MALLOC_ARENA_MAX", "2").at_most(MEMORY).ran();
    assert!(begin.elapsed() < Duration::from_secs(60), "it ends in time");
    let report = folder.text("report.json");
    assert!(report.len() < 4 * 1024 * 1024, "the report of a huge answer is {} bytes", report.len());
    ran
}

/// What a vendor may write, and what is said of it.
#[rstest]
#[case::closes("", "the connection was closed before an answer came")]
#[case::in_the_head("HTTP/1.1 200 OK\r\nContent-Ty", "the connection was closed inside the header fields")]
#[case::short(
    "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}",
    "the connection was closed inside the answer: 2 of 50 bytes of the body"
)]
#[case::long(
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}",
    "the answer is not valid HTTP: more bytes follow the end of the answer"
)]
#[case::two_lengths(
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "the answer is not valid HTTP: two values of Content-Length"
)]
#[case::length_twice(
    "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}",
    "the answer is not valid HTTP: two values of Content-Length"
)]
#[case::negative(
    "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
    "the answer is not valid HTTP: Content-Length is not a number of bytes: -2"
)]
#[case::huge_number(
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n{}",
    "the answer is not valid HTTP: Content-Length is not a number of bytes: 9"
)]
#[case::length_and_coding(
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "the answer is not valid HTTP: both Content-Length and Transfer-Encoding"
)]
#[case::bad_chunk(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "the answer is not valid HTTP: a chunk's size"
)]
#[case::short_chunk(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
    "the connection was closed inside the answer: 2 of more bytes of the body"
)]
#[case::huge_chunk(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
    "the answer is not valid HTTP: a chunk's size"
)]
#[case::no_last_chunk(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "the connection was closed inside the answer: 2 of more bytes of the body"
)]
#[case::unknown_coding(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\n{}",
    "the answer is not valid HTTP: the transfer coding rot13 was not asked for"
)]
#[case::garbage("what is this?\r\n\r\n", "the answer is not valid HTTP: an answer begins with HTTP/1")]
#[case::other_protocol("SSH-2.0-OpenSSH_9.9\r\n", "the answer is not valid HTTP: an answer begins with HTTP/1")]
#[case::zeroes("\0\0\0\0\0\0\0\0\0\0\0\0", "the answer is not valid HTTP: an answer begins with HTTP/1")]
#[case::other_version("HTTP/2 200 OK\r\n\r\n", "the answer is not valid HTTP: an answer begins with HTTP/1")]
#[case::no_status("HTTP/1.1 OK\r\n\r\n", "the answer is not valid HTTP: the status is not three digits")]
#[case::bad_field(
    "HTTP/1.1 200 OK\r\nbad field\r\n\r\n{}",
    "the answer is not valid HTTP: this line is no header field"
)]
#[case::folded(
    "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\n{}",
    "the answer is not valid HTTP: a header field goes on in the next line"
)]
#[case::continues_only("HTTP/1.1 100 Continue\r\n\r\n", "the connection was closed before an answer came")]
fn what_is_no_http_is_named(#[case] bytes: &'static str, #[case] says: &str) {
    let ran = run(|| ReplyKind::Raw(bytes.into())).ends(1).says("must  HTTP-ANSWER");
    let flat = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = format!("problem no whole answer: {says}");
    assert!(flat.contains(&said), "{said:?} is not in {ran}");
    assert!(flat.contains("step wait-until-installed"), "the step is named: {ran}");
}

/// The reference vendor's own faults of this kind, as a user tries them. One that hangs is in `options`.
#[rstest]
#[case("status-closes")]
#[case("status-short-body")]
#[case("status-long-body")]
#[case("status-bad-chunk")]
#[case("status-garbage")]
#[case("status-two-lengths")]
#[case("status-endless-headers")]
#[case("status-huge-body")]
fn faults_of_the_reference_vendor_are_named(#[case] fault: &str) {
    let folder = Folder::new();
    folder.run(&format!("run {LONG} --vendor reference:{fault} --timeout 2s")).ends(1).says("must  HTTP-ANSWER");
}

#[rstest]
#[case::fields("HTTP/1.1 200 OK\r\n", "X-Field: value\r\n", "the header fields exceed 65536 bytes")]
#[case::one_field("HTTP/1.1 200 OK\r\nX-Field: ", "value", "the header fields exceed 65536 bytes")]
#[case::interim("", "HTTP/1.1 100 Continue\r\n\r\n", "the header fields exceed 65536 bytes")]
#[case::body("HTTP/1.1 200 OK\r\n\r\n", "0123456789abcdef0123456789abcdef", "the body exceeds 10485760 bytes")]
#[case::chunks(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "20\r\n0123456789abcdef0123456789abcdef\r\n",
    "the body exceeds 10485760 bytes"
)]
#[case::announced(
    "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n",
    "0123456789abcdef",
    "the body exceeds 10485760 bytes"
)]
fn what_has_no_end_is_cut_off(#[case] head: &'static str, #[case] chunk: &'static str, #[case] says: &str) {
    let endless =
        || ReplyKind::Endless { head: head.into(), chunk: chunk.repeat(2_000).into(), limit: 100 * 1024 * 1024 };
    run(endless).ends(1).says("must  HTTP-ANSWER").says(says);
}

/// One byte now and then is no answer in time.
#[rstest]
#[case::head("HTTP/1.1 200 OK\r\nX-Field: ")]
#[case::body("HTTP/1.1 200 OK\r\n\r\n")]
fn a_drip_ends_at_the_time_limit(#[case] head: &'static str) {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut received = [0; 4096];
            let _ = stream.read(&mut received);
            let _ = stream.write_all(head.as_bytes());
            // Reading with a limit is the pause between two bytes, far below the client's.
            stream.set_read_timeout(Some(Duration::from_millis(5))).expect("a limit");
            while stream.write_all(b"x").is_ok() {
                let _ = stream.read(&mut received);
            }
        }
    });
    let begin = Instant::now();
    let ran = Folder::new().run(&format!("run {SHORT} --vendor {base} --timeout 400ms")).ends(1);
    ran.says("no complete answer within 400ms");
    assert!(begin.elapsed() < Duration::from_secs(20));
}

/// Ways of writing an honest answer that are old or rare, and right.
#[rstest]
#[case::of_1_0("HTTP/1.0 200 OK\r\nContent-Type: {type}\r\n{fields}\r\n{body}")]
#[case::until_the_end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: {type}\r\n{fields}\r\n{body}")]
#[case::after_continue(
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: {type}\r\n{fields}Content-Length: {length}\r\n\r\n{body}"
)]
#[case::in_chunks(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: {type}\r\n{fields}\r\n{chunk}\r\n{body}\r\n0\r\n\r\n"
)]
#[case::chunks_with_trailer(
    "HTTP/1.1 200 OK\r\ntransfer-encoding:chunked\r\ncontent-type:{type}\r\n{fields}\r\n{chunk};a=b\r\n{body}\r\n0\r\nX: y\r\n\r\n"
)]
#[case::same_length_twice(
    "HTTP/1.1 200 \r\nContent-Length: {length}\r\nContent-Length: {length}\r\nContent-Type: {type}\r\n{fields}\r\n{body}"
)]
fn old_and_rare_answers_are_right(#[case] template: &'static str) {
    let vendor = vendor(reference(&[]), move |vendor, request| {
        let reply = honestly(vendor, &request);
        match reply.kind {
            ReplyKind::Response(response) if request.target.starts_with("/status/") && response.status == 200 => {
                Reply::from(ReplyKind::Raw(written(template, &response)))
            }
            kind => kind.into(),
        }
    });
    play(vendor.base()).ends(0);
}

fn written(template: &str, response: &Response) -> Vec<u8> {
    let body = String::from_utf8(response.body.clone()).expect("text");
    let filled = template
        .replace("{type}", &response.headers.text("content-type").expect("a type"))
        .replace("{fields}", "X-Rare: yes\r\n")
        .replace("{length}", &body.len().to_string())
        .replace("{chunk}", &format!("{:x}", body.len()))
        .replace("{body}", &body);
    filled.into_bytes()
}

/// Compressed although nobody asked for it (RFC 9110, 12.5.3): the store reads JSON and gets something else.
#[test]
fn a_compressed_answer_that_nobody_asked_for_is_named() {
    // `{}` as gzip.
    let gzip: Vec<u8> = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0, 0x43, 0xbf, 0xa6, 0xa3, 2, 0, 0, 0];
    let headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")];
    let ran = run(move || ReplyKind::Response(response(200, &headers, gzip.clone()))).ends(1);
    ran.says("must  KT-HTTP-JSON").says("the body is compressed");
}
