//! Says what reproduces a signature that does not verify.

use std::fmt;

use jiff::Timestamp;

use super::authorization::{Authorization, Malformed};
use super::deviation::{Deviation, Parts, Public, explain};
use super::forge::{ADDED, APPENDED};
use super::mistake::Mistake;
use super::verify::{Credentials, Refusal, Settings, verify};
use super::{AUTHORIZATION, CONTENT_SHA256};
use crate::sign::Intermediate;
use crate::sign::digest::differ_once;
use crate::wire::Request;

/// One explanation of a request that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It is refused for this reason, which needs no further explanation.
    Refused(Refusal),
    /// It is signed with the derived-key algorithm of the same SDK.
    DerivedAlgorithm,
    /// It is signed in the manner of AWS.
    Aws,
    /// It carries a token or password instead of a signature.
    OtherScheme {
        /// The scheme.
        scheme: String,
    },
    /// It is signed for a documented host of the store and was sent to another one.
    OtherHost {
        /// The host that was signed.
        signed: &'static str,
        /// `Host` as it arrived.
        sent: String,
    },
    /// It is signed rightly, at a time that is whole hours away: the time of a zone, written as UTC.
    OtherZone {
        /// How many hours ahead of the clock; negative ones lie behind.
        hours: i64,
    },
    /// It matches with these deviations from the recipe; rarely more than one.
    Deviates(Vec<Deviation>),
    /// One character of the signature is wrong.
    ChangedSignature,
    /// It matches without this parameter: it was added after signing.
    ChangedQuery {
        /// The parameter as it stands.
        parameter: String,
    },
    /// It matches without the white space that [`Mistake::ChangedBody`] appends.
    ChangedBody,
}

impl Diagnosis {
    /// The mistake that makes such a request, where it is one of the recipe's.
    pub fn mistake(&self) -> Option<Mistake> {
        Some(match self {
            Self::Refused(Refusal::Missing) => Mistake::MissingAuthorization,
            Self::Refused(Refusal::UnknownAccessKey { .. }) => Mistake::UnknownAccessKey,
            Self::Refused(Refusal::MissingDate) => Mistake::MissingDate,
            Self::Refused(Refusal::DateNotSigned) => Mistake::DateNotSigned,
            Self::Refused(Refusal::Expired { signed_at, now }) if signed_at < now => Mistake::Expired,
            Self::Refused(Refusal::Expired { .. }) => Mistake::Future,
            Self::DerivedAlgorithm => Mistake::OtherAlgorithm,
            Self::ChangedSignature => Mistake::ChangedSignature,
            Self::ChangedQuery { .. } => Mistake::ChangedQuery,
            Self::ChangedBody => Mistake::ChangedBody,
            Self::OtherZone { hours } if *hours < 0 => Mistake::Expired,
            Self::OtherZone { .. } => Mistake::Future,
            Self::Deviates(set) => match set.as_slice() {
                [Deviation::SecondTestKey] => Mistake::WrongSecret,
                [Deviation::HostWithoutPort] => Mistake::HostWithoutPort,
                [Deviation::NoTrailingSlash] => Mistake::NoTrailingSlash,
                [Deviation::PathEscapedTwice] => Mistake::PathEscapedTwice,
                [Deviation::FormEncoded] => Mistake::FormEncoded,
                [Deviation::QueryUnsorted] => Mistake::QueryUnsorted,
                [Deviation::EmptyObjectHashed] => Mistake::EmptyObjectHashed,
                [Deviation::BodyCompact] => Mistake::BodyRewritten,
                [Deviation::Base64] => Mistake::Base64,
                [Deviation::LiteralLineFeeds] => Mistake::LiteralLineFeeds,
                [Deviation::SecretDerived] => Mistake::DerivedKey,
                _ => return None,
            },
            _ => return None,
        })
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::DerivedAlgorithm => f.write_str(
                "it is signed with V11-HMAC-SHA256, the derived-key algorithm of the same SDK; the store documents SDK-HMAC-SHA256 alone",
            ),
            Self::Aws => f.write_str("it is signed in the manner of AWS; the store documents SDK-HMAC-SHA256 alone"),
            Self::OtherScheme { scheme } => {
                write!(f, "it carries {scheme} credentials; the store documents SDK-HMAC-SHA256 alone")
            }
            Self::OtherHost { signed, sent } => write!(
                f,
                "it is signed for the host {signed} and was sent to {sent}: point the client's endpoint, which is also the host that it signs, at {sent}"
            ),
            Self::OtherZone { hours } => {
                let (away, side) = (hours.abs(), if *hours < 0 { "behind" } else { "ahead of" });
                let plural = if away == 1 { "" } else { "s" };
                write!(
                    f,
                    "X-Sdk-Date is {away} hour{plural} {side} UTC: it is local time (UTC{hours:+}) written with Z; format the time in UTC"
                )
            }
            Self::Deviates(set) => crate::sign::explain::sentence(f, set),
            Self::ChangedSignature => f.write_str("one character of the signature is wrong, the others are right"),
            Self::ChangedQuery { parameter } => {
                write!(f, "the query was changed after signing: it matches without {parameter}")
            }
            Self::ChangedBody => f.write_str("the body was changed after signing: it matches without the white space at its end"),
        }
    }
}

