//! In which characters two texts differ, for whoever shows them beside or below each other.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Texts that differ over more characters than this are marked as a whole between their common ends.
const LONGEST: usize = 3_000;

/// What each of two texts has that the other has not, in order and without overlap. A range is empty where a text only
/// lacks something.
///
/// Two digests have characters in common by chance; they differ as a whole between their common ends, as marks between
/// those would say nothing.
pub(crate) fn differences(left: &[char], right: &[char]) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let start = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let rest = left[start..].iter().rev().zip(right[start..].iter().rev());
    let end = rest.take_while(|(a, b)| a == b).count();
    let (inner_left, inner_right) = (&left[start..left.len() - end], &right[start..right.len() - end]);
    if inner_left.is_empty() && inner_right.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let small = inner_left.len() + inner_right.len() <= LONGEST;
    let operations = if small { capture_diff_slices(Algorithm::Myers, inner_left, inner_right) } else { Vec::new() };
    let is_equal = |operation: &DiffOp| matches!(operation, DiffOp::Equal { .. });
    let common: usize = operations.iter().filter(|one| is_equal(one)).map(|one| one.old_range().len()).sum();
    if !small || common * 2 < inner_left.len().min(inner_right.len()) {
        let whole = |length: usize| std::iter::once(start..length - end).collect();
        return (whole(left.len()), whole(right.len()));
    }
    let moved = |range: Range<usize>| range.start + start..range.end + start;
    let differing: Vec<&DiffOp> = operations.iter().filter(|one| !is_equal(one)).collect();
    let of_left = differing.iter().map(|one| moved(one.old_range())).collect();
    (of_left, differing.iter().map(|one| moved(one.new_range())).collect())
}
