//! Pages that were opened, as a browser went.

use crate::wire::{Redactor, Visit, VisitEnd};

use super::redact::words;

/// The address that was opened, each answer on the way, and the end.
pub(crate) fn lines(visit: &Visit, redactor: &Redactor) -> Vec<String> {
    let mut lines = vec![words(redactor, &visit.url)];
    lines.extend(visit.hops.iter().map(|hop| words(redactor, &format!("{} from {}", hop.status, hop.url))));
    let end = match &visit.end {
        VisitEnd::Page { media_type: Some(media_type), .. } => format!("a page of type {media_type}"),
        VisitEnd::Page { media_type: None, .. } => "a page of no type".to_owned(),
        VisitEnd::LeftOrigin { to } => format!("a redirect to another origin, not followed: {to}"),
        VisitEnd::TooManyRedirects => "more than ten redirects".to_owned(),
        VisitEnd::NotAUrl => "this is no address that can be opened".to_owned(),
        VisitEnd::Failed { why } => format!("the page could not be read: {why}"),
    };
    lines.push(words(redactor, &end));
    lines
}
