//! The catalogue as it is now: the one that the store began with, and the rows that a user has put into it since.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::catalogue::Catalogue;
use super::model::List;
use super::settings::Settings;
use super::table::Table;
use crate::market::{Misfit, Seeded};

/// Both lists, ready to be asked.
#[derive(Debug)]
pub(super) struct Tables {
    categories: Table,
    products: Table,
}

impl Tables {
    pub(super) fn new(catalogue: &Catalogue, settings: &Settings) -> Self {
        let table = |list| Table::new(list, catalogue, settings);
        Self { categories: table(List::Categories), products: table(List::Products) }
    }

    pub(super) fn of(&self, list: List) -> &Table {
        match list {
            List::Categories => &self.categories,
            List::Products => &self.products,
        }
    }
}

/// What all copies of a store share.
#[derive(Debug)]
pub(super) struct Shelves {
    /// What the store began with.
    first: Arc<Catalogue>,
    now: RwLock<Now>,
    /// Rows that were put there, and whose turn it is to change something.
    put: Mutex<Put>,
}

#[derive(Clone, Debug)]
struct Now {
    catalogue: Arc<Catalogue>,
    tables: Arc<Tables>,
}

/// Rows by their ids.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Put {
    product_categories: BTreeMap<String, Value>,
    products: BTreeMap<String, Value>,
}

impl Put {
    fn of(&mut self, list: List) -> &mut BTreeMap<String, Value> {
        match list {
            List::Categories => &mut self.product_categories,
            List::Products => &mut self.products,
        }
    }

    /// As it would be put there.
    fn rows(&self) -> Value {
        let rows = |rows: &BTreeMap<String, Value>| rows.values().cloned().collect::<Vec<_>>();
        json!({ "product_categories": rows(&self.product_categories), "products": rows(&self.products) })
    }
}

impl Shelves {
    pub(super) fn new(first: Arc<Catalogue>, settings: &Settings) -> Self {
        let tables = Arc::new(Tables::new(&first, settings));
        let now = Now { catalogue: Arc::clone(&first), tables };
        Self { first, now: RwLock::new(now), put: Mutex::default() }
    }

    pub(super) fn tables(&self) -> Arc<Tables> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner).tables)
    }

    pub(super) fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner).catalogue)
    }

    /// Puts rows of `product_categories` and `products` there, as the store shows them; all or none.
    pub(super) fn seed(&self, rows: &Value, settings: &Settings) -> Result<Seeded, Misfit> {
        let mut put = self.put();
        let (catalogue, added) = self.catalogue().with(rows).map_err(misfit)?;
        let mut seeded = Seeded::new();
        for (list, ids) in added {
            seeded.insert(list.member(), ids.len());
            let rows = rows.get(list.member()).and_then(Value::as_array);
            put.of(list).extend(ids.into_iter().zip(rows.into_iter().flatten().cloned()));
        }
        self.show(catalogue, settings);
        Ok(seeded)
    }

    /// The rows that were put there.
    pub(super) fn state(&self) -> Value {
        // Texts and JSON; nothing that JSON cannot hold.
        serde_json::to_value(&*self.put()).unwrap_or_default()
    }

    /// Goes on from what [`Shelves::state`] told.
    pub(super) fn restore(&self, state: &Value, settings: &Settings) -> Result<(), Misfit> {
        let restored: Put = Misfit::typed(state)?;
        let mut put = self.put();
        let (catalogue, _) = self.first.with(&restored.rows()).map_err(misfit)?;
        *put = restored;
        self.show(catalogue, settings);
        Ok(())
    }

    /// Takes away what was put there.
    pub(super) fn reset(&self, settings: &Settings) {
        let mut put = self.put();
        *put = Put::default();
        self.show(Catalogue::clone(&self.first), settings);
    }

    fn show(&self, catalogue: Catalogue, settings: &Settings) {
        let tables = Arc::new(Tables::new(&catalogue, settings));
        let now = Now { catalogue: Arc::new(catalogue), tables };
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = now;
    }

    fn put(&self) -> MutexGuard<'_, Put> {
        self.put.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn misfit((pointer, problem): (String, String)) -> Misfit {
    Misfit::new(pointer, problem)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::store::Store;
    use super::*;

    fn category(id: &str) -> Value {
        let shown = Catalogue::built_in().rows(List::Categories)[0].members.clone();
        let mut row = Value::Object(shown);
        row["category_id"] = json!(id);
        row
    }

    fn product(id: &str, category: &str) -> Value {
        let shown = Catalogue::built_in().rows(List::Products)[0].members.clone();
        let mut row = Value::Object(shown);
        row["product_id"] = json!(id);
        row["product_category_id"] = json!(category);
        row
    }

    fn has(store: &Store, id: &str) -> bool {
        store.at_present().table(List::Products).item(id).is_some()
    }

    #[test]
    fn rows_are_put_beside_the_others_kept_and_taken_away() {
        let store = Store::new(Settings::default());
        let served = store.serving("https://127.0.0.1:1");
        let rows = json!({ "product_categories": [category("C-1")], "products": [product("P-1", "C-1"), product("P-2", "C-1")] });
        let seeded = store.seed(&rows).expect("fits");
        assert_eq!(seeded, Seeded::from([("product_categories", 1), ("products", 2)]));
        assert!(has(&store, "P-1") && has(&served, "P-2"), "copies share them");
        // One of an id that is there takes its place.
        store.seed(&json!({ "products": [product("P-1", "C-1")] })).expect("fits");
        let after = Store::new(Settings::default());
        after.restore(&store.state()).expect("its own");
        assert!(has(&after, "P-1") && has(&after, "P-2"));
        assert_eq!(after.state(), store.state());
        store.reset();
        assert!(!has(&store, "P-1"));
        assert_eq!(store.state(), Store::new(Settings::default()).state());
    }

    #[rstest]
    #[case(json!({ "products": [product("P-1", "nowhere")] }), "/products/0/product_category_id", "there is no category")]
    #[case(json!({ "products": [product("P-1", "C-1"), product("P-1", "C-1")], "product_categories": [category("C-1")] }), "/products/1/product_id", "a second product")]
    #[case(json!({ "products": [{ "name": "x" }] }), "/products/0/name", "unknown member")]
    #[case(json!({ "product_categories": [{}] }), "/product_categories/0", "")]
    #[case(json!({ "shelves": [] }), "/shelves", "unknown member")]
    #[case(json!({ "products": {} }), "/products", "no list")]
    #[case(json!([]), "", "an object")]
    fn all_or_none_with_the_place_of_what_is_wrong(#[case] rows: Value, #[case] pointer: &str, #[case] problem: &str) {
        let store = Store::new(Settings::default());
        let misfit = store.seed(&rows).expect_err("does not fit");
        assert!(misfit.pointer.starts_with(pointer) && misfit.problem.contains(problem), "{misfit}");
        assert_eq!(store.state(), Store::new(Settings::default()).state());
    }

    #[test]
    fn a_state_of_something_else_is_refused() {
        let store = Store::new(Settings::default());
        assert!(store.restore(&json!({ "orders": {} })).is_err());
        assert!(store.restore(&json!({ "products": { "P-1": { "product_id": 5 } } })).is_err());
    }
}
