//! The store's answers.
//!
//! [`check`] says what a call is, or what is wrong with it, first things first; [`answer`] turns that into bytes. The judge
//! asks the same questions one by one, so that both always agree.

use std::fmt::Write as _;

use jiff::Timestamp;
use percent_encoding::{CONTROLS, utf8_percent_encode};
use serde_json::json;

use super::DIAGNOSIS;
use super::model::List;
use super::question::{self, Problem, Question};
use super::refusal::{self, Ids, Trouble};
use super::route::{self, Route};
use super::settings::Settings;
use super::store::Store;
use super::table::Page;
use super::words::{Mode, PagingNumbers, PastEnd, PlusSign, RequestIdHeader, VersionLink};
use crate::sign::scp;
use crate::wire::{Headers, Redactor, Request, Response};

/// The header that chooses a version.
pub(crate) const API_VERSION: &str = "Scp-Api-Version";

/// The one version that there is, as the header names it.
pub(crate) const VERSION: &str = "product 1.0";

/// A call that can be answered.
pub(crate) enum Call<'a> {
    Versions,
    List(List, Box<Question>),
    /// An item, as it stands in the answer.
    Show(&'a str),
}

/// What a call is, and what of it was overlooked; or what is wrong with it.
pub(crate) fn check<'a>(
    store: &'a Store,
    request: &Request,
    now: Timestamp,
) -> Result<(Call<'a>, Vec<String>), Trouble> {
    if request.method == "OPTIONS" {
        return Err(Trouble::Options);
    }
    let route = Route::of(request);
    if route == Some(Route::Versions) && request.method == "GET" {
        return Ok((Call::Versions, Vec::new()));
    }
    store.verify(request, now).map_err(Trouble::Signature)?;
    let route = route.ok_or(Trouble::Path)?;
    if request.method != "GET" {
        return Err(Trouble::Method(route.what()));
    }
    if let Some(version) = unknown_version(request).filter(|_| store.settings.mode == Mode::Strict) {
        return Err(Trouble::Version(version));
    }
    match route {
        Route::Versions => Ok((Call::Versions, Vec::new())),
        Route::List(list) => {
            let asked = question::read(list, route::query_of(request), &store.settings);
            if asked.problems.is_empty() {
                Ok((Call::List(list, Box::new(asked.question)), asked.ignored))
            } else {
                Err(Trouble::Parameters(asked.problems))
            }
        }
        Route::Show(list, id) => match id.as_deref().and_then(|id| store.table(list).item(id)) {
            Some(item) => Ok((Call::Show(&item.json), question::superfluous(route::query_of(request)))),
            None => Err(Trouble::Unknown { list, id: id.unwrap_or_default().chars().take(64).collect() }),
        },
    }
}

/// A version that a request asks for and that does not exist.
pub(crate) fn unknown_version(request: &Request) -> Option<String> {
    let header = request.headers.get(API_VERSION)?;
    (header.value.trim_ascii() != VERSION.as_bytes()).then(|| header.text().chars().take(64).collect())
}

/// Answers one call the way the store would.
pub(crate) fn answer(store: &Store, request: &Request, now: Timestamp) -> Response {
    let settings = &store.settings;
    let ids = Ids::of(request, now);
    let (status, body, diagnosis) = match check(store, request, now).and_then(|(call, ignored)| {
        let body = write(store, &call, request)?;
        Ok((body, ignored))
    }) {
        Ok((body, ignored)) => (200, body, overlooked(&ignored)),
        Err(trouble) => {
            let (status, body) = refusal::body(&trouble, settings, request, &ids, now);
            let diagnosis = if settings.diagnosis { explain(store, request, &trouble, now) } else { None };
            (status, body.to_string(), diagnosis)
        }
    };
    let mut headers = Headers::from_iter([("Content-Type", "application/json")]);
    let (scp, plain) = match settings.request_id_header {
        RequestIdHeader::Both => (true, true),
        RequestIdHeader::Scp => (true, false),
        RequestIdHeader::Plain => (false, true),
        RequestIdHeader::None => (false, false),
    };
    if scp {
        headers.push("x-scp-request-id", ids.request.as_str());
    }
    if plain {
        headers.push("x-request-id", ids.request.as_str());
    }
    if status == 405 {
        headers.push("Allow", "GET");
    }
    if let Some(diagnosis) = diagnosis.filter(|_| settings.diagnosis) {
        headers.push(DIAGNOSIS, in_header(&diagnosis, settings));
    }
    // The answer to HEAD has no body (RFC 9110, 9.3.2).
    let body = if request.method == "HEAD" { Vec::new() } else { body.into_bytes() };
    Response { headers, body, ..Response::new(status) }
}

/// The body of a good answer.
fn write(store: &Store, call: &Call<'_>, request: &Request) -> Result<String, Trouble> {
    match call {
        Call::Versions => Ok(versions(&store.settings, request, store.scheme())),
        Call::Show(json) => Ok((*json).to_owned()),
        Call::List(list, question) => {
            let page = store.table(*list).page(question);
            if page.items.is_empty() && question.page > 1 && store.settings.past_end == PastEnd::NotFound {
                return Err(Trouble::PastEnd { page: question.page, last: page.pages.max(1) });
            }
            Ok(listed(*list, &page, question.page, store.settings.paging_numbers))
        }
    }
}

