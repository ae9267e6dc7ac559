//! The load: so many requests over so many connections, each sent when the one before is answered.
//!
//! Requests are signed before the first is sent, and written as bytes; of the answers only as much is read as shows that
//! they are whole and as long as they must be. So this costs a fraction of what any server does, and the servers stay
//! what is measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::hmac;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Outcome;

/// The key with which the store can be tried without any configuration.
pub(crate) const ACCESS_KEY: &str = "SCPDEMO";
pub(crate) const SECRET_KEY: &str = "storeproof-scp-test-secret-01";

/// What is asked for, in turn.
pub(crate) const TARGETS: &[&str] = &[
    "/v1/products",
    "/v1/products?page=2&limit=20",
    "/v1/products?product_category_id=COMPUTE&product_category_id=STORAGE&sort=display_name%3Adesc",
    "/v1/products/VPC",
    "/v1/product-categories?is_exposed_menu=true&created_start_date=2024-01-01T00:00:00",
    "/v1/product-categories/NETWORKING",
];

/// The bytes of a signed request.
pub(crate) fn signed(authority: &str, target: &str, secret: &str, time: Timestamp) -> Vec<u8> {
    let timestamp = time.as_millisecond();
    let message = format!("GEThttp://{authority}{target}{timestamp}{ACCESS_KEY}Openapi");
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signature = STANDARD.encode(hmac::sign(&key, message.as_bytes()));
    format!(
        "GET {target} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: load/1\r\nAccept: application/json\r\n\
         Accept-Language: en-US\r\nScp-Accesskey: {ACCESS_KEY}\r\nScp-Signature: {signature}\r\n\
         Scp-Timestamp: {timestamp}\r\nScp-ClientType: Openapi\r\n\r\n"
    )
    .into_bytes()
}

/// What a load measured.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

impl Measured {
    /// As `main` wrote it.
    pub(crate) fn read(text: &str) -> Outcome<Self> {
        let numbers: Result<Vec<u64>, _> = text.split_whitespace().map(str::parse).collect();
        let numbers = numbers.map_err(|_| format!("the load said {text:?}"))?;
        let [requests, elapsed, p50, p99] = numbers[..] else { return Err(format!("the load said {text:?}").into()) };
        let [elapsed, p50, p99] = [elapsed, p50, p99].map(Duration::from_nanos);
        // A count of requests is far below what a double tells exactly.
        let requests = u32::try_from(requests)?;
        Ok(Self { per_second: f64::from(requests) / elapsed.as_secs_f64(), p50, p99 })
    }
}

/// `load AUTHORITY REQUESTS CONNECTIONS`: prints requests, time, and the times of half and of 99 in 100 of them, in
/// nanoseconds. Fails at the first answer that is not the right one.
pub(crate) fn main(arguments: &[String]) -> Outcome<()> {
    let [authority, requests, connections] = arguments else {
        return Err("load AUTHORITY REQUESTS CONNECTIONS".into());
    };
    let (requests, connections): (usize, usize) = (requests.parse()?, connections.parse()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut times, elapsed) = runtime.block_on(run(authority, requests, connections))?;
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_nanos();
    println!("{} {} {} {}", times.len(), elapsed.as_nanos(), at(50), at(99));
    Ok(())
}

async fn run(authority: &str, requests: usize, connections: usize) -> Outcome<(Vec<Duration>, Duration)> {
    let now = Timestamp::now();
    let bytes = TARGETS.iter().map(|target| signed(authority, target, SECRET_KEY, now));
    let mut known = Vec::new();
    let mut first = Connection::open(authority).await?;
    for bytes in bytes {
        let (status, body) = first.ask(&bytes).await?;
        if status != 200 || body.len() < 100 {
            return Err(format!("{status}: {}", String::from_utf8_lossy(body)).into());
        }
        let length = body.len();
        known.push((bytes, length));
    }
    let known = Arc::new(known);
    let left = Arc::new(AtomicUsize::new(requests));
    let mut running = tokio::task::JoinSet::new();
    let started = Instant::now();
    for number in 0..connections {
        let (known, left, authority) = (Arc::clone(&known), Arc::clone(&left), authority.to_owned());
        running.spawn(async move {
            let failed = |error: Box<dyn std::error::Error>| error.to_string();
            let mut connection = Connection::open(&authority).await.map_err(failed)?;
            let mut times = Vec::new();
            let mut turn = number;
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                let (bytes, length) = &known[turn % known.len()];
                turn += 1;
                let asked = Instant::now();
                let (status, body) = connection.ask(bytes).await.map_err(failed)?;
                times.push(asked.elapsed());
                if status != 200 || body.len() != *length {
                    return Err(format!("{status}, {} bytes in place of {length}", body.len()));
                }
            }
            Ok(times)
        });
    }
    let mut times = Vec::with_capacity(requests);
    while let Some(done) = running.join_next().await {
        times.extend(done??);
    }
    Ok((times, started.elapsed()))
}

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(authority: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(authority).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request and reads its answer: the status and the body, whose length has to be announced.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Outcome<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut whole = None;
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if whole.is_none() {
                whole = head(&self.buffer)?;
            }
            match whole {
                Some((status, body, length)) if self.buffer.len() >= body + length => {
                    return Ok((status, &self.buffer[body..body + length]));
                }
                _ => {}
            }
        }
    }
}

/// Status, where the body begins and how long it is, once the head is whole.
fn head(bytes: &[u8]) -> Outcome<Option<(u16, usize, usize)>> {
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(body) = response.parse(bytes)? else { return Ok(None) };
    let length = response.headers.iter().find(|field| field.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|field| std::str::from_utf8(field.value).ok()?.parse().ok());
    Ok(Some((response.code.unwrap_or_default(), body, length.ok_or("an answer without a length")?)))
}
