//! Every case that was played, with a line for each exchange.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::Scene;
use super::frame::Part;
use super::show::{Tone, badge, section, table};
use crate::engine::{CaseRecord, StepRecord};
use crate::report::broken::Weight;
use crate::report::summary::duration;
use crate::verdict::{Blocked, Outcome, RequirementId};
use crate::wire::{Caller, Exchange};

/// Exchanges of one case that are listed; of more the first and the last.
const MOST: usize = 14;
/// Characters of an address in such a line.
const LONGEST: usize = 90;

/// The table; nothing where no case was played.
pub(super) fn part(scene: &Scene<'_>) -> Option<Part> {
    let words = scene.words;
    let cases = &scene.course.cases;
    if cases.is_empty() {
        return None;
    }
    let title = words.say("cases");
    let heads = ["outcome", "case", "broken-rules", "duration"].map(|key| words.say(key));
    let body = html! { tbody { @for (place, case) in cases.iter().enumerate() { (row(scene, place, case)) } } };
    let content = table("cases", &title, &heads, body);
    let content = section("cases", &title, Some(&words.say("cases-lead")), content);
    Some(Part { id: "cases", title, count: Some(cases.len()), content })
}

fn row(scene: &Scene<'_>, place: usize, case: &CaseRecord) -> Markup {
    let words = scene.words;
    let (tone, key) = match &case.outcome {
        Outcome::Conforms => (Tone::Good, "outcome-conforms"),
        Outcome::Breaks => (Tone::Bad, "outcome-breaks"),
        Outcome::Unreviewed => (Tone::Note, "outcome-unreviewed"),
        Outcome::NotJudged(Blocked::Declined { .. }) => (Tone::Open, "outcome-left-out"),
        Outcome::NotJudged(_) => (Tone::Open, "outcome-not-judged"),
    };
    let steps = case.steps.iter().filter(|step| !step.superseded);
    let rules: BTreeSet<(Weight, &RequirementId)> = steps
        .flat_map(|step| &step.findings)
        .map(|weighed| (Weight::of(weighed), &weighed.finding.requirement))
        .filter(|(weight, _)| *weight != Weight::Unreviewed)
        .collect();
    html! {
        tr id={ "case-" (place) } {
            td.standing { (badge(tone, &words.say(key))) }
            th scope="row" {
                p.head { span.case translate="no" { (scene.told(&case.name)) } }
                p.muted lang=[scene.english()] { (scene.told(&case.title)) }
                (exchanges(scene, case))
            }
            td { @for (weight, id) in rules { (scene.link(weight, id)) " " } }
            td.number { (duration(case.elapsed)) }
        }
    }
}

fn exchanges(scene: &Scene<'_>, case: &CaseRecord) -> Markup {
    let all: Vec<(&StepRecord, &Exchange)> =
        case.steps.iter().flat_map(|step| step.exchanges.iter().map(move |exchange| (&**step, exchange))).collect();
    if all.is_empty() {
        return html! {};
    }
    let left_out = all.len().saturating_sub(MOST);
    html! {
        details.exchanges {
            summary { (scene.words.count("total-exchanges", all.len())) }
            ol {
                @for (at, (step, exchange)) in all.iter().enumerate() {
                    @if left_out > 0 && at == MOST - 1 { li.muted { "… " (left_out) } }
                    @if !(MOST - 1..MOST - 1 + left_out).contains(&at) { (line(scene, step, exchange)) }
                }
            }
        }
    }
}

/// `register · POST /customers/M1 → 201 · 12 ms`.
fn line(scene: &Scene<'_>, step: &StepRecord, exchange: &Exchange) -> Markup {
    let request = &exchange.request;
    let call = scene.told(&format!("{} {}", request.method, request.target));
    let shown: String = call.chars().take(LONGEST).collect();
    let cut = if shown.len() < call.len() { "…" } else { "" };
    // Whose call it is: the store's go out, the vendor's come in.
    let way = if exchange.caller == Caller::Vendor { "←" } else { "→" };
    html! {
        li {
            span.step { (scene.told(&step.id)) } " "
            code translate="no" { (shown) (cut) } " " (way) " "
            @match &exchange.answer {
                Ok(response) => strong { (response.status) },
                Err(loss) => (scene.sentence(&loss.to_string())),
            }
            " " span.muted { (duration(exchange.timing.total)) }
        }
    }
}
