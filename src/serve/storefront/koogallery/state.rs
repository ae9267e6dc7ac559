//! What the store remembers of purchases, of its debugging page, and of calls that it has to send again.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::serve::Entry;
use crate::serve::click::{Click, Clicked, Input};
use crate::serve::storefront::act::{self, Act, Clicks, answer, bounded, json, text};
use crate::wire::Redactor;

/// Most purchases; those that were released longest ago make room first.
const MOST: usize = 200;
/// Most saved cases.
const MOST_CASES: usize = 100;
/// Most calls that wait to be sent again.
const MOST_FAILED: usize = 100;

/// Where an instance stands, as far as the vendor's answers have shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Standing {
    /// The vendor has given no instance.
    #[default]
    Failed,
    /// It is being opened.
    Opening,
    Normal,
    Frozen,
    Released,
}

/// One order and the instance that was opened for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Purchase {
    /// The order that opened it.
    pub(super) order: String,
    /// Whether version 1.0 is spoken.
    pub(super) v1: bool,
    /// What was bought: the generator of the order, such as `order-trial`.
    pub(super) what: String,
    pub(super) instance: Option<String>,
    pub(super) standing: Standing,
    /// When the term ends, as the store said last.
    pub(super) expires: Option<String>,
    /// The exchange that told the access data last.
    pub(super) details: Option<u64>,
    pub(super) acts: VecDeque<Act>,
}

/// A case of the debugging page that was saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) number: u64,
    pub(super) click: Click,
    /// What came of it last.
    pub(super) last: Option<Act>,
}

/// A call that the vendor did not take, so that the store sends it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failed {
    pub(super) number: u64,
    pub(super) click: Click,
    pub(super) about: String,
    pub(super) tries: u32,
    pub(super) last: Act,
}

/// Everything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::serve::storefront) struct Shop {
    /// The newest first.
    pub(super) purchases: VecDeque<Purchase>,
    pub(super) cases: Vec<Case>,
    pub(super) failed: VecDeque<Failed>,
    /// The last call of the debugging page, for saving it.
    pub(super) tried: Option<(Click, Act)>,
    clicks: Clicks,
    last: u64,
}

/// A call with the values that it had, so that the same is sent again. A vendor that knows the order already need not ask
/// for it once more.
pub(super) fn same(clicked: &Clicked) -> Click {
    let Clicked { interface, click, parameters, body, .. } = clicked;
    Click {
        interface: Some(interface.clone()),
        parameters: parameters.clone(),
        body: body.clone(),
        inputs: Vec::new(),
        awaited: None,
        ..click.clone()
    }
}

/// A member of a call, wherever its version has it.
fn sent<'a>(clicked: &'a Clicked, name: &str) -> Option<&'a str> {
    let body = clicked.body.as_ref().and_then(|body| body.get(name));
    body.or_else(|| clicked.parameters.get(name)).and_then(Value::as_str)
}

impl Shop {
    pub(super) fn purchase(&self, order: &str) -> Option<&Purchase> {
        self.purchases.iter().find(|purchase| purchase.order == order)
    }

    /// What was clicked for a purchase.
    pub(super) fn clicks(&self, order: &str) -> Vec<Clicked> {
        self.clicks.about(order)
    }

    /// Saves the last call of the debugging page, if it passed.
    pub(super) fn save(&mut self) {
        let Some((click, last)) = self.tried.take() else { return };
        if last.said != "000000" || self.cases.len() >= MOST_CASES {
            return;
        }
        self.last += 1;
        self.cases.push(Case { number: self.last, click, last: Some(last) });
    }

    /// Deletes a saved case.
    pub(super) fn delete(&mut self, number: u64) {
        self.cases.retain(|case| case.number != number);
    }

    /// Takes in what came of a click.
    pub(in crate::serve::storefront) fn fold(
        &mut self,
        clicked: &Clicked,
        entries: &[Arc<Entry>],
        redactor: &Redactor,
        now: Timestamp,
    ) {
        let said = answer(clicked, entries);
        let body = said.map(|(_, response)| json(response, redactor)).unwrap_or_default();
        let code = text(&body, "resultCode");
        let done = matches!(code.as_deref(), Some("000000" | "000004"));
        let act = Act::of(clicked, entries, code, now);
        if sent(clicked, "testFlag") == Some("1") {
            self.debugged(clicked, act);
            return;
        }
        let Some(order) = self.order_of(clicked) else { return };
        self.clicks.add(Some(&order), clicked);
        if clicked.click.deliver.tamper.is_none() {
            self.account(clicked, &order, done, &act);
        }
        let entry = said.map(|(entry, _)| entry.id);
        let purchase = self.entry(&order, clicked);
        if done {
            carried_out(purchase, clicked, &body, entry);
        }
        act::note(&mut purchase.acts, act);
    }

