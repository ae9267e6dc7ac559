//! The reference vendor: answers the five calls as a good vendor does, or with named faults.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::admission::Admission;
use super::answer::{self, Call};
use super::application::{Application, LicenseState};
use super::bill::{Bill, Tariff};
use super::calendar;
use super::error::{CallRefused, is_malformed};
use super::fault::{Fault, Faults};
use super::pages;
use super::route::Route;
use super::spoil;
use super::store::{Applied, Customer, Delays, Stage, Store};
use crate::sign::key::{SigningKey, VerifyingKey};
use crate::sign::kt_jwt::{self, Refusal, Window};
use crate::wire::{Reply, ReplyKind, Request, Response};

/// How a vendor answers the status of a customer whose deletion has ended. Both are documented (2.1.2, `09a061f`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeletedAs {
    /// 200 with the code `99`.
    #[default]
    Code99,
    /// 401, the record no longer exists.
    Unauthorized,
}

/// What can be set on a reference vendor.
#[derive(Clone, Debug)]
pub struct Options {
    /// Public keys whose tokens are accepted. Default: the built-in test key.
    pub keys: Vec<VerifyingKey>,
    /// For how long tokens are accepted. Default: 60 s, and 5 s ahead.
    pub window: Window,
    /// From application to installation. Default 200 ms, so that a run sees the installation and need not wait.
    pub setup_delay: Duration,
    /// From resignation to the end of deletion. Default 200 ms.
    pub deletion_delay: Duration,
    /// What the status of a deleted customer is. Default: the code 99.
    pub deleted_as: DeletedAs,
    /// Base address under which the vendor is reached, such as `https://vendor.example/api`; its path is expected in
    /// front of every target. Default: none, `Location` then begins with `http://` and the request's `Host`.
    pub base_url: Option<String>,
    /// Customers whose key begins so are on a free trial: an application is refused with 406. Default `TRIAL-`. The
    /// documents know the status and do not say how a vendor recognises such a customer.
    pub trial_prefix: String,
    /// Users of every customer. Default 5, the least that the store sells.
    pub users: u32,
    /// Introduction fee in won. Default 100,000.
    pub onetime_fee: u32,
    /// Length of the free period in days from the application on; 0 charges from the first day and shows a period of
    /// that day. Default 1.
    pub free_days: u16,
    /// How long the faults `slow…` take. Default 35 s.
    pub slow_by: Duration,
    /// In which ways the vendor misbehaves. Default: none.
    pub faults: Vec<Fault>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            keys: vec![SigningKey::test().public().clone()],
            window: Window::default(),
            setup_delay: Duration::from_millis(200),
            deletion_delay: Duration::from_millis(200),
            deleted_as: DeletedAs::default(),
            base_url: None,
            trial_prefix: "TRIAL-".to_owned(),
            users: 5,
            onetime_fee: 100_000,
            free_days: 1,
            slow_by: Duration::from_secs(35),
            faults: Vec::new(),
        }
    }
}

/// A vendor with its customers. The same requests at the same times always get the same answers.
#[derive(Debug)]
pub struct Vendor {
    admission: Admission,
    store: Store,
    delays: Delays,
    tariff: Tariff,
    deleted_as: DeletedAs,
    base: Option<String>,
    /// Path of the base address, without a slash at its end.
    mount: String,
    trial_prefix: String,
    slow_by: Duration,
    faults: Faults,
    /// Whether somebody has resigned, for the fault that then locks everybody out.
    locked: bool,
}

impl Vendor {
    /// A vendor without customers.
    pub fn new(options: Options) -> Self {
        let faults = Faults::new(options.faults);
        let mut vendor = Self {
            admission: Admission::new(options.keys, options.window, &faults),
            store: Store::default(),
            delays: Delays { setup: options.setup_delay, deletion: options.deletion_delay },
            tariff: Tariff { users: options.users, onetime_fee: options.onetime_fee, free_days: options.free_days },
            deleted_as: options.deleted_as,
            base: None,
            mount: String::new(),
            trial_prefix: options.trial_prefix,
            slow_by: options.slow_by,
            faults,
            locked: false,
        };
        vendor.set_base_url(options.base_url.as_deref());
        vendor
    }

    /// Sets the base address, for a server that learns its port after the vendor was made.
    pub fn set_base_url(&mut self, base_url: Option<&str>) {
        self.base = base_url.map(|base| base.trim_end_matches('/').to_owned());
        let parsed = self.base.as_deref().and_then(|base| url::Url::parse(base).ok());
        self.mount = parsed.map(|base| base.path().trim_end_matches('/').to_owned()).unwrap_or_default();
    }

