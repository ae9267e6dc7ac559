//! What happens to an instance that is open: renewed, frozen, upgraded, checked, released.

use jiff::SignedDuration;
use serde_json::Value;

use super::super::admission::utc;
use super::super::answer;
use super::super::call::{Activity, Call, Edition};
use super::super::error::Refused;
use super::super::fault::Fault;
use super::super::store::{Instance, State, id_of};
use super::{Moment, Vendor, order_of};
use crate::market::koogallery::Charging;

const SCENES: [(&str, Fault); 4] = [
    ("TRIAL_TO_FORMAL", Fault::SceneTrialRefused),
    ("RENEWAL", Fault::SceneRenewalRefused),
    ("UNSUBSCRIBE_RENEWAL_PERIOD", Fault::SceneUnsubscribeRefused),
    ("RENEWAL_CHANGE", Fault::SceneChangeRefused),
];

impl Vendor {
    pub(super) fn refresh(&mut self, call: &Call, moment: &mut Moment<'_, '_>) -> Result<Value, Refused> {
        let changes = self.scene(call)?;
        let text = call.needed("expireTime");
        let length = if text.len() == 17 { Fault::ExpireTime17Refused } else { Fault::ExpireTime14Refused };
        let expires = match utc(text) {
            Some(_) if self.faults.has(length) => return Err(Refused::parameter("expireTime is no time")),
            Some(time) => time,
            None if self.faults.has(Fault::ExpireTimeWrongCrashes) => return Err(Refused::Crash),
            // A lenient parser makes some time or other of it.
            None if self.faults.has(Fault::ExpireTimeWrongAccepted) => moment.now,
            None => return Err(Refused::parameter("expireTime is no time of the form yyyyMMddHHmmss")),
        };
        self.demand_of_refresh(call)?;
        let order = order_of(call);
        let faults = self.faults.clone();
        let test = call.test && !self.treats_as_real(call);
        let Some(instance) = self.target(call, Fault::RefreshUnknownSuccess)? else { return Ok(answer::done()) };
        let again = instance.applied.contains(&order.0);
        if again && faults.has(Fault::RefreshTwiceRefused) {
            return Err(Refused::Order(format!("the order {} has been carried out", order.0)));
        }
        if instance.state == State::Frozen && faults.has(Fault::RefreshFrozenRefused) {
            return Err(Refused::Order("the instance is frozen".to_owned()));
        }
        if again && !faults.has(Fault::RefreshAddsTerm) {
            return Ok(answer::done());
        }
        let id = instance.id.clone();
        // What a renewal is for stands in the call; only for another specification the order has to be known.
        let bought = match call.edition {
            Edition::V2 if !faults.has(Fault::RefreshWithoutQuery) => match self.ask(&order, moment) {
                Ok(bought) => Some(bought),
                Err(refused) if changes && !test => return Err(refused),
                Err(_) => None,
            },
            _ => None,
        };
        let instances = if test { &mut self.tests } else { &mut self.instances };
        let Some(instance) = instances.get_mut(&id) else { return Ok(answer::done()) };
        instance.applied.insert(order.0);
        if faults.has(Fault::RefreshAddsTerm) {
            let (known, year) = (instance.expires.unwrap_or(moment.now), SignedDuration::from_hours(365 * 24));
            instance.expires = Some(known.saturating_add(year).unwrap_or(known));
        } else if !faults.has(Fault::ExpiryNotMoved) {
            instance.expires = Some(expires);
        }
        if call.edition == Edition::V1 && instance.state == State::Frozen {
            instance.state = State::InUse;
        }
        if let Some(product) = call.text("productId") {
            product.clone_into(&mut instance.plan.product_id);
        }
        if let Some(bought) = bought.filter(|_| changes) {
            instance.plan = bought.plan;
        }
        Ok(answer::done())
    }

    /// Whether the renewal changes the specification; version 1.0 knows no scenes.
    fn scene(&self, call: &Call) -> Result<bool, Refused> {
        let Some(scene) = call.text("scene") else { return Ok(false) };
        let known = SCENES.iter().find(|(name, _)| *name == scene).map(|(_, fault)| *fault);
        match known {
            Some(fault) if self.faults.has(fault) => Err(Refused::parameter("scene is not known")),
            None if !self.faults.has(Fault::SceneUnknownAccepted) => Err(Refused::parameter("scene is not known")),
            _ => Ok(scene == "RENEWAL_CHANGE"),
        }
    }

