//! `review`, `accept` and `reject`: a person decides about answers that nobody has reviewed.
//!
//! Everything takes the folder, a writer and, on a terminal, a source of keys, so that the decisions can be tested
//! without a terminal. Exit codes are made from the returned [`Counts`] elsewhere.

use std::io::{self, Write};
use std::path::Path;

use console::{Key, Style, Term};

use crate::check::snapshot::diff;
use crate::run::snapshots::{Pending, SnapshotError};
use crate::wire::printable;

/// What is said when there is nothing to decide about.
const NOTHING: &str = "nothing waits for review (`storeproof explain snapshot` says how answers come to wait here)";

/// What was decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answers that have become reviewed snapshots.
    pub accepted: usize,
    /// Answers that were thrown away.
    pub rejected: usize,
    /// Answers that still wait.
    pub pending: usize,
}

/// Why reviewing cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// A snapshot file cannot be read or written.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The terminal or the output is gone.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The pattern selects nothing.
    #[error("no pending snapshot matches {pattern:?}{}", nearby.as_ref().map_or(String::new(), |name| format!("; there is {name}")))]
    NothingMatches {
        /// What was asked for.
        pattern: String,
        /// The most similar pending one.
        nearby: Option<String>,
    },
}

/// Where keys come from.
pub trait Keys {
    /// Waits for the next key.
    fn key(&mut self) -> io::Result<Key>;
}

impl Keys for Term {
    fn key(&mut self) -> io::Result<Key> {
        self.read_key()
    }
}

/// Makes the matching pending answers the reviewed snapshots; all of them without a pattern.
///
/// A pattern is a part of the name (`lifecycle/first-month`), or, when it holds a `*`, the whole name with `*` for
/// anything.
pub fn accept(root: &Path, pattern: Option<&str>, out: &mut dyn Write) -> Result<Counts, ReviewError> {
    decide(root, pattern, out, true)
}

/// Throws the matching pending answers away; all of them without a pattern.
pub fn reject(root: &Path, pattern: Option<&str>, out: &mut dyn Write) -> Result<Counts, ReviewError> {
    decide(root, pattern, out, false)
}

fn decide(root: &Path, pattern: Option<&str>, out: &mut dyn Write, accept: bool) -> Result<Counts, ReviewError> {
    let all = Pending::all(root)?;
    let mut counts = Counts::default();
    for pending in &all {
        if !pattern.is_none_or(|pattern| matches(pattern, &pending.name)) {
            counts.pending += 1;
        } else if accept {
            pending.accept()?;
            counts.accepted += 1;
            writeln!(out, "accepted  {}", shown(&pending.name))?;
        } else {
            pending.reject()?;
            counts.rejected += 1;
            writeln!(out, "rejected  {}", shown(&pending.name))?;
        }
    }
    match pattern {
        Some(pattern) if counts.accepted + counts.rejected == 0 => Err(ReviewError::NothingMatches {
            pattern: pattern.to_owned(),
            nearby: nearest(pattern, &all).map(str::to_owned),
        }),
        None if all.is_empty() => {
            writeln!(out, "{NOTHING}")?;
            Ok(counts)
        }
        _ => Ok(counts),
    }
}

/// Lists what waits for review with its differences, for output that is no terminal. Decides nothing.
pub fn list(root: &Path, coloured: bool, out: &mut dyn Write) -> Result<Counts, ReviewError> {
    let all = Pending::all(root)?;
    for (index, pending) in all.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        show(pending, View::Changes, coloured, out)?;
    }
    match all.len() {
        0 => writeln!(out, "{NOTHING}")?,
        1 => writeln!(out, "\n1 answer waits for review: `storeproof accept` or `storeproof reject`")?,
        count => writeln!(out, "\n{count} answers wait for review: `storeproof accept` or `storeproof reject`")?,
    }
    Ok(Counts { pending: all.len(), ..Counts::default() })
}

/// How much of an answer is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Changes,
    Whole,
}