    /// Answers one request the way this vendor would.
    pub fn answer(&mut self, request: &Request, now: Timestamp) -> Reply {
        let token = request.headers.text(kt_jwt::HEADER);
        match self.call(request, now) {
            Ok((call, response)) => spoil::send(call, response, &self.faults, self.slow_by),
            Err(refused) if self.dies_of(&refused) => ReplyKind::Die.into(),
            Err(refused) => refused.answer(&self.faults, token.as_deref()).into(),
        }
    }

    /// Whether a refusal ends the whole server instead.
    fn dies_of(&self, refused: &CallRefused) -> bool {
        match refused {
            CallRefused::Token(refusal) => is_malformed(refusal) && self.faults.has(Fault::MalformedTokenDies),
            CallRefused::NoSuchDay { .. } => self.faults.has(Fault::DayBadDateDies),
            _ => false,
        }
    }

    fn call(&mut self, request: &Request, now: Timestamp) -> Result<(Call, Response), CallRefused> {
        let route = Route::find(request, &self.mount, &self.faults)?;
        let (call, value) = (route.call, route.value.as_str());
        self.admission.admit(call, request, now, &self.faults)?;
        if self.locked && call != Call::Page {
            return Err(Refusal::Signature.into());
        }
        let response = match call {
            Call::Status => self.status(value, now)?,
            Call::Apply => self.apply(value, request, now)?,
            Call::Resign => self.resign(value, now)?,
            Call::BillByDay => self.bill_by_day(value, now)?,
            Call::BillByCustomer => self.bill_by_customer(value, now)?,
            Call::Page if route.is_home => pages::home(request, self.find(value), &self.faults),
            Call::Page => pages::login(request, self.find(value), &self.mount, &self.faults),
        };
        Ok((call, response))
    }

