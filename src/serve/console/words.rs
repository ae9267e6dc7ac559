//! The console's words in English, Korean and Chinese.
//!
//! They are Fluent files (<https://projectfluent.org>), one for each area in each language, and are part of the program.
//! What the judge says of an exchange is not among them: findings, rules and mends come from the catalogue and are
//! English everywhere, which the pages mark with `lang="en"`.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// One area in all languages.
macro_rules! files {
    ($area:literal) => {
        [
            include_str!(concat!("words/en/", $area, ".ftl")),
            include_str!(concat!("words/ko/", $area, ".ftl")),
            include_str!(concat!("words/zh/", $area, ".ftl")),
        ]
    };
}

/// Every file, in each language in the order of [`Language::ALL`]. A further area is a further line.
const FILES: &[[&str; 3]] = &[
    files!("common"),
    files!("exchanges"),
    files!("detail"),
    files!("signature"),
    files!("about"),
    files!("storefront"),
    files!("storefront-kt"),
    files!("storefront-kg"),
    files!("storefront-scp"),
];

/// A language of the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
    /// Chinese in simplified characters.
    Chinese,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub(crate) const ALL: [Self; 3] = [Self::English, Self::Korean, Self::Chinese];

    /// How it is written in `?lang=` and in the cookie: `en`, `ko`, `zh`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
            Self::Chinese => "zh",
        }
    }

    /// Its tag in HTML (BCP 47).
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
            Self::Chinese => "zh-Hans",
        }
    }

    /// Its name in itself.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Korean => "한국어",
            Self::Chinese => "简体中文",
        }
    }

    /// The language of this tag, whatever region or script follows: `ko`, `ko-KR`.
    pub(crate) fn of(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// The one that `Accept-Language` likes best (RFC 9110, 12.5.4); English where it likes none.
    pub(crate) fn accepted(header: &str) -> Self {
        let weighed = header.split(',').filter_map(|part| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
            Some((Self::of(tag)?, weight))
        });
        // Of equals the first counts, and `max_by` would take the last.
        let best = weighed.filter(|(_, weight)| *weight > 0.0).reduce(|a, b| if b.1 > a.1 { b } else { a });
        best.map_or(Self::default(), |(language, _)| language)
    }
}

/// The words of one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words(pub(crate) Language);

/// A value inside a sentence: text as it is, a number in the form that the sentence needs.
pub(crate) type Value<'a> = FluentValue<'a>;

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 3]> = LazyLock::new(|| [0, 1, 2].map(bundle));

/// The words of a language by its place in [`Language::ALL`]. That the files hold no mistakes is tested.
fn bundle(place: usize) -> Bundle {
    let tag: LanguageIdentifier = Language::ALL[place].tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Values are shown in elements of their own; invisible marks around them would be copied with them.
    bundle.set_use_isolating(false);
    for file in FILES {
        let resource = FluentResource::try_new(file[place].to_owned());
        bundle.add_resource_overriding(resource.unwrap_or_else(|(parsed, _)| parsed));
    }
    bundle
}

impl Words {
    /// The language.
    pub(crate) fn language(self) -> Language {
        self.0
    }

    /// The words of this key.
    pub(crate) fn say(self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// The words of this key around values. An unknown key stands for itself.
    pub(crate) fn tell<'a>(self, key: &str, values: &[(&'a str, Value<'a>)]) -> String {
        let place = Language::ALL.iter().position(|language| *language == self.0).unwrap_or_default();
        let bundle = &BUNDLES[place];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else { return key.to_owned() };
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            arguments.set(*name, value.clone());
        }
        bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", Language::Korean)]
    #[case("zh-CN", Language::Chinese)]
    #[case("fr, zh;q=0.5, en;q=0.9", Language::English)]
    #[case("en, ko", Language::English)]
    #[case("ko;q=0", Language::English)]
    #[case("", Language::English)]
    #[case("*;q=nonsense,,;", Language::English)]
    fn the_browser_says_what_it_likes(#[case] header: &str, #[case] expected: Language) {
        assert_eq!(Language::accepted(header), expected);
    }

    /// Keys of one language, each with the arguments that it uses.
    fn keys(place: usize) -> BTreeMap<String, BTreeSet<String>> {
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for file in FILES {
            let mut key = String::new();
            for line in file[place].lines().filter(|line| !line.starts_with('#')) {
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

    #[test]
    fn every_file_is_fluent_and_all_languages_have_the_same_keys_and_arguments() {
        for file in FILES.iter().flatten() {
            if let Err((_, errors)) = FluentResource::try_new((*file).to_owned()) {
                panic!("{errors:?} in {}", file.lines().next().unwrap_or_default());
            }
        }
        for place in 1..Language::ALL.len() {
            assert_eq!(keys(0), keys(place), "{:?} differs from English", Language::ALL[place]);
        }
    }

    #[test]
    fn words_are_in_the_language_that_they_are_for() {
        let is_korean = |character: char| ('가'..='힣').contains(&character);
        let is_chinese = |character: char| ('一'..='龥').contains(&character);
        for key in keys(0).keys() {
            let [english, korean, chinese] = Language::ALL.map(|language| Words(language).say(key));
            assert!(!english.chars().any(|c| is_korean(c) || is_chinese(c)), "{key}: {english}");
            assert!(!korean.chars().any(is_chinese), "{key}: {korean}");
            assert!(!chinese.chars().any(is_korean), "{key}: {chinese}");
        }
    }

    fn sources(folder: &Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                into.push_str(&std::fs::read_to_string(&path).expect("text"));
            }
        }
    }

    #[test]
    fn every_key_is_used_and_every_key_that_is_used_exists() {
        let mut text = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/serve"), &mut text);
        let keys = keys(0);
        for key in keys.keys() {
            assert!(text.contains(&format!("\"{key}\"")), "{key} is used nowhere");
        }
        let spoken = regex::Regex::new(r#"\.(?:say|tell)\(\s*"([^"]+)""#).expect("a pattern");
        for used in spoken.captures_iter(&text) {
            assert!(keys.contains_key(&used[1]), "{} has no words", &used[1]);
        }
    }

    #[test]
    fn values_stand_in_their_places_and_an_unknown_key_for_itself() {
        assert_eq!(Words(Language::English).tell("title", &[("page", "<b>".into())]), "<b> · storeproof");
        let unknown = "no-such-key";
        assert_eq!(Words::default().say(unknown), unknown);
    }
}
