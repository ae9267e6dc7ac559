//! Calls as they are delivered in practice: twice, at one instant, again after an answer that was lost, too late, in
//! another order, and by the store's schedule.
//!
//! For every call that the documented life has, the shortest way to the state in which it comes is played, then the call
//! in each of these ways, then what the store sees of it, and the life is ended. Only what the documents decide is
//! played: a call that comes late stands in [`Life`] with the state in which it comes.

mod path;
mod schedule;

use std::collections::BTreeSet;

use serde_json::json;

use super::Computed;
use super::lives::{Lives, Special};
use crate::market::life::{Kind, Life, Rule, Traits, Why, life};
use path::{path, play};

/// Deliveries of every call of a dialect; none where it documents no life. `traits` are those of the product.
pub fn deliveries(marketplace: &str, dialect: &str, traits: &Traits) -> Vec<Computed> {
    let Some(life) = life(marketplace, dialect) else { return Vec::new() };
    let field = Field { marketplace, life, traits };
    let mut cases = Vec::new();
    for (kind, rule) in field.calls() {
        cases.extend(WAYS.iter().filter_map(|way| field.in_a_way(kind, rule, way)));
        cases.extend(field.late(kind, rule));
        cases.extend(field.reordered(kind, rule));
    }
    cases.extend(schedule::cases(&field));
    // A call that comes in several states meets another in several, and once is enough.
    let mut names = BTreeSet::new();
    cases.retain(|case| names.insert(case.name.clone()));
    cases
}

/// What the cases are about.
struct Field<'a> {
    marketplace: &'a str,
    life: &'static Life,
    traits: &'a Traits,
}

/// A way in which one call arrives.
struct Way {
    name: &'static str,
    /// What happens, as the rest of a sentence that begins with the call.
    happens: &'static str,
    deliver: fn() -> serde_json::Value,
}

const WAYS: [Way; 3] = [
    Way { name: "twice", happens: "is delivered twice, one after the other", deliver: || json!({ "copies": 2 }) },
    Way {
        name: "at-once",
        happens: "is delivered three times at one instant",
        deliver: || json!({ "copies": 3, "together": true }),
    },
    Way {
        name: "answer-lost",
        happens: "is delivered again, since its first answer was lost",
        deliver: || json!({ "lose-answer": true }),
    },
];

