//! Pieces that several pages show: verdicts, notices, tables, long values.

use maud::{Markup, html};

use super::Words;
use crate::serve::Verdict;
use crate::wire::printable_text;

/// Longer values are folded.
const FOLDED: usize = 240;

/// What a notice is about. The word before it says so too, for who sees no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something was done.
    Done,
    /// Something is wrong.
    Wrong,
    /// Something is worth knowing.
    Note,
}

/// A notice with its own heading; screen readers read it out when the page opens.
pub(crate) fn notice(words: Words, tone: Tone, title: &str, content: Markup) -> Markup {
    let (class, word, role) = match tone {
        Tone::Done => ("done", words.say("notice-done"), "status"),
        Tone::Wrong => ("wrong", words.say("notice-wrong"), "alert"),
        Tone::Note => ("note", words.say("notice-note"), "note"),
    };
    html! {
        section class={ "notice " (class) } role=(role) {
            p.kind { (word) }
            p.title { (title) }
            (content)
        }
    }
}

/// A verdict: a shape and a word, so that colour says nothing alone.
pub(crate) fn badge(words: Words, verdict: Verdict) -> Markup {
    let (class, word, shape) = match verdict {
        Verdict::Conforms => ("conforms", words.say("verdict-conforms"), "M3.5 8.4l3 3 6-6.8"),
        Verdict::Noted => ("noted", words.say("verdict-noted"), "M8 3.6v5.2M8 11.6v.8"),
        Verdict::Breaks => ("breaks", words.say("verdict-breaks"), "M4.4 4.4l7.2 7.2M11.6 4.4l-7.2 7.2"),
        Verdict::NotJudged => ("open", words.say("verdict-not-judged"), "M4 8h8"),
    };
    html! {
        span class={ "badge " (class) } {
            svg viewBox="0 0 16 16" aria-hidden="true" { path d=(shape) {} }
            span { (word) }
        }
    }
}

/// A table that scrolls by itself where the window is narrow. Rows are `tr` elements; heads may be empty.
pub(crate) fn table(id: &str, caption: &str, heads: &[String], rows: Markup) -> Markup {
    html! {
        div.scroll role="region" aria-labelledby={ (id) "-caption" } tabindex="0" {
            // The roles stay where a style sheet lays rows out as cards, which would take them away.
            table id=(id) role="table" {
                caption id={ (id) "-caption" } { (caption) }
                thead role="rowgroup" { tr role="row" { @for head in heads { th scope="col" role="columnheader" { (head) } } } }
                tbody role="rowgroup" { (rows) }
            }
        }
    }
}

/// A foreign value as code: control characters visible, a long one folded with its whole within.
///
/// The caller has taken the secrets out.
pub(crate) fn value(words: Words, text: &str) -> Markup {
    let shown = printable_text(text.as_bytes());
    match shown.char_indices().nth(FOLDED) {
        None => html! { code.value { (shown) } },
        Some((at, _)) => html! {
            details.long {
                summary { code.value { (shown[..at]) "…" } span.more { (words.say("whole-value")) } }
                pre tabindex="0" { code { (shown) } }
            }
        },
    }
}

/// A text that can be copied; the button shows where scripts run.
pub(crate) fn copied(words: Words, label: &str, text: &str) -> Markup {
    html! {
        figure.copied {
            figcaption { (label) button.copy type="button" hidden data-done=(words.say("copied")) { (words.say("copy")) } }
            pre tabindex="0" { code { (text) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_hostile_values_are_harmless_and_whole() {
        let hostile = format!("<script>alert(1)</script>\u{202e}\u{1b}[31m{}", "x".repeat(2000));
        let markup = value(Words::default(), &hostile).into_string();
        assert!(!markup.contains("<script>") && !markup.contains('\u{202e}') && !markup.contains('\u{1b}'), "{markup}");
        assert!(markup.contains(&"x".repeat(2000)) && markup.contains("<details"), "{markup}");
        assert!(!value(Words::default(), "short").into_string().contains("details"));
    }

    #[test]
    fn every_verdict_has_a_word_and_a_shape_of_its_own() {
        let verdicts = [Verdict::Conforms, Verdict::Noted, Verdict::Breaks, Verdict::NotJudged];
        let mut badges = verdicts.map(|verdict| badge(Words::default(), verdict).into_string()).to_vec();
        badges.dedup();
        assert_eq!(badges.len(), 4);
        assert!(badges[2].contains("breaks") && badges[2].contains("aria-hidden"));
    }
}
