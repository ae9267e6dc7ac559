//! What the vendor was told of its buyers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::call::{Call, Flag};
use crate::market::koogallery::kit;
use crate::wire::Secret;

/// A buyer's enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tenant {
    /// Where its identity centre is.
    pub(crate) domain: String,
}

/// The application's credentials with an identity centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) id: String,
    pub(crate) client: String,
    pub(crate) secret: Secret,
    /// The secret as it came, for the fault that takes it so.
    pub(crate) encrypted: String,
}

/// Everything that was told with `testFlag` 0, by tenant.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// With the instances for which each is known.
    tenants: BTreeMap<String, (Tenant, BTreeSet<String>)>,
    applications: BTreeMap<String, Application>,
    /// Tenant and account, with whether the account may enter.
    users: BTreeMap<(String, String), bool>,
    departments: BTreeSet<(String, String)>,
}

impl Books {
    /// The tenant of this id.
    pub(crate) fn tenant(&self, id: &str) -> Option<&Tenant> {
        self.tenants.get(id).map(|(tenant, _)| tenant)
    }

    /// The credentials of the application for this tenant.
    pub(crate) fn application(&self, tenant: &str) -> Option<&Application> {
        self.applications.get(tenant)
    }

    /// Whether an account of a tenant may enter.
    pub(crate) fn may_enter(&self, tenant: &str, user: &str) -> bool {
        self.users.get(&(tenant.to_owned(), user.to_owned())).copied().unwrap_or_default()
    }

    /// Whether everything that a call is about is known already.
    pub(super) fn knows(&self, call: &Call) -> bool {
        let tenant = call.text("tenantId").to_owned();
        match call.kind {
            kit::Call::Tenant => {
                self.tenants.get(&tenant).is_some_and(|(_, instances)| instances.contains(call.text("instanceId")))
            }
            kit::Call::Application => {
                self.applications.get(&tenant).is_some_and(|application| application.id == call.text("appId"))
            }
            kit::Call::Users => {
                accounts(call).into_iter().all(|(user, _)| self.users.contains_key(&(tenant.clone(), user)))
            }
            kit::Call::Department => self.departments.contains(&(tenant, call.text("orgCode").to_owned())),
            kit::Call::Departments => false,
        }
    }

    /// Takes down what a call says.
    pub(super) fn write(&mut self, call: &Call, secret: Option<Secret>) {
        let tenant = call.text("tenantId").to_owned();
        let removes = call.flag.removes();
        match call.kind {
            kit::Call::Tenant if removes => {
                self.tenants.remove(&tenant);
            }
            kit::Call::Tenant => {
                let told = Tenant { domain: call.text("domainName").to_owned() };
                let known = self.tenants.entry(tenant).or_insert_with(|| (told.clone(), BTreeSet::new()));
                known.0 = told;
                known.1.insert(call.text("instanceId").to_owned());
            }
            kit::Call::Application if removes => {
                self.applications.remove(&tenant);
            }
            kit::Call::Application => {
                let Some(secret) = secret else { return };
                let (id, client) = (call.text("appId").to_owned(), call.text("clientId").to_owned());
                let encrypted = call.text("clientSecret").to_owned();
                self.applications.insert(tenant, Application { id, client, secret, encrypted });
            }
            kit::Call::Users => {
                for (user, enabled) in accounts(call) {
                    match call.flag {
                        Flag::Delete => drop(self.users.remove(&(tenant.clone(), user))),
                        Flag::Cancel => drop(self.users.insert((tenant.clone(), user), false)),
                        Flag::Add | Flag::Modify => drop(self.users.insert((tenant.clone(), user), enabled)),
                    }
                }
            }
            kit::Call::Department if removes => {
                self.departments.remove(&(tenant, call.text("orgCode").to_owned()));
            }
            kit::Call::Department => {
                self.departments.insert((tenant, call.text("orgCode").to_owned()));
            }
            kit::Call::Departments => {
                let codes = call.entries("orgInfoList").filter_map(|entry| entry.get("orgCode")?.as_str());
                let told = codes.map(|code| (tenant.clone(), code.to_owned())).collect::<Vec<_>>();
                self.departments.retain(|(known, _)| *known != tenant);
                self.departments.extend(told);
            }
        }
    }
}

/// Accounts of a call, with whether each is enabled.
fn accounts(call: &Call) -> Vec<(String, bool)> {
    let text = |user: &Value, name: &str| user.get(name).and_then(Value::as_str).map(str::to_owned);
    let users = call.entries("userList");
    users.filter_map(|user| Some((text(user, "userName")?, text(user, "enable")? == "true"))).collect()
}
