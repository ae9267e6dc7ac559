//! Lists: whether every page was fetched, each once, all by the same measure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::super::model::List;
use super::super::super::rule;
use super::seen::{Came, Seen};
use crate::market::{Course, CourseJudgement, Ended};
use crate::verdict::{Breach, Finding, Place};

/// How far a list was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The task is about no list.
    NoList,
    /// Every item came.
    Whole,
    /// Some did not.
    Partial,
}

/// Judges the calls of a list.
pub(super) fn judge(course: &Course<'_>, calls: &[Seen<'_>], judgement: &mut CourseJudgement) -> Extent {
    let list = match course.task.operation.id.as_str() {
        "ListProducts" => List::Products,
        "ListProductCategories" => List::Categories,
        _ => return Extent::NoList,
    };
    // A task that names a page wants that page.
    if course.task.arguments.iter().any(|(name, _)| name == "page") {
        return Extent::NoList;
    }
    first_page(calls, judgement);
    kept(calls, judgement);
    once(calls, judgement);
    past_end(calls, judgement);
    complete(list, course, calls, judgement)
}

/// Whether a page is the last one of its list; true for what is no page.
pub(super) fn is_last(call: &Seen<'_>, body: &Value) -> bool {
    match total(body, "total_pages") {
        Some(pages) => call.page() >= i64::try_from(pages).unwrap_or(i64::MAX),
        None => true,
    }
}

fn total(body: &Value, name: &str) -> Option<u64> {
    body.get(name)?.as_u64()
}

fn first_page(calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    // One that is refused for its page is told so by the rule on this parameter.
    let astray = |first: &&Seen<'_>| first.page() != 1 && !matches!(first.came, Came::Refused(_));
    let Some(first) = calls.first().filter(astray) else { return };
    let breach = Breach::Value {
        expected: "1".to_owned(),
        actual: first.page().to_string(),
        because: "pages are counted from 1".to_owned(),
    };
    let finding = Finding::new(rule::COURSE_FIRST_PAGE, Place::Query("page".to_owned()), breach);
    judgement.find_at(
        first.at,
        match first.page() {
            0 => finding.because(
                "the paginator of scpv2-sdk 0.2.3 begins at page 0, as other services of the platform do; against this \
                 one it loses or repeats items",
            ),
            _ => finding,
        },
    );
}

/// What chooses and orders the items must not change from page to page, nor their number.
fn kept(calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    let good: Vec<&Seen<'_>> = calls.iter().filter(|call| matches!(call.came, Came::Well(_))).collect();
    for pair in good.windows(2) {
        let [before, after] = pair else { continue };
        if after.page() <= 1 {
            continue;
        }
        let names: BTreeSet<&str> = [before, after]
            .iter()
            .flat_map(|call| call.query.iter().map(|(name, _)| name.as_str()))
            .filter(|name| *name != "page")
            .collect();
        let changed = names.into_iter().find(|name| !before.values(name).eq(after.values(name)));
        let Some(name) = changed else { continue };
        let shown = |call: &Seen<'_>| match call.values(name).collect::<Vec<_>>().as_slice() {
            [] => "missing".to_owned(),
            values => values.join(" and "),
        };
        let because = format!("the page before was asked for with it, and this is page {}", after.page());
        let breach = Breach::Value { expected: shown(before), actual: shown(after), because };
        judgement.find_at(after.at, Finding::new(rule::COURSE_KEPT, Place::Query(name.to_owned()), breach));
        return;
    }
}

/// A page that came whole need not be fetched again.
fn once(calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    for (index, call) in calls.iter().enumerate() {
        let before = calls[..index].iter().find(|before| {
            // A client that did not wait for a slow answer is told so by another rule.
            let taken = !before.is_slow() || call.exchange.started > before.answered();
            matches!(before.came, Came::Well(_)) && before.query == call.query && taken
        });
        if before.is_some() {
            let what = format!("a second fetch of page {}", call.page());
            let because = "it had come whole before".to_owned();
            let finding =
                Finding::new(rule::COURSE_ONCE, Place::Query("page".to_owned()), Breach::Unwanted { what, because });
            judgement.find_at(call.at, finding);
            return;
        }
    }
}

