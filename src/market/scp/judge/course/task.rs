//! Whether the client called with what its task says.

use super::super::super::{moment, query, route, rule};
use super::super::parameters;
use super::seen::{Came, Seen};
use crate::market::{Course, CourseJudgement, Task};
use crate::spec::ParameterPlace;
use crate::verdict::{Breach, Finding, Place};

pub(super) fn judge(course: &Course<'_>, calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    for (name, value) in &course.task.arguments {
        let wanted = Task::texts(value);
        let parameter = course.task.operation.parameters.iter().find(|parameter| parameter.name == *name);
        if parameter.is_some_and(|parameter| parameter.place == ParameterPlace::Path) {
            id(&wanted, calls, judgement);
        } else {
            parameter_of_query(name, &wanted, calls, judgement);
        }
    }
}

/// The id in the path.
fn id(wanted: &[String], calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    let Some(wanted) = wanted.first() else { return };
    let of = |call: &Seen<'_>| {
        let path = route::path(call.target());
        query::segment(path.rsplit('/').next().unwrap_or_default()).map(|id| id.into_owned())
    };
    let mut asked = false;
    for call in calls {
        if of(call).as_deref() == Some(wanted) {
            asked = true;
            // That there is no such id is what the case is about.
            judgement.excused.push((call.at, rule::ID, Place::Url));
        }
    }
    if let Some(first) = calls.first().filter(|_| !asked) {
        let actual = of(first).unwrap_or_else(|| "no text".to_owned());
        let cause_of_id = if actual.eq_ignore_ascii_case(wanted) {
            Some("ids are compared exactly, small letters and capitals too")
        } else {
            cause(&[actual.as_str()], std::slice::from_ref(wanted))
        };
        let breach = Breach::Value { expected: wanted.clone(), actual, because: "the task names it".to_owned() };
        let finding = Finding::new(rule::COURSE_ARGUMENTS, Place::Url, breach);
        judgement.find_at(
            first.at,
            match cause_of_id {
                Some(cause) => finding.because(cause),
                None => finding,
            },
        );
    }
}

fn parameter_of_query(name: &str, wanted: &[String], calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    let Some(first) = calls.iter().find(|call| call.values(name).next().is_some()) else {
        if other_name(name, wanted, calls, judgement) {
            return;
        }
        // A client may choose its own size of a page.
        if name != "limit" && name != "page" {
            judgement.unseen.get_or_insert_with(|| {
                format!("the task says {name}={}, and no call carries {name}", wanted.join(&format!(" {name}=")))
            });
        }
        return;
    };
    let sent: Vec<&str> = first.values(name).collect();
    if same(&sent, wanted) {
        // What is wrong about a call that the task wants so is what the case is about.
        let by_task = [rule::PARAM_PAGING, rule::PARAM_SORT, rule::PARAM_DATE, rule::PARAM_BOOLEAN, rule::PARAM_LIMIT];
        for call in calls.iter().filter(|call| call.came == Came::Refused(400)) {
            let place = Place::Query(name.to_owned());
            judgement.excused.extend(by_task.iter().map(|rule| (call.at, rule.clone(), place.clone())));
        }
        return;
    }
    // A size of its own that it sends is as good as one that it does not send.
    if name == "limit" && sent.iter().all(|sent| sent.parse().is_ok_and(|size: u64| size > 0)) {
        return;
    }
    let breach = Breach::Value {
        expected: wanted.join(" and "),
        actual: sent.join(" and "),
        because: format!("decoded from {}; the task says so", route::query_of(&first.exchange.request).unwrap_or("?")),
    };
    let place = Place::Query(name.to_owned());
    // The same is told for each call by itself, where nobody knows what was meant, and only as advice.
    judgement.excused.extend(calls.iter().map(|call| (call.at, rule::PARAM_LIST, place.clone())));
    let finding = Finding::new(rule::COURSE_ARGUMENTS, place, breach);
    judgement.find_at(
        first.at,
        match cause(&sent, wanted) {
            Some(cause) => finding.because(cause),
            None => finding,
        },
    );
}

/// The values under a name that the store does not know, so that it overlooks them and answers with everything.
fn other_name(name: &str, wanted: &[String], calls: &[Seen<'_>], judgement: &mut CourseJudgement) -> bool {
    let sent = |call: &Seen<'_>| {
        call.query.iter().map(|(sent, _)| sent).find(|sent| *sent != name && parameters::meant(sent) == name).cloned()
    };
    let Some((first, actual)) = calls.iter().find_map(|call| Some((call, sent(call)?))) else { return false };
    for call in calls {
        let places = call.query.iter().map(|(sent, _)| Place::Query(sent.clone()));
        let same = places.filter(|place| matches!(place, Place::Query(sent) if parameters::meant(sent) == name));
        judgement.excused.extend(same.map(|place| (call.at, rule::PARAM_UNKNOWN, place)));
    }
    let cause = match actual.contains('[') {
        true if wanted.len() > 1 => "a list is sent by repeating the bare name, without brackets or numbers",
        true => "the name has no brackets, for one value or several",
        false => "names are in small letters with underscores; the store overlooks others and answers with everything",
    };
    let expected = wanted.iter().map(|value| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let because = "the task says so, and the store knows no parameter of the other name".to_owned();
    let finding = Finding::new(
        rule::COURSE_ARGUMENTS,
        Place::Query(actual.clone()),
        Breach::Value { expected, actual: format!("sent as {actual}"), because },
    );
    judgement.find_at(first.at, finding.because(cause));
    true
}

/// What the values look like.
fn cause(sent: &[&str], wanted: &[String]) -> Option<&'static str> {
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    match sent {
        [one] if wanted.len() > 1 && **one == *wanted.join(",") => {
            Some("the values are joined by commas; a comma is part of the value here, and the name is repeated instead")
        }
        _ if sent.len() == wanted.len() && sent.iter().zip(wanted).all(|(sent, wanted)| decoded(sent) == *wanted) => {
            Some("the value was percent-encoded twice")
        }
        _ if sent.len() < wanted.len() => {
            Some("a dictionary of parameters holds one value a name; send a list of pairs")
        }
        _ => None,
    }
}

/// Whether the values are the same ones, in any order; booleans in any case, and times in any form.
fn same(sent: &[&str], wanted: &[String]) -> bool {
    let alike = |sent: &str, wanted: &str| {
        let boolean = matches!(wanted, "true" | "false") && sent.eq_ignore_ascii_case(wanted);
        let time = || {
            let wanted = moment::asked(wanted);
            wanted.is_some() && moment::asked(sent) == wanted
        };
        sent == wanted || boolean || time()
    };
    sent.len() == wanted.len() && wanted.iter().all(|wanted| sent.iter().any(|sent| alike(sent, wanted)))
}
