//! `storeproof explain`: a requirement, a kind of check, or a scenario, in words.

use std::io::Write;

use super::exit::Ended;
use super::select::nearest;
use super::settings::UsageError;
use crate::market::MARKETPLACES;
use crate::spec::embedded;
use crate::verdict::{Level, Provenance, Requirement};

/// Kinds of check as reports name them in `rule`, and what each looks at.
pub(super) const RULES: &[(&str, &str)] = &[
    (
        "lost-answer",
        "The answer did not arrive whole: the connection ended early, what came is no HTTP, or it never came.",
    ),
    ("tls", "The certificate or the TLS version is not one that a store accepts."),
    ("status", "The status is not one that the document has for this call."),
    ("server-error", "The vendor's server failed (5xx) where the contract has an answer."),
    ("accepted", "A call that must be refused was accepted."),
    ("refused", "A call that must be accepted was refused."),
    ("otherwise", "What the store sends was refused, and something that it never sends is accepted."),
    ("header", "A header field is missing, repeated, or has another value than it must have."),
    ("content-type", "The content type is missing or is another than documented."),
    ("charset", "The bytes of the text are not what the content type says they are."),
    ("json", "The body must be JSON and is not."),
    ("schema", "The body is JSON of another shape than documented; the place is a JSON pointer."),
    ("url", "An address is relative, has no https, or leads elsewhere."),
    ("page", "A page that must open does not."),
    ("time-limit", "The answer took too long."),
    ("form", "A value is not written in its documented form."),
    ("calendar", "A date or a period has the right form and does not exist."),
    ("code", "A code is not in the documented list."),
    ("value", "A value is not the one that was sent or said before."),
    ("sum", "A total is not the sum of its parts."),
    ("falls", "A figure that can only grow has fallen."),
    ("not-reset", "A month-to-date figure goes on over the end of the month."),
    ("state", "A state was reported that cannot follow what happened before."),
    ("missing", "Something that must be in the answer is not."),
    ("unwanted", "Something is in the answer that must not be."),
    ("result", "A call was answered with another result than it must have, whatever the status."),
    ("same-answer", "Several deliveries of one call got different answers."),
    ("criterion", "A criterion of the scenario does not hold, or cannot be evaluated on this answer."),
    ("alive", "The vendor stopped answering after a call."),
    (
        "snapshot",
        "The answer is not the reviewed one. A step takes a snapshot where its scenario says so \
         (`x-storeproof: { snapshot: {} }`, or with `redact: { /mem-sq: any }` for values that change). \
         `storeproof run --snapshots review` keeps new and changed answers, `storeproof review` shows them, and \
         `storeproof accept` makes them the reviewed ones, in snapshots/ beside storeproof.toml.",
    ),
];

/// Prints what is known of an id.
pub(super) fn explain(id: &str, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let mut known: Vec<String> = RULES.iter().map(|(name, _)| (*name).to_owned()).collect();
    for marketplace in MARKETPLACES {
        let catalogue = embedded::catalogue(marketplace);
        if let Some(requirement) = catalogue.iter().find(|known| known.id.as_str().eq_ignore_ascii_case(id)) {
            super::write(out, requirement_text(requirement).as_bytes())?;
            // A few are both: a rule, and the kind of check that looks after it.
            if let Some((_, about)) = RULES.iter().find(|(name, _)| name.eq_ignore_ascii_case(id)) {
                super::write(out, format!("\n{}\n", filled(about)).as_bytes())?;
            }
            return Ok(Ended::Well);
        }
        known.extend(catalogue.iter().map(|requirement| requirement.id.to_string()));
    }
    if let Some((name, about)) = RULES.iter().find(|(name, _)| *name == id) {
        super::write(out, format!("{name}: a kind of check\n\n{}\n", filled(about)).as_bytes())?;
        return Ok(Ended::Well);
    }
    if let Some(file) = embedded::scenario(id) {
        super::write(out, super::case::explained(file).as_bytes())?;
        return Ok(Ended::Well);
    }
    known.extend(embedded::scenarios().map(|file| file.name().to_owned()));
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let hint = match nearest(&id.to_ascii_uppercase(), &known).or_else(|| nearest(id, &known)) {
        Some(near) => format!("; did you mean {near}?"),
        None => "; `storeproof list requirements` names all".to_owned(),
    };
    Err(UsageError(format!("{id} is no requirement, no rule and no scenario{hint}")))
}

fn filled(about: &str) -> String {
    textwrap::fill(
        about,
        textwrap::Options::new(100)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .initial_indent("  ")
            .subsequent_indent("  "),
    )
}

fn requirement_text(requirement: &Requirement) -> String {
    let level = match requirement.level {
        Level::Must => "must: breaking it fails a run",
        Level::Should => "should: reported, never a failure",
        Level::Advice => "advice: reported, never a failure",
        Level::Manual => "manual: no program can judge it",
    };
    let provenance = match requirement.provenance {
        Provenance::Documented => "the store's documents say so",
        Provenance::Inferred => "it follows from the documents, which do not say it in words",
        Provenance::Contradictory => "the documents say it in more than one way",
    };
    let mut text = format!("{}  ({level})\n\n", requirement.id);
    let mut part = |name: &str, value: &str| {
        text.push_str(&format!("  {name:<9} {}\n", value.trim().replace('\n', "\n            ")));
    };
    part("rule", &requirement.rule);
    part("why", &requirement.why);
    part("mend", &requirement.mend);
    if let Some(code) = &requirement.code {
        part("store", code);
    }
    if let Some(about) = about(requirement) {
        part("for", &about);
    }
    part("source", &requirement.source);
    part("known", provenance);
    text
}

/// Which dialects and products a requirement is about, where that is not simply every one: "saas-v2; products with charging
/// period or one-time".
fn about(requirement: &Requirement) -> Option<String> {
    let traits = requirement.applies.iter().map(|(name, values)| match values.as_slice() {
        [flag] if flag == "true" => name.clone(),
        values => format!("{name} {}", values.join(" or ")),
    });
    let traits: Vec<String> = traits.collect();
    let dialects = (!requirement.dialects.is_empty()).then(|| requirement.dialects.join(" and "));
    let products = (!traits.is_empty()).then(|| format!("products with {}", traits.join(", ")));
    let parts: Vec<String> = dialects.into_iter().chain(products).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::RequirementId;

    #[test]
    fn what_a_requirement_is_about_is_told() {
        let text = |id: &str| {
            let catalogue = embedded::catalogue("koogallery");
            requirement_text(catalogue.get(&RequirementId::new(id)).expect("it is in the catalogue"))
        };
        assert!(
            text("KG-UPGRADE-ANSWER")
                .contains("for       saas-v2 and saas-v1; products with charging period, upgradable\n")
        );
        assert!(text("KG-V1-AUTH-KEY").contains("for       saas-v1\n"));
        assert!(!text("KG-HTTPS").contains("  for "));
    }
}
