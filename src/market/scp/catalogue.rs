//! The catalogue: which categories and products there are, and how well each is known.
//!
//! The built-in one stands in `catalogue.json`; a user's own has the same form, in JSON or YAML. Rows have the members of
//! the models ([`List::fields`]) and `evidence`, so that what was made up is never taken for data of the store's.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::model::{Field, List};
use super::moment;
use super::words::Rows;
use crate::spec::{Document, embedded};

/// Categories and products.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    categories: Vec<Row>,
    products: Vec<Row>,
}

/// A category or product.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// How well it is known.
    pub(crate) evidence: Evidence,
    /// Its members; those that are not there are left out of answers.
    pub(crate) members: Map<String, Value>,
}

/// How well a row is known, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Evidence {
    /// It stands in the API reference, or in a catalogue of the user's.
    Documented,
    /// It was seen in the live service.
    Observed,
    /// The service exists, and its id was built here.
    Inferred,
    /// It is no data of the store's.
    Invented,
}

impl Evidence {
    const WORDS: [(&str, Self); 4] = [
        ("documented", Self::Documented),
        ("observed", Self::Observed),
        ("inferred", Self::Inferred),
        ("invented", Self::Invented),
    ];

    /// Whether a row that is known so well is served.
    pub(crate) fn is_served(self, rows: Rows) -> bool {
        self <= match rows {
            Rows::Documented => Self::Documented,
            Rows::Observed => Self::Observed,
            Rows::Inferred => Self::Inferred,
            Rows::Invented => Self::Invented,
        }
    }
}

/// What is wrong with a catalogue, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct CatalogueError {
    /// Line, counted from 1.
    pub line: usize,
    /// Column, counted from 1.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub problem: String,
}

/// The ids of rows that were put into a catalogue, in their order.
pub(crate) type Added = [(List, Vec<String>); 2];

/// What is wrong, at a JSON pointer.
type Wrong = (String, String);

const BUILT_IN: &str = include_str!("catalogue.json");

impl Catalogue {
    /// The built-in one.
    pub fn built_in() -> Self {
        let value: Value = serde_json::from_str(BUILT_IN).unwrap_or_default();
        // A test holds that it reads.
        Self::read(&value).unwrap_or_default()
    }

