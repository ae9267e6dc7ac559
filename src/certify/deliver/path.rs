//! The shortest documented way from one state to another.

use std::collections::{BTreeMap, VecDeque};

use crate::certify::lives::{Lives, Special};
use crate::market::life::{Kind, Life, Rule, Why};

/// The rules that lead from one state to another, the fewest that do; `None` where no way leads there.
pub(super) fn path(life: &'static Life, kind: &Kind, from: &str, to: &str) -> Option<Vec<&'static Rule>> {
    let mut came: BTreeMap<&str, &'static Rule> = BTreeMap::new();
    let mut next = VecDeque::from([from]);
    while let Some(state) = next.pop_front() {
        if state == to {
            let mut way = Vec::new();
            let mut at = to;
            while at != from {
                let rule = came.get(at)?;
                way.push(*rule);
                at = rule.from;
            }
            way.reverse();
            return Some(way);
        }
        let mut taken: Vec<&str> = Vec::new();
        for rule in life.rules.iter().filter(|rule| rule.from == state && rule.from != rule.to) {
            let of_kind = rule.kinds.is_empty() || rule.kinds.contains(&kind.name);
            // Where the vendor chooses, the first row is the one that takes either choice.
            if !matches!(rule.why, Why::Goes | Why::Chosen) || !of_kind || taken.contains(&rule.call) {
                continue;
            }
            taken.push(rule.call);
            if rule.to != from && !came.contains_key(rule.to) {
                came.insert(rule.to, rule);
                next.push_back(rule.to);
            }
        }
    }
    None
}

/// Goes that way.
pub(super) fn play(lives: &mut Lives, way: &[&'static Rule]) {
    way.iter().for_each(|rule| lives.play(0, rule, &Special::default()));
}
