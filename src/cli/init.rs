//! `storeproof init`: a first `storeproof.toml`, with every setting, its default, and why it is open.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use super::args::Init;
use super::exit::Ended;
use super::settings::UsageError;
use crate::market::setting::{Kind, Setting, Values};
use crate::market::{MARKETPLACES, Market, settings};
use crate::run::files;
use crate::spec::{Description, embedded};

/// Columns of the comments.
const WIDTH: usize = 100;

/// Writes the file, which must not be there yet.
pub(super) fn init(arguments: &Init, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let names: Vec<&str> = if arguments.marketplaces.is_empty() {
        MARKETPLACES.to_vec()
    } else {
        for name in &arguments.marketplaces {
            super::known_marketplace(name)?;
        }
        arguments.marketplaces.iter().map(String::as_str).collect()
    };
    let path = Path::new("storeproof.toml");
    if path.exists() && !arguments.force {
        return Err(UsageError("storeproof.toml is there already; --force writes it anew".to_owned()));
    }
    files::write(path, text(&names, arguments.vendor.as_deref()).as_bytes()).map_err(UsageError::new)?;
    writeln!(out, "wrote storeproof.toml; run `storeproof run` in this folder").map_err(UsageError::new)?;
    Ok(Ended::Well)
}

fn text(marketplaces: &[&str], vendor: Option<&str>) -> String {
    let mut text = String::from(
        "# Where storeproof finds your system, and how it judges it. Lines behind # show defaults, or examples.\n",
    );
    text.push_str("# `${NAME}` in a text stands for an environment variable, which must be set.\n\n");
    text.push_str(
        "# Seed of all generated values: the same seed sends the same customers, which a vendor that\n\
         # remembers them answers otherwise the second time. Without it each run takes a fresh one.\n# seed = 1\n\n",
    );
    text.push_str("# How many cases run at one time.\n# jobs = 1\n");
    for marketplace in marketplaces {
        let _ = writeln!(text, "\n[{marketplace}]");
        let market = Market::new(Some(marketplace), &Values::default(), None).ok();
        if market.as_ref().is_some_and(Market::vendors_are_clients) {
            client(&mut text, vendor);
        } else {
            text.push_str("# Your endpoint's base address; what paths the store has come behind it.\n");
            let _ = writeln!(text, "vendor = {}", quoted(vendor.unwrap_or("http://127.0.0.1:8080")));
        }
        if market.is_some_and(|market| market.is_called()) {
            text.push_str(
                "\n# Where the store's own API listens while cases are played, for your system's settings; without it\n\
                 # on a port that changes with every run.\n# listen = \"127.0.0.1:7702\"\n",
            );
        }
        let reasons = reasons(marketplace);
        for setting in settings(marketplace) {
            let reason = reasons.iter().find(|(name, _)| name == setting.name).map(|(_, reason)| reason.as_str());
            entry(&mut text, setting, reason);
        }
    }
    text
}

/// How the program is named of a vendor that is a client. An address is that of another marketplace's vendor.
fn client(text: &mut String, vendor: Option<&str>) {
    text.push_str(
        "# The program that calls the store. It is started for each task, with the task's name and NAME=VALUE behind\n\
         # its own words; where to call and with which keys stands in STOREPROOF_ENDPOINT, STOREPROOF_ACCESS_KEY and\n\
         # STOREPROOF_SECRET_KEY. A task that it does not do it answers by ending with exit code 77, before any call: the\n\
         # case is left out then. Without a program you are told when to start which task yourself.\n",
    );
    let program = vendor.filter(|vendor| vendor.starts_with("exec:"));
    let sign = if program.is_some() { "" } else { "# " };
    let _ = writeln!(text, "{sign}vendor = {}", quoted(program.unwrap_or("exec:python3 client.py")));
}

fn entry(text: &mut String, setting: &Setting, reason: Option<&str>) {
    let mut what = setting.what.chars();
    let what: String = what.next().into_iter().flat_map(char::to_uppercase).chain(what).collect();
    let choices = match setting.kind {
        Kind::Choice(_) => format!(" One of {}.", setting.kind.expected()),
        _ => String::new(),
    };
    let comment = format!("{what}.{choices} {}", reason.unwrap_or_default());
    text.push('\n');
    let options = textwrap::Options::new(WIDTH).word_splitter(textwrap::WordSplitter::NoHyphenation);
    for line in textwrap::wrap(comment.trim_end(), options) {
        let _ = writeln!(text, "# {line}");
    }
    let value = match setting.kind {
        Kind::Flag | Kind::Count => setting.default.to_owned(),
        // Where the default depends on other settings, the line shows what could stand there.
        Kind::Choice(words) if setting.default.is_empty() => quoted(words[0]),
        _ => quoted(setting.default),
    };
    let _ = writeln!(text, "# {} = {value}", setting.name);
}

/// A text in TOML, which writes basic strings as JSON does.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Why each setting is open, from the marketplace's documents.
fn reasons(marketplace: &str) -> Vec<(String, String)> {
    let files = embedded::interface_texts().filter(|file| file.marketplace() == marketplace);
    files
        .filter_map(|file| Description::of(&file.document()).ok().flatten())
        .flat_map(|description| description.settings)
        .map(|setting| (setting.name, setting.reason))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::*;

    #[test]
    fn what_is_written_is_understood_as_it_is_and_with_every_default() {
        let text = text(MARKETPLACES, Some("https://vendor.example/a\"b"));
        let config = Config::parse(Path::new("storeproof.toml"), &text).expect("is understood");
        for marketplace in MARKETPLACES {
            let vendor = config.sections[marketplace].vendor.as_ref().map(|vendor| vendor.get_ref().as_str());
            let address = (*marketplace != "scp").then_some("https://vendor.example/a\"b");
            assert_eq!(vendor, address, "a client has no address");
        }
        // Commented defaults are settings too: without the sign they are understood.
        let uncommented: String = text
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.split(' ').nth(1) == Some("=") => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let config = Config::parse(Path::new("storeproof.toml"), &uncommented).expect("is understood");
        for marketplace in MARKETPLACES {
            assert_eq!(config.sections[marketplace].settings.len(), settings(marketplace).len(), "{uncommented}");
        }
    }

    #[test]
    fn a_client_is_named_by_its_program() {
        let text = text(&["scp"], Some("exec:./client"));
        let config = Config::parse(Path::new("storeproof.toml"), &text).expect("is understood");
        assert_eq!(config.sections["scp"].vendor.as_ref().expect("is set").get_ref(), "exec:./client");
    }
}
