//! Requirement catalogues: `requirements.yaml` beside the interfaces of a marketplace.

use std::collections::HashMap;

use serde::Deserialize;

use super::extension::typed;
use super::problem::{Collector, SpecProblems, SpecTrouble, near};
use super::{Document, Position};
use crate::verdict::{Catalogue, Requirement};

/// What a requirement can be about less than a whole marketplace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The dialects.
    pub dialects: Vec<String>,
    /// The traits of a product, each with the values that it may have.
    pub traits: Vec<(String, Vec<String>)>,
}

/// Reads a catalogue: one mapping with `requirements`, a list of [`Requirement`]s; `scope` has the dialects and traits
/// that they may name.
///
/// Errors name, with positions, unknown and missing keys, unknown levels and provenances, unknown dialects, traits and
/// values of traits, empty texts, and names that are used twice or are not written in capitals (`KT-BILL-SUM`). All of
/// them are told, not only the first.
pub fn read_catalogue(document: &Document, scope: &Scope) -> Result<Catalogue, SpecProblems> {
    let mut found = Collector::new(document);
    let requirements = read(&mut found, scope);
    match SpecProblems::of(found.problems) {
        Some(problems) => Err(problems),
        // Duplicates were found with their places.
        None => Ok(Catalogue::new(requirements).expect("no name stands here twice")),
    }
}

/// The whole file, to find what is wrong at its top.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    requirements: Vec<serde_json::Value>,
}

/// Members that must be there and those that may.
const REQUIRED: &[&str] = &["id", "level", "rule", "why", "source", "provenance", "mend"];
const OPTIONAL: &[&str] = &["code", "dialects", "applies", "calls", "if-called", "may-be-stated"];

fn read(found: &mut Collector<'_>, scope: &Scope) -> Vec<Requirement> {
    let document = found.document;
    let Some(file) = typed::<File>(found, &document.value, "") else { return Vec::new() };
    let mut requirements = Vec::new();
    let mut places: HashMap<String, Position> = HashMap::new();
    for (index, value) in file.requirements.iter().enumerate() {
        let pointer = format!("/requirements/{index}");
        let before = found.problems.len();
        members(found, value, &pointer);
        if found.problems.len() > before {
            continue;
        }
        let Some(requirement) = typed::<Requirement>(found, value, &pointer) else { continue };
        let named = format!("{pointer}/id");
        let id = requirement.id.to_string();
        if !is_name(&id) {
            let (name, expected) = ("id".to_owned(), "capitals, digits and hyphens".to_owned());
            found.at_value(&named, SpecTrouble::WrongValue { name, expected, actual: id.clone() });
        }
        if let Some(first) = places.insert(id.clone(), document.position(&named)) {
            found.at_value(&named, SpecTrouble::DuplicateRequirement { id, first });
        }
        about(found, &requirement, &pointer, scope);
        requirements.push(requirement);
    }
    requirements
}

/// What a requirement is about: dialects and products that there are.
fn about(found: &mut Collector<'_>, requirement: &Requirement, pointer: &str, scope: &Scope) {
    let unknown = |kind: &str, name: &str, known: &mut dyn Iterator<Item = &str>| {
        let (kind, name, near) = (kind.to_owned(), name.to_owned(), near(name, known));
        SpecTrouble::UnknownName { kind, name, near }
    };
    for (index, dialect) in requirement.dialects.iter().enumerate() {
        if !scope.dialects.contains(dialect) {
            let trouble = unknown("dialect", dialect, &mut scope.dialects.iter().map(String::as_str));
            found.at_value(&format!("{pointer}/dialects/{index}"), trouble);
        }
    }
    for (name, values) in &requirement.applies {
        let place = format!("{pointer}/applies/{}", super::document::escape(name));
        let Some((_, known)) = scope.traits.iter().find(|(known, _)| known == name) else {
            let trouble = unknown("trait of a product", name, &mut scope.traits.iter().map(|(name, _)| name.as_str()));
            found.at_key(&place, trouble);
            continue;
        };
        if values.is_empty() {
            let (name, expected) = (name.clone(), "a list of values".to_owned());
            found.at_value(&place, SpecTrouble::WrongValue { name, expected, actual: "empty".to_owned() });
        }
        for (index, value) in values.iter().enumerate().filter(|(_, value)| !known.contains(value)) {
            let trouble = unknown(&format!("value of {name}"), value, &mut known.iter().map(String::as_str));
            found.at_value(&format!("{place}/{index}"), trouble);
        }
    }
}

