//! What a step's own demands make of its answers: criteria, `same-answer`, outputs, and where to go from there.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::attempt::{Attempt, CRITERION, SAME_ANSWER};
use crate::engine::condition::{all_hold, place, test};
use crate::engine::evaluate::{Context, Found, Message, Values};
use crate::engine::wording::shortened;
use crate::scenario::plan::{Action, ActionKind, Goto, Step};
use crate::verdict::{Breach, Catalogue, Finding, Level, Place, RequirementId, Weighed};

/// The longest wait that an answer's `Retry-After` can ask for. A vendor must not be able to stop a run for a day.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Where the scenario goes after a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Decision {
    /// To the next step.
    Next,
    /// Nowhere: the workflow ends, as the scenario says.
    End,
    /// Elsewhere.
    Goto(Goto),
    /// The step is done again.
    Retry {
        /// Position of the action.
        action: usize,
        /// Time to wait.
        wait: Duration,
        /// What is run before.
        first: Option<Goto>,
    },
    /// Nowhere: the step failed and nothing in the scenario takes care of it.
    Stop,
}

/// Tests the criteria on one answer, or without one.
pub(super) fn criteria(
    step: &Step,
    context: Context<'_>,
    exchange: Option<usize>,
    catalogue: &Catalogue,
) -> Vec<Weighed> {
    let requirement = step.extension.requirement.as_ref().unwrap_or(&CRITERION);
    let broken = step.criteria.iter().filter_map(|criterion| {
        let breach = test(criterion, context).breach(criterion)?;
        Some(weigh(requirement, place(criterion), breach, exchange, catalogue))
    });
    broken.collect()
}

/// Whether a broken criterion only says again what the marketplace's own judging has found at the same place of the
/// same answer: one mistake is told once, by the rule that explains it.
pub(super) fn repeats(criterion: &Weighed, judged: &[Weighed]) -> bool {
    is_criterion(criterion)
        && judged.iter().filter(|found| found.level == Level::Must && found.exchange == criterion.exchange).any(
            |found| {
                let no_json = matches!(found.finding.breach, Breach::NotJson(_));
                let unread = matches!(criterion.finding.breach, Breach::Unevaluable { .. });
                // What is wrong with the status, or with the body as a whole, is wrong with each of its members.
                let whole = match &found.finding.place {
                    Place::Status => true,
                    Place::Body(pointer) => pointer.is_empty(),
                    _ => false,
                };
                let of_body = matches!(criterion.finding.place, Place::Body(_));
                // A criterion that looks at the status first may have failed by what it looks at next.
                let looked_at = match (&found.finding.place, &criterion.finding.breach) {
                    (Place::Body(pointer), Breach::Criterion { observed, .. }) => {
                        observed.iter().any(|(name, _)| *name == format!("$response.body#{pointer}"))
                    }
                    _ => false,
                };
                found.finding.place == criterion.finding.place || (no_json && unread) || (whole && of_body) || looked_at
            },
        )
}

/// Compares what `same-answer` names over all answers.
pub(super) fn same_answer(step: &Step, attempt: &Attempt, context: Context<'_>, catalogue: &Catalogue) -> Vec<Weighed> {
    let rule = &step.extension.same_answer;
    let answered: Vec<(usize, Message<'_>)> = if rule.is_empty() {
        Vec::new()
    } else {
        let draft = &attempt.composed.draft;
        let kept = attempt.copies().filter(|(_, exchange)| exchange.answer.is_ok());
        kept.map(|(at, exchange)| (at, Message::new(exchange, &draft.arguments, &attempt.composed.places))).collect()
    };
    let requirement = step.extension.requirement.as_ref().unwrap_or(&SAME_ANSWER);
    let mut findings = Vec::new();
    for (text, expression) in rule {
        let mut values = answered.iter().map(|(at, message)| {
            let found = Context { message: Some(message), ..context }.evaluate(expression);
            (*at, found.map(Found::into_value).map_err(|why| why.to_string()))
        });
        let Some((_, first)) = values.next() else { continue };
        let rest: Vec<_> = values.collect();
        if rest.is_empty() {
            continue;
        }
        let shown = |value: &Result<Option<_>, String>| match value {
            Ok(value) => shortened(value.as_ref()),
            Err(why) => why.clone(),
        };
        let found = match rest.iter().find(|(_, other)| *other != first) {
            Some((at, other)) => {
                let breach = Breach::Differs { what: text.clone(), first: shown(&first), other: shown(other) };
                Some((breach, Some(*at)))
            }
            // Nothing in every answer is the same nothing, but shows nothing either.
            None => match &first {
                Ok(Some(_)) => None,
                _ => Some((Breach::Unevaluable { condition: text.clone(), problem: shown(&first) }, None)),
            },
        };
        findings.extend(found.map(|(breach, at)| weigh(requirement, Place::Course, breach, at, catalogue)));
    }
    findings
}

