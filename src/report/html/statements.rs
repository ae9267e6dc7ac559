//! What people state of requirements that no program can judge: who, when, and where that can be seen.

use maud::html;

use super::Scene;
use super::frame::Part;
use super::requirements::is_stated;
use super::scene;
use super::show::{self, name, section, standing, table};
use crate::verdict::assessment::{Assessed, Standing};

/// The table; nothing where there is nothing to state.
pub(super) fn part(scene: &Scene<'_>) -> Option<Part> {
    let words = scene.words;
    let stated: Vec<&Assessed> = scene.assessment()?.requirements.iter().filter(|one| is_stated(one)).collect();
    if stated.is_empty() {
        return None;
    }
    let title = words.say("statements");
    let heads = ["standing", "requirement", "who", "stated-when", "stated-where"].map(|key| words.say(key));
    let body = html! {
        tbody {
            @for one in &stated {
                tr class=(show::tone(&one.standing, one.level).class()) {
                    td.standing { (standing(scene, one)) }
                    th scope="row" {
                        p.head { (name(scene, &one.requirement)) }
                        @if let Some(requirement) = scene.requirement(&one.requirement) { p { (scene.text(requirement, scene::Part::Rule)) } }
                    }
                    @match &one.standing {
                        Standing::Stated(statement) => {
                            td { (scene.told(&statement.who)) }
                            td.nowrap { (scene.told(&statement.when)) }
                            td { (scene.told(&statement.r#where)) }
                        }
                        _ => { td { "–" } td { "–" } td { "–" } }
                    }
                }
            }
        }
    };
    let content = table("statements", &title, &heads, body);
    let content = section("statements", &title, Some(&words.say("statements-lead")), content);
    Some(Part { id: "statements", title, count: Some(stated.len()), content })
}
