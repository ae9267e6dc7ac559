//! Two texts side by side, with the characters marked in which they differ.

use maud::{Markup, html};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Texts that differ over more characters than this are marked as a whole between their common ends.
const LONGEST: usize = 3_000;

/// Both texts, each with what the other has not marked.
pub(super) fn marked(left: &str, right: &str) -> (Markup, Markup) {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let start = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let rest = left.iter().skip(start).rev().zip(right.iter().skip(start).rev());
    let end = rest.take_while(|(a, b)| a == b).count();
    let middle = |text: &[char]| text[start..text.len() - end].to_vec();
    let (inner_left, inner_right) = (middle(&left), middle(&right));
    let small = inner_left.len() + inner_right.len() <= LONGEST;
    let operations = if small { capture_diff_slices(Algorithm::Myers, &inner_left, &inner_right) } else { Vec::new() };
    let common: usize =
        operations.iter().filter(|one| matches!(one, DiffOp::Equal { .. })).map(|one| one.old_range().len()).sum();
    // Two digests have characters in common by chance; marks between them would say nothing.
    let as_a_whole = !small || common * 2 < inner_left.len().min(inner_right.len());
    let parts = |side: Side| {
        let (whole, inner) = if side == Side::Left { (&left, &inner_left) } else { (&right, &inner_right) };
        let mut parts = vec![(false, text(&whole[..start]))];
        if as_a_whole {
            parts.push((true, text(inner)));
        } else {
            for operation in &operations {
                let range = if side == Side::Left { operation.old_range() } else { operation.new_range() };
                parts.push((!matches!(operation, DiffOp::Equal { .. }), text(&inner[range])));
            }
        }
        parts.push((false, text(&whole[whole.len() - end..])));
        html! {
            @for (differs, part) in &parts {
                @if *differs && !part.is_empty() { mark.differs { (part) } } @else { (part) }
            }
        }
    };
    (parts(Side::Left), parts(Side::Right))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

fn text(characters: &[char]) -> String {
    characters.iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sides(left: &str, right: &str) -> (String, String) {
        let (left, right) = marked(left, right);
        let plain =
            |markup: Markup| markup.into_string().replace("<mark class=\"differs\">", "[").replace("</mark>", "]");
        (plain(left), plain(right))
    }

    #[test]
    fn what_differs_is_marked_and_nothing_else() {
        assert_eq!(sides("GET/a?x=1", "GET/a?x=2"), ("GET/a?x=[1]".into(), "GET/a?x=[2]".into()));
        assert_eq!(sides("가나다", "가다"), ("가[나]다".into(), "가다".into()));
        assert_eq!(sides("=66a2e375211;", "=148e2e5cb50;"), ("=[66a2e375211];".into(), "=[148e2e5cb50];".into()));
        assert_eq!(sides("same", "same"), ("same".into(), "same".into()));
        let (left, right) = ("a".repeat(4000), "b".repeat(4000));
        assert_eq!(sides(&format!("x{left}y"), &format!("x{right}y")).0, format!("x[{left}]y"));
    }

    proptest! {
        #[test]
        fn nothing_is_lost(left in "[a-d\u{ac00}]{0,40}", right in "[a-d\u{ac00}]{0,40}") {
            let (a, b) = sides(&left, &right);
            prop_assert_eq!(a.replace(['[', ']'], ""), left);
            prop_assert_eq!(b.replace(['[', ']'], ""), right);
        }
    }
}
