//! Parameters: what the store refuses in a query, and what it overlooks.

use super::super::model::List;
use super::super::query;
use super::super::question::{self, Parameter, Problem};
use super::super::route;
use super::super::rule;
use super::super::store::Store;
use super::super::words::Mode;
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Request;

/// Judges the query of a list.
pub(super) fn judge(list: List, request: &Request, store: &Store, judgement: &mut Judgement) {
    let asked = question::read(list, route::query_of(request), store.strict());
    for (name, problem) in asked.problems {
        let expected = expected(&problem).to_owned();
        let breach = Breach::Form { expected, actual: actual(&problem) };
        let cause = cause(&name, &problem);
        let finding = Finding::new(rule_of(&problem), Place::Query(name), breach);
        judgement.find(match cause {
            Some(cause) => finding.because(cause),
            None => finding,
        });
    }
    for name in asked.ignored {
        unknown(list, name, judgement);
    }
    commas(list, request, store, judgement);
}

/// Judges the query of a call that has no parameters.
pub(super) fn none(request: &Request, judgement: &mut Judgement) {
    for name in question::superfluous(route::query_of(request)) {
        let breach = Breach::Unwanted { what: format!("the parameter {name}"), because: OVERLOOKED.to_owned() };
        judgement.find(Finding::new(rule::PARAM_UNKNOWN, Place::Query(name), breach));
    }
}

/// Why an unknown parameter is told.
const OVERLOOKED: &str = "the operation has no such parameter, and the store overlooks it";

fn unknown(list: List, name: String, judgement: &mut Judgement) {
    let breach = Breach::Unwanted { what: format!("the parameter {name}"), because: OVERLOOKED.to_owned() };
    let meant = meant(&name);
    let known = question::parameters(list).iter().any(|(known, _)| *known == meant);
    let cause = match name.as_str() {
        "size" | "page_size" | "pageSize" | "per_page" => Some("the length of a page is limit here".to_owned()),
        "offset" | "marker" => Some("pages are chosen by page here, from 1 on".to_owned()),
        "category_id" => Some("categories have no filter by id; products have product_category_id".to_owned()),
        _ if known && name.contains('[') => {
            Some(format!("a list is sent by repeating the bare name: {meant}=A&{meant}=B"))
        }
        _ if known => Some(format!("it is written {meant}")),
        _ => None,
    };
    let finding = Finding::new(rule::PARAM_UNKNOWN, Place::Query(name), breach);
    judgement.find(match cause {
        Some(cause) => finding.because(cause),
        None => finding,
    });
}

/// The name that is meant by one written as other services or libraries write it: `productId`, `product-id`,
/// `product_id[]`, `product_id[0]`.
pub(super) fn meant(name: &str) -> String {
    let bare = name.split('[').next().unwrap_or_default();
    let mut meant = String::with_capacity(bare.len() + 4);
    let mut after_small = false;
    for char in bare.chars() {
        // A capital begins a word only behind a small letter: PRODUCT_ID is product_id.
        if char.is_ascii_uppercase() && after_small {
            meant.push('_');
        }
        after_small = char.is_ascii_lowercase();
        meant.push(if char == '-' { '_' } else { char.to_ascii_lowercase() });
    }
    meant
}

/// Several values joined by commas find nothing, unless an item is called so.
fn commas(list: List, request: &Request, store: &Store, judgement: &mut Judgement) {
    let query = route::query_of(request).unwrap_or_default();
    if !query.contains(',') && !query.contains("%2C") && !query.contains("%2c") {
        return;
    }
    let Ok(pairs) = query::pairs(query, Mode::Strict, store.settings.plus_sign) else { return };
    for (name, value) in pairs.into_iter().filter(|(_, value)| value.contains(',')) {
        let field = question::parameters(list).iter().find_map(|(known, parameter)| match parameter {
            Parameter::Texts(field) if *known == name => Some(*field),
            _ => None,
        });
        if field.is_some_and(|field| !store.table(list).has(list, field, &value)) {
            let breach = Breach::Form {
                expected: format!("{name} once for each value"),
                actual: value.chars().take(64).collect(),
            };
            let cause = "a comma is part of the value: the store looks for one item of this whole name";
            judgement.find(Finding::new(rule::PARAM_LIST, Place::Query(name.into_owned()), breach).because(cause));
        }
    }
}

fn rule_of(problem: &Problem) -> RequirementId {
    match problem {
        Problem::Unreadable(_) => rule::PARAM_ENCODING,
        Problem::Empty => rule::PARAM_EMPTY,
        Problem::Number(_) | Problem::Below(_) => rule::PARAM_PAGING,
        Problem::Above { .. } => rule::PARAM_LIMIT,
        Problem::Boolean(_) => rule::PARAM_BOOLEAN,
        Problem::Date(_) => rule::PARAM_DATE,
        Problem::Reversed(_) => rule::PARAM_RANGE,
        Problem::SortForm(_) | Problem::SortDirection(_) => rule::PARAM_SORT,
        Problem::SortField(_) => rule::PARAM_SORT_FIELD,
        Problem::Repeated(_) => rule::PARAM_ONCE,
    }
}

fn expected(problem: &Problem) -> &'static str {
    match problem {
        Problem::Unreadable(_) => "percent-encoded UTF-8",
        Problem::Empty | Problem::Number(_) | Problem::Below(_) => "a whole number from 1 on",
        Problem::Above { .. } => "at most the greatest limit",
        Problem::Boolean(_) => "true or false",
        Problem::Date(_) => "a time such as 2024-01-01T00:00:00",
        Problem::Reversed(_) => "the end of a range behind its beginning",
        Problem::SortForm(_) => "field:asc or field:desc",
        Problem::SortField(_) => "a member of the items",
        Problem::SortDirection(_) => "asc or desc",
        Problem::Repeated(_) => "one value",
    }
}

fn actual(problem: &Problem) -> String {
    match problem {
        Problem::Empty => "empty".to_owned(),
        Problem::Below(value) => value.to_string(),
        Problem::Above { value, .. } => value.to_string(),
        Problem::Number(text)
        | Problem::Boolean(text)
        | Problem::Date(text)
        | Problem::SortForm(text)
        | Problem::SortField(text)
        | Problem::SortDirection(text) => text.clone(),
        Problem::Repeated(count) => format!("{count} values"),
        Problem::Unreadable(_) | Problem::Reversed(_) => problem.to_string(),
    }
}

fn cause(name: &str, problem: &Problem) -> Option<&'static str> {
    match problem {
        Problem::Below(0) if name == "page" => Some(
            "pages are counted from 1 here, and from 0 by other services of the platform and the paginator of scpv2-sdk",
        ),
        Problem::Date(text) if text.contains(' ') => {
            Some("a plus sign in a query is a blank; write %2B in front of the offset, or leave the offset out")
        }
        Problem::Date(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some("it looks like a time in seconds or milliseconds")
        }
        Problem::SortForm(text) if text.contains(',') || text.contains(' ') => {
            Some("field and direction are joined by a colon")
        }
        Problem::Number(text) if text == "None" || text == "null" => {
            Some("a value that is not there was written as a word; leave the parameter out")
        }
        _ => None,
    }
}
