//! Opening instances.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::admission::utc;
use super::super::answer;
use super::super::call::{Call, Edition};
use super::super::error::Refused;
use super::super::fault::Fault;
use super::super::options::{Idempotency, Opening};
use super::super::order::Bought;
use super::super::store::{Instance, Key, Plan, State, id_of};
use super::{Moment, Vendor, order_of};
use crate::market::koogallery::Charging;

impl Vendor {
    pub(super) fn create(&mut self, call: &Call, moment: &mut Moment<'_, '_>) -> Result<Value, Refused> {
        if self.faults.has(Fault::CreateCrashes) {
            return Err(Refused::Crash);
        }
        match call.edition {
            Edition::V2 => self.create_v2(call, moment),
            Edition::V1 => self.create_v1(call, moment),
        }
    }

    fn create_v2(&mut self, call: &Call, moment: &mut Moment<'_, '_>) -> Result<Value, Refused> {
        let asked = order_of(call);
        if self.faults.has(Fault::OrderMocksRefused) && asked.0.starts_with("MOCK") {
            return Err(Refused::Order(format!("{} is no order id", asked.0)));
        }
        let test = call.test && !self.treats_as_real(call);
        if test {
            return self.create_test(call, &asked, moment);
        }
        let key = self.key(call, &asked);
        if let Some(known) = self.known(&key, moment) {
            return self.created_again(&known, moment);
        }
        if self.failed.contains(&asked) {
            return Err(Refused::Order(format!("the order {} has failed before", asked.0)));
        }
        let bought = if self.faults.has(Fault::OrderQueriedLate) {
            self.unasked.insert(asked.clone());
            Bought::default()
        } else {
            match self.ask(&asked, moment) {
                Err(refused) => {
                    if self.faults.has(Fault::CreateRemembersFailure) {
                        self.failed.insert(asked);
                    }
                    return Err(refused);
                }
                Ok(bought) => bought,
            }
        };
        let by_product = self.idempotency == Idempotency::Product && bought.charging == Charging::OnDemand;
        let same = |instance: &&Instance| {
            instance.key.0 == asked.0
                && instance.charging == Charging::OnDemand
                && instance.plan.product_id == bought.plan.product_id
        };
        let sibling = self.instances.iter().find(same).map(|instance| instance.id.clone());
        if let Some(id) = sibling.filter(|_| by_product) {
            self.instances.also(key, &id);
            return self.created(&id, moment.now);
        }
        let key =
            if self.faults.has(Fault::CreateKeyedByBuyer) { ("buyer".to_owned(), bought.buyer.clone()) } else { key };
        if let Some(known) = self.known(&key, moment) {
            return self.created_again(&known, moment);
        }
        let id = self.open(call, key, bought, moment);
        let body = self.created(&id, moment.now);
        if self.faults.has(Fault::CreateLost) {
            self.instances.remove(&id);
        }
        body
    }

    /// A test instance: open at once, whatever the store says of the order, which is asked all the same.
    fn create_test(&mut self, call: &Call, key: &Key, moment: &mut Moment<'_, '_>) -> Result<Value, Refused> {
        let id = id_of(&["test", &key.0, &key.1]);
        if self.tests.get(&id).is_none() {
            let told = self.ask(key, moment);
            if self.faults.has(Fault::TestUnknownRefused) {
                told.as_ref().map_err(Clone::clone)?;
            }
            let bought = told.unwrap_or_default();
            self.tests.insert(instance(id.clone(), key.clone(), bought, moment.now));
        } else if self.faults.has(Fault::TestReplayFails) || self.faults.has(Fault::CreateResendRefused) {
            return Err(Refused::Order(format!("the order {} has been opened before", key.0)));
        }
        if self.faults.has(Fault::TestInProgress) {
            return Ok(in_progress(&id));
        }
        let mut body = answer::done();
        body["instanceId"] = json!(id);
        if call.edition == Edition::V1 {
            self.tell_access(&mut body, &self.tests.get(&id).cloned(), true);
        }
        Ok(body)
    }

    fn key(&self, call: &Call, (order, line): &Key) -> Key {
        if self.faults.has(Fault::CreateKeyedByBusinessId) {
            return ("business".to_owned(), call.needed("businessId").to_owned());
        }
        let line = if self.faults.has(Fault::CreateKeyedByOrder) { String::new() } else { line.clone() };
        (order.clone(), line)
    }

