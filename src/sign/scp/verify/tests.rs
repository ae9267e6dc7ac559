//! Which requests are accepted, and why the others are refused.

use proptest::prelude::*;
use rstest::rstest;

use super::super::{ACCESS_KEY, ACCOUNT_ID, CLIENT_TYPE, SIGNATURE, TIMESTAMP, explain_message, sign, testing};
use super::*;
use crate::wire::Headers;

const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";

fn open() -> Settings {
    Settings { window: None, ..Settings::default() }
}

fn check(request: &Request, settings: &Settings) -> Result<Vec<Reading>, Refusal> {
    let verified = verify(request, "http", &testing::credentials(), testing::now(), settings);
    verified.map(|accepted| accepted.readings)
}

fn signed_under(request: &Request, base: &str, account_id: Option<&str>) -> Request {
    let Credentials { access_key, secret_key } = testing::credentials();
    sign(request, base, &access_key, &secret_key, account_id, testing::now()).request
}

fn signed() -> Request {
    signed_under(&testing::request(), testing::BASE, None)
}

fn with(name: &str, value: impl Into<Vec<u8>>) -> Request {
    let mut request = signed();
    request.headers.set(name, value);
    request
}

#[test]
fn a_good_request_says_when_it_was_signed() {
    let accepted = verify(&signed(), "http", &testing::credentials(), testing::now(), &Settings::default());
    assert_eq!(accepted, Ok(Accepted { signed_at: testing::now(), readings: Vec::new() }));
}

#[test]
fn headers_are_found_in_any_case() {
    let lower: Headers =
        signed().headers.iter().map(|header| (header.name.to_ascii_lowercase(), header.value.clone())).collect();
    assert_eq!(check(&Request { headers: lower, ..signed() }, &open()), Ok(Vec::new()));
    let request = signed();
    let sdk = request.headers.iter().map(|header| {
        (if header.name == ACCESS_KEY { "Scp-AccessKey" } else { header.name.as_str() }, header.value.clone())
    });
    assert_eq!(check(&Request { headers: sdk.collect(), ..signed() }, &open()), Ok(Vec::new()));
}

#[rstest]
#[case(ACCESS_KEY)]
#[case(SIGNATURE)]
#[case(TIMESTAMP)]
#[case(CLIENT_TYPE)]
#[case("Host")]
fn every_header_is_required_once_and_in_ascii(#[case] name: &'static str) {
    let mut without = signed();
    without.headers.remove(name);
    assert_eq!(check(&without, &open()), Err(Refusal::Missing { name }));
    assert_eq!(check(&with(name, ""), &open()), Err(Refusal::Empty { name }));
    assert_eq!(check(&with(name, "클"), &open()), Err(Refusal::NotAscii { name }));
    assert_eq!(check(&with(name, b"\xff".to_vec()), &open()), Err(Refusal::NotAscii { name }));
    assert_eq!(check(&with(name, "a\u{7f}b"), &open()), Err(Refusal::NotAscii { name }));
    let mut twice = signed();
    let value = twice.headers.text(name).expect("sent");
    twice.headers.push(name.to_ascii_uppercase(), value);
    assert_eq!(check(&twice, &open()), Err(Refusal::Repeated { name }));
}

#[test]
fn the_account_id_is_signed_exactly_when_it_is_sent() {
    let account = signed_under(&testing::request(), testing::BASE, Some(ACCOUNT));
    assert_eq!(check(&account, &open()), Ok(vec![Reading::AccountId]));
    let mut unsent = account.clone();
    unsent.headers.remove(ACCOUNT_ID);
    assert_eq!(check(&unsent, &open()), Err(Refusal::Signature));
    assert_eq!(check(&with(ACCOUNT_ID, ACCOUNT), &open()), Err(Refusal::Signature));
    assert_eq!(check(&with(ACCOUNT_ID, ""), &open()), Ok(Vec::new()));
    let mut twice = account;
    twice.headers.push("scp-accountid", ACCOUNT);
    assert_eq!(check(&twice, &open()), Err(Refusal::Repeated { name: ACCOUNT_ID }));
}

#[rstest]
#[case("https://product.e.samsungsdscloud.com", "https://product.e.samsungsdscloud.com", &[Reading::PublicUrl])]
#[case("https://product.e.samsungsdscloud.com/", "https://product.e.samsungsdscloud.com", &[Reading::PublicUrl])]
#[case("https://front.example/scp", "https://front.example", &[Reading::PublicUrl])]
#[case("https://front.example/scp/", "https://front.example/scp", &[Reading::PublicUrl, Reading::PublicPath])]
fn the_public_address_may_have_been_signed(#[case] public: &str, #[case] base: &str, #[case] readings: &[Reading]) {
    let request = signed_under(&testing::request(), base, None);
    assert_eq!(check(&request, &open()), Err(Refusal::Signature));
    let settings = Settings { public_url: Some(public.to_owned()), ..open() };
    assert_eq!(check(&request, &settings), Ok(readings.to_vec()));
    assert_eq!(check(&signed(), &settings), Ok(Vec::new()));
    let other = signed_under(&testing::request(), "https://other.example", None);
    assert_eq!(check(&other, &settings), Err(Refusal::Signature));
}

