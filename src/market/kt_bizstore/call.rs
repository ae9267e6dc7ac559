//! From an operation and its inputs to a signed request, as the store sends it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::judge;
use super::memory::Memory;
use crate::market::{CallError, Delivery, Draft};
use crate::sign::key::SigningKey;
use crate::sign::kt_jwt::{self, Mistake};
use crate::verdict::Judgement;
use crate::wire::{Exchange, Request, Secret};

/// What the user can set of this marketplace.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The key that signs tokens; `None` is the built-in test key.
    pub signing_key: Option<Arc<SigningKey>>,
    /// How tokens are made.
    pub token: kt_jwt::Settings,
    /// Whether the token is sent as `Authorization: Bearer` too, on the operations whose document attaches that
    /// scheme. Off by default: the scheme is a leftover, and `encoded-jwt` is what every text speaks of.
    pub bearer_also: bool,
    /// How long an answer may take; the document gives no limit.
    pub time_limit: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            signing_key: None,
            token: kt_jwt::Settings::default(),
            bearer_also: false,
            time_limit: Duration::from_secs(10),
        }
    }
}

/// The store playing one case.
#[derive(Debug)]
pub struct Session {
    settings: Arc<Settings>,
    memory: Memory,
}

impl Session {
    /// A store that knows no customer yet.
    pub fn new(settings: Arc<Settings>) -> Self {
        Self { settings, memory: Memory::default() }
    }

    fn key(&self) -> &SigningKey {
        self.settings.signing_key.as_deref().unwrap_or_else(|| SigningKey::test())
    }

    /// Signs a draft for one delivery; every delivery gets a token of its own.
    pub(crate) fn sign(&mut self, draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
        for recipe in &draft.operation.signatures {
            if recipe != kt_jwt::RECIPE {
                return Err(CallError::UnknownRecipe(recipe.clone()));
            }
        }
        let mut request = draft.request.clone();
        let token = match &delivery.tamper {
            None => {
                let signed = kt_jwt::sign(self.key(), delivery.now, &self.settings.token);
                Some(signed.map_err(|error| CallError::Signing(error.to_string()))?.token)
            }
            Some(name) => {
                let mistake: Mistake = name.parse().map_err(|_| CallError::UnknownMistake {
                    mistake: name.clone(),
                    recipe: kt_jwt::RECIPE.to_owned(),
                })?;
                kt_jwt::forge(mistake, self.key(), delivery.now, &self.settings.token)
                    .map_err(|error| CallError::Signing(error.to_string()))?
            }
        };
        if let Some(token) = token {
            self.carry(&mut request, &draft.operation.id, token);
        }
        Ok(request)
    }

    fn carry(&self, request: &mut Request, operation: &str, token: Secret) {
        request.headers.push(kt_jwt::HEADER, token.expose());
        let attached = matches!(operation, "getStatus" | "withdrawCustomer" | "getBillByCustomer");
        if self.settings.bearer_also && attached {
            request.headers.push("Authorization", format!("Bearer {}", token.expose()));
        }
        request.secrets.push(token);
    }

    /// Judges what became of one delivery.
    pub(crate) fn judge(&mut self, draft: &Draft, delivery: &Delivery, exchange: &Exchange) -> Judgement {
        let case = judge::Case { draft, delivery, exchange, time_limit: self.settings.time_limit };
        judge::exchange(&case, &mut self.memory)
    }

    /// Asks for the status of a customer that the vendor knows, else of one that it cannot know. Either way any answer
    /// shows that it lives.
    pub(crate) fn probe(&mut self, now: Timestamp) -> Option<Request> {
        let customer = self.memory.any().unwrap_or("storeproof-probe");
        let mut request = Request::new("GET", format!("/status/{}", percent(customer)));
        let token = kt_jwt::sign(self.key(), now, &self.settings.token).ok()?.token;
        self.carry(&mut request, "getStatus", token);
        Some(request)
    }
}

/// A path segment: everything but the unreserved characters of RFC 3986 (2.3) is escaped.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
