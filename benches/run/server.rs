//! The vendor of the benchmark: as little as hyper allows, on a thread of its own.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;

use super::Outcome;

/// A server that answers until the process ends.
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    requests: AtomicUsize,
    wrong: AtomicBool,
    slow: AtomicBool,
}

impl Server {
    pub(crate) fn start() -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let served = Arc::clone(&state);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || runtime.block_on(serve(listener, served)));
        Ok(Self { address, state })
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests came since the last call.
    pub(crate) fn take_count(&self) -> usize {
        self.state.requests.swap(0, Ordering::SeqCst)
    }

    /// From now on every answer takes [`SLOWNESS`].
    pub(crate) fn answer_slowly(&self, slow: bool) {
        self.state.slow.store(slow, Ordering::SeqCst);
    }

    /// From now on every state lacks a member.
    pub(crate) fn answer_wrongly(&self, wrong: bool) {
        self.state.wrong.store(wrong, Ordering::SeqCst);
    }
}

/// How long a slow answer takes: little for a vendor that asks its database.
const SLOWNESS: Duration = Duration::from_millis(2);

async fn serve(listener: TcpListener, state: Arc<State>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let state = Arc::clone(&state);
        let service = service_fn(move |request| answer(request, Arc::clone(&state)));
        tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(request: Request<Incoming>, state: Arc<State>) -> Result<Response<Full<Bytes>>, Infallible> {
    state.requests.fetch_add(1, Ordering::SeqCst);
    let (head, body) = request.into_parts();
    // The body is read, so that the connection can be used again.
    let _ = body.collect().await;
    if state.slow.load(Ordering::SeqCst) {
        tokio::time::sleep(SLOWNESS).await;
    }
    let key = head.uri.path().rsplit('/').next().unwrap_or_default();
    if head.method == Method::POST {
        let page = "<!doctype html><title>Log in</title><p>Log in to the service.";
        let mut response = Response::new(Full::from(page));
        *response.status_mut() = StatusCode::CREATED;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(LOCATION, HeaderValue::from_static("https://vendor.example/login"));
        return Ok(response);
    }
    let korea = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    let today = jiff::Timestamp::now().to_zoned(korea).date().to_string().replace('-', "");
    let engineer = match state.wrong.load(Ordering::SeqCst) {
        true => "",
        false => r#","service-engineer":"Jun-ho Lee(010-0000-5678,junho.lee@vendor.example)""#,
    };
    let text = format!(
        r#"{{"mem-sq":"{key}","license-start-date":"{today}","reg-date":"{today}","install-complete-date":"{today}","status":"1","service-manager":"Min-ji Park(010-0000-1234,minji.park@vendor.example)"{engineer}}}"#
    );
    let mut response = Response::new(Full::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