/// Keys and empty texts, which serde would tell one at a time or not at all.
fn members(found: &mut Collector<'_>, value: &serde_json::Value, pointer: &str) {
    let object = "a requirement".to_owned();
    let Some(members) = value.as_object() else {
        let (name, expected) = ("this item".to_owned(), "an object".to_owned());
        let actual = super::violation::kind_of(value).to_owned();
        found.at_value(pointer, SpecTrouble::WrongType { name, expected, actual });
        return;
    };
    for (key, value) in members {
        let place = format!("{pointer}/{}", super::document::escape(key));
        if !REQUIRED.contains(&key.as_str()) && !OPTIONAL.contains(&key.as_str()) {
            let near = near(key, REQUIRED.iter().chain(OPTIONAL).copied());
            found.at_key(&place, SpecTrouble::UnknownKey { key: key.clone(), object: object.clone(), near });
        } else if value.as_str().is_some_and(|text| text.trim().is_empty()) {
            let (name, expected) = (key.clone(), "some text".to_owned());
            found.at_value(&place, SpecTrouble::WrongValue { name, expected, actual: "empty".to_owned() });
        }
    }
    for key in REQUIRED.iter().filter(|key| !members.contains_key(**key)) {
        found.at_key(pointer, SpecTrouble::MissingKey { key: (*key).to_owned(), object: object.clone() });
    }
}

fn is_name(id: &str) -> bool {
    let inner =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    id.split('-').all(inner) && id.as_bytes()[0].is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
requirements:
  - {id: KT-A, level: must, rule: r, why: w, source: s, provenance: documented, mend: m, code: '0001'}
";

    fn scope() -> Scope {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        Scope { dialects: words(&["v1", "v2"]), traits: vec![("charging".to_owned(), words(&["period", "once"]))] }
    }

    #[test]
    fn a_catalogue_holds_what_it_says() {
        let catalogue = read_catalogue(&Document::parse(GOOD).expect("parses"), &scope()).expect("is right");
        assert_eq!(catalogue.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["KT-A"]);
    }

    #[test]
    fn every_mistake_is_told_with_its_place() {
        let text = format!(
            "{GOOD}  - {{id: KT-A, level: must, rule: r, why: w, source: s, provenance: documented, mend: m}}
  - {{id: kt b, level: must, rule: r, why: w, source: s, provenance: documented, mend: m}}
  - {{id: KT-C, level: most, rule: r, why: w, source: s, provenance: documented, mend: m}}
  - {{id: KT-D, level: must, rule: ' ', wy: w, source: s, provenance: documented, mend: m}}
  - KT-E
"
        );
        let problems = read_catalogue(&Document::parse(&text).expect("parses"), &scope()).expect_err("is refused");
        assert_eq!(
            problems.in_file("requirements.yaml"),
            "\
requirements.yaml:3:10: requirement KT-A stands here a second time; the first is on line 2
requirements.yaml:4:10: id is kt b, expected capitals, digits and hyphens
requirements.yaml:5:23: unknown variant `most`, expected one of `manual`, `advice`, `should`, `must`
requirements.yaml:6:5: a requirement lacks why
requirements.yaml:6:35: rule is empty, expected some text
requirements.yaml:6:40: wy is no member of a requirement; did you mean why?
requirements.yaml:7:5: this item is a string, expected an object"
        );
        let none = Document::parse("requirement: []").expect("parses");
        let problems = read_catalogue(&none, &scope()).expect_err("is refused");
        assert!(problems.to_string().starts_with("1:1: "), "{problems}");
    }

    #[test]
    fn what_a_requirement_is_about_has_to_be_known() {
        let about = |about: &str| {
            let text = format!("{}, {about}}}\n", GOOD.trim_end().trim_end_matches('}'));
            read_catalogue(&Document::parse(&text).expect("parses"), &scope()).map_err(|it| it.in_file("r.yaml"))
        };
        assert!(about("dialects: [v1, v2], applies: {charging: [once]}").is_ok());
        for (wrong, told) in [
            ("dialects: [v1, v3]", "v3 is no dialect; did you mean v1"),
            ("applies: {changing: [once]}", "changing is no trait of a product; did you mean charging?"),
            ("applies: {charging: [one]}", "one is no value of charging; did you mean once?"),
            ("applies: {charging: []}", "charging is empty, expected a list of values"),
        ] {
            let problems = about(wrong).expect_err(wrong);
            assert!(problems.starts_with("r.yaml:2:") && problems.contains(told), "{problems}");
        }
    }
}
