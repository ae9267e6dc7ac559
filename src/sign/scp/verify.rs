//! Checks the signature of a request.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::hmac;

use super::address::{Public, cut, is_absolute};
use super::received::Received;
use super::refusal::Refusal;
use super::{OPEN_API, timestamp};
use crate::wire::{Request, Secret};

/// What the platform handed out to the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The access key.
    pub access_key: String,
    /// The secret key.
    pub secret_key: Secret,
}

/// How requests are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How far `Scp-Timestamp` may be away from the clock, in either direction; none turns the check off. Default 5
    /// minutes: nothing is documented, and other Korean clouds allow as much.
    pub window: Option<Duration>,
    /// Another base URL under which clients may have signed, such as the platform's own when a proxy stands between or
    /// the client was sent here. Scheme and host as clients write them; its path may be signed or not. Default none.
    pub public_url: Option<String>,
    /// The id of the account, where it is known. It opens nothing; clients sign it without sending `Scp-AccountId`, and
    /// the doctor can name that only if it knows the id.
    pub account_id: Option<String>,
    /// The id of the project, where it is known: version 1 signed it. For the doctor alone, too.
    pub project_id: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { window: Some(Duration::from_secs(5 * 60)), public_url: None, account_id: None, project_id: None }
    }
}

/// What was needed for the signature to fit, besides the request line and `Host`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reading {
    /// The URL was signed with scheme and host of the configured public address.
    PublicUrl,
    /// The path of the public address was signed too.
    PublicPath,
    /// The account id was signed, as `Scp-AccountId` asks for. The reference does not mention it; the Go SDK does it.
    AccountId,
    /// The request line held the whole URL, which was taken as it stands.
    AbsoluteForm,
}

/// What a good request says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// `Scp-Timestamp`.
    pub signed_at: Timestamp,
    /// What was needed besides the plain rule; mostly nothing.
    pub readings: Vec<Reading>,
}

/// Checks a request against one pair of keys. `scheme` is how it arrived: `http` or `https`.
///
/// Whoever checks many makes one [`Verifier`] instead.
pub fn verify(
    request: &Request,
    scheme: &str,
    credentials: &Credentials,
    now: Timestamp,
    settings: &Settings,
) -> Result<Accepted, Refusal> {
    Verifier::new(credentials, settings).verify(request, scheme, now)
}

/// The keys and settings in the form that checking needs. A check takes one HMAC when the URL was signed as it arrived,
/// and one more for each reading of the public address otherwise.
#[derive(Clone, Debug)]
pub struct Verifier {
    credentials: Credentials,
    key: hmac::Key,
    public: Option<Public>,
    window: Option<Duration>,
}

impl Verifier {
    /// Prepares keys and settings.
    pub fn new(credentials: &Credentials, settings: &Settings) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, credentials.secret_key.expose().as_bytes()),
            credentials: credentials.clone(),
            public: settings.public_url.as_deref().and_then(Public::read),
            window: settings.window,
        }
    }

    /// Checks a request that arrived over `http` or `https`.
    pub fn verify(&self, request: &Request, scheme: &str, now: Timestamp) -> Result<Accepted, Refusal> {
        let received = Received::read(request)?;
        if received.access_key != self.credentials.access_key {
            return Err(self.unknown(received.access_key));
        }
        if received.client_type != OPEN_API {
            return Err(Refusal::ClientType { found: self.shown(received.client_type) });
        }
        let signed_at = timestamp::read(received.timestamp)
            .map_err(|form| Refusal::TimestampForm { found: self.shown(received.timestamp), form })?;
        let readings = self.readings(request, &received, scheme).ok_or(Refusal::Signature)?;
        if self.window.is_some_and(|window| now.duration_since(signed_at).unsigned_abs() > window) {
            return Err(Refusal::Expired { signed_at, now });
        }
        Ok(Accepted { signed_at, readings })
    }

    fn unknown(&self, found: &str) -> Refusal {
        // A header has no blanks around its value, though a key may.
        match found == self.credentials.secret_key.expose().trim() {
            true => Refusal::Swapped,
            false => Refusal::UnknownAccessKey { found: self.shown(found) },
        }
    }

    /// What a client sent, short, and never the secret key, wherever it was put by mistake.
    fn shown(&self, text: &str) -> String {
        let secret = self.credentials.secret_key.expose().trim();
        if !secret.is_empty() && text.contains(secret) {
            return "[secret]".to_owned();
        }
        match text.char_indices().nth(MOST_SHOWN) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        }
    }

    /// What was needed for the signature to fit; none when nothing makes it fit.
    fn readings(&self, request: &Request, received: &Received<'_>, scheme: &str) -> Option<Vec<Reading>> {
        let signature = decoded(received.signature)?;
        let target = request.target.as_str();
        let mut message = Vec::with_capacity(target.len() + 256);
        let mut fits = |url: [&str; 4]| {
            message.clear();
            message.extend(request.method.bytes().map(|byte| byte.to_ascii_uppercase()));
            let rest = [received.timestamp, received.access_key, received.account_id, received.client_type];
            for part in url.iter().chain(&rest) {
                message.extend_from_slice(part.as_bytes());
            }
            // In constant time.
            hmac::verify(&self.key, &message, &signature).is_ok()
        };
        let absolute = is_absolute(target);
        let mut readings = Vec::new();
        if absolute {
            readings.push(Reading::AbsoluteForm);
        }
        if !received.account_id.is_empty() {
            readings.push(Reading::AccountId);
        }
        let arrived = if absolute { [target, "", "", ""] } else { [scheme, "://", received.host, target] };
        if fits(arrived) {
            return Some(readings);
        }
        let public = self.public.as_ref()?;
        let target = if absolute { cut(target).1 } else { target };
        readings.push(Reading::PublicUrl);
        if fits([&public.origin, target, "", ""]) {
            return Some(readings);
        }
        readings.push(Reading::PublicPath);
        (!public.path.is_empty() && fits([&public.origin, &public.path, target, ""])).then_some(readings)
    }
}

