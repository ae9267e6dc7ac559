//! The store playing one case: it waits to be called.

use std::sync::Arc;

use super::judge;
use super::store::Store;
use crate::market::CallError;
use crate::verdict::Judgement;
use crate::wire::Exchange;

/// The store playing one case.
#[derive(Clone, Debug)]
pub struct Session {
    store: Arc<Store>,
}

impl Session {
    /// A store that has not been called yet.
    pub fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// Why no call can be signed: the store makes none.
    pub(crate) fn refuse(operation: &str) -> CallError {
        CallError::Signing(format!(
            "Samsung Cloud Platform calls no vendor: {operation} is a call that the vendor's program makes"
        ))
    }

    /// Judges a call of the vendor's, and names the operation that it called.
    pub(crate) fn judge_callback(&self, exchange: &Exchange) -> (Option<String>, Judgement) {
        judge::judge(exchange, &self.store.at_present())
    }
}
