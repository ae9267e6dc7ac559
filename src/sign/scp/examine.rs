//! Explains a request: what was expected, what was signed in its place, and why it is refused.
//!
//! Nothing here decides: the verdict is [`verify()`](super::verify())'s alone, and what is found only explains it.

use jiff::Timestamp;

use super::address::{Public, is_absolute};
use super::deviation::Deviation;
use super::doctor::Diagnosis;
use super::forge::{INVENTED_ACCOUNT_ID, INVENTED_PROJECT_ID};
use super::parts::Parts;
use super::received::{HOST, VERSION_ONE};
use super::refusal::Refusal;
use super::search::{Examination, Found, header};
use super::verify::{Credentials, Reading, Settings, verify};
use super::{ACCESS_KEY, ACCOUNT_ID, CLIENT_TYPE, OPEN_API, SIGNATURE, TIMESTAMP};
use crate::sign::Intermediate;
use crate::sign::digest::differ_once;
use crate::wire::Request;

/// The message that was expected beside the one that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What the verifier puts together, with the names of [`Signed::steps`](super::Signed::steps). Values that did not
    /// arrive are left out. The last of them is a good signature of this request: show it to the owner of the keys alone.
    pub expected: Vec<Intermediate>,
    /// What the client evidently signed, where that is known and something else.
    pub signed: Option<Vec<Intermediate>>,
    /// Why the request is refused, most telling first; empty when it is accepted.
    pub diagnosis: Vec<Diagnosis>,
}

/// Explains why a request is refused, most telling explanation first; empty when it is accepted.
///
/// That takes some thousand times as long as [`verify()`](super::verify()), whatever was sent.
pub fn diagnose(
    request: &Request,
    scheme: &str,
    credentials: &Credentials,
    now: Timestamp,
    settings: &Settings,
) -> Vec<Diagnosis> {
    explain_message(request, scheme, credentials, now, settings).diagnosis
}

/// Explains a request with the messages on both sides, for whoever wants to see where they part.
pub fn explain_message(
    request: &Request,
    scheme: &str,
    credentials: &Credentials,
    now: Timestamp,
    settings: &Settings,
) -> Explained {
    let base = [scheme, "://", header(request, HOST)].concat();
    let public = settings.public_url.as_deref().and_then(Public::read);
    let arrived = Parts {
        timestamp: header(request, TIMESTAMP).into(),
        access_key: header(request, ACCESS_KEY),
        account_id: header(request, ACCOUNT_ID).into(),
        client_type: header(request, CLIENT_TYPE),
        ..known(request, &base, credentials, settings)
    };
    let candidates = candidates(arrived, public.as_ref());
    let verdict = verify(request, scheme, credentials, now, settings);
    let met = match &verdict {
        Ok(accepted) if accepted.readings.contains(&Reading::PublicPath) => 2,
        Ok(accepted) if accepted.readings.contains(&Reading::PublicUrl) => 1,
        _ => 0,
    };
    let expected = Parts { client_type: OPEN_API, ..candidates[met].clone() }.compute(&[]).steps();
    let examination = Examination { request, candidates };
    let found = match verdict {
        Ok(_) => Vec::new(),
        Err(Refusal::Signature) => examination.signature().into_iter().collect(),
        Err(Refusal::Missing { .. }) => missing(request),
        Err(Refusal::VersionOne { header }) => {
            let fits = version_one_fits(request, &base, credentials, settings);
            vec![Found::told(Diagnosis::VersionOne { header, fits })]
        }
        Err(Refusal::UnknownAccessKey { found }) => {
            let fits = examination.fits();
            let near = nearly(&found, &credentials.access_key).then(|| credentials.access_key.clone());
            vec![Found::told(Diagnosis::UnknownAccessKey { found, near, fits })]
        }
        Err(Refusal::Expired { signed_at, now }) => {
            let zone = hours_away(signed_at, now).map(|hours| Diagnosis::OtherZone { hours });
            vec![Found::told(zone.unwrap_or(Diagnosis::Refused(Refusal::Expired { signed_at, now })))]
        }
        Err(refusal @ (Refusal::ClientType { .. } | Refusal::TimestampForm { .. })) => {
            // With the header mended the same client would sign rightly, unless more is found.
            let more = examination.signature().filter(|found| !found.is_mended_by_the_header());
            [Found::told(Diagnosis::Refused(refusal))].into_iter().chain(more).collect()
        }
        Err(refusal) => vec![Found::told(Diagnosis::Refused(refusal))],
    };
    let signed = found.iter().find_map(|found| found.signed.clone());
    Explained { expected, signed, diagnosis: found.into_iter().map(|found| found.diagnosis).collect() }
}

