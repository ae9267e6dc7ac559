//! What is neither right nor wrong: cases that were not judged, rules that could not be judged here, and readings of
//! documents that leave more than one.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::Scene;
use super::findings::MOST_ENTRIES;
use super::frame::Part;
use super::show::section;
use crate::engine::StepRecord;
use crate::verdict::{Outcome, RequirementId};

/// Names beside a remark; further ones are counted.
const MOST_NAMES: usize = 12;

/// Those parts that have something to say.
pub(super) fn parts(scene: &Scene<'_>) -> Vec<Part> {
    let readings = remarks(scene, |step| {
        step.readings.iter().map(|reading| (&reading.requirement, reading.met.as_str())).collect()
    });
    let skipped = remarks(scene, |step| {
        step.skipped.iter().map(|skipped| (&skipped.requirement, skipped.why.as_str())).collect()
    });
    let parts = [
        not_judged(scene),
        told(scene, ("skipped", "skipped-lead"), &skipped),
        told(scene, ("readings", "readings-lead"), &readings),
    ];
    parts.into_iter().flatten().collect()
}

/// Cases that were not judged, by the reason.
fn not_judged(scene: &Scene<'_>) -> Option<Part> {
    let words = scene.words;
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for case in &scene.course.cases {
        if let Outcome::NotJudged(blocked) = &case.outcome {
            reasons.entry(scene.told(&blocked.to_string())).or_default().push(&case.name);
        }
    }
    if reasons.is_empty() {
        return None;
    }
    let count = reasons.values().map(Vec::len).sum();
    let title = words.say("not-judged-cases");
    let entries = reasons.iter().map(|(why, names)| {
        let more = names.len().saturating_sub(MOST_NAMES);
        html! {
            li {
                p lang=[scene.english()] { (why) }
                p.muted {
                    @for (at, name) in names.iter().take(MOST_NAMES).enumerate() { @if at > 0 { ", " } (scene.case(name)) }
                    @if more > 0 { " " (words.count("and-more", more)) }
                }
            }
        }
    });
    let content = list(scene, entries);
    let content = section("not-judged-cases", &title, Some(&words.say("not-judged-lead")), content);
    Some(Part { id: "not-judged-cases", title, count: Some(count), content })
}

/// For each remark of the steps the rules that it is about.
fn remarks<'a>(
    scene: &Scene<'a>,
    of: impl Fn(&'a StepRecord) -> Vec<(&'a RequirementId, &'a str)>,
) -> BTreeMap<String, BTreeSet<&'a RequirementId>> {
    let mut remarks: BTreeMap<String, BTreeSet<&RequirementId>> = BTreeMap::new();
    let course = scene.course;
    for step in course.cases.iter().flat_map(|case| &case.steps).filter(|step| !step.superseded) {
        for (requirement, text) in of(step) {
            remarks.entry(scene.told(text)).or_default().insert(requirement);
        }
    }
    remarks
}

fn told(
    scene: &Scene<'_>,
    (key, lead): (&'static str, &'static str),
    remarks: &BTreeMap<String, BTreeSet<&RequirementId>>,
) -> Option<Part> {
    if remarks.is_empty() {
        return None;
    }
    let words = scene.words;
    let title = words.say(key);
    let entries = remarks.iter().map(|(text, rules)| {
        let more = rules.len().saturating_sub(MOST_NAMES);
        html! {
            li {
                p lang=[scene.english()] { (text) }
                p.muted {
                    @for rule in rules.iter().take(MOST_NAMES) { (super::show::name(scene, rule)) " " }
                    @if more > 0 { (words.count("and-more", more)) }
                }
            }
        }
    });
    let content = section(key, &title, Some(&words.say(lead)), list(scene, entries));
    Some(Part { id: key, title, count: Some(remarks.len()), content })
}

/// Entries of which the first are shown and the others are counted.
fn list(scene: &Scene<'_>, entries: impl ExactSizeIterator<Item = Markup>) -> Markup {
    let more = entries.len().saturating_sub(MOST_ENTRIES);
    html! {
        ul.remarks {
            @for entry in entries.take(MOST_ENTRIES) { (entry) }
            @if more > 0 { li.muted { (scene.words.count("and-more", more)) } }
        }
    }
}
