//! What an interface offers: operations, their parameters and their answers.

use std::sync::Arc;

use serde::Deserialize;

use super::Schema;

/// Who sends the requests of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Caller {
    /// The store calls the vendor.
    Marketplace,
    /// The vendor calls the store.
    Vendor,
}

/// One interface: the operations of one OpenAPI document.
#[derive(Clone, Debug)]
pub struct Interface {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// `info.x-storeproof.marketplace`; none for a document of the user's own.
    pub marketplace: Option<String>,
    /// `info.x-storeproof.dialect`.
    pub dialect: Option<String>,
    /// `info.x-storeproof.caller`; a document without it describes what the vendor serves.
    pub caller: Caller,
    /// All operations, in the order of the document.
    pub operations: Vec<Arc<Operation>>,
}

impl Interface {
    /// The operation with this `operationId`.
    pub fn operation(&self, id: &str) -> Option<&Arc<Operation>> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The operation at this path template and method, as an Arazzo `operationPath` names it.
    pub fn at(&self, path: &str, method: &str) -> Option<&Arc<Operation>> {
        self.operations.iter().find(|operation| operation.path == path && operation.method.eq_ignore_ascii_case(method))
    }
}

/// One operation of an interface.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `operationId`; where a document gives none, method and path (`GET /pets/{id}`).
    pub id: String,
    /// `GET`, `POST`, … in upper case.
    pub method: String,
    /// Path template as written, such as `/status/{mem-sq}`. A fragment (`/#newInstance`) is never sent.
    pub path: String,
    /// `summary`, when there is one.
    pub summary: Option<String>,
    /// Parameters of the path item and of the operation; the operation's own win.
    pub parameters: Vec<Parameter>,
    /// The request body, when one is described.
    pub body: Option<Body>,
    /// Answers in the order of the document; `default` last.
    pub answers: Vec<Answer>,
    /// Recipes of the security schemes that the operation lists (`x-storeproof.signature`).
    pub signatures: Vec<String>,
}

impl Operation {
    /// The answer that describes a status: its own code, else its class (`4XX`), else `default`.
    pub fn answer(&self, status: u16) -> Option<&Answer> {
        let find = |range: StatusRange| self.answers.iter().find(|answer| answer.status == range);
        find(StatusRange::Code(status))
            .or_else(|| find(StatusRange::Class(u8::try_from(status / 100).unwrap_or_default())))
            .or_else(|| find(StatusRange::Default))
    }
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterPlace {
    /// In the path template.
    Path,
    /// After `?`.
    Query,
    /// As a header field.
    Header,
    /// As a cookie.
    Cookie,
}

/// How a list or object is written in a parameter (OpenAPI 3.0.3, `style`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `a,b` in a path or header.
    Simple,
    /// `;name=a,b` in a path.
    Matrix,
    /// `.a.b` in a path.
    Label,
    /// `name=a&name=b` or `name=a,b` in a query or cookie.
    Form,
    /// `name=a%20b` in a query.
    SpaceDelimited,
    /// `name=a|b` in a query.
    PipeDelimited,
    /// `name[key]=value` in a query.
    DeepObject,
}

/// One parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name, spelled as it is sent.
    pub name: String,
    /// Where it travels.
    pub place: ParameterPlace,
    /// Whether it must be sent.
    pub required: bool,
    /// How lists and objects are written.
    pub style: Style,
    /// Whether each item gets its own `name=value`.
    pub explode: bool,
    /// Its type, when described.
    pub schema: Option<Schema>,
}

/// A request body.
#[derive(Clone, Debug)]
pub struct Body {
    /// Whether it must be sent.
    pub required: bool,
    /// Its forms, in the order of the document.
    pub content: Vec<Media>,
}

/// One form of a body.
#[derive(Clone, Debug)]
pub struct Media {
    /// The media type as written, such as `application/json`.
    pub media_type: String,
    /// Its shape, when described.
    pub schema: Option<Schema>,
}

/// Which statuses an answer describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusRange {
    /// One code.
    Code(u16),
    /// A class, such as 4 for `4XX`.
    Class(u8),
    /// Every other.
    Default,
}

impl std::fmt::Display for StatusRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One described answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The statuses it describes.
    pub status: StatusRange,
    /// What it means.
    pub description: String,
    /// Header fields it carries.
    pub headers: Vec<AnswerHeader>,
    /// Forms of its body; empty where no body is described.
    pub content: Vec<Media>,
}

/// One described header field of an answer.
#[derive(Clone, Debug)]
pub struct AnswerHeader {
    /// Its name, as documented.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// Its type, when described.
    pub schema: Option<Schema>,
}
