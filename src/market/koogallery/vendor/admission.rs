//! Whether the reference vendor lets a call in.
//!
//! Faultless, a call of version 2.0 needs a signature that [`v2::verify()`] accepts and a nonce that was not used within
//! the last two minutes; one of version 1.0 needs a token that [`auth_token::verify()`] accepts and a time that is at
//! most fifteen minutes off, for which the documents give no limit. Each fault forgives or demands exactly one thing;
//! which mistake a wrong call has, the doctors of the recipes tell.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::error::Refused;
use super::fault::{Fault, Faults};
use crate::sign::koogallery::v2::{Scheme, Window};
use crate::sign::koogallery::{auth_token, v2};
use crate::wire::{Request, Secret};

/// How long nonces are kept.
const KEPT: SignedDuration = SignedDuration::from_mins(2);

/// How far `timeStamp` of version 1.0 may be off.
const V1_WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// What the vendor verifies calls with.
#[derive(Debug)]
pub(crate) struct Admission {
    scheme: Scheme,
    key: Secret,
    /// The key of the other kind of interface, for the fault that takes it too.
    other_key: Secret,
    window: Window,
    nonces: BTreeMap<String, Timestamp>,
}

impl Admission {
    /// An admission of the kit's calls.
    pub(crate) fn of_kit(key: Secret, other_key: Secret, mut window: Window, faults: &Faults) -> Self {
        let ages = [
            (Fault::KitAcceptStale61s, Duration::from_secs(66)),
            (Fault::KitAcceptStale70s, Duration::from_secs(90)),
            (Fault::KitRefuseStale50s, Duration::from_secs(30)),
        ];
        if let Some((_, age)) = ages.into_iter().find(|(fault, _)| faults.has(*fault)) {
            window.age = age;
        }
        if faults.has(Fault::KitAcceptFuture) {
            window.ahead = Duration::MAX;
        }
        Self { scheme: Scheme::Kit, key, other_key, window, nonces: BTreeMap::new() }
    }

    /// An admission with these keys and limits, bent by faults that are a matter of limits.
    pub(crate) fn new(key: Secret, other_key: Secret, mut window: Window, faults: &Faults) -> Self {
        let ages = [
            (Fault::AcceptStale61s, Duration::from_secs(66)),
            (Fault::AcceptStale70s, Duration::from_secs(90)),
            (Fault::AcceptStale1h, Duration::MAX),
            (Fault::RefuseStale50s, Duration::from_secs(30)),
        ];
        if let Some((_, age)) = ages.into_iter().find(|(fault, _)| faults.has(*fault)) {
            window.age = age;
        }
        if faults.has(Fault::AcceptFuture) {
            window.ahead = Duration::MAX;
        }
        if faults.has(Fault::RefuseAhead) {
            window.ahead = Duration::ZERO;
        }
        Self { scheme: Scheme::Query, key, other_key, window, nonces: BTreeMap::new() }
    }

    /// Verifies a call of version 2.0 or a notification.
    pub(crate) fn admit_v2(&mut self, request: &Request, now: Timestamp, faults: &Faults) -> Result<(), Refused> {
        if faults.has(Fault::SignatureUnchecked) {
            return Ok(());
        }
        let received = v2::Received::from_request(Scheme::Query, request);
        let settings = v2::Settings::default();
        let own_ways = [
            (Fault::RequireDescending, v2::Mistake::DescendingSort),
            (Fault::RequirePlainInner, v2::Mistake::PlainInner),
            (Fault::RequireSeconds, v2::Mistake::TimestampInSeconds),
        ];
        if let Some((_, mistake)) = own_ways.into_iter().find(|(fault, _)| faults.has(*fault)) {
            return self.demand(mistake, &received, now);
        }
        let stamp = match v2::verify(&received, &self.key, &settings, now, &self.window) {
            Ok(stamp) => stamp,
            Err(refusal) if self.forgives(&refusal, &received, now, faults) => return Ok(()),
            Err(refusal) => return Err(refused(refusal, faults)),
        };
        demand_v2(request, &received, faults)?;
        if self.is_replayed(stamp.nonce, now) && !faults.has(Fault::AcceptReplayedNonce) {
            return Err(Refused::Replayed);
        }
        Ok(())
    }

