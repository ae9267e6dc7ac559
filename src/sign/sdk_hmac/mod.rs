//! SDK-HMAC-SHA256: how vendors sign their calls of Huawei Cloud's open APIs with access key and secret key (AK/SK).
//!
//! ```text
//! canonical request = METHOD \n path \n query \n headers \n names of signed headers \n hash of the body
//! string to sign    = SDK-HMAC-SHA256 \n X-Sdk-Date \n hex of SHA-256 of the canonical request
//! signature         = hex of HMAC-SHA256 of the string to sign, keyed with the secret key
//! Authorization: SDK-HMAC-SHA256 Access=AK, SignedHeaders=a;b, Signature=…
//! ```
//!
//! - Path: decoded, each segment escaped anew, and always with a `/` at the end, though the request has none.
//! - Query: names and values escaped, sorted by decoded name, then value; `name=` without a value.
//! - Headers: `name:trimmed value` and a line feed each, of those that the client lists; `X-Sdk-Date` must be among them.
//! - Hash of the body: lower-case hex of SHA-256, also of an empty one, unless `X-Sdk-Content-Sha256` says otherwise.
//!
//! Unlike in AWS's version 4 there is no derived key and no scope.
//!
//! Sources: the API signing guide (`productsdesc-bms_1fa766f62b3e593cc573e478472da31asupport2`), and what the published
//! SDKs (Python core 3.1.219, Node core 3.1.211) compute.
//!
//! [`sign`] signs a request, [`forge()`] wrongly on purpose, [`verify()`] checks one as the gateway does, and [`diagnose`]
//! names what reproduces a signature that does not verify.

mod authorization;
mod canonical;
mod deviation;
mod doctor;
mod forge;
mod mistake;
mod verify;

use std::fmt;

use jiff::Timestamp;

pub use authorization::{Authorization, Malformed};
pub use deviation::Deviation;
pub use doctor::{Diagnosis, diagnose, steps};
pub use forge::forge;
pub use mistake::Mistake;
pub use verify::{Accepted, Credentials, Reading, Refusal, Settings, signed_at, verify};

use deviation::Parts;

use super::Intermediate;
use crate::wire::{Request, Secret};

/// The recipe's name in specs (`x-storeproof.signature`).
pub const RECIPE: &str = "sdk-hmac-sha256";

/// The algorithm's name in the header and in the string to sign.
pub const ALGORITHM: &str = "SDK-HMAC-SHA256";

/// The header of the credential.
pub const AUTHORIZATION: &str = "Authorization";

/// The header of the time, `yyyyMMdd'T'HHmmss'Z'` in UTC.
pub const DATE: &str = "X-Sdk-Date";

/// The header whose value stands in the place of the body's hash.
pub const CONTENT_SHA256: &str = "X-Sdk-Content-Sha256";

/// The value of [`CONTENT_SHA256`] for a body that is not signed.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// How `X-Sdk-Date` is written, for `strftime`.
const DATE_FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// A signed request and the strings on the way to its signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The request with `X-Sdk-Date` and `Authorization`.
    pub request: Request,
    /// In this order: `canonical request`, `string to sign`, `signature`.
    pub steps: Vec<Intermediate>,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("steps", &self.steps).finish_non_exhaustive()
    }
}

/// Signs a request as the SDKs do: every header that it has, but `Authorization` and those with `_` in their names. It
/// must have its `Host` already; `X-Sdk-Date` is set where it is missing.
pub fn sign(request: &Request, access_key: &str, secret_key: &Secret, now: Timestamp) -> Signed {
    signed(dated(request, now), access_key, secret_key, &[])
}

fn dated(request: &Request, now: Timestamp) -> Request {
    let mut request = request.clone();
    if request.headers.get(DATE).is_none() {
        request.headers.push(DATE, now.strftime(DATE_FORMAT).to_string());
    }
    request
}

fn signed(mut request: Request, access_key: &str, secret_key: &Secret, how: &[Deviation]) -> Signed {
    request.headers.remove(AUTHORIZATION);
    let names = request.headers.iter().map(|header| header.name.to_ascii_lowercase());
    let mut names: Vec<String> = names.filter(|name| !name.contains('_')).collect();
    names.sort();
    names.dedup();
    let computed = Parts::new(&request, &names, secret_key).compute(how);
    let authorization = Authorization {
        access_key: access_key.to_owned(),
        signed_headers: names,
        signature: computed.signature.clone(),
    };
    let steps = computed.steps();
    request.headers.push(AUTHORIZATION, authorization.to_string());
    request.secrets.push(Secret::new(computed.signature));
    Signed { request, steps }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::wire::Headers;

    pub(crate) fn now() -> Timestamp {
        "2026-03-04T05:06:07Z".parse().expect("a time")
    }

    pub(crate) fn secret() -> Secret {
        Secret::new(" SKDEMO0001 ")
    }

    /// A request that has something of everything.
    pub(crate) fn request() -> Request {
        Request {
            headers: Headers::from_iter([
                ("Host", "mkt.vendor.example:8443"),
                ("Content-Type", "application/json"),
                ("x-stage", "RELEASE"),
                ("x_note", "not signed"),
            ]),
            body: br#"{"usage_records": []}"#.to_vec(),
            ..Request::new("POST", "/api/a%20b/%E4%BA%91?z=1&a=b%20c%2Bd&name=&m=2&m=10&A-b=1&A=%2F")
        }
    }
}
