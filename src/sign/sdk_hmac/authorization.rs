//! The header `Authorization`, written and read.

use std::fmt;

use super::ALGORITHM;

/// What the header says.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    /// `Access`.
    pub access_key: String,
    /// `SignedHeaders`, in the order of the list.
    pub signed_headers: Vec<String>,
    /// `Signature`.
    pub signature: String,
}

impl fmt::Display for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { access_key, signed_headers, signature } = self;
        write!(f, "{ALGORITHM} Access={access_key}, SignedHeaders={}, Signature={signature}", signed_headers.join(";"))
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("access_key", &self.access_key)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

/// Why a header cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// Another algorithm, or another scheme altogether.
    #[error("it begins with {found:?} instead of {ALGORITHM:?}")]
    Algorithm {
        /// The first word.
        found: String,
    },
    /// A part is not there, or empty.
    #[error("it has no {part}=")]
    Missing {
        /// Which.
        part: &'static str,
    },
    /// A part that the algorithm does not know.
    #[error("{found:?} is no part of it")]
    Unknown {
        /// What stands there.
        found: String,
    },
    /// A part is there twice.
    #[error("it has {part}= twice")]
    Twice {
        /// Which.
        part: &'static str,
    },
}

const PARTS: [&str; 3] = ["Access", "SignedHeaders", "Signature"];

impl Authorization {
    /// Reads the header's value. Blanks around the commas are free; everything else is as documented.
    pub fn parse(value: &str) -> Result<Self, Malformed> {
        let (algorithm, rest) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
        if algorithm != ALGORITHM {
            // Only a short first word can be a scheme; anything else may be a secret.
            let found = if algorithm.len() <= 32 { algorithm } else { "a long word" };
            return Err(Malformed::Algorithm { found: found.to_owned() });
        }
        let mut values: [Option<&str>; 3] = [None; 3];
        for piece in rest.split(',').map(str::trim).filter(|piece| !piece.is_empty()) {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let Some(at) = PARTS.iter().position(|part| *part == name) else {
                return Err(Malformed::Unknown { found: name.to_owned() });
            };
            if values[at].replace(value).is_some() {
                return Err(Malformed::Twice { part: PARTS[at] });
            }
        }
        let part =
            |at: usize| values[at].filter(|value| !value.is_empty()).ok_or(Malformed::Missing { part: PARTS[at] });
        let (access_key, signed_headers, signature) = (part(0)?, part(1)?, part(2)?);
        Ok(Self {
            access_key: access_key.to_owned(),
            signed_headers: signed_headers.split(';').map(|name| name.trim().to_ascii_lowercase()).collect(),
            signature: signature.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Basic abc", Malformed::Algorithm { found: "Basic".into() })]
    #[case("V11-HMAC-SHA256 Credential=a/b", Malformed::Algorithm { found: "V11-HMAC-SHA256".into() })]
    #[case("SDK-HMAC-SHA256", Malformed::Missing { part: "Access" })]
    #[case("SDK-HMAC-SHA256 Access=a, SignedHeaders=host", Malformed::Missing { part: "Signature" })]
    #[case("SDK-HMAC-SHA256 Access=a, SignedHeaders=, Signature=1", Malformed::Missing { part: "SignedHeaders" })]
    #[case("SDK-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=1", Malformed::Unknown { found: "Credential".into() })]
    #[case("SDK-HMAC-SHA256 Access=a, Access=b", Malformed::Twice { part: "Access" })]
    #[case("", Malformed::Algorithm { found: String::new() })]
    fn what_cannot_be_read_says_why(#[case] value: &str, #[case] expected: Malformed) {
        assert_eq!(Authorization::parse(value), Err(expected));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(access_key in "[A-Z0-9]{1,20}", names in prop::collection::vec("[a-z-]{1,9}", 1..5), signature in "[0-9a-f]{64}") {
            let written = Authorization { access_key, signed_headers: names, signature };
            prop_assert_eq!(Authorization::parse(&written.to_string()), Ok(written));
        }

        #[test]
        fn no_value_panics(value in "(SDK-HMAC-SHA256 )?(\\PC|Access=|Signature=|,|;){0,20}") {
            let _ = Authorization::parse(&value);
        }
    }
}
