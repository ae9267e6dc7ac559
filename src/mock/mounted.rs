//! A marketplace on a mock server of the user's.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hyper::header::{HeaderName, HeaderValue};
use url::Position;
use wiremock::{Respond, ResponseTemplate};

use crate::serve::Stand;
use crate::wire::{Headers, Reply, ReplyKind, Request, Response};

/// Answers on a [`wiremock::MockServer`] as a marketplace does; [`Marketplace::mounted`](super::Marketplace::mounted)
/// makes one.
///
/// ```
/// # async fn ask(base: String, target: &'static str) -> Option<storeproof::wire::Response> {
/// #     use storeproof::{sign::scp, transport::ask, wire::{Request, Secret}};
/// #     let request = Request::new("GET", target);
/// #     let now = std::time::SystemTime::now().try_into().expect("a time");
/// #     let secret = Secret::new("known-to-both");
/// #     let signed = scp::sign(&request, &base, "SCPDEMO", &secret, None, now);
/// #     tokio::task::spawn_blocking(move || ask(&base, signed.request)).await.expect("it ends")
/// # }
/// use storeproof::mock::Marketplace;
/// use wiremock::matchers::{method, path_regex};
/// use wiremock::{Mock, MockServer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let scp = Marketplace::builder("scp").set("secret-key", "known-to-both").start()?;
/// let server = MockServer::start().await;
/// Mock::given(method("GET")).and(path_regex("^/v1/products")).respond_with(scp.mounted()).expect(1).mount(&server).await;
///
/// let answer = ask(server.uri(), "/v1/products?limit=3").await.expect("an answer");
///
/// assert_eq!(answer.status, 200);
/// scp.assert_conforms();
/// # Ok::<(), storeproof::mock::MockError>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is lost
///
/// wiremock hands over a request that hyper and a URL parser have read. A marketplace on its own port
/// ([`Marketplace::base`](super::Marketplace::base)) sees the bytes and has none of these limits:
///
/// - Names of header fields arrive in lower case, and fields of different names in no certain order. What depends on
///   their spelling cannot be judged.
/// - The address arrives as the WHATWG's URL parser writes it: `'` in a query as `%27`, `/./` and `/../` resolved. Where
///   a signature covers the address (that of Samsung Cloud Platform does), a client that sends such characters and signs
///   what it sends is refused here, although it is right.
/// - That signature covers scheme and host, too. The host is taken from the `Host` field, so that a client has to sign
///   the address of the mock server that it calls, with `http`.
/// - Answers go out in whatever order and spelling hyper writes. Disturbances that close the connection or send half of
///   an answer cannot be sent; they are answered with 501 and a text that says so.
/// - wiremock keeps every request as long as the server lives.
#[derive(Clone, Debug)]
pub struct Mounted(Arc<Stand>);

impl Mounted {
    pub(super) fn new(stand: Arc<Stand>) -> Self {
        Self(stand)
    }
}

impl Respond for Mounted {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        // wiremock does not say who calls.
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        template(self.0.answer(read(request), peer))
    }
}

fn read(request: &wiremock::Request) -> Request {
    let fields = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    Request {
        method: request.method.as_str().to_owned(),
        target: request.url[Position::BeforePath..Position::AfterQuery].to_owned(),
        headers: Headers::from_iter(fields),
        body: request.body.clone(),
        secrets: Vec::new(),
    }
}

fn template(reply: Reply) -> ResponseTemplate {
    let Response { status, headers, body, .. } = match reply.kind {
        ReplyKind::Response(response) if is_whole(&response) => response,
        _ => cannot_be_sent(),
    };
    let mut template = ResponseTemplate::new(status).set_body_bytes(body).set_delay(reply.after);
    for field in &headers {
        // Both are what our own marketplaces write, so that nothing is left out but what a user's disturbance spoils.
        let name = HeaderName::from_bytes(field.name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&field.value)) {
            template = template.append_header(name, value);
        }
    }
    template
}

/// Whether as much is sent as is promised; hyper sends nothing else.
fn is_whole(response: &Response) -> bool {
    let promised = response.headers.text("content-length");
    promised.is_none_or(|length| length == response.body.len().to_string())
        && hyper::StatusCode::from_u16(response.status).is_ok()
}

fn cannot_be_sent() -> Response {
    let headers = Headers::from_iter([("Content-Type", "text/plain; charset=utf-8")]);
    let why = "storeproof: wiremock cannot send this disturbance; call the marketplace on its own port for it\n";
    Response { headers, body: why.as_bytes().to_vec(), ..Response::new(501) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;
    use wiremock::matchers::any;
    use wiremock::{Mock, MockServer};

    use crate::mock::Marketplace;
    use crate::transport::{Client, Endpoint, Limits, Mode, Trust};
    use crate::wire::{Request, Response};

    async fn get(server: &MockServer, target: &str) -> Response {
        let endpoint = Endpoint::parse(&server.uri()).expect("an address");
        let client = Client::new(endpoint, Limits::default(), Trust::System).expect("a client");
        client.send(Request::new("GET", target), Mode::Whole).await.answer.expect("an answer")
    }

    #[rstest]
    #[case::nothing(json!({ "after": "1ms" }), 401)]
    #[case::replaced(json!({ "status": 503, "headers": { "Retry-After": "1" } }), 503)]
    #[case::malformed(json!({ "malformed": true }), 401)]
    #[case::cut(json!({ "cut": true }), 501)]
    #[case::closed(json!({ "close": true }), 501)]
    #[tokio::test]
    async fn what_can_be_sent_is_sent(#[case] rule: serde_json::Value, #[case] status: u16) {
        let store = Marketplace::builder("scp").disturb(serde_json::from_value(rule).expect("a rule")).start();
        let store = store.expect("it starts");
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(store.mounted()).mount(&server).await;
        let answer = get(&server, "/v1/products?sort=created_at%3Aasc&display_name=%EA%B0%80").await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers.text("retry-after").is_some(), status == 503);
        let received = store.received();
        let request = &received[0].seen.exchange.request;
        assert_eq!(request.target, "/v1/products?sort=created_at%3Aasc&display_name=%EA%B0%80");
        assert_eq!(request.headers.text("Host"), Some(server.address().to_string()));
        // The next one is whole.
        assert_eq!(get(&server, "/").await.json().expect("JSON")["versions"][0]["status"], "CURRENT");
    }
}
