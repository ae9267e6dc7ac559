//! What is common to the known mistakes of every recipe: names, how the contract treats them, and their table.

/// How the contract treats a credential with a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Treatment {
    /// The vendor must refuse it.
    MustRefuse,
    /// The documents ask to refuse it, with a tolerance that they do not state: accepting it is reported, no failure.
    ShouldRefuse,
    /// Nothing is documented; refusing is good practice, and accepting is reported as advice.
    AdviseRefuse,
    /// The documents contradict each other: either answer is right, and the report says which reading was met.
    Classify,
    /// Nothing is documented; accepting is good practice, and refusing is reported as advice.
    AdviseAccept,
    /// The vendor must accept it: the credential is within the documented limits.
    MustAccept,
}

/// A known mistake in words, of whichever recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name, as `storeproof list mistakes` gives it.
    pub name: &'static str,
    /// What such a credential is: `a token signed with another key`.
    pub what: &'static str,
    /// What the recipe asks for, or why it matters, as a sentence.
    pub consequence: &'static str,
}

/// No mistake has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is no known mistake{}", .nearest.map(|near| format!("; did you mean {near}?")).unwrap_or_default())]
pub struct UnknownMistake {
    /// What was asked for.
    pub name: String,
    /// A name close to it.
    pub nearest: Option<&'static str>,
}

impl UnknownMistake {
    /// The name that was not found, with the nearest of those that exist.
    pub(crate) fn new(name: &str, known: impl Iterator<Item = &'static str>) -> Self {
        let near = known.max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)));
        let nearest = near.filter(|near| strsim::jaro_winkler(name, near) > 0.75);
        Self { name: name.to_owned(), nearest }
    }
}

/// Makes the enum of a recipe's mistakes and its table, so that no mistake lacks a line.
macro_rules! mistakes {
    ($(#[doc = $about:literal])+ $enum:ident;
     $($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $treatment:ident, $what:literal, $consequence:literal;)+) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $enum {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl $enum {
            /// Every mistake, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name, as a scenario's `tamper` gives it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What such a credential is, as the start of a sentence: `a token signed with another key`.
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)+ }
            }

            /// Why it matters how it is treated, as a sentence.
            pub fn consequence(self) -> &'static str {
                match self { $(Self::$variant => $consequence,)+ }
            }

            /// All of its words.
            pub fn named(self) -> $crate::sign::mistake::Named {
                $crate::sign::mistake::Named {
                    name: self.name(),
                    what: self.what(),
                    consequence: self.consequence(),
                }
            }

            /// What the contract says about it.
            pub fn treatment(self) -> $crate::sign::mistake::Treatment {
                match self { $(Self::$variant => $crate::sign::mistake::Treatment::$treatment,)+ }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $enum {
            type Err = $crate::sign::mistake::UnknownMistake;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|mistake| mistake.name() == name).ok_or_else(|| {
                    $crate::sign::mistake::UnknownMistake::new(name, Self::ALL.iter().map(|mistake| mistake.name()))
                })
            }
        }
    };
}

pub(crate) use mistakes;