    /// Lets calls in that have a known mistake, and no others: the vendor takes the mistake for the rule.
    fn demand(&self, mistake: v2::Mistake, received: &v2::Received<'_>, now: Timestamp) -> Result<(), Refused> {
        let stamp = received.timestamp.as_deref().and_then(|stamp| stamp.parse::<i64>().ok());
        let Some(stamp) = stamp else { return Err(v2::Refusal::MissingTimestamp.into()) };
        let made = match mistake {
            v2::Mistake::TimestampInSeconds => Timestamp::from_second(stamp),
            _ => Timestamp::from_millisecond(stamp),
        };
        let age =
            made.as_ref().map_or(i64::MAX, |made| now.duration_since(*made).as_millis().try_into().unwrap_or(i64::MAX));
        match made {
            Ok(made) if age.unsigned_abs() <= 60_000 && self.is_made_at(mistake, received, made) => Ok(()),
            Ok(_) if age.unsigned_abs() <= 60_000 => Err(v2::Refusal::Signature.into()),
            _ => Err(v2::Refusal::Stale { age }.into()),
        }
    }

    /// Verifies a call of the kit.
    pub(crate) fn admit_kit(&mut self, request: &Request, now: Timestamp, faults: &Faults) -> Result<(), Refused> {
        if faults.has(Fault::KitSignatureUnchecked) {
            return Ok(());
        }
        let received = v2::Received::from_request(Scheme::Kit, request);
        match v2::verify(&received, &self.key, &v2::Settings::default(), now, &self.window) {
            Ok(stamp) => {
                demand_kit(request, &received, faults)?;
                match self.is_replayed(stamp.nonce, now) && !faults.has(Fault::KitAcceptReplayedNonce) {
                    true => Err(Refused::Replayed),
                    false => Ok(()),
                }
            }
            Err(refusal) if self.forgives(&refusal, &received, now, faults) => Ok(()),
            Err(v2::Refusal::Body) if faults.has(Fault::KitBrokenJson500) => Err(Refused::Crash),
            Err(_) if faults.has(Fault::KitRefusal500) => Err(Refused::Crash),
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Verifies a call of the kit of version 1.
    pub(crate) fn admit_first_kit(&self, request: &Request, now: Timestamp, faults: &Faults) -> Result<(), Refused> {
        if faults.has(Fault::KitSignatureUnchecked) {
            return Ok(());
        }
        let Some(query) = auth_token::query_of_kit(request) else {
            return Err(Refused::parameter("the body is no JSON object"));
        };
        let refused = match auth_token::verify(&query, &self.key) {
            Err(refusal) => refusal,
            // The values are decoded as if they had come in an address.
            Ok(_) if faults.has(Fault::KitFirstDecodes) && query.contains("%25") => auth_token::Refusal::Token,
            Ok(_) if faults.has(Fault::KitRefuseValid) => auth_token::Refusal::Token,
            Ok(_) => {
                // timeStamp is part of the key here; it is local time of China.
                let parameters = auth_token::parameters_of(&query);
                let stamp = parameters.iter().find(|(name, _)| name == auth_token::TIME_STAMP);
                let local = stamp.and_then(|(_, value)| utc(value)).ok_or(Refused::Time("timeStamp is no time"))?;
                let sent = local.saturating_sub(SignedDuration::from_hours(8)).unwrap_or(local);
                return match now.duration_since(sent).abs() > V1_WINDOW && !faults.has(Fault::KitAcceptReplayedNonce) {
                    true => Err(Refused::Time("timeStamp is too far from now")),
                    false => Ok(()),
                };
            }
        };
        match faults.has(Fault::KitRefusal500) {
            true => Err(Refused::Crash),
            false => Err(refused.into()),
        }
    }

    /// Keeps a nonce, and says whether it was used within the last minutes.
    fn is_replayed(&mut self, nonce: String, now: Timestamp) -> bool {
        self.nonces.retain(|_, seen| now.duration_since(*seen) < KEPT);
        self.nonces.insert(nonce, now).is_some()
    }

    /// Whether a fault lets a call in that has one of the known mistakes.
    fn forgives(&self, refusal: &v2::Refusal, received: &v2::Received<'_>, now: Timestamp, faults: &Faults) -> bool {
        let prefix = if self.scheme == Scheme::Kit { "kit-accept-" } else { "accept-" };
        let accepted = |mistake: &&v2::Mistake| accepts(faults, prefix, mistake.name());
        let Some(mistake) = v2::Mistake::ALL.iter().find(accepted) else { return false };
        let changed = [v2::Mistake::ChangedBody, v2::Mistake::ChangedTimestamp, v2::Mistake::ChangedNonce];
        if *refusal == v2::Refusal::Signature && !changed.contains(mistake) {
            return self.is_made_by(*mistake, received);
        }
        // What was changed after signing the doctor has to find; it knows the other reasons at once.
        let known = v2::Known {
            key: &self.key,
            other_interface_key: Some(&self.other_key),
            used_nonces: &[],
            settings: v2::Settings::default(),
            now,
            window: self.window,
        };
        v2::diagnose(received, &known).iter().any(|diagnosis| diagnosis.mistake() == Some(*mistake))
    }

    /// Whether whoever makes this mistake gets the signature that was received.
    fn is_made_by(&self, mistake: v2::Mistake, received: &v2::Received<'_>) -> bool {
        let stamp = received.timestamp.as_deref().and_then(|stamp| stamp.parse().ok());
        let made = stamp.and_then(|stamp| Timestamp::from_millisecond(stamp).ok());
        made.is_some_and(|made| self.is_made_at(mistake, received, made))
    }

    /// The same for whoever made it at this time.
    fn is_made_at(&self, mistake: v2::Mistake, received: &v2::Received<'_>, now: Timestamp) -> bool {
        let (Some(signature), Some(nonce)) = (&received.signature, &received.nonce) else { return false };
        let forged = v2::forge(
            mistake,
            &v2::Delivery {
                scheme: self.scheme,
                key: &self.key,
                other_interface_key: Some(&self.other_key),
                body: received.body,
                nonce,
                previous_nonce: None,
                now,
                settings: v2::Settings::default(),
            },
        );
        let same_body = forged.body == received.body;
        same_body && forged.signature.is_some_and(|forged| forged.expose().eq_ignore_ascii_case(signature))
    }

    /// Verifies a call of version 1.0.
    pub(crate) fn admit_v1(&self, query: &str, now: Timestamp, faults: &Faults) -> Result<(), Refused> {
        if faults.has(Fault::V1TokenUnchecked) {
            return Ok(());
        }
        if faults.has(Fault::V1TokenRemoval500) {
            return Err(Refused::Crash);
        }
        let own_ways = [
            (Fault::V1RequireKeyAlone, auth_token::Mistake::KeyAlone),
            (Fault::V1RequireHex, auth_token::Mistake::Hex),
        ];
        if let Some((_, mistake)) = own_ways.into_iter().find(|(fault, _)| faults.has(*fault)) {
            let made = self.is_made_by_v1(mistake, query);
            return if made { Ok(()) } else { Err(auth_token::Refusal::Token.into()) };
        }
        match auth_token::verify(query, &self.key) {
            Ok(accepted) => demand_v1(query, &accepted, faults)?,
            Err(refusal) if self.forgives_v1(&refusal, query, faults) => return Ok(()),
            Err(auth_token::Refusal::MissingToken) if faults.has(Fault::V1MissingToken500) => {
                return Err(Refused::Crash);
            }
            Err(auth_token::Refusal::MissingTimeStamp) if faults.has(Fault::V1MissingTimestamp500) => {
                return Err(Refused::Crash);
            }
            Err(refusal) => return Err(refusal.into()),
        }
        let parameters = auth_token::parameters_of(query);
        let stamp = parameters.iter().find(|(name, _)| name == auth_token::TIME_STAMP).map(|(_, value)| value.as_str());
        let time = stamp.and_then(utc).ok_or(Refused::Time("timeStamp is no time"))?;
        let ahead = SignedDuration::from_hours(if faults.has(Fault::V1LocalTime) { 8 } else { 0 });
        let now = now + ahead;
        let off = now.duration_since(time).abs() > V1_WINDOW;
        if off && !faults.has(Fault::V1AcceptOldTimestamp) {
            return Err(Refused::Time("timeStamp is too far from now"));
        }
        Ok(())
    }

    fn forgives_v1(&self, refusal: &auth_token::Refusal, query: &str, faults: &Faults) -> bool {
        use auth_token::Mistake;
        let accepted = |mistake: &&Mistake| accepts(faults, "v1-accept-", mistake.name());
        let Some(mistake) = Mistake::ALL.iter().find(accepted) else { return false };
        let changed = [Mistake::ChangedParameter, Mistake::AddedParameter, Mistake::ChangedToken];
        if *refusal == auth_token::Refusal::Token && !changed.contains(mistake) {
            return self.is_made_by_v1(*mistake, query);
        }
        auth_token::diagnose(query, &self.key).iter().any(|diagnosis| diagnosis.mistake() == Some(*mistake))
    }

    /// Whether whoever makes this mistake gets the token that was received.
    fn is_made_by_v1(&self, mistake: auth_token::Mistake, query: &str) -> bool {
        let parameters = auth_token::parameters_of(query);
        let forged = auth_token::forge(mistake, &self.key, &parameters, &auth_token::Settings::default());
        let token = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == auth_token::TOKEN);
        forged.token.zip(token).is_some_and(|(forged, (_, token))| forged.expose() == token)
    }
}

/// Whether a fault accepts calls with the mistake of this name.
fn accepts(faults: &Faults, prefix: &str, mistake: &str) -> bool {
    faults.iter().any(|fault| fault.name().strip_prefix(prefix) == Some(mistake))
}

/// What a refusal becomes where the vendor's code fails on it.
fn refused(refusal: v2::Refusal, faults: &Faults) -> Refused {
    let crash = match refusal {
        v2::Refusal::MissingSignature => Fault::MissingSignature500,
        v2::Refusal::MissingTimestamp => Fault::MissingTimestamp500,
        v2::Refusal::MissingNonce => Fault::MissingNonce500,
        v2::Refusal::TimestampForm => Fault::TimestampNotNumeric500,
        v2::Refusal::Body if faults.has(Fault::BrokenJson500) => Fault::BrokenJson500,
        other => return other.into(),
    };
    if faults.has(crash) { Refused::Crash } else { refusal.into() }
}

/// What the faults ask for beyond a good signature of version 2.0.
fn demand_v2(request: &Request, received: &v2::Received<'_>, faults: &Faults) -> Result<(), Refused> {
    let text = |value: &Option<std::borrow::Cow<'_, str>>| value.as_deref().unwrap_or_default().to_owned();
    let (signature, timestamp) = (text(&received.signature), text(&received.timestamp));
    let body = String::from_utf8_lossy(&request.body);
    let document: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let members: Vec<(&String, &Value)> = document.as_object().into_iter().flatten().collect();
    let notify = members.iter().any(|(name, value)| *name == "activity" && *value == "orderNotify");
    let unsorted = !members.is_sorted_by(|a, b| a.0 <= b.0);
    let escaped = body.contains("\\u");
    // Written anew in its own order, a compact body is the same again, unless it has escapes that nobody needs.
    let spaced = !escaped && document.to_string() != body;
    let demands = [
        (Fault::RefuseValid, !notify),
        (Fault::NotifyRefuseValid, notify),
        (Fault::RefuseUpperCase, signature.bytes().any(|byte| byte.is_ascii_uppercase())),
        (Fault::RefuseLowerCase, signature.bytes().any(|byte| byte.is_ascii_lowercase())),
        (Fault::RefuseMilliseconds, timestamp.len() > 10),
        (Fault::RefuseUnsorted, unsorted),
        (Fault::RefuseBlanks, spaced),
        (Fault::RefuseEscapes, escaped),
        (Fault::RefuseRewritten, unsorted || spaced || escaped),
        (Fault::RefuseNonAscii, !body.is_ascii()),
        (Fault::RefuseSlash, body.contains('/')),
        (Fault::RefuseAmpersand, body.contains('&')),
        (Fault::RefuseNested, members.iter().any(|(_, value)| value.is_object())),
        (Fault::RefuseUnknownMember, members.iter().any(|(name, _)| !KNOWN.contains(&name.as_str()))),
    ];
    match demands.into_iter().any(|(fault, fits)| fits && faults.has(fault)) {
        true => Err(v2::Refusal::Signature.into()),
        false => Ok(()),
    }
}

/// What the faults ask for beyond a good signature of the kit.
fn demand_kit(request: &Request, received: &v2::Received<'_>, faults: &Faults) -> Result<(), Refused> {
    let signature = received.signature.as_deref().unwrap_or_default();
    let body = String::from_utf8_lossy(&request.body);
    let document: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let members: Vec<(&String, &Value)> = document.as_object().into_iter().flatten().collect();
    let rewritten = !members.is_sorted_by(|a, b| a.0 <= b.0) || document.to_string() != body;
    let demands = [
        (Fault::KitRefuseValid, true),
        (Fault::KitRefuseLowerCase, signature.bytes().any(|byte| byte.is_ascii_lowercase())),
        (Fault::KitRefuseRewritten, rewritten),
        (Fault::KitRefuseNonAscii, !body.is_ascii()),
        (Fault::KitRefuseNested, members.iter().any(|(_, value)| value.is_array())),
    ];
    match demands.into_iter().any(|(fault, fits)| fits && faults.has(fault)) {
        true => Err(v2::Refusal::Signature.into()),
        false => Ok(()),
    }
}

/// Members that a vendor who signs its own object has in it.
const KNOWN: [&str; 11] = [
    "activity",
    "businessId",
    "expireTime",
    "instanceId",
    "orderId",
    "orderLineId",
    "productId",
    "productInfo",
    "scene",
    "status",
    "testFlag",
];

/// Parameters that a vendor who lists them by hand has in its list.
const V1_KNOWN: [&str; 27] = [
    "activity",
    "amount",
    "bandWidth",
    "businessId",
    "chargingMode",
    "customerId",
    "customerName",
    "diskSize",
    "email",
    "expireTime",
    "instanceId",
    "instanceStatus",
    "mobilePhone",
    "orderAmount",
    "orderId",
    "periodNumber",
    "periodType",
    "productId",
    "provisionType",
    "saasExtendParams",
    "skuCode",
    "testFlag",
    "timeStamp",
    "trialFlag",
    "trialToFormal",
    "userId",
    "userName",
];

/// What the faults ask for beyond a good token of version 1.0.
fn demand_v1(query: &str, accepted: &auth_token::Accepted, faults: &Faults) -> Result<(), Refused> {
    let parameters = auth_token::parameters_of(query);
    let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
    let (_, token) = query.split_once("authToken=").unwrap_or_default();
    let raw = accepted.form == auth_token::TokenForm::Raw;
    let kept = accepted.empty_values == Some(auth_token::EmptyValues::Kept);
    let special = |value: &str| value.contains([' ', '&', '=', '+', '%']) && value.is_ascii();
    let demands = [
        (Fault::V1RefuseValid, true),
        (Fault::V1DecodesTwice, token.contains("%2B")),
        (Fault::V1RefuseRawPlus, raw),
        (Fault::V1SignsEncoded, parameters.iter().any(|(name, value)| name != "saasExtendParams" && special(value))),
        (Fault::V1ReadsLatin1, parameters.iter().any(|(_, value)| !value.is_ascii())),
        (Fault::V1ListsParameters, names.iter().any(|name| !V1_KNOWN.contains(name))),
        (Fault::V1DropsEmpty, kept),
        (Fault::V1SignsUnsorted, !names.is_sorted()),
    ];
    match demands.into_iter().any(|(fault, fits)| fits && faults.has(fault)) {
        true => Err(auth_token::Refusal::Token.into()),
        false => Ok(()),
    }
}

/// When the store sent a call, by its own word.
pub(crate) fn sent(request: &Request) -> Option<Timestamp> {
    let parameters = auth_token::parameters_of(request.query().unwrap_or_default());
    let value = |name: &str| parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let v2 = value("timestamp").and_then(|text| Timestamp::from_millisecond(text.parse().ok()?).ok());
    v2.or_else(|| value(auth_token::TIME_STAMP).and_then(utc))
}

/// `yyyyMMddHHmmss`, with or without milliseconds behind, in UTC.
pub(crate) fn utc(text: &str) -> Option<Timestamp> {
    let (seconds, rest) = text.split_at_checked(14)?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && matches!(rest.len(), 0 | 3);
    let time = DateTime::strptime("%Y%m%d%H%M%S", seconds).ok().filter(|_| digits)?;
    let milliseconds: i64 = if rest.is_empty() { 0 } else { rest.parse().ok()? };
    let time = TimeZone::UTC.to_zoned(time).ok()?.timestamp();
    time.checked_add(SignedDuration::from_millis(milliseconds)).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("20260310030000", Some("2026-03-10T03:00:00Z"))]
    #[case("20260310030000999", Some("2026-03-10T03:00:00.999Z"))]
    #[case("20260230030000", None)]
    #[case("2026031003000", None)]
    #[case("2026031003000099", None)]
    #[case("2026031003000x", None)]
    fn times_have_14_or_17_digits(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(utc(text), expected.map(|time| time.parse().expect("a time")));
    }
}
