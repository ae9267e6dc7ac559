//! From an operation and its inputs to a signed request, as the store sends it.

use std::sync::Arc;

use jiff::Timestamp;

use super::judge;
use super::memory::Memory;
use super::settings::Settings;
use crate::market::{CallError, Delivery, Draft, Misfit};
use crate::sign::key::SignError;
use crate::sign::kt_jwt::{self, Mistake};
use crate::verdict::Judgement;
use crate::wire::{Exchange, Request, Secret};

/// The store playing one case.
#[derive(Debug)]
pub struct Session {
    settings: Arc<Settings>,
    memory: Memory,
    /// The last token without a mistake, and its `iat`.
    token: Option<(i64, Secret)>,
}

impl Session {
    /// A store that knows no customer yet.
    pub fn new(settings: Arc<Settings>) -> Self {
        Self { settings, memory: Memory::default(), token: None }
    }

    /// What it remembers, as a value.
    pub(crate) fn remembered(&self) -> serde_json::Value {
        serde_json::to_value(&self.memory).unwrap_or_default()
    }

    /// Takes what another one remembered.
    pub(crate) fn remember(&mut self, memory: &serde_json::Value) -> Result<(), Misfit> {
        self.memory = Misfit::typed(memory)?;
        Ok(())
    }

    /// The store's clock was moved back.
    pub(crate) fn turn_back(&mut self) {
        self.memory.turn_back();
    }

    /// A token of this time. It is signed once a second: its claims count in seconds and RSASSA-PKCS1-v1_5 draws no
    /// random number, so that signing again would give the very same bytes.
    fn token(&mut self, now: Timestamp) -> Result<Secret, SignError> {
        let issued_at = self.settings.token.issued_at(now);
        match &self.token {
            Some((known, token)) if *known == issued_at => Ok(token.clone()),
            _ => {
                let token = kt_jwt::sign(self.settings.key(), now, &self.settings.token)?.token;
                self.token = Some((issued_at, token.clone()));
                Ok(token)
            }
        }
    }

    /// Signs a draft for one delivery.
    pub(crate) fn sign(&mut self, draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
        for recipe in &draft.operation.signatures {
            if recipe != kt_jwt::RECIPE {
                return Err(CallError::UnknownRecipe(recipe.clone()));
            }
        }
        let mut request = draft.request.clone();
        let token = match &delivery.tamper {
            None => Some(self.token(delivery.now).map_err(|error| CallError::Signing(error.to_string()))?),
            Some(mistake) => token(&self.settings, Some(mistake), delivery.now)?,
        };
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
        let customer = percent(self.memory.any().unwrap_or("storeproof-probe"));
        let mut request = Request::new("GET", format!("/status/{customer}"));
        let token = self.token(now).ok()?;
        self.carry(&mut request, "getStatus", token);
        Some(request)
    }
}

/// A token signed at this time, right or with one of the recipe's mistakes; `None` where the mistake is to send none.
pub(crate) fn token(settings: &Settings, tamper: Option<&str>, now: Timestamp) -> Result<Option<Secret>, CallError> {
    let signing = |error: SignError| CallError::Signing(error.to_string());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_of_a_second_is_the_one_that_signing_again_would_give() {
        let settings = Arc::new(Settings::default());
        let mut session = Session::new(Arc::clone(&settings));
        let mut tokens = Vec::new();
        for time in ["2021-05-06T01:02:03.1Z", "2021-05-06T01:02:03.9Z", "2021-05-06T01:02:04Z", "2021-05-06T01:02:03Z"]
        {
            let now: Timestamp = time.parse().unwrap();
            let token = session.token(now).unwrap();
            assert_eq!(token, kt_jwt::sign(settings.key(), now, &settings.token).unwrap().token, "{time}");
            tokens.push(token);
        }
        assert_eq!(tokens[0], tokens[1]);
        assert_ne!(tokens[1], tokens[2]);
    }
}
