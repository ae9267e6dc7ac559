//! What a customer's browser meets behind a `Location`.

use serde::{Deserialize, Serialize};

/// One visit of a page as a browser makes it: redirects followed on the vendor's own origin, cookies kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Visit {
    /// The address that was opened.
    pub url: String,
    /// Each answer on the way, redirects first; the last is the page itself.
    pub hops: Vec<Hop>,
    /// How the visit ended.
    pub end: VisitEnd,
}

/// One answer on the way to a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hop {
    /// The address that was asked.
    pub url: String,
    /// The status that came.
    pub status: u16,
}

/// How a visit ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum VisitEnd {
    /// A page came, whatever its status; media type and the beginning of its text (64 KiB at most).
    Page {
        /// Media type without parameters.
        media_type: Option<String>,
        /// Its text.
        text: String,
    },
    /// A redirect leads to another origin; it was not followed.
    LeftOrigin {
        /// Where it leads.
        to: String,
    },
    /// More than ten redirects.
    TooManyRedirects,
    /// The address is no URL that can be opened.
    NotAUrl,
    /// The page could not be read.
    Failed {
        /// What happened, in words.
        why: String,
    },
}
