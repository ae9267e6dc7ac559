//! What keeps the vendor from being ready although nothing of it is broken: what was not tested, and what nobody has
//! stated.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::Scene;
use super::frame::Part;
use super::scene;
use super::show::{code, name, section};
use crate::verdict::assessment::{Assessed, Standing};

/// What is still to be done; nothing in a run of single cases.
pub(super) fn part(scene: &Scene<'_>) -> Option<Part> {
    let words = scene.words;
    let requirements = &scene.assessment()?.requirements;
    let open = |one: &&Assessed| one.blocks() && !matches!(one.standing, Standing::Broken);
    let (unstated, untested): (Vec<&Assessed>, Vec<&Assessed>) =
        requirements.iter().filter(open).partition(|one| one.standing == Standing::Unstated);
    let count = unstated.len() + untested.len();
    if count == 0 {
        return None;
    }
    let content = html! {
        @if !untested.is_empty() {
            h3 { (words.say("to-do-untested")) }
            ul.to-do { @for (why, these) in by_reason(&untested) { (untested_entry(scene, why, &these)) } }
        }
        @if !unstated.is_empty() {
            h3 { (words.say("to-do-unstated")) }
            ul.to-do { @for one in &unstated { (entry(scene, one)) } }
            (code(&words.say("to-do-paste"), &statements(scene, &unstated)))
        }
    };
    let title = words.say("to-do");
    let content = section("to-do", &title, Some(&words.say("to-do-lead")), content);
    Some(Part { id: "to-do", title, count: Some(count), content })
}

/// What was not tested, by the reason: one failure on the way often keeps many rules from being looked at.
fn by_reason<'a>(untested: &[&'a Assessed]) -> Vec<(&'a str, Vec<&'a Assessed>)> {
    let mut reasons: Vec<(&str, Vec<&Assessed>)> = Vec::new();
    for one in untested {
        let Standing::Untested { why } = &one.standing else { continue };
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, these)) => these.push(one),
            None => reasons.push((why, vec![one])),
        }
    }
    reasons
}

fn untested_entry(scene: &Scene<'_>, why: &str, these: &[&Assessed]) -> Markup {
    html! {
        li {
            p.reason { (scene.sentence(why)) }
            ul.rules { @for one in these { li { (rule(scene, one)) } } }
        }
    }
}

fn entry(scene: &Scene<'_>, one: &Assessed) -> Markup {
    html! {
        li {
            p { (rule(scene, one)) }
            @if let Some(requirement) = scene.requirement(&one.requirement) { p.muted { (scene.text(requirement, scene::Part::Mend)) } }
        }
    }
}

fn rule(scene: &Scene<'_>, one: &Assessed) -> Markup {
    html! {
        (name(scene, &one.requirement)) " "
        @if let Some(requirement) = scene.requirement(&one.requirement) { (scene.text(requirement, scene::Part::Rule)) }
    }
}

/// What is pasted into the configuration and filled in there.
fn statements(scene: &Scene<'_>, unstated: &[&Assessed]) -> String {
    let mut text = String::new();
    for (at, one) in unstated.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        if let Some(requirement) = scene.requirement(&one.requirement) {
            let _ = writeln!(text, "# {}", scene.plain(requirement, scene::Part::Rule));
        }
        let id = scene.told(one.requirement.as_str());
        let _ =
            writeln!(text, "[[statement]]\nrequirement = \"{id}\"\nwho = \"\"\nwhen = \"yyyy-mm-dd\"\nwhere = \"\"");
    }
    text
}
