//! The reference vendor: verifies a call, reads it, carries it out, and answers.

mod create;
mod query;
mod term;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::admission::{self, Admission};
use super::call::{Activity, Call, Edition};
use super::credential::Credentials;
use super::error::Refused;
use super::fault::{Fault, Faults};
use super::kit::Kit;
use super::open_api::OpenApi;
use super::options::{Idempotency, Opening, Options};
use super::store::{Instance, Instances, Key, State};
use super::usage::Usage;
use super::{answer, login, order, spoil};
use crate::market::{Ask, koogallery};
use crate::wire::{Reply, Request};

/// A vendor with its instances. The same requests at the same times, with the same answers of the store, always get the
/// same answers.
#[derive(Debug)]
pub struct Vendor {
    admission: Admission,
    instances: Instances,
    /// What test calls have opened; apart, so that they leave no trace.
    tests: Instances,
    credentials: Credentials,
    api: OpenApi,
    usage: Usage,
    opening: Opening,
    setup_delay: SignedDuration,
    idempotency: Idempotency,
    encrypted_v2: bool,
    seal: spoil::Seal,
    kit: Kit,
    /// Notifications that were taken, by order and line.
    notified: BTreeSet<Key>,
    /// Orders that were opened without asking, for the fault that asks later, and those that have failed.
    unasked: BTreeSet<Key>,
    failed: BTreeSet<Key>,
    /// How often an id was written anew, for the fault that does so.
    rewritten: u64,
    faults: Faults,
}

/// What is known at the time of a call.
struct Moment<'a, 'b> {
    now: Timestamp,
    /// When the store sent the call.
    sent: Timestamp,
    ask: &'a mut Ask<'b>,
}

impl Vendor {
    /// A vendor without instances.
    pub fn new(options: Options) -> Self {
        let faults = Faults::new(options.faults);
        let asynchronous = [Fault::AsyncNeverFinishes, Fault::QueryPendingUnknown, Fault::QueryPendingUnfinished];
        let opening =
            if asynchronous.iter().any(|fault| faults.has(*fault)) { Opening::Later } else { options.opening };
        Self {
            admission: Admission::new(
                options.access_key.clone(),
                options.kit_access_key.clone(),
                options.window,
                &faults,
            ),
            kit: Kit::new(Admission::of_kit(
                options.kit_access_key.clone(),
                options.access_key.clone(),
                options.window,
                &faults,
            )),
            instances: Instances::default(),
            tests: Instances::default(),
            credentials: Credentials::new(options.access_key.clone(), options.encrypt_type),
            api: OpenApi::new(options.store, options.ak, options.sk),
            usage: Usage::new(options.access_key.clone(), options.usage_call),
            opening,
            setup_delay: SignedDuration::try_from(options.setup_delay).unwrap_or(SignedDuration::MAX),
            idempotency: options.idempotency,
            encrypted_v2: options.credentials == koogallery::Credentials::Encrypted,
            seal: spoil::Seal {
                key: options.access_key,
                kit_key: options.kit_access_key,
                signs_v2: options.body_sign_v2,
            },
            notified: BTreeSet::new(),
            unasked: BTreeSet::new(),
            failed: BTreeSet::new(),
            rewritten: 0,
            faults,
        }
    }

    /// Answers one request; `ask` calls the store.
    pub fn answer(&mut self, request: &Request, now: Timestamp, ask: &mut Ask<'_>) -> Reply {
        if self.faults.has(Fault::RefuseCharsetUtf8)
            && request.headers.text("content-type").is_some_and(|value| value.to_ascii_lowercase().ends_with("utf8"))
        {
            return spoil::error_page(415).into();
        }
        if let Some(call) = Kit::called(request) {
            let instances = &self.instances;
            let opened = |id: &str| instances.get(id).is_some_and(|instance| !instance.is_released());
            return self.kit.answer(call, request, now, &opened, &self.faults);
        }
        if login::is_arrival(request) {
            return login::answer(request, &self.kit.books, ask, &self.faults);
        }
        if spoil::stumbles(request, &self.faults) {
            return spoil::error_page(500).into();
        }
        let sent = admission::sent(request).unwrap_or(now);
        let edition = self.edition(request);
        let outcome = self.call(edition, request, &mut Moment { now, sent, ask });
        let delivery = spoil::Delivery { edition, request, seal: &self.seal, faults: &self.faults };
        match outcome {
            Ok((call, body)) => delivery.send(&call, body),
            Err(refused) => delivery.refuse(&refused),
        }
    }

