//! How the requirements of the store stand, behind the cases of a certification.

use std::io;

use crate::report::redact::words;
use crate::report::standing;
use crate::report::summary::counted;
use crate::verdict::Catalogue;
use crate::verdict::assessment::{Assessed, Assessment, Standing};
use crate::wire::Redactor;

use super::print::{Paint, Printer};

/// Counts of all, a line for each that does not hold, and how much was seen.
pub(super) fn tell(
    printer: &mut Printer<'_>,
    assessment: &Assessment,
    catalogue: &Catalogue,
    redactor: &Redactor,
) -> io::Result<()> {
    let rule = |assessed: &Assessed| catalogue.get(&assessed.requirement).map_or("", |known| known.rule.as_str());
    printer.line("")?;
    let of = format!("{} ({})", assessment.marketplace, assessment.dialects.join(", "));
    let applying = assessment.requirements.iter().filter(|one| one.applies()).count();
    printer.wrapped(0, &format!("{} of {of}: {}", counted(applying, "requirement"), standing::counts(assessment)))?;
    let mut unstated = Vec::new();
    for word in standing::OPEN {
        // Several that stand so for one reason are one entry.
        let mut entries: Vec<(String, Vec<&Assessed>)> = Vec::new();
        for assessed in assessment.requirements.iter().filter(|one| standing::word(one) == *word) {
            if matches!(assessed.standing, Standing::Unstated) {
                unstated.push(assessed);
                continue;
            }
            let remark = standing::remark(assessed, rule(assessed));
            match entries.iter_mut().find(|(known, _)| *known == remark) {
                Some((_, all)) => all.push(assessed),
                None => entries.push((remark, vec![assessed])),
            }
        }
        for (remark, all) in entries {
            let paint = if all.iter().any(|one| one.blocks()) { Paint::Bad } else { Paint::Open };
            let head = printer.paint(paint, &format!("{word:<10}"));
            let names: Vec<&str> = all.iter().map(|one| one.requirement.as_str()).collect();
            let told = format!("{}  {}", names.join(", "), words(redactor, &remark));
            printer.hanging(&format!("  {head}  "), 14, &told)?;
        }
    }
    if let Some(first) = unstated.first() {
        printer.line("")?;
        printer.wrapped(0, "No program can judge these. Somebody looks at each and states it in storeproof.toml:")?;
        for assessed in &unstated {
            printer.hanging("  ", 4, &format!("{}  {}", assessed.requirement, rule(assessed)))?;
        }
        printer.line("")?;
        printer.line("  [[statement]]")?;
        printer.line(&format!("  requirement = \"{}\"", first.requirement))?;
        printer.line("  who = \"name or role\"")?;
        printer.line("  when = \"yyyy-mm-dd\"")?;
        printer.line("  where = \"a ticket, a document, a page of the store's console\"")?;
    }
    printer.line("")?;
    printer.wrapped(0, &format!("Seen: {}.", standing::seen(assessment)))
}
