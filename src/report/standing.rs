//! How requirements stand, in the words that reports share.

use crate::verdict::Level;
use crate::verdict::assessment::{Assessed, Assessment, Standing};

/// What weighs most comes first; what holds is only counted.
pub(crate) const OPEN: &[&str] =
    &["refused", "warned", "noted", "known", "untested", "unlooked", "not stated", "elsewhere"];

/// How a requirement stands in a word: one of [`OPEN`], or `holds`, `stated`, `not about this product`.
pub(crate) fn word(assessed: &Assessed) -> &'static str {
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

/// `78 hold, 8 stated, 1 refused`.
pub(crate) fn counts(assessment: &Assessment) -> String {
    let words = ["holds", "stated"].into_iter().chain(OPEN.iter().copied()).chain(["not about this product"]);
    let counted = words.filter_map(|of| {
        let count = assessment.requirements.iter().filter(|assessed| word(assessed) == of).count();
        let told = match of {
            "holds" if count != 1 => "hold",
            "unlooked" => "untested and no must",
            "elsewhere" => "to be seen at the public address",
            other => other,
        };
        (count > 0).then(|| format!("{count} {told}"))
    });
    counted.collect::<Vec<_>>().join(", ")
}

/// `5 of 5 operations, 21 of 37 statuses`; axes without a point are left out.
pub(crate) fn seen(assessment: &Assessment) -> String {
    let axes = assessment.coverage.axes().into_iter().filter(|(_, axis)| !axis.points.is_empty());
    let axes = axes.map(|(name, axis)| format!("{} of {} {name}", axis.seen(), axis.points.len()));
    axes.collect::<Vec<_>>().join(", ")
}

/// What to say of a requirement that does not simply hold, beside its word; `rule` is its text.
pub(crate) fn remark(assessed: &Assessed, rule: &str) -> String {
    match &assessed.standing {
        Standing::Known { owner, until } => {
            format!("accepted until {until}; {owner} answers for it. {rule}")
        }
        Standing::Untested { why } | Standing::Elsewhere { why } | Standing::NotApplicable { why } => why.clone(),
        Standing::Stated(statement) => {
            format!("stated by {} on {}: {}", statement.who, statement.when, statement.r#where)
        }
        Standing::Holds | Standing::Broken | Standing::Unstated => rule.to_owned(),
    }
}
