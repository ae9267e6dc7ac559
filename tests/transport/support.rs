//! What the tests share: a client with small limits, and a vendor made of nothing but a socket.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use storeproof::transport::{Client, Endpoint, Limits, Trust};
use storeproof::wire::{Exchange, Headers, Loss, Response};

/// Limits that no honest exchange in these tests comes near.
pub(crate) fn limits() -> Limits {
    Limits { connect: Duration::from_secs(5), total: Duration::from_secs(20), ..Limits::default() }
}

pub(crate) fn client(base: &str) -> Client {
    client_with(base, limits())
}

pub(crate) fn client_with(base: &str, limits: Limits) -> Client {
    Client::new(Endpoint::parse(base).unwrap(), limits, Trust::System).unwrap()
}

pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    Response {
        status,
        reason: String::new(),
        headers: headers.iter().copied().collect::<Headers>(),
        body: body.as_bytes().to_vec(),
    }
}

pub(crate) fn loss(exchange: &Exchange) -> &Loss {
    exchange.answer.as_ref().expect_err("the answer should have been lost")
}

/// A vendor that does to each connection what the test says, and remembers the requests that it read.
pub(crate) struct RawVendor {
    pub(crate) base: String,
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

/// One connection of a [`RawVendor`].
pub(crate) struct Visitor {
    pub(crate) stream: TcpStream,
    seen: Arc<Mutex<Vec<String>>>,
}

impl RawVendor {
    /// Handles connections one after the other; the number counts from 0.
    pub(crate) fn new(mut handle: impl FnMut(usize, &mut Visitor) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let vendor = Self { base: format!("http://{address}"), address, seen: Arc::clone(&seen) };
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let mut visitor = Visitor { stream: stream.unwrap(), seen: Arc::clone(&seen) };
                handle(number, &mut visitor);
            }
        });
        vendor
    }

    /// The requests so far, as text.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

impl Visitor {
    /// Reads one request; none when the peer closes first.
    pub(crate) fn request(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let text = String::from_utf8_lossy(&bytes);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    self.seen.lock().unwrap().push(text.to_string());
                    return Some(text.into_owned());
                }
            }
            match self.stream.read(&mut buffer) {
                Ok(0) | Err(_) => return None,
                Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            }
        }
    }

    /// Writes bytes; whether the peer still listens does not matter.
    pub(crate) fn say(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref());
    }
}
