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
    let did = ended.to_string();
    let told = |rule, did: &str, expected: &str, because: String| {
        let breach = Breach::Program { did: did.to_owned(), expected: expected.to_owned(), because };
        let finding = Finding::new(rule, Place::Course, breach);
        match ended.output().trim() {
            "" => finding,
            output => finding.with(format!("the program wrote last:\n{}", ending(output))),
        }
    };
    let finding = match (ended, &last.came) {
        (Ended::Silent | Ended::NotStarted { .. }, _) => return,
        (Ended::TimedOut { limit, .. }, _) => {
            let whole = list == Extent::Whole || list == Extent::NoList && !last.came.passes();
            let because = match whole {
                true => "all that the task asks for had been answered".to_owned(),
                false => format!("its last call had got {}", last.came.what()),
            };
            told(rule::CLIENT_TIME, &did, &format!("its end within {limit:?}"), because)
        }
        (Ended::Exited { code: 0, .. }, Came::Well(_)) => return,
        (Ended::Exited { code: 0, .. }, Came::Refused(status @ (400 | 404))) => {
            judgement.readings.push(Reading {
                requirement: rule::CLIENT_HONEST,
                place: Place::Course,
                met: format!("a {status} ends the program with exit code 0"),
            });
            return;
        }
        (Ended::Exited { code: 0, .. }, came) => {
            let because = format!("its last call had got {}, so that its task was not done", came.what());
            told(rule::CLIENT_HONEST, &did, "another exit code than 0", because)
        }
        // It may have given up, and says so.
        (Ended::Exited { .. }, Came::Well(_)) if last.is_slow() => {
            let because = format!("its last answer was sent after {} ms", last.exchange.timing.total.as_millis());
            told(rule::CLIENT_PATIENCE, &did, "that it waits for a slow answer", because)
        }
        (Ended::Exited { .. } | Ended::Killed { .. }, Came::Well(_)) => {
            told(rule::CLIENT_EXIT, &did, "exit code 0", "its calls were answered well".to_owned())
        }
        // What a failure of the store's ends in is judged by whether the call is made again.
        (Ended::Exited { output, .. }, Came::Refused(status)) if TRACES.iter().any(|trace| output.contains(trace)) => {
            told(rule::CLIENT_CRASH, "wrote a stack trace", "a message", format!("its last call had got a {status}"))
        }
        (Ended::Exited { .. }, _) => return,
        (Ended::Killed { .. }, came) => told(
            rule::CLIENT_CRASH,
            &did,
            "a message and an exit code",
            format!("its last call had got {}", came.what()),
        ),
    };
    judgement.find_at(last.at, finding);
}

/// The last lines of an output.
fn ending(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}