    /// The instance that has been opened for this before.
    fn known(&self, key: &Key, moment: &Moment<'_, '_>) -> Option<Instance> {
        let known = self.instances.of(key)?;
        // Whoever looks first and inserts later does not see what another thread has not inserted yet.
        let raced = moment.sent <= known.opened;
        let missed = self.faults.has(Fault::CreateNewIdOnResend)
            || self.faults.has(Fault::CreateRaceMakesTwo) && raced
            || self.faults.has(Fault::CreateFourthOpensAnother) && known.named >= 2
            || self.faults.has(Fault::CreateAgainAfterRelease) && known.is_released();
        (!missed).then(|| known.clone())
    }

    fn created_again(&mut self, known: &Instance, moment: &Moment<'_, '_>) -> Result<Value, Refused> {
        if self.faults.has(Fault::CreateResendRefused) {
            return Err(Refused::Bought);
        }
        if let Some(instance) = self.instances.get_mut(&known.id) {
            instance.named += 1;
            if instance.is_released() && self.faults.has(Fault::CreateAgainRevives) {
                instance.state = State::InUse;
            }
        }
        self.created(&known.id, moment.now)
    }

    fn open(&mut self, call: &Call, key: Key, bought: Bought, moment: &Moment<'_, '_>) -> String {
        let by_use = matches!(bought.charging, Charging::OnDemand | Charging::Package);
        let later = match self.opening {
            Opening::AtOnce => false,
            Opening::ByUse => by_use,
            Opening::Later => true,
        };
        let count = self.instances.iter().count().to_string();
        let id = match self.faults.has(Fault::CreateKeyedByBusinessId) {
            true => call.needed("businessId").to_owned(),
            false => id_of(&["instance", &key.0, &key.1, &moment.now.to_string(), &count]),
        };
        let mut instance = instance(id.clone(), key, bought, moment.now);
        if later && call.edition == Edition::V2 {
            instance.ready = match self.faults.has(Fault::AsyncNeverFinishes) {
                true => Timestamp::MAX,
                false => moment.now.saturating_add(self.setup_delay).unwrap_or(moment.now),
            };
        }
        self.instances.insert(instance);
        id
    }

    /// The answer of version 2.0 to a creation.
    fn created(&mut self, id: &str, now: Timestamp) -> Result<Value, Refused> {
        let told = self.told_id(id);
        if self.instances.get(id).is_some_and(|instance| instance.ready > now && !instance.is_released()) {
            return Ok(in_progress(&told));
        }
        let mut body = answer::done();
        body["instanceId"] = json!(told);
        Ok(body)
    }

    /// An id as it is told.
    fn told_id(&mut self, id: &str) -> String {
        if !self.faults.has(Fault::CreateIdRewritten) {
            return id.to_owned();
        }
        self.rewritten += 1;
        format!("{id}.{}", self.rewritten)
    }

    fn create_v1(&mut self, call: &Call, moment: &mut Moment<'_, '_>) -> Result<Value, Refused> {
        self.read_optional(call)?;
        let order = call.needed("orderId").to_owned();
        let charging = charging_of(call);
        let by_use = matches!(charging, Charging::OnDemand | Charging::Package);
        let by_product = by_use && !self.faults.has(Fault::V1CreateIgnoresProduct);
        let product = if by_product { call.needed("productId").to_owned() } else { String::new() };
        let key = match self.faults.has(Fault::V1CreateKeyedByCustomer) {
            true => ("customer".to_owned(), call.needed("customerId").to_owned()),
            false => (order, product),
        };
        let seats = call.text("amount").and_then(|text| text.parse().ok()).unwrap_or(10);
        let plan = Plan {
            product_id: call.needed("productId").to_owned(),
            sku_code: call.text("skuCode").unwrap_or_default().to_owned(),
            seats,
        };
        let expires = call.text("expireTime").and_then(utc);
        let bought =
            Bought { charging, expires, plan, buyer: call.needed("customerId").to_owned(), kind: "NEW".to_owned() };
        let instance = if call.test && !self.treats_as_real(call) {
            let id = id_of(&["test", &key.0, &key.1]);
            let refused = self.faults.has(Fault::TestReplayFails) || self.faults.has(Fault::CreateResendRefused);
            if refused && self.tests.get(&id).is_some() {
                return Err(Refused::Order(format!("the order {} has been opened before", key.0)));
            }
            let fresh = instance(id.clone(), key, bought, moment.now);
            self.tests.get_or_insert(fresh)
        } else {
            let id = match self.known(&key, moment) {
                Some(_) if self.faults.has(Fault::CreateResendRefused) => return Err(Refused::Bought),
                Some(known) => known.id,
                None => self.open(call, key, bought, moment),
            };
            let known = self.instances.get_mut(&id).ok_or(Refused::Crash)?;
            known.deliveries += 1;
            if known.deliveries >= 3 && self.faults.has(Fault::V1SupervisionRefused) {
                return Err(Refused::Order(format!("the order {} has been delivered", known.key.0)));
            }
            known.clone()
        };
        let again = instance.deliveries > 1;
        let mut body = answer::done();
        body["instanceId"] = json!(self.told_id(&instance.id));
        if call.test && self.faults.has(Fault::TestInProgress) {
            return Ok(in_progress(&instance.id));
        }
        if !call.test && self.faults.has(Fault::AsyncNeverFinishes) {
            return Ok(in_progress(&instance.id));
        }
        if !(again && self.faults.has(Fault::V1ResendWithoutAppInfo)) {
            self.tell_access(&mut body, &Some(instance.clone()), true);
        }
        if self.faults.has(Fault::CreateLost) {
            self.instances.remove(&instance.id);
        }
        Ok(body)
    }

