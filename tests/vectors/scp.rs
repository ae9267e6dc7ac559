//! Requests to Samsung Cloud Platform: the samples, and many that Python signed from the same rule.

use jiff::Timestamp;
use serde::Deserialize;
use storeproof::sign::Intermediate;
use storeproof::sign::scp::{
    ACCOUNT_ID, Credentials, Diagnosis, Reading, Refusal, Settings, Verifier, diagnose, explain_message, sign, verify,
};
use storeproof::wire::{Headers, Request, Secret};

use crate::koogallery::lines;

#[derive(Deserialize)]
struct Samples {
    clock: Clock,
    vectors: Vec<Sample>,
}

#[derive(Deserialize)]
struct Clock {
    timestamp: String,
}

#[derive(Deserialize)]
struct Sample {
    id: String,
    method: String,
    wire_url: String,
    signed_url: String,
    timestamp: String,
    access_key: String,
    secret_key: String,
    account_id: String,
    client_type: String,
    string_to_sign: String,
    signature: String,
    expect: String,
}

fn samples() -> Samples {
    serde_json::from_str(include_str!("../fixtures/vectors/scp.json")).expect("the fixture is JSON")
}

fn at(milliseconds: &str) -> Timestamp {
    Timestamp::from_millisecond(milliseconds.parse().expect("digits")).expect("a time")
}

/// `https://host`, and the rest.
fn cut(url: &str) -> (&str, &str) {
    let path = url.match_indices('/').nth(2).map_or(url.len(), |(at, _)| at);
    url.split_at(path)
}

fn step<'a>(steps: &'a [Intermediate], name: &str) -> &'a str {
    steps.iter().find(|step| step.name == name).map_or("", |step| step.value.as_str())
}

impl Sample {
    fn request(&self) -> Request {
        let (base, target) = cut(&self.wire_url);
        let mut headers = Headers::from_iter([
            ("host", base.trim_start_matches("https://")),
            ("scp-accesskey", &self.access_key),
            ("scp-signature", &self.signature),
            ("scp-timestamp", &self.timestamp),
            ("scp-clienttype", &self.client_type),
        ]);
        if !self.account_id.is_empty() {
            headers.push("scp-accountid", self.account_id.as_str());
        }
        Request { headers, ..Request::new(self.method.as_str(), target) }
    }
}

#[test]
fn the_samples_are_judged_rightly() {
    let Samples { clock, vectors } = samples();
    for sample in vectors {
        let secret_key = Secret::new(&sample.secret_key);
        let credentials = Credentials { access_key: sample.access_key.clone(), secret_key };
        let (request, settings) = (sample.request(), Settings::default());
        let verdict = verify(&request, "https", &credentials, at(&clock.timestamp), &settings);
        assert_eq!(verdict.is_ok(), sample.expect == "accept", "{}: {verdict:?}", sample.id);
        let explained = explain_message(&request, "https", &credentials, at(&clock.timestamp), &settings);
        let expected_mistake = match sample.id.as_str() {
            "neg-double-encoded" => Some("escaped-twice"),
            id if id.starts_with("neg-") => Some("decoded-url"),
            _ => None,
        };
        let found = explained.diagnosis.first().and_then(Diagnosis::mistake).map(|mistake| mistake.name());
        assert_eq!(found, expected_mistake, "{}: {:?}", sample.id, explained.diagnosis);
        let message = explained.signed.as_deref().unwrap_or(&explained.expected);
        assert_eq!(step(message, "message"), sample.string_to_sign, "{}", sample.id);
        assert_eq!(step(message, "URL"), sample.signed_url, "{}", sample.id);
    }
}

#[test]
fn the_samples_are_what_we_sign() {
    for sample in samples().vectors {
        let (base, target) = cut(&sample.signed_url);
        let signed = sign(
            &Request::new(sample.method.as_str(), target),
            base,
            &sample.access_key,
            &Secret::new(&sample.secret_key),
            Some(&sample.account_id),
            at(&sample.timestamp),
        );
        assert_eq!(step(&signed.steps, "message"), sample.string_to_sign);
        assert_eq!(signed.request.headers.text("Scp-Signature"), Some(sample.signature));
        assert_eq!(signed.request.headers.text(ACCOUNT_ID), None);
    }
}

/// At this time the rows were signed, but for those whose time is the mistake.
const NOW: &str = "1735689600123";

