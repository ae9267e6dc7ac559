//! Lives in one scenario: which calls were made of each, and the document that makes them.
//!
//! Steps depend on the one with which a life began and on nothing else, so that whatever breaks in a long scenario still
//! breaks when most of its steps are taken out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Computed;
use crate::market::life::{Call, Kind, Life, Rule, Subject, Why};

/// One life.
#[derive(Debug)]
struct One {
    kind: &'static Kind,
    state: &'static str,
    /// How many orders each call has had.
    orders: BTreeMap<&'static str, usize>,
}

/// Lives that run beside each other in one scenario.
#[derive(Debug)]
pub(super) struct Lives {
    life: &'static Life,
    lives: Vec<One>,
    steps: Vec<Value>,
    /// How often each step's name was used.
    names: BTreeMap<String, usize>,
    /// The calls that were made.
    called: BTreeSet<&'static str>,
    inputs: Map<String, Value>,
    /// Steps that may be refused; the scenario then goes on where it ends the lives.
    refusable: Vec<usize>,
}

/// What is special about one delivery.
#[derive(Clone, Debug, Default)]
pub(super) struct Special {
    /// `deliver` of the step.
    pub(super) deliver: Option<Value>,
    /// What is said of it, in place of the call's own sentence.
    pub(super) what: Option<String>,
    /// Where it may fail, what holds for its last answer if it has: the step has no criteria, and nothing follows then.
    pub(super) in_vain: Option<&'static str>,
}

impl Lives {
    pub(super) fn new(life: &'static Life) -> Self {
        let inputs = life.inputs.iter().map(|(name, generator)| ((*name).to_owned(), generated(generator))).collect();
        Self {
            life,
            lives: Vec::new(),
            steps: Vec::new(),
            names: BTreeMap::new(),
            called: BTreeSet::new(),
            inputs,
            refusable: Vec::new(),
        }
    }

    /// Begins a life, and gives its place. Nothing is called yet.
    pub(super) fn begin(&mut self, kind: &'static Kind) -> usize {
        let (name, generator) = kind.begins;
        self.begin_with(kind, name, generator)
    }

    /// Begins one whose order is another than its kind's.
    pub(super) fn begin_with(&mut self, kind: &'static Kind, input: &str, generator: &str) -> usize {
        let number = self.lives.len() + 1;
        self.inputs.insert(format!("{input}-{number}"), generated(generator));
        self.lives.push(One { kind, state: self.life.first, orders: BTreeMap::new() });
        number - 1
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Where a life stands.
    pub(super) fn state(&self, at: usize) -> &'static str {
        self.lives[at].state
    }

    /// Whether a life of this state is yet to be ended.
    pub(super) fn runs(&self, at: usize) -> bool {
        self.life.closing.iter().any(|(state, _)| *state == self.lives[at].state)
    }

    /// Whether a call is possible: one that is delivered again must have been delivered.
    pub(super) fn can(&self, at: usize, rule: &Rule) -> bool {
        let again = rule.why == Why::Again && self.life.call(rule.call).is_some_and(|call| call.order.is_some());
        self.lives[at].state == rule.from && (!again || self.lives[at].orders.contains_key(rule.call))
    }

    /// Adds the step of a rule.
    pub(super) fn play(&mut self, at: usize, rule: &Rule, special: &Special) {
        let Some(call) = self.life.call(rule.call) else { return };
        let turn = self.turn(at, call, rule.why);
        self.called.insert(call.name);
        let one = &mut self.lives[at];
        one.state = rule.to;
        let who = Subject { number: at + 1, kind: one.kind.name, turn };
        let mut step = Map::new();
        step.insert("stepId".to_owned(), Value::from(self.name(&format!("{}-{}", call.name, at + 1))));
        let late = match rule.why {
            Why::Late => format!(" It comes too late: the {} is {}, and stays so.", self.life.subject, rule.from),
            Why::Again => " It is delivered again, and nothing new comes of it.".to_owned(),
            Why::Goes | Why::Chosen | Why::Looks => String::new(),
        };
        let what = special.what.clone().unwrap_or_else(|| format!("{}{late}", call.what));
        step.insert("description".to_owned(), Value::from(what));
        if let Value::Object(members) = (call.step)(&who) {
            step.extend(members);
        }
        if let Some(condition) = special.in_vain {
            step.remove("successCriteria");
            step.remove("x-storeproof");
            let end = json!([{ "name": "in-vain", "type": "end", "criteria": [{ "condition": condition }] }]);
            step.insert("onSuccess".to_owned(), end);
        }
        if let Some(deliver) = &special.deliver {
            let own = step.entry("x-storeproof").or_insert_with(|| json!({}));
            if let Some(own) = own.as_object_mut() {
                own.insert("deliver".to_owned(), deliver.clone());
            }
        }
        if call.refusable {
            self.refusable.push(self.steps.len());
        }
        self.steps.push(Value::Object(step));
    }

    /// Which of the call's orders this use is about. A new use has a new one.
    fn turn(&mut self, at: usize, call: &'static Call, why: Why) -> usize {
        let Some((input, generator)) = call.order else { return 1 };
        let orders = self.lives[at].orders.entry(call.name).or_default();
        if *orders == 0 || why == Why::Goes {
            *orders += 1;
            self.inputs.insert(format!("{input}-{}-{orders}", at + 1), generated(generator));
        }
        *orders
    }

