//! Walks at random over the documented life of what a marketplace sells.
//!
//! Vendors are tried with the ways that somebody has thought of. A walk takes one that nobody has: a few customers or
//! instances beside each other, each renewed, frozen, asked for and sent away in some order that the documents allow,
//! with calls in between that are delivered again, or come too late, and must do nothing. Whether each answer is right,
//! the judge knows from what it remembers. Where the documents decide nothing, [`Life`] has no rule, and no walk goes.
//!
//! A walk is the same for the same seed, and is an Arazzo document like any other.

use super::Computed;
use super::lives::{Lives, Special};
use crate::market::life::{Life, Rule, Traits, Why, life};

/// Steps of a walk before its lives are ended.
const LENGTH: usize = 25;
/// How many lives run beside each other, each as often as it stands here.
const LIVES: [usize; 6] = [1, 1, 2, 2, 2, 3];
/// How much more likely a step is about a life that runs than about one that has ended.
const RUNNING: u32 = 4;
/// One walk in so many waits for more than for what has just begun: that takes as long as the vendor does.
const PATIENT: usize = 3;
/// Steps about lives that have all ended: enough to see whether one comes back.
const AFTERWARDS: usize = 4;

/// Walks of a dialect, as many as asked for; none where it documents no life.
///
/// `traits` are those of the product, as name and value: a walk is about what such a product can do.
pub fn walks(marketplace: &str, dialect: &str, traits: &Traits, seed: u64, count: usize) -> Vec<Computed> {
    let Some(life) = life(marketplace, dialect) else { return Vec::new() };
    (1..=count).filter_map(|number| walk(marketplace, life, traits, seed, number)).collect()
}

fn walk(marketplace: &str, life: &'static Life, traits: &Traits, seed: u64, number: usize) -> Option<Computed> {
    let salt = u64::try_from(number).unwrap_or_default().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut random = fastrand::Rng::with_seed(seed ^ salt);
    let kinds: Vec<_> = life.kinds_of(traits).collect();
    // Lives of one kind, so that the case applies to one sort of product.
    let kind = *kinds.get(random.usize(..kinds.len().max(1)))?;
    let begins: Vec<&'static Rule> =
        life.rules.iter().filter(|rule| rule.from == life.first && rule.weight == 0).collect();
    let begin = *begins.first()?;
    let slow = life.call(begin.call).is_some_and(|call| call.waits);
    let most = LIVES[random.usize(..LIVES.len())].min(if slow { 2 } else { usize::MAX });
    let mut lives = Lives::new(life);
    for _ in 0..most {
        lives.begin(kind);
    }
    let mut waits = usize::from(number % PATIENT == 1);
    let mut afterwards = 0;
    while lives.len() < LENGTH && afterwards < AFTERWARDS {
        let unborn: Vec<usize> = (0..most).filter(|&at| lives.state(at) == life.first).collect();
        afterwards += usize::from(unborn.is_empty() && (0..most).all(|at| !lives.runs(at)));
        if let Some(&at) = unborn.first()
            && (unborn.len() == most || random.bool())
        {
            if random.u8(..4) == 0 {
                step(&mut lives, life, at, kind.name, traits, &mut random, |rule| rule.why == Why::Looks);
            }
            lives.play(at, begin, &Special::default());
            continue;
        }
        let Some(at) = some_life(&lives, life, most, &mut random) else { continue };
        // What takes the vendor time runs beside each other: all lives begin before the first is waited for, so that
        // the others are ready then.
        let costs = |rule: &Rule| life.call(rule.call).is_some_and(|call| call.waits) && rule.from != begin.to;
        let taken = step(&mut lives, life, at, kind.name, traits, &mut random, |rule| {
            let first = life.call(rule.call).is_some_and(|call| call.waits) && rule.from == begin.to;
            rule.weight > 0 && (!first || unborn.is_empty()) && (!costs(rule) || waits > 0)
        });
        match taken {
            Some(rule) => waits -= usize::from(costs(rule)),
            None => afterwards += 1,
        }
    }
    lives.close();
    let (whose, of) = if most == 1 { ("one", "") } else { ("several", "s") };
    let title = format!("A walk over {whose} {}{of}, number {number} of seed {seed}", life.subject);
    let description = format!(
        "A walk at random over the documented life of {most} {}{of}. What is wrong in it contradicts what the vendor \
         answered before, or what the documents say of this state.",
        life.subject
    );
    Some(lives.computed(marketplace, &format!("walks/{}{number}", life.folder), &title, &description))
}

/// A life that has begun, to go on with; one that has not ended is likelier.
fn some_life(lives: &Lives, life: &Life, most: usize, random: &mut fastrand::Rng) -> Option<usize> {
    let weight = |at: usize| match lives.state(at) {
        state if state == life.first => 0,
        _ if lives.runs(at) => RUNNING,
        _ => 1,
    };
    drawn(&(0..most).map(weight).collect::<Vec<u32>>(), random)
}

/// Takes one of the possible rules at random, by its weight.
fn step(
    lives: &mut Lives,
    life: &'static Life,
    at: usize,
    kind: &str,
    traits: &Traits,
    random: &mut fastrand::Rng,
    may: impl Fn(&Rule) -> bool,
) -> Option<&'static Rule> {
    let possible: Vec<&'static Rule> =
        life.rules.iter().filter(|rule| lives.can(at, rule) && life.holds(rule, kind, traits) && may(rule)).collect();
    let weights: Vec<u32> = possible.iter().map(|rule| rule.weight).collect();
    let rule = possible[drawn(&weights, random)?];
    lives.play(at, rule, &Special::default());
    Some(rule)
}

/// The place of one of these weights, at random.
fn drawn(weights: &[u32], random: &mut fastrand::Rng) -> Option<usize> {
    let all: u32 = weights.iter().sum();
    let mut left = random.u32(..all.max(1));
    weights.iter().position(|&weight| {
        let here = left < weight;
        left = left.saturating_sub(weight);
        here
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn sold(charging: &str) -> Vec<(String, String)> {
        vec![("charging".to_owned(), charging.to_owned())]
    }

    #[rstest]
    #[case("kt-bizstore", "bizstore-2.1.2")]
    #[case("koogallery", "saas-v2")]
    #[case("koogallery", "saas-v1")]
    fn the_seed_decides_what_a_walk_is(#[case] marketplace: &str, #[case] dialect: &str) {
        let walks_of = |seed| walks(marketplace, dialect, &[], seed, 5);
        assert_eq!(walks_of(7), walks_of(7));
        assert_ne!(walks_of(7), walks_of(8));
        // Walks of one seed differ from each other.
        let steps: Vec<_> = walks_of(7).iter().map(|walk| walk.document["workflows"][0]["steps"].to_string()).collect();
        assert!((1..steps.len()).all(|at| !steps[..at].contains(&steps[at])));
    }

    #[test]
    fn what_a_product_cannot_do_is_in_no_walk() {
        for walk in walks("koogallery", "saas-v2", &sold("one-time"), 1, 20) {
            let text = walk.document.to_string();
            assert!(!text.contains("refreshInstance") && !text.contains("updateInstanceStatus"), "{}", walk.name);
            assert!(text.contains(r#""applies":{"charging":["one-time"]}"#), "{text}");
        }
    }

    #[test]
    fn where_no_life_is_documented_nothing_is_walked() {
        assert!(walks("scp", "product-1.0", &[], 1, 3).is_empty());
        assert!(walks("koogallery", "order-notify", &[], 1, 3).is_empty());
    }
}
