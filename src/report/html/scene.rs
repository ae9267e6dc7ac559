//! What every part of the report needs, and foreign text on its way into it.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::sync::Arc;

use maud::{Markup, html};

use super::reporter::Edition;
use super::show::{findings_of, name};
use super::words::Words;
use crate::engine::event::Reduced;
use crate::report::Background;
use crate::report::broken::{Broken, Weight};
use crate::report::course::{Closing, Course};
use crate::report::redact::words as told;
use crate::verdict::{Assessment, Requirement, RequirementId};
use crate::wire::{Redactor, printable};

/// Bytes of exchanges in one file; of further findings the words are told without them.
const ROOM: usize = 2_000_000;

/// What the report is made from.
pub(super) struct Surroundings<'a> {
    pub(super) words: Words,
    pub(super) edition: &'a Edition,
    pub(super) background: &'a Background<'a>,
    pub(super) course: &'a Course,
    pub(super) closing: Closing,
    pub(super) redactor: &'a Redactor,
    pub(super) reduced: &'a [Arc<Reduced>],
}

/// The same, with what the parts share while they are written.
pub(super) struct Scene<'a> {
    surroundings: Surroundings<'a>,
    places: HashMap<&'a str, usize>,
    /// Anchors of the rules that have a card.
    cards: HashSet<String>,
    room: Cell<usize>,
}

impl<'a> Deref for Scene<'a> {
    type Target = Surroundings<'a>;

    fn deref(&self) -> &Self::Target {
        &self.surroundings
    }
}

/// One of the texts that a requirement consists of.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Rule,
    Why,
    Mend,
}

impl Part {
    fn of(self, requirement: &Requirement) -> &str {
        match self {
            Self::Rule => &requirement.rule,
            Self::Why => &requirement.why,
            Self::Mend => &requirement.mend,
        }
    }
}

impl<'a> Scene<'a> {
    pub(super) fn new(surroundings: Surroundings<'a>, broken: &[Broken<'_>]) -> Self {
        let cases = surroundings.course.cases.iter().enumerate();
        let places = cases.map(|(place, case)| (&*case.name, place)).collect();
        let cards = broken.iter().map(|one| findings_of(one.weight, &one.finding().requirement)).collect();
        Self { surroundings, places, cards, room: Cell::new(ROOM) }
    }

    /// What a certification comes to; nothing in a run of single cases.
    pub(super) fn assessment(&self) -> Option<&'a Assessment> {
        self.surroundings.course.assessment.as_deref()
    }

    /// What somebody else may have written: short, without secrets, harmless.
    pub(super) fn told(&self, text: &str) -> String {
        told(self.redactor, text)
    }

    /// The `lang` of an English text, where that is not the language of the report.
    pub(super) fn english(&self) -> Option<&'static str> {
        (self.words.0 != crate::words::Language::English).then_some("en")
    }

    /// An English sentence, with foreign values perhaps.
    pub(super) fn sentence(&self, text: &str) -> Markup {
        html! { span lang=[self.english()] { (self.told(text)) } }
    }

    /// A text of a requirement in the reader's language, in English where there is no other.
    pub(super) fn text(&self, requirement: &Requirement, part: Part) -> Markup {
        match self.translated(requirement, part) {
            Some(text) => html! { (text) },
            None => self.ours(part.of(requirement)),
        }
    }

    /// The same as text and nothing else.
    pub(super) fn plain(&self, requirement: &Requirement, part: Part) -> String {
        self.translated(requirement, part).unwrap_or_else(|| prose(part.of(requirement)))
    }

    fn translated(&self, requirement: &Requirement, part: Part) -> Option<String> {
        let translation = self.edition.translations.get(&requirement.id).filter(|_| self.english().is_some())?;
        let text = match part {
            Part::Rule => &translation.rule,
            Part::Why => &translation.why,
            Part::Mend => &translation.mend,
        };
        Some(prose(text))
    }

    /// An English text of ours, whole.
    pub(super) fn ours(&self, text: &str) -> Markup {
        html! { span lang=[self.english()] { (prose(text)) } }
    }

    /// A requirement by its name.
    pub(super) fn requirement(&self, id: &RequirementId) -> Option<&'a Requirement> {
        self.surroundings.background.catalogue.get(id)
    }

    /// A case by its name, linked to its row.
    pub(super) fn case(&self, name: &str) -> Markup {
        let shown = self.told(name);
        match self.places.get(name) {
            Some(place) => html! { a.case href={ "#case-" (place) } translate="no" { (shown) } },
            None => html! { span.case translate="no" { (shown) } },
        }
    }

    /// A requirement's name, linked to its card where it has one of this weight.
    pub(super) fn link(&self, weight: Weight, id: &RequirementId) -> Markup {
        let anchor = findings_of(weight, id);
        let name = name(self, id);
        if self.cards.contains(&anchor) {
            html! { a href={ "#" (anchor) } { (name) } }
        } else {
            name
        }
    }

    /// Whether there is room left for so many bytes of an exchange; then they are taken.
    pub(super) fn takes(&self, bytes: usize) -> bool {
        let room = self.room.get();
        self.room.set(room.saturating_sub(bytes));
        room >= bytes
    }
}

/// A name as part of an anchor.
pub(super) fn anchor(kind: &str, name: &str) -> String {
    let safe = name.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '-' });
    format!("{kind}-{}", safe.take(100).collect::<String>())
}

/// Text of ours on one line, harmless.
pub(super) fn prose(text: &str) -> String {
    printable(text.trim().as_bytes())
}
