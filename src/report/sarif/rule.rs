//! The rules of a log: the requirements that were broken.

use serde_json::json;

use crate::verdict::{Breach, Level as Required, Provenance};
use crate::wire::printable;

use super::super::broken::Weight;
use super::super::group::Group;
use super::log::{Configuration, Level, Rule, Text};
use super::{Told, members};

impl Told<'_> {
    /// The rule that a result is about.
    pub(super) fn rule(&self, group: &Group<'_>) -> Rule {
        let finding = &group.first.finding;
        let id = self.words(finding.requirement.as_str());
        let snapshot = matches!(finding.breach, Breach::Snapshot { .. });
        let Some(requirement) = self.background.catalogue.get(&finding.requirement).filter(|_| !snapshot) else {
            let text = match snapshot {
                true => "The answer is the one that was reviewed.".to_owned(),
                false => format!("The check {} holds.", finding.breach.rule()),
            };
            return Rule {
                id,
                short_description: Text::new(text.clone()),
                full_description: Text::new(text),
                help: snapshot
                    .then(|| Text::new("Decide with storeproof review, storeproof accept or storeproof reject.")),
                default_configuration: Configuration { level: self.level(group) },
                properties: members(json!({})),
            };
        };
        let (rule, why, mend) = (said(&requirement.rule), said(&requirement.why), said(&requirement.mend));
        let known = match requirement.provenance {
            Provenance::Documented => "",
            Provenance::Inferred => " The store does not say this in so many words: we infer it from what it says.",
            Provenance::Contradictory => {
                " The store's documents contradict each other here: ask the store when in doubt."
            }
        };
        let code = requirement.code.as_ref().map(|code| format!("\n\nIn store: {}", said(code))).unwrap_or_default();
        let source = said(&requirement.source);
        Rule {
            id,
            short_description: Text::new(rule.clone()),
            full_description: Text::new(format!("{rule} {why}")),
            help: Some(Text::new(format!("To mend: {mend}\n\nWhy: {why}{code}\n\nSource: {source}.{known}"))),
            default_configuration: Configuration { level: of(requirement.level) },
            properties: members(json!({ "provenance": requirement.provenance, "source": source })),
        }
    }

    /// How grave a result is. One that is accepted for a time stays what it was: it is suppressed.
    pub(super) fn level(&self, group: &Group<'_>) -> Level {
        match Weight::of(group.first) {
            Weight::Must => Level::Error,
            Weight::Unreviewed | Weight::Should => Level::Warning,
            Weight::Advice => Level::Note,
            Weight::Known => of(self.background.catalogue.level(&group.first.finding.requirement)),
        }
    }
}

fn of(level: Required) -> Level {
    match level {
        Required::Must => Level::Error,
        Required::Should => Level::Warning,
        Required::Advice | Required::Manual => Level::Note,
    }
}

/// Prose of a catalogue on one line.
pub(super) fn said(text: &str) -> String {
    printable(text.trim().as_bytes())
}
