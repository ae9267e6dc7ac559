//! Lists of known failures: `known-failures.yaml` beside `storeproof.toml`.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::Document;
use super::document::escape;
use super::problem::{Collector, SpecProblems, SpecTrouble, near};
use crate::verdict::{Catalogue, KnownFailure, RequirementId};

/// Reads a list: one mapping with `known-failures`, a list of entries of which each names a case, a rule, a reason, an
/// owner and its last day. `catalogue` has every requirement that may be named.
///
/// # Errors
///
/// Unknown and missing keys, empty texts, rules that are in no catalogue, what is no date, and entries that stand there
/// twice, with their positions; all of them, not only the first.
pub fn read_known_failures(document: &Document, catalogue: &Catalogue) -> Result<Vec<KnownFailure>, SpecProblems> {
    let mut found = Collector::new(document);
    let entries = read(&mut found, catalogue);
    match SpecProblems::of(found.problems) {
        Some(problems) => Err(problems),
        None => Ok(entries),
    }
}

/// The member of the whole.
const LIST: &str = "known-failures";
/// Members of an entry. All must be there.
const KEYS: [&str; 5] = ["case", "rule", "reason", "owner", "expires"];

fn read(found: &mut Collector<'_>, catalogue: &Catalogue) -> Vec<KnownFailure> {
    let document = found.document;
    let Some(file) = document.value.as_object() else {
        wrong_type(found, "", "a list of known failures", "an object", &document.value);
        return Vec::new();
    };
    keys(found, file, "", "a list of known failures", &[LIST]);
    let pointer = format!("/{LIST}");
    let items = match file.get(LIST) {
        // Nothing behind the colon is an empty list.
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(items)) => items,
        Some(other) => {
            wrong_type(found, &pointer, LIST, "a list", other);
            return Vec::new();
        }
    };
    let mut entries: Vec<KnownFailure> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        let Some(entry) = entry(found, item, &pointer, catalogue) else { continue };
        let same = |known: &&KnownFailure| (&known.case, &known.requirement) == (&entry.case, &entry.requirement);
        if let Some(first) = entries.iter().find(same) {
            let problem = format!("{} in {} stands here a second time", entry.requirement, entry.case);
            found.at_value(&pointer, SpecTrouble::Model(format!("{problem}; the first is on line {}", first.line)));
        }
        entries.push(entry);
    }
    entries
}

fn entry(found: &mut Collector<'_>, item: &Value, pointer: &str, catalogue: &Catalogue) -> Option<KnownFailure> {
    let Some(members) = item.as_object() else {
        wrong_type(found, pointer, "this item", "an object", item);
        return None;
    };
    let before = found.problems.len();
    keys(found, members, pointer, "a known failure", &KEYS);
    let [case, rule, reason, owner, expires] =
        KEYS.map(|key| text(found, members, &format!("{pointer}/{key}"), key).unwrap_or_default());
    if !rule.is_empty() && catalogue.get(&RequirementId::new(rule.as_str())).is_none() {
        let near = near(&rule, catalogue.iter().map(|requirement| requirement.id.as_str()));
        let meant = match near.as_slice() {
            [] => "; `storeproof list requirements` names all".to_owned(),
            near => format!("; did you mean {}?", near.join(" or ")),
        };
        found.at_value(&format!("{pointer}/rule"), SpecTrouble::Model(format!("{rule} is no requirement{meant}")));
    }
    let day: Option<Date> = expires.parse().ok();
    if day.is_none() && !expires.is_empty() {
        let (name, expected) = ("expires".to_owned(), "the last day, as yyyy-mm-dd".to_owned());
        found.at_value(&format!("{pointer}/expires"), SpecTrouble::WrongValue { name, expected, actual: expires });
    }
    if found.problems.len() > before {
        return None;
    }
    let line = found.document.position(pointer).line;
    Some(KnownFailure { case, requirement: RequirementId::new(rule), reason, owner, expires: day?, line })
}

fn keys(found: &mut Collector<'_>, members: &Map<String, Value>, pointer: &str, object: &str, known: &[&str]) {
    for key in members.keys().filter(|key| !known.contains(&key.as_str())) {
        let near = near(key, known.iter().copied());
        let place = format!("{pointer}/{}", escape(key));
        found.at_key(&place, SpecTrouble::UnknownKey { key: key.clone(), object: object.to_owned(), near });
    }
    for key in known.iter().filter(|key| !members.contains_key(**key)) {
        found.at_key(pointer, SpecTrouble::MissingKey { key: (*key).to_owned(), object: object.to_owned() });
    }
}

