//! Parameters as text: percent-encoding and the styles of OpenAPI 3.0.3 ("Style Values").

use serde_json::Value;

use crate::spec::{ParameterPlace, Style};

/// Percent-encodes all but the unreserved characters of RFC 3986 (2.3), as UTF-8.
///
/// Delimiters are encoded too: a value never changes the structure of the target that it stands in.
pub(super) fn percent(text: &str) -> String {
    encode(text, |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// Percent-encodes a path segment. `+` stays as it is: in a path it is itself (RFC 3986, 3.3), and whoever reads it as
/// a blank is wrong.
fn segment(text: &str) -> String {
    encode(text, |byte| byte.is_ascii_alphanumeric() || b"-._~+".contains(&byte))
}

/// Percent-encodes what a cookie's value may not hold (RFC 6265, 4.1.1), and `%` itself.
fn cookie(text: &str) -> String {
    encode(text, |byte| byte.is_ascii_graphic() && !b"\",;\\%".contains(&byte))
}

fn encode(text: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if keep(byte) {
            encoded.push(char::from(byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// A value as the text that stands for it in a URL, a header field or a text with embedded expressions.
///
/// Text stands for itself; everything else is written as compact JSON.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// How a parameter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// Where it travels.
    pub place: ParameterPlace,
    /// How lists and objects are written.
    pub style: Style,
    /// Whether each item stands alone.
    pub explode: bool,
}

impl Form {
    /// The form that holds where a document describes none (OpenAPI 3.0.3, "Parameter Object", `style`, `explode`).
    pub(super) fn of_place(place: ParameterPlace) -> Self {
        match place {
            ParameterPlace::Path | ParameterPlace::Header => Self { place, style: Style::Simple, explode: false },
            ParameterPlace::Query | ParameterPlace::Cookie => Self { place, style: Style::Form, explode: true },
        }
    }

    /// Writes a parameter: for a path what replaces the template's expression, for a header field its value, for
    /// a query or a cookie its pairs `name=value`.
    ///
    /// Values inside of lists and objects that are themselves structured become compact JSON; OpenAPI leaves them
    /// undefined. Brackets, blanks and bars of the query styles are percent-encoded, as RFC 3986 knows them in no
    /// query.
    pub(super) fn write(self, name: &str, value: &Value) -> Written {
        let escape: fn(&str) -> String = match self.place {
            ParameterPlace::Path => segment,
            ParameterPlace::Query => percent,
            ParameterPlace::Cookie => cookie,
            ParameterPlace::Header => str::to_owned,
        };
        let flat = Flat::of(value, escape);
        match self.place {
            ParameterPlace::Path | ParameterPlace::Header => Written::Text(self.text(&escape(name), flat)),
            ParameterPlace::Query | ParameterPlace::Cookie => Written::Pairs(self.pairs(escape(name), flat)),
        }
    }

    fn text(self, name: &str, flat: Flat) -> String {
        // The separator between items, and between a name and its value in an object.
        let (between, joint) = (
            match self.style {
                Style::Label => ".",
                Style::Matrix if self.explode => ";",
                _ => ",",
            },
            if self.explode { "=" } else { "," },
        );
        match (self.style, flat) {
            (Style::Label, Flat::One(text)) => format!(".{text}"),
            (Style::Label, Flat::List(items)) => format!(".{}", items.join(between)),
            (Style::Label, Flat::Object(members)) => {
                let joint = if self.explode { "=" } else { "." };
                format!(".{}", join(&members, joint, between))
            }
            (Style::Matrix, Flat::One(text)) if text.is_empty() => format!(";{name}"),
            (Style::Matrix, Flat::One(text)) => format!(";{name}={text}"),
            (Style::Matrix, Flat::List(items)) if self.explode => {
                items.iter().map(|item| format!(";{name}={item}")).collect()
            }
            (Style::Matrix, Flat::List(items)) => format!(";{name}={}", items.join(between)),
            (Style::Matrix, Flat::Object(members)) if self.explode => format!(";{}", join(&members, joint, between)),
            (Style::Matrix, Flat::Object(members)) => format!(";{name}={}", join(&members, joint, between)),
            (_, Flat::One(text)) => text,
            (_, Flat::List(items)) => items.join(","),
            (_, Flat::Object(members)) => join(&members, joint, ","),
        }
    }

    fn pairs(self, name: String, flat: Flat) -> Vec<(String, String)> {
        let between = match self.style {
            Style::SpaceDelimited => "%20",
            Style::PipeDelimited => "%7C",
            _ => ",",
        };
        match (self.style, flat) {
            (_, Flat::One(text)) => vec![(name, text)],
            (Style::DeepObject, Flat::Object(members)) => {
                members.into_iter().map(|(key, value)| (format!("{name}%5B{key}%5D"), value)).collect()
            }
            (_, Flat::List(items)) if self.explode => items.into_iter().map(|item| (name.clone(), item)).collect(),
            (_, Flat::Object(members)) if self.explode => members,
            (_, Flat::List(items)) => vec![(name, items.join(between))],
            (_, Flat::Object(members)) => vec![(name, join(&members, between, between))],
        }
    }
}

/// A written parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Of a path or a header field.
    Text(String),
    /// Of a query or a cookie: names and values, both encoded.
    Pairs(Vec<(String, String)>),
}

/// A value without depth, its texts encoded.
enum Flat {
    One(String),
    List(Vec<String>),
    Object(Vec<(String, String)>),
}

impl Flat {
    fn of(value: &Value, escape: impl Fn(&str) -> String) -> Self {
        match value {
            Value::Array(items) => Self::List(items.iter().map(|item| escape(&plain(item))).collect()),
            Value::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (escape(name), escape(&plain(value)))).collect())
            }
            other => Self::One(escape(&plain(other))),
        }
    }
}

fn join(members: &[(String, String)], joint: &str, between: &str) -> String {
    members.iter().map(|(name, value)| format!("{name}{joint}{value}")).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    /// The table of OpenAPI 3.0.3, "Style Examples", with its own values.
    #[rstest]
    #[case(ParameterPlace::Path, Style::Matrix, false, [";color", ";color=blue", ";color=blue,black", ";color=R,100,G,200"])]
    #[case(ParameterPlace::Path, Style::Matrix, true, [";color", ";color=blue", ";color=blue;color=black", ";R=100;G=200"])]
    #[case(ParameterPlace::Path, Style::Label, false, [".", ".blue", ".blue.black", ".R.100.G.200"])]
    #[case(ParameterPlace::Path, Style::Label, true, [".", ".blue", ".blue.black", ".R=100.G=200"])]
    #[case(ParameterPlace::Path, Style::Simple, false, ["", "blue", "blue,black", "R,100,G,200"])]
    #[case(ParameterPlace::Header, Style::Simple, true, ["", "blue", "blue,black", "R=100,G=200"])]
    #[case(ParameterPlace::Query, Style::Form, false, ["color=", "color=blue", "color=blue,black", "color=R,100,G,200"])]
    #[case(ParameterPlace::Query, Style::Form, true, ["color=", "color=blue", "color=blue&color=black", "R=100&G=200"])]
    #[case(ParameterPlace::Query, Style::SpaceDelimited, false, ["color=", "color=blue", "color=blue%20black", "color=R%20100%20G%20200"])]
    #[case(ParameterPlace::Query, Style::PipeDelimited, false, ["color=", "color=blue", "color=blue%7Cblack", "color=R%7C100%7CG%7C200"])]
    #[case(ParameterPlace::Query, Style::DeepObject, true, ["color=", "color=blue", "color=blue&color=black", "color%5BR%5D=100&color%5BG%5D=200"])]
    #[case(ParameterPlace::Cookie, Style::Form, false, ["color=", "color=blue", "color=blue,black", "color=R,100,G,200"])]
    fn styles(#[case] place: ParameterPlace, #[case] style: Style, #[case] explode: bool, #[case] expected: [&str; 4]) {
        let form = Form { place, style, explode };
        let values = [json!(""), json!("blue"), json!(["blue", "black"]), json!({"R": 100, "G": 200})];
        for (value, expected) in values.iter().zip(expected) {
            let written = match form.write("color", value) {
                Written::Text(text) => text,
                Written::Pairs(pairs) => join(&pairs, "=", "&"),
            };
            assert_eq!(written, expected, "{value}");
        }
    }

    #[rstest]
    #[case("M12345", "M12345")]
    #[case("a b/c?d#e%f", "a%20b%2Fc%3Fd%23e%25f")]
    #[case("-._~", "-._~")]
    #[case("고객", "%EA%B3%A0%EA%B0%9D")]
    #[case("a&b=c+d", "a%26b%3Dc%2Bd")]
    fn unreserved_characters_stay(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(percent(text), expected);
    }

    #[test]
    fn cookies_keep_what_a_cookie_may_hold() {
        let form = Form::of_place(ParameterPlace::Cookie);
        assert_eq!(
            form.write("s", &json!("a/b=c; d\"%")),
            Written::Pairs(vec![("s".to_owned(), "a/b=c%3B%20d%22%25".to_owned())])
        );
    }

    #[test]
    fn depth_becomes_json() {
        let form = Form { place: ParameterPlace::Header, style: Style::Simple, explode: false };
        assert_eq!(form.write("h", &json!([1, {"a": null}])), Written::Text("1,{\"a\":null}".to_owned()));
    }

    fn decode(text: &str) -> Vec<u8> {
        let bytes = text.as_bytes();
        let mut decoded = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b'%' {
                decoded.push(u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
                at += 3;
            } else {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
        decoded
    }

    proptest! {
        #[test]
        fn encoding_can_be_undone(text in "\\PC*|[\\x00-\\x7f]*") {
            let encoded = percent(&text);
            prop_assert_eq!(decode(&encoded), text.as_bytes());
            prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
        }
    }
}
