//! Named ways in which a reference vendor can misbehave.
//!
//! For every check of a judge there is a fault that trips it, so that the checks themselves are tested. Each fault is one
//! mistake as real vendors make it. A marketplace lists its own with `faults!`, one line a fault, so that none lacks a
//! name or a description.

/// No fault has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is no known fault{}", suggestion(nearest))]
pub struct UnknownFault {
    /// What was asked for.
    pub name: String,
    /// The nearest names there are, best first; at most three.
    pub nearest: Vec<&'static str>,
}

fn suggestion(nearest: &[&str]) -> String {
    if nearest.is_empty() { String::new() } else { format!("; did you mean {}?", nearest.join(", ")) }
}

impl UnknownFault {
    /// The error for a name that is none of these.
    pub(crate) fn new(name: &str, known: impl Iterator<Item = &'static str>) -> Self {
        let likeness = |known: &'static str| (strsim::normalized_damerau_levenshtein(name, known), known);
        let mut near: Vec<(f64, &'static str)> =
            known.map(likeness).filter(|(similarity, _)| *similarity > 0.6).collect();
        near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        Self { name: name.to_owned(), nearest: near.into_iter().take(3).map(|(_, name)| name).collect() }
    }
}

/// The faults that a vendor was told to have; none by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Faults<F>(Vec<F>);

impl<F: Copy + PartialEq> Faults<F> {
    /// These faults together.
    pub(crate) fn new(faults: Vec<F>) -> Self {
        Self(faults)
    }

    /// Whether this fault is among them.
    pub(crate) fn has(&self, fault: F) -> bool {
        self.0.contains(&fault)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = F> {
        self.0.iter().copied()
    }
}

impl<F> Default for Faults<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Makes the enum `Fault` and its table: `Variant = "name", Area, "what the vendor does";`. `Area` is an enum of the
/// marketplace's own.
macro_rules! faults {
    ($($variant:ident = $name:literal, $area:ident, $what:literal;)+) => {
        /// One way in which the reference vendor can misbehave.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Fault {
            $(#[doc = $what] $variant,)+
        }

        impl Fault {
            /// Every fault, by area.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name, as `--fault` and `reference:FAULT` take it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What the vendor does, in one line.
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)+ }
            }

            /// The part of the contract that it breaks.
            pub fn area(self) -> Area {
                match self { $(Self::$variant => Area::$area,)+ }
            }
        }

        impl std::fmt::Display for Fault {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for Fault {
            type Err = $crate::market::fault::UnknownFault;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|fault| fault.name() == name).ok_or_else(|| {
                    $crate::market::fault::UnknownFault::new(name, Self::ALL.iter().map(|fault| fault.name()))
                })
            }
        }
    };
}

pub(crate) use faults;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rstest::rstest;

    use crate::market::kt_bizstore::vendor::Fault;

    #[rstest]
    #[case::kt_bizstore("kt-bizstore")]
    #[case::koogallery("koogallery")]
    fn names_are_kebab_case_and_unique_and_each_is_told_in_one_line(#[case] marketplace: &str) {
        let faults = crate::market::faults(marketplace);
        assert!(!faults.is_empty());
        let names: HashSet<_> = faults.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), faults.len());
        for (name, what) in faults {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{name}");
            assert!(!what.is_empty() && !what.ends_with('.') && !what.contains('\n'), "{name}");
        }
    }

    #[test]
    fn a_name_leads_back_to_its_fault() {
        for fault in Fault::ALL {
            assert_eq!(fault.name().parse(), Ok(*fault));
        }
    }

    #[test]
    fn a_mistyped_name_gets_the_nearest() {
        let error = "aply-known-210".parse::<Fault>().expect_err("unknown");
        assert_eq!(error.nearest.first(), Some(&"apply-known-201"));
        assert_eq!("?".parse::<Fault>().expect_err("unknown").to_string(), "\"?\" is no known fault");
    }
}
