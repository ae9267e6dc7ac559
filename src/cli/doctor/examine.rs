//! From a captured exchange to all that can be said of its signatures.

use jiff::Timestamp;

use super::{Keys, Markets};
use crate::capture::Captured;
use crate::market::{self, Examined};

/// What is asked of a capture.
pub(super) struct Question<'a> {
    /// The marketplace that the user has named.
    pub(super) named: Option<&'a str>,
    /// The moment at which it is judged.
    pub(super) judged: Judged,
    /// The time at which the question is asked.
    pub(super) now: Timestamp,
    /// How it was sent, where the user says it.
    pub(super) scheme: Option<&'a str>,
}

/// The moment at which a signature is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// The one at which it was sent or, where nothing says that, signed: a capture is looked at long after its time.
    AsSent,
    /// This one.
    At(Timestamp),
}

/// One exchange with its signatures.
pub(super) struct Seen {
    /// Its number in the archive, counted from 0 as programs do.
    pub(super) entry: Option<usize>,
    /// Method and address without query, or the status of an answer that was captured alone.
    pub(super) what: String,
    /// By whose recipes it was examined.
    pub(super) marketplace: &'static str,
    /// Whether its fields showed that, and not the user.
    pub(super) guessed: bool,
    /// Whose keys it was checked with.
    pub(super) keys: Keys,
    /// When it says that it was signed.
    pub(super) signed_at: Option<Timestamp>,
    /// The moment at which it was judged, and what that is.
    pub(super) judged_at: (Timestamp, Moment),
    /// The time at which that was done.
    pub(super) now: Timestamp,
    /// Whether line feeds at its end were taken for ones of copying.
    pub(super) trimmed: bool,
    /// Its signatures; never empty.
    pub(super) examined: Vec<Examined>,
}

/// What the moment of judging is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// The user has named it.
    Asked,
    /// The archive says that it was sent then.
    Sent,
    /// The message says that it was signed then, so that its age cannot be judged.
    Signed,
    /// Nothing says when it was: the present.
    Present,
}

/// Examines one exchange; `None` where nothing in it is signed.
pub(super) fn examine(
    captured: &Captured,
    entry: Option<usize>,
    question: &Question<'_>,
    markets: &Markets,
) -> Option<Seen> {
    let (request, response) = (captured.request.as_ref(), captured.response.as_ref());
    let shown = market::recognised(request, response);
    // Of an archive only that counts which is signed; one message that somebody names a marketplace for is meant.
    let name = match (question.named, entry) {
        (Some(named), None) => named,
        (Some(named), Some(_)) => shown.filter(|shown| *shown == named)?,
        (None, _) => shown?,
    };
    let (marketplace, market, keys) = markets.get(name)?;
    // An answer may be signed where its request carries nothing.
    let unsigned = question.named.is_none() && market::recognised(request, None) != Some(name);
    let call = request.filter(|_| !unsigned);
    let signed_at = request.and_then(|request| market.signed_at(request));
    let judged_at = match (question.judged, captured.sent, signed_at) {
        (Judged::At(at), ..) => (at, Moment::Asked),
        (Judged::AsSent, Some(sent), _) => (sent, Moment::Sent),
        (Judged::AsSent, None, Some(signed)) => (signed, Moment::Signed),
        (Judged::AsSent, None, None) => (question.now, Moment::Present),
    };
    // A request line does not say how it was sent: then the way that fits counts.
    let schemes = match question.scheme.or(captured.scheme.as_deref()) {
        Some(scheme) => vec![scheme],
        None => vec!["https", "http"],
    };
    let mut tried: Vec<Vec<Examined>> =
        schemes.iter().map(|scheme| market.captured(call, response, scheme, judged_at.0)).collect();
    let right = |examined: &Vec<Examined>| examined.iter().all(|examined| examined.diagnosis.is_empty());
    let best = tried.iter().position(right).unwrap_or_default();
    let examined = tried.swap_remove(best);
    let what = match (request, response) {
        (Some(request), _) => {
            let scheme = captured.scheme.as_ref().map(|scheme| format!("{scheme}://")).unwrap_or_default();
            let host = request.headers.text("host").unwrap_or_default();
            format!("{} {scheme}{host}{}", request.method, request.path())
        }
        (None, Some(response)) => format!("an answer, {}", response.status),
        (None, None) => String::new(),
    };
    let guessed = question.named.is_none();
    let now = question.now;
    let trimmed = captured.trimmed;
    let seen = Seen { entry, what, marketplace, guessed, keys: *keys, signed_at, judged_at, now, trimmed, examined };
    (!seen.examined.is_empty()).then_some(seen)
}
