//! Looks for what reproduces a signature that does not verify.
//!
//! Nothing here decides: the verdict is [`verify()`](super::verify())'s alone, and what is found only explains it.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::address::Public;
use super::deviation::{Axis, Deviation, explain};
use super::doctor::Diagnosis;
use super::forge::{ADDED, INVENTED_ACCOUNT_ID, INVENTED_PROJECT_ID};
use super::parts::Parts;
use super::received::{HOST, VERSION_ONE};
use super::verify::{Credentials, Reading, Refusal, Settings, verify};
use super::{ACCESS_KEY, ACCOUNT_ID, CLIENT_TYPE, OPEN_API, SIGNATURE, TIMESTAMP};
use crate::sign::Intermediate;
use crate::sign::digest::differ_once;
use crate::wire::Request;

/// The message that was expected beside the one that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What the verifier puts together, with the names of [`Signed::steps`](super::Signed::steps). Values that did not
    /// arrive are left out.
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

/// An explanation, and the message that the client signed where that is known.
struct Found {
    diagnosis: Diagnosis,
    signed: Option<Vec<Intermediate>>,
}

impl Found {
    fn told(diagnosis: Diagnosis) -> Self {
        Self { diagnosis, signed: None }
    }

    fn is_mended_by_the_header(&self) -> bool {
        matches!(&self.diagnosis, Diagnosis::Deviates(set) if matches!(set.as_slice(),
            [Deviation::ClientTypeDocumented | Deviation::TimestampMilliseconds]))
    }
}

/// The value of a header where it is text; empty otherwise.
fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    let value = request.headers.get(name).and_then(|header| std::str::from_utf8(&header.value).ok());
    value.unwrap_or_default().trim_matches([' ', '\t'])
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

/// With larger bodies no deviation that signs them is tried.
const MOST_BODY: usize = 16 << 10;

/// So many milliseconds are tried at most in either direction.
const MOST_MILLISECONDS: i64 = 2000;

/// How many bytes are signed at most in search of another time.
const MOST_BYTES: usize = 8 << 20;

/// So many parameters are left out at most, one at a time.
const MOST_PARAMETERS: usize = 64;

/// Queries of so many parameters are tried in every order.
const MOST_ORDERED: usize = 5;

struct Examination<'a> {
    request: &'a Request,
    candidates: Vec<Parts<'a>>,
}

