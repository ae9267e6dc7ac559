//! Judges answers to the calls of the joint-operation kit.
//!
//! From the outside in, as for the basic interface: was there a whole answer in time, was a wrong signature, a wrong
//! `clientSecret` or a call that lacks something refused in good order, and was everything else carried out. What the
//! documents ask for beyond that is idempotency: whatever was carried out before succeeds again, and a deletion succeeds
//! whether or not there is anything to delete.

mod auth;
mod feature;
mod flaw;
mod secret;
mod sound;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::memory::Memory;
use super::super::rule;
use super::sent::Sent;
use super::{Case, refused, transport};
use crate::market::koogallery::kit::{Call, Edition};
use crate::verdict::{Breach, Finding, Judgement, Place};
use crate::wire::Response;

/// What is remembered of the kit's calls while a case is played.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Calls that were carried out: their identity with the flag.
    done: BTreeSet<(Call, String, i64)>,
    /// What was special about calls that were carried out.
    accepted: BTreeMap<Call, BTreeSet<String>>,
    /// Names of mistakes that got through, by call.
    let_through: BTreeMap<Call, BTreeSet<&'static str>>,
    /// Codes with which a wrong signature was refused.
    refused_with: BTreeSet<String>,
    /// Nonces of calls that were carried out.
    nonces: BTreeSet<String>,
}

/// One call of the kit, read back from its bytes.
struct Heard<'a, 'b> {
    case: &'a Case<'b>,
    edition: Edition,
    call: Call,
    sent: &'a Sent,
}

impl Heard<'_, '_> {
    fn number(&self, name: &str) -> Option<i64> {
        self.sent.members().get(name)?.as_i64()
    }

    /// What the call asks for; a list of all departments is always an addition.
    fn flag(&self) -> i64 {
        self.number("flag").unwrap_or(1)
    }

    fn is_test(&self) -> bool {
        self.number("testFlag") == Some(1)
    }

    fn text(&self, name: &str) -> &str {
        self.sent.text(name).unwrap_or_default()
    }

    /// By what the vendor knows the thing that the call is about, as the pages name it for each call.
    fn identity(&self) -> String {
        let own = match self.call {
            Call::Tenant | Call::Departments => String::new(),
            Call::Application => self.text("appId").to_owned(),
            Call::Users => {
                let users = self.users();
                let names: Vec<&str> = users.iter().filter_map(|user| user.get("userName")?.as_str()).collect();
                format!("{} {}", self.text("appId"), names.join(" "))
            }
            Call::Department => self.text("orgCode").to_owned(),
        };
        format!("{} {} {own}", self.text("instanceId"), self.text("tenantId"))
    }

    /// The users of a call; in version 1 they stand in a text.
    fn users(&self) -> Vec<Value> {
        match self.sent.members().get("userList") {
            Some(Value::Array(users)) => users.clone(),
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// The call in words, as the start of a sentence.
    fn what(&self) -> String {
        let deed = match (self.call, self.flag()) {
            (Call::Departments, _) => "",
            (_, 0) => " with flag 0 (delete)",
            (_, 2) => " with flag 2 (modify)",
            (_, 3) => " with flag 3 (cancel)",
            _ => " with flag 1 (add)",
        };
        format!("{}{deed}", self.call.id())
    }
}

/// Judges one delivery.
pub(super) fn exchange(case: &Case<'_>, edition: Edition, call: Call, memory: &mut Memory) -> Judgement {
    let mut judgement = Judgement::default();
    let sent = Sent::of(case);
    let response = match &case.exchange.answer {
        Ok(response) => response,
        Err(loss) => {
            judgement.findings.extend(transport::lost(case, &sent, loss));
            return judgement;
        }
    };
    transport::connection(case, &mut judgement);
    judgement.findings.extend(transport::time(case, &sent));
    judgement.findings.extend(transport::leaks(case, response));
    if refused::charset(case, response, &mut judgement) || not_served(edition, call, response, memory, &mut judgement) {
        return judgement;
    }
    let heard = Heard { case, edition, call, sent: &sent };
    match &case.delivery.tamper {
        Some(name) if name.parse::<crate::sign::koogallery::client_secret::Mistake>().is_ok() => {
            secret::judge(&heard, name, response, memory, &mut judgement);
        }
        Some(name) => auth::judge(&heard, name, response, memory, &mut judgement),
        None => match flaw::of(&heard) {
            Some(flaw) => flaw::answer(&heard, &flaw, response, memory, &mut judgement),
            None => sound::answer(&heard, response, memory, &mut judgement),
        },
    }
    if call == Call::Application {
        judgement.findings.iter_mut().for_each(secret::name_code);
    }
    judgement
}

/// A call for which nothing is served at its path.
fn not_served(edition: Edition, call: Call, response: &Response, memory: &Memory, judgement: &mut Judgement) -> bool {
    if !matches!(response.status, 404 | 405) || memory.kit.accepted.contains_key(&call) {
        return false;
    }
    let breach = Breach::Status { expected: vec!["200".to_owned()], actual: response.status };
    let cause = format!(
        "the store appends {}{} to the production address as it stands, its path included; serve this path \
         beside the address of the basic interface",
        edition.path(),
        call.id()
    );
    judgement.find(Finding::new(rule::KIT_PATH, Place::Status, breach).because(cause));
    true
}
