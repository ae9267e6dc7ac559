//! Requirements in other languages: `specs/<marketplace>/requirements.<language>.yaml`, beside the English ones.
//!
//! A translation names the digest of the English text that it was made from. When that text is changed the translation
//! says something else, and the English text is shown until it is put right: a reader would rather be told in English
//! than told wrongly.

use std::collections::BTreeMap;

use ring::digest::{SHA256, digest};
use serde::Deserialize;

use super::embedded::{self, Embedded};
use crate::verdict::{Requirement, RequirementId, Translation, Translations};

/// Files of translations.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    requirements: BTreeMap<RequirementId, Entry>,
}

/// One translation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// [`print`] of the requirement that it was made from.
    of: String,
    rule: String,
    why: String,
    mend: String,
}

/// The embedded translations into a language (`ko`), of all marketplaces. Those of texts that were changed since are left
/// out.
pub(super) fn translations(language: &str) -> Translations {
    let mut translations = Translations::new();
    for (file, entries) in files(language) {
        let catalogue = embedded::catalogue(file.marketplace());
        for (id, entry) in entries {
            if catalogue.get(&id).is_some_and(|requirement| print(requirement) == entry.of) {
                let Entry { rule, why, mend, .. } = entry;
                translations.insert(id, Translation { rule, why, mend });
            }
        }
    }
    translations
}

fn files(language: &str) -> impl Iterator<Item = (&'static Embedded, BTreeMap<RequirementId, Entry>)> {
    let ending = format!("/requirements.{language}.yaml");
    embedded::files().filter(move |file| file.path.ends_with(&ending)).map(|file| {
        let File { requirements } = serde_json::from_str(file.json).expect("a test reads every embedded translation");
        (file, requirements)
    })
}

/// Eight hexadecimal digits that change when what a requirement says is changed.
fn print(requirement: &Requirement) -> String {
    let text = [&*requirement.rule, &*requirement.why, &*requirement.mend].map(str::trim).join("\n");
    digest(&SHA256, text.as_bytes()).as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The languages in which there are translations.
    const LANGUAGES: [&str; 2] = ["ko", "zh"];

    #[test]
    fn every_translation_is_of_a_requirement_and_in_its_language() {
        for language in LANGUAGES {
            let script = |character: char| match language {
                "ko" => ('가'..='힣').contains(&character),
                _ => ('一'..='龥').contains(&character),
            };
            for (file, entries) in files(language) {
                let catalogue = embedded::catalogue(file.marketplace());
                for (id, entry) in entries {
                    assert!(catalogue.get(&id).is_some(), "{}: there is no requirement {id}", file.path);
                    for text in [&entry.rule, &entry.why, &entry.mend] {
                        assert!(text.chars().any(script), "{}: {id}: {text}", file.path);
                    }
                }
            }
        }
    }

    /// Says which texts are still to be translated: `cargo test --lib spec::languages -- --nocapture`.
    #[test]
    fn what_has_changed_is_told_in_english() {
        for language in LANGUAGES {
            let told = translations(language);
            for (file, entries) in files(language) {
                let catalogue = embedded::catalogue(file.marketplace());
                let common = embedded::catalogue("common");
                let is_own = |id| file.marketplace() == "common" || common.get(id).is_none();
                for requirement in catalogue.iter().filter(|one| is_own(&one.id)) {
                    let entry = entries.get(&requirement.id);
                    let current = entry.is_some_and(|entry| entry.of == print(requirement));
                    assert_eq!(told.contains_key(&requirement.id), current, "{}", requirement.id);
                    if !current {
                        let what = if entry.is_some() { "was changed" } else { "is missing" };
                        eprintln!("{}: {} {what}; of: {}", file.path, requirement.id, print(requirement));
                    }
                }
            }
        }
    }
}