/// What `total_pages` of an answer has said need not be tried out.
fn past_end(calls: &[Seen<'_>], judgement: &mut CourseJudgement) {
    for (index, call) in calls.iter().enumerate() {
        let known = calls[..index].iter().rev().find_map(|before| match &before.came {
            Came::Well(body) if before.values("limit").eq(call.values("limit")) => total(body, "total_pages"),
            _ => None,
        });
        let Some(pages) = known.filter(|pages| i64::try_from(*pages).is_ok_and(|pages| call.page() > pages.max(1)))
        else {
            continue;
        };
        let breach = Breach::Value {
            expected: format!("at most {pages}"),
            actual: call.page().to_string(),
            because: format!("total_pages was {pages}"),
        };
        judgement.find_at(
            call.at,
            Finding::new(rule::COURSE_PAST_END, Place::Query("page".to_owned()), breach)
                .because("the client reads on until a page is empty or short"),
        );
        return;
    }
}

/// What came of a list by one choice of filters.
#[derive(Default)]
struct Choice {
    /// Different items that came.
    items: BTreeSet<String>,
    /// How many there are, as the store said.
    all: u64,
    /// The last call.
    at: usize,
}

impl Choice {
    fn missing(&self) -> u64 {
        self.all.saturating_sub(self.items.len() as u64)
    }
}

/// Whether every item came that the store has for one choice of filters.
fn complete(list: List, course: &Course<'_>, calls: &[Seen<'_>], judgement: &mut CourseJudgement) -> Extent {
    let mut choices: BTreeMap<Vec<&(String, String)>, Choice> = BTreeMap::new();
    for call in calls {
        let Came::Well(body) = &call.came else { continue };
        let mut filters: Vec<_> =
            call.query.iter().filter(|(name, _)| !["page", "limit", "sort"].contains(&name.as_str())).collect();
        filters.sort();
        let choice = choices.entry(filters).or_default();
        let found = body.get(list.member()).and_then(Value::as_array);
        choice.items.extend(found.into_iter().flatten().map(Value::to_string));
        choice.all = total(body, "total_count").unwrap_or_default().max(choice.all);
        choice.at = call.at;
    }
    let Some(best) = choices.values().min_by_key(|choice| choice.missing()) else { return Extent::Partial };
    if best.missing() == 0 {
        return Extent::Whole;
    }
    // A program that says that it failed, or that nobody saw the end of after a failure, claims nothing.
    let claims = match course.ended {
        Ended::Silent => calls.last().is_some_and(|last| matches!(last.came, Came::Well(_))),
        ended => ended.well(),
    };
    if claims {
        judgement.find_at(best.at, incomplete(best, course, calls));
    }
    Extent::Partial
}

fn incomplete(best: &Choice, course: &Course<'_>, calls: &[Seen<'_>]) -> Finding {
    let Choice { items, all, .. } = best;
    let breach = Breach::Missing {
        what: format!("a part of the list, {} of {all} items,", best.missing()),
        because: format!("{} came, total_count is {all}, and the vendor's program {}", items.len(), course.ended),
    };
    let finding = Finding::new(rule::COURSE_COMPLETE, Place::Course, breach);
    let had = |page: i64| calls.iter().any(|call| call.page() == page && matches!(call.came, Came::Well(_)));
    if let Some(call) = calls.iter().find(|call| call.came.passes() && !had(call.page())) {
        return finding.because(format!("page {} was never had again after {}", call.page(), call.came.what()));
    }
    let good: Vec<&Seen<'_>> = calls.iter().filter(|call| matches!(call.came, Came::Well(_))).collect();
    let changed = |name: &str| good.windows(2).any(|pair| !pair[0].values(name).eq(pair[1].values(name)));
    if let Some(name) = ["limit", "sort"].into_iter().find(|name| changed(name)) {
        let why = "so that the pages are not cut from one list";
        return finding.because(format!("{name} is not the same for all pages, {why}"));
    }
    let asked: BTreeSet<i64> = calls.iter().map(Seen::page).collect();
    // Pages that are chosen by something else are all the first one.
    let mut names = good.iter().flat_map(|call| call.query.iter().map(|(name, _)| name.as_str()));
    if asked.len() == 1
        && let Some(name) = names.find(|name| *name != "page" && changed(name))
    {
        return finding
            .because(format!("the calls differ by {name} alone, which chooses no page; page does, from 1 on"));
    }
    let pages = asked.iter().map(i64::to_string).collect::<Vec<_>>();
    let were = if pages.len() == 1 { "was" } else { "were" };
    let last = calls.iter().rev().find_map(|call| match &call.came {
        Came::Well(body) => total(body, "total_pages"),
        _ => None,
    });
    let of = last.map(|last| format!(" of {last}")).unwrap_or_default();
    let plural = if pages.len() == 1 { "" } else { "s" };
    finding.because(format!("of the list, only page{plural} {}{of} {were} asked for", pages.join(", ")))
}
