//! Wrong requests on purpose.

use jiff::{SignedDuration, Timestamp};

use super::deviation::Deviation;
use super::mistake::Mistake;
use super::parts::Parts;
use super::{ACCESS_KEY, ACCOUNT_ID, CLIENT_TYPE, SIGNATURE, Signed, TIMESTAMP, parts, signed};
use crate::wire::{Request, Secret};

/// The parameter that [`Mistake::ChangedQuery`] adds.
pub(super) const ADDED: &str = "storeproof=added";

/// The account id of [`Mistake::AccountIdWithoutHeader`] and [`Mistake::AccountIdNotSigned`] where none is given.
pub const INVENTED_ACCOUNT_ID: &str = "5702e9f0a1b2c3d4e5f60718293a4b5c";

/// The project id of [`Mistake::ProjectIdSigned`] and [`Mistake::VersionOne`].
pub const INVENTED_PROJECT_ID: &str = "PROJECT-storeproof000001";

/// A request with one mistake; the other arguments are those of [`sign()`](super::sign).
///
/// What a mistake needs in the query (a blank, a list, an escape) is added where it is missing, and a body where one is
/// needed. Some mistakes show only where base and keys let them: without a port in the base there is none to leave out,
/// and a secret key without blanks around it cannot be trimmed.
pub fn forge(
    mistake: Mistake,
    request: &Request,
    base: &str,
    access_key: &str,
    secret_key: &Secret,
    account_id: Option<&str>,
    now: Timestamp,
) -> Signed {
    let prepared = prepared(mistake, request);
    let request = &prepared;
    let exposed = secret_key.expose();
    let parts = parts(request, base, access_key, secret_key, account_id, now);
    let right = || signed(request, &parts, parts.compute(&[]));
    let with = |parts: Parts<'_>| signed(request, &parts, parts.compute(&[]));
    let deviating = |deviation| signed(request, &parts, parts.compute(&[deviation]));
    let at = |moved: SignedDuration| {
        let then = now.saturating_add(moved).unwrap_or(now);
        Parts { timestamp: then.as_millisecond().to_string().into(), ..parts.clone() }
    };
    let without = |name: &str| {
        let mut right = right();
        right.request.headers.remove(name);
        right
    };
    let with_target = |target: String| {
        let mut right = right();
        right.request.target = target;
        right
    };
    let https = base.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"));
    match mistake {
        Mistake::MissingAccessKey => without(ACCESS_KEY),
        Mistake::MissingSignature => without(SIGNATURE),
        Mistake::MissingTimestamp => without(TIMESTAMP),
        Mistake::MissingClientType => without(CLIENT_TYPE),
        Mistake::EmptySignature => with_signature(right(), |_| String::new()),
        Mistake::RepeatedTimestamp => {
            let mut right = right();
            right.request.headers.push(TIMESTAMP, &*at(SignedDuration::from_millis(1)).timestamp);
            right
        }
        Mistake::VersionOne => version_one(request, &parts),
        Mistake::SwappedKeys => with(Parts { access_key: exposed, secret_key: access_key, ..parts.clone() }),
        Mistake::UnknownAccessKey => with(Parts { access_key: "STOREPROOF-UNKNOWN", ..parts.clone() }),
        Mistake::WrongSecret => deviating(Deviation::SecondTestKey),
        Mistake::AccessKeyAsSecret => deviating(Deviation::AccessKeyAsSecret),
        Mistake::KeyAndMessageExchanged => deviating(Deviation::Exchanged),
        Mistake::SecretTrimmed => deviating(Deviation::SecretTrimmed),
        Mistake::SecretWithLineFeed => deviating(Deviation::SecretWithLineFeed),
        Mistake::SecretDecoded => deviating(Deviation::SecretDecoded),
        Mistake::ChangedSignature => with_signature(right(), |signature| {
            let first = if signature.starts_with('A') { "B" } else { "A" };
            [first, &signature[1..]].concat()
        }),
        Mistake::ChangedQuery => with_target(and(&request.target, ADDED)),
        Mistake::OtherPage => with_target(next_page(&request.target)),
        Mistake::Expired => with(at(SignedDuration::from_mins(-20))),
        Mistake::Future => with(at(SignedDuration::from_mins(20))),
        Mistake::TimestampInSeconds => with(Parts { timestamp: now.as_second().to_string().into(), ..parts.clone() }),
        Mistake::SecondsSigned => deviating(Deviation::TimestampSeconds),
        Mistake::TimestampReadTwice => signed(request, &parts, at(SignedDuration::from_millis(-3)).compute(&[])),
        Mistake::ClientTypeOpenApi => with(Parts { client_type: "OpenApi", ..parts.clone() }),
        Mistake::ClientTypeLower => with(Parts { client_type: "openapi", ..parts.clone() }),
        Mistake::ClientTypeMixed => deviating(Deviation::ClientTypeOpenApi),
        Mistake::ClientTypeNotSigned => deviating(Deviation::ClientTypeLeftOut),
        Mistake::AccessKeyNotSigned => deviating(Deviation::AccessKeyLeftOut),
        Mistake::MethodLower => deviating(Deviation::MethodLower),
        Mistake::ProjectIdSigned => deviating(Deviation::ProjectInserted),
        Mistake::AccountIdWithoutHeader => {
            let known = account_id.filter(|id| !id.is_empty()).unwrap_or(INVENTED_ACCOUNT_ID);
            let parts = Parts { account_id: "".into(), known_account_id: known, ..parts.clone() };
            signed(request, &parts, parts.compute(&[Deviation::AccountInserted]))
        }
        Mistake::AccountIdNotSigned => {
            let sent = account_id.filter(|id| !id.is_empty()).unwrap_or(INVENTED_ACCOUNT_ID);
            let parts = Parts { account_id: sent.into(), ..parts.clone() };
            signed(request, &parts, parts.compute(&[Deviation::AccountLeftOut]))
        }
        Mistake::BodySigned => deviating(Deviation::BodyLast),
        Mistake::BodyHashSigned => deviating(Deviation::BodyHashLast),
        Mistake::DecodedUrl => deviating(Deviation::UrlDecoded),
        Mistake::QueryBeforeForm => deviating(Deviation::QueryBeforeForm),
        Mistake::PythonList => deviating(Deviation::ListPython),
        Mistake::PythonBoolean => deviating(Deviation::BooleanPython),
        Mistake::EscapedTwice => deviating(Deviation::UrlEscapedTwice),
        Mistake::EncodedAsUri => deviating(Deviation::EncodedAsUri),
        Mistake::PlusSigned => deviating(Deviation::PlusSigned),
        Mistake::PlusSent => deviating(Deviation::BlankSigned),
        Mistake::PathOnly => deviating(Deviation::OriginLeftOut),
        Mistake::WithoutScheme => deviating(Deviation::SchemeLeftOut),
        Mistake::WithoutHost => deviating(Deviation::HostLeftOut),
        Mistake::WithoutQuery => deviating(Deviation::QueryLeftOut),
        Mistake::SortedQuery => deviating(Deviation::QuerySorted),
        Mistake::OtherHost if base.ends_with("//product.e.samsungsdscloud.com") => deviating(Deviation::HostG),
        Mistake::OtherHost => deviating(Deviation::HostE),
        Mistake::RegionInHost => deviating(Deviation::RegionWest1),
        Mistake::PortLeftOut => deviating(Deviation::PortLeftOut),
        Mistake::DefaultPortSigned => deviating(if https { Deviation::Port443 } else { Deviation::Port80 }),
        Mistake::OtherScheme => deviating(if https { Deviation::SchemeHttp } else { Deviation::SchemeHttps }),
        Mistake::TrailingSlash => deviating(Deviation::TrailingSlash),
        Mistake::LineFeeds => deviating(Deviation::LineFeeds),
        Mistake::Ampersands => deviating(Deviation::Ampersands),
        Mistake::Commas => deviating(Deviation::Commas),
        Mistake::NaverCloud => deviating(Deviation::NaverCloud),
        Mistake::Hex => deviating(Deviation::Hex),
        Mistake::Base64OfHex => deviating(Deviation::Base64OfHex),
        Mistake::Base64Url => {
            // The two alphabets differ in two characters; some signature near this time has one of them.
            let near = (0..64).map(|away| at(SignedDuration::from_millis(-away)));
            let telling = |parts: &Parts<'_>| parts.compute(&[]).signature.contains(['+', '/']);
            let parts = near.into_iter().find(telling).unwrap_or_else(|| parts.clone());
            signed(request, &parts, parts.compute(&[Deviation::Base64Url]))
        }
        Mistake::PercentEncoded => deviating(Deviation::PercentEncoded),
        Mistake::HmacSha1 => deviating(Deviation::HmacSha1),
        Mistake::HmacSha512 => deviating(Deviation::HmacSha512),
        Mistake::PlainSha256 => deviating(Deviation::PlainSha256),
    }
}

