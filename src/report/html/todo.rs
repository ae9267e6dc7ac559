//! What keeps the vendor from being ready although nothing of it is broken: what was not tested, and what nobody has
//! stated.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::frame::Part;
use super::scene::{self, prose};
use super::show::{code, level, name, section};
use super::{Scene, show};
use crate::verdict::assessment::{Assessed, Standing};

/// What is still to be done; nothing in a run of single cases.
pub(super) fn part(scene: &Scene<'_>) -> Option<Part> {
    let words = scene.words;
    let requirements = &scene.assessment?.requirements;
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
            ul.to-do { @for one in &untested { (entry(scene, one)) } }
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

fn entry(scene: &Scene<'_>, one: &Assessed) -> Markup {
    let requirement = scene.requirement(&one.requirement);
    html! {
        li {
            p.head { (level(scene, one.level)) " " (name(scene, &one.requirement)) }
            @if let Some(requirement) = requirement { p { (scene.text(requirement, scene::Part::Rule)) } }
            @match &one.standing {
                Standing::Untested { why } => p.muted { (show::badge(show::Tone::Open, &scene.words.say("standing-untested"))) " " (scene.sentence(why)) },
                _ => @if let Some(requirement) = requirement { p.muted { (scene.text(requirement, scene::Part::Mend)) } },
            }
        }
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
            let _ = writeln!(text, "# {}", prose(&requirement.rule));
        }
        let id = scene.told(one.requirement.as_str());
        let _ = writeln!(text, "[[statement]]\nrequirement = \"{id}\"\nwho = \"\"\nwhen = \"yyyy-mm-dd\"\nwhere = \"\"");
    }
    text
}
