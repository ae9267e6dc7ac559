//! The word, the numbers that led to it, and what was run.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::Scene;
use super::show::{self, Tone, badge, standing_words};
use crate::report::answers::Answers;
use crate::report::reproduce;
use crate::report::summary::{RunOutcome, Verdict, duration};
use crate::verdict::assessment::{Assessed, Assessment, Readiness, Standing};
use crate::words::Language;

/// The keys of the heading and of the sentence below.
pub(super) fn keys(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Certified(Readiness::Ready) => ("ready", "ready-means"),
        Verdict::Certified(Readiness::Refused) => ("refused", "refused-means"),
        Verdict::Certified(Readiness::Open) => ("open", "open-means"),
        Verdict::Interrupted => ("interrupted", "interrupted-means"),
        Verdict::OutdatedList => ("outdated", "outdated-means"),
        Verdict::Troubled => ("troubled", "troubled-means"),
        Verdict::Cases(RunOutcome::Conforms) => ("conforms", "conforms-means"),
        Verdict::Cases(RunOutcome::Breaks) => ("breaks", "breaks-means"),
        Verdict::Cases(RunOutcome::NotJudged) => ("not-judged", "not-judged-means"),
        Verdict::Cases(RunOutcome::Unreviewed) => ("unreviewed", "unreviewed-means"),
        Verdict::Cases(RunOutcome::NothingSelected) => ("nothing-selected", "nothing-selected-means"),
    }
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Certified(Readiness::Ready) | Verdict::Cases(RunOutcome::Conforms) => Tone::Good,
        Verdict::Certified(Readiness::Refused) | Verdict::Cases(RunOutcome::Breaks) => Tone::Bad,
        Verdict::OutdatedList | Verdict::Troubled | Verdict::Cases(RunOutcome::Unreviewed) => Tone::Note,
        Verdict::Certified(Readiness::Open)
        | Verdict::Interrupted
        | Verdict::Cases(RunOutcome::NotJudged | RunOutcome::NothingSelected) => Tone::Open,
    }
}

/// The top of the report.
pub(super) fn opening(scene: &Scene<'_>) -> Markup {
    let words = scene.words;
    let verdict = scene.closing.verdict;
    html! {
        div class={ "verdict " (tone(verdict).class()) } {
            h1 { (words.say(keys(verdict).0)) }
            p { (meaning(scene, verdict)) }
        }
        @if let Some(assessment) = scene.assessment() { (numbers(scene, assessment)) }
        (facts(scene))
        (notes(scene))
    }
}

fn meaning(scene: &Scene<'_>, verdict: Verdict) -> String {
    let words = scene.words;
    let (_, key) = keys(verdict);
    let Some(assessment) = scene.assessment() else { return words.say(key) };
    let blocking = |broken: bool| {
        let blocks = |one: &&Assessed| one.blocks() && matches!(one.standing, Standing::Broken) == broken;
        assessment.requirements.iter().filter(blocks).count()
    };
    match (verdict, blocking(true), blocking(false)) {
        // Something was broken that is no requirement of the store, such as what a scenario of the user's asks for.
        (Verdict::Certified(Readiness::Refused), 0, _) => words.say("breaks-means"),
        (Verdict::Certified(Readiness::Refused), broken, 0) => words.count(key, broken),
        (Verdict::Certified(Readiness::Refused), broken, open) => {
            // Chinese puts no blank behind a full stop.
            let blank = if words.0 == Language::Chinese { "" } else { " " };
            format!("{}{blank}{}", words.count(key, broken), words.count("open-too", open))
        }
        // Every requirement was looked at, and cases are left that were not judged.
        (Verdict::Certified(Readiness::Open), _, 0) => words.say("open-cases"),
        (Verdict::Certified(Readiness::Open), _, open) => words.count(key, open),
        (Verdict::Certified(Readiness::Ready), ..) if assessment.accepted() > 0 => {
            words.count("ready-known-means", assessment.accepted())
        }
        _ => words.say(key),
    }
}

/// How many requirements stand how: a bar, and the same in words.
fn numbers(scene: &Scene<'_>, assessment: &Assessment) -> Markup {
    let words = scene.words;
    let applying: Vec<&Assessed> = assessment.requirements.iter().filter(|one| one.applies()).collect();
    let mut shares: Vec<(&'static str, Tone, usize)> = Vec::new();
    for one in &applying {
        let key = standing_words(&one.standing, one.level).0;
        match shares.iter_mut().find(|share| share.0 == key) {
            Some(share) => share.2 += 1,
            None => shares.push((key, show::tone(&one.standing, one.level), 1)),
        }
    }
    shares.sort_by_key(|(key, ..)| rank(key));
    let all = applying.len().max(1);
    let mut at = 0;
    let mut bars = Vec::new();
    for (_, tone, count) in &shares {
        let (x, width) = (at * 1_000 / all, count * 1_000 / all);
        // A share that is too small to be seen is seen all the same.
        bars.push((x, width.max(4), tone.class()));
        at += count;
    }
    html! {
        div.numbers {
            p.total { (words.count("applying", applying.len())) }
            svg.bar viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true" {
                @for (x, width, class) in &bars { rect class=(class) x=(x) y="0" width=(width) height="12" {} }
            }
            ul {
                @for (key, tone, count) in &shares { li { strong { (count) } " " (badge(*tone, &words.say(key))) } }
            }
        }
    }
}

