//! A line of an excerpt, with the marked columns as marked text.

use std::ops::Range;

use console::measure_text_width;
use maud::{Markup, html};

use crate::report::excerpt::Line;

/// Lines as they stand in a block of code, the rules beside what they mark.
pub(super) fn lines(excerpt: &[Line]) -> Markup {
    html! { @for line in excerpt { (line_of(line)) "\n" } }
}

fn line_of(line: &Line) -> Markup {
    if line.carets.is_empty() {
        // A line of ours that says what is not there.
        return if line.marked {
            html! { mark.absent { (line.text) } }
        } else {
            html! { (line.text) }
        };
    }
    let mut carets: Vec<(Range<usize>, String)> = Vec::new();
    let mut sorted: Vec<&(Range<usize>, String)> = line.carets.iter().collect();
    sorted.sort_by_key(|(columns, _)| (columns.start, std::cmp::Reverse(columns.end)));
    for (columns, label) in sorted {
        match carets.last_mut() {
            // One within another is part of it.
            Some((known, labels)) if columns.start < known.end => {
                known.end = known.end.max(columns.end);
                if !labels.split(", ").any(|known| known == label) {
                    *labels += &format!(", {label}");
                }
            }
            _ => carets.push((columns.clone(), label.clone())),
        }
    }
    let ends: Vec<usize> = carets.iter().flat_map(|(columns, _)| [columns.start, columns.end]).collect();
    let offsets = offsets(&line.text, &ends);
    let mut at = 0;
    let mut pieces = Vec::new();
    for (span, (_, label)) in offsets.chunks(2).zip(&carets) {
        let (start, end) = (span[0], span[1]);
        pieces.push(html! { (line.text[at..start]) mark data-rule=(label) { (line.text[start..end]) } });
        at = end;
    }
    html! { @for piece in pieces { (piece) } (line.text[at..]) }
}

/// Where these columns begin in the text; they ascend.
fn offsets(text: &str, columns: &[usize]) -> Vec<usize> {
    let mut found = Vec::with_capacity(columns.len());
    let mut column = 0;
    for (offset, character) in text.char_indices() {
        while columns.get(found.len()).is_some_and(|wanted| *wanted <= column) {
            found.push(offset);
        }
        column += measure_text_width(character.encode_utf8(&mut [0; 4]));
    }
    found.resize(columns.len(), text.len());
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, carets: &[(Range<usize>, &str)]) -> String {
        let carets = carets.iter().map(|(columns, label)| (columns.clone(), (*label).to_owned())).collect();
        line_of(&Line { text: text.to_owned(), carets, marked: true }).into_string()
    }

    #[test]
    fn columns_are_marked_behind_wide_characters_and_overlapping_ones_are_one() {
        assert_eq!(shown("홍길 <b>", &[(5..8, "A")]), "홍길 <mark data-rule=\"A\">&lt;b&gt;</mark>");
        assert_eq!(shown("abcdef", &[(2..4, "B"), (1..3, "A")]), "a<mark data-rule=\"A, B\">bcd</mark>ef");
        assert_eq!(
            shown("ab", &[(1..2, "A"), (0..1, "B")]),
            "<mark data-rule=\"B\">a</mark><mark data-rule=\"A\">b</mark>"
        );
        assert_eq!(shown("ab", &[(2..3, "A")]), "ab<mark data-rule=\"A\"></mark>");
        assert_eq!(shown("(no header)", &[]), "<mark class=\"absent\">(no header)</mark>");
    }

    proptest! {
        #[test]
        fn no_text_is_lost(text in "[a-c\u{ac00}\u{301}]{0,20}", marks in prop::collection::vec((0..30_usize, 0..9_usize), 0..4)) {
            let carets: Vec<(Range<usize>, &str)> = marks.iter().map(|(start, length)| (*start..start + length, "R")).collect();
            let markup = shown(&text, &carets);
            let plain = markup.replace("<mark data-rule=\"R\">", "").replace("<mark class=\"absent\">", "").replace("</mark>", "");
            prop_assert_eq!(plain, text);
        }
    }
}