/// Explains why a request is refused, most telling explanation first; empty when it is accepted.
pub fn diagnose(request: &Request, credentials: &Credentials, now: Timestamp, settings: &Settings) -> Vec<Diagnosis> {
    match verify(request, credentials, now, settings) {
        Ok(_) => Vec::new(),
        Err(Refusal::Signature) => {
            let found = signature(request, credentials, settings);
            if found.is_empty() { vec![Diagnosis::Refused(Refusal::Signature)] } else { found }
        }
        Err(Refusal::Malformed(Malformed::Algorithm { found })) => vec![other_algorithm(found)],
        Err(Refusal::Expired { signed_at, now }) => {
            let zone = hours_away(signed_at, now).map(|hours| Diagnosis::OtherZone { hours });
            vec![zone.unwrap_or(Diagnosis::Refused(Refusal::Expired { signed_at, now }))]
        }
        Err(refusal) => vec![Diagnosis::Refused(refusal)],
    }
}

/// The strings on the way to the signature of a request, with these deviations from the recipe; `None` where its
/// `Authorization` does not say what is signed.
pub fn steps(
    request: &Request,
    credentials: &Credentials,
    settings: &Settings,
    how: &[Deviation],
) -> Option<Vec<Intermediate>> {
    let authorization = Authorization::parse(&request.headers.text(AUTHORIZATION)?).ok()?;
    let public = settings.public_url.as_deref().and_then(Public::read);
    let parts = Parts::new(request, &authorization.signed_headers, &credentials.secret_key)
        .with_public(public.as_ref())
        .with_other_keys(&credentials.access_key, settings.market_key.as_ref());
    Some(parts.compute(how).steps())
}

/// How far two times may be from whole hours apart: clocks differ, and calls take their time.
const BESIDE_THE_HOUR: i64 = 120;

/// How many whole hours a time is ahead of another; `None` where no zone is that far away or no whole hours lie between.
fn hours_away(signed_at: Timestamp, now: Timestamp) -> Option<i64> {
    let ahead = signed_at.as_second().saturating_sub(now.as_second());
    let hours = ahead.saturating_add(if ahead < 0 { -1800 } else { 1800 }) / 3600;
    let beside = ahead.saturating_sub(hours.saturating_mul(3600)).abs();
    ((-12..=14).contains(&hours) && hours != 0 && beside <= BESIDE_THE_HOUR).then_some(hours)
}

fn other_algorithm(found: String) -> Diagnosis {
    if found.starts_with("V11-") {
        Diagnosis::DerivedAlgorithm
    } else if found.starts_with("AWS") {
        Diagnosis::Aws
    } else if found.eq_ignore_ascii_case("bearer") || found.eq_ignore_ascii_case("basic") {
        Diagnosis::OtherScheme { scheme: found }
    } else {
        Diagnosis::Refused(Refusal::Malformed(Malformed::Algorithm { found }))
    }
}

