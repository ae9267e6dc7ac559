//! The log: listed, read and emptied.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use regex::bytes::{Regex, RegexBuilder};
use serde::Serialize;

use super::Problem;
use super::ask::{Nothing, Plain, Query};
use super::document::{Detail, Summary, detail, summary};
use super::shown::Shown;
use crate::serve::{Entry, Hall, Verdict};
use crate::wire::{Caller, Headers};

/// Entries of one answer where nobody says how many.
const LIMIT: u64 = 100;
/// Most entries of one answer; the log holds no more by default.
const MOST: u64 = 1000;
/// Longest text that is looked for, in bytes.
const LONGEST_TEXT: usize = 1000;

/// What a list of exchanges is narrowed by. All of it must fit.
#[derive(Debug, Default)]
pub(super) struct Filter {
    marketplace: Option<String>,
    caller: Option<Caller>,
    verdict: Option<Verdict>,
    operation: Option<String>,
    text: Option<Regex>,
}

/// The parameters of a [`Filter`].
pub(super) const FILTER: &[&str] = &["marketplace", "caller", "verdict", "operation", "text"];

impl Filter {
    /// Takes the parameters of a filter out of a query.
    pub(super) fn of(query: &mut Query, hall: &Hall) -> Result<Self, Problem> {
        let marketplace = query.text("marketplace");
        if let Some(name) = &marketplace
            && hall.stand(name).is_none()
        {
            let all: Vec<&str> = hall.stands.iter().map(|stand| stand.name).collect();
            return Err(Problem::parameter("marketplace", format!("{name} is not served; {} are", all.join(", "))));
        }
        let caller = query.word("caller", &[("marketplace", Caller::Marketplace), ("vendor", Caller::Vendor)])?;
        let verdicts = [
            ("conforms", Verdict::Conforms),
            ("noted", Verdict::Noted),
            ("breaks", Verdict::Breaks),
            ("not-judged", Verdict::NotJudged),
        ];
        let verdict = query.word("verdict", &verdicts)?;
        let operation = query.text("operation");
        let text = match query.text("text") {
            Some(text) if text.len() > LONGEST_TEXT => {
                return Err(Problem::parameter("text", format!("text is longer than {LONGEST_TEXT} bytes")));
            }
            Some(text) => {
                let searched = RegexBuilder::new(&regex::escape(&text)).case_insensitive(true).build();
                Some(searched.map_err(|_| Problem::parameter("text", "this text cannot be looked for"))?)
            }
            None => None,
        };
        Ok(Self { marketplace, caller, verdict, operation, text })
    }

    /// Whether an exchange fits.
    pub(super) fn fits(&self, entry: &Entry) -> bool {
        let seen = &entry.seen;
        self.marketplace.as_deref().is_none_or(|name| name == seen.marketplace)
            && self.caller.is_none_or(|caller| caller == seen.exchange.caller)
            && self.verdict.is_none_or(|verdict| verdict == entry.verdict())
            && self.operation.as_deref().is_none_or(|name| Some(name) == seen.operation.as_deref())
            && self.text.as_ref().is_none_or(|text| says(entry, text))
    }
}

/// Whether a text stands in either message or in what was found.
fn says(entry: &Entry, text: &Regex) -> bool {
    let seen = &entry.seen;
    let fields = |headers: &Headers| {
        headers.iter().any(|field| text.is_match(field.name.as_bytes()) || text.is_match(&field.value))
    };
    let request = &seen.exchange.request;
    text.is_match(request.method.as_bytes())
        || text.is_match(request.target.as_bytes())
        || fields(&request.headers)
        || text.is_match(&request.body)
        || seen.exchange.response().is_some_and(|response| fields(&response.headers) || text.is_match(&response.body))
        || seen.findings.iter().any(|weighed| {
            text.is_match(weighed.finding.requirement.as_str().as_bytes())
                || text.is_match(weighed.finding.problem().as_bytes())
        })
}

/// A part of the log.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    /// The newest first.
    exchanges: Vec<Summary>,
    /// The number of the newest exchange that there ever was, whether it fits or not: what to pass as `after` later.
    last: u64,
    /// Whether older ones fit, which the log still holds.
    more: bool,
}

/// Lists the newest exchanges that fit.
pub(super) async fn list(State(hall): State<Arc<Hall>>, mut query: Query) -> Result<Shown<Listed>, Problem> {
    let filter = Filter::of(&mut query, &hall)?;
    let after = query.number("after")?.unwrap_or_default();
    let before = query.number("before")?.unwrap_or(u64::MAX);
    let limit = query.number("limit")?.unwrap_or(LIMIT);
    let known = [FILTER, &["after", "before", "limit"]].concat();
    query.end(&known)?;
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::parameter("limit", format!("limit is {limit}; 1 to {MOST} are possible")));
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // A text is looked for in megabytes, which nobody else should have to wait for.
    let searching = tokio::task::spawn_blocking(move || {
        let last = hall.log.last();
        let fits = |entry: &Entry| entry.id > after && entry.id < before && filter.fits(entry);
        let mut found = hall.log.newest(limit + 1, fits);
        let more = found.len() > limit;
        found.truncate(limit);
        let exchanges = hall.redacted(|redactor| found.iter().map(|entry| summary(redactor, entry)).collect());
        Listed { exchanges, last, more }
    });
    searching.await.map(Shown).map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the search ended early"))
}

/// All of one exchange.
pub(super) async fn read(
    State(hall): State<Arc<Hall>>,
    Path(id): Path<String>,
    _: Plain,
) -> Result<Shown<Detail>, Problem> {
    let number: u64 =
        id.parse().map_err(|_| Problem::not_there("id", format!("{id:?} is no number of an exchange")))?;
    let entry = hall.log.get(number).ok_or_else(|| {
        let why = if number > 0 && number <= hall.log.last() {
            "was there and has made room for newer ones, or the log was emptied"
        } else {
            "has not been yet"
        };
        Problem::not_there("id", format!("exchange {number} {why}"))
    })?;
    Ok(Shown(hall.redacted(|redactor| detail(&hall, redactor, &entry))))
}

/// Empties the log; numbers go on.
pub(super) async fn clear(State(hall): State<Arc<Hall>>, _: Plain, _: Nothing) -> StatusCode {
    hall.log.clear();
    StatusCode::NO_CONTENT
}
