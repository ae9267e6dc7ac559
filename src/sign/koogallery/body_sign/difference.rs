//! In what two texts of one JSON value differ: what was signed, and what was sent.
//!
//! A signature that fits another text says how the signer writes JSON, not how the sender does. Both texts are looked at
//! here, so that each is described as it is, and nothing is named that they have in common.

use std::fmt;

use crate::sign::json::Document;

/// One of the two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The text that the signature fits.
    Signed,
    /// The body that arrived.
    Sent,
}

impl Side {
    fn of(signed_has_it: bool) -> Self {
        if signed_has_it { Self::Signed } else { Self::Sent }
    }

    /// Both, beginning with this one.
    fn in_turn(self) -> (&'static str, &'static str) {
        match self {
            Self::Signed => ("the signed body", "the sent one"),
            Self::Sent => ("the sent body", "the signed one"),
        }
    }
}

/// Where blanks stand between the parts of a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Nowhere.
    Compact,
    /// After each comma and colon.
    Spaced,
    /// With line feeds between them.
    Lines,
    /// Somewhere else.
    Other,
}

impl Layout {
    fn has(self) -> &'static str {
        match self {
            Self::Compact => "has no blanks",
            Self::Spaced => "has a blank after each comma and colon",
            Self::Lines => "is written over several lines",
            Self::Other => "has blanks in other places",
        }
    }
}

/// One difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The blanks between the parts.
    Blanks {
        /// Of the signed text.
        signed: Layout,
        /// Of the sent one.
        sent: Layout,
    },
    /// Characters beyond ASCII are `\uXXXX` on this side and plain on the other.
    BeyondAscii(Side),
    /// The digits of `\uXXXX` are in upper case on this side and in lower case on the other.
    UpperDigits(Side),
    /// `/` is `\/` on this side.
    Slash(Side),
    /// `<`, `>`, `&`, `=` or `'` is `\uXXXX` on this side.
    Html(Side),
    /// The members are sorted by name on this side; on no side where none is.
    Order(Option<Side>),
    /// Members that are null are left out of the signed text.
    Nulls,
    /// Numbers have another form.
    Numbers,
    /// White space around the JSON stands on this side.
    Around(Side),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blanks { signed: Layout::Other, sent: Layout::Other } => {
                f.write_str("the signed body has its blanks in other places than the sent one")
            }
            Self::Blanks { signed, sent } => write!(f, "the signed body {}, the sent one {}", signed.has(), sent.has()),
            Self::BeyondAscii(side) => {
                let (it, other) = side.in_turn();
                write!(f, "characters beyond ASCII are \\uXXXX in {it} and plain in {other}")
            }
            Self::UpperDigits(side) => {
                let (it, other) = side.in_turn();
                write!(f, "the digits of \\uXXXX are in upper case in {it} and in lower case in {other}")
            }
            Self::Slash(side) => {
                let (it, other) = side.in_turn();
                write!(f, "/ is \\/ in {it} and plain in {other}")
            }
            Self::Html(side) => {
                let (it, other) = side.in_turn();
                write!(f, "<, >, &, = or ' is \\uXXXX in {it} and plain in {other}")
            }
            Self::Order(Some(side)) => {
                let (it, other) = side.in_turn();
                write!(f, "{it} has its members sorted by name, {other} has not")
            }
            Self::Order(None) => f.write_str("the signed body has its members in another order than the sent one"),
            Self::Nulls => f.write_str("members that are null are left out of the signed body and are sent"),
            Self::Numbers => f.write_str("numbers are written otherwise in the signed body than in the sent one"),
            Self::Around(side) => {
                let (it, other) = side.in_turn();
                write!(f, "{it} has a line feed or blanks around the JSON, {other} has none")
            }
        }
    }
}