/// The step's outputs; what is missing or cannot be evaluated is left out, so that its first use names it.
pub(super) fn outputs(step: &Step, context: Context<'_>) -> Values {
    let found = step.outputs.iter().filter_map(|(name, expression)| {
        let value = context.evaluate(expression).ok()?.into_value()?;
        Some((name.clone(), value))
    });
    found.collect()
}

/// Where to go after success: the first action whose criteria hold, else the next step.
pub(super) fn after_success(step: &Step, context: Context<'_>) -> Decision {
    match applying(&step.on_success, context).next() {
        None => Decision::Next,
        Some((_, action)) => match &action.kind {
            ActionKind::End => Decision::End,
            ActionKind::Goto(to) => Decision::Goto(to.clone()),
            // Arazzo knows no retry after success, and the plan has none.
            ActionKind::Retry { .. } => Decision::Next,
        },
    }
}

/// Where to go after failure: the first action whose criteria hold and that is not used up, else nowhere.
///
/// `used` counts how often each action was taken for this step. The answer's `Retry-After` overrules `retryAfter`, up to
/// [`LONGEST_WAIT`].
pub(super) fn after_failure(
    step: &Step,
    context: Context<'_>,
    used: &[u32],
    retry_after: Option<&str>,
    now: Timestamp,
) -> Decision {
    for (action, found) in applying(&step.on_failure, context) {
        match &found.kind {
            ActionKind::End => return Decision::End,
            ActionKind::Goto(to) => return Decision::Goto(to.clone()),
            ActionKind::Retry { after, limit, first } => {
                if used.get(action).copied().unwrap_or_default() < *limit {
                    let asked = retry_after.and_then(|value| wait(value, now));
                    let wait = asked.map_or(*after, |asked| asked.min(LONGEST_WAIT));
                    return Decision::Retry { action, wait, first: first.clone() };
                }
            }
        }
    }
    Decision::Stop
}

fn applying<'a>(actions: &'a [Action], context: Context<'a>) -> impl Iterator<Item = (usize, &'a Action)> {
    actions.iter().enumerate().filter(move |(_, action)| all_hold(&action.criteria, context))
}

/// `Retry-After`: seconds, or a date (RFC 9110, 10.2.3). Anything else asks for nothing.
fn wait(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number can hold is a long time.
        return Some(value.parse().map_or(LONGEST_WAIT, Duration::from_secs));
    }
    let until = DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

/// Whether a finding is one of the scenario's own control flow rather than of the contract.
pub(super) fn is_criterion(weighed: &Weighed) -> bool {
    matches!(weighed.finding.breach, Breach::Criterion { .. } | Breach::Unevaluable { .. })
}

/// Whether something that the contract forbids was found beyond criteria.
pub(super) fn stands(weighed: &Weighed) -> bool {
    weighed.level == Level::Must && !is_criterion(weighed)
}

pub(super) fn weigh(
    requirement: &RequirementId,
    place: Place,
    breach: Breach,
    exchange: Option<usize>,
    catalogue: &Catalogue,
) -> Weighed {
    let level = catalogue.level(requirement);
    Weighed { finding: Finding::new(requirement.clone(), place, breach), level, exchange }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("7", Some(Duration::from_secs(7)))]
    #[case(" 0 ", Some(Duration::ZERO))]
    #[case("99999999999999999999999", Some(LONGEST_WAIT))]
    #[case("Thu, 01 Jan 1970 00:01:40 GMT", Some(Duration::from_secs(40)))]
    #[case("Thu, 01 Jan 1970 00:00:10 GMT", Some(Duration::ZERO))]
    #[case("1.5", None)]
    #[case("-3", None)]
    #[case("soon", None)]
    #[case("", None)]
    fn retry_after_is_seconds_or_a_date(#[case] value: &str, #[case] expected: Option<Duration>) {
        let now = Timestamp::from_second(60).unwrap();
        assert_eq!(wait(value, now), expected);
    }
}
