//! Foreign text as pieces of Markdown that mean nothing but themselves.
//!
//! GitHub renders more than CommonMark: tables, bare addresses, mentions, issue numbers, formulas, emoji. A backslash
//! hides a character from the parser, but mentions are looked for in the text that results; only code is left alone by
//! all of them. So what might mean something becomes code, and the words around it stay words.

/// A sentence. The text is one line without treacherous characters, as [`printable`](crate::wire::printable) makes it.
pub(super) fn prose(text: &str) -> String {
    pieces(text, code)
}

/// The same for a cell of a table, in which a vertical bar ends the cell even inside of code.
pub(super) fn cell(text: &str) -> String {
    pieces(text, |piece| if piece.contains(['|', '\\']) { entities(piece) } else { code(piece) })
}

/// A name as code.
pub(super) fn code(text: &str) -> String {
    let text = if text.trim().is_empty() { "(empty)" } else { text };
    let ticks = "`".repeat(longest_run(text) + 1);
    let edge = |edge: Option<char>| edge.is_some_and(|edge| edge == '`' || edge == ' ');
    // One blank on each side is taken away again (CommonMark 0.31.2, 6.1).
    let pad = if edge(text.chars().next()) || edge(text.chars().last()) { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Lines as a block of code; nothing inside it can end it.
pub(super) fn block(language: &str, lines: &[String]) -> String {
    let fence = "`".repeat(lines.iter().map(|line| longest_run(line) + 1).max().unwrap_or(0).max(3));
    let mut text = format!("{fence}{language}\n");
    for line in lines {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text + &fence + "\n"
}

/// Words as they are, and what lies between them as code.
fn pieces(text: &str, code: impl Fn(&str) -> String) -> String {
    let mut written: Vec<String> = Vec::new();
    let mut pending: Vec<&str> = Vec::new();
    for (index, token) in text.trim().split(' ').enumerate() {
        if is_plain(token) && !(index == 0 && begins_a_block(token)) {
            written.extend(spanned(&std::mem::take(&mut pending), &code));
            written.push(token.to_owned());
        } else {
            pending.push(token);
        }
    }
    written.extend(spanned(&pending, &code));
    written.join(" ")
}

/// These words as code; what ends a clause stands behind it.
fn spanned(tokens: &[&str], code: impl Fn(&str) -> String) -> Option<String> {
    let text = tokens.join(" ");
    let inside = text.trim_end_matches([',', ';', ':', '.']);
    let inside = if inside.is_empty() { &text } else { inside };
    (!tokens.is_empty()).then(|| code(inside) + &text[inside.len()..])
}

/// Whether a word means nothing to any of the renderers.
fn is_plain(token: &str) -> bool {
    let harmless = |character: char| {
        !character.is_ascii() || character.is_ascii_alphanumeric() || ".,;'\"()-%/=+?:".contains(character)
    };
    // A colon inside of a word makes an address or an emoji.
    let colon = token.trim_end_matches([':', '"', ')', ',', '.']).contains(':');
    token.chars().all(harmless) && !colon && !token.to_ascii_lowercase().contains("www.")
}

/// Whether a plain word at the beginning of a line makes a list, a rule or a heading of it.
fn begins_a_block(token: &str) -> bool {
    let number = token.trim_start_matches(|character: char| character.is_ascii_digit());
    (!token.is_empty() && token.chars().all(|character| "-+=".contains(character))) || matches!(number, "." | ")")
}

/// Code whose every character but letters and digits is a character reference.
fn entities(text: &str) -> String {
    let mut safe = "<code>".to_owned();
    for character in text.chars() {
        if character.is_alphanumeric() || character == ' ' {
            safe.push(character);
        } else {
            safe.push_str(&format!("&#{};", u32::from(character)));
        }
    }
    safe + "</code>"
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("pay-amt is 14000, but expected 15000", "pay-amt is 14000, but expected 15000")]
    #[case("owner is \"@octocat\"", "owner is `\"@octocat\"`")]
    #[case("see #12 and <b>this</b> now", "see `#12` and `<b>this</b>` now")]
    #[case("a *bold* `word`", "a `` *bold* `word` ``")]
    #[case("at http://vendor.example/x or www.vendor.example", "at `http://vendor.example/x` or `www.vendor.example`")]
    #[case("fine :tada: $x$", "fine `:tada: $x$`")]
    #[case("- no list", "`-` no list")]
    #[case("12. no list - 1. at all", "`12`. no list - 1. at all")]
    #[case("POST /customers/{mem-sq}, answer 201", "POST `/customers/{mem-sq}`, answer 201")]
    #[case("가 [나](다)", "가 `[나](다)`")]
    fn what_may_mean_something_is_code(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(prose(text), expected);
    }

    #[test]
    fn a_bar_ends_no_cell() {
        assert_eq!(cell("a|b c*d"), "<code>a&#124;b c&#42;d</code>");
        assert_eq!(cell("c*d"), "`c*d`");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(block("text", &["````".to_owned()]), "`````text\n````\n`````\n");
        assert_eq!(block("", &[]), "```\n```\n");
    }

    proptest! {
        /// Read as CommonMark reads it: outside of code spans nothing but harmless characters is left.
        #[test]
        fn nothing_but_words_is_outside_of_code(text in "[a-z`@#*_<>&|\\\\\\[\\]:. ~$!가]{0,40}") {
            for written in [prose(&text), cell(&text)] {
                let mut rest = written.as_str();
                while let Some(at) = rest.find(['`', '<']) {
                    prop_assert!(!rest[..at].contains(['@', '#', '*', '_', '>', '&', '|', '\\', '[', ']', '~', '$', '!']), "{written}");
                    if rest[at..].starts_with("<code>") {
                        let end = rest.find("</code>").expect("it is closed");
                        prop_assert!(!rest[at + 6..end].contains(['<', '|', '`', '@', '*']));
                        rest = &rest[end + 7..];
                        continue;
                    }
                    let ticks = rest[at..].len() - rest[at..].trim_start_matches('`').len();
                    prop_assert!(ticks > 0, "{written}");
                    let inside = &rest[at + ticks..];
                    // The first run of the same length closes the span.
                    let mut from = 0;
                    let end = loop {
                        let run = from + inside[from..].find('`').expect("it is closed");
                        let length = inside[run..].len() - inside[run..].trim_start_matches('`').len();
                        if length == ticks { break run + length; }
                        from = run + length;
                    };
                    rest = &inside[end..];
                }
                prop_assert!(!rest.contains(['@', '#', '*', '_', '>', '&', '|', '\\', '[', ']', '~', '$', '!']), "{written}");
            }
        }
    }
}
