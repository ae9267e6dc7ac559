//! The console's words in English, Korean and Chinese.
//!
//! What the judge says of an exchange is not among them: findings, rules and mends come from the catalogue and are
//! English everywhere, which the pages mark with `lang="en"`.

use std::sync::LazyLock;

use crate::words::Lexicon;
pub(crate) use crate::words::{Language, Value};

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

/// The words of one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words(pub(crate) Language);

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(FILES));

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
        LEXICON.tell(self.0, key, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_whole_in_every_language() {
        crate::words::holds(FILES, "src/serve");
    }

    #[test]
    fn values_stand_in_their_places_and_an_unknown_key_for_itself() {
        assert_eq!(Words(Language::English).tell("title", &[("page", "<b>".into())]), "<b> · storeproof");
        let unknown = "no-such-key";
        assert_eq!(Words::default().say(unknown), unknown);
    }
}
