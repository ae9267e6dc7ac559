//! Signatures that are refused, and what the diagnosis says of them.

use rstest::rstest;
use serde_json::json;

use super::super::store::Store;
use super::{BASE, diagnosis, now, request, sign, store, told};
use crate::sign::scp::{self, Mistake};
use crate::wire::{Request, Secret};

fn credentials(store: &Store) -> scp::Credentials {
    scp::Credentials { access_key: store.settings.access_key.clone(), secret_key: store.settings.secret_key.clone() }
}

fn without(request: &Request, name: &str) -> Request {
    let mut request = request.clone();
    request.headers.remove(name);
    request
}

#[rstest]
fn each_header_is_needed(#[values(scp::ACCESS_KEY, scp::SIGNATURE, scp::TIMESTAMP, scp::CLIENT_TYPE)] name: &str) {
    let store = store(&[]);
    let response = store.answer(&without(&sign(&store, &request("/v1/products")), name), now());
    assert_eq!(response.status, 401);
    assert!(diagnosis(&response).starts_with(&format!("the header {name} is missing")), "{}", diagnosis(&response));
}

#[test]
fn a_wrong_secret_is_refused_with_the_gateways_own_body() {
    let store = store(&[]);
    let signed = scp::sign(&request("/v1/products"), BASE, "SCPDEMO", &Secret::new("another"), None, now()).request;
    let response = store.answer(&signed, now());
    let body = response.json().expect("JSON");
    assert_eq!(
        (response.status, &body["status"], &body["name"]),
        (401, &json!("UNAUTHORIZED"), &json!("HmacValidFail"))
    );
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(3));
    assert!(diagnosis(&response).contains("secret key"), "{}", diagnosis(&response));
}

#[test]
fn headers_of_version_one_are_told_in_the_body_too() {
    let store = store(&[]);
    let mut request = request("/v1/products");
    request.headers.push("X-Cmp-AccessKey", "SCPDEMO");
    let response = store.answer(&request, now());
    assert_eq!(response.status, 401);
    assert!(response.text().contains("version 1 of the platform"), "{}", response.text());
    assert!(diagnosis(&response).contains("X-Cmp-AccessKey"));
}

#[test]
fn an_unknown_access_key_is_told_which_one_is_known() {
    let store = store(&[]);
    let signed = scp::sign(&request("/v1/products"), BASE, "MINE", &store.settings.secret_key, None, now()).request;
    let response = store.answer(&signed, now());
    assert!(diagnosis(&response).contains("\"SCPDEMO\""), "{}", diagnosis(&response));
}

#[test]
fn an_account_id_is_signed_where_it_is_sent() {
    let store = store(&[]);
    let key = &store.settings.secret_key;
    let signed = scp::sign(&request("/v1/products"), BASE, "SCPDEMO", key, Some("a1b2"), now()).request;
    assert_eq!(store.answer(&signed, now()).status, 200);
    assert_eq!(store.answer(&without(&signed, scp::ACCOUNT_ID), now()).status, 401);
    // A token of a temporary key is accepted, and not looked at.
    let mut with_token = sign(&store, &request("/v1/products"));
    with_token.headers.push("X-Auth-Token", "anything");
    assert_eq!(store.answer(&with_token, now()).status, 200);
}

/// The scheme is signed and not on the wire: one listener has one.
#[test]
fn a_store_behind_tls_wants_https_signed() {
    let plain = store(&[]);
    let behind_tls = plain.serving("https://127.0.0.1:7703");
    let key = &plain.settings.secret_key;
    let signed = |base| scp::sign(&request("/v1/products"), base, "SCPDEMO", key, None, now()).request;
    let status = |store: &Store, base| store.answer(&signed(base), now()).status;
    assert_eq!((status(&plain, BASE), status(&plain, "https://127.0.0.1:7703")), (200, 401));
    assert_eq!((status(&behind_tls, BASE), status(&behind_tls, "https://127.0.0.1:7703")), (401, 200));
    let versions = behind_tls.answer(&request("/"), now()).json().expect("JSON");
    assert_eq!(versions["versions"][0]["links"][0]["href"], "https://127.0.0.1:7703/v1");
}

/// No mistake is let in, none changes status or body by being explained, and none shows the secret key.
#[test]
fn every_known_mistake_is_refused_and_no_answer_shows_the_secret() {
    let (talks, silent) = (store(&[]), store(&[("diagnosis", "false")]));
    let credentials = credentials(&talks);
    for mistake in Mistake::ALL {
        let mut plain = request("/v1/products?product_id=VPC&product_id=DNS&display_name=A%20B&sort=created_at:asc");
        plain.body = b"{}".to_vec();
        let (access, secret) = (&credentials.access_key, &credentials.secret_key);
        let forged = scp::forge(*mistake, &plain, BASE, access, secret, None, now()).request;
        let (told, untold) = (talks.answer(&forged, now()), silent.answer(&forged, now()));
        if told.status == 200 {
            // It makes no difference for this request.
            continue;
        }
        assert_eq!((told.status, &told.body), (untold.status, &untold.body), "{mistake:?}");
        assert_eq!(told.status, 401, "{mistake:?}");
        assert!(!diagnosis(&told).is_empty() && diagnosis(&untold).is_empty(), "{mistake:?}");
        let all = format!("{:?} {}", told.headers, told.text());
        assert!(!all.contains(credentials.secret_key.expose()), "{mistake:?}: {all}");
    }
}

/// Whatever a client puts into a header, the diagnosis is one line of ASCII.
#[rstest]
#[case("/v1/products?page=가")]
#[case("/v1/products?page=%0d%0aSet-Cookie:%20a")]
#[case("/v1/products?%0d%0a=1")]
#[case("/v1/products/%0d%0a")]
fn the_diagnosis_is_a_header_value(#[case] target: &str) {
    let store = store(&[]);
    let response = store.answer(&sign(&store, &request(target)), now());
    let value = diagnosis(&response);
    assert!(!value.is_empty() && value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{value}");
    let _ = told(&store, target);
}
