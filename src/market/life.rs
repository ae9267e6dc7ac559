//! The documented life of what a marketplace sells: states, what moves between them, and the calls that do it.
//!
//! A [`Life`] is a table. Certification counts what was seen against it, wanders over it at random, and delivers its
//! calls twice, late and in another order. Only what the documents decide stands in it: where they leave open what
//! becomes of a call in some state, there is no rule for it, and nobody plays it.

use std::time::Duration;

use serde_json::Value;

use super::{koogallery, kt_bizstore};
use crate::verdict::Move;

/// The life of what is sold in one dialect.
#[derive(Debug)]
pub struct Life {
    /// The dialect.
    pub dialect: &'static str,
    /// Name of its description below `specs/`: `koogallery/saas-v2`.
    pub interface: &'static str,
    /// Where its cases stand below the marketplace's folder: nothing, or a folder with its slash, as embedded ones do.
    pub folder: &'static str,
    /// What one life is about, as cases call it: `customer`, `instance`.
    pub subject: &'static str,
    /// The state before the first call.
    pub first: &'static str,
    /// Ways of being sold; a single one without conditions where they do not matter.
    pub kinds: &'static [Kind],
    /// Inputs that all steps share: name and generator.
    pub inputs: &'static [(&'static str, &'static str)],
    /// Inputs that each life has for itself: name and generator.
    pub own_inputs: &'static [(&'static str, &'static str)],
    /// The calls.
    pub calls: &'static [Call],
    /// What calls do in which state.
    pub rules: &'static [Rule],
    /// The call that leads towards the end, from each state that a scenario cannot leave a vendor in.
    pub closing: &'static [(&'static str, &'static str)],
    /// How the store delivers again what failed.
    pub retries: &'static [Retry],
}

/// A way of being sold.
#[derive(Debug)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// Products that are sold so, in the words of `info.x-storeproof.applies`.
    pub applies: &'static [(&'static str, &'static [&'static str])],
    /// The generator of the order, or of the customer, with which a life of this kind begins, by the input's name.
    pub begins: (&'static str, &'static str),
}

/// A call as the store makes it.
#[derive(Debug)]
pub struct Call {
    /// Its name in the ids of steps: `renew`.
    pub name: &'static str,
    /// Why the store makes it, as a sentence.
    pub what: &'static str,
    /// The operation, with the value that tells one use from another, as moves name it.
    pub by: &'static str,
    /// The order that it is about, as input and generator: each new use has a new one, a repetition the same.
    pub order: Option<(&'static str, &'static str)>,
    /// Products that it is about, besides what its rules say.
    pub applies: &'static [(&'static str, &'static [&'static str])],
    /// Whether it waits for something that takes the vendor time.
    pub waits: bool,
    /// Whether a vendor may refuse it, after which nothing is known that could be judged.
    pub refusable: bool,
    /// Its step without `stepId` and `description`, as an object of Arazzo.
    pub step: fn(&Subject<'_>) -> Value,
}

/// What the documents say of a call in a state.
#[derive(Debug)]
pub struct Rule {
    /// The call.
    pub call: &'static str,
    /// The state in which it comes.
    pub from: &'static str,
    /// The state after it.
    pub to: &'static str,
    /// Why it comes.
    pub why: Why,
    /// Kinds for which this holds; all where none is named.
    pub kinds: &'static [&'static str],
    /// How likely a walk takes it, beside the others of the same state; 0 for never.
    pub weight: u32,
    /// Where the documents have it.
    pub source: &'static str,
}

/// Why a call comes in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The documented life goes on by it.
    Goes,
    /// The same, where the vendor chooses whether the life takes this way: to open at once, or to take time.
    Chosen,
    /// The call that led here, or one before, is delivered again.
    Again,
    /// It comes too late, and must do nothing.
    Late,
    /// The store looks, or names what is not there; nothing may change.
    Looks,
}

/// How the store delivers a failed call again.
#[derive(Debug)]
pub struct Retry {
    /// The call.
    pub call: &'static str,
    /// A word that tells schedules of one call apart, in the names of cases: `hourly`.
    pub name: &'static str,
    /// When each further delivery comes, counted from the first one.
    pub after: &'static [Duration],
    /// How the store's own API can fail until the last delivery, where it can.
    pub failing: Option<Failing>,
    /// What the store does when the last one has failed too, as a phrase.
    pub then: &'static str,
    /// Where the documents have it.
    pub source: &'static str,
}

/// A call that fails because the store's own API does.
#[derive(Debug)]
pub struct Failing {
    /// The generator of an order on which it fails, but for the last delivery.
    pub generator: &'static str,
    /// Holds for the answer to the last delivery where nothing came of the call, and there is nothing to go on with.
    pub in_vain: &'static str,
}

/// One life in a scenario, as its steps name it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its number in the scenario, from 1.
    pub number: usize,
    /// Its kind.
    pub kind: &'a str,
    /// Which of the orders of the call, from 1.
    pub turn: usize,
}

