//! The catalogue as a person looks through it.

use super::catalogue::Evidence;
use super::model::{Field, List};
use super::store::Store;

/// A category or a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Whether it is a product; else it is a category.
    pub product: bool,
    /// Its id.
    pub id: String,
    /// Its English name.
    pub name: String,
    /// Its Korean name.
    pub korean: String,
    /// The category that a product belongs to.
    pub category: String,
    /// How well it is known: `documented`, `observed`, `inferred`, `invented`.
    pub evidence: &'static str,
    /// Whether clients are told of it, by the settings.
    pub served: bool,
}

impl Store {
    /// All categories, then all products, those that are not served included.
    pub fn items(&self) -> Vec<Item> {
        let catalogue = self.catalogue();
        let mut items = Vec::new();
        for list in [List::Categories, List::Products] {
            items.extend(catalogue.rows(list).iter().map(|row| {
                let text = |field| row.text(field).unwrap_or_default().to_owned();
                Item {
                    product: list == List::Products,
                    id: text(list.id()),
                    name: text(Field::DisplayName),
                    korean: text(Field::DisplayNameKo),
                    category: text(Field::ProductCategoryId),
                    evidence: word(row.evidence),
                    served: row.evidence.is_served(self.settings.rows),
                }
            }));
        }
        items
    }
}

fn word(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Documented => "documented",
        Evidence::Observed => "observed",
        Evidence::Inferred => "inferred",
        Evidence::Invented => "invented",
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::*;

    #[test]
    fn every_row_is_listed_and_says_how_well_it_is_known() {
        let items = Store::new(Settings::default()).items();
        let invented = |item: &&Item| item.evidence == "invented";
        assert_eq!(items.iter().filter(invented).count(), 3);
        assert_eq!(items.iter().filter(|item| item.product).count(), 94);
        assert!(items.iter().all(|item| !item.id.is_empty()));
    }
}
