//! The languages there are.

/// A language in which people are spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
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
    pub const ALL: [Self; 3] = [Self::English, Self::Korean, Self::Chinese];

    /// Its short name, as a user writes it: `en`, `ko`, `zh`.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
            Self::Chinese => "zh",
        }
    }

    /// Its tag in HTML (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
            Self::Chinese => "zh-Hans",
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Korean => "한국어",
            Self::Chinese => "简体中文",
        }
    }

    /// The language of this tag, whatever region or script follows: `ko`, `ko-KR`.
    pub fn of(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// The one that `Accept-Language` likes best (RFC 9110, 12.5.4); English where it likes none.
    pub fn accepted(header: &str) -> Self {
        let weighed = header.split(',').filter_map(|part| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
            Some((Self::of(tag)?, weight))
        });
        // Of equals the first counts, and `max_by` would take the last.
        let best = weighed.filter(|(_, weight)| *weight > 0.0).reduce(|a, b| if b.1 > a.1 { b } else { a });
        best.map_or(Self::default(), |(language, _)| language)
    }

    /// Its place in [`Language::ALL`].
    pub(super) fn place(self) -> usize {
        match self {
            Self::English => 0,
            Self::Korean => 1,
            Self::Chinese => 2,
        }
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn every_language_is_found_by_its_tags_and_stands_in_its_place() {
        for (place, language) in Language::ALL.into_iter().enumerate() {
            assert_eq!(Language::of(language.code()), Some(language));
            assert_eq!(Language::of(language.tag()), Some(language));
            assert_eq!(language.place(), place);
        }
        assert_eq!(Language::of("fr"), None);
    }
}