impl Field<'_> {
    /// Each call that the life has, where it comes first, with the kind that has it.
    fn calls(&self) -> Vec<(&'static Kind, &'static Rule)> {
        let mut calls: Vec<(&'static Kind, &'static Rule)> = Vec::new();
        for rule in self.life.rules.iter().filter(|rule| matches!(rule.why, Why::Goes | Why::Chosen)) {
            let known = calls.iter().any(|(_, other)| other.call == rule.call);
            let polls = self.life.call(rule.call).is_none_or(|call| call.waits && rule.from != self.life.first);
            if known || polls {
                continue;
            }
            let kind = self.life.kinds_of(self.traits).find(|kind| self.life.holds(rule, kind.name, self.traits));
            calls.extend(kind.map(|kind| (kind, rule)));
        }
        calls
    }

    /// Lives of one kind that have gone to the state in which a rule begins.
    fn at(&self, kind: &'static Kind, state: &str) -> Option<Lives> {
        let mut lives = Lives::new(self.life);
        lives.begin(kind);
        let way = path(self.life, kind, self.life.first, state)?;
        play(&mut lives, &way);
        Some(lives)
    }

    fn done(&self, mut lives: Lives, call: &str, name: &str, title: &str, description: &str) -> Computed {
        lives.look(0);
        // What takes the vendor time is waited for, so that it is seen where it ends, and looked at there.
        if lives.wait(0) {
            lives.look(0);
        }
        lives.close();
        let name = format!("deliveries/{}{call}/{name}", self.life.folder);
        lives.computed(self.marketplace, &name, title, description)
    }

    fn in_a_way(&self, kind: &'static Kind, rule: &'static Rule, way: &Way) -> Option<Computed> {
        let call = self.life.call(rule.call)?;
        let mut lives = self.at(kind, rule.from)?;
        let deliver = Some((way.deliver)());
        let what = Some(format!("{} The call {}.", call.what, way.happens));
        lives.play(0, rule, &Special { deliver, what, ..Special::default() });
        let title = format!("{}, {}", spaced(rule.call), way.name.replace('-', " "));
        let description = format!(
            "The call `{}` {}. It is signed anew each time and about the same {}: it is carried out once.",
            rule.call, way.happens, self.life.subject
        );
        Some(self.done(lives, rule.call, way.name, &title, &description))
    }

    /// The call comes once more when the life has gone on.
    fn late(&self, kind: &'static Kind, rule: &'static Rule) -> Vec<Computed> {
        let again = self.life.rules.iter().filter(|again| {
            let delivered = matches!(again.why, Why::Again | Why::Late);
            delivered && again.call == rule.call && again.from != rule.to && again.from != rule.from
        });
        let holding = again.filter(|again| self.life.holds(again, kind.name, self.traits));
        let case = |again: &'static Rule| {
            let mut lives = self.at(kind, rule.from)?;
            lives.play(0, rule, &Special::default());
            play(&mut lives, &path(self.life, kind, rule.to, again.from)?);
            let what = format!(
                "The call of before is delivered once more, while the {} is {}.",
                self.life.subject, again.from
            );
            lives.play(0, again, &Special { what: Some(what), ..Special::default() });
            let title = format!("{}, delivered again while {}", spaced(rule.call), again.from);
            let description = format!(
                "A copy of the call `{}` was held up on its way, and arrives when the {} is {}. It must do nothing.",
                rule.call, self.life.subject, again.from
            );
            let name = format!("late-when-{}", again.from.replace(' ', "-"));
            Some(self.done(lives, rule.call, &name, &title, &description))
        };
        holding.filter_map(case).collect()
    }

    /// The call and one that was sent before it arrive in the other order.
    fn reordered(&self, kind: &'static Kind, second: &'static Rule) -> Vec<Computed> {
        let first_ones = self.life.rules.iter().filter(|first| {
            let goes = matches!(first.why, Why::Goes) && first.to == second.from && first.call != second.call;
            let polls = self.life.call(first.call).is_none_or(|call| call.waits);
            goes && !polls && self.life.holds(first, kind.name, self.traits)
        });
        let case = |first: &'static Rule| {
            let here = |rule: &&Rule, call: &str, from: &str| {
                rule.call == call && rule.from == from && self.life.holds(rule, kind.name, self.traits)
            };
            let early =
                self.life.rules.iter().find(|rule| here(rule, second.call, first.from) && rule.why != Why::Looks)?;
            let late =
                self.life.rules.iter().find(|rule| here(rule, first.call, early.to) && rule.why != Why::Looks)?;
            let mut lives = self.at(kind, first.from)?;
            let call = |name: &str| self.life.call(name).map_or("", |call| call.what);
            let what = format!("{} This call overtakes the one before it.", call(second.call));
            lives.play(0, early, &Special { what: Some(what), ..Special::default() });
            let what = format!("{} This call was sent first.", call(first.call));
            lives.play(0, late, &Special { what: Some(what), ..Special::default() });
            let title = format!("{}, arriving before {}", spaced(second.call), first.call);
            let description = format!(
                "The store sends `{}` and then `{}`, and they arrive in the other order.",
                first.call, second.call
            );
            Some(self.done(lives, second.call, &format!("before-{}", first.call), &title, &description))
        };
        first_ones.filter_map(case).collect()
    }
}

/// A name with its first letter in upper case and blanks in it.
fn spaced(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", letters.as_str().replace('-', " "))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("kt-bizstore", "bizstore-2.1.2", &["apply/at-once", "suspend/twice", "resign/answer-lost", "resume/before-suspend"])]
    #[case("koogallery", "saas-v2", &[
        "create/late-when-released", "renew/late-when-released", "unfreeze/before-freeze", "release/before-renew",
        "create/retried-hourly", "create/retried-hourly-while-the-store-fails", "release/retried-by-hand",
    ])]
    #[case("koogallery", "saas-v1", &["v1/expire/twice", "v1/renew/late-when-released", "v1/create/retried-hourly"])]
    fn each_way_of_arriving_has_its_case(#[case] marketplace: &str, #[case] dialect: &str, #[case] expected: &[&str]) {
        let cases = deliveries(marketplace, dialect, &[]);
        let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names.len(), cases.len(), "each name is one case's");
        for name in expected {
            assert!(
                names.contains(format!("{marketplace}/deliveries/{name}").as_str()),
                "{name} is none of {names:#?}"
            );
        }
    }

    #[test]
    fn calls_that_a_product_does_not_have_are_not_delivered() {
        let traits = [("charging".to_owned(), "one-time".to_owned())];
        let cases = deliveries("koogallery", "saas-v2", &traits);
        assert!(!cases.is_empty());
        assert!(cases.iter().all(|case| !case.name.contains("/freeze/") && !case.name.contains("/renew/")));
    }
}
