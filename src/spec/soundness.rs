//! What must hold of a whole document: its edition, its references, its schemas.

use std::collections::HashSet;

use serde_json::Value;

use super::Schema;
use super::problem::{Collector, SpecTrouble};
use super::structure::{Parts, Rules};
use super::translate::Definitions;

/// Which edition this is, and how strictly it is read.
pub(super) fn rules(found: &mut Collector<'_>) -> Option<Rules> {
    let value = &found.document.value;
    let strict = value.pointer("/info/x-storeproof").is_some();
    let (pointer, trouble) = match (value.get("openapi"), value.get("swagger")) {
        (Some(Value::String(edition)), _) => match edition.split('.').collect::<Vec<_>>()[..] {
            ["3", "0", ..] => return Some(Rules { strict, edition_3_1: false }),
            ["3", "1", ..] => return Some(Rules { strict, edition_3_1: true }),
            _ => ("/openapi", SpecTrouble::Edition(edition.clone())),
        },
        (Some(other), _) => (
            "/openapi",
            SpecTrouble::WrongType {
                name: "openapi".to_owned(),
                expected: "text such as \"3.0.3\"".to_owned(),
                actual: super::violation::kind_of(other).to_owned(),
            },
        ),
        (None, Some(swagger)) => {
            let edition = swagger.as_str().map_or_else(|| swagger.to_string(), str::to_owned);
            ("/swagger", SpecTrouble::Swagger(edition))
        }
        (None, None) => ("", SpecTrouble::NotOpenApi),
    };
    found.at_value(pointer, trouble);
    None
}

/// Every reference leads to something, and not only back to itself.
pub(super) fn references(found: &mut Collector<'_>, parts: &Parts, definitions: &Definitions) {
    let mut places = parts.schemas.clone();
    let inside_schemas = parts.schemas.iter().flat_map(|pointer| definitions.references(pointer));
    for pointer in parts.references.iter().cloned().chain(inside_schemas) {
        match definitions.follow(&pointer) {
            Ok(target) => places.push(target),
            Err(trouble) => found.at_value(&format!("{pointer}/$ref"), trouble),
        }
    }
    // A schema that applies itself to the very same value could not be judged in finite time.
    let mut done = HashSet::new();
    for pointer in &places {
        if endless(definitions, pointer, &mut Vec::new(), &mut done) && !found.knows(pointer) {
            let problem = "it contains itself with no property or item between".to_owned();
            found.at_value(pointer, SpecTrouble::Schema(problem));
        }
    }
}

/// Most schemas that one may apply to a value one after another; real ones need a handful.
const MOST_IN_PLACE: usize = 100;

fn endless(definitions: &Definitions, pointer: &str, open: &mut Vec<String>, done: &mut HashSet<String>) -> bool {
    if done.contains(pointer) {
        return false;
    }
    if open.len() > MOST_IN_PLACE || open.iter().any(|known| known == pointer) {
        return true;
    }
    open.push(pointer.to_owned());
    let found = definitions.in_place(pointer).iter().any(|target| endless(definitions, target, open, done));
    open.pop();
    done.insert(pointer.to_owned());
    found
}

/// Every schema by itself is one that can be applied; ours are held to that by a test.
pub(super) fn schemas(found: &mut Collector<'_>, parts: &Parts, definitions: &Definitions) {
    for pointer in &parts.schemas {
        if found.knows(pointer) {
            continue;
        }
        if let Some(fault) = Schema::new(definitions.alone(pointer)).fault() {
            // Translation moves few things; where it did, the nearest parent is pointed at.
            found.at_value(&format!("{pointer}{}", fault.pointer), SpecTrouble::Schema(fault.problem.clone()));
        }
    }
}
