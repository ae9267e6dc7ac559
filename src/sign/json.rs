//! JSON written in the many ways in which two sides can disagree about "the same" body.
//!
//! A signature over a re-serialised body depends on the order of members, on nulls, blanks, escapes and the form of
//! numbers. [`Document`] keeps what parsing loses (numbers as they were written, order, repeated members), and
//! [`Style`] says how to write it.

mod number;
mod write;

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

pub(crate) use write::{Blanks, Escapes, Nulls, Numbers, Order, Style};

/// A JSON value that still knows how its numbers were written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Document {
    Null,
    Bool(bool),
    /// The digits as they stood.
    Number(String),
    Text(String),
    List(Vec<Document>),
    Object(Vec<(String, Document)>),
}

impl Document {
    /// Reads a body; `None` when it is no JSON.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        // A first pass refuses what is no JSON or nested too deeply; the second can then descend without care.
        serde_json::from_slice::<serde_json::Value>(body).ok()?;
        read(serde_json::from_slice(body).ok()?)
    }

    /// The members, when it is an object.
    pub(crate) fn members(&self) -> Option<&[(String, Document)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }
}

/// Numbers are the only values whose text is kept, so everything else is read by kind.
fn read(raw: &RawValue) -> Option<Document> {
    let text = raw.get();
    Some(match text.as_bytes().first()? {
        b'n' => Document::Null,
        b't' => Document::Bool(true),
        b'f' => Document::Bool(false),
        b'"' => Document::Text(serde_json::from_str(text).ok()?),
        b'[' => {
            let items: Items<'_> = serde_json::from_str(text).ok()?;
            Document::List(items.0.into_iter().map(read).collect::<Option<_>>()?)
        }
        b'{' => {
            let members: Members<'_> = serde_json::from_str(text).ok()?;
            let mut kept: Vec<(String, Document)> = Vec::with_capacity(members.0.len());
            let mut places: HashMap<String, usize> = HashMap::with_capacity(members.0.len());
            for (name, value) in members.0 {
                let value = read(value)?;
                // As in every map: the last of repeated members counts.
                match places.get(&name) {
                    Some(place) => kept[*place].1 = value,
                    None => {
                        places.insert(name.clone(), kept.len());
                        kept.push((name, value));
                    }
                }
            }
            Document::Object(kept)
        }
        _ => Document::Number(text.to_owned()),
    })
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Items<'a>(#[serde(borrow)] Vec<&'a RawValue>);

struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_and_order_are_kept_and_the_last_of_repeated_members_counts() {
        let document = Document::parse(br#"{"b":1.50,"a":12345678901234567890123,"b":2E3}"#).expect("JSON");
        let number = |text: &str| Document::Number(text.to_owned());
        assert_eq!(document.members().expect("an object")[0], ("b".to_owned(), number("2E3")));
        assert_eq!(document.members().expect("an object")[1], ("a".to_owned(), number("12345678901234567890123")));
        assert_eq!(Document::parse(b"{\"a\":1,}"), None);
        assert_eq!(Document::parse("[".repeat(100_000).as_bytes()), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body: Vec<u8>) {
            let _ = Document::parse(&body);
        }
    }
}