    fn demand_of_refresh(&self, call: &Call) -> Result<(), Refused> {
        let product = call.text("productId").is_some();
        let trial = call.text("trialToFormal").is_some();
        let empty = call.value("productId").as_str() == Some("");
        let demands = [
            (Fault::RefreshRefused, true),
            (Fault::RefreshWithProductRefused, product),
            (Fault::RefreshWithoutProductRefused, !product && !empty),
            (Fault::V1RefreshEmptyProductRefused, empty),
            (Fault::V1RefreshTrialRefused, trial),
            (Fault::V1RefreshWithoutTrialRefused, !trial && call.edition == Edition::V1),
        ];
        match demands.into_iter().any(|(fault, fits)| fits && self.faults.has(fault)) {
            true => Err(Refused::parameter("the renewal is not complete")),
            false => Ok(()),
        }
    }

    /// `updateInstanceStatus`, and `instanceStatus` and `expireInstance` of version 1.0.
    pub(super) fn status(&mut self, call: &Call, moment: &mut Moment<'_, '_>) -> Result<Value, Refused> {
        let v1 = call.edition == Edition::V1;
        let expired = call.activity == Activity::Expire;
        let word = match (expired, v1) {
            (true, _) => "FREEZE",
            (false, true) => call.needed("instanceStatus"),
            (false, false) => call.needed("status"),
        };
        let unfreeze = if v1 { "NORMAL" } else { "UNFREEZE" };
        let freezes = match word {
            "FREEZE" => true,
            word if word == unfreeze => false,
            _ if self.faults.has(Fault::StatusUnknownAccepted) => false,
            _ => return Err(Refused::parameter("the status is not known")),
        };
        let unknown = if expired { Fault::V1ExpireUnknownSuccess } else { Fault::StatusUnknownSuccess };
        let faults = self.faults.clone();
        let Some(instance) = self.target(call, unknown)? else { return Ok(answer::done()) };
        let frozen = instance.state == State::Frozen;
        let refused = [
            (Fault::FreezeRefused, freezes && !expired && !frozen),
            (Fault::UnfreezeRefused, !freezes && frozen),
            (Fault::FreezeTwiceRefused, freezes && !expired && frozen),
            (Fault::UnfreezeTwiceRefused, !freezes && !frozen),
            (Fault::StatusByUseRefused, matches!(instance.charging, Charging::OnDemand | Charging::Package)),
            (Fault::V1ExpireRefused, expired && !frozen),
            (Fault::V1ExpireTwiceRefused, expired && frozen),
        ];
        if refused.into_iter().any(|(fault, fits)| fits && faults.has(fault)) {
            return Err(Refused::Order("the status cannot be changed".to_owned()));
        }
        let changed = if freezes { State::Frozen } else { State::InUse };
        if !(freezes && faults.has(Fault::FreezeIgnored)) {
            instance.state = changed;
        }
        if faults.has(Fault::UnfreezeNewAccount) && !freezes {
            instance.account += 1;
        }
        let (id, buyer) = (instance.id.clone(), instance.buyer.clone());
        if freezes && faults.has(Fault::FreezeForgets) && !call.test {
            self.instances.remove(&id);
        }
        if faults.has(Fault::FreezeOthersToo) && !call.test {
            for other in self.instances.iter_mut().filter(|other| other.buyer == buyer && !other.is_released()) {
                other.state = changed;
                other.account += u32::from(other.id != id);
            }
        }
        if freezes && !call.test {
            self.push(&id, moment);
        }
        Ok(answer::done())
    }

    pub(super) fn release(&mut self, call: &Call, moment: &mut Moment<'_, '_>) -> Result<Value, Refused> {
        let id = self.id(call.instance()).to_owned();
        let with_order = call.text("orderId").is_some();
        let state = self.instances.get(&id).map(|instance| instance.state);
        let refused = [
            (Fault::ReleaseRefused, state.is_some() || call.test),
            (Fault::ReleaseFrozenRefused, state == Some(State::Frozen)),
            (Fault::ReleaseWithOrderRefused, with_order),
            (Fault::ReleaseWithoutOrderRefused, !with_order),
            (Fault::ReleaseTwiceRefused, matches!(state, Some(State::Released(_)))),
        ];
        if refused.into_iter().any(|(fault, fits)| fits && self.faults.has(fault)) {
            return Err(Refused::Order("the instance cannot be released".to_owned()));
        }
        if call.test && !self.treats_as_real(call) {
            // Saved cases name the instance again, in any order; it stays.
            if self.faults.has(Fault::TestReplayFails) && self.target(call, Fault::ReleaseUnknownSuccess)?.is_some() {
                self.tests.remove(&id);
            }
            self.target(call, Fault::ReleaseUnknownSuccess)?;
            return Ok(answer::done());
        }
        match state {
            Some(State::Released(_)) => {
                if self.faults.has(Fault::ReleaseTwiceRevives)
                    && let Some(instance) = self.instances.get_mut(&id)
                {
                    instance.state = State::InUse;
                }
                return Ok(answer::done());
            }
            None if self.faults.has(Fault::ReleaseUnknownSuccess) => return Ok(answer::done()),
            None => return Err(Refused::UnknownInstance(id)),
            Some(_) => {}
        }
        let all = self.faults.has(Fault::ReleaseOthersToo);
        let buyer = self.instances.get(&id).map(|instance| instance.buyer.clone());
        for instance in self.instances.iter_mut() {
            if instance.id == id || all && Some(&instance.buyer) == buyer.as_ref() && !instance.is_released() {
                instance.state = State::Released(moment.now);
            }
        }
        self.push(&id, moment);
        if self.faults.has(Fault::ReleaseForgets) {
            self.instances.remove(&id);
        }
        Ok(answer::done())
    }

