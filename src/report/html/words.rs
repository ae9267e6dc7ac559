//! The report's words in English, Korean and Chinese.
//!
//! What the judge says of an exchange is not among them: such sentences are English everywhere, which the report marks
//! with `lang="en"`. Rules, their reasons and their mends are in the reader's language where the catalogue has a
//! translation.

use std::sync::LazyLock;

use crate::words::{Language, Lexicon, Value};

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
const FILES: &[[&str; 3]] =
    &[files!("frame"), files!("verdict"), files!("findings"), files!("problems"), files!("requirements")];

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(FILES));

/// The words of one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Words(pub(super) Language);

impl Words {
    /// The words of this key.
    pub(super) fn say(self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// The words of this key around values. An unknown key stands for itself.
    pub(super) fn tell<'a>(self, key: &str, values: &[(&'a str, Value<'a>)]) -> String {
        LEXICON.tell(self.0, key, values)
    }

    /// The words of this key around a count.
    pub(super) fn count(self, key: &str, count: usize) -> String {
        self.tell(key, &[("count", count.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_whole_in_every_language() {
        crate::words::holds(FILES, "src/report/html");
    }
}
