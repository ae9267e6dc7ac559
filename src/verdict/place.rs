//! Places in an exchange.

use std::fmt;

/// Where in an exchange something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The connection, before HTTP.
    Connection,
    /// The status line.
    Status,
    /// The URL of a request.
    Url,
    /// A parameter in the query of a request.
    Query(String),
    /// A header field, with the spelling of the sender where there is one.
    Header(String),
    /// A value in the JSON body, as a JSON pointer (RFC 6901); the empty pointer is the whole body.
    Body(String),
    /// The time that passed.
    Time,
    /// Several exchanges together.
    Course,
}

impl Place {
    /// What stands there, as the subject of a sentence: the name of a member, a header field, or what there is one of.
    pub fn subject(&self) -> String {
        match self {
            Self::Connection => "the connection".to_owned(),
            Self::Status => "the status".to_owned(),
            Self::Url => "the URL".to_owned(),
            Self::Query(name) => format!("parameter {name}"),
            Self::Header(name) => format!("header {name}"),
            Self::Time => "the time".to_owned(),
            Self::Course => "the answer".to_owned(),
            Self::Body(pointer) => match pointer.rsplit('/').next().unwrap_or_default() {
                "" => "the body".to_owned(),
                index if index.bytes().all(|byte| byte.is_ascii_digit()) => format!("entry {index} of the list"),
                name => name.replace("~1", "/").replace("~0", "~"),
            },
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection => f.write_str("connection"),
            Self::Status => f.write_str("status"),
            Self::Url => f.write_str("URL"),
            Self::Query(name) => write!(f, "parameter {name}"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::Body(pointer) if pointer.is_empty() => f.write_str("body"),
            Self::Body(pointer) => write!(f, "body {pointer}"),
            Self::Time => f.write_str("time"),
            Self::Course => f.write_str("course of the case"),
        }
    }
}
