//! URLs in other words: how clients write, before or after sending, what stands in the request line.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::sign::query::{RESERVED, decode, decode_form};

/// What JavaScript's `encodeURI` escapes: all but letters, digits and `;,/?:@&=+$#-_.!~*'()`.
const URI: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b';')
    .remove(b',')
    .remove(b'/')
    .remove(b'?')
    .remove(b':')
    .remove(b'@')
    .remove(b'&')
    .remove(b'=')
    .remove(b'+')
    .remove(b'$')
    .remove(b'#')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// What `encodeURIComponent` escapes.
const COMPONENT_JS: &AsciiSet = &RESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');

/// What Java's `URLEncoder` and JavaScript's `URLSearchParams` escape; a blank becomes `+`.
const FORM_JAVA: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*');

/// What Python's `quote` escapes by default.
const QUOTE: &AsciiSet = &RESERVED.remove(b'/');

/// `encodeURI` over a text, whatever it is.
pub(super) fn encode_uri(text: &str) -> String {
    utf8_percent_encode(text, URI).to_string()
}

/// How names and values of a query are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// Not at all.
    None,
    /// Everything but unreserved characters (RFC 3986, 2.3).
    Component,
    /// As `encodeURIComponent` does.
    ComponentJs,
    /// As Python's `quote` does.
    Quote,
    /// As Go's `url.QueryEscape` and Python's `quote_plus` do.
    Form,
    /// As Java's `URLEncoder` and `URLSearchParams` do.
    FormJava,
}

impl Escape {
    fn write(self, text: &str) -> String {
        let set = match self {
            Self::None => return text.to_owned(),
            Self::Component | Self::Form => RESERVED,
            Self::ComponentJs => COMPONENT_JS,
            Self::Quote => QUOTE,
            Self::FormJava => FORM_JAVA,
        };
        let escaped = utf8_percent_encode(text, set).to_string();
        if matches!(self, Self::Form | Self::FormJava) { escaped.replace("%20", "+") } else { escaped }
    }
}

/// The query read as a form and written anew, in its own order.
pub(super) fn rewritten(query: &str, escape: Escape) -> String {
    let piece = |piece: &str| match piece.split_once('=') {
        Some((name, value)) => {
            format!("{}={}", escape.write(&decode_form(name)), escape.write(&decode_form(value)))
        }
        None => escape.write(&decode_form(piece)),
    };
    query.split('&').map(piece).collect::<Vec<_>>().join("&")
}

/// The text with the hex digits of its escapes in another case.
pub(super) fn escapes(text: &str, upper: bool) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut digits = 0;
    for character in text.chars() {
        let written = match (digits, upper) {
            (0, _) => character,
            (_, true) => character.to_ascii_uppercase(),
            (_, false) => character.to_ascii_lowercase(),
        };
        digits = if character == '%' { 2_u8 } else { digits.saturating_sub(1) };
        kept.push(written);
    }
    kept
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Python,
    Tuple,
    Commas,
    Json,
    Java,
    Go,
}

/// Which parameters are lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Those whose names repeat.
    Repeated,
    /// Those that the Product API documents as lists.
    Documented,
    /// All of them.
    All,
}

/// The parameters of the Product API that are lists.
pub(super) const LISTS: [&str; 6] =
    ["display_name", "display_name_ko", "is_exposed_menu", "product_category_id", "product_id", "kind"];

/// Longer queries are not grouped by name.
const MOST_GROUPED: usize = 200;

/// The query before it was encoded, each list printed at the place of its first item.
pub(super) fn lists(query: &str, list: List, which: Which) -> String {
    if query.split('&').count() > MOST_GROUPED {
        return query.to_owned();
    }
    let mut grouped: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in crate::sign::query::pairs(query) {
        let (name, value) = (decode_form(name), decode_form(value));
        match grouped.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => grouped.push((name, vec![value])),
        }
    }
    let written = grouped.into_iter().map(|(name, values)| {
        let is_list = match which {
            Which::Repeated => values.len() > 1,
            Which::Documented => values.len() > 1 || LISTS.contains(&name.as_str()),
            Which::All => true,
        };
        let value = if is_list { printed(&values, list) } else { values.concat() };
        format!("{name}={value}")
    });
    written.collect::<Vec<_>>().join("&")
}

fn printed(values: &[String], list: List) -> String {
    match list {
        List::Python => format!("[{}]", values.iter().map(|value| python(value)).collect::<Vec<_>>().join(", ")),
        List::Tuple => format!("({})", values.iter().map(|value| python(value)).collect::<Vec<_>>().join(", ")),
        List::Commas => values.join(","),
        List::Json => serde_json::Value::from(values).to_string(),
        List::Java => format!("[{}]", values.join(", ")),
        List::Go => format!("[{}]", values.join(" ")),
    }
}

/// A value as Python prints it inside a list. The two words that booleans are sent as are taken for booleans.
fn python(value: &str) -> String {
    if matches!(value, "True" | "False") {
        return value.to_owned();
    }
    let escaped = value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
    match value.contains('\'') {
        true if !value.contains('"') => format!("\"{escaped}\""),
        _ => format!("'{}'", escaped.replace('\'', "\\'")),
    }
}

/// The query with some values replaced by others.
pub(super) fn values_replaced(query: &str, words: [(&str, &str); 2]) -> String {
    let piece = |piece: &str| match piece.split_once('=') {
        Some((name, value)) => {
            let other = words.iter().find(|(from, _)| *from == value).map_or(value, |(_, to)| to);
            format!("{name}={other}")
        }
        None => piece.to_owned(),
    };
    query.split('&').map(piece).collect::<Vec<_>>().join("&")
}

