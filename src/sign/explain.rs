//! Looks for the deviations from a recipe that reproduce a signature.

/// How often a stranger's signature is made anew at most while it is being explained.
const MOST_TRIALS: usize = 4000;

/// How many bytes are signed at most while one signature is being explained: whoever sends large bodies with wrong
/// signatures must not keep us busy.
const MOST_BYTES: usize = 16 << 20;

/// The deviation that reproduces what was received, or else the first two together that do.
///
/// Where several write the same text (a body that is compact already is the same "as it stands" and "written anew"), the
/// first counts, so that lists begin with what is most common. Deviations of one axis exclude each other: a path cannot
/// be written in two ways at once. `size` is about how many bytes one trial signs; large ones are not tried for long.
pub(crate) fn explain<D: Copy, A: PartialEq>(
    all: &[D],
    axis: impl Fn(D) -> A,
    size: usize,
    fits: impl Fn(&[D]) -> bool,
) -> Option<Vec<D>> {
    let single = all.iter().map(|one| vec![*one]);
    let pairs =
        all.iter().enumerate().flat_map(|(at, first)| all[at + 1..].iter().map(move |second| [*first, *second]));
    let apart = pairs.filter(|[first, second]| axis(*first) != axis(*second)).map(|pair| pair.to_vec());
    let trials = MOST_TRIALS.min(MOST_BYTES / size.max(1));
    single.chain(apart).take(trials).find(|set| fits(set))
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn one_deviation_is_preferred_to_two_and_two_of_one_axis_are_never_tried() {
        let all = [1, 2, 11, 12];
        let axis = |one: i32| one / 10;
        assert_eq!(explain(&all, axis, 1, |set| set.contains(&12)), Some(vec![12]));
        assert_eq!(explain(&all, axis, 1, |set| set == [2, 11]), Some(vec![2, 11]));
        assert_eq!(explain(&all, axis, 1, |set| set == [1, 2]), None);
    }

    #[test]
    fn large_bodies_are_tried_less_often() {
        let all: Vec<u32> = (0..200).collect();
        let trials = |size| {
            let count = Cell::new(0_usize);
            let found = explain(
                &all,
                |one| one,
                size,
                |_| {
                    count.set(count.get() + 1);
                    false
                },
            );
            assert_eq!(found, None);
            count.get()
        };
        assert_eq!(trials(100), MOST_TRIALS);
        assert_eq!(trials(1 << 20), 16);
        assert_eq!(trials(1 << 30), 0);
    }
}
