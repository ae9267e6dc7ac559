//! How the program ended, beside what it had been answered.

use super::super::super::rule;
use super::pages::Extent;
use super::seen::{Came, Seen};
use crate::market::{Course, CourseJudgement, Ended};
use crate::verdict::{Breach, Finding, Place, Reading};

/// What only a program writes that did not expect what came.
const TRACES: [&str; 8] = [
    "Traceback (most recent call last)",
    "panicked at",
    "panic: ",
    "Exception in thread",
    "Unhandled exception",
    "UnhandledPromiseRejection",
    "    at ",
    "Segmentation fault",
];

pub(super) fn judge(course: &Course<'_>, calls: &[Seen<'_>], list: Extent, judgement: &mut CourseJudgement) {
    let Some(last) = calls.last() else { return };
    let ended = course.ended;
    match (ended, &last.came) {
        (Ended::Silent | Ended::NotStarted { .. }, _) => {}
        (Ended::TimedOut { .. }, _) => {
            let whole = list == Extent::Whole || list == Extent::NoList && !last.came.passes();
            let because = match whole {
                true => "all that the task asks for had been answered".to_owned(),
                false => format!("its last call had got {}", last.came.what()),
            };
            told(rule::CLIENT_TIME, "a program that runs on", &because, course, last, judgement);
        }
        (Ended::Exited { code: 0, .. }, Came::Well(_)) => {}
        (Ended::Exited { code: 0, .. }, Came::Refused(status @ (400 | 404))) => {
            judgement.readings.push(Reading {
                requirement: rule::CLIENT_HONEST,
                place: Place::Course,
                met: format!("a {status} ends the program with exit code 0"),
            });
        }
        (Ended::Exited { code: 0, .. }, came) => {
            let because = format!("the last call had got {}, so that the task was not done", came.what());
            told(rule::CLIENT_HONEST, "exit code 0", &because, course, last, judgement);
        }
        // It may have given up, and says so.
        (Ended::Exited { .. }, Came::Well(_)) if last.is_slow() => {
            let because = format!("its answer was sent after {} ms", last.exchange.timing.total.as_millis());
            told(rule::CLIENT_PATIENCE, &format!("a program that {ended}"), &because, course, last, judgement);
        }
        (Ended::Exited { .. } | Ended::Killed { .. }, Came::Well(_)) => {
            let because = "every answer to it was good".to_owned();
            told(rule::CLIENT_EXIT, &format!("a program that {ended}"), &because, course, last, judgement);
        }
        (Ended::Exited { output, .. }, came) => {
            // What a failure of the store's ends in is judged by whether the call is made again.
            if matches!(came, Came::Refused(_)) && TRACES.iter().any(|trace| output.contains(trace)) {
                let because = format!("after {}", came.what());
                told(rule::CLIENT_CRASH, "a stack trace", &because, course, last, judgement);
            }
        }
        (Ended::Killed { .. }, came) => {
            let because = format!("after {}", came.what());
            told(rule::CLIENT_CRASH, &format!("a program that {ended}"), &because, course, last, judgement);
        }
    }
}

fn told(
    rule: crate::verdict::RequirementId,
    what: &str,
    because: &str,
    course: &Course<'_>,
    last: &Seen<'_>,
    judgement: &mut CourseJudgement,
) {
    let breach = Breach::Unwanted { what: what.to_owned(), because: because.to_owned() };
    let finding = Finding::new(rule, Place::Course, breach);
    judgement.find_at(
        last.at,
        match course.ended.output().trim() {
            "" => finding,
            output => finding.with(format!("the program wrote last:\n{}", ending(output))),
        },
    );
}

/// The last lines of an output.
fn ending(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}
