//! What goes out, what comes back whole, and how connections are used again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use storeproof::transport::{Mode, spawn_in_thread};
use storeproof::wire::{Headers, Loss, Request};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{RawVendor, client, client_with, limits, loss, response};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn the_request_goes_out_byte_for_byte() {
    let vendor = RawVendor::new(|_, visitor| {
        visitor.request();
        visitor.say(OK);
    });
    let mut request = Request::new("POST", "/orders?x=%20");
    request.headers =
        Headers::from_iter([("x-Second", "1"), ("X-FIRST", "이름"), ("x-second", "2"), ("Content-type", "a/b")]);
    request.headers.push("x-bytes", b"\xff\xfe".to_vec());
    request.body = b"{\"a\": 1}".to_vec();
    let exchange = client(&format!("{}/base/", vendor.base)).send(request, Mode::Whole).await;

    let expected = format!(
        "POST /base/orders?x=%20 HTTP/1.1\r\nHost: {}\r\nx-Second: 1\r\nX-FIRST: 이름\r\nx-second: 2\r\n\
         Content-type: a/b\r\nx-bytes: \u{fffd}\u{fffd}\r\nUser-Agent: storeproof/{}\r\nAccept: */*\r\n\
         Content-Length: 8\r\n\r\n{{\"a\": 1}}",
        vendor.address,
        env!("CARGO_PKG_VERSION"),
    );
    assert_eq!(vendor.seen(), [expected.as_str()]);
    assert_eq!(String::from_utf8_lossy(&exchange.raw.sent), expected);
    assert!(exchange.raw.sent.windows(2).any(|pair| pair == b"\xff\xfe"));
    assert_eq!(exchange.request.target, "/base/orders?x=%20");
    assert_eq!(exchange.request.headers.text("host"), Some(vendor.address.to_string()));
}

#[tokio::test]
async fn the_answer_comes_back_byte_for_byte() {
    let answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Angelegt hier\r\nx-B:  1 \r\nX-a: 2\r\nx-b: 3\r\n\
                  transfer-ENCODING: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nTrailer: x\r\n\r\n";
    let vendor = RawVendor::new(move |_, visitor| {
        visitor.request();
        visitor.say(answer);
    });
    let exchange = client(&vendor.base).send(Request::new("GET", "/"), Mode::Whole).await;
    let response = exchange.response().unwrap();
    let fields: Vec<_> = response.headers.iter().map(|field| (field.name.as_str(), field.text())).collect();
    let expected = [("x-B", "1"), ("X-a", "2"), ("x-b", "3"), ("transfer-ENCODING", "chunked")];
    assert_eq!(fields, expected.map(|(name, value)| (name, value.to_owned())));
    assert_eq!((response.status, response.reason.as_str()), (201, "Angelegt hier"));
    assert_eq!(response.body, b"abcde");
    assert_eq!(exchange.raw.received, answer.as_bytes());
    assert_eq!(exchange.raw.received_total, answer.len() as u64);
    assert!(exchange.peer.loopback && exchange.peer.tls.is_none() && !exchange.peer.reused);
    assert_eq!(exchange.peer.base, vendor.base);
    let first = exchange.timing.first_byte.unwrap();
    assert!(exchange.timing.connected <= first && first <= exchange.timing.total);
}

#[tokio::test]
async fn answers_of_old_servers_and_answers_without_a_body_are_taken() {
    for (method, answer, body) in [
        ("GET", "HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end"),
        ("GET", "HTTP/1.1 200 OK\r\n\r\n", ""),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n", ""),
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", ""),
        ("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", ""),
    ] {
        let vendor = RawVendor::new(move |_, visitor| {
            visitor.request();
            visitor.say(answer);
        });
        let exchange = client(&vendor.base).send(Request::new(method, "/"), Mode::Whole).await;
        assert_eq!(exchange.response().unwrap().body, body.as_bytes(), "{answer}");
    }
}

#[tokio::test]
async fn one_connection_carries_many_exchanges() {
    let vendor = RawVendor::new(|_, visitor| {
        while visitor.request().is_some() {
            visitor.say(OK);
        }
    });
    let client = client(&vendor.base);
    for number in 0..5 {
        let exchange = client.send(Request::new("GET", format!("/{number}")), Mode::Whole).await;
        assert_eq!(exchange.response().unwrap().body, b"ok");
        assert_eq!(exchange.peer.reused, number > 0);
        assert_eq!(exchange.timing.connected == Duration::ZERO, number > 0);
        assert_eq!(exchange.raw.received, OK.as_bytes(), "only this exchange's bytes");
    }
}