    pub(super) fn upgrade(&mut self, call: &Call, moment: &mut Moment<'_, '_>) -> Result<Value, Refused> {
        let order = order_of(call);
        let faults = self.faults.clone();
        let test = call.test && !self.treats_as_real(call);
        let Some(instance) = self.target(call, Fault::UpgradeUnknownSuccess)? else {
            // A test call asks for its order as well; what the store says of it does not matter.
            if call.edition == Edition::V2 && test {
                let _ = self.ask(&order, moment);
            }
            return Ok(answer::done());
        };
        let again = instance.applied.contains(&order.0);
        if faults.has(Fault::UpgradeRefused) || again && faults.has(Fault::UpgradeTwiceRefused) {
            return Err(Refused::Order(format!("the order {} cannot be carried out", order.0)));
        }
        if faults.has(Fault::UpgradeAfterRenewalRefused) && !instance.applied.is_empty() && !again {
            return Err(Refused::Order("the instance is bound until its term ends".to_owned()));
        }
        if again && !faults.has(Fault::UpgradeCountsTwice) {
            return Ok(answer::done());
        }
        let (id, known) = (instance.id.clone(), instance.plan.clone());
        let mut plan = match call.edition {
            Edition::V2 if faults.has(Fault::UpgradeWithoutQuery) => known.clone(),
            Edition::V2 => match self.ask(&order, moment) {
                Ok(bought) => bought.plan,
                Err(_) if test => known.clone(),
                Err(refused) => return Err(refused),
            },
            Edition::V1 => {
                let mut plan = known.clone();
                plan.seats = call.text("amount").and_then(|text| text.parse().ok()).unwrap_or(plan.seats);
                if let Some(sku) = call.text("skuCode") {
                    sku.clone_into(&mut plan.sku_code);
                }
                plan
            }
        };
        if faults.has(Fault::UpgradeCountsTwice) {
            plan.seats += known.seats;
        }
        let instances = if test { &mut self.tests } else { &mut self.instances };
        let Some(instance) = instances.get_mut(&id) else { return Ok(answer::done()) };
        instance.plan = plan;
        instance.applied.insert(order.0);
        instance.account += u32::from(faults.has(Fault::UpgradeNewAccount));
        if faults.has(Fault::UpgradeNewInstance) {
            let renamed = Instance { id: id_of(&["upgraded", &id]), ..instance.clone() };
            instances.remove(&id);
            instances.insert(renamed);
        }
        Ok(answer::done())
    }

    /// Whether an instance may become another product: what is in use, taken as half of the seats, has to fit.
    pub(super) fn check(&mut self, call: &Call) -> Result<Value, Refused> {
        let faults = self.faults.clone();
        let wanted = call.value("productInfo")["linearValue"].as_f64();
        let Some(instance) = self.target(call, Fault::CheckUnknownSuccess)? else { return Ok(answer::done()) };
        let in_use = instance.plan.seats.div_ceil(2);
        if faults.has(Fault::CheckRefusesAll) {
            return Err(Refused::TooSmall { in_use, wanted: 0 });
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "seats are few, and a cast saturates"
        )]
        let wanted = wanted.map(|wanted| wanted as u64);
        if let Some(wanted) = wanted.filter(|wanted| *wanted < in_use && !call.test)
            && !faults.has(Fault::CheckAlwaysYes)
        {
            return Err(Refused::TooSmall { in_use, wanted });
        }
        if faults.has(Fault::CheckChanges) {
            instance.plan.seats = wanted.unwrap_or(1);
            instance.account += 1;
        }
        Ok(answer::done())
    }
}
