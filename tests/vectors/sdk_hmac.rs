//! Requests signed by the published SDKs, as they stood on the wire.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use storeproof::sign::sdk_hmac::{Credentials, Reading, Settings, diagnose, sign, verify};
use storeproof::wire::{Headers, Request, Secret};

use crate::koogallery::lines;

#[derive(Deserialize)]
struct Row {
    ak: String,
    sk: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
    valid: bool,
    mistake: Option<String>,
}

impl Row {
    fn request(&self) -> Request {
        let headers: Headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Request {
            headers,
            body: self.body.clone().into_bytes(),
            ..Request::new(self.method.as_str(), self.target.as_str())
        }
    }

    fn credentials(&self) -> Credentials {
        Credentials { access_key: self.ak.clone(), secret_key: Secret::new(&self.sk) }
    }
}

/// The time at which a request was signed.
fn signed_at(request: &Request) -> Timestamp {
    let text = request.headers.text("X-Sdk-Date").expect("dated");
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).expect("a time");
    time.to_zoned(TimeZone::UTC).expect("in range").timestamp()
}

fn every_row_is_judged_rightly(text: &str) {
    for row in lines::<Row>(text) {
        let request = row.request();
        let now = signed_at(&request);
        let verified = verify(&request, &row.credentials(), now, &Settings::default());
        assert_eq!(verified.is_ok(), row.valid, "{:?} {} {:?}", row.mistake, row.target, row.headers);
        let found = diagnose(&request, &row.credentials(), now, &Settings::default());
        match &row.mistake {
            None => assert_eq!(found, []),
            Some(mistake) => {
                let expected = mistake.parse().expect("known");
                assert_eq!(found[0].mistake(), Some(expected), "{} {found:?}", row.target);
            }
        }
        if row.valid {
            // The Python SDK hashes the empty body although it says that the body is unsigned.
            let unsigned_nothing = row.body.is_empty() && request.headers.get("X-Sdk-Content-Sha256").is_some();
            let expected: &[Reading] = if unsigned_nothing { &[Reading::EmptyBody] } else { &[] };
            assert_eq!(verified.expect("accepted").readings, expected, "{}", row.target);
            for (broken, what) in
                [(Request { method: "PATCH".to_owned(), ..request.clone() }, "method"), (longer(&request), "target")]
            {
                assert!(verify(&broken, &row.credentials(), now, &Settings::default()).is_err(), "{what}");
            }
        }
    }
}

fn longer(request: &Request) -> Request {
    let separator = if request.target.contains('?') { '&' } else { '?' };
    Request { target: format!("{}{separator}more=1", request.target), ..request.clone() }
}

#[test]
fn requests_captured_from_the_sdks_verify() {
    every_row_is_judged_rightly(include_str!("../fixtures/vectors/sdk-hmac.jsonl"));
}

#[test]
fn requests_signed_by_the_python_sdk_verify_and_wrong_ones_are_named() {
    every_row_is_judged_rightly(include_str!("../fixtures/vectors/computed/sdk-hmac-python.jsonl"));
}

#[test]
fn requests_signed_by_the_node_sdk_verify() {
    every_row_is_judged_rightly(include_str!("../fixtures/vectors/computed/sdk-hmac-node.jsonl"));
}

#[derive(Deserialize)]
struct Published {
    sdk_hmac_sha256: Sample,
}

#[derive(Deserialize)]
struct Sample {
    ak: String,
    sk: String,
    method: String,
    url: String,
    headers: std::collections::BTreeMap<String, String>,
    signed_headers: String,
    signature: String,
}

#[test]
fn the_published_request_is_what_we_sign() {
    let text = include_str!("../fixtures/vectors/koogallery.json");
    let sample = serde_json::from_str::<Published>(text).expect("the fixture is JSON").sdk_hmac_sha256;
    let (host, path) = sample.url.strip_prefix("https://").and_then(|rest| rest.split_once('/')).expect("an address");
    let mut request = Request::new(sample.method, format!("/{path}"));
    request.headers.push("Host", host);
    for (name, value) in sample.headers {
        request.headers.push(name, value);
    }
    let signed = sign(&request, &sample.ak, &Secret::new(sample.sk), signed_at(&request));
    let expected = format!(
        "SDK-HMAC-SHA256 Access={}, SignedHeaders={}, Signature={}",
        sample.ak, sample.signed_headers, sample.signature
    );
    assert_eq!(signed.request.headers.text("Authorization"), Some(expected));
    let names: Vec<_> = signed.steps.iter().map(|step| step.name).collect();
    assert_eq!(names, ["canonical request", "string to sign", "signature"]);
}
