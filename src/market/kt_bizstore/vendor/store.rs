//! The customers of the reference vendor and what became of them.

use std::collections::HashMap;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::application::{Application, LicenseState, Plan};
use super::billing::OneTime;
use super::calendar;
use super::fault::{Fault, Faults};

/// How long things take at this vendor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delays {
    /// From application to installation.
    pub(crate) setup: Duration,
    /// From resignation to the end of deletion.
    pub(crate) deletion: Duration,
}

/// Where a customer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// `0`
    Installing,
    /// `1`
    Installed,
    /// `98`
    Deleting,
    /// `99`
    Deleted,
}

/// What an application led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// A customer was registered, for the first time or again.
    Registered,
    /// The customer was known.
    Known,
}

/// A customer with every registration, the current one last. The record outlives a resignation.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    /// The key, decoded.
    pub(crate) mem_sq: String,
    /// Never empty.
    registrations: Vec<Registration>,
    /// How often the status was asked for.
    pub(crate) polls: u64,
}

/// One registration, from application to resignation.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    /// When the customer applied.
    pub(crate) applied: Timestamp,
    /// When the service is installed.
    pub(crate) installed: Timestamp,
    /// How the introduction fee is paid.
    pub(crate) onetime: OneTime,
    /// `contract-discount-period` as it came.
    pub(crate) discount: Option<String>,
    /// `license-start-date` as it came.
    pub(crate) license_start: Option<String>,
    /// Plan and use from a time on, in order; the first from the application on.
    changes: Vec<(Timestamp, Terms)>,
    /// When the customer resigned.
    pub(crate) resigned: Option<Timestamp>,
}

/// What is used, and whether it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The plan.
    pub(crate) plan: Plan,
    /// Whether use is suspended.
    pub(crate) suspended: bool,
}

impl Registration {
    fn new(application: &Application, now: Timestamp, delays: Delays, faults: &Faults) -> Self {
        let setup = if faults.has(Fault::StatusNeverInstalls) { Duration::MAX } else { delays.setup };
        // An application that gives no code asks for the fee separately, so that nothing is billed unasked.
        let onetime = match application.onetime {
            Some(1) => OneTime::Instalments { months: application.years.unwrap_or(1).clamp(1, 3) * 12 },
            Some(2) => OneTime::UpFront,
            _ => OneTime::Separate,
        };
        let terms = Terms {
            plan: application.plan.unwrap_or(Plan::Standard),
            suspended: application.state == Some(LicenseState::Suspended),
        };
        Self {
            applied: now,
            installed: later(now, setup),
            onetime,
            discount: application.discount.clone(),
            license_start: application.license_start.clone(),
            changes: vec![(now, terms)],
            resigned: None,
        }
    }

    /// Where the registration stands.
    pub(crate) fn stage(&self, now: Timestamp, delays: Delays, faults: &Faults) -> Stage {
        match self.resigned {
            Some(resigned) if faults.has(Fault::ResignNeverEnds) || now < later(resigned, delays.deletion) => {
                Stage::Deleting
            }
            Some(_) => Stage::Deleted,
            None if now < self.installed => Stage::Installing,
            None => Stage::Installed,
        }
    }

    /// The terms in force now.
    pub(crate) fn terms(&self) -> Terms {
        self.changes.last().map(|(_, terms)| *terms).expect("a registration begins with its first terms")
    }

    /// The terms on a day: the last ones under which the service was usable at any moment of it. A day on which use is
    /// suspended or resumed is a day of use. `None` before the application.
    pub(crate) fn terms_on(&self, day: Date) -> Option<Terms> {
        let until = self.changes.iter().take_while(|(at, _)| calendar::day(*at) <= day);
        let (mut in_force, mut usable) = (None, None);
        for (at, terms) in until {
            if calendar::day(*at) < day {
                usable = None;
            }
            in_force = Some(*terms);
            if !terms.suspended {
                usable = Some(*terms);
            }
        }
        usable.or(in_force)
    }

    /// Whether the service was ever suspended.
    pub(crate) fn was_suspended(&self) -> bool {
        self.changes.iter().any(|(_, terms)| terms.suspended)
    }

    fn change(&mut self, now: Timestamp, application: &Application) {
        let old = self.terms();
        let new = Terms {
            plan: application.plan.unwrap_or(old.plan),
            suspended: application.state.map_or(old.suspended, |state| state == LicenseState::Suspended),
        };
        if new != old {
            self.changes.push((now, new));
        }
    }
}

impl Customer {
    /// The current registration.
    pub(crate) fn current(&self) -> &Registration {
        self.registrations.last().expect("a customer begins with a registration")
    }

    fn current_mut(&mut self) -> &mut Registration {
        self.registrations.last_mut().expect("a customer begins with a registration")
    }

    /// The customer of each registration, as if they were several.
    pub(crate) fn apart(&self) -> Vec<Self> {
        let of = |registration: &Registration| Self { registrations: vec![registration.clone()], ..self.clone() };
        self.registrations.iter().map(of).collect()
    }

    /// Every registration, oldest first.
    pub(crate) fn registrations(&self) -> &[Registration] {
        &self.registrations
    }
}

/// All customers, in the order in which they joined.
#[derive(Debug, Default)]
pub(crate) struct Store {
    customers: Vec<Customer>,
    by_key: HashMap<String, usize>,
}

impl Store {
    /// The customer of this key.
    pub(crate) fn get(&self, mem_sq: &str) -> Option<&Customer> {
        self.by_key.get(mem_sq).map(|at| &self.customers[*at])
    }

    /// The same, to change it.
    pub(crate) fn get_mut(&mut self, mem_sq: &str) -> Option<&mut Customer> {
        self.by_key.get(mem_sq).map(|at| &mut self.customers[*at])
    }

