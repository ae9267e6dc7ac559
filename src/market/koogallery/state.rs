//! What the store has written down, as a value.

use serde_json::{Value, json};

use super::store::{Books, Store};
use crate::market::Misfit;

impl Store {
    /// Orders, instances and usage.
    pub(crate) fn state(&self) -> Value {
        let books = self.books();
        // All of it is texts, numbers, lists, and maps by text, which JSON can hold.
        serde_json::to_value(&*books).unwrap_or_else(|_| json!({}))
    }

    /// Takes a value that [`Store::state`] gave for what is written down.
    pub(crate) fn restore(&self, state: &Value) -> Result<(), Misfit> {
        let books: Books = Misfit::typed(state)?;
        if let Some((id, order)) = books.orders.iter().find(|(id, order)| **id != order.id) {
            return Err(Misfit::new(format!("/orders/{id}/id"), format!("{:?} is the order {id:?}", order.id)));
        }
        *self.books() = books;
        Ok(())
    }

    /// Forgets everything but the mock orders.
    pub(crate) fn reset(&self) {
        *self.books() = Books::default();
    }
}
