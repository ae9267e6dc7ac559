//! KooGallery's signatures: the published example, and many computed by other implementations from the same rules.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use storeproof::sign::Intermediate;
use storeproof::sign::koogallery::{auth_token, body_sign, credential, usage_push, v2};
use storeproof::wire::{Headers, Secret};

/// One JSON value a line.
pub(crate) fn lines<T: DeserializeOwned>(text: &str) -> Vec<T> {
    let rows: Vec<T> = text.lines().map(|line| serde_json::from_str(line).expect("a vector")).collect();
    assert!(!rows.is_empty());
    rows
}

fn at(milliseconds: &str) -> Timestamp {
    Timestamp::from_millisecond(milliseconds.parse().expect("digits")).expect("a time")
}

fn step<'a>(steps: &'a [Intermediate], name: &str) -> Option<&'a str> {
    steps.iter().find(|step| step.name == name).map(|step| step.value.as_str())
}

#[derive(Deserialize)]
struct Samples {
    #[serde(rename = "authToken_v1")]
    auth_token: AuthTokenSample,
    signature_v2: V2Sample,
    x_sign_kit_v2: V2Sample,
    body_sign: BodySignSample,
    usage_push: UsagePush,
}

#[derive(Deserialize)]
struct AuthTokenSample {
    key: String,
    params: std::collections::BTreeMap<String, String>,
    #[serde(rename = "authToken")]
    token: String,
}

#[derive(Deserialize)]
struct V2Sample {
    key: String,
    timestamp: String,
    nonce: String,
    payload: String,
    inner: Option<String>,
    signature: String,
}

#[derive(Deserialize)]
struct BodySignSample {
    key: String,
    body: String,
    signature: String,
}

fn samples() -> Samples {
    serde_json::from_str(include_str!("../fixtures/vectors/koogallery.json")).expect("the fixture is JSON")
}

#[test]
fn the_published_auth_token_is_what_we_sign() {
    let sample = samples().auth_token;
    let key = Secret::new(sample.key);
    let mut parameters: Vec<_> = sample.params.into_iter().collect();
    parameters.reverse();
    let signed = auth_token::sign(&key, &parameters, &auth_token::Settings::default());
    assert_eq!(signed.token.expose(), sample.token);
    for form in [auth_token::TokenForm::Escaped, auth_token::TokenForm::Raw] {
        let query = auth_token::query(&parameters, &signed.token, form);
        assert_eq!(auth_token::verify(&query, &key).map(|accepted| accepted.form), Ok(form));
    }
}

#[test]
fn the_samples_are_what_we_sign() {
    let samples = samples();
    for (scheme, sample) in [(v2::Scheme::Query, samples.signature_v2), (v2::Scheme::Kit, samples.x_sign_kit_v2)] {
        let key = Secret::new(sample.key);
        let delivery = v2::Delivery {
            scheme,
            key: &key,
            other_interface_key: None,
            body: sample.payload.as_bytes(),
            nonce: &sample.nonce,
            previous_nonce: None,
            now: at(&sample.timestamp),
            settings: v2::Settings::default(),
        };
        let signed = v2::sign(&delivery);
        assert_eq!(step(&signed.steps, "payload"), Some(sample.payload.as_str()));
        assert_eq!(step(&signed.steps, "inner digest"), sample.inner.as_deref());
        assert!(signed.signature.expect("signed").expose().eq_ignore_ascii_case(&sample.signature));
    }
    let signed = body_sign::sign(&Secret::new(samples.body_sign.key), samples.body_sign.body.as_bytes());
    assert_eq!(step(&signed.steps, "signature"), Some(samples.body_sign.signature.as_str()));
    let push = samples.usage_push;
    let signed = usage_push::sign(&Secret::new(push.key), push.body.as_bytes(), &push.nonce, at(&push.ts));
    assert_eq!(signed.signature.expect("signed").expose(), push.signature);
}

#[derive(Deserialize)]
struct V2 {
    scheme: String,
    key: String,
    nonce: String,
    timestamp: String,
    body: String,
    payload: String,
    inner: Option<String>,
    signature: String,
    mistake: Option<String>,
}

#[test]
fn calls_of_version_2_are_signed_as_python_signs_them_and_wrong_ones_are_named() {
    for row in lines::<V2>(include_str!("../fixtures/vectors/computed/koogallery-v2.jsonl")) {
        let scheme = if row.scheme == "kit" { v2::Scheme::Kit } else { v2::Scheme::Query };
        let key = Secret::new(&row.key);
        let now = at(&row.timestamp);
        let settings = v2::Settings::default();
        let received = v2::Received {
            scheme,
            signature: Some(row.signature.as_str().into()),
            timestamp: Some(row.timestamp.as_str().into()),
            nonce: Some(row.nonce.as_str().into()),
            body: row.body.as_bytes(),
        };
        let window = v2::Window::default();
        let known = v2::Known { key: &key, other_interface_key: None, used_nonces: &[], settings, now, window };
        let found = v2::diagnose(&received, &known);
        if let Some(mistake) = row.mistake {
            assert_eq!(found.len(), 1, "{mistake}: {found:?}");
            assert_eq!(found[0].mistake(), Some(mistake.parse().expect("known")), "{mistake}: {found:?}");
            continue;
        }
        let delivery = v2::Delivery {
            scheme,
            key: &key,
            other_interface_key: None,
            body: row.body.as_bytes(),
            nonce: &row.nonce,
            previous_nonce: None,
            now,
            settings,
        };
        let signed = v2::sign(&delivery);
        assert_eq!(step(&signed.steps, "payload"), Some(row.payload.as_str()), "{}", row.body);
        assert_eq!(step(&signed.steps, "inner digest"), row.inner.as_deref());
        assert_eq!(signed.signature.expect("signed").expose(), row.signature);
        assert_eq!(found, [], "{}", row.body);
    }
}

