//! What the identity centre has handed out: clients, codes, tokens, and who may sign in.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::market::koogallery::settings::Settings;
use crate::sign::koogallery::client_secret;

/// Most codes and tokens that are remembered; a store that stays up would else grow without end.
const MOST: usize = 10_000;

/// The vendor's application at one enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) tenant: String,
    /// The id of the application, which some vendors take for that of the client.
    pub(crate) application: String,
    /// `clientSecret` as it was last sent, encrypted, which some vendors take for the secret.
    pub(crate) encrypted: String,
}

/// Somebody whom the enterprise has granted the application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) department: String,
}

/// A code, an access token or a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) client: String,
    pub(crate) account: String,
    /// The address that the browser was sent back to, where the vendor named one.
    pub(crate) redirect: Option<String>,
    pub(crate) issued: Timestamp,
    /// Whether a code was exchanged.
    pub(crate) used: bool,
}

/// Everything that was handed out.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    /// By client id.
    pub(crate) clients: BTreeMap<String, Client>,
    /// By tenant, those who may sign in.
    people: BTreeMap<String, Vec<Person>>,
    pub(crate) codes: BTreeMap<String, Grant>,
    pub(crate) access: BTreeMap<String, Grant>,
    pub(crate) refresh: BTreeMap<String, Grant>,
    made: u64,
}

impl Grants {
    /// Notes those who may sign in, or no longer may.
    pub(crate) fn grant(&mut self, tenant: &str, people: impl Iterator<Item = Person>, granted: bool) {
        let known = self.people.entry(tenant.to_owned()).or_default();
        for person in people {
            known.retain(|other| other.account != person.account);
            if granted {
                known.push(person);
            }
        }
    }

    /// The person of this account.
    pub(crate) fn person(&self, tenant: &str, account: &str) -> Option<&Person> {
        self.people.get(tenant)?.iter().find(|person| person.account == account)
    }

    /// A code for whoever was granted the application first; `None` where there is no client or nobody to sign in.
    pub(crate) fn code(
        &mut self,
        tenant: &str,
        redirect: Option<&str>,
        settings: &Settings,
        now: Timestamp,
    ) -> Option<String> {
        let client = self.clients.iter().find(|(_, client)| client.tenant == tenant).map(|(id, _)| id.clone())?;
        let account = self.people.get(tenant)?.first()?.account.clone();
        let redirect = redirect.map(str::to_owned);
        let grant = Grant { client, account, redirect, issued: now, used: false };
        let code = self.make("code", settings, now);
        keep(&mut self.codes, &code, grant);
        Some(code)
    }

    /// An access token and a refresh token.
    pub(super) fn tokens(&mut self, grant: &Grant, settings: &Settings, now: Timestamp) -> [String; 2] {
        let issued = Grant { issued: now, used: false, ..grant.clone() };
        let tokens = [self.make("access", settings, now), self.make("refresh", settings, now)];
        keep(&mut self.access, &tokens[0], issued.clone());
        keep(&mut self.refresh, &tokens[1], issued);
        tokens
    }

    /// A text that nobody can guess who has not the store's key.
    fn make(&mut self, kind: &str, settings: &Settings, now: Timestamp) -> String {
        self.made += 1;
        let text = format!("{kind} {} {}", self.made, now.as_nanosecond());
        client_secret::of_client(&settings.kit_access_key, &text).expose().to_owned()
    }
}

fn keep(grants: &mut BTreeMap<String, Grant>, name: &str, grant: Grant) {
    if grants.len() >= MOST {
        grants.clear();
    }
    grants.insert(name.to_owned(), grant);
}
