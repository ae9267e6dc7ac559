//! A text in lines of a terminal, with the characters marked below in which it differs from another.

use std::ops::Range;

use console::measure_text_width;

/// Where each of two texts differs from the other, in characters: all between their common ends. A text that only lacks
/// something has an empty range there.
pub(super) fn difference(left: &str, right: &str) -> (Range<usize>, Range<usize>) {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let start = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let rest = left[start..].iter().rev().zip(right[start..].iter().rev());
    let end = rest.take_while(|(a, b)| a == b).count();
    (start..left.len() - end, start..right.len() - end)
}

/// The text in lines of at most so many columns, each followed by a line of `^` where it is marked.
pub(super) fn lines(text: &str, mark: Option<&Range<usize>>, width: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    // Where something is missing, the place is marked.
    let mark = mark.map(|mark| mark.start..mark.end.max(mark.start + 1));
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
        if let Some(mark) = mark.as_ref().map(|mark| mark.start.max(start)..mark.end.min(last))
            && !mark.is_empty()
        {
            let before: usize = characters[start..mark.start.min(end)].iter().map(|one| columns(*one)).sum();
            let under: usize = (mark.start..mark.end)
                .map(|at| characters.get(at).filter(|_| at < end).map_or(1, |one| columns(*one)))
                .sum();
            lines.push(format!("{}{}", " ".repeat(before), "^".repeat(under.max(1))));
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

    #[rstest]
    #[case("GET/a?x=1", "GET/a?x=22", "GET/a?x=22|        ^^")]
    #[case("a b", "ab", "ab| ^")]
    #[case("ab", "a", "a| ^")]
    #[case("가나다", "가마다", "가마다|  ^^")]
    #[case("one\ntwo", "one\ntoo", "one|too| ^")]
    #[case("a\nb", "ab\nb", "ab| ^|b")]
    #[case("abcdefghijklmn", "abcdefghijxlmn", "abcdefghij|xlmn|^")]
    #[case("same", "same\n", "same|    ^")]
    fn what_differs_is_marked_below(#[case] left: &str, #[case] right: &str, #[case] expected: &str) {
        let (_, mark) = difference(left, right);
        assert_eq!(lines(right, Some(&mark), 10).join("|"), expected);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-c\n\u{ac00}]{0,40}", other in "[a-c\n\u{ac00}]{0,40}", width in 1_usize..20) {
            let shown: String = lines(&text, None, width).concat();
            prop_assert_eq!(shown, text.replace('\n', ""));
            let (mark, _) = difference(&text, &other);
            let _ = lines(&text, Some(&mark), width);
        }
    }
}
