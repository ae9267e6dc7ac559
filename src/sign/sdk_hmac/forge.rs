//! Wrong requests on purpose.

use jiff::{SignedDuration, Timestamp};

use super::deviation::Deviation;
use super::mistake::Mistake;
use super::{ALGORITHM, AUTHORIZATION, CONTENT_SHA256, DATE, DATE_FORMAT, UNSIGNED_PAYLOAD, dated, sign, signed};
use crate::sign::json::{Blanks, Document, Style};
use crate::wire::{Request, Secret};

/// The parameter that [`Mistake::ChangedQuery`] adds.
pub(super) const ADDED: &str = "storeproof=added";

/// What [`Mistake::ChangedBody`] appends to the body: white space, which no JSON parser minds, in a form that no
/// serialiser writes.
pub(super) const APPENDED: &[u8] = b"\n \n";

/// A request with one mistake.
///
/// Some show only where the request lets them: without a port in `Host` there is none to leave out.
pub fn forge(mistake: Mistake, request: &Request, access_key: &str, secret_key: &Secret, now: Timestamp) -> Request {
    let right = || sign(request, access_key, secret_key, now).request;
    let deviating = |how| signed(dated(request, now), access_key, secret_key, &[how]).request;
    let moved = |seconds: i64| {
        let mut moved = request.clone();
        let then = now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
        moved.headers.set(DATE, then.strftime(DATE_FORMAT).to_string());
        signed(moved, access_key, secret_key, &[]).request
    };
    let with_header = |change: &dyn Fn(&str) -> String| {
        let mut right = right();
        let value = right.headers.text(AUTHORIZATION).unwrap_or_default();
        right.headers.set(AUTHORIZATION, change(&value));
        right
    };
    match mistake {
        Mistake::MissingAuthorization => {
            let mut right = right();
            right.headers.remove(AUTHORIZATION);
            right
        }
        Mistake::WrongSecret => deviating(Deviation::SecondTestKey),
        Mistake::UnknownAccessKey => sign(request, "STOREPROOF-UNKNOWN", secret_key, now).request,
        Mistake::ChangedSignature => with_header(&|value| {
            let at = value.len() - 1;
            let other = if value.ends_with('0') { "1" } else { "0" };
            format!("{}{other}", &value[..at])
        }),
        Mistake::ChangedBody => {
            let mut right = right();
            right.body.extend_from_slice(APPENDED);
            right
        }
        Mistake::ChangedQuery => {
            let mut right = right();
            let separator = if right.query().is_some() { '&' } else { '?' };
            right.target = format!("{}{separator}{ADDED}", right.target);
            right
        }
        Mistake::MissingDate => {
            let mut right = right();
            right.headers.remove(DATE);
            right
        }
        Mistake::DateNotSigned => {
            let mut bare = request.clone();
            bare.headers.remove(DATE);
            let mut bare = signed(bare, access_key, secret_key, &[]).request;
            bare.headers.push(DATE, now.strftime(DATE_FORMAT).to_string());
            bare
        }
        Mistake::Expired => moved(-16 * 60),
        Mistake::Future => moved(16 * 60),
        Mistake::HostWithoutPort => deviating(Deviation::HostWithoutPort),
        Mistake::NoTrailingSlash => deviating(Deviation::NoTrailingSlash),
        Mistake::PathEscapedTwice => deviating(Deviation::PathEscapedTwice),
        Mistake::FormEncoded => deviating(Deviation::FormEncoded),
        Mistake::QueryUnsorted => deviating(Deviation::QueryUnsorted),
        Mistake::EmptyObjectHashed => {
            let mut empty = dated(request, now);
            empty.body.clear();
            signed(empty, access_key, secret_key, &[Deviation::EmptyObjectHashed]).request
        }
        Mistake::BodyRewritten => {
            let mut spaced = dated(request, now);
            if let Some(document) = Document::parse(&spaced.body) {
                let style = Style { blanks: Blanks::Indented, ..Style::AS_READ };
                spaced.body = style.write(&document).into_bytes();
            }
            signed(spaced, access_key, secret_key, &[Deviation::BodyCompact]).request
        }
        Mistake::UnsignedPayload => {
            let mut unsigned = dated(request, now);
            unsigned.headers.set(CONTENT_SHA256, UNSIGNED_PAYLOAD);
            signed(unsigned, access_key, secret_key, &[]).request
        }
        Mistake::Base64 => deviating(Deviation::Base64),
        Mistake::LiteralLineFeeds => deviating(Deviation::LiteralLineFeeds),
        Mistake::DerivedKey => deviating(Deviation::SecretDerived),
        Mistake::OtherAlgorithm => with_header(&|value| value.replace(ALGORITHM, "V11-HMAC-SHA256")),
    }
}
