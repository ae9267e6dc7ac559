//! What is broken: a card for each rule, in it each problem once with what shows it, then how it is mended and why.

use std::collections::HashMap;

use maud::{Markup, html};

use super::frame::Part;
use super::scene::{self, prose};
use super::show::{findings_of, level_class, name, section};
use super::{Scene, problem};
use crate::report::broken::{Broken, Weight};
use crate::verdict::{Level, Provenance, Requirement, RequirementId};

/// Entries of a list that are shown; further ones are counted.
pub(super) const MOST_ENTRIES: usize = 50;
/// Problems of one rule that stand open; further ones are folded.
const OPEN: usize = 3;

/// What the store would refuse.
pub(super) fn refused(scene: &Scene<'_>, broken: &[Broken<'_>]) -> Option<Part> {
    part(scene, broken, Weight::Must)
}

/// What is no failure: what nobody has reviewed, what the documents do not insist on, good practice, known failures.
pub(super) fn others(scene: &Scene<'_>, broken: &[Broken<'_>]) -> Vec<Part> {
    let weights = [Weight::Unreviewed, Weight::Should, Weight::Advice, Weight::Known];
    weights.into_iter().filter_map(|weight| part(scene, broken, weight)).collect()
}

fn part(scene: &Scene<'_>, broken: &[Broken<'_>], weight: Weight) -> Option<Part> {
    let (id, key, lead) = match weight {
        Weight::Must => ("refused", "section-must", None),
        Weight::Unreviewed => ("unreviewed", "section-unreviewed", None),
        Weight::Should => ("should", "section-should", Some("section-should-lead")),
        Weight::Advice => ("advice", "section-advice", Some("section-advice-lead")),
        Weight::Known => ("known", "section-known", None),
    };
    let rules = rules(broken, weight);
    if rules.is_empty() {
        return None;
    }
    let title = scene.words.say(key);
    let lead = lead.map(|key| scene.words.say(key));
    let content = html! { @for rule in &rules { (card(scene, weight, rule)) } };
    let content = section(id, &title, lead.as_deref(), content);
    Some(Part { id, title, count: Some(rules.len()), content })
}

/// The problems of each rule, in the order in which the rules were met.
fn rules<'b, 'a>(broken: &'b [Broken<'a>], weight: Weight) -> Vec<Vec<&'b Broken<'a>>> {
    let mut rules: Vec<Vec<&Broken<'_>>> = Vec::new();
    let mut places: HashMap<&RequirementId, usize> = HashMap::new();
    for one in broken.iter().filter(|one| one.weight == weight) {
        let place = *places.entry(&one.finding().requirement).or_insert(rules.len());
        match rules.get_mut(place) {
            Some(rule) => rule.push(one),
            None => rules.push(vec![one]),
        }
    }
    rules
}

fn card(scene: &Scene<'_>, weight: Weight, rule: &[&Broken<'_>]) -> Markup {
    let words = scene.words;
    let Some(first) = rule.first() else { return html! {} };
    let id = &first.finding().requirement;
    let requirement = scene.requirement(id).filter(|_| weight != Weight::Unreviewed);
    let (shown, rest) = rule.split_at(rule.len().min(OPEN));
    let (folded, left_out) = rest.split_at(rest.len().min(MOST_ENTRIES));
    let class = if weight == Weight::Known { "known" } else { level_class(first.first().first.level) };
    html! {
        article class={ "finding " (class) } id=(findings_of(weight, id)) {
            header {
                @if weight == Weight::Known {
                    span.level { (words.say("standing-known")) }
                } @else if weight != Weight::Unreviewed {
                    (super::show::level(scene, first.first().first.level))
                }
                (name(scene, id))
            }
            @if let Some(requirement) = requirement { h3 { (scene.text(requirement, scene::Part::Rule)) } }
            @for one in shown { (problem::problem(scene, one)) }
            @if !folded.is_empty() {
                details.printed.more {
                    summary { (words.count("problems-more", folded.len())) }
                    @for one in folded { (problem::problem(scene, one)) }
                }
            }
            @if !left_out.is_empty() { p.muted { (words.count("problems-left-out", left_out.len())) } }
            @if let Some(requirement) = requirement { (about(scene, requirement)) }
            @if matches!(weight, Weight::Should | Weight::Advice) { p.muted { (words.say("not-binding")) } }
        }
    }
}

/// How a rule is mended, why the store cares, and where that stands.
fn about(scene: &Scene<'_>, requirement: &Requirement) -> Markup {
    let words = scene.words;
    let provenance = match requirement.provenance {
        Provenance::Documented => None,
        Provenance::Inferred => Some(words.say("inferred")),
        Provenance::Contradictory => Some(words.say("contradictory")),
    };
    let entry = |key: &str, text: Markup| html! { div { dt { (words.say(key)) } dd { (text) } } };
    html! {
        div.mend { p { strong { (words.say("mend")) } } p { (scene.text(requirement, scene::Part::Mend)) } }
        dl.about {
            (entry("why", scene.text(requirement, scene::Part::Why)))
            @if let Some(code) = &requirement.code { (entry("in-store", html! { (prose(code)) })) }
            (entry("source", html! {
                (scene.ours(&requirement.source))
                @if let Some(provenance) = provenance { " " span.muted { (provenance) } }
            }))
        }
    }
}

/// What a broken rule of this level weighs.
pub(super) fn weight_of(level: Level) -> Weight {
    match level {
        Level::Must => Weight::Must,
        Level::Should => Weight::Should,
        Level::Advice | Level::Manual => Weight::Advice,
    }
}
