//! Two texts side by side, with the characters marked in which they differ.

use std::ops::Range;

use maud::{Markup, html};

use crate::report::difference::differences;

/// Both texts, each with what the other has not marked.
pub(super) fn marked(left: &str, right: &str) -> (Markup, Markup) {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let (of_left, of_right) = differences(&left, &right);
    (side(&left, &of_left), side(&right, &of_right))
}

fn side(characters: &[char], marks: &[Range<usize>]) -> Markup {
    let text = |range: Range<usize>| characters[range].iter().collect::<String>();
    let ends = std::iter::once(0).chain(marks.iter().map(|mark| mark.end));
    let last = marks.last().map_or(0, |mark| mark.end);
    html! {
        @for (end, mark) in ends.zip(marks) {
            (text(end..mark.start))
            @if !mark.is_empty() { mark.differs { (text(mark.clone())) } }
        }
        (text(last..characters.len()))
    }
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