/// One page, in the order of the reference's members.
fn listed(list: List, page: &Page<'_>, current: u64, numbers: PagingNumbers) -> String {
    let items: usize = page.items.iter().map(|item| item.json.len() + 1).sum();
    let mut text = String::with_capacity(items + 128);
    let (current, pages) = match (list, numbers) {
        (List::Products, _) | (_, PagingNumbers::Numbers) => (current.to_string(), page.pages.to_string()),
        (List::Categories, PagingNumbers::EmptyText) => ("\"\"".to_owned(), "\"\"".to_owned()),
        (List::Categories, PagingNumbers::Null) => ("null".to_owned(), "null".to_owned()),
    };
    // Writing to a text cannot fail.
    let _ = write!(
        text,
        "{{\"count\":{},\"current_page\":{current},\"total_count\":{},\"total_pages\":{pages},\"{}\":[",
        page.items.len(),
        page.total,
        list.member()
    );
    for (index, item) in page.items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&item.json);
    }
    text.push_str("]}");
    text
}

fn versions(settings: &Settings, request: &Request, scheme: &str) -> String {
    let host = request.headers.text("Host").filter(|host| !host.is_empty());
    let href = match (settings.version_link, host) {
        (VersionLink::Served, Some(host)) => format!("{scheme}://{host}/v1"),
        _ => format!("http://product.{}.samsungsdscloud.com/v1", settings.environment),
    };
    json!({ "versions": [{
        "id": "v1.0",
        "links": [{ "href": href, "rel": "self" }],
        "not_before": "",
        "status": "CURRENT",
    }] })
    .to_string()
}

fn overlooked(ignored: &[String]) -> Option<String> {
    match ignored {
        [] => None,
        [one] => Some(format!("is ignored: {one}, which is no parameter of this operation")),
        names => Some(format!("are ignored: {}, which are no parameters of this operation", names.join(", "))),
    }
}

/// What is wrong with a request, as far as more can be said than its answer says.
pub(crate) fn explain(store: &Store, request: &Request, trouble: &Trouble, now: Timestamp) -> Option<String> {
    match trouble {
        Trouble::Options => Some(trouble.to_string()),
        Trouble::Signature(refusal) => Some(why(store, refusal, &store.diagnose(request, now))),
        Trouble::Path => Some(astray(request)),
        Trouble::Method(what) => Some(format!("{what} was sent as {}; it is a GET", request.method)),
        Trouble::Version(_) | Trouble::PastEnd { .. } => Some(trouble.to_string()),
        Trouble::Parameters(problems) => {
            let plus = problems.iter().any(|(_, problem)| matches!(problem, Problem::Date(text) if text.contains(' ')))
                && store.settings.plus_sign == PlusSign::Blank;
            let zero = |(name, problem): &(String, Problem)| name == "page" && matches!(problem, Problem::Below(0));
            let hint = if plus {
                "; a plus sign in a query is a blank, write %2B"
            } else if problems.iter().any(zero) {
                "; pages are counted from 1 here, and from 0 by the paginator of scpv2-sdk and by other services"
            } else {
                ""
            };
            Some(format!("{trouble}{hint}"))
        }
        Trouble::Unknown { list, id } => Some(match store.table(*list).nearly(id) {
            Some(known) => format!("{trouble}; ids are compared exactly, and there is {known:?}"),
            None => trouble.to_string(),
        }),
    }
}

/// What is wrong with a signature and what to change, in one sentence.
pub(crate) fn why(store: &Store, refusal: &scp::Refusal, found: &[scp::Diagnosis]) -> String {
    let told = found.first().map_or_else(|| refusal.to_string(), ToString::to_string);
    match refusal {
        scp::Refusal::UnknownAccessKey { .. } => {
            let known = &store.settings.access_key;
            format!("{told}; this store knows {known:?}, which access-key in storeproof.toml changes")
        }
        _ => told,
    }
}

/// Why there is nothing at a path.
pub(crate) fn astray(request: &Request) -> String {
    let path = route::path(&request.target);
    let trimmed = path.trim_end_matches('/');
    if trimmed.len() < path.len() && Route::of(&Request::new("GET", trimmed)).is_some() {
        return format!("{trimmed} is the path; a slash at its end makes it another one");
    }
    format!("there is nothing at this path; the operations are at {}", route::ROUTES)
}

/// A sentence as a header value: visible ASCII, not too long, and without the secret key in any form. What is not ASCII
/// is percent-encoded. A percent sign stays as it is: the header is read by people, and much of what it says is about
/// escapes, which must stand there as they were sent.
fn in_header(text: &str, settings: &Settings) -> String {
    let text = Redactor::new([&settings.secret_key]).text(text);
    let short: String = text.chars().take(600).collect();
    utf8_percent_encode(&short, CONTROLS).to_string()
}
