//! Telling what is known of instances.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::answer;
use super::super::call::{Call, Edition};
use super::super::error::Refused;
use super::super::fault::Fault;
use super::super::store::{Instance, Plan};
use super::{Moment, Vendor};
use crate::market::koogallery::Charging;

/// How many instances one query may name.
const MOST: usize = 100;

impl Vendor {
    pub(super) fn query(&mut self, call: &Call, moment: &mut Moment<'_, '_>) -> Result<Value, Refused> {
        let text = call.instance().to_owned();
        let mut ids: Vec<&str> = match self.faults.has(Fault::QueryNotSplit) {
            true => vec![text.as_str()],
            false => text.split(',').map(str::trim).filter(|id| !id.is_empty()).collect(),
        };
        let mut asked = BTreeSet::new();
        ids.retain(|id| asked.insert(*id));
        if ids.len() > MOST {
            return match self.faults.has(Fault::QueryHundredOneCrashes) {
                true => Err(Refused::Crash),
                false => Err(Refused::parameter(format!("{} instances are asked for, {MOST} may be", ids.len()))),
            };
        }
        if text.len() > 100 && self.faults.has(Fault::QueryMemberOf100) {
            return Err(Refused::parameter("instanceId is longer than 100 characters"));
        }
        let mut entries = Vec::new();
        let mut unknown = 0;
        for told in &ids {
            let id = self.id(told).to_owned();
            self.ask_late(&id, moment);
            if !call.test {
                self.push(&id, moment);
            }
            match self.found(call, &id, moment.now) {
                Some(instance) => entries.push(self.entry(call, told, &instance, moment)),
                None => unknown += 1,
            }
        }
        if unknown > 0 && self.faults.has(Fault::QueryUnknownCrashes) && entries.is_empty()
            || unknown > 0 && self.faults.has(Fault::QueryMixedCrashes) && !entries.is_empty()
        {
            return Err(Refused::Crash);
        }
        if self.faults.has(Fault::QueryTellsAll) {
            let others: Vec<Instance> =
                self.instances.iter().filter(|other| !ids.contains(&other.id.as_str())).cloned().collect();
            entries.extend(others.iter().map(|other| self.entry(call, &other.id, other, moment)).collect::<Vec<_>>());
        }
        // Some are told even where others are unknown; none at all is a mistake of the store's, unless it is testing.
        if entries.is_empty() && !call.test {
            // One of them stands for all: a hundred would not fit into a message.
            return Err(Refused::UnknownInstance(ids.first().copied().unwrap_or_default().to_owned()));
        }
        let mut body = answer::done();
        // Version 1.0 has one encryptType for the whole answer.
        if call.edition == Edition::V1 {
            let kinds: Vec<Value> =
                entries.iter_mut().filter_map(|entry| entry.as_object_mut()?.shift_remove("encryptType")).collect();
            if let Some(kind) = kinds.into_iter().next() {
                body["encryptType"] = kind;
            }
        }
        body["info"] = Value::Array(entries);
        Ok(body)
    }

    /// The instance that is told under an id.
    fn found(&self, call: &Call, id: &str, now: Timestamp) -> Option<Instance> {
        if call.test
            && let Some(test) = self.tests.get(id)
        {
            return Some(test.clone());
        }
        let known = self.instances.get(id);
        let told = known.filter(|instance| !instance.is_released() || self.faults.has(Fault::ReleaseStillTold));
        let waits = |instance: &&Instance| self.faults.has(Fault::QueryPendingUnknown) && instance.ready > now;
        match told {
            None if known.is_none() && self.faults.has(Fault::QueryUnknownMadeUp) => {
                let key = (id.to_owned(), String::new());
                let plan = Plan { seats: 1, ..Plan::default() };
                Some(Instance::new(id.to_owned(), key, Charging::OneTime, plan, Timestamp::UNIX_EPOCH))
            }
            told => told.filter(|instance| !waits(instance)).cloned(),
        }
    }

    fn entry(&mut self, call: &Call, told: &str, instance: &Instance, moment: &Moment<'_, '_>) -> Value {
        let mut entry = Value::Object(Map::new());
        entry["instanceId"] = json!(told);
        if instance.ready > moment.now && !self.faults.has(Fault::QueryPendingUnfinished) {
            return entry;
        }
        let garbled = self.faults.has(Fault::CiphertextUndecryptable) && call.edition == Edition::V2;
        let encrypted = call.edition == Edition::V1 || self.encrypted_v2 || garbled;
        self.tell_access(&mut entry, &Some(instance.clone()), encrypted);
        if instance.ready > moment.now {
            entry["appInfo"]["frontEndUrl"] = json!("https://pending.vendor.example/");
        }
        let related = |other: &&Instance| {
            other.charging == Charging::OnDemand && other.buyer == instance.buyer && !other.is_released()
        };
        let related: Vec<&Instance> = self.instances.iter().filter(related).collect();
        if let Some(usage) = answer::usage_info(instance, &related, moment.now, &self.faults) {
            entry["usageInfo"] = Value::Array(usage);
        }
        entry
    }

    /// Asks for the order of an instance that was opened without asking, where a fault puts it off until here.
    fn ask_late(&mut self, id: &str, moment: &mut Moment<'_, '_>) {
        let Some(key) = self.instances.get(id).map(|instance| instance.key.clone()) else { return };
        if self.unasked.remove(&key)
            && let Ok(bought) = self.ask(&key, moment)
            && let Some(instance) = self.instances.get_mut(id)
        {
            instance.plan = bought.plan;
            instance.expires = bought.expires;
            instance.charging = bought.charging;
            instance.buyer = bought.buyer;
        }
    }
}
