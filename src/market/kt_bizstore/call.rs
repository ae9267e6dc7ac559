//! From an operation and its inputs to a signed request, as the store sends it.

use std::sync::Arc;

use jiff::Timestamp;

use super::judge;
use super::memory::Memory;
use super::settings::Settings;
use crate::market::{CallError, Delivery, Draft};
use crate::sign::kt_jwt::{self, Mistake};
use crate::verdict::Judgement;
use crate::wire::{Exchange, Request, Secret};

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

    /// Signs a draft for one delivery; every delivery gets a token of its own.
    pub(crate) fn sign(&mut self, draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
        for recipe in &draft.operation.signatures {
            if recipe != kt_jwt::RECIPE {
                return Err(CallError::UnknownRecipe(recipe.clone()));
            }
        }
        let mut request = draft.request.clone();
        let token = token(&self.settings, delivery.tamper.as_deref(), delivery.now)?;
        if delivery.tamper.as_deref() == Some(Mistake::AuthorizationBearer.name())
            && let Some(token) = &token
        {
            request.headers.push("Authorization", format!("Bearer {}", token.expose()));
            request.secrets.push(token.clone());
        } else if let Some(token) = token {
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
        let case = judge::Case { draft, delivery, exchange, settings: &self.settings };
        judge::exchange(&case, &mut self.memory)
    }

    /// Asks for the status of a customer that the vendor knows, else of one that it cannot know. Either way any answer
    /// shows that it lives.
    pub(crate) fn probe(&mut self, now: Timestamp) -> Option<Request> {
        let customer = self.memory.any().unwrap_or("storeproof-probe");
        let mut request = Request::new("GET", format!("/status/{}", percent(customer)));
        let token = kt_jwt::sign(self.settings.key(), now, &self.settings.token).ok()?.token;
        self.carry(&mut request, "getStatus", token);
        Some(request)
    }
}

/// A token signed at this time, right or with one of the recipe's mistakes; `None` where the mistake is to send none.
pub(crate) fn token(settings: &Settings, tamper: Option<&str>, now: Timestamp) -> Result<Option<Secret>, CallError> {
    let signing = |error: crate::sign::key::SignError| CallError::Signing(error.to_string());
    let Some(name) = tamper else {
        return Ok(Some(kt_jwt::sign(settings.key(), now, &settings.token).map_err(signing)?.token));
    };
    let mistake: Mistake = name
        .parse()
        .map_err(|_| CallError::UnknownMistake { mistake: name.to_owned(), recipe: kt_jwt::RECIPE.to_owned() })?;
    kt_jwt::forge(mistake, settings.key(), now, &settings.token).map_err(signing)
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
