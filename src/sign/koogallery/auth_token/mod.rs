//! The token of the store's calls of version 1.0: an HMAC over all parameters, in the query as `authToken`.
//!
//! 1. All parameters but `authToken`, decoded, `timeStamp` among them, sorted by name, ascending.
//! 2. Text: `name=value` joined by `&`.
//! 3. Token: base64 of HMAC-SHA256 over the text, keyed with the access key followed by the value of `timeStamp`.
//!
//! The joint-operation kit's version 1 computes it over the members of its flat JSON body and sends it in a header; there
//! [`EmptyValues::Dropped`] is the sample's way.
//!
//! Sources: support.huaweicloud.com `zh-cn_topic_0070649066`, `…159`, `…135`. One example is published with all of its
//! inputs and is among our test vectors.
//!
//! [`sign`] makes a token, [`forge()`] a wrong query on purpose, [`verify()`] checks one as a strict vendor does, and
//! [`diagnose`] names what reproduces a token that does not verify.

mod deviation;
mod doctor;
mod forge;
mod mistake;
mod verify;

use std::fmt;

pub use deviation::Deviation;
pub use doctor::{Diagnosis, diagnose, steps};
pub use forge::{Forged, forge};
pub use mistake::Mistake;
pub use verify::{Accepted, Refusal, parameters_of, read_time_stamp, verify};

use crate::sign::Intermediate;
use crate::sign::query::escape;
use crate::wire::{Request, Secret};

/// The recipe's name in specs (`x-storeproof.signature`).
pub const RECIPE: &str = "koogallery-v1";

/// The recipe's name in specs for calls of the joint-operation kit of version 1.
pub const KIT_RECIPE: &str = "koogallery-kit-v1";

/// How calls of the kit are signed: what has no value is left out, as the sample for JSON bodies does.
pub const KIT: Settings = Settings { empty_values: EmptyValues::Dropped, form: TokenForm::Escaped };

/// A call of the kit as the query that would carry the same: the members of its body that have a value, each as text, and
/// the token of its header. Everything that is known of queries then holds for it. `None` where the body is no JSON object.
pub fn query_of_kit(request: &Request) -> Option<String> {
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&request.body).ok()?;
    let mut parameters = members_of_kit(&members);
    parameters.retain(|(_, value)| !value.trim().is_empty());
    let query = escaped(&parameters);
    Some(match request.headers.text(TOKEN) {
        Some(token) => format!("{query}&{TOKEN}={}", escape(&token)),
        None => query,
    })
}

/// Members of a body as parameters.
pub fn members_of_kit(members: &serde_json::Map<String, serde_json::Value>) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    members.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// The parameter that carries the token; the kit's version 1 uses it as the name of a header.
pub const TOKEN: &str = "authToken";

/// The parameter that carries the time, `yyyyMMddHHmmssSSS`.
pub const TIME_STAMP: &str = "timeStamp";

/// What becomes of parameters without a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmptyValues {
    /// They are signed as `name=`: the sample for GET. The default for the query.
    #[default]
    Kept,
    /// They are left out, and so are values of blanks only: the sample for JSON bodies.
    Dropped,
}

/// How the token stands in the query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenForm {
    /// Escaped as every value: `%2B` for `+`. Default.
    #[default]
    Escaped,
    /// As it is: a sample URL of the documents prints it so, and servers then read `+` as a blank.
    Raw,
}

/// How tokens are made and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The two samples of the documents differ; see [`EmptyValues`].
    pub empty_values: EmptyValues,
    /// The documents print both; see [`TokenForm`].
    pub form: TokenForm,
}

/// A token and the strings on the way to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The token, not escaped.
    pub token: Secret,
    /// In this order: `sorted parameters`, `key`, `token`.
    pub steps: Vec<Intermediate>,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("token", &self.token).field("steps", &self.steps).finish()
    }
}

/// Names and decoded values in the order in which they are sent.
pub type Parameters = [(String, String)];

/// Signs parameters as the store does. `timeStamp` is taken from them; without one the key stands alone. An
/// `authToken` among them is passed over.
pub fn sign(key: &Secret, parameters: &Parameters, settings: &Settings) -> Signed {
    deviation::compute(key.expose(), parameters, settings, &[])
}

/// The query with its token, escaped, without `?`.
pub fn query(parameters: &Parameters, token: &Secret, form: TokenForm) -> String {
    let mut query = escaped(parameters);
    if !query.is_empty() {
        query.push('&');
    }
    let token = match form {
        TokenForm::Escaped => escape(token.expose()),
        TokenForm::Raw => token.expose().to_owned(),
    };
    query + TOKEN + "=" + &token
}

fn escaped(parameters: &Parameters) -> String {
    let pair = |(name, value): &(String, String)| format!("{}={}", escape(name), escape(value));
    parameters.iter().map(pair).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
pub(super) mod testing {
    pub(crate) fn parameters() -> Vec<(String, String)> {
        let pairs = [
            ("activity", "newInstance"),
            ("orderId", "CS00 1"),
            ("customerName", "云商店 & Sons=50%+"),
            ("email", ""),
            ("saasExtendParams", "W3sibmFtZSI6ImEi+/=="),
            ("timeStamp", "20260304050607890"),
            ("businessId", "b-0001"),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }
}
