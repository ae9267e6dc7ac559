//! Writes a document in a chosen style.

use std::fmt::Write as _;

use super::{Document, number};

/// In which order members are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// As they arrived.
    Kept,
    /// By name, ascending, on the top level; deeper levels as they arrived.
    AscendingTop,
    /// By name, ascending, on every level.
    AscendingDeep,
    /// By name, descending, on the top level.
    Descending,
    /// By name, descending, on every level.
    DescendingDeep,
}

/// Which members without a value are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// None.
    Kept,
    /// Those whose value is null, on the top level.
    DroppedTop,
    /// Those whose value is null, on every level.
    DroppedDeep,
    /// Those whose value is null or the empty text, on the top level.
    EmptyDroppedToo,
}

/// Where blanks stand between the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blanks {
    /// Nowhere.
    None,
    /// After each comma and colon, as Python's `json.dumps` writes.
    Spaced,
    /// Lines, indented by two blanks, with a blank after the colon.
    Indented,
}

/// Which characters of texts are escaped beyond what JSON asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// None.
    Least,
    /// Everything that is not ASCII, with lower-case digits, as Python does.
    NonAscii,
    /// Everything that is not ASCII, with upper-case digits, as Jackson does when asked.
    NonAsciiUpper,
    /// Everything that is not ASCII, and `/`, as PHP does.
    NonAsciiAndSlash,
    /// `/` alone.
    Slash,
    /// `<`, `>`, `&`, `=` and `'`, as Gson does.
    Html,
    /// `<`, `>` and `&`, as Go does.
    HtmlGo,
}

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// As they stood.
    Written,
    /// As Java writes them: `1.50` becomes `1.5`.
    Java,
    /// As JavaScript writes them: `1.0` becomes `1`.
    JavaScript,
    /// As texts.
    Quoted,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) order: Order,
    pub(crate) nulls: Nulls,
    pub(crate) blanks: Blanks,
    pub(crate) escapes: Escapes,
    pub(crate) numbers: Numbers,
}

impl Style {
    /// Everything as it was read, without blanks.
    pub(crate) const AS_READ: Self = Self {
        order: Order::Kept,
        nulls: Nulls::Kept,
        blanks: Blanks::None,
        escapes: Escapes::Least,
        numbers: Numbers::Written,
    };

    /// Whether the document's own members stand in ascending order as they are.
    pub(crate) fn is_sorted(document: &Document) -> bool {
        document.members().is_none_or(|members| members.is_sorted_by(|a, b| a.0 <= b.0))
    }

    /// The document in this style.
    pub(crate) fn write(&self, document: &Document) -> String {
        let mut out = String::new();
        self.value(document, 0, &mut out);
        out
    }

    fn value(&self, document: &Document, level: usize, out: &mut String) {
        match document {
            Document::Null => out.push_str("null"),
            Document::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Document::Number(written) => self.number(written, out),
            Document::Text(text) => self.text(text, out),
            Document::List(items) => {
                let write = |item: &&Document, out: &mut String| self.value(item, level + 1, out);
                self.between(('[', ']'), level, items.iter(), write, out);
            }
            Document::Object(members) => {
                let write = |(name, value): &&(String, Document), out: &mut String| {
                    self.text(name, out);
                    out.push_str(if self.blanks == Blanks::None { ":" } else { ": " });
                    self.value(value, level + 1, out);
                };
                self.between(('{', '}'), level, self.members(members, level).into_iter(), write, out);
            }
        }
    }

