//! The smallest scenarios that still break a rule, folded away below its problems.

use maud::{Markup, html};

use super::Scene;
use super::show::code;
use crate::report::reduced::told;
use crate::verdict::RequirementId;

/// Scenarios of one rule that are shown.
const MOST: usize = 3;

/// Those that were made of cases which break this rule.
pub(super) fn reduced(scene: &Scene<'_>, id: &RequirementId) -> Markup {
    let words = scene.words;
    let of_rule = scene.course.reduced.iter().filter(|reduced| reduced.requirement == *id);
    html! {
        @for reduced in of_rule.take(MOST) {
            @let told = told(reduced, scene.background, scene.redactor);
            @let text = told.lines.join("\n");
            @if scene.takes(text.len()) {
                details.reduced.more {
                    summary { (words.say("reduced")) }
                    p {
                        (words.tell("reduced-from", &[("before", reduced.before.into()), ("after", reduced.after.into())])) ": "
                        (scene.case(&reduced.case))
                    }
                    (code(&told.file, &text))
                    (code(&words.tell("reduced-play", &[("file", told.file.as_str().into())]), &told.play))
                }
            }
        }
    }
}
