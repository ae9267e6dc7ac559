//! Whether a vendor's program calls the store as it wants to be called. All that is wrong with a call is told, not only
//! what it was refused for.

pub(crate) mod course;
mod parameters;
mod signature;

use super::answer::{self, API_VERSION, VERSION};
use super::refusal::Trouble;
use super::route::{self, Route};
use super::rule;
use super::store::Store;
use super::words::Mode;
use crate::verdict::{Breach, Finding, Judgement, Place};
use crate::wire::{Exchange, Request};

/// Judges a call, and names the operation that was called, however it was called.
pub(crate) fn judge(exchange: &Exchange, store: &Store) -> (Option<String>, Judgement) {
    let mut judgement = Judgement::default();
    let request = &exchange.request;
    let route = Route::of(request);
    method(request, route.as_ref(), &mut judgement);
    match &route {
        // Needs no signature, and nothing of it is looked at.
        Some(Route::Versions) => {}
        // A browser asks so before it calls, and never signs.
        _ if request.method == "OPTIONS" => {}
        _ => signature::judge(exchange, store, &mut judgement),
    }
    match &route {
        None => astray(request, &mut judgement),
        Some(Route::Versions) => {}
        Some(Route::List(list)) => {
            headers(request, store, &mut judgement);
            parameters::judge(*list, request, store, &mut judgement);
        }
        Some(Route::Show(list, id)) => {
            headers(request, store, &mut judgement);
            parameters::none(request, &mut judgement);
            if id.as_deref().and_then(|id| store.table(*list).item(id)).is_none() {
                let id = id.as_deref().unwrap_or_default().to_owned();
                unknown(&Trouble::Unknown { list: *list, id }, exchange, store, &mut judgement);
            }
        }
    }
    (route.map(|route| route.operation().to_owned()), judgement)
}

fn method(request: &Request, route: Option<&Route<'_>>, judgement: &mut Judgement) {
    if request.method != "GET" {
        let what = route.map_or("the call", Route::what).to_owned();
        let breach = Breach::Method { what, expected: "GET".to_owned(), actual: request.method.clone() };
        let finding = Finding::new(rule::METHOD, Place::Url, breach);
        judgement.find(match request.method.as_str() {
            "OPTIONS" => finding.because("a browser asks so before it calls; the platform lets no browser call it"),
            _ => finding,
        });
    } else if !request.body.is_empty() {
        let breach = Breach::Unwanted { what: "a body".to_owned(), because: "the call is a GET".to_owned() };
        judgement.find(Finding::new(rule::BODY, Place::Body(String::new()), breach));
    }
}

/// A path at which there is nothing.
fn astray(request: &Request, judgement: &mut Judgement) {
    let path = route::path(&request.target);
    let trimmed = path.trim_end_matches('/');
    let slash = trimmed.len() < path.len() && Route::of(&Request::new("GET", trimmed)).is_some();
    let (rule, problem, expected) = match slash {
        true => (rule::PATH_SLASH, "another path, by the slash at its end", trimmed.to_owned()),
        false => (rule::PATH, "no path of the Product API", route::ROUTES.to_owned()),
    };
    let breach = Breach::Url { problem: problem.to_owned(), expected, actual: path.to_owned() };
    let finding = Finding::new(rule, Place::Url, breach);
    judgement.find(match path.to_ascii_lowercase() {
        lower if lower.starts_with("/product/v") => finding.because(
            "the older platform has one host and the service in the path; here each service has a host of its own",
        ),
        _ => finding,
    });
}

fn headers(request: &Request, store: &Store, judgement: &mut Judgement) {
    if request.headers.get("Accept-Language").is_none() {
        let breach = Breach::HeaderMissing { name: "Accept-Language".to_owned() };
        judgement.find(Finding::new(rule::LANGUAGE, Place::Header("Accept-Language".to_owned()), breach));
    }
    if let Some(version) = answer::unknown_version(request) {
        let (name, expected) = (API_VERSION.to_owned(), format!("{VERSION:?}"));
        let breach = Breach::HeaderValue { name: name.clone(), expected, actual: version.clone() };
        let finding = Finding::new(rule::API_VERSION, Place::Header(name), breach);
        let cause = match version.trim() {
            "1.0" | "v1.0" => Some("the service stands in front of the number"),
            "product v1.0" => Some("the list of versions writes v1.0, the header 1.0"),
            _ if store.settings.mode == Mode::Lenient => Some("this store overlooks it, since its mode is lenient"),
            _ => None,
        };
        judgement.find(match cause {
            Some(cause) => finding.because(cause),
            None => finding,
        });
    }
}

/// An id that does not exist. A scenario may have asked for it, so it is told and not held against the vendor.
fn unknown(trouble: &Trouble, exchange: &Exchange, store: &Store, judgement: &mut Judgement) {
    let breach = Breach::Url {
        problem: trouble.to_string(),
        expected: "an id as the list has it".to_owned(),
        actual: route::path(&exchange.request.target).to_owned(),
    };
    let finding = Finding::new(rule::ID, Place::Url, breach);
    let cause = answer::explain(store, &exchange.request, trouble, exchange.started);
    judgement.find(match cause.filter(|cause| *cause != trouble.to_string()) {
        Some(cause) => finding.because(cause),
        None => finding,
    });
}

#[cfg(test)]
mod tests;
