//! The headers that take part in the signature, as they arrived.

use super::refusal::Refusal;
use super::{ACCESS_KEY, ACCOUNT_ID, CLIENT_TYPE, SIGNATURE, TIMESTAMP};
use crate::wire::{Header, Request};

/// The header of the host, which is part of the signed URL.
pub(super) const HOST: &str = "Host";

/// Every header that is looked at; of these all but the last are required.
const NAMES: [&str; 6] = [ACCESS_KEY, SIGNATURE, TIMESTAMP, CLIENT_TYPE, HOST, ACCOUNT_ID];

/// What the names of the older platform's headers begin with: `X-Cmp-AccessKey`, `X-Cmp-Signature` and others.
pub(super) const VERSION_ONE: &str = "X-Cmp-";

/// Their values. Header values are visible ASCII here, so that they are text in one way only.
#[derive(Clone, Copy)]
pub(super) struct Received<'a> {
    pub(super) access_key: &'a str,
    pub(super) signature: &'a str,
    pub(super) timestamp: &'a str,
    pub(super) client_type: &'a str,
    /// Empty where none was needed: the target had one of its own.
    pub(super) host: &'a str,
    /// Empty for none.
    pub(super) account_id: &'a str,
}

impl<'a> Received<'a> {
    /// Reads the headers in one pass. What is missing from a request in absolute form is never its host.
    pub(super) fn read(request: &'a Request) -> Result<Self, Refusal> {
        let mut found: [Option<&Header>; NAMES.len()] = [None; NAMES.len()];
        let mut repeated = None;
        for header in &request.headers {
            if is_version_one(&header.name) {
                return Err(Refusal::VersionOne { header: header.name.clone() });
            }
            if let Some(at) = NAMES.iter().position(|name| name.eq_ignore_ascii_case(&header.name))
                && found[at].replace(header).is_some()
            {
                repeated.get_or_insert(NAMES[at]);
            }
        }
        if let Some(name) = repeated {
            return Err(Refusal::Repeated { name });
        }
        let absolute = super::address::is_absolute(&request.target);
        let mut values = [""; NAMES.len()];
        for (at, name) in NAMES.into_iter().enumerate() {
            let optional = name == ACCOUNT_ID || (name == HOST && absolute);
            values[at] = match found[at] {
                None if optional => "",
                None => return Err(Refusal::Missing { name }),
                Some(header) => match visible(&header.value) {
                    None => return Err(Refusal::NotAscii { name }),
                    Some("") if !optional => return Err(Refusal::Empty { name }),
                    Some(text) => text,
                },
            };
        }
        let [access_key, signature, timestamp, client_type, host, account_id] = values;
        Ok(Self { access_key, signature, timestamp, client_type, host, account_id })
    }
}

pub(super) fn is_version_one(name: &str) -> bool {
    name.get(..VERSION_ONE.len()).is_some_and(|start| start.eq_ignore_ascii_case(VERSION_ONE))
}

/// A value without the blanks around it, which are none of it (RFC 9110, 5.5), when all of it is visible ASCII.
fn visible(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?.trim_matches([' ', '\t']);
    text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ').then_some(text)
}
