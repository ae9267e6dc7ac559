//! One problem: what is wrong, where, and which cases show it.

use std::sync::Arc;

use maud::{Markup, html};

use super::scene::prose;
use super::{Scene, evidence, kind};
use crate::report::broken::Broken;
use crate::report::human::block::{proof, step_line};
use crate::report::written::{Written, written};
use crate::verdict::{Breach, Finding, Place};
use crate::wire::{printable, printable_text};

/// Further steps and cases that are named.
const MOST_OTHERS: usize = 8;
/// Lines of a snapshot's difference, or of a remark, that are shown.
const MOST_LINES: usize = 60;

/// The problem as a sentence, what belongs to it, and what shows it.
pub(super) fn problem(scene: &Scene<'_>, broken: &Broken<'_>) -> Markup {
    let words = scene.words;
    let (finding, step, case) = (broken.finding(), broken.first().step, broken.case);
    let snapshot = match &finding.breach {
        Breach::Snapshot { name, diff } => Some((name, diff)),
        _ => None,
    };
    let entry = |key: &str, text: Markup| html! { div { dt { (words.say(key)) } dd { (text) } } };
    let single = broken.groups.len() == 1;
    let place = (finding.place != Place::Course && single).then(|| {
        let of = finding.entry.as_ref().map(|entry| words.tell("place-of", &[("entry", scene.told(entry).into())]));
        [Some(kind::place(scene, &finding.place)), of].into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    let task = step.task.as_ref().map(|task| {
        let what = [std::slice::from_ref(&task.name), &task.arguments].concat().join(" ");
        format!("{what}; the vendor's program {}", task.ended)
    });
    let known = finding.known.as_deref();
    html! {
        div.problem {
            @match snapshot {
                Some((name, _)) => p.says { (words.tell("differs", &[("name", scene.told(name).into())])) },
                None => {
                    @if scene.english().is_some() { p.says { (kinds(scene, broken)) } }
                    @let problems = broken.problems(scene.redactor);
                    @if let [one] = problems.as_slice() {
                        p.says lang=[scene.english()] { (one) }
                    } @else {
                        ol.says lang=[scene.english()] { @for one in &problems { li { (one) } } }
                    }
                }
            }
            dl.about {
                @if let Some(place) = place { (entry("place", html! { code.place { (place) } })) }
                @if single && snapshot.is_none() { (sides(scene, finding)) }
                @if let Some(cause) = &finding.cause { (entry("cause", scene.sentence(cause))) }
                @if let Some(mend) = finding.breach.mend() { (entry("mend", scene.ours(mend))) }
                @if let Some(consequence) = &finding.consequence { (entry("consequence", scene.sentence(consequence))) }
                @if let Some(known) = known {
                    (entry("accepted", html! {
                        (scene.told(&known.reason)) ", " (words.tell("until", &[("date", known.expires.to_string().into())]))
                        ", " (words.say("owner")) ": " (scene.told(&known.owner))
                    }))
                } @else if let Some(remark) = &finding.remark { (entry("remark", lines(scene, remark))) }
                (entry("case", html! { (scene.case(&case.name)) }))
                (entry("step", scene.sentence(&step_line(step, scene.redactor))))
                (entry("scenario", match written(scene.background, case, step, scene.redactor) {
                    Written::In(place) => html! { code translate="no" { (place) } },
                    Written::By(command) => html! { (words.say("computed")) ": " code translate="no" { (command) } },
                }))
                @for (key, (_, text)) in ["flaw", "allowed"].into_iter().zip(proof(step, scene.redactor)) {
                    (entry(key, scene.sentence(&text)))
                }
                @if let Some(task) = &task { (entry("task", scene.sentence(task))) }
                (others(scene, broken))
            }
            @if let Some((_, diff)) = snapshot { (difference(scene, diff)) }
            (evidence::evidence(scene, broken))
        }
    }
}

/// What kinds of problems these are, each once.
fn kinds(scene: &Scene<'_>, broken: &Broken<'_>) -> String {
    let mut kinds: Vec<&str> = broken.groups.iter().map(|group| kind::kind(&group.first.finding.breach)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter().map(|key| scene.words.say(key)).collect::<Vec<_>>().join(" · ")
}

/// What was expected beside what came, unless the reader has it from the sentence.
fn sides(scene: &Scene<'_>, finding: &Finding) -> Markup {
    let (expected, actual, sentence) = (finding.breach.expected(), finding.breach.actual(), finding.problem());
    let told = scene.english().is_none() && sentence.contains(&expected) && sentence.contains(&actual);
    let entry = |key: &str, text: &str| {
        html! { div { dt { (scene.words.say(key)) } dd { code lang=[scene.english()] { (scene.told(text)) } } } }
    };
    html! {
        @if !(told || expected.is_empty() || actual.is_empty()) {
            (entry("expected", &expected))
            (entry("actual", &actual))
        }
    }
}

/// A remark; the last words of a program have lines.
fn lines(scene: &Scene<'_>, text: &str) -> Markup {
    if !text.trim().contains('\n') {
        return scene.sentence(text);
    }
    let text = scene.redactor.text(text);
    let shown: Vec<&str> = text.lines().take(MOST_LINES).collect();
    html! { pre tabindex="0" { code lang=[scene.english()] { (printable_text(shown.join("\n").as_bytes())) } } }
}

/// Further steps and cases that show the same.
fn others(scene: &Scene<'_>, broken: &Broken<'_>) -> Markup {
    let words = scene.words;
    let mut steps: Vec<&str> = Vec::new();
    for (other, _) in broken.groups.iter().flat_map(|group| &group.others) {
        // Another entry of the same answer is marked in it.
        if !Arc::ptr_eq(other, broken.first().step) && !steps.contains(&other.id.as_str()) {
            steps.push(&other.id);
        }
    }
    let more = |all: usize| all.saturating_sub(MOST_OTHERS);
    html! {
        @if !steps.is_empty() {
            div { dt { (words.say("also-steps")) } dd {
                @for (at, step) in steps.iter().take(MOST_OTHERS).enumerate() { @if at > 0 { ", " } code translate="no" { (scene.told(step)) } }
                @if more(steps.len()) > 0 { " " (words.count("and-more", more(steps.len()))) }
            } }
        }
        @if !broken.again.is_empty() {
            div { dt { (words.say("again-in")) } dd {
                @for (at, case) in broken.again.iter().take(MOST_OTHERS).enumerate() { @if at > 0 { ", " } (scene.case(&case.name)) }
                @if more(broken.again.len()) > 0 { " " (words.count("and-more", more(broken.again.len()))) }
            } }
        }
    }
}

/// The difference of a snapshot, line by line.
fn difference(scene: &Scene<'_>, diff: &str) -> Markup {
    let diff = scene.redactor.text(diff);
    let more = diff.lines().count().saturating_sub(MOST_LINES);
    html! {
        pre.diff tabindex="0" translate="no" {
            code {
                @for line in diff.lines().take(MOST_LINES) {
                    @let shown = printable(line.as_bytes());
                    @match line.as_bytes().first() {
                        Some(b'-') => del { (shown) },
                        Some(b'+') => ins { (shown) },
                        _ => (prose(&shown)),
                    }
                    "\n"
                }
                @if more > 0 { "… " (scene.words.count("and-more", more)) }
            }
        }
    }
}