impl<'a> Examination<'a> {
    fn received(&self) -> &'a str {
        header(self.request, SIGNATURE)
    }

    fn size(&self) -> usize {
        (self.request.target.len() + 256) * self.candidates.len()
    }

    fn fits(&self) -> bool {
        self.candidates.iter().any(|parts| parts.compute(&[]).signature == self.received())
    }

    /// What explains the signature; none where there is nothing to explain.
    fn signature(&self) -> Option<Found> {
        if self.fits() {
            return None;
        }
        let found = self.changed_signature().or_else(|| self.added()).or_else(|| self.deviations());
        let found = found.or_else(|| self.without_parameter()).or_else(|| self.other_page());
        let found = found.or_else(|| self.other_order()).or_else(|| self.other_header());
        Some(found.or_else(|| self.other_time()).unwrap_or_else(|| {
            let received = self.received();
            let is_form = STANDARD.decode(received).is_ok_and(|bytes| bytes.len() == 32);
            Found::told(match is_form {
                true => Diagnosis::Unexplained,
                false => Diagnosis::SignatureForm { length: received.chars().count() },
            })
        }))
    }

    fn changed_signature(&self) -> Option<Found> {
        let once = self.candidates.iter().any(|parts| {
            let right = parts.compute(&[]).signature;
            // With a single + or / in it, the other alphabet differs in one character, too.
            let written = || Deviation::ALL.iter().filter(|one| one.is_on(Axis::Written));
            differ_once(&right, self.received())
                && !written().any(|one| parts.compute(&[*one]).signature == self.received())
        });
        once.then(|| Found::told(Diagnosis::ChangedSignature))
    }

    fn deviations(&self) -> Option<Found> {
        let signatures =
            |set: &[Deviation]| self.candidates.iter().map(|parts| parts.compute(set).signature).collect::<Vec<_>>();
        // What changes nothing here, or the same as an earlier one, would only make more pairs. How a signature is
        // written depends on its digits, which are others in each pair.
        let mut seen = HashSet::from([signatures(&[])]);
        let among: Vec<Deviation> = Deviation::ALL
            .iter()
            .copied()
            .filter(|one| !one.is_on(Axis::Body) || self.request.body.len() <= MOST_BODY)
            .filter(|one| seen.insert(signatures(&[*one])) || one.is_on(Axis::Written))
            .collect();
        let set = explain(&among, self.size(), |set| {
            self.candidates.iter().any(|parts| parts.compute(set).signature == self.received())
        })?;
        let signed = self.candidates.iter().map(|parts| parts.compute(&set));
        let signed = signed.into_iter().find(|computed| computed.signature == self.received())?;
        let diagnosis = match set.as_slice() {
            [one] if let Some(signed) = one.documented_origin() => {
                Diagnosis::OtherHost { signed, sent: self.candidates[0].origin.clone().into_owned() }
            }
            _ => Diagnosis::Deviates(set),
        };
        Some(Found { diagnosis, signed: Some(signed.steps()) })
    }

    /// The first of these variants of any candidate that fits.
    fn variant<T>(&self, variants: impl Fn(&Parts<'a>) -> Vec<(T, Parts<'a>)>) -> Option<(T, Vec<Intermediate>)> {
        self.candidates.iter().flat_map(variants).find_map(|(what, parts)| {
            let computed = parts.compute(&[]);
            (computed.signature == self.received()).then(|| (what, computed.steps()))
        })
    }

    /// With another query.
    fn other_query<T>(&self, queries: impl Fn(Vec<&str>) -> Vec<(T, String)>) -> Option<(T, Vec<Intermediate>)> {
        self.variant(|parts| {
            let Some((path, query)) = parts.target.split_once('?') else { return Vec::new() };
            let others = queries(query.split('&').collect()).into_iter();
            let with = |query: String| {
                let separator = if query.is_empty() { "" } else { "?" };
                Parts { target: format!("{path}{separator}{query}").into(), ..parts.clone() }
            };
            others.map(|(what, query)| (what, with(query))).collect()
        })
    }

    /// The parameter that storeproof adds. Alone in the query it would pass for a query that was left out.
    fn added(&self) -> Option<Found> {
        let (parameter, signed) = self.other_query(|pieces| match pieces.split_last() {
            Some((&ADDED, rest)) => vec![(ADDED.to_owned(), rest.join("&"))],
            _ => Vec::new(),
        })?;
        Some(Found { diagnosis: Diagnosis::ChangedQuery { parameter }, signed: Some(signed) })
    }

    fn without_parameter(&self) -> Option<Found> {
        let (parameter, signed) = self.other_query(|pieces| {
            let without = |at: usize| {
                let mut fewer = pieces.clone();
                let parameter = fewer.remove(at).to_owned();
                (parameter, fewer.join("&"))
            };
            (0..pieces.len().min(MOST_PARAMETERS)).map(without).collect()
        })?;
        Some(Found { diagnosis: Diagnosis::ChangedQuery { parameter }, signed: Some(signed) })
    }

    fn other_page(&self) -> Option<Found> {
        let ((signed, sent), steps) = self.other_query(|pieces| {
            let page = pieces.iter().enumerate().find_map(|(at, piece)| {
                let number: u32 = piece.strip_prefix("page=")?.parse().ok()?;
                Some((at, number))
            });
            let Some((at, number)) = page else { return Vec::new() };
            let others = (0..=20).chain(number.saturating_sub(3)..=number.saturating_add(3));
            let other = |page: u32| {
                let signed = format!("page={page}");
                let mut pieces = pieces.clone();
                let sent = std::mem::replace(&mut pieces[at], &signed).to_owned();
                let query = pieces.join("&");
                ((signed, sent), query)
            };
            others.map(other).collect()
        })?;
        Some(Found { diagnosis: Diagnosis::OtherPage { signed, sent }, signed: Some(steps) })
    }

    fn other_order(&self) -> Option<Found> {
        let (signed, steps) = self.other_query(|pieces| {
            if pieces.len() > MOST_ORDERED {
                return Vec::new();
            }
            orders(&pieces).into_iter().map(|order| (order.join("&"), order.join("&"))).collect()
        })?;
        Some(Found { diagnosis: Diagnosis::OtherOrder { signed }, signed: Some(steps) })
    }

    fn other_header(&self) -> Option<Found> {
        let headers = self.request.headers.iter().take(MOST_PARAMETERS);
        let values: Vec<(&str, &str)> = headers
            .filter_map(|header| Some((header.name.as_str(), std::str::from_utf8(&header.value).ok()?)))
            .filter(|(name, value)| !name.eq_ignore_ascii_case(SIGNATURE) && value.len() <= 512)
            .collect();
        let (name, signed) = self.variant(|parts| {
            let with = |value: &str| Parts { account_id: [&*parts.account_id, value].concat().into(), ..parts.clone() };
            values.iter().map(|(name, value)| ((*name).to_owned(), with(value))).collect()
        })?;
        Some(Found { diagnosis: Diagnosis::OtherHeader { name }, signed: Some(signed) })
    }

    fn other_time(&self) -> Option<Found> {
        let most = i64::try_from(MOST_BYTES / self.size() / 2).unwrap_or(MOST_MILLISECONDS).min(MOST_MILLISECONDS);
        let sent: i64 = self.candidates[0].timestamp.parse().ok()?;
        (1..=most).flat_map(|away| [away, -away]).find_map(|later| {
            let signed = sent.checked_sub(later)?.to_string();
            let at = |parts: &Parts<'a>| Parts { timestamp: signed.clone().into(), ..parts.clone() };
            let (_, steps) = self.variant(|parts| vec![((), at(parts))])?;
            Some(Found { diagnosis: Diagnosis::OtherTime { later }, signed: Some(steps) })
        })
    }
}

/// Every order of a few pieces.
fn orders<'a>(pieces: &[&'a str]) -> Vec<Vec<&'a str>> {
    if pieces.len() < 2 {
        return vec![pieces.to_vec()];
    }
    let beginning = |at: usize| {
        let mut rest = pieces.to_vec();
        let first = rest.remove(at);
        orders(&rest).into_iter().map(move |order| [vec![first], order].concat())
    };
    (0..pieces.len()).flat_map(beginning).collect()
}

/// Every required header that is missing, each with the one that was sent in its place.
fn missing(request: &Request) -> Vec<Found> {
    let required = [ACCESS_KEY, SIGNATURE, TIMESTAMP, CLIENT_TYPE, HOST];
    let absent = |name: &&str| {
        let needed = *name != HOST || !super::address::is_absolute(&request.target);
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

/// Whether a request is signed rightly by the rule of version 1: the same message with the project id in front of the
/// client type, over the whole URL or, as two public samples do it, over the path alone.
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
    let fits = |how: &[Deviation]| {
        candidates(arrived.clone(), public.as_ref())
            .iter()
            .any(|parts| parts.compute(how).signature == value("Signature"))
    };
    fits(&[]) || fits(&[Deviation::OriginLeftOut])
}
