//! The syntax of the header's value.

use std::fmt;

/// What the header says.
#[derive(Clone, PartialEq, Eq)]
pub struct BodySign {
    /// `sign_type`.
    pub sign_type: String,
    /// `signature`.
    pub signature: String,
    /// Whether a blank stands after `signature=`, as some pages print it.
    pub blank_after_equals: bool,
}

impl fmt::Debug for BodySign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodySign")
            .field("sign_type", &self.sign_type)
            .field("blank_after_equals", &self.blank_after_equals)
            .finish_non_exhaustive()
    }
}

/// Why a value is not of the documented form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The value is empty.
    #[error("it is empty")]
    Empty,
    /// A part is not there.
    #[error("{part} is missing")]
    PartMissing {
        /// `sign_type` or `signature`.
        part: &'static str,
    },
    /// A part is there twice.
    #[error("{part} stands there twice")]
    PartTwice {
        /// Which.
        part: &'static str,
    },
    /// A part's value has no double quotes around it.
    #[error("the value of {part} has no double quotes around it")]
    NoQuotes {
        /// Which.
        part: &'static str,
    },
    /// A part that the documents do not know.
    #[error("{found:?} is no part of this header")]
    UnknownPart {
        /// What stands there.
        found: String,
    },
    /// The two parts stand in the other order.
    #[error("signature stands before sign_type")]
    Order,
    /// Another separator than a comma.
    #[error("the parts are not separated by a comma")]
    Separator,
}

const PARTS: [&str; 2] = ["sign_type", "signature"];

/// Reads the value, and says everything that is wrong with it. What can be read in spite of that is returned too, so
/// that the signature itself is still checked.
pub(super) fn parse(value: &str) -> (Option<BodySign>, Vec<Malformed>) {
    let mut wrong = Vec::new();
    if value.trim().is_empty() {
        return (None, vec![Malformed::Empty]);
    }
    let mut found: [Option<(String, bool)>; 2] = [None, None];
    let mut order = Vec::new();
    let mut rest = value.trim();
    while !rest.is_empty() {
        let end = rest.find(['=', ',', ';']).unwrap_or(rest.len());
        let name = rest[..end].trim();
        let Some(at) = PARTS.iter().position(|part| *part == name).filter(|_| rest[end..].starts_with('=')) else {
            wrong.push(Malformed::UnknownPart { found: rest[..end].trim().to_owned() });
            rest = rest[end..].split_once([',', ';']).map_or("", |(_, after)| after.trim_start());
            continue;
        };
        let part = PARTS[at];
        let after = &rest[end + 1..];
        let text = after.trim_start();
        let blank = text.len() != after.len();
        let (text, behind) = match text.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
            Some(read) => read,
            None => {
                wrong.push(Malformed::NoQuotes { part });
                let (text, behind) = text.split_at(text.find([',', ';']).unwrap_or(text.len()));
                (text.trim().trim_matches(['"', '\'']), behind)
            }
        };
        match &found[at] {
            Some(_) => wrong.push(Malformed::PartTwice { part }),
            None => found[at] = Some((text.to_owned(), blank)),
        }
        order.push(at);
        let behind = behind.trim_start();
        rest = match behind.strip_prefix(',') {
            Some(next) => next.trim_start(),
            None if behind.is_empty() => "",
            None => {
                wrong.push(Malformed::Separator);
                behind.trim_start_matches(';').trim_start()
            }
        };
    }
    if order.starts_with(&[1, 0]) {
        wrong.push(Malformed::Order);
    }
    for (at, part) in PARTS.into_iter().enumerate() {
        if found[at].is_none() {
            wrong.push(Malformed::PartMissing { part });
        }
    }
    let [sign_type, signature] = found;
    let (signature, blank_after_equals) = match signature {
        Some(signature) => signature,
        // Some vendors send the bare signature; it is worth checking all the same.
        None if order.is_empty() => (value.trim().trim_matches('"').to_owned(), false),
        None => return (None, wrong),
    };
    let sign_type = sign_type.map(|(text, _)| text).unwrap_or_default();
    (Some(BodySign { sign_type, signature, blank_after_equals }), wrong)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"sign_type="HMAC-SHA256", signature="abc=""#, false)]
    #[case(r#"sign_type="HMAC-SHA256", signature= "abc=""#, true)]
    #[case(r#"sign_type="HMAC-SHA256",signature="abc=""#, false)]
    fn documented_forms_are_read(#[case] value: &str, #[case] blank_after_equals: bool) {
        let expected =
            BodySign { sign_type: "HMAC-SHA256".to_owned(), signature: "abc=".to_owned(), blank_after_equals };
        assert_eq!(parse(value), (Some(expected), Vec::new()));
    }

    #[rstest]
    #[case("", &[Malformed::Empty], None)]
    #[case("abc=", &[Malformed::UnknownPart { found: "abc".into() }, Malformed::PartMissing { part: "sign_type" }, Malformed::PartMissing { part: "signature" }], Some("abc="))]
    #[case("sign_type=HMAC-SHA256, signature=abc=", &[Malformed::NoQuotes { part: "sign_type" }, Malformed::NoQuotes { part: "signature" }], Some("abc="))]
    #[case("sign_type=\"HMAC-SHA256\", signature='abc='", &[Malformed::NoQuotes { part: "signature" }], Some("abc="))]
    #[case("sign_type=\"HMAC-SHA256\"; signature=\"abc=\"", &[Malformed::Separator], Some("abc="))]
    #[case("sign_type=\"HMAC-SHA256\" signature=\"abc=\"", &[Malformed::Separator], Some("abc="))]
    #[case("signature=\"abc=\", sign_type=\"HMAC-SHA256\"", &[Malformed::Order], Some("abc="))]
    #[case("signature=\"abc=\"", &[Malformed::PartMissing { part: "sign_type" }], Some("abc="))]
    #[case("sign_type=\"HMAC-SHA256\"", &[Malformed::PartMissing { part: "signature" }], None)]
    #[case("sign_type=\"HMAC-SHA256\", signature=\"a\", signature=\"b\"", &[Malformed::PartTwice { part: "signature" }], Some("a"))]
    #[case("signType=\"HMAC-SHA256\", signature=\"a\"", &[Malformed::UnknownPart { found: "signType".into() }, Malformed::PartMissing { part: "sign_type" }], Some("a"))]
    fn other_forms_say_what_is_wrong_and_are_read_as_far_as_possible(
        #[case] value: &str,
        #[case] wrong: &[Malformed],
        #[case] signature: Option<&str>,
    ) {
        let (read, found) = parse(value);
        assert_eq!(found, wrong);
        assert_eq!(read.as_ref().map(|read| read.signature.as_str()), signature);
    }

    proptest! {
        #[test]
        fn no_value_panics(value in "(\\PC|sign_type=|signature=|\"|,|;| ){0,20}") {
            let _ = parse(&value);
        }
    }
}
