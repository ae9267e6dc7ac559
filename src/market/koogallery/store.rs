//! What the store knows: orders, the instances that vendors opened for them, and what was used.
//!
//! All cases of a run share one store, as all products of a vendor do. The order query and the usage push read and
//! write it (see `answer`); cases add the orders that they place and the instances that the vendor opened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::identity::{self, Grants};
use super::order::{Buyer, Charging, Order, OrderLine, OrderType, Period, Product};
use super::settings::{Settings, Site};
use super::usage;
use crate::wire::{Request, Response};

/// The store with its settings.
#[derive(Debug)]
pub struct Store {
    /// What the user has set.
    pub settings: Settings,
    books: Mutex<Books>,
    /// The address at which the store itself is served, once it is.
    base: OnceLock<String>,
}

/// What the store has written down.
///
/// In a state file it stands as it is here, without what concerns only the cases that are being played.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Books {
    pub(crate) orders: BTreeMap<String, Order>,
    /// Orders whose query fails: for ever, or for a time.
    pub(crate) failing: BTreeMap<String, Failing>,
    pub(crate) instances: BTreeMap<String, Instance>,
    /// Every usage record that was taken, in the order in which they came.
    pub(crate) used: Vec<Used>,
    /// Orders and lines that any case of the run has placed or named.
    pub(crate) named: BTreeSet<String>,
    /// Orders of the cases that are being played.
    #[serde(skip)]
    pub(crate) playing: BTreeSet<String>,
    /// Clients, and codes and tickets that were made up, of the cases that are being played.
    #[serde(skip)]
    pub(crate) signing: BTreeSet<String>,
    /// Orders by use whose creation was not answered: the vendor may meter an instance that is not known here.
    pub(crate) lost: BTreeSet<String>,
    /// Calls of the vendor's that belonged to no case and were taken up by one, by time and bytes.
    #[serde(skip)]
    pub(crate) taken_up: BTreeSet<(Timestamp, String, Vec<u8>)>,
    /// What the identity centres have handed out.
    #[serde(skip)]
    pub(crate) grants: Grants,
    /// When the first case of the run began.
    pub(crate) since: Option<Timestamp>,
}

/// Most usage records that are remembered, to find what is billed twice: those of a day and more, for every instance
/// that anybody tries a store with. A store that stays up would else grow without end.
const MOST_USED: usize = 20_000;

impl Books {
    /// Takes usage records.
    pub(crate) fn take(&mut self, records: impl IntoIterator<Item = Used>) {
        self.used.extend(records);
        let surplus = self.used.len().saturating_sub(MOST_USED);
        self.used.drain(..surplus);
    }
}

/// A usage record that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Used {
    /// When it was pushed, and which record of the push it was.
    pub(crate) place: (Timestamp, usize),
    pub(crate) instance: String,
    /// The product; the older push alone names it.
    pub(crate) product: Option<String>,
    /// The package that it draws down.
    pub(crate) package: Option<String>,
    /// The vendor's own id of the record; the older push has none.
    pub(crate) sn: Option<String>,
    pub(crate) begin: String,
    pub(crate) end: String,
    /// `usage_value` as it was written.
    pub(crate) value: String,
}

