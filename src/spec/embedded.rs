//! The specs and scenarios that travel inside the binary.
//!
//! `build.rs` compiled them to JSON; here the JSON of a file is parsed when it is first asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use serde::Deserialize;
use serde_json::Value;

use super::document::escape;
use super::{Document, Interface, Position, Standing};
use crate::verdict::{Catalogue, Requirement, Translations};

/// One embedded file.
#[derive(Debug)]
pub struct Embedded {
    /// Its path in the source tree, such as `specs/kt-bizstore/bizstore-2.1.2.yaml`.
    pub path: &'static str,
    /// Its value as compact JSON.
    pub json: &'static str,
    /// Its text, for scenarios; empty for specs.
    pub text: &'static str,
    /// Four numbers for every value, for scenarios; see `build.rs`.
    positions: &'static str,
}

/// Every embedded file, by path.
static FILES: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/embedded/table.rs"));

const SCENARIO_ENDING: &str = ".arazzo.yaml";
const REQUIREMENTS: &str = "requirements.yaml";
const PROOFS: &str = "proofs.yaml";

impl Embedded {
    /// The name by which users know it: a scenario's path below `scenarios/` and a spec's below `specs/`, both without
    /// the ending (`kt-bizstore/life-cycle/whole`, `kt-bizstore/bizstore-2.1.2`).
    pub fn name(&self) -> &'static str {
        let below = self.path.split_once('/').map_or(self.path, |(_, below)| below);
        below.strip_suffix(SCENARIO_ENDING).or_else(|| below.strip_suffix(".yaml")).unwrap_or(below)
    }

    /// The marketplace it belongs to: the folder right below `specs/` or `scenarios/`.
    pub fn marketplace(&self) -> &'static str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    /// The file as a document; a scenario's knows where its values stand.
    pub fn document(&self) -> Document {
        let value: Value = serde_json::from_str(self.json).expect("build.rs wrote this JSON");
        let mut numbers = self.positions.split(' ').filter_map(|number| number.parse().ok());
        let mut positions = Vec::new();
        gather(&value, String::new(), &mut numbers, &mut positions);
        Document::with_positions(value, positions)
    }
}

/// Gives each value its four numbers, in the order in which `build.rs` wrote them.
fn gather(
    value: &Value,
    pointer: String,
    numbers: &mut impl Iterator<Item = usize>,
    positions: &mut Vec<(String, Standing)>,
) {
    let mut place = || Some(Position { line: numbers.next()?, column: numbers.next()? });
    let (Some(key), Some(own)) = (place(), place()) else { return };
    let index = positions.len();
    positions.push((String::new(), Standing { key, value: own }));
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                gather(item, format!("{pointer}/{index}"), numbers, positions);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                gather(member, format!("{pointer}/{}", escape(name)), numbers, positions);
            }
        }
        _ => {}
    }
    positions[index].0 = pointer;
}

/// Every embedded file, by path.
pub(super) fn files() -> impl Iterator<Item = &'static Embedded> {
    FILES.iter()
}

/// All embedded interfaces: the OpenAPI documents below `specs/`.
pub fn interface_texts() -> impl Iterator<Item = &'static Embedded> {
    let beside = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name == PROOFS || name.starts_with("requirements.")
    };
    FILES.iter().filter(move |file| file.path.starts_with("specs/") && !beside(file.path))
}

/// Every embedded document of the marketplaces: interfaces, requirements, and what is known of both.
pub fn specs() -> impl Iterator<Item = &'static Embedded> {
    FILES.iter().filter(|file| file.path.starts_with("specs/"))
}

/// All embedded scenarios, by name.
pub fn scenarios() -> impl Iterator<Item = &'static Embedded> {
    FILES.iter().filter(|file| file.path.starts_with("scenarios/"))
}

/// The scenario of this name (`kt-bizstore/life-cycle/whole`).
pub fn scenario(name: &str) -> Option<&'static Embedded> {
    scenarios().find(|file| file.name() == name)
}

/// The file at a path of the source tree, such as `specs/kt-bizstore/bizstore-2.1.2.yaml`; `..` and `.` are not
/// resolved.
pub fn file(path: &str) -> Option<&'static Embedded> {
    FILES.iter().find(|file| file.path == path)
}