#[test]
fn a_target_in_absolute_form_is_taken_as_it_stands() {
    let target = "https://Product.E.samsungsdscloud.com:443/v1/products?a=%3a";
    let absolute = Request { target: target.to_owned(), ..testing::request() };
    let mut request = signed_under(&absolute, "http://ignored.example", None);
    assert_eq!(check(&request, &open()), Ok(vec![Reading::AbsoluteForm]));
    request.headers.remove("Host");
    assert_eq!(check(&request, &open()), Ok(vec![Reading::AbsoluteForm]));
    let settings = Settings { public_url: Some("https://front.example".to_owned()), ..open() };
    let elsewhere = Request { target: "http://127.0.0.1:7703/v1".to_owned(), ..testing::request() };
    let mut moved =
        signed_under(&Request { target: "/v1".to_owned(), ..elsewhere.clone() }, "https://front.example", None);
    moved.target = elsewhere.target;
    assert_eq!(check(&moved, &settings), Ok(vec![Reading::AbsoluteForm, Reading::PublicUrl]));
    assert_eq!(check(&moved, &open()), Err(Refusal::Signature));
}

#[rstest]
#[case(0, true)]
#[case(300_000, true)]
#[case(-300_000, true)]
#[case(300_001, false)]
#[case(-300_001, false)]
fn the_window_reaches_five_minutes_in_both_directions(#[case] milliseconds: i64, #[case] accepted: bool) {
    let now = testing::now() + jiff::SignedDuration::from_millis(milliseconds);
    let of = |settings: &Settings| verify(&signed(), "http", &testing::credentials(), now, settings);
    let expired = Err(Refusal::Expired { signed_at: testing::now(), now });
    assert_eq!(of(&Settings::default()).map(|_| ()), if accepted { Ok(()) } else { expired });
    assert!(of(&open()).is_ok());
    let narrow = Settings { window: Some(Duration::ZERO), ..Settings::default() };
    assert_eq!(of(&narrow).is_ok(), milliseconds == 0);
}

#[test]
fn the_scheme_is_part_of_what_is_signed() {
    assert_eq!(verify(&signed(), "https", &testing::credentials(), testing::now(), &open()), Err(Refusal::Signature));
}

#[rstest]
#[case(ACCESS_KEY)]
#[case(CLIENT_TYPE)]
#[case(TIMESTAMP)]
fn a_secret_key_in_the_wrong_place_is_not_repeated(#[case] name: &'static str) {
    let credentials = Credentials { secret_key: Secret::new("SCPSECRET0001"), ..testing::credentials() };
    let mut request = signed();
    for value in ["SCPSECRET0001", "Bearer SCPSECRET0001"] {
        request.headers.set(name, value);
        let refusal = verify(&request, "http", &credentials, testing::now(), &open()).expect_err("refused");
        assert!(!format!("{refusal} {refusal:?}").contains("SCPSECRET0001"), "{refusal:?}");
    }
    request.headers.set(ACCESS_KEY, "SCPSECRET0001");
    assert_eq!(verify(&request, "http", &credentials, testing::now(), &open()), Err(Refusal::Swapped));
}

#[test]
fn requests_of_version_one_are_told_so() {
    for name in ["X-Cmp-AccessKey", "x-cmp-language"] {
        let refusal = check(&with(name, "1"), &open()).expect_err("refused");
        assert_eq!(refusal, Refusal::VersionOne { header: name.to_owned() });
        assert!(refusal.to_string().contains("version 1"), "{refusal}");
    }
    assert_eq!(check(&with("X-Cmple", "1"), &open()), Ok(Vec::new()));
}

#[test]
fn only_one_text_stands_for_a_signature() {
    let signature = signed().headers.text(SIGNATURE).expect("signed");
    let last = signature.trim_end_matches('=').chars().last().expect("characters");
    // The last character holds two bits that stand for nothing; another one with the same four bits decodes alike.
    let alike = (b'A'..=b'z').map(char::from).filter(|other| other.is_ascii_alphanumeric() && *other != last);
    for other in alike {
        let text = format!("{}{other}=", &signature[..42]);
        assert_eq!(check(&with(SIGNATURE, text), &open()), Err(Refusal::Signature));
    }
    for text in [signature.trim_end_matches('=').to_owned(), format!("{signature}="), format!("{signature}AAAA")] {
        assert_eq!(check(&with(SIGNATURE, text), &open()), Err(Refusal::Signature));
    }
}

