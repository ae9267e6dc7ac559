//! What was found, for a person: the verdict, its cause and what to change, then every string on the way to the signature.

use std::io;
use std::ops::Range;

use jiff::Timestamp;

use super::Keys;
use super::examine::{Moment, Seen};
use super::marked;
use crate::market::{Carrier, Examined};
use crate::report::difference;
use crate::report::print::{Paint, Printer};
use crate::report::redact::words;
use crate::sign::Intermediate;
use crate::wire::{Redactor, printable_text};

/// Characters of a step that are shown.
const LONGEST: usize = 16 * 1024;

/// Columns in front of a step's text.
const INDENT: usize = 14;

/// Tells of every message, and at the end how many carry no signature.
pub(super) fn tell(printer: &mut Printer<'_>, seen: &[Seen], unsigned: usize, redactor: &Redactor) -> io::Result<()> {
    for (index, seen) in seen.iter().enumerate() {
        if index > 0 {
            printer.line("")?;
        }
        message(printer, seen, redactor)?;
    }
    match (seen.len(), unsigned) {
        (0, 0 | 1) => printer.wrapped(
            0,
            "Nothing in it shows a signature. Where one should be, name the marketplace: --marketplace NAME.",
        ),
        (0, _) => printer.line(&format!("None of the {unsigned} entries carries a signature.")),
        (_, 0) => Ok(()),
        (signed, _) => {
            printer.line("")?;
            let (carry, rest) = (if signed == 1 { "carries" } else { "carry" }, signed + unsigned);
            printer.line(&format!("{signed} of {rest} entries {carry} a signature."))
        }
    }
}

fn message(printer: &mut Printer<'_>, seen: &Seen, redactor: &Redactor) -> io::Result<()> {
    let entry = seen.entry.map(|entry| format!("entry {entry}: ")).unwrap_or_default();
    let what = words(redactor, &seen.what);
    let how = if seen.guessed { ", as its fields show" } else { "" };
    let heading = printer.paint(Paint::Strong, &format!("{entry}{what}"));
    printer.wrapped(0, &format!("{heading} ({}{how})", seen.marketplace))?;
    if seen.trimmed {
        printer.wrapped(
            2,
            "The line feed at its end was read as one of copying, as no Content-Length counts it. If it was sent, keep that \
             header in what you capture.",
        )?;
    }
    for examined in &seen.examined {
        signature(printer, seen, examined, redactor)?;
    }
    Ok(())
}

fn signature(printer: &mut Printer<'_>, seen: &Seen, examined: &Examined, redactor: &Redactor) -> io::Result<()> {
    let carrier = match examined.carrier {
        Carrier::Request => "request",
        Carrier::Answer => "answer",
    };
    let right = examined.diagnosis.is_empty();
    let verdict = if right { printer.paint(Paint::Good, "RIGHT") } else { printer.paint(Paint::Bad, "WRONG") };
    let what = examined.value.map_or("signature".to_owned(), |member| format!("encrypted {member}"));
    printer.line(&format!("  {verdict}  {what} of the {carrier}, {}", examined.recipe))?;
    for (index, cause) in examined.diagnosis.iter().enumerate() {
        printer.entry(if index == 0 { "cause" } else { "besides" }, &words(redactor, cause))?;
    }
    if let Some(mistake) = examined.mistake {
        printer.entry("mistake", &format!("{}: {}", mistake.name, mistake.what))?;
        printer.entry("why", mistake.consequence)?;
    }
    if let Some(change) = change(examined) {
        printer.entry("change", &change)?;
    }
    if examined.carrier == Carrier::Request {
        printer.entry("time", &time(seen))?;
    }
    if !right && examined.mistake.is_none() && seen.keys == Keys::BuiltIn {
        let keys = format!(
            "storeproof's own test keys were used; a message of the real store needs yours, in [{}] of storeproof.toml",
            seen.marketplace
        );
        printer.entry("keys", &keys)?;
    }
    let last = examined.expected.last().map(|step| step.value.as_str());
    if let Some(received) = examined.received.as_deref().filter(|received| !right && Some(*received) != last) {
        printer.entry("received", &words(redactor, received))?;
    }
    for (index, step) in examined.expected.iter().enumerate() {
        let signed = examined.signed.iter().flatten().find(|signed| signed.name == step.name);
        let name = printer.paint(Paint::Faint, &format!("{} {}", index + 1, step.name));
        printer.line(&format!("    {name}"))?;
        strings(printer, step, signed, redactor)?;
    }
    Ok(())
}