/// A text that is not empty; nothing where it is missing or was told as wrong.
fn text(found: &mut Collector<'_>, members: &Map<String, Value>, pointer: &str, key: &str) -> Option<String> {
    match members.get(key)? {
        Value::String(text) if text.trim().is_empty() => {
            let (name, expected) = (key.to_owned(), "some text".to_owned());
            found.at_value(pointer, SpecTrouble::WrongValue { name, expected, actual: "empty".to_owned() });
            None
        }
        Value::String(text) => Some(text.trim().to_owned()),
        other => {
            wrong_type(found, pointer, key, "a text", other);
            None
        }
    }
}

fn wrong_type(found: &mut Collector<'_>, pointer: &str, name: &str, expected: &str, value: &Value) {
    let actual = super::violation::kind_of(value).to_owned();
    let (name, expected) = (name.to_owned(), expected.to_owned());
    found.at_value(pointer, SpecTrouble::WrongType { name, expected, actual });
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;
    use crate::spec::embedded;

    fn read(text: &str) -> Result<Vec<KnownFailure>, String> {
        let document = Document::parse(text).expect("parses");
        read_known_failures(&document, embedded::catalogue("kt-bizstore")).map_err(|error| error.in_file("k.yaml"))
    }

    const GOOD: &str = "\
known-failures:
  # A note.
  - case: kt-bizstore/billing/*
    rule: KT-BILL-SUM
    reason: 'being mended: APP-17'
    owner: 김미래
    expires: 2027-01-31
";

    #[test]
    fn a_list_holds_what_it_says() {
        let entries = read(GOOD).expect("is right");
        let expected = KnownFailure {
            case: "kt-bizstore/billing/*".to_owned(),
            requirement: RequirementId::known("KT-BILL-SUM"),
            reason: "being mended: APP-17".to_owned(),
            owner: "김미래".to_owned(),
            expires: date(2027, 1, 31),
            line: 3,
        };
        assert_eq!(entries, [expected]);
        assert_eq!(read("known-failures:\n"), Ok(Vec::new()));
        assert_eq!(read("known-failures: []\n"), Ok(Vec::new()));
    }

    #[test]
    fn every_mistake_is_told_with_its_place() {
        let text = format!(
            "{GOOD}  - {{case: a, rule: KT-BILL-SUN, reason: x, owner: y, expires: 2027-01-31}}
  - {{case: a, rule: KT-BILL-SUM, reason: ' ', owner: y, expires: soon}}
  - {{case: a, rule: KT-BILL-SUM, reason: x, ownr: y, expires: 2027-02-30}}
  - {{case: 1, rule: KT-BILL-SUM, reason: x, owner: y, expires: 20270131}}
  - {{case: kt-bizstore/billing/*, rule: KT-BILL-SUM, reason: x, owner: y, expires: 2027-01-31}}
  - a
"
        );
        assert_eq!(
            read(&text).expect_err("is refused"),
            "\
k.yaml:8:21: KT-BILL-SUN is no requirement; did you mean KT-BILL-SUM or KT-BILL-SUSPENDED or KT-BILL-AMOUNT?
k.yaml:9:42: reason is empty, expected some text
k.yaml:9:66: expires is soon, expected the last day, as yyyy-mm-dd
k.yaml:10:5: a known failure lacks owner
k.yaml:10:45: ownr is no member of a known failure; did you mean owner?
k.yaml:10:63: expires is 2027-02-30, expected the last day, as yyyy-mm-dd
k.yaml:11:12: case is an integer, expected a text
k.yaml:11:64: expires is an integer, expected a text
k.yaml:12:5: KT-BILL-SUM in kt-bizstore/billing/* stands here a second time; the first is on line 3
k.yaml:13:5: this item is a string, expected an object"
        );
    }

    #[rstest]
    #[case("[]", "k.yaml:1:1: a list of known failures is an array, expected an object")]
    #[case("known-failure: []", "k.yaml:1:1: a list of known failures lacks known-failures")]
    #[case("known-failures: {}", "k.yaml:1:17: known-failures is an object, expected a list")]
    fn a_file_of_another_kind_is_refused(#[case] text: &str, #[case] expected: &str) {
        let problems = read(text).expect_err("is refused");
        assert!(problems.contains(expected), "{problems}");
    }
}
