//! What shows only in the order of a client's calls: whether a list was read to its end, what was made of answers that
//! failed, and how the program ended.
//!
//! The store's own answers say what there was to fetch, so nothing here depends on the catalogue. Little of this is
//! documented; what is not is told and never held against the vendor (see the levels in `requirements.yaml`).

mod end;
mod pages;
mod retry;
mod seen;
mod task;
#[cfg(test)]
mod tests;

use super::super::rule;
use crate::market::{Course, CourseJudgement, Ended};
use seen::{Came, Seen};

/// Judges a course.
pub(crate) fn judge(course: &Course<'_>) -> CourseJudgement {
    let mut judgement = CourseJudgement::default();
    let calls: Vec<Seen<'_>> = course.calls().map(|(at, exchange)| Seen::new(at, exchange)).collect();
    if calls.is_empty() {
        return judgement;
    }
    task::judge(course, &calls, &mut judgement);
    retry::judge(&calls, &mut judgement);
    let list = pages::judge(course, &calls, &mut judgement);
    end::judge(course, &calls, list, &mut judgement);
    let troubled = calls.iter().any(|call| !matches!(call.came, Came::Well(_)) || call.is_slow());
    if !course.task.answers.is_empty() && !troubled {
        judgement.unseen.get_or_insert_with(|| {
            let calls = if calls.len() == 1 { "the only call was" } else { "all calls were" };
            let later = course.task.answers.iter().all(|answer| answer.skip > 0);
            let hint = if later && has_limit(course) { "; the task's limit makes it more pages" } else { "" };
            format!("the case is about an answer that goes wrong, and {calls} answered well{hint}")
        });
    }
    if *course.ended == Ended::Silent {
        let why = "the program was not started by storeproof, so that nobody sees its exit code";
        judgement.skip(rule::CLIENT_EXIT, why);
    }
    judgement
}

/// Whether the task says how long pages are to be, so that there are enough of them.
fn has_limit(course: &Course<'_>) -> bool {
    course.task.arguments.iter().any(|(name, _)| name == "limit")
}

/// Whether all that a task asks for has been answered, as far as the last call shows.
pub(crate) fn is_complete(course: &Course<'_>) -> bool {
    let Some((at, last)) = course.calls().next_back() else { return false };
    let last = Seen::new(at, last);
    match &last.came {
        Came::Well(body) => pages::is_last(&last, body),
        // A refusal ends a task as well as an answer does.
        Came::Refused(_) => true,
        Came::Limited(_) | Came::Failed(_) | Came::Lost(_) | Came::Broken => false,
    }
}
