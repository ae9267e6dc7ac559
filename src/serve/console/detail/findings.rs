//! What was found: a card for each rule that was broken, in the order in which they weigh.
//!
//! Rules, problems and mends are English, as the catalogue has them; what stands around them is in the reader's language.

use maud::{Markup, html};

use super::Scene;
use crate::report::redact::words as told;
use crate::verdict::{Finding, Level, Place, Provenance, Requirement, RequirementId, Weighed};
use crate::wire::printable;

/// Problems of one rule that are shown at once.
const MOST: usize = 20;

/// Findings, readings, and what was not judged.
pub(super) fn section(scene: &Scene<'_>) -> Markup {
    let words = scene.words;
    let seen = &scene.entry.seen;
    let mut rules: Vec<Vec<&Weighed>> = Vec::new();
    for weighed in &seen.findings {
        let same = |rule: &&mut Vec<&Weighed>| {
            rule[0].finding.requirement == weighed.finding.requirement && rule[0].finding.cause == weighed.finding.cause
        };
        match rules.iter_mut().find(same) {
            Some(rule) => rule.push(weighed),
            None => rules.push(vec![weighed]),
        }
    }
    rules.sort_by_key(|rule| std::cmp::Reverse(rule[0].level));
    html! {
        @if !rules.is_empty() {
            section aria-labelledby="findings" {
                h2 #findings { (heading(scene, &rules)) }
                @for rule in &rules { (card(scene, rule)) }
            }
        }
        @if !seen.readings.is_empty() {
            section aria-labelledby="readings" {
                h2 #readings { (words.say("readings")) }
                p.muted { (words.say("readings-lead")) }
                ul.remarks lang="en" {
                    @for reading in &seen.readings { (remark(scene, &reading.requirement, &reading.met)) }
                }
            }
        }
        @if !seen.skipped.is_empty() {
            section aria-labelledby="skipped" {
                h2 #skipped { (words.say("skipped")) }
                p.muted { (words.say("skipped-lead")) }
                ul.remarks lang="en" {
                    @for skipped in &seen.skipped { (remark(scene, &skipped.requirement, &skipped.why)) }
                }
            }
        }
    }
}

/// How many rules were broken, and how many merely recommend something: advice that was not taken breaks nothing.
fn heading(scene: &Scene<'_>, rules: &[Vec<&Weighed>]) -> String {
    let broken = rules.iter().filter(|rule| rule[0].level == Level::Must).count();
    let told = [("findings-broken", broken), ("findings-advised", rules.len() - broken)]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| scene.words.tell(key, &[("count", count.into())]));
    told.collect::<Vec<_>>().join(" · ")
}

fn remark(scene: &Scene<'_>, requirement: &RequirementId, text: &str) -> Markup {
    html! { li { (rule_name(requirement)) " " (told(scene.redactor, text)) } }
}

fn rule_name(requirement: &RequirementId) -> Markup {
    html! { code.rule { (requirement) } }
}

fn card(scene: &Scene<'_>, rule: &[&Weighed]) -> Markup {
    let words = scene.words;
    let Some(first) = rule.first() else { return html! {} };
    let finding = &first.finding;
    let requirement = scene.stand.and_then(|stand| stand.catalogue.get(&finding.requirement));
    let (class, level) = match first.level {
        Level::Must => ("must", words.say("level-must")),
        Level::Should => ("should", words.say("level-should")),
        Level::Advice | Level::Manual => ("advice", words.say("level-advice")),
    };
    let entry = |key: &str, text: Markup| html! { dt { (words.say(key)) } dd lang="en" { (text) } };
    let more = rule.len().saturating_sub(MOST);
    html! {
        article class={ "finding " (class) } {
            header {
                span.level { (level) }
                (rule_name(&finding.requirement))
            }
            @if let Some(requirement) = requirement { h3 lang="en" { (prose(&requirement.rule)) } }
            dl.facts {
                (entry("problem", html! {
                    @for weighed in rule.iter().take(MOST) { (problem(scene, &weighed.finding)) }
                    @if more > 0 { p { (words.tell("more-of-kind", &[("count", more.into())])) } }
                }))
                @if let Some(cause) = &finding.cause { (entry("cause", html! { (scene.told(cause)) })) }
                @if let Some(remark) = &finding.remark { (entry("remark", html! { (scene.told(remark)) })) }
                @if let Some(mend) = finding.breach.mend().or(requirement.map(|requirement| requirement.mend.as_str())) {
                    (entry("mend", html! { strong { (prose(mend)) } }))
                }
                @if requirement.is_some() || finding.consequence.is_some() {
                    (entry("why", html! {
                        @if let Some(requirement) = requirement { p { (prose(&requirement.why)) } }
                        @if let Some(consequence) = &finding.consequence { p { (scene.told(consequence)) } }
                    }))
                }
                @if let Some(requirement) = requirement { (known(scene, requirement)) }
            }
            @if first.level != Level::Must { p.muted { (words.say("not-binding")) } }
        }
    }
}

/// One problem with its place, and what was expected beside what came.
fn problem(scene: &Scene<'_>, finding: &Finding) -> Markup {
    let of = finding.entry.as_ref().map(|entry| format!(" (of {entry})")).unwrap_or_default();
    let place = (finding.place != Place::Course).then(|| scene.told(&format!("{}{of}", finding.place)));
    let (expected, actual) = (finding.breach.expected(), finding.breach.actual());
    let words = scene.words;
    let sentence = finding.problem();
    // Where the sentence says both there is nothing to add.
    let told = sentence.contains(&expected) && sentence.contains(&actual);
    let compared = !(told || expected.is_empty() || actual.is_empty());
    html! {
        div.problem {
            @if let Some(place) = place { span.place { (place) } }
            p { (scene.told(&sentence)) }
            @if compared {
                dl.compare {
                    dt lang=(words.language().tag()) { (words.say("expected")) }
                    dd { code { (scene.told(&expected)) } }
                    dt lang=(words.language().tag()) { (words.say("actual")) }
                    dd { code { (scene.told(&actual)) } }
                }
            }
        }
    }
}

fn known(scene: &Scene<'_>, requirement: &Requirement) -> Markup {
    let words = scene.words;
    let provenance = match requirement.provenance {
        Provenance::Documented => None,
        Provenance::Inferred => Some(words.say("inferred")),
        Provenance::Contradictory => Some(words.say("contradictory")),
    };
    html! {
        @if let Some(code) = &requirement.code {
            dt { (words.say("in-store")) } dd { (prose(code)) }
        }
        dt { (words.say("source")) }
        dd {
            span lang="en" { (prose(&requirement.source)) }
            @if let Some(provenance) = provenance { p.muted { (provenance) } }
        }
    }
}

/// Text of ours.
fn prose(text: &str) -> String {
    printable(text.trim().as_bytes())
}
