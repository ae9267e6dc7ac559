//! One call of a course, and what came of it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::super::query;
use super::super::super::route;
use super::super::super::words::{Mode, PlusSign};
use crate::wire::{Exchange, Loss};

/// An answer that takes so long is slow.
const SLOW: Duration = Duration::from_secs(1);

/// What a client got for a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Came {
    /// A whole answer with JSON.
    Well(Value),
    /// A refusal that a repetition does not change: 4xx but 408 and 429.
    Refused(u16),
    /// Too many calls (429), or one that took too long to arrive (408).
    Limited(u16),
    /// A failure of the store's: 5xx.
    Failed(u16),
    /// No whole answer, and how it was lost.
    Lost(String),
    /// A whole answer whose JSON is broken.
    Broken,
}

impl Came {
    fn of(exchange: &Exchange) -> Self {
        let answer = match &exchange.answer {
            Ok(answer) => answer,
            Err(Loss::HungUp) => return Self::Lost("a connection that was closed without an answer".to_owned()),
            Err(_) => return Self::Lost("an answer that was cut short".to_owned()),
        };
        match answer.status {
            status @ (408 | 429) => Self::Limited(status),
            status @ 400..=499 => Self::Refused(status),
            status @ 500.. => Self::Failed(status),
            _ => answer.json().map_or(Self::Broken, Self::Well),
        }
    }

    /// What a client is expected to try again.
    pub(super) fn passes(&self) -> bool {
        !matches!(self, Self::Well(_) | Self::Refused(_))
    }

    /// What it was, behind "after ".
    pub(super) fn what(&self) -> String {
        match self {
            Self::Well(_) => "a good answer".to_owned(),
            Self::Refused(status) | Self::Limited(status) | Self::Failed(status) => format!("a {status}"),
            Self::Lost(how) => how.clone(),
            Self::Broken => "an answer whose JSON ended in the middle".to_owned(),
        }
    }
}

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Seen<'a> {
    /// Its position in the course.
    pub(super) at: usize,
    pub(super) exchange: &'a Exchange,
    pub(super) came: Came,
    /// The parameters of its query, decoded as far as they can be.
    pub(super) query: Vec<(String, String)>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(at: usize, exchange: &'a Exchange) -> Self {
        let text = route::query_of(&exchange.request).unwrap_or_default();
        let pairs = query::pairs(text, Mode::Lenient, PlusSign::Blank).unwrap_or_default();
        let query = pairs.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Self { at, exchange, came: Came::of(exchange), query }
    }

    pub(super) fn target(&self) -> &'a str {
        &self.exchange.request.target
    }

    /// Every value of a parameter.
    pub(super) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.query.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The page that was asked for; the first where none is named.
    pub(super) fn page(&self) -> i64 {
        self.values("page").last().map_or(1, |page| page.parse().unwrap_or(1))
    }

    /// When its answer was sent.
    pub(super) fn answered(&self) -> Timestamp {
        let took = SignedDuration::try_from(self.exchange.timing.total).unwrap_or_default();
        self.exchange.started.checked_add(took).unwrap_or(self.exchange.started)
    }

    /// Whether its answer was held back.
    pub(super) fn is_slow(&self) -> bool {
        self.exchange.timing.total >= SLOW
    }
}