impl Used {
    /// What a record says, as far as it says it.
    pub(crate) fn of(record: &Value, place: (Timestamp, usize)) -> Self {
        let member = |name: &str| record.get(name).and_then(Value::as_str).map(str::to_owned);
        let text = |name: &str| member(name).unwrap_or_default();
        Self {
            place,
            instance: text("instance_id"),
            product: member("product_id"),
            package: member("relate_pkg_instance"),
            sn: member("metering_sn"),
            begin: text("begin_time"),
            end: text("end_time"),
            value: record.get("usage_value").map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// Whether both bill one time of one instance and item twice. That the end of one is the beginning of the other is
    /// right. One time may be told in two parts, where a package covers only one of them.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let same_item = self.instance == other.instance && self.product == other.product;
        let same_time = self.begin == other.begin && self.end == other.end;
        if !same_item || (same_time && self.package != other.package) {
            return false;
        }
        let times = |used: &Self| Some((usage::moment(&used.begin)?, usage::moment(&used.end)?));
        match (times(self), times(other)) {
            (Some((begin, end)), Some((other_begin, other_end))) => begin < other_end && other_begin < end,
            _ => same_time,
        }
    }
}

/// An order whose query fails with an error of the store's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failing {
    /// What is told once the query has failed often enough; `None` for one that always fails.
    pub(crate) order: Option<Order>,
    /// How many further questions fail.
    pub(crate) left: u32,
}

/// An instance that a vendor opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instance {
    /// The order it was opened for.
    pub(crate) order: String,
    /// How it is charged.
    pub(crate) charging: Charging,
    /// When it was opened.
    pub(crate) opened: Timestamp,
    /// When it was released.
    pub(crate) released: Option<Timestamp>,
}

impl Store {
    /// A store with nothing but the mock orders.
    pub fn new(settings: Settings) -> Self {
        Self { settings, books: Mutex::default(), base: OnceLock::new() }
    }

    /// Notes the address at which this store is served: that of the identity centres, which calls of the kit name.
    pub(crate) fn served_at(&self, base: &str) {
        if !base.is_empty() {
            // Where one store is served twice the first address is as good.
            let _ = self.base.set(base.trim_end_matches('/').to_owned());
        }
    }

    /// The address of the identity centres; an invented one where the store is not served.
    pub(crate) fn identity_centre(&self) -> String {
        self.base.get().cloned().unwrap_or_else(|| "https://buyer.identity.example".to_owned())
    }

    /// Answers a call of a vendor's to the open API, or to an identity centre.
    pub fn answer(&self, request: &Request, now: Timestamp) -> Response {
        if let Some(operation) = identity::Operation::of(request) {
            return identity::answer(self, operation, request, now);
        }
        super::answer::answer(self, request, now)
    }