    /// A catalogue of the user's.
    ///
    /// # Errors
    ///
    /// When it is no JSON or YAML, a row does not fit the model, an id stands twice or a category does not exist.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let document = Document::parse(text).map_err(|error| CatalogueError {
            line: error.position.line,
            column: error.position.column,
            problem: error.problem.to_string(),
        })?;
        let checked = Self::read(&document.value).and_then(|catalogue| catalogue.check().map(|()| catalogue));
        checked.map_err(|(pointer, problem)| {
            let position = document.position(&pointer);
            let place = if pointer.is_empty() { String::new() } else { format!("{pointer}: ") };
            CatalogueError { line: position.line, column: position.column, problem: format!("{place}{problem}") }
        })
    }

    /// The rows of a list, in order.
    pub(crate) fn rows(&self, list: List) -> &[Row] {
        match list {
            List::Categories => &self.categories,
            List::Products => &self.products,
        }
    }

    fn read(value: &Value) -> Result<Self, Wrong> {
        let Some(members) = value.as_object() else {
            return Err((String::new(), "a catalogue is an object with product_categories and products".to_owned()));
        };
        let known = ["about", List::Categories.member(), List::Products.member()];
        if let Some(other) = members.keys().find(|name| !known.contains(&name.as_str())) {
            let problem = format!("unknown member {other:?}, expected one of {}", known.join(", "));
            return Err((pointer("", other), problem));
        }
        let list = |list: List| {
            let name = list.member();
            let Some(rows) = members.get(name).and_then(Value::as_array) else {
                return Err((pointer("", name), format!("{name} is missing or no list")));
            };
            let rows = rows.iter().enumerate();
            rows.map(|(index, row)| Row::read(row, list, &format!("/{name}/{index}"))).collect()
        };
        Ok(Self { categories: list(List::Categories)?, products: list(List::Products)? })
    }

    /// Holds the rows against the models, and against each other.
    fn check(&self) -> Result<(), Wrong> {
        self.models()?;
        self.ids()?;
        self.categories(self)
    }

    /// This catalogue with rows put into it, of which either list may be left out; one of an id that is there takes its
    /// place. The ids of the rows are told in their order. What is wrong with a row is told with its place among `rows`.
    pub(crate) fn with(&self, rows: &Value) -> Result<(Self, Added), Wrong> {
        let mut whole = rows.clone();
        if let Some(members) = whole.as_object_mut() {
            for list in [List::Categories, List::Products] {
                members.entry(list.member()).or_insert_with(|| Value::Array(Vec::new()));
            }
        }
        let added = Self::read(&whole)?;
        added.models()?;
        added.ids()?;
        let mut merged = self.clone();
        let mut put = |list: List| {
            let (rows, added) = match list {
                List::Categories => (&mut merged.categories, &added.categories),
                List::Products => (&mut merged.products, &added.products),
            };
            let id = |row: &Row| row.text(list.id()).unwrap_or_default().to_owned();
            let mut places: HashMap<String, usize> = rows.iter().enumerate().map(|(at, row)| (id(row), at)).collect();
            for row in added {
                match places.get(&id(row)) {
                    Some(at) => rows[*at] = row.clone(),
                    None => {
                        places.insert(id(row), rows.len());
                        rows.push(row.clone());
                    }
                }
            }
            (list, added.iter().map(id).collect())
        };
        let ids = [put(List::Categories), put(List::Products)];
        added.categories(&merged)?;
        Ok((merged, ids))
    }

    /// Holds the rows against the models.
    fn models(&self) -> Result<(), Wrong> {
        let interface = embedded::interface("scp/product-1.0");
        for list in [List::Categories, List::Products] {
            let operation = interface.as_ref().and_then(|interface| interface.operation(list.show()));
            let schema = operation
                .and_then(|operation| operation.answer(200))
                .and_then(|answer| answer.content.first())
                .and_then(|media| media.schema.as_ref());
            for (index, row) in self.rows(list).iter().enumerate() {
                let at = format!("/{}/{index}", list.member());
                let violations =
                    schema.map(|schema| schema.validate(&Value::Object(row.members.clone()))).unwrap_or_default();
                if let Some(violation) = violations.into_iter().next() {
                    return Err((format!("{at}{}", violation.pointer), violation.problem));
                }
            }
        }
        Ok(())
    }

    /// Whether each product is of a category of that catalogue.
    fn categories(&self, of: &Self) -> Result<(), Wrong> {
        let categories: HashSet<&str> = of.categories.iter().filter_map(|row| row.text(Field::CategoryId)).collect();
        for (index, row) in self.products.iter().enumerate() {
            if let Some(id) = row.text(Field::ProductCategoryId).filter(|id| !categories.contains(id)) {
                let at = format!("/products/{index}/product_category_id");
                return Err((at, format!("there is no category {id:?}")));
            }
        }
        Ok(())
    }

    /// Every row has an id of its own.
    fn ids(&self) -> Result<(), Wrong> {
        for list in [List::Categories, List::Products] {
            let name = list.id().name();
            let mut seen = HashSet::new();
            for (index, row) in self.rows(list).iter().enumerate() {
                let at = format!("/{}/{index}", list.member());
                match row.text(list.id()) {
                    None | Some("") => return Err((at, format!("a {} has a {name} that is a text", list.item()))),
                    Some(id) if !seen.insert(id) => {
                        return Err((pointer(&at, name), format!("a second {} of the id {id:?}", list.item())));
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(())
    }
}

impl Row {
    fn read(value: &Value, list: List, at: &str) -> Result<Self, Wrong> {
        let Some(all) = value.as_object() else {
            return Err((at.to_owned(), format!("a {} is an object", list.item())));
        };
        let mut evidence = Evidence::Documented;
        for (name, value) in all {
            let here = || pointer(at, name);
            if name == "evidence" {
                let word = Evidence::WORDS.iter().find(|(word, _)| value.as_str() == Some(word));
                let Some((_, known)) = word else {
                    let words = Evidence::WORDS.map(|(word, _)| word).join(", ");
                    return Err((here(), format!("{value} is none of {words}")));
                };
                evidence = *known;
                continue;
            }
            let Some(field) = list.field(name) else {
                let names: Vec<&str> = list.fields().iter().map(|field| field.name()).collect();
                let problem = format!("unknown member {name:?}, expected one of {}", names.join(", "));
                return Err((here(), problem));
            };
            if let (true, Some(text)) = (field.is_time(), value.as_str())
                && moment::zoneless(text).is_none()
            {
                return Err((here(), format!("{text:?} is no time such as \"2024-01-01T00:00:00\"")));
            }
        }
        // In the order of the reference, whatever that of the file.
        let members = list.fields().iter().filter_map(|field| {
            let value = all.get(field.name())?;
            Some((field.name().to_owned(), value.clone()))
        });
        Ok(Self { evidence, members: members.collect() })
    }

    /// A member that is a text.
    pub(crate) fn text(&self, field: Field) -> Option<&str> {
        self.members.get(field.name()).and_then(Value::as_str)
    }

    /// A member that is a time.
    pub(crate) fn time(&self, field: Field) -> Option<Timestamp> {
        self.text(field).and_then(moment::zoneless)
    }
}

fn pointer(above: &str, name: &str) -> String {
    format!("{above}/{}", crate::spec::document::escape(name))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The built-in one is held against the models as a user's is, and its evidence is that of the reference.
    #[test]
    fn the_built_in_catalogue_is_right() {
        let catalogue = Catalogue::parse(BUILT_IN).expect("is right");
        assert_eq!(catalogue, Catalogue::built_in());
        let count = |list, evidence| catalogue.rows(list).iter().filter(|row| row.evidence == evidence).count();
        let counts = |list| Evidence::WORDS.map(|(_, evidence)| count(list, evidence));
        assert_eq!(counts(List::Categories), [1, 6, 7, 1]);
        assert_eq!(counts(List::Products), [1, 5, 86, 2]);
        // A product of the served rows has a category among them, however few are served.
        for (_, evidence) in Evidence::WORDS {
            let served = |list| catalogue.rows(list).iter().filter(move |row| row.evidence <= evidence);
            let known: Vec<_> = served(List::Categories).filter_map(|row| row.text(Field::CategoryId)).collect();
            let named = served(List::Products).filter_map(|row| row.text(Field::ProductCategoryId));
            assert!(named.into_iter().all(|id| known.contains(&id)), "{evidence:?}");
        }
    }

    const PRODUCT: &str =
        "created_at: 2024-01-01T00:00:00, created_by: a, modified_at: 2024-01-01T00:00:00, modified_by: a";

    fn with(categories: &str, products: &str) -> String {
        let products = products.replace("TIMES", PRODUCT);
        format!("product_categories: [{categories}]\nproducts:\n{products}\n")
    }

    #[rstest]
    #[case::no_list("", "products: {}", 3, "/products: products is missing or no list")]
    #[case::unknown_member(
        "{category_id: A, name: a}",
        "- {product_id: P, TIMES}",
        1,
        "/product_categories/0/name: unknown member"
    )]
    #[case::no_object("7", "- {product_id: P, TIMES}", 1, "/product_categories/0: a category is an object")]
    #[case::no_id("", "- {kind: PRODUCT, TIMES}", 3, "/products/0: a product has a product_id that is a text")]
    #[case::twice(
        "",
        "- {product_id: P, TIMES}\n- {product_id: P, TIMES}",
        4,
        "/products/1/product_id: a second product of the id \"P\""
    )]
    #[case::no_category(
        "",
        "- {product_id: P, product_category_id: A, TIMES}",
        3,
        "/products/0/product_category_id: there is no category \"A\""
    )]
    #[case::no_time(
        "{category_id: A, created_at: yesterday}",
        "- {product_id: P, TIMES}",
        1,
        "/product_categories/0/created_at: \"yesterday\" is no time"
    )]
    #[case::no_such_day(
        "{category_id: A, created_at: '2023-02-29T00:00:00'}",
        "- {product_id: P, TIMES}",
        1,
        "/product_categories/0/created_at"
    )]
    #[case::other_type("{category_id: A, seq: first}", "- {product_id: P, TIMES}", 1, "/product_categories/0/seq: ")]
    #[case::pattern(
        "{category_id: A, display_name: '!'}",
        "- {product_id: P, TIMES}",
        1,
        "/product_categories/0/display_name: "
    )]
    #[case::missing("", "- {product_id: P}", 3, "/products/0: ")]
    #[case::evidence(
        "{category_id: A, evidence: rumour}",
        "- {product_id: P, TIMES}",
        1,
        "/product_categories/0/evidence: \"rumour\" is none of documented"
    )]
    fn what_is_wrong_is_told_with_its_line(
        #[case] categories: &str,
        #[case] products: &str,
        #[case] line: usize,
        #[case] problem: &str,
    ) {
        let text = match products {
            "products: {}" => format!("product_categories: [{categories}]\n\nproducts: {{}}\n"),
            _ => with(categories, products),
        };
        let error = Catalogue::parse(&text).expect_err("is refused");
        assert!(error.problem.starts_with(problem), "{error}");
        assert_eq!(error.line, line, "{error}");
    }

    #[test]
    fn a_text_that_is_no_catalogue_is_refused_where_it_ends() {
        let error = Catalogue::parse("{\"products\": [\n").expect_err("is refused");
        assert!(error.line >= 1 && !error.problem.is_empty());
        assert_eq!(Catalogue::parse("7").expect_err("is refused").column, 1);
    }

    #[test]
    fn json_and_yaml_are_the_same_catalogue() {
        let yaml = with("{category_id: A}", "- {product_id: P, product_category_id: A, TIMES}");
        let catalogue = Catalogue::parse(&yaml).expect("is right");
        assert_eq!(catalogue.rows(List::Products)[0].evidence, Evidence::Documented);
        let json = serde_json::to_string(&Document::parse(&yaml).expect("reads").value).expect("writes");
        assert_eq!(Catalogue::parse(&json), Ok(catalogue));
    }
}
