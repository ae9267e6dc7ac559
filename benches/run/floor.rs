//! The floor: the least that has to be done, with nothing around it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{CONTENT_TYPE, HOST, LOCATION};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::Value;

use super::Outcome;
use super::scenario::{STATE_SCHEMA, Work};

/// The customer, or the item of the plain document.
const KEY: &str = "M12345";

/// `floor ADDRESS WORK STEPS`: fails at the first wrong answer.
pub(crate) fn main(arguments: &[String]) -> Outcome<()> {
    let [address, work, steps] = arguments else { return Err("floor ADDRESS WORK STEPS".into()) };
    let work = Work::from_name(work).ok_or("no such work")?;
    let steps: usize = steps.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(address, work, steps))
}

async fn run(address: &str, work: Work, steps: usize) -> Outcome<()> {
    let signer = (work == Work::Signed).then(Signer::new).transpose()?;
    let schema = jsonschema::validator_for(&serde_json::from_str(STATE_SCHEMA)?)?;
    let stream = tokio::net::TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    for step in 0..steps {
        let applies = signer.is_some() && step == 0;
        let (method, path) = match work {
            Work::Signed if applies => ("POST", "customers"),
            Work::Signed => ("GET", "status"),
            Work::Plain => ("GET", "items"),
        };
        let mut request = Request::builder().method(method).uri(format!("/{path}/{KEY}")).header(HOST, address);
        if let Some(signer) = &signer {
            request = request.header("encoded-jwt", signer.token()?);
        }
        let body = match applies {
            true => Bytes::from_static(br#"{"service-info":"2","license-states-cd":"0"}"#),
            false => Bytes::new(),
        };
        if applies {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        sender.ready().await?;
        let response = sender.send_request(request.body(Full::new(body))?).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        let kind = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let right = if applies {
            head.status == StatusCode::CREATED
                && head.headers.contains_key(LOCATION)
                && kind.starts_with("text/html")
                && !body.is_empty()
        } else {
            let value: Value = serde_json::from_slice(&body)?;
            head.status == StatusCode::OK
                && kind.starts_with("application/json")
                && schema.is_valid(&value)
                && value["status"] == "1"
                && value["mem-sq"] == KEY
        };
        if !right {
            return Err(format!("step {step} was answered wrongly").into());
        }
    }
    Ok(())
}

/// Signs one token per delivery, as the store does.
struct Signer {
    key: RsaKeyPair,
    random: SystemRandom,
}

impl Signer {
    fn new() -> Outcome<Self> {
        let pem = include_str!("../../src/sign/keys/test.pem");
        // Whose key it is stands in front of it.
        let inside = pem.lines().skip_while(|line| !line.starts_with("-----BEGIN")).skip(1);
        let base64: String = inside.take_while(|line| !line.starts_with("-----END")).collect();
        let key = RsaKeyPair::from_pkcs8(&STANDARD.decode(base64)?).map_err(|refused| refused.to_string())?;
        Ok(Self { key, random: SystemRandom::new() })
    }

    fn token(&self) -> Outcome<String> {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
        let issued_at = jiff::Timestamp::now().as_second() - 3;
        let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"name":"kt cloud biz store","iat":{issued_at}}}"#));
        let input = format!("{header}.{claims}");
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &self.random, input.as_bytes(), &mut signature)
            .map_err(|_| "signing failed")?;
        Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}