fn some_request() -> impl Strategy<Value = (Request, Option<String>)> {
    let target = "(/[a-zA-Z0-9+;=~!%\\PC]{0,6}){1,4}(\\?([a-z%+&=:' \\PC]{0,20}))?";
    let account = proptest::option::of("[0-9a-f]{1,32}");
    ("(GET|POST|DELETE|get|X-[A-Z]{1,5})", target, any::<Vec<u8>>(), account).prop_map(
        |(method, target, body, account)| {
            let headers = Headers::from_iter([("Host", "product.store.example:7703"), ("X-Note", "클")]);
            (Request { headers, body, ..Request::new(method, target) }, account)
        },
    )
}

proptest! {
    #[test]
    fn what_was_signed_verifies((request, account) in some_request()) {
        let signed = signed_under(&request, testing::BASE, account.as_deref());
        let expected = if account.is_some() { vec![Reading::AccountId] } else { Vec::new() };
        prop_assert_eq!(check(&signed, &open()), Ok(expected));
    }

    #[test]
    fn any_change_of_what_was_signed_is_refused((request, account) in some_request(), part in 0_usize..8, at: prop::sample::Index, other in "[!-~é]") {
        let signed = signed_under(&request, testing::BASE, account.as_deref());
        let changed = |text: &str| {
            let mut characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len());
            characters[at] = other.chars().next().expect("one");
            String::from_iter(characters)
        };
        let mut broken = signed.clone();
        match part {
            0 => broken.method = changed(&signed.method),
            1 => broken.target = changed(&signed.target),
            _ => {
                let name = ["Host", ACCESS_KEY, TIMESTAMP, SIGNATURE, CLIENT_TYPE, ACCOUNT_ID][part - 2];
                broken.headers.set(name, changed(&signed.headers.text(name).unwrap_or("none".to_owned())));
            }
        }
        // A method has no case in the message.
        prop_assume!(broken.headers != signed.headers || broken.target != signed.target || !broken.method.eq_ignore_ascii_case(&signed.method));
        prop_assert!(check(&broken, &open()).is_err());
    }

    #[test]
    fn nothing_panics(
        (method, target, scheme) in ("\\PC{0,5}", "(https?://)?\\PC{0,20}", "\\PC{0,5}"),
        values in prop::collection::vec((
            "(Scp-(Accesskey|Signature|Timestamp|ClientType|AccountId)|Host|X-Cmp-A|X-Forwarded-Host|\\PC{0,9})",
            prop_oneof![
                "(SCPDEMO0001|Openapi|1735689600123|[A-Za-z0-9+/]{43}=|\\PC{0,9})".prop_map(String::into_bytes),
                any::<Vec<u8>>(),
            ],
        ), 0..9),
        public_url in proptest::option::of("(https?://)?\\PC{0,12}"),
    ) {
        no_panic(Request { headers: values.into_iter().collect(), ..Request::new(method, target) }, &scheme, public_url);
    }

}

proptest! {
    // Each one is examined at full length.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn no_examination_panics(
        target in "/\\PC{0,9}(\\?([a-z%+&=:', \\PC]|page=|true|%[0-9a-fA-F]{2}){0,20})?",
        (host, account, time) in ("[a-z0-9:.\\[\\]]{1,9}", "[ -~]{0,4}", "([0-9]{0,20}|[ -~]{1,9})"),
        (signature, body) in ("[!-~]{1,50}", any::<Vec<u8>>()),
    ) {
        let headers = Headers::from_iter([
            ("Host", host.as_str()), (ACCESS_KEY, "SCPDEMO0001"), (SIGNATURE, &signature), (TIMESTAMP, &time),
            (CLIENT_TYPE, "Openapi"), (ACCOUNT_ID, &account),
        ]);
        no_panic(Request { headers, body, ..Request::new("GET", target) }, "http", None);
    }
}

/// Whatever arrives is judged and explained, and both agree.
fn no_panic(request: Request, scheme: &str, public_url: Option<String>) {
    let settings = Settings { public_url, ..Settings::default() };
    let verdict = verify(&request, scheme, &testing::credentials(), testing::now(), &settings);
    let explained = explain_message(&request, scheme, &testing::credentials(), testing::now(), &settings);
    assert_eq!(verdict.is_ok(), explained.diagnosis.is_empty());
    assert!(explained.diagnosis.iter().all(|told| !told.to_string().is_empty()));
}
