//! How much of what the store's documents describe was seen, on five axes.

use maud::{Markup, html};

use super::Scene;
use super::frame::Part;
use super::show::{section, table};
use crate::verdict::assessment::Axis;

/// The table; nothing in a run of single cases.
pub(super) fn part(scene: &Scene<'_>) -> Option<Part> {
    let words = scene.words;
    let coverage = &scene.assessment()?.coverage;
    let axes = [
        ("axis-operations", &coverage.operations),
        ("axis-statuses", &coverage.statuses),
        ("axis-codes", &coverage.codes),
        ("axis-transitions", &coverage.transitions),
        ("axis-requirements", &coverage.requirements),
    ];
    let title = words.say("coverage");
    let heads = ["axis", "seen", "not-seen"].map(|key| words.say(key));
    let body = html! { tbody { @for (key, axis) in axes { (row(scene, &words.say(key), axis)) } } };
    let content = table("coverage", &title, &heads, body);
    let content = section("coverage", &title, Some(&words.say("coverage-lead")), content);
    Some(Part { id: "coverage", title, count: None, content })
}

fn row(scene: &Scene<'_>, name: &str, axis: &Axis) -> Markup {
    let words = scene.words;
    let (seen, all) = (axis.seen(), axis.points.len());
    if all == 0 {
        return html! { tr { th scope="row" { (name) } td.muted colspan="2" { (words.say("axis-none")) } } };
    }
    let unseen: Vec<&str> = axis.unseen().collect();
    html! {
        tr {
            th scope="row" { (name) }
            td.seen {
                p { (words.tell("seen-of", &[("seen", seen.into()), ("all", all.into())])) }
                svg.bar viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true" {
                    rect.rest x="0" y="0" width="1000" height="12" {}
                    rect.good x="0" y="0" width=(seen * 1_000 / all) height="12" {}
                }
            }
            td {
                @if unseen.is_empty() { p.muted { "–" } } @else {
                    details.printed {
                        summary { (words.count("points-unseen", unseen.len())) }
                        ul.points { @for point in &unseen { li { code translate="no" { (scene.told(point)) } } } }
                    }
                }
                @if seen > 0 {
                    details {
                        summary { (words.count("points-seen", seen)) }
                        ul.points {
                            @for (point, times) in axis.points.iter().filter(|(_, times)| *times > 0) {
                                li { code translate="no" { (scene.told(point)) } " ×" (times) }
                            }
                        }
                    }
                }
            }
        }
    }
}
