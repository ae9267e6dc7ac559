//! Looks for the deviations from a recipe that reproduce a signature.

/// How often a stranger's signature is made anew at most while it is being explained.
const MOST_TRIALS: usize = 4000;

/// The deviation that reproduces what was received, or else the first two together that do.
///
/// Where several write the same text (a body that is compact already is the same "as it stands" and "written anew"), the
/// first counts, so that lists begin with what is most common. Deviations of one axis exclude each other: a path cannot
/// be written in two ways at once.
pub(crate) fn explain<D: Copy, A: PartialEq>(
    all: &[D],
    axis: impl Fn(D) -> A,
    fits: impl Fn(&[D]) -> bool,
) -> Option<Vec<D>> {
    if let Some(single) = all.iter().find(|one| fits(&[**one])) {
        return Some(vec![*single]);
    }
    let pairs =
        all.iter().enumerate().flat_map(|(at, first)| all[at + 1..].iter().map(move |second| [*first, *second]));
    let mut apart = pairs.filter(|[first, second]| axis(*first) != axis(*second)).take(MOST_TRIALS);
    apart.find(|pair| fits(pair)).map(|pair| pair.to_vec())
}

/// Makes the enum of the ways in which a signer can deviate from a recipe, and its table.
macro_rules! deviations {
    ($(#[doc = $about:literal])+ $enum:ident on $axis:ident;
     $($variant:ident: $on:ident = $text:literal;)+) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $enum {
            $(#[doc = concat!("It matches if ", $text, ".")] $variant,)+
        }

        impl $enum {
            /// Every deviation that is tried, most common first.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// What is different, to follow "it matches if".
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            fn axis(self) -> $axis {
                match self { $(Self::$variant => $axis::$on,)+ }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.what())
            }
        }
    };
}

pub(crate) use deviations;

/// Several deviations as one sentence: `it matches if … and …`.
pub(crate) fn sentence(f: &mut std::fmt::Formatter<'_>, set: &[impl std::fmt::Display]) -> std::fmt::Result {
    f.write_str("it matches if ")?;
    for (at, deviation) in set.iter().enumerate() {
        if at > 0 {
            f.write_str(", and if ")?;
        }
        deviation.fmt(f)?;
    }
    Ok(())
}
