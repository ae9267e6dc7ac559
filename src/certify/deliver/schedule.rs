//! The store's documented schedules of retries, on a clock that nobody waits for.
//!
//! The first delivery fails in a way that the store causes: it loses the answer, or its own API fails while the vendor
//! opens what was bought. Then the call comes at each documented moment, signed anew and about the same order. When that
//! would be, the step says (`deliver.after`); it is sent at once and carries the time that it is, because the vendor's
//! clock goes on as it goes, and a signature of hours ahead would be refused. The vendor must carry the order out, and
//! carry it out once.

use serde_json::json;

use super::Field;
use super::path::path;
use crate::certify::Computed;
use crate::certify::lives::{Lives, Special};
use crate::engine::event::span;
use crate::market::life::{Failing, Kind, Retry, Rule, Why};

pub(super) fn cases(field: &Field<'_>) -> Vec<Computed> {
    let mut cases = Vec::new();
    for retry in field.life.retries {
        let goes = |rule: &&Rule| rule.call == retry.call && matches!(rule.why, Why::Goes | Why::Chosen);
        let holding = field.life.rules.iter().filter(goes).find_map(|rule| {
            let kind =
                field.life.kinds_of(field.traits).find(|kind| field.life.holds(rule, kind.name, field.traits))?;
            Some((kind, rule))
        });
        let Some((kind, rule)) = holding else { continue };
        cases.extend(case(field, retry, kind, rule, None));
        if let Some(failing) = &retry.failing {
            cases.extend(case(field, retry, kind, rule, Some(failing)));
        }
    }
    cases
}

fn case(
    field: &Field<'_>,
    retry: &Retry,
    kind: &'static Kind,
    rule: &'static Rule,
    failing: Option<&Failing>,
) -> Option<Computed> {
    let call = field.life.call(rule.call)?;
    let mut lives = Lives::new(field.life);
    let (input, generator) = kind.begins;
    lives.begin_with(kind, input, failing.map_or(generator, |failing| failing.generator));
    super::play(&mut lives, &path(field.life, kind, field.life.first, rule.from)?);
    let after: Vec<String> = retry.after.iter().map(|time| span(*time)).collect();
    let moments = after.join(", ");
    let (deliver, fails, suffix) = match failing {
        None => (json!({ "lose-answer": true, "after": after }), "its first answer is lost", ""),
        Some(_) => (
            json!({ "after": after }),
            "the store's own query fails while the vendor asks what was bought",
            "-while-the-store-fails",
        ),
    };
    let what = format!(
        "{} The call fails, since {fails}; by the store's schedule it comes again after {moments}. Nobody waits for that.",
        call.what
    );
    lives.play(
        0,
        rule,
        &Special { deliver: Some(deliver), what: Some(what), in_vain: failing.map(|failing| failing.in_vain) },
    );
    let title = format!("{}, retried after {moments}", super::spaced(rule.call));
    let description = format!(
        "The call `{}` fails, since {fails}, and the store delivers it again as its documents say: after {moments}. \
         What it does then: {}. The times are told and not waited for, and every delivery is signed with the time that \
         it is. Source: {}.",
        rule.call, retry.then, retry.source
    );
    Some(field.done(lives, rule.call, &format!("retried-{}{suffix}", retry.name), &title, &description))
}