/// The request with what the mistake needs to show.
fn prepared(mistake: Mistake, request: &Request) -> Request {
    let mut request = request.clone();
    let query = request.query().unwrap_or_default().to_owned();
    let repeats = |name: &str| query.split('&').filter(|piece| piece.split('=').next() == Some(name)).count() > 1;
    let needed = match mistake {
        Mistake::DecodedUrl | Mistake::EscapedTwice if !request.target.contains('%') => "sort=created_at%3Aasc",
        Mistake::EncodedAsUri => "sort=created_at%3Aasc&display_name_ko=%EB%84%A4",
        Mistake::QueryBeforeForm | Mistake::PlusSent if !query.contains('+') => "display_name=Virtual+Server",
        Mistake::PlusSigned if !query.contains("%20") => "display_name=Virtual%20Server",
        Mistake::PythonList if !repeats("product_id") => "product_id=VPC&product_id=DNS",
        Mistake::PythonBoolean => "is_exposed_menu=true",
        Mistake::WithoutQuery if query.is_empty() => "limit=20",
        Mistake::SortedQuery => "page=1&limit=20",
        Mistake::OtherPage if !query.contains("page=") => "page=1",
        _ => "",
    };
    if !needed.is_empty() {
        request.target = and(&request.target, needed);
    }
    if matches!(mistake, Mistake::BodySigned) && request.body.is_empty() {
        request.body = b"{}".to_vec();
    }
    request
}

