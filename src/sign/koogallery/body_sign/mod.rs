//! The signature of the vendor's answers: the response header `Body-Sign`.
//!
//! `Body-Sign: sign_type="HMAC-SHA256", signature="…"`, where the value is base64 of HMAC-SHA256 over the body's bytes
//! exactly as they are sent, keyed with the access key alone. Blanks and line feeds around the JSON count.
//!
//! The name must be spelled with this case (the documents say that `Body-sign` fails), the quotes are required, and a
//! blank after `signature=` is accepted, since some pages print one. Version 1.0 requires the header; for version 2.0
//! the pages contradict each other.
//!
//! Sources: support.huaweicloud.com `zh-cn_topic_0070649157`, `…177`, `en-us_topic_0082027567`.
//!
//! [`sign`] makes the header, [`forge()`] a wrong answer on purpose, [`verify()`] checks one, and [`diagnose`] names what
//! reproduces a signature that does not verify.

mod deviation;
mod difference;
mod doctor;
mod forge;
mod mistake;
mod parse;
mod verify;

use std::fmt;

pub use deviation::Deviation;
pub use difference::{Difference, Layout, Side};
pub use doctor::{Diagnosis, Known, diagnose, signed_body};
pub use forge::{Forged, forge};
pub use mistake::Mistake;
pub use parse::{BodySign, Malformed};
pub use verify::{Refusal, verify};

use crate::sign::Intermediate;
use crate::sign::digest::{base64, hmac};
use crate::wire::Secret;

/// The recipe's name in specs (`x-storeproof.signature`).
pub const RECIPE: &str = "koogallery-body-sign";

/// The header, in the spelling that the store asks for.
pub const HEADER: &str = "Body-Sign";

/// The only value of `sign_type`.
pub const SIGN_TYPE: &str = "HMAC-SHA256";

/// A header and the strings on the way to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The header's value.
    pub value: Secret,
    /// In this order: `signed body`, `signature`, `header`.
    pub steps: Vec<Intermediate>,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("value", &self.value).field("steps", &self.steps).finish()
    }
}

/// Signs an answer as a vendor must.
pub fn sign(key: &Secret, body: &[u8]) -> Signed {
    let signature = base64(&hmac(key.expose().as_bytes(), body));
    let value = header(&signature);
    let steps = vec![
        Intermediate::new("signed body", String::from_utf8_lossy(body)),
        Intermediate::new("signature", signature),
        Intermediate::new("header", &value),
    ];
    Signed { value: Secret::new(value), steps }
}

fn header(signature: &str) -> String {
    format!(r#"sign_type="{SIGN_TYPE}", signature="{signature}""#)
}
