//! A text in lines of a terminal, with characters marked below.

use std::ops::Range;

use console::measure_text_width;

/// The text in lines of at most so many columns, each followed by a line of `^` where it is marked. A mark
/// without length stands where something is missing.
pub(super) fn lines(text: &str, marks: &[Range<usize>], width: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut lines = Vec::new();
    let mut start = 0;
    while start < characters.len() || (start == 0 && characters.is_empty()) {
        let (mut end, mut used) = (start, 0);
        while end < characters.len() && characters[end] != '\n' {
            let columns = columns(characters[end]);
            if used + columns > width && end > start {
                break;
            }
            used += columns;
            end += 1;
        }
        lines.push(characters[start..end].iter().collect());
        let line_feed = characters.get(end) == Some(&'\n');
        // The line feed counts as the column behind its line, and so does what is missing at the very end.
        let last = end + usize::from(line_feed || end == characters.len());
        let within = |mark: &Range<usize>| mark.start.max(start)..mark.end.max(mark.start + 1).min(last);
        let mut under = String::new();
        let mut column = 0;
        for mark in marks.iter().map(within).filter(|mark| !mark.is_empty()) {
            let wide = |range: Range<usize>| -> usize {
                range.map(|at| characters.get(at).filter(|_| at < end).map_or(1, |one| columns(*one))).sum()
            };
            let before = wide(start..mark.start);
            under.push_str(&" ".repeat(before.saturating_sub(column)));
            under.push_str(&"^".repeat(wide(mark.clone()).max(1)));
            column = before + wide(mark);
        }
        if !under.is_empty() {
            lines.push(under);
        }
        start = end + usize::from(line_feed);
        if start == 0 {
            break;
        }
    }
    lines
}

fn columns(character: char) -> usize {
    measure_text_width(character.encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::report::difference::differences;

    #[rstest]
    #[case("GET/a?x=1", "GET/a?x=22", "GET/a?x=22|        ^^")]
    #[case("a b", "ab", "ab| ^")]
    #[case("ab", "a", "a| ^")]
    #[case("가나다", "가마다", "가마다|  ^^")]
    #[case("one\ntwo", "one\ntoo", "one|too| ^")]
    #[case("a\nb", "ab\nb", "ab| ^|b")]
    #[case("abcdefghijklmn", "abcdefghijxlmn", "abcdefghij|xlmn|^")]
    #[case("same", "same\n", "same|    ^")]
    #[case("a:1,b:2", "a: 1,b: 2", "a: 1,b: 2|  ^    ^")]
    fn what_differs_is_marked_below(#[case] left: &str, #[case] right: &str, #[case] expected: &str) {
        let characters = |text: &str| text.chars().collect::<Vec<_>>();
        let (_, marks) = differences(&characters(left), &characters(right));
        assert_eq!(lines(right, &marks, 10).join("|"), expected);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-c\n\u{ac00}]{0,40}", other in "[a-c\n\u{ac00}]{0,40}", width in 1_usize..20) {
            let shown: String = lines(&text, &[], width).concat();
            prop_assert_eq!(shown, text.replace('\n', ""));
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            let (marks, _) = differences(&characters(&text), &characters(&other));
            let _ = lines(&text, &marks, width);
        }
    }
}
