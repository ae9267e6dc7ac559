//! `appInfo`: how the buyer gets in, in the answers to queries and to the creations of version 1.0.

use serde_json::Value;

use super::super::memory::{Access, Memory};
use super::super::rule;
use super::{Case, credentials};
use crate::check::location::{NotAbsolute, absolute, foreign_character, is_loopback};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Response;

/// Judges one `appInfo`, and says what it told.
pub(super) fn judge(
    case: &Case<'_>,
    response: &Response,
    info: &Value,
    at: &str,
    declared: Option<&str>,
    memory: &mut Memory,
    judgement: &mut Judgement,
) -> Access {
    let mut front_end = None;
    for (name, requirement) in [("frontEndUrl", rule::QUERY_FRONT_END_URL), ("adminUrl", rule::QUERY_URL_FORM)] {
        let Some(text) = info.get(name).and_then(Value::as_str) else { continue };
        // An empty frontEndUrl is told by its schema.
        if !(text.is_empty() && name == "frontEndUrl") {
            address(case, text, Place::Body(format!("{at}/{name}")), requirement, judgement);
        }
        if name == "frontEndUrl" {
            front_end = Some(text.split(['?', '#']).next().unwrap_or_default().to_owned());
        }
    }
    memo(response, info, at, judgement);
    let credentials = credentials::judge(case, info, at, declared, memory, judgement);
    Access { front_end, user: credentials.user, password: credentials.password }
}

/// An address that the buyer can open.
pub(super) fn address(
    case: &Case<'_>,
    text: &str,
    place: Place,
    requirement: RequirementId,
    judgement: &mut Judgement,
) {
    let expected = "an absolute address such as https://app.vendor.example/login".to_owned();
    let wrong = |problem: String, expected: String| Breach::Url { problem, expected, actual: text.to_owned() };
    // Browsers repair letters beyond ASCII; a blank or a backslash leads them elsewhere.
    if let Some(foreign) = foreign_character(text).filter(char::is_ascii)
        && absolute(text).is_ok()
    {
        let problem = format!("no address as it stands: it has {foreign:?}, which no URL has (RFC 3986, 2)");
        judgement.find(Finding::new(requirement, place, wrong(problem, expected)));
        return;
    }
    match absolute(text) {
        Err(problem) => {
            let finding = Finding::new(requirement, place, wrong(problem.to_string(), expected));
            judgement.find(match problem {
                NotAbsolute::Relative => {
                    finding.because("the store makes a link of it, which leads into its own pages")
                }
                _ => finding,
            });
        }
        Ok(url) if url.scheme() == "https" => {}
        Ok(url) if is_loopback(&url) && case.exchange.peer.loopback => {
            judgement.skip_local(rule::QUERY_URL_HTTPS, "the address is on this machine");
        }
        Ok(_) => {
            let breach = wrong("a plain http address".to_owned(), "https".to_owned());
            let cause = "behind a proxy that ends TLS, frameworks write http unless they are told the outer scheme";
            judgement.find(Finding::new(rule::QUERY_URL_HTTPS, place, breach).because(cause));
        }
    }
}

/// Notes in Chinese are written as escapes, which the table asks for.
fn memo(response: &Response, info: &Value, at: &str, judgement: &mut Judgement) {
    let Some(text) = info.get("memo").and_then(Value::as_str) else { return };
    let raw = String::from_utf8_lossy(&response.body);
    let first = text.split(|char: char| char.is_ascii()).find(|part| !part.is_empty());
    if first.is_some_and(|part| raw.contains(part)) {
        let breach =
            Breach::Form { expected: "text with \\uXXXX for what is not ASCII".to_owned(), actual: text.to_owned() };
        judgement.find(Finding::new(rule::QUERY_MEMO, Place::Body(format!("{at}/memo")), breach));
    }
}
