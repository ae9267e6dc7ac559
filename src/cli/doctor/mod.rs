//! `storeproof doctor`: why a signature is refused, from a captured message alone.
//!
//! What was captured is read (`crate::capture`), the marketplace is the one that was named or that the fields show, and its
//! recipes examine every signature (`examine`); `human` and `json` tell the result.

mod examine;
mod human;
mod json;
mod marked;

use std::io::{self, IsTerminal as _, Read as _, Write};
use std::path::Path;

use jiff::Timestamp;

use super::args::Doctor;
use super::exit::Ended;
use super::settings::{self, UsageError};
use crate::capture::{self, Capture};
use crate::market::{MARKETPLACES, Market};
use crate::report::Style;
use crate::report::print::Printer;
use crate::run::files;
use crate::wire::{Redactor, Secret};

use examine::{Judged, Question, Seen};

/// Longest text that is read from standard input, as long as files may be.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// Examines every signature of what was captured.
pub(super) fn doctor(arguments: &Doctor, out: &mut dyn Write) -> Result<Ended, UsageError> {
    if let Some(name) = &arguments.marketplace {
        super::known_marketplace(name)?;
    }
    let (source, text) = captured_text(arguments.file.as_deref())?;
    let capture = capture::read(&text).map_err(|error| UsageError(format!("{source}: {error}")))?;
    let markets = Markets::new(arguments)?;
    let now = super::now();
    let question = Question {
        named: arguments.marketplace.as_deref(),
        judged: judged(arguments.at.as_deref(), now)?,
        now,
        scheme: arguments.scheme.as_deref(),
    };
    let (seen, unsigned) = match capture {
        Capture::Single(captured) => {
            let seen: Vec<Seen> = examine::examine(&captured, None, &question, &markets).into_iter().collect();
            let unsigned = usize::from(seen.is_empty());
            (seen, unsigned)
        }
        Capture::Archive(entries) => {
            let all = entries.len();
            let entries = entries.iter().enumerate();
            let seen: Vec<Seen> = entries
                .filter_map(|(index, entry)| examine::examine(entry.as_ref()?, Some(index), &question, &markets))
                .collect();
            let unsigned = all - seen.len();
            (seen, unsigned)
        }
    };
    let told = if arguments.json {
        json::tell(out, &seen, unsigned, &markets.redactor)
    } else {
        let style = if super::coloured(arguments.common.color) { Style::Coloured } else { Style::Plain };
        human::tell(&mut Printer::new(out, style, super::width().min(100)), &seen, unsigned, &markets.redactor)
    };
    match told {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(UsageError::new(error)),
        _ => {}
    }
    let wrong = seen.iter().flat_map(|seen| &seen.examined).any(|examined| !examined.diagnosis.is_empty());
    Ok(match (seen.is_empty(), wrong) {
        (true, _) => Ended::NothingSelected,
        (_, true) => Ended::Breaks,
        (_, false) => Ended::Well,
    })
}

/// What was captured, and what to call the place it came from.
fn captured_text(file: Option<&Path>) -> Result<(String, String), UsageError> {
    match file.filter(|file| *file != Path::new("-")) {
        Some(file) => Ok((file.display().to_string(), files::text(file).map_err(UsageError::new)?)),
        None if file.is_none() && io::stdin().is_terminal() => Err(UsageError::new(
            "doctor: name a file, or pipe what was captured; `-` reads from the terminal until Ctrl-D",
        )),
        None => {
            let source = "standard input";
            let mut bytes = Vec::new();
            let read = io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes);
            read.map_err(|error| UsageError(format!("{source}: {error}")))?;
            if bytes.len() as u64 > MOST_BYTES {
                return Err(UsageError(format!("{source}: it is longer than the {MOST_BYTES} bytes that are read")));
            }
            let text = String::from_utf8(bytes);
            let text =
                text.map_err(|_| UsageError(format!("{source}: it is no UTF-8 text; save bodies of bytes as HAR")))?;
            Ok((source.to_owned(), text))
        }
    }
}

fn judged(at: Option<&str>, now: Timestamp) -> Result<Judged, UsageError> {
    match at {
        None => Ok(Judged::AsSent),
        Some("now") => Ok(Judged::At(now)),
        Some(text) => text
            .parse()
            .map(Judged::At)
            .map_err(|_| UsageError(format!("--at {text}: write a time such as 2026-03-04T05:06:07Z, or now"))),
    }
}

/// Every marketplace as the configuration has it.
struct Markets {
    all: Vec<(&'static str, Market, Keys)>,
    /// Hides the keys of all of them.
    redactor: Redactor,
}

/// Where the keys come from with which a marketplace's signatures are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keys {
    /// The user has named at least one.
    Users,
    /// They are those that every copy of storeproof has.
    BuiltIn,
}

impl Markets {
    fn new(arguments: &Doctor) -> Result<Self, UsageError> {
        let config = settings::configuration(&arguments.common)?;
        let public_key = match &arguments.public_key {
            Some(path) => Some((path, files::text(path).map_err(UsageError::new)?)),
            None => None,
        };
        let mut all = Vec::new();
        for name in MARKETPLACES {
            let mut market = settings::market(Some(name), &config, None)?;
            if let Some((path, pem)) = &public_key {
                let refuse = |error| UsageError(format!("{}: {error}", path.display()));
                market = market.trusting(pem).map_err(refuse)?;
            }
            let section = config.sections.get(name);
            let mut set = section.into_iter().flat_map(|section| &section.settings);
            let users = public_key.is_some() || set.any(|(setting, _)| setting.name.ends_with("key"));
            all.push((*name, market, if users { Keys::Users } else { Keys::BuiltIn }));
        }
        let secrets: Vec<Secret> = all.iter().flat_map(|(_, market, _)| market.secrets()).collect();
        Ok(Self { redactor: Redactor::new(&secrets), all })
    }

    fn get(&self, wanted: &str) -> Option<&(&'static str, Market, Keys)> {
        self.all.iter().find(|(name, ..)| *name == wanted)
    }
}
