//! Checks a request as the gateway does.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::authorization::{Authorization, Malformed};
use super::deviation::{Deviation, Parts, Public};
use super::{AUTHORIZATION, CONTENT_SHA256, DATE, DATE_FORMAT};
use crate::sign::digest::{hex, sha256};
use crate::wire::{Request, Secret};

/// What the store handed out to the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The access key (AK).
    pub access_key: String,
    /// The secret key (SK).
    pub secret_key: Secret,
}

/// How requests are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How far `X-Sdk-Date` may be away from the clock, in either direction. Default 15 minutes, as documented.
    pub window: Duration,
    /// Another base address under which clients may have signed, such as the store's own when a proxy stands between.
    pub public_url: Option<String>,
    /// The key with which the marketplace signs its own calls: it opens nothing here, and may have been taken for the
    /// secret key.
    pub market_key: Option<Secret>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { window: Duration::from_secs(15 * 60), public_url: None, market_key: None }
    }
}

/// A reading of the rule, or of the address, that was needed for the signature to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reading {
    /// `Host` was signed with the default port that was not sent, or without the default port that was.
    DefaultPort,
    /// `Host` was signed as the public address has it.
    PublicHost,
    /// The path of the public address was signed too.
    PublicPath,
    /// `+` in the query was signed as the blank that it is in forms.
    PlusIsBlank,
    /// An escaped slash in the path was signed as one.
    EscapedSlash,
    /// An empty body was hashed, though `X-Sdk-Content-Sha256` says something else.
    EmptyBody,
}

/// What a good request says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// `X-Sdk-Date`.
    pub signed_at: Timestamp,
    /// What was read otherwise than plainly; mostly nothing.
    pub readings: Vec<Reading>,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no `Authorization`.
    #[error("the header {AUTHORIZATION} is missing")]
    Missing,
    /// `Authorization` cannot be read.
    #[error("the header {AUTHORIZATION} is not of the documented form: {0}")]
    Malformed(Malformed),
    /// Another access key.
    #[error("the access key {found:?} is unknown")]
    UnknownAccessKey {
        /// The one that was sent.
        found: String,
    },
    /// The secret key stands where the access key belongs; it is not repeated.
    #[error("the secret key (SK) stands in Access=, where the access key (AK) belongs: the two are swapped")]
    Swapped,
    /// There is no `X-Sdk-Date`.
    #[error("the header {DATE} is missing")]
    MissingDate,
    /// `X-Sdk-Date` is not among the signed headers.
    #[error("the header {DATE} is not signed")]
    DateNotSigned,
    /// `X-Sdk-Date` has another form.
    #[error("the header {DATE} is {found:?}; its form is yyyyMMdd'T'HHmmss'Z'")]
    DateForm {
        /// What it says.
        found: String,
    },
    /// A header is listed that did not arrive.
    #[error("the header {name} is listed as signed and did not arrive")]
    SignedHeaderMissing {
        /// Which.
        name: String,
    },
    /// The signature is for another request or by another key.
    #[error("the signature does not fit the request and the secret key")]
    Signature,
    /// The signed hash is not that of the body that arrived.
    #[error("the hash in {CONTENT_SHA256} is not that of the body")]
    ContentHash,
    /// The time is too far away.
    #[error("signature expired, signature time: {signed_at}, server time: {now}")]
    Expired {
        /// `X-Sdk-Date`.
        signed_at: Timestamp,
        /// The store's clock.
        now: Timestamp,
    },
}

/// Checks a request. The `Host` is taken as received; default ports and the public address are accepted besides.
pub fn verify(
    request: &Request,
    credentials: &Credentials,
    now: Timestamp,
    settings: &Settings,
) -> Result<Accepted, Refusal> {
    let value = request.headers.text(AUTHORIZATION).ok_or(Refusal::Missing)?;
    let authorization = Authorization::parse(&value).map_err(Refusal::Malformed)?;
    if authorization.access_key != credentials.access_key && authorization.access_key == credentials.secret_key.expose()
    {
        return Err(Refusal::Swapped);
    }
    if authorization.access_key != credentials.access_key {
        return Err(Refusal::UnknownAccessKey { found: authorization.access_key });
    }
    let date = request.headers.text(DATE).ok_or(Refusal::MissingDate)?;
    if !authorization.signed_headers.iter().any(|name| name.eq_ignore_ascii_case(DATE)) {
        return Err(Refusal::DateNotSigned);
    }
    let signed_at = read_date(date.trim()).ok_or(Refusal::DateForm { found: date })?;
    let absent = |name: &&String| request.headers.get(name).is_none();
    if let Some(name) = authorization.signed_headers.iter().find(absent) {
        return Err(Refusal::SignedHeaderMissing { name: name.clone() });
    }
    let public = settings.public_url.as_deref().and_then(Public::read);
    let parts =
        Parts::new(request, &authorization.signed_headers, &credentials.secret_key).with_public(public.as_ref());
    let readings = reading(&parts, request, public.as_ref(), &authorization.signature).ok_or(Refusal::Signature)?;
    if !content_hash_fits(request) {
        return Err(Refusal::ContentHash);
    }
    let away = now.duration_since(signed_at).unsigned_abs();
    if away > settings.window {
        return Err(Refusal::Expired { signed_at, now });
    }
    Ok(Accepted { signed_at, readings })
}