/// Everything in which the two differ; empty where nothing of it can be named.
pub(super) fn between(signed: &[u8], sent: &[u8]) -> Vec<Difference> {
    let (Ok(signed), Ok(sent)) = (std::str::from_utf8(signed), std::str::from_utf8(sent)) else { return Vec::new() };
    let (Some(signed_value), Some(sent_value)) = (Document::parse(signed.as_bytes()), Document::parse(sent.as_bytes()))
    else {
        return Vec::new();
    };
    let (a, b) = (Looks::of(signed), Looks::of(sent));
    let mut found = Vec::new();
    if a.blanks != b.blanks {
        found.push(Difference::Blanks { signed: a.layout(), sent: b.layout() });
    }
    let mut escaped = |of: fn(&Looks) -> usize, named: fn(Side) -> Difference| {
        if of(&a) != of(&b) {
            found.push(named(Side::of(of(&a) > of(&b))));
        }
    };
    escaped(|looks| looks.beyond_ascii, Difference::BeyondAscii);
    escaped(|looks| looks.slash, Difference::Slash);
    escaped(|looks| looks.html, Difference::Html);
    if a.beyond_ascii + a.html > 0 && b.beyond_ascii + b.html > 0 && (a.upper_digits > 0) != (b.upper_digits > 0) {
        found.push(Difference::UpperDigits(Side::of(a.upper_digits > 0)));
    }
    let (mut names, mut others) = (Vec::new(), Vec::new());
    let (mut nulls, mut other_nulls) = (0, 0);
    let (mut numbers, mut other_numbers) = (Vec::new(), Vec::new());
    read(&signed_value, &mut names, &mut nulls, &mut numbers);
    read(&sent_value, &mut others, &mut other_nulls, &mut other_numbers);
    if nulls != other_nulls {
        found.push(Difference::Nulls);
    } else if names != others {
        let sorted = (sorted(&signed_value), sorted(&sent_value));
        found.push(Difference::Order((sorted.0 != sorted.1).then(|| Side::of(sorted.0))));
    }
    numbers.sort_unstable();
    other_numbers.sort_unstable();
    if numbers != other_numbers {
        found.push(Difference::Numbers);
    }
    let around = |text: &str| text.len() - text.trim_ascii().len();
    if around(signed) != around(sent) {
        found.push(Difference::Around(Side::of(around(signed) > around(sent))));
    }
    found
}

/// Names in their order, how many members are null, and numbers as they are written.
fn read<'a>(value: &'a Document, names: &mut Vec<&'a str>, nulls: &mut usize, numbers: &mut Vec<&'a str>) {
    match value {
        Document::Object(members) => {
            for (name, value) in members {
                names.push(name);
                *nulls += usize::from(*value == Document::Null);
                read(value, names, nulls, numbers);
            }
        }
        Document::List(items) => items.iter().for_each(|item| read(item, names, nulls, numbers)),
        Document::Number(written) => numbers.push(written),
        _ => {}
    }
}

fn sorted(value: &Document) -> bool {
    value.members().is_some_and(|members| members.is_sorted_by(|a, b| a.0 <= b.0))
}

/// How a text is written, whatever it says.
#[derive(Default)]
struct Looks {
    /// What stands between the parts: for each of them the part before, and the white space.
    blanks: Vec<(char, String)>,
    commas_and_colons: usize,
    beyond_ascii: usize,
    html: usize,
    slash: usize,
    upper_digits: usize,
}

impl Looks {
    fn of(text: &str) -> Self {
        let mut looks = Self::default();
        let mut characters = text.trim_ascii().chars();
        let mut before = ' ';
        let mut blank = String::new();
        while let Some(c) = characters.next() {
            if c.is_ascii_whitespace() {
                blank.push(c);
                continue;
            }
            if !blank.is_empty() {
                looks.blanks.push((before, std::mem::take(&mut blank)));
            }
            looks.commas_and_colons += usize::from(matches!(c, ',' | ':'));
            before = c;
            if c == '"' {
                looks.text(&mut characters);
            }
        }
        looks
    }