    fn name(&mut self, name: &str) -> String {
        let used = self.names.entry(name.to_owned()).or_default();
        *used += 1;
        if *used == 1 { name.to_owned() } else { format!("{name}-{used}") }
    }

    /// Looks at a life as often as the documents let the store look where it stands; the likeliest way once.
    pub(super) fn look(&mut self, at: usize) {
        let here = |rule: &&Rule| rule.why == Why::Looks && rule.from == self.lives[at].state;
        let kind = self.lives[at].kind.name;
        let fits = |rule: &&Rule| rule.kinds.is_empty() || rule.kinds.contains(&kind);
        let likeliest = self.life.rules.iter().filter(here).filter(fits).max_by_key(|rule| rule.weight);
        if let Some(rule) = likeliest {
            self.play(at, rule, &Special::default());
        }
    }

    /// Waits for what takes the vendor time where a life stands; whether there is something.
    pub(super) fn wait(&mut self, at: usize) -> bool {
        let here = |rule: &&Rule| rule.from == self.lives[at].state && matches!(rule.why, Why::Goes | Why::Chosen);
        let waits = |rule: &&Rule| self.life.call(rule.call).is_some_and(|call| call.waits);
        let Some(rule) = self.life.rules.iter().filter(here).find(waits) else { return false };
        self.play(at, rule, &Special::default());
        true
    }

    /// Ends every life that runs, and looks at each once more.
    pub(super) fn close(&mut self) {
        let begins = self.steps.len();
        let mut firm = None;
        for at in 0..self.lives.len() {
            // Each state of the table leads on, so that there are no more steps than states.
            for _ in 0..self.life.closing.len() {
                let state = self.lives[at].state;
                let Some((_, call)) = self.life.closing.iter().find(|(from, _)| *from == state) else { break };
                let leads = |rule: &&Rule| rule.call == *call && rule.from == state && rule.to != state;
                let Some(rule) = self.life.rules.iter().find(leads) else { break };
                let waits = self.life.call(call).is_some_and(|call| call.waits);
                let what = (!waits).then(|| "Leaves the vendor as it was found.".to_owned());
                if !waits {
                    firm = firm.or(Some(self.steps.len()));
                }
                self.play(at, rule, &Special { what, ..Special::default() });
            }
            self.look(at);
        }
        let to = firm.unwrap_or(begins);
        let Some(step) = self.steps.get(to).and_then(|step| step.get("stepId")).cloned() else { return };
        for refusable in std::mem::take(&mut self.refusable) {
            if let Some(refused) = self.steps[refusable].as_object_mut() {
                refused
                    .insert("onFailure".to_owned(), json!([{ "name": "not-taken", "type": "goto", "stepId": step }]));
            }
        }
    }

    /// The scenario. `name` is that of the case without the marketplace.
    pub(super) fn computed(self, marketplace: &str, name: &str, title: &str, description: &str) -> Computed {
        let name = format!("{marketplace}/{name}");
        // The file would stand as deep as its name has folders, below `scenarios/`.
        let up = "../".repeat(name.matches('/').count() + 1);
        let mut ours = json!({ "marketplace": marketplace, "dialect": self.life.dialect });
        let applies: Map<String, Value> =
            self.applies().map(|(name, values)| (name.to_owned(), json!(values))).collect();
        if let Some(ours) = ours.as_object_mut().filter(|_| !applies.is_empty()) {
            ours.insert("applies".to_owned(), Value::Object(applies));
        }
        let steps = Value::from(self.steps.clone()).to_string();
        let used = |name: &str| {
            let text = format!("$inputs.{name}");
            let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-');
            steps.match_indices(&text).any(|(at, _)| ends(&steps[at + text.len()..]))
        };
        let inputs: Map<String, Value> = self
            .inputs
            .iter()
            .filter(|(name, _)| used(name))
            .map(|(name, input)| (name.clone(), input.clone()))
            .collect();
        let document = json!({
            "arazzo": "1.0.1",
            "info": { "title": title, "version": "1.0.0", "description": description, "x-storeproof": ours },
            "sourceDescriptions": [
                { "name": "interface", "url": format!("{up}specs/{}.yaml", self.life.interface), "type": "openapi" },
            ],
            "workflows": [{
                "workflowId": name.rsplit('/').next().map_or_else(String::new, |last| format!("case-{last}")),
                "inputs": { "type": "object", "properties": inputs },
                "steps": self.steps,
            }],
        });
        Computed { name, document }
    }

    /// What products the scenario is about: the kinds of its lives, and what its calls ask for.
    fn applies(&self) -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
        let kinds = self.lives.iter().flat_map(|one| one.kind.applies);
        let called = self.life.calls.iter().filter(|call| self.called.contains(call.name));
        kinds.chain(called.flat_map(|call| call.applies)).copied()
    }
}

fn generated(generator: &str) -> Value {
    json!({ "type": "string", "x-storeproof": { "generate": generator } })
}
