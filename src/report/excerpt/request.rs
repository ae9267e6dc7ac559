//! The request of an exchange. In a call that the vendor made it is the request that is judged, and marked.

use std::ops::Range;

use crate::verdict::Place;
use crate::wire::{Caller, Exchange, Redactor};

use super::{Line, MOST_FIELDS, Mark, field, field_spots, in_body, missing_fields, piece, spots, text};

/// The request as it was sent.
pub(crate) fn request(exchange: &Exchange, marks: &[Mark<'_>], redactor: &Redactor, width: usize) -> Vec<Line> {
    let request = &exchange.request;
    // Of what the marketplace sent nothing is wrong.
    let marks = if exchange.caller == Caller::Vendor { marks } else { &[] };
    let first = format!("{} {} HTTP/1.1", request.method, request.target);
    let start = request.method.len() + 1;
    let in_target = spots(marks, |mark| match mark.place {
        Place::Url => Some(start..start + request.target.len()),
        Place::Query(name) => {
            let found = parameter(&request.target, name)?;
            Some(start + found.start..start + found.end)
        }
        _ => None,
    });
    let mut lines = piece(redactor, first.as_bytes(), &in_target, width);
    for header in request.headers.iter().take(MOST_FIELDS) {
        let raw = field(&header.name, &header.value);
        let spots = field_spots(&raw, marks);
        lines.extend(piece(redactor, &raw, &spots, width));
    }
    lines.extend(missing_fields(&request.headers, marks));
    if !request.body.is_empty() {
        lines.push(Line::default());
        let spots = spots(marks, |mark| in_body(mark, &request.body));
        lines.extend(text(redactor, &request.body, &spots, &[], width));
    }
    lines
}

/// Where a parameter stands in a target, by its name as it is written there.
fn parameter(target: &str, name: &str) -> Option<Range<usize>> {
    let mut start = target.find('?')? + 1;
    for part in target[start..].split('&') {
        if part.split('=').next() == Some(name) {
            return Some(start..start + part.len());
        }
        start += part.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_found_by_its_whole_name() {
        let target = "/v1/products?my_page=1&page=0&limit=";
        let found = |name| parameter(target, name).map(|span| &target[span]);
        assert_eq!(found("page"), Some("page=0"));
        assert_eq!(found("limit"), Some("limit="));
        assert_eq!(found("sort"), None);
        assert_eq!(parameter("/v1/products", "page"), None);
    }
}
