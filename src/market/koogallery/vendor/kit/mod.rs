//! The joint-operation kit of the reference vendor: tenants, credentials, users and departments of its buyers.
//!
//! Faultless it verifies a call before it looks at anything else, reads and checks the members, opens `clientSecret` with
//! its own private key, and keeps what it was told. What is repeated succeeds, a deletion never asks whether there is
//! anything to delete, and a call with `testFlag` 1 succeeds without leaving a trace.

mod books;
mod call;

use jiff::Timestamp;

use super::admission::Admission;
use super::answer;
use super::error::Refused;
use super::fault::{Fault, Faults};
use super::spoil::error_page;
use crate::market::koogallery::kit;
use crate::sign::koogallery::client_secret::{self, Padding, PrivateKey};
use crate::wire::{Reply, Request, Secret};

pub(crate) use books::{Application, Books, Tenant};
use call::{Call, Flag};

/// What is served of the kit, with what it was told.
#[derive(Debug)]
pub(crate) struct Kit {
    admission: Admission,
    pub(crate) books: Books,
}

/// Why a call of the kit is refused, with the code that says so.
type Refusal = (&'static str, String);

impl Kit {
    /// A kit that was told nothing.
    pub(crate) fn new(admission: Admission) -> Self {
        Self { admission, books: Books::default() }
    }

    /// The call that a request is by its path.
    pub(crate) fn called(request: &Request) -> Option<(kit::Edition, kit::Call)> {
        let path = request.path();
        [kit::Edition::V2, kit::Edition::V1].into_iter().find_map(|edition| {
            let own = edition.path();
            Some((edition, kit::Call::of(&path[path.find(own)? + own.len()..])?))
        })
    }

    /// Answers a call; `opened` says whether an instance was opened and not released.
    pub(crate) fn answer(
        &mut self,
        (edition, kind): (kit::Edition, kit::Call),
        request: &Request,
        now: Timestamp,
        opened: &dyn Fn(&str) -> bool,
        faults: &Faults,
    ) -> Reply {
        if faults.has(Fault::KitNotServed) || faults.has(Fault::KitAtTheRoot) && kind == kit::Call::Departments {
            return error_page(404).into();
        }
        if request.method != "POST" {
            return answer::json(&answer::result("000002", "calls of the kit come by POST"), faults).into();
        }
        let outcome = self.carry_out((edition, kind), request, now, opened, faults);
        match outcome {
            Ok(()) => answer::json(&answer::done(), faults).into(),
            Err(None) => error_page(500).into(),
            Err(Some((code, why))) => answer::json(&answer::result(code, &why), faults).into(),
        }
    }

    /// `None` where the code fails, as a fault says.
    fn carry_out(
        &mut self,
        (edition, kind): (kit::Edition, kit::Call),
        request: &Request,
        now: Timestamp,
        opened: &dyn Fn(&str) -> bool,
        faults: &Faults,
    ) -> Result<(), Option<Refusal>> {
        if faults.has(Fault::KitDecryptsFirst) {
            let text = call::secret_in(&request.body);
            if let Some(text) = text.filter(|_| kind == kit::Call::Application) {
                self.secret(&text, faults)?;
            }
        }
        let admitted = match edition {
            kit::Edition::V2 => self.admission.admit_kit(request, now, faults),
            kit::Edition::V1 => self.admission.admit_first_kit(request, now, faults),
        };
        admitted.map_err(|refused| refusal(&refused, faults))?;
        if faults.has(Fault::KitCrashes) {
            return Err(None);
        }
        let call = Call::read(edition, kind, &request.body, faults)?;
        self.timely(&call, now, faults)?;
        self.flagged(&call, opened, faults)?;
        let secret = match kind {
            kit::Call::Application => Some(self.secret(call.text("clientSecret"), faults)?),
            _ => None,
        };
        if call.test {
            return Ok(());
        }
        let known = self.books.knows(&call);
        if known && call.flag == Flag::Add && faults.has(Fault::KitRepeatedRefused) {
            return Err(refused("000005", "is known already"));
        }
        if !known && call.flag.removes() && faults.has(Fault::KitDeleteUnknownRefused) {
            return Err(refused("000003", "there is nothing to delete"));
        }
        self.books.write(&call, secret);
        Ok(())
    }

    /// Faults of clocks. Faultless, `timeStamp` is only told.
    fn timely(&self, call: &Call, now: Timestamp, faults: &Faults) -> Result<(), Option<Refusal>> {
        let stamp = call.text("timeStamp");
        let within = kit::clock(now, false).get(..11) == stamp.get(..11);
        if faults.has(Fault::KitClocksCompared) && !within || faults.has(Fault::KitClockUtc) {
            return Err(refused("000002", "timeStamp has expired"));
        }
        let digits = call.text("currentSyncTime").len();
        let refused_digits = [(Fault::KitSyncTime14, 17), (Fault::KitSyncTime17, 14)];
        if refused_digits.into_iter().any(|(fault, length)| faults.has(fault) && digits == length) {
            return Err(refused("000002", "currentSyncTime is wrong"));
        }
        Ok(())
    }

    /// What a call is allowed by its flag and its instance.
    fn flagged(&self, call: &Call, opened: &dyn Fn(&str) -> bool, faults: &Faults) -> Result<(), Option<Refusal>> {
        if call.flag == Flag::Modify && faults.has(Fault::KitModifyRefused)
            || call.flag == Flag::Cancel && faults.has(Fault::KitCancelRefused)
        {
            return Err(refused("000002", "flag is wrong"));
        }
        let instance = call.text("instanceId");
        if call.test {
            return match faults.has(Fault::KitTestRefused) && instance.is_empty() {
                true => Err(refused("000002", "instanceId is missing")),
                false => Ok(()),
            };
        }
        let checks = !call.flag.removes() || faults.has(Fault::KitDeleteChecksInstance);
        match checks && !opened(instance) {
            true => Err(refused("000003", "there is no such instance")),
            false => Ok(()),
        }
    }

    /// Opens `clientSecret`.
    fn secret(&self, text: &str, faults: &Faults) -> Result<Secret, Option<Refusal>> {
        let padding = match () {
            () if faults.has(Fault::KitSecretMgf1Sha256) => Padding::OaepSha256,
            () if faults.has(Fault::KitSecretSha1) => Padding::OaepSha1,
            () => Padding::default(),
        };
        let opened = client_secret::decrypt(PrivateKey::test(), padding, text);
        let swallowed = faults.has(Fault::KitSecretSwallowed) && text.len() > 400;
        match opened {
            Ok(secret) => Ok(secret),
            Err(_) if faults.has(Fault::KitSecretUnchecked) || swallowed => Ok(Secret::new(text)),
            Err(_) if faults.has(Fault::KitSecret500) => Err(None),
            Err(_) if faults.has(Fault::KitSecretCode5) => Err(refused("000005", "an internal error occurred")),
            Err(why) => Err(refused("000101", &format!("something is wrong with clientSecret: {why}"))),
        }
    }
}

fn refused(code: &'static str, why: &str) -> Option<Refusal> {
    Some((code, why.to_owned()))
}

/// A refusal of the admission.
fn refusal(refused: &Refused, faults: &Faults) -> Option<Refusal> {
    match refused {
        Refused::Crash => None,
        _ if faults.has(Fault::KitRefusalCode5) => Some(("000005", refused.to_string())),
        Refused::Signature(why) => Some((why.result_code(), why.to_string())),
        Refused::Token(why) => Some((why.result_code(), why.to_string())),
        _ => Some(("000001", refused.to_string())),
    }
}