fn signature(request: &Request, credentials: &Credentials, settings: &Settings) -> Vec<Diagnosis> {
    let value = request.headers.text(AUTHORIZATION).unwrap_or_default();
    let Ok(authorization) = Authorization::parse(&value) else { return Vec::new() };
    let public = settings.public_url.as_deref().and_then(Public::read);
    let signature = authorization.signature.as_str();
    let names = authorization.signed_headers.as_slice();
    let made = |request: &Request, how: &[Deviation]| {
        let parts = Parts::new(request, names, &credentials.secret_key).with_public(public.as_ref());
        parts.compute(how).signature
    };
    if differ_once(&made(request, &[]), signature) {
        return vec![Diagnosis::ChangedSignature];
    }
    if let Some(body) = request.body.strip_suffix(APPENDED)
        && made(&Request { body: body.to_vec(), ..request.clone() }, &[]) == signature
    {
        return vec![Diagnosis::ChangedBody];
    }
    let parts = Parts::new(request, names, &credentials.secret_key)
        .with_public(public.as_ref())
        .with_other_keys(&credentials.access_key, settings.market_key.as_ref());
    if let Some(set) = explain(request.body.len() + request.target.len(), |set| {
        applies(set, request) && parts.compute(set).signature == signature
    }) {
        if let [one] = set.as_slice()
            && let Some(signed) = one.documented_host()
        {
            return vec![Diagnosis::OtherHost { signed, sent: request.headers.text("host").unwrap_or_default() }];
        }
        return vec![Diagnosis::Deviates(set)];
    }
    without_parameter(request, |request| made(request, &[]) == signature).into_iter().collect()
}

/// Whether deviations can be meant at all: some of their names would mislead elsewhere.
fn applies(set: &[Deviation], request: &Request) -> bool {
    set.iter().all(|deviation| match deviation {
        Deviation::UnsignedPayload | Deviation::EmptyObjectHashed => request.headers.get(CONTENT_SHA256).is_none(),
        Deviation::BodyAsSent => request.headers.get(CONTENT_SHA256).is_some(),
        Deviation::EmptyHash => !request.body.is_empty(),
        _ => true,
    })
}

/// So many parameters are tried at most.
const MOST_PARAMETERS: usize = 64;

/// The parameter without which the signature fits.
fn without_parameter(request: &Request, fits: impl Fn(&Request) -> bool) -> Option<Diagnosis> {
    let query = request.query()?;
    let pieces: Vec<&str> = query.split('&').collect();
    // The one that storeproof adds first; what one request may cost is bounded.
    let order = pieces.iter().position(|piece| *piece == ADDED).into_iter().chain(0..pieces.len().min(MOST_PARAMETERS));
    order.into_iter().find_map(|at| {
        let mut fewer = pieces.clone();
        let parameter = fewer.remove(at).to_owned();
        let separator = if fewer.is_empty() { "" } else { "?" };
        let target = format!("{}{separator}{}", request.path(), fewer.join("&"));
        let other = Request { target, ..request.clone() };
        fits(&other).then_some(Diagnosis::ChangedQuery { parameter })
    })
}

#[cfg(test)]
mod tests {
    use super::super::{forge, signed, testing};
    use super::*;
    use crate::wire::Secret;

    fn credentials() -> Credentials {
        Credentials { access_key: "AKDEMO0001".to_owned(), secret_key: testing::secret() }
    }

    fn settings() -> Settings {
        Settings {
            public_url: Some("https://mkt.public.example/front".to_owned()),
            market_key: Some(Secret::new("kg-demo-key-01")),
            ..Settings::default()
        }
    }

    #[test]
    fn every_forged_request_is_explained() {
        for mistake in Mistake::ALL {
            let request = forge(*mistake, &testing::request(), "AKDEMO0001", &testing::secret(), testing::now());
            let found = diagnose(&request, &credentials(), testing::now(), &Settings::default());
            if *mistake == Mistake::UnsignedPayload {
                assert_eq!(found, []);
                continue;
            }
            assert_eq!(found.first().and_then(Diagnosis::mistake), Some(*mistake), "{mistake}: {found:?}");
            assert_eq!(found.len(), 1, "{mistake}: {found:?}");
        }
    }

