//! What a client makes of answers that fail: whether it tries again, when, how often, and how such a call is signed.

use jiff::SignedDuration;

use super::super::super::rule;
use super::seen::{Came, Seen};
use crate::market::CourseJudgement;
use crate::sign::scp;
use crate::verdict::{Breach, Finding, Place};

/// A repetition that comes sooner after an answer was not waited for. A round trip on one machine takes about a
/// millisecond, and the shortest pause that clients are built with is a tenth of a second.
const AT_ONCE: SignedDuration = SignedDuration::from_millis(50);
/// More attempts than this make an outage worse. Public clients make three.
const MOST: usize = 10;

pub(super) fn judge(calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    made(calls, judgement);
    refused(calls, judgement);
    paused(calls, judgement);
    bounded(calls, judgement);
    signed(calls, judgement);
    patient(calls, judgement);
}

/// The next call that asks for the same.
fn again<'c, 'a>(calls: &'c [Seen<'a>], index: usize) -> Option<(usize, &'c Seen<'a>)> {
    let target = calls[index].target();
    calls.iter().enumerate().skip(index + 1).find(|(_, later)| later.target() == target)
}

fn made(calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    for (index, call) in calls.iter().enumerate().filter(|(_, call)| call.came.passes()) {
        // Who has tried before may give up.
        if calls[..index].iter().any(|before| before.target() == call.target() && before.came.passes()) {
            continue;
        }
        // Who begins the list anew has tried again, too.
        let later =
            calls[index + 1..].iter().any(|later| later.target() == call.target() || later.page() <= call.page());
        if !later {
            let what = format!("a second attempt after {}", call.came.what());
            let because = "such failures pass, and the next attempt most often succeeds".to_owned();
            let place = if matches!(call.came, Came::Lost(_)) { Place::Connection } else { Place::Status };
            judgement.find_at(call.at, Finding::new(rule::RETRY_MADE, place, Breach::Missing { what, because }));
            return;
        }
    }
}

/// What is refused for its content is refused again.
fn refused(calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    for (index, call) in calls.iter().enumerate() {
        let Came::Refused(status) = call.came else { continue };
        if let Some((_, later)) = again(calls, index) {
            let what = format!("the same call after a {status}");
            let because = "it is wrong in itself, and no repetition mends it".to_owned();
            judgement.find_at(
                later.at,
                Finding::new(rule::RETRY_REFUSED, Place::Course, Breach::Unwanted { what, because }),
            );
            return;
        }
    }
}

/// Repetitions come after a pause, the one that the store asks for where it does.
fn paused(calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    let mut lost_at_once = false;
    for (index, call) in calls.iter().enumerate().filter(|(_, call)| call.came.passes()) {
        let Some((_, later)) = again(calls, index) else { continue };
        let pause = later.exchange.started.duration_since(call.answered());
        let at_once = pause < AT_ONCE;
        // A connection that was closed may just have been idle; HTTP libraries open another and try once more.
        let lost = matches!(call.came, Came::Lost(_));
        let excused = lost && !std::mem::replace(&mut lost_at_once, at_once && lost);
        if at_once && !excused {
            let breach = Breach::Value {
                expected: "a pause that grows with each attempt, of 100 ms at least".to_owned(),
                actual: format!("{} ms", pause.as_millis().max(0)),
                because: format!("the time between {} and the next attempt", call.came.what()),
            };
            judgement.find_at(later.at, Finding::new(rule::RETRY_PAUSE, Place::Time, breach));
            return;
        }
        let asked = call.exchange.response().and_then(|answer| answer.headers.text("retry-after"));
        let Some(asked) = asked.and_then(|text| text.trim().parse::<i64>().ok()) else { continue };
        if pause + AT_ONCE < SignedDuration::from_secs(asked) {
            let breach = Breach::Value {
                expected: format!("{asked} s at least"),
                actual: format!("{} ms", pause.as_millis()),
                because: format!("Retry-After of the {}", call.exchange.response().map_or(0, |answer| answer.status)),
            };
            judgement.find_at(later.at, Finding::new(rule::RETRY_AFTER, Place::Time, breach));
            return;
        }
    }
}

fn bounded(calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    for (index, call) in calls.iter().enumerate().filter(|(_, call)| call.came.passes()) {
        let same = || calls[index..].iter().filter(|later| later.target() == call.target());
        let attempts = same().take_while(|later| later.came.passes()).count();
        if attempts > MOST {
            let what = format!("attempt {attempts} at one call");
            let because = format!("after {MOST} failures the store is down, and more calls keep it down");
            let Some(last) = same().nth(MOST) else { continue };
            judgement
                .find_at(last.at, Finding::new(rule::RETRY_BOUNDED, Place::Course, Breach::Unwanted { what, because }));
            return;
        }
    }
}

/// Every attempt is signed at its own time; an old signature ends with the window.
fn signed(calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    let time = |call: &Seen<'_>| call.exchange.request.headers.text(scp::TIMESTAMP);
    for (index, call) in calls.iter().enumerate().filter(|(_, call)| call.came.passes()) {
        let Some((_, later)) = again(calls, index) else { continue };
        let (Some(before), Some(after)) = (time(call), time(later)) else { continue };
        if before == after {
            let what = "the timestamp of the attempt before".to_owned();
            let because = format!("{before}; after {} the next attempt has a time of its own", call.came.what());
            let place = Place::Header(scp::TIMESTAMP.to_owned());
            judgement.find_at(later.at, Finding::new(rule::RETRY_SIGNED, place, Breach::Unwanted { what, because }));
            return;
        }
    }
}

/// A slow answer is waited for.
fn patient(calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    for (index, call) in calls.iter().enumerate().filter(|(_, call)| call.is_slow()) {
        let Some((_, later)) = again(calls, index) else { continue };
        let waited = later.exchange.started.duration_since(call.exchange.started);
        if later.exchange.started + AT_ONCE < call.answered() {
            judgement.find_at(
                later.at,
                Finding::new(
                    rule::CLIENT_PATIENCE,
                    Place::Time,
                    Breach::Value {
                        expected: format!("at least {} ms", call.exchange.timing.total.as_millis()),
                        actual: format!("{} ms", waited.as_millis()),
                        because: "the time after which the client asked again, before its answer was sent".to_owned(),
                    },
                ),
            );
            return;
        }
    }
}