/// The document at a path of the source tree.
pub fn document(path: &str) -> Option<Document> {
    file(path).map(Embedded::document)
}

/// The interface of this name (`kt-bizstore/bizstore-2.1.2`), loaded once.
pub fn interface(name: &str) -> Option<Arc<Interface>> {
    static LOADED: Mutex<BTreeMap<&'static str, Arc<Interface>>> = Mutex::new(BTreeMap::new());
    let file = interface_texts().find(|file| file.name() == name)?;
    // A map that only grows is whole even where a thread died over it.
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let interface = loaded.entry(file.name()).or_insert_with(|| {
        let interface = Interface::from_sound_document(&file.document());
        Arc::new(interface.expect("a test loads every embedded interface"))
    });
    Some(Arc::clone(interface))
}

/// The requirements of a marketplace and those common to all, read once. A marketplace that has none of its own has
/// the common ones.
pub fn catalogue(marketplace: &str) -> &'static Catalogue {
    type Cell = (&'static str, OnceLock<Catalogue>);
    static LOADED: LazyLock<Vec<Cell>> = LazyLock::new(|| {
        let own = FILES.iter().filter(|file| file.path.ends_with(REQUIREMENTS)).map(Embedded::marketplace);
        own.map(|marketplace| (marketplace, OnceLock::new())).collect()
    });
    static COMMON: LazyLock<Catalogue> = LazyLock::new(|| read("common"));
    match LOADED.iter().find(|(known, _)| *known == marketplace && *known != "common") {
        Some((known, cell)) => cell.get_or_init(|| {
            let whole = COMMON.clone().and(read(known));
            whole.expect("a test reads every embedded catalogue together with the common one")
        }),
        None => &COMMON,
    }
}

/// Which cases look at each requirement of a marketplace, by the requirement's name: a fault of the reference vendor that
/// breaks it shows in every one of them. Empty for a marketplace that nobody knows.
pub fn proofs(marketplace: &str) -> BTreeMap<String, Vec<String>> {
    let file = file(&format!("specs/{marketplace}/{PROOFS}"));
    file.map(|file| serde_json::from_str(file.json).expect("a test reads every list of proofs")).unwrap_or_default()
}

/// The requirements of all marketplaces in another language (`ko`), as far as there are translations.
pub fn translations(language: &str) -> Translations {
    super::languages::translations(language)
}

/// An embedded catalogue. What [`super::read_catalogue`] looks for was looked for by a test of `tests/specs.rs`, so that
/// the text is read into its type at once.
fn read(marketplace: &str) -> Catalogue {
    #[derive(Deserialize)]
    struct Requirements {
        requirements: Vec<Requirement>,
    }
    let Some(file) = file(&format!("specs/{marketplace}/{REQUIREMENTS}")) else { return Catalogue::default() };
    let Requirements { requirements } = serde_json::from_str(file.json).expect("a test reads every embedded catalogue");
    Catalogue::new(requirements).expect("a test reads every embedded catalogue")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_survive_the_way_through_the_build() {
        let text = "a: &x [1, {b: 2}]\nc/d: *x\n";
        let document = Document::parse(text).expect("parses");
        let file = Embedded {
            path: "scenarios/shop/a.arazzo.yaml",
            json: r#"{"a":[1,{"b":2}],"c/d":[1,{"b":2}]}"#,
            text: "",
            positions: "1 1 1 1 1 1 1 4 1 8 1 8 1 11 1 11 1 12 1 15 2 1 2 6 2 1 2 6 2 1 2 6 2 1 2 6",
        };
        assert_eq!(file.document().value, document.value);
        for (pointer, standing) in document.positions() {
            assert_eq!(file.document().standing(pointer), *standing, "{pointer}");
        }
        assert_eq!((file.name(), file.marketplace()), ("shop/a", "shop"));
    }

    #[test]
    fn every_embedded_file_reads_back_with_its_positions() {
        for file in FILES {
            let document = file.document();
            assert!(!document.value.is_null(), "{}", file.path);
            if !file.text.is_empty() {
                let parsed = Document::parse(file.text).expect("parses");
                assert_eq!(document.value, parsed.value, "{}", file.path);
                for (pointer, standing) in parsed.positions() {
                    assert_eq!(document.standing(pointer), *standing, "{} {pointer}", file.path);
                }
            }
        }
    }
}