fn known<'a>(request: &'a Request, base: &'a str, credentials: &'a Credentials, settings: &'a Settings) -> Parts<'a> {
    Parts {
        secret_key: credentials.secret_key.expose(),
        known_access_key: &credentials.access_key,
        known_account_id: settings.account_id.as_deref().unwrap_or(INVENTED_ACCOUNT_ID),
        known_project_id: settings.project_id.as_deref().unwrap_or(INVENTED_PROJECT_ID),
        ..Parts::new(request, base)
    }
}

/// The request as it arrived, under the public address, and with the path of that in front.
fn candidates<'a>(arrived: Parts<'a>, public: Option<&'a Public>) -> Vec<Parts<'a>> {
    let mut candidates = vec![arrived];
    if let Some(public) = public {
        candidates.push(candidates[0].under(public, false));
        if !public.path.is_empty() {
            candidates.push(candidates[0].under(public, true));
        }
    }
    candidates
}

/// Every required header that is missing, each with the one that was sent in its place.
fn missing(request: &Request) -> Vec<Found> {
    let required = [ACCESS_KEY, SIGNATURE, TIMESTAMP, CLIENT_TYPE, HOST];
    let absent = |name: &&str| {
        let needed = *name != HOST || !is_absolute(&request.target);
        needed && request.headers.get(name).is_none()
    };
    let told = |name: &'static str| {
        let found = request.headers.iter().find(|header| bare(&header.name) == bare(name) && name != HOST);
        Found::told(match found {
            Some(header) => Diagnosis::Misspelt { name, found: header.name.clone() },
            None => Diagnosis::Refused(Refusal::Missing { name }),
        })
    };
    required.into_iter().filter(absent).map(told).collect()
}

/// A header's name without what is commonly written otherwise: `X-Scp-Access-Key-Id` and `SvAccesskey` are `accesskey`.
fn bare(name: &str) -> String {
    let mut kept: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    for front in ["x", "scp", "sv"] {
        kept = kept.strip_prefix(front).map(str::to_owned).unwrap_or(kept);
    }
    kept.strip_suffix("id").filter(|kept| *kept == "accesskey").map(str::to_owned).unwrap_or(kept)
}

/// Whether two access keys differ in what is easily got wrong: case, blanks, quotation marks, one character.
fn nearly(found: &str, known: &str) -> bool {
    let bare =
        |text: &str| text.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'').to_ascii_lowercase();
    differ_once(found, known) || (!known.is_empty() && bare(found) == bare(known))
}

/// How far two times may be from whole hours apart: clocks differ, and calls take their time.
const BESIDE_THE_HOUR: i64 = 120;

/// How many whole hours a time is ahead of another; none where no zone is that far away or no whole hours lie between.
fn hours_away(signed_at: Timestamp, now: Timestamp) -> Option<i64> {
    let ahead = signed_at.as_second().saturating_sub(now.as_second());
    let hours = ahead.saturating_add(if ahead < 0 { -1800 } else { 1800 }) / 3600;
    let beside = ahead.saturating_sub(hours.saturating_mul(3600)).abs();
    ((-12..=14).contains(&hours) && hours != 0 && beside <= BESIDE_THE_HOUR).then_some(hours)
}

/// The one host of version 1.
const VERSION_ONE_ORIGIN: &str = "https://openapi.samsungsdscloud.com";

/// Whether a request is signed rightly by the rule of version 1: the same message with the project id in front of the
/// client type. Its samples sign `encodeURI` of the whole URL or, two of them, of the path alone.
fn version_one_fits(request: &Request, base: &str, credentials: &Credentials, settings: &Settings) -> bool {
    let value = |name: &str| header(request, &[VERSION_ONE, name].concat());
    let public = settings.public_url.as_deref().and_then(Public::read);
    let arrived = Parts {
        timestamp: value("Timestamp").into(),
        access_key: value("AccessKey"),
        account_id: value("ProjectId").into(),
        client_type: value("ClientType"),
        ..known(request, base, credentials, settings)
    };
    let mut candidates = candidates(arrived, public.as_ref());
    candidates.push(Parts { origin: VERSION_ONE_ORIGIN.into(), ..candidates[0].clone() });
    let signature = value("Signature");
    let urls: [&[Deviation]; 4] = [
        &[],
        &[Deviation::OriginLeftOut],
        &[Deviation::UrlEscapedTwice],
        &[Deviation::OriginLeftOut, Deviation::UrlEscapedTwice],
    ];
    urls.iter().any(|how| candidates.iter().any(|parts| parts.compute(how).signature == signature))
}
