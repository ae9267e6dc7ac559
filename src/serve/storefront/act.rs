//! What was done for a customer or an order, as its page lists it; and what of an answer may be kept.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::serve::click::Clicked;
use crate::serve::{Entry, Verdict};
use crate::wire::{Caller, Redactor, Response};

/// Most acts that are kept of one customer or order.
const MOST: usize = 50;
/// Most clicks that are kept for a scenario.
const MOST_CLICKS: usize = 400;
/// Longest text of a vendor's that is kept, in characters; no documented one is longer.
const LONGEST: usize = 1024;
/// Largest click that is kept, in bytes of JSON. The control API takes larger ones, which no form makes.
const LARGEST: usize = 64 * 1024;

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Act {
    /// The operation.
    pub(super) operation: String,
    /// When, by the marketplace's clock.
    pub(super) when: Timestamp,
    /// The log's number of the last exchange.
    pub(super) entry: u64,
    /// How it came out.
    pub(super) verdict: Kept,
    /// What was answered, in a few words: `201`, `000000`, or how the answer was lost.
    pub(super) said: String,
}

/// A verdict as a state file holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kept {
    Conforms,
    Noted,
    Breaks,
    NotJudged,
}

impl From<Verdict> for Kept {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Conforms => Self::Conforms,
            Verdict::Noted => Self::Noted,
            Verdict::Breaks => Self::Breaks,
            Verdict::NotJudged => Self::NotJudged,
        }
    }
}

impl From<Kept> for Verdict {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Conforms => Self::Conforms,
            Kept::Noted => Self::Noted,
            Kept::Breaks => Self::Breaks,
            Kept::NotJudged => Self::NotJudged,
        }
    }
}

/// The exchanges of the call itself: those that a click began, in their order.
pub(super) fn calls<'a>(
    clicked: &'a Clicked,
    entries: &'a [Arc<Entry>],
) -> impl DoubleEndedIterator<Item = &'a Arc<Entry>> {
    entries.iter().filter(|entry| {
        entry.seen.exchange.caller == Caller::Marketplace
            && entry.seen.operation.as_deref() == Some(&clicked.click.operation)
    })
}

/// The last whole answer to the call itself.
pub(super) fn answer<'a>(clicked: &'a Clicked, entries: &'a [Arc<Entry>]) -> Option<(&'a Arc<Entry>, &'a Response)> {
    calls(clicked, entries).rev().find_map(|entry| Some((entry, entry.seen.exchange.response()?)))
}

/// The worst verdict over all exchanges.
pub(super) fn worst(entries: &[Arc<Entry>]) -> Verdict {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Conforms => 0,
        Verdict::Noted => 1,
        Verdict::NotJudged => 2,
        Verdict::Breaks => 3,
    };
    entries.iter().map(|entry| entry.verdict()).max_by_key(rank).unwrap_or(Verdict::NotJudged)
}

impl Act {
    /// What came of a click. `said` is what was answered; without it the status, or how the answer was lost.
    pub(super) fn of(clicked: &Clicked, entries: &[Arc<Entry>], said: Option<String>, now: Timestamp) -> Self {
        let last = calls(clicked, entries).next_back();
        let said = said.or_else(|| {
            last.map(|entry| match &entry.seen.exchange.answer {
                Ok(response) => response.status.to_string(),
                Err(loss) => bounded(&loss.to_string()),
            })
        });
        Self {
            operation: clicked.click.operation.clone(),
            when: now,
            entry: last.map_or(0, |entry| entry.id),
            verdict: worst(entries).into(),
            said: said.unwrap_or_default(),
        }
    }
}

/// Whether a click may be kept: what is remembered is bounded.
pub(super) fn is_small(clicked: &Clicked) -> bool {
    serde_json::to_string(clicked).is_ok_and(|text| text.len() <= LARGEST)
}

/// Adds an act; the oldest make room.
pub(super) fn note(acts: &mut VecDeque<Act>, act: Act) {
    acts.push_front(act);
    acts.truncate(MOST);
}

/// Clicks for scenarios, each with whom it was about; nobody for a call about all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Clicks(VecDeque<(Option<String>, Clicked)>);

impl Clicks {
    /// Adds one; the oldest make room.
    pub(super) fn add(&mut self, about: Option<&str>, clicked: &Clicked) {
        while self.0.len() >= MOST_CLICKS {
            self.0.pop_front();
        }
        self.0.push_back((about.map(str::to_owned), clicked.clone()));
    }

    /// Those about one, and from its first on those about all, the oldest first.
    pub(super) fn about(&self, one: &str) -> Vec<Clicked> {
        let mut begun = false;
        let fits = |about: &Option<String>, begun: &mut bool| match about {
            Some(about) => {
                *begun |= about == one;
                about == one
            }
            None => *begun,
        };
        self.0.iter().filter(|(about, _)| fits(about, &mut begun)).map(|(_, clicked)| clicked.clone()).collect()
    }
}

/// The body as JSON, without secrets.
pub(super) fn json(response: &Response, redactor: &Redactor) -> Value {
    serde_json::from_slice(&redactor.bytes(&response.body)).unwrap_or_default()
}

/// A member as a text of bounded length; numbers and booleans as they are written.
pub(super) fn text(value: &Value, member: &str) -> Option<String> {
    match value.get(member)? {
        Value::String(text) => Some(bounded(text)),
        number @ (Value::Number(_) | Value::Bool(_)) => Some(bounded(&number.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A text of bounded length.
pub(super) fn bounded(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}