/// Which of the strings is to be made otherwise, where it is known what was signed.
fn change(examined: &Examined) -> Option<String> {
    let signed = examined.signed.as_ref()?;
    let other =
        |step: &Intermediate| signed.iter().any(|signed| signed.name == step.name && signed.value != step.value);
    let at = examined.expected.iter().position(other)?;
    let name = examined.expected[at].name;
    Some(if at + 1 < examined.expected.len() || examined.expected.len() == 1 {
        format!("make step {}, the {name}, as the line `right` has it; it is the first that differs", at + 1)
    } else {
        "every string before the signature is right; the key, the algorithm or the encoding of the result is another"
            .into()
    })
}

/// When it was signed, and at which moment that was judged.
fn time(seen: &Seen) -> String {
    let (at, moment) = seen.judged_at;
    let second = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (signed, later) = match seen.signed_at {
        Some(signed) => (format!("signed at {}", second(signed)), format!(", {}", between(signed, at))),
        None => ("it does not say when it was signed".to_owned(), String::new()),
    };
    match (moment, seen.signed_at) {
        (Moment::Asked, _) => format!("{signed}; judged as of {}{later}", second(at)),
        (Moment::Sent, _) => format!("{signed}; judged as of {}, when it was sent{later}", second(at)),
        (Moment::Signed, Some(then)) if then <= seen.now => format!(
            "{signed}, {} ago; its age is not held against it, as captures are old (--at TIME judges that too)",
            length(seen.now.as_second().saturating_sub(then.as_second()))
        ),
        (Moment::Signed, _) => {
            format!("{signed}, which is still to come; that is not held against it (--at TIME judges that too)")
        }
        (Moment::Present, _) => format!("{signed}; judged as of now"),
    }
}

/// How much later or earlier the second time is.
fn between(first: Timestamp, second: Timestamp) -> String {
    let seconds = second.as_second().saturating_sub(first.as_second());
    match seconds {
        0 => "in the same second".to_owned(),
        1.. => format!("{} later", length(seconds)),
        _ => format!("{} earlier", length(seconds)),
    }
}

/// A length of time in whole units.
fn length(seconds: i64) -> String {
    match seconds.unsigned_abs() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ ..7_200 => format!("{} min", seconds / 60),
        seconds @ ..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// One string: as it should be, and below it as it was signed where that differs.
fn strings(
    printer: &mut Printer<'_>,
    right: &Intermediate,
    signed: Option<&Intermediate>,
    redactor: &Redactor,
) -> io::Result<()> {
    let shown = |text: &str| bounded(&printable_text(redactor.text(text).as_bytes()));
    let width = printer.width().saturating_sub(INDENT);
    let expected = shown(&right.value);
    let Some(signed) = signed.filter(|signed| signed.value != right.value) else {
        // A right signature that was not received is cut.
        let label = if expected.ends_with('…') { "right" } else { "" };
        return block(printer, label, marked::lines(&expected, &[], width));
    };
    let signed = shown(&signed.value);
    if signed == expected {
        block(printer, "", marked::lines(&expected, &[], width))?;
        return printer.line(&format!("{:INDENT$}what was signed differs in a key, which is not shown", ""));
    }
    let characters = |text: &str| text.chars().collect::<Vec<_>>();
    let (of_right, of_signed) = difference::differences(&characters(&expected), &characters(&signed));
    // Where all differs, as digests do, marks would say nothing.
    let all = |marks: &[Range<usize>], text: &str| marks.len() == 1 && marks[0].len() == text.chars().count();
    let silent = all(&of_right, &expected) || all(&of_signed, &signed) || expected.ends_with('…');
    let marks = |marks: Vec<Range<usize>>| if silent { Vec::new() } else { marks };
    block(printer, "right", marked::lines(&expected, &marks(of_right), width))?;
    block(printer, "signed", marked::lines(&signed, &marks(of_signed), width))
}

/// Lines behind a label.
fn block(printer: &mut Printer<'_>, label: &str, lines: Vec<String>) -> io::Result<()> {
    if lines.iter().all(String::is_empty) {
        return printer.line(&format!("      {label:<8}(empty)"));
    }
    for (index, line) in lines.iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        printer.line(&format!("      {label:<8}{line}"))?;
    }
    Ok(())
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}… {} bytes more", &text[..at], text.len() - at),
    }
}
