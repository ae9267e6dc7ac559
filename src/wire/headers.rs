//! Header fields in the order and the spelling in which they stood on the wire.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::written;

/// One header field as it was written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The name with its own upper and lower case.
    pub name: String,
    /// The value's bytes, without the blanks around it. Not necessarily UTF-8.
    #[serde(with = "written::bytes")]
    pub value: Vec<u8>,
}

impl Header {
    /// The value as text; bytes that are no UTF-8 become U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.value).into_owned()
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.text())
    }
}

/// All header fields of a message; look-ups ignore case, as RFC 9110 (5.1) asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Headers(Vec<Header>);

impl Headers {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a field, also when one of this name exists.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.0.push(Header { name: name.into(), value: value.into() });
    }

    /// Puts a field in front of all others.
    pub fn push_first(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.0.insert(0, Header { name: name.into(), value: value.into() });
    }

    /// Replaces every field of this name by one, at the place of the first.
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        let value = value.into();
        match self.0.iter().position(|header| header.name.eq_ignore_ascii_case(name)) {
            None => self.push(name, value),
            Some(at) => {
                self.0[at].value = value;
                let mut index = 0;
                self.0.retain(|header| {
                    let keep = index <= at || !header.name.eq_ignore_ascii_case(name);
                    index += 1;
                    keep
                });
            }
        }
    }

    /// Removes every field of this name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|header| !header.name.eq_ignore_ascii_case(name));
    }

    /// The first field of this name.
    pub fn get(&self, name: &str) -> Option<&Header> {
        self.0.iter().find(|header| header.name.eq_ignore_ascii_case(name))
    }

    /// The first value of this name as text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(Header::text)
    }

    /// Every field of this name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Header> {
        self.0.iter().filter(move |header| header.name.eq_ignore_ascii_case(name))
    }

    /// Every field in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Header> {
        self.0.iter()
    }

    /// Every field in order, to be changed.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Header> {
        self.0.iter_mut()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = &'a Header;
    type IntoIter = std::slice::Iter<'a, Header>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<N: Into<String>, V: Into<Vec<u8>>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        Self(fields.into_iter().map(|(name, value)| Header { name: name.into(), value: value.into() }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_case_and_are_found_without_it() {
        let headers = Headers::from_iter([("Location", "/a"), ("X-a", "1"), ("x-A", "2")]);
        assert_eq!(headers.text("LOCATION").as_deref(), Some("/a"));
        assert_eq!(headers.all("x-a").count(), 2);
        assert_eq!(headers.iter().next().map(|header| header.name.as_str()), Some("Location"));
    }

    #[test]
    fn set_leaves_one_field_in_the_first_place() {
        let mut headers = Headers::from_iter([("A", "1"), ("B", "2"), ("a", "3")]);
        headers.set("a", "4");
        let seen: Vec<_> = headers.iter().map(|header| (header.name.as_str(), header.text())).collect();
        assert_eq!(seen, [("A", "4".to_owned()), ("B", "2".to_owned())]);
    }
}
