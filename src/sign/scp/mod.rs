//! The signature of Samsung Cloud Platform (SCP), version 2: how vendors sign their calls of its open APIs.
//!
//! ```text
//! message   = METHOD URL timestamp access-key [account-id] client-type        with nothing between them
//! signature = base64 of HMAC-SHA256 of the message, keyed with the secret key
//! Scp-Accesskey, Scp-Signature, Scp-Timestamp, Scp-ClientType: Openapi, and Scp-AccountId where there is one
//! ```
//!
//! - URL: the whole of it as it stands on the wire: scheme, host, port if it is written, path, `?` and query. Nothing is
//!   decoded, sorted or escaped anew; a client may escape as it likes, as long as it signs what it sends.
//! - Timestamp: Unix time in milliseconds, 13 digits, the same text as in its header.
//! - Account id: part of the message exactly when `Scp-AccountId` is sent and not empty, as the vendor's Go SDK does it.
//! - The body and the other headers are not signed, and there is no nonce.
//!
//! The scheme is not on the wire, and where a proxy ends TLS or a client was sent to another address neither is the host
//! that was signed. So the caller says how the request arrived, and a second base URL can be configured
//! ([`Settings::public_url`]).
//!
//! Sources: the Product API reference and what the vendor's Go SDK (v1.0.2) and Terraform provider (v4.2.0) compute. That
//! the service compares the URL as it arrives was seen by others on the live service. No source states how old a
//! timestamp may be; five minutes are our default ([`Settings::window`]).
//!
//! [`sign`] signs a request, [`forge()`] wrongly on purpose, [`verify()`] checks one as the gateway does ([`Verifier`]
//! when there are many), [`diagnose`] names what reproduces a signature that does not verify, and [`explain_message`]
//! shows the message that was expected beside the one that was signed.

mod address;
mod deviation;
mod doctor;
mod examine;
mod forge;
mod keyed;
mod mistake;
mod parts;
mod received;
mod refusal;
mod rewriting;
mod search;
mod timestamp;
mod verify;

use std::fmt;

use jiff::Timestamp;

pub use deviation::Deviation;
pub use doctor::Diagnosis;
pub use examine::{Explained, diagnose, explain_message};
pub use forge::{INVENTED_ACCOUNT_ID, INVENTED_PROJECT_ID, forge};
pub use mistake::Mistake;
pub use refusal::Refusal;
pub use timestamp::{OtherForm, signed_at};
pub use verify::{Accepted, Credentials, Reading, Settings, Verifier, verify};

use parts::{Computed, Parts};

use super::Intermediate;
use crate::wire::{Request, Secret};

/// The recipe's name in specs (`x-storeproof.signature`).
pub const RECIPE: &str = "scp-hmac-sha256";

/// The header of the access key. The vendor's Go SDK spells it `Scp-AccessKey`; names have no case.
pub const ACCESS_KEY: &str = "Scp-Accesskey";

/// The header of the signature, base64 of 32 bytes.
pub const SIGNATURE: &str = "Scp-Signature";

/// The header of the time, in milliseconds since 1970.
pub const TIMESTAMP: &str = "Scp-Timestamp";

/// The header of the kind of client, always [`OPEN_API`].
pub const CLIENT_TYPE: &str = "Scp-ClientType";

/// The header of the account id, which only some clients send.
pub const ACCOUNT_ID: &str = "Scp-AccountId";

/// The secret key of requests that are signed with a wrong one. It is no secret: every copy of storeproof has it.
const OTHER_SECRET: &str = "storeproof-scp-other-secret-key-02";

/// The one value of [`CLIENT_TYPE`]. Its case matters, as it is signed.
pub const OPEN_API: &str = "Openapi";

/// A signed request and the strings on the way to its signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The request with its headers.
    pub request: Request,
    /// In this order: `method`, `URL`, `timestamp`, `access key`, `account id` where there is one, `client type`,
    /// `message`, `signature`.
    pub steps: Vec<Intermediate>,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("steps", &self.steps).finish_non_exhaustive()
    }
}

/// Signs a request as the SDKs do. `base` is what stands in front of the target in the signed URL, such as
/// `https://product.e.samsungsdscloud.com`, without a slash at its end. An empty account id is none.
///
/// `Host` is left to the transport; it must be what `base` says. The same arguments always give the same signature.
pub fn sign(
    request: &Request,
    base: &str,
    access_key: &str,
    secret_key: &Secret,
    account_id: Option<&str>,
    now: Timestamp,
) -> Signed {
    let parts = parts(request, base, access_key, secret_key, account_id, now);
    signed(request, &parts, parts.compute(&[]))
}

fn parts<'a>(
    request: &'a Request,
    base: &'a str,
    access_key: &'a str,
    secret_key: &'a Secret,
    account_id: Option<&'a str>,
    now: Timestamp,
) -> Parts<'a> {
    Parts {
        timestamp: now.as_millisecond().to_string().into(),
        access_key,
        account_id: account_id.unwrap_or_default().into(),
        secret_key: secret_key.expose(),
        known_access_key: access_key,
        ..Parts::new(request, base)
    }
}

/// The request with the headers that these parts and this signature ask for.
fn signed(request: &Request, parts: &Parts<'_>, computed: Computed) -> Signed {
    let mut request = request.clone();
    for name in [ACCESS_KEY, SIGNATURE, TIMESTAMP, CLIENT_TYPE, ACCOUNT_ID] {
        request.headers.remove(name);
    }
    request.headers.push(ACCESS_KEY, parts.access_key);
    request.headers.push(SIGNATURE, computed.signature.as_str());
    request.headers.push(TIMESTAMP, &*parts.timestamp);
    request.headers.push(CLIENT_TYPE, parts.client_type);
    if !parts.account_id.is_empty() {
        request.headers.push(ACCOUNT_ID, &*parts.account_id);
    }
    request.secrets.push(Secret::new(computed.signature.as_str()));
    Signed { request, steps: computed.steps() }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::wire::Headers;

    pub(crate) const BASE: &str = "http://product.store.example:7703";

    pub(crate) fn now() -> Timestamp {
        Timestamp::from_millisecond(1_735_689_600_123).expect("a time")
    }

    /// Blanks around it, and base64 for all that: something for every mistake with keys.
    pub(crate) fn credentials() -> Credentials {
        Credentials { access_key: "SCPDEMO0001".to_owned(), secret_key: Secret::new(" c2NwLWRlbW8tc2VjcmV0 ") }
    }

    /// A request that has something of everything.
    pub(crate) fn request() -> Request {
        Request {
            headers: Headers::from_iter([
                ("Host", "product.store.example:7703"),
                ("Accept-Language", "ko-KR"),
                ("Scp-Api-Version", "product 1.0"),
            ]),
            body: b"{\"a\": 1}".to_vec(),
            ..Request::new(
                "POST",
                "/v1/a%20b/products?sort=created_at%3Aasc&product_id=VPC&product_id=D%2FS&display_name_ko=%EB%84%A4&kind=a+b%20c&page=2&flag=true&empty=",
            )
        }
    }
}
