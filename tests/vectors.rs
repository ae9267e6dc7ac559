//! Published signatures, held against our own recipes.

#[path = "vectors/koogallery.rs"]
mod koogallery;
#[path = "vectors/scp.rs"]
mod scp;
#[path = "vectors/sdk_hmac.rs"]
mod sdk_hmac;

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use storeproof::sign::key::{SigningKey, VerifyingKey};
use storeproof::sign::kt_jwt;

/// The sample that KT's documents print.
#[derive(Deserialize)]
struct KtJwt {
    token: String,
    public_key_pem: String,
    claims: KtClaims,
}

#[derive(Deserialize)]
struct KtClaims {
    name: String,
    iat: i64,
}

fn kt_jwt_sample() -> KtJwt {
    serde_json::from_str(include_str!("fixtures/vectors/kt-jwt.json")).expect("the fixture is JSON")
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time of our own era")
}

#[test]
fn the_kt_sample_verifies_with_the_key_printed_beside_it() {
    let sample = kt_jwt_sample();
    let key = VerifyingKey::from_pem(&sample.public_key_pem).expect("a public key");
    let verify = |now| kt_jwt::verify(Some(&sample.token), &key, now, &kt_jwt::Window::default());

    let claims = verify(second(sample.claims.iat + 59)).expect("accepted within its minute");
    assert_eq!((claims.name.as_deref(), claims.iat), (Some(sample.claims.name.as_str()), sample.claims.iat));
    assert_eq!(verify(second(sample.claims.iat + 61)), Err(kt_jwt::Refusal::TooOld { age: 61 }));
    assert_eq!(sample.token, kt_jwt::SAMPLE_TOKEN);
}

#[test]
fn the_kt_sample_fails_with_any_of_its_characters_changed() {
    let sample = kt_jwt_sample();
    let key = VerifyingKey::from_pem(&sample.public_key_pem).expect("a public key");
    for (at, found) in sample.token.char_indices() {
        let mut changed = sample.token.clone();
        changed.replace_range(at..=at, if found == 'A' { "B" } else { "A" });
        let window = kt_jwt::Window { age: Duration::MAX, ahead: Duration::MAX };
        assert!(kt_jwt::verify(Some(&changed), &key, second(sample.claims.iat), &window).is_err(), "character {at}");
    }
}

#[test]
fn the_kt_sample_is_what_we_sign_with_the_demo_key_at_its_time() {
    let sample = kt_jwt_sample();
    let settings = kt_jwt::Settings { back_date: Duration::ZERO };
    let signed = kt_jwt::sign(SigningKey::jwt_io_demo(), second(sample.claims.iat), &settings).expect("signed");
    assert_eq!(signed.token.expose(), sample.token);
    assert_eq!(
        SigningKey::jwt_io_demo().public(),
        &VerifyingKey::from_pem(&sample.public_key_pem).expect("a public key")
    );
}