    /// The rest of a text, behind its first quote.
    fn text(&mut self, characters: &mut std::str::Chars<'_>) {
        while let Some(c) = characters.next() {
            match c {
                '"' => return,
                '\\' => match characters.next() {
                    Some('/') => self.slash += 1,
                    Some('u') => {
                        let digits: String = characters.by_ref().take(4).collect();
                        match u32::from_str_radix(&digits, 16) {
                            Ok(code) if code > 0x7f => self.beyond_ascii += 1,
                            Ok(0x26 | 0x27 | 0x3c..=0x3e) => self.html += 1,
                            _ => continue,
                        }
                        self.upper_digits += usize::from(digits.bytes().any(|digit| digit.is_ascii_uppercase()));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    fn layout(&self) -> Layout {
        let spaced = |(before, blank): &(char, String)| matches!(before, ',' | ':') && blank == " ";
        if self.blanks.is_empty() {
            Layout::Compact
        } else if self.blanks.iter().any(|(_, blank)| blank.contains('\n')) {
            Layout::Lines
        } else if self.blanks.len() == self.commas_and_colons && self.blanks.iter().all(spaced) {
            Layout::Spaced
        } else {
            Layout::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing(r#"{"a":1}"#, r#"{"a":1}"#, &[])]
    #[case::no_json("a", r#"{"a":1}"#, &[])]
    #[case::blanks(r#"{"a":1,"b":[]}"#, r#"{"a": 1, "b": []}"#, &[Difference::Blanks { signed: Layout::Compact, sent: Layout::Spaced }])]
    #[case::blanks_in_texts(r#"{"a":", : "}"#, "{\n  \"a\": \", : \"\n}", &[Difference::Blanks { signed: Layout::Compact, sent: Layout::Lines }])]
    #[case::odd_blanks(r#"{ "a":1}"#, r#"{"a":1 }"#, &[Difference::Blanks { signed: Layout::Other, sent: Layout::Other }])]
    #[case::escaped(r#"{"a":"\u4e2d"}"#, r#"{"a":"中"}"#, &[Difference::BeyondAscii(Side::Signed)])]
    #[case::plain(r#"{"a":"😀"}"#, r#"{"a":"\ud83d\ude00"}"#, &[Difference::BeyondAscii(Side::Sent)])]
    #[case::digits(r#"{"a":"\u4E2D"}"#, r#"{"a":"\u4e2d"}"#, &[Difference::UpperDigits(Side::Signed)])]
    #[case::slash(r#"{"a":"b/c"}"#, r#"{"a":"b\/c"}"#, &[Difference::Slash(Side::Sent)])]
    #[case::html(r#"{"a":"\u003cb"}"#, r#"{"a":"<b"}"#, &[Difference::Html(Side::Signed)])]
    #[case::sorted(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, &[Difference::Order(Some(Side::Signed))])]
    #[case::unsorted(r#"{"b":1,"a":2}"#, r#"{"a":2,"b":1}"#, &[Difference::Order(Some(Side::Sent))])]
    #[case::deep(r#"{"o":{"x":1,"y":2}}"#, r#"{"o":{"y":2,"x":1}}"#, &[Difference::Order(None)])]
    #[case::nulls(r#"{"a":1}"#, r#"{"a":1,"b":null}"#, &[Difference::Nulls])]
    #[case::numbers(r#"{"a":1}"#, r#"{"a":1.0}"#, &[Difference::Numbers])]
    #[case::line_feed("{}\n", "{}", &[Difference::Around(Side::Signed)])]
    #[case::several(r#"{"b": "\u4e2d", "a": 1}"#, "{\"a\":1,\"b\":\"中\"}\n", &[
        Difference::Blanks { signed: Layout::Spaced, sent: Layout::Compact },
        Difference::BeyondAscii(Side::Signed),
        Difference::Order(Some(Side::Sent)),
        Difference::Around(Side::Sent),
    ])]
    fn only_what_differs_is_named(#[case] signed: &str, #[case] sent: &str, #[case] expected: &[Difference]) {
        assert_eq!(between(signed.as_bytes(), sent.as_bytes()), expected);
    }
}