    /// The order that a call is about: its own for a creation, else that of its instance.
    fn order_of(&self, clicked: &Clicked) -> Option<String> {
        if matches!(clicked.click.operation.as_str(), "newInstance" | "orderNotify") {
            return sent(clicked, "orderId").map(str::to_owned);
        }
        let instance = sent(clicked, "instanceId")?;
        let known = self.purchases.iter().find(|purchase| purchase.instance.as_deref() == Some(instance))?;
        Some(known.order.clone())
    }

    /// A call of the debugging page: its saved case remembers how it came out.
    fn debugged(&mut self, clicked: &Clicked, act: Act) {
        let click = same(clicked);
        match self.cases.iter_mut().find(|case| case.click == click) {
            Some(case) => case.last = Some(act),
            None => self.tried = Some((click, act)),
        }
    }

    /// Keeps a call that was not taken, to be sent again, or strikes it off.
    fn account(&mut self, clicked: &Clicked, about: &str, done: bool, act: &Act) {
        let click = same(clicked);
        let at = self.failed.iter().position(|failed| failed.click == click);
        match (done, at) {
            (true, Some(at)) => {
                self.failed.remove(at);
            }
            (true, None) => {}
            (false, Some(at)) => {
                let failed = &mut self.failed[at];
                failed.tries += 1;
                failed.last = act.clone();
            }
            (false, None) => {
                self.last += 1;
                let (number, about, last) = (self.last, about.to_owned(), act.clone());
                self.failed.push_front(Failed { number, click, about, tries: 1, last });
                self.failed.truncate(MOST_FAILED);
            }
        }
    }

    fn entry(&mut self, order: &str, clicked: &Clicked) -> &mut Purchase {
        let at = match self.purchases.iter().position(|purchase| purchase.order == order) {
            Some(at) => at,
            None => {
                while self.purchases.len() >= MOST {
                    let gone = self.purchases.iter().rposition(|purchase| purchase.standing == Standing::Released);
                    self.purchases.remove(gone.unwrap_or(self.purchases.len() - 1));
                }
                let generator = clicked.click.inputs.iter().find_map(|(name, input)| match input {
                    Input::Generate(generator) | Input::Made { generator, .. } if name == "order" => Some(generator),
                    _ => None,
                });
                self.purchases.push_front(Purchase {
                    order: order.to_owned(),
                    v1: clicked.interface.ends_with("saas-v1"),
                    what: generator.cloned().unwrap_or_default(),
                    ..Purchase::default()
                });
                0
            }
        };
        &mut self.purchases[at]
    }
}

/// What a call that was carried out has changed.
fn carried_out(purchase: &mut Purchase, clicked: &Clicked, body: &Value, entry: Option<u64>) {
    let pending = body["resultCode"] == "000004";
    let has_access = |info: &Value| info.get("appInfo").is_some_and(Value::is_object);
    match clicked.click.operation.as_str() {
        "newInstance" => {
            purchase.instance = text(body, "instanceId").or(purchase.instance.take());
            if matches!(purchase.standing, Standing::Failed | Standing::Opening) && purchase.instance.is_some() {
                purchase.standing = if pending { Standing::Opening } else { Standing::Normal };
            }
            purchase.expires = sent(clicked, "expireTime").map(bounded).or(purchase.expires.take());
            if has_access(body) {
                purchase.details = entry;
            }
        }
        "queryInstance" if body["info"].as_array().is_some_and(|info| info.iter().any(has_access)) => {
            purchase.details = entry;
            if purchase.standing == Standing::Opening {
                purchase.standing = Standing::Normal;
            }
        }
        "refreshInstance" => {
            purchase.expires = sent(clicked, "expireTime").map(bounded);
            // Version 1.0 has no other call that takes an expired instance back into use.
            if purchase.v1 && purchase.standing == Standing::Frozen {
                purchase.standing = Standing::Normal;
            }
            if sent(clicked, "scene") == Some("TRIAL_TO_FORMAL") || sent(clicked, "trialToFormal") == Some("1") {
                purchase.what = "order-period".to_owned();
            }
        }
        "expireInstance" => purchase.standing = Standing::Frozen,
        "updateInstanceStatus" | "instanceStatus" => {
            let word = sent(clicked, "status").or_else(|| sent(clicked, "instanceStatus"));
            purchase.standing = if word == Some("FREEZE") { Standing::Frozen } else { Standing::Normal };
        }
        "releaseInstance" => purchase.standing = Standing::Released,
        _ => {}
    }
}