    /// The members that are written, in their order.
    fn members<'a>(&self, members: &'a [(String, Document)], level: usize) -> Vec<&'a (String, Document)> {
        let top = level == 0;
        let dropped = |value: &Document| match self.nulls {
            Nulls::Kept => false,
            Nulls::DroppedTop => top && *value == Document::Null,
            Nulls::DroppedDeep => *value == Document::Null,
            Nulls::EmptyDroppedToo => top && (*value == Document::Null || *value == Document::Text(String::new())),
        };
        let mut kept: Vec<_> = members.iter().filter(|(_, value)| !dropped(value)).collect();
        match self.order {
            Order::AscendingDeep => kept.sort_by(|a, b| a.0.cmp(&b.0)),
            Order::AscendingTop if top => kept.sort_by(|a, b| a.0.cmp(&b.0)),
            Order::Descending if top => kept.sort_by(|a, b| b.0.cmp(&a.0)),
            Order::DescendingDeep => kept.sort_by(|a, b| b.0.cmp(&a.0)),
            Order::Kept | Order::AscendingTop | Order::Descending => {}
        }
        kept
    }

    fn between<T>(
        &self,
        (open, close): (char, char),
        level: usize,
        parts: impl ExactSizeIterator<Item = T>,
        write: impl Fn(&T, &mut String),
        out: &mut String,
    ) {
        out.push(open);
        let any = parts.len() > 0;
        for (at, part) in parts.enumerate() {
            if at > 0 {
                out.push_str(if self.blanks == Blanks::Spaced { ", " } else { "," });
            }
            self.line(level + 1, out);
            write(&part, out);
        }
        if any {
            self.line(level, out);
        }
        out.push(close);
    }

    fn line(&self, level: usize, out: &mut String) {
        if self.blanks == Blanks::Indented {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", level));
        }
    }

    fn number(&self, written: &str, out: &mut String) {
        match self.numbers {
            Numbers::Written => out.push_str(written),
            Numbers::Java => out.push_str(&number::java(written)),
            Numbers::JavaScript => out.push_str(&number::javascript(written)),
            Numbers::Quoted => {
                out.push('"');
                out.push_str(written);
                out.push('"');
            }
        }
    }

    fn text(&self, text: &str, out: &mut String) {
        let quoted = serde_json::Value::from(text).to_string();
        if self.escapes == Escapes::Least {
            out.push_str(&quoted);
            return;
        }
        for character in quoted.chars() {
            self.character(character, out);
        }
    }

    /// A character of a text that JSON's own escapes have been put into already.
    fn character(&self, character: char, out: &mut String) {
        let non_ascii = matches!(self.escapes, Escapes::NonAscii | Escapes::NonAsciiUpper | Escapes::NonAsciiAndSlash);
        let html = match self.escapes {
            Escapes::Html => "<>&='",
            Escapes::HtmlGo => "<>&",
            _ => "",
        };
        let slash = matches!(self.escapes, Escapes::Slash | Escapes::NonAsciiAndSlash);
        if character == '/' && slash {
            out.push_str("\\/");
        } else if (!character.is_ascii() && non_ascii) || html.contains(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let written = match self.escapes {
                    Escapes::NonAsciiUpper => write!(out, "\\u{unit:04X}"),
                    _ => write!(out, "\\u{unit:04x}"),
                };
                written.expect("writing to a string cannot fail");
            }
        } else {
            out.push(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"b":{"y":null,"x":1.50},"a":"中/<é>😀","n":null,"e":"","l":[1,2],"o":{}}"#;

    fn written(style: Style) -> String {
        style.write(&Document::parse(BODY.as_bytes()).expect("JSON"))
    }

    #[test]
    fn a_document_is_written_as_it_was_read() {
        assert_eq!(written(Style::AS_READ), BODY);
    }

    #[test]
    fn each_setting_changes_its_own_thing() {
        let style = Style { order: Order::AscendingTop, nulls: Nulls::DroppedTop, ..Style::AS_READ };
        assert_eq!(written(style), r#"{"a":"中/<é>😀","b":{"y":null,"x":1.50},"e":"","l":[1,2],"o":{}}"#);
        let style = Style { order: Order::AscendingDeep, nulls: Nulls::DroppedDeep, ..Style::AS_READ };
        assert_eq!(written(style), r#"{"a":"中/<é>😀","b":{"x":1.50},"e":"","l":[1,2],"o":{}}"#);
        let style = Style { order: Order::Descending, nulls: Nulls::EmptyDroppedToo, ..Style::AS_READ };
        assert_eq!(written(style), r#"{"o":{},"l":[1,2],"b":{"y":null,"x":1.50},"a":"中/<é>😀"}"#);
        let style = Style { blanks: Blanks::Spaced, numbers: Numbers::Quoted, ..Style::AS_READ };
        assert_eq!(
            written(style),
            r#"{"b": {"y": null, "x": "1.50"}, "a": "中/<é>😀", "n": null, "e": "", "l": ["1", "2"], "o": {}}"#
        );
        let style = Style { escapes: Escapes::NonAsciiAndSlash, nulls: Nulls::DroppedTop, ..Style::AS_READ };
        assert!(written(style).contains(r#""a":"\u4e2d\/<\u00e9>\ud83d\ude00""#));
        let style = Style { escapes: Escapes::HtmlGo, ..Style::AS_READ };
        assert!(written(style).contains(r#""a":"中/\u003cé\u003e😀""#));
        let style = Style { blanks: Blanks::Indented, ..Style::AS_READ };
        assert!(written(style).starts_with("{\n  \"b\": {\n    \"y\": null,\n    \"x\": 1.50\n  },\n  \"a\""));
        assert!(written(style).ends_with("\"o\": {}\n}"));
    }
}