    /// Base address as the caller knows it.
    fn base(&self, request: &Request) -> Result<String, CallRefused> {
        if let Some(base) = &self.base {
            return Ok(base.clone());
        }
        let host = request.headers.text("host").filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| CallRefused::BadRequest("the header Host is missing".to_owned()))?;
        Ok(format!("http://{host}"))
    }

    fn find(&self, mem_sq: &str) -> Option<&Customer> {
        self.store.get(&self.key(mem_sq))
    }

    /// The key under which a customer is kept.
    fn key(&self, mem_sq: &str) -> String {
        if !self.faults.has(Fault::KeyCaseIgnored) {
            return mem_sq.to_owned();
        }
        let same = |customer: &&Customer| customer.mem_sq.to_lowercase() == mem_sq.to_lowercase();
        self.store.iter().find(same).map_or(mem_sq, |customer| customer.mem_sq.as_str()).to_owned()
    }

    /// The customer of a call that needs one. `fails` is the fault that fails for customers whom nobody knows.
    fn known(&self, mem_sq: &str, fails: Fault) -> Result<&Customer, CallRefused> {
        let unknown = if self.faults.has(fails) { CallRefused::Told(500) } else { CallRefused::UnknownCustomer };
        self.find(mem_sq).ok_or(unknown)
    }

    fn status(&mut self, mem_sq: &str, now: Timestamp) -> Result<Response, CallRefused> {
        if self.faults.has(Fault::StatusUnknown200) && self.find(mem_sq).is_none() {
            let stranger = self.stranger(mem_sq, now);
            return Ok(answer::json(200, &answer::status(&stranger, now, self.delays, &self.faults)));
        }
        let key = self.key(mem_sq);
        if self.faults.has(Fault::StatusRegisters) && self.find(mem_sq).is_none() {
            self.store.apply(&key, &Application::default(), now, self.delays, &self.faults);
            return Err(CallRefused::UnknownCustomer);
        }
        let polls = self.store.get_mut(&key).map(|customer| {
            customer.polls += 1;
            customer.polls
        });
        if self.faults.has(Fault::StatusForgets) && polls.is_some_and(|polls| polls > MOST_POLLS) {
            self.store.lose(&key);
        }
        let customer = self.known(mem_sq, Fault::StatusUnknown500)?;
        let stage = customer.current().stage(now, self.delays, &self.faults);
        if stage == Stage::Deleted && self.deleted_as == DeletedAs::Unauthorized {
            return Err(CallRefused::CustomerGone);
        }
        Ok(answer::json(200, &answer::status(customer, now, self.delays, &self.faults)))
    }

    /// A customer made up for the faults that know everybody.
    fn stranger(&self, mem_sq: &str, now: Timestamp) -> Customer {
        let mut store = Store::default();
        let instant = Delays { setup: Duration::ZERO, ..self.delays };
        store.apply(mem_sq, &Application::default(), now, instant, &self.faults);
        store.get(mem_sq).cloned().expect("the customer was registered the line before")
    }

    fn apply(&mut self, mem_sq: &str, request: &Request, now: Timestamp) -> Result<Response, CallRefused> {
        let fails = [
            (Fault::Apply500, true),
            (Fault::ApplyKorean500, !mem_sq.is_ascii()),
            (Fault::ApplyLong500, mem_sq.len() > 64),
        ];
        if fails.into_iter().any(|(fault, applies)| applies && self.faults.has(fault)) {
            return Err(CallRefused::Told(500));
        }
        if mem_sq.starts_with(&self.trial_prefix) && !self.faults.has(Fault::TrialAccepted) {
            return Err(CallRefused::FreeTrial);
        }
        let application = Application::read(&request.body, &self.faults)?;
        let base = self.base(request)?;
        let key = self.key(mem_sq);
        match self.store.get(&key).map(|customer| customer.current().resigned.is_some()) {
            None if application.state == Some(LicenseState::Terminated) => {
                let reason = "license-states-cd 1 ends a service that this customer has never applied for";
                return Err(CallRefused::BadRequest(reason.to_owned()));
            }
            Some(true) if self.faults.has(Fault::Reapply409) => return Err(CallRefused::Told(409)),
            Some(false)
                if self.faults.has(Fault::SuspendTwiceRefused) && self.suspended_already(&key, &application) =>
            {
                return Err(CallRefused::Told(409));
            }
            Some(_) if self.faults.has(Fault::ApplyKnown409) => return Err(CallRefused::Told(409)),
            Some(_) if self.faults.has(Fault::ApplyKnown500) => return Err(CallRefused::Told(500)),
            _ => {}
        }
        let applied = self.store.apply(&key, &application, now, self.delays, &self.faults);
        let customer = self.store.get(&key).ok_or(CallRefused::UnknownCustomer)?;
        let linked = if self.faults.has(Fault::LocationOtherCustomer) {
            self.store.iter().next().unwrap_or(customer)
        } else {
            customer
        };
        let location = format!("{base}{}", pages::login_path(linked));
        let mut response = answer::html(self.applied_status(applied), pages::handed_over(&location, customer));
        response.headers.push("Location", location);
        if applied == Applied::Registered && self.faults.has(Fault::ApplyForgets) {
            self.store.lose_last();
        }
        Ok(response)
    }

    fn suspended_already(&self, key: &str, application: &Application) -> bool {
        let suspended = self.store.get(key).is_some_and(|customer| customer.current().terms().suspended);
        suspended && application.state == Some(LicenseState::Suspended)
    }

    /// 201 for an application that was completed, 200 for a customer who was known and is let in.
    fn applied_status(&self, applied: Applied) -> u16 {
        let told = match applied {
            Applied::Registered => {
                [(Fault::ApplyFirst200, 200), (Fault::ApplyFirst202, 202), (Fault::ApplyFirst302, 302)].as_slice()
            }
            Applied::Known => [(Fault::ApplyKnown201, 201), (Fault::ApplyKnown302, 302)].as_slice(),
        };
        let good = if applied == Applied::Registered { 201 } else { 200 };
        told.iter().find(|(fault, _)| self.faults.has(*fault)).map_or(good, |(_, status)| *status)
    }

    fn resign(&mut self, mem_sq: &str, now: Timestamp) -> Result<Response, CallRefused> {
        if self.faults.has(Fault::ResignRefused) {
            return Err(CallRefused::Told(500));
        }
        if self.faults.has(Fault::ResignUnknown200) && self.find(mem_sq).is_none() {
            return Ok(answer::json(200, &answer::resigned(false)));
        }
        self.known(mem_sq, Fault::ResignUnknown500)?;
        let key = self.key(mem_sq);
        let suspended = self.store.get(&key).is_some_and(|customer| customer.current().terms().suspended);
        if suspended && self.faults.has(Fault::ResignSuspendedFails) {
            return Ok(answer::json(200, &json!({ "success": false, "description": "the customer is suspended" })));
        }
        let again = self.store.resign(&key, now, &self.faults).ok_or(CallRefused::UnknownCustomer)?;
        if again && self.faults.has(Fault::ResignTwice500) {
            return Err(CallRefused::Told(500));
        }
        self.locked = self.faults.has(Fault::ResignLocksOut);
        Ok(answer::json(200, &answer::resigned(again)))
    }

    fn bill_by_day(&self, text: &str, now: Timestamp) -> Result<Response, CallRefused> {
        let today = calendar::day(now);
        let day = match calendar::from_dashed(text) {
            Some(day) => day,
            None if self.takes_bad_day(text) => today,
            None if self.faults.has(Fault::DayBadDateEmpty) => return Ok(answer::json(200, &json!([]))),
            None if self.faults.has(Fault::DayBadDate500) => return Err(CallRefused::Told(500)),
            None => return Err(CallRefused::NoSuchDay { text: text.to_owned() }),
        };
        if day > today && self.faults.has(Fault::DayFuture500) {
            return Err(CallRefused::Told(500));
        }
        if day == today && self.faults.has(Fault::DayToday400) {
            return Err(CallRefused::Told(400));
        }
        if day > today && self.faults.has(Fault::DayFutureEmpty) {
            return Ok(answer::json(200, &json!([])));
        }
        let shown = |customer: &&Customer| {
            !(self.faults.has(Fault::DayLeavesOutSuspended) && customer.current().terms().suspended)
        };
        let through = if self.faults.has(Fault::BillAheadAsToday) { day.min(today) } else { day };
        let bill = |customer: &Customer| {
            let bill = Bill::of(customer, through, now, self.tariff, &self.faults)?;
            Some(bill.dated(day).to_json())
        };
        let mut bills: Vec<Value> = if self.faults.has(Fault::DayTwiceAfterReturn) {
            self.store.iter().filter(shown).flat_map(Customer::apart).filter_map(|customer| bill(&customer)).collect()
        } else {
            self.store.iter().filter(shown).filter_map(bill).collect()
        };
        if self.faults.has(Fault::DayEmpty) {
            bills.clear();
        }
        if self.faults.has(Fault::DayMissesLast) {
            bills.pop();
        }
        if self.faults.has(Fault::DayOnlyFirst) {
            bills.truncate(1);
        }
        if self.faults.has(Fault::DayTwice) {
            bills.extend(bills.clone());
        }
        Ok(answer::json(200, &Value::Array(bills)))
    }

    /// Whether a fault takes a text that is no day for today.
    fn takes_bad_day(&self, text: &str) -> bool {
        let has_form = text.len() == 10 && text.chars().filter(|c| *c == '-').count() == 2;
        self.faults.has(if has_form { Fault::DayBadDate200 } else { Fault::DayBadForm200 })
    }

    /// One bill, although the documents promise one figure for each day from joining until now: their schema is a
    /// single object. It is the entry of the bill by day, of today or of the day of leaving.
    fn bill_by_customer(&self, mem_sq: &str, now: Timestamp) -> Result<Response, CallRefused> {
        if self.faults.has(Fault::CustomerBillUnknown200) && self.find(mem_sq).is_none() {
            let stranger = self.stranger(mem_sq, now);
            return self.bill_of(&stranger, now);
        }
        if self.faults.has(Fault::CustomerBillUnknownCharged) && self.find(mem_sq).is_none() {
            let mut body = self.bill_of(&self.stranger(mem_sq, now), now)?;
            spoil::charge(&mut body, 30_000);
            return Ok(body);
        }
        self.bill_of(self.known(mem_sq, Fault::CustomerBillUnknown500)?, now)
    }

    fn bill_of(&self, customer: &Customer, now: Timestamp) -> Result<Response, CallRefused> {
        let left = customer.current().resigned.filter(|_| !self.faults.has(Fault::ResignStillBilled));
        // A store's clock that was moved back does not make a customer unknown.
        let applied = customer.current().applied;
        let day = calendar::day(left.map_or(now, |left| left.min(now)).max(applied));
        let bill = Bill::of(customer, day, now, self.tariff, &self.faults).ok_or(CallRefused::UnknownCustomer)?;
        let mut body = bill.clone().to_json();
        if self.faults.has(Fault::CustomerBillDayTwice) {
            return Ok(answer::json(200, &json!([body, body])));
        }
        if self.faults.has(Fault::CustomerBillAhead) {
            let ahead = day.saturating_add(jiff::Span::new().days(5));
            return Ok(answer::json(200, &json!([body, bill.dated(ahead).to_json()])));
        }
        if self.faults.has(Fault::CustomerBillOther) {
            body["mem-sq"] = json!("M00000");
        }
        if self.faults.has(Fault::CustomerBillDisagrees) {
            body["usage-pay-amt"] = json!(bill.usage + 1_000);
            body["pay-amt"] = json!(bill.usage + bill.onetime + 1_000);
        }
        Ok(answer::json(200, &body))
    }
}

/// After how many questions the fault that forgets has forgotten.
const MOST_POLLS: u64 = 12;

#[cfg(test)]
mod tests;
