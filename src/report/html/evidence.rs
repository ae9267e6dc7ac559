//! What shows a problem, folded away: the exchange as it was on the wire, the lines that play it again, and the smallest
//! scenario that still shows it.

use maud::{Markup, html};

use super::show::code;
use super::{Scene, marked};
use crate::report::broken::Broken;
use crate::report::excerpt::{self, Mark};
use crate::report::human::{block, calls};
use crate::report::summary::duration;
use crate::report::{reproduce, visits};
use crate::verdict::Place;
use crate::wire::{Caller, Exchange, printable_text};

/// Columns of an excerpt: what a page of paper holds.
const WIDTH: usize = 92;
/// Bytes of a reduced scenario that are shown.
const LONGEST_SCENARIO: usize = 20_000;

/// All of it, as far as there is room.
pub(super) fn evidence(scene: &Scene<'_>, broken: &Broken<'_>) -> Markup {
    let words = scene.words;
    let (step, first) = (broken.first().step, broken.first().first);
    let shown = first.exchange.and_then(|index| Some((index, step.exchanges.get(index)?)));
    let exchange = shown.map(|(index, one)| exchange(scene, broken, index, one));
    let fits = exchange.as_ref().is_none_or(|markup| scene.takes(markup.0.len()));
    // What the vendor called is gone when the run has ended.
    let again = shown.filter(|(_, exchange)| exchange.caller == Caller::Marketplace);
    let call = again.map(|(_, one)| reproduce::curl(scene.background, broken.case, step, one, scene.redactor));
    let opened = !step.visits.is_empty() && first.finding.place == Place::Course;
    html! {
        details.printed.evidence {
            summary { (words.say(if exchange.is_some() { "evidence" } else { "evidence-none" })) }
            @if fits { (exchange.unwrap_or_default()) } @else { p.muted { (words.say("evidence-left-out")) } }
            @if opened {
                @let lines: Vec<String> = step.visits.iter().flat_map(|visit| visits::lines(visit, scene.redactor)).collect();
                (code(&words.say("pages"), &lines.join("\n")))
            }
            @if fits {
                @if let Some(call) = call { (code(&words.say("reproduce-call"), &call)) }
            }
            (code(&words.say("reproduce-case"), &reproduce::rerun(scene.background, broken.case, scene.redactor)))
            (reduced(scene, broken))
        }
    }
}

fn exchange(scene: &Scene<'_>, broken: &Broken<'_>, index: usize, exchange: &Exchange) -> Markup {
    let words = scene.words;
    let (step, first) = (broken.first().step, broken.first().first);
    let label = scene.told(first.finding.requirement.as_str());
    let mut marks = Vec::new();
    for group in &broken.groups {
        // The same mistake in other places of this exchange is marked too.
        let others = group.others.iter().filter(|(other, weighed)| {
            std::ptr::eq(other.as_ref(), step.as_ref()) && weighed.exchange == first.exchange
        });
        let all = std::iter::once(group.first).chain(others.map(|(_, weighed)| *weighed));
        marks.extend(all.map(|weighed| Mark {
            place: &weighed.finding.place,
            breach: &weighed.finding.breach,
            label: &label,
        }));
    }
    let (request, which, answer) = match exchange.caller {
        Caller::Vendor => ("call-of-vendor", calls::nth(step, index), "answer-of-store"),
        Caller::Marketplace => ("request", block::nth(step, index), "answer"),
    };
    let mistake = step.tamper.as_ref().map(|mistake| words.tell("mistake", &[("mistake", scene.told(mistake).into())]));
    let took = duration(exchange.timing.total);
    let wire = |caption: Markup, lines: &[excerpt::Line]| {
        html! {
            figure.code {
                figcaption { (caption) }
                pre.wire tabindex="0" translate="no" { code { (marked::lines(lines)) } }
            }
        }
    };
    html! {
        (wire(
            html! {
                (words.say(request))
                @if !which.is_empty() { span lang=[scene.english()] { (which) } }
                @if let Some(mistake) = mistake { ", " (mistake) }
            },
            &excerpt::request(exchange, &marks, scene.redactor, WIDTH),
        ))
        (wire(
            html! { (words.say(answer)) ", " (words.tell("after", &[("time", took.into())])) },
            &excerpt::answer(exchange, &marks, scene.redactor, WIDTH),
        ))
    }
}

/// The smallest scenario that still shows the problem, where one was found.
fn reduced(scene: &Scene<'_>, broken: &Broken<'_>) -> Markup {
    let words = scene.words;
    let requirement = &broken.finding().requirement;
    let mut of_rule = scene.reduced.iter().filter(|reduced| reduced.requirement == *requirement);
    let Some(reduced) = of_rule.find(|reduced| reduced.case == broken.case.name) else { return html! {} };
    let text = scene.redactor.text(&reduced.scenario);
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST_SCENARIO).last().unwrap_or(0);
    let whole = text.len() <= LONGEST_SCENARIO;
    let shown = if whole { &text } else { &text[..end] };
    let left = [("before", reduced.before.into()), ("after", reduced.after.into())];
    html! {
        @if scene.takes(shown.len()) {
            (code(&format!("{}. {}", words.say("reduced"), words.tell("reduced-from", &left)), &printable_text(shown.as_bytes())))
            @if !whole { p.muted { "…" } }
        }
    }
}