/// When a request says that it was signed, where `X-Sdk-Date` has its form.
pub fn signed_at(request: &Request) -> Option<Timestamp> {
    read_date(request.headers.text(DATE)?.trim())
}

fn read_date(text: &str) -> Option<Timestamp> {
    // The parser would also take fewer digits.
    let form = text.len() == 16;
    let time = DateTime::strptime(DATE_FORMAT, text).ok().filter(|_| form)?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A hash in `X-Sdk-Content-Sha256` must be that of the body; any other word stands for itself.
fn content_hash_fits(request: &Request) -> bool {
    let Some(declared) = request.headers.text(CONTENT_SHA256) else { return true };
    let declared = declared.trim();
    let is_hash = declared.len() == 64 && declared.bytes().all(|byte| byte.is_ascii_hexdigit());
    !is_hash || declared.eq_ignore_ascii_case(&hex(&sha256(&request.body)))
}

/// The readings under which the signature fits, fewest first; none when it fits plainly.
fn reading(parts: &Parts<'_>, request: &Request, public: Option<&Public>, signature: &str) -> Option<Vec<Reading>> {
    let hosts = hosts(request, public);
    let path = request.path();
    let mut paths = vec![None];
    if path.contains("%2F") || path.contains("%2f") {
        paths.push(Some((Reading::EscapedSlash, Deviation::PathBySegment)));
    }
    if public.is_some_and(|public| public.path.len() > 1) {
        paths.push(Some((Reading::PublicPath, Deviation::PublicPath)));
    }
    let mut queries = vec![None];
    if request.query().is_some_and(|query| query.contains('+')) {
        queries.push(Some((Reading::PlusIsBlank, Deviation::PlusIsBlank)));
    }
    let mut bodies = vec![None];
    if request.body.is_empty() && request.headers.get(CONTENT_SHA256).is_some() {
        bodies.push(Some((Reading::EmptyBody, Deviation::EmptyHash)));
    }
    for host in &hosts {
        for path in &paths {
            for query in &queries {
                for body in &bodies {
                    let chosen: Vec<_> = [host, path, query, body].into_iter().filter_map(|one| *one).collect();
                    let how: Vec<Deviation> = chosen.iter().map(|(_, deviation)| *deviation).collect();
                    if parts.compute(&how).signature == signature {
                        return Some(chosen.into_iter().map(|(reading, _)| reading).collect());
                    }
                }
            }
        }
    }
    None
}

fn hosts(request: &Request, public: Option<&Public>) -> Vec<Option<(Reading, Deviation)>> {
    let received = request.headers.text("host").unwrap_or_default();
    let mut hosts = vec![None];
    if received.ends_with(":80") || received.ends_with(":443") {
        hosts.push(Some((Reading::DefaultPort, Deviation::HostWithoutPort)));
    } else if !received.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())) {
        hosts.push(Some((Reading::DefaultPort, Deviation::HostWithPort443)));
        hosts.push(Some((Reading::DefaultPort, Deviation::HostWithPort80)));
    }
    if public.is_some() {
        hosts.push(Some((Reading::PublicHost, Deviation::PublicHost)));
        hosts.push(Some((Reading::PublicHost, Deviation::PublicHostWithPort)));
    }
    hosts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::{UNSIGNED_PAYLOAD, sign, signed, testing};
    use super::*;

    fn credentials() -> Credentials {
        Credentials { access_key: "AKDEMO0001".to_owned(), secret_key: testing::secret() }
    }

    fn check(request: &Request, settings: &Settings) -> Result<Vec<Reading>, Refusal> {
        verify(request, &credentials(), testing::now(), settings).map(|accepted| accepted.readings)
    }

    fn with_host(host: &str) -> Request {
        let mut request = testing::request();
        request.headers.set("Host", host);
        request.headers.push(DATE, "20260304T050607Z");
        request
    }

    fn signed_with(request: Request, how: &[Deviation]) -> Request {
        signed(request, "AKDEMO0001", &testing::secret(), how).request
    }

    #[rstest]
    #[case("mkt.vendor.example:8443", &[], Ok(vec![]))]
    #[case("mkt.vendor.example:8443", &[Deviation::HostWithoutPort], Err(Refusal::Signature))]
    #[case("mkt.vendor.example:443", &[Deviation::HostWithoutPort], Ok(vec![Reading::DefaultPort]))]
    #[case("mkt.vendor.example", &[Deviation::HostWithPort80], Ok(vec![Reading::DefaultPort]))]
    #[case("mkt.vendor.example", &[Deviation::HostWithPort443], Ok(vec![Reading::DefaultPort]))]
    fn hosts_are_read_with_and_without_default_ports(
        #[case] host: &str,
        #[case] how: &[Deviation],
        #[case] expected: Result<Vec<Reading>, Refusal>,
    ) {
        assert_eq!(check(&signed_with(with_host(host), how), &Settings::default()), expected);
    }

    #[test]
    fn a_secret_key_in_the_place_of_the_access_key_is_not_repeated() {
        let credentials = Credentials { access_key: "AKDEMO0001".to_owned(), secret_key: Secret::new("SKDEMO0001") };
        let swapped = sign(&testing::request(), "SKDEMO0001", &Secret::new("AKDEMO0001"), testing::now()).request;
        let refusal = verify(&swapped, &credentials, testing::now(), &Settings::default()).expect_err("swapped");
        assert_eq!(refusal, Refusal::Swapped);
        assert!(!format!("{refusal} {refusal:?}").contains("SKDEMO0001"));
    }

    #[test]
    fn the_public_address_is_accepted_where_there_is_one() {
        let mut at_home = with_host("mkt.public.example");
        at_home.target = format!("/front{}", at_home.target);
        let mut moved = signed_with(at_home, &[]);
        moved.headers.set("Host", "127.0.0.1:8443");
        moved.target = moved.target.replacen("/front", "", 1);
        assert_eq!(check(&moved, &Settings::default()), Err(Refusal::Signature));
        let settings =
            Settings { public_url: Some("https://mkt.public.example/front/".to_owned()), ..Settings::default() };
        assert_eq!(check(&moved, &settings), Ok(vec![Reading::PublicHost, Reading::PublicPath]));
    }

    #[test]
    fn a_declared_hash_must_be_that_of_the_body() {
        let declared = |value: &str| {
            let mut request = with_host("h");
            request.headers.push(CONTENT_SHA256, value);
            signed_with(request, &[])
        };
        assert_eq!(check(&declared(UNSIGNED_PAYLOAD), &Settings::default()), Ok(vec![]));
        assert_eq!(check(&declared(&hex(&sha256(&testing::request().body))), &Settings::default()), Ok(vec![]));
        assert_eq!(check(&declared(&hex(&sha256(b"other"))), &Settings::default()), Err(Refusal::ContentHash));
        let empty = {
            let mut request = with_host("h");
            request.headers.push(CONTENT_SHA256, UNSIGNED_PAYLOAD);
            request.body.clear();
            signed_with(request, &[Deviation::EmptyHash])
        };
        assert_eq!(check(&empty, &Settings::default()), Ok(vec![Reading::EmptyBody]));
    }

    #[rstest]
    #[case(0, true)]
    #[case(900, true)]
    #[case(-900, true)]
    #[case(901, false)]
    #[case(-901, false)]
    fn the_window_reaches_fifteen_minutes_in_both_directions(#[case] seconds: i64, #[case] accepted: bool) {
        let request = sign(&testing::request(), "AKDEMO0001", &testing::secret(), testing::now()).request;
        let now = testing::now() + jiff::SignedDuration::from_secs(seconds);
        let verified = verify(&request, &credentials(), now, &Settings::default());
        assert_eq!(verified.is_ok(), accepted);
        if !accepted {
            assert_eq!(verified, Err(Refusal::Expired { signed_at: testing::now(), now }));
        }
    }

    #[rstest]
    #[case("20260304T050607Z", true)]
    #[case("2026034T050607Z", false)]
    #[case("20260304T050607", false)]
    #[case("20260304T0506070Z", false)]
    #[case("20261304T050607Z", false)]
    #[case("Wed, 04 Mar 2026 05:06:07 GMT", false)]
    fn dates_have_one_form(#[case] text: &str, #[case] good: bool) {
        assert_eq!(read_date(text).is_some(), good);
    }

    proptest! {
        #[test]
        fn what_was_signed_verifies(
            path in "(/[a-zA-Z0-9+;=~!%\\PC]{0,6}){0,4}",
            query in "([a-z%+&=\\PC]{0,20})?",
            body: Vec<u8>,
            value in "[ -~]{0,12}",
        ) {
            let target = format!("/{}?{query}", path.replace(['?', '#'], ""));
            let mut request = Request { body, ..Request::new("POST", target.replace('#', "")) };
            request.headers.push("Host", "h:1");
            request.headers.push("X-Note", value);
            let signed = sign(&request, "AKDEMO0001", &testing::secret(), testing::now()).request;
            prop_assert!(check(&signed, &Settings::default()).is_ok());
        }

        #[test]
        fn nothing_panics(target in "\\PC{0,20}", authorization in "(SDK-HMAC-SHA256 Access=AKDEMO0001, SignedHeaders=host;x-sdk-date, Signature=)?\\PC{0,20}", date in "([0-9]{8}T[0-9]{6}Z|\\PC{0,16})") {
            let mut request = Request::new("GET", target);
            request.headers.push("Host", "h");
            request.headers.push(DATE, date);
            request.headers.push(AUTHORIZATION, authorization);
            prop_assert!(check(&request, &Settings::default()).is_err());
        }
    }
}
