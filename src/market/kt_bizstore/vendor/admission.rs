//! Whether the reference vendor lets a call in.
//!
//! Faultless, a call needs a token that [`kt_jwt::verify()`] accepts for one of the vendor's keys, on every one of the
//! five operations. (The documents call the header optional on three of them; a vendor that reads this as "no check
//! needed" is open to everybody.) Each fault forgives or demands exactly one thing.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ring::hmac;

use super::answer::Call;
use super::error::{CallRefused, is_malformed};
use super::fault::{Fault, Faults};
use crate::sign::key::{SigningKey, VerifyingKey};
use crate::sign::kt_jwt::{self, Refusal, Window, suspect};
use crate::wire::Request;

/// What the vendor checks tokens with.
#[derive(Debug)]
pub(crate) struct Admission {
    keys: Vec<VerifyingKey>,
    window: Window,
    /// Tokens seen, kept only by a vendor that refuses them the second time.
    seen: BTreeSet<String>,
}

impl Admission {
    /// An admission with these keys and limits, bent by faults that are a matter of keys and limits.
    pub(crate) fn new(mut keys: Vec<VerifyingKey>, mut window: Window, faults: &Faults) -> Self {
        if faults.has(Fault::AcceptOtherKey) {
            keys.push(SigningKey::other().public().clone());
        }
        if faults.has(Fault::AcceptJwtIoKey) {
            keys.push(SigningKey::jwt_io_demo().public().clone());
        }
        let ages = [
            (Fault::AcceptTooOld61s, Duration::from_secs(65)),
            (Fault::AcceptTooOld70s, Duration::from_secs(90)),
            (Fault::AcceptTooOld9m, Duration::from_secs(600)),
            (Fault::AcceptTooOld1h, Duration::MAX),
            (Fault::RefuseTooOld50s, Duration::from_secs(30)),
        ];
        if let Some((_, age)) = ages.into_iter().find(|(fault, _)| faults.has(*fault)) {
            window.age = age;
        }
        if faults.has(Fault::AcceptFromTheFuture) {
            window.ahead = Duration::MAX;
        }
        if faults.has(Fault::RefuseIatAhead) {
            window.ahead = Duration::ZERO;
        }
        Self { keys, window, seen: BTreeSet::new() }
    }

    /// Checks the token of a call.
    pub(crate) fn admit(
        &mut self,
        call: Call,
        request: &Request,
        now: Timestamp,
        faults: &Faults,
    ) -> Result<(), CallRefused> {
        let unchecked = match call {
            Call::Status => Fault::UncheckedStatus,
            Call::Apply => Fault::UncheckedApply,
            Call::Resign => Fault::UncheckedResign,
            Call::BillByDay => Fault::UncheckedBillByDay,
            Call::BillByCustomer => Fault::UncheckedBillByCustomer,
            Call::Page => return Ok(()),
        };
        if faults.has(unchecked) {
            return Ok(());
        }
        let refused_by_fault =
            faults.has(Fault::RefuseValid) || (faults.has(Fault::RefuseValidOnBillByDay) && call == Call::BillByDay);
        let value = presented(request, faults);
        self.check(value.as_deref(), clock(now, faults), faults)?;
        if refused_by_fault {
            return Err(Refusal::Signature.into());
        }
        if faults.has(Fault::RefuseReusedToken) && !self.seen.insert(value.unwrap_or_default()) {
            return Err(CallRefused::TokenReused);
        }
        Ok(())
    }

    fn check(&self, value: Option<&str>, now: Timestamp, faults: &Faults) -> Result<(), Refusal> {
        let value = match value {
            Some(value) if faults.has(Fault::RequireBearer) => {
                Some(suspect::behind_bearer(value).ok_or(Refusal::Parts { count: 1 })?)
            }
            Some(value) if faults.has(Fault::AcceptBearerPrefix) => {
                Some(suspect::behind_bearer(value).unwrap_or(value))
            }
            value => value,
        };
        match self.verify(value, now) {
            Ok(()) if faults.has(Fault::IatAsMilliseconds) => Err(Refusal::TooOld { age: now.as_second() }),
            // Far ahead in seconds, in time in milliseconds.
            Err(Refusal::FromTheFuture { ahead })
                if faults.has(Fault::IatAsMilliseconds)
                    && (ahead / 1000 - now.as_second()).abs() < now.as_second() / 500 =>
            {
                Ok(())
            }
            Ok(()) => demand(value, faults),
            Err(refusal) => self.forgive(value, refusal, now, faults),
        }
    }