    /// The same without writing anything down.
    pub(crate) fn rehearse(&self, request: &Request, now: Timestamp) -> Response {
        super::answer::rehearse(self, request, now)
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An order of this id: one that a case has placed, or a mock order of the site.
    pub(crate) fn order(&self, id: &str, now: Timestamp) -> Option<Order> {
        if let Some(order) = self.books().orders.get(id) {
            return Some(order.clone());
        }
        mock(id, self.settings.site, now)
    }

    /// Orders that were placed, the newest first, at most so many.
    pub fn orders(&self, most: usize) -> Vec<Order> {
        let mut orders: Vec<Order> = self.books().orders.values().cloned().collect();
        orders.sort_by(|a, b| (b.created, &b.id).cmp(&(a.created, &a.id)));
        orders.truncate(most);
        orders
    }

    /// Whether the store fails on this order.
    pub(crate) fn fails(&self, id: &str) -> bool {
        self.books().failing.contains_key(id)
    }

    /// Notes a question for an order; one that fails for a time is told once it has failed that often.
    pub(crate) fn asked(&self, id: &str) {
        let mut books = self.books();
        match books.failing.get_mut(id) {
            None => {}
            Some(failing) if failing.left > 0 || failing.order.is_none() => {
                failing.left = failing.left.saturating_sub(1);
            }
            Some(_) => {
                let order = books.failing.remove(id).and_then(|failing| failing.order);
                books.orders.extend(order.map(|order| (order.id.clone(), order)));
            }
        }
    }
}

/// The mock orders that every vendor can ask for (order query, section on debugging; spelled MONTY there). The two of
/// pay-per-use are not listed for Europe.
pub(crate) const MOCKS: &[(&str, OrderType, Charging, Option<Period>)] = &[
    ("MOCKPERIODYEARNEW", OrderType::New, Charging::Period, Some(Period { unit: "year", number: 1 })),
    ("MOCKONETIMENEW", OrderType::New, Charging::OneTime, None),
    ("MOCKONDEMAND", OrderType::New, Charging::OnDemand, None),
    ("MOCKONDEMANDPKG", OrderType::New, Charging::Package, None),
    ("MOCKPERIODDAYTRIAL", OrderType::Trial, Charging::Period, Some(Period { unit: "day", number: 7 })),
    ("MOCKMONTYTRIALTOFORMAL", OrderType::TrialToFormal, Charging::Period, Some(Period { unit: "month", number: 1 })),
    ("MOCKMONTYUNSUBSCRIBE", OrderType::Unsubscribe, Charging::Period, Some(Period { unit: "month", number: 1 })),
    ("MOCKMONTYRENEW", OrderType::Renew, Charging::Period, Some(Period { unit: "month", number: 1 })),
    ("MOCKMONTYCHANGE", OrderType::Change, Charging::Period, Some(Period { unit: "month", number: 1 })),
];

/// Whether this is one of them.
pub(crate) fn is_mock(id: &str) -> bool {
    MOCKS.iter().any(|(name, ..)| *name == id)
}

fn mock(id: &str, site: Site, now: Timestamp) -> Option<Order> {
    let (id, kind, charging, period) = *MOCKS.iter().find(|(name, ..)| *name == id)?;
    if site == Site::Eu && matches!(charging, Charging::OnDemand | Charging::Package) {
        return None;
    }
    let product = Product {
        product_id: "00301-110233-0--0".to_owned(),
        sku_code: "d0abcd12-1234-5678-ab90-11ab012aaaa1".to_owned(),
        name: "Standard".to_owned(),
        linear_value: Some(10),
    };
    let line = OrderLine {
        id: format!("{id}-000001"),
        charging,
        period,
        expires: period.map(|period| end_of(period, now)),
        product,
        price: "100.00".to_owned(),
    };
    let buyer = Buyer {
        customer_id: "68cbc86abc2018ab880d92f36422fa0e".to_owned(),
        customer_name: "mock-buyer".to_owned(),
        user: None,
        contact: None,
    };
    Some(Order { id: id.to_owned(), kind, created: now, lines: vec![line], buyer, extend: Vec::new() })
}

/// When a term that begins now ends. Months are those of the calendar in UTC.
pub(crate) fn end_of(period: Period, now: Timestamp) -> Timestamp {
    let number = i32::try_from(period.number).unwrap_or(i32::MAX);
    let span = match period.unit {
        "year" => number.years(),
        "month" => number.months(),
        _ => number.days(),
    };
    let zoned = now.to_zoned(jiff::tz::TimeZone::UTC);
    zoned.checked_add(span).map_or(now, |end| end.timestamp())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Site::Cn, 9)]
    #[case(Site::Intl, 9)]
    #[case(Site::Eu, 7)]
    fn mock_orders_are_there_without_being_placed(#[case] site: Site, #[case] count: usize) {
        let store = Store::new(Settings { site, ..Settings::default() });
        let orders = MOCKS.iter().filter_map(|(id, ..)| store.order(id, Timestamp::UNIX_EPOCH));
        assert_eq!(
            orders.inspect(|order| assert_eq!(order.lines[0].id, format!("{}-000001", order.id))).count(),
            count
        );
    }

    #[test]
    fn terms_end_by_the_calendar() {
        let now: Timestamp = "2028-01-31T10:00:00Z".parse().expect("a time");
        let end = |unit, number| end_of(Period { unit, number }, now).to_string();
        assert_eq!(end("month", 1), "2028-02-29T10:00:00Z");
        assert_eq!(end("year", 1), "2029-01-31T10:00:00Z");
        assert_eq!(end("day", 7), "2028-02-07T10:00:00Z");
    }
}
