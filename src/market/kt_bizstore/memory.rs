//! What the store remembers of its customers while it plays a case.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::life;
use crate::sign::kt_jwt::Mistake;

/// Where a customer stands, as far as the vendor's answers have shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Standing {
    /// Never applied for in this case.
    #[default]
    Unknown,
    /// The answer to an application or a withdrawal was lost: the vendor may or may not know the customer.
    Uncertain,
    /// The vendor accepted the application.
    Applied,
    /// The vendor reported the end of the set-up.
    Installed,
    /// The vendor accepted the resignation.
    Resigning,
    /// The vendor reported the end of the deletion.
    Deleted,
}

/// One customer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Customer {
    pub(crate) standing: Standing,
    /// `service-info` of the last application.
    pub(crate) plan: Option<String>,
    /// `onetime-type` of the last application.
    pub(crate) onetime: Option<String>,
    /// `license-start-date` of the application that created the customer.
    pub(crate) license_start: Option<String>,
    /// The day on which the vendor accepted the application.
    pub(crate) applied_on: Option<Date>,
    /// The first day whose bill showed a one-time fee.
    pub(crate) onetime_on: Option<Date>,
    /// The day from which the store suspended the customer.
    pub(crate) suspended_since: Option<Date>,
    /// The day on which the vendor accepted the resignation.
    pub(crate) resigned_on: Option<Date>,
    /// Whether the vendor reported the end of the set-up before the customer left.
    pub(crate) installed: bool,
    /// Whether the store suspended the customer and resumed it again.
    pub(crate) resumed: bool,
    /// The day on which the customer applied again after leaving.
    pub(crate) returned_on: Option<Date>,
    /// Whether the store signed the customer on since the application.
    pub(crate) signed_on: bool,
    /// Whether the vendor reported the deletion ("98") since the customer left.
    pub(crate) leaving: bool,
    /// The last day of the free period, as bills have it.
    pub(crate) free_until: Option<Date>,
    /// Whether it was told that the charge stands still over the days.
    pub(crate) flat: bool,
    /// Whether it was told that the charge goes on over the end of a month.
    pub(crate) goes_on: bool,
    /// Whether it was told that days before joining are charged.
    pub(crate) told_joined: bool,
    /// What a bill charged while the last status was "0": the next status tells whether the set-up still ran.
    pub(crate) billed_in_setup: Option<BilledInSetup>,
    /// `pay-amt` of the day on which the customer joined, as each of the two bill calls has it.
    pub(crate) first_day: FirstDay,
    /// Whether the withdrawal was delivered again since the customer left.
    pub(crate) left_again: bool,
    /// Whether the store asked for the customer, or withdrew it, before anybody applied.
    pub(crate) named_before: bool,
    /// How often the vendor created the customer (201) since it was last unknown or deleted.
    pub(crate) created: u32,
    /// Month-to-date figures by the day through which they are billed.
    pub(crate) bills: BTreeMap<Date, Figure>,
}

impl Customer {
    /// Whether the vendor must know the customer and serve it.
    pub(crate) fn active(&self) -> bool {
        matches!(self.standing, Standing::Applied | Standing::Installed)
    }

    /// Where it stands in its life; `None` while that is not certain.
    pub(crate) fn state(&self) -> Option<&'static str> {
        Some(match self.standing {
            Standing::Unknown => life::UNKNOWN,
            Standing::Uncertain => return None,
            Standing::Applied => life::INSTALLING,
            Standing::Installed if self.suspended_since.is_some() => life::SUSPENDED,
            Standing::Installed => life::IN_USE,
            Standing::Resigning => life::LEAVING,
            Standing::Deleted => life::DELETED,
        })
    }
}

/// A bill that should not have been, if the set-up still ran when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BilledInSetup {
    /// `pay-amt`, when anything is charged.
    pub(crate) pay: i64,
    /// `install-complete-date`, when there is one.
    pub(crate) installed: Option<String>,
}

/// What a customer is charged on the day of joining.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FirstDay {
    /// Among the charges of the day.
    pub(crate) by_day: Option<i64>,
    /// As the charge of the customer.
    pub(crate) by_customer: Option<i64>,
}

/// What a bill says of one customer on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figure {
    /// The month-to-date charge for usage; without its own field the total less the one-time fee.
    pub(crate) usage: i64,
    /// Whether the bill tells that charge and the one-time fee apart.
    pub(crate) split: bool,
    /// The one-time fee.
    pub(crate) onetime: i64,
    /// `license-count` as written.
    pub(crate) licenses: String,
    /// Whether the day lies in the free or discount period, where charges may stand still.
    pub(crate) free: bool,
}

/// All customers of one case. What was seen of single tokens is not kept over a restart.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Memory {
    customers: HashMap<String, Customer>,
    /// A customer whose 401 was read as "deleted" and still has to be told from a refused token.
    pub(crate) unproven: Option<String>,
    /// Which mistakes got through, by operation.
    #[serde(skip)]
    pub(crate) let_through: HashMap<String, Vec<Mistake>>,
    /// Whether a token was refused that is right in every way.
    #[serde(skip)]
    pub(crate) refused_valid: bool,
    /// Digests of the tokens that were accepted: two calls within one second carry the same.
    #[serde(skip)]
    pub(crate) accepted: HashSet<u64>,
}

impl Memory {
    /// Forgets what may not have happened yet, as the store's clock was moved back: a set-up that has ended, a deletion,
    /// and what was charged on days to come. Who the customers are stays.
    pub(crate) fn turn_back(&mut self) {
        for customer in self.customers.values_mut() {
            customer.standing = match customer.standing {
                Standing::Installed => Standing::Applied,
                Standing::Deleted => Standing::Resigning,
                other => other,
            };
            customer.installed = false;
            customer.billed_in_setup = None;
            customer.onetime_on = None;
            customer.free_until = None;
            customer.first_day = FirstDay::default();
            customer.bills.clear();
        }
        self.unproven = None;
    }

    /// The customer of this key; one never seen is unknown.
    pub(crate) fn customer(&mut self, mem_sq: &str) -> &mut Customer {
        self.customers.entry(mem_sq.to_owned()).or_default()
    }

    /// The customer of this key, when it was ever applied for.
    pub(crate) fn known(&self, mem_sq: &str) -> Option<&Customer> {
        self.customers.get(mem_sq).filter(|customer| customer.standing != Standing::Unknown)
    }

    /// Every customer that was ever named.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &Customer)> {
        self.customers.iter()
    }

    /// Whether the vendor must know the customer and serve it.
    pub(crate) fn serves(&self, mem_sq: &str) -> bool {
        self.known(mem_sq).is_some_and(Customer::active)
    }

    /// Some customer that the vendor knows, for a probe.
    pub(crate) fn any(&self) -> Option<&str> {
        self.customers.iter().filter(|(_, customer)| customer.active()).map(|(key, _)| key.as_str()).min()
    }
}