    /// Adds access data to an answer of version 1.0, or to an entry of a query.
    pub(super) fn tell_access(&mut self, body: &mut Value, instance: &Option<Instance>, encrypted: bool) {
        let Some(instance) = instance else { return };
        let seed = match instance.account {
            0 => instance.id.clone(),
            turn => format!("{turn}{}", instance.id),
        };
        let (user, password) = self.credentials.of(&seed, &self.faults);
        let unannounced = !encrypted && self.faults.has(Fault::CiphertextUnannounced);
        let (user, password) = match encrypted || unannounced {
            false => (user, password),
            true if unannounced => {
                (self.credentials.encrypted(&user, &self.faults), self.credentials.encrypted(&password, &self.faults))
            }
            true => {
                body["encryptType"] = json!(self.credentials.code(&self.faults));
                (self.credentials.encrypted(&user, &self.faults), self.credentials.encrypted(&password, &self.faults))
            }
        };
        body["appInfo"] = Value::Object(answer::app_info(instance, &user, &password));
    }

    /// What comes with a creation of version 1.0 and may be missing.
    fn read_optional(&self, call: &Call) -> Result<(), Refused> {
        if let Some(text) = call.text("saasExtendParams") {
            let decoded = STANDARD.decode(text).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
            let list = decoded.as_ref().and_then(Value::as_array);
            let Some(list) = list else {
                return Err(Refused::parameter("saasExtendParams is no base64 of a JSON array"));
            };
            let odd = |item: &Value| {
                let value = &item["value"];
                value.is_null() || value.is_boolean() || value.as_str().is_some_and(|text| text.contains('"'))
            };
            if list.iter().any(odd) && self.faults.has(Fault::V1ExtendParamsEvaluated) {
                return Err(Refused::Crash);
            }
        }
        // The contact is of no use to this vendor, and stays encrypted.
        let contact = !call.value("mobilePhone").is_null() || !call.value("email").is_null();
        if contact && self.faults.has(Fault::V1ContactBreaks) {
            return Err(Refused::Crash);
        }
        let quantities = ["amount", "diskSize", "bandWidth"];
        let long = quantities.iter().any(|name| call.text(name).is_some_and(|text| text.len() > 4));
        if long && self.faults.has(Fault::V1QuantitiesRefused) {
            return Err(Refused::parameter("a quantity is too large"));
        }
        if call.text("trialFlag").is_some() && self.faults.has(Fault::V1TrialRefused) {
            return Err(Refused::parameter("trialFlag is wrong"));
        }
        match call.text("expireTime") {
            Some(text) if utc(text).is_none() => Err(Refused::parameter("expireTime is no time")),
            _ => Ok(()),
        }
    }
}

fn instance(id: String, key: Key, bought: Bought, now: Timestamp) -> Instance {
    let mut instance = Instance::new(id, key, bought.charging, bought.plan, now);
    instance.expires = bought.expires;
    instance.buyer = bought.buyer;
    instance
}

fn in_progress(id: &str) -> Value {
    let mut body = answer::result("000004", "the instance is being opened");
    body["instanceId"] = json!(id);
    body
}

/// How an order of version 1.0 is charged. Plain pay-per-use has no documented code; it is what has no term.
fn charging_of(call: &Call) -> Charging {
    match call.text("chargingMode") {
        Some("1") => Charging::Period,
        Some("3") => Charging::OneTime,
        Some("5") => Charging::Package,
        _ if call.text("expireTime").is_some() || call.text("periodType").is_some() => Charging::Period,
        _ => Charging::OnDemand,
    }
}
