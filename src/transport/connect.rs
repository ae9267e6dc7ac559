//! Connections: names, addresses, TCP, TLS.

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use crate::wire::{Loss, Tls, TlsTrouble};

use super::endpoint::Endpoint;
use super::trust::Trust;

/// What TLS needs: settings made once, and the trust behind them for naming failures.
#[derive(Clone)]
pub(crate) struct Security {
    pub(crate) config: Arc<rustls::ClientConfig>,
    pub(crate) trust: Trust,
}

/// An open connection and its read buffer.
pub(crate) struct Connection {
    stream: Stream,
    buffer: Box<[u8]>,
    /// What was agreed, when TLS is spoken.
    pub(crate) tls: Option<Tls>,
    /// Whether an exchange has been carried already.
    pub(crate) served: bool,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Connection {
    /// Connects within the limit.
    pub(crate) async fn open(endpoint: &Endpoint, security: Option<&Security>, limit: Duration) -> Result<Self, Loss> {
        let deadline = Instant::now() + limit;
        let late = |_| Loss::ConnectTimeOut { limit };
        let addresses = timeout_at(deadline, resolve(endpoint)).await.map_err(late)??;
        let tcp = connect(&addresses, deadline, limit).await?;
        // Requests go out in one write each, so nothing is gained by waiting for more. Failing to say so harms nobody.
        let _ = tcp.set_nodelay(true);
        let (stream, tls) = match security {
            None => (Stream::Plain(tcp), None),
            Some(security) => {
                let (stream, tls) = timeout_at(deadline, handshake(endpoint, security, tcp)).await.map_err(late)??;
                (Stream::Tls(Box::new(stream)), Some(tls))
            }
        };
        Ok(Self { stream, buffer: vec![0; 16 * 1024].into_boxed_slice(), tls, served: false })
    }

    /// Writes some of the bytes and says how many.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(stream) => stream.write(bytes).await,
            Stream::Tls(stream) => stream.write(bytes).await,
        }
    }

    /// Sends what TLS still holds back.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(_) => Ok(()),
            Stream::Tls(stream) => stream.flush().await,
        }
    }

    /// Waits for bytes; none means that the peer has ended the connection.
    pub(crate) async fn read(&mut self) -> io::Result<&[u8]> {
        let count = match &mut self.stream {
            Stream::Plain(stream) => stream.read(&mut self.buffer).await?,
            Stream::Tls(stream) => stream.read(&mut self.buffer).await?,
        };
        Ok(&self.buffer[..count])
    }

    /// Whether the connection is silent, as an idle one must be: not ended, and nothing said that was not asked for.
    pub(crate) async fn is_idle(&mut self) -> bool {
        let mut buffer = ReadBuf::new(&mut self.buffer);
        let stream = &mut self.stream;
        poll_fn(|context| {
            let read = match stream {
                Stream::Plain(stream) => Pin::new(stream).poll_read(context, &mut buffer),
                Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, &mut buffer),
            };
            Poll::Ready(read.is_pending())
        })
        .await
    }
}

/// Addresses of the host. The system's resolver blocks and cannot be cancelled, so it gets a thread of its own that
/// neither a time limit nor the end of the runtime has to wait for.
async fn resolve(endpoint: &Endpoint) -> Result<Vec<SocketAddr>, Loss> {
    let port = endpoint.port();
    let host = match endpoint.host() {
        Host::Ipv4(address) => return Ok(vec![SocketAddr::new(IpAddr::V4(address), port)]),
        Host::Ipv6(address) => return Ok(vec![SocketAddr::new(IpAddr::V6(address), port)]),
        Host::Domain(host) => host.to_owned(),
    };
    let no_such_host = Loss::NoSuchHost { host: host.clone() };
    let (answer, answered) = oneshot::channel();
    std::thread::Builder::new()
        .name("resolver".to_owned())
        .spawn(move || {
            let addresses = (host.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
            // Nobody listens any more when the time limit was reached first.
            let _ = answer.send(addresses);
        })
        .map_err(|error| Loss::NoConnection { detail: error.to_string() })?;
    match answered.await {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        _ => Err(no_such_host),
    }
}

/// Tries one address after the other. Each gets its share of the time that is left, so that a first one which
/// swallows packets (often IPv6) does not take it all.
async fn connect(addresses: &[SocketAddr], deadline: Instant, limit: Duration) -> Result<TcpStream, Loss> {
    let mut last = Loss::ConnectTimeOut { limit };
    for (index, address) in addresses.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        let others = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        last = match timeout_at(Instant::now() + left / others, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => match error.kind() {
                io::ErrorKind::ConnectionRefused => Loss::Refused,
                io::ErrorKind::TimedOut => Loss::ConnectTimeOut { limit },
                _ => Loss::NoConnection { detail: error.to_string() },
            },
            Err(_) => Loss::ConnectTimeOut { limit },
        };
    }
    Err(last)
}

async fn handshake(
    endpoint: &Endpoint,
    security: &Security,
    tcp: TcpStream,
) -> Result<(TlsStream<TcpStream>, Tls), Loss> {
    let host = endpoint.host();
    let name = match host {
        Host::Domain(name) => ServerName::try_from(name.to_owned()),
        Host::Ipv4(address) => Ok(ServerName::IpAddress(IpAddr::V4(address).into())),
        Host::Ipv6(address) => Ok(ServerName::IpAddress(IpAddr::V6(address).into())),
    };
    let name = name.map_err(|_| TlsTrouble::WrongName { name: host.to_string() })?;
    let host = host.to_string();
    let (config, anyone) = security.trust.for_connection(&security.config);
    let stream = TlsConnector::from(config).connect(name, tcp).await.map_err(|error| {
        let trouble = security.trust.trouble(&error, &host);
        Loss::Tls(trouble.unwrap_or_else(|| {
            let detail = match error.kind() {
                io::ErrorKind::UnexpectedEof => "the server closed the connection".to_owned(),
                _ => error.to_string(),
            };
            TlsTrouble::Handshake { detail }
        }))
    })?;
    let noted = anyone.and_then(|anyone| anyone.noted());
    let trouble = noted.map(|error| security.trust.classify_certificate(&error, &host));
    let tls = Tls { version: version(&stream), trouble };
    Ok((stream, tls))
}

fn version(stream: &TlsStream<TcpStream>) -> String {
    match stream.get_ref().1.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2".to_owned(),
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3".to_owned(),
        other => format!("{other:?}"),
    }
}
