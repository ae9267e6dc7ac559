//! `storeproof lint`: checks files without running anything.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::args::Lint;
use super::config::Config;
use super::exit::Ended;
use super::settings::UsageError;
use crate::market::{self, MARKETPLACES};
use crate::run::{Loader, Origin, files, interface_of};
use crate::spec::embedded;
use crate::spec::{Document, Scope, read_catalogue, read_known_failures};

/// Checks each file by what it is and prints everything that is wrong.
pub(super) fn lint(arguments: &Lint, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let loader = Loader::new(arguments.common.specs.clone(), Arc::new(super::every_requirement()));
    if arguments.files.is_empty() {
        return embedded_ones(&loader, out);
    }
    let mut broken = 0;
    for path in &arguments.files {
        let shown = path.display();
        let line = match check(path, &loader) {
            Ok(warnings) if warnings.is_empty() => format!("{shown}: sound\n"),
            Ok(warnings) => format!("{}\n{shown}: sound, with warnings\n", warnings.trim_end()),
            Err(problems) => {
                broken += 1;
                format!("{}\n", problems.trim_end())
            }
        };
        super::write(out, line.as_bytes())?;
    }
    Ok(if broken == 0 { Ended::Well } else { Ended::Usage })
}

/// Checks what this binary brings along: a word on each that is not sound, and their number.
fn embedded_ones(loader: &Loader, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let mut broken = String::new();
    let (mut scenarios, mut interfaces) = (0, 0);
    for file in embedded::scenarios() {
        scenarios += 1;
        match loader.lint(&Origin::Embedded(file.path), file.name()) {
            Ok((_, rendered)) if rendered.is_empty() => {}
            Ok((_, rendered)) => broken += &rendered,
            Err(error) => broken += &format!("{}\n", error.0),
        }
    }
    for file in embedded::interface_texts() {
        interfaces += 1;
        if embedded::interface(file.name()).is_none() {
            broken += &format!("{}: is no interface\n", file.path);
        }
    }
    super::write(out, broken.as_bytes())?;
    let sound = if broken.is_empty() { "sound" } else { "not all of them sound" };
    super::write(
        out,
        format!("{scenarios} scenarios and {interfaces} interfaces of this binary: {sound}\n").as_bytes(),
    )?;
    Ok(if broken.is_empty() { Ended::Well } else { Ended::Usage })
}

/// Warnings, or problems.
fn check(path: &Path, loader: &Loader) -> Result<String, String> {
    if path.extension().is_some_and(|extension| extension == "toml") {
        let text = files::text(path).map_err(|error| error.to_string())?;
        return Config::parse(path, &text).map(|_| String::new()).map_err(|error| error.to_string());
    }
    let bytes = files::bytes(path).map_err(|error| error.to_string())?;
    let document = Document::from_bytes(&bytes).map_err(|error| {
        format!("{}:{}:{}: {}", path.display(), error.position.line, error.position.column, error.problem)
    })?;
    let has = |key: &str| document.value.get(key).is_some();
    if has("arazzo") {
        let (problems, rendered) =
            loader.lint(&Origin::File(path.to_owned()), &path.display().to_string()).map_err(|error| error.0)?;
        if problems.has_errors() { Err(rendered) } else { Ok(rendered) }
    } else if has("openapi") || has("swagger") {
        interface_of(path).map(|_| String::new())
    } else if has("known-failures") {
        let shown = path.display().to_string();
        let read = read_known_failures(&document, &super::every_requirement());
        read.map(|_| String::new()).map_err(|problems| problems.in_file(&shown))
    } else if has("requirements") {
        let shown = path.display().to_string();
        read_catalogue(&document, &every_scope()).map(|_| String::new()).map_err(|problems| problems.in_file(&shown))
    } else {
        Err(format!(
            "{}:1:1: neither a scenario (`arazzo`), an OpenAPI document (`openapi`), a list of requirements \
             (`requirements`), nor one of known failures (`known-failures`)",
            path.display()
        ))
    }
}

/// What the requirements of any marketplace can be about: a list of them does not say of which one it is.
fn every_scope() -> Scope {
    let mut every = Scope::default();
    for scope in MARKETPLACES.iter().map(|marketplace| market::scope(marketplace)) {
        every.dialects.extend(scope.dialects);
        every.traits.extend(scope.traits);
    }
    every
}
