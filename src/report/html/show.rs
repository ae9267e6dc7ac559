//! Pieces that several parts show: levels, standings, tables, code.

use maud::{Markup, html};

use super::Scene;
use super::scene::anchor;
use crate::report::broken::Weight;
use crate::verdict::assessment::{Assessed, Standing};
use crate::verdict::{Level, RequirementId};

/// What a colour says; a sign and a word always say it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Bad,
    Note,
    Open,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Note => "note",
            Self::Open => "open",
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Bad => "✕",
            Self::Note => "!",
            Self::Open => "–",
        }
    }
}

/// A word with its sign.
pub(super) fn badge(tone: Tone, word: &str) -> Markup {
    html! { span class={ "badge " (tone.class()) } { span.sign aria-hidden="true" { (tone.sign()) } (word) } }
}

/// The keys of a level's word and of what it means.
pub(super) fn level_words(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Must => ("level-must", "level-must-means"),
        Level::Should => ("level-should", "level-should-means"),
        Level::Advice => ("level-advice", "level-advice-means"),
        Level::Manual => ("level-manual", "level-manual-means"),
    }
}

/// The keys of a standing's word and of what it means. What is broken below a `must` has a word of its own: the store
/// refuses nobody for it.
pub(super) fn standing_words(standing: &Standing, level: Level) -> (&'static str, &'static str) {
    match standing {
        Standing::Holds => ("standing-holds", "standing-holds-means"),
        Standing::Broken => match level {
            Level::Must => ("standing-broken", "standing-broken-means"),
            Level::Should => ("standing-warning", "standing-warning-means"),
            Level::Advice | Level::Manual => ("standing-note", "standing-note-means"),
        },
        Standing::Known { .. } => ("standing-known", "standing-known-means"),
        Standing::Stated(_) => ("standing-stated", "standing-stated-means"),
        Standing::Unstated => ("standing-unstated", "standing-unstated-means"),
        Standing::Untested { .. } => ("standing-untested", "standing-untested-means"),
        Standing::Elsewhere { .. } => ("standing-elsewhere", "standing-elsewhere-means"),
        Standing::NotApplicable { .. } => ("standing-not-applicable", "standing-not-applicable-means"),
    }
}

/// How a requirement stands, in a word.
pub(super) fn standing(scene: &Scene<'_>, one: &Assessed) -> Markup {
    badge(tone(&one.standing, one.level), &scene.words.say(standing_words(&one.standing, one.level).0))
}

/// The colour of a standing.
pub(super) fn tone(standing: &Standing, level: Level) -> Tone {
    match standing {
        Standing::Holds | Standing::Stated(_) => Tone::Good,
        Standing::Broken if level == Level::Must => Tone::Bad,
        Standing::Broken | Standing::Known { .. } => Tone::Note,
        Standing::Unstated
        | Standing::Untested { .. }
        | Standing::Elsewhere { .. }
        | Standing::NotApplicable { .. } => Tone::Open,
    }
}

/// Where the findings of a rule stand.
pub(super) fn findings_of(weight: Weight, id: &RequirementId) -> String {
    anchor(weight.word(), id.as_str())
}

/// A requirement's name.
pub(super) fn name(scene: &Scene<'_>, id: &RequirementId) -> Markup {
    html! { code.id translate="no" { (scene.told(id.as_str())) } }
}

/// A level as a word in a frame.
pub(super) fn level(scene: &Scene<'_>, level: Level) -> Markup {
    html! { span class={ "level " (level_class(level)) } { (scene.words.say(level_words(level).0)) } }
}

pub(super) fn level_class(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
        Level::Advice => "advice",
        Level::Manual => "manual",
    }
}

/// A part of the report with its heading.
pub(super) fn section(id: &str, title: &str, lead: Option<&str>, content: Markup) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (title) }
            @if let Some(lead) = lead { p.lead { (lead) } }
            (content)
        }
    }
}

/// A table with a caption for those who do not see the heading above it. Rows are `tr` elements, in `tbody` elements.
pub(super) fn table(class: &str, caption: &str, heads: &[String], body: Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table class=(class) {
                caption { (caption) }
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                (body)
            }
        }
    }
}

/// Lines of text as they are, such as a command.
pub(super) fn code(label: &str, text: &str) -> Markup {
    html! {
        figure.code {
            figcaption { (label) }
            pre tabindex="0" translate="no" { code { (text) } }
        }
    }
}
