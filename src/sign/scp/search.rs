//! Looks for what reproduces a signature: deviations from the recipe, other queries, other times.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::SIGNATURE;
use super::deviation::{Axis, Deviation, explain};
use super::doctor::Diagnosis;
use super::forge::ADDED;
use super::parts::Parts;
use super::rewriting::{Escape, LISTS, rewritten};
use crate::sign::Intermediate;
use crate::sign::digest::differ_once;
use crate::wire::Request;

/// An explanation, and the message that the client signed where that is known.
pub(super) struct Found {
    pub(super) diagnosis: Diagnosis,
    pub(super) signed: Option<Vec<Intermediate>>,
}

impl Found {
    pub(super) fn told(diagnosis: Diagnosis) -> Self {
        Self { diagnosis, signed: None }
    }

    /// Whether a right value of the refused header is all that it takes.
    pub(super) fn is_mended_by_the_header(&self) -> bool {
        matches!(&self.diagnosis, Diagnosis::Deviates(set) if matches!(set.as_slice(),
            [Deviation::ClientTypeDocumented | Deviation::TimestampMilliseconds]))
    }
}

/// The value of a header where it is text; empty otherwise.
pub(super) fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    let value = request.headers.get(name).and_then(|header| std::str::from_utf8(&header.value).ok());
    value.unwrap_or_default().trim_matches([' ', '\t'])
}

/// Where proxies keep the host that the client asked for.
const FORWARDED_HOST: &str = "X-Forwarded-Host";

/// With larger bodies no deviation that signs them is tried.
const MOST_BODY: usize = 16 << 10;

/// So many milliseconds are tried at most in either direction.
const MOST_MILLISECONDS: i64 = 2000;

/// How many bytes are signed at most in search of another time.
const MOST_BYTES: usize = 8 << 20;

/// So many parameters are left out at most, one at a time.
const MOST_PARAMETERS: usize = 64;

/// Beside so many parameters at most an empty list is looked for.
const MOST_BESIDE_A_LIST: usize = 12;

/// Queries of so many parameters are tried in every order.
const MOST_ORDERED: usize = 5;

/// A request whose signature is to be explained.
pub(super) struct Examination<'a> {
    pub(super) request: &'a Request,
    /// As it arrived, and under the public address.
    pub(super) candidates: Vec<Parts<'a>>,
}

impl<'a> Examination<'a> {
    fn received(&self) -> &'a str {
        header(self.request, SIGNATURE)
    }

    fn size(&self) -> usize {
        (self.request.target.len() + 256) * self.candidates.len()
    }

    /// Whether the signature fits plainly.
    pub(super) fn fits(&self) -> bool {
        self.candidates.iter().any(|parts| parts.compute(&[]).signature == self.received())
    }

    /// What explains the signature; none where there is nothing to explain.
    pub(super) fn signature(&self) -> Option<Found> {
        if self.fits() {
            return None;
        }
        let found = self.changed_signature().or_else(|| self.added()).or_else(|| self.deviations());
        let found =
            found.or_else(|| self.without_parameter()).or_else(|| self.empty_list()).or_else(|| self.other_page());
        let found = found.or_else(|| self.other_order()).or_else(|| self.other_header()).or_else(|| self.in_front());
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

    /// With an empty list as Python prints it, which the library that sends leaves out.
    fn empty_list(&self) -> Option<Found> {
        let (parameter, signed) = self.variant(|parts| {
            let (path, query) = parts.target.split_once('?').unwrap_or((&*parts.target, ""));
            let text = rewritten(query, Escape::None);
            let pieces: Vec<&str> =
                text.split('&').filter(|piece| !piece.is_empty()).take(MOST_BESIDE_A_LIST).collect();
            let with = |name: &str, at: usize| {
                let parameter = format!("{name}=[]");
                let mut pieces = pieces.clone();
                pieces.insert(at, &parameter);
                let target = format!("{path}?{}", pieces.join("&"));
                (parameter, Parts { target: target.into(), ..parts.clone() })
            };
            (0..=pieces.len()).flat_map(|at| LISTS.map(|name| with(name, at))).collect()
        })?;
        Some(Found { diagnosis: Diagnosis::EmptyList { parameter }, signed: Some(signed) })
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

    /// Under the address that a proxy says it has.
    fn in_front(&self) -> Option<Found> {
        let host = header(self.request, FORWARDED_HOST).split(',').next().unwrap_or_default().trim();
        let origins = ["https", "http"].map(|scheme| format!("{scheme}://{host}"));
        let (signed, steps) = self.variant(|parts| {
            let under = |origin: &String| Parts { origin: origin.clone().into(), ..parts.clone() };
            origins.iter().map(|origin| (origin.clone(), under(origin))).collect()
        })?;
        Some(Found { diagnosis: Diagnosis::InFront { signed }, signed: Some(steps) })
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