impl Subject<'_> {
    /// An input of its own.
    pub fn input(&self, name: &str) -> String {
        format!("$inputs.{name}-{}", self.number)
    }

    /// The order of this use of a call.
    pub fn order(&self, name: &str) -> String {
        format!("$inputs.{name}-{}-{}", self.number, self.turn)
    }

    /// An output of the step with which it began.
    pub fn output(&self, call: &str, name: &str) -> String {
        format!("$steps.{call}-{}.outputs.{name}", self.number)
    }
}

/// Traits of a product as name and value; one without a value, or with `any`, leaves every value open.
pub type Traits = [(String, String)];

/// Whether products of these traits can be what the conditions ask for.
pub fn fits(applies: &[(&str, &[&str])], traits: &Traits) -> bool {
    applies.iter().all(|(name, values)| {
        let set = traits.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
        set.is_none_or(|value| value.is_empty() || value == "any" || values.contains(&value))
    })
}

impl Life {
    /// The call of this name. Every name in the tables has one; a test holds that.
    pub fn call(&self, name: &str) -> Option<&'static Call> {
        self.calls.iter().find(|call| call.name == name)
    }

    /// Kinds that products of these traits can have.
    pub fn kinds_of<'a>(&'a self, traits: &'a Traits) -> impl Iterator<Item = &'static Kind> + 'a {
        self.kinds.iter().filter(move |kind| fits(kind.applies, traits))
    }

    /// Whether a rule is about lives of this kind and products of these traits.
    pub fn holds(&self, rule: &Rule, kind: &str, traits: &Traits) -> bool {
        let of_kind = rule.kinds.is_empty() || rule.kinds.contains(&kind);
        of_kind && self.call(rule.call).is_some_and(|call| fits(call.applies, traits))
    }

    /// The documented steps of lives of these traits, in the order of the table, each once.
    pub fn transitions(&self, traits: &Traits) -> Vec<Move> {
        let kinds: Vec<&str> = self.kinds_of(traits).map(|kind| kind.name).collect();
        let mut moves: Vec<Move> = Vec::new();
        for rule in self.rules.iter().filter(|rule| matches!(rule.why, Why::Goes)) {
            let Some(call) = self.call(rule.call) else { continue };
            let moved = Move { from: rule.from, by: call.by, to: rule.to };
            if kinds.iter().any(|kind| self.holds(rule, kind, traits)) && !moves.contains(&moved) {
                moves.push(moved);
            }
        }
        moves
    }
}

/// The life that a dialect of a marketplace documents; `None` where there is none.
pub fn life(marketplace: &str, dialect: &str) -> Option<&'static Life> {
    let lives: &[&'static Life] = match marketplace {
        "kt-bizstore" => kt_bizstore::LIVES,
        "koogallery" => koogallery::LIVES,
        _ => &[],
    };
    lives.iter().copied().find(|life| life.dialect == dialect)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("kt-bizstore", "bizstore-2.1.2")]
    #[case("koogallery", "saas-v2")]
    #[case("koogallery", "saas-v1")]
    fn every_name_in_a_table_is_one(#[case] marketplace: &str, #[case] dialect: &str) {
        let life = life(marketplace, dialect).expect("has a life");
        let reached = |state: &str| state == life.first || life.rules.iter().any(|rule| rule.to == state);
        for rule in life.rules {
            assert!(life.call(rule.call).is_some(), "{rule:?}");
            assert!(reached(rule.from), "{rule:?}");
            assert!(rule.kinds.iter().all(|kind| life.kinds.iter().any(|known| known.name == *kind)), "{rule:?}");
            assert!(rule.why == Why::Goes || rule.why == Why::Chosen || rule.from == rule.to, "{rule:?}");
        }
        for (state, call) in life.closing {
            let leads = |rule: &&Rule| rule.call == *call && rule.from == *state && rule.from != rule.to;
            assert!(life.rules.iter().any(|rule| leads(&rule)), "{state} {call}");
        }
        assert!(life.retries.iter().all(|retry| life.call(retry.call).is_some() && !retry.after.is_empty()));
    }

    #[test]
    fn what_a_product_cannot_do_is_no_step_of_its_life() {
        let life = life("koogallery", "saas-v2").expect("has a life");
        let all = life.transitions(&[]);
        let once = life.transitions(&[("charging".to_owned(), "one-time".to_owned())]);
        assert!(all.len() > once.len());
        assert!(once.iter().all(|step| !step.by.starts_with("updateInstanceStatus")), "{once:?}");
        let fixed = life.transitions(&[("upgradable".to_owned(), "false".to_owned())]);
        assert!(all.iter().any(|step| step.by == "upgradeInstance"));
        assert!(fixed.iter().all(|step| step.by != "upgradeInstance"));
    }
}