#[derive(Deserialize)]
struct AuthToken {
    key: String,
    empty: String,
    params: Vec<(String, String)>,
    query: String,
    #[serde(rename = "authToken")]
    token: String,
}

#[test]
fn calls_of_version_1_are_signed_as_python_signs_them() {
    for row in lines::<AuthToken>(include_str!("../fixtures/vectors/computed/koogallery-auth-token.jsonl")) {
        let key = Secret::new(&row.key);
        let empty_values = match row.empty.as_str() {
            "kept" => auth_token::EmptyValues::Kept,
            _ => auth_token::EmptyValues::Dropped,
        };
        let settings = auth_token::Settings { empty_values, ..auth_token::Settings::default() };
        assert_eq!(auth_token::sign(&key, &row.params, &settings).token.expose(), row.token, "{:?}", row.params);
        assert_eq!(auth_token::parameters_of(&row.query), row.params);
        assert!(auth_token::verify(&row.query, &key).is_ok(), "{}", row.query);
        assert_eq!(auth_token::diagnose(&row.query, &key), []);
    }
}

#[derive(Deserialize)]
struct BodySign {
    key: String,
    body: String,
    header: String,
}

#[test]
fn answers_signed_by_python_verify() {
    for row in lines::<BodySign>(include_str!("../fixtures/vectors/computed/koogallery-body-sign.jsonl")) {
        let key = Secret::new(&row.key);
        let signed = body_sign::sign(&key, row.body.as_bytes());
        assert_eq!(signed.value.expose(), row.header.replace("signature= \"", "signature=\""));
        let headers = Headers::from_iter([("Body-Sign", row.header)]);
        assert_eq!(body_sign::verify(&headers, row.body.as_bytes(), &key), []);
        let lower = Headers::from_iter([("body-sign", signed.value.expose().to_owned())]);
        let refused = body_sign::verify(&lower, row.body.as_bytes(), &key);
        assert_eq!(refused, [body_sign::Refusal::Name { found: "body-sign".to_owned() }]);
    }
}

#[derive(Deserialize)]
struct UsagePush {
    key: String,
    ts: String,
    nonce: String,
    body: String,
    reading: Option<String>,
    signature: String,
}

#[test]
fn pushes_signed_by_python_verify() {
    for row in lines::<UsagePush>(include_str!("../fixtures/vectors/computed/koogallery-usage-push.jsonl")) {
        let key = Secret::new(&row.key);
        let headers =
            Headers::from_iter([("signature", row.signature), ("ts", row.ts.clone()), ("nonce", row.nonce.clone())]);
        let accepted = usage_push::verify(&headers, row.body.as_bytes(), &key, at(&row.ts), None).expect("accepted");
        let expected = match row.reading.as_deref() {
            Some("deep") => usage_push::Reading::SortedDeep,
            _ => usage_push::Reading::SortedTop,
        };
        assert_eq!(accepted.reading, expected, "{}", row.body);
    }
}

#[derive(Deserialize)]
struct Credential {
    access_key: String,
    bits: u32,
    aes_key_hex: String,
    iv: String,
    plain: String,
    value: String,
}

#[test]
fn credentials_are_encrypted_as_java_encrypts_them() {
    let published = include_str!("../fixtures/vectors/aes-sha1prng.jsonl");
    let computed = include_str!("../fixtures/vectors/computed/credentials.jsonl");
    for row in [published, computed].into_iter().flat_map(lines::<Credential>) {
        let key = Secret::new(&row.access_key);
        let kind = if row.bits == 128 { credential::EncryptType::Aes128 } else { credential::EncryptType::Aes256 };
        let aes_key: String = credential::aes_key(&key, kind).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(aes_key, row.aes_key_hex, "{}", row.access_key);
        let iv = row.iv.as_bytes().try_into().expect("16 characters");
        assert_eq!(credential::encrypt(&key, kind, iv, &row.plain), row.value);
        assert_eq!(credential::decrypt(&key, kind, &row.value), Ok(Secret::new(&row.plain)));
        let (fits, plain) = credential::decrypt_any(&key, kind.other(), &row.value).expect("decrypts");
        assert_eq!((fits, plain.expose()), (kind, row.plain.as_str()));
    }
}
