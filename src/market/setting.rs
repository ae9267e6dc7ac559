//! Settings of a marketplace: what its section of `storeproof.toml` may hold.
//!
//! Whatever the documents contradict or leave open is a setting here, with a default. The reason of each stands in the
//! interface's document (`info.x-storeproof.settings`) under the same name. A marketplace lists its settings as data,
//! so that the command line can refuse what is unknown, point at the place, and write a first configuration, without
//! knowing any of them.

use std::collections::BTreeMap;
use std::time::Duration;

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key; a dot leads into a table of its own: `product.charging`.
    pub name: &'static str,
    /// What may stand there.
    pub kind: Kind,
    /// What holds when it is not set; empty for nothing.
    pub default: &'static str,
    /// What it is, in one line.
    pub what: &'static str,
}

/// What may stand in a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A text that is never shown.
    Secret,
    /// A time with its unit, such as `60s`.
    Time,
    /// A time, or this word in its place: `off`.
    TimeOr(&'static str),
    /// A whole number.
    Count,
    /// A whole number, or this word in its place: `none`.
    CountOr(&'static str),
    /// `true` or `false`.
    Flag,
    /// The path of a file, whose text is handed over.
    File,
    /// The path of a file whose text is never shown.
    KeyFile,
    /// One of these words.
    Choice(&'static [&'static str]),
}

impl Kind {
    /// Whether the path of a file stands there.
    pub fn is_file(self) -> bool {
        matches!(self, Self::File | Self::KeyFile)
    }

    /// Whether what stands there is never shown.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::KeyFile)
    }

    /// What may stand there, as an error says it.
    pub fn expected(self) -> String {
        match self {
            Self::Text | Self::Secret => "a text".to_owned(),
            Self::Time => "a time with its unit, such as \"60s\"".to_owned(),
            Self::TimeOr(word) => format!("a time with its unit, such as \"60s\", or {word:?}"),
            Self::Count => "a whole number".to_owned(),
            Self::CountOr(word) => format!("a whole number, or {word:?}"),
            Self::Flag => "true or false".to_owned(),
            Self::File | Self::KeyFile => "the path of a file".to_owned(),
            Self::Choice(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                match words.as_slice() {
                    [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
                    few => few.join(", "),
                }
            }
        }
    }
}

/// A setting whose value cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct SettingError {
    /// Which setting.
    pub name: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl SettingError {
    /// An error about this setting.
    pub fn new(name: &str, problem: impl ToString) -> Self {
        Self { name: name.to_owned(), problem: problem.to_string() }
    }
}

/// What the user has set of one marketplace, by name: texts as they were written, files as their text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<String, String>);

impl Values {
    /// Sets one.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// One that was set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Everything that was set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A time that was set.
    pub fn time(&self, name: &str) -> Result<Option<Duration>, SettingError> {
        let parse = |text: &str| parse_duration(text).map_err(|problem| SettingError::new(name, problem));
        self.get(name).map(parse).transpose()
    }

    /// A time that was set; inside is `None` where the word stands in its place.
    pub fn time_or(&self, name: &str, word: &str) -> Result<Option<Option<Duration>>, SettingError> {
        match self.get(name) {
            Some(text) if text == word => Ok(Some(None)),
            _ => match self.time(name) {
                Ok(time) => Ok(time.map(Some)),
                Err(error) => Err(SettingError::new(name, format!("{error}, or {word:?}"))),
            },
        }
    }

    /// A whole number that was set.
    pub fn count(&self, name: &str) -> Result<Option<u64>, SettingError> {
        let parse = |text: &str| {
            text.parse().map_err(|_| SettingError::new(name, format!("{text:?} is no whole number from 0 on")))
        };
        self.get(name).map(parse).transpose()
    }

    /// A whole number that was set; inside is `None` where the word stands in its place.
    pub fn count_or(&self, name: &str, word: &str) -> Result<Option<Option<u64>>, SettingError> {
        match self.get(name) {
            Some(text) if text == word => Ok(Some(None)),
            _ => match self.count(name) {
                Ok(count) => Ok(count.map(Some)),
                Err(error) => Err(SettingError::new(name, format!("{error}, nor {word:?}"))),
            },
        }
    }

    /// A switch that was set.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, SettingError> {
        let parse = |text: &str| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(SettingError::new(name, format!("{other:?} is neither true nor false"))),
        };
        self.get(name).map(parse).transpose()
    }

    /// A word that was set, as what it stands for.
    pub fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, SettingError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match choices.iter().find(|(word, _)| *word == text) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let words: Vec<String> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                Err(SettingError::new(name, format!("{text:?} is none of {}", words.join(", "))))
            }
        }
    }
}

/// Reads `500ms`, `10s`, `2m`, `1h`; a bare number is refused, since nobody can tell its unit.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: f64 = number.parse().map_err(|_| format!("{text:?} is no time; write 500ms, 10s or 2m"))?;
    let seconds = match unit.trim() {
        "ms" => number / 1000.0,
        "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        "" => return Err(format!("{text:?} has no unit; write {text}s or {text}ms")),
        other => return Err(format!("{other:?} is no unit of time; write 500ms, 10s, 2m or 1h")),
    };
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("{text:?} is out of range"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("500ms", Ok(500))]
    #[case("10s", Ok(10_000))]
    #[case("1.5s", Ok(1500))]
    #[case("2m", Ok(120_000))]
    #[case("10", Err("no unit"))]
    #[case("ten", Err("no time"))]
    #[case("1fortnight", Err("no unit of time"))]
    fn times_have_units(#[case] text: &str, #[case] expected: Result<u128, &str>) {
        match (parse_duration(text), expected) {
            (Ok(time), Ok(expected)) => assert_eq!(time.as_millis(), expected),
            (Err(problem), Err(expected)) => assert!(problem.contains(expected), "{problem}"),
            (time, expected) => panic!("{time:?} is not {expected:?}"),
        }
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let mut values = Values::default();
        values.set("time", "10");
        values.set("flag", "yes");
        values.set("word", "both");
        assert_eq!(values.time("time").expect_err("no unit").name, "time");
        assert_eq!(values.flag("flag").expect_err("no flag").to_string(), "\"yes\" is neither true nor false");
        let word = values.choice("word", &[("one", 1), ("other", 2)]).expect_err("no choice");
        assert_eq!(word.to_string(), "\"both\" is none of \"one\", \"other\"");
        assert_eq!(values.time("not-set"), Ok(None));
    }

    #[test]
    fn a_word_may_stand_in_place_of_a_number() {
        let mut values = Values::default();
        values.set("window", "off");
        values.set("other", "2m");
        values.set("most", "none");
        values.set("some", "20");
        values.set("wrong", "-1");
        assert_eq!(values.time_or("window", "off"), Ok(Some(None)));
        assert_eq!(values.time_or("other", "off"), Ok(Some(Some(Duration::from_secs(120)))));
        assert_eq!(values.time_or("not-set", "off"), Ok(None));
        assert!(values.time_or("some", "off").expect_err("no unit").problem.ends_with(", or \"off\""));
        assert_eq!(values.count_or("most", "none"), Ok(Some(None)));
        assert_eq!(values.count_or("some", "none"), Ok(Some(Some(20))));
        assert_eq!(values.count("not-set"), Ok(None));
        let wrong = values.count_or("wrong", "none").expect_err("below nothing");
        assert_eq!(wrong.to_string(), "\"-1\" is no whole number from 0 on, nor \"none\"");
    }
}
