//! Inputs that a scenario leaves to the store: orders that it places, times, and ids that nobody has.

use jiff::Timestamp;
use serde_json::Value;

use super::call::Session;
use super::order::{Buyer, Charging, Order, OrderLine, OrderType, Period, Product};
use super::store::end_of;

/// Names that `x-storeproof: { generate: … }` may give. An order is placed as it is generated: the order query then
/// knows it, with one line whose id is the order's with `-000001` behind.
pub const GENERATORS: &[&str] = &[
    "order-period",
    "order-period-month",
    "order-one-time",
    "order-on-demand",
    "order-on-demand-two-lines",
    "order-package",
    "order-trial",
    "order-trial-to-formal",
    "order-renew",
    "order-renew-change",
    "order-change",
    "order-unsubscribe",
    "order-in-chinese",
    "unknown-order",
    "unknown-instance",
    "unknown-instances-97",
    "unknown-instances-98",
    "expire-time",
    "expire-time-14",
    "expire-time-17",
    "later-expire-time",
    "earlier-expire-time",
    "product-id",
    "sku-code",
    "customer-id",
    "customer-name",
    "text-65",
    "text-100",
];

const YEAR: Period = Period { unit: "year", number: 1 };
const MONTH: Period = Period { unit: "month", number: 1 };
const TRIAL: Period = Period { unit: "day", number: 7 };

/// A generated value; `None` for a name that nobody knows.
pub(crate) fn generate(
    session: &mut Session,
    generator: &str,
    now: Timestamp,
    random: &mut fastrand::Rng,
) -> Option<Value> {
    let id = |random: &mut fastrand::Rng| format!("{:016x}{:016x}", random.u64(..), random.u64(..));
    let ids = |count: usize, random: &mut fastrand::Rng| {
        (0..count).map(|_| format!("{:016x}{:016x}", random.u64(..), random.u64(..))).collect::<Vec<_>>().join(",")
    };
    let settings = &session.store().settings;
    let text = match generator {
        "unknown-order" => order_id(now, random),
        "unknown-instance" => id(random),
        "unknown-instances-97" => ids(97, random),
        "unknown-instances-98" => ids(98, random),
        "expire-time" => expire_time(settings.long_expire_time, end_of(YEAR, now)),
        "expire-time-14" => expire_time(false, end_of(YEAR, now)),
        "expire-time-17" => expire_time(true, end_of(YEAR, now)),
        "later-expire-time" => expire_time(settings.long_expire_time, end_of(Period { unit: "year", number: 2 }, now)),
        "earlier-expire-time" => expire_time(settings.long_expire_time, end_of(MONTH, now)),
        "product-id" => product(0).product_id,
        "sku-code" => product(0).sku_code,
        "customer-id" => session.buyer(random).customer_id,
        "customer-name" => session.buyer(random).customer_name,
        "text-65" => long_text(65, random),
        "text-100" => long_text(100, random),
        _ => {
            let order = order(session, generator, now, random)?;
            let id = order.id.clone();
            session.place(order);
            id
        }
    };
    Some(Value::from(text))
}

/// An order of the kind that the name says, of this session's buyer.
fn order(session: &mut Session, generator: &str, now: Timestamp, random: &mut fastrand::Rng) -> Option<Order> {
    let (kind, charging, period) = match generator {
        "order-period" | "order-in-chinese" => (OrderType::New, Charging::Period, Some(YEAR)),
        "order-period-month" => (OrderType::New, Charging::Period, Some(MONTH)),
        "order-one-time" => (OrderType::New, Charging::OneTime, None),
        "order-on-demand" | "order-on-demand-two-lines" => (OrderType::New, Charging::OnDemand, None),
        "order-package" => (OrderType::New, Charging::Package, None),
        "order-trial" => (OrderType::Trial, Charging::Period, Some(TRIAL)),
        "order-trial-to-formal" => (OrderType::TrialToFormal, Charging::Period, Some(YEAR)),
        "order-renew" | "order-renew-change" => (OrderType::Renew, Charging::Period, Some(YEAR)),
        "order-change" => (OrderType::Change, Charging::Period, Some(YEAR)),
        "order-unsubscribe" => (OrderType::Unsubscribe, Charging::Period, Some(YEAR)),
        _ => return None,
    };
    let id = order_id(now, random);
    let lines = if generator == "order-on-demand-two-lines" { 2 } else { 1 };
    let changed = matches!(generator, "order-change" | "order-renew-change");
    let lines = (0..lines).map(|index| OrderLine {
        id: format!("{id}-{:06}", index + 1),
        charging,
        period,
        expires: period.map(|period| end_of(period, now)),
        product: if changed { bigger_product() } else { product(index) },
        price: "100.00".to_owned(),
    });
    let lines = lines.collect();
    let buyer = match generator {
        "order-in-chinese" => chinese_buyer(random),
        _ => session.buyer(random),
    };
    Some(Order { id, kind, created: now, lines, buyer })
}

/// Ids look like those of the examples: `CS`, the time of ordering, and letters.
fn order_id(now: Timestamp, random: &mut fastrand::Rng) -> String {
    let letters: String = (0..6).map(|_| random.uppercase()).collect();
    format!("CS{}{letters}", now.strftime("%y%m%d%H%M"))
}

fn product(index: usize) -> Product {
    let number = u32::try_from(index).unwrap_or_default();
    Product {
        product_id: format!("00301-11023{}-0--0", 3 + number),
        sku_code: format!("d0abcd12-1234-5678-ab90-11ab012aaaa{}", 1 + number),
        name: "Standard".to_owned(),
        linear_value: Some(10),
    }
}

/// The product after a change of specification.
fn bigger_product() -> Product {
    Product {
        product_id: "00301-110240-0--0".to_owned(),
        sku_code: "d0abcd12-1234-5678-ab90-11ab012bbbb1".to_owned(),
        name: "Enterprise".to_owned(),
        linear_value: Some(50),
    }
}

/// A buyer with an invented name.
pub(crate) fn buyer(random: &mut fastrand::Rng) -> Buyer {
    let number = random.u32(1000..10_000);
    Buyer {
        customer_id: format!("{:016x}{:016x}", random.u64(..), random.u64(..)),
        customer_name: format!("buyer-{number}"),
        user: Some((format!("{:032x}", random.u128(..)), format!("user-{number}"))),
        contact: None,
    }
}

fn chinese_buyer(random: &mut fastrand::Rng) -> Buyer {
    Buyer { customer_name: "示例客户（上海）有限公司 & 子公司".to_owned(), user: None, ..buyer(random) }
}

/// `yyyyMMddHHmmss` in UTC, with milliseconds behind where 17 digits are asked for.
pub(crate) fn expire_time(long: bool, time: Timestamp) -> String {
    if long { time.strftime("%Y%m%d%H%M%S%3f").to_string() } else { crate::check::calendar::compact_time(time) }
}

fn long_text(length: usize, random: &mut fastrand::Rng) -> String {
    (0..length).map(|_| random.lowercase()).collect()
}