    #[test]
    fn every_deviation_is_found_again() {
        let with_body = |body: &[u8]| {
            let mut request = testing::request();
            request.target =
                "/api/a%20b/c%2Fd?z=1&a=b%20c%2Bd&name=&m=2&m=10&a%2Db=1&a%21=(x)+y&a0=%2F&%2A=&%EE%80%80=1".to_owned();
            request.headers.push("X-Sdk-Date", "20260304T050607Z");
            request.headers.push("Date", "Wed, 04 Mar 2026 05:06:07 GMT");
            request.headers.push("X-Blank", " a ");
            request.body = body.to_vec();
            request
        };
        for deviation in Deviation::ALL {
            let mut request = match deviation {
                Deviation::EmptyObjectHashed | Deviation::QuotedEmptyHashed | Deviation::NullHashed => with_body(b""),
                _ => with_body(b"\t{\"b\": 1,\"a\":[\"\\u4e2d\", 2]}\t"),
            };
            if *deviation == Deviation::BodyAsSent {
                request.headers.push(CONTENT_SHA256, "UNSIGNED-PAYLOAD");
            }
            let mut parts = signed(request.clone(), "AKDEMO0001", &testing::secret(), &[]).request;
            let mut authorization =
                Authorization::parse(&parts.headers.text(AUTHORIZATION).expect("signed")).expect("readable");
            authorization.signed_headers.reverse();
            let public = Public::read("https://mkt.public.example/front");
            authorization.signature = Parts::new(&request, &authorization.signed_headers, &testing::secret())
                .with_public(public.as_ref())
                .with_other_keys("AKDEMO0001", settings().market_key.as_ref())
                .compute(&[*deviation])
                .signature;
            parts.headers.set(AUTHORIZATION, authorization.to_string());
            let found = diagnose(&parts, &credentials(), testing::now(), &settings());
            let readings = [
                Deviation::PublicHost,
                Deviation::PublicHostWithPort,
                Deviation::PublicPath,
                Deviation::PlusIsBlank,
                Deviation::PathBySegment,
            ];
            let expected = match deviation {
                reading if readings.contains(reading) => Vec::new(),
                other => match other.documented_host() {
                    Some(signed) => vec![Diagnosis::OtherHost { signed, sent: "mkt.vendor.example:8443".to_owned() }],
                    None => vec![Diagnosis::Deviates(vec![*other])],
                },
            };
            assert_eq!(found, expected, "{deviation:?}");
        }
    }

    #[test]
    fn a_request_signed_for_the_stores_host_says_where_to_point_the_client() {
        let mut request = testing::request();
        request.headers.set("Host", "mkt.myhuaweicloud.com");
        let mut request = super::super::sign(&request, "AKDEMO0001", &testing::secret(), testing::now()).request;
        request.headers.set("Host", "127.0.0.1:7702");
        let found = diagnose(&request, &credentials(), testing::now(), &settings());
        assert_eq!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["it is signed for the host mkt.myhuaweicloud.com and was sent to 127.0.0.1:7702: point the client's \
              endpoint, which is also the host that it signs, at 127.0.0.1:7702"]
        );
    }

    #[test]
    fn local_time_written_as_utc_is_told_from_a_clock_that_is_wrong() {
        let at = |seconds: i64| {
            let then = testing::now() + jiff::SignedDuration::from_secs(seconds);
            let request = super::super::sign(&testing::request(), "AKDEMO0001", &testing::secret(), then).request;
            diagnose(&request, &credentials(), testing::now(), &settings())
        };
        assert_eq!(at(8 * 3600 - 3), [Diagnosis::OtherZone { hours: 8 }]);
        assert_eq!(at(-5 * 3600 + 3), [Diagnosis::OtherZone { hours: -5 }]);
        assert_eq!(at(0), []);
        for seconds in [960, -960, 8 * 3600 + 600, 20 * 3600] {
            assert!(matches!(at(seconds).as_slice(), [Diagnosis::Refused(Refusal::Expired { .. })]), "{seconds}");
        }
        assert_eq!(
            at(8 * 3600)[0].to_string(),
            "X-Sdk-Date is 8 hours ahead of UTC: it is local time (UTC+8) written with Z; format the time in UTC"
        );
    }

    #[test]
    fn other_schemes_are_named() {
        let with = |value: &str| {
            let mut request = testing::request();
            request.headers.push(AUTHORIZATION, value);
            diagnose(&request, &credentials(), testing::now(), &settings())
        };
        assert_eq!(with("AWS4-HMAC-SHA256 Credential=a"), [Diagnosis::Aws]);
        assert_eq!(with("Bearer abc"), [Diagnosis::OtherScheme { scheme: "Bearer".to_owned() }]);
        assert_eq!(with("V11-HMAC-SHA256 Credential=a"), [Diagnosis::DerivedAlgorithm]);
    }
}