/// The 32 bytes of a signature. Base64 is read strictly, so that exactly one text stands for them and no character of
/// it can be changed.
fn decoded(text: &str) -> Option<[u8; 32]> {
    if text.len() != 44 {
        return None;
    }
    // The decoder asks for room for what 44 characters could hold.
    let mut bytes = [0; 33];
    let length = STANDARD.decode_slice(text, &mut bytes).ok()?;
    bytes.first_chunk().copied().filter(|_| length == 32)
}

/// So many characters of a wrong value are repeated.
const MOST_SHOWN: usize = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::{ACCESS_KEY, CLIENT_TYPE, SIGNATURE, TIMESTAMP, sign, testing};
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
        unsent.headers.remove(super::super::ACCOUNT_ID);
        assert_eq!(check(&unsent, &open()), Err(Refusal::Signature));
        assert_eq!(check(&with(super::super::ACCOUNT_ID, ACCOUNT), &open()), Err(Refusal::Signature));
        assert_eq!(check(&with(super::super::ACCOUNT_ID, ""), &open()), Ok(Vec::new()));
        let mut twice = account;
        twice.headers.push("scp-accountid", ACCOUNT);
        assert_eq!(check(&twice, &open()), Err(Refusal::Repeated { name: super::super::ACCOUNT_ID }));
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
        assert_eq!(
            verify(&signed(), "https", &testing::credentials(), testing::now(), &open()),
            Err(Refusal::Signature)
        );
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
        fn any_change_of_what_was_signed_is_refused((request, account) in some_request(), part in 0..7, at: prop::sample::Index, other in "[!-~é]") {
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
                    let name = ["Host", ACCESS_KEY, TIMESTAMP, SIGNATURE, CLIENT_TYPE][usize::try_from(part).unwrap() - 2];
                    broken.headers.set(name, changed(&signed.headers.text(name).unwrap()));
                }
            }
            // A method has no case in the message.
            prop_assume!(broken.headers != signed.headers || broken.target != signed.target || !broken.method.eq_ignore_ascii_case(&signed.method));
            prop_assert!(check(&broken, &open()).is_err());
        }

        #[test]
        fn nothing_panics(method in "\\PC{0,5}", target in "\\PC{0,20}", scheme in "\\PC{0,5}", values in prop::collection::vec(("(Scp-(Accesskey|Signature|Timestamp|ClientType|AccountId)|Host|X-Cmp-A|\\PC{0,9})", "(SCPDEMO0001|Openapi|1735689600123|[A-Za-z0-9+/]{43}=|\\PC{0,9})"), 0..9), public in proptest::option::of("(https?://)?\\PC{0,12}")) {
            let headers: Headers = values.into_iter().collect();
            let request = Request { headers, ..Request::new(method, target) };
            let settings = Settings { public_url: public, ..Settings::default() };
            let verdict = verify(&request, &scheme, &testing::credentials(), testing::now(), &settings);
            let explained = super::super::explain_message(&request, &scheme, &testing::credentials(), testing::now(), &settings);
            prop_assert_eq!(verdict.is_ok(), explained.diagnosis.is_empty());
            for told in explained.diagnosis {
                prop_assert!(!told.to_string().is_empty());
            }
        }
    }
}