    /// The faultless check: the token fits one of the keys.
    fn verify(&self, value: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
        let mut refusal = Refusal::Signature;
        for key in &self.keys {
            match kt_jwt::verify(value, key, now, &self.window) {
                Ok(_) => return Ok(()),
                Err(Refusal::Signature) => {}
                Err(other) => refusal = other,
            }
        }
        Err(refusal)
    }

    /// What the faults say about a token that the faultless check refuses.
    fn forgive(&self, value: Option<&str>, refusal: Refusal, now: Timestamp, faults: &Faults) -> Result<(), Refusal> {
        let text = value.unwrap_or_default();
        let any_key = |fits: &dyn Fn(&VerifyingKey) -> bool| self.keys.iter().any(fits);
        let forgiven = match &refusal {
            Refusal::Missing => return if faults.has(Fault::AcceptMissingToken) { Ok(()) } else { Err(refusal) },
            _ if faults.has(Fault::TokenUnchecked) => return Ok(()),
            _ if faults.has(Fault::AcceptSampleToken) && text == kt_jwt::SAMPLE_TOKEN => return Ok(()),
            malformed if is_malformed(malformed) => {
                return if faults.has(Fault::AcceptMalformedToken) { Ok(()) } else { Err(refusal) };
            }
            Refusal::NoIat => faults.has(Fault::AcceptNoIat),
            Refusal::Algorithm { found: Some(found) } => match found.as_str() {
                "none" => faults.has(Fault::AcceptAlgNone),
                "HS256" => {
                    let keyed = |secret: &dyn Fn(String) -> String| {
                        any_key(&|key| suspect::is_keyed_with(text, secret(key.to_pem()).as_bytes()))
                    };
                    faults.has(Fault::AcceptHs256PublicKey) && keyed(&|pem| pem)
                        || faults.has(Fault::AcceptHs256PublicKeyTrimmed) && keyed(&|pem| pem.trim_end().to_owned())
                }
                found if found.eq_ignore_ascii_case("none") => faults.has(Fault::AcceptAlgNoneMixedCase),
                _ => false,
            },
            Refusal::Signature => {
                faults.has(Fault::SignatureUnchecked)
                    || faults.has(Fault::AcceptNoSignature) && text.ends_with('.')
                    || faults.has(Fault::AcceptEmbeddedJwk) && suspect::brings_its_own_key(text)
                    || faults.has(Fault::AcceptChangedPayload)
                        && any_key(&|key| suspect::fits_documented_claims(text, key))
                    || faults.has(Fault::AcceptChangedSignature)
                        && any_key(&|key| suspect::fits_with_another_character(text, key))
            }
            _ => false,
        };
        if !forgiven {
            return Err(refusal);
        }
        // Who is lax about one thing still looks at the clock.
        match suspect::timely(text, now, &self.window) {
            Err(Refusal::NoIat) if faults.has(Fault::AcceptNoIat) => Ok(()),
            other => other,
        }
    }
}

/// What the faults ask for beyond a good token.
fn demand(value: Option<&str>, faults: &Faults) -> Result<(), Refusal> {
    let names_somebody = || value.is_some_and(suspect::has_subject);
    if faults.has(Fault::RequireSub) && !names_somebody() {
        return Err(Refusal::NotJson { part: kt_jwt::Part::Claims });
    }
    let has_expiry = || value.is_some_and(suspect::has_expiry);
    if faults.has(Fault::RequireExp) && !has_expiry() || faults.has(Fault::RefuseExp) && has_expiry() {
        return Err(Refusal::NotJson { part: kt_jwt::Part::Claims });
    }
    Ok(())
}

/// The header's value, from the header in which this vendor looks for it.
fn presented(request: &Request, faults: &Faults) -> Option<String> {
    if faults.has(Fault::RequireAuthorization) {
        let value = request.headers.text("authorization")?;
        return Some(suspect::behind_bearer(&value).unwrap_or(&value).to_owned());
    }
    request.headers.text(kt_jwt::HEADER)
}

/// The vendor's clock.
fn clock(now: Timestamp, faults: &Faults) -> Timestamp {
    let wrong_by = SignedDuration::from_mins(5);
    if faults.has(Fault::ClockAhead) {
        now.saturating_add(wrong_by).unwrap_or(now)
    } else if faults.has(Fault::IatAsKoreanTime) {
        now.saturating_add(SignedDuration::from_hours(9)).unwrap_or(now)
    } else if faults.has(Fault::ClockBehind) {
        now.saturating_sub(wrong_by).unwrap_or(now)
    } else {
        now
    }
}

/// A value that only this vendor can make for a text. It stands in links to the login page.
pub(crate) fn ticket(text: &str) -> String {
    // A mock: whoever reads this can make tickets too. They protect nothing but made-up customers.
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"tickets of the reference vendor");
    hmac::sign(&key, text.as_bytes()).as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
