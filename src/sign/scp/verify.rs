//! Checks the signature of a request.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::hmac;

use super::address::{Public, cut, is_absolute};
use super::received::Received;
use super::refusal::Refusal;
use super::{OPEN_API, timestamp};
use crate::wire::{Request, Secret};

/// What the platform handed out to the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The access key.
    pub access_key: String,
    /// The secret key.
    pub secret_key: Secret,
}

/// How requests are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How far `Scp-Timestamp` may be away from the clock, in either direction; none turns the check off. Default 5
    /// minutes: nothing is documented, and other Korean clouds allow as much.
    pub window: Option<Duration>,
    /// Another base URL under which clients may have signed, such as the platform's own when a proxy stands between or
    /// the client was sent here. Scheme and host as clients write them; its path may be signed or not. Default none.
    pub public_url: Option<String>,
    /// The id of the account, where it is known. It opens nothing; clients sign it without sending `Scp-AccountId`, and
    /// the doctor can name that only if it knows the id.
    pub account_id: Option<String>,
    /// The id of the project, where it is known: version 1 signed it. For the doctor alone, too.
    pub project_id: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { window: Some(Duration::from_secs(5 * 60)), public_url: None, account_id: None, project_id: None }
    }
}

/// What was needed for the signature to fit, besides the request line and `Host`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reading {
    /// The URL was signed with scheme and host of the configured public address.
    PublicUrl,
    /// The path of the public address was signed too.
    PublicPath,
    /// The account id was signed, as `Scp-AccountId` asks for. The reference does not mention it; the Go SDK does it.
    AccountId,
    /// The request line held the whole URL, which was taken as it stands.
    AbsoluteForm,
}

/// What a good request says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// `Scp-Timestamp`.
    pub signed_at: Timestamp,
    /// What was needed besides the plain rule; mostly nothing.
    pub readings: Vec<Reading>,
}

/// Checks a request against one pair of keys. `scheme` is how it arrived: `http` or `https`.
///
/// Whoever checks many makes one [`Verifier`] instead.
pub fn verify(
    request: &Request,
    scheme: &str,
    credentials: &Credentials,
    now: Timestamp,
    settings: &Settings,
) -> Result<Accepted, Refusal> {
    Verifier::new(credentials, settings).verify(request, scheme, now)
}

/// The keys and settings in the form that checking needs. A check takes one HMAC when the URL was signed as it arrived,
/// and one more for each reading of the public address otherwise.
#[derive(Clone, Debug)]
pub struct Verifier {
    credentials: Credentials,
    key: hmac::Key,
    public: Option<Public>,
    window: Option<Duration>,
}

impl Verifier {
    /// Prepares keys and settings.
    pub fn new(credentials: &Credentials, settings: &Settings) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, credentials.secret_key.expose().as_bytes()),
            credentials: credentials.clone(),
            public: settings.public_url.as_deref().and_then(Public::read),
            window: settings.window,
        }
    }

    /// Checks a request that arrived over `http` or `https`.
    pub fn verify(&self, request: &Request, scheme: &str, now: Timestamp) -> Result<Accepted, Refusal> {
        let received = Received::read(request)?;
        if received.access_key != self.credentials.access_key {
            return Err(self.unknown(received.access_key));
        }
        if received.client_type != OPEN_API {
            return Err(Refusal::ClientType { found: self.shown(received.client_type) });
        }
        let signed_at = timestamp::read(received.timestamp)
            .map_err(|form| Refusal::TimestampForm { found: self.shown(received.timestamp), form })?;
        let readings = self.readings(request, &received, scheme).ok_or(Refusal::Signature)?;
        if self.window.is_some_and(|window| now.duration_since(signed_at).unsigned_abs() > window) {
            return Err(Refusal::Expired { signed_at, now });
        }
        Ok(Accepted { signed_at, readings })
    }

    fn unknown(&self, found: &str) -> Refusal {
        // A header has no blanks around its value, though a key may.
        match found == self.credentials.secret_key.expose().trim() {
            true => Refusal::Swapped,
            false => Refusal::UnknownAccessKey { found: self.shown(found) },
        }
    }

    /// What a client sent, short, and never the secret key, wherever it was put by mistake.
    fn shown(&self, text: &str) -> String {
        let secret = self.credentials.secret_key.expose().trim();
        if !secret.is_empty() && text.contains(secret) {
            return "[secret]".to_owned();
        }
        match text.char_indices().nth(MOST_SHOWN) {
            Some((end, _)) => format!("{}...", &text[..end]),
            None => text.to_owned(),
        }
    }

    /// What was needed for the signature to fit; none when nothing makes it fit.
    fn readings(&self, request: &Request, received: &Received<'_>, scheme: &str) -> Option<Vec<Reading>> {
        let signature = decoded(received.signature)?;
        let target = request.target.as_str();
        let mut message = Vec::with_capacity(target.len() + 256);
        let mut fits = |url: [&str; 4]| {
            message.clear();
            message.extend(request.method.bytes().map(|byte| byte.to_ascii_uppercase()));
            let rest = [received.timestamp, received.access_key, received.account_id, received.client_type];
            for part in url.iter().chain(&rest) {
                message.extend_from_slice(part.as_bytes());
            }
            // In constant time.
            hmac::verify(&self.key, &message, &signature).is_ok()
        };
        let absolute = is_absolute(target);
        let mut readings = Vec::new();
        if absolute {
            readings.push(Reading::AbsoluteForm);
        }
        if !received.account_id.is_empty() {
            readings.push(Reading::AccountId);
        }
        let arrived = if absolute { [target, "", "", ""] } else { [scheme, "://", received.host, target] };
        if fits(arrived) {
            return Some(readings);
        }
        let public = self.public.as_ref()?;
        let target = if absolute { cut(target).1 } else { target };
        readings.push(Reading::PublicUrl);
        if fits([&public.origin, target, "", ""]) {
            return Some(readings);
        }
        readings.push(Reading::PublicPath);
        (!public.path.is_empty() && fits([&public.origin, &public.path, target, ""])).then_some(readings)
    }
}

/// The 32 bytes of a signature. Base64 is read strictly, so that exactly one text stands for them and no character of
/// it can be changed.
fn decoded(text: &str) -> Option<[u8; 32]> {
    if text.len() != 44 {
        return None;
    }
    // The decoder asks for room for what 44 characters could hold.
    let mut bytes = [0; 33];
    let length = STANDARD.decode_slice(text, &mut bytes).ok()?;
    bytes.first_chunk().copied().filter(|_| length == 32)
}

/// So many characters of a wrong value are repeated.
const MOST_SHOWN: usize = 64;

#[cfg(test)]
mod tests;