/// What keeps the vendor from being ready stands first, what holds last.
fn rank(key: &str) -> usize {
    let order = [
        "standing-broken",
        "standing-untested",
        "standing-unstated",
        "standing-warning",
        "standing-note",
        "standing-known",
        "standing-elsewhere",
        "standing-stated",
    ];
    order.iter().position(|known| *known == key).unwrap_or(order.len())
}

fn facts(scene: &Scene<'_>) -> Markup {
    let words = scene.words;
    let (course, closing) = (scene.course, scene.closing);
    let of_cases = |of: fn(&crate::engine::CaseRecord) -> Option<&String>| -> BTreeSet<String> {
        course.cases.iter().filter_map(|case| of(case)).map(|name| scene.told(name)).collect()
    };
    let (marketplaces, dialects, traits) = match scene.assessment() {
        Some(assessment) => (
            vec![scene.told(&assessment.marketplace)],
            assessment.dialects.iter().map(|name| scene.told(name)).collect(),
            assessment.traits.iter().map(|(name, value)| scene.told(&format!("{name} = {value}"))).collect(),
        ),
        None => (
            of_cases(|case| case.marketplace.as_ref()).into_iter().collect(),
            of_cases(|case| case.dialect.as_ref()).into_iter().collect::<Vec<_>>(),
            Vec::new(),
        ),
    };
    let fact = |key: &str, fact: Markup| html! { div { dt { (words.say(key)) } dd { (fact) } } };
    let names = |key: &str, names: &[String]| {
        html! { @if !names.is_empty() { (fact(key, html! { @for (at, name) in names.iter().enumerate() { @if at > 0 { ", " } code translate="no" { (name) } } })) } }
    };
    let whole = scene.background.reproduce.whole();
    let whole = whole.map(|typed| reproduce::line(&typed, scene.redactor));
    html! {
        dl.facts {
            (fact("vendor", html! { code translate="no" { (scene.told(&course.vendor)) } }))
            (names("marketplace", &marketplaces))
            (names("dialect", &dialects))
            (names("product", &traits))
            (fact("when", html! { time datetime=(scene.edition.made) { (scene.edition.made.strftime("%Y-%m-%d %H:%M UTC")) } }))
            (fact("took", html! { (duration(closing.elapsed)) }))
            (fact("cases-total", html! { (totals(scene)) }))
            (fact("seed", html! { (course.seed) }))
            (fact("tool", html! { span translate="no" { "storeproof " (env!("CARGO_PKG_VERSION")) } }))
        }
        @if let Some(whole) = whole { (show::code(&words.say("play-again"), &whole)) }
    }
}

/// `58 conform, 2 break the contract · 312 steps, 340 exchanges`.
fn totals(scene: &Scene<'_>) -> String {
    let totals = scene.closing.totals;
    let counts = [
        ("total-conform", totals.conform),
        ("total-breaks", totals.break_),
        ("total-unreviewed", totals.unreviewed),
        ("total-not-judged", totals.not_judged),
        ("total-left-out", totals.declined),
        ("total-steps", totals.steps),
        ("total-exchanges", totals.exchanges),
    ];
    let told = counts.into_iter().filter(|(_, count)| *count > 0).map(|(key, count)| scene.words.count(key, count));
    told.collect::<Vec<_>>().join(" · ")
}

/// What is about no case: troubles, and a doubt about the address.
fn notes(scene: &Scene<'_>) -> Markup {
    let mut answers = Answers::default();
    scene.course.cases.iter().for_each(|case| answers.note(case));
    let doubt = answers.doubt(&scene.told(&scene.course.vendor), scene.redactor);
    let troubles = scene.course.troubles.iter().map(|trouble| scene.told(&trouble.to_string()));
    let notes: Vec<String> = doubt.into_iter().chain(troubles).collect();
    let more = notes.len().saturating_sub(super::findings::MOST_ENTRIES);
    html! {
        @if !notes.is_empty() {
            aside.notes aria-label=(scene.words.say("notes")) {
                ul lang=[scene.english()] { @for note in notes.iter().take(super::findings::MOST_ENTRIES) { li { (note) } } }
                @if more > 0 { p { (scene.words.count("and-more", more)) } }
            }
        }
    }
}