/// Asks about each answer that waits for review, one after the other.
pub fn interactive(
    root: &Path,
    coloured: bool,
    keys: &mut dyn Keys,
    out: &mut dyn Write,
) -> Result<Counts, ReviewError> {
    let all = Pending::all(root)?;
    let mut counts = Counts { pending: all.len(), ..Counts::default() };
    if all.is_empty() {
        writeln!(out, "{NOTHING}")?;
    }
    'answers: for (index, pending) in all.iter().enumerate() {
        let mut view = View::Changes;
        writeln!(out, "\n{} of {}", index + 1, all.len())?;
        show(pending, view, coloured, out)?;
        loop {
            let other = if view == View::Changes { "whole answer" } else { "differences" };
            write!(out, "\na accept   r reject   s skip   d {other}   q quit  > ")?;
            out.flush()?;
            let key = keys.key()?;
            let word = match key {
                Key::Char('a' | 'A') => {
                    pending.accept()?;
                    counts.accepted += 1;
                    counts.pending -= 1;
                    "accepted"
                }
                Key::Char('r' | 'R') => {
                    pending.reject()?;
                    counts.rejected += 1;
                    counts.pending -= 1;
                    "rejected"
                }
                Key::Char('s' | 'S' | ' ') => "skipped",
                Key::Char('d' | 'D') => {
                    view = if view == View::Changes { View::Whole } else { View::Changes };
                    writeln!(out)?;
                    show(pending, view, coloured, out)?;
                    continue;
                }
                Key::Char('q' | 'Q') | Key::Escape | Key::CtrlC => {
                    writeln!(out, "quit")?;
                    break 'answers;
                }
                _ => {
                    writeln!(out)?;
                    continue;
                }
            };
            writeln!(out, "{word}")?;
            break;
        }
    }
    if !all.is_empty() {
        let Counts { accepted, rejected, pending } = counts;
        writeln!(out, "\n{accepted} accepted, {rejected} rejected, {pending} still to review")?;
    }
    Ok(counts)
}

fn show(pending: &Pending, view: View, coloured: bool, out: &mut dyn Write) -> io::Result<()> {
    let paint = |style: Style, text: &str| style.force_styling(coloured).apply_to(text).to_string();
    let state = if pending.old.is_some() { "changed" } else { "new" };
    writeln!(out, "{}  {}", paint(Style::new().bold(), state), shown(&pending.name))?;
    let new = &pending.new;
    if let Some(source) = &new.source {
        let line = new.line.map_or(String::new(), |line| format!(":{line}"));
        writeln!(out, "  from  {}{line}", shown(source))?;
    }
    let what = [&new.expression, &new.description].into_iter().flatten().map(|text| shown(text)).collect::<Vec<_>>();
    if !what.is_empty() {
        writeln!(out, "  step  {}", what.join(", "))?;
    }
    writeln!(out)?;
    let text = match (&pending.old, view) {
        (Some(old), View::Changes) if old.contents == new.contents => "  the same as the reviewed answer".to_owned(),
        (Some(old), View::Changes) => diff(&old.contents, &new.contents),
        (None, View::Changes) => new.contents.lines().map(|line| format!("+{line}")).collect::<Vec<_>>().join("\n"),
        (_, View::Whole) => new.contents.lines().map(|line| format!(" {line}")).collect::<Vec<_>>().join("\n"),
    };
    for line in text.lines() {
        let style = match (view, line.as_bytes().first()) {
            (View::Changes, Some(b'-')) => Style::new().red(),
            (View::Changes, Some(b'+')) => Style::new().green(),
            _ => Style::new(),
        };
        // The file may have been written by someone else than us.
        writeln!(out, "  {}", paint(style, &shown(line)))?;
    }
    Ok(())
}

fn shown(text: &str) -> String {
    printable(text.as_bytes())
}

fn matches(pattern: &str, name: &str) -> bool {
    if !pattern.contains('*') {
        return name.contains(pattern);
    }
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let last = parts.next_back().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else { return false };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

fn nearest<'a>(pattern: &str, all: &'a [Pending]) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(pattern, name.rsplit('/').next().unwrap_or(name));
    all.iter().map(|pending| pending.name.as_str()).max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("first-month", true)]
    #[case("snapshots/*/first-month/*.snap", true)]
    #[case("*register.snap", true)]
    #[case("*", true)]
    #[case("second", false)]
    #[case("first*month", false)]
    #[case("*snap*register.snap", true)]
    #[case("*.snap*.snap", false)]
    fn patterns_select_by_part_or_as_a_whole(#[case] pattern: &str, #[case] expected: bool) {
        assert_eq!(matches(pattern, "snapshots/kt-bizstore/lifecycle/first-month/register.snap"), expected);
    }
}
