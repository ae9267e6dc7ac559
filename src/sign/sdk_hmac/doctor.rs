//! Says what reproduces a signature that does not verify.

use std::fmt;

use jiff::Timestamp;

use super::authorization::{Authorization, Malformed};
use super::deviation::{Deviation, Parts, Public, explain};
use super::forge::{ADDED, APPENDED};
use super::mistake::Mistake;
use super::verify::{Credentials, Refusal, Settings, verify};
use super::{AUTHORIZATION, CONTENT_SHA256};
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
        Err(refusal) => vec![Diagnosis::Refused(refusal)],
    }
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
    let parts = Parts::new(request, names, &credentials.secret_key).with_public(public.as_ref());
    if let Some(set) = explain(request.body.len() + request.target.len(), |set| {
        applies(set, request) && parts.compute(set).signature == signature
    }) {
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

    fn credentials() -> Credentials {
        Credentials { access_key: "AKDEMO0001".to_owned(), secret_key: testing::secret() }
    }

    fn settings() -> Settings {
        Settings { public_url: Some("https://mkt.public.example/front".to_owned()), ..Settings::default() }
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
                other => vec![Diagnosis::Deviates(vec![*other])],
            };
            assert_eq!(found, expected, "{deviation:?}");
        }
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