#[derive(Deserialize)]
struct Row {
    id: String,
    arrival: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
    access_key: String,
    secret_key: String,
    public_url: Option<String>,
    readings: Vec<String>,
    /// Nothing for a good row; empty for a wrong one that nothing explains.
    mistake: Option<String>,
}

impl Row {
    fn request(&self) -> Request {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body = self.body.clone().into_bytes();
        Request { headers, body, ..Request::new(self.method.as_str(), self.target.as_str()) }
    }

    fn credentials(&self) -> Credentials {
        Credentials { access_key: self.access_key.clone(), secret_key: Secret::new(&self.secret_key) }
    }

    fn settings(&self) -> Settings {
        Settings {
            public_url: self.public_url.clone(),
            account_id: Some("0123456789abcdef0123456789abcdef".to_owned()),
            project_id: Some("PROJECT-abcdefghij".to_owned()),
            ..Settings::default()
        }
    }
}

fn name(reading: Reading) -> &'static str {
    match reading {
        Reading::AccountId => "account",
        Reading::PublicUrl => "public-url",
        Reading::PublicPath => "public-path",
        Reading::AbsoluteForm => "absolute",
        _ => "unknown",
    }
}

#[test]
fn requests_signed_by_python_are_judged_rightly_and_wrong_ones_are_named() {
    let rows: Vec<Row> = lines(include_str!("../fixtures/vectors/computed/scp.jsonl"));
    assert!(rows.len() >= 200, "{}", rows.len());
    every_row_is_judged_rightly(rows);
}

#[test]
fn requests_captured_from_the_public_client_are_judged_rightly() {
    every_row_is_judged_rightly(lines(include_str!("../fixtures/vectors/scp-sdk.jsonl")));
}

fn every_row_is_judged_rightly(rows: Vec<Row>) {
    let mut wrong = Vec::new();
    for row in rows {
        let (request, credentials, settings) = (row.request(), row.credentials(), row.settings());
        let verdict = Verifier::new(&credentials, &settings).verify(&request, &row.arrival, at(NOW));
        let found = diagnose(&request, &row.arrival, &credentials, at(NOW), &settings);
        let right = match (&row.mistake, &verdict) {
            (None, Ok(accepted)) => {
                let mut met: Vec<_> = accepted.readings.iter().copied().map(name).collect();
                let mut expected: Vec<_> = row.readings.iter().map(String::as_str).collect();
                met.sort_unstable();
                expected.sort_unstable();
                met == expected && found.is_empty()
            }
            (Some(mistake), Err(_)) if mistake.is_empty() => found == [Diagnosis::Unexplained],
            (Some(mistake), Err(_)) => {
                found.iter().map(Diagnosis::mistake).collect::<Vec<_>>() == [Some(mistake.parse().expect("known"))]
            }
            _ => false,
        };
        if !right {
            wrong.push(format!("{} {:?}: {verdict:?} {found:?}", row.id, row.mistake));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_requests_are_refused_once_anything_signed_is_changed() {
    for row in lines::<Row>(include_str!("../fixtures/vectors/computed/scp.jsonl")) {
        if row.mistake.is_some() {
            continue;
        }
        let (good, credentials, settings) = (row.request(), row.credentials(), row.settings());
        let refused = |request: Request, what: &str| {
            let verdict = verify(&request, &row.arrival, &credentials, at(NOW), &settings);
            assert!(verdict.is_err(), "{} with another {what}", row.id);
        };
        refused(Request { method: "PATCHED".to_owned(), ..good.clone() }, "method");
        refused(Request { target: format!("{}x", good.target), ..good.clone() }, "target");
        for name in ["Scp-Timestamp", "Scp-Accesskey", "Scp-ClientType", "Scp-Signature", "Scp-AccountId"] {
            let mut other = good.clone();
            let value = other.headers.text(name).unwrap_or_default();
            let changed = if value.starts_with('1') { "2" } else { "1" };
            other.headers.set(name, format!("{changed}{}", value.get(1..).unwrap_or_default()));
            refused(other, name);
        }
        let mut other = good.clone();
        other.body.push(b'!');
        let verdict = verify(&other, &row.arrival, &credentials, at(NOW), &settings);
        assert!(verdict.is_ok(), "{}: the body is not signed", row.id);
        let stale = at(NOW) + jiff::SignedDuration::from_mins(6);
        let verdict = verify(&good, &row.arrival, &credentials, stale, &settings);
        assert!(matches!(verdict, Err(Refusal::Expired { .. })), "{}", row.id);
    }
}