/// The target with more parameters.
fn and(target: &str, parameters: &str) -> String {
    let separator = if target.contains('?') { '&' } else { '?' };
    format!("{target}{separator}{parameters}")
}

/// The target with the number of its page one higher.
fn next_page(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let piece = |piece: &str| match piece.strip_prefix("page=").and_then(|number| number.parse::<u32>().ok()) {
        Some(number) => format!("page={}", number.saturating_add(1)),
        None => piece.to_owned(),
    };
    format!("{path}?{}", query.split('&').map(piece).collect::<Vec<_>>().join("&"))
}

fn with_signature(mut signed: Signed, change: impl Fn(&str) -> String) -> Signed {
    let value = signed.request.headers.text(SIGNATURE).unwrap_or_default();
    signed.request.headers.set(SIGNATURE, change(&value));
    signed
}

/// The request as version 1 signs and sends it.
fn version_one(request: &Request, parts: &Parts<'_>) -> Signed {
    let parts = Parts { account_id: INVENTED_PROJECT_ID.into(), client_type: "OpenApi", ..parts.clone() };
    let computed = parts.compute(&[]);
    let mut signed = signed(request, &parts, computed);
    let names = [
        (ACCESS_KEY, "X-Cmp-AccessKey"),
        (SIGNATURE, "X-Cmp-Signature"),
        (TIMESTAMP, "X-Cmp-Timestamp"),
        (CLIENT_TYPE, "X-Cmp-ClientType"),
        (ACCOUNT_ID, "X-Cmp-ProjectId"),
    ];
    for (name, other) in names {
        let value = signed.request.headers.text(name).unwrap_or_default();
        signed.request.headers.remove(name);
        signed.request.headers.push(other, value);
    }
    signed
}
