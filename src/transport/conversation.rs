//! One connection of the server: request, reply, request, reply, until one side has had enough.

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::wire::{Headers, Reply, ReplyKind, Request, Response};

use super::body::{BodyError, BodyReader};
use super::head::{self, RequestHead};
use super::message::{self, AnswerContext};
use super::server::{Handler, Refused, ServerLimits, Signal, Witness};

/// How long and how much we go on reading after a refusal. Closing on unread bytes would reset the connection, and the
/// peer might never see why.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 16 * 1024 * 1024;

/// How much of what was refused is told of, in bytes.
const WITNESSED: usize = 4 * 1024;

/// About how much of an endless answer is written at a time, in bytes.
const BLOCK: usize = 16 * 1024;

/// One connection.
pub(crate) struct Conversation<S> {
    stream: S,
    peer: SocketAddr,
    handler: Handler,
    limits: ServerLimits,
    /// Is told of what is refused.
    witness: Option<Witness>,
    /// What was taken of the request that is being read: its head, where that was understood.
    taken: Vec<u8>,
    /// For dying.
    signal: Arc<watch::Sender<Signal>>,
    /// For noticing the end.
    ended: watch::Receiver<Signal>,
    /// What came and is not yet understood.
    unread: Vec<u8>,
    /// The second and the text of the last `Date`.
    date: (i64, String),
}

/// Whether there will be another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Request,
    Close,
}

/// A whole request and what it means for the connection.
struct Received {
    request: Request,
    next: Next,
}

/// Why no request was received.
enum NoRequest {
    /// The peer has gone, was silent for too long, or the server ends.
    Over,
    /// What came is answered with this status.
    Refused { status: u16, why: String },
}

impl From<io::Error> for NoRequest {
    fn from(_: io::Error) -> Self {
        Self::Over
    }
}

