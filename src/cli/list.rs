//! `storeproof list`: what there is.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::args::{List, Listed};
use super::exit::Ended;
use super::settings::UsageError;
use crate::market::{self, MARKETPLACES};
use crate::spec::{Caller, embedded};

/// Prints a line for each thing: its name, then what it is.
pub(super) fn list(arguments: &List, out: &mut dyn Write) -> Result<Ended, UsageError> {
    if let Some(name) = &arguments.marketplace {
        super::known_marketplace(name)?;
    }
    let rows: Vec<Value> = MARKETPLACES
        .iter()
        .filter(|name| arguments.marketplace.as_deref().is_none_or(|wanted| wanted == **name))
        .flat_map(|name| rows(arguments.what, name))
        .collect();
    let written = if arguments.json { as_json(&rows, out) } else { as_text(&rows, arguments.verbose, out) };
    match written {
        Ok(()) => Ok(Ended::Well),
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Ended::Well),
        Err(error) => Err(UsageError::new(error)),
    }
}

fn as_json(rows: &[Value], out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, rows)?;
    writeln!(out)
}

fn as_text(rows: &[Value], verbose: bool, out: &mut dyn Write) -> io::Result<()> {
    let text = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let width = rows.iter().map(|row| text(row, "name").chars().count()).max().unwrap_or_default();
    for row in rows {
        let name = text(row, "name");
        let level = text(row, "level");
        let level = if level.is_empty() { level } else { format!("{level:<7} ") };
        writeln!(out, "{name:<width$}  {level}{}", text(row, "about"))?;
        for (input, about) in row["inputs"].as_object().into_iter().flatten().filter(|_| verbose) {
            writeln!(out, "    --input {input}=…  {}", about.as_str().unwrap_or_default())?;
        }
    }
    Ok(())
}

fn rows(what: Listed, marketplace: &str) -> Vec<Value> {
    let interfaces = || embedded::interface_texts().filter(move |file| file.marketplace() == marketplace);
    match what {
        Listed::Scenarios => embedded::scenarios()
            .filter(|file| file.marketplace() == marketplace)
            .map(|file| {
                let document = file.document();
                let about = document.value.pointer("/info/title").and_then(Value::as_str).unwrap_or_default().to_owned();
                let inputs: serde_json::Map<String, Value> =
                    super::case::inputs(&document.value).into_iter().map(|(name, about)| (name, about.into())).collect();
                json!({ "marketplace": marketplace, "name": file.name(), "about": about, "inputs": inputs })
            })
            .collect(),
        Listed::Operations => interfaces()
            .filter_map(|file| Some((file, embedded::interface(file.name())?)))
            .flat_map(|(file, interface)| {
                let rows: Vec<Value> = interface
                    .operations
                    .iter()
                    .map(|operation| {
                        let dialect = interface.dialect.as_deref().unwrap_or_default();
                        let about = format!("{} {}  ({dialect})", operation.method, operation.path);
                        json!({ "marketplace": marketplace, "interface": file.name(), "name": operation.id, "about": about })
                    })
                    .collect();
                rows
            })
            .collect(),
        Listed::Requirements => embedded::catalogue(marketplace)
            .iter()
            .map(|requirement| {
                json!({
                    "marketplace": marketplace,
                    "name": requirement.id,
                    "level": requirement.level,
                    "about": requirement.rule,
                    "source": requirement.source,
                    "provenance": requirement.provenance,
                })
            })
            .collect(),
        Listed::Faults => market::faults(marketplace)
            .into_iter()
            .map(|(name, about)| json!({ "marketplace": marketplace, "name": name, "about": about }))
            .collect(),
        Listed::Dialects => interfaces()
            .filter_map(|file| embedded::interface(file.name()))
            // What the vendor calls is no dialect that a run could be told to speak.
            .filter(|interface| interface.caller == Caller::Marketplace)
            .filter_map(|interface| {
                let about = interface.title.clone();
                Some(json!({ "marketplace": marketplace, "name": interface.dialect.clone()?, "about": about }))
            })
            .collect(),
        Listed::Settings => market::settings(marketplace)
            .iter()
            .map(|setting| {
                let default = match setting.default {
                    "" => String::new(),
                    default => format!(" (default {default})"),
                };
                let about = format!("{}{default}", setting.what);
                json!({ "marketplace": marketplace, "name": setting.name, "default": setting.default, "about": about })
            })
            .collect(),
        Listed::Mistakes => market::recipes(marketplace)
            .iter()
            .flat_map(|recipe| market::every_mistake_of(recipe).into_iter().map(move |mistake| (recipe, mistake)))
            .map(|(recipe, mistake)| {
                // One name may stand for the like mistake of several recipes.
                let about = format!("{recipe}: {}", mistake.what);
                json!({ "marketplace": marketplace, "recipe": recipe, "name": mistake.name, "about": about })
            })
            .collect(),
    }
}