/// The query with `[]` behind the names that repeat.
pub(super) fn bracketed(query: &str) -> String {
    let names: Vec<&str> = query.split('&').map(|piece| piece.split('=').next().unwrap_or_default()).collect();
    let mut seen = HashMap::new();
    for name in &names {
        *seen.entry(*name).or_insert(0_usize) += 1;
    }
    let piece = |piece: &str| match piece.split_once('=') {
        Some((name, value)) if seen.get(name).is_some_and(|count| *count > 1) => format!("{name}[]={value}"),
        _ => piece.to_owned(),
    };
    query.split('&').map(piece).collect::<Vec<_>>().join("&")
}

/// The query without the `[]` behind its names, escaped or not.
pub(super) fn without_brackets(query: &str) -> String {
    let bare = |name: &str| {
        let ends = ["[]", "%5B%5D", "%5b%5d"];
        ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name).to_owned()
    };
    let piece = |piece: &str| match piece.split_once('=') {
        Some((name, value)) => format!("{}={value}", bare(name)),
        None => piece.to_owned(),
    };
    query.split('&').map(piece).collect::<Vec<_>>().join("&")
}

/// The query sorted by name, or by name and value.
pub(super) fn sorted(query: &str, by_value: bool) -> String {
    let mut pieces: Vec<&str> = query.split('&').collect();
    pieces.sort_by(|a, b| {
        let names = a.split('=').next().cmp(&b.split('=').next());
        if by_value { names.then_with(|| a.cmp(b)) } else { names }
    });
    pieces.join("&")
}

/// The query without parameters that have no value.
pub(super) fn without_empty(query: &str) -> String {
    let kept = query.split('&').filter(|piece| piece.split_once('=').is_some_and(|(_, value)| !value.is_empty()));
    kept.collect::<Vec<_>>().join("&")
}

/// The text as it was before it was escaped, read with `+` as a sign or as a blank.
pub(super) fn decoded(text: &str, form: bool) -> String {
    if form { decode_form(text) } else { decode(text) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/a b?x=%3A:é", "/a%20b?x=%253A:%C3%A9")]
    #[case("\"<>[\\]^`{|}", "%22%3C%3E%5B%5C%5D%5E%60%7B%7C%7D")]
    #[case("-_.!~*'();,/?:@&=+$#aZ9", "-_.!~*'();,/?:@&=+$#aZ9")]
    fn encode_uri_escapes_what_javascript_does(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(encode_uri(text), expected);
    }

    #[rstest]
    #[case(Escape::None, "a b:/!*~'(é")]
    #[case(Escape::Component, "a%20b%3A%2F%21%2A~%27%28%C3%A9")]
    #[case(Escape::ComponentJs, "a%20b%3A%2F!*~'(%C3%A9")]
    #[case(Escape::Quote, "a%20b%3A/%21%2A~%27%28%C3%A9")]
    #[case(Escape::Form, "a+b%3A%2F%21%2A~%27%28%C3%A9")]
    #[case(Escape::FormJava, "a+b%3A%2F%21*%7E%27%28%C3%A9")]
    fn values_are_written_as_libraries_do(#[case] escape: Escape, #[case] expected: &str) {
        assert_eq!(rewritten("n&v=a+b%3A/!*~'(%c3%a9", escape), format!("n&v={expected}"));
    }

    #[rstest]
    #[case(List::Python, Which::Repeated, "a=['x', 'y z']&kind=PRODUCT")]
    #[case(List::Python, Which::Documented, "a=['x', 'y z']&kind=['PRODUCT']")]
    #[case(List::Tuple, Which::Repeated, "a=('x', 'y z')&kind=PRODUCT")]
    #[case(List::Commas, Which::Repeated, "a=x,y z&kind=PRODUCT")]
    #[case(List::Json, Which::All, "a=[\"x\",\"y z\"]&kind=[\"PRODUCT\"]")]
    #[case(List::Java, Which::Repeated, "a=[x, y z]&kind=PRODUCT")]
    #[case(List::Go, Which::Repeated, "a=[x y z]&kind=PRODUCT")]
    fn lists_are_printed_at_the_place_of_their_first_item(
        #[case] list: List,
        #[case] which: Which,
        #[case] expected: &str,
    ) {
        assert_eq!(lists("a=x&kind=PRODUCT&a=y+z", list, which), expected);
    }

    #[rstest]
    #[case("it's", "\"it's\"")]
    #[case("it's \"so\"", "'it\\'s \"so\"'")]
    #[case("a\\b", "'a\\\\b'")]
    #[case("True", "True")]
    #[case("true", "'true'")]
    fn texts_are_quoted_as_python_does(#[case] value: &str, #[case] expected: &str) {
        assert_eq!(python(value), expected);
    }

    #[test]
    fn escapes_change_their_case_alone() {
        assert_eq!(escapes("aB%3a%Ff%%3", false), "aB%3a%ff%%3");
        assert_eq!(escapes("ab%3a%ffz", true), "ab%3A%FFz");
    }

    #[test]
    fn brackets_stand_behind_names_alone() {
        assert_eq!(bracketed("a=1&b=2&a=3"), "a[]=1&b=2&a[]=3");
        assert_eq!(without_brackets("a[]=1&b%5B%5D=[]&c"), "a=1&b=[]&c");
    }

    #[test]
    fn queries_are_sorted_by_name_first() {
        assert_eq!(sorted("b=1&a=2&a=1&a", false), "a=2&a=1&a&b=1");
        assert_eq!(sorted("b=1&a=2&a=1&a", true), "a&a=1&a=2&b=1");
        assert_eq!(without_empty("a=&b=1&c"), "b=1");
        assert_eq!(
            values_replaced("a=true&b=false&true=x", [("true", "True"), ("false", "False")]),
            "a=True&b=False&true=x"
        );
    }
}
