//! The section of one marketplace in `storeproof.toml`.
//!
//! Which settings there are, the marketplace says ([`crate::market::settings`]); here they are found, checked to be of
//! their kind, and handed over. Every value keeps its place, so that an error can point at it.

use std::ops::Range;

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::select;
use crate::market::setting::{Kind, Setting};
use crate::market::settings;

/// What stands in a section.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Base address of the vendor; paths are appended.
    pub vendor: Option<Spanned<String>>,
    /// The edition of the interface. `interface` says the same.
    pub dialect: Option<Spanned<String>>,
    /// Where the marketplace's own API listens while cases are played.
    pub listen: Option<Spanned<String>>,
    /// Inputs of the scenarios.
    pub inputs: Map<String, Value>,
    /// The marketplace's own settings.
    pub settings: Vec<(&'static Setting, Spanned<String>)>,
}

/// What is wrong, and where in the text.
pub(super) type Wrong = (usize, String);

impl Section {
    /// Reads the table of a marketplace.
    pub(super) fn read(marketplace: &str, table: &DeTable<'_>) -> Result<Self, Wrong> {
        let mut section = Self::default();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match (name, value.get_ref()) {
                ("vendor", _) => section.vendor = Some(text(name, value)?),
                ("listen", _) => section.listen = Some(text(name, value)?),
                ("dialect" | "interface", _) if section.dialect.is_some() => {
                    return Err((key.span().start, "dialect and interface say the same; give one".to_owned()));
                }
                ("dialect" | "interface", _) => section.dialect = Some(text(name, value)?),
                ("inputs", DeValue::Table(inputs)) => {
                    for (name, value) in inputs {
                        section.inputs.insert(name.get_ref().to_string(), plain(value)?);
                    }
                }
                ("inputs", _) => return Err((value.span().start, "inputs is a table: NAME = VALUE".to_owned())),
                _ => section.setting(marketplace, "", key.span(), name, value)?,
            }
        }
        Ok(section)
    }

    /// A setting, or a table of them.
    fn setting(
        &mut self,
        marketplace: &str,
        prefix: &str,
        key: Range<usize>,
        name: &str,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), Wrong> {
        let full = format!("{prefix}{name}");
        let known = settings(marketplace);
        if let Some(setting) = known.iter().find(|setting| setting.name == full) {
            self.settings.push((setting, of_kind(setting, value)?));
            return Ok(());
        }
        let below = format!("{full}.");
        match value.get_ref() {
            DeValue::Table(table) if known.iter().any(|setting| setting.name.starts_with(&below)) => {
                table.iter().try_for_each(|(key, value)| {
                    self.setting(marketplace, &below, key.span(), key.get_ref().as_ref(), value)
                })
            }
            _ => Err((key.start, unknown(&full, known))),
        }
    }
}

fn unknown(name: &str, known: &[Setting]) -> String {
    let mut names: Vec<&str> = ["vendor", "dialect", "inputs"].to_vec();
    names.extend(known.iter().map(|setting| setting.name));
    let near = select::nearest(name, &names).map(|near| format!("; did you mean `{near}`?"));
    format!("unknown field `{name}`{}", near.unwrap_or_else(|| format!(", expected one of {}", names.join(", "))))
}

fn text(name: &str, value: &Spanned<DeValue<'_>>) -> Result<Spanned<String>, Wrong> {
    match value.get_ref() {
        DeValue::String(text) => Ok(Spanned::new(value.span(), text.to_string())),
        other => Err((value.span().start, format!("invalid type: {name} is {}, not a text", kind(other)))),
    }
}

/// The value as text, when it is of the setting's kind.
fn of_kind(setting: &Setting, value: &Spanned<DeValue<'_>>) -> Result<Spanned<String>, Wrong> {
    let text = match (setting.kind, value.get_ref()) {
        (Kind::Flag, DeValue::Boolean(flag)) => flag.to_string(),
        // A choice that begins with no or yes: `kit = true`.
        (Kind::Choice(words), DeValue::Boolean(flag)) if words.contains(&flag.to_string().as_str()) => flag.to_string(),
        (Kind::Count | Kind::CountOr(_), DeValue::Integer(number)) => {
            let read = i64::from_str_radix(number.as_str(), number.radix());
            read.map_or_else(|_| number.to_string(), |number| number.to_string())
        }
        (Kind::Flag, DeValue::String(_)) => return Err(refused(setting, value)),
        // A number too: it may come out of a variable.
        (_, DeValue::String(text)) => text.to_string(),
        _ => return Err(refused(setting, value)),
    };
    match setting.kind {
        // A variable may stand in its place.
        Kind::Choice(words) if !words.contains(&text.as_str()) && !text.contains("${") => {
            Err((value.span().start, format!("{text:?} is none of {}", setting.kind.expected())))
        }
        _ => Ok(Spanned::new(value.span(), text)),
    }
}

fn refused(setting: &Setting, value: &Spanned<DeValue<'_>>) -> Wrong {
    let (is, expected) = (kind(value.get_ref()), setting.kind.expected());
    (value.span().start, format!("invalid type: {} is {is}, expected {expected}", setting.name))
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// An input as JSON.
fn plain(value: &Spanned<DeValue<'_>>) -> Result<Value, Wrong> {
    let refuse =
        || (value.span().start, "an input is a text, a number, a boolean, or a list or table of those".to_owned());
    Ok(match value.get_ref() {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(flag) => Value::from(*flag),
        DeValue::Integer(number) => {
            let number = i64::from_str_radix(number.as_str(), number.radix()).map_err(|_| refuse())?;
            Value::from(number)
        }
        DeValue::Float(number) => Value::from(number.as_str().parse::<f64>().map_err(|_| refuse())?),
        DeValue::Datetime(date) => Value::from(date.to_string()),
        DeValue::Array(items) => Value::Array(items.iter().map(plain).collect::<Result<_, _>>()?),
        DeValue::Table(table) => {
            let mut members = Map::new();
            for (name, value) in table {
                members.insert(name.get_ref().to_string(), plain(value)?);
            }
            Value::Object(members)
        }
    })
}
