//! JSON bodies and their shape.

use serde_json::Value;

use super::message;
use crate::spec::Schema;
use crate::verdict::{Breach, Finding, Place, RequirementId};
use crate::wire::{NotJson, Response};

/// The body as JSON, or the finding that it is none.
pub fn json(requirement: &RequirementId, response: &Response) -> Result<Value, Box<Finding>> {
    response.json().map_err(|problem| {
        let cause = cause(&problem, response);
        let finding = Finding::new(requirement.clone(), Place::Body(String::new()), Breach::NotJson(problem));
        Box::new(match cause {
            Some(cause) => finding.because(cause),
            None => finding,
        })
    })
}

fn cause(problem: &NotJson, response: &Response) -> Option<&'static str> {
    let body = response.body.trim_ascii_start();
    if let Some(cause) = message::compressed(response) {
        Some(cause)
    } else if body.starts_with(b"\xef\xbb\xbf") {
        Some("the body begins with a byte order mark, which JSON does not allow (RFC 8259, 8.1)")
    } else if body.starts_with(b"<") {
        Some("the body is HTML: most likely the error page of the framework or of a proxy in front of it")
    } else if body.starts_with(b"'") || body.starts_with(b"{'") {
        Some("strings are in single quotes: a language's own notation was printed instead of JSON")
    } else if matches!(problem, NotJson::Syntax { .. }) && (body.ends_with(b",}") || body.ends_with(b",]")) {
        Some("there is a comma behind the last member")
    } else {
        None
    }
}

/// The value fits the schema; `requirement` names the rule for each place that does not.
pub fn shape(schema: &Schema, value: &Value, requirement: impl Fn(&str, &str) -> RequirementId) -> Vec<Finding> {
    schema
        .validate(value)
        .into_iter()
        .map(|violation| {
            let requirement = requirement(&violation.pointer, &violation.keyword);
            let place = Place::Body(violation.pointer);
            let (keyword, problem) = (violation.keyword, violation.problem);
            let (expected, actual) = (violation.expected, violation.actual);
            Finding::new(requirement, place, Breach::Schema { keyword, problem, expected, actual })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_no_json_says_what_it_looks_like() {
        let body = |body: &[u8]| {
            let response = Response { body: body.to_vec(), ..Response::new(200) };
            json(&RequirementId::known("TEST"), &response).expect_err("is found").cause.unwrap_or_default()
        };
        assert!(body(b"<html>").contains("HTML"));
        assert!(body(b"\xef\xbb\xbf{}").contains("byte order mark"));
        assert!(body(b"{'a': 1}").contains("single quotes"));
        assert!(body(b"[1,]").contains("comma"));
        assert_eq!(body(b"nothing"), "");
    }
}
