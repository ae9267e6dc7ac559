//! The instances of the vendor.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::market::koogallery::Charging;

/// What an instance is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) product_id: String,
    pub(crate) sku_code: String,
    /// For how many people.
    pub(crate) seats: u64,
}

/// Whether an instance may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    InUse,
    Frozen,
    /// For good.
    Released(Timestamp),
}

/// A period that has been metered and not been pushed.
pub(crate) type Metered = (Timestamp, Timestamp);

/// One instance.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) id: String,
    /// The order and what else makes its creation the same.
    pub(crate) key: Key,
    pub(crate) buyer: String,
    pub(crate) plan: Plan,
    pub(crate) charging: Charging,
    pub(crate) opened: Timestamp,
    /// When it can be used; later than `opened` where opening takes its time.
    pub(crate) ready: Timestamp,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) state: State,
    /// Orders that have changed it, so that a repeated one counts once.
    pub(crate) applied: BTreeSet<String>,
    /// How often its creation was delivered.
    pub(crate) deliveries: u32,
    /// How many calls were about it.
    pub(crate) named: u32,
    /// Which account it has by now; another one only where a fault makes one.
    pub(crate) account: u32,
    /// Up to when its use was metered, in whole seconds.
    pub(crate) metered: Timestamp,
    /// What was metered and not taken by the store yet.
    pub(crate) pending: Vec<Metered>,
}

/// Order, and line or product.
pub(crate) type Key = (String, String);

impl Instance {
    /// A new instance, in use from now on.
    pub(crate) fn new(id: String, key: Key, charging: Charging, plan: Plan, now: Timestamp) -> Self {
        Self {
            id,
            key,
            buyer: String::new(),
            plan,
            charging,
            opened: now,
            ready: now,
            expires: None,
            state: State::InUse,
            applied: BTreeSet::new(),
            deliveries: 0,
            named: 0,
            account: 0,
            metered: whole_second(now),
            pending: Vec::new(),
        }
    }

    pub(crate) fn is_released(&self) -> bool {
        matches!(self.state, State::Released(_))
    }

    /// Until when it has been used.
    pub(crate) fn used_until(&self, now: Timestamp) -> Timestamp {
        match self.state {
            State::Released(at) => at.min(now),
            State::InUse | State::Frozen => now,
        }
    }

    /// Whole seconds of use since it was opened.
    pub(crate) fn seconds_used(&self, now: Timestamp) -> i64 {
        self.used_until(now).as_second() - self.opened.as_second()
    }
}

/// The time without its fraction of a second.
pub(crate) fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// All instances of one kind, real or of test calls.
#[derive(Debug, Default)]
pub(crate) struct Instances {
    by_id: BTreeMap<String, Instance>,
    by_key: BTreeMap<Key, String>,
}

impl Instances {
    pub(crate) fn get(&self, id: &str) -> Option<&Instance> {
        self.by_id.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Instance> {
        self.by_id.get_mut(id)
    }

    /// The instance that a creation with this key has made.
    pub(crate) fn of(&self, key: &Key) -> Option<&Instance> {
        self.by_id.get(self.by_key.get(key)?)
    }

    pub(crate) fn insert(&mut self, instance: Instance) {
        self.by_key.insert(instance.key.clone(), instance.id.clone());
        self.by_id.insert(instance.id.clone(), instance);
    }

    /// Another creation with this key is one of this instance's too.
    pub(crate) fn also(&mut self, key: Key, id: &str) {
        self.by_key.insert(key, id.to_owned());
    }

    /// The instance of this id, or this one, which is there from now on.
    pub(crate) fn get_or_insert(&mut self, instance: Instance) -> Instance {
        if let Some(known) = self.get(&instance.id) {
            return known.clone();
        }
        self.insert(instance.clone());
        instance
    }

    pub(crate) fn remove(&mut self, id: &str) {
        if let Some(instance) = self.by_id.remove(id) {
            self.by_key.remove(&instance.key);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Instance> {
        self.by_id.values()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Instance> {
        self.by_id.values_mut()
    }
}

/// An id of 32 digits, made from these parts.
pub(crate) fn id_of(parts: &[&str]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, parts.join("\n").as_bytes());
    digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_found_by_id_and_by_what_it_was_opened_for() {
        let mut instances = Instances::default();
        let key = ("CS1".to_owned(), "CS1-000001".to_owned());
        let id = id_of(&["CS1", "CS1-000001"]);
        let plan = Plan::default();
        instances.insert(Instance::new(id.clone(), key.clone(), Charging::Period, plan, Timestamp::UNIX_EPOCH));
        assert_eq!(instances.of(&key).map(|instance| &instance.id), Some(&id));
        instances.get_mut(&id).expect("inserted").state = State::Released(Timestamp::UNIX_EPOCH);
        assert!(instances.get(&id).is_some_and(Instance::is_released));
        instances.remove(&id);
        assert!(instances.of(&key).is_none());
    }

    #[test]
    fn use_ends_with_the_release() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let mut instance =
            Instance::new("i".to_owned(), Default::default(), Charging::OnDemand, Plan::default(), at(10));
        assert_eq!(instance.seconds_used(at(17)), 7);
        instance.state = State::Released(at(12));
        assert_eq!(instance.seconds_used(at(17)), 2);
    }
}
