//! The words of one part of the program, in all languages.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::Language;

/// A value inside a sentence: text as it is, a number in the form that the sentence needs.
pub(crate) type Value<'a> = FluentValue<'a>;

type Bundle = FluentBundle<FluentResource>;

/// The words of one part of the program.
pub(crate) struct Lexicon {
    bundles: [Bundle; 3],
}

impl Lexicon {
    /// The words of these files: an entry for each area, in it the text of each language in the order of
    /// [`Language::ALL`]. That they hold no mistakes is tested (`words::holds`).
    pub(crate) fn new(files: &[[&'static str; 3]]) -> Self {
        Self { bundles: Language::ALL.map(|language| bundle(language, files)) }
    }

    /// The words of this key around values. An unknown key stands for itself.
    pub(crate) fn tell<'a>(&self, language: Language, key: &str, values: &[(&'a str, Value<'a>)]) -> String {
        let bundle = &self.bundles[language.place()];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else { return key.to_owned() };
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            arguments.set(*name, value.clone());
        }
        bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }
}

fn bundle(language: Language, files: &[[&'static str; 3]]) -> Bundle {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Values are shown in elements of their own; invisible marks around them would be copied with them.
    bundle.set_use_isolating(false);
    for file in files {
        let resource = FluentResource::try_new(file[language.place()].to_owned());
        bundle.add_resource_overriding(resource.unwrap_or_else(|(parsed, _)| parsed));
    }
    bundle
}

#[cfg(test)]
pub(crate) use tests::holds;

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    /// Keys of one language, each with the arguments that it uses.
    fn keys(files: &[[&'static str; 3]], language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for file in files {
            let mut key = String::new();
            for line in file[language.place()].lines().filter(|line| !line.starts_with('#')) {
                if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                    key = name.to_owned();
                    assert!(keys.insert(key.clone(), BTreeSet::new()).is_none(), "{key} stands twice");
                }
                for argument in line.split("{ $").skip(1) {
                    let name: String = argument.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
                    keys.get_mut(&key).expect("a key").insert(name);
                }
            }
        }
        keys
    }

    fn sources(folder: &Path, into: &mut String) {
        #[expect(clippy::disallowed_methods, reason = "a test reads the sources that speak the words")]
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                into.push_str(&std::fs::read_to_string(&path).expect("text"));
            }
        }
    }

    /// Panics unless every file is Fluent, all languages have the same keys and arguments in scripts of their own, and
    /// the sources in `folder` (below the root of the crate) use every key and no other.
    pub(crate) fn holds(files: &[[&'static str; 3]], folder: &str) {
        for file in files.iter().flatten() {
            if let Err((_, errors)) = FluentResource::try_new((*file).to_owned()) {
                panic!("{errors:?} in {}", file.lines().next().unwrap_or_default());
            }
        }
        let english = keys(files, Language::English);
        for language in Language::ALL {
            assert_eq!(english, keys(files, language), "{language:?} differs from English");
        }
        let is_korean = |character: char| ('가'..='힣').contains(&character);
        let is_chinese = |character: char| ('一'..='龥').contains(&character);
        let lexicon = Lexicon::new(files);
        for key in english.keys() {
            let [english, korean, chinese] = Language::ALL.map(|language| lexicon.tell(language, key, &[]));
            assert!(!english.chars().any(|c| is_korean(c) || is_chinese(c)), "{key}: {english}");
            assert!(!korean.chars().any(is_chinese), "{key}: {korean}");
            assert!(!chinese.chars().any(is_korean), "{key}: {chinese}");
        }
        let mut text = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut text);
        for key in english.keys() {
            assert!(text.contains(&format!("\"{key}\"")), "{key} is used nowhere");
        }
        let spoken = regex::Regex::new(r#"\.(?:say|tell)\(\s*"([^"]+)""#).expect("a pattern");
        for used in spoken.captures_iter(&text) {
            assert!(english.contains_key(&used[1]), "{} has no words", &used[1]);
        }
    }
}
