//! The rows that are served, written out once, so that answering copies bytes.

use std::cmp::Ordering;
use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

use super::catalogue::{Catalogue, Row};
use super::model::{Field, List};
use super::question::{Direction, Filter, Question};
use super::settings::Settings;
use super::words::{NameMatch, Order};

/// One of the lists, ready to be asked.
#[derive(Debug)]
pub(crate) struct Table {
    items: Vec<Item>,
    by_id: HashMap<String, usize>,
}

/// One row.
#[derive(Debug)]
pub(crate) struct Item {
    /// The row as it stands in answers.
    pub(crate) json: String,
    /// Its values, in the order of [`List::fields`].
    cells: Vec<Cell>,
}

/// A value, as it is compared.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Null, or not there.
    Nothing,
    Text(String),
    Number(i64),
    Flag(bool),
    Time(Timestamp),
}

/// One page of what was asked for.
pub(crate) struct Page<'a> {
    pub(crate) items: Vec<&'a Item>,
    /// How many items there are on all pages.
    pub(crate) total: u64,
    /// How many pages there are.
    pub(crate) pages: u64,
}

impl Table {
    /// The rows of a list that the settings let through, in the order that they say.
    pub(crate) fn new(list: List, catalogue: &Catalogue, settings: &Settings) -> Self {
        let mut rows: Vec<&Row> =
            catalogue.rows(list).iter().filter(|row| row.evidence.is_served(settings.rows)).collect();
        match settings.order {
            Order::Catalogue => {}
            Order::Id => rows.sort_by_key(|row| row.text(list.id())),
            Order::Reversed => rows.reverse(),
        }
        let by_id = rows.iter().enumerate();
        let by_id = by_id.filter_map(|(at, row)| Some((row.text(list.id())?.to_owned(), at))).collect();
        let items = rows.into_iter().map(|row| Item::new(list, row, settings.text_booleans)).collect();
        Self { items, by_id }
    }

    /// The row of this id, exactly.
    pub(crate) fn item(&self, id: &str) -> Option<&Item> {
        self.by_id.get(id).and_then(|at| self.items.get(*at))
    }

    /// An id that differs from this one in case or in the blanks around it alone.
    pub(crate) fn nearly(&self, id: &str) -> Option<&str> {
        let id = id.trim();
        self.by_id.keys().map(String::as_str).find(|known| known.eq_ignore_ascii_case(id))
    }

    /// Whether a row has this text in a member.
    pub(crate) fn has(&self, list: List, field: Field, text: &str) -> bool {
        let at = list.fields().iter().position(|one| *one == field);
        self.items.iter().any(|item| at.is_some_and(|at| matches!(item.cell(at), Cell::Text(cell) if cell == text)))
    }

    /// One page of the rows that a question asks for.
    pub(crate) fn page(&self, question: &Question) -> Page<'_> {
        let skipped = question.page.saturating_sub(1).saturating_mul(question.limit);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let limit = usize::try_from(question.limit).unwrap_or(usize::MAX);
        let (items, total) = if question.filters.is_empty() && question.sort.is_none() {
            (self.items.iter().skip(skipped).take(limit).collect(), self.items.len())
        } else {
            let mut found: Vec<&Item> =
                self.items.iter().filter(|item| question.filters.iter().all(|filter| item.fits(filter))).collect();
            if let Some((at, direction)) = question.sort {
                found.sort_by(|one, other| one.compare(other, at, direction));
            }
            let total = found.len();
            (found.into_iter().skip(skipped).take(limit).collect(), total)
        };
        let total = u64::try_from(total).unwrap_or(u64::MAX);
        Page { items, total, pages: total.div_ceil(question.limit.max(1)) }
    }
}

impl Item {
    fn new(list: List, row: &Row, text_booleans: bool) -> Self {
        let mut members = row.members.clone();
        if text_booleans {
            for value in members.values_mut() {
                if let Value::Bool(flag) = value {
                    *value = Value::from(if *flag { "True" } else { "False" });
                }
            }
        }
        let cells = list.fields().iter().map(|field| Cell::of(*field, row)).collect();
        Self { json: Value::Object(members).to_string(), cells }
    }

    fn cell(&self, at: usize) -> &Cell {
        self.cells.get(at).unwrap_or(&Cell::Nothing)
    }

    fn fits(&self, filter: &Filter) -> bool {
        match (filter, self.cell(filter.at())) {
            (Filter::Texts { any, compared, .. }, Cell::Text(text)) => any.iter().any(|wanted| match compared {
                NameMatch::Exact => wanted == text,
                NameMatch::Contains => text.contains(wanted.as_str()),
            }),
            (Filter::Flags { any, .. }, Cell::Flag(flag)) => any.contains(flag),
            (Filter::From { time, inclusive, .. }, Cell::Time(cell)) => cell > time || (*inclusive && cell == time),
            (Filter::Until { time, inclusive, .. }, Cell::Time(cell)) => cell < time || (*inclusive && cell == time),
            // What is not there is like nothing that could be asked for.
            _ => false,
        }
    }

    /// Nothing stands last, whatever the direction.
    fn compare(&self, other: &Self, at: usize, direction: Direction) -> Ordering {
        let (one, other) = (self.cell(at), other.cell(at));
        let order = match (one, other) {
            (Cell::Nothing, Cell::Nothing) => return Ordering::Equal,
            (Cell::Nothing, _) => return Ordering::Greater,
            (_, Cell::Nothing) => return Ordering::Less,
            (Cell::Text(one), Cell::Text(other)) => one.cmp(other),
            (Cell::Number(one), Cell::Number(other)) => one.cmp(other),
            (Cell::Flag(one), Cell::Flag(other)) => one.cmp(other),
            (Cell::Time(one), Cell::Time(other)) => one.cmp(other),
            _ => Ordering::Equal,
        };
        match direction {
            Direction::Ascending => order,
            Direction::Descending => order.reverse(),
        }
    }
}

impl Cell {
    fn of(field: Field, row: &Row) -> Self {
        if field.is_time() {
            return row.time(field).map_or(Self::Nothing, Self::Time);
        }
        match row.members.get(field.name()) {
            Some(Value::String(text)) => Self::Text(text.clone()),
            Some(Value::Bool(flag)) => Self::Flag(*flag),
            Some(Value::Number(number)) => number.as_i64().map_or(Self::Nothing, Self::Number),
            _ => Self::Nothing,
        }
    }
}