    /// Every customer, in the order in which they joined.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Customer> {
        self.customers.iter()
    }

    /// Takes an application: registers a new customer, registers one who has resigned again, or notes what changed
    /// for a known one.
    pub(crate) fn apply(
        &mut self,
        mem_sq: &str,
        application: &Application,
        now: Timestamp,
        delays: Delays,
        faults: &Faults,
    ) -> Applied {
        let registration = Registration::new(application, now, delays, faults);
        let Some(customer) = self.get_mut(mem_sq) else {
            self.insert(mem_sq, registration);
            return Applied::Registered;
        };
        let terminates = application.state == Some(LicenseState::Terminated);
        let current = customer.current_mut();
        let raced = now < later(current.applied, Duration::from_secs(1));
        match current.resigned {
            None if terminates => {
                if !faults.has(Fault::TerminateCodeIgnored) {
                    current.resigned = Some(now);
                }
                Applied::Known
            }
            Some(_) if terminates => Applied::Known,
            Some(_) if faults.has(Fault::Reapply200) => {
                current.resigned = None;
                Applied::Known
            }
            Some(_) => {
                customer.registrations.push(registration);
                Applied::Registered
            }
            None if raced && faults.has(Fault::RaceBoth201) => Applied::Registered,
            None if faults.has(Fault::ApplyDuplicates) || raced && faults.has(Fault::RaceTwoCustomers) => {
                self.insert(mem_sq, registration);
                Applied::Known
            }
            None if faults.has(Fault::SignOnResets) => {
                *current = registration;
                Applied::Known
            }
            None => {
                current.change(now, application);
                Applied::Known
            }
        }
    }

    fn insert(&mut self, mem_sq: &str, registration: Registration) {
        // Of two records with one key, which only faults make, the first is the one that is found.
        self.by_key.entry(mem_sq.to_owned()).or_insert(self.customers.len());
        self.customers.push(Customer { mem_sq: mem_sq.to_owned(), registrations: vec![registration], polls: 0 });
    }

    /// Loses the customer who joined last.
    pub(crate) fn lose_last(&mut self) {
        if let Some(customer) = self.customers.pop() {
            self.by_key.remove(&customer.mem_sq);
        }
    }

    /// Loses a customer.
    pub(crate) fn lose(&mut self, mem_sq: &str) {
        self.by_key.remove(mem_sq);
    }

    /// Notes a resignation. Whether the customer had resigned before; `None` for an unknown customer.
    pub(crate) fn resign(&mut self, mem_sq: &str, now: Timestamp, faults: &Faults) -> Option<bool> {
        let current = self.get_mut(mem_sq)?.current_mut();
        let again = current.resigned.is_some();
        if again && faults.has(Fault::ResignTwiceRevives) {
            current.resigned = None;
        } else if !faults.has(Fault::ResignIgnored) {
            current.resigned.get_or_insert(now);
        }
        if faults.has(Fault::ResignForgets) {
            self.by_key.remove(mem_sq);
        }
        Some(again)
    }
}

/// A time later; the end of time where there is none later.
pub(crate) fn later(time: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| time.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const DELAYS: Delays = Delays { setup: Duration::from_secs(10), deletion: Duration::from_secs(5) };

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn state(state: LicenseState) -> Application {
        Application { state: Some(state), ..Application::default() }
    }

    #[test]
    fn a_registration_walks_through_its_stages() {
        let (mut store, faults) = (Store::default(), Faults::default());
        let start = at("2026-03-01T00:00:00Z");
        assert_eq!(store.apply("M1", &Application::default(), start, DELAYS, &faults), Applied::Registered);
        assert_eq!(store.apply("M1", &Application::default(), start, DELAYS, &faults), Applied::Known);
        let stage = |store: &Store, second: u64| {
            let now = later(start, Duration::from_secs(second));
            store.get("M1").map(|customer| customer.current().stage(now, DELAYS, &faults))
        };
        assert_eq!(stage(&store, 9), Some(Stage::Installing));
        assert_eq!(stage(&store, 10), Some(Stage::Installed));
        assert_eq!(store.resign("M1", later(start, Duration::from_secs(20)), &faults), Some(false));
        assert_eq!(store.resign("M1", later(start, Duration::from_secs(21)), &faults), Some(true));
        assert_eq!(stage(&store, 24), Some(Stage::Deleting));
        assert_eq!(stage(&store, 25), Some(Stage::Deleted));
        let again = later(start, Duration::from_secs(30));
        assert_eq!(store.apply("M1", &Application::default(), again, DELAYS, &faults), Applied::Registered);
        assert_eq!(stage(&store, 40), Some(Stage::Installed));
        assert_eq!(store.iter().count(), 1);
        assert_eq!(store.resign("M2", start, &faults), None);
    }

    #[test]
    fn a_day_of_suspending_or_resuming_is_a_day_of_use() {
        let (mut store, faults) = (Store::default(), Faults::default());
        for (time, application) in [
            ("2026-03-01T03:00:00Z", Application::default()),
            ("2026-03-05T03:00:00Z", state(LicenseState::Suspended)),
            ("2026-03-09T03:00:00Z", state(LicenseState::InUse)),
        ] {
            store.apply("M1", &application, at(time), DELAYS, &faults);
        }
        let customer = store.get("M1").expect("registered");
        let suspended = |day| customer.current().terms_on(date(2026, 3, day)).map(|terms| terms.suspended);
        assert_eq!(customer.current().terms_on(date(2026, 2, 28)), None);
        let expected = [(1, false), (5, false), (6, true), (8, true), (9, false), (10, false)];
        for (day, expected) in expected {
            assert_eq!(suspended(day), Some(expected), "day {day}");
        }
    }
}