    /// POST is version 2.0, GET version 1.0.
    fn edition(&self, request: &Request) -> Edition {
        let v2 = self.faults.has(Fault::GetAccepted) && request.query().is_some_and(|query| query.contains("nonce="));
        if request.method == "GET" && !v2 { Edition::V1 } else { Edition::V2 }
    }

    fn call(
        &mut self,
        edition: Edition,
        request: &Request,
        moment: &mut Moment<'_, '_>,
    ) -> Result<(Call, Value), Refused> {
        if !matches!(request.method.as_str(), "GET" | "POST") {
            return Err(Refused::parameter("calls come by POST, those of version 1.0 by GET"));
        }
        let query = request.query().unwrap_or_default();
        let read = |faults: &Faults| match edition {
            Edition::V2 => Call::from_body(&request.body, faults),
            Edition::V1 => Call::from_query(query, faults),
        };
        let admitted = match edition {
            Edition::V2 => self.admission.admit_v2(request, moment.now, &self.faults),
            Edition::V1 => self.admission.admit_v1(query, moment.now, &self.faults),
        };
        let afterwards =
            self.faults.has(if edition == Edition::V2 { Fault::VerifyAfterwards } else { Fault::V1VerifyAfterwards });
        if let Err(refused) = admitted {
            let call = read(&self.faults).ok();
            let unchecked = call.as_ref().is_some_and(|call| {
                self.faults.has(Fault::TestUnverified) && call.test
                    || self.faults.has(Fault::NotifyUnverified) && call.activity == Activity::Notify
            });
            if let Some(call) = call.filter(|_| afterwards) {
                let _ = self.carry_out(&call, moment);
                return Err(refused);
            }
            if !unchecked {
                return Err(refused);
            }
        }
        let call = match read(&self.faults) {
            Err(Refused::Activity) if self.faults.has(Fault::UnknownActivitySuccess) => {
                return Ok((Call::unknown(edition), answer::done()));
            }
            call => call?,
        };
        let refused = [
            (Fault::AddressPerActivity, call.activity != Activity::Create, Refused::Elsewhere),
            (Fault::QueryNotServed, call.activity == Activity::Query, Refused::Activity),
            (Fault::StatusNotServed, matches!(call.activity, Activity::Status | Activity::Expire), Refused::Activity),
        ];
        if let Some((_, _, refused)) = refused.into_iter().find(|(fault, fits, _)| *fits && self.faults.has(*fault)) {
            return Err(refused);
        }
        let body = self.carry_out(&call, moment)?;
        Ok((call, body))
    }

    fn carry_out(&mut self, call: &Call, moment: &mut Moment<'_, '_>) -> Result<Value, Refused> {
        if let Some(instance) = self.instances.get_mut(call.instance()) {
            instance.named += 1;
            if instance.named > MOST_CALLS && self.faults.has(Fault::ForgottenAfterCalls) {
                self.instances.remove(call.instance());
            }
        }
        match call.activity {
            Activity::Create => self.create(call, moment),
            Activity::Query => self.query(call, moment),
            Activity::Refresh => self.refresh(call, moment),
            Activity::Status | Activity::Expire => self.status(call, moment),
            Activity::Release => self.release(call, moment),
            Activity::Upgrade => self.upgrade(call, moment),
            Activity::Check => self.check(call),
            Activity::Notify => self.notify(call, moment),
        }
    }