fn refused(status: u16, why: impl Into<String>) -> NoRequest {
    NoRequest::Refused { status, why: why.into() }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<S> {
    pub(crate) fn new(
        stream: S,
        peer: SocketAddr,
        handler: Handler,
        limits: ServerLimits,
        signal: Arc<watch::Sender<Signal>>,
    ) -> Self {
        let ended = signal.subscribe();
        let date = (i64::MIN, String::new());
        let (unread, taken) = (Vec::new(), Vec::new());
        Self { stream, peer, handler, limits, witness: None, taken, signal, ended, unread, date }
    }

    /// The same with somebody who is told of what is refused.
    pub(crate) fn seen_by(self, witness: Option<Witness>) -> Self {
        Self { witness, ..self }
    }

    /// Refuses the first request, as it came without TLS.
    pub(crate) async fn want_tls(mut self) {
        let deadline = Instant::now() + self.limits.request;
        if !matches!(self.receive_head(deadline).await, Err(NoRequest::Over)) {
            self.refuse(400, "this port speaks TLS: use https://").await;
        }
    }

    /// Answers requests until the connection ends.
    pub(crate) async fn hold(mut self) {
        loop {
            match self.receive().await {
                Ok(Received { request, next }) => {
                    let head_only = request.method == "HEAD";
                    let reply = (self.handler)(request, self.peer);
                    match self.reply(reply, head_only, next).await {
                        Ok(Next::Request) => {}
                        Ok(Next::Close) | Err(_) => break,
                    }
                }
                Err(NoRequest::Over) => break,
                Err(NoRequest::Refused { status, why }) => {
                    self.refuse(status, &why).await;
                    return;
                }
            }
        }
        // The peer may be gone already.
        let _ = timeout(LINGER, self.stream.shutdown()).await;
    }

    async fn receive(&mut self) -> Result<Received, NoRequest> {
        // An empty line in front of a request is to be ignored (RFC 9112, 2.2).
        let blanks = self.unread.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.unread.drain(..blanks);
        if self.unread.is_empty() {
            self.read_more(Instant::now() + self.limits.idle).await.map_err(|_| NoRequest::Over)?;
        }
        let deadline = Instant::now() + self.limits.request;
        self.taken.clear();
        let head = self.receive_head(deadline).await?;
        let framing = head::request_framing(&head.headers).map_err(|why| refused(400, why))?;
        let mut body = BodyReader::new(framing, self.limits.body_bytes).map_err(|error| self.body_refused(error))?;
        let expects = head.headers.get("expect").is_some_and(|field| field.value.eq_ignore_ascii_case(b"100-continue"));
        if expects && !body.is_done() && self.unread.is_empty() {
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        loop {
            let used = body.feed(&self.unread).map_err(|error| self.body_refused(error))?;
            self.unread.drain(..used);
            if body.is_done() {
                break;
            }
            self.read_more(deadline).await?;
        }
        let next = if head.minor == 0 || head::says_close(&head.headers) { Next::Close } else { Next::Request };
        let RequestHead { method, target, headers, .. } = head;
        Ok(Received { request: Request { method, target, headers, body: body.into_body(), secrets: Vec::new() }, next })
    }

    async fn receive_head(&mut self, deadline: Instant) -> Result<RequestHead, NoRequest> {
        let mut searched = 0;
        // A TLS handshake (RFC 8446, 5.1) has no lines; its sender would wait for ours.
        if self.unread.first() == Some(&0x16) {
            return Err(refused(400, "this port speaks plain HTTP, not TLS"));
        }
        let end = loop {
            let end = head::end_of_head(&self.unread, searched);
            if end.unwrap_or(self.unread.len()) > self.limits.head_bytes {
                return Err(refused(431, format!("the header fields exceed {} bytes", self.limits.head_bytes)));
            }
            if let Some(end) = end {
                break end;
            }
            searched = self.unread.len();
            self.read_more(deadline).await?;
        };
        let head = head::request(&self.unread[..end])
            .map_err(|problem| refused(400, format!("{} (at byte {})", problem.problem, problem.at)))?
            .ok_or_else(|| refused(400, "the header fields end too early"))?;
        self.taken.extend_from_slice(&self.unread[..end.min(WITNESSED)]);
        self.unread.drain(..end);
        Ok(head)
    }

    fn body_refused(&self, error: BodyError) -> NoRequest {
        match error {
            BodyError::TooLarge => refused(413, format!("the body exceeds {} bytes", self.limits.body_bytes)),
            BodyError::Malformed(problem) => refused(400, problem.problem),
        }
    }

    /// Waits for more bytes.
    async fn read_more(&mut self, deadline: Instant) -> Result<(), NoRequest> {
        self.unread.reserve(8 * 1024);
        let read = self.stream.read_buf(&mut self.unread);
        tokio::select! {
            read = timeout_at(deadline, read) => match read {
                Ok(Ok(1..)) => Ok(()),
                Ok(Ok(0) | Err(_)) => Err(NoRequest::Over),
                Err(_) => Err(refused(408, "the request took too long")),
            },
            _ = Signal::other_than_serve(&mut self.ended) => Err(NoRequest::Over),
        }
    }

    async fn reply(&mut self, reply: Reply, head_only: bool, next: Next) -> io::Result<Next> {
        if !reply.after.is_zero() {
            tokio::select! {
                () = sleep(reply.after) => {}
                _ = Signal::other_than_serve(&mut self.ended) => return Ok(Next::Close),
            }
        }
        match reply.kind {
            ReplyKind::Response(response) => self.respond(&response, head_only, next).await,
            ReplyKind::Raw(bytes) => {
                self.write(&bytes).await?;
                Ok(Next::Close)
            }
            ReplyKind::Endless { head, chunk, limit } => self.write_endlessly(&head, &chunk, limit).await,
            ReplyKind::Close => Ok(Next::Close),
            ReplyKind::Hang => {
                self.discard(usize::MAX).await;
                Ok(Next::Close)
            }
            ReplyKind::Die => {
                self.signal.send_replace(Signal::Die);
                // The server closes its listener first and then drops this connection.
                pending().await
            }
        }
    }

    async fn respond(&mut self, response: &Response, head_only: bool, next: Next) -> io::Result<Next> {
        let wrong_length = !head_only
            && !message::is_chunked(&response.headers)
            && response.headers.text("content-length").is_some_and(|length| length != response.body.len().to_string());
        let stopping = *self.ended.borrow() != Signal::Serve;
        let last = next == Next::Close || stopping || wrong_length || head::says_close(&response.headers);
        let next = if last { Next::Close } else { Next::Request };
        let context = AnswerContext { head_only, close: last, date: date(&mut self.date) };
        let bytes = message::response_bytes(response, context);
        self.write(&bytes).await?;
        Ok(next)
    }

    async fn write_endlessly(&mut self, head: &[u8], chunk: &[u8], limit: u64) -> io::Result<Next> {
        self.write(head).await?;
        // Small chunks are written many at a time.
        let block = chunk.repeat((BLOCK / chunk.len().max(1)).max(1));
        let mut left = if chunk.is_empty() { 0 } else { limit.saturating_sub(head.len() as u64) };
        while left > 0 && *self.ended.borrow() == Signal::Serve {
            let piece = &block[..block.len().min(usize::try_from(left).unwrap_or(usize::MAX))];
            self.write(piece).await?;
            left -= piece.len() as u64;
        }
        Ok(Next::Close)
    }

    /// Writes everything, unless the peer takes too long to read it.
    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let write = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        timeout(self.limits.idle, write).await.unwrap_or_else(|late| Err(late.into()))
    }

    async fn refuse(&mut self, status: u16, why: &str) {
        if let Some(witness) = &self.witness {
            let received = self.taken.iter().chain(&self.unread).take(WITNESSED).copied().collect();
            witness(Refused { received, status, why: why.to_owned() }, self.peer);
        }
        let headers = Headers::from_iter([("Content-Type", "text/plain; charset=utf-8")]);
        let body = format!("{why}\n").into_bytes();
        let response = Response { status, reason: String::new(), headers, body };
        if self.respond(&response, false, Next::Close).await.is_ok() && self.stream.shutdown().await.is_ok() {
            let _ = timeout(LINGER, self.discard(LINGER_BYTES)).await;
        }
    }

    /// Reads until the peer closes, the server ends, or enough was read.
    async fn discard(&mut self, most: usize) {
        let mut buffer = vec![0; 16 * 1024];
        let mut read = 0;
        while read < most {
            tokio::select! {
                count = self.stream.read(&mut buffer) => match count {
                    Ok(0) | Err(_) => return,
                    Ok(count) => read = read.saturating_add(count),
                },
                _ = Signal::other_than_serve(&mut self.ended) => return,
            }
        }
    }
}

/// The time of day as `Date` gives it (RFC 9110, 5.6.7), written once a second.
fn date(last: &mut (i64, String)) -> &str {
    let now = Timestamp::now();
    if last.0 != now.as_second() {
        let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&now);
        *last = (now.as_second(), text.expect("the clock of a computer stays within the years that can be written"));
    }
    &last.1
}
