//! The right names for a wrong one.

/// Most names that are listed when none is close.
const MOST_LISTED: usize = 12;

/// What to say about a name that is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Nearby {
    /// Names that differ by a slip, the closest first.
    pub(super) close: Vec<String>,
    /// All names; not too many.
    pub(super) known: Vec<String>,
}

/// Finds the names that may have been meant.
pub(super) fn nearby<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Nearby {
    let known: Vec<&str> = known.into_iter().collect();
    let plain = wanted.to_lowercase();
    let mut close: Vec<(f64, &str)> = known
        .iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let closeness = strsim::jaro_winkler(&plain, &lower);
            // Jaro-Winkler likes short names too much: two of three letters in common are no slip.
            let changes = strsim::damerau_levenshtein(&plain, &lower);
            let is_slip = changes <= 1 + plain.chars().count() / 4;
            (closeness > 0.92 || (is_slip && closeness > 0.7)).then_some((closeness, *name))
        })
        .collect();
    close.sort_by(|a, b| b.0.total_cmp(&a.0));
    close.dedup_by_key(|(_, name)| *name);
    Nearby {
        close: close.into_iter().map(|(_, name)| name.to_owned()).take(3).collect(),
        known: known.into_iter().map(str::to_owned).take(MOST_LISTED).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_close_and_other_words_are_not() {
        let close = |wanted| nearby(wanted, ["stepId", "operationId", "operationPath", "outputs", "url"]).close;
        assert_eq!(close("stepid"), ["stepId"]);
        assert_eq!(close("operationID"), ["operationId"]);
        assert_eq!(close("output"), ["outputs"]);
        assert_eq!(close("uri"), ["url"]);
        assert!(close("parameters").is_empty());
        assert_eq!(nearby("x", ["a", "b"]).known, ["a", "b"]);
    }
}
