//! Which of several things are needed, found by leaving some of them out.
//!
//! The delta debugging of Zeller and Hildebrandt (*Simplifying and Isolating Failure-Inducing Input*, IEEE TSE 28/2,
//! 2002), of which only the complements are tried: first without everything, then without halves, quarters and so on,
//! at last without each thing alone until that changes nothing more. So the usual case, in which nothing of it is
//! needed, takes one trial; and what is left at the end is needed, each thing of it.

/// A search that says what to try and is told what came of it.
#[derive(Clone, Debug)]
pub(super) struct Ddmin {
    /// What is still there, in order.
    kept: Vec<usize>,
    /// How many are left out at once.
    chunk: usize,
    /// Where those begin.
    at: usize,
    /// Whether something went since the pass began.
    changed: bool,
}

impl Ddmin {
    /// A search over the things of these numbers; the first are left out first.
    pub(super) fn new(things: impl IntoIterator<Item = usize>) -> Self {
        let kept: Vec<usize> = things.into_iter().collect();
        Self { chunk: kept.len(), kept, at: 0, changed: false }
    }

    /// What to keep in the next trial; nothing when the search is over. The same until it is told what came of it.
    pub(super) fn candidate(&self) -> Option<Vec<usize>> {
        if self.kept.is_empty() || self.chunk == 0 {
            return None;
        }
        let end = self.end();
        Some(self.kept[..self.at].iter().chain(&self.kept[end..]).copied().collect())
    }

    /// Takes whether what was left out can go. What was left out and `stays` all the same, since something else needs
    /// it, remains in the search: it is looked for again when that has gone.
    pub(super) fn tell(&mut self, can_go: bool, stays: impl Fn(usize) -> bool) {
        if self.chunk == 0 {
            return;
        }
        let end = self.end();
        if can_go {
            let staying: Vec<usize> = self.kept[self.at..end].iter().copied().filter(|thing| stays(*thing)).collect();
            let count = staying.len();
            self.kept.splice(self.at..end, staying);
            self.at += count;
            self.changed = true;
        } else {
            self.at = end;
        }
        if self.at < self.kept.len() {
            return;
        }
        self.at = 0;
        self.chunk = match self.chunk {
            1 if self.changed => 1,
            1 => 0,
            chunk => chunk.min(self.kept.len()).div_ceil(2),
        };
        self.changed = false;
    }

    fn end(&self) -> usize {
        (self.at + self.chunk).min(self.kept.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_set;
    use proptest::prelude::*;

    use super::*;

    /// What is left, and how many trials it took.
    fn search(count: usize, breaks: impl Fn(&[usize]) -> bool) -> (Vec<usize>, usize) {
        let mut ddmin = Ddmin::new(0..count);
        let mut trials = 0;
        while let Some(candidate) = ddmin.candidate() {
            trials += 1;
            assert!(trials < 10_000, "it comes to an end");
            ddmin.tell(breaks(&candidate), |_| false);
        }
        (ddmin.kept, trials)
    }

    #[test]
    fn what_nobody_needs_goes_at_once() {
        assert_eq!(search(30, |_| true), (Vec::new(), 1));
        assert_eq!(search(0, |_| true), (Vec::new(), 0));
    }

    proptest! {
        /// Where a set is needed as a whole, that set is found.
        #[test]
        fn what_is_needed_is_found(needed in btree_set(0_usize..40, 0..6)) {
            let (kept, trials) = search(40, |kept| needed.iter().all(|one| kept.contains(one)));
            prop_assert_eq!(kept, needed.into_iter().collect::<Vec<_>>());
            prop_assert!(trials < 200, "{trials} trials");
        }

        /// Where one thing of several will do, and where more than some number breaks it, nothing more can go.
        #[test]
        fn nothing_of_what_is_left_can_go(any in btree_set(0_usize..20, 1..5), least in 0_usize..5) {
            let breaks = |kept: &[usize]| kept.iter().any(|one| any.contains(one)) && kept.len() >= least;
            let (kept, _) = search(20, breaks);
            prop_assert!(breaks(&kept));
            for index in 0..kept.len() {
                let mut less = kept.clone();
                less.remove(index);
                prop_assert!(!breaks(&less), "{kept:?} without {index}");
            }
        }
    }
}
