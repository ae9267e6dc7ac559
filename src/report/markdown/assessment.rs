//! How the requirements of the store stand: counts, and a table of those that do not hold.

use crate::report::summary::counted;
use crate::report::{redact::words, standing};
use crate::verdict::Catalogue;
use crate::verdict::assessment::{Assessed, Assessment};
use crate::wire::Redactor;

use super::inline::{cell, code, prose};

/// The section, as lines.
pub(super) fn section(assessment: &Assessment, catalogue: &Catalogue, redactor: &Redactor) -> Vec<String> {
    let rule = |assessed: &Assessed| catalogue.get(&assessed.requirement).map_or("", |known| known.rule.as_str());
    let applying = assessment.requirements.iter().filter(|one| one.applies()).count();
    let of = format!("{} ({})", assessment.marketplace, assessment.dialects.join(", "));
    let mut lines = vec![
        "\n### Requirements\n".to_owned(),
        prose(&format!("{} of {of}: {}.", counted(applying, "requirement"), standing::counts(assessment))),
        prose(&format!("Seen: {}.", standing::seen(assessment))),
    ];
    let mut rows = Vec::new();
    for word in standing::OPEN {
        for assessed in assessment.requirements.iter().filter(|one| standing::word(one) == *word) {
            let remark = words(redactor, &standing::remark(assessed, rule(assessed)));
            rows.push(format!("| {word} | {} | {} |", code(assessed.requirement.as_str()), cell(&remark)));
        }
    }
    if !rows.is_empty() {
        lines.push("\n| | requirement | |\n|---|---|---|".to_owned());
        lines.extend(rows);
    }
    lines
}
