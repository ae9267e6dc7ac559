//! Compiles specs and scenarios to JSON, so that the binary parses no YAML when it starts.
//!
//! Every `specs/**.yaml` and `scenarios/**.arazzo.yaml` becomes an entry of a table that `src/spec/embedded.rs`
//! includes: its path, its value as compact JSON, and for scenarios also the text and the positions of all values, as
//! reports and errors point into them. YAML that does not parse fails the build with file, line and column.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script reads the environment of cargo and writes what the crate includes"
)]

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use document::Document;
use serde_json::Value;

#[path = "src/spec/document.rs"]
#[expect(dead_code, unreachable_pub, reason = "written for the crate; the build uses its parser only")]
mod document;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?).join("embedded");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/spec/document.rs");
    // Files that were renamed or deleted must not stay.
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    let mut table = String::from("&[\n");
    let mut wrong = false;
    for (directory, ending) in [("specs", ".yaml"), ("scenarios", ".arazzo.yaml")] {
        println!("cargo::rerun-if-changed={directory}");
        let mut files = Vec::new();
        if root.join(directory).is_dir() {
            gather(&root.join(directory), &mut files)?;
        }
        files.sort();
        for file in files {
            let path = file.strip_prefix(&root)?.to_str().ok_or("a path that is not UTF-8")?.replace('\\', "/");
            if !path.ends_with(ending) {
                continue;
            }
            match Document::from_bytes(&fs::read(&file)?) {
                Ok(document) => entry(&mut table, &path, &file, &document, &out)?,
                Err(error) => {
                    let at = error.position;
                    println!("cargo::error={path}:{}:{}: {}", at.line, at.column, error.problem);
                    wrong = true;
                }
            }
        }
    }
    table.push_str("]\n");
    fs::create_dir_all(&out)?;
    fs::write(out.join("table.rs"), table)?;
    if wrong { Err("specs or scenarios do not parse".into()) } else { Ok(()) }
}

/// All files below a directory.
fn gather(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Writes the JSON of one file and its entry in the table.
fn entry(table: &mut String, path: &str, file: &Path, document: &Document, out: &Path) -> Result<(), Box<dyn Error>> {
    let json = out.join(format!("{path}.json"));
    fs::create_dir_all(json.parent().ok_or("a file without a directory")?)?;
    fs::write(&json, document.value.to_string())?;
    writeln!(table, "Embedded {{ path: {path:?}, json: include_str!({json:?}),")?;
    if path.starts_with("scenarios/") {
        let positions = json.with_extension("positions");
        let mut numbers = Vec::new();
        standings(document, &document.value, "", &mut numbers);
        fs::write(&positions, numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(" "))?;
        writeln!(table, "text: include_str!({file:?}), positions: include_str!({positions:?}) }},")?;
    } else {
        writeln!(table, "text: \"\", positions: \"\" }},")?;
    }
    Ok(())
}

/// Four numbers for every value, parents before their parts: line and column of its key, and of itself. What an alias
/// repeats stands nowhere itself; its nearest parent's place is written for it, as `Document::standing` gives it.
fn standings(document: &Document, value: &Value, pointer: &str, numbers: &mut Vec<u32>) {
    let standing = document.standing(pointer);
    for place in [standing.key, standing.value] {
        numbers.extend([place.line, place.column].map(|number| u32::try_from(number).unwrap_or(u32::MAX)));
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                standings(document, item, &format!("{pointer}/{index}"), numbers);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                standings(document, member, &format!("{pointer}/{}", document::escape(name)), numbers);
            }
        }
        _ => {}
    }
}
