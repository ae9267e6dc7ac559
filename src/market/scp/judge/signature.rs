//! Signatures: which rule a refused one breaks, and what explains it.

use super::super::answer;
use super::super::rule;
use super::super::store::Store;
use crate::sign::scp::{self, Diagnosis, Mistake, Reading, Refusal};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Exchange;

/// Judges the signature of a call.
pub(super) fn judge(exchange: &Exchange, store: &Store, judgement: &mut Judgement) {
    let (request, now) = (&exchange.request, exchange.started);
    if store.settings.timestamp_window.is_none() {
        judgement.skip(rule::TIMESTAMP_WINDOW, "timestamp-window is off");
    }
    let refusal = match store.verify(request, now) {
        Ok(accepted) => return readings(&accepted, judgement),
        Err(refusal) => refusal,
    };
    let found = store.diagnose(request, now);
    let (requirement, header) = rule_of(&refusal, found.first());
    let breach = match &refusal {
        Refusal::Missing { name } => Breach::HeaderMissing { name: (*name).to_owned() },
        Refusal::ClientType { found } => Breach::HeaderValue {
            name: scp::CLIENT_TYPE.to_owned(),
            expected: format!("{:?}", scp::OPEN_API),
            actual: found.clone(),
        },
        _ => Breach::Signature { of: "the call".to_owned(), problem: refusal.to_string() },
    };
    let finding = Finding::new(requirement, Place::Header(header), breach);
    let why = answer::why(store, &refusal, &found);
    // What the finding says already is not said again as its cause; what follows a semicolon is what to change, which
    // is no cause.
    let rest = why.strip_prefix(&refusal.to_string());
    judgement.find(match (rest, rest.and_then(|rest| rest.strip_prefix("; "))) {
        (_, Some(mend)) => finding.with(mend),
        (Some(""), _) => finding,
        (Some(rest), None) => finding.because(rest.trim_start_matches([':', ';', ',', ' '])),
        (None, None) => finding.because(why),
    });
}

/// What an accepted signature needed to be accepted.
fn readings(accepted: &scp::Accepted, judgement: &mut Judgement) {
    for reading in &accepted.readings {
        let (requirement, met) = match reading {
            Reading::PublicUrl => (rule::SIGN_URL, "the public address signed in place of the one that was called"),
            Reading::PublicPath => (rule::SIGN_URL, "the path of the public address signed"),
            Reading::AccountId => (rule::SIGN_MESSAGE, "Scp-AccountId sent, and signed in front of the client type"),
            Reading::AbsoluteForm => (rule::SIGN_URL, "the whole URL in the request line, and signed so"),
        };
        judgement.read(requirement, Place::Header(scp::SIGNATURE.to_owned()), met);
    }
}

/// The rule that a refused request breaks, and the header that shows it.
fn rule_of(refusal: &Refusal, found: Option<&Diagnosis>) -> (RequirementId, String) {
    let (requirement, header) = match refusal {
        Refusal::VersionOne { header } => return (rule::SIGN_VERSION_ONE, header.clone()),
        Refusal::Missing { name }
        | Refusal::Empty { name }
        | Refusal::Repeated { name }
        | Refusal::NotAscii { name } => (rule::SIGN_HEADERS, *name),
        Refusal::Swapped | Refusal::UnknownAccessKey { .. } => (rule::SIGN_KEYS, scp::ACCESS_KEY),
        Refusal::ClientType { .. } => (rule::CLIENT_TYPE, scp::CLIENT_TYPE),
        Refusal::TimestampForm { .. } => (rule::TIMESTAMP_FORM, scp::TIMESTAMP),
        Refusal::Expired { .. } => (rule::TIMESTAMP_WINDOW, scp::TIMESTAMP),
        Refusal::Signature => {
            let rule = match found {
                Some(Diagnosis::SignatureForm { .. }) => rule::SIGN_FORM,
                Some(Diagnosis::OtherHeader { .. }) => rule::SIGN_MESSAGE,
                Some(found) => found.mistake().map_or(rule::SIGN_VALID, family),
                None => rule::SIGN_VALID,
            };
            (rule, scp::SIGNATURE)
        }
    };
    (requirement, header.to_owned())
}

/// The rule that a mistake breaks.
fn family(mistake: Mistake) -> RequirementId {
    use Mistake as M;
    match mistake {
        M::WrongSecret
        | M::AccessKeyAsSecret
        | M::KeyAndMessageExchanged
        | M::SecretTrimmed
        | M::SecretWithLineFeed
        | M::SecretDecoded
        | M::SwappedKeys
        | M::UnknownAccessKey => rule::SIGN_KEYS,
        M::ChangedQuery
        | M::OtherPage
        | M::DecodedUrl
        | M::QueryBeforeForm
        | M::PythonList
        | M::PythonBoolean
        | M::EscapedTwice
        | M::EncodedAsUri
        | M::PlusSigned
        | M::PlusSent
        | M::PathOnly
        | M::WithoutScheme
        | M::WithoutHost
        | M::WithoutQuery
        | M::SortedQuery
        | M::OtherHost
        | M::RegionInHost
        | M::PortLeftOut
        | M::DefaultPortSigned
        | M::OtherScheme
        | M::TrailingSlash => rule::SIGN_URL,
        M::SecondsSigned
        | M::TimestampReadTwice
        | M::ClientTypeMixed
        | M::ClientTypeNotSigned
        | M::AccessKeyNotSigned
        | M::MethodLower
        | M::ProjectIdSigned
        | M::AccountIdWithoutHeader
        | M::AccountIdNotSigned
        | M::BodySigned
        | M::BodyHashSigned
        | M::LineFeeds
        | M::Ampersands
        | M::Commas
        | M::NaverCloud => rule::SIGN_MESSAGE,
        M::Hex | M::Base64OfHex | M::Base64Url | M::PercentEncoded | M::HmacSha1 | M::HmacSha512 | M::PlainSha256 => {
            rule::SIGN_FORM
        }
        _ => rule::SIGN_VALID,
    }
}
