//! How the requirements of the store stand, behind the cases of a certification.

use std::io;

use crate::report::redact::words;
use crate::report::summary::counted;
use crate::verdict::assessment::{Assessed, Assessment, Standing};
use crate::verdict::{Catalogue, Level};
use crate::wire::Redactor;

use super::print::{Paint, Printer};

/// Counts of all, a line for each that does not hold, and how much was seen.
pub(super) fn tell(
    printer: &mut Printer<'_>,
    assessment: &Assessment,
    catalogue: &Catalogue,
    redactor: &Redactor,
) -> io::Result<()> {
    printer.line("")?;
    let of = format!("{} ({})", assessment.marketplace, assessment.dialects.join(", "));
    let applying = assessment.requirements.iter().filter(|one| one.applies()).count();
    printer.wrapped(0, &format!("{} of {of}: {}", counted(applying, "requirement"), counts(assessment)))?;
    let mut unstated = Vec::new();
    for word in ORDER {
        for assessed in assessment.requirements.iter().filter(|one| word_of(one) == *word) {
            if matches!(assessed.standing, Standing::Unstated) {
                unstated.push(assessed);
            } else if let Some(what) = what(assessed, catalogue) {
                let what = words(redactor, &what);
                let paint = if assessed.blocks() { Paint::Bad } else { Paint::Open };
                let head = printer.paint(paint, &format!("{word:<10}"));
                printer.hanging(&format!("  {head}  "), 14, &format!("{}  {what}", assessed.requirement))?;
            }
        }
    }
    state(printer, &unstated, catalogue)?;
    let axes = assessment.coverage.axes().into_iter().filter(|(_, axis)| !axis.points.is_empty());
    let axes: Vec<String> =
        axes.map(|(name, axis)| format!("{} of {} {name}", axis.seen(), axis.points.len())).collect();
    printer.line("")?;
    printer.wrapped(0, &format!("Seen: {}.", axes.join(", ")))
}

/// What weighs most comes first; what holds is only counted.
const ORDER: &[&str] = &["refused", "warned", "noted", "known", "untested", "unlooked", "not stated", "elsewhere"];

/// How a requirement stands in a word.
fn word_of(assessed: &Assessed) -> &'static str {
    match (&assessed.standing, assessed.level) {
        (Standing::Holds, _) => "holds",
        (Standing::Broken, Level::Must) => "refused",
        (Standing::Broken, Level::Should) => "warned",
        (Standing::Broken, Level::Advice | Level::Manual) => "noted",
        (Standing::Known { .. }, _) => "known",
        (Standing::Stated(_), _) => "stated",
        (Standing::Unstated, _) => "not stated",
        (Standing::Untested { .. }, Level::Must) => "untested",
        (Standing::Untested { .. }, _) => "unlooked",
        (Standing::Elsewhere { .. }, _) => "elsewhere",
        (Standing::NotApplicable { .. }, _) => "not about this product",
    }
}

fn counts(assessment: &Assessment) -> String {
    let words = ["holds", "stated"].into_iter().chain(ORDER.iter().copied()).chain(["not about this product"]);
    let counted = words.filter_map(|word| {
        let count = assessment.requirements.iter().filter(|assessed| word_of(assessed) == word).count();
        let told = match word {
            "holds" if count != 1 => "hold",
            "unlooked" => "untested and no must",
            "elsewhere" => "to be seen at the public address",
            word => word,
        };
        (count > 0).then(|| format!("{count} {told}"))
    });
    counted.collect::<Vec<_>>().join(", ")
}

fn what(assessed: &Assessed, catalogue: &Catalogue) -> Option<String> {
    let rule = || catalogue.get(&assessed.requirement).map_or_else(String::new, |known| known.rule.clone());
    match &assessed.standing {
        Standing::Broken => Some(rule()),
        Standing::Known { owner, until } => {
            let owner = owner.as_ref().map(|owner| format!("; {owner} answers for it")).unwrap_or_default();
            let until = until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default();
            Some(format!("accepted{until}{owner}. {}", rule()))
        }
        Standing::Untested { why } | Standing::Elsewhere { why } => Some(why.clone()),
        _ => None,
    }
}

/// What nobody has stated, and what to write so that it is.
fn state(printer: &mut Printer<'_>, unstated: &[&Assessed], catalogue: &Catalogue) -> io::Result<()> {
    let Some(first) = unstated.first() else { return Ok(()) };
    printer.line("")?;
    printer.wrapped(0, "No program can judge these. Somebody looks at each and states it in storeproof.toml:")?;
    for assessed in unstated {
        let rule = catalogue.get(&assessed.requirement).map_or("", |known| known.rule.as_str());
        printer.hanging("  ", 4, &format!("{}  {rule}", assessed.requirement))?;
    }
    printer.line("")?;
    printer.line("  [[statement]]")?;
    printer.line(&format!("  requirement = \"{}\"", first.requirement))?;
    printer.line("  who = \"name or role\"")?;
    printer.line("  when = \"yyyy-mm-dd\"")?;
    printer.line("  where = \"a ticket, a document, a page of the store's console\"")
}