#[tokio::test]
async fn a_connection_is_left_when_either_side_says_so() {
    let vendor = RawVendor::new(|number, visitor| {
        while visitor.request().is_some() {
            visitor.say(match number {
                0 => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nconnection: Close\r\n\r\n",
                _ => OK,
            });
        }
    });
    let client = client(&vendor.base);
    let mut closing = Request::new("GET", "/");
    closing.headers.push("Connection", "close");
    let mut reused = Vec::new();
    for (request, mode) in [
        (Request::new("GET", "/"), Mode::Whole),
        (closing, Mode::Whole),
        (Request::new("GET", "/"), Mode::Whole),
        (Request::new("GET", "/"), Mode::Whole),
    ] {
        let exchange = client.send(request, mode).await;
        assert!(exchange.response().is_some());
        reused.push(exchange.peer.reused);
    }
    assert_eq!(reused, [false, false, false, true]);
}

#[tokio::test]
async fn a_fresh_connection_is_made_on_demand() {
    let vendor = spawn_in_thread(|_, peer| response(200, &[], &peer.to_string()).into()).unwrap();
    let client = client(vendor.base());
    let mut peers = Vec::new();
    for mode in [Mode::Whole, Mode::FreshConnection, Mode::Whole] {
        let exchange = client.send(Request::new("GET", "/"), mode).await;
        peers.push(exchange.response().unwrap().body.clone());
    }
    assert_ne!(peers[0], peers[1]);
    assert_eq!(peers[1], peers[2], "the youngest idle connection is used again");
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_is_replaced() {
    let vendor = RawVendor::new(|_, visitor| {
        visitor.request();
        visitor.say(OK);
        // The second request is read and dropped, as if the connection had been closed before it came.
        visitor.request();
    });
    let client = client(&vendor.base);
    for number in 0..3 {
        let exchange = client.send(Request::new("GET", format!("/{number}")), Mode::Whole).await;
        assert!(exchange.response().is_some(), "{:?}", exchange.answer);
        assert!(!exchange.peer.reused);
    }
    let targets: Vec<_> = vendor.seen().iter().map(|text| text.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(targets, ["/0", "/1", "/1", "/2", "/2"]);
}

#[tokio::test]
async fn what_comes_on_an_idle_connection_is_nobodys_answer() {
    let (answered, wait_for_answer) = std::sync::mpsc::channel();
    let (said, wait_for_word) = std::sync::mpsc::channel();
    let vendor = RawVendor::new(move |_, visitor| {
        visitor.request();
        visitor.say(OK);
        wait_for_answer.recv().unwrap();
        visitor.say("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
        said.send(()).unwrap();
        visitor.request();
    });
    let client = client(&vendor.base);
    for number in 0..3 {
        let exchange = client.send(Request::new("GET", format!("/{number}")), Mode::Whole).await;
        assert_eq!(exchange.response().unwrap().status, 200);
        answered.send(()).unwrap();
        wait_for_word.recv().unwrap();
        // The runtime looks at its sockets every few dozen turns.
        for _ in 0..300 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(vendor.seen().len(), 3, "no request was sent on a connection that had spoken unasked");
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_once_and_only_on_a_used_connection() {
    let vendor = RawVendor::new(|number, visitor| {
        visitor.request();
        if number == 0 {
            visitor.say(OK);
            visitor.request();
        }
    });
    let client = client(&vendor.base);
    assert!(client.send(Request::new("GET", "/0"), Mode::Whole).await.response().is_some());
    for target in ["/1", "/2"] {
        let exchange = client.send(Request::new("GET", target), Mode::Whole).await;
        assert_eq!(loss(&exchange), &Loss::ClosedBeforeAnswer);
        assert!(!exchange.peer.reused);
        assert_eq!(exchange.peer.resent, target == "/1");
    }
    assert_eq!(vendor.seen().len(), 4, "/0, /1 twice, /2 once");
}

#[tokio::test]
async fn part_of_an_answer_on_a_used_connection_is_a_loss() {
    let vendor = RawVendor::new(|_, visitor| {
        visitor.request();
        visitor.say(OK);
        visitor.request();
        visitor.say("HTTP");
    });
    let client = client(&vendor.base);
    assert!(client.send(Request::new("GET", "/"), Mode::Whole).await.response().is_some());
    let exchange = client.send(Request::new("GET", "/"), Mode::Whole).await;
    assert_eq!(loss(&exchange), &Loss::ClosedInHead);
    assert!(exchange.peer.reused);
    assert_eq!(exchange.raw.received, b"HTTP");
}

#[tokio::test]
async fn hanging_up_waits_for_the_vendor_and_keeps_nothing() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let vendor = spawn_in_thread(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        response(200, &[], "done").into()
    })
    .unwrap();
    let client = client(vendor.base());
    for expected in 1..=3 {
        let exchange = client.send(Request::new("POST", "/"), Mode::HangUpAfterSending).await;
        assert_eq!(loss(&exchange), &Loss::HungUp);
        assert_eq!(calls.load(Ordering::SeqCst), expected, "the vendor has done its work");
        assert!(exchange.raw.received.is_empty() && !exchange.raw.sent.is_empty() && !exchange.peer.reused);
    }
}

#[tokio::test]
async fn an_answer_that_the_vendor_loses_is_not_dropped_on_purpose() {
    let vendor = RawVendor::new(|_, visitor| {
        visitor.request();
    });
    let exchange = client(&vendor.base).send(Request::new("POST", "/"), Mode::HangUpAfterSending).await;
    assert_eq!(loss(&exchange), &Loss::ClosedBeforeAnswer);
}

#[tokio::test]
async fn fifty_requests_at_once_get_their_own_answers() {
    let vendor = spawn_in_thread(|request, _| response(200, &[], &request.target).into()).unwrap();
    let client = Arc::new(client(vendor.base()));
    for _ in 0..2 {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..50 {
            let client = Arc::clone(&client);
            tasks.spawn(async move {
                let target = format!("/{number}");
                let exchange = client.send(Request::new("GET", target.clone()), Mode::Whole).await;
                assert_eq!(exchange.response().unwrap().body, target.as_bytes());
            });
        }
        while let Some(task) = tasks.join_next().await {
            task.unwrap();
        }
    }
}

#[tokio::test]
async fn a_large_body_is_sent_and_echoed() {
    let vendor = spawn_in_thread(|request, _| {
        let mut answer = response(200, &[], "");
        answer.body = request.body;
        answer.into()
    })
    .unwrap();
    let mut request = Request::new("PUT", "/");
    request.body = (0..1_000_000_u32).map(|number| number as u8).collect();
    let exchange = client(vendor.base()).send(request.clone(), Mode::Whole).await;
    assert_eq!(exchange.response().unwrap().body, request.body);
    assert!(exchange.raw.sent.ends_with(&request.body));
}

#[tokio::test]
async fn an_answer_before_the_request_is_read_is_taken() {
    let vendor = RawVendor::new(|_, visitor| {
        visitor.say("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        // Reading on keeps the connection from being reset before the answer is read.
        visitor.request();
    });
    let mut request = Request::new("POST", "/");
    request.body = vec![b'a'; 300_000];
    let exchange = client(&vendor.base).send(request, Mode::Whole).await;
    assert_eq!(exchange.response().unwrap().status, 413);
}

#[tokio::test]
async fn a_vendor_on_another_http_library_is_understood() {
    let vendor = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/orders"))
        .and(header("x-token", "t"))
        .respond_with(ResponseTemplate::new(201).insert_header("Location", "/orders/1").set_body_string("made"))
        .mount(&vendor)
        .await;
    let mut request = Request::new("POST", "/orders");
    request.headers.push("X-Token", "t");
    request.body = b"{}".to_vec();
    let exchange = client(&vendor.uri()).send(request, Mode::Whole).await;
    let response = exchange.response().unwrap();
    assert_eq!((response.status, response.body.as_slice()), (201, &b"made"[..]));
    assert_eq!(response.headers.text("location").as_deref(), Some("/orders/1"));
}

#[tokio::test]
async fn only_the_beginning_of_a_long_answer_is_kept_as_bytes() {
    let vendor = spawn_in_thread(|_, _| response(200, &[], &"x".repeat(50_000)).into()).unwrap();
    let limits = storeproof::transport::Limits { kept_bytes: 1000, ..limits() };
    let exchange = client_with(vendor.base(), limits).send(Request::new("GET", "/"), Mode::Whole).await;
    assert_eq!(exchange.response().unwrap().body.len(), 50_000);
    assert_eq!(exchange.raw.received.len(), 1000);
    assert!(exchange.raw.received_total > 50_000);
}

#[tokio::test]
async fn a_small_exchange_takes_no_rest() {
    let vendor = spawn_in_thread(|_, _| response(200, &[], "ok").into()).unwrap();
    let client = client(vendor.base());
    let begin = Instant::now();
    for _ in 0..200 {
        let exchange = client.send(Request::new("POST", "/"), Mode::Whole).await;
        assert!(exchange.response().is_some());
    }
    // A delayed acknowledgement costs 40 ms an exchange, so 200 of them would take 8 s.
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
}