    /// Looks into the order that is told of. There is nothing else to do; the instance is asked for by `newInstance`.
    fn notify(&mut self, call: &Call, moment: &mut Moment<'_, '_>) -> Result<Value, Refused> {
        let key = order_of(call);
        if self.notified.contains(&key) {
            return if self.faults.has(Fault::NotifyTwiceRefused) {
                Err(Refused::Order(format!("the order {} is known", key.0)))
            } else {
                Ok(answer::done())
            };
        }
        let asked =
            if self.faults.has(Fault::NotifyWithoutQuery) { Ok(None) } else { self.ask(&key, moment).map(Some) };
        match asked {
            Err(refused) if !call.test && !self.faults.has(Fault::NotifyUnknownSuccess) => return Err(refused),
            Ok(Some(_)) if self.faults.has(Fault::NotifyRefused) => return Err(Refused::Crash),
            Ok(Some(bought)) if self.faults.has(Fault::NotifyOtherTypesRefused) && bought.kind != "NEW" => {
                return Err(Refused::Order(format!("the order {} is no purchase", key.0)));
            }
            Ok(_) if !call.test => self.notified.insert(key),
            _ => false,
        };
        Ok(answer::done())
    }

    /// Asks the store for an order.
    fn ask(&self, key: &Key, moment: &mut Moment<'_, '_>) -> Result<order::Bought, Refused> {
        order::query(&self.api, (&key.0, &key.1), moment.now, moment.ask, &self.faults)
    }

    /// The real instance that a call names, under the id by which the vendor keeps it.
    fn id<'a>(&self, told: &'a str) -> &'a str {
        if self.faults.has(Fault::CreateIdRewritten) { told.split('.').next().unwrap_or(told) } else { told }
    }

    /// The instance that a call is to change; `None` where it succeeds without one. Test calls change no real instance,
    /// and succeed without any.
    fn target(&mut self, call: &Call, forgiven: Fault) -> Result<Option<&mut Instance>, Refused> {
        let id = self.id(call.instance()).to_owned();
        if call.test && !self.treats_as_real(call) {
            let refused = self.faults.has(Fault::TestUnknownRefused) || self.faults.has(Fault::TestReplayFails);
            return match self.tests.get_mut(&id) {
                None if refused => Err(Refused::UnknownInstance(id)),
                found => Ok(found),
            };
        }
        let released = self.instances.get(&id).map(Instance::is_released);
        if released == Some(true)
            && call.activity == Activity::Refresh
            && self.faults.has(Fault::ReleasedRenewalRevives)
            && let Some(instance) = self.instances.get_mut(&id)
        {
            instance.state = State::InUse;
            return Err(Refused::UnknownInstance(id));
        }
        match released {
            Some(true) if self.faults.has(Fault::ReleasedAccepted) => Ok(None),
            None if self.faults.has(forgiven) => Ok(None),
            Some(false) => Ok(self.instances.get_mut(&id)),
            _ => Err(Refused::UnknownInstance(id)),
        }
    }

    /// Whether a test call is mistaken for a real one.
    fn treats_as_real(&self, call: &Call) -> bool {
        let real = || self.instances.get(self.id(call.instance())).is_some();
        self.faults.has(Fault::TestLeavesTrace)
            || self.faults.has(Fault::TestChangesReal) && call.activity != Activity::Create && real()
    }

    /// Pushes what an instance has used, where it is charged so.
    fn push(&mut self, id: &str, moment: &mut Moment<'_, '_>) {
        let Some(instance) = self.instances.get(id) else { return };
        let buyer = instance.buyer.clone();
        let is_package = |other: &&Instance| {
            other.charging == koogallery::Charging::Package && other.buyer == buyer && !other.is_released()
        };
        let package = self.instances.iter().find(is_package).map(|package| package.id.clone());
        let Some(instance) = self.instances.get_mut(id) else { return };
        self.usage.push(instance, package.as_deref(), &self.api, moment.now, moment.ask, &self.faults);
    }
}

/// Order and line of a call.
fn order_of(call: &Call) -> Key {
    (call.needed("orderId").to_owned(), call.needed("orderLineId").to_owned())
}

/// After how many calls the fault that forgets has forgotten.
const MOST_CALLS: u32 = 12;

/// How long slow answers take: longer than the store waits, and longer than its console does.
pub(super) const SLOW: Duration = Duration::from_secs(6);
pub(super) const SLOWER: Duration = Duration::from_secs(21);

#[cfg(test)]
mod tests;
