//! Every requirement of the store: how it stands, and what shows that.

use maud::{Markup, html};

use super::frame::Part;
use super::scene::{self, prose};
use super::show::{self, badge, level, level_words, name, section, standing, standing_words, table};
use super::{Scene, findings};
use crate::report::broken::Weight;
use crate::verdict::Level;
use crate::verdict::assessment::{Assessed, Proof, Standing};

/// Cases that are named beside a requirement; further ones are counted.
const MOST_PROOFS: usize = 3;

/// The table, and below it what is not about this product; nothing in a run of single cases.
pub(super) fn part(scene: &Scene<'_>) -> Option<Part> {
    let words = scene.words;
    let requirements = &scene.assessment()?.requirements;
    let judged: Vec<&Assessed> = requirements.iter().filter(|one| one.applies() && !is_stated(one)).collect();
    let others: Vec<&Assessed> = requirements.iter().filter(|one| !one.applies()).collect();
    let title = words.say("requirements");
    let heads = ["standing", "requirement", "shown-by"].map(|key| words.say(key));
    let body = html! { tbody { @for one in &judged { (row(scene, one)) } } };
    let content = html! {
        (legend(scene, &judged))
        @if judged.is_empty() { p { (words.say("requirements-none")) } } @else { (table("requirements", &title, &heads, body)) }
        @if !others.is_empty() { (not_applying(scene, &others)) }
    };
    let content = section("requirements", &title, Some(&words.say("requirements-lead")), content);
    Some(Part { id: "requirements", title, count: Some(judged.len()), content })
}

/// Whether a requirement is for a person to state; those stand in a table of their own.
pub(super) fn is_stated(one: &Assessed) -> bool {
    matches!(one.standing, Standing::Stated(_) | Standing::Unstated)
}

/// What the words of the table mean, of those that stand in it.
fn legend(scene: &Scene<'_>, judged: &[&Assessed]) -> Markup {
    let words = scene.words;
    let mut standings: Vec<((&'static str, &'static str), show::Tone)> = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    for one in judged {
        let standing = (standing_words(&one.standing, one.level), show::tone(&one.standing, one.level));
        if !standings.iter().any(|known| known.0 == standing.0) {
            standings.push(standing);
        }
        if !levels.contains(&one.level) {
            levels.push(one.level);
        }
    }
    levels.sort_by_key(|level| std::cmp::Reverse(*level));
    html! {
        details.legend {
            summary { (words.say("legend")) }
            dl {
                @for ((word, means), tone) in standings { div { dt { (badge(tone, &words.say(word))) } dd { (words.say(means)) } } }
                @for one in levels { div { dt { (level(scene, one)) } dd { (words.say(level_words(one).1)) } } }
            }
        }
    }
}

fn row(scene: &Scene<'_>, one: &Assessed) -> Markup {
    let requirement = scene.requirement(&one.requirement);
    let tone = show::tone(&one.standing, one.level);
    html! {
        tr class=(tone.class()) {
            td.standing { (standing(scene, one)) }
            th scope="row" {
                p.head {
                    @match &one.standing {
                        Standing::Broken => (scene.link(findings::weight_of(one.level), &one.requirement)),
                        Standing::Known { .. } => (scene.link(Weight::Known, &one.requirement)),
                        _ => (name(scene, &one.requirement)),
                    }
                    " " (level(scene, one.level))
                }
                @if let Some(requirement) = requirement { p { (scene.text(requirement, scene::Part::Rule)) } }
            }
            td.shown { (shown(scene, one)) }
        }
    }
}

/// What shows how a requirement stands.
fn shown(scene: &Scene<'_>, one: &Assessed) -> Markup {
    let words = scene.words;
    let why = match &one.standing {
        Standing::Untested { why } | Standing::Elsewhere { why } => Some(scene.sentence(why)),
        Standing::Known { owner, until } => Some(html! {
            (words.say("owner")) ": " (scene.told(owner)) ", "
            (words.tell("until", &[("date", scene.told(until).into())]))
        }),
        _ => None,
    };
    let more = one.evidence.len().saturating_sub(MOST_PROOFS);
    html! {
        @if let Some(why) = why { p { (why) } }
        @if !one.evidence.is_empty() {
            ul.proofs {
                @for proof in one.evidence.iter().take(MOST_PROOFS) { li { (of_case(scene, proof)) } }
                @if more > 0 { li.muted { (words.count("and-more", more)) } }
            }
        }
    }
}

fn of_case(scene: &Scene<'_>, proof: &Proof) -> Markup {
    html! {
        (scene.case(&proof.case))
        @if let Some(step) = &proof.step {
            " · " (scene.words.say("step")) " " code translate="no" { (scene.told(step)) }
            @if let Some(exchange) = proof.exchange.filter(|exchange| *exchange > 0) { " #" (exchange + 1) }
        }
    }
}

fn not_applying(scene: &Scene<'_>, others: &[&Assessed]) -> Markup {
    let words = scene.words;
    let caption = words.count("not-applying", others.len());
    let heads = ["requirement", "reason"].map(|key| words.say(key));
    let body = html! {
        tbody {
            @for one in others {
                tr {
                    th scope="row" {
                        p.head { (name(scene, &one.requirement)) }
                        @if let Some(requirement) = scene.requirement(&one.requirement) { p { (scene.text(requirement, scene::Part::Rule)) } }
                    }
                    td { @if let Standing::NotApplicable { why } = &one.standing { span lang=[scene.english()] { (prose(&scene.told(why))) } } }
                }
            }
        }
    };
    html! { details.more { summary { (caption) } (table("beside", &caption, &heads, body)) } }
}
