//! One exchange under way. Its state outlives the future that drives it, so that a time-out loses nothing of what came.

use std::io;
use std::time::Instant;

use crate::wire::{Loss, Raw, Request, Response, Timing, Tls};

use super::answer::AnswerReader;
use super::client::Client;
use super::connect::Connection;
use super::message;

/// The state of one exchange.
pub(crate) struct Attempt<'a> {
    client: &'a Client,
    request: &'a Request,
    bytes: Vec<u8>,
    written: usize,
    reader: AnswerReader,
    received: Vec<u8>,
    received_total: u64,
    connection: Option<Connection>,
    tls: Option<Tls>,
    reused: bool,
    resent: bool,
    clock: Instant,
    timing: Timing,
}

/// What an attempt ends with.
pub(crate) struct Done {
    pub(crate) answer: Result<Response, Loss>,
    pub(crate) raw: Raw,
    pub(crate) timing: Timing,
    pub(crate) tls: Option<Tls>,
    pub(crate) reused: bool,
    pub(crate) resent: bool,
    /// The connection, when it can carry another exchange.
    pub(crate) connection: Option<Connection>,
}

impl<'a> Attempt<'a> {
    /// Starts the clock.
    pub(crate) fn new(client: &'a Client, request: &'a Request) -> Self {
        Self {
            client,
            request,
            bytes: message::request_bytes(request),
            written: 0,
            reader: Self::reader(client, request),
            received: Vec::new(),
            received_total: 0,
            connection: None,
            tls: None,
            reused: false,
            resent: false,
            clock: Instant::now(),
            timing: Timing::default(),
        }
    }

    fn reader(client: &Client, request: &Request) -> AnswerReader {
        AnswerReader::new(&request.method, client.limits().head_bytes, client.limits().body_bytes)
    }

    /// Takes the connection that carries the exchange.
    pub(crate) fn continue_on(&mut self, connection: Connection) {
        self.reused = connection.served;
        self.tls.clone_from(&connection.tls);
        if !self.reused {
            self.timing.connected = self.clock.elapsed();
        }
        self.connection = Some(connection);
    }

    /// Forgets a connection on which nothing came back.
    pub(crate) fn start_over(&mut self) {
        self.connection = None;
        self.reused = false;
        self.resent = true;
        self.tls = None;
        self.written = 0;
        self.reader = Self::reader(self.client, self.request);
    }

    /// Whether not one byte has come back.
    pub(crate) fn nothing_received(&self) -> bool {
        self.received_total == 0
    }

    /// Sends the request and reads the answer.
    pub(crate) async fn run(&mut self) -> Result<(), Loss> {
        let wrote = self.write().await;
        loop {
            let Some(connection) = &mut self.connection else { return Err(Loss::ClosedBeforeAnswer) };
            match connection.read().await {
                Ok([]) => return self.reader.closed(),
                Ok(bytes) => {
                    if self.received_total == 0 {
                        self.timing.first_byte = Some(self.clock.elapsed());
                    }
                    self.received_total += bytes.len() as u64;
                    let room = self.client.limits().kept_bytes.saturating_sub(self.received.len());
                    self.received.extend_from_slice(&bytes[..bytes.len().min(room)]);
                    if self.reader.feed(bytes)? {
                        // An answer that came before the request was sent leaves a connection nobody can go on with.
                        if wrote.is_err() {
                            self.connection = None;
                        }
                        return self.reader.surplus().map_or(Ok(()), Err);
                    }
                }
                Err(error) if is_end(&error) => return self.reader.closed(),
                Err(error) => {
                    let host = self.client.endpoint().host().to_string();
                    let trouble = self.client.security().and_then(|security| security.trust.trouble(&error, &host));
                    return match trouble {
                        Some(trouble) => Err(Loss::Tls(trouble)),
                        None => self.reader.closed(),
                    };
                }
            }
        }
    }

    /// Sends the request, waits until the answer begins, and ends the connection without having kept any of it.
    /// Where no answer begins the vendor has lost it, not we, and the loss says so.
    pub(crate) async fn hang_up(&mut self) -> Result<(), Loss> {
        let wrote = self.write().await;
        let Some(connection) = &mut self.connection else { return Err(Loss::ClosedBeforeAnswer) };
        match connection.read().await {
            Ok([_, ..]) if wrote.is_ok() => Err(Loss::HungUp),
            _ => Err(Loss::ClosedBeforeAnswer),
        }
    }

    /// Writes the request in one go. Where that fails the vendor may still have answered, so reading goes on.
    async fn write(&mut self) -> io::Result<()> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        connection.served = true;
        while self.written < self.bytes.len() {
            self.written += match connection.write(&self.bytes[self.written..]).await? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                count => count,
            };
        }
        connection.flush().await
    }

    /// How the exchange was lost when the time limit struck.
    pub(crate) fn late(&mut self) -> Loss {
        let limit = self.client.limits().total;
        match self.connection.take() {
            None => Loss::ConnectTimeOut { limit },
            Some(_) => self.reader.wrong_so_far().unwrap_or(Loss::TimeOut { limit }),
        }
    }

    /// Sums up.
    pub(crate) fn finish(mut self, answer: Result<(), Loss>) -> Done {
        self.timing.total = self.clock.elapsed();
        let keeps = answer.is_ok() && self.reader.keeps_connection() && !super::head::says_close(&self.request.headers);
        self.bytes.truncate(self.written);
        Done {
            // A reader that has said "complete" has an answer.
            answer: answer.and_then(|()| self.reader.into_response().ok_or(Loss::ClosedInHead)),
            raw: Raw { sent: self.bytes, received: self.received, received_total: self.received_total },
            timing: self.timing,
            tls: self.tls,
            reused: self.reused,
            resent: self.resent,
            connection: self.connection.filter(|_| keeps),
        }
    }
}

/// Whether an error only says that the peer is gone.
fn is_end(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof
    )
}
